"""JSON Lines: `{"text": ..., "meta": {...}}`, one cable a line, blank lines between paragraphs."""

import json
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any, BinaryIO

import orjson

from cablespan.cable import Cable, Reject, Source, text_hash
from cablespan.header.dates import time_of
from cablespan.header.opening import read_opening
from cablespan.header.parsing import parse
from cablespan.reading.assembly import TAIL, DistinctIds, reader_failed, renamed
from cablespan.reading.body import segment_blocks
from cablespan.reading.decode import LEADING, name_of, repair

_DEEPEST = 100  # levels; a record is written with a few more around its meta
_FEWER_DIGITS = 20  # than these, and a whole number fits in 64 bits


def knows(head: str) -> bool:
    """Whether a text begins as a JSON object.

    >>> knows('{"text": "1. All is well."}'), knows("1. All is well.")
    (True, False)
    """
    return head.lstrip(LEADING).startswith("{")


def read_stream(stream: BinaryIO, path: str, start: int = 0) -> Iterator[Cable | Reject]:
    """The cables of a stream; of the first `start` only the ids are read.

    >>> lines = [b'{"text": "All is well.", "meta": {"id": "07OSLO12"}}', b'{"text": ""}']
    >>> cable, reject = read_stream(lines, "cables.jsonl")
    >>> cable.id, cable.paragraphs[0].text, reject.place
    ('07OSLO12', 'All is well.', 'line 2')
    """
    ids = DistinctIds()
    filled = ((number, line) for number, line in enumerate(stream, 1) if line.strip())
    for index, (number, line) in enumerate(filled):
        place = f"line {number}"
        row = _row(line, path, place)
        name = "" if isinstance(row, Reject) else ids.take(_name(row, path, index))
        if index >= start:
            yield row if isinstance(row, Reject) else _item(row, name, path, index, place)


def _row(line: bytes, path: str, place: str) -> dict[str, Any] | Reject:
    try:
        row = _loaded(line)
    except orjson.JSONDecodeError as error:
        return Reject(path, place, f"no JSON: {error}", "one JSON object a line")
    if _depth(row) > _DEEPEST:
        reason = f"values nested more than {_DEEPEST} deep"
        return Reject(path, place, reason, "flatten meta: it is carried over into the record")
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        return Reject(path, place, "no text in it", 'give {"text": "...", "meta": {...}}')
    return row


def _loaded(line: bytes) -> Any:
    """What a line holds; an id of more digits than an integer has is no float, but their text.

    >>> _loaded(b'{"text": "All is well.", "id": 100000000000000000001}')["id"]
    '100000000000000000001'
    """
    row = orjson.loads(line)
    if isinstance(row, dict) and "e+" in (_given_id(row) or ""):  # orjson made it a float
        return json.loads(line, parse_int=_integer)
    return row


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < _FEWER_DIGITS else digits


def _depth(value: Any) -> int:
    """How deep lists and objects are nested, counted to one more than the deepest allowed."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        level = list(chain.from_iterable(map(_values, level)))
        depth += 1
    return depth


def _values(value: Any) -> Collection[Any]:
    """The values within a list or an object; none within others."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _meta(row: dict[str, Any]) -> dict[str, Any]:
    return row["meta"] if isinstance(row.get("meta"), dict) else {}


def _given_id(row: dict[str, Any]) -> str | None:
    names = (facts.get("id") for facts in (_meta(row), row))
    return next((str(name) for name in names if name or name == 0), None)


def _name(row: dict[str, Any], path: str, index: int) -> str:
    return _given_id(row) or f"{name_of(path)}-{index + 1}"


def _item(row: dict[str, Any], name: str, path: str, index: int, place: str) -> Cable | Reject:
    """The cable of a row under its distinct name."""
    try:
        return renamed(_cable(row, path, index), name)
    except Exception as error:  # a mistake of ours must not cost the other rows
        return reader_failed(error, path, place)


def _cable(row: dict[str, Any], path: str, index: int) -> Cable:
    cable_id, meta = _name(row, path, index), _meta(row)
    text, notes = repair(row["text"], [])
    opening = read_opening(text)
    header = parse(
        opening,
        text[: opening.body],
        text[max(opening.body, len(text) - TAIL) :],
        reference_id=_given_id(row),
        created=time_of(_string(meta.get("date")) or ""),
        origin=_string(meta.get("origin")),
    )
    source = Source(path, "jsonl", text_hash(text), index)
    paragraphs = segment_blocks(text, cable_id, opening.body)
    return Cable(cable_id, header, paragraphs, source, meta, tuple(notes), text)


def _string(value: Any) -> str | None:
    return None if value is None else str(value)
