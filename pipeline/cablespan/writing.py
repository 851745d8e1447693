"""Files that are written come to their place together, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


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
