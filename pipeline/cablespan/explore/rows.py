"""A record as rows of the tables of `schema`."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from sqlite_utils import Database

from cablespan import lexicon
from cablespan.components.entities.bodies import post_that_sent
from cablespan.explore.known import Known, coordinates, proper_names
from cablespan.explore.schema import TABLES
from cablespan.facts import origin, year
from cablespan.labels import ROLES
from cablespan.lexicon import Post
from cablespan.runs.things import Record, Row, clusters_of, speaker_of

Rows = dict[str, list[Row]]  # by table
_NUMBERED = ("cables", "posts", "cable_references", "paragraphs", "claims")


class RowMaker:
    """Makes rows whose ids go on where those of a database end."""

    def __init__(self, database: Database, known: Known, run_id: int):
        self.known, self.run_id = known, run_id
        self.last = {
            table: database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
            for table in _NUMBERED
        }
        self.posts = {name for (name,) in database.execute("SELECT name FROM posts")}

    def next_id(self, table: str) -> int:
        """The next number of a table's rows."""
        self.last[table] += 1
        return self.last[table]

    def add(self, record: Record, rows: Rows) -> int:
        """Adds the rows of a record, which has every key, to `rows`; returns the cable's id."""
        cable_id, post = self.next_id("cables"), post_that_sent(record)
        sender = post["name"] if post else origin(record)  # one name for all spellings of a post
        rows["cables"].append(self._cable(cable_id, record, sender, post))
        if post and sender and sender not in self.posts:
            self.posts.add(sender)
            rows["posts"].append(self._post(sender, post))
        rows["cable_tags"] += (
            {"cable_id": cable_id, "tag": tag} for tag in dict.fromkeys(record["header"]["tags"])
        )
        rows["cable_references"] += (
            {
                **_columns("cable_references", reference),
                "id": self.next_id("cable_references"),
                "cable_id": cable_id,
                "name": reference["value"],
            }
            for reference in record["header"]["references"]
        )
        _Cable(self, cable_id, record, sender, rows).add()
        return cable_id

    def _cable(self, id: int, record: Record, sender: str | None, post: Post | None) -> Row:
        header, source = record["header"], record.get("source") or {}
        return {
            **_columns("cables", header),
            "id": id,
            "name": record["id"],
            "created": header["created"] or record["meta"].get("date"),
            "year": year(record),
            "origin": sender,
            "country": post and post["country"],
            "sender": header["from"],
            "recipients": _json([recipient["name"] for recipient in header["to"]]),
            "info": _json([recipient["name"] for recipient in header["info"]]),
            "captions": _json(header["captions"]),
            "signers": _json(header["signers"]),
            **{f"source_{key}": source.get(key) for key in ("path", "index", "sha256")},
            "run_id": self.run_id,
            "warnings": _json(record.get("notes") or []),
        }

    def _post(self, name: str, post: Post) -> Row:
        place = coordinates().get(_city_ids().get((post["city"], post["country"]), ""), {})
        return {
            **_columns("posts", {**post, **place}),
            **{"id": self.next_id("posts"), "name": name, "code": post["origin"]},
        }


class _Cable:
    """The rows of one cable's paragraphs and of what is marked in them."""

    def __init__(
        self, maker: RowMaker, cable_id: int, record: Record, sender: str | None, rows: Rows
    ):
        self.maker, self.cable_id, self.record, self.rows = maker, cable_id, record, rows
        self.paragraphs: dict[str, int] = {}
        self.sender = sender
        self.entries: dict[int | None, int | None] = {}  # people, bodies, places by cluster

    def add(self) -> None:
        """Adds them all."""
        for position, paragraph in enumerate(self.record["paragraphs"]):
            id = self.paragraphs[paragraph["id"]] = self.maker.next_id("paragraphs")
            facts = {"id": id, "cable_id": self.cable_id, "name": paragraph["id"]}
            self._add("paragraphs", paragraph, {**facts, "position": position})
        for cluster in self.record.get("clusters") or ():
            number = cluster["cluster"]
            self.entries[number] = self.maker.known.id_of_cluster(cluster, self.sender)
            facts = {
                "cable_id": self.cable_id,
                "number": number,
                "kb_id": cluster.get("kb_id") or None,
            }
            self._add("clusters", cluster, {**facts, "entity_id": self.entries[number]})
        for entity in self.record.get("entities") or ():
            number = entity["cluster"]
            facts = {"cluster_number": number, "entity_id": self.entries.get(number)}
            self._add_mark("entities", entity, {**facts, "score": _percent(entity)})
        for statement in self.record.get("statements") or ():
            self._add_mark("statements", statement, {"score": _percent(statement)})
        self._add_claims()

    def _add_claims(self) -> None:
        stated: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for statement in self.record.get("statements") or ():
            stated[statement["paragraph"]].append((statement["start"], statement["label"]))
        clusters = clusters_of(self.record)
        for claim in self.record.get("claims") or ():
            before = [
                label
                for start, label in sorted(stated[claim["paragraph"]])
                if start <= claim["content"]["start"]
            ]
            facts: Row = {
                "id": self.maker.next_id("claims"),
                "cable_id": self.cable_id,
                "label": before[-1] if before else None,
            }
            for role in ROLES:
                part = claim[role] or {}
                facts |= {f"{role}_start": part.get("start"), f"{role}_end": part.get("end")}
            self._add_mark("claims", claim, {**facts, **self._speaker(speaker_of(claim, clusters))})

    def _speaker(self, speaker: Mapping[str, Any]) -> Row:
        name, number, kb_id = (speaker.get(key) for key in ("name", "cluster", "kb_id"))
        entity_id = self.entries.get(number)
        if number is None and kb_id:
            entity_id, name = self.maker.known.id_of_sender(kb_id), proper_names().get(kb_id, kb_id)
        return {"speaker": name, "speaker_cluster_number": number, "speaker_entity_id": entity_id}

    def _add_mark(self, table: str, mark: Mapping[str, Any], facts: Row) -> None:
        self._add(table, mark, {**facts, "paragraph_id": self.paragraphs[mark["paragraph"]]})

    def _add(self, table: str, found: Mapping[str, Any], facts: Row) -> None:
        self.rows[table].append({**_columns(table, found), **facts})


def _percent(mark: Mapping[str, Any]) -> int | None:
    return None if mark["score"] is None else round(100 * mark["score"])


def _columns(table: str, facts: Mapping[str, Any]) -> Row:
    """Every column of a table with what the facts say of it."""
    return {column: facts.get(column) for column in TABLES[table]}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


@cache
def _city_ids() -> dict[tuple[str | None, str | None], str]:
    """The ids of the lexicon's cities by name and country."""
    return {(city["name"], city["country"]): city["kb_id"] for city in lexicon.load("cities")}
