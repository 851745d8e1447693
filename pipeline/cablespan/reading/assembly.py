"""A cable out of what a reader has found."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from cablespan.cable import Cable, Piece, Reference, Reject, Source, SourceMap, text_hash
from cablespan.header.opening import read_opening
from cablespan.header.parsing import parse
from cablespan.header.signature import signature
from cablespan.reading.body import layout, segment
from cablespan.reading.body.ids import DistinctNames
from cablespan.reading.embedded import torn_copy
from cablespan.reading.unopened import with_body

_FIRST = 1000  # characters whose lines tell whether a margin can be there
_FEW_LINES = 20  # one of so many lines may be indented less than the others
_SENDER = re.compile(r"^FM [A-Z]", re.MULTILINE)
TAIL = 1500  # characters at the end of a body in which its signers stand


def assemble(
    text: str, *, start: int = 0, end: int | None = None, head: str | None = None, **facts: Any
) -> Cable:
    r"""The cable that stands in `text[start:end]`, opening and body; `head` and `facts` are those
    of `_assembled`. Lines that end in a return and a line feed are read as if they had no return,
    lines of which most end in a backslash as if they had none, doubled quotes as one, a text that
    is indented as a whole as if it were not.

    >>> text = "SUBJECT: ROADS\n\n1. (U) All is well."
    >>> cable = assemble(text, path="a.txt", format="text", reference_id="07OSLO12")
    >>> cable.header.subject, cable.paragraphs[0].id
    ('ROADS', '07OSLO12/1')
    """
    own = text[start:end]
    head = (head or "").replace("\r\n", "\n")
    if sign := _doubled_sign(own):
        plain, mapping = _without_first(sign, own, start)
    elif torn := torn_copy(own):
        plain, mapping = _without_stretch(torn, own, start)
        facts = {**facts, "torn": own[slice(*torn)]}
    elif margin := _margin(own):
        plain, mapping = _without_margin(own, margin, start)
    else:
        return _assembled(text, start, start + len(own), head, **facts)
    return laid_back(assemble(plain, head=head, **facts), mapping, text)


def offset_in(mapping: SourceMap, at: int) -> int:
    """Where an offset of the source lies in a text that leaves parts of it out."""
    index = bisect_right(mapping.pieces, at, key=itemgetter(1)) - 1
    offset, begin, length = mapping.pieces[max(index, 0)]
    return offset + min(max(at - begin, 0), length)


def _margin(text: str) -> str:
    r"""The blanks with which all but a few lines of a text begin; "" for none.

    >>> _margin("  SUBJECT: ROADS\n\n  1. All is\n    well.\n"), _margin("All is\n  well.")
    ('  ', '')
    """
    first = text[:_FIRST]
    if 2 * (first.count("\n ") + first.count("\n\t")) < first.count("\n"):
        return ""
    lines = [line for line in text.splitlines() if line and not line.isspace()]
    margins = sorted((line[: -len(line.lstrip())] for line in lines), key=len)
    margin = margins[len(margins) // _FEW_LINES] if margins else ""
    within = sum(line.startswith(margin) for line in lines)
    return margin if (len(lines) - within) * _FEW_LINES <= len(lines) else ""


def _without_stretch(stretch: tuple[int, int], text: str, start: int = 0) -> tuple[str, SourceMap]:
    """A text without a stretch of it, and its map into the source, in which it begins at `start`.

    >>> plain, mapping = _without_stretch((2, 4), "A, B.")
    >>> plain, list(mapping.pieces)
    ('A,.', [(0, 0, 2), (2, 4, 1)])
    """
    begin, end = stretch
    pieces = (0, start, begin), (begin, start + end, len(text) - end)
    return text[:begin] + text[end:], SourceMap(pieces[not begin :])


def _without_margin(text: str, margin: str, start: int = 0) -> tuple[str, SourceMap]:
    r"""A text without the blanks that its lines begin with, and its map into the source, in which
    it begins at `start`.

    >>> plain, mapping = _without_margin("  A\n  B", "  ")
    >>> plain, list(mapping.pieces)
    ('A\nB', [(0, 2, 2), (2, 6, 1)])
    """
    parts, pieces = [], []
    at, offset = start, 0
    for line in text.splitlines(True):
        part = line.removeprefix(margin)
        pieces.append((offset, at + len(line) - len(part), len(part)))
        parts.append(part)
        at += len(line)
        offset += len(part)
    return "".join(parts), SourceMap(tuple(pieces))


def _doubled_sign(text: str) -> str | None:
    r"""Two signs of which a text has the first without meaning it: returns before line feeds, the
    backslashes with which a dump escapes these, the quotes that a CSV file doubles.

    >>> _doubled_sign("All is\r\nwell."), _doubled_sign('He said ""No"".'), _doubled_sign('"No""')
    ('\r\n', '""', None)
    """
    if "\r" in text and "\r\n" in text:  # one sign is found faster than two
        return "\r\n"
    if "\\\n" in text and 2 * text.count("\\\n") > text.count("\n"):
        return "\\\n"
    doubled = text.count('""') if '""' in text else 0
    return '""' if 3 * doubled > text.count('"') else None


def _without_first(signs: str, text: str, start: int = 0) -> tuple[str, SourceMap]:
    r"""A text with the first of two signs left out wherever they stand, and its map into the
    source, in which it begins at `start`.

    >>> plain, mapping = _without_first("\r\n", "A\r\nB")
    >>> plain, list(mapping.pieces)
    ('A\nB', [(0, 0, 1), (1, 2, 2)])
    """
    first, *others = text.split(signs)
    pieces, at = [(0, start, len(first))], len(first)
    for source_at, part in enumerate(others, start + 1):  # each puts the source one further
        pieces.append((at, source_at + at, len(part) + 1))
        at += len(part) + 1
    return signs[1].join([first, *others]), SourceMap(tuple(pieces))


def _assembled(
    text: str,
    start: int,
    end: int,
    head: str,
    *,
    path: str,
    format: str,
    index: int = 0,
    fallback_id: str = "",
    meta: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    listed: Sequence[Reference] = (),
    page_created: str | None = None,
    torn: str = "",
    **known: Any,
) -> Cable:
    """The cable that stands in `text[start:end]`.

    `head`: the transmission header where it stands elsewhere; `listed`: references that a list
    outside the text names; `page_created`: the time that a page states, which stays in the cable's
    meta where the date-time group contradicts it; `torn`: a copy of its beginning, whose facts
    count where the text has none; `known`: header facts that win over those of the text.
    """
    opening, end, told = with_body(text, start, end, read_opening(text, start, end))
    notes = (*notes, *told)
    if torn:
        copy = read_opening(torn)
        fields = {**copy.fields, **{name: said for name, said in opening.fields.items() if said}}
        opening = replace(opening, fields=fields, captions=[*copy.captions, *opening.captions])
    lines_above = text[start : opening.body]
    if head and _SENDER.search(lines_above):  # the transmission header stands twice
        above = set(map(str.strip, lines_above.splitlines()))
        head = "\n".join(line for line in head.splitlines() if line.strip() not in above)
    names, signed = signature(text, opening.body, end)
    known = {"signers": tuple(names), **known}
    tail = text[max(opening.body, end - TAIL) : end]
    header = parse(
        opening,
        lines_above,
        tail,
        apart=head,
        listed=listed,
        page_created=page_created,
        **known,
    )
    if page_created and page_created != header.created:
        meta = {**(meta or {}), "created": page_created}
    cable_id = header.reference_id or fallback_id
    source = Source(path, format, text_hash(text), index)
    paragraphs = segment(text, cable_id, opening.body, end, signed or (end, end), lines_above)
    if len(paragraphs) >= layout.MOST_PARAGRAPHS:
        notes = (
            *notes,
            f"a body of {layout.MOST_PARAGRAPHS:,} paragraphs: "
            "what comes after them stands in the last",
        )
    return Cable(cable_id, header, paragraphs, source, dict(meta or {}), tuple(notes), text)


def with_text(item: Cable | Reject) -> Cable | Reject:
    """The same, but a reject for a cable of which nothing is left after its opening; one whose text
    breaks off keeps its header.

    >>> with_text(assemble("SUBJECT: ROADS", path="a.txt", format="text")).reason
    'no cable in it: no paragraph after the opening lines'
    """
    if isinstance(item, Reject) or item.paragraphs:
        return item
    if item.id and item.header.partial:
        return item
    reason = (
        f"no text after the opening of {item.id}"
        if item.id
        else "no cable in it: no paragraph after the opening lines"
    )
    place = f"cable {item.source.index + 1}"
    return Reject(item.source.path, place, reason, "look whether the file holds a cable's body")


def reader_failed(error: Exception, path: str, place: str) -> Reject:
    """The reject of what stands at a place where its reader made a mistake, which must not cost
    what stands after it.

    >>> reader_failed(LookupError("no FM"), "a.csv", "line 2, row 2").reason
    'the reader failed: LookupError: no FM'
    """
    reason = f"the reader failed: {type(error).__name__}: {error}"
    return Reject(path, place, reason, "report it, with the file")


class DistinctIds(DistinctNames):
    """The ids of an input's cables so far: one that came before gets a number after it."""

    def given_to(self, item: Cable | Reject) -> Cable | Reject:
        """The same, but a cable whose id is taken under one of its own."""
        return item if isinstance(item, Reject) else renamed(item, self.take(item.id))


def renamed(cable: Cable, name: str) -> Cable:
    """A cable under an id: where it had another one, with a note of that.

    >>> cable = assemble("1. (U) All is well.", path="a.txt", format="text", fallback_id="a")
    >>> second = renamed(cable, "a~2")
    >>> second.id, second.paragraphs[0].id, second.notes
    ('a~2', 'a~2/1', ('id a came before: kept as a~2',))
    """
    if name == cable.id:
        return cable
    paragraphs = tuple(
        replace(paragraph, id=name + paragraph.id[len(cable.id) :])
        for paragraph in cable.paragraphs
    )
    return replace(
        cable,
        id=name,
        paragraphs=paragraphs,
        notes=(*cable.notes, f"id {cable.id} came before: kept as {name}"),
    )


def through(source_map: SourceMap, mapping: SourceMap) -> SourceMap:
    """A map into a text and the map of that text into its source, as one map.

    >>> through(SourceMap(((0, 5, 4),)), SourceMap(((0, 100, 7), (7, 200, 9)))).pieces
    ((0, 105, 2), (2, 200, 2))
    """
    pieces: list[Piece] = []
    for offset, at, length in source_map.pieces:
        stop = at + length
        first = max(bisect_right(mapping.pieces, at, key=itemgetter(0)) - 1, 0)
        for index in range(first, len(mapping.pieces)):
            begin, source_at, run = mapping.pieces[index]
            if begin >= stop:
                break
            start = at if at > begin else begin
            end = stop if stop < begin + run else begin + run
            if start < end:
                pieces.append((offset + start - at, start - begin + source_at, end - start))
    return SourceMap(tuple(pieces))


def laid_back(cable: Cable, mapping: SourceMap, source_text: str) -> Cable:
    """A cable whose text was taken out of mark-up: its source maps lead to the mark-up
    `source_text` by way of `mapping`.

    >>> from cablespan.reading.markup import without_tags
    >>> source = "<pre>1. (U) Roads &amp; ships.</pre>"
    >>> text, mapping = without_tags(source)
    >>> cable = laid_back(assemble(text, path="a.html", format="html"), mapping, source)
    >>> [source[at : at + length] for _, at, length in cable.paragraphs[0].source_map.pieces]
    ['Roads ', ' ships.']
    """
    paragraphs = tuple(
        replace(p, source_map=through(p.source_map, mapping)) for p in cable.paragraphs
    )
    return replace(
        cable,
        paragraphs=paragraphs,
        source=replace(cable.source, sha256=text_hash(source_text)),
        source_text=source_text,
    )
