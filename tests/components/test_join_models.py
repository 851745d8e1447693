"""A tagger that is two side by side says what both say, weighed; weights survive half precision."""

import numpy
import pytest
import spacy
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import fix_random_seed

from cablespan.components.network.embed import with_features
from cablespan.components.network.spans import span_tagger
from cablespan.components.network.storage import change_precision
from cablespan.components.network.training import default_model
from join_models import lay_side_by_side

TAGS = 5


def small_tok2vec(width: int):
    config = default_model("cablespan.SpanTagger.v1")["tok2vec"]
    config["embed"] |= {"width": width, "rows": [64, 64, 64, 64]}
    config["encode"] |= {"width": width, "depth": 1}
    return registry.resolve({"tok2vec": config})["tok2vec"]


@pytest.fixture
def doc():
    return Doc(
        spacy.blank("en").vocab,
        ["Post", "agreed", ".", "The", "Financial", "Police", "did", "not", "."],
        sent_starts=[True, False, False, True, *[False] * 5],
    )


def tagger(doc, width: int, hidden: int, context: int, temperature: float = 1.0):
    model = span_tagger(small_tok2vec(width), hidden=hidden, context=context, nO=TAGS)
    model.initialize(X=[doc], Y=[numpy.zeros((len(doc), TAGS), dtype="f")])
    output = model.get_ref("output")
    output.set_param("W", numpy.random.normal(size=output.get_param("W").shape).astype("f"))
    output.attrs["softmax_temperature"] = temperature
    return model


def scores(model, doc):
    return numpy.log(model.predict([doc])[0])


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_scores_of_both_are_weighed(doc, share):
    fix_random_seed(1)
    first, second = tagger(doc, 8, 12, 4, temperature=2.0), tagger(doc, 6, 10, 3)
    tok2vec = with_features(first.get_ref("tok2vec"), second.get_ref("tok2vec"))
    both = span_tagger(tok2vec, hidden=22, context=7, nO=TAGS)
    both.initialize(X=[doc], Y=[numpy.zeros((len(doc), TAGS), dtype="f")])
    lay_side_by_side(both, [(first, 1 - share), (second, share)])
    expected = (1 - share) * scores(first, doc) + share * scores(second, doc)
    expected -= numpy.log(numpy.exp(expected).sum(axis=1, keepdims=True))
    assert scores(both, doc) == pytest.approx(expected, abs=1e-4)


def test_half_precision_is_for_the_disk_alone(tmp_path):
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("cable_tok2vec")
    nlp.initialize()
    before = nlp("The Financial Police did not.").tensor
    change_precision(pipe.model, "e")
    nlp.to_disk(tmp_path)
    nlp = spacy.load(tmp_path)
    kinds = {
        node.get_param(name).dtype
        for node in nlp.get_pipe("cable_tok2vec").model.walk()
        for name in node.param_names
        if node.has_param(name)
    }
    assert kinds == {numpy.dtype("f")}
    assert nlp("The Financial Police did not.").tensor == pytest.approx(before, abs=0.02)
