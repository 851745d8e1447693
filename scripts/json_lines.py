"""Texts of JSON Lines of any kind, packed or not; imported by other scripts."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from cablespan.reading.lines import json_lines


def texts(files: Iterable[Path]) -> Iterator[str]:
    """The text of each paragraph, whether a line is one or has `paragraphs`."""
    for line in chain.from_iterable(map(json_lines, files)):
        for paragraph in line.get("paragraphs", [line]):
            yield paragraph["text"]
