"""The record of what `show` was pointed at: a line of a run's records, or a raw cable that is
annotated now.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cablespan.cable import RECORD_SCHEMA, Cable
from cablespan.labels import Scheme, scheme_of
from cablespan.reading.decode import TORN, open_input
from cablespan.runs.batch.results import Results


def record_of(
    path: Path, cable: str | None = None, *, model: str | None = None
) -> Mapping[str, Any]:
    """The record of one cable of a file: the first, or the one with the id `cable`.

    A file of records (`cables.jsonl`, plain or gzipped, or the folder that `annotate` wrote) is
    read; anything else is a raw cable, which is read and annotated. Raises ValueError where the
    file has no such cable, OSError where there is no such file.
    """
    found: list[str] = []
    for record in _records(path) or _annotated(path, cable, model):
        if cable is None or record["id"] == cable:
            return record
        found.append(record["id"])
    known = f"; it holds {', '.join(found[:5])}{' ...' if len(found) > 5 else ''}" if found else ""
    raise ValueError(f"{path}: no cable {cable or ''} in it{known}".replace("  ", " "))


def scheme_of_record(record: Mapping[str, Any], labels: Path | None = None) -> Scheme:
    """The labels of a file, else ours, and those that the record bears besides."""
    marks = [*(record.get("entities") or ()), *(record.get("clusters") or ())]
    statements = record.get("statements") or ()
    return scheme_of(labels).with_found(
        [mark["label"] for mark in marks], [statement["label"] for statement in statements]
    )


def _records(path: Path) -> Iterator[Mapping[str, Any]] | None:
    """The records of a run's folder, or of a file of them; None of a raw cable."""
    if path.is_dir() or _holds_records(path):
        return Results(str(path)).records()
    return None


def _holds_records(path: Path) -> bool:
    try:
        with open_input(str(path)) as lines:
            first = lines.readline(1_000_000).strip()
    except TORN:
        return False  # the reader says what is wrong with it
    return first.startswith(b"{") and f'"schema":"{RECORD_SCHEMA}"'.encode() in first.replace(
        b'": "', b'":"'
    )


def _annotated(path: Path, cable: str | None, model: str | None) -> Iterator[Mapping[str, Any]]:
    from cablespan.document import to_doc
    from cablespan.nlp import load
    from cablespan.reading import scan
    from cablespan.records import to_record

    nlp = None
    for item in scan(path):
        if not isinstance(item, Cable):
            raise ValueError(f"{item.path}, {item.place}: {item.reason}; {item.remedy}")
        if cable is not None and item.id != cable:
            yield {"id": item.id}
            continue
        nlp = nlp or load(model)
        yield to_record(nlp(to_doc(nlp, item)))
