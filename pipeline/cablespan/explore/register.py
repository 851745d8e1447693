"""The register that a run may have: `people.parquet`, `bodies.parquet`, `places.parquet`."""

from collections.abc import Mapping
from typing import Any

from cablespan.explore.schema import KNOWN
from cablespan.runs.batch.results import Results

Register = Mapping[str, tuple[str, Mapping[str, Any]]]  # table and facts by id


def register_of(result: Results) -> Register:
    """The entries of a run's register by their ids; none where it has none.

    Raises ModuleNotFoundError where there is one and no pyarrow to read it.
    """
    if result.file:
        return {}
    tables = [table for table in KNOWN if result.folder.exists(f"{table}.parquet")]
    return {str(row["id"]): (table, row) for table in tables for row in _rows(result, table)}


def _rows(result: Results, table: str) -> list[dict[str, Any]]:
    from pyarrow import parquet

    with result.folder.fs.open(result.folder / f"{table}.parquet", "rb") as file:
        return parquet.read_table(file).to_pylist()
