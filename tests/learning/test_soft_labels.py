"""A small pipeline learns from gold and from what a teacher makes of it."""

import sys
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

import soft_labels as script
from cablespan.cli import app
from cablespan.document import SOFT_LABELS
from cablespan.formats import GoldError
from cablespan.learning.corpus import example_of, recased
from cablespan.learning.gold import read_gold, training_doc
from cablespan.learning.soft_labels import SCHEMA, SURE, SoftLabels, soft_labels
from cablespan.nlp import bundled_model, load

sys.path.insert(0, str(Path(__file__).parents[1]))
from test_training import SMALL, documents, write

pytestmark = pytest.mark.skipif(bundled_model() is None, reason="no bundled pipeline to teach")


@pytest.fixture(scope="module")
def teacher():
    return load("en_cable_sm")


@pytest.fixture
def gold(tmp_path) -> Path:
    return write(tmp_path / "train.jsonl", documents("abcde", 1))


@pytest.fixture
def taught(teacher, gold, tmp_path) -> Path:
    return write(tmp_path / "soft.jsonl", list(soft_labels(teacher, read_gold([gold]))))


def taught_examples(teacher, gold: Path, soft: SoftLabels) -> list:
    docs = (training_doc(teacher, known) for known in read_gold([gold]))
    examples = [example_of(doc) for doc in soft.add_to(docs)]
    for example in examples:
        teacher.get_pipe("sentences")(example.predicted)
    return examples


def test_a_teacher_says_where_it_is_not_sure_of_the_gold(teacher, gold, taught):
    lines = list(map(orjson.loads, taught.read_bytes().splitlines()))
    examples = taught_examples(teacher, gold, SoftLabels(taught, 0.5))
    assert len(lines) == len(examples) and not any("text" in line for line in lines)
    for line, example in zip(lines, examples, strict=True):
        pipe = teacher.get_pipe("ner")
        said = pipe.gold_classes(example)
        assert all(row.get(said[int(start)], 0) < SURE for start, row in line["ner"].items())
        assert all(set(row) <= set(pipe.classes) for row in line["ner"].values())


@pytest.mark.parametrize("share", [0, 0.5, 1])
@pytest.mark.parametrize("change", [None, str.upper])
def test_the_truth_lies_between_gold_and_teacher(teacher, gold, tmp_path, share, change):
    unsure = {"statements": {"0": {"CLAIM": 0.6, "REPORT": 0.2, "RUMOUR": 0.2}}}
    lines = [
        {"schema": SCHEMA, "words": line["words"], **unsure}
        for line in soft_labels(teacher, read_gold([gold]))
    ]
    soft = SoftLabels(write(tmp_path / "soft.jsonl", lines), share)
    example = taught_examples(teacher, gold, soft)[0]
    if change:
        example = recased(example, change)
        teacher.get_pipe("sentences")(example.predicted)
    pipe = teacher.get_pipe("statements")
    first, second, *_ = pipe.gold_classes(example)
    guess = pipe.model.ops.alloc2f(len(pipe.gold_classes(example)), len(pipe.labels))
    _, (gradient,) = pipe.get_loss([example], [guess])

    def truth(row: int) -> dict[str, float]:
        weight = -gradient[row].sum()
        return {
            name: round(float(-value / weight), 3)
            for name, value in zip(pipe.labels, gradient[row], strict=True)
            if value
        }

    expected = {first: 1 - share, "CLAIM": 0, "REPORT": 0}
    expected["CLAIM"] += share * 0.75  # of the classes that the pipeline knows
    expected["REPORT"] += share * 0.25
    assert truth(0) == {name: value for name, value in expected.items() if value}
    assert truth(1) == {second: 1}


def test_gold_that_the_teacher_did_not_read_stays_as_it_is(teacher, gold, taught, tmp_path):
    other = write(tmp_path / "other.jsonl", documents("xy", 7))
    soft = SoftLabels(taught, 0.5)
    assert all(SOFT_LABELS in e.reference.user_data for e in taught_examples(teacher, gold, soft))
    examples = taught_examples(teacher, other, soft)
    assert not any(SOFT_LABELS in example.reference.user_data for example in examples)


def test_what_is_no_soft_label_is_refused_by_line(tmp_path):
    file = write(tmp_path / "soft.jsonl", [{"text": "Post agreed."}])
    with pytest.raises(GoldError, match=r"soft\.jsonl:1: .*soft-labels/1.*soft_labels\.py"):
        SoftLabels(file, 0.5)


def test_a_pipeline_is_taught_from_the_command_line(gold, tmp_path):
    script.main(bundled_model(), tmp_path / "soft.jsonl.zst", [gold])
    values = [word for name, value in SMALL.items() for word in (f"--{name}", value)]
    dev = write(tmp_path / "dev.jsonl", documents("xy", 7))
    arguments = ["train", "--config", "cable_sm.cfg", "--train", str(gold), "--dev", str(dev)]
    weights = []
    for more in ([], ["--soft-labels", str(tmp_path / "soft.jsonl.zst"), "--soft-share", "1"]):
        output = tmp_path / f"model{len(more)}"
        result = CliRunner().invoke(app, [*arguments, "--output", str(output), *values, *more])
        assert result.exit_code == 0, result.output
        weights.append((output / "model-last" / "statements" / "model").read_bytes())
    assert weights[0] != weights[1]
