"""Records into tasks: a paragraph that is known takes the new suggestion, one whose text has changed becomes a new task."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cablespan.review.store.layers import LAYERS, label_bits, uncertainty
from cablespan.review.store.tables import cables, contents, tasks


def add_records(db: sa.Connection, records: Iterable[Mapping[str, Any]]) -> int:
    """Writes the paragraphs of records in the transaction `db`; gives the number of paragraphs."""
    cable_rows, rows = [], []
    for record in records:
        cable_rows.append(
            {
                "id": record["id"],
                "header": record.get("header") or {},
                "meta": record.get("meta") or {},
            }
        )
        by_paragraph: dict[str, dict[str, list]] = {}
        for name in LAYERS:
            for mark in record.get(name, []):
                plain = {key: value for key, value in mark.items() if key != "paragraph"}
                by_paragraph.setdefault(mark["paragraph"], {layer: [] for layer in LAYERS})[
                    name
                ].append(plain)
        for position, paragraph in enumerate(record["paragraphs"]):
            if paragraph["text"].strip():
                layers = by_paragraph.get(paragraph["id"], {layer: [] for layer in LAYERS})
                rows.append((record["id"], position, paragraph, layers))
    _add_cables(db, cable_rows)
    _add_rows(db, rows)
    return len(rows)


def _add_cables(db: sa.Connection, rows: list[dict]) -> None:
    if rows:
        statement = insert(cables)
        db.execute(
            statement.on_conflict_do_update(
                ["id"], set_={k: statement.excluded[k] for k in ("header", "meta")}
            ),
            rows,
        )


def _add_rows(db: sa.Connection, rows: list[tuple]) -> None:
    if not rows:
        return
    by_paragraph = {paragraph["id"]: i for i, (_, _, paragraph, _) in enumerate(rows)}
    hashes = [text_hash(paragraph["text"]) for _, _, paragraph, _ in rows]
    known: dict[tuple[str, str], int] = {}
    outdated: list[int] = []
    ids = list(by_paragraph)
    for first in range(0, len(ids), 500):
        found = sa.select(tasks.c.id, tasks.c.paragraph, tasks.c.text_hash).where(
            tasks.c.paragraph.in_(ids[first : first + 500])
        )
        for task, paragraph, old_hash in db.execute(found):
            known[paragraph, old_hash] = task
            if hashes[by_paragraph[paragraph]] != old_hash:
                outdated.append(task)
    next_id = (db.scalar(sa.select(sa.func.max(tasks.c.id))) or 0) + 1
    task_rows, content_rows = [], []
    for index in by_paragraph.values():
        cable, position, paragraph, layers = rows[index]
        task = known.get((paragraph["id"], hashes[index]))
        if task is None:
            task, next_id = next_id, next_id + 1
        task_rows.append(
            {
                "id": task,
                "paragraph": paragraph["id"],
                "text_hash": hashes[index],
                "cable": cable,
                "position": position,
                "labels": label_bits(layers),
                "uncertainty": uncertainty(layers),
                "current": True,
            }
        )
        fields = {key: paragraph.get(key) for key in ("number", "marking", "section", "kind")}
        content_rows.append(
            {"task": task, "text": paragraph["text"], "fields": fields, "layers": layers}
        )
    changing = ("cable", "position", "labels", "uncertainty", "current")
    for table, new_rows, key, columns in (
        (tasks, task_rows, "id", changing),
        (contents, content_rows, "task", ("fields", "layers")),
    ):
        statement = insert(table)
        db.execute(
            statement.on_conflict_do_update(
                [key], set_={c: statement.excluded[c] for c in columns}
            ),
            new_rows,
        )
    if outdated:
        db.execute(sa.update(tasks).where(tasks.c.id.in_(outdated)).values(current=False))


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
