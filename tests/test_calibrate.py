"""What calibration does to a pipeline."""

from pathlib import Path

import pytest

import cablespan
import calibrate
from cablespan.learning.evaluation import evaluate
from cablespan.learning.gold import read_gold

GOLD = Path(__file__).parents[1] / "annotations" / "modern-heldout" / "h4.jsonl"
HEADS = ("ner", "claim_tagger", "statements")


def outputs(nlp):
    """The last layer of each head."""
    return [nlp.get_pipe(head).model.get_ref("output") for head in HEADS]


@pytest.fixture(scope="module")
def shy(tmp_path_factory):
    """The bundled pipeline, made to mark far fewer claims and to be less sure of all it says."""
    nlp = cablespan.load(ops="numpy")
    for output in outputs(nlp):
        output.attrs["softmax_temperature"] *= 1.6
    _, claims, _ = outputs(nlp)
    bias = claims.get_param("b").copy()
    bias[0] += 4  # outside
    claims.set_param("b", bias)
    folder = tmp_path_factory.mktemp("shy") / "model"
    nlp.to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def calibrated(shy):
    folder = shy.with_name("calibrated")
    calibrate.main(model=shy, dev=[GOLD], output=folder)
    return folder


@pytest.fixture(scope="module")
def scores(shy, calibrated):
    """The scores of both."""
    gold = read_gold([GOLD])
    return [evaluate(cablespan.load(model), gold, resamples=1) for model in (shy, calibrated)]


def surplus(scores):
    """How many claims more than the gold, as a share of it."""
    claims = scores["claims"]["overlap"]
    return claims["recall"]["value"] / claims["precision"]["value"] - 1


def test_tagger_that_marks_too_little_marks_as_much_as_the_gold(scores):
    before, after = scores
    assert surplus(before) < -0.2
    assert abs(surplus(after)) < 0.1


@pytest.mark.parametrize("layer", ["entities", "statements"])
def test_scores_are_the_share_that_is_right(scores, layer):
    before, after = (found["calibration"][layer]["expected_error"] for found in scores)
    assert after < 0.7 * before


def test_second_run_changes_next_to_nothing(calibrated, tmp_path):
    calibrate.main(model=calibrated, dev=[GOLD], output=tmp_path)
    heads = (outputs(cablespan.load(model)) for model in (calibrated, tmp_path))
    for once, twice in zip(*heads, strict=True):
        assert twice.get_param("b") == pytest.approx(once.get_param("b"), abs=0.1)
        temperatures = [layer.attrs["softmax_temperature"] for layer in (once, twice)]
        assert temperatures[1] == pytest.approx(temperatures[0], rel=0.05)
