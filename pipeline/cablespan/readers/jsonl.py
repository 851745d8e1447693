"""JSON Lines: `{"text": ..., "meta": {...}}`, one cable a line, blank lines between paragraphs."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO

import orjson

from cablespan.cable import Cable, Reject, Source
from cablespan.header.opening import label_of, read_opening
from cablespan.header.parsing import parse
from cablespan.readers.decode import name_of, repair
from cablespan.segment import segment_blocks


def read(stream: BinaryIO, path: str, start: int = 0) -> Iterator[Cable | Reject]:
    """The cables of a stream, the first `start` of them skipped."""
    index = 0
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        if index < start:
            index += 1
            continue
        made = _cable(line, path, number, index)
        index += 1
        yield made


def _cable(line: bytes, path: str, number: int, index: int) -> Cable | Reject:
    place = f"line {number}"
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Reject(path, place, f"no JSON: {error}", "one JSON object a line")
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        return Reject(path, place, "no text in it", 'give {"text": "...", "meta": {...}}')
    meta: dict[str, Any] = row.get("meta") if isinstance(row.get("meta"), dict) else {}
    text, notes = repair(text, [])
    name = meta.get("id") or row.get("id")
    cable_id = str(name) if name else f"{name_of(path)}-{index + 1}"
    opening = read_opening(text)
    known = {"reference_id": str(name) if name else None, "created": _string(meta.get("date")), "origin": _string(meta.get("origin"))}
    header = parse(opening, text[: opening.body], text[max(opening.body, len(text) - 1500) :], **known)
    source = Source(path, "jsonl", sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), index)
    return Cable(cable_id, header, segment_blocks(text, cable_id, opening.body), source, meta, tuple(notes), text)


def _string(value: Any) -> str | None:
    return None if value is None else str(value)
