"""The register of a run: who is one across cables, who is not, and that it comes out the same."""

import os
import sys

import duckdb
import orjson
import pytest
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.components.entities.person_names import parse_person
from cablespan.runs.batch import annotate
from cablespan.runs.batch.folder import Folder
from cablespan.runs.batch.manifest import Manifest
from cablespan.runs.batch.results import Results
from cablespan.runs.export import export
from cablespan.runs.register import register
from cablespan.runs.register.people import Entries, Pair, _attached

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
    person = parse_person(name)
    return {
        "label": "OFFICIAL",
        "name": name,
        "given_name": person.given,
        "family_name": person.family,
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


def test_of_two_rivals_a_surname_is_whom_far_more_cables_name():
    pairs, alone = [Pair(1, 3, 0.99), Pair(2, 3, 0.95)], {3}
    assert list(_attached(Entries({}, []), pairs, alone, {1: 1, 2: 1})) == []
    (found,) = _attached(Entries({}, []), pairs, alone, {1: 30, 2: 1})
    assert found[:2] == (1, 3)


def test_an_office_without_a_name_is_nobody_beyond_its_cable(tmp_path):
    offices = [official("Pol Chief"), official("Governor of Viken", "Governor")]
    run = write(
        tmp_path / "run",
        cable("07OSLO1", "2007-01-01", *offices),
        cable("07OSLO2", "2007-01-02", *offices),
        *crowd(),
    )
    register(str(run))
    names = [name for name, _ in entries(run)]
    assert (names.count("Pol Chief"), names.count("Governor of Viken")) == (2, 2)


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
    assert len(files[0]) == 5
    assert [f.read_bytes() for f in files[0]] == [f.read_bytes() for f in files[1]]


def test_a_run_that_is_being_written_is_refused(tmp_path):
    run = write(tmp_path / "run", cable("07OSLO1", "2007-01-01", official("Ola Sund")))
    folder = Folder(str(run))
    folder.make()
    with folder.lock(), pytest.raises(BlockingIOError, match="a run is at work here; wait for it"):
        register(str(run))
    assert not (run / "register").exists()


def test_an_unfinished_run_is_refused(tmp_path):
    run = annotated(tmp_path, SHARDED)
    manifest = (run / "manifest.jsonl").read_bytes().splitlines(keepends=True)
    (run / "manifest.jsonl").write_bytes(b"".join(manifest[:-1]))
    with pytest.raises(ValueError, match="the run is not finished.*go on with --resume"):
        register(str(run))


ONE = [cable("07OSLO1", "2007-01-01", official("Ola Sund"), body("Fjord Bank"))]
TWO = [*ONE, cable("07OSLO2", "2007-02-01", official("Ola Sund"), body("Commission"))]


def ids(folder):
    return {row["name"]: row["id"] for table in ("people", "bodies") for row in rows(folder, table)}


def test_a_cable_added_later_keeps_the_ids(tmp_path):
    run = write(tmp_path / "run", *TWO)
    register(str(run))
    before = ids(run)
    earlier = cable("06OSLO9", "2006-01-01", official("Ola Sund"), body("Fjord Bank"))
    write(run, earlier, *TWO)
    register(str(run))
    assert ids(run) == before
    assert next(row for row in rows(run, "people"))["first_cable"] == "06OSLO9"
    assert rows(run, "merged_ids") == []


def test_the_id_of_an_entry_that_is_merged_is_known_as_the_other(tmp_path):
    banks = [body("Fjord Bank"), body("Bank of the Fjords")]
    run = write(tmp_path / "run", cable("07OSLO1", "2007-01-01", *banks))
    register(str(run))
    before = ids(run)
    linked = [dict(bank, kb_id="body:FJORD_BANK/NO") for bank in banks]
    write(run, cable("07OSLO1", "2007-01-01", *linked))
    register(str(run))
    assert list(ids(run).values()) == [before["Fjord Bank"]]
    merged = {"old_id": before["Bank of the Fjords"], "id": before["Fjord Bank"]}
    assert rows(run, "merged_ids") == [merged]
    register(str(run))
    assert rows(run, "merged_ids") == [merged]


def test_an_entry_that_is_split_gives_no_id_twice(tmp_path):
    linked = [dict(bank, kb_id="body:BANK/NO") for bank in (body("Fjord Bank"), body("Sound Bank"))]
    run = write(tmp_path / "run", cable("07OSLO1", "2007-01-01", *linked))
    register(str(run))
    (before,) = ids(run).values()
    write(run, cable("07OSLO1", "2007-01-01", body("Fjord Bank"), body("Sound Bank")))
    register(str(run))
    after = ids(run)
    assert after["Fjord Bank"] == before != after["Sound Bank"]


SHARDED = {"shard_size": 2}


def annotated(tmp_path, options):
    """A run of `annotate` on three small cables."""
    texts = ("President Ola Sund left Oslo.", "Ola Sund met the Fjord Bank.", "It rained in Oslo.")
    lines = [
        {"text": text, "meta": {"id": f"07OSLO{number}", "date": "2007-01-01"}}
        for number, text in enumerate(texts)
    ]
    source = tmp_path / "cables.jsonl"
    source.write_bytes(
        b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    )
    annotate([str(source)], str(tmp_path / "run"), workers=1, **options)
    return tmp_path / "run"


@pytest.mark.parametrize("options", [{}, SHARDED], ids=["one file", "shards"])
def test_records_carry_the_ids_and_the_manifest_fits(tmp_path, options):
    run = annotated(tmp_path, options)
    register(str(run))
    manifest = Manifest.load(Folder(str(run)))
    assert manifest.damage(Folder(str(run))) == {}
    clusters = [c for record in Results(str(run)).records() for c in record["clusters"]]
    member = {(row["cable"], row["cluster"]): row["id"] for row in rows(run, "members")}
    assert sorted(filter(None, (c.get("entity_id") for c in clusters))) == sorted(member.values())
    whole = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    register(str(run))
    assert {name: (run / name).read_bytes() for name in whole} == whole
    assert annotate(manifest.settings["inputs"], str(run), workers=1, resume=True, **options) == 0


def test_a_failure_changes_nothing_and_a_swap_that_was_cut_off_is_done(tmp_path, monkeypatch):
    run = annotated(tmp_path, SHARDED)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    real = os.replace

    def cut_off(source, place):
        if str(place).endswith("cables-00001.jsonl.gz"):
            raise KeyboardInterrupt
        real(source, place)

    monkeypatch.setattr("cablespan.runs.register.records.encode", lambda record: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        register(str(run))
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()} == before
    monkeypatch.undo()
    monkeypatch.setattr(os, "replace", cut_off)
    with pytest.raises(KeyboardInterrupt):
        register(str(run))
    monkeypatch.undo()
    register(str(run))
    assert Manifest.load(Folder(str(run))).damage(Folder(str(run))) == {}


def test_the_tables_of_a_run_carry_the_ids(tmp_path):
    run = write(tmp_path / "run", *TWO)
    register(str(run))
    tables = tmp_path / "tables"
    export(str(run), tables)
    known = set(ids(run).values())
    for table in ("entities", "clusters"):
        found = duckdb.sql(f"SELECT register_id FROM '{tables / table}.parquet'").fetchall()
        assert {id for (id,) in found} <= known | {None}
        assert len(found) == 4


def test_annotate_registers_at_the_end_unless_told_otherwise(tmp_path):
    source = tmp_path / "cables.jsonl"
    source.write_text('{"text": "President Ola Sund left Oslo.", "meta": {"id": "07OSLO1"}}\n')
    for options, registered in (([], True), (["--no-register"], False)):
        run = tmp_path / f"run{len(options)}"
        call = ["annotate", str(source), "-o", str(run), "--workers", "1", *options]
        assert CliRunner().invoke(app, call).exit_code == 0
        assert (run / "register").exists() == registered


def test_without_splink_the_command_says_what_to_install(tmp_path, monkeypatch):
    run = write(tmp_path / "run", cable("07OSLO1", "2007-01-01", official("Ola Sund")))
    monkeypatch.setitem(sys.modules, "splink", None)
    result = CliRunner().invoke(app, ["register", str(run)])
    assert result.exit_code == 2
    assert "pip install 'cablespan[register]'" in result.output


def decide(folder, *lines):
    """A file of decisions; text as it stands, others as JSON."""
    file = folder / "decided.jsonl"
    texts = (line if isinstance(line, str) else orjson.dumps(line).decode() for line in lines)
    file.write_text("".join(f"{text}\n" for text in texts))
    return file


BANKS = [
    cable("07OSLO1", "2007-01-01", body("Fjord Bank")),
    cable("07OSLO2", "2007-01-02", body("Bank of the Fjords")),
    cable("07OSLO3", "2007-01-03", body("Sound Bank")),
    cable("07OSLO4", "2007-01-04", body("Sound Bank")),
]


def test_people_merge_split_and_rename_and_a_new_run_does_not_undo_it(tmp_path):
    run = write(tmp_path / "run", *BANKS)
    register(str(run))
    before = ids(run)
    file = decide(
        tmp_path,
        {"action": "merge", "id": before["Fjord Bank"], "into": before["Bank of the Fjords"]},
        {"action": "split", "id": before["Sound Bank"], "members": ["07OSLO4/1:0"]},
        {"action": "rename", "id": before["Sound Bank"], "name": "Bank of the Sound"},
    )
    assert register(str(run), file).faults == []
    decided = entries(run, "bodies")
    assert decided == [
        ("Bank of the Fjords", ["07OSLO1", "07OSLO2"]),
        ("Bank of the Sound", ["07OSLO3"]),
        ("Sound Bank", ["07OSLO4"]),
    ]
    assert ids(run)["Bank of the Fjords"] == before["Bank of the Fjords"]
    files = {path.name: path.read_bytes() for path in (run / "register").iterdir()}
    for given in (None, file):
        assert register(str(run), given).faults == []
        assert {path.name: path.read_bytes() for path in (run / "register").iterdir()} == files
    write(run, *BANKS, cable("07OSLO5", "2007-01-05", body("Fjord Bank")))
    register(str(run))
    assert ["07OSLO1", "07OSLO2", "07OSLO5"] in [cables for _, cables in entries(run, "bodies")]


def test_decisions_hold_for_a_run_that_was_never_registered(tmp_path):
    known = write(tmp_path / "known", *BANKS)
    register(str(known))
    of = ids(known)
    run = write(tmp_path / "run", *BANKS)
    merge = {"action": "merge", "id": of["Fjord Bank"], "into": of["Bank of the Fjords"]}
    register(str(run), decide(tmp_path, merge))
    assert ids(run)["Bank of the Fjords"] == of["Bank of the Fjords"]
    assert of["Fjord Bank"] not in ids(run).values()


def test_a_decision_that_cannot_be_is_named_with_its_line_and_the_others_hold(tmp_path):
    run = write(tmp_path / "run", *BANKS, cable("07OSLO9", "2007-02-02", official("Ola Sund")))
    register(str(run))
    of = ids(run)
    fjord, fjords, sound = (of[name] for name in ("Fjord Bank", "Bank of the Fjords", "Sound Bank"))
    file = decide(
        tmp_path,
        {"action": "merge", "id": "bodies/none", "into": fjord},
        '{"action": "merge", "id": ',
        {"action": "merge", "id": fjord, "into": fjords},
        {"action": "merge", "id": fjords, "into": fjord},
        {"action": "rename", "id": sound},
        {"action": "split", "id": sound, "members": ["07OSLO1/1:0"]},
        {"action": "merge", "id": of["Ola Sund"], "into": sound},
        {"action": "burn", "id": sound},
    )
    call = ["register", str(run), "--decisions", str(file)]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 1
    told = result.output.replace("\n", " ")
    for line, reason in (
        (1, "bodies/none is no id of this register; look it up in its tables"),
        (2, "not JSON"),
        (4, f"a cycle of merges ({fjords} into {fjord} into {fjords}); take one of them out"),
        (5, "a rename without `name`; write id and name"),
        (6, f"07OSLO1/1:0 is no member of {sound}; take keys of members.parquet"),
        (7, "are of two kinds; merge what is of one"),
        (8, "no `action`; write one of merge, split, rename"),
    ):
        assert f"{file}, line {line}: " in told
        assert reason in told
    assert ("Bank of the Fjords", ["07OSLO1", "07OSLO2"]) in entries(run, "bodies")
