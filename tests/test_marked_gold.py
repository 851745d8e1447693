"""Marked drafts: text, gold and cable from one source, and mistakes named by line."""

import runpy
from pathlib import Path

import pytest

from cablespan.formats import read_records
from invented import gold_files

ROOT = Path(__file__).resolve().parents[1]
HEAD = (
    "=== 08NAIROBI1432\ndate: 2008-06-11\nclassification: CONFIDENTIAL\n"
    "origin: Embassy Nairobi\nsubject: POLICE\nsigner: Roe\n"
)
BODY = """--- 1 (C) summary
CLAIM| Summary: <S1><OFFICIAL>Minister Otieno</OFFICIAL></S1> <Q1>told</Q1> Poloff that \
<C1>the <AGENCY>GOK</AGENCY> would not act</C1>.
REPORT| It rained in <PLACE>Nairobi</PLACE>.
"""


@pytest.fixture
def convert(tmp_path, monkeypatch, capsys):
    """Runs the script on a draft: its exit code and what it says."""

    def run(draft: str) -> tuple[int, str]:
        (tmp_path / "draft.txt").write_text(draft)
        places = ["--corpus", str(tmp_path / "corpus"), "--annotations", str(tmp_path / "gold")]
        monkeypatch.setattr("sys.argv", ["marked_gold.py", str(tmp_path / "draft.txt"), *places])
        with pytest.raises(SystemExit) as exit:
            runpy.run_path(str(ROOT / "scripts" / "marked_gold.py"), run_name="__main__")
        return exit.value.code, capsys.readouterr().err

    return run


def test_a_draft_becomes_a_cable_and_its_gold(tmp_path, convert):
    assert convert(HEAD + BODY)[0] == 0
    cable = (tmp_path / "corpus" / "08NAIROBI1432.txt").read_text()
    assert (
        "FM AMEMBASSY NAIROBI" in cable
        and "E.O. 12958: DECL: 06/11/2018" in cable
        and cable.endswith("\nROE\n")
    )
    assert (
        "1. (C) Summary: Minister Otieno told Poloff that the GOK would\n"
        "not act. It rained in Nairobi.\n" in cable
    )
    assert max(map(len, cable.split("\n"))) <= 65
    (record,) = read_records(tmp_path / "gold" / "draft.jsonl")
    assert [(e["text"], e["label"]) for e in record["entities"]] == [
        ("Minister Otieno", "OFFICIAL"), ("GOK", "AGENCY"), ("Nairobi", "PLACE")
    ]  # fmt: skip
    assert [s["label"] for s in record["statements"]] == ["CLAIM", "REPORT"]
    (claim,) = record["claims"]
    assert [claim[role]["text"] for role in ("source", "cue", "content")] == [
        "Minister Otieno",
        "told",
        "the GOK would not act",
    ]
    (paragraph,) = record["paragraphs"]
    assert (paragraph["number"], paragraph["marking"], paragraph["section"], paragraph["kind"]) == (
        1,
        "C",
        "summary",
        "numbered",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("--- 1\nREPORTS| It rained.\n", "draft.txt:8: unknown statement label 'REPORTS'"),
        (
            "--- 1\nCLAIM| <S1>He</S1> said no.\n",
            "draft.txt:8: claim 1 has no content: mark it <C1>",
        ),
        ("--- item\nREPORT| - It rained.\n", "draft.txt:8: an item's dashes are printed before it"),
        ("--- 1\nREPORT| <ORG>UN</PLACE> came.\n", "draft.txt:8: </PLACE> closes <ORG>"),
        (
            "--- 1\nREPORT| <ORG>The <PLACE>UN</PLACE></ORG> came.\n",
            "draft.txt:8: entities ORG and PLACE overlap",
        ),
        ("--- 1\n", "draft.txt:7: a paragraph without sentences"),
    ],
)
def test_mistakes_are_named(tmp_path, convert, body, message):
    code, said = convert(HEAD + body)
    assert code == 1 and message in said and not (tmp_path / "gold").exists()


def test_a_wrong_draft_keeps_no_later_one_from_being_read(convert):
    wrong = HEAD + "--- 1\nREPORTS| It rained.\n"
    later = HEAD.replace("1432", "1433") + "--- 1 comment\nREPORT| It rained.\n"
    code, said = convert(wrong + later)
    assert code == 1 and "draft.txt:8: unknown statement label" in said
    assert "draft.txt:15: section None as read, comment in the draft" in said


def test_the_invented_gold_is_sound():
    ids = [record["id"] for file in gold_files() for record in read_records(file)]
    assert len(ids) == len(set(ids)) and all(
        (ROOT / "corpus" / "modern" / f"{name}.txt").exists() for name in ids
    )
