"""Labels of a project's own: from gold to a model that gives them, on to records, tasks and
review."""

import numpy
import orjson
import pytest
import spacy
from spacy.tokens import Span
from spacy.training import Example
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.labels import scheme_of
from cablespan.learning.training.finetuning import add_labels
from cablespan.nlp import bundled_model, model_scheme
from cablespan.review.intake import input_files, take_in
from cablespan.review.store import Store
from test_training import CONFIGS, SENTENCES, SMALL, line, write

VESSELS = """
extend = true
[entities.VESSEL]
definition = "a ship, by its name"
colour = "#0b7285"
key = "v"
[statements.WARNING]
"""
SHIP = ("Beware of the Ocean Star.", "WARNING", [("Ocean Star", "VESSEL")], None)


def run(*arguments, code: int = 0):
    outcome = CliRunner().invoke(app, list(map(str, arguments)))
    assert outcome.exit_code == code, outcome.output
    return outcome


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A labels file, gold that uses it, and a model of few steps that was trained on both."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "labels.toml").write_text(VESSELS)
    sentences = [*SENTENCES, SHIP]
    golds = [line(name, 0, sentences[n:] + sentences[:n]) for n, name in enumerate("abcdef")]
    write(folder / "gold.jsonl", golds[:4])
    write(folder / "dev.jsonl", golds[4:])
    steps = [part for key, value in SMALL.items() for part in (f"--{key}", value)]
    sets = ("--train", folder / "gold.jsonl", "--dev", folder / "dev.jsonl")
    labels = ("--labels", folder / "labels.toml")
    config = ("--config", CONFIGS / "cable_sm.cfg")
    run("train", *config, *sets, *labels, "--output", folder / "mine", *steps)
    return folder


def test_the_model_knows_its_labels_by_itself(folder):
    model = folder / "mine" / "model-best"
    assert {"VESSEL", "AGENCY"} <= set(spacy.load(model).get_pipe("ner").labels)
    assert model_scheme(model) == scheme_of(folder / "labels.toml")
    result = run("evaluate", model, folder / "dev.jsonl", "--json")
    scores = orjson.loads(result.stdout)
    assert scores["entities"]["labels"]["VESSEL"]["support"] == 2
    assert scores["statements"]["labels"]["WARNING"]["support"] == 2


def test_without_the_file_the_label_is_named_with_file_line_and_remedy(folder):
    told = run("evaluate", "rules", folder / "gold.jsonl", code=2).stderr
    assert "gold.jsonl:1 and 3 more: unknown label 'VESSEL' among the entities" in told
    assert "AGENCY" in told and "--labels" in told


def test_gold_is_converted_with_them_and_back(folder, tmp_path):
    labels = ("--labels", folder / "labels.toml")
    for to, name in (("brat", "out"), ("labelstudio", "out.json"), ("doccano", "out.jsonl")):
        place = tmp_path / to / name
        place.parent.mkdir()
        run("convert", folder / "gold.jsonl", place, "--to", to, *labels)
        run("convert", place, place.parent / "back.jsonl", "--to", "gold", *labels)
        lines = [orjson.loads(one) for one in (place.parent / "back.jsonl").open("rb")]
        marks = [mark["label"] for one in lines for mark in one["entities"] + one["statements"]]
        assert marks.count("VESSEL") == marks.count("WARNING") == 4, to


def test_a_run_hands_its_labels_on_to_review(folder, tmp_path):
    text = {"text": "Beware of the Ocean Star. The market was open.", "meta": {"id": "1"}}
    cable = write(tmp_path / "cable.jsonl", [text])
    run("annotate", cable, "--model", folder / "mine" / "model-best", "--output", tmp_path / "run")
    scheme = scheme_of(tmp_path / "run" / "labels.json")
    assert scheme == scheme_of(folder / "labels.toml")
    store = Store(tmp_path / "review.sqlite", scheme=scheme)
    list(take_in(store, input_files([tmp_path / "run"])))
    assert store.problems() == []


def test_labels_of_another_project_are_refused_for_a_model(folder, tmp_path):
    (tmp_path / "other.toml").write_text("[entities.PORT]\n")
    model = ("--model", folder / "mine" / "model-best", "--labels", tmp_path / "other.toml")
    told = run("annotate", CONFIGS, "--output", tmp_path / "run", *model, code=2).stderr
    assert "other.toml" in told and "VESSEL" in told


class TestGrown:
    """A trained head is given labels: what it says of the old ones stays."""

    TEXT = "Beware of the Ocean Star. The Ministry of Justice said that the market was open."

    @pytest.mark.parametrize("name", ["ner", "statements"])
    def test_it_says_what_it_said_before(self, name):
        if bundled_model() is None:
            pytest.skip("no bundled pipeline")
        before, after = spacy.load(bundled_model()), spacy.load(bundled_model())
        pipe = after.get_pipe(name)
        assert add_labels(pipe, [*pipe.labels, "RUMOUR"]) == ["RUMOUR"]
        (old,) = before.get_pipe(name).model.predict([before(self.TEXT)])
        (new,) = pipe.model.predict([before(self.TEXT)])
        width = old.shape[1]
        assert new.shape == (old.shape[0], len(pipe.classes))
        assert numpy.abs(new[:, :width] / new[:, :width].sum(1, keepdims=True) - old).max() < 1e-5
        assert new[:, width:].max() < 0.05

    def test_a_new_label_begins_as_the_one_that_it_is_taken_for(self):
        if bundled_model() is None:
            pytest.skip("no bundled pipeline")
        nlp = spacy.load(bundled_model())
        gold = nlp.make_doc("The Ministry of Justice said that the market was open.")
        gold.ents = [Span(gold, 1, 4, label="MINISTRY")]
        pipe = nlp.get_pipe("ner")
        add_labels(pipe, ["MINISTRY"], [Example(nlp(gold.text), gold)])
        weights = pipe.model.get_ref("output").get_param("W")
        for part in "BIL":
            old, new = (pipe.classes.index(f"{part}-{name}") for name in ("AGENCY", "MINISTRY"))
            assert (weights[new] == weights[old]).all(), part
        assert not weights[pipe.classes.index("U-MINISTRY")].any(), "no example shows it"

    def test_fine_tuning_adds_them(self, folder, tmp_path):
        labels = tmp_path / "labels.toml"
        labels.write_text(VESSELS + "[entities.PORT]\n")
        port = ("The Ocean Star left Freeport.", "REPORT", [("Freeport", "PORT")], None)
        golds = [line(name, 0, [port, SENTENCES[n]]) for n, name in enumerate("ghij")]
        sets = ("--train", write(tmp_path / "gold.jsonl", golds), "--labels", labels)
        steps = ("--training.max_steps", 2)
        base = ("--base", folder / "mine" / "model-best")
        run("train", *base, *sets, "--output", tmp_path / "out", *steps)
        nlp = spacy.load(tmp_path / "out" / "model-best")
        old = spacy.load(folder / "mine" / "model-best").get_pipe("ner").labels
        assert nlp.get_pipe("ner").labels == (*old, "PORT")
        assert [label.name for label in model_scheme(nlp.path).entities][-2:] == ["VESSEL", "PORT"]

    def test_an_added_label_without_example_is_named(self, folder, tmp_path):
        labels = tmp_path / "labels.toml"
        labels.write_text(VESSELS + "[entities.PORT]\n")
        sets = ("--train", folder / "gold.jsonl", "--dev", folder / "dev.jsonl")
        base = ("--base", folder / "mine" / "model-best", "--labels", labels)
        steps = ("--training.max_steps", 1)
        told = run("train", *base, *sets, "--output", tmp_path / "out", *steps).stderr
        assert "gold.jsonl: no example of PORT among the entities: add some" in told

    def test_a_head_whose_labels_are_not_named_begins_anew(self, folder, tmp_path):
        labels = tmp_path / "labels.toml"
        labels.write_text("[entities.PORT]\n[entities.SHIP]\n")
        port = "The Ocean Star left Freeport.", "REPORT", [("Freeport", "PORT")], None
        ship = "We saw the Ocean Star.", "REPORT", [("Ocean Star", "SHIP")], None
        golds = [line(name, 0, [port, ship][:: (-1) ** n]) for n, name in enumerate("ghij")]
        for gold in golds:
            del gold["statements"], gold["claims"]
            gold["text"] += f" Copy {gold['doc']} of this report goes to all posts concerned."
        sets = ("--train", write(tmp_path / "gold.jsonl", golds), "--labels", labels)
        base = ("--base", folder / "mine" / "model-best", "--training.max_steps", 2)
        told = run("train", *base, *sets, "--output", tmp_path / "out").stderr
        assert "ner has labels that yours lack, and begins anew" in told
        nlp = spacy.load(tmp_path / "out" / "model-best")
        assert nlp.get_pipe("ner").labels == ("PORT", "SHIP")
        assert "WARNING" in nlp.get_pipe("statements").labels


@pytest.mark.parametrize("layer", ["entities", "statements", "claims"])
def test_one_layer_alone_is_enough_to_train_on(tmp_path, layer):
    """A layer that nobody annotated costs its component, not the training."""
    golds = [line(name, 0, SENTENCES[n:] + SENTENCES[:n]) for n, name in enumerate("abcdef")]
    alone = [
        {key: value for key, value in gold.items() if key in ("doc", "paragraph", "text", layer)}
        for gold in golds
    ]
    sets = ("--train", write(tmp_path / "gold.jsonl", alone), "--output", tmp_path / "out")
    steps = [part for key, value in SMALL.items() for part in (f"--{key}", value)]
    told = run("train", "--config", CONFIGS / "cable_sm.cfg", *sets, *steps).stderr
    trained = {"entities": "ner", "statements": "statements", "claims": "claim_tagger"}
    nlp = spacy.load(tmp_path / "out" / "model-best")
    assert set(nlp.pipe_names) & set(trained.values()) == {trained[layer]}
    for other, component in trained.items():
        assert (f"no {other} in the gold: the pipeline is trained without {component}" in told) == (
            other != layer
        )
    scores = orjson.loads((tmp_path / "out" / "model-best" / "scores.json").read_bytes())
    assert scores[layer] is not None
