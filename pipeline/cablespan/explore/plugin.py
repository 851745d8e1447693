"""The plugin that makes Datasette the pages of an annotated collection: routes and templates."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from datasette import hookimpl
from datasette.app import Datasette
from markupsafe import Markup, escape

from cablespan.explore import pages
from cablespan.explore.questions import questions
from cablespan.explore.search import expression

# As static/dom.js of the review page has them: characters that do not show, or that turn the
# direction of the text.
_HIDDEN = re.compile(
    "["
    "\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # controls, but for tab and line end
    "\u00ad\u061c\u180e\u200b-\u200f\u2060-\u206f\ufeff"  # of no width
    "\u202a-\u202e"  # of direction
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters that are blank
    "\U000e0001-\U000e007f"  # tags
    "]"
)


_MAPPED = 1 << 36  # bytes: more than any file


@hookimpl
def register_routes() -> list[tuple[str, Callable]]:
    """The pages beside Datasette's own."""
    return [
        (r"^/$", pages.start),
        (r"^/search$", pages.search),
        (r"^/cable/(?P<name>.+)$", pages.cable),
        (r"^/similar/(?P<name>.+)$", pages.similar),
        (r"^/entity/(?P<entity>[0-9]{1,18})$", pages.entity),
        (r"^/questions$", pages.questions),
        (r"^/land\.svg$", pages.continents),
        (r"^/labels\.css$", pages.colours),
    ]


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """`fts(words)` in SQL: what FTS5 is asked for words as one writes them in a search.

    The file is read as memory: pages of the system's cache are not copied.
    """
    conn.execute(f"PRAGMA mmap_size = {_MAPPED}")
    conn.create_function("fts", 1, _fts, deterministic=True)


def _fts(words: str | None) -> str:
    return expression(words or "") or '""'  # which no row matches


@hookimpl
async def extra_template_vars(template: str, datasette: Datasette) -> dict[str, Any]:
    """What the pages of questions know beside their rows."""
    if template not in ("query.html", "questions.html"):
        return {}
    return {"questions": questions(), "posts": await pages.posts(datasette)}


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None) -> Markup | None:
    """Cells of answers: a cable leads to its paragraph, a person, body or place to its page."""
    if table is not None or not value:
        return None
    if match := re.fullmatch(r"cable(_\d+)?", column):
        paragraph = _cell(row, f"paragraph_id{match[1] or ''}")
        place = f"#paragraph-{paragraph}" if paragraph else ""
        return Markup(f'<a href="/cable/{path(str(value))}{place}">{visible(str(value))}</a>')
    if column.endswith("entity_id") and isinstance(value, int):
        return Markup(f'<a href="/entity/{value}">{value}</a>')
    return visible(value) if isinstance(value, str) else None


def _cell(row: Any, column: str) -> Any:
    return row[column] if column in row.keys() else None  # noqa: SIM118 - a row of SQLite


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """What templates write texts and addresses with."""
    env.filters |= {"visible": visible, "day": day, "path": path, "query": urlencode}


def visible(text: str | None) -> Markup:
    r"""Text as HTML, with a stand-in beside each character that does not show.

    >>> print(visible("<b>\u00ad").replace("\u00ad", "-"))
    &lt;b&gt;<span class="hidden-character" data-code="00AD">-</span>
    """
    return Markup(_HIDDEN.sub(_stand_in, str(escape(text or ""))))


def _stand_in(match: re.Match[str]) -> str:
    return f'<span class="hidden-character" data-code="{ord(match[0]):04X}">{match[0]}</span>'


def day(time: str | None) -> str:
    """The day of a time.

    >>> day("2007-02-20T09:41:00Z"), day(None)
    ('2007-02-20', '')
    """
    return (time or "")[:10]


def path(text: str) -> str:
    """Text as a part of an address.

    >>> path("50% a?b/2")
    '50%25%20a%3Fb%2F2'
    """
    return quote(text, safe="")
