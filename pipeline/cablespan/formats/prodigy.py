"""Prodigy's JSON Lines: entities.jsonl, statements.jsonl and claims.jsonl in a folder, or one file
of tasks with answers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from cablespan.cable import PARAGRAPH_FACTS
from cablespan.formats.checks import GoldError, Problem, Report, with_other_words, without_offsets
from cablespan.formats.completion import OF_CABLES, Placed, parts_of
from cablespan.formats.files import placed_objects
from cablespan.formats.tasks import (
    ANSWERS,
    VIEWS,
    annotations_of,
    answered_at,
    is_accepted,
    is_binary,
    layer_of,
    place_of,
    record_tasks,
    records_of,
)
from cablespan.labels import Scheme
from cablespan.records import annotated_layers

_EXPORT_ANEW = "export it from Prodigy anew"
_WHOLE_TEXTS = "have whole texts annotated, with ner.manual or ner.correct"
# What `task_meta` puts into the meta of a task, and `records_of` takes out of it.
_KEPT_META = ("cable", "paragraph", *PARAGRAPH_FACTS, "origin", "date")
LEAVES_OUT = ("empty paragraphs", "values of entities", "heads", "times of day", *OF_CABLES)


def read(
    path: Path,
    scheme: Scheme,
    layers: Iterable[str] | None = None,
    report: Report = lambda problem: None,
) -> Iterator[Placed]:
    """Records of the accepted tasks (see `tasks.records_of`): `layers` are the ones that a
    paragraph must have, and are alone in the records then. `report` is told how many were not
    accepted, how many are of other layers, and which are of an earlier text of their paragraph.

    Raises GoldError where the tasks of a paragraph do not fit together.
    """
    found = list(_of_last_texts(_sound_tasks(path, scheme), report))
    places = {place_of(task)[1]: place for place, task in reversed(found)}  # the first of each
    tasks = [task for _, task in found]
    layers = tuple(layers or ())
    for left_out in _left_out(path, tasks, layers, scheme):
        report(left_out)
    try:
        for record in records_of(tasks, layers, scheme):
            known = {p["id"]: places[p["id"]] for p in record["paragraphs"] if p["id"] in places}
            yield Placed(record, {"": next(iter(known.values()), str(path)), **known})
    except ValueError as error:
        raise GoldError([Problem.told(str(path), error)]) from error


def _sound_tasks(path: Path, scheme: Scheme) -> list[tuple[str, dict[str, Any]]]:
    """All tasks with their places. Raises GoldError where some cannot be used."""
    found = [placed for file in task_files(path) for placed in placed_objects(file)]
    problems = [problem for place, task in found if (problem := fault(task, place, scheme))]
    if problems:
        raise GoldError(problems)
    return found


def _of_last_texts(
    found: list[tuple[str, dict[str, Any]]], report: Report
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tasks but for those whose paragraph has another text in a later answer, which `report` is
    told of: a run that is made anew can change a text that was answered."""
    last: dict[tuple[str, str], dict[str, Any]] = {}
    sources = [place_of(task) for _, task in found]
    for source, (_, task) in zip(sources, found, strict=True):
        if answered_at(last.get(source, task)) <= answered_at(task):
            last[source] = task
    for source, (place, task) in zip(sources, found, strict=True):
        if task["text"] == last[source]["text"]:
            yield place, task
            continue
        what = f"paragraph {source[1]} has another text in a later answer"
        report(Problem(place, what, "this one is left out; give it an id of its own to keep both"))


def _left_out(
    path: Path, tasks: list[dict[str, Any]], layers: tuple[str, ...], scheme: Scheme
) -> Iterator[Problem]:
    refused = sum(not is_accepted(task) for task in tasks)
    if refused:
        what = f"{refused} of {len(tasks)} tasks are rejected or ignored"
        yield Problem(str(path), what, "their paragraphs are left out")
    others = Counter(layer for task in tasks if (layer := layer_of(task, scheme)) not in layers)
    if layers and others:
        what = f"{others.total()} of {len(tasks)} tasks are of {' and '.join(others)}"
        yield Problem(str(path), what, "give --layer for these too, or they are left out")
    if incomplete := _incomplete(tasks, layers, scheme):
        what = f"{incomplete} paragraphs have tasks of some of {', '.join(layers)} alone"
        yield Problem(str(path), what, "they are left out; without --layer they are kept")
    if besides := dict.fromkeys(name for task in tasks for name in _other_meta(task)):
        what = f"the `meta` of tasks has {', '.join(besides)} besides"
        yield Problem(str(path), what, "that is left out")


def _incomplete(tasks: Iterable[Mapping[str, Any]], layers: tuple[str, ...], scheme: Scheme) -> int:
    """How many paragraphs have tasks of some of the layers, and not of all."""
    had: dict[tuple[str, str], set[str]] = {}
    for task in tasks:
        had.setdefault(place_of(task), set()).add(layer_of(task, scheme))
    return sum(0 < len(said.intersection(layers)) < len(layers) for said in had.values())


def _other_meta(task: Mapping[str, Any]) -> list[str]:
    meta = task.get("meta") or {}
    return [name for name, value in meta.items() if value and name not in _KEPT_META]


def task_files(path: Path, layers: Iterable[str] = VIEWS) -> list[Path]:
    """The files of tasks at a path: itself, or those in a folder, a layer after the other."""
    if path.is_file():
        return [path]
    return [file for layer in layers for file in sorted(path.glob(f"{layer}*.jsonl*"))]


def fault(task: Mapping[str, Any], place: str, scheme: Scheme) -> Problem | None:
    """Why a task cannot be used; None where it can."""
    if not isinstance(answered_at(task), int | float):
        return Problem(place, "`_timestamp` is no number", "write one, or leave it out")
    if not isinstance(task.get("text"), str):
        return Problem(place, "no task: `text` is missing", "export text tasks")
    meta = task.get("meta") or {}
    if not isinstance(meta, dict):
        return Problem(place, "`meta` is no object", _EXPORT_ANEW)
    if any(isinstance(meta.get(name), dict | list) for name in ("cable", "paragraph")):
        return Problem(place, "`meta` names its cable or paragraph by no string", _EXPORT_ANEW)
    if task.get("answer", "accept") not in ANSWERS:
        what = f"`answer` is {task['answer']!r}"
        return Problem(place, what, f"write one of {', '.join(ANSWERS)}")
    return _fault_of_marks(task, place, scheme)


def _fault_of_marks(task: Mapping[str, Any], place: str, scheme: Scheme) -> Problem | None:
    try:
        layer_of(task, scheme)
        if is_accepted(task):
            if is_binary(task):
                return Problem(place, "a yes to one span says nothing of the others", _WHOLE_TEXTS)
            annotations_of(task, scheme)
            return _misplaced(task, place)
    except ValueError as error:
        return Problem.told(place, error)
    except KeyError as error:
        return Problem(place, f"a span or relation lacks {error}", _EXPORT_ANEW)
    except (AttributeError, IndexError, TypeError) as error:
        return Problem(place, f"spans or relations of another shape ({error})", _EXPORT_ANEW)
    return None


def _misplaced(task: Mapping[str, Any], place: str) -> Problem | None:
    """What is wrong with the offsets of a task's marks; None where nothing is."""
    parts = (parts_of(claim).items() for claim in task.get("claims") or ())
    marks = [(span["label"], span) for span in task.get("spans") or ()]
    for label, mark in chain(marks, *parts):
        problem = without_offsets(label, mark, place)
        if problem := problem or with_other_words(label, mark, task["text"], place):
            return problem
    return None


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """One file a layer into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = {layer: stack.enter_context((out / f"{layer}.jsonl").open("wb")) for layer in VIEWS}
        for record in records:
            layers = annotated_layers(record)
            for layer, tasks in record_tasks(record, layers).items():
                files[layer].writelines(orjson.dumps(task) + b"\n" for task in tasks)
