"""The Doc contract: a cable as one spaCy Doc, and a Doc as a plain record.

A Doc's text is the paragraphs joined by a blank line; the cable's header and the paragraphs' fields travel in `doc._.cable`
as plain data, so that DocBin, `n_process` and `Doc.to_bytes` keep them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from functools import cache, wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from cablespan import lexicon
from cablespan.attribution import Triple, flatten
from cablespan.cable import Cable, Header, Paragraph
from cablespan.labels import Role

RECORD_SCHEMA = "cablespan.record/1"
PARAGRAPHS, STATEMENTS, CLAIMS, CLAIM_PARTS = "paragraphs", "statements", "claims", "claim_parts"
SEPARATOR = "\n\n"
SENDERS = ("", "post", "department")
# "Telegram From the Embassy in Iran to the Department of State", as historians head it.
_HEAD = re.compile(r"\bFrom (?:the )?(.+?)(?: to |$)")
_ID = re.compile(r"\d\d([A-Z]+)\d+")

for _name, _default in (("cable", None), ("entity_scores", None), ("clusters", None)):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_default)

Value = TypeVar("Value")


def once_a_doc(function: Callable[[Doc], Value]) -> Callable[[Doc], Value]:
    """Remembers what a function gives for a Doc as long as the Doc lives.

    For plain values that only text and tokens decide, which no component of ours changes; one that held on to the Doc or to a span
    of it would keep it alive for ever.
    """
    known: WeakKeyDictionary[Doc, Value] = WeakKeyDictionary()

    @wraps(function)
    def remembered(doc: Doc) -> Value:
        if doc not in known:
            known[doc] = function(doc)
        return known[doc]

    return remembered


@once_a_doc
def text_of(doc: Doc) -> str:
    """The text of a Doc, which `Doc.text` joins anew from its tokens each time."""
    return doc.text


def origin(cable: Mapping[str, Any]) -> str | None:
    """Who sends a cable, by its header, else by its heading or its id.

    >>> origin({"id": "07ASTANA454"}), origin({"meta": {"head": "6. Telegram From the Embassy in Iran to the Department of State"}})
    ('ASTANA', 'Embassy in Iran')
    """
    header, meta = cable.get("header") or {}, cable.get("meta") or {}
    head, serial = _HEAD.search(meta.get("head") or ""), _ID.fullmatch(cable.get("id") or "")
    known = header.get("origin") or header.get("from") or meta.get("origin")
    return known or (head[1] if head else serial[1] if serial else None)


def sender(cable: Mapping[str, Any]) -> str:
    """Whether a "post" or the "department" sends a cable; "" where nothing tells.

    >>> sender({"id": "07ASTANA454"}), sender({"meta": {"origin": "Department of State"}})
    ('post', 'department')
    """
    name = (origin(cable) or "").lower()
    if not name:
        return ""
    return "department" if any(name == words or name.startswith(f"{words} ") for words in _capital()) else "post"


@cache
def _capital() -> tuple[str, ...]:
    """How those in Washington who instruct posts are called as senders."""
    return tuple(word for entry in lexicon.load("name_context") if entry["kind"] == "capital" for word in entry["words"])


def header_record(header: Header) -> dict[str, Any]:
    """The header as the record writes it: `from` for `from_`, dates as ISO strings, lists for tuples."""
    fields = asdict(header)
    fields["from"] = fields.pop("from_")
    if isinstance(header.declassify_on, date):
        fields["declassify_on"] = header.declassify_on.isoformat()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def _paragraph_record(paragraph: Paragraph) -> dict[str, Any]:
    return {
        "id": paragraph.id,
        "number": paragraph.number,
        "marking": paragraph.marking,
        "section": paragraph.section,
        "kind": paragraph.kind,
        "source_map": [list(piece) for piece in paragraph.source_map.pieces],
    }


def to_doc(nlp: Language, cable: Cable) -> Doc:
    """A cable as an unannotated Doc: `doc.spans["paragraphs"]` and `doc._.cable` set, ready for `nlp.pipe`."""
    description = {
        "id": cable.id,
        "meta": dict(cable.meta),
        "source": asdict(cable.source),
        "header": header_record(cable.header),
        "paragraphs": [_paragraph_record(paragraph) for paragraph in cable.paragraphs],
        "notes": list(cable.notes),
    }
    return make_doc(nlp, [paragraph.text for paragraph in cable.paragraphs], description)


def make_doc(nlp: Language, texts: list[str], description: dict[str, Any]) -> Doc:
    """A Doc of paragraphs, each of `texts` one; `description` becomes `doc._.cable`."""
    doc = nlp.tokenizer(SEPARATOR.join(texts))
    doc._.cable = description
    spans, offset = [], 0
    for text, paragraph in zip(texts, description["paragraphs"], strict=True):
        if text:
            spans.append(_span(doc, offset, offset + len(text), paragraph["kind"]))
        offset += len(text) + len(SEPARATOR)
    doc.spans[PARAGRAPHS] = spans
    return doc


def _span(doc: Doc, start: int, end: int, label: str, **ids: str) -> Span:
    """A span by character offsets, widened to whole tokens where it cuts one."""
    return doc.char_span(start, end, label=label, alignment_mode="expand", **ids)


def paragraph_starts(doc: Doc) -> list[int]:
    """Character offsets at which the paragraphs begin, in order.

    A span at offset `o` of paragraph `i` lies at `paragraph_starts(doc)[i] + o` of the Doc.
    """
    return [span.start_char for span in doc.spans[PARAGRAPHS]]


class _Locator:
    """Paragraph-relative offsets of spans."""

    def __init__(self, doc: Doc):
        self.paragraphs = doc.spans[PARAGRAPHS]
        self.ids = [paragraph["id"] for paragraph in doc._.cable["paragraphs"]]
        self.by_token = [-1] * len(doc)
        self.starts = []
        for index, span in enumerate(self.paragraphs):
            self.starts.append(span.start_char)
            self.by_token[span.start : span.end] = [index] * (span.end - span.start)

    def __call__(self, span: Span) -> dict[str, Any]:
        index = self.by_token[span.start]
        offset = self.starts[index]
        return {"paragraph": self.ids[index], "start": span.start_char - offset, "end": span.end_char - offset}


def _words(span: Span, text: str) -> str:
    """The text of a span out of its Doc's, which `Span.text` joins from tokens."""
    return text[span.start_char : span.end_char]


def _score(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def to_record(doc: Doc) -> dict[str, Any]:
    """The record of an annotated Doc, as CONTRACT.md shapes it: plain data, ready for JSON."""
    cable, text, locate = doc._.cable, text_of(doc), _Locator(doc)
    paragraphs = [
        {**{k: v for k, v in paragraph.items() if k != "source_map"}, "text": _words(span, text), "source_map": paragraph["source_map"]}
        for paragraph, span in zip(cable["paragraphs"], doc.spans[PARAGRAPHS], strict=True)
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
    return [{**locate(span), "label": span.label_, "score": _score(score)} for span, score in zip(group, scores, strict=True)]


def _claims(doc: Doc, locate: _Locator) -> list[dict[str, Any]]:
    if CLAIMS not in doc.spans:
        return []
    group = doc.spans[CLAIMS]
    facts, text = group.attrs.get("claims", {}), text_of(doc)
    triples: dict[str, dict[str, Any]] = {}
    for span in group:
        place = locate(span)
        triple = triples.setdefault(span.id_, {"paragraph": place["paragraph"], "source": None, "cue": None, "content": None})
        triple[span.label_.lower()] = {"start": place["start"], "end": place["end"], "text": _words(span, text)}
    return [
        {**triple, "speaker": facts.get(key, {}).get("speaker"), "certainty": facts.get(key, {}).get("certainty")}
        for key, triple in triples.items()
    ]


def set_claims(doc: Doc, claims: list[dict[str, Any]]) -> None:
    """Writes `doc.spans["claims"]` from plain triples: the roles as `(start_char, end_char)` or None, `speaker`, `certainty`."""
    spans, facts = [], {}
    for index, claim in enumerate(claims):
        key = str(index)
        facts[key] = {"speaker": claim.get("speaker"), "certainty": claim.get("certainty")}
        for role in Role:
            place = claim.get(role.lower())
            if place is not None:
                spans.append(_span(doc, *place, role, span_id=key))
    doc.spans[CLAIMS] = spans
    doc.spans[CLAIMS].attrs["claims"] = facts


def from_record(nlp: Language, record: Mapping[str, Any]) -> Doc:
    """The annotated Doc of a record: the inverse of `to_record`."""
    description = {
        **{key: record[key] for key in ("id", "meta", "source", "header")},
        "paragraphs": [{key: value for key, value in p.items() if key != "text"} for p in record["paragraphs"]],
        "notes": record.get("notes", []),
    }
    doc = make_doc(nlp, [paragraph["text"] for paragraph in record["paragraphs"]], description)
    starts = dict(zip((p["id"] for p in record["paragraphs"]), paragraph_starts(doc), strict=True))

    def offsets(place: Mapping[str, Any], paragraph: str) -> tuple[int, int]:
        return starts[paragraph] + place["start"], starts[paragraph] + place["end"]

    entities = record.get("entities", [])
    doc.ents = [
        _span(
            doc,
            *offsets(e, e["paragraph"]),
            e["label"],
            kb_id=e.get("kb_id") or "",
            span_id="" if e.get("cluster") is None else str(e["cluster"]),
        )
        for e in entities
    ]
    scores = {"{}-{}".format(*offsets(e, e["paragraph"])): e["score"] for e in entities if e.get("score") is not None}
    doc._.entity_scores = scores or None
    statements = record.get("statements", [])
    doc.spans[STATEMENTS] = [_span(doc, *offsets(s, s["paragraph"]), s["label"]) for s in statements]
    if any(s.get("score") is not None for s in statements):
        doc.spans[STATEMENTS].attrs["scores"] = [s.get("score") for s in statements]
    set_claims(
        doc,
        [
            {
                **{role.lower(): offsets(c[role.lower()], c["paragraph"]) if c.get(role.lower()) else None for role in Role},
                "speaker": c.get("speaker"),
                "certainty": c.get("certainty"),
            }
            for c in record.get("claims", [])
        ],
    )
    doc._.clusters = record.get("clusters")
    return doc


def set_claim_parts(doc: Doc) -> None:
    """Writes `doc.spans["claim_parts"]`: the claims laid flat, as a tagger learns them."""
    triples: dict[str, dict[str, tuple[int, int]]] = {}
    for span in doc.spans[CLAIMS]:
        triples.setdefault(span.id_, {})[span.label_.lower()] = (span.start_char, span.end_char)
    parts = flatten(text_of(doc), [Triple(t.get("source"), t.get("cue"), t["content"]) for t in triples.values()])
    spans = [doc.char_span(part.start, part.end, label=part.role, alignment_mode="contract") for part in parts]
    doc.spans[CLAIM_PARTS] = filter_spans([span for span in spans if span is not None])
