"""The comparison as tables for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table


def figure(value: float | None) -> str:
    """Three decimals; a dash where there is nothing to measure."""
    return "-" if value is None else f"{value:.3f}"


def tables(result: Mapping[str, Any]) -> Iterator[Table]:
    """One table of the annotators' pairs, then for each pair entities by label and the confusion of
    statements."""
    yield _overview(result)
    for pair in result["pairs"]:
        yield _entities_by_label(pair)
        yield _confusion(pair)


def _overview(result: Mapping[str, Any]) -> Table:
    table = Table(title="Agreement", title_justify="left")
    table.add_column("")
    for pair in result["pairs"]:
        table.add_column(" / ".join(pair["annotators"]), justify="right")
    table.add_row("paragraphs of both", *(str(pair["paragraphs"]) for pair in result["pairs"]))
    for name, layer, key in FIGURES:
        table.add_row(name, *(figure(pair[layer][key]) for pair in result["pairs"]))
    for layer in ("entities", "statements"):
        name = f"{layer}: Krippendorff's alpha, all annotators"
        table.add_row(name, figure(result["alpha"][layer]), style="bold")
    return table


def _entities_by_label(pair: Mapping[str, Any]) -> Table:
    one, other = pair["annotators"]
    title = f"Entities: {one} / {other}"
    table = Table("label", "exact F1", "overlap F1", one, other, title=title, title_justify="left")
    for label, scores in pair["entities"]["labels"].items():
        figures = figure(scores["exact_f1"]), figure(scores["overlap_f1"])
        table.add_row(label, *figures, *map(str, scores["marked"]))
    return table


def _confusion(pair: Mapping[str, Any]) -> Table:
    one, other = pair["annotators"]
    confusion, f1s = pair["statements"]["confusion"], pair["statements"]["labels"]
    table = Table(title=f"Statements: rows {one}, columns {other}", title_justify="left")
    table.add_column("", no_wrap=True)
    for name in (*confusion["labels"], "F1"):
        table.add_column(name, justify="right", overflow="fold")
    for label, row in zip(confusion["labels"], confusion["rows"], strict=True):
        table.add_row(label, *(str(count or "") for count in row), figure(f1s[label]))
    return table


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
