"""What a run has written so far: readable while it goes on, because a shard once visible never changes."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import orjson

from cablespan.runs.batch.folder import Folder


def lines(run: str, kind: str = "cables") -> Iterator[dict[str, Any]]:
    """The lines of one kind (`cables`, `entities`, `rejects` ...) of the run in a folder, or of one file of records, in order.

    Raises FileNotFoundError where there is no run.
    """
    folder = Folder(run)
    if folder.fs.isfile(folder.root):
        folder, name = (
            Folder(folder.fs._parent(folder.root) if folder.local else run.rpartition("/")[0]),
            folder.root.rpartition("/")[2],
        )
        names = [name]
    else:
        names = [
            name for name in folder.names() if re.fullmatch(rf"{kind}(-\d+)?\.jsonl(\.gz)?", name)
        ]
        if not names:
            raise FileNotFoundError(
                f"{run}: holds no {kind}.jsonl and no {kind}-*.jsonl.gz; give the folder that `cablespan annotate` wrote"
            )
    for name in names:
        with (
            folder.fs.open(folder / name, "rb") as raw,
            gzip.open(raw) if name.endswith(".gz") else raw as file,
        ):
            for number, line in enumerate(file, 1):
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise ValueError(
                        f"{folder / name}, line {number}: {error}; the file has been changed since the run"
                    ) from error
