"""Label Studio's JSON: a task a paragraph, regions for entities, statements and parts of claims.

A claim's parts are joined by relations. What a model marked (marks with scores, or a run's) goes
out as the task's `predictions`, which leave the task open; what people marked as its `annotations`.
Only annotations come back. `NAME.config.xml` beside is the labelling interface for the project's
settings. A region's `meta` keeps what Label Studio has no field for.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from cablespan.formats.checks import (
    GoldError,
    Problem,
    Report,
    are,
    check_note,
    objects,
    without_marks,
)
from cablespan.formats.completion import (
    Placed,
    bare_record,
    known_facts,
    marked_paragraphs,
    noted_paragraph,
    parts_of,
)
from cablespan.formats.files import read_text, unpacked_name, written
from cablespan.formats.linked import LinkedSpan, add_marks, links_of, part_links
from cablespan.formats.paragraphs import mark_missing
from cablespan.labels import LAYERS, Role, Scheme
from cablespan.records import annotated_layers

LEAVES_OUT = ()
_FACTS = {"entities": ("kb_id", "cluster", "score", "value"), "statements": ("score",)}


def configuration(scheme: Scheme) -> str:
    """The labelling interface with the scheme's labels."""
    layers = "".join(
        f'  <Labels name="{layer}" toName="text">\n'
        + "".join(f'    <Label value="{label}"/>\n' for label in scheme.names(layer))
        + "  </Labels>\n"
        for layer in LAYERS
    )
    names = "".join(f'    <Relation value="{role}"/>\n' for role in ("source", "content"))
    relations = f"  <Relations>\n{names}  </Relations>\n"
    return f'<View>\n{layers}{relations}  <Text name="text" value="$text"/>\n</View>\n'


def write(
    records: Iterable[Mapping[str, Any]], out: Path, scheme: Scheme, *, guessed: bool = False
) -> None:
    """Records as Label Studio's tasks, with the labelling configuration beside them.

    `guessed`: a model made all marks, those of rules without a score too.
    """
    out.with_name(unpacked_name(out).removesuffix(".json") + ".config.xml").write_text(
        configuration(scheme), encoding="utf-8", newline="\n"
    )
    separator = b"\n"
    with written(out) as file:
        file.write(b"[")
        tasks = (task for record in records for task in _tasks(record, guessed))
        for number, task in enumerate(tasks, 1):
            file.write(separator + orjson.dumps({"id": number, **task}))
            separator = b",\n"
        file.write(b"\n]\n")


def _tasks(record: Mapping[str, Any], guessed: bool) -> Iterator[dict[str, Any]]:
    layers = annotated_layers(record)
    guessed = guessed or _has_scores(record)
    whole = {key: value for key, value in record.items() if key not in (*LAYERS, "paragraphs")}
    for number, (paragraph, marks) in enumerate(marked_paragraphs(record, layers)):
        data = {"text": paragraph["text"], "cable": record["id"], "layers": layers}
        data["paragraph"] = {key: value for key, value in paragraph.items() if key != "text"}
        if number == 0:
            data["record"] = whole
        result = _result(marks, paragraph["text"])
        if guessed:
            yield {"data": data, "predictions": [{"result": result, "model_version": "cablespan"}]}
        else:
            yield {"data": data, "annotations": [{"result": result}]}


def _result(marks: Mapping[str, Iterable[Mapping[str, Any]]], text: str) -> list[dict[str, Any]]:
    """The regions and relations of a paragraph, from its marks by layer."""
    result: list[dict[str, Any]] = []
    for layer, annotations in marks.items():
        for mark in annotations:
            if layer == "claims":
                _add_claim(result, mark, text)
            else:
                facts = known_facts(mark, _FACTS[layer])
                _add_region(result, layer, mark["label"], mark, text, facts)
    return result


def _has_scores(record: Mapping[str, Any]) -> bool:
    """Whether marks of a record bear scores, which only a model's do."""
    marks = itertools.chain(record.get("entities") or (), record.get("statements") or ())
    return any(mark.get("score") is not None for mark in marks)


def _add_region(
    result: list,
    layer: str,
    label: str,
    place: Mapping[str, Any],
    text: str,
    facts: Mapping[str, Any],
) -> str:
    name = f"r{len(result)}"
    start, end = place["start"], place["end"]
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    region = {"id": name, "from_name": layer, "to_name": "text", "type": "labels", "value": value}
    result.append(region | ({"meta": dict(facts)} if facts else {}))
    return name


def _add_claim(result: list, claim: Mapping[str, Any], text: str) -> None:
    facts = known_facts(claim, ("speaker", "certainty"))
    names = {
        role: _add_region(
            result, "claims", role.upper(), part, text, facts if role == "content" else {}
        )
        for role, part in parts_of(claim).items()
    }
    for role, head, part in part_links(names):
        ends = {"from_id": head, "to_id": part, "direction": "right"}
        result.append({"type": "relation", **ends, "labels": [role]})


class _Task(NamedTuple):
    """A paragraph with the result of each annotator who submitted one.

    `note` is what `_tasks` wrote beside the text, empty of a task from elsewhere; `id` is the
    paragraph's where there is none.
    """

    cable: str
    id: str
    text: str
    note: Mapping[str, Any]
    results: Mapping[str, list[dict[str, Any]]]
    place: str


class _Answer(NamedTuple):
    """What one annotator said of a task."""

    task: _Task
    result: list[dict[str, Any]]


def read(path: Path, scheme: Scheme, report: Report = lambda problem: None) -> Iterator[Placed]:
    """Records of the annotated tasks, with the places of their paragraphs.

    Tasks without an annotation are left out; `report` is told how many, and of how many cables the
    header is lost. Raises GoldError where a task has several, as one gold is needed:
    `read_versions` reads those.
    """
    export = _Export(path, scheme)
    problems = [
        Problem(
            task.place,
            f"{len(task.results)} annotations",
            "compare them (cablespan agree), and export one annotation a task as gold",
        )
        for task in export.tasks
        if len(task.results) > 1
    ]
    if problems:
        raise GoldError(problems)
    if export.is_unmarked():
        raise without_marks(path)
    for problem in export.losses():
        report(problem)
    answers = [_Answer(task, result) for task in export.tasks for result in task.results.values()]
    yield from export.records(answers)


def read_versions(path: Path, scheme: Scheme) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each annotator's name with each record as that annotator has it.

    The name is the e-mail address, else "annotator" and the number that Label Studio has for it.
    """
    export = _Export(path, scheme)
    by_annotator: dict[str, list[_Answer]] = {}
    for task in export.tasks:
        for annotator, result in task.results.items():
            by_annotator.setdefault(annotator, []).append(_Answer(task, result))
    for annotator, answers in by_annotator.items():
        for record, _ in export.records(answers):
            yield annotator, record


class _Export:
    """The tasks of a file, and what they say together.

    `wholes`: what is known of each cable, which the task of its first paragraph has, answered or
    not. `foreign_layers`: those that tasks from elsewhere have marks of, annotated in all of them.
    """

    def __init__(self, path: Path, scheme: Scheme):
        self.path, self.scheme = path, scheme
        self.tasks = list(_tasks_of(path))
        self.wholes = {
            task.cable: record for task in self.tasks if (record := task.note.get("record"))
        }
        foreign = [task.results.values() for task in self.tasks if not task.note]
        self.foreign_layers = self._marked(itertools.chain.from_iterable(foreign))

    def is_unmarked(self) -> bool:
        """Whether tasks were answered, all from elsewhere, and nothing tells of any layer."""
        answered = any(task.results for task in self.tasks)
        return answered and not (self.foreign_layers or any(task.note for task in self.tasks))

    def losses(self) -> Iterator[Problem]:
        """What the export has not got: answers, and cables' first tasks (Label Studio may leave out
        tasks that nobody annotated)."""
        unanswered = sum(not task.results for task in self.tasks)
        if unanswered:
            what = f"{unanswered} of {len(self.tasks)} tasks have no submitted annotation"
            yield Problem(str(self.path), what, "their paragraphs are left out")
        ours = {task.cable for task in self.tasks if task.note}
        headless = ours - self.wholes.keys()
        if headless:
            what = f"the first task of {len(headless)} of {len(ours)} cables is not in it"
            remedy = "header and clusters are left out, --cables RUN has them"
            yield Problem(str(self.path), what, remedy)

    def records(self, answers: Iterable[_Answer]) -> Iterator[Placed]:
        """The records that some answers make, one a cable."""
        records: dict[str, Placed] = {}
        for answer in answers:
            task, cable = answer.task, answer.task.cable
            if cable not in records:
                record = bare_record(cable, path=str(self.path), format="labelstudio")
                record |= self.wholes.get(cable, {}) | {"paragraphs": []}
                records[cable] = Placed(record, {"": task.place})
            self._add(answer, records[cable])
        for placed in records.values():
            mark_missing(placed.record)
            yield placed

    def _add(self, answer: _Answer, placed: Placed) -> None:
        task, annotated = answer.task, self._annotated(answer)
        facts = {"id": task.id} | task.note.get("paragraph", {})
        paragraph = noted_paragraph(facts, task.text)
        paragraph["unannotated"] = [layer for layer in LAYERS if layer not in annotated]
        placed.add_paragraph(paragraph, task.place)
        placed.record.update(
            {layer: placed.record.get(layer, []) for layer in LAYERS if layer in annotated}
        )
        _add_result(placed.record, paragraph["id"], answer, self.scheme)

    def _annotated(self, answer: _Answer) -> set[str]:
        """The layers annotated in a task: those that were when it was written, and those that have
        a mark."""
        note = answer.task.note
        if not note:
            return self.foreign_layers
        lacking = note["paragraph"].get("unannotated") or ()
        return {*note["layers"]}.difference(lacking) | self._marked([answer.result])

    def _marked(self, results: Iterable[list[dict[str, Any]]]) -> set[str]:
        """The layers that some results have a region of."""
        regions = itertools.chain.from_iterable(map(_regions, results))
        return {self.scheme.layer_of(_label(region)) or "entities" for region in regions}


def _tasks_of(path: Path) -> Iterator[_Task]:
    """The tasks with their submitted annotations, of each annotator the latest."""
    numbers: Counter[str] = Counter()
    for number, task in enumerate(_read_tasks(path), 1):
        place = f"{path}: task {number}"
        data = task.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            remedy = "export tasks with `text` and without JSON-MIN"
            raise GoldError.at(place, "no data.text", remedy)
        cable = str(data.get("cable") or f"{path.stem}-{task.get('id', number)}")
        given = objects(task.get("annotations") or [], "`annotations`", place)
        results = {
            annotator: _sound_result(annotation.get("result") or [], place)
            for annotator, annotation in _latest(given).items()
        }
        id = f"{cable}/{numbers[cable]}"
        note = _note(data)
        if note:
            check_note(note, place)
        yield _Task(cable, id, data["text"], note, results, place)
        numbers[cable] += 1


def _sound_result(value: Any, place: str) -> list[dict[str, Any]]:
    result = objects(value, "`result`", place)
    for item in result:
        if not _is_sound(item):
            what = f"a region or relation has another shape ({orjson.dumps(item).decode()})"
            raise GoldError.at(place, what, "export the project as JSON")
        if len(labels := (item.get("value") or {}).get("labels") or ()) > 1:
            what = f"a region has the labels {' and '.join(labels)}"
            raise GoldError.at(place, what, "give it one; mark the words again for another layer")
    return result


def _is_sound(item: Mapping[str, Any]) -> bool:
    value, facts = item.get("value") or {}, item.get("meta") or {}
    if not are(dict, (value, facts)):
        return False
    labels = [value.get("labels") or [], item.get("labels") or []]
    return (
        are(int, (value.get(key, 0) for key in ("start", "end")))
        and are(str | int, (item.get(key, "") for key in ("id", "from_id", "to_id")))
        and are(list, labels)
        and are(str, itertools.chain(*labels))
    )


def _note(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A task's data where we wrote them; columns of another's project can have the same names."""
    paragraph, layers = data.get("paragraph"), data.get("layers")
    is_ours = isinstance(paragraph, dict) and "source_map" in paragraph and isinstance(layers, list)
    return data if is_ours else {}


def _latest(given: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The last submitted annotation of each annotator."""
    submitted = [annotation for annotation in given if not annotation.get("was_cancelled")]
    submitted.sort(key=lambda annotation: str(annotation.get("updated_at") or ""))
    return {_annotator(annotation, n): annotation for n, annotation in enumerate(submitted, 1)}


def _annotator(annotation: Mapping[str, Any], number: int) -> str:
    """Who made an annotation; without a name, its number among those of the task."""
    by = annotation.get("completed_by")
    if isinstance(by, Mapping):
        return by.get("email") or f"annotator {by.get('id', number)}"
    return f"annotator {number if by is None else by}"


def _read_tasks(path: Path) -> list[dict[str, Any]]:
    try:
        tasks = orjson.loads(read_text(path))
    except orjson.JSONDecodeError as error:
        raise GoldError.at(path, f"no JSON ({error})", "export the project as JSON") from error
    if not isinstance(tasks, list):
        remedy = "export the project as JSON (not JSON-MIN)"
        raise GoldError.at(path, "no list of tasks", remedy)
    return objects(tasks, "the list of tasks", str(path))


def _add_result(record: dict[str, Any], paragraph: str, answer: _Answer, scheme: Scheme) -> None:
    """Adds the regions and relations of one paragraph to the record."""
    relations = [item for item in answer.result if item.get("type") == "relation"]
    try:
        links = links_of(itertools.chain.from_iterable(map(_arrows, relations)))
        spans = [_span(paragraph, answer.task, region) for region in _regions(answer.result)]
    except KeyError as error:
        what = f"a region or relation lacks {error}"
        raise GoldError.at(answer.task.place, what, "export the project as JSON") from error
    add_marks(record, spans, links, scheme)


def _arrows(relation: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Head, role and target of a relation, which an annotator may have turned round."""
    head, target = relation["from_id"], relation["to_id"]
    if relation.get("direction") == "left":
        head, target = target, head
    return [(head, label, target) for label in relation.get("labels") or ()]


def _regions(result: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in result if (item.get("value") or {}).get("labels")]


def _label(region: Mapping[str, Any]) -> str:
    return region["value"]["labels"][0]


def _span(paragraph: str, task: _Task, region: Mapping[str, Any]) -> LinkedSpan:
    value, facts = region["value"], dict(region.get("meta") or {})
    start, end = _code_points(task.text, value)
    label = _label(region)
    if "text" in value and label not in Role.__members__:
        facts["text"] = value["text"]
    return LinkedSpan(region["id"], label, paragraph, start, end, task.place, facts)


def _code_points(text: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """The offsets in code points, also where the page counted UTF-16 units (an emoji as two)."""
    start, end, words = value["start"], value["end"], value.get("text")
    if words is None or text[start:end] == words:
        return start, end
    units = text.encode("utf-16-le")
    try:
        one, other = (len(units[: 2 * offset].decode("utf-16-le")) for offset in (start, end))
    except UnicodeDecodeError:
        return start, end
    return (one, other) if text[one:other] == words else (start, end)
