"""JSON Lines of any kind, packed or not; imported by other scripts."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from cablespan.reading.decode import open_input


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file."""
    with open_input(str(file)) as stream:
        yield from map(orjson.loads, stream)


def texts(files: Iterable[Path]) -> Iterator[str]:
    """The text of each paragraph, whether a line is one or has `paragraphs`."""
    for file in files:
        for line in lines(file):
            for paragraph in line.get("paragraphs", [line]):
                yield paragraph["text"]
