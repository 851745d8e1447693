"""Where things stand.

The paragraphs of a cable at a glance, the search over all work, progress of one and of all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import cast

import sqlalchemy as sa

from cablespan.cable import PARAGRAPH_FACTS
from cablespan.review.store.annotators import Action, Annotator, AnnotatorRole, pace
from cablespan.review.store.history import corrections
from cablespan.review.store.layers import labels_of
from cablespan.review.store.queue import IN_ORDER, holds_words
from cablespan.review.store.shapes import Found, Overview, OwnProgress
from cablespan.review.store.tables import (
    answers,
    cables,
    contents,
    current_answers,
    drafts,
    of_annotator,
    tasks,
)

FOUND_PARAGRAPHS = 60
FOUND_CABLES = 12
_SHOWN_TEXT = 160


def paragraphs(
    db: sa.Connection,
    annotator: Annotator,
    conditions: Iterable[sa.ColumnElement[bool]],
    limit: int | None = None,
) -> list[Overview]:
    """Paragraphs as one annotator has them, in the order of import.

    `state` is open, draft (half-done), correction (answered, with a change that is not), accept,
    reject, ignore, or finished (by others); an adjudicator's may be conflict. `labels` counts those
    of the annotator's work, or else of the suggestion.
    """
    mine = [
        sa.and_(table.c.task == tasks.c.id, of_annotator(table, annotator))
        for table in (current_answers, drafts)
    ]
    columns = (
        *(tasks.c[name] for name in ("id", "paragraph", "cable", "open", "disputed")),
        *(contents.c[name] for name in ("text", "fields", "layers")),
        current_answers.c.answer,
        current_answers.c.action,
        answers.c.layers.label("answered"),
        answers.c.comment,
        answers.c.flagged,
        drafts.c.state,
    )
    query = (
        sa.select(*columns)
        .join(contents, contents.c.task == tasks.c.id)
        .outerjoin(current_answers, mine[0])
        .outerjoin(answers, answers.c.seq == current_answers.c.answer)
        .outerjoin(drafts, mine[1])
        .where(tasks.c.current, *conditions)
        .order_by(*IN_ORDER)
        .limit(limit)
    )
    adjudicating = annotator.role == AnnotatorRole.ADJUDICATOR
    return [_overview(row, adjudicating) for row in db.execute(query).mappings()]


def _overview(row: sa.RowMapping, adjudicating: bool) -> Overview:
    draft = row["state"] or {}
    layers = draft.get("layers") or row["answered"] or row["layers"]
    text, fields = row["text"], row["fields"]
    shown = {
        **{name: row[name] for name in ("id", "paragraph", "cable")},
        **{name: fields.get(name) for name in PARAGRAPH_FACTS},
        "text": text if len(text) <= _SHOWN_TEXT else f"{text[:_SHOWN_TEXT]} …",
        "state": _state(row, adjudicating),
        "flagged": bool(draft.get("flagged", row["flagged"])),
        "commented": bool(draft.get("comment", row["comment"])),
        "labels": dict(Counter(labels_of(layers))),
    }
    return cast(Overview, shown)


def _state(row: sa.RowMapping, adjudicating: bool) -> str:
    answered, draft = row["answer"] is not None, row["state"] is not None
    if answered:
        return "correction" if draft else row["action"]
    if draft:
        return "draft"
    if adjudicating:
        return "conflict" if row["disputed"] else "open"
    return "open" if row["open"] else "finished"


def matching_cables(db: sa.Connection, words: str) -> list[dict[str, str | None]]:
    """Cables whose id holds these characters.

    `id`, `subject`, and the id of the first paragraph.
    """
    first = (
        sa.select(tasks.c.id)
        .where(tasks.c.cable == cables.c.id, tasks.c.current)
        .order_by(tasks.c.position)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(cables.c.id, cables.c.header, first.label("task"))
        .where(cables.c.id.icontains(words.replace(" ", ""), autoescape=True))
        .order_by(cables.c.id)
        .limit(FOUND_CABLES + 1)
    )
    return [
        {"id": row.id, "subject": (row.header or {}).get("subject"), "task": row.task}
        for row in db.execute(query)
        if row.task is not None
    ]


def matching_paragraphs(db: sa.Connection, annotator: Annotator, words: str) -> list[Overview]:
    """Paragraphs that hold these words, answered ones as well."""
    return paragraphs(db, annotator, [holds_words(words)], FOUND_PARAGRAPHS + 1)


def found(db: sa.Connection, annotator: Annotator, words: str) -> Found:
    """The first cables and paragraphs that fit, and whether there are more."""
    cables, texts = matching_cables(db, words), matching_paragraphs(db, annotator, words)
    return {
        "cables": cables[:FOUND_CABLES],
        "paragraphs": texts[:FOUND_PARAGRAPHS],
        "more": len(cables) > FOUND_CABLES or len(texts) > FOUND_PARAGRAPHS,
    }


def neighbouring_cables(db: sa.Connection, cable: str) -> Iterator[int | None]:
    """The first task of the cable before and of the one after, in the order of import."""
    place = tasks.c.place
    edges = sa.select(sa.func.min(place), sa.func.max(place))
    first, last = db.execute(edges.where(tasks.c.cable == cable, tasks.c.current)).one()
    before = sa.select(tasks.c.cable).where(tasks.c.current, place < first).order_by(place.desc())
    task = sa.select(tasks.c.id).where(tasks.c.current).order_by(*IN_ORDER).limit(1)
    yield db.scalar(task.where(tasks.c.cable == db.scalar(before.limit(1))))
    yield db.scalar(task.where(place > last))


def own_progress(db: sa.Connection, annotator: Annotator) -> OwnProgress:
    """How much one annotator has answered, by action; corrections that are not answered.

    Answers an hour.
    """
    count = sa.func.count()
    mine = (of_annotator(current_answers, annotator), current_answers.c.answer.is_not(None))
    by_action = (
        sa.select(current_answers.c.action, count, sa.func.sum(current_answers.c.flagged))
        .where(*mine)
        .group_by(current_answers.c.action)
    )
    rows = db.execute(by_action).all()
    recent = (
        sa.select(answers.c.timestamp)
        .where(of_annotator(answers, annotator), answers.c.action != "undo")
        .where(~answers.c.uuid.contains("/"))  # what was accepted along took no time
        .order_by(answers.c.seq.desc())
        .limit(101)
    )
    unfinished = corrections(annotator.role).where(drafts.c.annotator == annotator.name)
    counts = {action: number for action, number, _ in rows}
    return {
        "done": sum(counts.values()),
        "accept": counts.get(Action.ACCEPT, 0),
        "reject": counts.get(Action.REJECT, 0),
        "ignore": counts.get(Action.IGNORE, 0),
        "flagged": sum(flagged for *_, flagged in rows),
        "corrections": db.execute(sa.select(count).select_from(unfinished.subquery())).scalar_one(),
        "per_hour": pace(db.scalars(recent).all()),
    }


def annotated_by_the_team(db: sa.Connection) -> tuple[int, int]:
    """The number of paragraphs, and of those that wait for nobody."""
    every = sa.select(sa.func.count()).select_from(tasks).where(tasks.c.current)
    total = db.execute(every).scalar_one()
    return total, total - db.execute(every.where(tasks.c.open)).scalar_one()


def adjudicated_by_the_team(db: sa.Connection) -> tuple[int, int]:
    """The number of paragraphs with two answers, and of those that were adjudicated."""
    every = sa.select(sa.func.count()).select_from(tasks).where(tasks.c.current, tasks.c.done >= 2)
    decided = sa.exists().where(
        current_answers.c.task == tasks.c.id,
        current_answers.c.role == AnnotatorRole.ADJUDICATOR,
        current_answers.c.answer.is_not(None),
    )
    return db.execute(every).scalar_one(), db.execute(every.where(decided)).scalar_one()
