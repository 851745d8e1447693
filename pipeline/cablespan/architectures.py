"""Network layers of the trained components: one head over tokens, one over sentences, both fed by a shared tok2vec.

Each sentence is a unit: a token sees, beside its own vector, what has been seen before it and what comes after it in its
sentence (running maxima of a projection), so that the end of a long content still knows of the cue at its beginning.
"""

import re
from collections.abc import Callable
from functools import cache

import numpy
from spacy import registry
from spacy.attrs import LOWER, SENT_START
from spacy.ml import FeatureExtractor
from spacy.ml.staticvectors import StaticVectors
from spacy.tokens import Doc
from thinc.api import (
    Embed,
    HashEmbed,
    Maxout,
    Mish,
    Model,
    Softmax_v2,
    SparseLinear_v2,
    chain,
    concatenate,
    expand_window,
    list2ragged,
    ragged2list,
    with_array,
)
from thinc.types import Floats2d, Ints1d

from cablespan import names
from cablespan.document import SENDERS, sender
from cablespan.sentence import statement_spans


def running_maximum(X: Floats2d) -> tuple[Floats2d, Callable[[Floats2d], Floats2d]]:
    """Maximum of each column over the rows so far, and its gradient: a row's share goes to the row that held the maximum.

    >>> running_maximum(numpy.array([[1.0], [0.0], [2.0]]))[0].tolist()
    [[1.0], [1.0], [2.0]]
    """
    Y = numpy.maximum.accumulate(X, axis=0)

    def backprop(dY: Floats2d) -> Floats2d:
        rows = numpy.arange(X.shape[0])[:, None]
        holder = numpy.maximum.accumulate(numpy.where(Y == X, rows, 0), axis=0)
        dX = numpy.zeros_like(dY)
        numpy.add.at(dX, (holder, numpy.arange(dY.shape[1])[None, :]), dY)
        return dX

    return Y, backprop


def sentence_context(size: int, nI: int | None = None) -> Model:
    """Widens each token vector by `2 * size`: running maxima of a projection, forwards and backwards, within its sentence.

    Input: a pair of token vectors (Floats2d, all sentences one after the other) and the sentences' lengths. Output: Floats2d.
    """
    return Model("sentence_context", _forward_context, init=_init_context, layers=[Mish(nO=size, nI=nI)], dims={"nI": nI, "nO": None})


def _init_context(model: Model, X=None, Y=None) -> Model:
    if X is not None:
        model.layers[0].initialize(X=X[0])
        model.set_dim("nI", X[0].shape[1])
        model.set_dim("nO", X[0].shape[1] + 2 * model.layers[0].get_dim("nO"))
    return model


def _forward_context(model: Model, inputs, is_train: bool):
    X, lengths = inputs
    P, backprop_projection = model.layers[0](X, True) if is_train else (_projected(model.layers[0], X), None)
    ahead, behind = numpy.empty_like(P), numpy.empty_like(P)
    backprops, start = [], 0
    for length in lengths:
        end = start + length
        ahead[start:end], back_ahead = running_maximum(P[start:end])
        reverse, back_behind = running_maximum(P[start:end][::-1])
        behind[start:end] = reverse[::-1]
        backprops.append((start, end, back_ahead, back_behind))
        start = end

    def backprop(dY: Floats2d):
        width, size = X.shape[1], P.shape[1]
        dP = numpy.zeros_like(P)
        for start, end, back_ahead, back_behind in backprops:
            dP[start:end] += back_ahead(dY[start:end, width : width + size])
            dP[start:end] += back_behind(dY[start:end, width + size :][::-1])[::-1]
        return dY[:, :width] + backprop_projection(dP), lengths

    return numpy.concatenate([X, ahead, behind], axis=1), backprop


def _projected(layer: Model, X: Floats2d) -> Floats2d:
    """What a Mish layer gives: thinc's own activation takes three times as long, for the same numbers.

    With e = exp(x), tanh(log(1 + e)) is n / (n + 2) for n = e (e + 2); above 20 that is 1. Where thinc rounds, this rounds.
    """
    Y = layer.ops.affine(X, layer.get_param("W"), layer.get_param("b"))
    slope = numpy.exp(numpy.minimum(Y, 20).astype("d")).astype("f").astype("d")
    slope *= slope + 2
    slope /= slope + 2
    return (Y * slope).astype("f")


def sentence_lengths(doc: Doc) -> list[int]:
    """Tokens of each sentence, one after the other; white space between sentences counts to the one before."""
    if not len(doc):
        return []
    starts = numpy.flatnonzero(doc.to_array([SENT_START])[1:].astype("int64") == 1) + 1
    return numpy.diff(numpy.concatenate([[0], starts, [len(doc)]])).tolist()


@registry.architectures("cablespan.SpanTagger.v1")
def span_tagger(
    tok2vec: Model[list[Doc], list[Floats2d]], hidden: int, context: int, nO: int | None = None
) -> Model[list[Doc], list[Floats2d]]:
    """A probability for each tag of each token. `context` is the width of what a token sees of its sentence."""
    head = chain(sentence_context(context), Maxout(nO=hidden, nP=2, normalize=False, dropout=0.0), Softmax_v2(nO=nO))
    return Model(
        "span_tagger", _forward_tagger, init=_init_tagger, layers=[tok2vec, head], refs={"tok2vec": tok2vec, "output": head.layers[-1]}
    )


def _init_tagger(model: Model, X=None, Y=None) -> Model:
    tok2vec, head = model.layers
    tok2vec.initialize(X=X)
    if X is not None:
        vectors = numpy.concatenate(tok2vec.predict(X))
        lengths = [length for doc in X for length in sentence_lengths(doc)]
        head.initialize(X=(vectors, lengths), Y=None if Y is None else numpy.concatenate(Y))
    return model


def _forward_tagger(model: Model, docs: list[Doc], is_train: bool):
    tok2vec, head = model.layers
    vectors, backprop_tok2vec = tok2vec(docs, is_train)
    lengths = [length for doc in docs for length in sentence_lengths(doc)]
    Y, backprop_head = head((numpy.concatenate(vectors), lengths), is_train)
    splits = numpy.cumsum([len(doc) for doc in docs])[:-1]

    def backprop(dY: list[Floats2d]):
        dX, _ = backprop_head(numpy.concatenate(dY))
        return backprop_tok2vec(numpy.split(dX, splits))

    return numpy.split(Y, splits), backprop


@cache
def _role_of(kind: str, section: str) -> int:
    """Which of a few kinds of place a paragraph is: what its section's and kind's names say."""
    for index, word in enumerate(("summary", "comment", "action", "introduction|background", "note|bio"), start=1):
        if re.search(word, section):
            return index
    return {"numbered": 0, "text": 0, "item": 6, "heading": 7, "header": 8}.get(kind, 0)


PLACES = 9


def sentence_places(doc: Doc) -> list[tuple[int, int, int, int]]:
    """For each statement: the kind of its paragraph's place, its position there (first, second, later, last), its length class,
    and who sends the cable: what a post recommends, the Department requests.
    """
    signed = SENDERS.index(sender(doc._.cable or {})) if doc.has_extension("cable") else 0
    paragraphs = list(doc.spans["paragraphs"]) if "paragraphs" in doc.spans else []
    facts = (doc._.cable or {}).get("paragraphs", []) if doc.has_extension("cable") else []
    places = {}
    for span, fact in zip(paragraphs, facts, strict=False):
        places[span.start] = _role_of(fact.get("kind") or "text", (fact.get("section") or "").lower())
    ends = {span.end for span in paragraphs} or {len(doc)}
    result, role, position = [], 0, 0
    for span in statement_spans(doc):
        opening = [places[i] for i in range(max(0, span.start - 3), span.start + 1) if i in places]
        if opening:
            role, position = opening[-1], 0
        last = span.end in ends
        result.append((role, 3 if last and position else min(position, 2), min(len(span) // 4, 7), signed))
        position += 1
    return result


@registry.architectures("cablespan.SentenceClassifier.v1")
def sentence_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]], hidden: int, window: int, nO: int | None = None
) -> Model[list[Doc], list[Floats2d]]:
    """A probability for each label of each statement: pooled tokens, the paragraph's place, and `window` neighbours on both sides."""
    return _sentence_classifier(tok2vec, tok2vec, (PLACES, 4, 8), hidden, window, nO)


@registry.architectures("cablespan.SentenceClassifier.v2")
def reading_sentence_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]], width: int, hidden: int, window: int, ngrams: int = 0, nO: int | None = None
) -> Model[list[Doc], list[Floats2d]]:
    """The same over tokens that a layer of its own, `width` wide, reads with their neighbours; it also sees who sends the cable.

    What a shared `tok2vec` learns for the tagging of names is not what tells a plan from a claim. With `ngrams`, so many weights
    for each label, a linear model of the words and pairs of words is added to the network's (as in spaCy's TextCatEnsemble).
    """
    reader = with_array(chain(expand_window(1), Maxout(nO=width, nP=3, normalize=True, dropout=0.0)), pad=1)
    model = _sentence_classifier(tok2vec, chain(tok2vec, reader), (PLACES, 4, 8, len(SENDERS)), hidden, window, nO)
    if ngrams:
        model.layers.append(SparseLinear_v2(nO=nO, length=ngrams))
    return model


def _sentence_classifier(tok2vec: Model, tokens: Model, rows: tuple[int, ...], hidden: int, window: int, nO: int | None) -> Model:
    pool = Maxout(nO=hidden, nP=2, normalize=False, dropout=0.0)
    places = concatenate(*(chain(_column(i), Embed(8, size, column=0)) for i, size in enumerate(rows)))
    neighbours = Maxout(nO=hidden, nP=2, normalize=False, dropout=0.0)
    output = Softmax_v2(nO=nO)
    return Model(
        "sentence_classifier",
        _forward_classifier,
        init=_init_classifier,
        layers=[tokens, pool, places, neighbours, output],
        refs={"tok2vec": tok2vec, "output": output},
        attrs={"window": window},
    )


def _column(index: int) -> Model:
    def forward(model: Model, X, is_train: bool):
        return numpy.ascontiguousarray(X[:, index : index + 1]), lambda dY: numpy.zeros_like(X)

    return Model("column", forward)


def _pool(vectors: list[Floats2d], docs: list[Doc]):
    """Mean, maximum, first and second token of each statement, and the gradient of that."""
    spans = [[(span.start, span.end) for span in statement_spans(doc)] for doc in docs]
    rows, tops = [], []
    for X, places in zip(vectors, spans, strict=True):
        for start, end in places:
            part = X[start:end]
            top = part.argmax(axis=0)
            tops.append(top)
            rows.append(
                numpy.concatenate([part.mean(axis=0), part[top, numpy.arange(part.shape[1])], part[0], part[min(1, len(part) - 1)]])
            )
    width = vectors[0].shape[1] if vectors else 0
    pooled = numpy.stack(rows) if rows else numpy.zeros((0, 4 * width), dtype="f")

    def backprop(dY: Floats2d) -> list[Floats2d]:
        gradients, row = [], 0
        for X, places in zip(vectors, spans, strict=True):
            dX = numpy.zeros_like(X)
            for start, end in places:
                mean, top, first, second = numpy.split(dY[row], 4)
                dX[start:end] += mean / (end - start)
                dX[start + tops[row], numpy.arange(width)] += top
                dX[start] += first
                dX[start + min(1, end - start - 1)] += second
                row += 1
            gradients.append(dX)
        return gradients

    return pooled, [len(places) for places in spans], backprop


def _windows(lengths: list[int], window: int):
    """Row indices of the neighbours at each distance; -1 where there is none."""
    offsets = [d for d in range(-window, window + 1) if d]
    rows = numpy.arange(sum(lengths))
    starts = numpy.repeat(numpy.cumsum([0, *lengths])[:-1], lengths)
    ends = numpy.repeat(numpy.cumsum(lengths), lengths)
    return [numpy.where((rows + d >= starts) & (rows + d < ends), rows + d, -1) for d in offsets]


def sentence_ngrams(doc: Doc) -> list[Ints1d]:
    """For each statement the hashes of its words, its pairs of words, its first three words, and the words before and behind it.

    Those of the sentences around it and of its first words are hashed apart from its own.
    """
    words = doc.to_array([LOWER]).astype("uint64") if len(doc) else numpy.zeros(0, dtype="uint64")
    pairs = (words[:-1] * numpy.uint64(0x9E3779B97F4A7C15)) ^ words[1:]
    spans = [(span.start, span.end) for span in statement_spans(doc)]
    own = [words[start:end] for start, end in spans]
    nothing = words[:0]
    return [
        numpy.concatenate(
            [
                numpy.unique(own[i]),
                numpy.unique(pairs[start : end - 1]),
                own[i][:3] ^ FIRST,
                numpy.unique(own[i - 1] if i else nothing) ^ BEFORE,
                numpy.unique(own[i + 1] if i + 1 < len(own) else nothing) ^ BEHIND,
            ]
        )
        for i, (start, end) in enumerate(spans)
    ]


FIRST, BEFORE, BEHIND = (numpy.uint64(number) for number in (0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5))


def _linear_inputs(docs: list[Doc]):
    found = [keys for doc in docs for keys in sentence_ngrams(doc)]
    lengths = numpy.array([len(keys) for keys in found], dtype="int32")
    values = numpy.repeat(1 / numpy.sqrt(numpy.maximum(lengths, 1)), lengths).astype("f")
    return (numpy.concatenate(found) if found else numpy.zeros(0, dtype="uint64")), values, lengths


def _init_classifier(model: Model, X=None, Y=None) -> Model:
    tok2vec, pool, places, neighbours, output, *linear = model.layers
    tok2vec.initialize(X=X)
    if X is not None:
        pooled, lengths, _ = _pool(tok2vec.predict(X), X)
        pool.initialize(X=pooled)
        places.initialize(X=_places(X))
        width = pool.get_dim("nO")
        facts = places.predict(_places(X)).shape[1]
        hidden = numpy.zeros((len(pooled), width * (1 + 2 * model.attrs["window"]) + facts), dtype="f")
        neighbours.initialize(X=hidden)
        output.initialize(X=neighbours.predict(hidden), Y=None if Y is None else numpy.concatenate(Y))
        for layer in linear:
            layer.set_dim("nO", output.get_dim("nO"))
            layer.initialize()
    return model


def _places(docs: list[Doc]) -> Ints1d:
    return numpy.array([place for doc in docs for place in sentence_places(doc)], dtype="uint64").reshape(-1, 4)


def _forward_classifier(model: Model, docs: list[Doc], is_train: bool):
    tok2vec, pool, places, neighbours, output, *linear = model.layers
    vectors, backprop_tok2vec = tok2vec(docs, is_train)
    pooled, lengths, backprop_pool_rows = _pool(vectors, docs)
    S, backprop_pool = pool(pooled, is_train)
    F, backprop_places = places(_places(docs), is_train)
    windows = _windows(lengths, model.attrs["window"])
    around = [numpy.where((index >= 0)[:, None], S[index], 0.0).astype("f") for index in windows] if len(S) else [S for _ in windows]
    H, backprop_neighbours = neighbours(numpy.concatenate([S, *around, F], axis=1), is_train)
    Y, backprop_output = output(H, is_train)
    backprop_linear = []
    if len(Y):
        for layer in linear:
            scores, backprop_layer = layer(_linear_inputs(docs), is_train)
            # the softmax of a sum is the product of the softmaxes, made to sum to one
            Y = Y * numpy.exp(scores - scores.max(axis=1, keepdims=True))
            Y /= Y.sum(axis=1, keepdims=True)
            backprop_linear.append(backprop_layer)
    splits = numpy.cumsum(lengths)[:-1]

    def backprop(dY: list[Floats2d]):
        for backprop_layer in backprop_linear:
            backprop_layer(numpy.concatenate(dY))
        dH = backprop_neighbours(backprop_output(numpy.concatenate(dY)))
        width = S.shape[1]
        dS = dH[:, :width].copy()
        for nth, index in enumerate(windows, start=1):
            known = index >= 0
            numpy.add.at(dS, index[known], dH[known, nth * width : (nth + 1) * width])
        backprop_places(numpy.ascontiguousarray(dH[:, (1 + len(windows)) * width :]))
        return backprop_tok2vec(backprop_pool_rows(backprop_pool(dS)))

    return numpy.split(Y, splits), backprop


@registry.layers("cablespan.LexiconClasses.v1")
def lexicon_classes() -> Model[list[Doc], list[Ints1d]]:
    """What the lexicon knows of each token, as a class number: see `names.classes`."""

    def forward(model: Model, docs: list[Doc], is_train: bool):
        return [numpy.array(names.classes(doc), dtype="uint64").reshape(-1, 1) for doc in docs], lambda d: []

    return Model("lexicon_classes", forward)


@registry.architectures("cablespan.WithLexicon.v1")
def with_lexicon(tok2vec: Model[list[Doc], list[Floats2d]], width: int, feature_rows: int = 64) -> Model[list[Doc], list[Floats2d]]:
    """Widens the vectors of `tok2vec` (a transformer's, say) by an embedding of what the lexicon knows of each token."""
    features = chain(lexicon_classes(), list2ragged(), with_array(Embed(width, feature_rows, column=0)), ragged2list())
    return Model("with_lexicon", _forward_beside, init=_init_beside, layers=[tok2vec, features])


def _init_beside(model: Model, X=None, Y=None) -> Model:
    for layer in model.layers:
        layer.initialize(X=X)
    return model


def _forward_beside(model: Model, docs: list[Doc], is_train: bool):
    (left, backprop_left), (right, backprop_right) = (layer(docs, is_train) for layer in model.layers)
    widths = [X.shape[1] for X in left]

    def backprop(dY: list[Floats2d]):
        backprop_right([d[:, width:] for d, width in zip(dY, widths, strict=True)])
        return backprop_left([numpy.ascontiguousarray(d[:, :width]) for d, width in zip(dY, widths, strict=True)])

    return [numpy.concatenate(pair, axis=1) for pair in zip(left, right, strict=True)], backprop


@registry.architectures("cablespan.CableEmbed.v1")
def cable_embed(
    width: int,
    attrs: list[str],
    rows: list[int],
    include_static_vectors: bool,
    features: Model[list[Doc], list[Ints1d]] | None = None,
    feature_rows: int = 64,
) -> Model[list[Doc], list[Floats2d]]:
    """spaCy's MultiHashEmbed with one table more for a class of each token (`features`: what the lexicon knows of it)."""
    tables = [
        chain(
            FeatureExtractor(attrs),
            list2ragged(),
            with_array(concatenate(*(HashEmbed(width, size, column=i, seed=i + 7, dropout=0.0) for i, size in enumerate(rows)))),
        )
    ]
    inputs = width * len(rows)
    if include_static_vectors:
        tables.append(StaticVectors(width, dropout=0.0))
        inputs += width
    if features is not None:
        tables.append(chain(features, list2ragged(), with_array(Embed(width // 2, feature_rows, column=0))))
        inputs += width // 2
    return chain(concatenate(*tables), with_array(Maxout(width, inputs, nP=3, dropout=0.0, normalize=True)), ragged2list())
