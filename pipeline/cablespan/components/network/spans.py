"""The head over tokens: a tag for each, from its own vector and what has been seen in its sentence
before and after it.

A token sees running maxima of a projection, so that the end of a long content still knows of the
cue at its beginning.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy
from spacy import registry
from spacy.attrs import SENT_START
from spacy.tokens import Doc
from thinc.api import Maxout, Mish, Model, Softmax_v2, chain
from thinc.types import Floats1d, Floats2d

from cablespan.components.network.prediction import no_backprop


def running_maximum(
    X: numpy.ndarray,
) -> tuple[numpy.ndarray, Callable[[numpy.ndarray], numpy.ndarray]]:
    """Maximum of each column over the rows so far, and its gradient: a row's share goes to the row
    that held the maximum.

    >>> running_maximum(numpy.array([[1.0], [0.0], [2.0]]))[0].tolist()
    [[1.0], [1.0], [2.0]]
    """
    Y = numpy.maximum.accumulate(X, axis=0)

    def backprop(dY: numpy.ndarray) -> numpy.ndarray:
        rows = numpy.arange(X.shape[0])[:, None]
        holder = numpy.maximum.accumulate(numpy.where(Y == X, rows, 0), axis=0)
        dX = numpy.zeros_like(dY)
        numpy.add.at(dX, (holder, numpy.arange(dY.shape[1])[None, :]), dY)
        return dX

    return Y, backprop


def sentence_context(size: int) -> Model:
    """Widens each token vector by `2 * size`: running maxima of a projection, forwards and
    backwards, within its sentence.

    Input: a pair of token vectors (Floats2d, all sentences one after the other) and the sentences'
    lengths. Output: Floats2d.
    """
    return Model(
        "sentence_context",
        _forward_context,
        init=_init_context,
        layers=[Mish(nO=size)],
        dims={"nI": None, "nO": None},
    )


def _init_context(model: Model, X=None, Y=None) -> Model:
    if X is not None:
        model.layers[0].initialize(X=X[0])
        model.set_dim("nI", X[0].shape[1])
        model.set_dim("nO", X[0].shape[1] + 2 * model.layers[0].get_dim("nO"))
    return model


def _forward_context(model: Model, inputs, is_train: bool):
    X, lengths = inputs
    P, backprop_projection = (
        model.layers[0](X, True) if is_train else (_projected(model.layers[0], X), no_backprop)
    )
    before, after = numpy.empty_like(P), numpy.empty_like(P)
    backprops, start = [], 0
    for length in lengths:
        end = start + length
        before[start:end], back_before = running_maximum(P[start:end])
        reverse, back_after = running_maximum(P[start:end][::-1])
        after[start:end] = reverse[::-1]
        backprops.append((start, end, back_before, back_after))
        start = end

    def backprop(dY: numpy.ndarray):
        width, size = X.shape[1], P.shape[1]
        dP = numpy.zeros_like(P)
        for start, end, back_before, back_after in backprops:
            dP[start:end] += back_before(dY[start:end, width : width + size])
            dP[start:end] += back_after(dY[start:end, width + size :][::-1])[::-1]
        return dY[:, :width] + backprop_projection(dP), lengths

    return numpy.concatenate([X, before, after], axis=1), backprop


def _projected(layer: Model, X: Any) -> numpy.ndarray:
    """What a Mish layer returns: thinc's own activation takes three times as long, for the same
    numbers.

    With e = exp(x), tanh(log(1 + e)) is n / (n + 2) for n = e (e + 2); above 20 that is 1. Where
    thinc rounds, this rounds.
    """
    W, b = layer.get_param("W"), layer.get_param("b")
    Y: Any = layer.ops.affine(X, cast(Floats2d, W), cast(Floats1d, b))
    slope = numpy.exp(numpy.minimum(Y, 20).astype("d")).astype("f").astype("d")
    slope *= slope + 2
    slope /= slope + 2
    return (Y * slope).astype("f")


def sentence_lengths(doc: Doc) -> list[int]:
    """Tokens of each sentence in order; white space between two counts to the one before.

    >>> from spacy.vocab import Vocab
    >>> doc = Doc(Vocab(), ["Yes", ".", "No"], sent_starts=[True, False, True])
    >>> sentence_lengths(doc)
    [2, 1]
    """
    if not len(doc):
        return []
    starts = numpy.flatnonzero(doc.to_array([SENT_START])[1:].astype("int64") == 1) + 1
    return numpy.diff(numpy.concatenate([[0], starts, [len(doc)]])).tolist()


@registry.architectures("cablespan.SpanTagger.v1")
def span_tagger(
    tok2vec: Model[list[Doc], list[Floats2d]], hidden: int, context: int, nO: int | None = None
) -> Model[list[Doc], list[Floats2d]]:
    """A probability for each tag of each token, (tokens, tags) for each Doc; a token sees
    `context` numbers of its sentence."""
    head: Model = chain(
        sentence_context(context),
        Maxout(nO=hidden, nP=2, normalize=False, dropout=0.0),
        Softmax_v2(nO=nO),
    )
    return Model(
        "span_tagger",
        _forward_tagger,
        init=_init_tagger,
        layers=[tok2vec, head],
        refs={"tok2vec": tok2vec, "output": head.layers[-1]},
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

    def backprop(dY: list[numpy.ndarray]):
        dX, _ = backprop_head(numpy.concatenate(dY))
        return backprop_tok2vec(numpy.split(dX, splits))

    return numpy.split(Y, splits), backprop
