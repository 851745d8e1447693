"""What a small pipeline is pretrained on; the transformer itself has its own tests."""

import sys
from pathlib import Path

import numpy
import pytest
import spacy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import transformer_states
from cablespan.document import STATES


@pytest.fixture
def sample():
    """1,000 states that spread in three of ten directions, most in the first."""
    chance = numpy.random.default_rng(0)
    spread = numpy.array([9, 4, 1] + [0.001] * 7)
    return (chance.normal(size=(1000, 10)) * spread + 5).astype("f")


def test_states_keep_the_directions_in_which_they_spread(sample):
    fewer = transformer_states.Projection(sample, 3)(sample).astype("f")
    assert fewer.shape == (1000, 3)
    assert fewer.std() == pytest.approx(1, abs=0.01)
    # The first spread nine times as far as the third: three times, by its root.
    assert fewer.std(0)[2] / fewer.std(0)[0] == pytest.approx(3, abs=0.2)
    first = abs(numpy.corrcoef(fewer[:, 2], sample[:, 0])[0, 1])
    assert first > 0.99


def test_short_texts_are_put_together_and_none_is_read_twice(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    short = [f'{{"text": "number {number} {"word " * 98}"}}\n' for number in range(5)]
    (folder / "one.jsonl").write_text("".join(short))
    (tmp_path / "two.jsonl").write_text(short[0])
    joined = list(transformer_states.joined([folder, tmp_path / "two.jsonl"]))
    assert [len(text.split("\n\n")) for text in joined] == [2, 2, 1]


def test_what_is_kept_of_a_text_is_its_words_and_states():
    doc = spacy.blank("en")("Embassy recommends it.")
    doc.user_data["other"] = "large"
    rows = numpy.zeros((len(doc), 2), "f2")
    kept = transformer_states.with_states(doc, rows)
    assert kept.text == doc.text
    assert kept.user_data == {STATES: rows}
