"""A run as tables for pandas, R or DuckDB: one Parquet or CSV file a table, joined by stable keys.

TABLES says what each column holds; in Parquet the same words are the fields' metadata.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from cablespan.facts import year
from cablespan.labels import Role
from cablespan.runs.batch.results import Results
from cablespan.runs.things import Record, Row, clusters_of, speaker_of
from cablespan.writing import written_whole

SPEAKER = ("name", "label", "kb_id", "cluster")
ROWS = 1000  # cables in a batch, which is a row group of Parquet: what lies in memory at a time

TEXT, NUMBER, LABEL, TEXTS = (
    pa.string(),
    pa.int32(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.list_(pa.string()),
)
_CABLE = {"cable_id": (TEXT, "the cable")}
_PLACE = {
    **_CABLE,
    "paragraph_id": (TEXT, "the paragraph"),
    "start": (NUMBER, "offset in the paragraph's text, code points"),
    "end": (NUMBER, "end, exclusive"),
}

TABLES: dict[str, dict[str, tuple[pa.DataType, str]]] = {
    "cables": {
        "cable_id": (TEXT, "key: canonical reference id, 07ASTANA454"),
        "created": (
            pa.timestamp("ms", tz="UTC"),
            "date and time; null where the cable does not say a whole date",
        ),
        "year": (pa.int16(), "year of creation"),
        "released": (pa.timestamp("ms", tz="UTC"), "when it was published"),
        "origin": (TEXT, "the sending post"),
        "classification": (TEXT, "as the header says"),
        "precedence": (TEXT, "FLASH to ROUTINE"),
        "subject": (TEXT, "subject line"),
        "tags": (TEXTS, "TAGS"),
        "to": (TEXTS, "addressees"),
        "info": (TEXTS, "addressees for information"),
        "references": (TEXTS, "canonical ids of cables referred to"),
        "captions": (TEXTS, "SIPDIS, NOFORN ..."),
        "signers": (TEXTS, "names at the end"),
        "eo": (TEXT, "executive order"),
        "declassify_on": (TEXT, "date or exemption"),
        "classified_by": (TEXT, "person"),
        "partial": (pa.bool_(), "an extract of the original"),
        "path": (TEXT, "file it was read from"),
        "format": (TEXT, "format of that file"),
        "index": (NUMBER, "its number in that file, from 0"),
        "sha256": (TEXT, "hash of its source text"),
    },
    "paragraphs": {
        "paragraph_id": (TEXT, "key: 07ASTANA454/1"),
        **_CABLE,
        "position": (NUMBER, "order in the cable, from 0"),
        "number": (NUMBER, "the number written before it"),
        "marking": (TEXT, "portion mark: U, SBU, C ..."),
        "section": (TEXT, "summary, comment ..."),
        "kind": (LABEL, "numbered, item, heading, text, header"),
        "text": (TEXT, "reflowed text"),
    },
    "entities": {
        "entity_id": (TEXT, "key: cable and number of the mention, 07ASTANA454#e12"),
        **_PLACE,
        "label": (LABEL, "AGENCY, PLACE, OFFICIAL ..."),
        "text": (TEXT, "as written"),
        "cluster": (NUMBER, "with cable_id: key of clusters"),
        "kb_id": (TEXT, "entry of the knowledge base"),
        "register_id": (TEXT, "entry of the run's register, where it has one"),
        "value": (TEXT, "of dates ISO 8601, of sums amount and currency, of references the id"),
        "score": (pa.float32(), "the model's confidence, null for rules"),
    },
    "clusters": {
        **_CABLE,
        "cluster": (NUMBER, "with cable_id: key; one thing that is named in a cable"),
        "label": (LABEL, "entity label"),
        "name": (TEXT, "best mention"),
        "kb_id": (TEXT, "entry of the knowledge base"),
        "register_id": (TEXT, "entry of the run's register, where it has one"),
        "mentions": (NUMBER, "how often it is named"),
        "named": (pa.bool_(), "people: by name, not by an office alone"),
        "office": (TEXT, "of an official"),
        "country": (TEXT, "of an official"),
        "given_name": (TEXT, "of an official"),
        "family_name": (TEXT, "of an official"),
    },
    "statements": {
        "statement_id": (TEXT, "key: 07ASTANA454#s7"),
        **_PLACE,
        "label": (LABEL, "REPORT, CLAIM, COMMENT ..."),
        "text": (TEXT, "the sentence"),
        "score": (pa.float32(), "the model's confidence, null for rules"),
    },
    "claims": {
        "claim_id": (TEXT, "key: 07ASTANA454#c3"),
        **_CABLE,
        "paragraph_id": (TEXT, "the paragraph"),
        **{
            f"{role.lower()}_{part}": (
                NUMBER if part != "text" else TEXT,
                f"{part} of the {role.lower()}; null where there is none",
            )
            for role in Role
            for part in ("start", "end", "text")
        },
        "speaker_name": (TEXT, "who the source is, by its best name"),
        "speaker_label": (LABEL, "entity label of the speaker"),
        "speaker_kb_id": (TEXT, "entry of the knowledge base"),
        "speaker_register_id": (TEXT, "entry of the run's register, where it has one"),
        "speaker_cluster": (NUMBER, "with cable_id: key of clusters"),
        "certainty": (LABEL, "asserted, hedged, denied, asked"),
    },
}


def schema(table: str) -> pa.Schema:
    """The Arrow schema of a table, the columns' descriptions in the metadata."""
    return pa.schema(
        [
            pa.field(name, type, metadata={"description": words})
            for name, (type, words) in TABLES[table].items()
        ]
    )


def export(
    run: str,
    output: Path,
    *,
    to: str = "parquet",
    warn: Callable[[str], None] = lambda message: None,
) -> dict[str, int]:
    """Writes TABLES of a run (a folder, or a file of records) into the folder `output`.

    Returns the rows of each table.

    In CSV, lists are joined by `|`. A table appears under its name when all are whole. `warn` hears
    what an unfinished run lacks. Raises FileNotFoundError where there is no run, ValueError where a
    file of it has been changed, or a line is no record.
    """
    results = Results(run)
    if results.unfinished:
        warn(results.unfinished)
    with written_whole(output) as beside:
        return write_tables(results.records(), beside, to)


def write_tables(records: Iterator[Record], folder: Path, to: str) -> dict[str, int]:
    """Writes TABLES of records into a folder, a file each; returns the rows of each."""
    counts = dict.fromkeys(TABLES, 0)
    with ExitStack() as stack:
        writers = {
            table: stack.enter_context(_writer(folder / f"{table}.{to}", _columns(table, to), to))
            for table in TABLES
        }
        while batch := list(islice(records, ROWS)):
            for table, rows_of in ROWS_OF.items():
                rows = [row for record in batch for row in rows_of(record)]
                counts[table] += len(rows)
                writers[table].write_table(_table(rows, table, to))
    return counts


def _columns(table: str, to: str) -> pa.Schema:
    return _flat(schema(table)) if to == "csv" else schema(table)


def _writer(path: Path, schema: pa.Schema, to: str) -> Any:
    if to == "csv":
        return pyarrow.csv.CSVWriter(path, schema)
    return pyarrow.parquet.ParquetWriter(path, schema, compression="zstd")


def _flat(schema: pa.Schema) -> pa.Schema:
    return pa.schema(
        [
            pa.field(
                f.name,
                TEXT if pa.types.is_list(f.type) or pa.types.is_dictionary(f.type) else f.type,
            )
            for f in schema
        ]
    )


def _table(rows: list[Row], table: str, to: str) -> pa.Table:
    """Rows as an Arrow table; what a row does not say is null, what no column holds is left out."""
    joined = _joined if to == "csv" else lambda value: value
    columns = {name: [joined(row.get(name)) for row in rows] for name in TABLES[table]}
    return pa.Table.from_pydict(columns, _columns(table, to))


def _joined(value: Any) -> Any:
    return "|".join(value) if isinstance(value, list) else value


def _cables(record: Record) -> Iterator[Row]:
    header = record["header"]
    yield {
        **header,
        **record["source"],
        "cable_id": record["id"],
        "created": _time(header.get("created")),
        "released": _time(header.get("released")),
        "year": year(record),
        "to": [recipient["name"] for recipient in header["to"]],
        "info": [recipient["name"] for recipient in header["info"]],
        "references": [
            reference["value"] for reference in header["references"] if reference["kind"] == "cable"
        ],
    }


def _paragraphs(record: Record) -> Iterator[Row]:
    for position, paragraph in enumerate(record["paragraphs"]):
        yield {
            **paragraph,
            "paragraph_id": paragraph["id"],
            "cable_id": record["id"],
            "position": position,
        }


def _placed(record: Record, layer: str, key: str, letter: str) -> Iterator[Row]:
    """The annotations of a layer with their key, cable and paragraph.

    None in records of `cablespan read`.
    """
    for number, annotation in enumerate(record.get(layer, ())):
        yield {
            **annotation,
            key: f"{record['id']}#{letter}{number}",
            "cable_id": record["id"],
            "paragraph_id": annotation["paragraph"],
        }


def _entities(record: Record) -> Iterator[Row]:
    clusters = clusters_of(record)
    for row in _placed(record, "entities", "entity_id", "e"):
        cluster = clusters.get(row["cluster"], {})
        yield {**row, "register_id": cluster.get("entity_id")}


def _clusters(record: Record) -> Iterator[Row]:
    for cluster in record.get("clusters", ()):
        yield {
            **cluster,
            "cable_id": record["id"],
            "kb_id": cluster.get("kb_id") or None,
            "register_id": cluster.get("entity_id"),
        }


def _statements(record: Record) -> Iterator[Row]:
    texts = {paragraph["id"]: paragraph["text"] for paragraph in record["paragraphs"]}
    for row in _placed(record, "statements", "statement_id", "s"):
        yield {**row, "text": texts[row["paragraph"]][row["start"] : row["end"]]}


def _claims(record: Record) -> Iterator[Row]:
    clusters = clusters_of(record)
    for row in _placed(record, "claims", "claim_id", "c"):
        parts = {
            f"{role.lower()}_{part}": value
            for role in Role
            for part, value in (row[role.lower()] or {}).items()
        }
        speaker = speaker_of(row, clusters)
        facts = {f"speaker_{name}": speaker.get(name) for name in SPEAKER}
        facts["speaker_kb_id"] = speaker.get("kb_id") or None
        facts["speaker_register_id"] = speaker.get("entity_id")
        yield {**row, **parts, **facts}


ROWS_OF: dict[str, Callable[[Record], Iterator[Row]]] = {
    "cables": _cables,
    "paragraphs": _paragraphs,
    "entities": _entities,
    "clusters": _clusters,
    "statements": _statements,
    "claims": _claims,
}


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
