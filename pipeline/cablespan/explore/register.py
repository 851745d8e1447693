"""The register that `cablespan register` left in a run: people, bodies and places.

The clusters of its records say by `entity_id` which of them they are.
"""

from collections.abc import Iterator
from typing import Any

from cablespan.explore.schema import KNOWN
from cablespan.runs.batch.results import Results

FOLDER = "register"  # within the run's


def entries(result: Results) -> Iterator[tuple[str, dict[str, Any]]]:
    """The table and the facts of each entry of a run's register, lists as lists; none where the run
    has no register.

    Raises ModuleNotFoundError where pyarrow is missing.
    """
    for table in KNOWN:
        name = f"{FOLDER}/{table}.parquet"
        if not result.file and result.folder.exists(name):
            for row in _rows(result, name):
                names = [spelling["name"] for spelling in row["names"]]
                roles = dict.fromkeys(role["role"] for role in row["roles"])
                yield table, {**row, "names": names, "roles": list(roles)}


def _rows(result: Results, name: str) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet

    with result.folder.fs.open(result.folder / name, "rb") as file:
        for batch in parquet.ParquetFile(file).iter_batches(4096):
            yield from batch.to_pylist()
