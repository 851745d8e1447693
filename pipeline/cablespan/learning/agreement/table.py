"""The comparison as tables for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table


def figure(value: float | None) -> str:
    """Three decimals; a dash where there is nothing to measure."""
    return "-" if value is None else f"{value:.3f}"


def tables(result: Mapping[str, Any]) -> Iterator[Table]:
    """One table of the annotators' pairs, then for each pair entities by label and the confusion of statements."""
    overview = Table(title="Agreement", title_justify="left")
    overview.add_column("")
    for pair in result["pairs"]:
        overview.add_column(" / ".join(pair["annotators"]), justify="right")
    overview.add_row("paragraphs of both", *(str(pair["paragraphs"]) for pair in result["pairs"]))
    for name, layer, key in FIGURES:
        overview.add_row(name, *(figure(pair[layer][key]) for pair in result["pairs"]))
    for layer in ("entities", "statements"):
        overview.add_row(
            f"{layer}: Krippendorff's alpha, all annotators",
            figure(result["alpha"][layer]),
            style="bold",
        )
    yield overview
    for pair in result["pairs"]:
        one, other = pair["annotators"]
        labels = Table(
            "label",
            "exact F1",
            "overlap F1",
            one,
            other,
            title=f"Entities: {one} / {other}",
            title_justify="left",
        )
        for label, scores in pair["entities"]["labels"].items():
            labels.add_row(
                label,
                figure(scores["exact_f1"]),
                figure(scores["overlap_f1"]),
                *map(str, scores["marked"]),
            )
        yield labels
        confusion = pair["statements"]["confusion"]
        matrix = Table(title=f"Statements: rows {one}, columns {other}", title_justify="left")
        matrix.add_column("", no_wrap=True)
        for name in (*confusion["labels"], "F1"):
            matrix.add_column(name, justify="right", overflow="fold")
        for label, row in zip(confusion["labels"], confusion["rows"], strict=True):
            matrix.add_row(
                label,
                *(str(count) if count else "" for count in row),
                figure(pair["statements"]["labels"][label]),
            )
        yield matrix


FIGURES = (
    ("entities: F1, exact", "entities", "exact_f1"),
    ("entities: F1, overlap", "entities", "overlap_f1"),
    ("entities: Cohen's kappa over tokens", "entities", "token_kappa"),
    ("statements: accuracy", "statements", "accuracy"),
    ("statements: Cohen's kappa", "statements", "kappa"),
    ("statements: macro F1", "statements", "macro_f1"),
    ("claims: F1 (content overlaps by half)", "claims", "f1"),
    ("claims: same source", "claims", "source"),
    ("claims: same cue", "claims", "cue"),
    ("claims: whole triple the same", "claims", "whole"),
)
