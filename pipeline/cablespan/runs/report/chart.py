"""What all charts of a report share: Vega-Lite specifications by Altair, drawn in the browser in
the page's own colours.

Colours of ink, paper and lines are CSS custom properties of the page, so that charts follow it into
dark mode.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import vl_convert

INK, MUTED, ACCENT, LINE = "var(--ink)", "var(--muted)", "var(--accent)", "var(--line)"
CARD, LAND = "var(--card)", "var(--land)"
WIDTH, WIDE = 468, 1000  # of a card's inside, on a wide screen
THEME = {
    "font": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelLimit": 190,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "symbolType": "square",
    },
    "header": {"labelColor": INK, "labelFontSize": 12, "titleColor": MUTED},
}
NAMES = alt.Axis(ticks=False, domain=False, labelPadding=8)  # of rows that bear names
YEARS = alt.Axis(labelAngle=0, labelOverlap=True)
COUNT = ","  # d3 formats
SHORT = "~s"


@dataclass(frozen=True)
class Chart:
    """A specification, and what it shows in words, for those who cannot see it."""

    spec: dict[str, Any]
    words: str


@cache
def script() -> str:
    """Vega, Vega-Lite and Vega-Embed in one piece of JavaScript, which sets `window.draw(element,
    spec)`.
    """
    return vl_convert.javascript_bundle(
        "window.draw = (element, spec) =>"
        ' vegaEmbed(element, spec, {actions: false, renderer: "svg"});'
    )


def chart(drawn: Any, words: str) -> Chart:
    """An Altair chart in the theme, with what it shows in words."""
    if isinstance(drawn, alt.Chart):
        drawn = drawn.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    spec = drawn.configure(**THEME).to_dict()
    return Chart({**spec, "description": words}, words)


def data(rows: Sequence[Mapping[str, Any]]) -> alt.Data:
    """Rows that stand in the specification itself."""
    return alt.Data(values=rows)


def counted(field: str) -> alt.Tooltip:
    """The tooltip of a count."""
    return alt.Tooltip(f"{field}:Q", format=COUNT)


def colours(labels: Mapping[str, str]) -> alt.Scale:
    """The scale of labels by their colours."""
    return alt.Scale(domain=list(labels), range=list(labels.values()))
