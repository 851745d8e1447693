"""Scores as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from cablespan.labels import LAYERS
from cablespan.learning.tables import confusion_table, figure, table

Score = Mapping[str, float] | None
HEADLINE = {
    "entities": "entities F1",
    "accuracy": "statements accuracy",
    "macro_f1": "statements macro F1",
    "claims": "claims F1",
}
CLAIM_KINDS = {
    "overlap": "content by half",
    "exact": "content exact",
    "whole": "whole triple exact",
}


def without_interval(score: Score) -> str:
    """The score alone.

    >>> without_interval({"value": 0.84, "low": 0.81, "high": 0.87})
    '0.840'
    """
    return figure(None if score is None else score["value"])


def with_interval(score: Score) -> str:
    """The score and its interval.

    >>> with_interval({"value": 0.84, "low": 0.81, "high": 0.87})
    '0.840 (0.810-0.870)'
    """
    return (
        "-" if score is None else f"{score['value']:.3f} ({score['low']:.3f}-{score['high']:.3f})"
    )


def rows(result: Mapping[str, Any], layer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What has precision, recall and F1 in a layer: names with their scores."""
    scores = result[layer]
    if layer == "claims":
        yield from ((name, scores[kind]) for kind, name in CLAIM_KINDS.items())
        return
    yield from scores["labels"].items()
    if layer == "entities":
        yield "all (micro)", scores["micro"]
        yield "mean of labels (macro)", {"precision": None, "recall": None, **scores["macro"]}
    else:
        yield (
            "mean of labels (macro)",
            {"precision": None, "recall": None, "f1": scores["macro_f1"]},
        )


def tables(result: Mapping[str, Any]) -> Iterator[Table]:
    """A table for each layer, the confusion of statements, slices, and calibration."""
    yield from (_layer_table(result, layer) for layer in LAYERS if result[layer])
    if result["claims"]:
        yield _role_table(result["claims"])
    if result["statements"]:
        confusion = result["statements"]["confusion"]
        counts = dict(zip(confusion["rows"], confusion["counts"], strict=True))
        title = "Statements: gold in rows, guesses in columns"
        yield confusion_table(title, confusion["columns"], counts)
    yield _slice_table(result["slices"])
    for layer, bins in result["calibration"].items():
        if bins:
            title = f"Scores of {layer}: expected calibration error {bins['expected_error']:.3f}"
            yield table(title, RELIABILITY, reliability(bins))


def _layer_table(result: Mapping[str, Any], layer: str) -> Table:
    title = layer.capitalize()
    if layer == "statements":
        title += f": accuracy {with_interval(result[layer]['accuracy'])}"
    columns = ("", "precision", "recall", "F1 (95 % interval)", "support")
    return table(title, columns, (_scores_row(*named) for named in rows(result, layer)))


def _scores_row(name: str, scores: Mapping[str, Any]) -> tuple[str, ...]:
    """Name, precision, recall, F1 with its interval, support."""
    alone = (without_interval(scores[key]) for key in ("precision", "recall"))
    return name, *alone, with_interval(scores["f1"]), str(scores.get("support", ""))


def _role_table(claims: Mapping[str, Any]) -> Table:
    scored = (
        (role, with_interval(scores["exact"]), with_interval(scores["overlap"]))
        for role, scores in claims["roles"].items()
    )
    title = f"Roles of the {claims['matched']} claims that match"
    return table(title, ("role", "exact", "by half"), scored)


def _slice_table(slices: Mapping[str, Any]) -> Table:
    title = "Slices of n paragraphs; accuracy and macro F1 are of statements"
    # Short enough for a terminal of 80 columns.
    columns = ("", "n", "entities F1", "accuracy", "macro F1", "claims F1")
    return table(title, columns, _slice_rows(slices))


def _slice_rows(slices: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, values in slices.items():
        for value, scores in values.items():
            figures = (without_interval(scores[key]) for key in HEADLINE)
            yield f"{name}: {value}", str(scores["paragraphs"]), *figures


RELIABILITY = ("score", "guesses", "mean score", "right")


def reliability(calibration: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """A row for each bin of scores, under RELIABILITY: a score means what it says where the last
    two are alike.

    >>> bins = [{"from": 0.9, "to": 1.0, "guesses": 8, "score": 0.95, "right": 0.875}]
    >>> list(reliability({"bins": bins}))
    [('0.9 to 1.0', '8', '0.95', '0.88')]
    """
    for row in calibration["bins"]:
        scores = f"{row['from']:.1f} to {row['to']:.1f}"
        yield scores, str(row["guesses"]), f"{row['score']:.2f}", f"{row['right']:.2f}"


def markdown(result: Mapping[str, Any]) -> str:
    """The scores as Markdown tables, for model cards."""
    parts = [_layer_in_markdown(result, layer) for layer in LAYERS if result[layer]]
    columns = ("slice", "paragraphs", *HEADLINE.values())
    parts.append(_in_markdown(columns, _slice_rows(result["slices"])))
    for layer, bins in result["calibration"].items():
        if bins:
            told = f"Scores of {layer}: expected calibration error {bins['expected_error']:.3f}."
            parts += [told, _in_markdown(RELIABILITY, reliability(bins))]
    return "\n\n".join(parts)


def _layer_in_markdown(result: Mapping[str, Any], layer: str) -> str:
    lines: list[tuple[Any, ...]] = [_scores_row(*named) for named in rows(result, layer)]
    if layer == "statements":
        accuracy = with_interval(result[layer]["accuracy"])
        lines.append(("accuracy", "", "", accuracy, result[layer]["support"]))
    if layer == "claims":
        for role, scores in result[layer]["roles"].items():
            name = f"{role} right, of {result[layer]['matched']} that match"
            lines.append((name, "", "", with_interval(scores["exact"]), ""))
    return _in_markdown((layer, "precision", "recall", "F1 (95 % interval)", "support"), lines)


def _in_markdown(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
