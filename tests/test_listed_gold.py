"""Lists of a reader: words in, spans out, and what does not fit named by line."""

import runpy
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).resolve().parents[1]
FIRST_SENTENCE = "Roe told Poloff that the Financial Police would act."
TEXT = f"{FIRST_SENTENCE} He said the police, he thought, were slow."
FIRST = len(FIRST_SENTENCE)
FACTS = {"number": None, "section": None}
RECORD = {
    "id": "08NAIROBI1432",
    "paragraphs": [
        {"id": "08NAIROBI1432/1", "text": TEXT, "kind": "numbered", **FACTS},
        {"id": "08NAIROBI1432/p1", "text": "POLICE", "kind": "heading", **FACTS},
    ],
    "statements": [
        {"paragraph": "08NAIROBI1432/1", "start": 0, "end": FIRST, "label": "CLAIM"},
        {"paragraph": "08NAIROBI1432/1", "start": FIRST + 1, "end": len(TEXT), "label": "CLAIM"},
        {"paragraph": "08NAIROBI1432/p1", "start": 0, "end": 6, "label": "ADMIN"},
    ],
}  # fmt: skip
DRAWN = {"doc": "pages-more/08NAIROBI1432", "paragraphs": ["08NAIROBI1432/1", "08NAIROBI1432/p1"]}


@pytest.fixture
def collect(tmp_path, monkeypatch, capsys):
    """Runs `collect` on a list: its exit code, its lines, and what it says of faults."""

    def run(list_: str) -> tuple[int, list[dict], str]:
        for name, row in (("run", RECORD), ("draw", DRAWN)):
            (tmp_path / name).write_bytes(orjson.dumps(row))
        (tmp_path / "list").write_text(list_)
        names = [str(tmp_path / name) for name in ("run", "draw", "list")]
        monkeypatch.setattr("sys.argv", ["listed_gold.py", "collect", *names])
        with pytest.raises(SystemExit) as exit:
            runpy.run_path(str(ROOT / "scripts" / "listed_gold.py"), run_name="__main__")
        said = capsys.readouterr()
        return exit.value.code, [orjson.loads(line) for line in said.out.splitlines()], said.err

    return run


def words(span: dict | None) -> str | None:
    return TEXT[span["start"] : span["end"]] if span else None


def test_words_become_spans_of_their_own_sentence(collect):
    code, (row, heading), _ = collect(
        "# 08NAIROBI1432/1\n1 COMMITMENT\nOFFICIAL Roe\nOFFICIAL Poloff\nAGENCY Financial Police\n"
        "> Roe | told | the Financial ...\n2 CLAIM\n> He | said | the police ... slow\n"
        "# 08NAIROBI1432/p1\n"
    )
    assert code == 0 and row["doc"] == "pages-more/08NAIROBI1432"
    assert [words(entity) for entity in row["entities"]] == ["Roe", "Poloff", "Financial Police"]
    assert [(words(s), s["label"]) for s in row["statements"]] == [
        (TEXT[:FIRST], "COMMITMENT"), (TEXT[FIRST + 1 :], "CLAIM")
    ]  # fmt: skip
    assert [tuple(map(words, claim.values())) for claim in row["claims"]] == [
        ("Roe", "told", "the Financial Police would act"),
        ("He", "said", "the police, he thought, were slow"),
    ]
    assert [s["label"] for s in heading["statements"]] == ["ADMIN"]


def test_sentences_are_joined_and_cut(collect):
    _, (joined, cut), _ = collect(
        "# 08NAIROBI1432/1\n1 CLAIM\n2 ^\n# 08NAIROBI1432/1\n1 CLAIM\n2 CLAIM\n+ REPORT were slow\n"
    )
    assert [words(s) for s in joined["statements"]] == [TEXT]
    assert [words(s) for s in cut["statements"]][1:] == [
        "He said the police, he thought,", "were slow."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("list_", "fault"),
    [
        ("1 CLAIM\nAGENCY Army\n2 CLAIM", "3: 08NAIROBI1432/1: 'Army' does not stand"),
        ("1 CLAIM\nAGENCY Polic\n2 CLAIM", "3: 08NAIROBI1432/1: 'Polic' does not stand"),
        ("1 CLAIM\nOFFICIAL Poloff\nOFFICIAL Roe\n2 CLAIM", "4: 08NAIROBI1432/1: 'Roe' does not"),
        ("1 CLAIM", "2: 08NAIROBI1432/1: sentences [2] have no label"),
        ("1 CLAM\n2 CLAIM", "2: 08NAIROBI1432/1: 'CLAM' is no statement label"),
        ("AGENCY Financial Police", "2: 08NAIROBI1432/1: no sentence yet"),
        ("1 CLAIM\n> Roe | told\n2 CLAIM", "3: 08NAIROBI1432/1: a claim is"),
    ],
)
def test_a_line_that_does_not_fit_is_named(collect, list_, fault):
    code, rows, said = collect(f"# 08NAIROBI1432/1\n{list_}\n")
    assert code == 1 and not rows and fault in said
