"""A run as tables for pandas, R or DuckDB: one Parquet or CSV file a table, joined by stable keys.

TABLES says what each column holds; in Parquet the same words are the fields' metadata.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from cablespan.labels import Role
from cablespan.runs.batch.results import lines

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
        "index": (NUMBER, "its number in that file"),
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
        "score": (pa.float32(), "the model's confidence, null for rules"),
    },
    "clusters": {
        **_CABLE,
        "cluster": (NUMBER, "with cable_id: key; one thing that is named in a cable"),
        "label": (LABEL, "entity label"),
        "name": (TEXT, "best mention"),
        "kb_id": (TEXT, "entry of the knowledge base"),
        "mentions": (NUMBER, "how often it is named"),
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


def export(run: str, output: Path, *, to: str = "parquet") -> dict[str, int]:
    """Writes TABLES of a run (a folder, or a file of records) into the folder `output`; returns the rows of each table.

    In CSV, lists are joined by `|`. A table appears under its name when it is whole.
    """
    output.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(TABLES, 0)
    parts = {table: output / f".{table}.{to}.writing" for table in TABLES}
    with ExitStack() as stack:
        writers = {
            table: stack.enter_context(
                _writer(path, _flat(schema(table)) if to == "csv" else schema(table), to)
            )
            for table, path in parts.items()
        }
        stream = lines(run)
        while records := list(islice(stream, ROWS)):
            for table, rows in _tables(records).items():
                counts[table] += len(rows)
                writers[table].write_table(_table(rows, table, to))
    for table, path in parts.items():
        path.replace(output / f"{table}.{to}")
    return counts


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


def _table(rows: list[dict[str, Any]], table: str, to: str) -> pa.Table:
    if to == "csv":
        rows = [
            {
                name: "|".join(value) if isinstance(value, list) else value
                for name, value in row.items()
            }
            for row in rows
        ]
        return pa.Table.from_pylist(rows, _flat(schema(table)))
    return pa.Table.from_pylist(rows, schema(table))


def _tables(records: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for record in records:
        for table, values in _rows(record):
            rows[table].append({name: values.get(name) for name in TABLES[table]})
    return rows


def _rows(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one record, as `(table, row)`."""
    id, header = record["id"], record["header"]
    yield (
        "cables",
        {
            **{name: header.get(name) for name in TABLES["cables"] if name in header},
            "cable_id": id,
            "created": _time(header.get("created")),
            "released": _time(header.get("released")),
            "year": year(record),
            "to": [recipient["name"] for recipient in header["to"]],
            "info": [recipient["name"] for recipient in header["info"]],
            "references": [
                reference["value"]
                for reference in header["references"]
                if reference["kind"] == "cable"
            ],
            **record["source"],
        },
    )
    texts = {}
    for position, paragraph in enumerate(record["paragraphs"]):
        texts[paragraph["id"]] = paragraph["text"]
        yield (
            "paragraphs",
            {**paragraph, "paragraph_id": paragraph["id"], "cable_id": id, "position": position},
        )
    for number, entity in enumerate(record["entities"]):
        yield (
            "entities",
            {
                **entity,
                "entity_id": f"{id}#e{number}",
                "cable_id": id,
                "paragraph_id": entity["paragraph"],
            },
        )
    clusters = {cluster["cluster"]: cluster for cluster in record.get("clusters", ())}
    for cluster in clusters.values():
        yield "clusters", {**cluster, "cable_id": id}
    for number, statement in enumerate(record["statements"]):
        text = texts[statement["paragraph"]][statement["start"] : statement["end"]]
        row = {
            **statement,
            "statement_id": f"{id}#s{number}",
            "cable_id": id,
            "paragraph_id": statement["paragraph"],
            "text": text,
        }
        yield "statements", row
    for number, claim in enumerate(record["claims"]):
        speaker = speaker_of(claim, clusters)
        yield (
            "claims",
            {
                "claim_id": f"{id}#c{number}",
                "cable_id": id,
                "paragraph_id": claim["paragraph"],
                **{
                    f"{role.lower()}_{part}": value
                    for role in Role
                    for part, value in (claim[role.lower()] or {}).items()
                },
                **{
                    f"speaker_{name}": speaker.get(name)
                    for name in ("name", "label", "kb_id", "cluster")
                },
                "certainty": claim["certainty"],
            },
        )


def speaker_of(claim: dict[str, Any], clusters: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """The cluster that a claim's speaker is; one of which only the knowledge base entry is known, or {}."""
    speaker = claim["speaker"]
    if speaker is None:
        return {}
    if isinstance(speaker, int):
        return clusters.get(speaker, {"cluster": speaker})
    return next(
        (cluster for cluster in clusters.values() if cluster.get("kb_id") == speaker),
        {"kb_id": speaker},
    )


def year(record: dict[str, Any]) -> int | None:
    """The year in which a cable was written, as far as its header or the input's own meta says."""
    text = str(record["header"].get("created") or record["meta"].get("date") or "")[:4]
    return int(text) if text.isdigit() and len(text) == 4 else None


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
