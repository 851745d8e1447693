"""The append-only history of answers, and which of them stand.

All functions work in the caller's transaction `db`.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cablespan.review.store.annotators import Annotator, AnnotatorRole, Stale
from cablespan.review.store.layers import comparable
from cablespan.review.store.shapes import Answer, CurrentAnswer, State, Version, View
from cablespan.review.store.tables import (
    answers,
    cables,
    contents,
    current_answers,
    drafts,
    tasks,
)

_ANSWER = ("action", "layers", "comment", "flagged", "timestamp")
_VERSION = ("annotator", "action", "layers", "comment", "flagged")


def _answer(row: sa.RowMapping) -> Answer:
    return {
        "action": row["action"],
        "layers": row["layers"],
        "comment": row["comment"],
        "flagged": row["flagged"],
        "timestamp": row["timestamp"],
    }


def of_annotator(table: sa.Table, annotator: Annotator, task: int) -> tuple:
    """The conditions for an annotator's row on a task."""
    return table.c.task == task, table.c.annotator == annotator.name, table.c.role == annotator.role


def append(db: sa.Connection, annotator: Annotator, task: int, action: str, **values: Any) -> int:
    """One more row of the history; returns its number."""
    row = {"task": task, "annotator": annotator.name, "role": annotator.role, "action": action}
    stamp = {"timestamp": time.time()} if values.get("timestamp") is None else {}
    return db.execute(sa.insert(answers).values(row | values | stamp)).lastrowid


def check_version(db: sa.Connection, annotator: Annotator, task: int, version: int) -> None:
    """Raises Stale where the task has moved on since the annotator saw `version`."""
    mine = of_annotator(current_answers, annotator, task)
    current = db.scalar(sa.select(current_answers.c.version).where(*mine)) or 0
    if current != version:
        raise Stale(current)


def set_current(
    db: sa.Connection,
    annotator: Annotator,
    task: int,
    overlap: int,
    *,
    version: int,
    answer: Mapping[str, Any] | None,
) -> bool:
    """Says which answer stands from now on (a row of the history, None: none).

    Returns whether the task still waits for somebody.
    """
    keys = {"task": task, "annotator": annotator.name, "role": annotator.role}
    values = {
        "version": version,
        "answer": answer["seq"] if answer else None,
        "action": answer["action"] if answer else None,
        "flagged": bool(answer and answer["flagged"]),
    }
    statement = insert(current_answers).values(**keys, **values)
    db.execute(statement.on_conflict_do_update(list(keys), set_=values))
    if annotator.role == AnnotatorRole.ADJUDICATOR:
        return False
    versions = [(one["action"], comparable(one["layers"])) for one in versions_of(db, task)]
    waits = len(versions) < overlap
    facts = {
        "done": len(versions),
        "open": waits,
        "disputed": any(version != versions[0] for version in versions[1:]),
    }
    db.execute(sa.update(tasks).where(tasks.c.id == task).values(**facts))
    return waits


def last_answer(
    db: sa.Connection, annotator: Annotator, *, task: int | None = None
) -> sa.RowMapping | None:
    """The annotator's last answer that is not undone, to one task or to any."""
    mine = (answers.c.annotator == annotator.name, answers.c.role == annotator.role)
    undone = sa.select(answers.c.undoes).where(answers.c.undoes.is_not(None), *mine)
    query = sa.select(answers).where(
        *mine, answers.c.action != "undo", answers.c.seq.not_in(undone)
    )
    if task is not None:
        query = query.where(answers.c.task == task)
    return db.execute(query.order_by(answers.c.seq.desc()).limit(1)).mappings().first()


def versions_of(db: sa.Connection, task: int) -> list[Version]:
    """Every annotator's current answer to a task, by name."""
    query = (
        sa.select(*(answers.c[name] for name in _VERSION))
        .join(current_answers, current_answers.c.answer == answers.c.seq)
        .where(current_answers.c.task == task, current_answers.c.role == AnnotatorRole.ANNOTATOR)
        .order_by(answers.c.annotator)
    )
    return [
        {
            "annotator": row["annotator"],
            "action": row["action"],
            "layers": row["layers"],
            "comment": row["comment"],
            "flagged": row["flagged"],
        }
        for row in db.execute(query).mappings()
    ]


def view_of(db: sa.Connection, annotator: Annotator, task: int) -> View:
    """What one annotator has on a task."""
    mine = of_annotator(current_answers, annotator, task)
    joined = current_answers.outerjoin(answers, answers.c.seq == current_answers.c.answer)
    columns = (current_answers.c.version, answers.c.seq, *(answers.c[name] for name in _ANSWER))
    current = db.execute(sa.select(*columns).select_from(joined).where(*mine)).mappings().first()
    draft = (
        db.execute(sa.select(drafts).where(*of_annotator(drafts, annotator, task)))
        .mappings()
        .first()
    )
    return {
        "version": current["version"] if current else 0,
        "answer": _answer(current) if current and current["seq"] is not None else None,
        "draft": draft["state"] if draft else None,
        "draft_version": draft["version"] if draft else 0,
    }


def put_draft(
    db: sa.Connection, annotator: Annotator, task: int, state: State, version: int
) -> None:
    """Keeps half-done work in place of what was kept before."""
    keys = {"task": task, "annotator": annotator.name, "role": annotator.role}
    values = {"state": state, "version": version}
    db.execute(
        insert(drafts).values(**keys, **values).on_conflict_do_update(list(keys), set_=values)
    )


def drop_draft(db: sa.Connection, annotator: Annotator, task: int) -> None:
    """Forgets half-done work."""
    db.execute(sa.delete(drafts).where(*of_annotator(drafts, annotator, task)))


def corrections(role: AnnotatorRole | None = None) -> sa.Select:
    """Answered tasks with a correction that is a draft still.

    `task`, `paragraph`, `annotator`, `role`.
    """
    keys = ("task", "annotator", "role")
    same = sa.and_(*(drafts.c[key] == current_answers.c[key] for key in keys))
    query = (
        sa.select(*(drafts.c[key] for key in keys), tasks.c.paragraph)
        .join(current_answers, same)
        .join(tasks, tasks.c.id == drafts.c.task)
        .where(current_answers.c.answer.is_not(None))
        .order_by(drafts.c.task)
    )
    return query.where(drafts.c.role == role) if role else query


def all_current(db: sa.Connection, role: AnnotatorRole | None) -> Iterator[CurrentAnswer]:
    """Every answer that stands, in the order of answering."""
    paragraph = (tasks.c.paragraph, tasks.c.cable, contents.c.text, contents.c.fields)
    query = (
        sa.select(answers, *paragraph, cables.c.header, cables.c.meta)
        .join(current_answers, current_answers.c.answer == answers.c.seq)
        .join(tasks, tasks.c.id == answers.c.task)
        .join(contents, contents.c.task == answers.c.task)
        .outerjoin(cables, cables.c.id == tasks.c.cable)
        .order_by(answers.c.seq)
    )
    if role:
        query = query.where(current_answers.c.role == role)
    for row in db.execute(query).mappings():
        yield {
            **_answer(row),
            "annotator": row["annotator"],
            "role": row["role"],
            "paragraph": row["paragraph"],
            "cable": row["cable"],
            "text": row["text"],
            "fields": row["fields"],
            "header": row["header"],
            "meta": row["meta"],
        }
