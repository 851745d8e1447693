"""Prodigy recipes, found by their entry points where Prodigy is installed: cablespan.entities,
.statements and .claims.

    prodigy cablespan.entities my_dataset run/entities.jsonl

The source is tasks or records of `cablespan annotate`, annotations in any exchange format, or
cables, which are annotated on the way.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import prodigy

from cablespan.formats import GoldError, find_format, read_records
from cablespan.formats.files import placed_objects
from cablespan.formats.prodigy import task_files
from cablespan.formats.tasks import VIEWS, layer_of, record_tasks
from cablespan.labels import Entity, Role, Statement

_ARGUMENTS = {
    "dataset": ("Dataset to save the answers to", "positional", None, str),
    "source": ("Tasks, records or cables: a file or folder", "positional", None, str),
    "model": ("Trained pipeline for cables that are not annotated yet", "option", "m", str),
}


@prodigy.recipe("cablespan.entities", **_ARGUMENTS)
def entities(dataset: str, source: str, model: str | None = None) -> dict[str, Any]:
    """Correct the entities of cables, as in ner.manual."""
    return _components("entities", dataset, source, model, {"labels": list(map(str, Entity))})


@prodigy.recipe("cablespan.statements", **_ARGUMENTS)
def statements(dataset: str, source: str, model: str | None = None) -> dict[str, Any]:
    """Correct what each sentence does, as in spans.manual."""
    return _components("statements", dataset, source, model, {"labels": list(map(str, Statement))})


@prodigy.recipe("cablespan.claims", **_ARGUMENTS)
def claims(dataset: str, source: str, model: str | None = None) -> dict[str, Any]:
    """Correct who says what, as in rel.manual; "part" joins the pieces of a span that another
    interrupts."""
    config = {
        "labels": ["source", "content", "part"],
        "relations_span_labels": list(map(str, Role)),
        "wrap_relations": True,
    }
    return _components("claims", dataset, source, model, config)


def _components(
    layer: str, dataset: str, source: str, model: str | None, config: dict[str, Any]
) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "view_id": VIEWS[layer],
        "stream": tasks(layer, source, model),
        "config": {"lang": "en", "exclude_by": "input", **config},
    }


def tasks(layer: str, source: str, model: str | None = None) -> Iterator[dict[str, Any]]:
    """The unanswered tasks of a layer in any source."""
    format = _format_of(source)
    if format == "prodigy":
        yield from _unanswered(layer, Path(source))
        return
    records = read_records(source, format=format) if format else _annotated(source, model)
    for record in records:
        yield from record_tasks(record, [layer])[layer]


def _format_of(source: str) -> str | None:
    """The format of annotations; None for cables."""
    try:
        return find_format(source)
    except GoldError:
        return None


def _unanswered(layer: str, path: Path) -> Iterator[dict[str, Any]]:
    for file in task_files(path, [layer]):
        for _, task in placed_objects(file):
            if layer_of(task) == layer:
                yield {key: value for key, value in task.items() if key != "answer"}


def _annotated(source: str, model: str | None) -> Iterator[dict[str, Any]]:
    from cablespan.document import to_doc
    from cablespan.nlp import load
    from cablespan.reading import expand, read
    from cablespan.records import to_record

    nlp = load(model)
    for path in expand([source]):
        yield from map(to_record, nlp.pipe(to_doc(nlp, cable) for cable in read(path)))
