"""How well clusters of mentions agree with the right ones: B-cubed (Bagga and Baldwin 1998), MUC
(Vilain et al. 1995) and CEAF-e (Luo 2005), by the formulas of the reference scorer (Pradhan et al.
2014).

In each function `gold[i]` and `predicted[i]` name the cluster of mention i. ValueError is raised
where the lengths differ or there is no mention.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy
from scipy.optimize import linear_sum_assignment


class Score(NamedTuple):
    precision: float
    recall: float
    f1: float


def bcubed(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> Score:
    """Mean over mentions of how pure the mention's cluster is (precision) and how complete
    (recall), and their harmonic mean.

    >>> bcubed(["a", "a", "b", "b"], [1, 1, 1, 1])
    Score(precision=0.5, recall=1.0, f1=0.6666666666666666)
    """
    both, of_gold, of_predicted = _counts(gold, predicted)
    precision = sum(count * count / of_predicted[p] for (_, p), count in both.items())
    recall = sum(count * count / of_gold[g] for (g, _), count in both.items())
    return _score(precision, len(gold), recall, len(gold))


def muc(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> Score:
    """The share of links between mentions that are right; 0 where there is no link to score.

    >>> muc("aaaa", "xxyy")
    Score(precision=1.0, recall=0.6666666666666666, f1=0.8)
    """
    both, of_gold, of_predicted = _counts(gold, predicted)
    common = len(gold) - len(both)
    return _score(common, len(gold) - len(of_predicted), common, len(gold) - len(of_gold))


def ceaf_e(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> Score:
    """How like each other clusters are (Luo's phi 4) where each has one partner at most, the best.

    >>> ceaf_e("aaaa", "xxyy").precision
    0.3333333333333333
    """
    both, of_gold, of_predicted = _counts(gold, predicted)
    row = {cluster: index for index, cluster in enumerate(of_gold)}
    column = {cluster: index for index, cluster in enumerate(of_predicted)}
    likeness = numpy.zeros((len(row), len(column)))
    for (g, p), count in both.items():
        likeness[row[g], column[p]] = 2 * count / (of_gold[g] + of_predicted[p])
    best = float(likeness[linear_sum_assignment(likeness, maximize=True)].sum())
    return _score(best, len(column), best, len(row))


def _counts(
    gold: Sequence[Hashable], predicted: Sequence[Hashable]
) -> tuple[Counter[tuple[Hashable, Hashable]], Counter[Hashable], Counter[Hashable]]:
    """Mentions of each pair of clusters, of each gold and of each predicted cluster."""
    if not gold:
        raise ValueError("no mention to score")
    return Counter(zip(gold, predicted, strict=True)), Counter(gold), Counter(predicted)


def _score(right: float, predicted: float, found: float, gold: float) -> Score:
    precision = right / predicted if predicted else 0.0
    recall = found / gold if gold else 0.0
    both = precision + recall
    return Score(precision, recall, 2 * precision * recall / both if both else 0.0)
