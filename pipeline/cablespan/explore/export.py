"""What a search finds, for other tools: Prodigy's tasks, tables, a graph of who speaks about
whom."""

from pathlib import Path
from typing import Any

from cablespan.explore.collection import Collection
from cablespan.explore.hits import records_of
from cablespan.formats import prodigy
from cablespan.writing import written_whole

GRAPHS = ("graphml", "gexf")


def export(
    database: Path, output: Path, *, to: str, words: str = "", **narrowed: Any
) -> dict[str, int]:
    """Writes the paragraphs that `Collection.search` would find, all of them, into the folder
    `output`; returns how many paragraphs, or nodes and edges.

    `to`: "prodigy" (a file of tasks a layer), "parquet" or "csv" (the tables of a run, of these
    paragraphs alone), "graphml" or "gexf" (the graph, with a table of its edges). Raises ValueError
    where nothing is found, and what `Collection` raises.
    """
    with Collection(database) as collection, written_whole(output) as beside:
        found = collection.paragraph_ids(words, **narrowed)
        if not found:
            raise ValueError(f"{database}: nothing is found; ask for less")
        if to in GRAPHS:
            from cablespan.explore.graph import speakers_graph, write_graph

            return write_graph(speakers_graph(collection.connection, found), beside, to)
        records = records_of(collection.connection, found)
        if to == "prodigy":
            prodigy.write(records, beside)
        else:
            from cablespan.runs.export import write_tables

            write_tables(records, beside, to)
        return {"paragraphs": len(found)}
