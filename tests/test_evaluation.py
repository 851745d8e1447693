"""Every metric of our own is computed by hand here, on cases small enough to count with a
finger."""

import re
from collections import Counter
from io import StringIO

import numpy
import orjson
import pytest
from rich.console import Console
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.formats.completion import bare_record
from cablespan.labels import Statement
from cablespan.learning.evaluation import collection, evaluate, judge
from cablespan.learning.evaluation.counts import (
    Judged,
    claim_counts,
    entity_counts,
    judged,
    statement_counts,
)
from cablespan.learning.evaluation.errors import errors
from cablespan.learning.evaluation.page import page
from cablespan.learning.evaluation.scores import Measure, calibration, certain, resampled
from cablespan.learning.evaluation.table import markdown
from cablespan.learning.gold import Gold, decade, read_gold, runs, without_numbers
from cablespan.learning.tables import confusion_table
from cablespan.nlp import bundled_model
from marked import parse_marked


def spans(marked: str) -> list[dict]:
    return [
        {"start": start, "end": end, "label": label}
        for start, end, label in parse_marked(marked)[1]
    ]


def claim(content, source=None, cue=None) -> dict:
    place = {"content": content, "source": source, "cue": cue}
    return {role: where and {"start": where[0], "end": where[1]} for role, where in place.items()}


def paragraph(
    gold: dict, guesses: dict, document: str = "d", text: str = "x" * 100, **facts: str
) -> Judged:
    return Judged(
        document,
        f"{document}/0",
        "gold.jsonl:1",
        text,
        gold,
        {"entities": [], "statements": [], "claims": []} | guesses,
        facts,
    )


class TestCounts:
    def test_entities_need_offsets_and_label(self):
        gold = spans(
            "<AGENCY>GOK</AGENCY> told <OFFICIAL>Secretary Rice</OFFICIAL> in "
            "<PLACE>Astana</PLACE>."
        )
        guesses = spans(
            "<AGENCY>GOK</AGENCY> told Secretary <OFFICIAL>Rice</OFFICIAL> in <ORG>Astana</ORG>."
        )
        counts = entity_counts(gold, guesses)
        assert (
            counts["right", "AGENCY"] == 1
            and sum(n for (kind, _), n in counts.items() if kind == "right") == 1
        )
        assert counts["guesses", "ORG"] == 1 and counts["gold", "PLACE"] == 1

    def test_a_sentence_has_the_label_of_the_guess_that_covers_most_of_it(self):
        labels = {0: "REPORT", 10: "CLAIM", 20: "ADMIN"}
        gold = [
            {"start": start, "end": start + 10, "label": label} for start, label in labels.items()
        ]
        guesses = [
            {"start": 0, "end": 4, "label": "COMMENT"},
            {"start": 4, "end": 18, "label": "REPORT"},
        ]
        assert statement_counts(gold, guesses) == Counter(
            {("REPORT", "REPORT"): 1, ("CLAIM", "REPORT"): 1, ("ADMIN", "none"): 1}
        )

    def test_claims_match_by_half_of_the_longer_content(self):
        gold = [claim((20, 40), (0, 4), (5, 9)), claim((60, 80), None, (50, 55))]
        guesses = [claim((20, 30), (0, 4), (5, 12)), claim((60, 69), None, (50, 55))]
        # The first shares 10 of 20 characters, the second 9 of 20.
        counts = claim_counts(gold, guesses)
        assert counts["matched",] == 1
        assert (
            counts["source", "exact"],
            counts["cue", "exact"],
            counts["cue", "overlap"],
            counts["content", "exact"],
        ) == (1, 0, 1, 0)
        assert counts["whole",] == 0

    def test_missing_in_both_is_the_same(self):
        counts = claim_counts([claim((0, 10))], [claim((0, 10))])
        assert counts["source", "exact"] == counts["cue", "overlap"] == counts["whole",] == 1


class TestScores:
    def test_entities_by_hand(self):
        # AGENCY: 2 gold, 2 guesses, 1 right: P = R = F1 = 1/2. PLACE: 1 gold, 0 guesses: F1 0. ORG:
        # a guess without gold.
        gold = spans("<AGENCY>GOK</AGENCY> <AGENCY>MFA</AGENCY> <PLACE>Astana</PLACE>")
        guesses = [
            *spans("<AGENCY>GOK</AGENCY> <AGENCY>MFA Astana</AGENCY> "),
            {"start": 0, "end": 1, "label": "ORG"},
        ]
        scores = Measure([paragraph({"entities": gold}, {"entities": guesses})]).entities()
        assert scores["labels"]["AGENCY"]["f1"]["value"] == 0.5
        assert (
            scores["labels"]["PLACE"]["recall"]["value"] == 0
            and scores["labels"]["PLACE"]["precision"] is None
        )
        assert scores["micro"]["precision"]["value"] == pytest.approx(1 / 3, abs=1e-4)
        assert scores["micro"]["f1"]["value"] == pytest.approx(2 * 1 / (3 + 3), abs=1e-4)
        assert scores["macro"]["f1"]["value"] == 0.25  # of the labels in the gold: AGENCY and PLACE

    def test_statements_are_scored_as_scikit_learn_does(self):
        sklearn = pytest.importorskip("sklearn.metrics")
        draw = numpy.random.default_rng(3)
        labels = list(map(str, Statement))
        truth, guess = draw.choice(labels, 300), draw.choice(labels, 300)
        places = [{"start": 10 * n, "end": 10 * n + 9} for n in range(300)]
        gold = [place | {"label": str(label)} for place, label in zip(places, truth, strict=True)]
        guesses = [
            place | {"label": str(label)} for place, label in zip(places, guess, strict=True)
        ]
        scores = Measure(
            [paragraph({"statements": gold}, {"statements": guesses})], resamples=10
        ).statements()
        assert scores["accuracy"]["value"] == pytest.approx(
            sklearn.accuracy_score(truth, guess), abs=1e-4
        )
        assert scores["macro_f1"]["value"] == pytest.approx(
            sklearn.f1_score(truth, guess, average="macro"), abs=1e-4
        )
        assert (
            scores["confusion"]["counts"]
            == sklearn.confusion_matrix(truth, guess, labels=labels).tolist()
        )

    def test_claims_by_hand(self):
        gold = [claim((20, 40), (0, 4), (5, 9)), claim((60, 80))]
        guesses = [claim((20, 40), (0, 3), (5, 9)), claim((82, 90)), claim((92, 99))]
        scores = Measure([paragraph({"claims": gold}, {"claims": guesses})]).claims()
        assert scores["overlap"]["f1"]["value"] == 0.4  # 2 * 1 / (2 + 3)
        assert (
            scores["roles"]["source"]["exact"]["value"] == 0
            and scores["roles"]["source"]["overlap"]["value"] == 1
        )
        assert scores["whole"]["f1"]["value"] == 0 and scores["exact"]["recall"]["value"] == 0.5

    def test_a_layer_without_gold_has_no_scores(self):
        layers = Measure(
            [
                paragraph(
                    {"entities": []}, {"statements": [{"start": 0, "end": 3, "label": "REPORT"}]}
                )
            ]
        ).layers()
        assert layers == {"entities": None, "statements": None, "claims": None}

    def test_documents_are_drawn_whole(self):
        # One document all right, one all wrong: a sample of two documents has accuracy 0, 1/2 or 1,
        # and nothing between.
        right, wrong = (
            {"statements": [{"start": 0, "end": 9, "label": label}]}
            for label in ("REPORT", "CLAIM")
        )
        paragraphs = [paragraph(right, right, "a")] * 5 + [paragraph(right, wrong, "b")] * 5
        counts = resampled(paragraphs, 500, 0)
        shares = counts["statements", "REPORT", "REPORT"] / 10
        assert shares[0] == 0.5
        assert set(shares[1:]) == {0.0, 0.5, 1.0}
        assert (
            0.2 < (shares[1:] == 1).mean() < 0.3
        )  # a quarter of the samples is the right document twice
        accuracy = Measure(paragraphs).statements()["accuracy"]
        assert (accuracy["low"], accuracy["value"], accuracy["high"]) == (0.0, 0.5, 1.0)

    def test_calibration_by_hand(self):
        # Bins of a half: scores 0.2 and 0.4 (one of two right), 1.0 (right): (2 * |0.3 - 0.5| + 1 *
        # 0) / 3
        found = calibration([(0.2, True), (0.4, False), (1.0, True)], bins=2)
        assert found["expected_error"] == pytest.approx(0.4 / 3, abs=1e-4)
        assert [row["guesses"] for row in found["bins"]] == [2, 1]
        assert calibration([]) is None

    def test_each_guess_is_judged_with_its_score(self):
        entities = paragraph(
            {"entities": [{"start": 0, "end": 3, "label": "AGENCY"}]},
            {
                "entities": [
                    {"start": 0, "end": 3, "label": "AGENCY", "score": 0.9},
                    {"start": 5, "end": 8, "label": "ORG", "score": 0.3},
                ]
            },
        )
        assert certain([entities], "entities") == [(0.9, True), (0.3, False)]


def test_the_surest_mistakes_come_first():
    text = "GOK met WTO in Astana."
    gold = {"entities": spans("<AGENCY>GOK</AGENCY> met <ORG>WTO</ORG> in <PLACE>Astana</PLACE>.")}
    sure = {"entities": [dict(gold["entities"][0], label="ORG", score=0.99), *gold["entities"][1:]]}
    doubtful = {
        "entities": [*gold["entities"], {"start": 4, "end": 7, "label": "ORG", "score": 0.2}]
    }
    found = errors(
        [
            paragraph(gold, doubtful, "a", text),
            paragraph(gold, gold, "b", text),
            paragraph(gold, sure, "c", text),
        ]
    )
    assert [entry["document"] for entry in found] == ["c", "a"]
    assert found[0]["errors"] == [
        {"layer": "entities", "start": 0, "end": 3, "gold": "AGENCY", "guess": "ORG “GOK”"}
    ]


class TestGold:
    def record(self, *texts: str, entities=(), statements=(), claims=()) -> dict:
        paragraphs = [
            {"id": f"d/{n}", "number": None, "kind": "text", "text": text}
            for n, text in enumerate(texts)
        ]
        layers = {
            "entities": list(entities),
            "statements": list(statements),
            "claims": list(claims),
        }
        return bare_record("d") | {"paragraphs": paragraphs} | layers

    def test_paragraph_numbers_become_fields(self):
        text, found = parse_marked("12. <AGENCY>GOK</AGENCY> agreed.")
        start, end, label = found[0]
        record = without_numbers(
            self.record(
                text,
                "  ",
                entities=[{"paragraph": "d/0", "start": start, "end": end, "label": label}],
                statements=[
                    {"paragraph": "d/0", "start": 0, "end": len(text), "label": "COMMITMENT"}
                ],
                claims=[
                    {
                        "paragraph": "d/0",
                        "source": None,
                        "cue": {"start": 8, "end": 14},
                        "content": {"start": 4, "end": 7},
                    }
                ],
            )
        )
        (kept,) = record["paragraphs"]
        assert (kept["number"], kept["kind"], kept["text"]) == (12, "numbered", "GOK agreed.")
        assert (record["entities"][0]["start"], record["entities"][0]["end"]) == (0, 3)
        assert (record["statements"][0]["start"], record["statements"][0]["end"]) == (0, 11)
        assert record["claims"][0]["cue"] == {"start": 4, "end": 10}

    def test_a_number_in_a_span_stays(self):
        entity = {"paragraph": "d/0", "start": 0, "end": 5, "label": "DATE"}
        assert (
            without_numbers(self.record("1973. A year.", entities=[entity]))["paragraphs"][0][
                "text"
            ]
            == "1973. A year."
        )

    def test_a_gap_in_the_paragraphs_begins_a_new_run(self):
        record = self.record("a", "b", "c")
        record["paragraphs"][2]["id"] = "d/7"
        assert [[p["text"] for p in run["paragraphs"]] for run in runs(record)] == [
            ["a", "b"],
            ["c"],
        ]

    @pytest.mark.parametrize(
        "meta, found",
        [
            ({"date": "1975-07-24T13:35:00"}, "1970s"),
            (
                {"head": "54. Telegram 65086 From the Department of State, April 7, 1973, 1830Z."},
                "1970s",
            ),
            ({}, "unknown"),
        ],
    )
    def test_decade(self, meta, found):
        assert decade({"id": "d", "meta": meta, "header": {}}) == found


GOLD = [
    {
        "doc": "07OSLO1", "paragraph": 0, "date": "2007-02-21", "marking": "C",
        "text": "1. The Ministry of Justice said it will reply by May 22.",
        "entities": [
            {"start": 7, "end": 26, "label": "AGENCY"}, {"start": 49, "end": 55, "label": "DATE"},
        ],
        "statements": [{"start": 3, "end": 56, "label": "COMMITMENT"}],
        "claims": [{
            "source": {"start": 3, "end": 26},
            "cue": {"start": 27, "end": 31}, "content": {"start": 32, "end": 55},
        }],
    },
    {
        "doc": "07OSLO1", "paragraph": 1, "date": "2007-02-21", "marking": "U",
        "text": "PLEASE ADVISE <b>SOONEST</b>.", "entities": [],
        "statements": [{"start": 0, "end": 29, "label": "REQUEST"}], "claims": [],
    },
]  # fmt: skip


@pytest.fixture
def gold_file(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, GOLD)))
    return path


def test_a_pipeline_is_judged_with_the_header_of_the_gold(blank, gold_file, monkeypatch):
    """Without it nobody knows whose "the Embassy" is."""
    gold = read_gold([gold_file])
    gold[0].record["header"]["origin"] = "Embassy Oslo"
    origins = []

    def pipe(docs):
        for doc in docs:
            origins.append(doc._.cable["header"]["origin"])
            yield doc

    monkeypatch.setattr(blank, "pipe", pipe)
    paragraphs = judge(blank, gold)
    assert origins[0] == "Embassy Oslo"
    assert paragraphs[0].gold["entities"] and not paragraphs[0].guesses["entities"]


def test_a_pipeline_is_judged_on_gold(bundled, gold_file):
    result = evaluate(bundled, read_gold([gold_file]), resamples=20)
    assert (result["documents"], result["paragraphs"]) == (1, 2)
    assert result["entities"]["micro"]["support"] == 2
    assert set(result["slices"]["letters"]) == {"capitals", "mixed case"}
    assert set(result["slices"]["decade"]) == {"2000s"} and set(result["slices"]["marking"]) == {
        "C",
        "U",
    }


def test_gold_judged_by_itself_is_perfect(gold_file):
    for gold in read_gold([gold_file]):
        same = list(judged(gold.record, gold.record, gold.place, {}))
        measure = Measure(same, resamples=5)
        assert (
            measure.entities()["micro"]["f1"]["value"]
            == measure.statements()["accuracy"]["value"]
            == 1
        )
        assert measure.claims()["whole"]["f1"]["value"] == 1
        assert errors(same) == []


def test_the_command_writes_json_and_a_page_with_escaped_text(gold_file, tmp_path):
    outcome = CliRunner().invoke(
        app,
        [
            "evaluate",
            str(bundled_model()),
            str(gold_file),
            "--json",
            "--report",
            str(tmp_path / "page.html"),
        ],
    )
    assert outcome.exit_code == 0, outcome.output
    result = orjson.loads(outcome.stdout)
    assert result["entities"]["micro"]["f1"]["low"] <= result["entities"]["micro"]["f1"]["value"]
    html = (tmp_path / "page.html").read_text()
    assert "<b>SOONEST" not in html
    assert not re.search(r'(?:src|href)="', html), "the page is self-contained"


def test_mistakes_are_escaped_on_the_page(bundled, gold_file):
    gold = read_gold([gold_file])
    gold[0].record["statements"][1]["label"] = "CLAIM"
    result = {"model": "<m>", "gold": ["g"]} | evaluate(bundled, gold, resamples=5)
    html = page(result)
    assert "&lt;b&gt;SOONEST" in html and "<b>SOONEST" not in html and "<m>" not in html
    assert "| accuracy |" in markdown(result)


def test_tables_in_the_terminal(gold_file):
    outcome = CliRunner().invoke(
        app, ["evaluate", str(bundled_model()), str(gold_file)], env={"COLUMNS": "160"}
    )
    assert outcome.exit_code == 0
    for word in ("Entities", "Statements", "whole triple exact", "decade: 2000s"):
        assert word in outcome.stdout


def test_a_confusion_of_labels_of_ones_own_too_is_a_line_a_label_on_80_columns():
    labels = [*map(str, Statement), "WARNING"]
    rows = {label: [100] * len(labels) for label in labels}
    console = Console(width=80, file=StringIO())
    console.print(confusion_table("Statements", labels, rows, dict.fromkeys(labels, "0.500")))
    lines = console.file.getvalue().splitlines()
    assert "│ 8 WARNING        │ 100 │ 100 │" in lines[-2]
    assert lines[-2].endswith("│ 0.500 │") and len(lines) == len(labels) + 5


def test_unusable_gold_is_told_before_a_model_is_loaded(tmp_path, monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("loaded")

    monkeypatch.setattr("cablespan.nlp.load", refuse)
    path = tmp_path / "gold.jsonl"
    path.write_bytes(
        orjson.dumps(GOLD[0] | {"entities": [{"start": 0, "end": 999, "label": "AGENCY"}]})
    )
    outcome = CliRunner().invoke(app, ["evaluate", "rules", str(path)])
    assert outcome.exit_code == 2
    assert "gold.jsonl:1" in outcome.stderr and "outside the text" in outcome.stderr


def test_collections():
    assert collection("corpus/07OSLO12") == "corpus"
    assert Gold({"id": "07OSLO1"}, {"": "g.jsonl:3"}).place("unknown") == "g.jsonl:3"
