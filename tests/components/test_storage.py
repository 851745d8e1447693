"""Weights survive half precision."""

import numpy
import pytest
import spacy

from cablespan.components.network.storage import change_precision


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
