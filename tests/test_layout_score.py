"""The score of layout: an invented page, counted by hand."""

import runpy
from hashlib import sha256
from pathlib import Path

import pytest

from cablespan.cable import Cable, Header, Paragraph, Reference, Source, SourceMap

ROOT = Path(__file__).resolve().parents[1]
PAGE = """SUBJECT: ROADS
AND RIVERS

1. (SBU) The road is open.
2. The river
OSLO 00000012  002 OF 002
is high. - It rains. End note.
Comment
3. Post believes little. 4. (U) The mayor said so.
OSLO 00000012  003 OF 003
ROE
"""
MARKED = {  # text: kind and what else the gold says
    "The road is open.": {"kind": "numbered", "number": 1, "marking": "SBU", "section": "summary"},
    "The river\nOSLO 00000012  002 OF 002\nis high.": {"kind": "numbered", "number": 2},
    "It rains.": {"kind": "item"},
    "End note.": {"kind": "text", "joint": True},
    "Comment": {"kind": "heading", "section": "comment"},
    "Post believes little.": {"kind": "numbered", "number": 3, "section": "?"},
    "The mayor said so.": {"kind": "numbered", "number": 4, "marking": "U"},
}
MARK = "OSLO 00000012  002 OF 002"
HEADER = {
    "reference_id": "09OSLO12",
    "tags": ["ECON", "NO"],
    "references": ["08OSLO7"],
    "signers": ["ROE"],
    "subject": [9, 26],
}


@pytest.fixture(scope="module")
def score_page():
    return runpy.run_path(str(ROOT / "scripts" / "layout_score.py"))["score_page"]


def gold() -> dict:
    """The page's gold; the page mark is furniture, the item may begin at its dash."""
    rows = []
    for text, facts in MARKED.items():
        start = PAGE.index(text)
        row = {"start": start, "end": start + len(text), **facts}
        if MARK in text:
            row["furniture"] = [[PAGE.index(MARK), PAGE.index(MARK) + len(MARK)]]
        if facts["kind"] == "item":
            row["label"] = start - 2
        rows.append(row)
    digest = sha256(PAGE.encode()).hexdigest()
    page = {"doc": "pages/09OSLO12", "file": "text/09OSLO12.txt", "sha256": digest}
    return {**page, "layout": "wrapped", "header": HEADER, "paragraphs": rows}


def cable(*read: tuple[str, dict], header: Header | None = None) -> Cable:
    """A cable whose paragraphs are stretches of the page; "|" leaves out what lies between."""
    paragraphs = []
    for stretches, facts in read:
        pieces, offset = [], 0
        for stretch in stretches.split("|"):
            pieces.append((offset, PAGE.index(stretch), len(stretch)))
            offset += len(stretch)
        paragraphs.append(Paragraph("p", stretches, source_map=SourceMap.of(pieces), **facts))
    source = Source("09OSLO12.txt", "text", "")
    return Cable("09OSLO12", header or Header(), tuple(paragraphs), source, source_text=PAGE)


def test_a_page_read_as_marked_is_right(score_page):
    read = cable(
        (
            "The road is open.",
            {"kind": "numbered", "number": 1, "marking": "SBU", "section": "summary"},
        ),
        ("The river|is high.", {"kind": "numbered", "number": 2}),
        ("- It rains. End note.", {"kind": "item"}),
        ("Comment", {"kind": "heading", "section": "comment"}),
        ("Post believes little.", {"kind": "numbered", "number": 3, "section": "comment"}),
        ("The mayor said so.", {"kind": "numbered", "number": 4, "marking": "U"}),
        header=Header(
            "09OSLO12",
            subject="ROADS AND RIVERS",
            tags=("NO", "ECON"),
            references=(Reference("08OSLO7", "cable", "OSLO 7"),),
            signers=("Roe",),
        ),
    )
    score, errors = score_page(gold(), [read])
    assert not errors
    # "End note." may hang on the item and is not scored.
    assert score.paragraphs == {"all": 6, "right": 6}
    assert score.pages_right == 1
    assert score.fields == dict.fromkeys(("kind", "number", "marking", "section", "whole"), 6)
    assert all(counts == {True: 1} for counts in score.header.values())


def test_each_error_has_its_kind(score_page):
    read = cable(
        ("The road is open.", {"kind": "text", "number": 1, "marking": "SBU"}),
        ("The river", {"kind": "numbered", "number": 2}),
        ("is high.", {}),
        ("It rains.", {"kind": "item"}),
        ("Comment\n3. Post believes little.", {}),
        ("(U) The mayor said so.", {}),
        ("OSLO 00000012  003 OF 003", {"kind": "heading"}),
        header=Header("09OSLO12", subject="ROADS", tags=("ECON",), signers=("ROE",)),
    )
    score, errors = score_page(gold(), [read])
    assert score.paragraphs == {
        "all": 6,
        "right": 2,  # the road, the rain
        "cut": 1,  # the river, at the page mark
        "joined": 2,  # the heading and what follows
        "furniture": 1,  # the mayor, with his portion mark
        "invented": 1,  # the second page mark
    }
    assert score.fields == {
        "kind": 1,
        "number": 2,
        "marking": 2,
        "section": 1,
        "whole": 1,
    }
    wrong = {name for name, counts in score.header.items() if counts[False]}
    assert wrong == {"subject", "tags", "references"}
    assert [error.what for error in errors if error.what in ("kind", "section")] == [
        "kind",
        "section",
    ]


def test_half_a_paragraph_is_clipped_and_less_is_lost(score_page):
    read = cable(("road is open.", {}), ("Post", {}))
    score, _ = score_page(gold(), [read])
    assert score.paragraphs == {"all": 6, "clipped": 1, "lost": 5}


def test_a_rejected_page_has_lost_everything(score_page):
    score, _ = score_page(gold(), [])
    assert score.paragraphs == {"all": 6, "lost": 6}
    assert score.pages == 1 and not score.pages_right
    assert all(counts == {False: 1} for counts in score.header.values())


def test_gold_of_another_text_is_refused(score_page):
    with pytest.raises(ValueError, match="09OSLO12: the page is not the one that was marked"):
        score_page({**gold(), "sha256": "0"}, [cable()])


def test_the_gold_is_of_the_pages_at_hand(shared):
    import orjson

    from cablespan import read

    rows = map(orjson.loads, (ROOT / "annotations/layout/first.jsonl").read_bytes().splitlines())
    for row in rows:
        cables = list(read(shared / "pages" / row["file"]))
        assert not cables or sha256(cables[0].source_text.encode()).hexdigest() == row["sha256"]
