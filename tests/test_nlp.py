"""Which components a pipeline has, and where."""

import warnings

import pytest
import spacy

from cablespan import nlp as pipelines


def test_the_lexicon_alone_finds_entities():
    nlp = pipelines.load("rules", ops="numpy")
    assert nlp.pipe_names == ["sentences", "gazetteer", "aliases", "linker", "claims"]
    doc = nlp("The IPR Committee told Econoff that the GOK would act.")
    assert doc.ents and not doc.spans["claims"] and "statements" not in doc.spans


def test_the_bundled_model_stands_before_the_rules_that_go_on_from_it():
    nlp = pipelines.load(ops="numpy")
    assert nlp.pipe_names == [name for name in pipelines.ORDER if name in nlp.pipe_names]
    assert {"ner", "statements", "claims"} <= set(nlp.pipe_names)
    assert nlp.get_pipe("gazetteer").mode == "fill"


def test_without_a_bundled_model_it_says_so(monkeypatch):
    monkeypatch.setattr(pipelines, "bundled_model", lambda name=None: None)
    with pytest.raises(FileNotFoundError, match="en_cable_sm: no trained pipeline"):
        pipelines.load(ops="numpy")


def test_a_pipeline_is_found_by_name_or_by_folder():
    folder = pipelines.model_folder(pipelines.BUNDLED)
    assert folder.name == pipelines.BUNDLED and pipelines.model_folder(folder) == folder
    with pytest.raises(FileNotFoundError, match="en_cable_xl: no trained pipeline there; name a folder"):
        pipelines.model_folder("en_cable_xl")


def test_a_transformer_without_its_extra_says_what_to_install(tmp_path, monkeypatch):
    spacy.blank("en").to_disk(tmp_path)
    config = (tmp_path / "config.cfg").read_text()
    component = '[components]\n\n[components.transformer]\nfactory = "transformer"'
    (tmp_path / "config.cfg").write_text(config.replace("[components]", component))
    monkeypatch.setattr(pipelines, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"is a transformer pipeline: pip install 'cablespan\[trf\]'"):
        pipelines.load(tmp_path, ops="numpy")


def test_the_ops_can_be_fixed(monkeypatch):
    monkeypatch.setenv("CABLESPAN_OPS", "numpy")
    assert pipelines.fastest_ops() == "numpy"
    monkeypatch.setenv("CABLESPAN_OPS", "abacus")
    with pytest.raises(ValueError, match="CABLESPAN_OPS is 'abacus'"):
        pipelines.fastest_ops()


def test_what_is_there_is_not_added_again():
    nlp = spacy.blank("en")
    pipelines.add_rules(nlp)
    names = list(nlp.pipe_names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipelines.add_rules(nlp)
    assert nlp.pipe_names == names
