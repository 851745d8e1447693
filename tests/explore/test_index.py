"""Runs into one SQLite file: rows that join, full text, runs that are added, what is refused."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import orjson
import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlite_utils import Database
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.explore.index import index
from cablespan.explore.schema import TABLES, VIEWS
from made_up import records

DOCS = Path(__file__).resolve().parents[2] / "docs" / "explore.md"


def cable(id, *paragraphs, references=(), **header):
    """A record without annotations; paragraphs are texts."""
    references = [{"value": name, "kind": "cable", "text": name} for name in references]
    texts = [{"id": f"{id}/{n}", "number": n, "text": text} for n, text in enumerate(paragraphs, 1)]
    header = {**header, "references": references}
    return {"id": id, "meta": {}, "source": {}, "header": header, "paragraphs": texts}


def run(folder, *lines, name="cables.jsonl"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return str(folder)


@pytest.fixture
def built(tmp_path):
    """Builds a database of records and opens it."""

    def build(*lines, name="run"):
        index([run(tmp_path / name, *lines)], tmp_path / "cables.db")
        return sqlite3.connect(tmp_path / "cables.db")

    return build


def found(database, words):
    query = """SELECT paragraphs.name FROM paragraphs_fts JOIN paragraphs ON paragraphs.id = rowid
        WHERE paragraphs_fts MATCH ? ORDER BY paragraphs.id"""
    return [
        name
        for (name,) in database.execute(query.replace("= rowid", "= paragraphs_fts.rowid"), [words])
    ]


BEKOV = "Minister Bekov said that Embassy Astana would pay."


def annotated():
    record = cable(
        "07ASTANA454",
        "Nothing.",
        BEKOV,
        created="2007-02-21T09:41:00",
        origin="Embassy Astana",
        tags=["ECON", "KZ", "ECON"],
    )
    place = {"paragraph": "07ASTANA454/2"}
    person = {"named": True, "office": "Minister", "country": "KZ", "family_name": "Bekov"}
    named = {"cluster": 3, "label": "OFFICIAL", "name": "Minister Bekov", "mentions": 1}
    record["clusters"] = [{**named, **person, "kb_id": ""}]
    record["entities"] = [
        place | {"start": 0, "end": 14, "label": "OFFICIAL", "cluster": 3, "score": 0.98},
        place | {"start": 25, "end": 39, "label": "AGENCY", "kb_id": "post:ASTANA"},
    ]
    record["statements"] = [place | {"start": 0, "end": 50, "label": "CLAIM", "score": 0.9}]
    record["claims"] = [
        place | {"source": {"start": 0, "end": 14}, "cue": {"start": 15, "end": 19},
                 "content": {"start": 25, "end": 49}, "speaker": 3, "certainty": "asserted"},
        place | {"content": {"start": 25, "end": 49}, "speaker": "post:ASTANA"},
    ]  # fmt: skip
    return record


def test_a_claim_is_read_with_its_words_and_its_cable(built):
    rows = built(annotated()).execute(
        "SELECT speaker, certainty, label, source, cue, content, cable, year, number FROM sayings"
    )
    assert rows.fetchall() == [
        ("Minister Bekov", "asserted", "CLAIM", "Minister Bekov", "said",
         "Embassy Astana would pay", "07ASTANA454", 2007, 2),
        ("Embassy Astana", None, "CLAIM", None, None,
         "Embassy Astana would pay", "07ASTANA454", 2007, 2),
    ]  # fmt: skip


def test_marks_join_their_clusters_and_who_they_are(built):
    database = built(annotated())
    rows = database.execute(
        """SELECT words, mentions.name, score, register.name, roles
        FROM mentions LEFT JOIN register ON register.id = entity_id"""
    )
    assert rows.fetchall() == [
        ("Minister Bekov", "Minister Bekov", 98, "Minister Bekov", '["Minister"]'),
        ("Embassy Astana", None, None, None, None),
    ]
    assert database.execute("SELECT words, score FROM sentences").fetchall() == [(BEKOV, 90)]
    assert database.execute("SELECT tag FROM cable_tags").fetchall() == [("ECON",), ("KZ",)]
    assert database.execute("SELECT name, country, round(latitude) FROM posts").fetchall() == [
        ("Embassy Astana", "KZ", 51)
    ]


def test_words_are_found_by_stem_and_without_diacritics(built):
    database = built(cable("07OSLO1", "The fisheries agreements.", "Señor Núñez left."))
    assert found(database, "fishery agreement") == ["07OSLO1/1"]
    assert found(database, "senor nunez") == ["07OSLO1/2"]
    assert found(database, '"agreements fisheries"') == []


def test_a_run_is_added_and_a_cable_that_comes_again_is_replaced(built):
    built(cable("07OSLO1", "Herring."), cable("07OSLO2", "Cod.", references=["07OSLO9", "07OSLO1"]))
    database = built(
        annotated(), cable("07OSLO1", "Salmon."), cable("07OSLO9", "Eel."), name="later"
    )
    assert (found(database, "herring"), found(database, "salmon OR cod")) == (
        [],
        ["07OSLO2/1", "07OSLO1/1"],
    )
    assert found(database, "bekov") == ["07ASTANA454/2"]
    targets = (
        "SELECT r.name, cables.name FROM cable_references r JOIN cables ON target_id = cables.id"
    )
    assert sorted(database.execute(targets)) == [("07OSLO1", "07OSLO1"), ("07OSLO9", "07OSLO9")]
    # FTS5 compares its index with the text of the rows.
    database.execute(
        "INSERT INTO paragraphs_fts (paragraphs_fts, rank) VALUES ('integrity-check', 1)"
    )
    assert database.execute("SELECT path FROM runs").fetchall()[1][0].endswith("later")


def test_what_a_replaced_cable_named_is_counted_no_more(built):
    built(annotated())
    database = built(cable("07ASTANA454", "Nothing at all."), name="later")
    assert not database.execute("SELECT * FROM register").fetchall()
    assert not database.execute("SELECT * FROM entities").fetchall()


def test_a_post_has_one_name_however_its_cables_spell_it(built):
    spelt = ("Embassy Bamako", "AMEMBASSY BAMAKO")
    database = built(*(cable(f"07BAMAKO{n}", origin=name) for n, name in enumerate(spelt, 1)))
    assert database.execute("SELECT DISTINCT origin FROM cables").fetchall() == [
        ("Embassy Bamako",)
    ]


def test_where_somebody_appears_is_found_by_who_he_is(built):
    query = """SELECT label, paragraphs.name FROM appearances
        JOIN register ON register.id = entity_id JOIN paragraphs ON paragraphs.id = paragraph_id"""
    assert built(annotated()).execute(query).fetchall() == [("OFFICIAL", "07ASTANA454/2")]


def test_labels_of_ones_own_come_along(tmp_path):
    folder = run(tmp_path / "run", cable("07OSLO1", "Herring."))
    ship = {"extend": True, "entities": {"VESSEL": {"definition": "a ship"}}}
    (tmp_path / "run" / "labels.json").write_bytes(orjson.dumps(ship))
    index([folder], tmp_path / "cables.db")
    database = sqlite3.connect(tmp_path / "cables.db")
    ((labels,),) = database.execute("SELECT value FROM meta WHERE key = 'labels'")
    assert "VESSEL" in orjson.loads(labels)["entities"]


def entry(id, name, **facts):
    """A row of a table of the register."""
    return {
        "id": id, "name": name, "names": [{"name": name, "count": 2}], "countries": ["KZ"],
        "roles": [{"role": "Minister", "country": "KZ"}, {"role": "Minister", "country": None}],
        "first_cable": "07ASTANA454", "last_cable": "07ASTANA454", "kb_id": None,
        "probability": 0.97, **facts,
    }  # fmt: skip


def test_the_register_of_a_run_says_who_is_who(tmp_path):
    record = annotated()
    record["clusters"][0]["entity_id"] = "people/1"
    folder = Path(run(tmp_path / "run", record))
    (folder / "register").mkdir()
    bekov = entry("people/1", "Almaz Bekov", cables=1)
    post = entry("bodies/7", "Embassy Astana", kb_id="post:ASTANA", probability=1.0)
    for table, rows in (("people", [bekov]), ("bodies", [post])):
        parquet.write_table(pa.Table.from_pylist(rows), folder / "register" / f"{table}.parquet")
    for overwrite in (True, False):  # built, and then added to with the same cable
        index([str(folder)], tmp_path / "cables.db", overwrite=overwrite)
        database = sqlite3.connect(tmp_path / "cables.db")
        assert database.execute(
            "SELECT name, names, roles, mentions, probability FROM people"
        ).fetchall() == [("Almaz Bekov", '["Almaz Bekov"]', '["Minister"]', 1, 0.97)]
        speakers = (
            "SELECT register.name FROM sayings JOIN register ON register.id = speaker_entity_id"
        )
        assert database.execute(speakers).fetchall() == [("Almaz Bekov",), ("Embassy Astana",)]
        database.close()


def test_rows_of_many_cables_are_those_of_their_records(tmp_path):
    lines = list(records(700))
    counts = index([run(tmp_path / "run", *lines)], tmp_path / "cables.db")
    for table in ("paragraphs", "clusters", "entities", "statements", "claims"):
        assert counts[table] == sum(len(line[table]) for line in lines)
    database = sqlite3.connect(tmp_path / "cables.db")
    (first,) = database.execute(
        """SELECT mentions, cables, first_cable FROM people
        WHERE name = 'President Ulanov' ORDER BY mentions DESC LIMIT 1"""
    )
    assert first[0] >= first[1] > 1 and first[2]


@pytest.mark.parametrize("cut", ['{"id": "A"', "5\n"])
def test_a_torn_run_leaves_the_database_as_it_was(tmp_path, built, cut):
    built(cable("07OSLO1", "Herring.")).close()
    before = (tmp_path / "cables.db").read_bytes()
    folder = Path(run(tmp_path / "torn", cable("07OSLO2", "Cod.")))
    with (folder / "cables.jsonl").open("a") as file:
        file.write(cut)
    result = CliRunner().invoke(app, ["index", str(folder), "-o", str(tmp_path / "cables.db")])
    assert result.exit_code == 2 and re.search(
        r"cables\.jsonl, (line|object) 2: .*; ", result.output.replace("\n", " ")
    )
    assert (tmp_path / "cables.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cables.db", "run", "torn"]


def test_a_run_that_is_still_being_written_is_refused(tmp_path):
    folder = Path(run(tmp_path / "run", cable("07OSLO1", "Herring.")))
    start = {"schema": "cablespan.manifest/1", "started": "2026-01-01T00:00:00+00:00"}
    (folder / "manifest.jsonl").write_bytes(orjson.dumps(start) + b"\n")
    with pytest.raises(ValueError, match=r"run: the run is not finished: .*--resume"):
        index([str(folder)], tmp_path / "cables.db")
    assert not (tmp_path / "cables.db").exists()


def test_another_schema_or_another_file_is_refused(tmp_path, built):
    database = built(cable("07OSLO1", "Herring."))
    database.execute("UPDATE meta SET value = '0' WHERE key = 'schema'")
    database.commit()
    database.close()
    again = [str(tmp_path / "run")]
    with pytest.raises(
        ValueError, match=r"cables.db: its schema is 0, that of this cablespan \d+; build it anew"
    ):
        index(again, tmp_path / "cables.db")
    assert index(again, tmp_path / "cables.db", overwrite=True)["cables"] == 1
    (tmp_path / "notes.txt").write_text("Not a database. " * 100)
    with pytest.raises(ValueError, match=r"notes.txt: no database of cablespan .*; give --output"):
        index(again, tmp_path / "notes.txt")


def test_the_docs_list_every_table_column_and_view(built):
    listed = DOCS.read_text()
    for table, columns in TABLES.items():
        for column, (_, words) in columns.items():
            assert (
                f"| `{column}` | {words} |" in listed.split(f"#### {table}\n")[1].split("####")[0]
            )
    database = built(cable("07OSLO1", "Herring."))
    views = {
        name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")
    }
    assert views == set(VIEWS) and all(f"| `{view}` |" in listed for view in views)


def test_a_full_disk_leaves_the_database_as_it_was(tmp_path, built, monkeypatch):
    built(cable("07OSLO1", "Herring.")).close()
    before = (tmp_path / "cables.db").read_bytes()

    def small(connection):
        connection.execute(f"PRAGMA max_page_count = {len(before) // 8192 + 1}")
        return Database(connection)

    monkeypatch.setattr("cablespan.explore.index.Database", small)
    long = run(tmp_path / "long", *(cable(f"07OSLO{n}", "Cod. " * 1000) for n in range(2, 50)))
    result = CliRunner().invoke(app, ["index", long, "--output", str(tmp_path / "cables.db")])
    assert result.exit_code == 2
    assert "cables.db: No space left on device; make room" in result.output.replace("\n", "")
    assert (tmp_path / "cables.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cables.db", "long", "run"]


def test_without_the_extra_the_command_says_how_to_get_it(tmp_path):
    code = "import sys; sys.modules['sqlite_utils'] = None; from cablespan.cli import app; app()"
    command = [sys.executable, "-c", code, "index", run(tmp_path / "run", cable("07OSLO1", "Cod."))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    told = "sqlite_utils is not installed; index needs it: pip install 'cablespan[explore]'"
    assert done.returncode == 2 and told in done.stderr
