"""The page of a person, a body or a place: when and by whom it is mentioned, what it said, what is
said of it, with whom it appears."""

import asyncio
import json
from collections import Counter
from typing import Any, NamedTuple

from datasette.database import QueryInterrupted

from cablespan.explore.queries import Database, rows

CLAIMS = 50  # on a page
LISTED = 20  # who speaks of it
PATIENCE = 1000  # milliseconds for what a name with very many mentions goes without

Rows = list[dict[str, Any]]


class Claims(NamedTuple):
    """A page of claims, and whether there is another."""

    rows: Rows
    more: bool


class EntityPage(NamedTuple):
    """What the page of an entity shows; None for what takes longer than PATIENCE."""

    entity: dict[str, Any]
    names: list[str]
    roles: list[str]
    countries: list[str]
    years: Rows
    posts: Rows
    said: Claims | None
    about: Claims | None
    speakers: Rows | None
    company: Rows | None


async def entity_page(database: Database, entity: int, page: int = 1) -> EntityPage | None:
    """The page of a key of `register`, None where there is none; `page` counts the claims' pages.

    Raises QueryInterrupted where the rest takes longer than the server's time limit.
    """
    found = await rows(database, "entity", entity=entity)
    if not found:
        return None
    names, roles, countries = [
        json.loads(found[0][name] or "[]") for name in ("names", "roles", "countries")
    ]
    years, posts, company, said, about = await asyncio.gather(
        *(rows(database, name, entity=entity) for name in ("entity_years", "entity_posts")),
        *(
            _in_time(database, name, entity=entity)
            for name in ("entity_company", "claims_by", "claims_about")
        ),
    )
    return EntityPage(
        found[0], names, roles, countries, years, posts,
        await _claims(database, said, page), await _claims(database, about, page),
        await _speakers(database, about), company,
    )  # fmt: skip


async def _in_time(database: Database, name: str, **parameters: Any) -> Rows | None:
    try:
        return await rows(database, name, milliseconds=PATIENCE, **parameters)
    except QueryInterrupted:
        return None


async def _claims(database: Database, found: Rows | None, page: int) -> Claims | None:
    """A page of claims, in words."""
    if found is None:
        return None
    ids = [row["id"] for row in found[CLAIMS * (page - 1) : CLAIMS * page]]
    return Claims(await rows(database, "sayings", ids=json.dumps(ids)), len(found) > CLAIMS * page)


async def _speakers(database: Database, about: Rows | None) -> Rows | None:
    """Who has most of some claims."""
    if about is None:
        return None
    counts = Counter(row["speaker_entity_id"] for row in about if row["speaker_entity_id"])
    most = counts.most_common(LISTED)
    found = await rows(database, "names", ids=json.dumps([id for id, _ in most]))
    names = {row["id"]: row["name"] for row in found}
    return [{"id": id, "name": names[id], "number": number} for id, number in most if id in names]
