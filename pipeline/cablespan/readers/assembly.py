"""A cable out of what a reader has found."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from cablespan.cable import Cable, Reject, Source
from cablespan.header.opening import read_opening
from cablespan.header.parsing import parse
from cablespan.segment import segment

_TAIL = 1500  # characters at the end of a body in which its signers stand


def assemble(
    text: str,
    *,
    path: str,
    format: str,
    index: int = 0,
    start: int = 0,
    end: int | None = None,
    fallback_id: str = "",
    meta: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    source_text: str | None = None,
    **known: Any,
) -> Cable:
    """The cable that stands in `text[start:end]`, opening and body. `known` header facts win over those of the text."""
    end = len(text) if end is None else end
    opening = read_opening(text, start, end)
    head = text[start : opening.body]
    header = parse(opening, head, text[max(opening.body, end - _TAIL) : end], **known)
    cable_id = header.reference_id or fallback_id
    source_text = text if source_text is None else source_text
    source = Source(path, format, sha256(source_text.encode("utf-8", "surrogatepass")).hexdigest(), index)
    return Cable(cable_id, header, segment(text, cable_id, opening.body, end), source, dict(meta or {}), notes, source_text)


def numbered(found: Iterator[Cable | Reject]) -> Iterator[Cable | Reject]:
    """The same cables; one whose id came before gets a number behind it and a note."""
    seen: dict[str, int] = {}
    for item in found:
        if isinstance(item, Cable):
            seen[item.id] = seen.get(item.id, 0) + 1
            if seen[item.id] > 1:
                item = renamed(item, f"{item.id}~{seen[item.id]}")
        yield item


def renamed(cable: Cable, name: str) -> Cable:
    """A cable under another id, with a note of the one it had."""
    paragraphs = tuple(replace(paragraph, id=name + paragraph.id[len(cable.id) :]) for paragraph in cable.paragraphs)
    return replace(cable, id=name, paragraphs=paragraphs, notes=(*cable.notes, f"id {cable.id} came before: kept as {name}"))
