"""The tables of the reviewers' database. `answers` is append-only.

`current_answers` is derived from it (its SQL name is "standing").
"""

import orjson
import sqlalchemy as sa


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
settings = sa.Table(
    "settings", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", Json)
)
files = sa.Table(
    "files",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text),
    sa.Column("problems", Json),
)
cables = sa.Table(
    "cables",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("header", Json),
    sa.Column("meta", Json),
)
# Narrow rows with the contents apart, so that the queue's indexes are walked without reading texts.
tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("paragraph", sa.Text, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("cable", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("labels", sa.Integer, nullable=False),
    sa.Column("uncertainty", sa.Float, nullable=False),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("open", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("disputed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("scrap", sa.Boolean, nullable=False, server_default=sa.false()),  # goes along
    sa.Column(
        "current", sa.Boolean, nullable=False, server_default=sa.true()
    ),  # false: the paragraph has another text by now
    sa.UniqueConstraint("paragraph", "text_hash"),
    sa.Index("tasks_of_cable", "cable", "position"),
    sa.Index("tasks_waiting", "open", "current", "scrap", "id", "labels", "done"),
    sa.Index(
        "tasks_waiting_by_uncertainty",
        "open",
        "current",
        "scrap",
        sa.text("uncertainty DESC"),
        "id",
        "labels",
        "done",
    ),
    sa.Index("tasks_answered", "done", "disputed"),
)
contents = sa.Table(
    "contents",
    metadata,
    sa.Column("task", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("fields", Json),
    sa.Column("layers", Json),
)
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.Text, nullable=False, unique=True),
    sa.Column("task", sa.Integer, nullable=False),
    sa.Column("annotator", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),  # accept, reject, ignore, undo
    sa.Column("undoes", sa.Integer),
    sa.Column("layers", Json),
    sa.Column("comment", sa.Text, nullable=False, server_default=""),
    sa.Column("flagged", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("edits", Json),
    sa.Column("timestamp", sa.Float, nullable=False),
    sa.Index("answers_of_task", "task", "annotator"),
    sa.Index("answers_of_annotator", "annotator", "role", "seq"),
    sqlite_autoincrement=True,
)
current_answers = sa.Table(
    "standing",
    metadata,
    sa.Column("task", sa.Integer, primary_key=True),
    sa.Column("annotator", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),  # seq of the last event, undo included
    sa.Column("answer", sa.Integer),  # seq of the answer that stands, None where it was undone
    sa.Column("action", sa.Text),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Index("standing_of_annotator", "annotator", "role", "action", "answer", "flagged"),
)
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("task", sa.Integer, primary_key=True),
    sa.Column("annotator", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("state", Json, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("task", sa.Integer, primary_key=True),
    sa.Column("annotator", sa.Text, primary_key=True),
    sa.Column("until", sa.Float, nullable=False),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # SHA-256 of the cookie
    sa.Column("annotator", sa.Text, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
)


def create_tables(db: sa.Connection) -> None:
    """Makes what is missing, in a new database or in one of an earlier version."""
    metadata.create_all(db)
    columns = {column["name"] for column in sa.inspect(db).get_columns("tasks")}
    if "scrap" not in columns:
        db.exec_driver_sql("ALTER TABLE tasks ADD COLUMN scrap BOOLEAN NOT NULL DEFAULT 0")
        for index in tasks.indexes:
            index.create(db, checkfirst=True)
