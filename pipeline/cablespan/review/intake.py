"""Files of records or Prodigy tasks into the store.

Once, in small transactions, and again only where a file has changed.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import orjson

from cablespan.cable import PARAGRAPH_FACTS
from cablespan.labels import LAYERS, Scheme
from cablespan.reading.decode import TORN, open_input
from cablespan.review.store import Annotator, AnnotatorRole, Store
from cablespan.review.store.adding import short_hash
from cablespan.review.store.annotators import Action

CHUNK = 20  # records a transaction: tens of milliseconds, so that no answer waits for long

Task = Mapping[str, Any]

_OF_TASKS = {"_view_id", "spans", "relations", "claims"}
_OF_OTHERS = {"doc", "entities"}  # lines of gold and of doccano, which have a text as well
_TEXTS = ("reference_id", "created", "classification", "from", "origin", "subject")
_LISTS = ("to", "info", "tags", "references")
# One answer for a paragraph whose layers were answered differently.
_GRAVEST_FIRST = (Action.REJECT, Action.IGNORE, Action.ACCEPT)


class Key(NamedTuple):
    """What tells paragraphs of tasks apart."""

    paragraph: str
    text: str


def input_files(paths: Iterable[Path]) -> list[Path]:
    """The files to review.

    Those named, and of a folder that `annotate` wrote its `cables*.jsonl[.gz]`, or else all its
    tasks. Raises FileNotFoundError where a path does not exist or a folder holds nothing to review,
    ValueError where a file is of another format.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += _files_of(path)
            continue
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file or folder")
        problems: list[str] = []
        if next(_objects(path, problems), None) is None and problems:
            remedy = f"`cablespan convert {path} tasks --to prodigy` makes tasks of other formats"
            raise ValueError(f"{path}: no record or task in it; {remedy}")
        files.append(path)
    return files


def _files_of(folder: Path) -> list[Path]:
    files = sorted(folder.glob("cables*.jsonl*"))
    if not files:
        every = sorted(folder.glob("*.jsonl*"))
        files = [path for path in every if not path.name.startswith(("rejects", "manifest"))]
    if not files:
        raise FileNotFoundError(
            f"{folder}: no cables.jsonl and no tasks in it; make some with "
            f"`cablespan annotate ... --output {folder}`"
        )
    return files


def _objects(path: Path, problems: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path, problems), 1):
        if not line.strip():
            continue
        place = f"{path.name}, line {number}"
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            problems.append(f"{place}: no JSON ({error}); left out")
            continue
        if _is_usable(item):
            yield item
        else:
            problems.append(f"{place}: neither a record nor a task; left out")


def _lines(path: Path, problems: list[str]) -> Iterator[bytes]:
    try:
        with open_input(str(path)) as lines:
            yield from lines
    except TORN as error:
        remedy = "get the whole file and start again: answers are kept"
        problems.append(f"{path.name}: torn ({error}), the rest of it is missing; {remedy}")


def _is_usable(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    if not all(isinstance(item.get(name) or {}, dict) for name in ("header", "meta")):
        return False
    return _is_record(item) if "paragraphs" in item else _is_task(item)


def _is_record(item: Mapping[str, Any]) -> bool:
    return (
        isinstance(item.get("id"), str)
        and _is_header(item.get("header") or {})
        and _all_have(("id", "text"), item["paragraphs"])
        and all(_all_have(("paragraph",), item.get(layer) or []) for layer in LAYERS)
    )


def _is_header(header: Mapping[str, Any]) -> bool:
    """Whether what the page shows of a header is text, and lists where it has several."""
    several = [header.get(name) or [] for name in _LISTS]
    return all(isinstance(header.get(name), str | None) for name in _TEXTS) and all(
        isinstance(every, list) and None not in every for every in several
    )


def _all_have(names: Iterable[str], things: Any) -> bool:
    """Whether these are objects with a text under each name."""
    return isinstance(things, list) and all(
        isinstance(thing, dict) and isinstance(thing.get(name), str)
        for thing in things
        for name in names
    )


def _is_task(item: Mapping[str, Any]) -> bool:
    is_task = isinstance(item.get("text"), str) and not _OF_TASKS.isdisjoint(item)
    return is_task and _OF_OTHERS.isdisjoint(item)


def _fingerprint(path: Path, scheme: Scheme) -> str:
    """Of a file and the labels that it is read with: others can show marks that were left out."""
    stat = path.stat()
    labels = [[label.name for label in layer] for layer in scheme]
    return f"{stat.st_size}-{stat.st_mtime_ns}-{short_hash(str(labels))}"


def take_in(store: Store, paths: Iterable[Path]) -> Iterator[int]:
    """Imports files that are new, changed or read with other labels; it can be repeated.

    Yields the number of paragraphs after each transaction.
    """
    intake = _Intake(store)
    for path in paths:
        yield from intake.records_of(path)
    yield from intake.rest()


class _File(NamedTuple):
    """A file that was read, and what of it could not be taken in."""

    name: str
    fingerprint: str
    problems: list[str]


class _Intake:
    """Records go into the store as they are read; all tasks together at the end, as a paragraph's
    layers may lie in several files."""

    def __init__(self, store: Store):
        self.store = store
        self.tasks: list[Task] = []
        self.files: list[_File] = []
        self.anew: dict[str, set[str]] = {}  # paragraphs of cables in files that were known before
        self.cables = _Cables()
        self.unchanged: list[Path] = []

    def records_of(self, path: Path) -> Iterator[int]:
        """Adds the records of a file that is new or has changed, and keeps its tasks."""
        file = _File(str(path.resolve()), _fingerprint(path, self.store.scheme), [])
        known = self.store.fingerprint(file.name)
        if known == file.fingerprint:
            self.unchanged.append(path)
            return
        objects = _objects(path, file.problems)
        while chunk := list(itertools.islice(objects, CHUNK)):
            records = [item for item in chunk if "paragraphs" in item]
            self.tasks += [item for item in chunk if "paragraphs" not in item]
            self.cables.add(file.name, records)
            if records:
                yield self.store.add(records, file.problems)
            if known:
                self._note(records)
        self.files.append(file)

    def _note(self, records: Iterable[Mapping[str, Any]]) -> None:
        for record in records:
            paragraphs = {paragraph["id"] for paragraph in record["paragraphs"]}
            self.anew.setdefault(record["id"], set()).update(paragraphs)

    def rest(self) -> Iterator[int]:
        """Adds the tasks, and takes out what files no longer have; then the files are done."""
        if self.tasks:
            yield take_in_tasks(self.store, self.tasks, self.files[-1].problems)
        for cable, paragraphs in self.anew.items():
            self.store.retire_others(cable, paragraphs)
        if self.files:
            for path in self.unchanged:
                self.cables.compare(str(path.resolve()), _objects(path, []))
        for file in self.files:
            file.problems.extend(self.cables.doubled_in(file.name))
            self.store.file_done(*file)


class _Cables:
    """The cables that were read, by the files where they stand: one id is one cable in the store,
    whatever stands in two files under it."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.doubled: dict[tuple[str, str], list[str]] = {}

    def add(self, file: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Notes cables of a file that is read."""
        for record in records:
            earlier = self.files.get(record["id"])
            self.files[record["id"]] = file
            if earlier:
                self.doubled.setdefault((file, earlier), []).append(record["id"])

    def compare(self, file: str, items: Iterable[Mapping[str, Any]]) -> None:
        """Looks for the cables that were read in a file that was taken in before."""
        for item in items:
            read = self.files.get(item["id"]) if "paragraphs" in item else None
            if read:
                self.doubled.setdefault((read, file), []).append(item["id"])

    def doubled_in(self, file: str) -> Iterator[str]:
        """A sentence for each file that has cables of this one."""
        for (read, other), ids in self.doubled.items():
            if read == file:
                what = f"holds cables of {other} too, {len(ids)} in all ({', '.join(ids[:5])})"
                yield (
                    f"{file}: {what}: one id is one cable here, and what was read last takes the "
                    "place of the other; review the two apart, or annotate their files in one run"
                )


def take_in_tasks(store: Store, tasks: Iterable[Task], problems: list[str]) -> int:
    """Prodigy tasks.

    Answers where an annotator answered every layer under review of a paragraph, suggestions where
    not. Hashes are not looked at: Prodigy does not renew them when an annotator edits a task.
    Appends to `problems` what was left out or cannot be held, and returns the number of paragraphs.
    Taking the same answers in again changes nothing.
    """
    sorted_tasks = _SortedTasks(store.layers, problems)
    for task in tasks:
        sorted_tasks.add(task)
    sorted_tasks.suggest_incomplete_answers()
    _add_paragraphs(store, sorted_tasks, problems)
    for (key, annotator), layers in sorted_tasks.answered.items():
        number = store.find(*key)
        if number is None:
            raise LookupError(f"{key.paragraph}: the database lacks it, though it was just added")
        _add_answer(store, number, annotator, layers, problems)
    return len(sorted_tasks.paragraphs)


class _SortedTasks:
    """Tasks by paragraph.

    One of them for its text and meta, suggested annotations by layer, answers by annotator and
    layer.
    """

    def __init__(self, layers: Sequence[str], problems: list[str]):
        self.layers, self.problems = layers, problems
        self.paragraphs: dict[Key, Task] = {}
        self.suggested: dict[Key, dict[str, list]] = {}
        self.answered: dict[tuple[Key, str], dict[str, Task]] = {}

    def add(self, task: Task) -> None:
        from cablespan.formats.tasks import (  # late: it brings spaCy, records do without
            ANSWERS,
            annotations_of,
            annotator_of,
            hashes,
            layer_of,
        )

        if not task["text"].strip():
            return
        meta = task.get("meta") or {}
        try:
            layer, annotations = layer_of(task), annotations_of(task)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            place = meta.get("paragraph") or repr(task["text"][:40])
            self.problems.append(f"task of {place}: {error}; left out")
            return
        paragraph = meta.get("paragraph") or f"{meta.get('cable') or 'task'}/{hashes(task)[0]}"
        key = Key(str(paragraph), task["text"])
        self.paragraphs.setdefault(key, task)
        annotator = annotator_of(task)
        if annotator and task.get("answer") in ANSWERS:
            self.answered.setdefault((key, str(annotator)), {})[layer] = task
        else:
            self.suggested.setdefault(key, {})[layer] = annotations

    def suggest_incomplete_answers(self) -> None:
        """Answers to some of the layers only become suggestions, with a word about it."""
        from cablespan.formats.tasks import annotations_of

        for (key, annotator), tasks in list(self.answered.items()):
            missing = [layer for layer in self.layers if layer not in tasks]
            if not missing:
                continue
            suggestion = self.suggested.setdefault(key, {})
            suggestion |= {layer: annotations_of(task) for layer, task in tasks.items()}
            del self.answered[key, annotator]
            self.problems.append(
                f"{key.paragraph}: {annotator} did not answer {', '.join(missing)}; "
                "the other layers are shown as suggestions"
            )


def _add_paragraphs(store: Store, tasks: _SortedTasks, problems: list[str]) -> None:
    """Suggestions for the paragraphs that the store has, records of those that it lacks."""
    records: dict[str, dict[str, Any]] = {}
    order: dict[str, list[str]] = {}
    for key, task in tasks.paragraphs.items():
        known, suggested = store.find(*key), tasks.suggested.get(key, {})
        order.setdefault(_cable_of(key, task), []).append(key.paragraph)
        if known is None:
            _add_to_record(records, key, task, suggested)
        elif suggested:
            faults = store.suggest(known, suggested)
            problems += [f"{key.paragraph}: {fault}; left out" for fault in faults]
    chunks = iter(records.values())
    while chunk := list(itertools.islice(chunks, CHUNK)):
        store.add(chunk, problems)
        for record in chunk:  # they hold new paragraphs alone, and know no place among the others
            store.put_in_order(record["id"], order[record["id"]])


def _cable_of(key: Key, task: Task) -> str:
    meta = task.get("meta") or {}
    return str(meta.get("cable") or key.paragraph.rpartition("/")[0])


def _add_to_record(
    records: dict[str, dict[str, Any]],
    key: Key,
    task: Task,
    suggested: Mapping[str, list],
) -> None:
    """A paragraph and what is suggested for it, in the record of its cable."""
    from cablespan.formats.completion import bare_record

    cable, meta = _cable_of(key, task), task.get("meta") or {}
    facts = {name: meta[name] for name in ("origin", "date") if meta.get(name)}
    record = records.setdefault(cable, bare_record(cable, format="prodigy", meta=facts))
    fields = {name: meta.get(name) for name in PARAGRAPH_FACTS}
    record["paragraphs"].append({"id": key.paragraph, "text": key.text, **fields})
    for layer, annotations in suggested.items():
        placed = [{**mark, "paragraph": key.paragraph} for mark in annotations]
        record.setdefault(layer, []).extend(placed)


def _add_answer(
    store: Store, task: int, name: str, layers: Mapping[str, Task], problems: list[str]
) -> None:
    """One paragraph's answer out of its tasks.

    Rejected or ignored as a whole where one layer is.
    """
    from cablespan.formats.tasks import annotations_of

    meta = next(iter(layers.values())).get("meta") or {}
    place = meta.get("paragraph")
    actions = {one["answer"] for one in layers.values()}
    action = next(action for action in _GRAVEST_FIRST if action in actions)
    if len(actions) > 1:
        answered = " and ".join(sorted(actions))
        problems.append(f"{place}: {name} answered its layers {answered}; taken as {action}")
    role = AnnotatorRole.ADJUDICATOR if meta.get("adjudicated") else AnnotatorRole.ANNOTATOR
    annotator = Annotator(name, role)
    plain = {layer: annotations_of(one) for layer, one in layers.items()}
    try:
        timestamp = max((one.get("_timestamp") or 0 for one in layers.values()), default=0)
        store.answer(
            annotator,
            task,
            action,
            plain,
            uuid=_same_uuid(task, name, role, action, plain, timestamp),
            version=store.view(annotator, task)["version"],
            comment=str(meta.get("comment") or ""),
            flagged=bool(meta.get("flagged")),
            timestamp=float(timestamp),
        )
    except (ValueError, TypeError) as error:
        problems.append(f"{place}: answer of {name} left out: {error}")


def _same_uuid(*answer: Any) -> str:
    """The UUID of an answer, the same each time that it is taken in."""
    return str(uuid5(NAMESPACE_URL, orjson.dumps(answer, option=orjson.OPT_SORT_KEYS).decode()))
