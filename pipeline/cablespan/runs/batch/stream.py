"""The inputs as one stream of cables and rejects, in order, each with its position.

Cut into shards.
"""

import hashlib
import os
import re
import sqlite3
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from glob import has_magic
from pathlib import PurePath
from typing import NamedTuple

import fsspec

from cablespan import reading as readers
from cablespan.cable import Cable, Reject
from cablespan.labels import LABELS_FILE
from cablespan.reading.assembly import renamed
from cablespan.reading.inputs import distinct, in_unicode
from cablespan.runs.batch.folder import Folder, folder_of, reaching
from cablespan.runs.batch.manifest import NAME as MANIFEST
from cablespan.runs.batch.manifest import InputLine, Manifest, Position, holds_a_run
from cablespan.runs.batch.shard import KINDS, Shard

STDIN = "-"
RUN = "run.json"


class Inputs(NamedTuple):
    """The files to read, in order, and those among the inputs that runs have written: a run reads
    none of them.
    """

    paths: list[str]
    left_out: list[str]


def expand(inputs: list[str], output: Folder | None = None) -> Inputs:
    """Every file of the inputs, once: folders and globs are opened, on any fsspec path.

    `output` is where the run will write.
    """
    sorted_out = Inputs([], [])
    of_a_run = cache(lambda folder: holds_a_run(Folder(folder)))
    for given in inputs:
        paths = _remote(given) if "://" in given else readers.expand([given])
        for path in map(str, paths):
            ours = _beneath(path, given, output) or (
                is_of_a_run(PurePath(path).name) and of_a_run(folder_of(path))
            )
            (sorted_out.left_out if ours else sorted_out.paths).append(path)
    return Inputs(*map(distinct, sorted_out))


def _remote(given: str) -> list[str]:
    """The files of a URL, as those of a local input; the input itself where there are none."""
    with reaching(given):
        fs, path = fsspec.core.url_to_fs(given)
        if fs.isdir(path):
            found, root = fs.find(path), path
        elif has_magic(path) and not fs.isfile(path):
            facts = fs.glob(path, detail=True)
            found = [name for name in facts if facts[name]["type"] == "file"]
            root = re.split(r"[*?\[]", path)[0]
        else:
            return [fs.unstrip_protocol(path)]
    # Hidden are those of which a name begins with a dot that the input does not have.
    shown = (name for name in sorted(found) if "/." not in name[max(len(root) - 1, 0) :])
    return [fs.unstrip_protocol(name) for name in shown] or [given]


def _beneath(path: str, given: str, output: Folder | None) -> bool:
    """Whether a file lies in the folder of the output, which lies in the folder `given`."""
    if output is None:
        return False
    place = output.fs.unstrip_protocol(output.root)
    inside = _absolute(path).startswith(f"{place}/")
    return inside and not f"{_absolute(given)}/".startswith(f"{place}/")


def _absolute(path: str) -> str:
    fs, root = fsspec.core.url_to_fs(path)
    return fs.unstrip_protocol(root)


def is_of_a_run(name: str) -> bool:
    """Whether a file has a name that runs give."""
    return (
        name in (RUN, MANIFEST, LABELS_FILE)
        or re.fullmatch(rf"({'|'.join(KINDS)})(-\d+)?\.jsonl(\.gz)?", name) is not None
    )


def can_be_read_once(path: str) -> bool:
    """Whether what an input holds is gone with the first reading: standard input, a pipe.

    >>> [can_be_read_once(path) for path in ("-", "/dev/null", "/", "no-such-file.txt")]
    [True, True, False, False]
    """
    is_known = "://" in path or os.path.isfile(path) or os.path.isdir(path)
    return path == STDIN or (not is_known and os.path.exists(path))


def fingerprint(number: int, path: str) -> InputLine:
    """Size and SHA-256 of an input.

    None for both where it can be read but once, or not at all.
    """
    name = in_unicode(path)
    unknown: InputLine = {"input": number, "path": name, "bytes": None, "sha256": None}
    if can_be_read_once(path):
        return unknown
    digest, size = hashlib.sha256(), 0
    try:
        with fsspec.open(path, "rb") if "://" in path else open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    except OSError:
        return unknown
    return {**unknown, "bytes": size, "sha256": digest.hexdigest()}


def changed_inputs(manifest: Manifest, paths: list[str]) -> Iterator[str]:
    """What is no longer as it was when a run read it, in words."""
    for number, line in sorted(manifest.inputs.items()):
        path = paths[number] if number < len(paths) else None
        if path is None or in_unicode(path) != line["path"]:
            now = "missing" if path is None else in_unicode(path)
            yield f"input {number + 1} was {line['path']} and is {now}"
        elif can_be_read_once(path):
            name = "standard input" if path == STDIN else path
            yield f"{name} cannot be read twice: save it as a file"
        elif fingerprint(number, path) != line:
            yield f"{path} has changed"
    if manifest.end:
        for number, path in enumerate(paths[len(manifest.inputs) :], len(manifest.inputs) + 1):
            yield f"input {number} was missing and is {path}"


def shards(
    paths: list[str],
    format: str | None,
    size: int,
    *,
    ids: "Ids",
    done: Container[int],
    at: tuple[int, Position],
    inputs: dict[int, InputLine],
) -> Iterator[Shard]:
    """The shards that are not `done`, read from the shard and position `at` on.

    `inputs` takes the fingerprint of each input before its first item is handed out.
    """
    number, start = at
    batch: list[Cable | Reject] = []
    size_of_batch = 0
    begin = end = start
    for index in range(start.input, len(paths)):
        if index not in inputs:
            inputs[index] = fingerprint(index, paths[index])
        first = start.item if index == start.input else 0
        for place, item in enumerate(readers.scan(paths[index], format, start=first), first):
            if isinstance(item, Cable):
                size_of_batch += _size(item)
                # The source text has done its service; the workers need not be sent it.
                item = replace(ids.unique(item, index, place), source_text="")
            batch.append(item)
            end = Position(index, place + 1)
            if len(batch) == size:
                ids.save()
                if number not in done:
                    yield Shard(number, batch, begin, end, size_of_batch)
                number, batch, size_of_batch, begin = number + 1, [], 0, end
    ids.save()
    if batch and number not in done:
        yield Shard(number, batch, begin, end, size_of_batch)


def _size(cable: Cable) -> int:
    """How much of its input a cable stands for, in characters, about: where many share one source
    text, from its first to its last.
    """
    if cable.source.format != "tei":
        return len(cable.source_text)
    pieces = [piece for paragraph in cable.paragraphs for piece in paragraph.source_map.pieces]
    return max((at + length for _, at, length in pieces), default=0) - min(
        (at for _, at, _ in pieces), default=0
    )


class Ids:
    """Makes the ids of cables unique over all inputs: the second 07ASTANA454 becomes 07ASTANA454~2.

    Ids lie on the disk, with the position that holds them, so that a resumed run gives the same
    ones; within a single file the reader has seen to it.
    """

    def __init__(self, path: str, needed: bool = True):
        self.path, self.needed = path, needed
        if not needed:
            return
        with self._saying_what_to_do():
            self.database = sqlite3.connect(path, check_same_thread=False)
            self.database.execute("PRAGMA journal_mode=WAL")
            self.database.execute(
                "CREATE TABLE IF NOT EXISTS ids (id TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID"
            )

    @contextmanager
    def _saying_what_to_do(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:  # a full or read-only disk
            raise OSError(f"{self.path}: {error}; make room, then go on with --resume") from error
        except sqlite3.DatabaseError as error:
            raise OSError(
                f"{self.path}: {error}; remove it and go on with --resume: it is made anew"
            ) from error

    def unique(self, cable: Cable, input: int, item: int) -> Cable:
        """The cable, renamed where another cable of the run has its id already."""
        if not self.needed:
            return cable
        # The reader may have numbered it already within its file.
        id, place, count, base = cable.id, f"{input}/{item}", 1, re.sub(r"~\d+$", "", cable.id)
        with self._saying_what_to_do():
            while not self._take(id, place):
                count += 1
                id = f"{base}~{count}"
        return renamed(cable, id)

    def _take(self, id: str, place: str) -> bool:
        if self.database.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", (id, place)).rowcount:
            return True
        return (
            self.database.execute("SELECT place FROM ids WHERE id = ?", (id,)).fetchone()[0]
            == place
        )

    def save(self) -> None:
        """Keeps the ids that were taken since the last save."""
        if self.needed:
            with self._saying_what_to_do():
                self.database.commit()

    def close(self) -> None:
        """Closes the database."""
        if self.needed:
            self.database.close()
