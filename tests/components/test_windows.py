"""Documents longer than a window have the vectors that they would have in one piece, in less
memory."""

import tracemalloc
from functools import partial

import numpy
import pytest
from spacy.pipeline import Tok2Vec

import cablespan
from cablespan.components.network.windows import predict_in_windows
from cablespan.document import tokenized


@pytest.fixture(scope="module")
def tok2vec():
    nlp = cablespan.load(enable=["tok2vec"])
    return nlp, nlp.get_pipe("tok2vec")


def test_a_long_document_has_the_same_vectors_by_windows(tok2vec):
    nlp, pipe = tok2vec
    in_one_piece = partial(Tok2Vec.predict, pipe)
    docs = [
        nlp.make_doc(text) for text in ("Short.", "The Foreign Ministry told Poe so. " * 60, "")
    ]
    whole = in_one_piece(docs)
    parts = predict_in_windows(in_one_piece, docs, window=100)
    for expected, found in zip(whole, parts, strict=True):
        assert found.shape == expected.shape
        numpy.testing.assert_allclose(found, expected, atol=1e-4)


def test_memory_does_not_grow_as_the_tokens_do(tok2vec):
    nlp, pipe = tok2vec
    doc = tokenized(nlp, "(" * 30_000)
    tracemalloc.start()
    pipe.predict([doc])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 300e6, "in one piece it was 600 MB"
