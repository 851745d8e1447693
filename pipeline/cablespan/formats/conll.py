"""CoNLL columns: a token and its entity tag (IOB2), a tab between, a sentence a block.

No line is anything else, so that `spacy convert` and doccano open the file. Beside `x.conll` lie
`x.statements.conll`, the same tokens with their statement tags, and `x.cables.jsonl`, which says
which rows make which paragraph of which cable, with its text. Without it, as in other people's
files, `-DOCSTART-` or the file makes a cable, a block a paragraph, words are joined by blanks, and
the last column is the entity tag.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from spacy.tokens import Doc

from cablespan.formats.checks import GoldError, Problem, whole_tokens
from cablespan.formats.completion import bare_record
from cablespan.formats.files import json_lines, text_of
from cablespan.formats.tasks import blank_pipeline
from cablespan.records import ParagraphRecord, paragraph_record

LEAVES_OUT = (
    "claims",
    "scores",
    "links and clusters of entities",
    "values of entities",
    "header facts",
    "source maps",
    "cluster tables",
    "notes",
)
_LAYERS = ("entities", "statements")
_META = ("date", "origin", "head")


class _Row(NamedTuple):
    """A token, its tag, and where in the file it stands."""

    word: str
    tag: str
    place: str


def _beside(path: Path, kind: str) -> Path:
    """`x.cables.jsonl` of `x.conll`."""
    return path.with_name(f"{path.name.removesuffix('.gz').rpartition('.')[0]}.{kind}")


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Writes `out` and the two files beside it."""
    tokenize = blank_pipeline().tokenizer
    statements = _beside(out, f"statements{out.suffix}")
    with ExitStack() as stack:
        files = {
            layer: stack.enter_context(file.open("w", encoding="utf-8", newline="\n"))
            for layer, file in zip(_LAYERS, (out, statements), strict=True)
        }
        layout = stack.enter_context(_beside(out, "cables.jsonl").open("wb"))
        for record in records:
            docs = [tokenize(paragraph["text"]) for paragraph in record["paragraphs"]]
            layout.write(orjson.dumps(_layout(record, docs)) + b"\n")
            for paragraph, doc in zip(record["paragraphs"], docs, strict=True):
                marks = {
                    layer: [a for a in record.get(layer) or () if a["paragraph"] == paragraph["id"]]
                    for layer in _LAYERS
                }
                begins = {mark["start"] for mark in marks["statements"]}
                for layer, file in files.items():
                    file.write(_block(doc, _tags(doc, marks[layer]), begins))


def _layout(record: Mapping[str, Any], docs: Sequence[Doc]) -> dict[str, Any]:
    """The cable without its annotations, the number of rows with each paragraph."""
    paragraphs = [
        {key: value for key, value in paragraph.items() if key != "source_map"}
        | {"rows": sum(not token.is_space for token in doc)}
        for paragraph, doc in zip(record["paragraphs"], docs, strict=True)
    ]
    return {
        "cable": record["id"],
        "layers": [layer for layer in _LAYERS if record.get(layer) is not None],
        "meta": {key: record["meta"][key] for key in _META if record.get("meta", {}).get(key)},
        "paragraphs": paragraphs,
    }


def _tags(doc: Doc, marks: Iterable[Mapping[str, Any]]) -> list[str]:
    tags = ["O"] * len(doc)
    for mark in marks:
        span = whole_tokens(doc, mark["start"], mark["end"])
        tags[span.start : span.end] = [f"I-{mark['label']}"] * len(span)
        # A tag on white space would be lost with its row.
        first = next((token.i for token in span if not token.is_space), span.start)
        tags[first] = f"B-{mark['label']}"
    return tags


def _block(doc: Doc, tags: Sequence[str], begins: set[int]) -> str:
    """The rows of a paragraph, an empty line before each statement and at the end."""
    rows: list[str] = []
    for token, tag in zip(doc, tags, strict=True):
        if token.is_space:
            continue
        if rows and token.idx in begins:
            rows.append("")
        rows.append(f"{token.text}\t{tag}")
    return "\n".join([*rows, "", ""]) if rows else ""


def read(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Records with the places of their paragraphs."""
    layout = _beside(path, "cables.jsonl")
    if layout.exists():
        yield from _laid_out(path, layout)
    else:
        yield from _foreign(path)


def _laid_out(path: Path, layout: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    statements = _beside(path, f"statements{Path(path.name.removesuffix('.gz')).suffix}")
    files = {"entities": path} | ({"statements": statements} if statements.exists() else {})
    rows = {
        layer: iter([row for block in _blocks(file) for row in block])
        for layer, file in files.items()
    }
    for place, cable in json_lines(layout):
        meta = cable.get("meta")
        record = bare_record(cable["cable"], path=str(path), format="conll", meta=meta)
        record |= {layer: [] for layer in cable["layers"]}
        places = {"": place}
        for facts in cable["paragraphs"]:
            count = facts.pop("rows")
            paragraph = paragraph_record(**facts)
            record["paragraphs"].append(paragraph)
            for layer in files:
                mine = list(islice(rows[layer], count))
                if len(mine) < count:
                    what = (
                        f"ends {count - len(mine)} tokens before paragraph {paragraph['id']} does"
                    )
                    remedy = f"leave the tokens as they were, or take {layout.name} away"
                    raise GoldError([Problem(str(files[layer]), what, remedy)])
                if mine:
                    places.setdefault(paragraph["id"], mine[0].place)
                if layer in record:
                    record[layer] += _marks(paragraph, mine)
        yield record, places


def _foreign(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    record, places = bare_record(path.stem, path=str(path), format="conll"), {"": str(path)}
    record["entities"] = []
    for block in _blocks(path):
        if block[0].word == "-DOCSTART-":
            if record["paragraphs"]:
                yield record, places
            name = f"{path.stem}-{block[0].place.rpartition(':')[2]}"
            record, places = (
                bare_record(name, path=str(path), format="conll"),
                {"": block[0].place},
            )
            record["entities"] = []
            continue
        name = f"{record['id']}/{len(record['paragraphs'])}"
        paragraph = paragraph_record(name, " ".join(row.word for row in block))
        record["paragraphs"].append(paragraph)
        places[name] = block[0].place
        record["entities"] += _marks(paragraph, block)
    if record["paragraphs"]:
        yield record, places


def _blocks(path: Path) -> Iterator[list[_Row]]:
    """The rows between empty lines; `-DOCSTART-` is a block of its own."""
    block: list[_Row] = []
    for number, line in enumerate(text_of(path).replace("\r\n", "\n").split("\n"), 1):
        place = f"{path}:{number}"
        if block and (not line.strip() or line.startswith("-DOCSTART- ")):
            yield block
            block = []
        if not line.strip():
            continue
        columns = line.split("\t") if "\t" in line else line.split()
        if len(columns) < 2:
            what, remedy = f"{line!r} has one column", "write a token, a tab, and its IOB2 tag"
            raise GoldError([Problem(place, what, remedy)])
        row = _Row(columns[0], columns[-1], place)
        if line.startswith("-DOCSTART- "):
            yield [row]
        else:
            block.append(row)
    if block:
        yield block


def _marks(paragraph: ParagraphRecord, rows: Sequence[_Row]) -> list[dict[str, Any]]:
    """The spans that the rows' tags make in the paragraph's text."""
    marks: list[dict[str, Any]] = []
    tags = pairwise(["O", *(row.tag for row in rows)])
    for (start, end), row, (before, _) in zip(_offsets(paragraph, rows), rows, tags, strict=True):
        begin, _, label = row.tag.partition("-")
        if begin == "B":
            place = {"start": start, "end": end, "label": label}
            marks.append({"paragraph": paragraph["id"], **place})
        elif begin == "I" and label and before.partition("-")[2] == label:
            marks[-1]["end"] = end
        elif row.tag != "O":
            remedy = "begin each span with B-LABEL, go on with I-LABEL, else O"
            raise GoldError([Problem(row.place, f"tag {row.tag!r} is no IOB2 here", remedy)])
    return marks


def _offsets(paragraph: ParagraphRecord, rows: Iterable[_Row]) -> Iterator[tuple[int, int]]:
    reached = 0
    for row in rows:
        start = paragraph["text"].find(row.word, reached)
        if start < 0:
            what = f"token {row.word!r} is not in the paragraph's text from {reached}"
            raise GoldError([Problem(row.place, what, "leave text and tokens as they were")])
        reached = start + len(row.word)
        yield start, reached
