"""What the small pipeline's word vectors are made of; the transformer itself has its own tests."""

import sys
from pathlib import Path

import numpy
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import word_vectors


@pytest.fixture
def words():
    """1,000 words alone and in contexts, where all mean something else in the same way; the first
    hundred were never met there."""
    chance = numpy.random.default_rng(0)
    alone = chance.normal(size=(1000, 8)).astype("f")
    in_context = alone @ chance.normal(size=(8, 8)).astype("f") + 5
    seen = chance.integers(50, 200, size=1000)
    seen[:100] = 0
    return alone, in_context, seen


def test_a_word_is_its_mean_in_context_and_the_unseen_follow(words):
    alone, in_context, seen = words
    table = word_vectors.means(alone, in_context * seen[:, None], seen)
    expected = in_context - in_context[seen > 0].mean(0)
    scale = table[seen > 0].std() / expected[seen > 0].std()
    assert numpy.allclose(table, expected * scale, atol=0.2)


def test_fewer_dimensions_keep_what_frequent_words_differ_in(words):
    _, _, seen = words
    frequent = numpy.where(seen > 100, 1, -1) * (seen > 0)
    noise = numpy.random.default_rng(1).normal(scale=0.1, size=(1000, 8))
    noise[:, 3] += 10 * frequent
    kept = word_vectors.reduced(noise.astype("f"), seen, 1)[:, 0]
    assert abs(numpy.corrcoef(kept, frequent)[0, 1]) > 0.99


def test_paragraphs_are_drawn_until_there_are_words_enough(tmp_path):
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "one two three"}\n' * 10)
    assert len(word_vectors.drawn([file], 9)) == 3
    assert len(word_vectors.drawn([file], 1000)) == 10


def test_words_of_texts_to_come_count_more(tmp_path):
    rare, often = tmp_path / "rare.jsonl", tmp_path / "often.jsonl"
    rare.write_text('{"text": "Xylograph xylograph xylograph"}')
    often.write_text('{"text": "Qorvaqua"}')
    ranked = word_vectors.frequent_words([rare], [often], 10**6)
    assert ranked.index("qorvaqua") < ranked.index("xylograph")
