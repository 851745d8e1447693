"""The shapes that leave the house: an annotated Doc as a record of plain data, and back."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.cable import RECORD_SCHEMA
from cablespan.document import (
    PARAGRAPHS,
    STATEMENTS,
    Place,
    PlacedClaim,
    character_span,
    claims_of,
    make_doc,
    paragraph_starts,
    plain_description,
    set_claims,
    text_of,
)
from cablespan.labels import Role


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
        """The id of the paragraph at a character of the Doc, and the character at which it begins."""
        index = bisect_right(self.starts, offset) - 1
        return self.ids[index], self.starts[index]

    def __call__(self, span: Span) -> dict[str, Any]:
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


def to_record(doc: Doc) -> dict[str, Any]:
    """The record of an annotated Doc, as CONTRACT.md shapes it: plain data, ready for JSON.

    A Doc of plain text, which no cable made, is one paragraph of a cable named "text".
    """
    text = text_of(doc)
    cable = doc._.cable or plain_description(text)
    spans = doc.spans[PARAGRAPHS] if PARAGRAPHS in doc.spans else [doc[:]] if len(doc) else []
    locate = _Locator(doc, spans, [paragraph["id"] for paragraph in cable["paragraphs"]])
    paragraphs = [
        {
            **{k: v for k, v in paragraph.items() if k != "source_map"},
            "text": _words(span, text),
            "source_map": paragraph["source_map"],
        }
        for paragraph, span in zip(cable["paragraphs"], spans, strict=True)
    ]
    record = {
        "schema": RECORD_SCHEMA,
        "id": cable["id"],
        "meta": cable["meta"],
        "source": cable["source"],
        "header": cable["header"],
        "paragraphs": paragraphs,
        "entities": _entities(doc, locate),
        "statements": _statements(doc, locate),
        "claims": _claims(doc, locate),
    }
    if doc._.clusters:
        record["clusters"] = doc._.clusters
    if cable.get("notes"):
        record["notes"] = cable["notes"]
    return record


def _entities(doc: Doc, locate: _Locator) -> list[dict[str, Any]]:
    scores, text = doc._.entity_scores or {}, text_of(doc)
    return [
        {
            **locate(ent),
            "label": ent.label_,
            "text": _words(ent, text),
            "kb_id": ent.kb_id_ or None,
            "cluster": int(ent.id_) if ent.id_ else None,
            "score": _score(scores.get(f"{ent.start_char}-{ent.end_char}")),
        }
        for ent in doc.ents
    ]


def _statements(doc: Doc, locate: _Locator) -> list[dict[str, Any]]:
    if STATEMENTS not in doc.spans:
        return []
    group = doc.spans[STATEMENTS]
    scores = group.attrs.get("scores")
    scores = [None] * len(group) if scores is None else scores
    return [
        {**locate(span), "label": span.label_, "score": _score(score)}
        for span, score in zip(group, scores, strict=True)
    ]


def _claims(doc: Doc, locate: _Locator) -> list[dict[str, Any]]:
    text = text_of(doc)

    def part(place: Place | None, offset: int) -> dict[str, Any] | None:
        if place is None:
            return None
        return {
            "start": place[0] - offset,
            "end": place[1] - offset,
            "text": text[slice(*place)],
        }

    claims = []
    for claim in claims_of(doc):
        paragraph, offset = locate.paragraph_at(claim.content[0])
        claims.append(
            {
                "paragraph": paragraph,
                "source": part(claim.source, offset),
                "cue": part(claim.cue, offset),
                "content": part(claim.content, offset),
                "speaker": claim.speaker,
                "certainty": claim.certainty,
            }
        )
    return claims


def from_record(nlp: Language, record: Mapping[str, Any]) -> Doc:
    """The annotated Doc of a record: the inverse of `to_record`."""
    description = {
        **{key: record[key] for key in ("id", "meta", "source", "header")},
        "paragraphs": [
            {key: value for key, value in p.items() if key != "text"} for p in record["paragraphs"]
        ],
        "notes": record.get("notes", []),
    }
    doc = make_doc(nlp, [paragraph["text"] for paragraph in record["paragraphs"]], description)
    starts = dict(zip((p["id"] for p in record["paragraphs"]), paragraph_starts(doc), strict=True))

    def offsets(place: Mapping[str, Any], paragraph: str) -> tuple[int, int]:
        return starts[paragraph] + place["start"], starts[paragraph] + place["end"]

    entities = record.get("entities", [])
    doc.ents = [
        character_span(
            doc,
            *offsets(e, e["paragraph"]),
            e["label"],
            kb_id=e.get("kb_id") or "",
            span_id="" if e.get("cluster") is None else str(e["cluster"]),
        )
        for e in entities
    ]
    scores = {
        "{}-{}".format(*offsets(e, e["paragraph"])): e["score"]
        for e in entities
        if e.get("score") is not None
    }
    doc._.entity_scores = scores or None
    statements = record.get("statements", [])
    doc.spans[STATEMENTS] = [
        character_span(doc, *offsets(s, s["paragraph"]), s["label"]) for s in statements
    ]
    if any(s.get("score") is not None for s in statements):
        doc.spans[STATEMENTS].attrs["scores"] = [s.get("score") for s in statements]
    set_claims(
        doc,
        [
            PlacedClaim(
                *(
                    offsets(claim[role.lower()], claim["paragraph"])
                    if claim.get(role.lower())
                    else None
                    for role in Role
                ),
                claim.get("speaker"),
                claim.get("certainty"),
            )
            for claim in record.get("claims", [])
        ],
    )
    doc._.clusters = record.get("clusters")
    return doc
