"""Answers out of the store as Prodigy tasks: what annotators said, and the gold that adjudicators made of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from cablespan.formats.tasks import VIEWS, make_task, task_meta, token_records
from cablespan.review.store import AnnotatorRole, Store


def answered_tasks(
    store: Store, dataset: str, role: AnnotatorRole = AnnotatorRole.ANNOTATOR
) -> Iterator[dict[str, dict[str, Any]]]:
    """Each answer that stands as its three tasks by layer, in the order of answering.

    `_session_id` is "dataset-annotator", `_annotator_id` the annotator's name. `meta` holds `comment` and `flagged` where they are set,
    and `adjudicated` where an adjudicator decided.
    """
    import spacy

    tokenize = spacy.blank("en").tokenizer
    for answer in store.standing_answers(role):
        tokens = token_records(tokenize(answer["text"]))
        record = {
            "id": answer["cable"],
            "header": answer["header"] or {},
            "meta": answer["meta"] or {},
        }
        meta = task_meta(record, {"id": answer["paragraph"], **answer["fields"]})
        if answer["comment"]:
            meta["comment"] = answer["comment"]
        if answer["flagged"]:
            meta["flagged"] = True
        if role == AnnotatorRole.ADJUDICATOR:
            meta["adjudicated"] = True
        yield {
            layer: make_task(layer, answer["text"], tokens, meta, answer["layers"][layer])
            | {
                "answer": answer["action"],
                "_session_id": f"{dataset}-{answer['annotator']}",
                "_annotator_id": answer["annotator"],
                "_timestamp": int(answer["timestamp"]),
            }
            for layer in VIEWS
        }


def write_answers(store: Store, folder: Path, *, dataset: str) -> dict[str, int]:
    """Writes `entities.jsonl`, `statements.jsonl`, `claims.jsonl` into `folder`, and those of adjudicators into `folder/gold`.

    Gives the number of paragraphs by folder name. Files appear whole: each is written beside its place and then moved there.
    """
    counts = {}
    for role, target in (
        (AnnotatorRole.ANNOTATOR, folder),
        (AnnotatorRole.ADJUDICATOR, folder / "gold"),
    ):
        parts = {layer: target / f"{layer}.jsonl.part" for layer in VIEWS}
        answers = answered_tasks(store, dataset, role)
        first = next(answers, None)
        if first is None:
            continue
        target.mkdir(parents=True, exist_ok=True)
        streams = {layer: part.open("wb") for layer, part in parts.items()}
        count = 0
        while first is not None:
            for layer, stream in streams.items():
                stream.write(orjson.dumps(first[layer]) + b"\n")
            count += 1
            first = next(answers, None)
        for layer, part in parts.items():
            streams[layer].close()
            part.replace(target / f"{layer}.jsonl")
        counts[str(target)] = count
    return counts
