"""Scores of coreference, on the examples of the papers that define them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coreference import bcubed, ceaf_e, muc

# Twelve mentions of three entities (Bagga and Baldwin 1998, figure 1; Luo 2005, table 1).
TRUTH = "aaaaabbccccc"
RESPONSES = {
    "the small and a large one merged": "xxxxxyyyyyyy",
    "the large ones merged": "xxxxxyyxxxxx",
    "all merged": "x" * 12,
    "none together": "stuvwxyz1234",
}
SCORES = [
    (muc, (0.947, 0.947, 0.900, 0.0)),
    (bcubed, (0.865, 0.737, 0.545, 0.400)),
    (ceaf_e, (0.733, 0.667, 0.294, 0.178)),
]


@pytest.mark.parametrize(("measure", "expected"), SCORES)
def test_published_f1(measure, expected):
    scores = [measure(TRUTH, response).f1 for response in RESPONSES.values()]
    assert scores == pytest.approx(expected, abs=0.0006)


def test_precision_and_recall_by_hand():
    """Gold {1,2,3} {4,5}; predicted {1,2} {3,4,5}."""
    gold, predicted = "aaabb", "xxyyy"
    # Of each mention: (1+1+1/3+2/3+2/3)/5 and (2/3+2/3+1/3+1+1)/5.
    assert bcubed(gold, predicted)[:2] == pytest.approx(((2 + 5 / 3) / 5, (5 / 3 + 2) / 5))
    # Of three links either way two are right.
    assert muc(gold, predicted)[:2] == pytest.approx((2 / 3, 2 / 3))
    # The first two fit by 4/5, the others by 4/5.
    assert ceaf_e(gold, predicted)[:2] == pytest.approx((4 / 5, 4 / 5))


@pytest.mark.parametrize("measure", [bcubed, muc, ceaf_e])
def test_mentions_that_cannot_be_scored_are_refused(measure):
    with pytest.raises(ValueError, match="no mention"):
        measure([], [])
    with pytest.raises(ValueError):
        measure("aab", "xx")


@given(st.lists(st.integers(0, 5), min_size=1))
def test_the_same_clusters_are_right(gold):
    named = [f"c{number}" for number in gold]
    assert bcubed(gold, named) == ceaf_e(gold, named) == pytest.approx((1, 1, 1))
    assert muc(gold, named).f1 == (1 if len(set(gold)) < len(gold) else 0)
