"""The register of a run: who is one across cables, who is not, and that it comes out the same."""

import sys

import duckdb
import orjson
import pytest

from cablespan.runs.batch.folder import LOCK
from cablespan.runs.register import register

POSTS = {"OSLO": "Embassy Oslo", "LIMA": "Embassy Lima"}


def cable(id, date, *clusters):
    """A record that names each cluster once: facts as `annotate` writes them."""
    post = id.strip("0123456789")
    record = {"id": id, "meta": {}, "source": {}, "header": {"created": date}, "entities": []}
    record["header"]["origin"] = POSTS[post]
    record["paragraphs"] = [{"id": f"{id}/1", "kind": "text", "text": ""}]
    record["clusters"] = [dict(cluster, cluster=number) for number, cluster in enumerate(clusters)]
    for number, cluster in enumerate(clusters):
        start = len(record["paragraphs"][0]["text"])
        record["paragraphs"][0]["text"] += f"{cluster['name']}. "
        record["entities"].append(
            {
                "paragraph": f"{id}/1",
                "start": start,
                "end": start + len(cluster["name"]),
                "label": cluster["label"],
                "text": cluster["name"],
                "cluster": number,
            }
        )
    return record


def official(name, office=None, kb_id=None):
    return {
        "label": "OFFICIAL",
        "name": name,
        "named": True,
        "office": office,
        "kb_id": kb_id,
        "mentions": 1,
    }


def body(name, kb_id=None):
    return {"label": "AGENCY", "name": name, "kb_id": kb_id, "mentions": 1}


def write(folder, *records):
    folder.mkdir(exist_ok=True)
    lines = [orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records]
    (folder / "cables.jsonl").write_bytes(b"".join(lines))
    return folder


def rows(folder, table):
    cursor = duckdb.sql(f"SELECT * FROM '{folder / 'register' / table}.parquet'")
    return [dict(zip(cursor.columns, row, strict=True)) for row in cursor.fetchall()]


def entries(folder, table="people"):
    """The cables of each entry, by its name."""
    members = {}
    for member in rows(folder, "members"):
        members.setdefault(member["id"], []).append(member["cable"])
    return sorted((row["name"], members[row["id"]]) for row in rows(folder, table))


def crowd():
    """Others, so that a name is something rare."""
    given = ("Ane", "Bo", "Carl", "Dag", "Eli", "Finn", "Geir", "Hege", "Ida", "Jens", "Kai", "Odd")
    family = ("Aas", "Berg", "Dahl", "Eide", "Foss", "Gran", "Holm", "Juul", "Krog", "Lie", "Moe")
    names = [f"{g} {f}" for n, g in enumerate(given) for f in family[n % 3 :: 3]]
    return [cable(f"07OSLO{50 + n}", "2007-05-01", official(name)) for n, name in enumerate(names)]


def test_a_person_in_three_spellings_is_one(tmp_path):
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", official("Minister Sverre Lindqvist", "Energy Minister")),
        cable("07OSLO2", "2007-02-01", official("Sverre Lindkvist", "Energy Minister")),
        cable("07OSLO3", "2007-03-01", official("Sverre A. Lindqvist", "Energy Minister")),
        *crowd(),
    )
    register(str(run))
    assert ("Sverre A Lindqvist", ["07OSLO1", "07OSLO2", "07OSLO3"]) in entries(run)


def test_two_people_of_one_name_at_two_posts_and_times_stay_two(tmp_path):
    run = write(
        tmp_path / "run",
        cable("79LIMA1", "1979-01-01", official("Maria Perez", "Mayor")),
        cable("07OSLO2", "2007-02-01", official("Maria Perez", "Finance Minister")),
        *crowd(),
    )
    register(str(run))
    assert {("Maria Perez", ("79LIMA1",)), ("Maria Perez", ("07OSLO2",))} <= {
        (name, tuple(cables)) for name, cables in entries(run)
    }


def test_a_lexicon_id_decides(tmp_path):
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", official("Jan Roe", kb_id="person:Jan_Roe")),
        cable("07LIMA1", "2007-01-02", official("Johannes Roe", kb_id="person:Jan_Roe")),
        cable("07OSLO2", "2007-02-01", official("Jan Roe", kb_id="person:Jan_Roe_II")),
        *crowd(),
    )
    register(str(run))
    (first, second) = (row for row in rows(run, "people") if "Roe" in row["name"])
    assert {first["kb_id"], second["kb_id"]} == {"person:Jan_Roe", "person:Jan_Roe_II"}
    assert {first["cables"], second["cables"]} == {1, 2}


def test_a_surname_with_its_office_is_whom_the_country_knows_by_both(tmp_path):
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", official("President Ola Sund", "President")),
        cable("07OSLO2", "2007-02-01", official("President Sund", "President")),
        cable("07OSLO3", "2007-02-01", official("Sund")),
        *crowd(),
    )
    register(str(run))
    assert ("Ola Sund", ["07OSLO1", "07OSLO2"]) in [(n, c[:2]) for n, c in entries(run)]


def test_a_surname_that_may_be_either_is_neither(tmp_path):
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", official("President Ola Sund", "President")),
        cable("07OSLO2", "2007-01-01", official("President Kari Sund", "President")),
        cable("07OSLO3", "2007-02-01", official("President Sund", "President")),
        *crowd(),
    )
    register(str(run))
    assert ("Sund", ["07OSLO3"]) in entries(run)


def test_a_body_without_id_is_one_in_its_country_and_what_fits_many_stays_in_its_cable(tmp_path):
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", body("Board of Fjords"), body("Commission")),
        cable("07OSLO2", "2007-01-02", body("the Board of Fjords"), body("Commission")),
        cable("07LIMA1", "2007-01-03", body("Board of Fjords")),
    )
    register(str(run))
    assert entries(run, "bodies") == [
        ("Board of Fjords", ["07LIMA1"]),
        ("Board of Fjords", ["07OSLO1", "07OSLO2"]),
        ("Commission", ["07OSLO1"]),
        ("Commission", ["07OSLO2"]),
    ]


def test_an_unlinked_name_is_what_the_cables_of_its_country_link_it_to(tmp_path):
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", body("Fjord Bank", "body:FJORD_BANK/NO")),
        cable("07OSLO2", "2007-01-02", body("Fjord Bank")),
    )
    register(str(run))
    (entry,) = rows(run, "bodies")
    assert (entry["kb_id"], entry["first_cable"], entry["last_cable"]) == (
        "body:FJORD_BANK/NO",
        "07OSLO1",
        "07OSLO2",
    )
    assert [proof["how"] for proof in entry["evidence"]] == ["lexicon id", "name and country"]


def test_an_entry_says_names_roles_and_cables(tmp_path):
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", official("Minister Ola Sund", "Minister")),
        cable("08OSLO2", "2008-02-01", official("Ola Sund", "President")),
        *crowd(),
    )
    register(str(run))
    (entry,) = (row for row in rows(run, "people") if row["name"] == "Ola Sund")
    assert entry["names"] == [
        {"name": "Minister Ola Sund", "count": 1},
        {"name": "Ola Sund", "count": 1},
    ]
    assert [(role["role"], role["first"]) for role in entry["roles"]] == [
        ("Minister", "2007-01-01"),
        ("President", "2008-02-01"),
    ]
    assert entry["countries"] == ["NO"]


def test_the_same_run_gives_the_same_bytes(tmp_path):
    records = [
        cable("07OSLO1", "2007-01-01", official("Ola Sund"), body("Fjord Bank")),
        cable("07OSLO2", "2007-02-01", official("President Sund", "President")),
        *crowd(),
    ]
    folders = [write(tmp_path / name, *records) for name in ("one", "other")]
    for folder in (*folders, folders[0]):
        register(str(folder))
    files = [sorted((folder / "register").iterdir()) for folder in folders]
    assert len(files[0]) == 4
    assert [f.read_bytes() for f in files[0]] == [f.read_bytes() for f in files[1]]


def test_a_run_that_is_being_written_is_refused(tmp_path):
    run = write(tmp_path / "run", cable("07OSLO1", "2007-01-01", official("Ola Sund")))
    (run / LOCK).parent.mkdir()
    (run / LOCK).write_text("process 1")
    with pytest.raises(ValueError, match="a run is at work here; wait for it"):
        register(str(run))
    assert not (run / "register").exists()


def test_without_splink_the_command_says_what_to_install(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from cablespan.cli import app

    run = write(tmp_path / "run", cable("07OSLO1", "2007-01-01", official("Ola Sund")))
    monkeypatch.setitem(sys.modules, "splink", None)
    result = CliRunner().invoke(app, ["register", str(run)])
    assert result.exit_code == 2
    assert "pip install 'cablespan[register]'" in result.output
