"""Which components a pipeline has, and where."""

import warnings

import pytest
import spacy

from cablespan import nlp as pipelines


def test_the_baseline_is_rules_alone():
    assert pipelines.load("rules", ops="numpy").pipe_names == [
        "sentences",
        "gazetteer",
        "statements",
        "aliases",
        "linker",
        "claims",
    ]


def test_the_bundled_model_stands_before_the_rules_that_go_on_from_it():
    nlp = pipelines.load(ops="numpy")
    assert nlp.pipe_names == [name for name in pipelines.ORDER if name in nlp.pipe_names]
    assert {"ner", "promises", "claims"} <= set(nlp.pipe_names)
    assert nlp.get_pipe("gazetteer").mode == "fill"


def test_without_a_bundled_model_it_says_so(monkeypatch):
    monkeypatch.setattr(pipelines, "bundled_model", lambda: None)
    with pytest.warns(UserWarning, match="rules and lexicon alone"):
        pipelines.load(ops="numpy")


def test_the_ops_can_be_fixed(monkeypatch):
    monkeypatch.setenv("CABLESPAN_OPS", "numpy")
    assert pipelines.fastest_ops() == "numpy"
    monkeypatch.setenv("CABLESPAN_OPS", "abacus")
    with pytest.raises(ValueError, match="CABLESPAN_OPS is 'abacus'"):
        pipelines.fastest_ops()


def test_what_is_there_is_not_added_again():
    nlp = spacy.blank("en")
    pipelines.assemble(nlp)
    names = list(nlp.pipe_names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipelines.assemble(nlp)
    assert nlp.pipe_names == names
