"""Agreement on small cases worked out by hand, and one gold from several annotators."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.formats import GoldError, read_records
from cablespan.learning.agreement import (
    agree,
    alpha,
    claim_agreement,
    entity_agreement,
    kappa,
    statement_agreement,
)
from cablespan.learning.agreement.adjudication import adjudicate, adjudicate_files
from cablespan.learning.agreement.page import page
from cablespan.learning.agreement.versions import Unit, read_versions

TEXT = "Rusk told Poloff that Ankara agreed. It rained."
UNIT = Unit("d/0", TEXT)


def span(words: str, label: str | None = None) -> dict:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)} | ({"label": label} if label else {})


def claim(source: str | None, cue: str, content: str) -> dict:
    return {"source": source and span(source), "cue": span(cue), "content": span(content)}


def line(paragraph: int = 0, text: str = TEXT, **layers) -> dict:
    return {
        "doc": "d",
        "paragraph": paragraph,
        "text": text,
        "entities": [],
        "statements": [],
        "claims": [],
    } | layers


def write(path, *lines):
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return path


def test_kappa_by_hand():
    # 3 of 4 agree; by chance 1/2 * 3/4 + 1/2 * 1/4 = 1/2: (3/4 - 1/2) / (1 - 1/2)
    assert kappa(list("aabb"), list("aaba")) == 0.5
    assert kappa(list("aaaa"), list("aaaa")) is None


def test_alpha_by_hand():
    # Coincidences aa 4, bb 2, ab + ba 2 of n = 8, a 5 and b 3 times: Do = 2/8, De = 2 * 5 * 3 / (8
    # * 7), alpha = 1 - Do / De
    assert alpha([list("aabb"), list("aaba")]) == round(1 - (2 / 8) / (30 / 56), 4) == 0.5333
    # A unit that one annotator did not see says nothing.
    assert alpha([[*"aabb", "a"], [*"aaba", None]]) == 0.5333
    assert alpha([list("aa"), list("aa")]) is None


def test_entities_by_hand():
    ones = [span("Rusk", "OFFICIAL"), span("Poloff", "OFFICIAL"), span("Ankara", "PLACE")]
    others = [span("Rusk", "OFFICIAL"), span("Poloff that", "OFFICIAL"), span("Ankara", "AGENCY")]
    found = entity_agreement([(UNIT, ones, others)])
    assert found["exact_f1"] == round(2 * 1 / 6, 4) and found["overlap_f1"] == round(2 * 2 / 6, 4)
    assert found["labels"]["OFFICIAL"] == {"exact_f1": 0.5, "overlap_f1": 1.0, "marked": [2, 2]}
    assert found["labels"]["PLACE"] == {"exact_f1": 0.0, "overlap_f1": 0.0, "marked": [1, 0]}
    # 10 tokens: OFFICIAL 2 / 3, PLACE 1 / 0, AGENCY 0 / 1, outside 7 / 6; the same 8 times: Rusk,
    # Poloff and six outside
    chance = (2 * 3 + 7 * 6) / 100
    assert found["token_kappa"] == round((0.8 - chance) / (1 - chance), 4)


def test_an_overlap_counts_once():
    ones = [span("Rusk told", "OFFICIAL")]
    others = [span("Rusk", "OFFICIAL"), span("told", "OFFICIAL")]
    assert entity_agreement([(UNIT, ones, others)])["overlap_f1"] == round(2 / 3, 4)


def test_statements_by_hand():
    first, second = "Rusk told Poloff that Ankara agreed.", "It rained."
    ones = [span(first, "CLAIM"), span(second, "REPORT")]
    found = statement_agreement(
        [(UNIT, ones, [span(first, "CLAIM"), span(second, "COMMENT")]), (UNIT, ones, ones)]
    )
    assert found["sentences"] == 4 and found["accuracy"] == 0.75
    assert found["confusion"] == {
        "labels": ["COMMENT", "CLAIM", "REPORT"],
        "rows": [[0, 0, 0], [0, 2, 0], [1, 0, 1]],
    }
    # chance: CLAIM 2/4 * 2/4 + REPORT 2/4 * 1/4
    assert found["kappa"] == round((0.75 - 0.375) / (1 - 0.375), 4)
    assert found["labels"] == {"COMMENT": 0.0, "CLAIM": 1.0, "REPORT": round(2 * 1 / 3, 4)}
    assert found["macro_f1"] == round((0 + 1 + 0.6667) / 3, 4)


def test_sentences_without_counterpart_are_counted():
    whole = [span(TEXT, "REPORT")]
    halves = [span("Rusk told Poloff that Ankara agreed.", "REPORT"), span("It rained.", "REPORT")]
    found = statement_agreement([(UNIT, whole, halves)])
    assert found["sentences"] == 1 and found["unmatched"] == [0, 1]


def test_claims_by_hand():
    ones = [claim("Rusk", "told", "Ankara agreed"), claim(None, "told", "It rained")]
    others = [claim("Rusk", "told Poloff", "that Ankara agreed"), claim(None, "told", "It")]
    found = claim_agreement([(UNIT, ones, others)])
    # "Ankara agreed" is 13 of the 18 characters of the other; "It" 2 of 9 and so no match
    assert found == {
        "f1": 0.5,
        "matched": 1,
        "marked": [2, 2],
        "source": 1.0,
        "cue": 0.0,
        "content": 0.0,
        "whole": 0.0,
    }


def test_of_two_claims_with_one_content_those_with_one_cue_match():
    ones = [claim("Rusk", "told", "Ankara agreed"), claim("Poloff", "that", "Ankara agreed")]
    assert claim_agreement([(UNIT, ones, ones[::-1])])["whole"] == 1.0


def answers(tmp_path, name, *lines):
    """A file of Prodigy tasks of one annotator."""
    from cablespan.formats.tasks import record_tasks

    (record,) = read_records(write(tmp_path / "lines.jsonl", *lines))
    tasks = record_tasks(record)
    return [
        t | {"answer": "accept", "_annotator_id": name} for layer in tasks.values() for t in layer
    ]


def test_annotators_of_one_file(tmp_path):
    anna = answers(
        tmp_path, "anna", line(entities=[span("Rusk", "OFFICIAL")]), line(1, "Seen by one.")
    )
    ben = answers(tmp_path, "ben", line(entities=[span("Rusk", "PERSON")]))
    anna[-1]["answer"] = "ignore"
    result = agree([write(tmp_path / "all.jsonl", *anna, *ben)])
    (pair,) = result["pairs"]
    assert pair["annotators"] == ["anna", "ben"] and pair["paragraphs"] == 1
    assert pair["disagreements"] == [
        {
            "paragraph": "d/0",
            "layer": "entities",
            "text": TEXT,
            "only": [[span("Rusk", "OFFICIAL")], [span("Rusk", "PERSON")]],
        }
    ]
    assert result["annotators"]["anna"]["paragraphs"] == 2


@pytest.mark.parametrize("later", ["reject", "ignore"])
def test_an_answer_that_its_annotator_withdrew_is_none(tmp_path, later):
    anna = answers(tmp_path, "anna", line(entities=[span("Rusk", "OFFICIAL")]))
    withdrawn = anna[0] | {"answer": later, "_timestamp": 2}
    versions = read_versions([write(tmp_path / "all.jsonl", withdrawn, *anna)])
    assert versions.of["anna"][UNIT].keys() == {"statements", "claims"}


def test_no_gold_is_written_where_nobody_accepted_anything(tmp_path):
    ignored = [task | {"answer": "ignore"} for task in answers(tmp_path, "anna", line())]
    source = write(tmp_path / "all.jsonl", *ignored)
    with pytest.raises(ValueError, match=f"{source}: nothing is accepted in it: name files"):
        adjudicate_files([source], tmp_path / "gold.jsonl")
    assert not (tmp_path / "gold.jsonl").exists()


def test_paragraphs_with_another_text_are_not_compared(tmp_path):
    one, other = (
        write(tmp_path / "anna.jsonl", line()),
        write(tmp_path / "ben.jsonl", line(text="Another text.")),
    )
    with pytest.raises(ValueError, match="anna, ben have no paragraph in common"):
        agree([one, other])
    with pytest.raises(ValueError, match="one annotator only"):
        agree([one])


def test_a_layer_that_a_line_lacks_is_no_opinion(tmp_path):
    rusk, rain = [span("Rusk", "OFFICIAL")], [span("It rained.", "REPORT")]
    both = {"doc": "d", "text": TEXT, "entities": rusk, "statements": rain}
    others = {key: value for key, value in both.items() if key != "entities"}
    anna = write(tmp_path / "anna.jsonl", both | {"paragraph": 0}, both | {"paragraph": 1})
    ben = write(tmp_path / "ben.jsonl", both | {"paragraph": 0}, others | {"paragraph": 1})
    (pair,) = agree([anna, ben])["pairs"]
    assert pair["entities"]["exact_f1"] == 1.0 and not pair["disagreements"]
    gold = adjudicate(read_versions([anna, ben]), prefer="ben").gold
    assert all(task["spans"] for task in gold) and len(gold) == 4


def labelled(entity: dict, by: str) -> list[dict]:
    """A project of Label Studio with one task, and its region by one annotator."""
    place = {"start": entity["start"], "end": entity["end"], "labels": [entity["label"]]}
    result = [{"id": "r", "type": "labels", "value": place}]
    return [
        {
            "data": {"text": TEXT, "cable": "d"},
            "annotations": [{"result": result, "completed_by": {"email": by}}],
        }
    ]


def test_a_folder_may_hold_exports_of_label_studio_and_tasks_of_any_name(tmp_path):
    for by, label in (("anna", "OFFICIAL"), ("ben", "PERSON")):
        write(tmp_path / f"{by}.json", labelled(span("Rusk", label), by))
    (pair,) = agree([tmp_path])["pairs"]
    assert pair["annotators"] == ["anna", "ben"] and pair["entities"]["exact_f1"] == 0.0
    (tmp_path / "ben.json").unlink()
    assert read_versions([tmp_path]).annotators() == [tmp_path.name]
    write(tmp_path / "carla.jsonl", *answers(tmp_path.parent, "carla", line()))
    assert set(read_versions([tmp_path]).annotators()) == {tmp_path.name, "carla"}


def test_records_that_know_of_no_file_are_compared_by_their_paragraphs(tmp_path):
    record = {
        "id": "A",
        "source": {},
        "paragraphs": [{"id": "A/1", "text": TEXT}],
        "entities": [{"paragraph": "A/1", "label": "OFFICIAL", "start": 0, "end": 4}],
    }
    files = [write(tmp_path / f"{by}.jsonl", record) for by in ("anna", "ben")]
    (pair,) = agree(files)["pairs"]
    assert pair["paragraphs"] == 1 and not pair["disagreements"]


@pytest.mark.parametrize("tool", ["doccano", "labelstudio"])
def test_files_of_tasks_without_a_cable_are_compared_by_their_numbers(tmp_path, tool):
    files = []
    for by, label in (("anna", "OFFICIAL"), ("ben", "PERSON")):
        (task,) = labelled(span("Rusk", label), by)
        del task["data"]["cable"]
        line = {"id": 3, "text": TEXT, "label": [[0, 4, label]]}
        name, content = {
            "doccano": (f"{by}.jsonl", line),
            "labelstudio": (f"{by}.json", [task | {"id": 3}]),
        }[tool]
        files.append(write(tmp_path / name, content))
    (pair,) = agree(files)["pairs"]
    assert pair["paragraphs"] == 1 and len(pair["disagreements"]) == 1


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["g.anna.jsonl", "g.ben.jsonl", "carla.jsonl"], ["g.anna.jsonl", "g.ben.jsonl", "carla"]),
        (["anna/gold.jsonl", "ben/gold.jsonl", "carla.jsonl"], ["anna", "ben", "carla"]),
        (["a/g.jsonl", "b/g.jsonl", "a.jsonl"], ["a/g.jsonl", "b", "a.jsonl"]),
    ],
)
def test_every_file_is_an_annotator(tmp_path, monkeypatch, files, names):
    monkeypatch.chdir(tmp_path)
    for file in map(Path, files):
        file.parent.mkdir(exist_ok=True)
        write(file, line())
    assert read_versions([Path(file) for file in files]).annotators() == names


def test_unusable_answers_are_named(tmp_path):
    bad = answers(tmp_path, "anna", line(entities=[span("Rusk", "OFFICIAL")]))
    path = tmp_path / "all.jsonl"
    for change, message in (
        ({"label": "PERS"}, "unknown label 'PERS'"),
        ({"end": 99}, "OFFICIAL at 0-99 lies outside"),
        ({"end": None}, "OFFICIAL has the `start` 0 and the `end` None"),
        ({"start": False}, "OFFICIAL has the `start` False and the `end` 4"),
        ({"text": "Rus"}, "OFFICIAL at 0-4 is 'Rusk' in the text, not 'Rus'"),
    ):
        wrong = bad[0] | {"spans": [span("Rusk", "OFFICIAL") | change]}
        with pytest.raises(GoldError, match=re.escape(f"{path}:2: {message}")):
            read_versions([write(path, bad[1], wrong)])
    with pytest.raises(GoldError, match=re.escape(f"{path}:1: a span or relation lacks 'start'")):
        read_versions([write(path, bad[0] | {"spans": [{"label": "ORG"}]})])


def test_adjudication(tmp_path):
    statement = [span("It rained.", "REPORT")]
    one = write(
        tmp_path / "anna.jsonl",
        line(entities=[span("Rusk", "OFFICIAL"), span("Ankara", "PLACE")], statements=statement),
    )
    other = write(
        tmp_path / "ben.jsonl", line(entities=[span("Rusk", "OFFICIAL")], statements=statement)
    )
    versions = read_versions([one, other])
    outcome = adjudicate(versions)
    assert outcome.settled == {"agreed": 2, "decided": 0, "preferred": 0}
    assert {task["_view_id"] for task in outcome.gold} == {"spans_manual", "relations"}
    assert outcome.conflicts == [
        {
            "paragraph": "d/0",
            "layer": "entities",
            "text": TEXT,
            "agreed": [span("Rusk", "OFFICIAL")],
            "differing": {"anna": [span("Ankara", "PLACE")], "ben": []},
        }
    ]
    preferred = adjudicate(versions, prefer="anna")
    assert not preferred.conflicts and len(preferred.gold[0]["spans"]) == 2
    decision = read_versions(
        [
            write(
                tmp_path / "decided.jsonl",
                {k: v for k, v in line().items() if k not in ("statements", "claims")},
            )
        ]
    )
    decided = adjudicate(versions, prefer="anna", decided=decision)
    assert (
        decided.settled == {"agreed": 2, "decided": 1, "preferred": 0}
        and decided.gold[0]["spans"] == []
    )
    with pytest.raises(ValueError, match="cleo is none of the annotators: anna, ben"):
        adjudicate(versions, prefer="cleo")


@pytest.mark.parametrize("name", ["answers/all.jsonl", "decided.jsonl"])
def test_gold_is_not_written_over_what_it_is_made_of(tmp_path, name):
    (tmp_path / "answers").mkdir()
    write(tmp_path / "answers" / "all.jsonl", line(entities=[]))
    decided = write(tmp_path / "decided.jsonl", line(entities=[]))
    before = (tmp_path / name).read_bytes()
    with pytest.raises(FileExistsError, match=f"{name}: is read itself; name another"):
        adjudicate_files([tmp_path / "answers"], tmp_path / name, decided=decided)
    assert (tmp_path / name).read_bytes() == before


def test_the_page_escapes_what_a_cable_says(tmp_path):
    text = '<script>alert("x")</script> Rusk'
    one = write(
        tmp_path / "anna.jsonl", line(text=text, entities=[{"start": 0, "end": 8, "label": "ORG"}])
    )
    html = page(agree([one, write(tmp_path / "ben.jsonl", line(text=text))]))
    assert "<script" not in html and "<mark>&lt;script&gt;<small>ORG</small></mark>" in html


def test_commands(tmp_path):
    one = write(
        tmp_path / "anna.jsonl", line(entities=[span("Rusk", "OFFICIAL"), span("Ankara", "PLACE")])
    )
    other = write(tmp_path / "ben.jsonl", line(entities=[span("Rusk", "OFFICIAL")]))
    run = CliRunner().invoke
    result = run(app, ["agree", str(one), str(other), "--json", "--html", str(tmp_path / "x.html")])
    assert (
        result.exit_code == 0
        and json.loads(result.stdout)["pairs"][0]["entities"]["exact_f1"] == 0.6667
    )
    assert "Ankara" in (tmp_path / "x.html").read_text()
    assert "0.667" in run(app, ["agree", str(one), str(other)]).stdout
    gold, conflicts = tmp_path / "gold.jsonl", tmp_path / "gold.conflicts.jsonl"
    result = run(app, ["adjudicate", str(one), str(other), "--output", str(gold)])
    assert result.exit_code == 1 and json.loads(conflicts.read_text())["layer"] == "entities"
    assert (
        run(
            app, ["adjudicate", str(one), str(other), "--output", str(gold), "--prefer", "ben"]
        ).exit_code
        == 0
    )
    assert not conflicts.exists()
    (record,) = read_records(gold)
    assert [entity["text"] for entity in record["entities"]] == ["Rusk"]
