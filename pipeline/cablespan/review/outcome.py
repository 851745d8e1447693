"""Answers out of the store as Prodigy tasks.

What annotators said, and the gold that adjudicators made of it.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from cablespan.formats.tasks import make_task, task_meta, token_records, tokenize
from cablespan.labels import LABELS_FILE, Scheme, scheme_of
from cablespan.review.store import AnnotatorRole, Store
from cablespan.review.store.shapes import CurrentAnswer
from cablespan.writing import written_whole


def answered_tasks(
    store: Store, dataset: str, role: AnnotatorRole = AnnotatorRole.ANNOTATOR
) -> Iterator[dict[str, dict[str, Any]]]:
    """Each current answer as its tasks by layer, in the order of the paragraphs: what follows what
    in a cable is learned from, too.

    Only layers that annotators were asked for. `_session_id` is "dataset-annotator",
    `_annotator_id` the annotator's name. `meta` holds `comment` and `flagged` where they are set,
    and `adjudicated` where an adjudicator decided.
    """
    for answer in store.current_answers(role):
        tokens = token_records(tokenize(answer["text"]))
        meta = _meta(answer)
        facts = {
            "answer": answer["action"],
            "_session_id": f"{dataset}-{answer['annotator']}",
            "_annotator_id": answer["annotator"],
            "_timestamp": int(answer["timestamp"]),
        }
        yield {
            layer: make_task(layer, answer["text"], tokens, meta, answer["layers"][layer]) | facts
            for layer in store.layers
        }


def _meta(answer: CurrentAnswer) -> dict[str, Any]:
    record = {
        "id": answer["cable"],
        "header": answer["header"] or {},
        "meta": answer["meta"] or {},
    }
    meta = task_meta(record, {"id": answer["paragraph"], **answer["fields"]})
    remarks = {
        "comment": answer["comment"],
        "flagged": bool(answer["flagged"]),
        "adjudicated": answer["role"] == AnnotatorRole.ADJUDICATOR,
    }
    return meta | {name: value for name, value in remarks.items() if value}


def folders_of(output: Path) -> dict[AnnotatorRole, Path]:
    """Where the answers of each role go: adjudicators' into `gold`, in the folder of the others."""
    return {AnnotatorRole.ANNOTATOR: output, AnnotatorRole.ADJUDICATOR: output / "gold"}


def write_answers(store: Store, folder: Path, *, dataset: str) -> dict[str, int]:
    """Writes a file for each layer into the folder of each role; labels of one's own stand beside,
    in labels.json.

    Returns the number of paragraphs by folder name. Files appear whole: each is written beside its
    place and then moved there. Where every answer was taken back, those of an earlier export go.
    """
    counts = {}
    for role, target in folders_of(folder).items():
        count = _write(answered_tasks(store, dataset, role), target, store.layers)
        if count:
            counts[str(target)] = count
            _write_labels(store.scheme, target)
        elif store.was_answered(role) and _remove(target, store.layers):
            counts[str(target)] = 0
    return counts


def _remove(target: Path, layers: Iterable[str]) -> bool:
    """Takes out what an earlier export wrote; whether there was anything."""
    written = [file for layer in layers if (file := target / f"{layer}.jsonl").exists()]
    for file in written:
        file.unlink()
    return bool(written)


def _write_labels(scheme: Scheme, target: Path) -> None:
    """labels.json, where the labels are not ours: whoever reads the answers takes them from
    there."""
    if scheme != scheme_of():
        tables = orjson.dumps(scheme.tables(), option=orjson.OPT_INDENT_2)
        (target / LABELS_FILE).write_bytes(tables)


def _write(
    answers: Iterable[dict[str, dict[str, Any]]], target: Path, layers: Iterable[str]
) -> int:
    streams: dict[str, BinaryIO] = {}
    count = 0
    with ExitStack() as whole:
        for answer in answers:
            if not streams:
                beside = whole.enter_context(written_whole(target))
                streams = {
                    layer: whole.enter_context((beside / f"{layer}.jsonl").open("wb"))
                    for layer in layers
                }
            for layer, stream in streams.items():
                stream.write(orjson.dumps(answer[layer]) + b"\n")
            count += 1
    return count
