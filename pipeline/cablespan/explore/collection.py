"""A collection's database from Python: searches, claims and statements as DataFrames."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import orjson

from cablespan.explore.index import check
from cablespan.explore.search import expression, facets
from cablespan.formats.frames import make_table

# The facets that are of cables, and so narrow claims and statements as well.
_OF_CABLES = ("post", "year", "tag", "classification")
_COLUMNS = """paragraphs.id AS paragraph_id, paragraphs.name AS paragraph, cables.name AS cable,
    paragraphs.number, created, origin, cables.subject, section,
    paragraphs.text"""
_TABLES = "paragraphs JOIN cables ON cables.id = paragraphs.cable_id"
_OF_NAME = r"""SELECT id, name, names FROM register
    WHERE names LIKE :name ESCAPE '\' OR name LIKE :name ESCAPE '\'"""
_SPOKEN = "speaker_entity_id IN (SELECT value FROM json_each(:speaker))"
_ABOUT = """paragraph_id IN (SELECT paragraph_id FROM appearances
        WHERE entity_id IN (SELECT value FROM json_each(:about)))
    AND EXISTS (SELECT 1 FROM entities WHERE entities.paragraph_id = sayings.paragraph_id
        AND start >= content_start AND "end" <= content_end
        AND entity_id IN (SELECT value FROM json_each(:about)))"""


class Collection:
    """The database that `cablespan index` built, for reading.

    `library` is "pandas" or "polars": what tables come as. Raises FileNotFoundError where there is
    no such file, ValueError where it is no such database or one of another version.
    """

    def __init__(self, path: str | Path, *, library: str = "pandas"):
        check(Path(path))
        self.library = library
        uri = f"{Path(path).resolve().as_uri()}?mode=ro"
        self.connection = sqlite3.connect(uri, uri=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self.connection.close()

    def sql(self, query: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> Any:
        """The rows of a query as a table; docs/explore.md lists tables, views and columns."""
        cursor = self.connection.execute(query, values)
        names = [column[0] for column in cursor.description]
        return make_table(
            [dict(zip(names, row, strict=True)) for row in cursor], names, self.library
        )

    def search(self, words: str = "", *, limit: int = 1000, **narrowed: Any) -> Any:
        """Paragraphs that hold words, the best first; without words all, in the collection's order.

        `words` are as the page takes them: all must be there; "phrases", begin*, AND, OR, NOT,
        brackets. `narrowed`: `post`, `year`, `tag`, `classification`; of what is marked in the
        paragraph `label` (of an entity), `entity` and `speaker` (names, or ids of the register),
        `statement`, `certainty`. Raises ValueError for words that are no search, a facet that is
        none, a name that nobody has.
        """
        query, values = self._found(words, narrowed, by_rank=True)
        with _saying_what_a_search_is(words):
            return self.sql(f"SELECT {_COLUMNS} {query} LIMIT :limit", {**values, "limit": limit})

    def paragraph_ids(self, words: str = "", **narrowed: Any) -> list[int]:
        """All paragraphs that `search` would find, in the order of the collection."""
        query, values = self._found(words, narrowed, by_rank=False)
        with _saying_what_a_search_is(words):
            found = self.connection.execute(f"SELECT paragraphs.id {query}", values)
            return [id for (id,) in found]

    def _found(
        self, words: str, narrowed: Mapping[str, Any], *, by_rank: bool
    ) -> tuple[str, dict[str, Any]]:
        """What goes after the columns of a search, and the values of its parameters."""
        if unknown := sorted(set(narrowed) - set(facets())):
            raise ValueError(f"{unknown[0]} is no facet: use one of {', '.join(facets())}")
        where, values = self._narrowed(narrowed)
        tables, asked = _TABLES, expression(words)
        if asked:
            tables = f"paragraphs_fts JOIN {tables} AND paragraphs.id = paragraphs_fts.rowid"
            where.insert(0, "paragraphs_fts MATCH :words")
            values["words"] = asked
        order = "rank" if asked and by_rank else "paragraphs.id"
        return f"FROM {tables} WHERE {' AND '.join(where) or 'TRUE'} ORDER BY {order}", values

    def _narrowed(self, narrowed: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """A condition for each facet, and the values of its parameters."""
        where: list[str] = []
        values: dict[str, Any] = {}
        for name, value in narrowed.items():
            if value is None:
                continue
            several = self._values(name, value)
            parameters = [f"{name}_{number}" for number in range(len(several))]
            conditions = [facets()[name].where.format(value=f":{one}") for one in parameters]
            where.append(f"({' OR '.join(conditions)})")
            values.update(zip(parameters, several, strict=True))
        return where, values

    def _values(self, facet: str, value: Any) -> list[Any]:
        """What of the database a facet's value means: of a post its name, of people their ids."""
        if facet == "post":
            found = self.connection.execute("SELECT name FROM posts WHERE code = ?", [value])
            return [value, *(name for (name,) in found)]
        return self.ids(value) if facets()[facet].first else [value]

    def claims(
        self,
        *,
        speaker: str | int | None = None,
        about: str | int | None = None,
        certainty: str | None = None,
        **narrowed: Any,
    ) -> Any:
        """Who says what, by date: speaker, certainty, the words of source, cue and content, where.

        `speaker` and `about` (named in the content) are names, as a whole or a part ("Bekov" finds
        Minister Bekov), or ids of the register; `narrowed` is by `post`, `year`, `tag`,
        `classification`. Raises ValueError for a name that nobody has.
        """
        where, values = self._of_cables(narrowed)
        for name, value, condition in (("speaker", speaker, _SPOKEN), ("about", about, _ABOUT)):
            if value is not None:
                where.append(condition)
                values[name] = orjson.dumps(self.ids(value)).decode()
        if certainty is not None:
            where.append("certainty = :certainty")
            values["certainty"] = certainty
        return self._read("sayings", where, values)

    def statements(self, *, label: str | None = None, **narrowed: Any) -> Any:
        """What sentences do, by date: label, score in percent, words, where.

        `label` is one of the scheme's (RECOMMENDATION, COMMENT ...); `narrowed` as for `claims`.
        """
        where, values = self._of_cables(narrowed)
        if label is not None:
            where.append("label = :label")
            values["label"] = label
        return self._read("sentences", where, values)

    def ids(self, name: str | int) -> list[int]:
        """The people, bodies and places of the register that have a name, as a whole or a part.

        Raises ValueError where nobody has it.
        """
        if isinstance(name, int):
            return [name]
        sign = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = self.connection.execute(_OF_NAME, {"name": f"%{sign}%"})
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        ids = [
            id for id, best, names in found if any(map(whole.search, [best, *orjson.loads(names)]))
        ]
        if not ids:
            raise ValueError(
                f"{name!r}: the collection names nobody so; search for it with `search`"
            )
        return ids

    def _of_cables(self, narrowed: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
        if unknown := sorted(set(narrowed) - set(_OF_CABLES)):
            raise ValueError(f"{unknown[0]} narrows no claims: use one of {', '.join(_OF_CABLES)}")
        where, values = self._narrowed(narrowed)
        cables = f"cable_id IN (SELECT id FROM cables WHERE {' AND '.join(where)})"
        return [cables] if where else [], values

    def _read(self, view: str, where: Sequence[str], values: Mapping[str, Any]) -> Any:
        narrowed = " AND ".join(where) or "TRUE"
        query = f"SELECT * FROM {view} WHERE {narrowed} ORDER BY created, paragraph_id"
        return self.sql(query, values)


@contextmanager
def _saying_what_a_search_is(words: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if not str(error).startswith("fts5:"):
            raise
        remedy = "close each bracket and give AND, OR and NOT a word on either side"
        raise ValueError(f"{words!r} is no search ({error}): {remedy}") from error


def open(path: str | Path, *, library: str = "pandas") -> Collection:
    """Opens a database that `cablespan index` built: see `Collection`.

    >>> cables = cablespan.open("cables.db")  # doctest: +SKIP
    >>> cables.claims(speaker="IPR Committee", about="WIPO")  # doctest: +SKIP
    """
    return Collection(path, library=library)
