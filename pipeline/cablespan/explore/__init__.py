"""An annotated collection in one SQLite file: built, searched, browsed, exported."""

from pathlib import Path

_SQLITE = b"SQLite format 3\0"


def is_database(path: str) -> bool:
    """Whether a path is a file of SQLite's; a run is a folder, a file of records or a URL."""
    file = Path(path)
    if not file.is_file():
        return False
    with file.open("rb") as content:
        return content.read(len(_SQLITE)) == _SQLITE
