"""`cablespan read`: cables as records, without annotation."""

import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

import spacy

from cablespan.cable import Reject
from cablespan.document import to_doc
from cablespan.reading import scan
from cablespan.records import to_record
from cablespan.runs.batch.manifest import encode
from cablespan.runs.batch.run import exit_code
from cablespan.runs.batch.stream import Ids, expand

ANNOTATIONS = ("entities", "statements", "claims")


def read(inputs: list[str], output: Path | None = None, *, format: str | None = None) -> int:
    """Writes the records of the inputs as JSON Lines and returns the exit code of the command; rejects are told on standard error."""
    nlp = spacy.blank("en")
    counts = {"cables": 0, "rejects": 0}
    paths = expand(inputs)
    with (
        tempfile.TemporaryDirectory() as folder,
        open(output, "wb") if output else nullcontext(sys.stdout.buffer) as file,
    ):
        ids = Ids(os.path.join(folder, "ids.sqlite"), needed=len(paths) > 1)
        for number, path in enumerate(paths):
            for place, item in enumerate(scan(path, format and str(format))):
                if isinstance(item, Reject):
                    counts["rejects"] += 1
                    print(
                        f"{item.path}, {item.place}: {item.reason}; {item.remedy}", file=sys.stderr
                    )
                    continue
                record = to_record(to_doc(nlp, ids.unique(item, number, place)))
                file.write(
                    encode({key: value for key, value in record.items() if key not in ANNOTATIONS})
                )
                counts["cables"] += 1
        ids.close()
    return exit_code(counts)
