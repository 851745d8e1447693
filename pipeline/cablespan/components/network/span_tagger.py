"""A trained tagger of flat spans with their probabilities: entities, or the parts of claims."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy
from spacy.language import Language
from spacy.scorer import Scorer, get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Model

from cablespan.components.network.spans import sentence_lengths
from cablespan.components.network.training import TrainedPipe, check_upstream, default_model
from cablespan.document import CLAIM_PARTS, unannotated_paragraphs

DEFAULT_MODEL = default_model("cablespan.SpanTagger.v1", hidden=96, context=32)
OUTSIDE = "O"


@Language.factory(
    "cable_span_tagger",
    requires=["token.is_sent_start"],
    assigns=["doc.ents", "doc.spans", "doc._.entity_scores"],
    default_config={
        "model": DEFAULT_MODEL,
        "spans_key": None,
        "scorer": {"@scorers": "cablespan.span_tagger_scorer.v1"},
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0},
)
def make_span_tagger(
    nlp: Language, name: str, model: Model, spans_key: str | None, scorer: Callable | None
) -> "SpanTagger":
    """`spans_key` None writes `doc.ents` and their scores; a name writes that span group with
    `attrs["scores"]`."""
    return SpanTagger(nlp.vocab, model, name, spans_key=spans_key, scorer=scorer)


def span_tagger_score(
    examples: Iterable[Example], *, spans_key: str | None, **config: Any
) -> dict[str, Any]:
    """Precision, recall and F1 of exact spans, by spaCy's Scorer.

    What is predicted where nobody annotated is neither right nor wrong.
    """
    if spans_key is None:
        return get_ner_prf(examples)
    return Scorer.score_spans(
        examples,
        f"spans_{spans_key}",
        getter=lambda doc, _: _spans_where_annotated(doc, spans_key),
        has_annotation=lambda doc: spans_key in doc.spans,
        **config,
    )


def _layer(spans_key: str) -> str:
    """The layer of a gold record that a span group is learned from."""
    return "claims" if spans_key == CLAIM_PARTS else spans_key


def _spans_where_annotated(doc: Doc, spans_key: str) -> list[Span]:
    missing = {
        i
        for paragraph in unannotated_paragraphs(doc, _layer(spans_key))
        for i in range(paragraph.start, paragraph.end)
    }
    return [span for span in doc.spans.get(spans_key, []) if span.start not in missing]


@registry.scorers("cablespan.span_tagger_scorer.v1")
def make_span_tagger_scorer() -> Callable:
    """The scorer that a config names; its function is `span_tagger_score`."""
    return span_tagger_score


class TaggedSpan(NamedTuple):
    """Tokens `start` to `end` of a Doc with a label, and the probability of the weakest of them."""

    start: int
    end: int
    label: str
    score: float


def _beside_entities(doc: Doc, spans: list[TaggedSpan]) -> list[TaggedSpan]:
    """The spans that touch no entity of the Doc: what an entity ruler set before stays, as with
    spaCy's own `ner`."""
    taken = {token.i for entity in doc.ents for token in entity}
    return [span for span in spans if taken.isdisjoint(range(span.start, span.end))]


def _made(doc: Doc, span: TaggedSpan) -> Span:
    return Span(doc, span.start, span.end, label=span.label)


def _add_entities(doc: Doc, spans: list[TaggedSpan]) -> None:
    """Adds entities with their scores; those that were there keep theirs."""
    known, before = doc._.entity_scores or {}, map(_place, doc.ents)
    made = [_made(doc, span) for span in spans]
    scores = zip(map(_place, made), (span.score for span in spans), strict=True)
    doc._.entity_scores = {place: known[place] for place in before if place in known} | dict(scores)
    doc.set_ents([*doc.ents, *made])


def _place(entity: Span) -> str:
    return f"{entity.start_char}-{entity.end_char}"


def _on_words(doc: Doc, spans: Iterable[TaggedSpan]) -> Iterator[TaggedSpan]:
    """The spans without white space at their ends; one of nothing else is none, as with spaCy's own
    `ner`."""
    for span in spans:
        words = [i for i in range(span.start, span.end) if not doc[i].is_space]
        if words:
            yield span._replace(start=words[0], end=words[-1] + 1)


def decode(
    scores: numpy.ndarray, lengths: list[int], allowed: numpy.ndarray, first: numpy.ndarray
) -> numpy.ndarray:
    """The best legal tag sequence of each sentence.

    `scores`: log probabilities (tokens, tags); `lengths`: tokens a sentence; `allowed[i, j]`: 0
    where tag j may follow tag i, else -1e9; `first`: the same for the first token. A sentence may
    end only where the outside tag, the first, could follow.

    The likeliest tags of all tokens are mostly legal as they are, and then they are the best; only
    where they are not one searches.

    >>> allowed, first = _transitions(("O", "B-LAW", "I-LAW", "L-LAW", "U-LAW"))
    >>> likely = numpy.array([[0.1, 0.2, 0.4, 0.1, 0.2], [0.1, 0.2, 0.1, 0.5, 0.1]])
    >>> decode(numpy.log(likely), [2], allowed, first).tolist()  # no law begins with I
    [1, 3]
    """
    tags = scores.argmax(axis=1)
    if not len(tags):
        return tags
    ends = numpy.cumsum(lengths)
    starts = ends - numpy.array(lengths)
    wrong = numpy.zeros(len(scores) + 1, dtype=bool)
    wrong[1:-1] = allowed[tags[:-1], tags[1:]] < 0
    wrong[starts] = first[tags[starts]] < 0
    # A sentence is searched if something is wrong at its beginning, between its tokens, or at its
    # end.
    searched = numpy.logical_or.reduceat(wrong, starts) | (allowed[tags[ends - 1], 0] < 0)
    into = numpy.ascontiguousarray(allowed.T)
    for start, end in zip(starts[searched], ends[searched], strict=True):
        tags[start:end] = _viterbi(scores[start:end], into, first)
    return tags


def _viterbi(scores: numpy.ndarray, into: numpy.ndarray, first: numpy.ndarray) -> numpy.ndarray:
    """The best legal tags of one sentence; `into[j, i]` is 0 where tag j may follow tag i."""
    best = scores[0] + first
    every = numpy.arange(len(best))
    pointers = []
    for row in scores[1:]:
        paths = into + best
        pointer = paths.argmax(axis=1)
        best = paths[every, pointer] + row
        pointers.append(pointer)
    tag = int((best + into[0]).argmax())
    tags = [tag]
    for pointer in reversed(pointers):
        tag = int(pointer[tag])
        tags.append(tag)
    return numpy.array(tags[::-1])


@cache
def _transitions(tags: tuple[str, ...]) -> tuple[numpy.ndarray, numpy.ndarray]:
    opens = numpy.array([tag[0] in "BI" for tag in tags])
    goes_on = numpy.array([tag[0] in "IL" for tag in tags])
    label = numpy.array([tag[2:] for tag in tags])
    legal = numpy.where(
        opens[:, None], goes_on[None] & (label[:, None] == label[None]), ~goes_on[None]
    )
    infinity = numpy.float32(-1e9)
    return (
        numpy.where(legal, 0, infinity).astype("f"),
        numpy.where(goes_on, infinity, 0).astype("f"),
    )


class SpanTagger(TrainedPipe):
    """BILOU tags by softmax, the best legal sequence in each sentence by Viterbi."""

    def __init__(
        self,
        vocab: Vocab,
        model: Model,
        name: str,
        *,
        spans_key: str | None,
        scorer: Callable | None,
    ):
        super().__init__(vocab, model, name, {"spans_key": spans_key}, scorer)

    @property
    def classes(self) -> list[str]:
        """What the network tells apart, in the order of its output."""
        return self.tags

    @property
    def tags(self) -> list[str]:
        """Outside, then begin, inside, last and unit (BILU) of each label."""
        return [OUTSIDE, *(f"{part}-{label}" for label in self.labels for part in "BILU")]

    def score(self, examples: Iterable[Example], **config: Any) -> dict[str, Any]:
        """The scores of the layer that this component writes."""
        options = config | {"spans_key": self.cfg["spans_key"]}
        return self.scorer(examples, **options) if self.scorer else {}

    def transitions(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Log weights of tag pairs (tags, tags) and of first tags (tags,): 0 or minus infinity."""
        return _transitions(tuple(self.tags))

    def predict(self, docs: Iterable[Doc]) -> list[list[TaggedSpan]]:
        """The spans of each doc, in order."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [[] for _ in docs]
        check_upstream(self.name, self.model, docs)
        allowed, first = self.transitions()
        results = []
        for doc, probabilities in zip(docs, self.model.predict(docs), strict=True):
            tags = decode(numpy.log(probabilities + 1e-8), sentence_lengths(doc), allowed, first)
            results.append([*_on_words(doc, self.spans(tags, probabilities))])
        return results

    def spans(self, tags: numpy.ndarray, probabilities: numpy.ndarray) -> list[TaggedSpan]:
        """The spans that a tag a token makes; `probabilities` are of all tags: (tokens, tags)."""
        parts, labels = (tags - 1) % 4, self.labels
        marked = tags > 0
        starts = numpy.flatnonzero(marked & ((parts == 0) | (parts == 3))).tolist()
        ends = (numpy.flatnonzero(marked & (parts >= 2)) + 1).tolist()
        chosen = probabilities[numpy.arange(len(tags)), tags]
        return [
            TaggedSpan(start, end, labels[(tags[start] - 1) // 4], float(chosen[start:end].min()))
            for start, end in zip(starts, ends, strict=True)
        ]

    def set_annotations(self, docs: Iterable[Doc], predictions: list[list[TaggedSpan]]) -> None:
        """Writes the predicted spans into the Docs, the entities or a span group."""
        key = self.cfg["spans_key"]
        for doc, spans in zip(docs, predictions, strict=True):
            if key is None:
                _add_entities(doc, _beside_entities(doc, spans))
            else:
                doc.spans[key] = [_made(doc, span) for span in spans]
                doc.spans[key].attrs["scores"] = [span.score for span in spans]

    def gold_spans(self, reference: Doc) -> Sequence[Span]:
        """The entities of a gold Doc, or the spans of the group that is learned."""
        key = self.cfg["spans_key"]
        return reference.ents if key is None else reference.spans.get(key, [])

    def gold_classes(self, example: Example) -> list[str | None]:
        """BILOU tags of the gold on the predicted tokens.

        None where nobody annotated, and where alignment fails.
        """
        key = self.cfg["spans_key"]
        if key is None:
            return [*example.get_aligned_ner()]
        if key not in example.reference.spans:
            return [None] * len(example.predicted)
        tags: list[str | None] = [OUTSIDE] * len(example.predicted)
        missing = unannotated_paragraphs(example.reference, _layer(key))
        for span in example.get_aligned_spans_y2x(missing, allow_overlap=False):
            tags[span.start : span.end] = [None] * len(span)
        learned = example.reference.spans[key]
        for span in example.get_aligned_spans_y2x(learned, allow_overlap=False):
            parts = "U" if len(span) == 1 else "B" + "I" * (len(span) - 2) + "L"
            tags[span.start : span.end] = [f"{part}-{span.label_}" for part in parts]
        return tags

    def row_count(self, doc: Doc) -> int:
        """A row for each token."""
        return len(doc)
