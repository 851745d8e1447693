"""Where annotators differ.

Stretches of a paragraph that an adjudicator has to decide, and what all agree on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict, cast

from cablespan.labels import LAYERS, Layer
from cablespan.review.store.annotators import Action
from cablespan.review.store.layers import identity
from cablespan.review.store.shapes import Layers, Version


class Reading(TypedDict):
    """What some annotators have in a stretch, which may be nothing."""

    annotators: list[str]
    marks: list[dict[str, Any]]


class Conflict(TypedDict):
    """Characters `start:end` that annotators read differently in one layer."""

    key: str
    layer: Layer
    start: int
    end: int
    readings: list[Reading]


def agreed_and_conflicts(versions: Sequence[Version]) -> tuple[Layers, list[Conflict]]:
    """The marks that all annotators share, and every stretch where they differ.

    Only accepted answers are read, unless there is none. A sentence that is labelled differently is
    among the shared ones without its label, so that the result is whole.

    >>> def version(name, label):
    ...     return {"annotator": name, "action": "accept",
    ...             "layers": {"entities": [{"start": 0, "end": 4, "label": label}]}}
    >>> agreed, conflicts = agreed_and_conflicts([version("ANNA", "ORG"), version("BEN", "LAW")])
    >>> agreed["entities"], [reading["annotators"] for reading in conflicts[0]["readings"]]
    ([], [['ANNA'], ['BEN']])
    """
    accepted = [version for version in versions if version["action"] == Action.ACCEPT]
    compared = accepted or versions
    agreed: dict[Layer, list[Any]] = {}
    conflicts: list[Conflict] = []
    for layer in LAYERS:
        everywhere = _shared(layer, compared)
        first: Sequence[Mapping[str, Any]] = compared[0]["layers"].get(layer, [])
        agreed[layer] = [mark for mark in first if identity(layer, mark) in everywhere]
        if layer == "statements":
            doubtful = (mark for mark in first if identity(layer, mark) not in everywhere)
            agreed[layer] += [{**mark, "label": None} for mark in doubtful]
        conflicts += _conflicts(layer, compared, everywhere)
    return cast(Layers, agreed), sorted(
        conflicts, key=lambda conflict: (conflict["start"], conflict["end"])
    )


def _shared(layer: Layer, versions: Iterable[Version]) -> set[tuple]:
    each = [{identity(layer, mark) for mark in one["layers"].get(layer, [])} for one in versions]
    return set.intersection(*each)


def _conflicts(
    layer: Layer, versions: Sequence[Version], everywhere: set[tuple]
) -> Iterator[Conflict]:
    differing = {
        version["annotator"]: [
            mark
            for mark in version["layers"].get(layer, [])
            if identity(layer, mark) not in everywhere
        ]
        for version in versions
    }
    places = [_extent(layer, mark) for marks in differing.values() for mark in marks]
    for start, end in _stretches(places):
        yield {
            "key": f"{layer}:{start}-{end}",
            "layer": layer,
            "start": start,
            "end": end,
            "readings": _readings(layer, differing, start, end),
        }


def _readings(
    layer: Layer, differing: Mapping[str, Sequence[Mapping[str, Any]]], start: int, end: int
) -> list[Reading]:
    readings: dict[tuple, Reading] = {}
    for annotator, marks in differing.items():
        here = [dict(mark) for mark in marks if start <= _extent(layer, mark)[0] < end]
        key = tuple(sorted((identity(layer, mark) for mark in here), key=str))
        reading = readings.setdefault(key, {"annotators": [], "marks": here})
        reading["annotators"].append(annotator)
    return list(readings.values())


def _extent(layer: Layer, mark: Mapping[str, Any]) -> tuple[int, int]:
    """What a mark is found by: its place.

    Of a claim its cue, or where that is missing its content.
    """
    place = (mark.get("cue") or mark["content"]) if layer == "claims" else mark
    return place["start"], place["end"]


def _stretches(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Places joined where they overlap.

    >>> list(_stretches([(5, 9), (0, 4), (3, 6)]))
    [(0, 9)]
    """
    stretch: tuple[int, int] | None = None
    for start, end in sorted(places):
        if stretch and start < stretch[1]:
            stretch = stretch[0], max(stretch[1], end)
            continue
        if stretch:
            yield stretch
        stretch = start, end
    if stretch:
        yield stretch
