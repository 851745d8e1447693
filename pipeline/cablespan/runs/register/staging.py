"""Files of a run that change together: written beside, then swapped, whole or not at all."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cablespan.runs.batch.folder import WORK, Folder
from cablespan.runs.batch.manifest import NAME


@contextmanager
def staged(folder: Folder) -> Iterator[Path]:
    """A folder to write to; its files come to the run's where nothing failed, the manifest last."""
    ready = _ready(folder)
    beside = ready.with_suffix(".writing")
    beside.mkdir()
    try:
        yield beside
        beside.rename(ready)
        _swap(ready, Path(folder.root))
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def finish_swap(folder: Folder) -> None:
    """Does what a crash cut off: a swap that had begun, unless the run has gone on since."""
    if (ready := _ready(folder)).exists():
        _swap(ready, Path(folder.root))
    for left in Path(folder / WORK).glob("register-*"):
        shutil.rmtree(left)


def _ready(folder: Folder) -> Path:
    """Where files wait for the swap: named by the manifest that they belong to."""
    state = hashlib.sha256(folder.read(NAME)).hexdigest()[:16]
    return Path(folder / f"{WORK}/register-{state}")


def _swap(ready: Path, run: Path) -> None:
    files = [path for path in ready.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.name == NAME, path)):
        place = run / path.relative_to(ready)
        place.parent.mkdir(exist_ok=True)
        os.replace(path, place)
    shutil.rmtree(ready)
