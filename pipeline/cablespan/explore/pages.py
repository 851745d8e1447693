"""The pages: what each asks of the database, and the template that shows it."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import Request, Response

from cablespan.explore import search as searching
from cablespan.explore.cable import cable_page
from cablespan.explore.cable import similar as cables_like
from cablespan.explore.entity import entity_page
from cablespan.explore.overview import land, overview
from cablespan.explore.passages import passages
from cablespan.explore.queries import rows
from cablespan.explore.search import Found, Search
from cablespan.labels import Scheme, scheme_of, scheme_of_tables

DATABASE = "cables"  # what addresses call it, whatever its file is called

_KINDS = {"people": "person", "bodies": "body", "places": "place"}
_NO_EXPRESSION = (
    "This is no search that can be made: close each bracket, and give AND, OR and NOT a word on "
    "either side."
)
_TOO_LONG = (
    "This took longer than {seconds:g} s and was stopped. Narrow it, or ask for rarer words."
)


def _database(datasette: Datasette) -> Database:
    return datasette.get_database(DATABASE)


async def _page(
    datasette: Datasette, request: Request, template: str, status: int = 200, **values: Any
) -> Response:
    html = await datasette.render_template(template, values, request=request)
    return Response.html(html, status=status)


def _number(arguments: Mapping[str, str]) -> int:
    """The page that an address asks for, from 1."""
    page = arguments.get("page", "")
    return max(1, int(page[:9])) if page.isdecimal() else 1


def _too_long(datasette: Datasette) -> str:
    return _TOO_LONG.format(seconds=datasette.sql_time_limit_ms / 1000)


async def _too_much(datasette: Datasette, request: Request) -> Response:
    error = _too_long(datasette)
    return await _page(datasette, request, "error.html", 503, title="Too much", error=error)


async def _nothing(datasette: Datasette, request: Request) -> Response:
    message = f"The collection has nothing under {unquote(request.path)}."
    return await _page(datasette, request, "error.html", 404, title="Not found", error=message)


async def start(datasette: Datasette, request: Request) -> Response:
    """The first page: what the collection holds."""
    database = _database(datasette)
    scheme = await _scheme(database)
    try:
        shown = await overview(database, scheme.names("statements"))
    except QueryInterrupted:
        return await _too_much(datasette, request)
    return await _page(datasette, request, "overview.html", scheme=scheme, **shown._asdict())


async def continents() -> Response:
    """The land of the map."""
    return Response(land(), content_type="image/svg+xml")


async def search(datasette: Datasette, request: Request) -> Response:
    """Paragraphs by words and facets."""
    database, arguments = _database(datasette), parse_qsl(request.query_string)
    asked = Search.of(arguments)
    number = _number(dict(arguments))
    found, error = Found([], False), ""
    try:
        found = await searching.find(database, asked)
    except QueryInterrupted:
        error = _too_long(datasette)
    except sqlite3.OperationalError:
        error = _NO_EXPRESSION
    words = "" if error else searching.expression(asked.words)
    shown = found.ids[searching.PAGE * (number - 1) : searching.PAGE * number]
    return await _page(
        datasette,
        request,
        "search.html",
        400 if error else 200,
        search=asked,
        found=found,
        error=error,
        number=number,
        last=-(-len(found.ids) // searching.PAGE),
        cables=await rows(database, "subjects", words=words) if words else [],
        facets=searching.facets(),
        counts=await searching.counts(database, found.ids),
        names=await searching.names(database, asked),
        passages=await passages(database, shown, words),
    )


async def cable(datasette: Datasette, request: Request) -> Response:
    """A cable with its layers."""
    database = _database(datasette)
    page = await cable_page(database, unquote(request.url_vars["name"]))
    if page is None:
        return await _nothing(datasette, request)
    values = page._asdict() | {"outline": page.outline, "scheme": await _scheme(database)}
    return await _page(datasette, request, "cable.html", **values)


async def similar(datasette: Datasette, request: Request) -> Response:
    """The cables that are most like one."""
    database, name = _database(datasette), unquote(request.url_vars["name"])
    found = await rows(database, "cable", name=name)
    if not found:
        return await _nothing(datasette, request)
    alike: list[dict[str, Any]] = []
    error = ""
    try:
        alike = await cables_like(database, found[0])
    except QueryInterrupted:
        error = _too_long(datasette)
    return await _page(
        datasette, request, "similar.html", cable=found[0], similar=alike, error=error
    )


async def entity(datasette: Datasette, request: Request) -> Response:
    """A person, a body or a place."""
    number = _number(dict(parse_qsl(request.query_string)))
    key = int(request.url_vars["entity"])
    try:
        page = await entity_page(_database(datasette), key, number)
    except QueryInterrupted:
        return await _too_much(datasette, request)
    if page is None:
        return await _nothing(datasette, request)
    kind = _KINDS[page.entity["kind"]]
    return await _page(
        datasette, request, "entity.html", kind=kind, number=number, **page._asdict()
    )


async def questions(datasette: Datasette, request: Request) -> Response:
    """The questions that are asked at once, each with its form."""
    return await _page(datasette, request, "questions.html")


async def posts(datasette: Datasette) -> list[dict[str, Any]]:
    """The posts of the collection, by name."""
    return await rows(_database(datasette), "posts")


async def colours(datasette: Datasette) -> Response:
    """The labels' colours as a style sheet."""
    scheme = await _scheme(_database(datasette))
    return Response(scheme.style_sheet(), content_type="text/css; charset=utf-8")


async def _scheme(database: Database) -> Scheme:
    """The labels of the collection: those that its database names, else ours."""
    tables = [row["value"] for row in await rows(database, "labels")]
    return scheme_of_tables(json.loads(tables[0]), DATABASE) if tables else scheme_of()
