"""B-cubed: how well clusters of mentions agree with the right ones (Bagga and Baldwin 1998)."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class BCubed(NamedTuple):
    precision: float
    recall: float
    f1: float


def bcubed(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> BCubed:
    """Mean over mentions of how pure the mention's cluster is (precision) and how complete
    (recall), and their harmonic mean.

    `gold[i]` and `predicted[i]` name the cluster of mention i. Raises ValueError where the lengths
    differ or there is no mention.

    >>> bcubed(["a", "a", "b", "b"], [1, 1, 1, 1])
    BCubed(precision=0.5, recall=1.0, f1=0.6666666666666666)
    """
    if not gold:
        raise ValueError("no mention to score")
    both = Counter(zip(gold, predicted, strict=True))
    of_gold, of_predicted = Counter(gold), Counter(predicted)
    precision = sum(count * count / of_predicted[p] for (_, p), count in both.items()) / len(gold)
    recall = sum(count * count / of_gold[g] for (g, _), count in both.items()) / len(gold)
    return BCubed(precision, recall, 2 * precision * recall / (precision + recall))
