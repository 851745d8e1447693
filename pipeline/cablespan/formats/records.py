"""Records as the pipeline writes them (`cables.jsonl`): the whole shape, nothing is left out."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.files import json_lines, write_json_lines

LEAVES_OUT = ()


def read(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Records as this package writes them, with what could not be taken over of each."""
    for place, record in json_lines(path):
        paragraphs = record.get("paragraphs")
        if not isinstance(record.get("id"), str) or not isinstance(paragraphs, list):
            remedy = "a record has `id` and `paragraphs`, see docs/formats.md"
            raise GoldError([Problem(place, "no record", remedy)])
        for number, paragraph in enumerate(paragraphs, 1):
            if not all(isinstance(paragraph.get(key), str) for key in ("id", "text")):
                what = f"paragraph {number} of {record['id']} has no `id` or no `text`"
                raise GoldError([Problem(place, what, "give both")])
        yield record, {"": place}


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Records as JSON Lines, one a line."""
    write_json_lines(out, records)
