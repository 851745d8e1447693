"""When cables were written, and when what they tell happened."""

from collections import Counter

import altair as alt

from cablespan.labels import Statement
from cablespan.runs.report.chart import (
    ACCENT,
    SHORT,
    WIDE,
    YEARS,
    Chart,
    chart,
    colours,
    counted,
    data,
)
from cablespan.runs.report.findings import EVENT_LABELS, Findings

MONTHS = 120  # on a line of time; longer ones are drawn by years


def cables_by_year(findings: Findings) -> Chart | None:
    """Bars of the cables of each year; none for a single year."""
    years = findings.years()
    if len(years) < 2:
        return None
    rows = [{"year": year, "cables": findings.cables_by_year[year]} for year in years]
    bars = (
        alt.Chart(data(rows), width=WIDE, height=150)
        .mark_bar(color=ACCENT, cornerRadiusEnd=2)
        .encode(
            x=alt.X("year:O", title=None, axis=YEARS),
            y=alt.Y(
                "cables:Q",
                title="cables",
                axis=alt.Axis(tickCount=4, tickMinStep=1, format=SHORT),
            ),
            tooltip=["year:O", counted("cables")],
        )
    )
    top = max(rows, key=lambda row: row["cables"])
    words = f"Cables from {years[0]} to {years[-1]}; most, {top['cables']:,}, in {top['year']}."
    return chart(bars, words)


def events(findings: Findings) -> Chart | None:
    """Dated sentences on a line of time, by what they do: when it happened, not when it was
    written.
    """
    by_year = _is_long(findings)
    counts = _by_year(findings) if by_year else _by_month(findings)
    if not counts:
        return None
    rows = [
        {"when": when, "label": label, "sentences": count}
        for (when, label), count in sorted(counts.items())
    ]
    unit = "utcyear" if by_year else "utcyearmonth"
    bars = (
        alt.Chart(data(rows), width=WIDE, height=190)
        .mark_bar()
        .encode(
            x=alt.X(f"{unit}(when):T", title=None, axis=alt.Axis(labelOverlap=True, grid=False)),
            y=alt.Y(
                "sum(sentences):Q",
                title="dated sentences",
                axis=alt.Axis(tickCount=4, tickMinStep=1, format=SHORT),
            ),
            color=alt.Color(
                "label:N",
                title=None,
                scale=colours({one: one.colour for one in Statement if one in EVENT_LABELS}),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("when:N", title="year" if by_year else "month"),
                "label:N",
                counted("sentences"),
            ],
        )
    )
    times = sorted({when for when, _ in counts})
    return chart(bars, f"Dated sentences from {times[0]} to {times[-1]}.")


def _by_year(findings: Findings) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for (month, label), count in findings.events_by_month.items():
        counts[month[:4], label] += count
    return counts


def _by_month(findings: Findings) -> Counter[tuple[str, str]]:
    """Without what is dated by a year alone."""
    known = ((key, count) for key, count in findings.events_by_month.items() if "-" in key[0])
    return Counter(dict(known))


def _is_long(findings: Findings) -> bool:
    years = [int(month[:4]) for month, _ in findings.events_by_month]
    return bool(years) and (max(years) - min(years) + 1) * 12 > MONTHS
