"""The queue: which tasks wait for an annotator and in what order, and the leases that keep a task from others meanwhile."""

import time

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cablespan.review.store.annotators import Annotator, AnnotatorRole
from cablespan.review.store.layers import label_bit
from cablespan.review.store.tables import contents, leases, standing, tasks

LEASE_SECONDS = 3600  # a task that is shown to one annotator is not handed to another meanwhile
DRAFT_LEASE_SECONDS = 7 * 86400  # half-done work keeps its task for longer


def waiting(
    annotator: Annotator, overlap: int, *, order: str, label: str | None, search: str | None
) -> sa.Select:
    """The tasks that wait for an annotator, the next one first: as imported, or with `order` "uncertainty" the least sure first."""
    mine = sa.exists().where(
        standing.c.task == tasks.c.id,
        standing.c.annotator == annotator.name,
        standing.c.role == annotator.role,
        standing.c.answer.is_not(None),
    )
    query = sa.select(tasks.c.id).where(tasks.c.current, ~mine)
    if annotator.role == AnnotatorRole.ADJUDICATOR:
        query = query.where(tasks.c.done >= 2).order_by(tasks.c.disputed.desc(), tasks.c.id)
    else:
        others = (
            sa.select(sa.func.count())
            .where(
                leases.c.task == tasks.c.id,
                leases.c.annotator != annotator.name,
                leases.c.until > time.time(),
            )
            .scalar_subquery()
        )
        ordering = (
            [tasks.c.uncertainty.desc(), tasks.c.id] if order == "uncertainty" else [tasks.c.id]
        )
        query = query.where(tasks.c.open, tasks.c.done + others < overlap).order_by(*ordering)
    if label:
        query = query.where(tasks.c.labels.op("&")(label_bit(label)) != 0)
    if search:
        query = query.where(
            sa.exists().where(
                contents.c.task == tasks.c.id, contents.c.text.icontains(search, autoescape=True)
            )
        )
    return query


def beside(annotator: Annotator, task: int, direction: int) -> sa.Select:
    """The tasks before (-1) or behind (+1) a task that an annotator may see, the nearest first."""
    visible = sa.or_(
        tasks.c.open,
        sa.exists().where(
            standing.c.task == tasks.c.id,
            standing.c.annotator == annotator.name,
            standing.c.role == annotator.role,
        ),
    )
    if annotator.role == AnnotatorRole.ADJUDICATOR:
        visible = tasks.c.done >= 2
    beyond, ordering = (
        (tasks.c.id < task, tasks.c.id.desc()) if direction < 0 else (tasks.c.id > task, tasks.c.id)
    )
    return sa.select(tasks.c.id).where(tasks.c.current, visible, beyond).order_by(ordering)


def lease(db: sa.Connection, task: int, annotator: str, seconds: float) -> None:
    """Keeps a task for an annotator; a lease that runs longer stays as it is."""
    until = time.time() + seconds
    statement = insert(leases).values(task=task, annotator=annotator, until=until)
    db.execute(
        statement.on_conflict_do_update(
            ["task", "annotator"], set_={"until": sa.func.max(leases.c.until, until)}
        )
    )
