"""The command line: help with an example for each command, exit codes, and a quick start."""

import re
import subprocess
import sys
from importlib.util import find_spec

import orjson
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cablespan import cli, read

COMMANDS = sorted(get_command(cli.app).commands)
CABLE = {
    "text": "The Embassy told the Ministry that the case is closed.\n\nPost will report.",
    "meta": {"id": "07ASTANA1"},
}
runner = CliRunner()


@pytest.fixture
def dump(tmp_path):
    path = tmp_path / "dump.jsonl"
    path.write_bytes(orjson.dumps(CABLE) + b"\nno json\n")
    return path


def test_the_commands_of_the_contract():
    contract = "annotate read show review agree adjudicate convert train evaluate report export"
    assert set(contract.split()) <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command):
    result = runner.invoke(cli.app, [command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert result.exit_code == 0
    assert f"cablespan {command} " in re.sub(r"\s+", " ", result.output), "no example"


def test_read_gives_records_and_tells_of_rejects(dump, tmp_path):
    result = runner.invoke(
        cli.app, ["read", str(dump), "--output", str(tmp_path / "records.jsonl")]
    )
    assert result.exit_code == 1
    [record] = map(orjson.loads, (tmp_path / "records.jsonl").read_bytes().splitlines())
    assert (
        record["id"] == "07ASTANA1" and len(record["paragraphs"]) == 2 and "entities" not in record
    )
    assert "line 2" in result.stderr


def test_records_stay_where_no_cable_can_be_read_or_reading_ends(dump, tmp_path, monkeypatch):
    records = tmp_path / "records.jsonl"
    records.write_text("of yesterday\n")
    (tmp_path / "empty.txt").touch()
    for name in ("typo.jsonl", "empty.txt"):
        command = ["read", str(tmp_path / name), "--output", str(records)]
        assert runner.invoke(cli.app, command).exit_code == 2
    monkeypatch.setattr("cablespan.runs.batch.reading.cable_record", interrupted)
    runner.invoke(cli.app, ["read", str(dump), "--output", str(records)])
    assert records.read_text() == "of yesterday\n"
    assert {path.name for path in tmp_path.iterdir()} == {
        "records.jsonl",
        "empty.txt",
        "dump.jsonl",
    }


def interrupted(*_):
    raise KeyboardInterrupt


def test_a_link_to_itself_costs_no_record(dump, tmp_path):
    loop, records = tmp_path / "loop.jsonl", tmp_path / "records.jsonl"
    loop.symlink_to(loop)
    result = runner.invoke(cli.app, ["read", str(dump), str(loop), "--output", str(records)])
    assert result.exit_code == 1 and "loop.jsonl" in result.stderr
    assert records.stat().st_size


def test_a_full_disk_is_one_sentence_with_a_remedy(dump):
    result = runner.invoke(cli.app, ["read", str(dump), "--output", "/dev/full"])
    assert result.exit_code == 2
    assert "cablespan read: No space left on device; make room" in result.stderr


@pytest.mark.skipif(find_spec("gcsfs") is not None, reason="the file system is there")
def test_a_file_system_that_is_not_installed_is_named(tmp_path):
    for command in (["read"], ["annotate", "--output", str(tmp_path / "run")]):
        result = runner.invoke(cli.app, [*command, "gs://bucket/dump.csv"])
        assert result.exit_code == 2
        assert f"cablespan {command[0]}: Please install gcsfs" in result.stderr


def test_nothing_read_and_bad_usage_are_2(tmp_path):
    (tmp_path / "empty.txt").touch()
    assert runner.invoke(cli.app, ["read", str(tmp_path / "empty.txt")]).exit_code == 2
    assert (
        runner.invoke(
            cli.app, ["annotate", "x", "--engine", "abacus", "--output", str(tmp_path)]
        ).exit_code
        == 2
    )
    missing = runner.invoke(
        cli.app, ["annotate", "x", "--output", str(tmp_path / "o"), "--model", "no/such/model"]
    )
    assert (
        missing.exit_code == 2
        and "no/such/model" in missing.stderr
        and "Traceback" not in missing.stderr
    )
    export = runner.invoke(cli.app, ["export", str(tmp_path), str(tmp_path / "out")])
    assert export.exit_code == 2 and "cablespan annotate" in export.stderr


@pytest.mark.parametrize("command", [["read"], ["annotate", "--output", "run"]])
def test_an_input_without_a_name_is_no_folder(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text("SUBJECT: FISH\n\n1. (U) All is well.")
    result = runner.invoke(cli.app, [*command, ""])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the input's name is empty: give a file" in result.stderr
    with pytest.raises(FileNotFoundError, match="the input's name is empty"):
        read("")


def test_help_loads_nothing_heavy():
    heavy = {"spacy", "lxml", "pandas", "sqlalchemy", "altair", "ray", "numpy"}
    code = "import sys; from cablespan.cli import app; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not heavy & set(loaded)
