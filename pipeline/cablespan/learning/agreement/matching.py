"""Which of one annotator's spans and claims are the other's: one to one, the largest overlaps
first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Annotation = Mapping[str, Any]
Pairs = list[tuple[int, int]]


def overlap(one: Annotation, other: Annotation) -> int:
    """The number of characters that two spans share.

    >>> overlap({"start": 0, "end": 4}, {"start": 2, "end": 9})
    2
    """
    return max(0, min(one["end"], other["end"]) - max(one["start"], other["start"]))


def overlaps_by_half(one: Annotation, other: Annotation) -> bool:
    """Whether the spans share at least half of the longer one.

    >>> [overlaps_by_half({"start": 0, "end": 10}, {"start": start, "end": 10}) for start in (5, 6)]
    [True, False]
    """
    longer = max(one["end"] - one["start"], other["end"] - other["start"])
    return 2 * overlap(one, other) >= longer


def match(
    ones: Sequence[Annotation],
    others: Sequence[Annotation],
    same: Callable[[Annotation, Annotation], bool],
    weight=overlap,
) -> Pairs:
    """Index pairs of the annotations for which `same` holds, each at most once; the heaviest pair
    first, then in order of the text."""
    candidates = sorted(
        (-weight(one, other), i, j)
        for i, one in enumerate(ones)
        for j, other in enumerate(others)
        if same(one, other)
    )
    pairs, taken, given = [], set(), set()
    for _, i, j in candidates:
        if i not in taken and j not in given:
            taken.add(i)
            given.add(j)
            pairs.append((i, j))
    return sorted(pairs)


def unmatched(
    ones: Sequence[Annotation], others: Sequence[Annotation], pairs: Pairs
) -> tuple[list[Annotation], list[Annotation]]:
    """The annotations of either side that are in no index pair.

    >>> unmatched([{"label": "PLACE"}], [{"label": "PLACE"}, {"label": "LAW"}], [(0, 0)])
    ([], [{'label': 'LAW'}])
    """
    matched_ones, matched_others = {i for i, _ in pairs}, {j for _, j in pairs}
    return (
        [one for i, one in enumerate(ones) if i not in matched_ones],
        [other for j, other in enumerate(others) if j not in matched_others],
    )


def same_span(one: Annotation, other: Annotation) -> bool:
    """Whether two spans have the same offsets."""
    return (one["start"], one["end"]) == (other["start"], other["end"])


def match_exactly(ones: Sequence[Annotation], others: Sequence[Annotation]) -> Pairs:
    """Spans with the same offsets and label."""
    return match(
        ones, others, lambda one, other: same_span(one, other) and one["label"] == other["label"]
    )


def match_overlapping(ones: Sequence[Annotation], others: Sequence[Annotation]) -> Pairs:
    """Spans of the same label that share a character."""
    return match(
        ones, others, lambda one, other: one["label"] == other["label"] and overlap(one, other) > 0
    )


def match_claims(ones: Sequence[Annotation], others: Sequence[Annotation]) -> Pairs:
    """Claims whose contents share at least half of the longer one; of equal overlaps the pair with
    the same source and cue."""

    def weight(one: Annotation, other: Annotation) -> float:
        return (
            overlap(one["content"], other["content"])
            + (same_part(one, other, "cue") + same_part(one, other, "source")) / 4
        )

    return match(
        ones, others, lambda one, other: overlaps_by_half(one["content"], other["content"]), weight
    )


def same_part(one: Annotation, other: Annotation, role: str) -> bool:
    """Whether a role of two claims has the same offsets, or is missing in both."""
    a, b = one.get(role), other.get(role)
    return same_span(a, b) if a and b else not a and not b
