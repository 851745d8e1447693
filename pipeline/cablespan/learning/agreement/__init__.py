"""Agreement between annotators: span F1 by label, kappa and alpha, confusion of statements, claims
by their parts.

Two annotators are compared on the paragraphs and layers that both annotated. F1 is symmetric: it
does not matter who is the reference.
"""

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from cablespan.document import character_span
from cablespan.formats.tasks import tokenize
from cablespan.formats.tasks.claims import plain_parts
from cablespan.labels import LAYERS, ROLES, Scheme, in_order
from cablespan.learning.agreement.matching import (
    match,
    match_claims,
    match_exactly,
    match_overlapping,
    overlaps_by_half,
    same_part,
    unmatched,
)
from cablespan.learning.agreement.versions import Layers, Unit, Versions, read_versions

__all__ = ["agree", "agreement", "read_versions"]
Values = Sequence[Sequence[str | None]]


def f1(matched: int, one: int, other: int) -> float | None:
    """F1 of `matched` pairs among `one` and `other` annotations; None where nobody marked anything.

    >>> f1(3, 4, 5)
    0.6667
    """
    return round(2 * matched / (one + other), 4) if one + other else None


def kappa(ones: Sequence[str], others: Sequence[str]) -> float | None:
    """Cohen's kappa (scikit-learn); None where there is no choice to agree on."""
    from sklearn.metrics import cohen_kappa_score

    if len(set(ones) | set(others)) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return round(float(cohen_kappa_score(ones, others)), 4)


def alpha(values: Values) -> float | None:
    """Krippendorff's alpha, nominal, of one row an annotator and one column a unit, None where an
    annotator did not see it."""
    import krippendorff
    import numpy

    known = sorted({value for row in values for value in row if value is not None})
    if len(known) < 2 or len(values) < 2:
        return None
    numbers = {value: float(number) for number, value in enumerate(known)} | {None: numpy.nan}
    table = numpy.array([[numbers[value] for value in row] for row in values])
    paired = (~numpy.isnan(table)).sum(axis=0) > 1
    if len(set(table[:, paired][~numpy.isnan(table[:, paired])])) < 2:
        return None
    return round(
        float(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")), 4
    )


def agreement(versions: Versions) -> dict[str, Any]:
    """The whole comparison as plain data: each pair of annotators, alpha over all of them, and
    where they disagree."""
    return {
        "annotators": {
            name: {
                "paragraphs": len(units),
                **{
                    layer: sum(len(said.get(layer, ())) for said in units.values())
                    for layer in LAYERS
                },
            }
            for name, units in versions.of.items()
        },
        "pairs": [
            _pair(versions, one, other) for one, other in combinations(versions.annotators(), 2)
        ],
        "alpha": {
            "entities": alpha(_table(versions, "entities", _token_labels)),
            "statements": alpha(_table(versions, "statements", _sentence_labels)),
        },
    }


def _pair(versions: Versions, one: str, other: str) -> dict[str, Any]:
    both = [
        (unit, said[one], said[other])
        for unit, said in versions.units([one, other])
        if len(said) == 2
    ]

    def shared(layer: str) -> list[tuple[Unit, list, list]]:
        return [(unit, a[layer], b[layer]) for unit, a, b in both if layer in a and layer in b]

    return {
        "annotators": [one, other],
        "paragraphs": len(both),
        "entities": entity_agreement(shared("entities")),
        "statements": statement_agreement(shared("statements")),
        "claims": claim_agreement(shared("claims")),
        "disagreements": list(disagreements(both)),
    }


def entity_agreement(paragraphs: Iterable[tuple[Unit, list, list]]) -> dict[str, Any]:
    """F1 exact and by overlap, in all and by label; kappa over the tokens (most of which nobody
    marks)."""
    counts: dict[str, Counter[str]] = {
        kind: Counter() for kind in ("exact", "overlap", "one", "other")
    }
    ones: list[str] = []
    others: list[str] = []
    for unit, a, b in paragraphs:
        counts["exact"].update(a[i]["label"] for i, _ in match_exactly(a, b))
        counts["overlap"].update(a[i]["label"] for i, _ in match_overlapping(a, b))
        counts["one"].update(entity["label"] for entity in a)
        counts["other"].update(entity["label"] for entity in b)
        ones += _token_labels(unit, a).values()
        others += _token_labels(unit, b).values()
    labels = in_order([*counts["one"], *counts["other"]])

    def scores(chosen: Sequence[str]) -> dict[str, Any]:
        exact, overlapping, one, other = (
            sum(counts[kind][label] for label in chosen) for kind in counts
        )
        return {
            "exact_f1": f1(exact, one, other),
            "overlap_f1": f1(overlapping, one, other),
            "marked": [one, other],
        }

    return {
        **scores(labels),
        "token_kappa": kappa(ones, others),
        "labels": {label: scores([label]) for label in labels},
    }


def statement_agreement(paragraphs: Iterable[tuple[Unit, list, list]]) -> dict[str, Any]:
    """Accuracy, kappa, F1 by label and the confusion, over the sentences that both have.

    Sentences are the same that share at least half of the longer one.
    """
    sentences: list[tuple[str, str]] = []
    unmatched = [0, 0]
    for _, a, b in paragraphs:
        pairs = match(a, b, overlaps_by_half)
        sentences += ((a[i]["label"], b[j]["label"]) for i, j in pairs)
        unmatched[0] += len(a) - len(pairs)
        unmatched[1] += len(b) - len(pairs)
    ones, others = [one for one, _ in sentences], [other for _, other in sentences]
    labels, confusion = in_order([*ones, *others]), Counter(sentences)
    by_label = {
        label: f1(confusion[label, label], ones.count(label), others.count(label))
        for label in labels
    }
    same = sum(one == other for one, other in sentences)
    return {
        "sentences": len(sentences),
        "unmatched": unmatched,
        "accuracy": round(same / len(sentences), 4) if sentences else None,
        "kappa": kappa(ones, others),
        "macro_f1": _mean(by_label.values()),
        "labels": by_label,
        "confusion": {
            "labels": labels,
            "rows": [[confusion[one, other] for other in labels] for one in labels],
        },
    }


def _mean(scores: Iterable[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return round(sum(known) / len(known), 4) if known else None


def claim_agreement(paragraphs: Iterable[tuple[Unit, list, list]]) -> dict[str, Any]:
    """F1 of the claims by content; of those that match, the shares with the same source, cue, exact
    content, and all three."""
    marked, matched = [0, 0], 0
    same: Counter[str] = Counter()
    for _, a, b in paragraphs:
        pairs = [(a[i], b[j]) for i, j in match_claims(a, b)]
        marked[0] += len(a)
        marked[1] += len(b)
        matched += len(pairs)
        for one, other in pairs:
            parts = {role: same_part(one, other, role) for role in ROLES}
            same.update(role for role, equal in parts.items() if equal)
            same["whole"] += all(parts.values())
    shares = {
        role: round(same[role] / matched, 4) if matched else None for role in (*ROLES, "whole")
    }
    return {"f1": f1(matched, *marked), "matched": matched, "marked": marked, **shares}


def _token_labels(unit: Unit, entities: Iterable[Mapping[str, Any]]) -> dict[Any, str]:
    """The label of each token, "O" outside."""
    doc = tokenize(unit.text)
    labels = dict.fromkeys(range(len(doc)), "O")
    for entity in entities:
        span = character_span(doc, entity["start"], entity["end"], entity["label"])
        labels.update(dict.fromkeys(range(span.start, span.end), entity["label"]))
    return labels


def _sentence_labels(_unit: Unit, statements: Iterable[Mapping[str, Any]]) -> dict[Any, str]:
    return {(statement["start"], statement["end"]): statement["label"] for statement in statements}


def _table(versions: Versions, layer: str, labels) -> Values:
    """A row an annotator: the label that each unit has, None where the annotator has not got it."""
    rows: list[list[str | None]] = [[] for _ in versions.of]
    for unit, said in versions.units():
        by_annotator = [
            labels(unit, said[name][layer]) if layer in said.get(name, {}) else {}
            for name in versions.of
        ]
        for place in sorted({place for row in by_annotator for place in row}):
            for row, values in zip(rows, by_annotator, strict=True):
                row.append(values.get(place))
    return rows


def disagreements(paragraphs: Iterable[tuple[Unit, Layers, Layers]]) -> Iterator[dict[str, Any]]:
    """Each paragraph and layer in which two differ, with what either has and the other has not."""
    for unit, a, b in paragraphs:
        for layer in LAYERS:
            if layer not in a or layer not in b:
                continue
            pairs = match(a[layer], b[layer], identical, lambda one, other: 0)
            only = [[*map(plain, side)] for side in unmatched(a[layer], b[layer], pairs)]
            if any(only):
                yield {"paragraph": unit.paragraph, "layer": layer, "text": unit.text, "only": only}


def identical(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two annotations of one layer mark the same, scores and links aside."""
    return plain(one) == plain(other)


def plain(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """Offsets and labels only.

    >>> plain({"paragraph": "A/1", "start": 0, "end": 4, "label": "PLACE", "score": 0.9})
    {'start': 0, 'end': 4, 'label': 'PLACE'}
    """
    if "content" in annotation:
        return plain_parts(annotation)
    return {key: annotation[key] for key in ("start", "end", "label")}


def agree(paths: Sequence[Path], *, scheme: Scheme | None = None) -> dict[str, Any]:
    """The comparison of the annotators in some files; see `read_versions`.

    Raises ValueError where there are not two annotators of one paragraph.
    """
    versions = read_versions(paths, scheme)
    names = versions.annotators()
    if len(names) < 2:
        raise ValueError(
            f"one annotator only ({', '.join(names) or 'none'}): "
            "give the answers of two or more, by file or by _annotator_id"
        )
    result = agreement(versions)
    if not any(pair["paragraphs"] for pair in result["pairs"]):
        raise ValueError(
            f"{', '.join(names)} have no paragraph in common: "
            "paragraphs are the same by id and text"
        )
    return result
