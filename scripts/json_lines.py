"""Texts of JSON Lines of any kind, packed or not; imported by other scripts."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from cablespan.reading.lines import json_lines


def texts(paths: Iterable[Path]) -> Iterator[str]:
    """The text of each paragraph of files, and of a folder's .jsonl, whether a line is one or has
    `paragraphs`."""
    files = chain.from_iterable(map(_files, paths))
    for line in chain.from_iterable(map(json_lines, files)):
        for paragraph in line.get("paragraphs", [line]):
            yield paragraph["text"]


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
