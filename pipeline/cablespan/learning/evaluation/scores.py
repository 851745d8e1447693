"""Scores from counts, with bootstrap intervals: every score is computed for many resamples of the
documents at once.

Counts are arrays with one value a resample; the first resample is all documents once: the score
itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy

from cablespan.labels import ROLES, in_order
from cablespan.learning.agreement.matching import match_exactly
from cablespan.learning.evaluation.counts import NOTHING, Annotations, Judged, best_overlap

RESAMPLES, SEED = 1000, 0
BINS = 10
Counts = Mapping[tuple[str, ...], numpy.ndarray]


def ratio(part: numpy.ndarray, whole: numpy.ndarray) -> numpy.ndarray:
    """`part / whole`, not a number where there is nothing.

    >>> ratio(numpy.array([1, 0]), numpy.array([2, 0]))
    array([0.5, nan])
    """
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(whole > 0, part / whole, numpy.nan)


def f1(right: numpy.ndarray, gold: numpy.ndarray, guesses: numpy.ndarray) -> numpy.ndarray:
    """The harmonic mean of `right / guesses` and `right / gold`; not a number where there is
    neither gold nor guess.

    >>> f1(numpy.array([3]), numpy.array([4]), numpy.array([5]))
    array([0.66666667])
    """
    return ratio(2 * right, gold + guesses)


def resampled(
    paragraphs: Iterable[Judged], resamples: int, seed: int
) -> dict[tuple[str, ...], numpy.ndarray]:
    """Counts of all documents, then of `resamples` drawings of as many documents with replacement
    (Efron 1979)."""
    documents: dict[str, Counter[tuple[str, ...]]] = {}
    for paragraph in paragraphs:
        documents.setdefault(paragraph.document, Counter()).update(paragraph.counts())
    size = len(documents)
    drawn = (
        numpy.random.default_rng(seed).multinomial(size, [1 / size] * size, size=resamples)
        if size
        else numpy.zeros((resamples, 0))
    )
    weights = numpy.vstack([numpy.ones((1, size)), drawn])
    keys = sorted({key for counts in documents.values() for key in counts})
    table = numpy.array(
        [[counts[key] for key in keys] for counts in documents.values()], dtype="float64"
    ).reshape(size, len(keys))
    return dict(zip(keys, (weights @ table).T, strict=True))


class Measure:
    """The scores of one selection of paragraphs."""

    def __init__(
        self, paragraphs: Sequence[Judged], *, resamples: int = RESAMPLES, seed: int = SEED
    ):
        self.counts = resampled(paragraphs, resamples, seed)
        self.zero = numpy.zeros(resamples + 1)

    def count(self, *key: str) -> numpy.ndarray:
        """A count of all documents, and of each resample: `(resamples + 1,)`."""
        return self.counts.get(key, self.zero)

    def support(self, *key: str) -> int:
        """A count of all documents."""
        return int(self.count(*key)[0])

    def sum(self, counts: Iterable[numpy.ndarray]) -> numpy.ndarray:
        """Several counts together; zeros of the right shape where there are none."""
        return sum(counts, start=self.zero)

    def entities(self) -> dict[str, Any] | None:
        """Precision, recall and F1 of exact spans: in all (micro), the mean of the labels' F1
        (macro), and by label."""
        labels = in_order(label for layer, *_, label in self.counts if layer == "entities")
        if not labels:
            return None
        by_label = {label: self._spans([label]) for label in labels}
        marked = [label for label in labels if self.support("entities", "gold", label)]
        f1s = [
            f1(*(self.count("entities", kind, label) for kind in ("right", "gold", "guesses")))
            for label in marked
        ]
        macro = {"f1": interval(mean(f1s))} if marked else {"f1": None}
        return {"micro": self._spans(labels), "macro": macro, "labels": by_label}

    def _spans(self, labels: Sequence[str]) -> dict[str, Any]:
        right, gold, guesses = (
            self.sum(self.count("entities", kind, label) for label in labels)
            for kind in ("right", "gold", "guesses")
        )
        return {**prf(right, gold, guesses), "support": int(gold[0])}

    def statements(self) -> dict[str, Any] | None:
        """Accuracy, macro F1 over the labels that occur, both by label, and the confusion."""
        pairs = [key[1:] for key in self.counts if key[0] == "statements"]
        labels = in_order(label for pair in pairs for label in pair if label != NOTHING)
        total = self.sum(self.count("statements", *pair) for pair in pairs)
        if not total[0]:
            return None
        right = {label: self.count("statements", label, label) for label in labels}
        by_label, f1s = {}, []
        for label in labels:
            gold, guesses = self._margins(label, [*labels, NOTHING])
            if gold[0] or guesses[0]:
                by_label[label] = {**prf(right[label], gold, guesses), "support": int(gold[0])}
                f1s.append(f1(right[label], gold, guesses))
        return {
            "accuracy": interval(ratio(self.sum(right.values()), total)),
            "macro_f1": interval(mean(f1s)),
            "support": int(total[0]),
            "labels": by_label,
            "confusion": self._confusion(list(by_label)),
        }

    def _margins(self, label: str, names: Sequence[str]) -> tuple[numpy.ndarray, numpy.ndarray]:
        """How many sentences have the label in the gold, and how many by the guesses."""
        gold = self.sum(self.count("statements", label, guess) for guess in names)
        guesses = self.sum(self.count("statements", other, label) for other in names)
        return gold, guesses

    def _confusion(self, labels: Sequence[str]) -> dict[str, Any]:
        """Sentences with gold labels in rows, guesses in columns; NOTHING only where it occurs."""
        unmet = any(self.support("statements", label, NOTHING) for label in labels)
        columns = [*labels, NOTHING] if unmet else list(labels)
        counts = [[self.support("statements", gold, guess) for guess in columns] for gold in labels]
        return {"rows": list(labels), "columns": columns, "counts": counts}

    def claims(self) -> dict[str, Any] | None:
        """Precision, recall and F1 of claims by content (overlap), by exact content, and as whole
        triples; of the matched, each role."""
        gold, guesses, matched = (
            self.count("claims", kind) for kind in ("gold", "guesses", "matched")
        )
        if not gold[0] and not guesses[0]:
            return None
        roles = {
            role: {
                how: interval(ratio(self.count("claims", role, how), matched))
                for how in ("exact", "overlap")
            }
            for role in ROLES
        }
        return {
            "overlap": {**prf(matched, gold, guesses), "support": int(gold[0])},
            "exact": prf(self.count("claims", "content", "exact"), gold, guesses),
            "whole": prf(self.count("claims", "whole"), gold, guesses),
            "matched": int(matched[0]),
            "roles": roles,
        }

    def layers(self) -> dict[str, Any]:
        """All scores by layer; None for a layer that nobody annotated."""
        return {
            "entities": self.entities(),
            "statements": self.statements(),
            "claims": self.claims(),
        }

    def headline(self) -> dict[str, Any]:
        """The few scores that slices are compared by."""
        entities, statements, claims = self.entities(), self.statements(), self.claims()
        return {
            "entities": entities and entities["micro"]["f1"],
            "accuracy": statements and statements["accuracy"],
            "macro_f1": statements and statements["macro_f1"],
            "claims": claims and claims["overlap"]["f1"],
        }


def mean(values: Sequence[numpy.ndarray]) -> numpy.ndarray:
    """The mean of those values that are numbers, in each resample: (resamples,), as each value."""
    known = numpy.array(values)
    counts = (~numpy.isnan(known)).sum(axis=0)
    return ratio(numpy.nansum(known, axis=0), counts)


def interval(values: numpy.ndarray) -> dict[str, float] | None:
    """The score, and the 2.5th and 97.5th percentile of the resamples; None where it is no
    number.

    >>> interval(numpy.array([0.5, 0.4, 0.6]))
    {'value': 0.5, 'low': 0.405, 'high': 0.595}
    """
    if numpy.isnan(values[0]):
        return None
    low, high = (
        numpy.nanpercentile(values[1:], [2.5, 97.5]) if len(values) > 1 else (values[0], values[0])
    )
    return {
        "value": round(float(values[0]), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


def prf(right: numpy.ndarray, gold: numpy.ndarray, guesses: numpy.ndarray) -> dict[str, Any]:
    """Precision, recall, F1 with their intervals."""
    scores = {
        "precision": ratio(right, guesses),
        "recall": ratio(right, gold),
        "f1": f1(right, gold, guesses),
    }
    return {name: interval(values) for name, values in scores.items()}


Scored = Iterator[tuple[float | None, bool]]


def _scored_entities(gold: Annotations, guesses: Annotations) -> Scored:
    right = {j for _, j in match_exactly(gold, guesses)}
    return ((guess.get("score"), j in right) for j, guess in enumerate(guesses))


def _scored_statements(gold: Annotations, guesses: Annotations) -> Scored:
    """A guess that meets no sentence of the gold is neither right nor wrong."""
    for guess in guesses:
        truth = best_overlap(guess, gold)
        if truth is not None:
            yield guess.get("score"), truth["label"] == guess["label"]


_SCORED = {"entities": _scored_entities, "statements": _scored_statements}


def certain(paragraphs: Iterable[Judged], layer: str) -> list[tuple[float, bool]]:
    """The score of each guess of a layer ("entities", "statements"), and whether it was right."""
    scored = (
        _SCORED[layer](paragraph.gold[layer], paragraph.guesses[layer])
        for paragraph in paragraphs
        if layer in paragraph.gold
    )
    return [(score, right) for score, right in chain.from_iterable(scored) if score is not None]


def calibration(pairs: Sequence[tuple[float, bool]], bins: int = BINS) -> dict[str, Any] | None:
    """Expected calibration error (Guo et al. 2017) over bins of equal width, and what each bin
    holds.

    >>> calibration([(0.9, True), (0.9, False)], bins=2)["expected_error"]
    0.4
    """
    if not pairs:
        return None
    rows = []
    for number in range(bins):
        inside = [pair for pair in pairs if number == min(int(pair[0] * bins), bins - 1)]
        if inside:
            rows.append(
                {
                    "from": round(number / bins, 2),
                    "to": round((number + 1) / bins, 2),
                    "guesses": len(inside),
                    "score": round(sum(score for score, _ in inside) / len(inside), 4),
                    "right": round(sum(right for _, right in inside) / len(inside), 4),
                }
            )
    error = sum(row["guesses"] * abs(row["score"] - row["right"]) for row in rows) / len(pairs)
    return {"expected_error": round(error, 4), "guesses": len(pairs), "bins": rows}
