"""Files that are written come to their place together, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A folder to write to, in `folder`; its files come to `folder` where nothing failed.

    What stood there under their names stays until then.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix=".", suffix=".writing", dir=folder) as beside:
            yield Path(beside)
            for file in Path(beside).iterdir():
                os.replace(file, folder / file.name)
    except BaseException:
        if is_new:
            folder.rmdir()
        raise


@contextmanager
def file_written_whole(output: Path) -> Iterator[BinaryIO]:
    """A file to write to, which comes to its name where nothing failed and something was written.

    A device or pipe is written to as it is.
    """
    if output.exists() and not output.is_file():
        with output.open("wb") as file:
            yield file
        return
    whole = output.resolve()
    with written_whole(whole.parent) as beside:
        part = beside / whole.name
        with part.open("wb") as file:
            yield file
        if not part.stat().st_size:
            part.unlink()


def write_whole(output: Path, text: str) -> int:
    """Writes a text to a file as above and returns its size in bytes."""
    with file_written_whole(output) as file:
        return file.write(text.encode())
