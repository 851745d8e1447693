"""`cablespan read`: cables as records, without annotation."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from cablespan.cable import RECORD_SCHEMA, Cable, Reject, cable_record
from cablespan.reading import scan
from cablespan.runs.batch.manifest import Counts, encode
from cablespan.runs.batch.run import exit_code, nothing_to_read
from cablespan.runs.batch.stream import Ids, expand
from cablespan.writing import file_written_whole


def read(inputs: list[str], output: Path | None = None, *, format: str | None = None) -> int:
    """Writes the records of the inputs as JSON Lines and returns the exit code of the command.

    Rejects are told on standard error. What stood at `output` stays where no cable could be read.

    Nothing is tokenized: the words of a cable are not needed for its record.
    """
    paths, left_out = expand(inputs)
    if output is not None:
        paths = [path for path in paths if os.path.realpath(path) != os.path.realpath(output)]
    if not paths:
        raise ValueError(nothing_to_read(inputs, left_out))
    counts: Counts = {"cables": 0, "rejects": 0}
    with file_written_whole(output) if output else nullcontext(sys.stdout.buffer) as file:
        for item in _items(paths, format):
            if isinstance(item, Reject):
                counts["rejects"] += 1
                told = f"{item.path}, {item.place}: {item.reason}; {item.remedy}"
                print(told, file=sys.stderr)
                continue
            record = {"schema": RECORD_SCHEMA, **cable_record(item)}
            file.write(encode({**record, "notes": item.notes} if item.notes else record))
            counts["cables"] += 1
    return exit_code(counts)


def _items(paths: list[str], format: str | None) -> Iterator[Cable | Reject]:
    """What the inputs hold, under ids that no two cables share."""
    with tempfile.TemporaryDirectory() as folder:
        ids = Ids(os.path.join(folder, "ids.sqlite"), needed=len(paths) > 1)
        for number, path in enumerate(paths):
            for place, item in enumerate(scan(path, format)):
                yield ids.unique(item, number, place) if isinstance(item, Cable) else item
        ids.close()
