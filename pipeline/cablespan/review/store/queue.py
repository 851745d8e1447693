"""The queue.

Which tasks wait for an annotator and in what order, and the leases that keep a task from others
meanwhile.
"""

import re
import time
from dataclasses import dataclass
from functools import lru_cache

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cablespan.review.store.annotators import Annotator, AnnotatorRole
from cablespan.review.store.layers import LabelBits, labels_of
from cablespan.review.store.tables import (
    answers,
    contents,
    current_answers,
    leases,
    of_annotator,
    tasks,
)

LEASE_SECONDS = 3600  # a task that is shown to one annotator is not handed to another meanwhile
DRAFT_LEASE_SECONDS = 7 * 86400  # half-done work keeps its task for longer
_END = 2**63 - 1  # the place of a task that is not there
IN_ORDER = (tasks.c.place, tasks.c.id)  # of the cables as imported, then of their paragraphs


def _further(task: int, direction: int) -> sa.ColumnElement[bool]:
    this = tasks.alias()
    place = sa.select(this.c.place).where(this.c.id == task).scalar_subquery()
    here, there = sa.tuple_(sa.func.coalesce(place, _END), task), sa.tuple_(*IN_ORDER)
    return there < here if direction < 0 else there > here


@dataclass(frozen=True, slots=True)
class Queue:
    """What an annotator works through.

    `order` "order" (as imported) or "uncertainty" (the least sure first), and filters.
    """

    order: str = "order"
    label: str | None = None
    search: str | None = None

    def filters(self, annotator: Annotator, bits: LabelBits) -> list[sa.ColumnElement[bool]]:
        """The conditions that a task has to fulfil: the label is one of the suggestion, to an
        adjudicator one that an annotator gave.

        Raises LookupError for an unknown label.
        """
        conditions = []
        if self.label:
            bit = bits.bit(self.label)
            if annotator.role == AnnotatorRole.ADJUDICATOR:
                conditions.append(_answered_with(self.label))
            else:
                conditions.append(tasks.c.labels.op("&")(bit) != 0)
                has = _has_label(contents.c.layers, self.label)  # labels can share a bit
                conditions.append(sa.exists().where(contents.c.task == tasks.c.id, has))
        if self.search:
            conditions.append(
                sa.exists().where(contents.c.task == tasks.c.id, holds_words(self.search))
            )
        return conditions


def _has_label(layers: sa.ColumnElement, label: str) -> sa.ColumnElement[bool]:
    return sa.func.has_label(layers, label) == 1


def _answered_with(label: str) -> sa.ColumnElement[bool]:
    """Whether the label is in an annotator's answer that stands."""
    return sa.exists().where(
        current_answers.c.task == tasks.c.id,
        current_answers.c.role == AnnotatorRole.ANNOTATOR,
        current_answers.c.answer == answers.c.seq,
        _has_label(answers.c.layers, label),
    )


def holds_words(words: str) -> sa.ColumnElement[bool]:
    """Whether a text holds these words one after the other.

    `has_words` is registered with each connection.
    """
    return sa.func.has_words(contents.c.text, words) == 1


def has_words(text: str, words: str) -> bool:
    """Whether whole words stand in a text, whatever their case and the blanks between them.

    >>> has_words("OFF THE  WATCHLIST.", "the watchlist"), has_words("watchlists", "watchlist")
    (True, False)
    """
    return _pattern(words).search(text) is not None


def has_label(layers: bytes, label: str) -> bool:
    """Whether a paragraph's layers, as they are stored, have a label.

    >>> has_label(b'{"entities": [{"label": "PLACE"}]}', "PLACE")
    True
    """
    return label in labels_of(orjson.loads(layers))


@lru_cache(64)
def _pattern(words: str) -> re.Pattern[str]:
    escaped = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){escaped}(?!\w)", re.IGNORECASE)


def answered_by(annotator: Annotator) -> sa.ColumnElement[bool]:
    """Whether an annotator's answer to the task stands."""
    return sa.exists().where(
        current_answers.c.task == tasks.c.id,
        of_annotator(current_answers, annotator),
        current_answers.c.answer.is_not(None),
    )


def open_to(annotator: Annotator, overlap: int) -> list[sa.ColumnElement[bool]]:
    """The conditions under which a task waits for an annotator."""
    mine = [tasks.c.current, ~answered_by(annotator)]
    if annotator.role == AnnotatorRole.ADJUDICATOR:
        return [*mine, tasks.c.done >= 2]
    holder_answered = sa.exists().where(  # counted in `done`; the lease is that of a correction
        current_answers.c.task == leases.c.task,
        current_answers.c.annotator == leases.c.annotator,
        current_answers.c.role == AnnotatorRole.ANNOTATOR,
        current_answers.c.answer.is_not(None),
    )
    others = (
        sa.select(sa.func.count())
        .where(
            leases.c.task == tasks.c.id,
            leases.c.annotator != annotator.name,
            leases.c.until > time.time(),
            ~holder_answered,
        )
        .scalar_subquery()
    )
    return [*mine, tasks.c.open, tasks.c.done + others < overlap]


def next_waiting(
    db: sa.Connection,
    annotator: Annotator,
    overlap: int,
    queue: Queue,
    bits: LabelBits,
    after: int | None,
) -> int | None:
    """The next task of a queue: after `after`, then from the beginning.

    Paragraphs that go along with others come last.
    """
    query = sa.select(tasks.c.id).where(
        *open_to(annotator, overlap), *queue.filters(annotator, bits)
    )
    if annotator.role == AnnotatorRole.ADJUDICATOR:
        return db.scalar(query.order_by(tasks.c.disputed.desc(), *IN_ORDER).limit(1))
    by_certainty = queue.order == "uncertainty"
    ordering = [tasks.c.uncertainty.desc(), *IN_ORDER] if by_certainty else IN_ORDER
    query = query.order_by(*ordering).limit(1)
    for scrap in (False, True):
        of_kind = query.where(tasks.c.scrap == scrap)
        if after and not by_certainty:
            task = db.scalar(of_kind.where(_further(after, 1)))
            if task is not None:
                return task
        task = db.scalar(of_kind)
        if task is not None:
            return task
    return None


def going_along(db: sa.Connection, annotator: Annotator, overlap: int, task: int) -> list[int]:
    """The headings and scraps that are accepted along with a task, in the order of the cable.

    Those straight before it, and after the last paragraph of a cable those that are left, as far as
    they wait for the annotator.
    """
    here = db.execute(
        sa.select(tasks.c.cable, tasks.c.position, tasks.c.scrap).where(tasks.c.id == task)
    ).first()
    if here is None or here.scrap or annotator.role == AnnotatorRole.ADJUDICATOR:
        return []
    of_cable = (tasks.c.cable == here.cable, tasks.c.current)
    others = (*of_cable, ~tasks.c.scrap, tasks.c.id != task)
    before = sa.select(sa.func.max(tasks.c.position)).where(
        *others, tasks.c.position < here.position
    )
    after = sa.select(tasks.c.id).where(*others, tasks.c.position > here.position).limit(1)
    previous = db.scalar(before)
    reach = [tasks.c.position > (-1 if previous is None else previous)]
    if db.scalar(after) is not None:
        reach.append(tasks.c.position < here.position)
    scraps = sa.select(tasks.c.id).where(
        *of_cable, tasks.c.scrap, *reach, *open_to(annotator, overlap)
    )
    return list(db.scalars(scraps.order_by(tasks.c.position)))


def beside(
    annotator: Annotator, task: int, direction: int, conditions: list[sa.ColumnElement[bool]]
) -> sa.Select:
    """The tasks before (-1) or after (+1) a task that an annotator may see, the nearest first."""
    visible = sa.or_(
        tasks.c.open,
        sa.exists().where(
            current_answers.c.task == tasks.c.id,
            of_annotator(current_answers, annotator),
        ),
    )
    if annotator.role == AnnotatorRole.ADJUDICATOR:
        visible = tasks.c.done >= 2
    nearest = [column.desc() for column in IN_ORDER] if direction < 0 else IN_ORDER
    query = sa.select(tasks.c.id).where(tasks.c.current, visible, *conditions)
    return query.where(_further(task, direction)).order_by(*nearest)


def lease(db: sa.Connection, task: int, annotator: str, seconds: float) -> None:
    """Keeps a task for an annotator; a lease that runs longer stays as it is."""
    until = time.time() + seconds
    statement = insert(leases).values(task=task, annotator=annotator, until=until)
    db.execute(
        statement.on_conflict_do_update(
            ["task", "annotator"], set_={"until": sa.func.max(leases.c.until, until)}
        )
    )
