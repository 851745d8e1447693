"""Paragraphs of the database as records again, for what works on records: tasks, tables."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson

from cablespan.cable import RECORD_SCHEMA
from cablespan.labels import ROLES
from cablespan.reading.shapes import with_every_key
from cablespan.runs.things import Record, Row

# Claims with the sender's id, "post:ASTANA", for speakers that are no cluster.
_CLAIMS = """claims LEFT JOIN (SELECT id AS speaker_entity_id, kb_id AS speaker_kb_id FROM bodies)
    USING (speaker_entity_id)"""
AT_A_TIME = 500  # paragraphs that are read by one query
_LISTS = ("captions", "signers")
_FACTS = (
    *("created", "released", "origin", "classification", "precedence", "subject"),
    *("classified_by", "declassify_on"),
)


def records_of(database: sqlite3.Connection, paragraph_ids: Iterable[int]) -> Iterator[Record]:
    """The cables of these paragraphs, in the order of the collection, each with these paragraphs
    alone and what is marked in them.

    `source_map` is empty: the database does not hold it. Cables of over AT_A_TIME of these
    paragraphs come in one piece.
    """
    ids = iter(sorted(set(paragraph_ids)))
    held: list[Row] = []
    while some := list(islice(ids, AT_A_TIME)):
        held += _rows(database, "SELECT * FROM paragraphs WHERE id IN", some)
        last = held[-1]["cable_id"]
        yield from _records(database, [row for row in held if row["cable_id"] != last])
        held = [row for row in held if row["cable_id"] == last]
    yield from _records(database, held)


def _rows(database: sqlite3.Connection, query: str, ids: Iterable[int]) -> list[Row]:
    cursor = database.execute(
        f"{query} (SELECT value FROM json_each(?))", [orjson.dumps(list(ids)).decode()]
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _records(database: sqlite3.Connection, paragraphs: list[Row]) -> Iterator[Record]:
    cable_ids = sorted({row["cable_id"] for row in paragraphs})
    ids = [row["id"] for row in paragraphs]

    def by(key: str, table: str, wanted: Iterable[int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in _rows(database, f"SELECT * FROM {table} WHERE {key} IN", wanted):
            found[row[key]].append(row)
        return found

    cables = by("id", "cables", cable_ids)
    of_cables = {
        table: by("cable_id", table, cable_ids)
        for table in ("cable_tags", "cable_references", "clusters")
    }
    of_paragraphs = {
        layer: by("paragraph_id", table, ids)
        for layer, table in (
            ("entities", "entities"),
            ("statements", "statements"),
            ("claims", _CLAIMS),
        )
    }
    for id in cable_ids:
        own = {table: rows[id] for table, rows in of_cables.items()}
        record = _bare_record(cables[id][0], own)
        for row in (row for row in paragraphs if row["cable_id"] == id):
            facts = ("number", "marking", "section", "kind", "text")
            record["paragraphs"].append(
                {"id": row["name"], **{fact: row[fact] for fact in facts}, "source_map": []}
            )
            for layer, shape in _SHAPES.items():
                marks = of_paragraphs[layer][row["id"]]
                record[layer] += ({"paragraph": row["name"], **shape(mark)} for mark in marks)
        yield with_every_key(_with_links(record))


def _bare_record(cable: Row, own: Mapping[str, list[Row]]) -> Record:
    """A record without paragraphs and marks."""
    header = {fact: cable[fact] for fact in _FACTS} | {"reference_id": cable["name"]}
    header |= {fact: orjson.loads(cable[fact]) for fact in _LISTS}
    for fact, column in (("to", "recipients"), ("info", "info")):
        header[fact] = [{"name": name} for name in orjson.loads(cable[column])]
    header["from"], header["partial"] = cable["sender"], bool(cable["partial"])
    header["tags"] = [row["tag"] for row in own["cable_tags"]]
    header["references"] = [
        {"value": row["name"], **{fact: row[fact] for fact in ("kind", "text", "letter")}}
        for row in own["cable_references"]
    ]
    facts = ("name", "label", "kb_id", "mentions", "office", "country")
    return {
        "schema": RECORD_SCHEMA,
        "id": cable["name"],
        "meta": {},
        "source": {fact: cable[f"source_{fact}"] for fact in ("path", "index", "sha256")},
        "header": header,
        "paragraphs": [],
        "entities": [],
        "statements": [],
        "claims": [],
        "clusters": [
            {"cluster": row["number"], **{fact: row[fact] for fact in facts}}
            for row in own["clusters"]
        ],
    }


def _with_links(record: Record) -> Record:
    """Gives entities the links of their clusters."""
    links = {cluster["cluster"]: cluster["kb_id"] for cluster in record["clusters"]}
    for entity in record["entities"]:
        entity["kb_id"] = links.get(entity["cluster"])
    return record


def _entity(row: Row) -> Row:
    return {**_span(row), "cluster": row["cluster_number"], "value": row["value"]}


def _span(row: Row) -> Row:
    score = row["score"]
    place = {key: row[key] for key in ("start", "end", "label")}
    return {**place, "score": None if score is None else score / 100}


def _claim(row: Row) -> Row:
    parts: dict[str, Any] = {
        role: {"start": row[f"{role}_start"], "end": row[f"{role}_end"]}
        for role in ROLES
        if row[f"{role}_start"] is not None
    }
    number = row["speaker_cluster_number"]
    speaker = row["speaker_kb_id"] if number is None else number
    return {**parts, "speaker": speaker, "certainty": row["certainty"]}


_SHAPES: Mapping[str, Callable[[Row], Row]] = {
    "entities": _entity,
    "statements": _span,
    "claims": _claim,
}
