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
from cablespan.explore.register import entries
from cablespan.explore.schema import KNOWN
from cablespan.labels import Entity
from cablespan.runs.batch.results import Results
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

    `database` may hold some already. What a register says of an entry stays as it says it, what is
    counted comes from the cables.
    """

    def __init__(self, database: Database):
        self.database = database
        self.ids: dict[tuple[str, str], int] = {}
        self.registered: set[int] = set()
        self.counted: set[int] = set()  # ids of which mentions came or went
        self.has_register = False
        for table in KNOWN:
            query = f"SELECT register_id, kb_id, id, probability FROM {table}"
            for register_id, kb_id, id, probability in database.execute(query):
                self.ids[table, register_id] = id
                if probability is not None:
                    self._add_registered(table, id, kb_id)
        self.last = max(self.ids.values(), default=0)

    def read(self, result: Results) -> None:
        """Takes the entries of a run's register; without one they are found by name."""
        self.has_register = False
        for table, entry in entries(result):
            self.has_register = True
            row = self._registered_row(table, entry)
            columns, values = ", ".join(row), ", ".join(f":{column}" for column in row)
            self.database.execute(f"REPLACE INTO {table} ({columns}) VALUES ({values})", row)

    def _registered_row(self, table: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        kb_id = entry["kb_id"]
        known = self.ids.get((table, kb_id or ""))
        id = self.ids.setdefault((table, entry["id"]), known or self.last + 1)
        self.last = max(self.last, id)
        self._add_registered(table, id, kb_id)
        self.counted.add(id)
        return _with_place(
            table,
            {
                **{fact: entry[fact] for fact in ("name", "first_cable", "last_cable", "kb_id")},
                **{fact: _json(entry[fact]) for fact in ("names", "roles", "countries")},
                **{"id": id, "register_id": entry["id"], "probability": entry["probability"]},
                **{"mentions": 0, "cables": 0},
            },
        )

    def _add_registered(self, table: str, id: int, kb_id: str | None) -> None:
        self.registered.add(id)
        if kb_id:  # a speaker that is no cluster, "post:ASTANA"
            self.ids[table, kb_id] = id

    def id_of_cluster(self, cluster: Mapping[str, Any], origin: str | None) -> int | None:
        """The entry that a cluster of a cable from `origin` is.

        None for what has none: dates, laws, names that were struck out.
        """
        register_id = cluster.get("entity_id") or ""
        table = register_id.partition("/")[0]
        if table in KNOWN:
            return self._id(table, register_id)
        return None if self.has_register else self._id_by_name(cluster, origin)

    def _id_by_name(self, cluster: Mapping[str, Any], origin: str | None) -> int | None:
        table = _TABLES.get(cluster["label"])
        found = identified(cluster["label"], dict(cluster), origin) if table else None
        return self._id(table, found[0].identity) if table and found else None

    def id_of_sender(self, kb_id: str) -> int:
        """The entry of a speaker that the cable does not name: "post:ASTANA", "us:STATE"."""
        return self._id("bodies", kb_id)

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
                _with_place(table, {"id": id, "register_id": name, **_told(name, clusters)})
                for id, clusters in self._clusters_of(set(ids) - self.registered)
                for name in identities[id][1:]
            )
            self.database.table(table).insert_all(rows, pk="id", replace=True, batch_size=1000)
            counts = (
                {"id": id, **_counts(clusters)}
                for id, clusters in self._clusters_of(self.registered.intersection(ids))
            )
            self.database.conn.executemany(
                f"UPDATE {table} SET mentions = :mentions, cables = :cables WHERE id = :id", counts
            )

    def remove_unnamed(self) -> None:
        """Removes entries that no cable mentions any more, and that say nothing."""
        for table in KNOWN:
            self.database.execute(
                f"""DELETE FROM {table} WHERE mentions = 0 AND id NOT IN
                (SELECT speaker_entity_id FROM claims WHERE speaker_entity_id IS NOT NULL)"""
            )

    def _clusters_of(self, ids: Iterable[int]) -> Iterator[tuple[int, list[Any]]]:
        """The clusters of each id, in the order of ids; none of a sender that nobody names."""
        remaining = iter(sorted(ids))
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


def _with_place(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row with where the place lies, if it is one."""
    if table != "places":
        return row
    return row | coordinates().get(row["kb_id"], {"latitude": None, "longitude": None})


def _told(identity: str, clusters: list[Any]) -> dict[str, Any]:
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
        **_counts(clusters),
    }


def _counts(clusters: list[Any]) -> dict[str, int]:
    return {
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
