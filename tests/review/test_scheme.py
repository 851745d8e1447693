"""Layers and labels of a project's own: what is asked for, what is refused before the first
answer."""

import json

import pytest
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.labels import scheme_of
from cablespan.review import labels_file
from cablespan.review.intake import input_files, take_in
from cablespan.review.outcome import write_answers
from cablespan.review.store import Annotator, Queue, Store
from review_sample import make_record

ANNA = Annotator("ANNA")


@pytest.fixture
def vessels(tmp_path):
    path = tmp_path / "labels.toml"
    path.write_text('[entities.VESSEL]\ndefinition = "a ship"\n[entities.AGENCY]\n')
    return scheme_of(path)


def answer(store, task, layers, annotator=ANNA):
    version = store.view(annotator, task)["version"]
    uuid = f"{annotator.name}-{task}-{version}"
    store.answer(annotator, task, "accept", layers, uuid=uuid, version=version)


def test_a_pass_over_one_layer_asks_for_no_other_and_writes_no_other(tmp_path):
    store = Store(tmp_path / "review.sqlite", layers=["entities"])
    record = make_record() | {"statements": [], "claims": []}
    store.add([record])
    answer(store, 1, {"entities": store.task(1)["layers"]["entities"]})
    write_answers(store, tmp_path / "out", dataset="demo")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["entities.jsonl"]
    again = Store(tmp_path / "again.sqlite", layers=["entities"])
    assert list(take_in(again, input_files([tmp_path / "out"]))) == [1]
    assert again.problems() == []
    assert len(list(again.current_answers())) == 1


def test_layers_are_remembered_and_do_not_change_under_answers(tmp_path):
    path = tmp_path / "review.sqlite"
    store = Store(path, layers=["entities"])
    store.add([make_record()])
    assert Store(path).layers == ["entities"]
    assert Store(path, layers=["entities", "statements"]).layers == ["entities", "statements"]
    answer(store, 1, {"entities": []})
    with pytest.raises(ValueError, match="leave --layers out"):
        Store(path, layers=["claims"])


def test_labels_of_ones_own_are_asked_for_stored_and_remembered(tmp_path, vessels):
    record = make_record()
    record["entities"] = [record["entities"][0] | {"label": "VESSEL"}]
    store = Store(tmp_path / "review.sqlite", scheme=vessels)
    store.add([record])
    answer(store, 1, store.task(1)["layers"])
    assert next(store.current_answers())["layers"]["entities"][0]["label"] == "VESSEL"
    assert Store(store.path).scheme == vessels
    with pytest.raises(ValueError, match="answers with the label VESSEL"):
        Store(store.path, scheme=scheme_of())


def test_as_many_labels_as_one_likes_can_be_asked_for_and_filtered_by(tmp_path):
    path = tmp_path / "labels.toml"
    path.write_text("".join(f"[entities.L{number}]\n" for number in range(70)))
    store = Store(tmp_path / "review.sqlite", scheme=scheme_of(path))
    record = make_record() | {"statements": [], "claims": []}
    record["entities"] = [record["entities"][0] | {"label": "L69"}]
    store.add([record])
    found = {label: store.next_task(ANNA, Queue(label=label)) for label in ("L69", "L6", "SOURCE")}
    assert found == {"L69": 1, "L6": None, "SOURCE": None}


def test_the_labels_of_a_run_are_those_of_the_first_review_and_do_not_replace_later_ones(tmp_path):
    (tmp_path / "cables.jsonl").write_text(json.dumps(make_record()) + "\n")
    assert labels_file([tmp_path]) is None
    (tmp_path / "labels.json").write_text('{"entities": {"VESSEL": {}}}')
    assert labels_file([tmp_path]) == labels_file([tmp_path / "cables.jsonl"])
    assert labels_file([tmp_path]) == tmp_path / "labels.json"
    Store(tmp_path / "review.sqlite").close()
    assert labels_file([tmp_path]) is None


def test_answers_take_their_labels_along(tmp_path, vessels):
    record = make_record()
    record["entities"] = [record["entities"][0] | {"label": "VESSEL"}]
    store = Store(tmp_path / "review.sqlite", overlap=2, scheme=vessels)
    store.add([record])
    for name in ("ANNA", "BEN"):
        answer(store, 1, store.task(1)["layers"], Annotator(name))
    answers = tmp_path / "answers"
    write_answers(store, answers, dataset="demo")
    assert labels_file([answers]) == answers / "labels.json"
    gold = answers / "gold.jsonl"
    for command in (
        ["agree", answers],
        ["adjudicate", answers, "--output", gold],
        ["convert", gold, tmp_path / "out", "--to", "brat"],
    ):
        outcome = CliRunner().invoke(app, [*map(str, command)])
        assert outcome.exit_code == 0, outcome.output


def test_labels_of_another_scheme_are_named_before_the_first_answer(tmp_path):
    record = make_record()
    record["entities"][0]["label"] = "VESSEL"
    (tmp_path / "cables.jsonl").write_text(json.dumps(record) + "\n")
    store = Store(tmp_path / "review.sqlite")
    list(take_in(store, input_files([tmp_path])))
    (problem,) = store.problems()
    assert "'VESSEL' is no label" in problem
    assert "--labels FILE" in problem


def test_labels_that_are_brought_later_show_the_marks_that_were_left_out(tmp_path, vessels):
    record = make_record()
    record["entities"] = [record["entities"][0] | {"label": "VESSEL"}]
    (tmp_path / "cables.jsonl").write_text(json.dumps(record) + "\n")
    for scheme, shown in ((None, 0), (vessels, 1), (scheme_of(), 0), (vessels, 1)):
        store = Store(tmp_path / "review.sqlite", scheme=scheme)
        list(take_in(store, input_files([tmp_path])))
        assert len(store.task(1)["layers"]["entities"]) == shown
        assert len(store.problems()) == 1 - shown
        store.close()
