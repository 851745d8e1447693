"""A reader that another package brings: known by its name and by what it knows."""

import sys

import pytest
from typer.testing import CliRunner

from cablespan import cli
from cablespan.reading import formats as public_formats
from cablespan.reading import parse, read, scan
from cablespan.reading.formats import OWN, _plug_ins, find_format, formats, reader_of

TELEX = """
from cablespan.reading.assembly import assemble

def knows(head):
    return head.startswith("%TELEX")

def read(text, path, notes):
    yield assemble(text, path=path, format="telex", start=len("%TELEX"), notes=notes)
"""
MESSAGE = "%TELEX\nSUBJECT: FISH\n\n1. (U) All is well.\n"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a package with entry points of readers on the path, as pip would."""
    monkeypatch.syspath_prepend(tmp_path)

    def installed(**readers: str) -> None:
        (tmp_path / "telegraphy.py").write_text(TELEX)
        facts = tmp_path / "telegraphy-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text("Name: telegraphy\nVersion: 1.0\n")
        lines = [f"{name} = {place}" for name, place in readers.items()]
        (facts / "entry_points.txt").write_text("\n".join(["[cablespan_readers]", *lines]))
        forget()

    yield installed
    forget()
    sys.modules.pop("telegraphy", None)


def forget():
    _plug_ins.cache_clear()
    reader_of.cache_clear()


def test_a_reader_of_another_package(install, tmp_path):
    install(telex="telegraphy")
    assert public_formats() == ["telex", *OWN]
    assert find_format(MESSAGE) == "telex" and find_format("1. (U) All is well.") == "text"
    assert parse(MESSAGE).header.subject == "FISH"
    (tmp_path / "a.tlx").write_text(MESSAGE)
    (cable,) = read(tmp_path / "a.tlx", "telex")
    assert cable.source.format == "telex"
    result = CliRunner().invoke(cli.app, ["read", str(tmp_path / "a.tlx"), "--format", "telex"])
    assert result.exit_code == 0 and '"format":"telex"' in result.output


def test_two_readers_of_one_name_are_an_error(install):
    install(csv="telegraphy")
    with pytest.raises(ValueError, match="reader 'csv' of telegraphy: cablespan has one"):
        formats()


def test_an_object_without_the_functions_is_no_reader(install):
    install(telex="telegraphy:assemble")
    with pytest.raises(ValueError, match=r"telegraphy:assemble is no reader: it needs knows\(head"):
        reader_of("telex")


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(ValueError, match="no format 'abacus': there are jsonl, csv"):
        reader_of("abacus")
    result = CliRunner().invoke(cli.app, ["read", "a.txt", "--format", "abacus"])
    assert result.exit_code == 2 and "abacus" in result.output
    told = CliRunner().invoke(cli.app, ["read", "--help"], env={"COLUMNS": "200"}).output
    assert all(name in told for name in OWN)


def test_a_reader_that_fails_costs_no_other_file(install, tmp_path):
    install(telex="telegraphy:Failing")
    broken = "class Failing:\n    knows = knows\n    def read(text, path, notes):\n"
    broken += "        yield from read(text, path, notes)\n        raise LookupError('no FM')\n"
    (tmp_path / "telegraphy.py").write_text(f"{TELEX}\n{broken}")
    cable, reject = scan("a.tlx", content=MESSAGE.encode())
    assert cable.header.subject == "FISH"
    assert reject.reason == "the reader failed: LookupError: no FM"
    assert reject.place == "after cable 1"
