"""The eight-column dump: number, created, reference id, origin, classification, references, header,
body; streamed row by row.

A row begins where a line begins with a quoted number and a quoted time: a torn row cannot take the
next one with it, and rows can be skipped without being parsed. A body can hold another whole cable,
which becomes one of its own.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

from cablespan.cable import Cable, Reference, Reject
from cablespan.header.dates import time_of, year_of
from cablespan.header.posts import id_of, is_canonical
from cablespan.header.references import references_of
from cablespan.reading.assembly import DistinctIds, assemble, reader_failed, with_text
from cablespan.reading.decode import LEADING, decoded, repair
from cablespan.reading.embedded import Part, cables_in, may_hold_several

COLUMNS: Sequence[str] = (
    "number",
    "created",
    "reference_id",
    "origin",
    "classification",
    "references",
    "header",
    "body",
)
# The first three cells of a row: number, time (ISO too), reference id; commas, semicolons or tabs
# between.
_AFTER_NUMBER = rb"""(?x: [,;\t]
    "?(?:\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d)[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?
    (?:[ ][AP]M|Z|[+-]\d\d(?::?\d\d)?)?"?
    (?P<separator>[,;\t]) "?[^",;\t\r\n]
)"""
_ROW = rb'"?\d{1,9}"?' + _AFTER_NUMBER
_DAMAGED_ROW = re.compile(r"[^\n]{1,64}?" + _AFTER_NUMBER.decode())  # in what a row begins with
ROW = re.compile(_ROW)
_NEXT_ROW = re.compile(b"\n" + _ROW)  # a literal first sign is found faster than a line's beginning
_ESCAPED = re.compile(r"\\.", re.DOTALL)
# The last of an odd number, before a sign that needs no escape: C:\dir
_PLAIN_BACKSLASH = re.compile(r"""\\(?<!\\\\)(?:\\\\)*(?![\\"\r\n])""")
_BLOCK = 1 << 20
_MARGIN = 64  # bytes at the end of a block in which a row's first cells can be cut
_LONGEST_START = 256  # bytes that a row's first cells do not fill
_REMEDY = "the row must have eight cells in double quotes, backslash as escape"
csv.field_size_limit(1 << 31)


def knows(head: str) -> bool:
    """Whether a text begins as a dump does: with a row, or with the columns' names and a row below.

    >>> knows('1;"2007-02-21 09:41";07OSLO1;'), knows("1. (U) All is well.")
    (True, False)
    """
    head = head.lstrip(LEADING)
    first, _, below = head.partition("\n")
    row = below if _names_columns(first.encode()) else head
    return ROW.match(row[:200].encode()) is not None


def holds_row(head: str) -> bool:
    r"""Whether a row begins anywhere in a text: a dump that lost its beginning has no more.

    >>> holds_row('the end of a body."\n2,"2007-02-21 09:41","07OSLO2","Embassy Oslo"')
    True
    """
    return _NEXT_ROW.search(head.encode("utf-8", "replace")) is not None


def _names_columns(row: bytes) -> bool:
    """Whether a row holds the names of the columns."""
    cells = re.split(rb"[,;\t]", row.strip())
    return len(cells) >= len(COLUMNS) and not any(sign in row for sign in b"0123456789")


def _columns(heading: bytes) -> Sequence[str]:
    """The columns in the order of a heading that names them all, else in their own."""
    cells = re.split(r"[,;\t]", decoded(heading)[0].replace('"', ""))
    names = ["_".join(cell.lower().split()) for cell in cells]
    return names if sorted(names) == sorted(COLUMNS) else COLUMNS


def rows(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    r"""The rows of a dump with the number of the line on which each begins; what stands before the
    first row is one as well.

    >>> from io import BytesIO
    >>> dump = BytesIO(b"1,2007-02-21 09:41,07OSLO1,Roads\nand ships\n2,2007-02-22 09:41,07OSLO2\n")
    >>> [(line, len(row)) for line, row in rows(dump)]
    [(1, 43), (3, 27)]
    """
    buffer, line, searched = b"", 1, 0
    blocks = iter(lambda: stream.read(_BLOCK), b"")
    for block in chain(blocks, [b""]):  # an empty one is the end
        buffer += block
        last = len(buffer) - _MARGIN if block else len(buffer)
        at = 0
        for row_below in _NEXT_ROW.finditer(buffer, searched):
            if row_below.end() > last:  # it is looked at again with the next block
                break
            end = row_below.start() + 1
            yield line, buffer[at:end]
            line += buffer.count(b"\n", at, end)
            at = end
        buffer = buffer[at:]
        searched = max(0, len(buffer) - _LONGEST_START)
    if buffer.strip():
        yield line, buffer


def read_stream(stream: BinaryIO, path: str, start: int = 0) -> Iterator[Cable | Reject]:
    r"""The cables of a dump; of the first `start` only the ids are read.

    >>> from io import BytesIO
    >>> row = b'1,2/21/2007 9:41,07OSLO12,Embassy Oslo,SECRET,06ROME1,"","1. All is well."\n'
    >>> first, second = read_stream(BytesIO(row * 2), "dump.csv")
    >>> first.id, second.id, first.paragraphs[0].text, first.header.references[0].value
    ('07OSLO12', '07OSLO12~2', 'All is well.', '06ROME1')
    """
    index, ids = 0, DistinctIds()
    for row in _rows_below_heading(stream):
        if index < start and not row.can_hold_more():
            ids.take(row.id())
            index += 1
            continue
        for at, item in enumerate(_items(row, path, index)):
            if at == 0 and isinstance(item, Reject):  # no later row is given its id
                ids.take(row.id())
            named = ids.given_to(item)
            if index >= start:
                yield named
            index += 1


def _rows_below_heading(stream: BinaryIO) -> Iterator["_Row"]:
    columns = COLUMNS
    for number, (line, raw) in enumerate(rows(stream), 1):
        if number == 1 and (_names_columns(raw) or not raw.strip()):
            columns = _columns(raw)
        else:
            yield _Row.of(raw, columns, line, number)


class _Row(NamedTuple):
    """A row: its text and notes on how it was decoded, the sign between its cells, None where it
    is none, the columns in their order, the line on which it begins, its number in the dump."""

    text: str
    notes: list[str]
    separator: str | None
    columns: Sequence[str]
    line: int
    number: int

    @classmethod
    def of(cls, raw: bytes, columns: Sequence[str], line: int, number: int) -> "_Row":
        """The row that bytes are."""
        first_cells = ROW.match(raw)
        separator = first_cells["separator"].decode() if first_cells else None
        return cls(*decoded(raw), separator, columns, line, number)

    def id(self) -> str:
        r"""The id in its cells, whether or not all of them can be read; "" for none.

        >>> row = b'1,"2/21/2007 9:41","07 OSLO 012","Emb'
        >>> [_Row.of(raw, COLUMNS, 1, 1).id() for raw in (row, b"\nstray\n")]
        ['07OSLO12', '']
        """
        if self.separator is None:
            return ""
        lines = _lines(self.text)
        cells = next(csv.reader(lines, delimiter=self.separator, escapechar="\\"))
        return _id_of(dict(zip(self.columns, cells, strict=False)))

    def cells(self) -> tuple[dict[str, str], str]:
        """The cells by column, and the lines after the row. Raises csv.Error where it is torn."""
        lines = _lines(self.text)
        rows = csv.reader(lines, delimiter=self.separator or ",", escapechar="\\", strict=True)
        cells = next(rows, [])
        stray = lines.read()
        if len(cells) != len(COLUMNS):
            raise csv.Error(f"{len(cells)} cells where eight belong")
        if _is_rest_of_cell(stray):
            raise csv.Error("a quote that is not escaped")
        return dict(zip(self.columns, cells, strict=True)), stray

    def can_hold_more(self) -> bool:
        """Whether stray lines stand after the row, or another cable can stand in its body."""
        try:
            cells, stray = self.cells()
        except csv.Error:
            return False
        return bool(stray.strip() or may_hold_several(cells["body"]))


def _lines(text: str) -> StringIO:
    """A row for the csv module, to which every backslash escapes something."""
    return StringIO(_PLAIN_BACKSLASH.sub(r"\g<0>\\", text), newline="")


def _id_of(row: Mapping[str, str]) -> str:
    """The id of a row's cable: in its canonical form, else as it is written, else its number."""
    name = row.get("reference_id", "")
    return id_of(name) or name.strip() or f"row {row.get('number')}"


def _items(row: _Row, path: str, index: int) -> Iterator[Cable | Reject]:
    """The cables of a row, and a reject for the stray lines after it."""
    place = f"line {row.line}, row {row.number}"
    try:
        cells, stray = row.cells()
    except csv.Error as error:
        yield Reject(path, place, f"torn row: {error}", _REMEDY)
        return
    try:
        yield from _cables(cells, row.notes, path, place, index)
    except Exception as error:  # a mistake of ours must not cost the dump its other rows
        yield reader_failed(error, path, place)
    if stray.strip():
        line = row.line + row.text.count("\n") - stray.count("\n")
        place = f"line {line}, after row {row.number}"
        yield Reject(path, place, "stray lines, part of no row", _REMEDY)


def _is_rest_of_cell(stray: str) -> bool:
    """Whether lines after a row belong to its body: a quote in them closes what none opened, and
    they are no row of which the beginning is damaged."""
    return _ESCAPED.sub("", stray).count('"') % 2 == 1 and not _DAMAGED_ROW.match(stray)


def _cables(
    cells: dict[str, str], notes: list[str], path: str, place: str, index: int
) -> Iterator[Cable | Reject]:
    """The cable of a row, and those that its body holds besides."""
    body, notes = repair(cells["body"], notes)
    if not body.strip():
        reason = f"no body in the row of {cells['reference_id']}"
        yield Reject(path, place, reason, "nothing to read there")
        return
    facts = row_facts(cells)
    cable_id = facts["reference_id"]
    for at, known in enumerate(facts_of_parts(cables_in(body), facts), index):
        own = [*notes, f"stood in the body of {cable_id}"] if known["start"] else notes
        known = {"fallback_id": cable_id, **known}
        yield with_text(assemble(body, path=path, format="csv", index=at, notes=own, **known))


def row_facts(row: Mapping[str, str]) -> dict[str, Any]:
    """What a row says of its cable, as arguments of `assemble`.

    `row` holds the cells by the names of `COLUMNS`; neither number nor body is needed.

    >>> cells = ["1", "2/21/2007 9:41", "07 OSLO 012", "Embassy Oslo", "SECRET", "", "FM OSLO"]
    >>> facts = row_facts(dict(zip(COLUMNS, cells)))
    >>> facts["reference_id"], facts["created"]
    ('07OSLO12', '2007-02-21T09:41:00')
    """
    cable_id = _id_of(row)
    created = time_of(row["created"])
    return {
        "fallback_id": cable_id,
        "reference_id": cable_id,
        "created": created,
        "origin": row["origin"] or None,
        "classification": row["classification"] or None,
        "head": row["header"],
        "listed": _references(row["references"], created, cable_id),
    }


def facts_of_parts(
    parts: Iterable[Part], facts: Mapping[str, Any], offset: int = 0
) -> Iterator[dict[str, Any]]:
    """Where the cables of a text stand and what is known of each, as arguments of `assemble`.

    `facts` are those of the one that the text begins with, not of one within its body; `offset`:
    where that text begins in the one that is read.

    >>> list(facts_of_parts([Part(0, 9), Part(9, 20)], {"origin": "Embassy Oslo"}, 5))
    [{'start': 5, 'end': 14, 'origin': 'Embassy Oslo'}, {'start': 14, 'end': 25}]
    """
    parts, own_id = list(parts), facts.get("reference_id")
    rows = [id_of(part.row["reference_id"]) if part.row else None for part in parts]
    place = rows.index(own_id) if own_id and own_id in rows else 0
    for number, part in enumerate(parts[place:]):
        known = row_facts(part.row) if part.row else {}  # of a cable within another one's body
        if number == 0 and (rows[place] is None or rows[place] == own_id):
            # Where the row of the text's own cable stands in it, the shorter of what is before it
            # and after it is a torn copy.
            part = max(parts[: place + 1], key=lambda part: part.end - part.start)
            known = _joined(facts, known)
        yield {"start": offset + part.start, "end": offset + part.end, **known}


def _joined(facts: Mapping[str, Any], of_row: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a page, and what the row of the same cable in its text adds to them."""
    if not of_row:
        return dict(facts)
    known = {name: value for name, value in facts.items() if value is not None}
    lines = dict.fromkeys([*known.get("head", "").splitlines(), *of_row["head"].splitlines()])
    return {"listed": of_row["listed"], **known, "head": "\n".join(lines)}


def _references(listed: str, created: str | None, cable_id: str) -> list[Reference]:
    """The references of the list `07OSLO1|06STATE2`; what is no id in it is read as a REF line."""
    names = listed.split("|") if listed else []
    if all(map(is_canonical, names)):
        others = (name for name in dict.fromkeys(names) if name != cable_id)
        return [Reference(name, "cable", name) for name in others]
    return references_of(listed.replace("|", ", "), year_of(created), cable_id)
