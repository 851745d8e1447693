"""The register's ids in the records: each cluster's `entity_id`, and the manifest that fits."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, TypedDict

from cablespan.reading.lines import json_lines
from cablespan.runs.batch.manifest import NAME, FileFacts, Manifest, encode
from cablespan.runs.batch.results import Results
from cablespan.runs.batch.shard import packed
from cablespan.runs.register.mentions import registered

Record = dict[str, Any]


class Facts(TypedDict):
    """The size of a file in bytes, and its SHA-256."""

    bytes: int
    sha256: str


class _Digested:
    """A file that knows the size and hash of what has been written to it."""

    def __init__(self, file: Any):
        self.file, self.size, self.digest = file, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.digest.update(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()

    def facts(self) -> Facts:
        return {"bytes": self.size, "sha256": self.digest.hexdigest()}


def write_back(results: Results, ids: Iterable[str], beside: Path) -> None:
    """Writes the files of records anew into `beside`, and the manifest where there is one.

    `ids` has one for each cluster that is registered, in the order of the records.
    """
    ids = iter(ids)
    if results.manifest is None:
        for path in map(Path, results.paths()):
            _write_file(beside / path.name, with_ids(json_lines(path), ids))
        return
    manifest, records = results.manifest, with_ids(results.lines(), ids)
    if whole := manifest.whole_files.get("cables"):
        _write_parts(beside / whole["name"], records, manifest)
    else:
        for facts, cables in _shards(manifest):
            facts.update(_write_file(beside / facts["name"], islice(records, cables)))
    (beside / NAME).write_bytes(b"".join(map(encode, manifest.lines())))


def _shards(manifest: Manifest) -> Iterator[tuple[FileFacts, int]]:
    """The records' file of each shard, and how many it has; the facts are the manifest's own."""
    for _, shard in sorted(manifest.shards.items()):
        yield shard["files"]["cables"], shard["counts"]["cables"]


def _write_parts(path: Path, records: Iterator[Record], manifest: Manifest) -> None:
    """One file of which the shards are parts: the manifest knows each by its hash."""
    with path.open("wb") as disk:
        file = _Digested(disk)
        for facts, cables in _shards(manifest):
            part = _Digested(file)
            for record in islice(records, cables):
                part.write(encode(record))
            facts.update(part.facts())
    manifest.whole_files["cables"].update(file.facts())


def _write_file(path: Path, records: Iterable[Record]) -> Facts:
    with path.open("wb") as disk, ExitStack() as stack:
        file = _Digested(disk)
        lines = stack.enter_context(packed(file)) if path.suffix == ".gz" else file
        for record in records:
            lines.write(encode(record))
    return file.facts()


def with_ids(records: Iterable[Record], ids: Iterator[str]) -> Iterator[Record]:
    """Records with the `entity_id` of each cluster that is registered; others have none.

    >>> cluster = {"cluster": 0, "label": "ORG", "name": "UN", "entity_id": "bodies/old"}
    >>> record = {"id": "A", "entities": [{"cluster": 0}], "clusters": [cluster]}
    >>> next(with_ids([record], iter(["bodies/new"])))["clusters"][0]["entity_id"]
    'bodies/new'
    """
    for record in records:
        for cluster in record.get("clusters") or ():
            cluster.pop("entity_id", None)
        for cluster, _ in registered(record):
            cluster["entity_id"] = next(ids)
        yield record
