"""Every chart of a report, by the name of its place in the page."""

from collections.abc import Callable
from functools import partial

from cablespan.labels import Entity, Scheme
from cablespan.runs.report import claims, named, shares, times
from cablespan.runs.report.chart import Chart
from cablespan.runs.report.findings import Findings

MAKERS: dict[str, Callable[[Findings], Chart | None]] = {
    "years": times.cables_by_year,
    "events": times.events,
    "agencies": partial(named.most_named, label=Entity.AGENCY),
    "officials": partial(named.most_named, label=Entity.OFFICIAL),
    "places": partial(named.most_named, label=Entity.PLACE),
    "map": named.places,
    "about": claims.about,
    "certainty": claims.certainty,
}


def all_charts(findings: Findings, scheme: Scheme) -> dict[str, Chart]:
    """The charts for which there is something to show; `scheme`: all labels that were found."""
    made = {name: make(findings) for name, make in MAKERS.items()}
    for layer in ("statements", "entities"):
        for by in ("year", "origin", "marking"):
            made[f"{layer}-by-{by}"] = shares.labels_by(findings, scheme, layer, by)
    return {name: chart for name, chart in made.items() if chart}
