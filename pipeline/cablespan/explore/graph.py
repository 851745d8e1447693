"""Who speaks about whom, as a graph."""

import csv
import sqlite3
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import networkx
import orjson

from cablespan.labels import Certainty

# A claim is about whom its content names.
_EDGES = """
SELECT speaker_entity_id AS source, entity_id AS target, count(DISTINCT claims.id) AS claims,
       {certainties}, min(created) AS first, max(created) AS last
FROM claims
JOIN entities ON entities.paragraph_id = claims.paragraph_id
     AND start >= content_start AND "end" <= content_end
JOIN cables ON cables.id = cable_id
WHERE speaker_entity_id IS NOT NULL AND entity_id IS NOT NULL AND entity_id <> speaker_entity_id
      {where}
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_COUNTED = "count(DISTINCT claims.id) FILTER (WHERE certainty = '{0}') AS {0}"


def speakers_graph(
    database: sqlite3.Connection, paragraph_ids: Iterable[int] | None = None
) -> "networkx.DiGraph[int]":
    """An edge from each speaker to each person, body or place that the content of a claim names.

    Nodes are ids of the register with `label` (the name), `kind`, `kb_id` and `mentions`; edges
    have `weight` (claims), a count for each certainty, and the dates `first` and `last`. Of the
    whole collection, or of the claims in some paragraphs.
    """
    where, values = "", []
    if paragraph_ids is not None:
        where = "AND claims.paragraph_id IN (SELECT value FROM json_each(?))"
        values = [orjson.dumps(list(paragraph_ids)).decode()]
    certainties = ", ".join(_COUNTED.format(certainty) for certainty in Certainty)
    cursor = database.execute(_EDGES.format(certainties=certainties, where=where), values)
    names = [column[0] for column in cursor.description]
    graph: networkx.DiGraph[int] = networkx.DiGraph()
    for row in cursor:
        source, target, claims, *facts = row
        told = {name: fact for name, fact in zip(names[3:], facts, strict=True) if fact is not None}
        graph.add_edge(source, target, weight=claims, **told)
    for id, facts in _things(database, graph):
        graph.nodes[id].update(facts)
    return graph


def _things(
    database: sqlite3.Connection, graph: "networkx.DiGraph[int]"
) -> Iterable[tuple[int, dict[str, Any]]]:
    cursor = database.execute(
        """SELECT id, name, kind, coalesce(kb_id, ''), mentions FROM register
        WHERE id IN (SELECT value FROM json_each(?))""",
        [orjson.dumps(list(graph)).decode()],
    )
    for id, name, kind, kb_id, mentions in cursor:
        yield id, {"label": name, "kind": kind, "kb_id": kb_id, "mentions": mentions}


def write_graph(graph: "networkx.DiGraph[int]", folder: Path, to: str) -> dict[str, int]:
    """Writes `speakers.graphml` or `speakers.gexf` (Gephi opens both) and the table of its edges,
    `speakers.csv`, into a folder; returns how many nodes and edges."""
    write = {"graphml": networkx.write_graphml, "gexf": networkx.write_gexf}[to]
    write(graph, folder / f"speakers.{to}")
    facts = list(dict.fromkeys(chain.from_iterable(data for _, _, data in graph.edges(data=True))))
    with (folder / "speakers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "target", "speaker", "about", *facts])
        for source, target, data in graph.edges(data=True):
            names = [graph.nodes[id]["label"] for id in (source, target)]
            writer.writerow([source, target, *names, *(data.get(fact, "") for fact in facts)])
    return {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}
