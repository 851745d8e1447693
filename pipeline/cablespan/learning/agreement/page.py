"""The comparison as one self-contained HTML page: figures, confusion, and the disagreements side by
side."""

from collections.abc import Iterable, Mapping
from itertools import groupby, pairwise
from typing import Any

from cablespan.learning.agreement.table import FIGURES
from cablespan.learning.pages import render
from cablespan.learning.tables import figure


def page(result: Mapping[str, Any]) -> str:
    """HTML of `agree`'s result; text from cables is escaped."""
    pairs = [
        pair | {"paragraphs_in_dispute": _by_paragraph(pair["disagreements"])}
        for pair in result["pairs"]
    ]
    filters = {"figure": figure}
    return render(__package__, filters, result=result, pairs=pairs, figures=FIGURES, pieces=pieces)


def _by_paragraph(
    disagreements: Iterable[Mapping[str, Any]],
) -> list[tuple[str, str, list[Mapping[str, Any]]]]:
    groups = groupby(disagreements, key=lambda d: (d["paragraph"], d["text"]))
    return [(paragraph, text, list(differences)) for (paragraph, text), differences in groups]


def pieces(text: str, annotations: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The text cut at the borders of the annotations, each piece with the labels that lie on it.

    >>> pieces("Rusk came.", [{"start": 0, "end": 4, "label": "OFFICIAL"}])
    [('Rusk', ['OFFICIAL']), (' came.', [])]
    """
    spans = []
    for annotation in annotations:
        if "content" in annotation:
            spans += [
                (part["start"], part["end"], role.upper())
                for role, part in annotation.items()
                if part
            ]
        else:
            spans.append((annotation["start"], annotation["end"], annotation["label"]))
    borders = sorted(
        {0, len(text), *(border for start, end, _ in spans for border in (start, end))}
    )
    return [
        (text[start:end], [label for first, last, label in spans if first <= start and end <= last])
        for start, end in pairwise(borders)
    ]
