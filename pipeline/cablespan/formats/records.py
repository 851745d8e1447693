"""Records as the pipeline writes them (`cables.jsonl`): the whole shape, nothing is left out."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cablespan.formats.checks import GoldError, are, check_facts, check_lists, objects
from cablespan.formats.completion import Placed
from cablespan.formats.files import placed_objects, write_json_lines
from cablespan.labels import LAYERS

LEAVES_OUT = ()


def read(path: Path) -> Iterator[Placed]:
    """Records as this package writes them. Raises GoldError where a line is none."""
    for place, record in placed_objects(path):
        if not isinstance(record.get("id"), str) or "paragraphs" not in record:
            remedy = "a record has `id` and `paragraphs`, see docs/formats.md"
            raise GoldError.at(place, "no record", remedy)
        _check_shape(record, place)
        yield Placed(record, {"": place})


def _check_shape(record: Mapping[str, Any], place: str) -> None:
    for number, paragraph in enumerate(objects(record["paragraphs"], "`paragraphs`", place), 1):
        if not are(str, (paragraph.get(key) for key in ("id", "text"))):
            what = f"paragraph {number} of {record['id']} has no `id` or no `text`"
            raise GoldError.at(place, what, "give both")
        check_lists(paragraph, place)
    for layer in LAYERS:
        for mark in objects(record.get(layer) or [], f"`{layer}`", place):
            if not isinstance(mark.get("paragraph"), str):
                what = f"`{layer}`: a mark without `paragraph`"
                raise GoldError.at(place, what, "give the id of the paragraph that it lies in")
    check_facts(record, place)


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Records as JSON Lines, one a line."""
    write_json_lines(out, records)
