"""The tables of the reviewers' database. `answers` is append-only.

`current_answers` is derived from it (its SQL name is "standing").
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cablespan.review.store.annotators import Annotator


class Json(sa.TypeDecorator):
    """Plain data as a JSON text."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value, _dialect):
        """JSON from plain data."""
        return None if value is None else orjson.dumps(value)

    def process_result_value(self, value, _dialect):
        """Plain data from JSON."""
        return None if value is None else orjson.loads(value)


metadata = sa.MetaData()
_required = partial(sa.Column, nullable=False)
_key = partial(sa.Column, primary_key=True)


def _flag(name: str, default: bool = False) -> sa.Column:
    return _required(name, sa.Boolean, server_default=sa.true() if default else sa.false())


def _owner() -> list[sa.Column]:
    """The keys of what an annotator has on a task."""
    return [_key("task", sa.Integer), _key("annotator", sa.Text), _key("role", sa.Text)]


settings = sa.Table("settings", metadata, _key("name", sa.Text), sa.Column("value", Json))
files = sa.Table(
    "files",
    metadata,
    _key("path", sa.Text),
    sa.Column("fingerprint", sa.Text),
    sa.Column("problems", Json),
)
cables = sa.Table(
    "cables", metadata, _key("id", sa.Text), sa.Column("header", Json), sa.Column("meta", Json)
)
# Narrow rows with the contents apart, so that the queue's indexes are walked without reading texts.
_WAITING = ("open", "current", "scrap")
_LONGEST_CABLE = 1 << 24
tasks = sa.Table(
    "tasks",
    metadata,
    _key("id", sa.Integer),
    _required("paragraph", sa.Text),
    _required("text_hash", sa.Text),
    _required("cable", sa.Text),
    _required("position", sa.Integer),
    _required("place", sa.Integer),  # see place_of
    _required("labels", sa.Integer),
    _required("uncertainty", sa.Float),
    _required("done", sa.Integer, server_default="0"),
    _flag("open", True),
    _flag("disputed"),
    _flag("scrap"),  # goes along
    _flag("current", True),  # false: the paragraph has another text by now, or is gone
    sa.UniqueConstraint("paragraph", "text_hash"),
    sa.Index("tasks_of_cable", "cable", "position"),
    sa.Index("tasks_in_order", "current", "place", "id"),
    sa.Index("tasks_in_queue", *_WAITING, "place", "id", "labels", "done"),
    sa.Index(
        "tasks_in_queue_by_uncertainty",
        *_WAITING,
        sa.text("uncertainty DESC"),
        "place",
        "id",
        "labels",
        "done",
    ),
    sa.Index("tasks_answered", "done", "disputed"),
)
contents = sa.Table(
    "contents",
    metadata,
    _key("task", sa.Integer),
    _required("text", sa.Text),
    sa.Column("fields", Json),
    sa.Column("layers", Json),
)
answers = sa.Table(
    "answers",
    metadata,
    _key("seq", sa.Integer),
    _required("uuid", sa.Text, unique=True),
    _required("task", sa.Integer),
    _required("annotator", sa.Text),
    _required("role", sa.Text),
    _required("action", sa.Text),  # accept, reject, ignore, undo
    sa.Column("undoes", sa.Integer),
    sa.Column("layers", Json),
    _required("comment", sa.Text, server_default=""),
    _flag("flagged"),
    sa.Column("edits", Json),
    _required("timestamp", sa.Float),
    sa.Index("answers_of_task", "task", "annotator"),
    sa.Index("answers_of_annotator", "annotator", "role", "seq"),
    sqlite_autoincrement=True,
)
current_answers = sa.Table(
    "standing",
    metadata,
    *_owner(),
    _required("version", sa.Integer),  # seq of the last event, undo included
    sa.Column("answer", sa.Integer),  # seq of the answer that stands, None where it was undone
    sa.Column("action", sa.Text),
    _flag("flagged"),
    sa.Index("standing_of_annotator", "annotator", "role", "action", "answer", "flagged"),
)
drafts = sa.Table(
    "drafts", metadata, *_owner(), _required("state", Json), _required("version", sa.Integer)
)
leases = sa.Table(
    "leases",
    metadata,
    _key("task", sa.Integer),
    _key("annotator", sa.Text),
    _required("until", sa.Float),
)
sessions = sa.Table(
    "sessions",
    metadata,
    _key("key", sa.Text),  # SHA-256 of the cookie
    _required("annotator", sa.Text),
    _required("created", sa.Float),
)


def of_annotator(table: sa.Table, annotator: Annotator) -> sa.ColumnElement[bool]:
    """The condition for an annotator's own rows."""
    return sa.and_(table.c.annotator == annotator.name, table.c.role == annotator.role)


def plain(row: sa.RowMapping) -> dict[str, Any]:
    """A row as a dictionary. SQLAlchemy's keys are a kind of string that orjson does not take."""
    return {str(name): value for name, value in row.items()}


def upsert(
    db: sa.Connection, table: sa.Table, keys: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Writes a row in place of the one that has these keys, if there is one."""
    statement = insert(table).values(**keys, **values)
    db.execute(statement.on_conflict_do_update(list(keys), set_=values))


def place_of(first: int, position: Any) -> Any:
    """A task's place among all: that of its cable, whose first task is `first`, then its position.

    Ids do not tell it: a paragraph that came later, or with another text, has the highest.
    """
    return first * _LONGEST_CABLE + position


def create_tables(db: sa.Connection) -> None:
    """Makes what is missing, in a new database or in one of an earlier version."""
    metadata.create_all(db)
    columns = {column["name"] for column in sa.inspect(db).get_columns("tasks")}
    if "scrap" not in columns:
        db.exec_driver_sql("ALTER TABLE tasks ADD COLUMN scrap BOOLEAN NOT NULL DEFAULT 0")
    if "place" not in columns:
        db.exec_driver_sql("ALTER TABLE tasks ADD COLUMN place INTEGER NOT NULL DEFAULT 0")
        firsts = sa.select(tasks.c.cable, sa.func.min(tasks.c.id)).group_by(tasks.c.cable)
        for cable, first in db.execute(firsts).all():
            place = place_of(first, tasks.c.position)
            db.execute(sa.update(tasks).where(tasks.c.cable == cable).values(place=place))
        for outdated in ("tasks_waiting", "tasks_waiting_by_uncertainty"):
            db.exec_driver_sql(f"DROP INDEX IF EXISTS {outdated}")
        for index in tasks.indexes:
            index.create(db, checkfirst=True)
    name = insert(settings).values(name="id", value=uuid4().hex)
    db.execute(name.on_conflict_do_nothing())
