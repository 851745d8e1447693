"""Who says what about whom, and how surely."""

from collections import Counter
from typing import TypedDict

import altair as alt

from cablespan.labels import Certainty
from cablespan.runs.report.chart import (
    ACCENT,
    CARD,
    COUNT,
    INK,
    NAMES,
    SHORT,
    WIDE,
    Chart,
    chart,
    colours,
    counted,
    data,
)
from cablespan.runs.report.findings import Findings
from cablespan.runs.report.named import told_apart
from cablespan.runs.things import Key


class Row(TypedDict):
    """How many claims of a speaker name somebody or something."""

    speaker: str
    about: str
    claims: int


SHOWN = 14  # speakers, and things that they name


def _most(counts: Counter[Key], findings: Findings) -> dict[Key, str]:
    """The names of those that are counted most, in order.

    Redactions and what was forgotten have none.
    """
    known = (key for key in counts if key in findings.things)
    keys = sorted(known, key=lambda key: (-counts[key], key))[:SHOWN]
    return told_apart(findings.things[key] for key in keys)


def about(findings: Findings) -> Chart | None:
    """Tiles: who makes claims that name whom."""
    about_whom: Counter[Key] = Counter()
    by_whom: Counter[Key] = Counter()
    for (speaker, key), count in findings.about.items():
        by_whom[speaker] += count
        about_whom[key] += count
    speakers, named = _most(by_whom, findings), _most(about_whom, findings)
    rows: list[Row] = [
        {"speaker": who, "about": whom, "claims": findings.about[speaker, key]}
        for speaker, who in speakers.items()
        for key, whom in named.items()
        if findings.about[speaker, key]
    ]
    if not rows:
        return None
    top = max(row["claims"] for row in rows)
    best = sorted(rows, key=lambda row: -row["claims"])[:5]
    words = "; ".join(f"{row['speaker']} on {row['about']}: {row['claims']:,}" for row in best)
    return chart(_tiles(rows, list(speakers.values()), list(named.values()), top), words)


def _tiles(rows: list[Row], speakers: list[str], named: list[str], top: int) -> alt.LayerChart:
    who = alt.Axis(ticks=False, domain=False, titlePadding=12)
    whom = alt.Axis(orient="top", labelAngle=-40, ticks=False, domain=False, labelLimit=150)
    base = alt.Chart(data(rows), width=alt.Step(46), height=alt.Step(26)).encode(
        y=alt.Y("speaker:N", sort=speakers, title="who says it", axis=who),
        x=alt.X("about:N", sort=named, title="who or what the claim names", axis=whom),
        tooltip=["speaker:N", "about:N", counted("claims")],
    )
    strength = alt.Scale(domain=[0, top], range=[0.12, 1])
    tiles = base.mark_rect(cornerRadius=2, stroke=CARD, strokeWidth=2, color=ACCENT).encode(
        fillOpacity=alt.FillOpacity("claims:Q", scale=strength, legend=None)
    )
    middle = max(2, top * 0.5)
    numbers = base.mark_text(fontSize=11).encode(
        text=alt.Text("claims:Q", format=SHORT),
        color=alt.condition(alt.datum.claims > middle, alt.value(CARD), alt.value(INK)),
    )
    return tiles + numbers


def certainty(findings: Findings) -> Chart | None:
    """Bars: who speaks most, by how surely."""
    speakers = _most(findings.speakers, findings)
    rows = [
        {
            "speaker": name,
            "certainty": how,
            "claims": findings.certainty[speaker, how],
            "order": order,
        }
        for speaker, name in speakers.items()
        for order, how in enumerate(Certainty)
        if findings.certainty[speaker, how]
    ]
    if not rows:
        return None
    bars = (
        alt.Chart(data(rows), width=WIDE, height=alt.Step(26))
        .mark_bar()
        .encode(
            y=alt.Y("speaker:N", sort=list(speakers.values()), title=None, axis=NAMES),
            x=alt.X("claims:Q", title="claims", axis=alt.Axis(tickCount=5, format=SHORT)),
            color=alt.Color(
                "certainty:N",
                title=None,
                scale=colours({one: one.colour for one in Certainty}),
                legend=alt.Legend(orient="top"),
            ),
            order="order:Q",
            tooltip=["speaker:N", "certainty:N", alt.Tooltip("claims:Q", format=COUNT)],
        )
    )
    words = "; ".join(f"{name}: {findings.speakers[key]:,}" for key, name in speakers.items())
    return chart(bars, words)
