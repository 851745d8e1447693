"""Who and what is named most, and where it lies."""

from collections import Counter
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import altair as alt
import orjson

from cablespan.labels import Entity
from cablespan.runs.report.chart import (
    ACCENT,
    CARD,
    INK,
    LAND,
    LINE,
    SHORT,
    WIDE,
    Chart,
    chart,
    counted,
    data,
)
from cablespan.runs.report.findings import Findings
from cablespan.runs.things import Key, Thing

BAND = 26  # height of a row, in pixels
NAMED = 14  # places of which the name stands on the map


def most_named(findings: Findings, label: Entity) -> Chart | None:
    """A bar for each of the things named most, and beside it a line over the years."""
    things = findings.most_named(label)
    if not things:
        return None
    years = findings.years()
    shown = told_apart(things)
    words = "; ".join(f"{shown[thing.key]}: {thing.mentions:,}" for thing in things)
    bars = _bars(things, shown, label, width=170 if len(years) > 2 else 260)
    if len(years) <= 2:
        return chart(bars, words)
    return chart(alt.hconcat(bars, _trend(things, shown, label, years), spacing=14), words)


def told_apart(things: Iterable[Thing]) -> dict[Key, str]:
    """The names of things by their keys.

    Of two that bear one name each gets its entry in the knowledge base after it.
    """
    every = list(things)
    named = Counter(thing.name for thing in every)
    return {
        thing.key: thing.name
        if named[thing.name] == 1
        else f"{thing.name} ({thing.kb_id or thing.key.identity})"
        for thing in every
    }


def _bars(things: list[Thing], shown: dict[Key, str], label: Entity, width: int) -> alt.Chart:
    rows = [
        {"name": shown[thing.key], "mentions": thing.mentions, "cables": thing.cables}
        for thing in things
    ]
    names = alt.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=180)
    return (
        alt.Chart(data(rows), width=width, height=alt.Step(BAND))
        .mark_bar(color=label.colour, cornerRadiusEnd=2, height={"band": 0.62})
        .encode(
            y=alt.Y("name:N", sort=list(shown.values()), title=None, axis=names),
            x=alt.X("mentions:Q", title="mentions", axis=alt.Axis(tickCount=3, format=SHORT)),
            tooltip=["name:N", counted("mentions"), counted("cables")],
        )
    )


def _trend(
    things: list[Thing], shown: dict[Key, str], label: Entity, years: list[int]
) -> alt.Chart:
    """A line over the years for each thing, in the band of its bar, up to 0.9 of it."""
    rows = []
    for band, thing in enumerate(reversed(things)):
        top = max(thing.years.values(), default=0) or 1
        rows += [
            {
                "name": shown[thing.key],
                "year": year,
                "mentions": thing.years[year],
                "floor": band + 0.1,
                "level": band + 0.1 + 0.8 * thing.years[year] / top,
            }
            for year in years
        ]
    bands = alt.Scale(domain=[0, len(things)], nice=False)
    span = alt.Scale(domain=[years[0], years[-1]], nice=False)
    return (
        alt.Chart(data(rows), width=100, height=BAND * len(things))
        .mark_area(
            line={"color": label.colour, "strokeWidth": 1.5}, color=label.colour, fillOpacity=0.15
        )
        .encode(
            x=alt.X("year:Q", axis=None, scale=span),
            y=alt.Y("level:Q", axis=None, scale=bands),
            y2="floor:Q",
            detail="name:N",
            tooltip=["name:N", "year:O", counted("mentions")],
        )
    )


def places(findings: Findings) -> Chart | None:
    """Places on a map of the world, the larger the more they are named."""
    found = findings.on_the_map()
    if not found:
        return None
    labels = alt.Chart(data(_labelled(found))).encode(
        longitude="lon:Q", latitude="lat:Q", text="name:N"
    )
    halo = labels.mark_text(
        dy=-13, fontSize=11.5, stroke=CARD, strokeWidth=3, strokeJoin="round", strokeOpacity=0.85
    )
    names = labels.mark_text(dy=-13, fontSize=11.5, color=INK)
    # Cut below Cape Horn: no cable comes from Antarctica.
    world = (
        alt.layer(_land(), _dots(found), halo, names)
        .project("naturalEarth1", scale=182, translate=[500, 275])
        .properties(width=WIDE, height=455)
    )
    top = ", ".join(place["name"] for place in found[:12])
    return chart(world, f"{len(found)} places; most named: {top}.")


def _land() -> alt.Chart:
    """The continents: land-110m.json of world-atlas 2.0.2 (ISC licence), made from Natural Earth
    (public domain).
    """
    shapes = orjson.loads(files(__package__).joinpath("land-110m.json").read_bytes())
    land = alt.InlineData(shapes, alt.TopoDataFormat(feature="land", type="topojson"))
    return alt.Chart(land).mark_geoshape(fill=LAND, stroke=LINE, strokeWidth=0.5, clip=True)


def _dots(found: list[dict[str, Any]]) -> alt.Chart:
    legend = alt.Legend(
        title="mentions",
        orient="bottom-left",
        values=_ticks(found),
        symbolType="circle",
        symbolFillColor=ACCENT,
        symbolStrokeColor=ACCENT,
    )
    return (
        alt.Chart(data(found))
        .mark_circle(color=ACCENT, opacity=0.6, stroke=CARD, strokeWidth=0.7)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            size=alt.Size("mentions:Q", scale=alt.Scale(range=[12, 900]), legend=legend),
            order=alt.Order("mentions:Q", sort="descending"),
            tooltip=["name:N", counted("mentions"), counted("cables")],
        )
    )


def _labelled(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The most named places of which the names do not lie over each other."""
    chosen: list[dict[str, Any]] = []
    for place in found:
        if all(_apart(place, other) for other in chosen):
            chosen.append(place)
        if len(chosen) == NAMED:
            break
    return chosen


def _apart(place: dict[str, Any], other: dict[str, Any]) -> bool:
    letters = len(place["name"] + other["name"])
    return abs(place["lat"] - other["lat"]) > 5 or abs(place["lon"] - other["lon"]) > 1.3 * letters


def _ticks(found: list[dict[str, Any]]) -> list[int]:
    """Round numbers at a tenth, two fifths and the whole of the highest one."""
    top = max(place["mentions"] for place in found)
    return sorted({max(1, _round(top * share)) for share in (0.1, 0.4, 1.0)})


def _round(number: float) -> int:
    """To one figure.

    >>> _round(1872), _round(37.4)
    (2000, 40)
    """
    return int(round(number, 1 - len(str(int(number)))))
