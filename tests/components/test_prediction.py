"""Layers that predict compute what they compute in training, in less memory."""

import tracemalloc

import numpy
import pytest
from thinc.api import set_dropout_rate

import cablespan
from cablespan.components.network.prediction import BLOCK
from cablespan.document import tokenized

TOLD = "The Foreign Ministry told Ambassador Poe on May 3 that Kenya would not sign. "


@pytest.fixture(scope="module")
def tok2vec():
    nlp = cablespan.load(enable=["tok2vec"], ops="numpy")
    set_dropout_rate(nlp.get_pipe("tok2vec").model, 0.0)
    return nlp, nlp.get_pipe("tok2vec")


@pytest.mark.parametrize("texts", [["Short.", TOLD * 60, "", TOLD.upper()], [TOLD], ["A"]])
def test_predicted_vectors_are_those_of_training(tok2vec, texts):
    nlp, pipe = tok2vec
    docs = [nlp.make_doc(text) for text in texts]
    expected, _ = pipe.model(docs, is_train=True)
    for one, other in zip(expected, pipe.model.predict(docs), strict=True):
        assert one.shape == other.shape
        numpy.testing.assert_allclose(one, other, atol=1e-5)


def test_the_vectors_of_a_long_document_are_the_same_in_blocks(tok2vec):
    nlp, pipe = tok2vec
    # Numbers, as a few different words alone would be multiplied, and rounded, in another way.
    doc = nlp.make_doc(" ".join(f"In {year} {TOLD}" for year in range(1900, 1980)))
    assert len(doc) > 2 * BLOCK
    [expected], _ = pipe.model([doc], is_train=True)
    # Not to the bit: on AMD EPYC they differ by 1.4e-6 whatever the size of the blocks.
    numpy.testing.assert_allclose(pipe.model.predict([doc])[0], expected, atol=1e-5)


def test_what_predicts_has_no_gradient(tok2vec):
    _, pipe = tok2vec
    layer = next(layer for layer in pipe.model.walk() if layer.name == "maxout")
    _, backprop = layer(numpy.zeros((3, layer.get_dim("nI")), dtype="f"), is_train=False)
    with pytest.raises(RuntimeError, match="has no gradient"):
        backprop(None)


def test_memory_does_not_grow_as_the_tokens_do(tok2vec):
    nlp, pipe = tok2vec
    doc = tokenized(nlp, "(" * 30_000)
    tracemalloc.start()
    pipe.predict([doc])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 150e6, "with all that training needs it was 600 MB"
