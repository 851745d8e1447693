"""The register of a run: people, bodies and places, each with all cables that name it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from cablespan.runs.batch.folder import LOCK
from cablespan.runs.batch.results import Results
from cablespan.runs.register.mentions import SCHEMA, TABLES, mention_batches
from cablespan.runs.register.people import make_profiles, resolve
from cablespan.writing import written_whole

FOLDER = "register"  # within the run's
MEMORY = "3GB"  # what DuckDB takes before it uses the disk
# The id of an entry comes from where the cables first name it.
_IDS = """
CREATE TABLE ids AS SELECT n AS entry, kind || '/' || substr(sha256(key), 1, 16) AS id
FROM mentions WHERE n IN (SELECT entry FROM members)
"""
_MEMBERS = """
SELECT key, cable, cluster, id FROM mentions JOIN members USING (n) JOIN ids USING (entry)
ORDER BY n
"""


def register(run: str) -> dict[str, int]:
    """Resolves the clusters of all cables of a run to entries: tables in the run's `register`.

    people.parquet, bodies.parquet, places.parquet, and members.parquet, which says of each cluster
    which entry it belongs to. Returns the rows of each. Raises FileNotFoundError where there is no
    run, ValueError where it is not finished, not on this machine's disks, or no run of clusters.
    """
    with gathered(run) as connection, written_whole(Path(run) / FOLDER) as beside:
        make_profiles(connection)
        people = resolve(connection)
        _table(connection, "entry_of", people.entry_of.items(), profile="int64", entry="int64")
        _table(connection, "merges", people.merges, l="int64", r="int64", probability="float64")
        connection.execute(_sql("things"))
        connection.execute(_IDS)
        connection.execute(_sql("tables"))
        counts = {"members": _write(connection, _MEMBERS, beside / "members.parquet")}
        for table in TABLES:
            rows = f"SELECT * EXCLUDE kind FROM entries WHERE kind = '{table}' ORDER BY id"
            counts[table] = _write(connection, rows, beside / f"{table}.parquet")
    return counts


@contextmanager
def gathered(run: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the clusters of a finished run: `mentions`, in the order of the cables'
    dates."""
    results = _finished(run)
    with TemporaryDirectory(prefix="cablespan-register-") as folder:
        connection = duckdb.connect(f"{folder}/register.duckdb")
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{folder}/spilt'")
        arrived = pa.RecordBatchReader.from_batches(SCHEMA, mention_batches(results.lines()))
        connection.register("arrived", arrived)
        connection.execute("""
            CREATE TABLE mentions AS
            SELECT row_number() OVER (ORDER BY created NULLS LAST, cable, cluster) AS n, *
            FROM arrived ORDER BY n
        """)
        try:
            yield connection
        finally:
            connection.close()


def _finished(run: str) -> Results:
    results = Results(run)
    if not results.folder.local or results.file:
        raise ValueError(f"{run}: no folder on this machine; copy the run here and give that")
    if results.unfinished:
        raise ValueError(f"{run}: {results.unfinished}, then register it")
    if results.folder.exists(LOCK):
        raise ValueError(f"{run}: a run is at work here; wait for it")
    return results


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


def _write(connection: duckdb.DuckDBPyConnection, rows: str, path: Path) -> int:
    connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return connection.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
