"""What a run has written so far: readable while it goes on, because a shard once visible never
changes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from cablespan.labels import LAYERS
from cablespan.reading.lines import json_lines
from cablespan.reading.shapes import RECORD, misfits, with_every_key
from cablespan.runs.batch.folder import Folder, folder_of, reaching
from cablespan.runs.batch.manifest import Manifest

EVERY_RECORD_HAS = ("id", "meta", "source", "header", "paragraphs")


class Results:
    """The lines that a run has written.

    `run` is its folder, or one file of records (of `cablespan read`, too).

    `manifest` is None where there is none to compare with. Raises FileNotFoundError where there is
    no run, ValueError where its manifest is damaged.
    """

    def __init__(self, run: str):
        self.folder, self.file = Folder(run), None
        with reaching(run):
            is_file = self.folder.fs.isfile(self.folder.root)
        if is_file:
            self.folder, self.file = Folder(folder_of(run)), PurePath(run).name
        elif not self.folder.fs.isdir(self.folder.root):
            raise FileNotFoundError(f"{run}: no such folder or file; {_GIVE}")
        self.run = run
        self.manifest = None if self.file else Manifest.load(self.folder)
        if self.manifest and self.manifest.end and "files" not in self.manifest.end:
            self.manifest = None  # of cablespan 0.1, which did not keep the hashes of whole files

    def lines(self, kind: str = "cables") -> Iterator[dict[str, Any]]:
        """The lines of one kind (`cables`, `entities`, `rejects` ...), in order.

        Raises FileNotFoundError where the folder holds no run, ValueError where a file is not as
        the run wrote it.
        """
        for path in self.paths(kind):
            yield from json_lines(path)

    def records(self) -> Iterator[dict[str, Any]]:
        """The records, as `lines`, each with every key; raises ValueError for what is none as
        well."""
        for path in self.paths("cables"):
            for number, line in enumerate(json_lines(path), 1):
                known = line if isinstance(line, dict) else {}
                record = {key: value for key, value in known.items() if value is not None}
                if fault := _fault(record):
                    raise ValueError(f"{path}, object {number}: {fault}")
                yield with_every_key(record)

    def paths(self, kind: str = "cables") -> Iterator[str]:
        """The files that hold one kind of lines, in order; raises as `lines`."""
        for name in self._names(kind):
            path = self.folder / name
            yield path if self.folder.local else self.folder.fs.unstrip_protocol(path)

    def _names(self, kind: str) -> list[str]:
        if self.file:
            return [self.file] if kind == "cables" else []
        if self.manifest:
            return [self._whole(facts["name"], facts["sha256"]) for facts in self._files(kind)]
        pattern = rf"{kind}(-\d+)?\.jsonl(\.gz)?"
        names = [name for name in self.folder.names() if re.fullmatch(pattern, name)]
        if not names and kind == "cables":
            raise FileNotFoundError(
                f"{self.run}: holds no {kind}.jsonl and no {kind}-*.jsonl.gz; {_GIVE}"
            )
        return names

    def _files(self, kind: str) -> list[Any]:
        return self.manifest.files(kind) if self.manifest else []

    def _whole(self, name: str, sha256: str) -> str:
        if problem := self.folder.damage(name, sha256):
            remedy = "`cablespan annotate` with --resume does it again"
            raise ValueError(f"{self.folder / name}: {problem}; {remedy}")
        return name

    @property
    def unfinished(self) -> str | None:
        """What an unfinished run lacks, in words; None where it is finished, or nobody can know."""
        if self.manifest is None or self.manifest.end:
            return None
        shards = self.manifest.shards
        done = self.manifest.totals().get("cables", 0)
        gaps = sorted(set(range(max(shards, default=-1) + 1)) - set(shards))
        parts = [f"it holds the first {done:,} cables"]
        if gaps:
            parts = [f"it holds {done:,} cables", f"not those of shards {some(gaps)}"]
        return f"the run is not finished: {', '.join(parts)}; go on with --resume"


def _fault(record: Mapping[str, Any]) -> str | None:
    """Why an object is no record that can be shown, and the remedy; None where it is one."""
    if missing := [key for key in EVERY_RECORD_HAS if key not in record]:
        return f"no record, it has no `{missing[0]}`; {_GIVE}"
    if misfit := next(misfits(record, RECORD), None):
        return f"{misfit.what}; {misfit.remedy}"
    known = {paragraph["id"] for paragraph in record["paragraphs"]}
    marks = (mark["paragraph"] for layer in LAYERS for mark in record.get(layer, ()))
    if strays := [name for name in marks if name not in known]:
        return f"a mark in {strays[0]!r}, which is no paragraph of it; name one that is"
    return None


_GIVE = "give the folder that `cablespan annotate` wrote, or a file of records"


def some(names: Sequence[object], most: int = 5) -> str:
    """The first names of a list in words, and how many more there are.

    >>> some(range(8))
    '0, 1, 2, 3, 4 and 3 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def lines(run: str, kind: str = "cables") -> Iterator[dict[str, Any]]:
    """The lines of one kind of the run in a folder, or of one file of records: see Results."""
    return Results(run).lines(kind)
