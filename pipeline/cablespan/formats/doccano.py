"""doccano's JSON Lines: a paragraph a line, `entities` for the spans of all layers, `relations` for
claims.

This is what projects of sequence labelling with relations take and export; the plain `label` of
those without relations is read as well. Let the project allow overlapping spans. The other keys
come back as doccano's metadata.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cablespan.formats.checks import GoldError, check_note
from cablespan.formats.completion import (
    OF_CABLES,
    OF_MARKS,
    Placed,
    bare_record,
    kept_facts,
    marked_paragraphs,
    noted_paragraph,
    parts_of,
)
from cablespan.formats.files import placed_objects, write_json_lines
from cablespan.formats.linked import (
    LinkedSpan,
    add_marks,
    links_of,
    part_links,
    with_shared_layers,
)
from cablespan.labels import Scheme
from cablespan.records import annotated_layers

LEAVES_OUT = ("speakers and certainties of claims", *OF_MARKS, *OF_CABLES)
# What a line has beside doccano's own keys.
_OURS = ("cable", "layers", "paragraph", "meta")


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Records as doccano's JSON Lines, a paragraph a line."""
    write_json_lines(out, (line for record in records for line in _lines(record)))


def _lines(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    layers = annotated_layers(record)
    meta = kept_facts(record)
    hidden = ("text", "source_map")
    for paragraph, marks in marked_paragraphs(record, layers):
        facts = {key: value for key, value in paragraph.items() if key not in hidden}
        spans = _Spans()
        for layer, annotations in marks.items():
            for mark in annotations:
                if layer == "claims":
                    spans.add_claim(mark)
                else:
                    spans.add(mark["label"], mark)
        yield {
            "text": paragraph["text"],
            "entities": spans.entities,
            "relations": spans.relations,
            "cable": record["id"],
            "layers": layers,
            "paragraph": facts,
            "meta": meta,
        }


class _Spans:
    """The spans and relations of a paragraph, numbered from 1 each."""

    def __init__(self) -> None:
        self.entities: list[dict[str, Any]] = []
        self.relations: list[dict[str, Any]] = []

    def add(self, label: str, place: Mapping[str, Any]) -> int:
        number = len(self.entities) + 1
        offsets = {"start_offset": place["start"], "end_offset": place["end"]}
        self.entities.append({"id": number, "label": label, **offsets})
        return number

    def add_claim(self, claim: Mapping[str, Any]) -> None:
        parts = {role: self.add(role.upper(), part) for role, part in parts_of(claim).items()}
        for role, head, part in part_links(parts):
            ends = {"from_id": head, "to_id": part, "type": role}
            self.relations.append({"id": len(self.relations) + 1, **ends})


def read(path: Path, scheme: Scheme) -> Iterator[Placed]:
    """Records with the places of their paragraphs; a line from elsewhere is a cable of its own, the
    marks of all such lines tell the layers.

    Raises GoldError where a line has no text.
    """
    records: dict[str, Placed] = {}
    with_layers: set[str] = set()
    for number, (place, line) in enumerate(placed_objects(path), 1):
        if not isinstance(line.get("text"), str):
            raise GoldError.at(place, "no `text`", "export the project as JSONL")
        if _is_ours(line):
            check_note(line, place)
        else:
            line = {key: value for key, value in line.items() if key not in _OURS}
        cable = line.get("cable") or f"{path.stem}-{line.get('id', number)}"
        if cable not in records:
            meta = line.get("meta")
            record = bare_record(cable, path=str(path), format="doccano", meta=meta)
            records[cable] = Placed(record, {"": place})
        placed = records[cable]
        facts = {"id": placed.next_id} | line.get("paragraph", {})
        paragraph = noted_paragraph(facts, line["text"])
        placed.add_paragraph(paragraph, place)
        if "layers" in line:
            with_layers.add(cable)
            placed.record.update({layer: placed.record.get(layer, []) for layer in line["layers"]})
        _add_spans(placed.record, paragraph["id"], line, place, scheme)
    yield from with_shared_layers((one, cable in with_layers) for cable, one in records.items())


def _is_ours(line: Mapping[str, Any]) -> bool:
    """Whether `write` made a line: metadata of another's project may have the same names."""
    return isinstance(line.get("cable"), str) and isinstance(line.get("paragraph"), dict)


def _add_spans(
    record: dict[str, Any], paragraph: str, line: Mapping[str, Any], place: str, scheme: Scheme
) -> None:
    try:
        spans = [
            LinkedSpan(name, label, paragraph, start, end, place)
            for name, label, start, end in _spans_of(line)
        ]
        relations = (
            (str(relation["from_id"]), relation["type"], str(relation["to_id"]))
            for relation in line.get("relations") or ()
        )
        add_marks(record, spans, links_of(relations), scheme)
    except GoldError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        what = f"spans or relations of another shape ({type(error).__name__}: {error})"
        remedy = "export a project of sequence labelling, its relations between CUE and parts"
        raise GoldError.at(place, what, remedy) from error


def _spans_of(line: Mapping[str, Any]) -> Iterator[tuple[str, str, int, int]]:
    """Name, label, start and end of each span."""
    for entity in line.get("entities") or ():
        yield str(entity["id"]), entity["label"], entity["start_offset"], entity["end_offset"]
    for number, (start, end, label) in enumerate(line.get("label") or ()):
        yield f"label {number}", label, start, end
