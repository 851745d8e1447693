"""Files of records or Prodigy tasks into the store: once, in small transactions, and again only where a file has changed."""

import gzip
import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from cablespan.review.store import Annotator, AnnotatorRole, Store
from cablespan.review.store.layers import LAYERS

CHUNK = 20  # records a transaction: some tens of milliseconds, so that answers of a running page do not wait


def input_files(paths: Iterable[Path]) -> list[Path]:
    """The files to review: those named, and of a folder that `annotate` wrote its `cables*.jsonl[.gz]`, or else all its tasks.

    Raises FileNotFoundError where a path does not exist or a folder holds nothing to review.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("cables*.jsonl*")) or sorted(
                p for p in path.glob("*.jsonl*") if not p.name.startswith(("rejects", "manifest"))
            )
            if not inside:
                raise FileNotFoundError(
                    f"{path}: no cables.jsonl and no tasks in it; make some with `cablespan annotate ... --output {path}`"
                )
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise FileNotFoundError(f"{path}: no such file or folder")
    return found


def _lines(path: Path) -> Iterator[bytes]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as stream:
        yield from stream


def _objects(path: Path, problems: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            problems.append(f"{path.name}, line {number}: no JSON ({error}); left out")
            continue
        if isinstance(item, dict) and (
            isinstance(item.get("paragraphs"), list) or isinstance(item.get("text"), str)
        ):
            yield item
        else:
            problems.append(f"{path.name}, line {number}: neither a record nor a task; left out")


def _fingerprint(path: Path) -> str:
    stat = path.stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}"


def take_in(store: Store, paths: Iterable[Path]) -> Iterator[int]:
    """Imports files that are new or changed, and yields the number of paragraphs after each transaction. Broken off, it can be repeated."""
    tasks: list[dict[str, Any]] = []
    done: list[tuple[str, str, list[str]]] = []
    for path in paths:
        name, fingerprint = str(path.resolve()), _fingerprint(path)
        if store.file_is_known(name, fingerprint):
            continue
        problems: list[str] = []
        objects = _objects(path, problems)
        while chunk := list(itertools.islice(objects, CHUNK)):
            tasks += [item for item in chunk if "paragraphs" not in item]
            records = [item for item in chunk if "paragraphs" in item]
            if records:
                yield store.add(records)
        done.append((name, fingerprint, problems))
    if tasks:
        yield take_in_tasks(store, tasks, done[-1][2])
    for name, fingerprint, problems in done:
        store.file_done(name, fingerprint, problems)


def take_in_tasks(store: Store, tasks: Iterable[Mapping[str, Any]], problems: list[str]) -> int:
    """Prodigy tasks: answers where an annotator answered all three layers of a paragraph, suggestions where not.

    Hashes are not looked at: Prodigy does not renew them when an annotator edits a task. Appends to `problems` what was left out or
    cannot be held, and gives the number of paragraphs. Taking the same answers in again changes nothing.
    """
    from cablespan.formats.tasks import (  # late: it brings spaCy, records do without
        ANSWERS,
        annotations_of,
        annotator_of,
        hashes,
        layer_of,
    )

    paragraphs: dict[tuple[str, str], Mapping[str, Any]] = {}
    suggested: dict[tuple[str, str], dict[str, list]] = {}
    answered: dict[tuple[str, str, str], dict[str, Mapping[str, Any]]] = {}
    for task in tasks:
        meta = task.get("meta") or {}
        try:
            layer, annotations = layer_of(task), annotations_of(task)
        except (ValueError, KeyError, TypeError) as error:
            problems.append(
                f"task of {meta.get('paragraph') or task['text'][:40]!r}: {error}; left out"
            )
            continue
        input_hash = hashes(task)[0]
        key = (
            str(meta.get("paragraph") or f"{meta.get('cable') or 'task'}/{input_hash}"),
            task["text"],
        )
        paragraphs.setdefault(key, task)
        if annotator_of(task) and task.get("answer") in ANSWERS:
            answered.setdefault((*key, annotator_of(task)), {})[layer] = task
        else:
            suggested.setdefault(key, {})[layer] = annotations
    whole = {key: layers for key, layers in answered.items() if set(layers) == set(LAYERS)}
    for (paragraph, text, annotator), layers in answered.items():
        if (paragraph, text, annotator) not in whole:
            for layer, task in layers.items():
                suggested.setdefault((paragraph, text), {})[layer] = annotations_of(task)
            missing = ", ".join(layer for layer in LAYERS if layer not in layers)
            problems.append(
                f"{paragraph}: {annotator} did not answer {missing}; the other layers are shown as suggestions"
            )
    _add_paragraphs(store, paragraphs, suggested)
    for (paragraph, text, annotator), layers in whole.items():
        _add_answer(store, store.find(paragraph, text), annotator, layers, problems)
    return len(paragraphs)


def _add_paragraphs(
    store: Store,
    paragraphs: Mapping[tuple[str, str], Mapping[str, Any]],
    suggested: Mapping[tuple[str, str], dict],
) -> None:
    from cablespan.formats.tasks import add_annotations, bare_record

    records: dict[str, dict[str, Any]] = {}
    for key, task in paragraphs.items():
        paragraph, text = key
        known = store.find(paragraph, text)
        if known is not None:
            if key in suggested:
                store.suggest(known, suggested[key])
            continue
        meta = task.get("meta") or {}
        cable = str(meta.get("cable") or paragraph.rpartition("/")[0])
        facts = {name: meta[name] for name in ("origin", "date") if meta.get(name)}
        record = records.setdefault(cable, bare_record(cable, format="prodigy", meta=facts))
        entry = {
            "id": paragraph,
            "text": text,
            **{name: meta.get(name) for name in ("number", "marking", "section", "kind")},
        }
        record["paragraphs"].append(entry)
        for layer, annotations in suggested.get(key, {}).items():
            add_annotations(record, layer, entry, annotations)
    chunks = iter(records.values())
    while chunk := list(itertools.islice(chunks, CHUNK)):
        store.add(chunk)


def _add_answer(
    store: Store, task: int, name: str, layers: Mapping[str, Mapping[str, Any]], problems: list[str]
) -> None:
    """One paragraph's answer out of its three tasks: rejected or ignored as a whole where one layer is."""
    from cablespan.formats.tasks import annotations_of

    actions = {task["answer"] for task in layers.values()}
    action = next(action for action in ("reject", "ignore", "accept") if action in actions)
    first = layers["entities"]
    meta = first.get("meta") or {}
    if len(actions) > 1:
        problems.append(
            f"{meta.get('paragraph')}: {name} answered its layers {' and '.join(sorted(actions))}; taken as {action}"
        )
    role = AnnotatorRole.ADJUDICATOR if meta.get("adjudicated") else AnnotatorRole.ANNOTATOR
    annotator = Annotator(name, role)
    plain = {layer: annotations_of(task) for layer, task in layers.items()}
    timestamp = max((task.get("_timestamp") or 0 for task in layers.values()), default=0)
    identity = orjson.dumps(
        [task, name, role, action, plain, timestamp], option=orjson.OPT_SORT_KEYS
    )
    try:
        store.answer(
            annotator,
            task,
            action,
            plain,
            uuid=str(uuid5(NAMESPACE_URL, identity.decode())),
            version=store.view(annotator, task)["version"],
            comment=meta.get("comment") or "",
            flagged=bool(meta.get("flagged")),
            timestamp=timestamp,
        )
    except ValueError as error:
        problems.append(f"{meta.get('paragraph')}: answer of {name} left out: {error}")
