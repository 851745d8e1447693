"""The SQLite file: opened so that what is written stays, and a sentence where it cannot be read."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from cablespan.review.store.queue import has_label, has_words
from cablespan.review.store.tables import create_tables

_DAMAGE = ("malformed", "not a database", "disk image", "file is encrypted")
_GONE = "moved, deleted or replaced while the server runs"
_UNWRITABLE = ("readonly", "unable to open")
_REMEDIES = {
    "full": "make room on its disk",
    "I/O": "look after its disk",
    "locked": "end the program that holds it",
}
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=30000",
    "foreign_keys=ON",
    "temp_store=MEMORY",
)


class DamagedDatabase(ValueError):
    """The file is no database of ours, or parts of it are lost."""


def trouble(error: DatabaseError, path: Path) -> str:
    """What a database error means for who reviews, and the remedy."""
    reason = str(error.orig)
    if any(sign in reason for sign in _DAMAGE):
        return (
            f"{path} is damaged ({reason}). Stop the server and recover what it holds with "
            f"`sqlite3 {path.name} .recover | sqlite3 recovered.sqlite`, then put that file in its "
            "place; without it, review begins anew."
        )
    if _GONE in reason:
        return (
            f"Not saved: {path} was {reason}. Put it back and press Retry, or put a backup there "
            "and start the server again."
        )
    if "full" in reason:
        return (
            f"Not saved: the disk of {path} is full. Free some space and press Retry; "
            "nothing of your work is lost."
        )
    return f"Not saved: {path}: {reason}. Mend it and press Retry; nothing of your work is lost."


class Database:
    """One SQLite file, safe for several threads and processes; created where it is missing.

    Raises DamagedDatabase for a file that cannot be read, PermissionError for one that cannot be
    written, OSError where there is no room or another program holds it: one sentence each, with a
    remedy.
    """

    def __init__(self, path: Path):
        self.path = path
        self._opened: os.stat_result | None = None
        self._writing = threading.Lock()  # threads wait here in turn; SQLite's own waiting polls
        connecting = {"timeout": 30, "check_same_thread": False}
        self.engine = sa.create_engine(f"sqlite:///{path}", connect_args=connecting)
        sa.event.listen(self.engine, "connect", _configure)
        sa.event.listen(
            self.engine,
            "begin",
            lambda db: db.exec_driver_sql(db.get_execution_options().get("begin", "BEGIN")),
        )
        with named_trouble(path), self.write() as db:
            create_tables(db)
        self._opened = path.stat()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that nobody else writes in; on the disk when the block is left.

        Raises DatabaseError where the file is no longer the one that was opened.
        """
        with (
            self._writing,
            self.engine.connect().execution_options(begin="BEGIN IMMEDIATE") as db,
            db.begin(),
        ):
            yield db
            if self._is_gone():  # SQLite would go on in a file that has no name any more
                raise OperationalError(None, None, sqlite3.OperationalError(_GONE))

    def _is_gone(self) -> bool:
        if self._opened is None:
            return False
        return not self.path.exists() or not os.path.samestat(self.path.stat(), self._opened)

    def read(self) -> sa.Connection:
        """A connection that sees one state of the database."""
        return self.engine.connect()

    def close(self) -> None:
        """Lets go of the file."""
        self.engine.dispose()


@contextmanager
def named_trouble(path: Path) -> Iterator[None]:
    """Errors of a database that is opened and filled: one sentence each, with a remedy."""
    try:
        yield
    except DatabaseError as error:
        raise _opening_error(error, path) from None


def _opening_error(error: DatabaseError, path: Path) -> Exception:
    """What is raised for an error in opening: as it is where it has nothing to do with the file."""
    reason = str(error.orig)
    if any(sign in reason for sign in _DAMAGE):
        return DamagedDatabase(trouble(error, path))
    if any(sign in reason for sign in _UNWRITABLE):
        remedy = "give write permission, or copy the folder to where you have it"
        return PermissionError(f"{path}: answers cannot be kept there ({reason}): {remedy}")
    for sign, remedy in _REMEDIES.items():
        if sign in reason:
            told = f"{path}: answers cannot be kept there ({reason}): {remedy} and start again"
            return OSError(told)
    return error


def _configure(connection, _record) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event begins the transactions
    for function in (has_words, has_label):
        connection.create_function(function.__name__, 2, function, deterministic=True)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
