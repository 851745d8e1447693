"""Fine-tuning: a few paragraphs of one's own move a bundled pipeline, without a config."""

import numpy
import pytest
import spacy
from spacy.util import registry
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.learning.training.finetuning import mix_weights
from cablespan.nlp import bundled_model
from test_training import documents, write

pytestmark = pytest.mark.skipif(bundled_model() is None, reason="no bundled pipeline")


def train(*arguments):
    steps = ("--training.max_steps", "2", "--training.eval_frequency", "2")
    return CliRunner().invoke(app, ["train", *map(str, arguments), *steps])


def test_a_bundled_pipeline_is_trained_on_without_a_config(tmp_path):
    """Labels that the gold lacks are no problem for a pipeline that knows them."""
    lines = [line | {"entities": []} for line in documents("abcde", 1)]
    gold = write(tmp_path / "mine.jsonl", lines)
    outcome = train("--base", "en_cable_sm", "--train", gold, "--output", tmp_path / "mine")
    assert outcome.exit_code == 0, outcome.output
    before, after = spacy.load(bundled_model()), spacy.load(tmp_path / "mine" / "model-best")
    assert after.pipe_names == before.pipe_names
    assert after.get_pipe("ner").labels == before.get_pipe("ner").labels
    assert after.vocab.vectors.shape == before.vocab.vectors.shape

    def weights(nlp):
        (embedding, *_) = (n for n in nlp.get_pipe("tok2vec").model.walk() if n.has_param("E"))
        return embedding.get_param("E")

    distance = numpy.abs(weights(after) - weights(before)).max()
    assert 0 < distance < 0.1, "it goes on from what the pipeline had learned"
    config = (tmp_path / "mine" / "model-best" / "config.cfg").read_text()
    assert "source" not in config and "CableEmbed" in config and str(tmp_path) not in config
    after.resume_training()  # spaCy reads the optimizer's section by itself


@pytest.mark.parametrize("how", ["--base en_cable_sm", "--config cable_sm.cfg --allow-empty"])
def test_gold_in_which_no_layer_is_annotated_trains_nothing(tmp_path, how):
    bare = [{"doc": name, "paragraph": 1, "text": f"Post {name} agreed."} for name in "ab"]
    gold, dev = write(tmp_path / "bare.jsonl", bare), write(tmp_path / "d.jsonl", documents("c", 1))
    sets = ("--train", gold, "--dev", dev, "--output", tmp_path / "mine")
    outcome = train(*how.split(), *sets)
    assert outcome.exit_code == 2
    assert "bare.jsonl: nothing in it is annotated" in outcome.stderr
    judged = CliRunner().invoke(app, ["evaluate", "en_cable_sm", str(gold)])
    assert judged.exit_code == 2 and "no annotated paragraph" in judged.stderr


def test_where_no_step_was_better_the_base_is_given_back(tmp_path):
    gold = write(tmp_path / "mine.jsonl", documents("abcde", 1))
    dev = write(tmp_path / "dev.jsonl", documents("xy", 2))
    absurd = ("--training.optimizer.learn_rate.initial_rate", "50")
    sets = ("--train", gold, "--dev", dev, "--output", tmp_path / "mine")
    outcome = train("--base", "en_cable_sm", *sets, *absurd)
    assert outcome.exit_code == 0, outcome.output
    assert "no step was better than the base on dev" in outcome.stderr
    best = tmp_path / "mine" / "model-best"
    for name in ("tok2vec", "ner", "claim_tagger", "statements"):
        kept, base = (folder / name / "model" for folder in (best, bundled_model()))
        assert kept.read_bytes() == base.read_bytes(), name
    assert spacy.load(best)("Post agreed.").has_annotation("ENT_IOB")
    card = (best / "README.md").read_text()
    assert "it is the base as it was" in card and "chosen by dev" not in card


def test_the_card_of_one_without_dev_says_that_it_is_the_last(tmp_path):
    gold = write(tmp_path / "mine.jsonl", documents("abcde", 1))
    assert train("--base", "en_cable_sm", "--train", gold, "-o", tmp_path / "mine").exit_code == 0
    card = (tmp_path / "mine" / "model-best" / "README.md").read_text()
    assert "that of the last step" in card and "chosen by dev" not in card


@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_the_average_of_the_weights_begins_at_them(rate):
    """thinc's begins at zero; so it is 2/11 of the beginning and 9/11 of the first step."""
    before = numpy.array([1.0, -4.0], dtype="f")
    optimizer = registry.optimizers.get("cablespan.Adam.v1")(rate, 0.0, 1.0, use_averages=True)
    after, _ = optimizer((0, "W"), before.copy(), numpy.array([0.5, 0.5], dtype="f"))
    assert rate == abs(after - before).max().round(3)
    assert numpy.allclose(optimizer.averages[(0, "W")], (2 * before + 9 * after) / 11)


def test_without_config_and_base_the_remedy_is_named(tmp_path):
    gold = write(tmp_path / "mine.jsonl", documents("ab", 1))
    outcome = train("--train", gold, "--output", tmp_path / "mine")
    assert outcome.exit_code == 2 and "--base" in outcome.stderr
    outcome = train("--base", "en_nothing", "--train", gold, "--output", tmp_path / "mine")
    assert outcome.exit_code == 2 and "en_nothing" in outcome.stderr


def test_weights_go_back_to_the_base_by_a_share_of_the_way():
    later, earlier = spacy.load(bundled_model()), spacy.load(bundled_model())
    (node,) = (n for n in later.get_pipe("ner").model.walk() if n.name == "softmax")
    (old,) = (n for n in earlier.get_pipe("ner").model.walk() if n.name == "softmax")
    node.set_param("b", old.get_param("b") + 4)
    mix_weights(later, earlier, 0.25)
    assert numpy.allclose(node.get_param("b"), old.get_param("b") + 3)
    node.set_param("b", old.get_param("b") + 4)
    mix_weights(later, earlier, keep=["ner"])
    assert numpy.allclose(node.get_param("b"), old.get_param("b") + 4)
