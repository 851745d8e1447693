"""The queries of the pages, a file each, and how they are asked."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasette.database import Database
else:
    Database = Any


@cache
def query(name: str) -> str:
    """The SQL of a file.

    >>> query("names").splitlines()[0]
    '-- The names of people, bodies and places.'
    """
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")


async def rows(
    database: Database, name: str, /, *, milliseconds: int | None = None, **parameters: Any
) -> list[dict[str, Any]]:
    """What a query of a file finds.

    Raises QueryInterrupted where it takes longer than `milliseconds`, or the server's time limit.
    """
    found = await database.execute(query(name), parameters, custom_time_limit=milliseconds)
    return [dict(row) for row in found.rows]
