"""Corrected annotations get back what tasks do not hold of their cables."""

import json

import pytest
from spacy.lang.en import English

from cablespan import parse, to_doc, to_record
from cablespan.cable import SourceMap
from cablespan.formats import GoldError, convert, read_records

CABLE = """R 050941Z MAY 07
FM AMEMBASSY OSLO
TO SECSTATE WASHDC
UNCLAS OSLO 000001

TAGS: EFIS, NO
SUBJECT: FISH

1. (U) The Fisheries Ministry told
Econoff on May 4 that the quota
would fall.

2. (C) Oslo agreed.
"""
PLACE = {"kb_id": None, "cluster": None, "score": 0.9}


def entity(record: dict, text: str, label: str, **facts) -> dict:
    paragraph = next(p for p in record["paragraphs"] if text in p["text"])
    start = paragraph["text"].index(text)
    place = {"paragraph": paragraph["id"], "start": start, "end": start + len(text)}
    return {**place, "label": label, "text": text, **PLACE, **facts}


@pytest.fixture
def run(tmp_path):
    """The folder of a run over the cable, of which a model found something."""
    record = to_record(to_doc(English(), parse(CABLE)))
    record["entities"] = [
        entity(record, "Fisheries", "ORG", cluster=0),
        entity(record, "Econoff", "OFFICIAL", cluster=1),
        entity(record, "May 4", "DATE", value="2007-05-04"),
        entity(record, "Oslo", "PLACE", cluster=2, kb_id="city:Oslo"),
    ]
    names = ("Fisheries", "ORG"), ("Econoff", "OFFICIAL"), ("Oslo", "PLACE")
    record["clusters"] = [
        {"cluster": number, "label": label, "name": name, "kb_id": "", "mentions": 1}
        for number, (name, label) in enumerate(names)
    ]
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "cables.jsonl").write_text(json.dumps(record) + "\n")
    return folder


@pytest.fixture
def corrected(run, tmp_path):
    """What an annotator made of the entities of the first paragraph, as tasks."""
    convert(run, tmp_path / "tasks", "prodigy")
    lines = (tmp_path / "tasks" / "entities.jsonl").read_text().splitlines()
    task = json.loads(lines[0])
    ministry, _, date = task["spans"]
    ministry |= {"start": 4, "token_start": 1, "end": 22, "token_end": 2, "label": "AGENCY"}
    task |= {"spans": [ministry, date], "answer": "accept"}
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps(task) + "\n")
    return path


def test_a_corrected_span_can_be_laid_on_the_characters_of_its_file(run, corrected, tmp_path):
    convert(corrected, tmp_path / "out.jsonl", "records", cables=run)
    (record,) = read_records(tmp_path / "out.jsonl")
    assert record["header"]["tags"] == ["EFIS", "NO"]
    (paragraph,) = record["paragraphs"]  # the second was not answered
    source_map = SourceMap.of(paragraph["source_map"])
    words = [slice(*source_map.to_source(e["start"], e["end"])) for e in record["entities"]]
    assert [CABLE[place] for place in words] == ["Fisheries Ministry", "May 4"]
    assert [e["label"] for e in record["entities"]] == ["AGENCY", "DATE"]
    assert record["entities"][1]["value"] == "2007-05-04"
    assert [(c["name"], c["mentions"]) for c in record["clusters"]] == [("Fisheries", 1)]


@pytest.mark.parametrize("format", ["conll", "doccano"])
def test_what_a_format_leaves_out_of_unchanged_marks_comes_back(run, tmp_path, format):
    (record,) = map(json.loads, (run / "cables.jsonl").open())
    ministry, econoff, *_ = record["entities"]
    places = {
        role: {key: e[key] for key in ("start", "end")}
        for role, e in (("source", ministry), ("content", econoff))
    }
    claim = {"paragraph": ministry["paragraph"], **places, "cue": None}
    record["claims"] = [claim | {"speaker": 0, "certainty": "denied"}]
    (run / "cables.jsonl").write_text(json.dumps(record) + "\n")
    exported = tmp_path / f"export.{format}"
    convert(run, exported, format)
    exported.write_text(exported.read_text().replace("OFFICIAL", "PERSON"))
    convert(exported, tmp_path / "out.jsonl", "records", format=format, cables=run)
    (back,) = read_records(tmp_path / "out.jsonl")
    assert [e["cluster"] for e in back["entities"]] == [0, None, None, 2]
    assert back["entities"][-1]["kb_id"] == "city:Oslo"
    assert [c["name"] for c in back["clusters"]] == ["Fisheries", "Oslo"]
    if format == "doccano":
        (again,) = back["claims"]
        assert (again["speaker"], again["certainty"]) == (0, "denied")


def test_a_link_that_was_taken_away_does_not_come_back(run, tmp_path):
    convert(run, tmp_path / "tasks", "prodigy")
    path = tmp_path / "tasks" / "entities.jsonl"
    first, second = map(json.loads, path.open())
    del second["spans"][0]["kb_id"]
    path.write_text(json.dumps(first) + "\n" + json.dumps(second) + "\n")
    convert(path, tmp_path / "out.jsonl", "records", cables=run)
    (record,) = read_records(tmp_path / "out.jsonl")
    assert [e["kb_id"] for e in record["entities"]] == [None] * 4


def test_marks_of_another_text_get_nothing_of_those_in_their_place(run, tmp_path):
    convert(run, tmp_path / "export.jsonl", "doccano")
    (tmp_path / "export.jsonl").write_text(
        (tmp_path / "export.jsonl").read_text().replace("Oslo agreed", "Bonn agreed")
    )
    convert(tmp_path / "export.jsonl", tmp_path / "out.jsonl", "records", cables=run)
    (record,) = read_records(tmp_path / "out.jsonl")
    assert [(e["text"], e["kb_id"]) for e in record["entities"]][-1] == ("Bonn", None)


def test_paragraphs_stand_in_the_order_of_the_cable_whatever_that_of_the_tasks(run, tmp_path):
    convert(run, tmp_path / "tasks", "prodigy")
    first, second = (tmp_path / "tasks" / "entities.jsonl").read_text().splitlines()
    answers = tmp_path / "answers.jsonl"
    answers.write_text(f"{second}\n{first}\n")
    convert(answers, tmp_path / "out.jsonl", "records", cables=run)
    (record,) = read_records(tmp_path / "out.jsonl")
    assert [paragraph["number"] for paragraph in record["paragraphs"]] == [1, 2]
    assert [entity["text"] for entity in record["entities"]][-1] == "Oslo"


def test_marks_of_layers_that_nobody_annotated_are_left_out_and_told(run, corrected, tmp_path):
    (record,) = map(json.loads, (run / "cables.jsonl").open())
    words = record["paragraphs"][0]
    statement = {"paragraph": words["id"], "start": 0, "end": len(words["text"])}
    record["statements"] = [statement | {"label": "CLAIM", "score": 0.9}]
    (run / "cables.jsonl").write_text(json.dumps(record) + "\n")
    told = convert(corrected, tmp_path / "out.jsonl", "records", cables=run)
    assert f"{run}: its 1 statements are of layers that nobody annotated: they are left out" in told


def test_a_folder_that_is_no_run_is_refused(corrected, tmp_path):
    (tmp_path / "pages").mkdir()
    with pytest.raises(GoldError, match="pages: no records: name a run's folder"):
        convert(corrected, tmp_path / "out.jsonl", "records", cables=tmp_path / "pages")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"paragraphs": None}, "no record"),
        ({"paragraphs": [{}]}, r"`paragraphs\[0\].id` is no text"),
        ({"entities": [1]}, r"`entities\[0\]` is no object"),
        ({"clusters": [{}]}, r"`clusters\[0\].cluster` is no whole number"),
        ({"id": []}, "no record"),
    ],
)
def test_a_run_of_another_shape_is_named(run, corrected, tmp_path, wrong, told):
    (record,) = map(json.loads, (run / "cables.jsonl").open())
    (run / "cables.jsonl").write_text(json.dumps(record | wrong) + "\n")
    with pytest.raises(GoldError, match=f"cables.jsonl:1: {told}"):
        convert(corrected, tmp_path / "out.jsonl", "records", cables=run)


def test_what_a_run_does_not_say_of_a_cable_stays_as_it_was_annotated(run, corrected, tmp_path):
    (record,) = map(json.loads, (run / "cables.jsonl").open())
    (run / "cables.jsonl").write_text(json.dumps(record | {"header": None, "meta": None}) + "\n")
    convert(corrected, tmp_path / "out.jsonl", "records", cables=run)
    (back,) = read_records(tmp_path / "out.jsonl")
    assert back["header"]["created"] == "2007-05-05"


def test_cables_and_paragraphs_that_a_run_has_not_got_are_told(run, corrected, tmp_path):
    task = json.loads(corrected.read_text())
    other = {**task, "meta": {**task["meta"], "cable": "07OSLO2", "paragraph": "07OSLO2/1"}}
    changed = {**task, "text": task["text"] + " "}
    corrected.write_text(json.dumps(changed) + "\n" + json.dumps(other) + "\n")
    told = convert(corrected, tmp_path / "out.jsonl", "records", cables=run)
    assert any("paragraph 07OSLO1/1 reads otherwise" in line for line in told)
    assert any("cable 07OSLO2 is not in it" in line for line in told)
