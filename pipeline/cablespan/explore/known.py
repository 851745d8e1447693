"""The people, bodies and places of a collection: those of its register, or without one those that
`runs.things` takes for one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import orjson
from sqlite_utils import Database

from cablespan import lexicon
from cablespan.explore.schema import KNOWN
from cablespan.labels import Entity
from cablespan.runs.things import identified, known_names

_TABLES = {
    Entity.OFFICIAL: "people",
    Entity.PERSON: "people",
    Entity.AGENCY: "bodies",
    Entity.ORG: "bodies",
    Entity.PLACE: "places",
}
_AT_A_TIME = 500  # entries that are counted by one query


class Known:
    """The ids of people, bodies and places, by what their mentions have in common.

    `database` may hold some already; `register` are the entries of a run's register by their id
    there, each with its table.
    """

    def __init__(self, database: Database):
        self.database = database
        self.register: Mapping[str, tuple[str, Mapping[str, Any]]] = {}
        self.ids: dict[tuple[str, str], int] = {}
        for table in KNOWN:
            rows = database.execute(f"SELECT register_id, id FROM {table}")
            self.ids.update(((table, register_id), id) for register_id, id in rows)
        self.last = max(self.ids.values(), default=0)
        self.counted: set[int] = set()  # ids of which mentions came or went

    def id_of_cluster(self, cluster: Mapping[str, Any], origin: str | None) -> int | None:
        """The entry that a cluster of a cable from `origin` is; None for what has none: dates,
        laws, names that were struck out."""
        if self.register:
            return self._id_in_register(cluster.get("entity_id"))
        table = _TABLES.get(cluster["label"])
        found = identified(cluster["label"], dict(cluster), origin) if table else None
        return self._id(table, found[0].identity) if table and found else None

    def id_of_sender(self, kb_id: str) -> int:
        """The entry of a speaker that the cable does not name: "post:ASTANA", "us:STATE"."""
        return self._id("bodies", kb_id)

    def _id_in_register(self, register_id: str | None) -> int | None:
        if register_id is None or register_id not in self.register:
            return None
        return self._id(self.register[register_id][0], register_id)

    def _id(self, table: str, identity: str) -> int:
        id = self.ids.get((table, identity))
        if id is None:
            self.last += 1
            id = self.ids[table, identity] = self.last
        self.counted.add(id)
        return id

    def write(self) -> None:
        """Writes the entries of which mentions came or went."""
        identities = {id: key for key, id in self.ids.items() if id in self.counted}
        for table in KNOWN:
            ids = sorted(id for id, (home, _) in identities.items() if home == table)
            rows = (
                self._row(table, identities[id][1], id, facts) for id, facts in self._facts(ids)
            )
            self.database.table(table).insert_all(rows, pk="id", replace=True, batch_size=1000)

    def remove_unnamed(self) -> None:
        """Removes entries that no cable mentions any more, and that say nothing."""
        for table in KNOWN:
            self.database.execute(
                f"""DELETE FROM {table} WHERE mentions = 0 AND id NOT IN
                (SELECT speaker_entity_id FROM claims WHERE speaker_entity_id IS NOT NULL)"""
            )

    def _facts(self, ids: list[int]) -> Iterator[tuple[int, list[Any]]]:
        """The clusters of each id, in the order of ids; none of a sender that nobody names."""
        remaining = iter(ids)
        while some := list(islice(remaining, _AT_A_TIME)):
            found = {
                id: list(rows)
                for id, rows in groupby(self._clusters(some), key=itemgetter("entity_id"))
            }
            yield from ((id, found.get(id, [])) for id in some)

    def _clusters(self, ids: list[int]) -> Iterable[Any]:
        marks = ", ".join("?" * len(ids))
        return self.database.query(
            f"""SELECT entity_id, clusters.name, mentions, kb_id, office, clusters.country,
                cables.country AS post_country, origin, created, cables.name AS cable, cable_id
                FROM clusters JOIN cables ON cables.id = cable_id
                WHERE entity_id IN ({marks}) ORDER BY entity_id, cable_id""",
            ids,
        )

    def _row(self, table: str, identity: str, id: int, clusters: list[Any]) -> dict[str, Any]:
        counted = _counted(identity, clusters)
        _, registered = self.register.get(identity, (table, {}))
        row = {**counted, **_plain(registered), "id": id, "register_id": identity}
        if table == "places":
            row |= coordinates().get(row["kb_id"], {"latitude": None, "longitude": None})
        return row


def _counted(identity: str, clusters: list[Any]) -> dict[str, Any]:
    """What the clusters of an entry say of it."""
    names, kb_ids = _most(clusters, "name"), _most(clusters, "kb_id")
    kb_id = kb_ids[0] if kb_ids else identity if identity in proper_names() else None
    countries = _most(clusters, "country") or _most(clusters, "post_country")
    dated = sorted((row["created"], row["cable"]) for row in clusters if row["created"])
    return {
        "name": _name(kb_id, names, _most(clusters, "origin")) or identity,
        "names": _json(names),
        "roles": _json(_most(clusters, "office")),
        "countries": _json(countries),
        "first_cable": dated[0][1] if dated else None,
        "last_cable": dated[-1][1] if dated else None,
        "kb_id": kb_id,
        "probability": None,
        "mentions": sum(row["mentions"] or 0 for row in clusters),
        "cables": len({row["cable_id"] for row in clusters}),
    }


def _name(kb_id: str | None, names: list[str], origins: list[str]) -> str | None:
    """The proper name of what the lexicon knows, else the name used most; an office is told apart
    by its post."""
    name = proper_names().get(kb_id or "") or (names[0] if names else None)
    is_office = (kb_id or "").startswith("office:")
    return f"{name} ({origins[0]})" if is_office and origins else name


def _most(clusters: list[Any], fact: str) -> list[str]:
    """The values of a fact, the most mentioned first."""
    counts: Counter[str] = Counter()
    for row in clusters:
        if row[fact]:
            counts[row[fact]] += row["mentions"] or 1
    return [value for value, _ in counts.most_common()]


def _plain(registered: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a register's entry as the tables have them: lists as JSON."""
    facts = ("name", "names", "roles", "countries", "first_cable", "last_cable", "kb_id")
    known = {key: registered[key] for key in (*facts, "probability") if key in registered}
    return {
        key: value if value is None or isinstance(value, str | int | float) else _json(value)
        for key, value in known.items()
    }


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


@cache
def proper_names() -> dict[str, str]:
    """What the lexicon calls its entries and posts, by their `kb_id`.

    >>> proper_names()["post:ASTANA"]
    'Embassy Astana'
    """
    posts = {f"post:{post['origin']}": post["name"] for post in lexicon.load("posts")}
    return {**known_names(), **posts}


@cache
def coordinates() -> dict[str, dict[str, float]]:
    """Degrees north and east of the places that the lexicon knows, by their `kb_id`.

    >>> coordinates()["iso:AD"]
    {'latitude': 42.54, 'longitude': 1.56}
    """
    return {
        place["kb_id"]: {"latitude": place["lat"], "longitude": place["lon"]}
        for place in lexicon.load("coordinates")
    }
