"""The evaluation as one self-contained HTML page: bars with intervals, confusion, calibration,
mistakes in context."""

from collections.abc import Mapping
from typing import Any

from cablespan.learning.agreement.page import pieces
from cablespan.learning.evaluation.table import HEADLINE, rows, with_interval, without_interval
from cablespan.learning.pages import render

# Paragraphs with mistakes that the page shows; the JSON has all.
SHOWN = 150


def page(result: Mapping[str, Any]) -> str:
    """HTML of `evaluate`'s result; text from cables is escaped."""
    errors = result["errors"]
    return render(
        __package__,
        {"figure": without_interval, "interval": with_interval, "percent": "{:.1%}".format},
        result=result,
        shown=errors[:SHOWN],
        total=len(errors),
        rows=rows,
        marked=marked,
        headline=HEADLINE,
    )


def marked(entry: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The paragraph's text in pieces, each with the numbers of the mistakes that lie on it, whole
    sentences left unmarked.

    >>> marked({"text": "Rusk came.", "errors": [{"layer": "entities", "start": 0, "end": 4}]})
    [('Rusk', ['1']), (' came.', [])]
    """
    spans = [
        {"start": error["start"], "end": error["end"], "label": str(number)}
        for number, error in enumerate(entry["errors"], 1)
        if error["layer"] == "entities"
    ]
    return pieces(entry["text"], spans)
