"""What a run has done so far: `manifest.jsonl`, a line for the settings, each input, each shard,
and the end.

Lines are added as shards become visible, so that an interrupted run knows where it was; the
finished manifest is in order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

import orjson

from cablespan.runs.batch.folder import Folder

NAME = "manifest.jsonl"
SCHEMA = "cablespan.manifest/1"

Line = Mapping[str, Any]


class Position(NamedTuple):
    """A place in the stream of inputs: the number of the input, and the index of the item (cable or
    reject) within it.
    """

    input: int
    item: int


class Counts(TypedDict, total=False):
    """What a shard or a run holds.

    Words are what blanks divide, entities and statements are by label; `failed` are the cables in
    which a component failed and was left out, by component.
    """

    cables: int
    rejects: int
    paragraphs: int
    words: int
    claims: int
    entities: dict[str, int]
    statements: dict[str, int]
    failed: dict[str, int]


class FileFacts(TypedDict):
    """A file of a run, as it was written: its name within the folder, size in bytes, SHA-256."""

    name: str
    bytes: int
    sha256: str


class InputLine(TypedDict):
    """An input that has been read; size and hash are None where they could not be known."""

    input: int
    path: str
    bytes: int | None
    sha256: str | None


# `from` and `to` are Positions; `characters` is how much of the inputs the shard stands for, about.
ShardLine = TypedDict(
    "ShardLine",
    {
        "shard": int,
        "from": list[int],
        "to": list[int],
        "characters": int,
        "counts": Counts,
        "files": dict[str, FileFacts],
    },
)


class EndLine(TypedDict):
    """The last line of a finished run.

    `files` where the shards were put together into one file of each kind.
    """

    end: bool
    shards: int
    counts: Counts
    files: dict[str, FileFacts]


@dataclass
class Manifest:
    """The settings that decide what a run writes, and the inputs and shards that are done."""

    settings: dict[str, Any]
    inputs: dict[int, InputLine] = field(default_factory=dict)
    shards: dict[int, ShardLine] = field(default_factory=dict)
    end: EndLine | None = None

    @classmethod
    def load(cls, folder: Folder) -> "Manifest | None":
        """The manifest of a folder, None where there is none.

        A last line that was cut off is not yet part of it.

        Raises ValueError where it is none of ours, or a line of it is damaged.
        """
        if not folder.exists(NAME):
            return None
        first, *lines = _lines(folder) or [{}]
        if first.get("schema") != SCHEMA:
            raise ValueError(f"{folder}: {NAME} is not one of cablespan's; take another --output")
        manifest = cls(dict(first))
        for number, line in enumerate(lines, 2):
            manifest._take(line, f"{folder / NAME}, line {number}")
        return manifest

    def _take(self, line: Any, place: str) -> None:
        if "input" in line:
            self.inputs[line["input"]] = line
        elif "shard" in line:
            self.shards[line["shard"]] = line
        elif "end" in line:
            self.end = line
        else:
            raise ValueError(f"{place}: no line of a manifest; {_CUT_IT_OUT}")

    def lines(self) -> list[Line]:
        """All lines in order: the same bytes whatever the order of work."""
        inputs = [self.inputs[number] for number in sorted(self.inputs)]
        shards = [self.shards[number] for number in sorted(self.shards)]
        return [self.settings, *inputs, *shards, *([self.end] if self.end else [])]

    def write(self, folder: Folder) -> None:
        """Writes the whole manifest anew, in one step."""
        folder.replace(NAME, (encode(line) for line in self.lines()))

    def add_shard(self, folder: Folder, line: ShardLine, inputs: Mapping[int, InputLine]) -> None:
        """Appends a shard that is done, after those of the inputs up to its end that are not yet
        there: all at once, as a disk takes its time for each addition."""
        last = next(reversed(self.inputs), -1)
        new = {number: inputs[number] for number in range(last + 1, line["to"][0] + 1)}
        folder.append(NAME, b"".join(map(encode, [*new.values(), line])))
        self.inputs |= new
        self.shards[line["shard"]] = line

    def differences(self, settings: Mapping[str, Any]) -> list[str]:
        """What another run's settings say differently, in words."""
        changed = (name for name in settings if self.settings.get(name) != settings[name])
        return [
            f"{name.replace('_', ' ')} was {self.settings.get(name)!r} and is {settings[name]!r}"
            for name in changed
        ]

    def resume_at(self) -> tuple[int, Position]:
        """The first shard that is not done, and where it begins."""
        number, position = 0, Position(0, 0)
        while number in self.shards:
            position = Position(*self.shards[number]["to"])
            number += 1
        return number, position

    def totals(self) -> Counts:
        """The counts of all shards that are done, added up."""
        totals: Counts = {}
        for number in sorted(self.shards):
            add(totals, self.shards[number]["counts"])
        return totals

    @property
    def whole_files(self) -> dict[str, FileFacts]:
        """The one file of each kind that a finished run has where no shards were asked for, by
        kind; else none.
        """
        return self.end.get("files", {}) if self.end else {}

    def files(self, kind: str) -> list[FileFacts]:
        """The files that hold what a run has of one kind, in order."""
        if self.whole_files:
            return [self.whole_files[kind]]
        return [self.shards[number]["files"][kind] for number in sorted(self.shards)]

    def damage(self, folder: Folder) -> dict[str, str]:
        """What is wrong with which file that the manifest names, by hash.

        Empty where all are as they were written.
        """
        kinds = {kind for shard in self.shards.values() for kind in shard["files"]}
        every = (facts for kind in sorted(kinds) for facts in self.files(kind))
        found = ((facts["name"], folder.damage(facts["name"], facts["sha256"])) for facts in every)
        return {name: problem for name, problem in found if problem}

    def reopen(self, folder: Folder) -> None:
        """Makes a finished run one that can go on: its whole files are cut into the parts that they
        were made of.
        """
        for kind, facts in self.whole_files.items():
            if not folder.exists(facts["name"]):
                continue
            pieces = folder.pieces(facts["name"], [part["bytes"] for part in self._parts(kind)])
            for part, piece in zip(self._parts(kind), pieces, strict=True):
                folder.publish(part["name"], [piece])
        self.end = None

    def _parts(self, kind: str) -> Iterator[FileFacts]:
        return (self.shards[number]["files"][kind] for number in sorted(self.shards))

    def forget(self, names: Iterable[str]) -> None:
        """Takes the shards out that have one of the files, so that they are done again."""
        gone = set(names)
        self.shards = {
            number: shard
            for number, shard in self.shards.items()
            if gone.isdisjoint(facts["name"] for facts in shard["files"].values())
        }

    def forget_rejects(self) -> None:
        """Takes the shards out that rejected a cable or left a layer out, so that they are done
        again."""
        self.shards = {
            number: shard
            for number, shard in self.shards.items()
            if not shard["counts"].get("rejects") and not shard["counts"].get("failed")
        }


def holds_a_run(folder: Folder) -> bool:
    """Whether a folder has a manifest of ours."""
    is_file = folder.fs.isfile(folder / NAME)
    return is_file and SCHEMA.encode() in folder.fs.cat_file(folder / NAME, 0, 200)


_CUT_IT_OUT = "cut the line out and go on with --resume: what it told of is done again"


def _lines(folder: Folder) -> list[dict[str, Any]]:
    data = folder.read(NAME)
    lines = []
    for number, line in enumerate(data[: data.rfind(b"\n") + 1].splitlines(), 1):
        try:
            lines.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            place = f"{folder / NAME}, line {number}"
            raise ValueError(f"{place}: not JSON ({error}); {_CUT_IT_OUT}") from error
        if not isinstance(lines[-1], dict):
            raise ValueError(
                f"{folder / NAME}, line {number}: no line of a manifest; {_CUT_IT_OUT}"
            )
    return lines


def encode(line: Line) -> bytes:
    """A line of JSON."""
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def add(totals: Any, counts: Mapping[str, Any]) -> Any:
    """Adds nested counts, in place.

    >>> add({"cables": 1, "entities": {"AGENCY": 2}}, {"cables": 2, "entities": {"PLACE": 1}})
    {'cables': 3, 'entities': {'AGENCY': 2, 'PLACE': 1}}
    """
    for name, value in counts.items():
        if isinstance(value, Mapping):
            add(totals.setdefault(name, {}), value)
        else:
            totals[name] = totals.get(name, 0) + value
    return totals
