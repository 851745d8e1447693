"""A training that is stopped goes on from its last evaluation when the command is given again."""

from itertools import chain

import orjson
import pytest
import spacy

from cablespan.learning.training import checkpoints, finishing
from cablespan.learning.training.checkpoints import latest
from test_training import documents, run, write

STEPS = ("--training.max_steps", 8, "--training.eval_frequency", 2)


@pytest.fixture
def mine(tmp_path):
    """Runs the training in its folder."""
    gold = write(tmp_path / "train.jsonl", documents("abcde", 1))
    dev = write(tmp_path / "dev.jsonl", documents("xy", 2))

    def train(*arguments):
        places = ("--train", gold, "--dev", dev, "--output", tmp_path / "mine")
        return run(*places, *STEPS, *arguments)

    train.gold, train.output = gold, tmp_path / "mine"
    return train


@pytest.fixture
def stopped(mine, monkeypatch):
    """A training of eight steps that was killed after the checkpoint of its fifth."""
    keep = checkpoints._keep

    def keep_and_die(output, progress, **facts):
        keep(output, progress, **facts)
        if progress["step"] == 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "_keep", keep_and_die)
        outcome = mine()
        assert outcome.exit_code == 130
        assert "interrupted; the checkpoint of step 5 is kept: the same command" in outcome.stderr
    return mine


def test_one_that_is_interrupted_early_says_that_nothing_is_kept(mine, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoints, "_keep", interrupt)
    outcome = mine()
    assert outcome.exit_code == 130
    assert "no checkpoint yet: the same command begins anew" in outcome.stderr


def test_it_takes_the_steps_that_are_left(stopped, monkeypatch):
    assert [folder.name for folder in stopped.output.glob("checkpoint-*")] == ["checkpoint-5"]
    steps, keep = [], checkpoints._keep

    def note(output, progress, **facts):
        steps.append(progress["step"])
        keep(output, progress, **facts)

    monkeypatch.setattr(checkpoints, "_keep", note)
    outcome = stopped()
    assert outcome.exit_code == 0, outcome.output
    assert steps == [6, 8]
    assert not list(stopped.output.glob("checkpoint-*"))
    config = spacy.util.load_config(stopped.output / "model-best" / "config.cfg")
    assert config["training"]["logger"]["@loggers"] == "spacy.ConsoleLogger.v1"
    assert (stopped.output / "model-best" / "scores.json").is_file()


def test_the_best_model_of_before_stays_the_best(stopped, monkeypatch):
    # At the end the last model is judged once more: here it is never the better one.
    monkeypatch.setattr(finishing, "_score", lambda model, *_: float(model.name == "model-best"))
    best = latest(stopped.output)
    weights = (best.folder / "model-best" / "ner" / "model").read_bytes()
    progress = orjson.loads((best.folder / "progress.json").read_bytes()) | {"best_score": 2.0}
    (best.folder / "progress.json").write_bytes(orjson.dumps(progress))
    assert stopped().exit_code == 0
    assert (stopped.output / "model-best" / "ner" / "model").read_bytes() == weights


def test_it_goes_on_from_the_weights_and_not_from_their_mean(mine, monkeypatch):
    """A mean that began at nothing: of weights that stay, it would grow with each step."""
    weights, keep = [], checkpoints._keep

    def note(output, progress, **facts):
        keep(output, progress, **facts)
        weights.append((latest(output).folder / "model-last" / "ner" / "model").read_bytes())

    monkeypatch.setattr(checkpoints, "_keep", note)
    optimizer = {"@optimizers": "Adam.v1", "learn_rate.initial_rate": 0, "use_averages": "true"}
    values = [(f"--training.optimizer.{name}", value) for name, value in optimizer.items()]
    assert mine(*chain.from_iterable(values)).exit_code == 0
    assert len(weights) > 1 and len(set(weights)) == 1


def test_a_torn_checkpoint_is_none(stopped):
    (latest(stopped.output).folder / "progress.json").unlink()
    assert latest(stopped.output) is None
    assert stopped().exit_code == 0
    assert not list(stopped.output.glob("checkpoint-*"))


def test_another_training_is_no_longer_this_one(stopped):
    write(stopped.gold, documents("abcdf", 1))
    outcome = stopped()
    assert outcome.exit_code == 2
    assert "stopped after 5 steps that had other gold, config or values" in outcome.output
    assert "--overwrite" in outcome.output
    assert stopped("--overwrite").exit_code == 0
    assert stopped("--overwrite").exit_code == 0, "now a finished model"


def test_the_rate_falls_on_from_where_it_was(stopped):
    checkpoint = latest(stopped.output)
    before = spacy.util.load_config(checkpoint.folder / "model-last" / "config.cfg")["training"]
    after = checkpoints.resumed_config(checkpoint)["training"]
    assert after["max_steps"] == 3
    rate, total = (training["optimizer"]["learn_rate"] for training in (after, before))
    assert rate["total_steps"] == total["total_steps"] - 5
    assert rate["initial_rate"] <= total["initial_rate"]
