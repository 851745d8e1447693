"""A run as tables: keys that join, types that hold, CSV and Parquet alike."""

import csv
import subprocess
import sys
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from cablespan.runs.export import TABLES, export, schema
from cablespan.runs.report import report
from made_up import records


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "cables.jsonl").write_bytes(
        b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records(30))
    )
    return folder


@pytest.fixture(scope="module")
def tables(run, tmp_path_factory):
    output = tmp_path_factory.mktemp("tables")
    export(str(run), output)
    return {table: parquet.read_table(output / f"{table}.parquet") for table in TABLES}


@pytest.mark.parametrize("write", [export, report])
def test_lines_that_are_no_records_are_refused_with_the_remedy(tmp_path, write):
    (tmp_path / "entities.jsonl").write_text('{"text": "All is well.", "spans": []}\n')
    told = "entities.jsonl, object 1: no record, it has no `id`; give the folder that"
    with pytest.raises(ValueError, match=told):
        write(str(tmp_path / "entities.jsonl"), tmp_path / "out")
    (tmp_path / "cables.jsonl").write_text('{"id": "A", "meta": {}, "source": {}}\n')
    with pytest.raises(ValueError, match=r"cables.jsonl, object 1: .* no `header`"):
        write(str(tmp_path), tmp_path / "out")
    (tmp_path / "cables.jsonl").write_text("5\n")
    with pytest.raises(ValueError, match="no record"):
        write(str(tmp_path), tmp_path / "out")


SHORT = {"id": "A", "meta": {}, "source": {}, "header": {}}
SHORT["paragraphs"] = [{"id": "A/1", "text": "Roe left."}]
MARK = {"paragraph": "A/1", "start": 0, "end": 3, "label": "PERSON"}


@pytest.mark.parametrize("write", [export, report])
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"header": {"to": "STATE"}}, "`header.to` is no list; write"),
        ({"source": {"index": "x"}}, "`source.index` is no whole number; write it without"),
        ({"clusters": [{}]}, r"`clusters\[0\].label` is no text"),
        ({"entities": [MARK | {"cluster": "x"}]}, r"`entities\[0\].cluster` is no whole number"),
        ({"statements": [MARK | {"paragraph": "B"}]}, "a mark in 'B', which is no paragraph of it"),
        ({"claims": [{"paragraph": "A/1"}]}, r"`claims\[0\].content` is no object"),
        ({"paragraphs": None}, "no record, it has no `paragraphs`"),
    ],
)
def test_a_record_of_another_shape_is_named(tmp_path, write, wrong, told):
    (tmp_path / "r.jsonl").write_bytes(orjson.dumps(SHORT) + b"\n" + orjson.dumps(SHORT | wrong))
    with pytest.raises(ValueError, match=f"r.jsonl, object 2: {told}"):
        write(str(tmp_path / "r.jsonl"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_record_may_leave_out_what_it_does_not_know(tmp_path):
    part = {"start": 4, "end": 8}
    marks = {"entities": [MARK], "claims": [{"paragraph": "A/1", "content": part}]}
    (tmp_path / "r.jsonl").write_bytes(orjson.dumps(SHORT | marks | {"statements": None}))
    counts = export(str(tmp_path / "r.jsonl"), tmp_path / "out")
    assert counts["entities"] == counts["claims"] == 1 and not counts["statements"]
    (entity,) = parquet.read_table(tmp_path / "out" / "entities.parquet").to_pylist()
    (claim,) = parquet.read_table(tmp_path / "out" / "claims.parquet").to_pylist()
    assert (entity["text"], claim["content_text"], claim["cue_start"]) == ("Roe", "left", None)
    assert report(str(tmp_path / "r.jsonl"), tmp_path / "r.html")


def test_every_table_has_its_schema_with_descriptions(tables):
    for table, rows in tables.items():
        assert rows.schema.equals(schema(table))
        assert all(rows.schema.field(name).metadata[b"description"] for name in rows.column_names)


def test_rows_are_those_of_the_records(tables, run):
    counted = [orjson.loads(line) for line in (run / "cables.jsonl").read_bytes().splitlines()]
    assert tables["cables"].num_rows == 30
    for layer in ("paragraphs", "entities", "clusters", "statements", "claims"):
        assert tables[layer].num_rows == sum(len(record[layer]) for record in counted) > 0


KEYS = {
    "cables": ["cable_id"],
    "paragraphs": ["paragraph_id"],
    "entities": ["entity_id"],
    "clusters": ["cable_id", "cluster"],
    "statements": ["statement_id"],
    "claims": ["claim_id"],
}


@pytest.mark.parametrize("table, key", KEYS.items())
def test_keys_are_unique_and_never_null(tables, table, key):
    rows = tables[table].select(key).to_pylist()
    values = [tuple(row.values()) for row in rows]
    assert len(set(values)) == len(values) and all(None not in value for value in values)


def test_offsets_point_at_the_text(tables):
    texts = {row["paragraph_id"]: row["text"] for row in tables["paragraphs"].to_pylist()}
    for table in ("entities", "statements"):
        assert all(
            texts[row["paragraph_id"]][row["start"] : row["end"]] == row["text"]
            for row in tables[table].to_pylist()
        )


def test_a_claim_knows_its_speaker(tables):
    claim = tables["claims"].to_pylist()[0]
    cluster = next(
        row
        for row in tables["clusters"].to_pylist()
        if (row["cable_id"], row["cluster"]) == (claim["cable_id"], claim["speaker_cluster"])
    )
    assert claim["speaker_name"] == cluster["name"] == claim["source_text"]
    assert claim["speaker_label"] == "OFFICIAL"


def test_what_is_not_linked_has_no_id(tmp_path):
    (record,) = records(1)
    for cluster in record["clusters"]:
        cluster["kb_id"] = ""
    (tmp_path / "cables.jsonl").write_bytes(orjson.dumps(record))
    export(str(tmp_path), tmp_path)
    clusters = parquet.read_table(tmp_path / "clusters.parquet")
    claims = parquet.read_table(tmp_path / "claims.parquet")
    assert claims["speaker_cluster"].null_count < claims.num_rows
    assert clusters["kb_id"].null_count == clusters.num_rows
    assert claims["speaker_kb_id"].null_count == claims.num_rows


def test_times_are_times(tables):
    column = tables["cables"]["created"]
    assert (
        pa.types.is_timestamp(column.type)
        and column[0].as_py().year == tables["cables"]["year"][0].as_py()
    )


def test_csv_holds_the_same(run, tables, tmp_path):
    counts = export(str(run), tmp_path, to="csv")
    for table in TABLES:
        with open(tmp_path / f"{table}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == counts[table] == tables[table].num_rows
        assert list(rows[0]) == list(TABLES[table])
    assert not list(tmp_path.glob(".*"))


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="cablespan annotate"):
        export(str(tmp_path), tmp_path / "out")


def test_questions_are_answered(run, tmp_path):
    export(str(run), tmp_path)
    script = Path(__file__).parents[2] / "scripts/questions.py"
    answers = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, check=True
    ).stdout
    assert answers.count("?") == 3 and "President Ulanov" in answers and "Embassy" in answers
