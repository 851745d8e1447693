"""What a reader hands over: a cable with its header, its paragraphs and the way back to the
characters of its file."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any

RECORD_SCHEMA = "cablespan.record/1"
# What a paragraph has beside its id and text.
PARAGRAPH_FACTS = ("number", "marking", "section", "kind")
# A kind's position is part of trained models: only ever add at the end.
PARAGRAPH_KINDS = ("numbered", "item", "heading", "text", "header")

# (offset, source offset, length) in code points: text[offset:offset + length] ==
# source[source_offset:source_offset + length]. A plain tuple: a dump has millions, and the garbage
# collector stops looking after plain tuples of numbers.
Piece = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Lays offsets of a reflowed text on the source it came from.

    >>> m = SourceMap.of([(0, 10, 4), (5, 20, 4)])
    >>> m.to_source(0, 4), m.to_source(2, 9)
    ((10, 14), (12, 24))
    """

    pieces: tuple[Piece, ...] = ()

    @classmethod
    def of(cls, pieces: Sequence[Sequence[int]]) -> "SourceMap":
        """The map of pieces as JSON holds them: offset in the text, in the source, length."""
        return cls(tuple((offset, at, length) for offset, at, length in pieces))

    def _piece_at(self, offset: int) -> Piece | None:
        index = bisect_right(self.pieces, offset, key=itemgetter(0)) - 1
        piece = self.pieces[index] if index >= 0 else None
        return piece if piece and offset < piece[0] + piece[2] else None

    def to_source(self, start: int, end: int) -> tuple[int, int] | None:
        """Source offsets of a span; None where it is empty, or begins or ends in a gap between
        pieces."""
        first = self._piece_at(start)
        last = self._piece_at(end - 1)
        if start >= end or first is None or last is None:
            return None
        return start - first[0] + first[1], end - last[0] + last[1]


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to another message: canonical `value` ("06ASTANA9"), `kind` ("cable", "email",
    "telcon", ...), as written, its letter."""

    value: str
    kind: str
    text: str
    letter: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """An addressee: routing indicator, name, precedence, message number.

    `excluded`: the names that an XMT line takes out of it, where it is a collective.
    """

    route: str | None
    name: str
    precedence: str | None = None
    mcn: str | None = None
    excluded: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Header:
    """Header facts; None or empty where the cable does not say. Times are ISO 8601 in UTC, as far
    as they are known."""

    reference_id: str | None = None
    created: str | None = None
    released: str | None = None
    origin: str | None = None
    classification: str | None = None
    transmission_id: str | None = None
    precedence: str | None = None
    from_: str | None = None
    to: tuple[Recipient, ...] = ()
    info: tuple[Recipient, ...] = ()
    excluded: tuple[str, ...] = ()
    subject: str | None = None
    tags: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    eo: str | None = None
    declassify_on: str | date | None = None
    classified_by: str | None = None
    reasons: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: reflowed text without number and portion mark, which are fields. `kind` is one
    of PARAGRAPH_KINDS."""

    id: str
    text: str
    number: int | None = None
    marking: str | None = None
    section: str | None = None
    kind: str = "text"
    source_map: SourceMap = SourceMap()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a cable was read: path, format, SHA-256 of the source text in UTF-8, index among the
    cables of the file."""

    path: str
    format: str
    sha256: str
    index: int = 0


@lru_cache(maxsize=4)  # the cables of one source, with what it is stripped to, follow each other
def text_hash(text: str) -> str:
    r"""SHA-256 of a text in UTF-8, as hexadecimal digits; a lone surrogate counts, too.

    >>> text_hash("All is well.")[:8], text_hash("\ud800")[:8]
    ('8ec321e3', '91a681b9')
    """
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Cable:
    """One cable. `source_text` is the string that source maps point into, no part of the record;
    `notes` say what was repaired or lost."""

    id: str
    header: Header
    paragraphs: tuple[Paragraph, ...]
    source: Source
    meta: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source_text: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reject:
    """An input, or a part of one, that gave no cable: where it is, why, and what to do about it.
    `place` is a line, row or index."""

    path: str
    place: str
    reason: str
    remedy: str = ""


def header_record(header: Header) -> dict[str, Any]:
    """The header as the record writes it: `from` for `from_`, dates as ISO strings, lists for
    tuples.

    >>> header_record(Header(from_="AMEMBASSY OSLO", tags=("PREL",)))["from"]
    'AMEMBASSY OSLO'
    """
    fields = asdict(header)
    fields["from"] = fields.pop("from_")
    if isinstance(header.declassify_on, date):
        fields["declassify_on"] = header.declassify_on.isoformat()
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()
    }


def cable_record(cable: Cable) -> dict[str, Any]:
    """A cable as its record writes it, before annotation adds its layers: plain data, ready for
    JSON."""
    return {
        "id": cable.id,
        "meta": dict(cable.meta),
        "source": asdict(cable.source),
        "header": header_record(cable.header),
        "paragraphs": [_paragraph_record(paragraph) for paragraph in cable.paragraphs],
    }


def _paragraph_record(paragraph: Paragraph) -> dict[str, Any]:
    return {
        "id": paragraph.id,
        "number": paragraph.number,
        "marking": paragraph.marking,
        "section": paragraph.section,
        "kind": paragraph.kind,
        "text": paragraph.text,
        "source_map": [list(piece) for piece in paragraph.source_map.pieces],
    }
