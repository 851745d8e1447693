"""A record with every key that the contract names, whatever format it was read from."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cablespan.cable import PARAGRAPH_FACTS, Header, header_record
from cablespan.labels import ROLES
from cablespan.records import RECORD_SCHEMA, ParagraphRecord, by_paragraph, paragraph_record

# Facts of `meta` that formats keep which have no place for all of it.
_KEPT_META = ("date", "origin", "head")
# What formats of spans leave out of a record, and those of bare spans of its marks as well.
OF_CABLES = (
    "header facts",
    "facts of meta",
    "facts of other components",
    "source maps",
    "cluster tables",
    "notes",
)
OF_MARKS = ("scores", "links and clusters of entities", "values of entities")
# A paragraph of a record, and its marks by layer.
Marked = tuple[Mapping[str, Any], dict[str, list[Mapping[str, Any]]]]


class Placed(NamedTuple):
    """A record with the places of its paragraphs ("gold.jsonl:12"), its own under ""."""

    record: dict[str, Any]
    places: dict[str, str]

    @property
    def next_id(self) -> str:
        """The id of the paragraph to come, if it has none of its own."""
        return f"{self.record['id']}/{len(self.record['paragraphs'])}"

    def add_paragraph(self, paragraph: Mapping[str, Any], place: str) -> None:
        """Appends a paragraph that was read at a place."""
        self.record["paragraphs"].append(paragraph)
        self.places[paragraph["id"]] = place


def bare_record(
    cable_id: str, *, path: str = "", format: str = "", meta: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A record without paragraphs, for cables of which only annotated text is known; header facts
    come from `meta`.

    >>> bare_record("07OSLO1", meta={"origin": "OSLO"})["header"]["origin"]
    'OSLO'
    """
    meta = dict(meta or {})
    # A year can be a number there; in a header all is text.
    told = {key: str(meta[key]) for key in ("date", "origin") if meta.get(key) is not None}
    header = Header(created=told.get("date"), origin=told.get("origin"))
    return {
        "schema": RECORD_SCHEMA,
        "id": cable_id,
        "meta": meta,
        "source": {"path": path, "format": format, "sha256": "", "index": 0},
        "header": header_record(header),
        "paragraphs": [],
    }


def kept_facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Date, origin and head of a record as `bare_record` takes them again: out of its `meta`, or
    else its header.

    >>> kept_facts({"header": {"created": "1976-03-01", "origin": "OSLO", "subject": "IPR"}})
    {'date': '1976-03-01', 'origin': 'OSLO'}
    """
    header = record.get("header") or {}
    known = {"date": header.get("created"), "origin": header.get("origin")}
    return kept_meta(known | kept_meta(record.get("meta") or {}))


def kept_meta(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Date, origin and head out of a line of gold or a record's `meta`, as far as they are known.

    >>> kept_meta({"date": "1976-03-01", "origin": None, "url": "https://example.org"})
    {'date': '1976-03-01'}
    """
    return {key: facts[key] for key in _KEPT_META if facts.get(key)}


def parts_of(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that a claim has, by role.

    >>> parts_of({"source": None, "content": {"start": 9, "end": 11}})
    {'content': {'start': 9, 'end': 11}}
    """
    return {role: claim[role] for role in ROLES if claim.get(role)}


def known_facts(mark: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The facts of these names that a mark or a paragraph has.

    >>> known_facts({"kb_id": "iso:KZ", "score": None}, ("kb_id", "cluster", "score"))
    {'kb_id': 'iso:KZ'}
    """
    return {key: mark[key] for key in keys if mark.get(key) is not None}


def marked_paragraphs(record: Mapping[str, Any], layers: Iterable[str]) -> Iterator[Marked]:
    """Each paragraph of a record with its marks by layer.

    >>> record = {"paragraphs": [{"id": "A/1"}], "claims": [{"paragraph": "A/1"}]}
    >>> [marks for _, marks in marked_paragraphs(record, ("entities", "claims"))]
    [{'entities': [], 'claims': [{'paragraph': 'A/1'}]}]
    """
    by_layer = {layer: by_paragraph(record.get(layer) or ()) for layer in layers}
    for paragraph in record["paragraphs"]:
        name = paragraph["id"]
        yield paragraph, {layer: marks.get(name, []) for layer, marks in by_layer.items()}


def completed(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record in the shape that all formats share; layers that nobody annotated are no keys.

    >>> record = {"id": "07OSLO1", "paragraphs": [{"id": "07OSLO1/1", "text": "Post agreed."}]}
    >>> completed(record)["paragraphs"][0]["kind"]
    'text'
    """
    whole = bare_record(record["id"], meta=record.get("meta"))
    header = whole["header"] | (record.get("header") or {})
    whole |= {k: value for k, value in record.items() if k != "scheme" and value is not None}
    whole["header"] = header
    whole["paragraphs"] = [
        noted_paragraph(paragraph, paragraph["text"]) for paragraph in record["paragraphs"]
    ]
    texts = {paragraph["id"]: paragraph["text"] for paragraph in whole["paragraphs"]}
    for layer, complete in _COMPLETE.items():
        if record.get(layer) is None:
            whole.pop(layer, None)
        else:
            whole[layer] = [complete(mark, texts[mark["paragraph"]]) for mark in record[layer]]
    return whole


def noted_paragraph(facts: Mapping[str, Any], text: str) -> ParagraphRecord:
    """The paragraph of a text, with those of its facts that a record has.

    >>> noted_paragraph({"id": "A/1", "number": 1, "colour": "red"}, "Post agreed.")["number"]
    1
    """
    known: dict[str, Any] = {key: facts.get(key) for key in PARAGRAPH_FACTS}
    known |= {key: facts.get(key) or () for key in ("source_map", "unannotated")}
    return paragraph_record(facts["id"], text, **known)


def _located(annotation: Mapping[str, Any]) -> dict[str, Any]:
    return {key: annotation[key] for key in ("paragraph", "start", "end", "label")}


def _entity(entity: Mapping[str, Any], text: str) -> dict[str, Any]:
    words = {"text": text[entity["start"] : entity["end"]]}
    facts = {key: entity.get(key) for key in ("kb_id", "cluster", "score")}
    value = {"value": entity["value"]} if "value" in entity else {}
    return _located(entity) | words | facts | value


def _statement(statement: Mapping[str, Any], _text: str) -> dict[str, Any]:
    return _located(statement) | {"score": statement.get("score")}


def _claim(claim: Mapping[str, Any], text: str) -> dict[str, Any]:
    def part(place: Mapping[str, Any]) -> dict[str, Any]:
        start, end = place["start"], place["end"]
        return {"start": start, "end": end, "text": text[start:end]}

    roles = {role: claim.get(role) and part(claim[role]) for role in ROLES}
    facts = {key: claim.get(key) for key in ("speaker", "certainty")}
    return {"paragraph": claim["paragraph"], **roles, **facts}


_COMPLETE: dict[str, Callable[[Mapping[str, Any], str], dict[str, Any]]] = {
    "entities": _entity,
    "statements": _statement,
    "claims": _claim,
}
