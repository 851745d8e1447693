"""CoNLL columns: token, statement tag, entity tag (IOB2, the entity last as in CoNLL-2003), a sentence a block.

Comments say where a cable (`# cable = ID`) and a paragraph (`# paragraph = {...}`, with its text) begin; without them, as in other
people's files, `-DOCSTART-` or the file makes a cable, a block a paragraph, and the words are joined by blanks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.files import text_of
from cablespan.formats.tasks import bare_record, blank_pipeline
from cablespan.records import paragraph_record

LEAVES_OUT = (
    "claims",
    "scores",
    "links and clusters of entities",
    "header facts",
    "source maps",
    "cluster tables",
    "notes",
)
_COLUMNS = {"entities": -1, "statements": 1}
_LAYERS = tuple(_COLUMNS)


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    tokenize = blank_pipeline().tokenizer
    with out.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            layers = [layer for layer in _LAYERS if record.get(layer) is not None]
            meta = {
                key: value
                for key, value in record.get("meta", {}).items()
                if key in ("date", "origin", "head")
            }
            file.write(
                f"# cable = {record['id']}\n# layers = {' '.join(layers)}\n# meta = {orjson.dumps(meta).decode()}\n"
            )
            for paragraph in record["paragraphs"]:
                facts = {key: value for key, value in paragraph.items() if key != "source_map"}
                file.write(f"# paragraph = {orjson.dumps(facts).decode()}\n")
                doc = tokenize(paragraph["text"])
                tags = {
                    layer: _tags(doc, record.get(layer) or (), paragraph["id"]) for layer in _LAYERS
                }
                rows = [
                    (token.text, statement, entity)
                    for token, statement, entity in zip(
                        doc, tags["statements"], tags["entities"], strict=True
                    )
                    if not token.is_space
                ]
                for number, row in enumerate(rows):
                    if number and row[1].startswith("B-"):
                        file.write("\n")
                    file.write("\t".join(row) + "\n")
                file.write("\n")


def _tags(doc, annotations: Iterable[Mapping[str, Any]], paragraph: str) -> list[str]:
    tags = ["O"] * len(doc)
    for annotation in annotations:
        if annotation["paragraph"] == paragraph:
            span = doc.char_span(annotation["start"], annotation["end"], alignment_mode="expand")
            tags[span.start : span.end] = [f"I-{annotation['label']}"] * len(span)
            # A tag on white space would be lost with its row.
            first = next((token.i for token in span if not token.is_space), span.start)
            tags[first] = f"B-{annotation['label']}"
    return tags


def read(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    cable = _Cable(path.stem, path)
    facts: dict[str, Any] | None = None
    rows: list[tuple[str, list[str]]] = []
    foreign = 0

    def close() -> None:
        nonlocal foreign, facts
        if facts is None and rows:
            facts = {
                "id": f"{cable.record['id']}/{len(cable.record['paragraphs'])}",
                "text": " ".join(row[0] for _, row in rows),
            }
            foreign += 1
        if facts is not None:
            cable.add(facts, rows)
        rows.clear()

    for number, line in enumerate(text_of(path).replace("\r\n", "\n").split("\n"), 1):
        place = f"{path}:{number}"
        key, equals, value = line.removeprefix("# ").partition(" = ")
        if (
            line.startswith("# ")
            and equals
            and key in ("cable", "layers", "meta", "paragraph")
            or line.startswith("-DOCSTART-")
        ):
            close()
            facts = None
            if key == "paragraph":
                facts = _json(value, place)
                cable.places[facts.get("id", "")] = place
            elif key == "layers":
                cable.layers = tuple(layer for layer in value.split() if layer in _COLUMNS)
                cable.record |= {layer: [] for layer in cable.layers}
            elif key == "meta":
                cable.record |= bare_record(
                    cable.record["id"], path=str(path), format="conll", meta=_json(value, place)
                )
            else:
                if cable.record["paragraphs"]:
                    yield cable.finished()
                cable = _Cable(value if key == "cable" else f"{path.stem}-{number}", path)
                cable.places[""] = place
        elif line.strip():
            columns = line.split("\t") if "\t" in line else line.split()
            if len(columns) < 2:
                raise GoldError(
                    [
                        Problem(
                            place,
                            f"{line!r} has one column",
                            "write a token and its IOB2 tag, with a tab between",
                        )
                    ]
                )
            rows.append((place, columns))
        elif facts is None:
            close()
            facts = None
    close()
    if cable.record["paragraphs"]:
        yield cable.finished()


def _json(value: str, place: str) -> dict[str, Any]:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise GoldError(
            [Problem(place, f"no JSON ({error})", "leave the comment lines as they were written")]
        ) from error


class _Cable:
    """A record while its rows are read."""

    def __init__(self, cable_id: str, path: Path):
        self.record = bare_record(cable_id, path=str(path), format="conll")
        self.places = {"": str(path)}
        self.layers: tuple[str, ...] | None = None

    def add(self, facts: Mapping[str, Any], rows: Sequence[tuple[str, list[str]]]) -> None:
        paragraph = paragraph_record(**facts)
        self.record["paragraphs"].append(paragraph)
        if rows:
            self.places.setdefault(paragraph["id"], rows[0][0])
        reached, places = 0, []
        for place, row in rows:
            start = paragraph["text"].find(row[0], reached)
            if start < 0:
                raise GoldError(
                    [
                        Problem(
                            place,
                            f"token {row[0]!r} is not in the paragraph's text from {reached}",
                            "leave text and tokens as they were",
                        )
                    ]
                )
            reached = start + len(row[0])
            places.append((start, reached))
        ours = len(rows[0][1]) == 3 if rows else True
        for layer, column in (("entities", -1), ("statements", 1)):
            if layer == "statements" and not ours:
                continue
            spans = self.record.setdefault(layer, [])
            for (start, end), (place, row) in zip(places, rows, strict=True):
                begin, _, label = row[column].partition("-")
                if begin == "B":
                    spans.append(
                        {"paragraph": paragraph["id"], "start": start, "end": end, "label": label}
                    )
                elif (
                    begin == "I"
                    and label
                    and spans
                    and spans[-1]["label"] == label
                    and spans[-1]["paragraph"] == paragraph["id"]
                ):
                    spans[-1]["end"] = end
                elif row[column] != "O":
                    raise GoldError(
                        [
                            Problem(
                                place,
                                f"tag {row[column]!r} is no IOB2 here",
                                "begin each span with B-LABEL, go on with I-LABEL, else O",
                            )
                        ]
                    )

    def finished(self) -> tuple[dict[str, Any], dict[str, str]]:
        layers = self.layers if self.layers is not None else _LAYERS
        return {
            key: value for key, value in self.record.items() if key not in _LAYERS or key in layers
        }, self.places
