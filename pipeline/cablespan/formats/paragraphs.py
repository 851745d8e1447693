"""Gold as one paragraph a line: `{"doc", "paragraph", "head", "date", "text", "entities",
"statements", "claims"}`, offsets in `text`."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cablespan.cable import PARAGRAPH_FACTS
from cablespan.formats.checks import GoldError, are, check_shape, objects
from cablespan.formats.completion import (
    OF_CABLES,
    Placed,
    bare_record,
    kept_facts,
    kept_meta,
    known_facts,
    marked_paragraphs,
    noted_paragraph,
)
from cablespan.formats.files import placed_objects, write_json_lines
from cablespan.labels import LAYERS, ROLES
from cablespan.reading.shapes import PARAGRAPH
from cablespan.records import ParagraphRecord, annotated_layers

LEAVES_OUT = OF_CABLES


class PlacedLine(NamedTuple):
    """A line of annotations: where it was read, and the text of its paragraph."""

    place: str
    line: Mapping[str, Any]
    text: str


def read(path: Path) -> Iterator[Placed]:
    """Records with the places of their paragraphs: all paragraphs of a document in one record, in
    the file's order. Raises GoldError where a line has no document, text or objects."""
    yield from gathered(_lines_in(path), path, "gold")


def _lines_in(path: Path) -> Iterator[PlacedLine]:
    for place, line in placed_objects(path):
        if not are(str, (line.get(key) for key in ("doc", "text"))):
            remedy = "write one paragraph a line, see docs/formats.md"
            raise GoldError.at(place, "no `doc` and `text`", remedy)
        for layer in LAYERS:
            objects(line.get(layer, []), f"`{layer}`", place)
        yield PlacedLine(place, line, line["text"])


def gathered(lines: Iterable[PlacedLine], path: Path, format: str) -> list[Placed]:
    """The records that the lines of a file make, one a document, in the order of their first."""
    documents: dict[str, Placed] = {}
    for place, line, text in lines:
        if line["doc"] not in documents:
            meta = kept_meta(line)
            record = bare_record(line["doc"], path=str(path), format=format, meta=meta)
            if "scheme" in line:
                record["scheme"] = line["scheme"]
            documents[line["doc"]] = Placed(record, {"": place})
        document = documents[line["doc"]]
        numbered = {"paragraph": len(document.record["paragraphs"]), **line}
        facts = {"id": paragraph_id(numbered)} | known_facts(line, PARAGRAPH_FACTS)
        check_shape(facts, PARAGRAPH, place)
        paragraph = noted_paragraph(facts, text)
        document.add_paragraph(paragraph, place)
        add_layers(document.record, paragraph, line)
    for record, _ in documents.values():
        mark_missing(record)
    return list(documents.values())


def mark_missing(record: Mapping[str, Any]) -> None:
    """Keeps of the paragraphs' `unannotated` the layers that other paragraphs of the record have:
    one that none has is no key of it."""
    for paragraph in record["paragraphs"]:
        missing = [layer for layer in paragraph.pop("unannotated") if layer in record]
        if missing:
            paragraph["unannotated"] = missing


def paragraph_id(line: Mapping[str, Any]) -> str:
    """The id of a line's paragraph: as it stands there, or the document's with the number.

    >>> paragraph_id({"doc": "A", "paragraph": 1}), paragraph_id({"doc": "A", "paragraph": "A/p1"})
    ('A/1', 'A/p1')
    """
    number = line["paragraph"]
    return number if isinstance(number, str) else f"{line['doc']}/{number}"


def add_layers(record: dict[str, Any], paragraph: ParagraphRecord, line: Mapping[str, Any]) -> None:
    """Adds a line's annotations of a paragraph to the record; the layers that the line lacks are
    `unannotated` in the paragraph."""
    paragraph["unannotated"] = [layer for layer in LAYERS if layer not in line]
    for layer in LAYERS:
        if layer in line:
            marks = ({"paragraph": paragraph["id"], **mark} for mark in line[layer])
            record.setdefault(layer, []).extend(marks)


def lines_of(record: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Each paragraph of the record with its line, which has neither text nor head.

    >>> record = {"id": "A", "paragraphs": [{"id": "A/1", "text": "Rusk."}], "claims": []}
    >>> [line for _, line in lines_of(record)]
    [{'doc': 'A', 'paragraph': 1, 'claims': []}]
    """
    for paragraph, marks in marked_paragraphs(record, annotated_layers(record)):
        line: dict[str, Any] = {"doc": record["id"], "paragraph": _number(paragraph, record["id"])}
        line |= known_facts(paragraph, PARAGRAPH_FACTS)
        if line.get("kind") == "text":
            del line["kind"]  # as of any line that says none
        for layer, annotations in marks.items():
            if layer not in paragraph.get("unannotated", ()):
                line[layer] = [_bare(mark) for mark in annotations]
        yield paragraph, line


def _number(paragraph: Mapping[str, Any], cable: str) -> int | str:
    """The number that a paragraph's id ends in, where `paragraph_id` makes the same id of it."""
    number = paragraph["id"].removeprefix(f"{cable}/")
    is_number = number.isascii() and number.isdigit() and str(int(number)) == number
    return int(number) if is_number else paragraph["id"]


def _bare(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """Without paragraph and text, and without the facts that are not known; a claim keeps its three
    roles."""
    bare = {}
    for key, value in annotation.items():
        if key in ROLES:
            bare[key] = value and {"start": value["start"], "end": value["end"]}
        elif key not in ("paragraph", "text") and value is not None:
            bare[key] = value
    return bare


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Records as JSON Lines of gold, a paragraph a line."""

    def lines() -> Iterator[dict[str, Any]]:
        for record in records:
            facts = kept_facts(record)
            head = facts.get("head") or record.get("header", {}).get("subject")
            for paragraph, line in lines_of(record):
                yield {
                    "doc": line.pop("doc"),
                    "paragraph": line.pop("paragraph"),
                    "head": head,
                    "date": facts.get("date"),
                    **known_facts(facts, ("origin",)),
                    "text": paragraph["text"],
                } | line

    write_json_lines(out, lines())
