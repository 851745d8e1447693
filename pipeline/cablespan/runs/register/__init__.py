"""The register of a run: people, bodies and places, each with all cables that name it."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from cablespan.runs.batch.folder import Folder
from cablespan.runs.batch.manifest import encode
from cablespan.runs.batch.results import Results
from cablespan.runs.register.decisions import decide
from cablespan.runs.register.mentions import BATCH, SCHEMA, TABLES, mention_batches
from cablespan.runs.register.people import make_profiles, resolve
from cablespan.runs.register.records import write_back
from cablespan.runs.register.staging import finish_swap, staged

FOLDER = "register"  # within the run's
MEMORY = "3GB"  # what DuckDB takes before it uses the disk
DECISIONS = "decisions.jsonl"  # those that hold, in FOLDER
_IN_ORDER_OF_DATES = """
CREATE TABLE mentions AS
SELECT row_number() OVER (ORDER BY created NULLS LAST, cable, cluster) AS n, *
FROM arrivals ORDER BY n;
DROP TABLE arrivals
"""
_MEMBERS = """
SELECT key, cable, cluster, id FROM mentions JOIN members USING (n) JOIN ids USING (entry)
ORDER BY n
"""
_IN_ORDER = """
SELECT id FROM mentions JOIN members USING (n) JOIN ids USING (entry) ORDER BY position
"""


class Registered(NamedTuple):
    """The rows of each table, and what is wrong with decisions that were not carried out."""

    counts: dict[str, int]
    faults: list[str]


def register(run: str, decisions: Path | None = None) -> Registered:
    """Resolves the clusters of all cables of a run to entries: tables in the run's `register`.

    people.parquet, bodies.parquet, places.parquet; members.parquet, which says of each cluster
    which entry it belongs to; merged_ids.parquet, which says which ids have become another. The
    records' clusters get the id of their entry as `entity_id`. All of it comes to its place where
    nothing failed.

    `decisions` is a file of what people decided, JSON Lines: see decisions.py. It is kept in
    decisions.jsonl, and holds when the run is registered again. Raises FileNotFoundError where
    there is no run, ValueError where it is not finished, not on this machine's disks, or no run,
    BlockingIOError where another process writes to it.
    """
    folder = _folder(run)
    with _held(folder):
        finish_swap(folder)
        results = _finished(run)
        with staged(folder) as beside, gathered(results) as connection:
            return _register(results, connection, beside, decisions)


def _register(
    results: Results, connection: duckdb.DuckDBPyConnection, beside: Path, decisions: Path | None
) -> Registered:
    before = Path(results.folder / FOLDER)
    _resolve(connection)
    _read(connection, "previous", before / "members.parquet", "key", "id")
    _read(connection, "renamed", before / "merged_ids.parquet", "old_id", "id")
    decided = decide(connection, before / DECISIONS, decisions)
    connection.execute(_sql("ids"))
    connection.execute(_sql("tables"))
    (beside / FOLDER).mkdir()
    counts = _write_tables(connection, beside / FOLDER)
    if decided.kept:
        (beside / FOLDER / DECISIONS).write_bytes(b"".join(map(encode, decided.kept)))
    write_back(results, _ids(connection), beside)
    return Registered(counts, decided.faults)


def _resolve(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `members`: the entry that each cluster is in, by lexicon, name and model."""
    make_profiles(connection)
    people = resolve(connection)
    _table(connection, "entry_of", people.entry_of.items(), profile="int64", entry="int64")
    _table(connection, "merges", people.merges, l="int64", r="int64", probability="float64")
    connection.execute(_sql("things"))


def _write_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    rows = {
        table: f"SELECT * EXCLUDE kind FROM entries WHERE kind = '{table}' ORDER BY id"
        for table in TABLES
    }
    rows |= {"members": _MEMBERS, "merged_ids": "FROM merged_ids ORDER BY old_id"}
    return {
        table: _write(connection, query, folder / f"{table}.parquet")
        for table, query in rows.items()
    }


def _ids(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The entry's id of each registered cluster, in the order of the records."""
    for batch in connection.sql(_IN_ORDER).to_arrow_reader(BATCH):
        yield from batch.column("id").to_pylist()


@contextmanager
def gathered(results: Results) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the clusters of a run: `mentions`, in the order of the cables' dates."""
    with TemporaryDirectory(prefix="cablespan-register-") as folder:
        connection = duckdb.connect(f"{folder}/register.duckdb")
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{folder}/spilt'")
        connection.register("arrived", SCHEMA.empty_table())
        connection.execute("CREATE TABLE arrivals AS FROM arrived")
        for batch in mention_batches(results.lines()):
            connection.register("arrived", pa.table(batch))
            connection.execute("INSERT INTO arrivals FROM arrived")
        connection.execute(_IN_ORDER_OF_DATES)
        try:
            yield connection
        finally:
            connection.close()


def _folder(run: str) -> Folder:
    results = Results(run)
    if not results.folder.local or results.file:
        raise ValueError(f"{run}: no folder on this machine; copy the run here and give that")
    return results.folder


def _finished(run: str) -> Results:
    results = Results(run)
    if results.unfinished:
        raise ValueError(f"{run}: {results.unfinished}, then register it")
    return results


@contextmanager
def _held(folder: Folder) -> Iterator[None]:
    """Holds the folder; raises BlockingIOError where another process does."""
    folder.make()
    with ExitStack() as stack:
        try:
            stack.enter_context(folder.lock())
        except BlockingIOError as error:
            raise BlockingIOError(f"{folder}: a run is at work here; wait for it") from error
        yield


def _sql(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text()


def _table(
    connection: duckdb.DuckDBPyConnection, name: str, rows: Iterable[tuple[Any, ...]], **types: str
) -> None:
    """Rows as a table of the database, with the columns and Arrow types of `types`."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    arrays = [pa.array(values, type) for values, type in zip(columns, types.values(), strict=True)]
    connection.register("rows", pa.table(dict(zip(types, arrays, strict=True))))
    connection.execute(f"CREATE TABLE {name} AS FROM rows")
    connection.unregister("rows")


def _read(connection: duckdb.DuckDBPyConnection, name: str, path: Path, *columns: str) -> None:
    """Columns of a file as a table, which is empty where there is no file."""
    if path.exists():
        connection.execute(f"CREATE TABLE {name} AS SELECT {', '.join(columns)} FROM '{path}'")
    else:
        connection.execute(f"CREATE TABLE {name} ({' VARCHAR, '.join(columns)} VARCHAR)")


def _write(connection: duckdb.DuckDBPyConnection, rows: str, path: Path) -> int:
    connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return connection.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
