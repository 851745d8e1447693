"""CoNLL columns: a token and its entity tag (IOB2), a tab between, a sentence a block.

No line is anything else, so that `spacy convert` and doccano open the file. Beside `x.conll` lie
`x.statements.conll`, the same tokens with their statement tags, and `x.cables.jsonl`, which says
which rows make which paragraph of which cable, with its text. Without it, as in other people's
files, `-DOCSTART-` or the file makes a cable, a block a paragraph, words are joined by blanks, and
the last column is the entity tag.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from spacy.tokens import Doc

from cablespan.document import character_span
from cablespan.formats.checks import GoldError, check_shape
from cablespan.formats.completion import (
    OF_CABLES,
    OF_MARKS,
    Placed,
    bare_record,
    kept_facts,
    marked_paragraphs,
    noted_paragraph,
)
from cablespan.formats.files import placed_objects, read_text, unpacked_name, written
from cablespan.formats.tasks import tokenize
from cablespan.labels import LAYERS
from cablespan.reading.shapes import CABLE, PARAGRAPH, Shape
from cablespan.records import ParagraphRecord, paragraph_record

LEAVES_OUT = ("claims", *OF_MARKS, *OF_CABLES)
_LAYERS = ("entities", "statements")
# A line of `x.cables.jsonl`.
_LAYOUT: Shape = {
    "cable": (str,),
    "layers": ([*LAYERS],),
    "meta": CABLE["meta"],
    "paragraphs": ([{**PARAGRAPH, "text": (str,), "rows": (int,)}],),
}


class _Row(NamedTuple):
    """A token, its tag, and where in the file it stands."""

    word: str
    tag: str
    place: str


def _beside(path: Path, kind: str) -> Path:
    """`x.cables.jsonl` of `x.conll`."""
    return path.with_name(f"{unpacked_name(path).rpartition('.')[0]}.{kind}")


def _statements_beside(path: Path) -> Path:
    """`x.statements.conll` of `x.conll` and of `x.conll.gz`."""
    return _beside(path, f"statements{Path(unpacked_name(path)).suffix}")


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Writes `out` and the two files beside it."""
    with ExitStack() as stack:
        files = {
            layer: stack.enter_context(written(file))
            for layer, file in zip(_LAYERS, (out, _statements_beside(out)), strict=True)
        }
        layout = stack.enter_context(_beside(out, "cables.jsonl").open("wb"))
        for record in records:
            docs = [tokenize(paragraph["text"]) for paragraph in record["paragraphs"]]
            layout.write(orjson.dumps(_layout(record, docs)) + b"\n")
            for (_, marks), doc in zip(marked_paragraphs(record, _LAYERS), docs, strict=True):
                begins = {mark["start"] for mark in marks["statements"]}
                for layer, file in files.items():
                    file.write(_block(doc, _tags(doc, marks[layer]), begins).encode())


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
        "meta": kept_facts(record),
        "paragraphs": paragraphs,
    }


def _tags(doc: Doc, marks: Iterable[Mapping[str, Any]]) -> list[str]:
    tags = ["O"] * len(doc)
    for mark in marks:
        span = character_span(doc, mark["start"], mark["end"])
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


def read(path: Path) -> Iterator[Placed]:
    """Records with the places of their paragraphs."""
    layout = _beside(path, "cables.jsonl")
    yield from _laid_out(path, layout) if layout.exists() else _foreign(path)


def _laid_out(path: Path, layout: Path) -> Iterator[Placed]:
    statements = _statements_beside(path)
    files = {"entities": path} | ({"statements": statements} if statements.exists() else {})
    rows = {layer: chain.from_iterable(list(_blocks(file))) for layer, file in files.items()}
    for place, cable in placed_objects(layout):
        check_shape(cable, _LAYOUT, place)
        meta = cable.get("meta")
        record = bare_record(cable["cable"], path=str(path), format="conll", meta=meta)
        record |= {layer: [] for layer in cable["layers"]}
        places = {"": place}
        for facts in cable["paragraphs"]:
            count = facts["rows"]
            paragraph = noted_paragraph(facts, facts["text"])
            record["paragraphs"].append(paragraph)
            for layer, file in files.items():
                mine = list(islice(rows[layer], max(count, 0)))
                if len(mine) != count:
                    raise _ends_early(file, count - len(mine), paragraph["id"], layout.name)
                if mine:
                    places.setdefault(paragraph["id"], mine[0].place)
                if layer in record:
                    record[layer] += _marks(paragraph, mine)
        yield Placed(record, places)


def _ends_early(file: Path, missing: int, paragraph: str, layout: str) -> GoldError:
    what = f"ends {missing} tokens before paragraph {paragraph} does"
    remedy = f"leave the tokens as they were, or take {layout} away"
    return GoldError.at(file, what, remedy)


def _foreign(path: Path) -> Iterator[Placed]:
    cable = _foreign_cable(path, path.stem, str(path))
    for block in _blocks(path):
        place = block[0].place
        if block[0].word == "-DOCSTART-":
            if cable.record["paragraphs"]:
                yield cable
            cable = _foreign_cable(path, f"{path.stem}-{place.rpartition(':')[2]}", place)
            continue
        paragraph = paragraph_record(cable.next_id, " ".join(row.word for row in block))
        cable.add_paragraph(paragraph, place)
        cable.record["entities"] += _marks(paragraph, block)
    if cable.record["paragraphs"]:
        yield cable


def _foreign_cable(path: Path, name: str, place: str) -> Placed:
    record = bare_record(name, path=str(path), format="conll") | {"entities": []}
    return Placed(record, {"": place})


def _blocks(path: Path) -> Iterator[list[_Row]]:
    """The rows between empty lines; `-DOCSTART-` is a block of its own."""
    block: list[_Row] = []
    for number, line in enumerate(read_text(path).replace("\r\n", "\n").split("\n"), 1):
        is_blank, begins_document = not line.strip(), line.startswith("-DOCSTART- ")
        if block and (is_blank or begins_document):
            yield block
            block = []
        if begins_document:
            yield [_row(line, f"{path}:{number}")]
        elif not is_blank:
            block.append(_row(line, f"{path}:{number}"))
    if block:
        yield block


def _row(line: str, place: str) -> _Row:
    columns = line.split("\t") if "\t" in line else line.split()
    if len(columns) < 2:
        what, remedy = f"{line!r} has one column", "write a token, a tab, and its IOB2 tag"
        raise GoldError.at(place, what, remedy)
    return _Row(columns[0], columns[-1], place)


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
            raise GoldError.at(row.place, f"tag {row.tag!r} is no IOB2 here", remedy)
    return marks


def _offsets(paragraph: ParagraphRecord, rows: Iterable[_Row]) -> Iterator[tuple[int, int]]:
    reached = 0
    for row in rows:
        start = paragraph["text"].find(row.word, reached)
        if start < 0:
            what = f"token {row.word!r} is not in the paragraph's text from {reached}"
            raise GoldError.at(row.place, what, "leave text and tokens as they were")
        reached = start + len(row.word)
        yield start, reached
