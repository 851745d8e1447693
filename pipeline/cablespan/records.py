"""The shapes that leave the house: an annotated Doc as a record of plain data, and back."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.cable import PARAGRAPH_FACTS, RECORD_SCHEMA
from cablespan.document import (
    CLAIM_PARTS,
    CLAIMS,
    PARAGRAPHS,
    STATEMENTS,
    Place,
    PlacedClaim,
    character_span,
    claims_of,
    cluster_of,
    make_doc,
    paragraph_starts,
    plain_description,
    set_claims,
    text_of,
)
from cablespan.labels import LAYERS, VALUED


def annotated_layers(record: Mapping[str, Any]) -> list[str]:
    """The layers that somebody annotated, in the order of LAYERS.

    >>> annotated_layers({"claims": [], "entities": [], "statements": None})
    ['entities', 'claims']
    """
    return [layer for layer in LAYERS if record.get(layer) is not None]


def by_paragraph(marks: Iterable[Mapping[str, Any]]) -> dict[Any, list[Mapping[str, Any]]]:
    """The marks of a layer by the ids of their paragraphs, in their order.

    >>> by_paragraph([{"paragraph": "A/1", "label": "REPORT"}])
    {'A/1': [{'paragraph': 'A/1', 'label': 'REPORT'}]}
    """
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for mark in marks:
        found.setdefault(mark.get("paragraph"), []).append(mark)
    return found


class ParagraphRecord(TypedDict):
    """A paragraph: its text and where that lies in the source, `[offset, source offset, length]`
    each.

    `unannotated` names the layers that nobody annotated in it, where others of the record are.
    """

    id: str
    number: int | None
    marking: str | None
    section: str | None
    kind: str
    text: str
    source_map: list[list[int]]
    unannotated: NotRequired[list[str]]


class Located(TypedDict):
    """Characters of a paragraph, end exclusive."""

    paragraph: str
    start: int
    end: int


class EntityRecord(Located):
    """An entity; `cluster` numbers the record's clusters, `kb_id` is the linker's.

    `value`, of dates, sums and references alone: "2008-01/2008-04", "72000000 KZT", "06ASTANA9".
    """

    label: str
    text: str
    kb_id: str | None
    cluster: int | None
    score: float | None
    value: NotRequired[str | None]


class StatementRecord(Located):
    """A sentence with its label."""

    label: str
    score: float | None


class Part(TypedDict):
    """Characters of a claim's paragraph, end exclusive, and what stands there."""

    start: int
    end: int
    text: str


class ClaimRecord(TypedDict):
    """Who says what: `speaker` is a cluster, else an id such as "post:ASTANA", else None."""

    paragraph: str
    source: Part | None
    cue: Part | None
    content: Part
    speaker: int | str | None
    certainty: str | None


class Record(TypedDict):
    """A line of `cables.jsonl`; a layer that is missing was not annotated, and `notes` say so where
    its component failed.

    `extra`: what components of other packages found (`doc._.extra`), plain data by their names.
    """

    schema: str
    id: str
    meta: dict[str, Any]
    source: dict[str, Any]
    header: dict[str, Any]
    paragraphs: list[ParagraphRecord]
    entities: NotRequired[list[EntityRecord]]
    statements: NotRequired[list[StatementRecord]]
    claims: NotRequired[list[ClaimRecord]]
    clusters: NotRequired[list[dict[str, Any]]]
    notes: NotRequired[list[str]]
    extra: NotRequired[dict[str, Any]]


def paragraph_record(
    id: str,
    text: str,
    *,
    number: int | None = None,
    marking: str | None = None,
    section: str | None = None,
    kind: str | None = None,
    source_map: Sequence[Sequence[int]] = (),
    unannotated: Iterable[str] = (),
) -> ParagraphRecord:
    """A paragraph as the record has it; what is not known is None, the kind then "text".

    >>> paragraph_record("07OSLO1/1", "All is well.", number=1, kind="numbered")["section"]
    """
    record: ParagraphRecord = {
        "id": id,
        "number": number,
        "marking": marking,
        "section": section,
        "kind": kind or "text",
        "text": text,
        "source_map": [list(piece) for piece in source_map],
    }
    if missing := list(unannotated):
        record["unannotated"] = missing
    return record


class _Locator:
    """Paragraph-relative offsets of spans."""

    def __init__(self, doc: Doc, paragraphs: Iterable[Span], ids: Sequence[str]):
        self.ids = ids
        self.by_token = [-1] * len(doc)
        self.starts = []
        for index, span in enumerate(paragraphs):
            self.starts.append(span.start_char)
            self.by_token[span.start : span.end] = [index] * (span.end - span.start)

    def paragraph_at(self, offset: int) -> tuple[str, int]:
        """The id of the paragraph at a character of the Doc, and the character at which it
        begins."""
        index = bisect_right(self.starts, offset) - 1
        return self.ids[index], self.starts[index]

    def __call__(self, span: Span) -> Located:
        index = self.by_token[span.start]
        offset = self.starts[index]
        return {
            "paragraph": self.ids[index],
            "start": span.start_char - offset,
            "end": span.end_char - offset,
        }


def _words(span: Span, text: str) -> str:
    """The text of a span out of its Doc's, which `Span.text` joins from tokens."""
    return text[span.start_char : span.end_char]


def _score(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def to_record(doc: Doc) -> Record:
    """The record of an annotated Doc, as CONTRACT.md shapes it: plain data, ready for JSON.

    A Doc that knows of no cable (plain text; a DocBin without `store_user_data=True`) is a cable
    named "text", plain text one paragraph of it.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> record = to_record(nlp("Post agreed."))
    >>> record["paragraphs"][0]["text"], from_record(nlp, record).text
    ('Post agreed.', 'Post agreed.')
    """
    text = text_of(doc)
    spans = doc.spans[PARAGRAPHS] if PARAGRAPHS in doc.spans else [doc[:]] if len(doc) else []
    cable = doc._.cable or plain_description(text, spans)
    locate = _Locator(doc, spans, [paragraph["id"] for paragraph in cable["paragraphs"]])
    paragraphs = [
        paragraph_record(
            **{key: facts[key] for key in ("id", *PARAGRAPH_FACTS)},
            text=_words(span, text),
            source_map=facts["source_map"],
            unannotated=facts.get("unannotated", ()),
        )
        for facts, span in zip(cable["paragraphs"], spans, strict=True)
    ]
    record: Record = {
        "schema": RECORD_SCHEMA,
        "id": cable["id"],
        "meta": _with_lists(cable["meta"]),
        "source": cable["source"],
        "header": _with_lists(cable["header"]),
        "paragraphs": paragraphs,
        "entities": _entities(doc, locate),
        "statements": _statements(doc, locate),
        "claims": _claims(doc, locate),
    }
    for layer in _failed_layers(doc):
        del record[layer]
    if doc._.clusters:
        record["clusters"] = _with_lists(doc._.clusters)
    failed = (doc._.failed or {}).items()
    notes = [f"{name} failed and is left out: {error}" for name, error in failed]
    if cable.get("notes") or notes:
        record["notes"] = [*_with_lists(cable.get("notes", ())), *notes]
    if doc._.extra:
        record["extra"] = _with_lists(doc._.extra)
    return record


def _failed_layers(doc: Doc) -> Iterator[Literal["entities", "statements", "claims"]]:
    """The layers of which a component failed, so that nothing of them was written."""
    if not doc._.failed:
        return
    if not doc.has_annotation("ENT_IOB"):
        yield "entities"
    if STATEMENTS not in doc.spans:
        yield "statements"
    if CLAIMS not in doc.spans or CLAIM_PARTS not in doc.spans:
        yield "claims"


def _with_lists(value: Any) -> Any:
    """Plain data with lists as they were before DocBin made tuples of them.

    >>> _with_lists({"tags": ("PREL", "NO")})
    {'tags': ['PREL', 'NO']}
    """
    if isinstance(value, Mapping):
        return {key: _with_lists(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_lists(item) for item in value]
    return value


def _entities(doc: Doc, locate: _Locator) -> list[EntityRecord]:
    scores, values, text = doc._.entity_scores or {}, doc._.entity_values, text_of(doc)
    entities: list[EntityRecord] = []
    for ent in doc.ents:
        place = f"{ent.start_char}-{ent.end_char}"
        entity: EntityRecord = {
            **locate(ent),
            "label": ent.label_,
            "text": _words(ent, text),
            "kb_id": ent.kb_id_ or None,
            "cluster": cluster_of(ent),
            "score": _score(scores.get(place)),
        }
        if values is not None and ent.label_ in VALUED:
            entity["value"] = values.get(place)
        entities.append(entity)
    return entities


def _statements(doc: Doc, locate: _Locator) -> list[StatementRecord]:
    if STATEMENTS not in doc.spans:
        return []
    group = doc.spans[STATEMENTS]
    scores = group.attrs.get("scores")
    scores = [None] * len(group) if scores is None else scores
    return [
        {**locate(span), "label": span.label_, "score": _score(score)}
        for span, score in zip(group, scores, strict=True)
    ]


def _claims(doc: Doc, locate: _Locator) -> list[ClaimRecord]:
    text = text_of(doc)

    def part(place: Place, offset: int) -> Part:
        start, end = place
        return {"start": start - offset, "end": end - offset, "text": text[start:end]}

    claims: list[ClaimRecord] = []
    for claim in claims_of(doc):
        paragraph, offset = locate.paragraph_at(claim.content[0])
        claims.append(
            {
                "paragraph": paragraph,
                "source": claim.source and part(claim.source, offset),
                "cue": claim.cue and part(claim.cue, offset),
                "content": part(claim.content, offset),
                "speaker": claim.speaker,
                "certainty": claim.certainty,
            }
        )
    return claims


def from_record(nlp: Language, record: Mapping[str, Any]) -> Doc:
    """The annotated Doc of a record: the inverse of `to_record`.

    Raises KeyError for a record without a field that every record has, and for a place in a
    paragraph that the record does not have.
    """
    paragraphs = record["paragraphs"]
    doc = make_doc(nlp, [paragraph["text"] for paragraph in paragraphs], _description(record))
    ids = [paragraph["id"] for paragraph in paragraphs]
    places = _Places(dict(zip(ids, paragraph_starts(doc), strict=True)))
    _set_entities(doc, record.get("entities", []), places)
    _set_statements(doc, record.get("statements", []), places)
    set_claims(doc, map(places.claim, record.get("claims", [])))
    doc._.clusters = record.get("clusters")
    doc._.extra = record.get("extra")
    return doc


def _description(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a Doc says of its cable, `doc._.cable`: the record without texts and layers."""
    return {
        **{key: record[key] for key in ("id", "meta", "source", "header")},
        "paragraphs": [
            {key: value for key, value in paragraph.items() if key != "text"}
            for paragraph in record["paragraphs"]
        ],
        "notes": record.get("notes", []),
    }


class _Places(NamedTuple):
    """Characters of the Doc for those of a record's paragraphs; `starts` by a paragraph's id."""

    starts: dict[str, int]

    def of(self, located: Mapping[str, Any]) -> Place:
        """Where an entity or a statement lies."""
        return self.within(located["paragraph"], located)

    def within(self, paragraph: str, part: Mapping[str, Any]) -> Place:
        start = self.starts[paragraph]
        return start + part["start"], start + part["end"]

    def claim(self, claim: Mapping[str, Any]) -> PlacedClaim:
        """A claim with its parts where they lie; source and cue can be missing."""
        paragraph, source, cue = claim["paragraph"], claim.get("source"), claim.get("cue")
        return PlacedClaim(
            source=self.within(paragraph, source) if source else None,
            cue=self.within(paragraph, cue) if cue else None,
            content=self.within(paragraph, claim["content"]),
            speaker=claim.get("speaker"),
            certainty=claim.get("certainty"),
        )


def _set_entities(doc: Doc, entities: Sequence[Mapping[str, Any]], places: _Places) -> None:
    """Writes entities, their scores, and the values that dates, sums and references have."""

    def by_place(fact: str) -> dict[str, Any]:
        stated = (entity for entity in entities if entity.get(fact) is not None)
        return {"{}-{}".format(*places.of(entity)): entity[fact] for entity in stated}

    doc.ents = [
        character_span(
            doc,
            *places.of(entity),
            entity["label"],
            kb_id=entity.get("kb_id") or "",
            span_id="" if entity.get("cluster") is None else str(entity["cluster"]),
        )
        for entity in entities
    ]
    doc._.entity_scores = by_place("score") or None
    if any("value" in entity for entity in entities):
        doc._.entity_values = by_place("value")


def _set_statements(doc: Doc, statements: Sequence[Mapping[str, Any]], places: _Places) -> None:
    doc.spans[STATEMENTS] = [
        character_span(doc, *places.of(statement), statement["label"]) for statement in statements
    ]
    scores = [statement.get("score") for statement in statements]
    if any(score is not None for score in scores):
        doc.spans[STATEMENTS].attrs["scores"] = scores
