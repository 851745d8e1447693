"""JSON Lines: `{"text": ..., "meta": {...}}`, one cable a line, blank lines between paragraphs."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO

import orjson

from cablespan.cable import Cable, Reject, Source
from cablespan.header.opening import read_opening
from cablespan.header.parsing import parse
from cablespan.reading.assembly import renamed
from cablespan.reading.body import segment_blocks
from cablespan.reading.decode import LEADING, name_of, repair

_DEEPEST = 100  # levels; a record is written with a few more around its meta


def knows(head: str) -> bool:
    """Whether a text begins as a JSON object."""
    return head.lstrip(LEADING).startswith("{")


def read_stream(stream: BinaryIO, path: str, start: int = 0) -> Iterator[Cable | Reject]:
    """The cables of a stream; of the first `start` only the ids are read."""
    index = 0
    seen: Counter[str] = Counter()
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        row = _row(line, path, f"line {number}")
        made: Cable | Reject | None
        if isinstance(row, Reject):
            made = row
        else:
            name = _name(row, path, index)
            seen[name] += 1
            cable = _cable(row, path, name, index) if index >= start else None
            if cable and seen[name] > 1:
                cable = renamed(cable, f"{name}~{seen[name]}")
            made = cable
        if made is not None and index >= start:
            yield made
        index += 1


def _row(line: bytes, path: str, place: str) -> dict[str, Any] | Reject:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Reject(path, place, f"no JSON: {error}", "one JSON object a line")
    if _depth(row) > _DEEPEST:
        reason = f"values nested more than {_DEEPEST} deep"
        return Reject(path, place, reason, "flatten meta: it is carried over into the record")
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        return Reject(path, place, "no text in it", 'give {"text": "...", "meta": {...}}')
    return row


def _depth(value: Any) -> int:
    """How deep lists and objects are nested, counted to one more than the deepest allowed."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        depth += 1
    return depth


def _meta(row: dict[str, Any]) -> dict[str, Any]:
    return row["meta"] if isinstance(row.get("meta"), dict) else {}


def _name(row: dict[str, Any], path: str, index: int) -> str:
    return str(_meta(row).get("id") or row.get("id") or f"{name_of(path)}-{index + 1}")


def _cable(row: dict[str, Any], path: str, cable_id: str, index: int) -> Cable:
    meta = _meta(row)
    name = meta.get("id") or row.get("id")
    text, notes = repair(row["text"], [])
    opening = read_opening(text)
    known: dict[str, Any] = {
        "reference_id": str(name) if name else None,
        "created": _string(meta.get("date")),
        "origin": _string(meta.get("origin")),
    }
    header = parse(
        opening, text[: opening.body], text[max(opening.body, len(text) - 1500) :], **known
    )
    source = Source(path, "jsonl", sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), index)
    return Cable(
        cable_id,
        header,
        segment_blocks(text, cable_id, opening.body),
        source,
        meta,
        tuple(notes),
        text,
    )


def _string(value: Any) -> str | None:
    return None if value is None else str(value)
