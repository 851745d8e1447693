"""The head over sentences: a label for each, from its tokens, place, sender and neighbours."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import inf
from typing import Any, NamedTuple, cast

import numpy
from spacy import registry
from spacy.attrs import LOWER
from spacy.tokens import Doc, Span
from thinc.api import (
    Embed,
    HashEmbed,
    Maxout,
    Model,
    ParametricAttention_v2,
    Relu,
    Softmax_v2,
    SparseLinear_v2,
    chain,
    clone,
    concatenate,
    expand_window,
    reduce_first,
    reduce_last,
    reduce_max,
    reduce_mean,
    reduce_sum,
    residual,
    with_array,
)
from thinc.types import Floats2d, Ints1d, Ragged

from cablespan.cable import PARAGRAPH_KINDS
from cablespan.components.network.embed import GOLDEN
from cablespan.components.network.prediction import no_backprop
from cablespan.components.sentences import statement_spans
from cablespan.document import CLAIM_PARTS, PARAGRAPHS
from cablespan.facts import SENDERS, sender
from cablespan.labels import Role

# Kinds of blocks, by words in the name of a paragraph's section; 0 is none of them.
BLOCKS = (
    "summary|introduction",
    "comment|conclusion|assessment|analysis",
    "action|request|recommend|guidance",
    "text",  # of another, between BEGIN TEXT and END TEXT
    "note|bio|participant",
)
MARKINGS = ("", "U", "SBU", "C", "S")
LAST = 3  # the position of the sentence that closes a paragraph
# How many values each of a sentence's facts has, in the order of `SentencePlace`.
PLACE_ROWS = (
    len(BLOCKS) + 1,
    len(PARAGRAPH_KINDS),
    len(MARKINGS) + 1,
    LAST + 1,
    8,
    len(SENDERS),
    8,
)
# Rows of the table of words that open a cue or close a source.
WORD_ROWS = 500
FACT_WIDTH = 16
# Hashes of words set apart by where they stand.
FIRST, BEFORE, AFTER = (
    numpy.uint64(number) for number in (0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5)
)


class SentencePlace(NamedTuple):
    """Where a sentence stands, as numbers: see `PLACE_ROWS` for how many values each has."""

    block: int
    kind: int
    marking: int
    position: int  # in its paragraph: first, second, later, last
    length: int  # tokens by fours
    sender: int
    part: int  # which eighth of the cable


@cache
def _block(section: str) -> int:
    return next(
        (number for number, words in enumerate(BLOCKS, start=1) if re.search(words, section)), 0
    )


def _marking(marking: str | None) -> int:
    first = (marking or "").partition("/")[0]
    return MARKINGS.index(first) if first in MARKINGS else len(MARKINGS)


def sentence_places(doc: Doc, sentences: Sequence[Span]) -> list[SentencePlace]:
    """The place of each of a Doc's sentences.

    It includes the sender of the cable: what a post recommends, the Department requests.

    >>> import spacy
    >>> doc = spacy.blank("en")("Post agreed. He left.")
    >>> [place.position for place in sentence_places(doc, statement_spans(doc))]
    [0, 1]
    """
    cable = doc._.cable or {}
    signed = SENDERS.index(sender(cable))
    paragraphs = _paragraphs(doc, cable)
    starts = [paragraph.start for paragraph in paragraphs]
    numbers = [max(0, bisect_right(starts, sentence.start) - 1) for sentence in sentences]
    seen: Counter[int] = Counter()
    places = []
    for sentence, number in zip(sentences, numbers, strict=True):
        paragraph = paragraphs[number]
        places.append(
            SentencePlace(
                block=_block((paragraph.facts.get("section") or "").lower()),
                kind=PARAGRAPH_KINDS.index(paragraph.facts.get("kind") or "text"),
                marking=_marking(paragraph.facts.get("marking")),
                position=_position(seen[number], closes=sentence.end >= paragraph.end),
                length=min(len(sentence) // 4, 7),
                sender=signed,
                part=8 * sentence.start // len(doc),
            )
        )
        seen[number] += 1
    return places


class _Paragraph(NamedTuple):
    """Tokens `start` to `end` of a Doc, and what the reader knows of them."""

    start: int
    end: float
    facts: Mapping[str, Any]


def _paragraphs(doc: Doc, cable: Mapping[str, Any]) -> list[_Paragraph]:
    """The paragraphs of a Doc; a Doc without any is one that no sentence closes."""
    spans = doc.spans.get(PARAGRAPHS, [])
    facts = cable.get("paragraphs", [])
    if not len(spans):
        return [_Paragraph(0, inf, {})]
    known = [*facts[: len(spans)], *[{}] * (len(spans) - len(facts))]
    return [_Paragraph(span.start, span.end, fact) for span, fact in zip(spans, known, strict=True)]


def _position(number: int, *, closes: bool) -> int:
    """Which sentence of its paragraph: the first, the second, a later one, or the last."""
    return LAST if closes and number else min(number, 2)


class Attribution(NamedTuple):
    """What a tagger of claim parts sees in a sentence; 0 where there is none."""

    content: int  # how much of the sentence is somebody's content, by quarters: `CONTENT_SHARES`
    source: int  # the last word of the first source, in small letters, as spaCy's hash
    cue: int  # the first word of the first cue


CONTENT_SHARES = 5
NO_ATTRIBUTION = Attribution(0, 0, 0)


def sentence_attributions(doc: Doc, sentences: Sequence[Span]) -> list[Attribution]:
    """Who speaks in each of a Doc's sentences, by `doc.spans["claim_parts"]`."""
    parts = doc.spans.get(CLAIM_PARTS, [])
    if not len(parts):
        return [NO_ATTRIBUTION] * len(sentences)
    starts = [sentence.start for sentence in sentences]
    inside: dict[int, dict[str, list[Span]]] = {}
    for part in parts:
        number = max(0, bisect_right(starts, part.start) - 1)
        inside.setdefault(number, {}).setdefault(part.label_, []).append(part)
    return [
        _attribution(sentence, inside[number]) if number in inside else NO_ATTRIBUTION
        for number, sentence in enumerate(sentences)
    ]


def _attribution(sentence: Span, parts: Mapping[str, list[Span]]) -> Attribution:
    content = sum(len(part) for part in parts.get(Role.CONTENT, ()))
    sources, cues = parts.get(Role.SOURCE), parts.get(Role.CUE)
    return Attribution(
        content=min(-(-4 * content // len(sentence)), CONTENT_SHARES - 1),
        source=sources[0][-1].lower if sources else 0,
        cue=cues[0][0].lower if cues else 0,
    )


@registry.architectures("cablespan.SentenceClassifier.v3")
def sentence_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]],
    width: int,
    hidden: int,
    depth: int,
    attribution: bool = False,
    ngrams: int = 0,
    pieces: int = 3,
    nO: int | None = None,
) -> Model[list[Doc], list[Floats2d]]:
    """A probability for each label of each statement of a cable, read as a sequence (Cohan et al.
    2019, without a transformer).

    A layer of its own, `width` wide, reads the tokens with their neighbours first: what a shared
    `tok2vec` learns for the tagging of names is not what tells a plan from a claim. It is a maxout
    of so many `pieces`, with one a rectified layer. A sentence is the mean, the maximum, the first,
    the last and an attention-weighted sum of its tokens, with its place (block, position, length,
    sender, marking), `hidden` wide. `depth` layers then read it with its neighbours, one more on
    both sides each. `attribution`: it is also told what a claim tagger before it in the pipeline
    saw there (content, source, cue). With `ngrams`, so many weights for each label, a linear model
    of words and pairs of words is added to the network's scores (as in spaCy's TextCatEnsemble).
    """
    reader: Model = (
        Relu(nO=width, normalize=True, dropout=0.0)
        if pieces == 1
        else Maxout(nO=width, nP=pieces, normalize=True, dropout=0.0)
    )
    tokens: Model = chain(tok2vec, with_array(chain(expand_window(1), reader), pad=1))
    attention: Model = chain(ParametricAttention_v2(nO=width), reduce_sum())
    pooled: Model = concatenate(
        reduce_mean(), reduce_max(), reduce_first(), reduce_last(), attention
    )
    sentences: Model = chain(pooled, Maxout(nO=hidden, nI=5 * width, nP=2, normalize=True))
    embedded = _fact_embeddings(attribution)
    facts: Model = concatenate(*embedded)
    merged = Maxout(nO=hidden, nI=hidden + FACT_WIDTH * len(embedded), nP=2, normalize=True)
    neighbours = residual(
        chain(expand_window(1), Maxout(nO=hidden, nI=3 * hidden, nP=3, normalize=True))
    )
    context: Model = with_array(clone(neighbours, depth), pad=depth)
    output = Softmax_v2(nO=nO, nI=hidden)
    linear = [SparseLinear_v2(nO=nO, length=ngrams)] if ngrams else []
    return Model(
        "sentence_classifier",
        _forward_sequence,
        init=_init_sequence,
        layers=[tokens, sentences, facts, merged, context, output, *linear],
        refs={"tok2vec": tok2vec, "output": output},
    )


def _init_sequence(model: Model, X=None, Y=None) -> Model:
    tokens, sentences, facts, merged, context, output, *linear = model.layers
    if X is None:
        return model
    tokens.initialize(X=X)
    if output.has_dim("nO") is None and Y is not None:
        output.set_dim("nO", Y[0].shape[1])
    spans = [statement_spans(doc) for doc in X]
    ragged, _ = _sentence_tokens(tokens, X, spans, is_train=False)
    sentences.initialize(X=ragged)
    facts.initialize(X=_facts(X, spans))
    for layer in (merged, context, output):
        layer.initialize()
    for layer in linear:
        layer.set_dim("nO", output.get_dim("nO"))
        layer.initialize()
    return model


def _forward(layer: Model, X: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    """A layer's output and its way back; a prediction keeps nothing for the way back, which for
    33,000 sentences is 0.5 GB."""
    return layer(X, True) if is_train else (layer.predict(X), no_backprop)


def _sentence_tokens(
    tokens: Model, docs: list[Doc], spans: list[list[Span]], is_train: bool
) -> tuple[Ragged, Callable[[Ragged], Any]]:
    """The vectors of the tokens of all sentences in order, without the white space between; and
    the way back."""
    vectors, backprop_tokens = _forward(tokens, docs, is_train)
    starts = numpy.cumsum([0, *map(len, vectors)])
    places = [
        (start + span.start, start + span.end)
        for start, doc_spans in zip(starts, spans, strict=False)
        for span in doc_spans
    ]
    rows = numpy.concatenate([numpy.arange(0), *(numpy.arange(*place) for place in places)])
    lengths = numpy.array([end - start for start, end in places], dtype="int32")
    joined = numpy.concatenate(vectors)
    shape = joined.shape

    def backprop(gradient: Ragged) -> Any:
        whole = numpy.zeros(shape, dtype=gradient.dataXd.dtype)
        whole[rows] = gradient.dataXd
        return backprop_tokens(numpy.split(whole, starts[1:-1]))

    return Ragged(joined[rows], cast(Ints1d, lengths)), backprop


def _fact_embeddings(attribution: bool) -> list[Model]:
    """A layer for each column of `_facts` that the network is to see."""
    rows = (*PLACE_ROWS, CONTENT_SHARES) if attribution else PLACE_ROWS
    embedded: list[Model] = [Embed(FACT_WIDTH, number, column=i) for i, number in enumerate(rows)]
    if attribution:
        words = range(len(rows), len(rows) + 2)
        embedded += [HashEmbed(FACT_WIDTH, WORD_ROWS, column=i, seed=i) for i in words]
    return embedded


def _facts(docs: list[Doc], spans: list[list[Span]]) -> numpy.ndarray:
    """A row a sentence: its `SentencePlace`, then its `Attribution`."""
    rows = [
        (*place, *attribution)
        for doc, sentences in zip(docs, spans, strict=True)
        for place, attribution in zip(
            sentence_places(doc, sentences),
            sentence_attributions(doc, sentences),
            strict=True,
        )
    ]
    columns = len(SentencePlace._fields) + len(Attribution._fields)
    return numpy.array(rows, dtype="uint64").reshape(-1, columns)


def _forward_sequence(
    model: Model, docs: list[Doc], is_train: bool
) -> tuple[list[numpy.ndarray], Callable]:
    tokens, sentences, facts, merged, context, output, *linear = model.layers
    spans = [statement_spans(doc) for doc in docs]
    splits = numpy.cumsum([len(doc_spans) for doc_spans in spans])[:-1]
    ragged, backprop_tokens = _sentence_tokens(tokens, docs, spans, is_train)
    S, backprop_sentences = _forward(sentences, ragged, is_train)
    P, backprop_facts = _forward(facts, _facts(docs, spans), is_train)
    M, backprop_merged = _forward(merged, numpy.concatenate([S, P], axis=1), is_train)
    C, backprop_context = _forward(context, numpy.split(M, splits), is_train)
    Y, backprop_output = _forward(output, numpy.concatenate(C), is_train)
    temperature = output.attrs["softmax_temperature"]
    backprops_linear = []
    for layer in linear:
        scores, backprop_layer = _forward(layer, _linear_inputs(docs, spans), is_train)
        Y = _product_of_softmaxes(Y, scores / temperature)
        backprops_linear.append(backprop_layer)
    width = S.shape[1]

    def backprop(dY: list[numpy.ndarray]):
        joined = numpy.concatenate(dY)
        for backprop_layer in backprops_linear:
            backprop_layer(joined / temperature)
        dC = numpy.split(backprop_output(joined), splits)
        dM = backprop_merged(numpy.concatenate(backprop_context(dC)))
        backprop_facts(numpy.ascontiguousarray(dM[:, width:]))
        return backprop_tokens(backprop_sentences(numpy.ascontiguousarray(dM[:, :width])))

    return numpy.split(Y, splits), backprop


def _product_of_softmaxes(probabilities: numpy.ndarray, scores: numpy.ndarray) -> numpy.ndarray:
    """The softmax of the summed scores: the product of both softmaxes, made to sum to one."""
    if not len(probabilities):
        return probabilities
    product = probabilities * numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return product / product.sum(axis=1, keepdims=True)


def sentence_ngrams(doc: Doc, sentences: Sequence[Span]) -> list[numpy.ndarray]:
    """For each of a Doc's sentences the hashes of its words, its pairs of words, its first three
    words, and the words before and after it: 64-bit keys, as many as a sentence has.

    Those of the sentences around it and of its first words are hashed apart from its own.
    """
    words = doc.to_array([LOWER]).astype("uint64") if len(doc) else numpy.zeros(0, dtype="uint64")
    pairs = (words[:-1] * GOLDEN) ^ words[1:]
    own = [numpy.unique(words[span.start : span.end]) for span in sentences]
    before, after = [words[:0], *own], [*own[1:], words[:0]]
    return [
        numpy.concatenate(
            [
                own[i],
                numpy.unique(pairs[span.start : span.end - 1]),
                words[span.start : span.end][:3] ^ FIRST,
                before[i] ^ BEFORE,
                after[i] ^ AFTER,
            ]
        )
        for i, span in enumerate(sentences)
    ]


def _linear_inputs(
    docs: list[Doc], sentences: list[list[Span]]
) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """What SparseLinear reads: keys of all sentences, their weights, how many each sentence has."""
    ngrams = [
        keys
        for doc, spans in zip(docs, sentences, strict=True)
        for keys in sentence_ngrams(doc, spans)
    ]
    lengths = numpy.array([len(keys) for keys in ngrams], dtype="int32")
    values = numpy.repeat(1 / numpy.sqrt(numpy.maximum(lengths, 1)), lengths).astype("f")
    return numpy.concatenate([numpy.zeros(0, dtype="uint64"), *ngrams]), values, lengths
