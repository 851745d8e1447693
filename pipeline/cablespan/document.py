"""The Doc contract: a cable as one spaCy Doc.

A Doc's text is the paragraphs joined by a blank line; the cable's header and the paragraphs' fields
travel in `doc._.cable`
as plain data, so that DocBin, `n_process` and `Doc.to_bytes` keep them.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from spacy.glossary import GLOSSARY
from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.cable import Cable, Header, Paragraph, Source, SourceMap, cable_record, text_hash
from cablespan.labels import Entity, Role, Statement
from cablespan.signs import repaired

PARAGRAPHS, STATEMENTS, CLAIMS, CLAIM_PARTS = "paragraphs", "statements", "claims", "claim_parts"
STATES = "transformer_states"  # in the user data of a Doc to pretrain on: see network/pretraining
SEPARATOR = "\n\n"
# Nothing that damage or a bad scan runs together is a word: the tokenizer takes quadratic time on
# it.
LONGEST_WORD = 200
_UNBROKEN = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")

Value = TypeVar("Value")
Place = tuple[int, int]
Speaker = int | str | None


class PlacedClaim(NamedTuple):
    """A claim as plain data: characters `(start, end)` of the Doc, ends exclusive.

    `speaker` is a cluster, else a KB id, else None.
    """

    source: Place | None
    cue: Place | None
    content: Place
    speaker: Speaker = None
    certainty: str | None = None


class Claim(NamedTuple):
    """A claim of `doc._.claims`; source and cue can be missing.

    `speaker`: the cluster of who speaks (`ent.id_` as a number), else a KB id, else None;
    `certainty`: "asserted", "hedged", "denied" or "asked".
    """

    source: Span | None
    cue: Span | None
    content: Span
    speaker: Speaker = None
    certainty: str | None = None


def once_a_doc(function: Callable[[Doc], Value]) -> Callable[[Doc], Value]:
    """Remembers what a function returns for a Doc as long as the Doc lives.

    For plain values that only text and tokens decide, which no component of ours changes; one that
    held on to the Doc or to a span of it would keep it alive for ever.
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


def to_doc(nlp: Language, cable: Cable) -> Doc:
    """A cable as an unannotated Doc: `doc.spans["paragraphs"]` and `doc._.cable` set, ready for
    `nlp.pipe`. Raises TypeError for a text."""
    if not isinstance(cable, Cable):
        remedy = "take nlp(text), or to_doc(nlp, cablespan.parse(text))"
        raise TypeError(f"a {type(cable).__name__}, no cable: {remedy}")
    description = {**_described(cable), "notes": list(cable.notes)}
    return make_doc(nlp, [paragraph.text for paragraph in cable.paragraphs], description)


def plain_description(text: str, paragraphs: Iterable[Span] = ()) -> dict[str, Any]:
    """The description of a text of which no cable is known: an empty header, and one paragraph
    where no spans say which there are.

    >>> [paragraph["id"] for paragraph in plain_description("Post agreed.")["paragraphs"]]
    ['text/1']
    """
    places = [(span.start_char, span.end_char, span.label_) for span in paragraphs]
    described = tuple(
        _plain_paragraph(number, text, *place)
        for number, place in enumerate(places or [(0, len(text), "text")], 1)
    )
    source = Source("", "text", text_hash(text))
    return _described(Cable("text", Header(), described if text else (), source))


def _plain_paragraph(number: int, text: str, start: int, end: int, kind: str) -> Paragraph:
    source_map = SourceMap(((0, start, end - start),))
    return Paragraph(f"text/{number}", text[start:end], kind=kind, source_map=source_map)


def _described(cable: Cable) -> dict[str, Any]:
    """The record of a cable but for the paragraphs' texts, which are the Doc's."""
    record = cable_record(cable)
    for paragraph in record["paragraphs"]:
        del paragraph["text"]
    return record


def make_doc(nlp: Language, texts: list[str], description: dict[str, Any]) -> Doc:
    """A Doc of paragraphs, each of `texts` one; `description` becomes `doc._.cable`.

    >>> import spacy
    >>> description = {"paragraphs": [{"kind": "text"}, {"kind": "heading"}]}
    >>> doc = make_doc(spacy.blank("en"), ["Post agreed.", "Comment"], description)
    >>> [(span.text, span.label_) for span in doc.spans["paragraphs"]]
    [('Post agreed.', 'text'), ('Comment', 'heading')]
    >>> paragraph_starts(doc)
    [0, 14]
    """
    places, offset = [], 0
    for text in texts:
        places.append((offset, offset + len(text)))
        offset += len(text) + len(SEPARATOR)
    doc = tokenized(nlp, SEPARATOR.join(texts), places)
    doc._.cable = description
    doc.spans[PARAGRAPHS] = [
        paragraph_span(doc, *place, paragraph["kind"])
        for place, paragraph in zip(places, description["paragraphs"], strict=True)
    ]
    return doc


def tokenized(nlp: Language, text: str, paragraphs: Iterable[Place] = ()) -> Doc:
    """The text as tokens of the pipeline, cut as if no sign in it were damaged; what has no blank
    for 200 characters is cut there, and so is white space at the edges of `paragraphs`.

    >>> import spacy
    >>> [len(token) for token in tokenized(spacy.blank("en"), "X" * 450)]
    [200, 200, 50]
    >>> list(tokenized(spacy.blank("en"), "France,s"))
    [France, ,s]
    """
    whole = repaired(text)
    unbroken = {match.end() for match in _UNBROKEN.finditer(whole)}
    cuts = sorted(unbroken.union(*(_white_edges(whole, place) for place in paragraphs)))
    if not cuts and whole == text:
        return nlp.tokenizer(text)
    tokens = [
        (start + token.idx, start + token.idx + len(token), bool(token.whitespace_))
        for start, end in pairwise([0, *cuts, len(whole)])
        for token in nlp.tokenizer(whole[start:end])
    ]
    words, spaces = [text[start:end] for start, end, _ in tokens], [blank for *_, blank in tokens]
    return Doc(nlp.vocab, words, spaces)


def _white_edges(text: str, paragraph: Place) -> tuple[int, ...]:
    r"""Where a paragraph that begins or ends in white space, or is empty, is to be cut: its edge
    would be one token with the blank line beside it, and no span could begin or end there.

    >>> _white_edges("No.\n\n  Yes. ", (5, 12)), _white_edges("No.", (0, 3))
    ((5, 11, 12), ())
    """
    start, end = paragraph
    inside = text[start:end]
    if inside[:1].strip() and inside[-1:].strip():
        return ()
    return start, start + len(inside.rstrip()), end


def character_span(
    doc: Doc, start: int, end: int, label: str = "", *, kb_id: str = "", span_id: str = ""
) -> Span:
    """A span by character offsets, widened to whole tokens where it cuts one. Raises ValueError
    where the offsets are none of the text.

    >>> import spacy
    >>> character_span(spacy.blank("en")("Mr. Rusk agreed."), 4, 6, "PERSON")
    Rusk
    """
    span = doc.char_span(
        start, end, label=label, kb_id=kb_id, span_id=span_id, alignment_mode="expand"
    )
    if span is None:
        raise ValueError(f"characters {start} to {end} are outside the text of {len(doc.text)}")
    return span


def paragraph_span(doc: Doc, start: int, end: int, kind: str) -> Span:
    """The span of a paragraph by character offsets; that of an empty one has no tokens.

    >>> import spacy
    >>> span = paragraph_span(spacy.blank("en")("Agreed."), 7, 7, "text")
    >>> span.start, span.end, span.start_char
    (2, 2, 7)
    """
    if start < end:
        return character_span(doc, start, end, kind)
    token = bisect_left(doc, start, key=lambda token: token.idx)
    return Span(doc, token, token, kind)


def cluster_of(entity: Span) -> int | None:
    """The number of an entity's cluster; None where it has none, or an id of another kind, such as
    an entity ruler's.

    >>> import spacy
    >>> doc = spacy.blank("en")("Roe met Poe")
    >>> [cluster_of(Span(doc, 0, 1, "PERSON", span_id=name)) for name in ("7", "", "roe")]
    [7, None, None]
    """
    return int(entity.id_) if entity.id_.isdecimal() else None


def unannotated_paragraphs(doc: Doc, layer: str) -> list[Span]:
    """The paragraphs of a gold Doc that nobody annotated in a layer ("entities", "statements",
    "claims"): missing is not none."""
    if doc._.cable is None or PARAGRAPHS not in doc.spans:
        return []
    facts = doc._.cable.get("paragraphs", [])
    return [
        span
        for span, fact in zip(doc.spans[PARAGRAPHS], facts, strict=False)
        if layer in fact.get("unannotated", ())
    ]


def paragraph_starts(doc: Doc) -> list[int]:
    """Character offsets at which the paragraphs begin, in order.

    A span at offset `o` of paragraph `i` lies at `paragraph_starts(doc)[i] + o` of the Doc.
    """
    return [span.start_char for span in doc.spans[PARAGRAPHS]]


def set_claims(doc: Doc, claims: Iterable[PlacedClaim]) -> None:
    """Writes `doc.spans["claims"]`: a claim's source, cue and content one after the other.

    Speaker and certainty stand in the group's `attrs["claims"]`, by the spans' `id_`.
    """
    spans, facts = [], {}
    for number, claim in enumerate(claims):
        key = str(number)
        facts[key] = {"speaker": claim.speaker, "certainty": claim.certainty}
        for role, place in zip(Role, claim[:3], strict=True):
            if place is not None:
                spans.append(character_span(doc, *place, role, span_id=key))
    doc.spans[CLAIMS] = spans
    doc.spans[CLAIMS].attrs["claims"] = facts


def claims_of(doc: Doc) -> Iterator[PlacedClaim]:
    """The claims of `doc.spans["claims"]` as plain data, in order.

    A claim ends with its content, whatever the ids of its spans: so claims stay apart in Docs that
    `Doc.from_docs` joined. These have no speaker, as cluster numbers of several Docs mean nothing.

    >>> import spacy
    >>> doc = spacy.blank("en")("Roe said he tried.")
    >>> set_claims(doc, [PlacedClaim((0, 3), (4, 8), (9, 17), certainty="asserted")])
    >>> [claim.content for claim in claims_of(doc)], doc._.claims[0].content
    ([(9, 17)], he tried)
    """
    group = doc.spans.get(CLAIMS, ())
    facts = group.attrs.get("claims", {}) if group else {}
    parts: dict[str, Place] = {}
    for span in group:
        parts[span.label_] = (span.start_char, span.end_char)
        if span.label_ == Role.CONTENT:
            fact = facts.get(span.id_, {})
            yield PlacedClaim(
                source=parts.get(Role.SOURCE),
                cue=parts.get(Role.CUE),
                content=parts[Role.CONTENT],
                speaker=fact.get("speaker"),
                certainty=fact.get("certainty"),
            )
            parts = {}


def _claims(doc: Doc) -> list[Claim]:
    """`doc._.claims`, computed from `doc.spans["claims"]`."""

    def span(place: Place | None) -> Span | None:
        return None if place is None else doc.char_span(*place)

    return [
        Claim(
            source=span(claim.source),
            cue=span(claim.cue),
            content=character_span(doc, *claim.content),
            speaker=claim.speaker,
            certainty=claim.certainty,
        )
        for claim in claims_of(doc)
    ]


def _statement(span: Span) -> str | None:
    """`span._.statement`: the label of the sentence in which the span begins."""
    sentences = span.doc.spans.get(STATEMENTS, ())
    number = bisect_right(sentences, span.start, key=lambda sentence: sentence.start) - 1
    inside = number >= 0 and span.start < sentences[number].end
    return sentences[number].label_ if inside else None


def _kb(span: Span) -> str | None:
    """`span._.kb`: the knowledge base's id of the span, else of the first linked entity in it."""
    return span.kb_id_ or next((ent.kb_id_ for ent in span.ents if ent.kb_id_), None)


for _name in ("cable", "entity_scores", "entity_values", "clusters", "extra", "failed"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)
Doc.set_extension("claims", getter=_claims, force=True)
Span.set_extension("statement", getter=_statement, force=True)
Span.set_extension("kb", getter=_kb, force=True)


def displacy_colours() -> dict[str, str]:
    """Our labels' colours, for those that displaCy has no colour of its own for.

    >>> displacy_colours()["OFFICIAL"], "DATE" in displacy_colours()
    ('#8059bb', False)
    """
    from spacy.displacy.render import DEFAULT_LABEL_COLORS

    labels = (*Entity, *Statement, *Role)
    return {label: label.colour for label in labels if label not in DEFAULT_LABEL_COLORS}


# `spacy.explain("OFFICIAL")` knows our labels, but for names that mean something else in spaCy.
for _label in (*Entity, *Statement, *Role):
    GLOSSARY.setdefault(_label, _label.definition)
