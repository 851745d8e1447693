"""The append-only history of answers, and which of them stand.

All functions work in the caller's transaction `db`.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import sqlalchemy as sa

from cablespan.review.store.annotators import Annotator, AnnotatorRole, Stale
from cablespan.review.store.layers import comparable
from cablespan.review.store.shapes import Answer, CurrentAnswer, State, Version, View
from cablespan.review.store.tables import (
    answers,
    cables,
    contents,
    current_answers,
    drafts,
    of_annotator,
    plain,
    tasks,
    upsert,
)

_VERSION = [answers.c[name] for name in ("annotator", "action", "layers", "comment", "flagged")]
_ANSWER = [*_VERSION[1:], answers.c.timestamp]


def _on_task(table: sa.Table, annotator: Annotator, task: int) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.task == task, of_annotator(table, annotator))


def _first(db: sa.Connection, query: sa.Select) -> sa.RowMapping | None:
    return db.execute(query.limit(1)).mappings().first()


def append(db: sa.Connection, annotator: Annotator, task: int, action: str, **values: Any) -> int:
    """One more row of the history; returns its number."""
    row = {"task": task, "annotator": annotator.name, "role": annotator.role, "action": action}
    stamp = {"timestamp": time.time()} if values.get("timestamp") is None else {}
    return db.execute(sa.insert(answers).values(row | values | stamp)).lastrowid


def check_version(db: sa.Connection, annotator: Annotator, task: int, version: int) -> None:
    """Raises Stale where the task has moved on since the annotator saw `version`."""
    mine = _on_task(current_answers, annotator, task)
    current = db.scalar(sa.select(current_answers.c.version).where(mine)) or 0
    if current != version:
        raise Stale(current)


def check_draft_version(
    db: sa.Connection, annotator: Annotator, task: int, draft_version: int
) -> None:
    """Raises Stale where there is another draft than the one that the annotator saw (0: none)."""
    mine = _on_task(drafts, annotator, task)
    current = db.scalar(sa.select(drafts.c.version).where(mine)) or 0
    if current != draft_version:
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
    upsert(db, current_answers, keys, values)
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
    mine = of_annotator(answers, annotator)
    undone = sa.select(answers.c.undoes).where(answers.c.undoes.is_not(None), mine)
    query = sa.select(answers).where(mine, answers.c.action != "undo", answers.c.seq.not_in(undone))
    if task is not None:
        query = query.where(answers.c.task == task)
    return _first(db, query.order_by(answers.c.seq.desc()))


def versions_of(db: sa.Connection, task: int) -> list[Version]:
    """Every annotator's current answer to a task, by name."""
    query = (
        sa.select(*_VERSION)
        .join(current_answers, current_answers.c.answer == answers.c.seq)
        .where(current_answers.c.task == task, current_answers.c.role == AnnotatorRole.ANNOTATOR)
        .order_by(answers.c.annotator)
    )
    return [cast(Version, plain(row)) for row in db.execute(query).mappings()]


def view_of(db: sa.Connection, annotator: Annotator, task: int) -> View:
    """What one annotator has on a task."""
    mine = _on_task(current_answers, annotator, task)
    version = _first(db, sa.select(current_answers).where(mine))
    answer = version and _first(db, sa.select(*_ANSWER).where(answers.c.seq == version["answer"]))
    draft = _first(db, sa.select(drafts).where(_on_task(drafts, annotator, task)))
    return {
        "version": version["version"] if version else 0,
        "answer": cast(Answer, plain(answer)) if answer else None,
        "draft": draft["state"] if draft else None,
        "draft_version": draft["version"] if draft else 0,
    }


def put_draft(
    db: sa.Connection, annotator: Annotator, task: int, state: State, version: int
) -> None:
    """Keeps half-done work in place of what was kept before."""
    keys = {"task": task, "annotator": annotator.name, "role": annotator.role}
    upsert(db, drafts, keys, {"state": state, "version": version})


def drop_draft(db: sa.Connection, annotator: Annotator, task: int) -> None:
    """Forgets half-done work."""
    db.execute(sa.delete(drafts).where(_on_task(drafts, annotator, task)))


def corrections(role: AnnotatorRole | None = None) -> sa.Select:
    """Drafts that the queue does not lead to.

    Corrections of answered tasks, and what was begun on a text that a new run changed: `task`,
    `annotator`, `role`, `paragraph`, and whether it is `answered` and `current`.
    """
    keys = ("task", "annotator", "role")
    same = sa.and_(*(drafts.c[key] == current_answers.c[key] for key in keys))
    answered = current_answers.c.answer.is_not(None)
    query = (
        sa.select(
            *(drafts.c[key] for key in keys),
            tasks.c.paragraph,
            answered.label("answered"),
            tasks.c.current,
        )
        .outerjoin(current_answers, same)
        .join(tasks, tasks.c.id == drafts.c.task)
        .where(sa.or_(answered, sa.not_(tasks.c.current)))
        .order_by(drafts.c.task)
    )
    return query.where(drafts.c.role == role) if role else query


def all_current(db: sa.Connection, role: AnnotatorRole | None) -> Iterator[CurrentAnswer]:
    """Every answer that stands, in the order of the paragraphs, then of answering.

    Of an annotator who answered the present text of a paragraph, none to an earlier one.
    """
    who = (answers.c.annotator, answers.c.role)
    paragraph = (tasks.c.paragraph, tasks.c.cable, contents.c.text, contents.c.fields)
    query = (
        sa.select(*_ANSWER, *who, *paragraph, cables.c.header, cables.c.meta)
        .join(current_answers, current_answers.c.answer == answers.c.seq)
        .join(tasks, tasks.c.id == answers.c.task)
        .join(contents, contents.c.task == answers.c.task)
        .outerjoin(cables, cables.c.id == tasks.c.cable)
        .where(sa.or_(tasks.c.current, sa.not_(_answered_anew())))
        .order_by(tasks.c.place, answers.c.task, answers.c.seq)
    )
    if role:
        query = query.where(current_answers.c.role == role)
    for row in db.execute(query).mappings():
        yield cast(CurrentAnswer, plain(row))


def _answered_anew() -> sa.ColumnElement[bool]:
    """Whether who gave an answer has answered the present text of the paragraph as well."""
    now, anew = tasks.alias(), current_answers.alias()
    return sa.exists().where(
        now.c.paragraph == tasks.c.paragraph,
        now.c.current,
        anew.c.task == now.c.id,
        anew.c.answer.is_not(None),
        *(anew.c[key] == current_answers.c[key] for key in ("annotator", "role")),
    )
