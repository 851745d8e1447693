"""What several annotators said about the same paragraphs, from any of the exchange formats."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cablespan.formats import GoldError, labelstudio, read_records
from cablespan.formats.checks import Problem, check
from cablespan.formats.detection import annotations_in
from cablespan.formats.files import placed_objects
from cablespan.formats.prodigy import fault, task_files
from cablespan.formats.tasks import annotator_of, place_of, records_of, task_meta
from cablespan.labels import Scheme, scheme_of
from cablespan.records import annotated_layers, by_paragraph

Layers = dict[str, list[dict[str, Any]]]


class Unit(NamedTuple):
    """A paragraph that can be compared: its id and its text."""

    paragraph: str
    text: str


@dataclass
class Versions:
    """`of[annotator][unit]` are that annotator's layers of the paragraph; `meta` says where a
    paragraph comes from."""

    of: dict[str, dict[Unit, Layers]] = field(default_factory=dict)
    meta: dict[Unit, dict[str, Any]] = field(default_factory=dict)

    def annotators(self) -> list[str]:
        """Their names, in the order of the files."""
        return list(self.of)

    def units(
        self, annotators: Iterable[str] | None = None
    ) -> Iterator[tuple[Unit, dict[str, Layers]]]:
        """The paragraphs in order of reading, with the layers of those of `annotators` who saw
        them."""
        names = list(annotators or self.of)
        for unit in self.meta:
            layers = {name: self.of[name][unit] for name in names if unit in self.of[name]}
            if layers:
                yield unit, layers


def read_versions(paths: Sequence[Path], scheme: Scheme | None = None) -> Versions:
    """The versions in some files or folders: tasks of Prodigy and Label Studio by annotator.

    Anything else, and tasks that name none, go by the name of the file or folder. Of tasks only the
    accepted count. `scheme`: the labels, ours if none is given.
    Raises GoldError where a file cannot be read or holds unusable annotations.
    """
    scheme = scheme or scheme_of()
    versions, problems = Versions(), []
    names = _names(paths)
    for path, name in zip(paths, names, strict=True):
        exports = []
        for file, format in annotations_in(path):
            if format == "prodigy":
                problems += _add_tasks(versions, file, name, scheme)
            elif format == "labelstudio":
                exports.append(file)
            else:
                for record in read_records(file, format=format, scheme=scheme):
                    _add_record(versions, name, record)
        problems += _add_label_studio(versions, exports, name, scheme)
    if problems:
        raise GoldError(problems)
    return versions


def _names(paths: Sequence[Path]) -> list[str]:
    """A name for each file: its own without suffixes, and where others have that as well, with
    them, its folder's, or at last its path."""
    names = [path.name.partition(".")[0] for path in paths]
    for longer in (lambda path: path.name, lambda path: path.resolve().parent.name, str):
        names = [
            name if names.count(name) == 1 else longer(path)
            for path, name in zip(paths, names, strict=True)
        ]
    return names


def _add_tasks(versions: Versions, path: Path, name: str, scheme: Scheme) -> list[Problem]:
    """Adds what each annotator accepted and did not withdraw later, a layer at a time.

    So a paragraph that is rejected in one layer is still compared in the others.
    """
    groups: dict[tuple[str, Any], list[dict[str, Any]]] = {}
    places: dict[tuple[str, Any], dict[str, str]] = {}
    problems: list[Problem] = []
    for file in task_files(path):
        for place, task in placed_objects(file):
            if problem := fault(task, place, scheme):
                problems.append(problem)
                continue
            key = annotator_of(task) or name, task.get("_view_id")
            groups.setdefault(key, []).append(task)
            places.setdefault(key, {})[place_of(task)[1]] = place
    for (annotator, view), tasks in groups.items():
        place = f"{path} ({annotator})"
        try:
            for record in records_of(tasks, scheme=scheme):
                problems += check(record, {"": place, **places[annotator, view]}, scheme)
                if not problems:
                    _add_record(versions, annotator, record)
        except ValueError as error:
            problems.append(Problem.told(place, error))
    return problems


def _add_label_studio(
    versions: Versions, paths: Iterable[Path], name: str, scheme: Scheme
) -> list[Problem]:
    """Exports of one annotator alone go by the name of their file or folder, as any others do."""
    problems: list[Problem] = []
    said = [
        (path, *version) for path in paths for version in labelstudio.read_versions(path, scheme)
    ]
    alone = len({annotator for _, annotator, _ in said}) == 1
    for path, annotator, record in said:
        annotator = name if alone else annotator
        problems += check(record, {"": f"{path} ({annotator})"}, scheme)
        if not problems:
            _add_record(versions, annotator, record)
    return problems


def _add_record(versions: Versions, annotator: str, record: Mapping[str, Any]) -> None:
    """Adds what an annotator says; a layer that a paragraph lacks is no opinion on it."""
    marks = {layer: by_paragraph(record[layer]) for layer in annotated_layers(record)}
    said = versions.of.setdefault(annotator, {})
    # Readers name a task without a cable after its file and its number: each annotator has a file.
    path = record["source"].get("path")
    of_file = f"{Path(path).stem}-" if path else ""
    for paragraph in record["paragraphs"]:
        unit = Unit(paragraph["id"].removeprefix(of_file), paragraph["text"])
        versions.meta.setdefault(unit, task_meta(record, paragraph))
        layers = said.setdefault(unit, {})
        for layer in marks:
            if layer not in paragraph.get("unannotated", ()):
                layers[layer] = [*map(dict, marks[layer].get(paragraph["id"], ()))]
