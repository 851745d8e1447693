"""A search: words that paragraphs hold, narrowed by facets."""

import asyncio
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urlencode

from cablespan.explore.queries import Database, rows

MOST = 1000  # paragraphs that are counted and ranked; a search that finds more says so
PAGE = 20  # paragraphs on a page
SHOWN = 12  # values of a facet

_TOKENS = re.compile(r'"[^"]*"?|[()]|[^\s()"]+')
_OPERATORS = ("AND", "OR", "NOT")


class Facet(NamedTuple):
    """What a search can be narrowed by; see facets.toml."""

    title: str
    where: str
    counts: str
    first: bool = False


class Value(NamedTuple):
    """A value of a facet: as addresses have it, as the page names it, and how often."""

    value: str
    name: str
    paragraphs: int


@cache
def facets() -> Mapping[str, Facet]:
    """The facets by the name that addresses have."""
    tables = tomllib.loads(files(__package__).joinpath("facets.toml").read_text("utf-8"))
    return {name: Facet(**table) for name, table in tables.items()}


def expression(words: str) -> str:
    r"""What FTS5 is asked for words as one writes them: AND, OR, NOT, ( ), "phrases", begin*.

    All other signs are text. Words that nothing stands between must all be there.

    >>> print(expression('piracy (raid* OR "Financial Police") NOT don\'t'))
    "piracy" AND ("raid"* OR "Financial Police") NOT "don't"
    >>> print(expression("   "))
    <BLANKLINE>
    """
    asked: list[str] = []
    for token in _TOKENS.findall(words.replace("\0", " ")):
        opens = token not in (")", *_OPERATORS)
        if opens and asked and asked[-1] not in ("(", *_OPERATORS):
            asked.append("AND")
        asked.append(token if token in ("(", ")", *_OPERATORS) else _phrase(token))
    return " ".join(asked).replace("( ", "(").replace(" )", ")")


def _phrase(token: str) -> str:
    words = token.strip('"').rstrip("*")
    beginning = token.endswith("*") and not token.startswith('"')
    return f'"{words}"' + ("*" if beginning else "")


class Search(NamedTuple):
    """What is asked: words, and (facet, value) pairs all of which must hold."""

    words: str = ""
    narrowed: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, arguments: Iterable[tuple[str, str]]) -> "Search":
        """The search of an address; arguments that are no facets' are passed over."""
        pairs = [(name, value.strip()) for name, value in arguments]
        words = " ".join(value for name, value in pairs if name == "q")
        narrowed = [pair for pair in pairs if pair[0] in facets() and pair[1]]
        return cls(words, tuple(dict.fromkeys(narrowed)))

    def address(self, *, page: int = 1) -> str:
        """The address of its page.

        >>> Search("oil", (("year", "2007"),)).address(page=2)
        '/search?q=oil&year=2007&page=2'
        """
        pairs = [("q", self.words)] if self.words else []
        pairs += [*self.narrowed, *([("page", str(page))] if page > 1 else [])]
        return "/search" + (f"?{urlencode(pairs)}" if pairs else "")

    def with_value(self, facet: str, value: str) -> "Search":
        """Narrowed by one more value."""
        return self._replace(narrowed=(*self.narrowed, (facet, value)))

    def without(self, pair: tuple[str, str]) -> "Search":
        """Wider by a value."""
        return self._replace(narrowed=tuple(one for one in self.narrowed if one != pair))

    def sql(self) -> tuple[str, dict[str, Any]]:
        """A query for the keys of the paragraphs, with its parameters.

        It begins with what fits the fewest, to which CROSS JOIN keeps SQLite: words, then who is
        named or speaks, then what cables are narrowed by. Under words, the paragraphs of those
        cables are looked up once, as to fetch each that the words fit takes ten times as long.
        """
        where: dict[bool, list[str]] = {True: [], False: []}  # by whether they are of cables
        parameters: dict[str, Any] = {}
        for number, (facet, value) in enumerate(self.narrowed):
            condition = facets()[facet].where.format(value=f":value_{number}")
            where[_is_of_cables(facet)].append(condition)
            parameters[f"value_{number}"] = value
        of_cables = f"cables CROSS JOIN paragraphs ON {_OF_CABLE}"
        conditions = where[True] + where[False]
        rank, tables = "0.0", f"paragraphs CROSS JOIN cables ON {_OF_CABLE}"
        if words := expression(self.words):
            rank, tables = "bm25(paragraphs_fts)", f"paragraphs_fts CROSS JOIN {_BY_ROWID}"
            conditions = ["paragraphs_fts MATCH :words", *where[False]]
            parameters["words"] = words
            if where[True]:
                near = f"SELECT paragraphs.id FROM {of_cables} WHERE {' AND '.join(where[True])}"
                conditions.insert(1, f"+paragraphs_fts.rowid IN ({near})")
        elif where[True] and not any(facets()[facet].first for facet, _ in self.narrowed):
            tables = of_cables
        return (
            f"SELECT paragraphs.id, paragraphs.kind = 'heading' AS heading, {rank} AS rank "
            f"FROM {tables} WHERE {' AND '.join(conditions) or 'TRUE'} LIMIT {MOST + 1}",
            parameters,
        )


_OF_CABLE = "cables.id = paragraphs.cable_id"
_BY_ROWID = "paragraphs ON paragraphs.id = paragraphs_fts.rowid"


def _is_of_cables(facet: str) -> bool:
    return "cables." in facets()[facet].where


class Found(NamedTuple):
    """The keys of paragraphs, the best first; `more`: there are others that were not counted."""

    ids: list[int]
    more: bool


async def find(database: Database, search: Search) -> Found:
    """The paragraphs that a search finds, MOST at most; headings come last.

    Raises sqlite3.OperationalError where its words are no expression: an open bracket, NOT alone.
    """
    sql, parameters = search.sql()
    found = (await database.execute(sql, parameters, log_sql_errors=False)).rows
    ranked = sorted(found[:MOST], key=lambda row: (row["heading"], row["rank"]))
    return Found([row["id"] for row in ranked], len(found) > MOST)


async def counts(database: Database, ids: Sequence[int]) -> dict[str, list[Value]]:
    """The values of each facet among paragraphs, the most frequent first."""
    parameters = {"found": json.dumps(ids), "limit": SHOWN}

    async def values(facet: Facet) -> list[Value]:
        sql = "WITH found AS (SELECT value AS id FROM json_each(:found)) " + facet.counts
        if "LIMIT :limit" not in sql:
            sql += " LIMIT :limit"
        rows = (await database.execute(sql, parameters)).rows
        return [Value(str(row["value"]), str(row["name"]), row["paragraphs"]) for row in rows]

    found = await asyncio.gather(*(values(facet) for facet in facets().values()))
    return dict(zip(facets(), found, strict=True))


async def names(database: Database, search: Search) -> dict[tuple[str, str], str]:
    """What the page calls the values that a search is narrowed by."""
    known = [value for facet, value in search.narrowed if facets()[facet].first]
    found = await rows(database, "names", ids=json.dumps([int(v) for v in known if v.isdecimal()]))
    by_id = {str(row["id"]): row["name"] for row in found}
    return {
        (facet, value): by_id.get(value, value) if facets()[facet].first else value
        for facet, value in search.narrowed
    }
