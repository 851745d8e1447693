"""What share of the annotations each label has, by year, origin or marking."""

from collections import Counter
from typing import Any

import altair as alt

from cablespan.labels import Scheme
from cablespan.runs.report.chart import (
    NAMES,
    WIDTH,
    YEARS,
    Chart,
    chart,
    colours,
    counted,
    data,
)
from cablespan.runs.report.findings import UNKNOWN, Findings

ROWS = 12  # origins or markings that are shown
SHARE = alt.Axis(format="%", tickCount=5)


def labels_by(findings: Findings, scheme: Scheme, layer: str, by: str) -> Chart | None:
    """Shares of the labels of a layer, one bar a year, origin or marking.

    None where there is one bar.
    """
    counts: Counter[Any] = getattr(findings, f"by_{by}")[layer]
    totals: Counter[Any] = Counter()
    for (value, _), count in counts.items():
        totals[value] += count
    values = _shown(totals, by)
    if len(values) < 2:
        return None
    known = {label.name: label.colour for label in getattr(scheme, layer)}
    rows = [
        {
            by: value,
            "label": label,
            "count": counts[value, label],
            "share": counts[value, label] / totals[value],
            "order": order,
        }
        for value in values
        for order, label in enumerate(known)
        if counts[value, label]
    ]
    bars = alt.Chart(data(rows), width=WIDTH).encode(
        color=alt.Color("label:N", title=None, scale=colours(known), legend=None),
        order="order:Q",
        tooltip=[f"{by}:N", "label:N", counted("count"), alt.Tooltip("share:Q", format=".1%")],
    )
    drawn = _upright(bars) if by == "year" and len(values) > 8 else _lying(bars, by, values)
    return chart(drawn, f"Shares of {layer} by {by}: {', '.join(map(str, values))}.")


def _shown(totals: Counter[Any], by: str) -> list[Any]:
    known = [value for value in totals if value not in (None, UNKNOWN)]
    if by == "year":
        return sorted(known)
    return sorted(known, key=lambda value: (-totals[value], value))[:ROWS]


def _upright(bars: alt.Chart) -> alt.Chart:
    share = alt.Y("count:Q", stack="normalize", title=None, axis=SHARE)
    return (
        bars.properties(height=260)
        .mark_bar(binSpacing=0)
        .encode(x=alt.X("year:O", title=None, axis=YEARS), y=share)
    )


def _lying(bars: alt.Chart, by: str, values: list[Any]) -> alt.Chart:
    share = alt.X("count:Q", stack="normalize", title=None, axis=SHARE)
    return (
        bars.properties(height=alt.Step(24))
        .mark_bar()
        .encode(y=alt.Y(f"{by}:N", sort=values, title=None, axis=NAMES), x=share)
    )
