"""The page of a person, a body or a place: when and by whom it is mentioned, what it said, what is
said of it, with whom it appears."""

import asyncio
import json
from typing import Any, NamedTuple

from cablespan.explore.queries import Database, rows

CLAIMS = 50  # on a page

Rows = list[dict[str, Any]]


class Claims(NamedTuple):
    """A page of claims, and whether there is another."""

    rows: Rows
    more: bool


class EntityPage(NamedTuple):
    """What the page of an entity shows."""

    entity: dict[str, Any]
    names: list[str]
    roles: list[str]
    countries: list[str]
    years: Rows
    posts: Rows
    said: Claims
    about: Claims
    speakers: Rows
    company: Rows


async def entity_page(database: Database, entity: int, page: int = 1) -> EntityPage | None:
    """The page of a key of `register`, None where there is none; `page` counts the claims' pages.

    Raises QueryInterrupted where it takes longer than the server's time limit.
    """
    found = await rows(database, "entity", entity=entity)
    if not found:
        return None
    names, roles, countries = [
        json.loads(found[0][name] or "[]") for name in ("names", "roles", "countries")
    ]
    counted = ("entity_years", "entity_posts", "speakers_about", "entity_company")
    years, posts, speakers, company, said, about = await asyncio.gather(
        *(rows(database, name, entity=entity) for name in counted),
        *(_claims(database, name, entity, page) for name in ("claims_by", "claims_about")),
    )
    return EntityPage(
        found[0], names, roles, countries, years, posts, said, about, speakers, company
    )


async def _claims(database: Database, name: str, entity: int, page: int) -> Claims:
    found = await rows(database, name, entity=entity, limit=CLAIMS + 1, offset=CLAIMS * (page - 1))
    return Claims(found[:CLAIMS], len(found) > CLAIMS)
