"""Pages of the Cablegate site: a table of facts, then one or two preformatted blocks; any other
page by its text."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from cablespan.cable import Cable, Reject, SourceMap
from cablespan.header.parsing import EXTRACT
from cablespan.reading import web
from cablespan.reading.assembly import assemble, laid_back
from cablespan.reading.csv import facts_of_parts
from cablespan.reading.decode import LEADING, name_of
from cablespan.reading.embedded import cables_in
from cablespan.reading.markup import blanked, without_tags
from cablespan.reading.sites import places_of_cables

_TABLE = re.compile(r"<table\b[^<>]*\bclass\s?=\s?[\"']?cable\b[^<>]*>", re.IGNORECASE)
_PRE = re.compile(r"<pre\b[^<>]*>", re.IGNORECASE)
_PRE_END = re.compile(r"</pre\s?>", re.IGNORECASE)
_CODE_END = re.compile(r"</code\s?>", re.IGNORECASE)
_MARK_UP_ALONE = re.compile(r"(?:\s|<[^<>]*>)*")
_TABLE_END = re.compile(r"</table\s?>", re.IGNORECASE)
_LONGEST_TABLE = 5000  # characters of a table that is not closed
_BREAK = r"</?br\b[^<>]*>"
_END = r"[ \t]{0,20}\r?\n"
# A break and the line end of the page after it, or before it, are one line end of the text.
_BREAK_AND_END = re.compile(rf"{_BREAK}{_END}|\r?\n[ \t]{{0,20}}{_BREAK}(?!{_END})", re.IGNORECASE)
# "<p>&nbsp;</p>", "<div><br></div>": so many of them are blank lines, each other line has an
# element of its own. A "div" with nothing in it is the site's.
_BLANK = r"&nbsp;|&\#160;|\xa0|[ \t]"
_EMPTY_PARAGRAPH = re.compile(
    rf"<p>(?:{_BLANK})?</p> | <div>(?:{_BLANK}|<br\s?/?>)</div>", re.IGNORECASE | re.VERBOSE
)
_LEAST_EMPTY = 4
_END_OF_LINE = re.compile(r"</(p|div)>[ \t]{0,20}\n?(?=[ \t]{0,20}<\1>)", re.IGNORECASE)
_SILENT = (("<script", "</script"), ("<style", "</style"), ("<head>", "</head"))
_BODY_LINES = frozenset({"br", "pre"})
_LINES = frozenset(  # elements that begin a line
    ["br", "p", "div", "tr", "td", "th", "li", "ul", "ol", "pre", "table", "blockquote", "hr"]
    + ["article", "section", "main", "header", "footer", "aside", "nav", "address", "center"]
    + ["dl", "dt", "dd", "details", "summary", "figure", "figcaption", "form", "fieldset"]
    + ["textarea"]
    + [f"h{level}" for level in range(1, 7)]
)


class _Table(NamedTuple):
    """A table of facts: where it begins and its tag ends, where the next one begins; its line."""

    start: int
    inside: int
    next: int
    line: int


def knows(head: str) -> bool:
    """Whether a text begins as a page does, or has mark-up in it without being a page's text.

    >>> knows("<html><table>"), knows("1. (U) The rate is < 2.")
    (True, False)
    """
    if head.lstrip(LEADING).startswith("<"):
        return True
    return "<pre" in head and "</" in head and not web.knows(head)


def read(source: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable | Reject]:
    """The cables of a page, and a reject for each table of facts that has none.

    >>> page = '''<table class='cable'><tr><th>Reference ID</th><td>07OSLO12</td></tr></table>
    ... <code><pre>SUBJECT: ROADS
    ...
    ... 1. (U) All is well.</pre></code>'''
    >>> cable, = read(page, "page.html")
    >>> cable.id, cable.paragraphs[0].text
    ('07OSLO12', 'All is well.')
    """
    tables = list(_tables(source))
    if not tables:
        yield from _by_text(source, path, notes)
        return
    above = tables[0].start
    shown = source[:above] + blanked(source[above:], *_SILENT)
    read_so_far = 0
    for number, table in enumerate(tables, 1):
        blocks = _blocks(shown, table.inside, table.next)
        if not blocks:
            reason = "a table of facts without a cable after it"
            remedy = "look whether the page was saved whole"
            yield Reject(path, f"line {table.line}", reason, remedy)
            continue
        *header, body = blocks[:2]  # the transmission header, where the page has it apart
        head = EXTRACT if EXTRACT in shown[table.inside : blocks[0][0]] else ""
        head += "".join(f"\n{without_tags(shown, *block)[0]}" for block in header)
        text, mapping = without_tags(shown, *body, breaks=_BODY_LINES)
        facts = {**_facts(shown, table), "head": head}
        for known in facts_of_parts(cables_in(text), facts):
            cable = assemble(
                text,
                path=path,
                format="html",
                index=read_so_far,
                notes=notes,
                **{"fallback_id": f"page {number}", **known},
            )
            read_so_far += 1
            yield laid_back(cable, mapping, source)


def _tables(source: str) -> Iterator[_Table]:
    """The tables of facts on a page."""
    tables = list(_TABLE.finditer(source))
    starts = [*(table.start() for table in tables), len(source)]
    line, counted = 1, 0
    for table, next_ in zip(tables, starts[1:], strict=True):
        line += source.count("\n", counted, table.start())
        counted = table.start()
        yield _Table(table.start(), table.end(), next_, line)


def _facts(source: str, table: _Table) -> dict[str, Any]:
    """The facts of a page's table, by the titles of its columns."""
    from lxml import html

    closing = _TABLE_END.search(source, table.start, table.next)
    end = closing.end() if closing else min(table.next, table.start + _LONGEST_TABLE)
    element = html.fragment_fromstring(source[table.start : end], create_parent="div")
    titles = ("_".join(cell.text_content().lower().split()) for cell in element.iter("th"))
    values = (" ".join(cell.text_content().split()) for cell in element.iter("td"))
    return web.page_facts(dict(zip(titles, values, strict=False)))


def _blocks(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the preformatted blocks begin and end; what follows directly on the second one, the
    cable's body, is part of it. One that is not closed ends with the "code" around it."""
    blocks: list[tuple[int, int]] = []
    opened = list(_PRE.finditer(source, start, end))
    limits = [*(match.start() for match in opened[1:]), end]
    for match, limit in zip(opened, limits, strict=True):
        inside = match.end()
        closing = _PRE_END.search(source, inside, limit) or _CODE_END.search(source, inside, limit)
        block_end = closing.start() if closing else limit
        if len(blocks) > 1 and _MARK_UP_ALONE.fullmatch(source, blocks[-1][1], match.start()):
            blocks[-1] = (blocks[-1][0], block_end)
        else:
            blocks.append((inside, block_end))
    return blocks


def _by_text(source: str, path: str, notes: tuple[str, ...]) -> Iterator[Cable | Reject]:
    """A page of another site: its text read as a web page's."""
    shown = _with_single_breaks(blanked(source, *_SILENT))
    text, mapping = without_tags(shown, breaks=_LINES)
    cables = list(web.read(text, path, notes)) or list(
        _of_any_site(source, text, mapping, path, notes)
    )
    for cable in cables:
        yield laid_back(cable, mapping, source)
    if not cables:
        remedy = (
            "a page needs a table of class cable, a line with the cable's id, dates and origin, "
            "or the cable's own lines: E.O., TAGS, SUBJECT, paragraphs with marks"
        )
        yield Reject(path, "line 1", "no cable on the page", remedy)


def _with_single_breaks(source: str) -> str:
    """A source in which a line end of the page is one of the text, offsets kept: a break takes in
    the one beside it, and what ends an element "p" or "div" is blank where empty ones stand for
    blank lines."""
    source = _BREAK_AND_END.sub(lambda match: f"{'<br':{len(match[0]) - 1}}>", source)
    if sum(1 for _ in islice(_EMPTY_PARAGRAPH.finditer(source), _LEAST_EMPTY)) < _LEAST_EMPTY:
        return source
    return _END_OF_LINE.sub(lambda match: " " * len(match[0]), source)


def _of_any_site(
    source: str, text: str, mapping: SourceMap, path: str, notes: tuple[str, ...]
) -> Iterator[Cable]:
    """The cables of a page that says nothing of them in a known form."""
    for number, place in enumerate(places_of_cables(source, text, mapping)):
        facts: dict[str, Any] = {"reference_id": place.id} if place.is_its_own else {}
        facts |= {"fallback_id": place.id or name_of(path), "head": place.head}
        yield from web.cables_between(text, place.start, place.end, path, notes, facts, number)
