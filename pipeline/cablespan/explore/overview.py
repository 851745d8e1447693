"""The first page: what a collection holds, by post, year, tag and class, as ways into searches."""

import asyncio
import itertools
import json
import math
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from cablespan.explore.queries import Database, rows

DRAWN = 2000  # cables of which the classes of statements are counted, evenly drawn
POSTS = 15  # posts in lists; all are on the map

Rows = list[dict[str, Any]]


class Dot(NamedTuple):
    """A post on the map: degrees east and south, radius, and how many cables it sent."""

    post: str
    x: float
    y: float
    radius: float
    number: int


class Share(NamedTuple):
    """A class in the bar of a post: where it begins and how long it is, in percent."""

    label: str
    start: float
    length: float
    number: int


class Classes(NamedTuple):
    """The bars of posts, in how many cables of a collection."""

    posts: list[tuple[str, list[Share]]]
    drawn_from_every: int


class Overview(NamedTuple):
    """What the first page shows."""

    sizes: dict[str, int]
    years: Rows
    posts: Rows
    tags: Rows
    classifications: Rows
    dots: list[Dot]
    classes: Classes
    people: Rows
    bodies: Rows
    places: Rows


async def overview(database: Database, labels: Sequence[str]) -> Overview:
    """The first page of a collection; `labels` are the classes of statements, in their order.

    Raises QueryInterrupted where it takes longer than the server's time limit.
    """
    sizes, years, posts, tags, classifications, *mentioned = await asyncio.gather(
        *(rows(database, name) for name in ("table_sizes", "by_year", "by_post", "by_tag")),
        rows(database, "by_classification"),
        *(rows(database, "most_mentioned", kind=kind) for kind in ("people", "bodies", "places")),
    )
    by_table = {row["name"]: row["number"] for row in sizes}
    classes = await _classes(database, posts[:POSTS], by_table.get("cables", 0), labels)
    people, bodies, places = mentioned
    return Overview(
        by_table, years, posts[:POSTS], tags, classifications, dots(posts), classes,
        people, bodies, places,
    )  # fmt: skip


async def _classes(database: Database, posts: Rows, cables: int, labels: Sequence[str]) -> Classes:
    names, nth = [row["value"] for row in posts], max(1, cables // DRAWN)
    found = await rows(database, "classes_by_post", posts=json.dumps(names), nth=nth)
    numbers: dict[str, dict[str, int]] = {name: {} for name in names}
    for row in found:
        numbers[row["post"]][row["label"]] = row["number"]
    return Classes([(post, shares(numbers[post], labels)) for post in names], nth)


def shares(numbers: dict[str, int], labels: Sequence[str]) -> list[Share]:
    """A bar of 100 percent.

    >>> shares({"CLAIM": 3, "REPORT": 1}, ["CLAIM", "REPORT", "ADMIN"])
    [Share(label='CLAIM', start=0.0, length=75.0, number=3), \
Share(label='REPORT', start=75.0, length=25.0, number=1)]
    """
    total, bar, start = sum(numbers.values()), [], 0.0
    for label in labels:
        if number := numbers.get(label):
            length = round(100 * number / total, 2)
            bar.append(Share(label, round(start, 2), length, number))
            start += length
    return bar


def dots(posts: Rows) -> list[Dot]:
    """Posts with a place, on a map of which a degree is a unit; areas are as the numbers of cables.

    >>> dots([{"value": "Embassy Astana", "number": 4, "latitude": 51.2, "longitude": 71.4}])
    [Dot(post='Embassy Astana', x=71.4, y=-51.2, radius=7.0, number=4)]
    """
    most = max((row["number"] for row in posts), default=1)
    return [
        Dot(
            row["value"],
            row["longitude"],
            -row["latitude"],
            round(1.2 + 5.8 * math.sqrt(row["number"] / most), 2),
            row["number"],
        )
        for row in posts
        if row["latitude"] is not None
    ]


@cache
def land() -> str:
    """The continents as an SVG of which a degree is a unit.

    land-110m.json is TopoJSON (ISC licence; see `runs.report.named`): arcs are steps on a grid, of
    which polygons are made; a negative number is an arc backwards.
    """
    topology = json.loads(files("cablespan.runs.report").joinpath("land-110m.json").read_bytes())
    (scale_x, scale_y), (x_0, y_0) = (
        topology["transform"][name] for name in ("scale", "translate")
    )
    arcs = []
    for steps in topology["arcs"]:
        grid = itertools.accumulate(steps, lambda one, step: (one[0] + step[0], one[1] + step[1]))
        arcs.append([(x * scale_x + x_0, -(y * scale_y + y_0)) for x, y in grid])
    [shapes] = topology["objects"]["land"]["geometries"]
    rings = [
        [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]
        for polygon in shapes["arcs"]
        for ring in polygon
    ]
    outlines = ("L".join(f"{x:.1f},{y:.1f}" for x, y in _unbroken(ring)) for ring in rings)
    path = "".join(f"M{outline}Z" for outline in outlines)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-180 -84 360 144">'
        f'<path d="{path}" fill="#8d93a1" fill-opacity=".35" fill-rule="evenodd"/></svg>'
    )


def _unbroken(ring: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """A ring that goes on beyond 180 degrees instead of around the map, most of it on the map.

    >>> _unbroken([(-179, 70), (179, 70), (170, 60)])
    [(181, 70), (179, 70), (170, 60)]
    """
    points: list[tuple[float, float]] = []
    for x, y in ring:
        turns = round((points[-1][0] - x) / 360) if points else 0
        points.append((x + 360 * turns, y))
    turns = round(sum(x for x, _ in points) / len(points) / 360)
    return [(x - 360 * turns, y) for x, y in points]
