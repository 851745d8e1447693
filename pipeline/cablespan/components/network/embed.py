"""What the layers below the heads see of a token: hashes, word vectors, the lexicon's class."""

import numpy
from spacy import registry
from spacy.attrs import ORTH
from spacy.ml import FeatureExtractor, staticvectors
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import (
    Embed,
    HashEmbed,
    Maxout,
    Model,
    chain,
    concatenate,
    list2ragged,
    ragged2list,
    with_array,
)
from thinc.types import Floats2d, Ints1d, Ragged

from cablespan.components.entities import lexicon_names as names
from cablespan.components.keeping import MissingVectors
from cablespan.components.network.prediction import predict_by

# 2^64 divided by the golden ratio: mixes hashes that are added up (Knuth).
GOLDEN = numpy.uint64(0x9E3779B97F4A7C15)


@registry.layers("cablespan.LexiconClasses.v1")
def lexicon_classes() -> Model[list[Doc], list[Ints1d]]:
    """What the lexicon knows of each token, as a class number: (tokens, 1) for each Doc; the
    numbers are those of `lexicon_names.classes`."""
    return Model("lexicon_classes", _forward_lexicon)


def _forward_lexicon(model: Model, docs: list[Doc], is_train: bool):
    return [
        numpy.array(names.classes(doc), dtype="uint64").reshape(-1, 1) for doc in docs
    ], lambda d: []


@registry.architectures("cablespan.WithFeatures.v1")
def with_features(
    tok2vec: Model[list[Doc], list[Floats2d]], features: Model[list[Doc], list[Floats2d]]
) -> Model[list[Doc], list[Floats2d]]:
    """Widens the vectors of `tok2vec` (a transformer's, say) by those of `features`.

    For what the encoder does not see: capitals, where it is uncased, and what our lexicon knows.
    thinc's `concatenate` is not for Docs: it adds up the gradients of its inputs, which are none
    here.
    """
    return Model("with_features", _forward_beside, init=_init_beside, layers=[tok2vec, features])


def _init_beside(model: Model, X=None, Y=None) -> Model:
    for layer in model.layers:
        layer.initialize(X=X)
    return model


def _forward_beside(model: Model, docs: list[Doc], is_train: bool):
    (left, backprop_left), (right, backprop_right) = (
        layer(docs, is_train) for layer in model.layers
    )
    widths = [X.shape[1] for X in left]

    def backprop(dY: list[numpy.ndarray]):
        halves = [
            map(numpy.ascontiguousarray, numpy.split(gradient, [width], axis=1))
            for gradient, width in zip(dY, widths, strict=True)
        ]
        lefts, rights = zip(*halves, strict=True)
        backprop_right(list(rights))
        return backprop_left(list(lefts))

    return [numpy.concatenate(pair, axis=1) for pair in zip(left, right, strict=True)], backprop


def _word_vectors(width: int) -> Model[list[Doc], Ragged]:
    """spaCy's StaticVectors, which says what is missing where the vocabulary has other vectors."""
    layer = staticvectors.StaticVectors(width, dropout=0.0)
    layer._func = _forward_word_vectors
    return layer


def _forward_word_vectors(model: Model, docs: list[Doc], is_train: bool):
    wanted, width = model.get_dim("nM"), docs[0].vocab.vectors_length if docs else 0
    if any(map(len, docs)) and (not width or width != wanted):
        raise MissingVectors(
            f"the word vectors of this pipeline have {width} dimensions, those that tok2vec was "
            f"made for {wanted}: share the vocabulary (spacy.blank('en', vocab=source.vocab)), "
            "copy them (nlp.vocab.vectors = source.vocab.vectors), or name the source in a "
            "config ([initialize] vectors = 'en_cable_sm', or include_static_vectors = false)"
        )
    return staticvectors.forward(model, docs, is_train)


@registry.architectures("cablespan.CableEmbed.v1")
def cable_embed(
    width: int,
    attrs: list[str],
    rows: list[int],
    include_static_vectors: bool,
    features: Model[list[Doc], list[Ints1d]] | None = None,
    feature_rows: int = 64,
    table_width: int | None = None,
    pieces: int = 3,
) -> Model[list[Doc], list[Floats2d]]:
    """spaCy's MultiHashEmbed with one table more, for the class of each token (`features`).

    Output: (tokens, width) for each Doc, mixed by a maxout of so many `pieces` (with one a linear
    layer) from tables that are `table_width` wide, as wide as the output by default.
    """
    columns = table_width or width
    tables: list[Model] = [
        chain(
            FeatureExtractor(attrs),
            list2ragged(),
            with_array(
                concatenate(
                    *(
                        HashEmbed(columns, size, column=i, seed=i + 7, dropout=0.0)
                        for i, size in enumerate(rows)
                    )
                )
            ),
        )
    ]
    inputs = columns * len(rows)
    if include_static_vectors:
        tables.append(_word_vectors(columns))
        inputs += columns
    if features is not None:
        tables.append(
            chain(features, list2ragged(), with_array(Embed(columns // 2, feature_rows, column=0)))
        )
        inputs += columns // 2
    model: Model = chain(
        concatenate(*tables),
        with_array(Maxout(width, inputs, nP=pieces, dropout=0.0, normalize=True)),
        ragged2list(),
    )
    return predict_by(model, _predict_embedded)


class _DistinctWords:
    """What word vectors ask a Doc for, of each different word of many Docs once."""

    def __init__(self, vocab: Vocab, keys: numpy.ndarray):
        self.vocab, self.keys = vocab, keys

    def __len__(self) -> int:
        return len(self.keys)

    def to_array(self, attr: int) -> numpy.ndarray:
        return self.keys


def _predict_embedded(model: Model, docs: list[Doc]) -> list[numpy.ndarray]:
    """Tokens that look the same are embedded once: half of those of a short cable are different."""
    tables, mixed, _ = model.layers
    seen = [_seen_by(table, docs) for table in tables.layers]
    rows, places = _distinct(numpy.concatenate(seen, axis=1))
    parts = [
        table.predict([_DistinctWords(docs[0].vocab, X[rows, 0])]).data
        if table.name == "static_vectors"
        else table.layers[-1].predict(X[rows])
        for table, X in zip(tables.layers, seen, strict=True)
    ]
    Y = mixed.predict(numpy.concatenate(parts, axis=1))[places]
    return numpy.split(Y, numpy.cumsum([len(doc) for doc in docs])[:-1])


def _seen_by(table: Model, docs: list[Doc]) -> numpy.ndarray:
    """A row for each token of all Docs: by what a table tells it from others."""
    if table.name == "static_vectors":
        key = getattr(docs[0].vocab.vectors, "attr", ORTH)
        return numpy.concatenate([doc.to_array([key]).reshape(-1, 1) for doc in docs])
    return numpy.concatenate(table.layers[0].predict(docs))


def _distinct(rows: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Where each different row first stands, and for every row which of these it is."""
    mixed = numpy.zeros(len(rows), dtype="uint64")
    for column in rows.T:
        mixed = (mixed ^ column) * GOLDEN
    _, first, places = numpy.unique(mixed, return_index=True, return_inverse=True)
    return first, places
