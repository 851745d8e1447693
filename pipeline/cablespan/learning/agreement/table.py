"""The comparison as tables for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from cablespan.learning.tables import confusion_table, figure, table


def tables(result: Mapping[str, Any]) -> Iterator[Table]:
    """One table of the annotators' pairs, then for each pair entities by label and the confusion of
    statements."""
    yield _overview(result)
    for pair in result["pairs"]:
        yield _entities_by_label(pair)
        yield _confusion(pair)


def _overview(result: Mapping[str, Any]) -> Table:
    pairs = result["pairs"]
    rows = [("paragraphs of both", *(str(pair["paragraphs"]) for pair in pairs))]
    for name, layer, key in FIGURES:
        rows.append((name, *(figure(pair[layer][key]) for pair in pairs)))
    for layer, alpha in result["alpha"].items():
        rows.append((f"{layer}: Krippendorff's alpha, all annotators", figure(alpha)))
    return table("Agreement", ("", *(" / ".join(pair["annotators"]) for pair in pairs)), rows)


def _entities_by_label(pair: Mapping[str, Any]) -> Table:
    one, other = pair["annotators"]
    rows = (
        (
            label,
            figure(scores["exact_f1"]),
            figure(scores["overlap_f1"]),
            *map(str, scores["marked"]),
        )
        for label, scores in pair["entities"]["labels"].items()
    )
    columns = ("label", "exact F1", "overlap F1", one, other)
    return table(f"Entities: {one} / {other}", columns, rows)


def _confusion(pair: Mapping[str, Any]) -> Table:
    one, other = pair["annotators"]
    statements = pair["statements"]
    labels = statements["confusion"]["labels"]
    rows = dict(zip(labels, statements["confusion"]["rows"], strict=True))
    f1 = {label: figure(value) for label, value in statements["labels"].items()}
    return confusion_table(f"Statements: rows {one}, columns {other}", labels, rows, f1)


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
