"""Scores as text."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

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


def figure(score: Score) -> str:
    """Three decimals; a dash where there is nothing to measure."""
    return "-" if score is None else f"{score['value']:.3f}"


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
    for layer in ("entities", "statements", "claims"):
        if result[layer] is None:
            continue
        title = layer.capitalize()
        if layer == "statements":
            title += f": accuracy {with_interval(result[layer]['accuracy'])}"
        table = _table(title, "", "precision", "recall", "F1 (95 % interval)", "support")
        for name, scores in rows(result, layer):
            support = str(scores.get("support", ""))
            table.add_row(
                name,
                figure(scores["precision"]),
                figure(scores["recall"]),
                with_interval(scores["f1"]),
                support,
            )
        yield table
    if result["claims"]:
        table = _table(
            f"Roles of the {result['claims']['matched']} claims that match",
            "role",
            "exact",
            "by half",
        )
        for role, scores in result["claims"]["roles"].items():
            table.add_row(role, with_interval(scores["exact"]), with_interval(scores["overlap"]))
        yield table
    if result["statements"]:
        confusion = result["statements"]["confusion"]
        table = _table("Statements: gold in rows, guesses in columns", "", *confusion["columns"])
        for label, counts in zip(confusion["rows"], confusion["counts"], strict=True):
            table.add_row(label, *(str(count or "") for count in counts))
        yield table
    table = _table("Slices", "", "paragraphs", *HEADLINE.values())
    for name, values in result["slices"].items():
        for value, scores in values.items():
            table.add_row(
                f"{name}: {value}",
                str(scores["paragraphs"]),
                *(figure(scores[key]) for key in HEADLINE),
            )
    yield table
    table = _table(
        "Calibration: are scores the share that is right?", "", "guesses", "expected error"
    )
    for layer, found in result["calibration"].items():
        if found:
            table.add_row(layer, str(found["guesses"]), f"{found['expected_error']:.3f}")
    yield table


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table


def markdown(result: Mapping[str, Any]) -> str:
    """The scores as Markdown tables, for model cards."""
    parts = []
    for layer in ("entities", "statements", "claims"):
        if result[layer] is None:
            continue
        lines = [
            f"| {layer} | precision | recall | F1 (95 % interval) | support |",
            "| --- | --- | --- | --- | --- |",
        ]
        for name, scores in rows(result, layer):
            cells = (
                name,
                figure(scores["precision"]),
                figure(scores["recall"]),
                with_interval(scores["f1"]),
                scores.get("support", ""),
            )
            lines.append(f"| {' | '.join(map(str, cells))} |")
        if layer == "statements":
            lines.append(
                f"| accuracy | | | {with_interval(result[layer]['accuracy'])} | {result[layer]['support']} |"
            )
        if layer == "claims":
            for role, scores in result[layer]["roles"].items():
                lines.append(
                    f"| {role} right, of {result[layer]['matched']} that match | | | {with_interval(scores['exact'])} | |"
                )
        parts.append("\n".join(lines))
    slices = [
        f"| slice | paragraphs | {' | '.join(HEADLINE.values())} |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, values in result["slices"].items():
        for value, scores in values.items():
            cells = (
                f"{name}: {value}",
                scores["paragraphs"],
                *(figure(scores[key]) for key in HEADLINE),
            )
            slices.append(f"| {' | '.join(map(str, cells))} |")
    return "\n\n".join([*parts, "\n".join(slices)])
