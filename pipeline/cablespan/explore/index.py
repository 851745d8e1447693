"""Runs into one SQLite file, which can be searched and browsed."""

import errno
import os
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import orjson
from sqlite_utils import Database

from cablespan import __version__
from cablespan.explore.known import Known
from cablespan.explore.rows import RowMaker, Rows
from cablespan.explore.schema import SEARCHED, TABLES, VERSION, create, enable_full_text
from cablespan.labels import labels_beside, scheme_of
from cablespan.runs.batch.results import Results
from cablespan.writing import written_whole

AT_A_TIME = 500  # cables of which the rows lie in memory
_MARKS = ("entities", "statements", "claims")
_ANEW = "build it anew with --overwrite from all of its runs"


def index(runs: Iterable[str], output: str | Path, *, overwrite: bool = False) -> dict[str, int]:
    """Builds the database of runs (folders, or files of records), or adds them to one that exists.

    A cable that the database has already is replaced by the one that comes later. Returns the rows
    of each table. The database is built beside `output` and moved to its place at the end: until
    then what stood there is as before. Raises FileNotFoundError where there is no run, ValueError
    where one is torn or still being written, or `output` is of another version or no database of
    cables; OSError where the disk is full.
    """
    output = Path(output)
    results = [Results(run) for run in runs]
    for result in results:
        if result.unfinished:
            raise ValueError(f"{result.run}: {result.unfinished}")
    adds = output.exists() and not overwrite
    if adds:
        check(output)
    with _saying_what_to_do(output), written_whole(output.resolve().parent) as beside:
        work = beside / f"{output.name}.work"
        if adds:
            shutil.copyfile(output, work)
        counts = _build(work, results, is_new=not adds)
        _pack(work, beside / output.name)
    return counts


def _pack(work: Path, packed: Path) -> None:
    """Leaves out the room that rows in the order of their keys leave between them: a tenth."""
    connection = sqlite3.connect(work)
    connection.execute("VACUUM INTO ?", [str(packed)])
    connection.close()
    work.unlink()
    with packed.open("rb+") as file:
        os.fsync(file.fileno())


def check(path: Path) -> None:
    """Raises FileNotFoundError where there is no such file, ValueError where it is no database of
    cables, or one of another version of `schema`."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: no such file; `cablespan index RUN --output {path}` makes it"
        )
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.DatabaseError as error:
        remedy = "give --output another name, or --overwrite"
        raise ValueError(f"{path}: no database of cablespan ({error}); {remedy}") from error
    finally:
        connection.close()
    if row is None or row[0] != str(VERSION):
        found = row[0] if row else "none"
        raise ValueError(
            f"{path}: its schema is {found}, that of this cablespan {VERSION}; {_ANEW}"
        )


def _build(path: Path, results: list[Results], *, is_new: bool) -> dict[str, int]:
    database = Database(sqlite3.connect(path, isolation_level=None))
    # The file is nobody's until it is moved: whatever fails, it is thrown away.
    for setting in (
        "journal_mode = OFF",
        "synchronous = OFF",
        "cache_size = -200000",
        "page_size = 8192",
    ):
        database.execute(f"PRAGMA {setting}")
    if is_new:
        create(database)
    known = Known(database)
    writer = _Writer(database, known, searched=not is_new)
    database.execute("BEGIN")
    for result in results:
        writer.add(result)
    known.write()
    writer.resolve_references()
    database.execute("COMMIT")
    if is_new:
        enable_full_text(database)
    else:
        writer.add_full_text()
    known.remove_unnamed()
    database.table("meta").upsert({"key": "cablespan", "value": __version__}, pk="key")
    database.execute("ANALYZE")
    counts = {table: database.table(table).count for table in TABLES}
    database.close()
    return counts


class _Writer:
    """Writes the rows of runs; `searched` where the database has its full text already."""

    def __init__(self, database: Database, known: Known, *, searched: bool):
        self.database, self.known, self.searched = database, known, searched
        self.cables = dict(database.execute("SELECT name, id FROM cables"))
        self.ended = {table: self._last(table) for table in SEARCHED}

    def _last(self, table: str) -> int:
        return self.database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]

    def add(self, result: Results) -> None:
        """Writes the cables of one run."""
        self.known.read(result)
        run_id = self._last("runs") + 1
        maker = RowMaker(self.database, self.known, run_id)
        records, count = result.records(), 0
        while batch := list(islice(records, AT_A_TIME)):
            count += len(batch)
            unique = {record["id"]: record for record in batch}
            self._remove([self.cables[name] for name in unique if name in self.cables])
            rows: Rows = defaultdict(list)
            self.cables.update((name, maker.add(record, rows)) for name, record in unique.items())
            for table, some in rows.items():
                self._insert(table, some)
        self._add_labels(result)
        run = {"id": run_id, "path": result.run, "model": _model(result), "cables": count}
        self._insert("runs", [run | {"added": datetime.now(UTC).isoformat(timespec="seconds")}])

    def _add_labels(self, result: Results) -> None:
        """The scheme of a run whose labels are its own."""
        beside = labels_beside([Path(result.run)])
        if beside:
            labels = scheme_of(beside).tables()
            row = {"key": "labels", "value": orjson.dumps(labels).decode()}
            self.database.table("meta").upsert(row, pk="key")

    def _insert(self, table: str, rows: list[dict[str, object]]) -> None:
        columns = ", ".join(f'"{column}"' for column in TABLES[table])
        values = ", ".join(f":{column}" for column in TABLES[table])
        # One prepared statement for all rows: sqlite-utils would write one for each batch.
        self.database.conn.executemany(
            f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({values})", rows
        )

    def _remove(self, cable_ids: list[int]) -> None:
        """Removes cables with all that hangs on them."""
        for id in cable_ids:
            self.known.counted.update(
                entity_id
                for (entity_id,) in self.database.execute(
                    "SELECT DISTINCT entity_id FROM clusters WHERE cable_id = ?", [id]
                )
                if entity_id is not None
            )
            self._remove_full_text(id)
            for table in _MARKS:
                self.database.execute(
                    f"""DELETE FROM {table} WHERE paragraph_id IN
                    (SELECT id FROM paragraphs WHERE cable_id = ?)""",
                    [id],
                )
            for table in ("clusters", "paragraphs", "cable_tags", "cable_references"):
                self.database.execute(f"DELETE FROM {table} WHERE cable_id = ?", [id])
            self.database.execute(
                "UPDATE cable_references SET target_id = NULL WHERE target_id = ?", [id]
            )
            self.database.execute("DELETE FROM cables WHERE id = ?", [id])

    def _remove_full_text(self, cable_id: int) -> None:
        if not self.searched:
            return
        for table, column in SEARCHED.items():
            owner = "id" if table == "cables" else "cable_id"
            self.database.execute(
                f"""INSERT INTO {table}_fts ({table}_fts, rowid, {column})
                SELECT 'delete', id, {column} FROM {table}
                WHERE {owner} = ? AND id <= ?""",
                [cable_id, self.ended[table]],
            )

    def add_full_text(self) -> None:
        """Adds the rows that were written to the full text."""
        for table, column in SEARCHED.items():
            self.database.execute(
                f"""INSERT INTO {table}_fts (rowid, {column})
                SELECT id, {column} FROM {table} WHERE id > ?""",
                [self.ended[table]],
            )

    def resolve_references(self) -> None:
        """Finds the cables referred to, those of earlier runs as well."""
        found = [
            (target, id)
            for id, name in self.database.execute(
                "SELECT id, name FROM cable_references WHERE target_id IS NULL"
            )
            if (target := self.cables.get(name))
        ]
        self.database.conn.executemany(
            "UPDATE cable_references SET target_id = ? WHERE id = ?", found
        )


def _model(result: Results) -> str | None:
    """The name of the model that a run says it had."""
    if result.file or not result.folder.exists("run.json"):
        return None
    facts = orjson.loads(result.folder.read("run.json"))
    return (facts.get("model") or {}).get("name")


@contextmanager
def _saying_what_to_do(output: Path) -> Iterator[None]:
    """A full disk as the OSError that it is, in SQLite's words as well."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") != "SQLITE_FULL":
            raise OSError(f"{output}: {error}; what stood there is as before") from error
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(output)) from error
