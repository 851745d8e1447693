"""The charts of a report: Vega-Lite specifications by Altair, drawn in the browser by the script that goes into the page."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import altair as alt
import orjson
import vl_convert

from cablespan.labels import Certainty, Entity, Statement
from cablespan.runs.report.findings import UNKNOWN, Findings, Thing

INK, MUTED, ACCENT, GRID = "#1f2933", "#61707f", "#1f5f8b", "#e4e8ec"
STATEMENT_COLOURS = {label: label.colour for label in Statement}
ENTITY_COLOURS = {label: label.colour for label in Entity}
CERTAINTY_COLOURS = {certainty: certainty.colour for certainty in Certainty}
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
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
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


@dataclass(frozen=True)
class Chart:
    """A specification, and what it shows in words, for those who cannot see it."""

    title: str
    spec: dict[str, Any]
    words: str = ""


@cache
def script() -> str:
    """Vega, Vega-Lite and Vega-Embed in one piece of JavaScript, which sets `window.draw(element, spec)`."""
    return vl_convert.javascript_bundle(
        'window.draw = (element, spec) => vegaEmbed(element, spec, {actions: false, renderer: "svg"});'
    )


def all_charts(findings: Findings) -> dict[str, Chart]:
    """Every chart for which there is something to show, by the name of its place in the page."""
    makers = {
        "years": _years,
        "statements-by-year": lambda f: _labels_by(f, "statements", "year"),
        "statements-by-origin": lambda f: _labels_by(f, "statements", "origin"),
        "statements-by-marking": lambda f: _labels_by(f, "statements", "marking"),
        "entities-by-year": lambda f: _labels_by(f, "entities", "year"),
        "entities-by-origin": lambda f: _labels_by(f, "entities", "origin"),
        "entities-by-marking": lambda f: _labels_by(f, "entities", "marking"),
        "agencies": lambda f: _most_named(f, Entity.AGENCY, "Agencies"),
        "officials": lambda f: _most_named(f, Entity.OFFICIAL, "Officials"),
        "places": lambda f: _most_named(f, Entity.PLACE, "Places"),
        "map": _map,
        "about": _about,
        "certainty": _certainty,
    }
    made = {name: make(findings) for name, make in makers.items()}
    return {name: chart for name, chart in made.items() if chart}


def _chart(title: str, chart: Any, words: str = "") -> Chart:
    if isinstance(chart, alt.Chart):
        chart = chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    spec = chart.configure(**THEME).to_dict()
    spec["description"] = words or title
    return Chart(title, spec, words)


def _data(rows: list[dict[str, Any]]) -> alt.Data:
    return alt.Data(values=rows)


def _years(findings: Findings) -> Chart | None:
    years = findings.years()
    if len(years) < 2:
        return None
    rows = [{"year": year, "cables": findings.cables_by_year[year]} for year in years]
    base = alt.Chart(_data(rows), width=WIDE, height=150)
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=2).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("cables:Q", title="cables", axis=alt.Axis(tickCount=4, tickMinStep=1, format="~s")),
        tooltip=["year:O", alt.Tooltip("cables:Q", format=",")],
    )
    top = max(rows, key=lambda row: row["cables"])
    return _chart(
        "Cables by year",
        bars,
        f"Cables from {years[0]} to {years[-1]}; most, {top['cables']:,}, in {top['year']}.",
    )


def _labels_by(findings: Findings, layer: str, by: str) -> Chart | None:
    """Shares of the labels, one bar a year, origin or marking."""
    counter = getattr(findings, f"by_{by}")[layer]
    totals: dict[Any, int] = {}
    for (value, _), count in counter.items():
        totals[value] = totals.get(value, 0) + count
    known = [value for value in totals if value not in (None, UNKNOWN)]
    ordered = (
        sorted(known)
        if by == "year"
        else sorted(known, key=lambda value: (-totals[value], value))[:12]
    )
    if len(ordered) < 2:
        return None
    colours = STATEMENT_COLOURS if layer == "statements" else ENTITY_COLOURS
    order = list(colours)
    rows = [
        {
            by: value,
            "label": label,
            "count": counter[value, label],
            "share": counter[value, label] / totals[value],
            "order": order.index(label),
        }
        for value in ordered
        for label in order
        if counter[value, label]
    ]
    colour = alt.Color(
        "label:N",
        title=None,
        scale=alt.Scale(domain=order, range=list(colours.values())),
        legend=None,
    )
    share = alt.Axis(format="%", tickCount=5)
    tooltip = [
        f"{by}:N",
        "label:N",
        alt.Tooltip("count:Q", format=","),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    if by == "year" and len(ordered) > 8:
        chart = (
            alt.Chart(_data(rows), width=WIDTH, height=260)
            .mark_bar(binSpacing=0)
            .encode(
                x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
                y=alt.Y("count:Q", stack="normalize", title=None, axis=share),
                color=colour,
                order="order:Q",
                tooltip=tooltip,
            )
        )
    else:
        chart = (
            alt.Chart(_data(rows), width=WIDTH, height=alt.Step(24))
            .mark_bar()
            .encode(
                y=alt.Y(
                    f"{by}:N",
                    sort=ordered,
                    title=None,
                    axis=alt.Axis(ticks=False, domain=False, labelPadding=8),
                ),
                x=alt.X("count:Q", stack="normalize", title=None, axis=share),
                color=colour,
                order="order:Q",
                tooltip=tooltip,
            )
        )
    return _chart(
        f"by {by}",
        chart,
        f"Shares of {layer} by {by}: {', '.join(str(value) for value in ordered)}.",
    )


def _most_named(findings: Findings, label: Entity, title: str) -> Chart | None:
    """A bar for each of the things named most, and beside it a line over the years."""
    things = findings.most_named(label)
    if not things:
        return None
    shown = _told_apart(things)
    names = list(shown.values())
    rows = [
        {"name": shown[thing.key], "mentions": thing.mentions, "cables": thing.cables}
        for thing in things
    ]
    years = findings.years()
    step = 26
    y = alt.Y(
        "name:N",
        sort=names,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=180),
    )
    base = alt.Chart(
        _data(rows), width=170 if len(years) > 2 else 260, height=alt.Step(step)
    ).encode(y=y)
    x = alt.X("mentions:Q", title="mentions", axis=alt.Axis(tickCount=3, format="~s"))
    tooltip = ["name:N", alt.Tooltip("mentions:Q", format=","), alt.Tooltip("cables:Q", format=",")]
    bars = base.mark_bar(
        color=ENTITY_COLOURS[label], cornerRadiusEnd=2, height={"band": 0.62}
    ).encode(x=x, tooltip=tooltip)
    words = "; ".join(f"{thing.name}: {thing.mentions:,}" for thing in things)
    if len(years) <= 2:
        return _chart(title, bars, words)
    lines = []
    for band, thing in enumerate(reversed(things)):
        # Each line keeps to its own band: 0.1 to 0.9 of its highest year.
        top = max(thing.years.values(), default=0) or 1
        lines += [
            {
                "name": shown[thing.key],
                "year": year,
                "mentions": thing.years[year],
                "floor": band + 0.1,
                "level": band + 0.1 + 0.8 * thing.years[year] / top,
            }
            for year in years
        ]
    trend = (
        alt.Chart(_data(lines), width=100, height=step * len(things))
        .mark_area(
            line={"color": ENTITY_COLOURS[label], "strokeWidth": 1.5},
            color=ENTITY_COLOURS[label],
            fillOpacity=0.15,
        )
        .encode(
            x=alt.X("year:Q", axis=None, scale=alt.Scale(domain=[years[0], years[-1]], nice=False)),
            y=alt.Y("level:Q", axis=None, scale=alt.Scale(domain=[0, len(things)], nice=False)),
            y2="floor:Q",
            detail="name:N",
            tooltip=["name:N", "year:O", alt.Tooltip("mentions:Q", format=",")],
        )
    )
    return _chart(title, alt.hconcat(bars, trend, spacing=14), words)


def _told_apart(things: list[Thing]) -> dict[tuple[str, str], str]:
    """The names of things by their keys; of two that bear one name each gets its entry in the knowledge base behind it."""
    named = Counter(thing.name for thing in things)
    return {
        thing.key: thing.name
        if named[thing.name] == 1
        else f"{thing.name} ({thing.kb_id or 'unknown'})"
        for thing in things
    }


def _map(findings: Findings) -> Chart | None:
    places = findings.on_the_map()
    if not places:
        return None
    # land-110m.json is of world-atlas 2.0.2 (ISC licence), made from Natural Earth (public domain).
    land = alt.InlineData(
        orjson.loads(files(__package__).joinpath("land-110m.json").read_bytes()),
        alt.TopoDataFormat(feature="land", type="topojson"),
    )
    world = alt.Chart(land).mark_geoshape(
        fill="#e6e9ec", stroke="#cdd4da", strokeWidth=0.5, clip=True
    )
    dots = (
        alt.Chart(_data(places))
        .mark_circle(color=ACCENT, opacity=0.6, stroke="white", strokeWidth=0.7)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            size=alt.Size(
                "mentions:Q",
                scale=alt.Scale(range=[12, 900]),
                legend=alt.Legend(
                    title="mentions",
                    orient="bottom-left",
                    values=_ticks(places),
                    symbolType="circle",
                    symbolFillColor=ACCENT,
                    symbolStrokeColor=ACCENT,
                ),
            ),
            order=alt.Order("mentions:Q", sort="descending"),
            tooltip=[
                "name:N",
                alt.Tooltip("mentions:Q", format=","),
                alt.Tooltip("cables:Q", format=","),
            ],
        )
    )
    labels = alt.Chart(_data(_labelled(places))).encode(
        longitude="lon:Q", latitude="lat:Q", text="name:N"
    )
    halo = labels.mark_text(
        dy=-13, fontSize=11.5, stroke="white", strokeWidth=3, strokeJoin="round", strokeOpacity=0.85
    )
    names = labels.mark_text(dy=-13, fontSize=11.5, color=INK)
    # Cut below Cape Horn: no cable comes from Antarctica.
    chart = (
        alt.layer(world, dots, halo, names)
        .project("naturalEarth1", scale=182, translate=[500, 275])
        .properties(width=WIDE, height=455)
    )
    return _chart(
        "Places on the map",
        chart,
        f"{len(places)} places; most named: {', '.join(place['name'] for place in places[:12])}.",
    )


def _labelled(places: list[dict[str, Any]], number: int = 14) -> list[dict[str, Any]]:
    """The most named places of which the names do not lie over each other."""
    chosen: list[dict[str, Any]] = []
    for place in places:
        if all(
            abs(place["lat"] - other["lat"]) > 5
            or abs(place["lon"] - other["lon"]) > 1.3 * len(place["name"] + other["name"])
            for other in chosen
        ):
            chosen.append(place)
        if len(chosen) == number:
            break
    return chosen


def _ticks(places: list[dict[str, Any]]) -> list[int]:
    top = max(place["mentions"] for place in places)
    return sorted(
        {
            max(1, round(top * share, -max(0, len(str(int(top * share))) - 1)))
            for share in (0.1, 0.4, 1.0)
        }
    )


def _about(findings: Findings, number: int = 14) -> Chart | None:
    """Who makes claims that name whom."""
    pairs = findings.about
    if not pairs:
        return None
    by_speaker, by_key = {}, {}
    for (speaker, key), count in pairs.items():
        by_speaker[speaker] = by_speaker.get(speaker, 0) + count
        by_key[key] = by_key.get(key, 0) + count
    top = lambda counts: sorted(counts, key=lambda value: (-counts[value], str(value)))[:number]  # noqa: E731
    speakers, keys = top(by_speaker), [key for key in top(by_key) if key in findings.things]
    names = _told_apart([findings.things[key] for key in keys])
    rows = [
        {"speaker": speaker, "about": names[key], "claims": pairs[speaker, key]}
        for speaker in speakers
        for key in keys
        if pairs[speaker, key]
    ]
    base = alt.Chart(_data(rows), width=alt.Step(46), height=alt.Step(26)).encode(
        y=alt.Y(
            "speaker:N",
            sort=speakers,
            title="who says it",
            axis=alt.Axis(ticks=False, domain=False, titlePadding=12),
        ),
        x=alt.X(
            "about:N",
            sort=list(names.values()),
            title="who or what the claim names",
            axis=alt.Axis(orient="top", labelAngle=-40, ticks=False, domain=False, labelLimit=150),
        ),
        tooltip=["speaker:N", "about:N", alt.Tooltip("claims:Q", format=",")],
    )
    tiles = base.mark_rect(cornerRadius=2, stroke="white", strokeWidth=2).encode(
        color=alt.Color("claims:Q", scale=alt.Scale(scheme="blues", domainMin=0), legend=None)
    )
    middle = max(2, max(row["claims"] for row in rows) * 0.35)
    numbers = base.mark_text(fontSize=11).encode(
        text=alt.Text("claims:Q", format="~s"),
        color=alt.condition(alt.datum.claims > middle, alt.value("white"), alt.value(INK)),
    )
    best = sorted(rows, key=lambda row: -row["claims"])[:5]
    words = "; ".join(f"{row['speaker']} on {row['about']}: {row['claims']:,}" for row in best)
    return _chart("Who makes claims about whom", tiles + numbers, words)


def _certainty(findings: Findings, number: int = 14) -> Chart | None:
    speakers = [
        speaker
        for speaker, _ in sorted(findings.speakers.items(), key=lambda item: (-item[1], item[0]))[
            :number
        ]
    ]
    rows = [
        {
            "speaker": speaker,
            "certainty": certainty,
            "claims": findings.certainty[speaker, certainty],
            "order": order,
        }
        for speaker in speakers
        for order, certainty in enumerate(Certainty)
        if findings.certainty[speaker, certainty]
    ]
    if not rows:
        return None
    chart = (
        alt.Chart(_data(rows), width=WIDE, height=alt.Step(26))
        .mark_bar()
        .encode(
            y=alt.Y(
                "speaker:N",
                sort=speakers,
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelPadding=8),
            ),
            x=alt.X("claims:Q", title="claims", axis=alt.Axis(tickCount=5, format="~s")),
            color=alt.Color(
                "certainty:N",
                title=None,
                scale=alt.Scale(
                    domain=list(CERTAINTY_COLOURS), range=list(CERTAINTY_COLOURS.values())
                ),
                legend=alt.Legend(orient="top"),
            ),
            order="order:Q",
            tooltip=["speaker:N", "certainty:N", alt.Tooltip("claims:Q", format=",")],
        )
    )
    return _chart(
        "Who speaks, and how surely",
        chart,
        "; ".join(f"{speaker}: {findings.speakers[speaker]:,}" for speaker in speakers),
    )
