"""Prodigy's JSON Lines: entities.jsonl, statements.jsonl and claims.jsonl in a folder, or one file
of tasks with answers."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.files import json_lines
from cablespan.formats.tasks import (
    VIEWS,
    annotations_of,
    blank_pipeline,
    layer_of,
    record_tasks,
    records_of,
)
from cablespan.labels import Scheme

LEAVES_OUT = ("values of entities", "header facts", "source maps", "cluster tables", "notes")


def read(
    path: Path, scheme: Scheme, layers: Iterable[str] | None = None
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Records of the accepted tasks (see `tasks.records_of`): `layers` are the ones that a
    paragraph must have."""
    files = (
        [path]
        if path.is_file()
        else [file for layer in VIEWS for file in sorted(path.glob(f"{layer}*.jsonl*"))]
    )
    tasks: list[dict[str, Any]] = []
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        for place, task in json_lines(file):
            if not isinstance(task.get("text"), str):
                problems.append(Problem(place, "no task: `text` is missing", "export text tasks"))
                continue
            try:
                layer_of(task, scheme)
                if task.get("answer", "accept") == "accept":
                    annotations_of(task, scheme)
            except ValueError as error:
                what, _, remedy = str(error).partition(": ")
                problems.append(Problem(place, what, remedy))
            except (KeyError, TypeError) as error:
                problems.append(
                    Problem(
                        place, f"a span or relation lacks {error}", "export it from Prodigy anew"
                    )
                )
            tasks.append(task)
            paragraph = (task.get("meta") or {}).get("paragraph")
            places.setdefault(paragraph, place)
    if problems:
        raise GoldError(problems)
    try:
        for record in records_of(tasks, layers, scheme):
            known = {p["id"]: places[p["id"]] for p in record["paragraphs"] if p["id"] in places}
            yield record, {"": next(iter(known.values()), str(path)), **known}
    except ValueError as error:
        what, _, remedy = str(error).partition(": ")
        raise GoldError([Problem(str(path), what, remedy)]) from error


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """One file a layer into the folder `out`."""
    tokenize = blank_pipeline().tokenizer
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = {layer: stack.enter_context((out / f"{layer}.jsonl").open("wb")) for layer in VIEWS}
        for record in records:
            layers = [layer for layer in VIEWS if record.get(layer) is not None]
            for layer, tasks in record_tasks(record, tokenize, layers).items():
                files[layer].writelines(orjson.dumps(task) + b"\n" for task in tasks)
