"""The eight-column dump: number, created, reference id, origin, classification, references, header,
body; streamed row by row.

A row begins where a line begins with a quoted number and a quoted time: a torn row cannot take the
next one with it, and rows can be skipped without being parsed. A body can hold another whole cable,
which becomes one of its own.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any, BinaryIO

from cablespan.cable import Cable, Reference, Reject
from cablespan.header.posts import id_of, known_post
from cablespan.header.references import references_of
from cablespan.reading.assembly import assemble, renamed, with_text
from cablespan.reading.decode import LEADING, NOT_UTF_8, NULS_ARE_BLANKS, from_windows_1252, repair
from cablespan.reading.embedded import cables_in

COLUMNS = (
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
_ROW = rb"""(?x:
    "?\d{1,9}"? [,;\t]
    "?(?:\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d)[ T]\d{1,2}:\d{2}(?::\d{2})?(?:[ ][AP]M|Z)?"?
    (?P<separator>[,;\t]) "?(?P<id>[^",;\t\r\n]{1,60})
)"""
ROW = re.compile(_ROW)
_NEXT_ROW = re.compile(b"\n" + _ROW)  # a literal first sign is found faster than a line's beginning
_TIME = re.compile(
    r"""
    (?: (?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}) | (?P<date>\d{4}-\d\d-\d\d) )
    [ T] (?P<hour>\d{1,2}):(?P<minute>\d{2}) (?::\d{2})? (?:[ ](?P<half>[AP]M))?
    """,
    re.VERBOSE,
)
_LINES_AFTER_ROW = re.compile(rb"""(?<![\\,;\t])"\r?\n\s*\S""")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_ID = re.compile(r"\d\d([A-Z]{3,30})[1-9]\d{0,6}")
_BLOCK = 1 << 20
_REMEDY = "the row must have eight cells in double quotes, backslash as escape"
csv.field_size_limit(1 << 31)


def knows(head: str) -> bool:
    """Whether a text begins as a dump does: with a row, or with the columns' names and a row below.

    >>> knows('1;"2007-02-21 09:41";07OSLO1;'), knows("1. (U) All is well.")
    (True, False)
    """
    head = head.lstrip(LEADING)
    first, _, below = head.partition("\n")
    rows_below = _is_heading(first.encode()) and ROW.match(below[:200].encode())
    return ROW.match(head[:200].encode()) is not None or bool(rows_below)


def _is_heading(row: bytes) -> bool:
    """Whether a row holds the names of the columns."""
    cells = re.split(rb"[,;\t]", row.strip())
    return len(cells) >= len(COLUMNS) and not any(sign in row for sign in b"0123456789")


def rows(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The rows of a dump with the number of the line on which each begins; what stands before the
    first row is one as well."""
    buffer, line, searched = b"", 1, 0
    while block := stream.read(_BLOCK):
        buffer += block
        at = 0
        while True:
            match = _NEXT_ROW.search(buffer, max(searched - 1, at))
            # A row's first cells can be cut by the end of the block: they are looked at again with
            # the next one.
            if match is None or match.end() + 64 > len(buffer):
                break
            row = buffer[at : match.start() + 1]
            yield line, row
            line += row.count(b"\n")
            at = match.start() + 1
        buffer = buffer[at:]
        searched = max(1, len(buffer) - 256)
    at = 0
    for match in _NEXT_ROW.finditer(buffer):
        yield line, buffer[at : match.start() + 1]
        line += buffer.count(b"\n", at, match.start() + 1)
        at = match.start() + 1
    if buffer[at:].strip():
        yield line, buffer[at:]


def read_stream(stream: BinaryIO, path: str, start: int = 0) -> Iterator[Cable | Reject]:
    """The cables of a dump; of the first `start` only the ids are read."""
    index = 0
    seen: Counter[str] = Counter()
    for number, (line, row) in enumerate(rows(stream), 1):
        if number == 1 and _is_heading(row):
            continue
        if index < start and not _can_hold_more(row):
            match = ROW.match(row)
            if match:
                seen[id_of(match["id"].decode("utf-8", "replace")) or ""] += 1
            index += 1
            continue
        for made in _items(row, path, line, number, index):
            if isinstance(made, Cable):
                seen[made.id] += 1
                if seen[made.id] > 1:
                    made = renamed(made, f"{made.id}~{seen[made.id]}")
            if index >= start:
                yield made
            index += 1


def _can_hold_more(row: bytes) -> bool:
    """Whether an FM line stands in a row's last cell, the body, or stray lines after it."""
    if _LINES_AFTER_ROW.search(row):
        return True
    sender = row.rfind(b"\nFM ")
    return sender >= 0 and row.find(b'","', sender) < 0


def _decoded(row: bytes) -> tuple[str, list[str]]:
    try:
        return _without_nuls(row.decode())
    except UnicodeDecodeError:
        text, notes = _without_nuls(from_windows_1252(row))
        return text, [NOT_UTF_8, *notes]


def _without_nuls(text: str) -> tuple[str, list[str]]:
    return (text, []) if "\0" not in text else (text.replace("\0", " "), [NULS_ARE_BLANKS])


def _items(row: bytes, path: str, line: int, number: int, index: int) -> Iterator[Cable | Reject]:
    """The cables of a row that begins on a line, and a reject for the stray lines after it."""
    text, notes = _decoded(row)
    start = ROW.match(row)
    separator = start["separator"].decode() if start else ","
    lines = StringIO(text, newline="")
    place = f"line {line}, row {number}"
    try:
        cells = next(csv.reader(lines, delimiter=separator, escapechar="\\", strict=True))
    except (csv.Error, StopIteration) as error:
        yield Reject(path, place, f"torn row: {error}", _REMEDY)
        return
    stray = lines.read()
    if len(cells) != len(COLUMNS):
        yield Reject(path, place, f"torn row: {len(cells)} cells where eight belong", _REMEDY)
    elif _is_rest_of_cell(stray):
        yield Reject(path, place, "torn row: a quote that is not escaped", _REMEDY)
    else:
        yield from _cables(cells, notes, path, place, index)
        if stray.strip():
            line += text.count("\n") - stray.count("\n")
            place = f"line {line}, after row {number}"
            yield Reject(path, place, "stray lines, part of no row", _REMEDY)


def _is_rest_of_cell(stray: str) -> bool:
    """Whether lines after a row belong to its body: a quote in them closes what none opened."""
    return _ESCAPED.sub("", stray).count('"') % 2 == 1


def _cables(
    cells: list[str], notes: list[str], path: str, place: str, index: int
) -> Iterator[Cable | Reject]:
    """The cable of a row, and those that its body holds besides."""
    named = dict(zip(COLUMNS, cells, strict=True))
    body, notes = repair(named["body"], notes)
    if not body.strip():
        reason = f"no body in the row of {named['reference_id']}"
        yield Reject(path, place, reason, "nothing to read there")
        return
    facts = row_facts(named)
    cable_id = facts["reference_id"]
    for at, part in enumerate(cables_in(body), index):
        if at > index:  # the row's facts are not theirs
            facts = row_facts(part.row) if part.row else {"fallback_id": cable_id}
        yield with_text(
            assemble(
                body,
                path=path,
                format="csv",
                index=at,
                start=part.start,
                end=part.end,
                notes=(*notes, f"stood in the body of {cable_id}") if at > index else tuple(notes),
                **facts,
            )
        )


def row_facts(row: Mapping[str, str]) -> dict[str, Any]:
    """What a row says of its cable, as arguments of `assemble`.

    `row` holds the cells by the names of `COLUMNS`; neither number nor body is needed.
    """
    cable_id = id_of(row["reference_id"]) or row["reference_id"].strip()
    cable_id = cable_id or f"row {row.get('number')}"
    created = _iso(row["created"])
    listed = row["references"]
    return {
        "fallback_id": cable_id,
        "reference_id": cable_id,
        "created": created,
        "origin": row["origin"] or None,
        "classification": row["classification"] or None,
        "head": row["header"],
        "listed": _references(listed, created, cable_id) if listed else (),
    }


def _references(listed: str, created: str | None, cable_id: str) -> tuple[Reference, ...]:
    """The references of the list `07OSLO1|06STATE2`; what is no id in it is read as a REF line."""
    ids = [(name, _ID.fullmatch(name)) for name in listed.split("|")]
    if all(match and known_post(match[1]) == match[1] for _, match in ids):
        return tuple(
            Reference(name, "cable", name)
            for name in dict.fromkeys(name for name, _ in ids)
            if name != cable_id
        )
    return tuple(
        references_of(listed.replace("|", ", "), int(created[:4]) if created else None, cable_id)
    )


def _iso(time: str) -> str | None:
    match = _TIME.search(time)
    if match is None:
        return None
    hour = int(match["hour"])
    hour = hour % 12 + 12 * (match["half"] == "PM") if match["half"] else hour
    date = match["date"] or f"{match['year']}-{int(match['month']):02d}-{int(match['day']):02d}"
    return f"{date}T{hour:02d}:{match['minute']}:00"
