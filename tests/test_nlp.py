"""Which components a pipeline has, and where."""

import warnings
from types import SimpleNamespace

import pytest
import spacy
from spacy.cli.assemble import assemble_cli
from spacy.language import Language
from thinc.api import NumpyOps, get_current_ops, set_current_ops

from cablespan import nlp as pipelines
from cablespan.records import from_record, to_record


def test_the_lexicon_alone_finds_entities():
    nlp = pipelines.load("rules", ops="numpy")
    assert nlp.pipe_names == [
        "repair",
        "sentences",
        "gazetteer",
        "aliases",
        "linker",
        "values",
        "claims",
        "restore",
    ]
    doc = nlp("The IPR Committee told Econoff that the GOK would act.")
    assert doc.ents and not doc.spans["claims"] and "statements" not in doc.spans


def test_the_bundled_model_stands_before_the_rules_that_go_on_from_it():
    nlp = pipelines.load(ops="numpy")
    assert nlp.pipe_names == [name for name in pipelines.ORDER if name in nlp.pipe_names]
    assert {"ner", "statements", "claims"} <= set(nlp.pipe_names)
    assert "gazetteer" not in nlp.pipe_names


def test_without_a_bundled_model_it_says_so(monkeypatch):
    monkeypatch.setattr(pipelines, "BUNDLED", "en_cable_xl")
    with pytest.raises(FileNotFoundError, match="en_cable_xl: no trained pipeline"):
        pipelines.load()


def test_a_pipeline_is_found_by_name_or_by_folder():
    folder = pipelines.model_folder(pipelines.BUNDLED)
    assert folder.name == pipelines.BUNDLED and pipelines.model_folder(folder) == folder
    with pytest.raises(
        FileNotFoundError, match="en_cable_xl: no trained pipeline there; name a folder"
    ):
        pipelines.model_folder("en_cable_xl")


def test_a_pipeline_that_spacy_packed_is_found(tmp_path, monkeypatch):
    inside = tmp_path / "en_mine" / "en_mine-1.0"
    inside.mkdir(parents=True)
    meta = '{"lang": "en", "name": "mine", "version": "1.0"}'
    (tmp_path / "en_mine" / "meta.json").write_text(meta)
    monkeypatch.setattr("spacy.util.is_package", lambda name: name == "en_mine")
    monkeypatch.setattr("spacy.util.get_package_path", lambda name: tmp_path / name)
    assert pipelines.model_folder("en_mine") == inside


def test_a_torn_meta_json_is_named_with_a_remedy(tmp_path):
    (tmp_path / "meta.json").write_text('{"lang": ')
    with pytest.raises(ValueError, match=r"meta\.json: no JSON .*; copy or train the pipeline"):
        pipelines.model_scheme(tmp_path)


def test_a_transformer_without_its_extra_says_what_to_install(tmp_path, monkeypatch):
    spacy.blank("en").to_disk(tmp_path)
    config = (tmp_path / "config.cfg").read_text()
    component = '[components]\n\n[components.transformer]\nfactory = "transformer"'
    (tmp_path / "config.cfg").write_text(config.replace("[components]", component))
    monkeypatch.setattr(pipelines, "find_spec", lambda name: None)
    with pytest.raises(
        ValueError, match=r"is a transformer pipeline: pip install 'cablespan\[trf\]'"
    ):
        pipelines.load(tmp_path, ops="numpy")


def test_the_ops_can_be_fixed(monkeypatch):
    monkeypatch.setenv("CABLESPAN_OPS", "blis")
    assert pipelines.cpu_ops().use_blis and not pipelines.cpu_ops("numpy").use_blis
    monkeypatch.setenv("CABLESPAN_OPS", "abacus")
    with pytest.raises(ValueError, match="CABLESPAN_OPS is 'abacus'"):
        pipelines.cpu_ops()


def test_loading_leaves_the_ops_of_the_process_alone(bundled):
    before = get_current_ops()
    set_current_ops(NumpyOps(use_blis=True))
    try:
        mine = pipelines.load("rules", ops="numpy")
        assert get_current_ops().use_blis and mine.pipe_names
        layers = bundled.get_pipe("ner").model.walk()
        assert not any(layer.ops.use_blis for layer in layers)
    finally:
        set_current_ops(before)


@pytest.mark.parametrize(
    "name",
    [
        "repair",
        "sentences",
        "ner",
        "statements",
        "claim_tagger",
        "aliases",
        "linker",
        "values",
        "claims",
        "restore",
    ],
)
def test_without_one_component_the_others_go_on(bundled, name):
    with bundled.select_pipes(disable=name):
        doc = bundled("Post recommends pressing Ankara. The MFA told Poloff that talks failed.")
    assert to_record(doc)["entities"] or name == "ner"


def test_components_are_switched_off_as_in_spacy():
    nlp = pipelines.load("rules", enable=["sentences", "gazetteer"], exclude="claims")
    assert nlp.pipe_names == ["sentences", "gazetteer"]
    assert nlp.disabled == ["repair", "aliases", "linker", "values", "restore"]
    with pytest.raises(ValueError, match="no component tagger; there are repair, sentences, "):
        pipelines.load("rules", disable="tagger")
    with pytest.raises(
        ValueError, match="ner, claim_tagger, statements read the vectors of tok2vec"
    ):
        pipelines.load(disable=["tok2vec"])
    with pytest.raises(ValueError, match="acme.jsonl is for the linker, which is excluded"):
        pipelines.load("rules", kb="acme.jsonl", exclude="linker")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "."])
def test_texts_without_words(bundled, text):
    assert bundled(text).text == text
    assert [doc.text for doc in bundled.pipe([text, text])] == [text, text]


def test_white_space_is_no_name_and_no_part_of_one(bundled):
    texts = ["   \n", "Post heard of the    GOK   on   May 5 .  \n The   GOK   said   no."]
    for doc in bundled.pipe(texts):
        marked = [*doc.ents, *doc.spans["claims"]]
        assert all(span.text == span.text.strip() != "" for span in marked)


def test_what_components_say_of_themselves_is_true(bundled):
    analysis = bundled.analyze_pipes()
    assert not any(analysis["problems"].values()), analysis["problems"]
    assert analysis["summary"]["statements"]["scores"] == ["statements_macro_f", "statements_acc"]


def test_what_is_there_is_not_added_again():
    nlp = spacy.blank("en")
    pipelines.add_rules(nlp)
    names = list(nlp.pipe_names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipelines.add_rules(nlp)
    assert nlp.pipe_names == names


SENTENCE = "The Justice Ministry told Econoff on May 22 that it plans to amend the law."


def test_components_can_be_sourced_with_the_vectors(bundled, tmp_path):
    found = [(ent.text, ent.label_) for ent in bundled(SENTENCE).ents]
    nlp = spacy.blank("en", vocab=bundled.vocab)
    for name in bundled.pipe_names:
        nlp.add_pipe(name, source=bundled)
    assert to_record(nlp(SENTENCE)) == to_record(bundled(SENTENCE))
    config = "\n".join(
        ["[nlp]", 'lang = "en"', 'pipeline = ["sentences","tok2vec","ner"]', "[components]"]
        + [f'[components.{name}]\nsource = "en_cable_sm"' for name in ("sentences", "tok2vec")]
        + ['[components.ner]\nsource = "en_cable_sm"', '[initialize]\nvectors = "en_cable_sm"']
    )
    (tmp_path / "mine.cfg").write_text(config)
    assemble_cli(SimpleNamespace(args=[]), tmp_path / "mine.cfg", tmp_path / "mine", None, False)
    assert [(ent.text, ent.label_) for ent in spacy.load(tmp_path / "mine")(SENTENCE).ents] == found


@pytest.mark.filterwarnings("ignore:.*W113")
def test_a_sourced_component_says_what_it_needs(bundled):
    nlp = spacy.blank("en")
    nlp.add_pipe("ner", source=bundled)
    with pytest.raises(ValueError, match="ner reads the vectors of tok2vec, which did not run"):
        nlp(SENTENCE)
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", source=bundled)
    with pytest.raises(ValueError, match="word vectors of this pipeline have 0 dimensions"):
        nlp(SENTENCE)
    nlp.vocab.vectors = bundled.vocab.vectors
    assert nlp(SENTENCE).tensor.size


def test_what_a_component_of_ones_own_found_reaches_the_record(bundled):
    @Language.component("shouting")
    def shouting(doc):
        doc._.extra = {"shouting": [token.i for token in doc if token.is_upper]}
        return doc

    with bundled.select_pipes(enable=["sentences"]):
        doc = shouting(bundled("Poloff SHOUTED."))
    record = to_record(doc)
    assert record["extra"] == {"shouting": [1]}
    assert from_record(bundled, record)._.extra == record["extra"]


@pytest.mark.parametrize("word", ["post", "Post", "POST", "deforestation", "Pirates"])
def test_words_have_their_vector_whatever_the_capitals(word):
    assert pipelines.load().vocab[word].has_vector
