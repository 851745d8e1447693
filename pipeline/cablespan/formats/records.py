"""Records as the pipeline writes them (`cables.jsonl`): the whole shape, nothing is left out."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cablespan.formats.checks import GoldError, check_shape, check_source_map
from cablespan.formats.completion import Placed
from cablespan.formats.files import placed_objects, write_json_lines
from cablespan.reading.shapes import RECORD

LEAVES_OUT = ()


def read(path: Path) -> Iterator[Placed]:
    """Records as this package writes them. Raises GoldError where a line is none."""
    for place, record in placed_objects(path):
        if not isinstance(record.get("id"), str) or record.get("paragraphs") is None:
            remedy = "a record has `id` and `paragraphs`, see docs/formats.md"
            raise GoldError.at(place, "no record", remedy)
        check_shape(record, RECORD, place)
        for paragraph in record["paragraphs"]:
            check_source_map(paragraph, place)
        yield Placed(record, {"": place})


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Records as JSON Lines, one a line."""
    write_json_lines(out, records)
