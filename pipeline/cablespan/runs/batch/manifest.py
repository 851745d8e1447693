"""What a run has done so far: `manifest.jsonl`, a line for the settings, each input, each shard, and the end.

Lines are added as shards become visible, so that an interrupted run knows where it was; the finished manifest is in order.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from cablespan.runs.batch.folder import Folder

NAME = "manifest.jsonl"
SCHEMA = "cablespan.manifest/1"


class Position(NamedTuple):
    """A place in the stream of inputs: the number of the input, and the index of the item (cable or reject) within it."""

    input: int
    item: int


@dataclass
class Manifest:
    """The settings that decide what a run writes, and the inputs and shards that are done."""

    settings: dict[str, Any]
    inputs: dict[int, dict[str, Any]] = field(default_factory=dict)
    shards: dict[int, dict[str, Any]] = field(default_factory=dict)
    end: dict[str, Any] | None = None

    @classmethod
    def load(cls, folder: Folder) -> "Manifest | None":
        """The manifest of a folder, None where there is none. A last line that was cut off is not yet part of it."""
        if not folder.exists(NAME):
            return None
        data = folder.read(NAME)
        lines = [orjson.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]
        if not lines or lines[0].get("schema") != SCHEMA:
            raise ValueError(
                f"{folder}: {NAME} is not one of cablespan's; take another --output, or --overwrite"
            )
        manifest = cls(lines[0])
        for line in lines[1:]:
            if "input" in line:
                manifest.inputs[line["input"]] = line
            elif "shard" in line:
                manifest.shards[line["shard"]] = line
            else:
                manifest.end = line
        return manifest

    def lines(self) -> list[dict[str, Any]]:
        """All lines in order: the same bytes whatever the order of work."""
        inputs = [self.inputs[number] for number in sorted(self.inputs)]
        shards = [self.shards[number] for number in sorted(self.shards)]
        return [self.settings, *inputs, *shards, *([self.end] if self.end else [])]

    def write(self, folder: Folder) -> None:
        folder.publish(NAME, (encode(line) for line in self.lines()))

    def add_input(self, folder: Folder, line: dict[str, Any]) -> None:
        if line["input"] not in self.inputs:
            folder.append(NAME, encode(line))
            self.inputs[line["input"]] = line

    def add_shard(self, folder: Folder, line: dict[str, Any]) -> None:
        folder.append(NAME, encode(line))
        self.shards[line["shard"]] = line

    def differences(self, settings: dict[str, Any]) -> list[str]:
        """What another run's settings say differently, in words."""
        return [
            f"{name.replace('_', ' ')} was {self.settings.get(name)!r} and is {settings.get(name)!r}"
            for name in settings
            if self.settings.get(name) != settings.get(name)
        ]

    def resume_at(self) -> tuple[int, Position]:
        """The first shard that is not done, and where it begins."""
        number, position = 0, Position(0, 0)
        while number in self.shards:
            position = Position(*self.shards[number]["to"])
            number += 1
        return number, position

    def totals(self) -> dict[str, Any]:
        """The counts of all shards that are done, added up."""
        totals: dict[str, Any] = {}
        for number in sorted(self.shards):
            add(totals, self.shards[number]["counts"])
        return totals


def encode(line: dict[str, Any]) -> bytes:
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def add(totals: dict[str, Any], counts: dict[str, Any]) -> dict[str, Any]:
    """Adds nested counts, in place.

    >>> add({"cables": 1, "entities": {"AGENCY": 2}}, {"cables": 2, "entities": {"PLACE": 1}})
    {'cables': 3, 'entities': {'AGENCY': 2, 'PLACE': 1}}
    """
    for name, value in counts.items():
        if isinstance(value, dict):
            add(totals.setdefault(name, {}), value)
        else:
            totals[name] = totals.get(name, 0) + value
    return totals
