"""Pages of the Cablegate site: a table of facts, then one or two preformatted blocks; any other
page by its text."""

import re
from collections.abc import Iterator
from typing import Any

from cablespan.cable import Cable, Reject
from cablespan.header.posts import id_of
from cablespan.reading import web
from cablespan.reading.assembly import assemble, laid_back
from cablespan.reading.csv import row_facts
from cablespan.reading.decode import LEADING
from cablespan.reading.embedded import cables_in
from cablespan.reading.markup import blanked, text_of

_TABLE = re.compile(r"<table\b[^<>]*\bclass\s?=\s?[\"']?cable\b[^<>]*>", re.IGNORECASE)
_PRE = re.compile(r"<pre\b[^<>]*>", re.IGNORECASE)
_PRE_END = re.compile(r"</pre\s?>|</code\s?>", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s?>", re.IGNORECASE)
_SILENT = (("<script", "</script"), ("<style", "</style"), ("<head>", "</head"))
_LINES = frozenset(
    [
        "br",
        "p",
        "div",
        "tr",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "table",
        "ul",
        "ol",
        "blockquote",
        "td",
        "th",
        "hr",
    ]
)


def knows(head: str) -> bool:
    """Whether a text begins as a page does, or has mark-up in it without being a page's text."""
    if head.lstrip(LEADING).startswith("<"):
        return True
    return "<pre" in head and "</" in head and not web.knows(head)


def read(source: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable | Reject]:
    """The cables of a page."""
    tables = list(_TABLE.finditer(source))
    if not tables:
        yield from _by_text(source, path, notes)
        return
    line, counted, read_so_far = 1, 0, 0
    for index, table in enumerate(tables):
        end = tables[index + 1].start() if index + 1 < len(tables) else len(source)
        line, counted = line + source.count("\n", counted, table.start()), table.start()
        place = f"line {line}"
        facts = _facts(source, table.start(), end)
        blocks = _blocks(source, table.end(), end)
        if not blocks:
            yield Reject(
                path,
                place,
                "a table of facts without a cable behind it",
                "look whether the page was saved whole",
            )
            continue
        facts["head"] = text_of(source, *blocks[0])[0] if len(blocks) > 1 else None
        text, mapping = text_of(source, *blocks[-1] if len(blocks) < 3 else blocks[1])
        for part in cables_in(text):
            if part.start:  # a second cable inside the body: the page's facts are not its own
                facts = row_facts(part.row) if part.row else {}
            name = f"{facts.get('reference_id') or f'page {index + 1}'}"
            cable = assemble(
                text,
                path=path,
                format="html",
                index=read_so_far,
                start=part.start,
                end=part.end,
                notes=notes,
                **{"fallback_id": name, **facts},
            )
            read_so_far += 1
            yield laid_back(cable, mapping, source)


def _facts(source: str, start: int, end: int) -> dict[str, Any]:
    """The facts of a page's table, by the titles of its columns."""
    from lxml import html

    closing = _TABLE_END.search(source, start, end)
    table = html.fragment_fromstring(
        source[start : closing.end() if closing else min(end, start + 5000)], create_parent="div"
    )
    titles = [" ".join(cell.text_content().split()).lower() for cell in table.iter("th")]
    values = [" ".join(cell.text_content().split()) for cell in table.iter("td")]
    row = dict(zip(titles, values, strict=False))
    return {
        "reference_id": id_of(row.get("reference id", "")),
        "page_created": web.iso(row.get("created")),
        "released": web.iso(row.get("released")),
        "classification": row.get("classification") or None,
        "origin": row.get("origin") or None,
    }


def _blocks(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the preformatted blocks begin and end."""
    blocks = []
    at = start
    while match := _PRE.search(source, at, end):
        closing = _PRE_END.search(source, match.end(), end)
        at = closing.start() if closing else end
        blocks.append((match.end(), at))
    return blocks


def _by_text(source: str, path: str, notes: tuple[str, ...]) -> Iterator[Cable | Reject]:
    """A page of another site: its text read as a web page's."""
    text, mapping = text_of(blanked(source, *_SILENT), breaks=_LINES)
    has_cable = False
    for cable in web.read(text, path, notes):
        has_cable = True
        yield laid_back(cable, mapping, source)
    if not has_cable:
        yield Reject(
            path,
            "line 1",
            "no cable on the page",
            "a page needs a table of class cable, or a line with the cable's id, dates and origin",
        )
