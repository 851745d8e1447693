"""The review server: who is let in, what is refused, what goes in and out."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from cablespan.review import export_answers, review
from cablespan.review.app import create_app
from cablespan.review.intake import input_files, take_in
from cablespan.review.outcome import write_answers
from cablespan.review.safety import MAX_BODY
from cablespan.review.store import Annotator, AnnotatorRole, Store, database
from review_sample import history, make_record, with_new_text

HOME = "http://127.0.0.1:8321"
ANNA, BEN, EVA = Annotator("ANNA"), Annotator("BEN"), Annotator("EVA", AnnotatorRole.ADJUDICATOR)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "review.sqlite", overlap=2)
    store.add([make_record()])
    yield store
    store.close()


def visit(store, origin=HOME, **options) -> TestClient:
    return TestClient(
        create_app(store, **options), base_url=HOME, headers={"origin": origin} if origin else {}
    )


@pytest.fixture
def anna(store):
    client = visit(store, annotator="ANNA")
    assert client.get("/").status_code == 200
    return client


def body(client, **changes) -> dict:
    task = client.get("/api/next").json()["task"]
    return {
        "uuid": "u1",
        "task": task["id"],
        "action": "accept",
        "layers": task["suggested"],
        "version": task["version"],
    } | changes


def test_a_visitor_on_this_machine_is_let_in_under_the_name_given(anna):
    assert anna.get("/api/session").json()["annotator"] == "ANNA"


def test_the_name_given_at_the_start_holds_against_that_of_an_earlier_one(store, anna):
    carla = visit(store, annotator="CARLA", adjudicate=True)
    carla.cookies = anna.cookies
    assert carla.get("/api/session").status_code == 401, "ANNA's open tab writes nothing as CARLA"
    carla.get("/")
    session = carla.get("/api/session").json()
    assert (session["annotator"], session["mode"]) == ("CARLA", "adjudicator")
    carla.post("/enter", data={"name": "EVA"})
    assert carla.get("/api/session").json()["annotator"] == "EVA"


@pytest.mark.parametrize("to", ["http://[", "//[", "http://a]b/", "//evil.example/", "/api/undo"])
def test_whoever_enters_stays_on_the_pages_of_this_server(store, to):
    entered = visit(store).post(
        "/enter", params={"to": to}, data={"name": "ANNA"}, follow_redirects=False
    )
    assert (entered.status_code, entered.headers["location"]) == (303, "/")


@pytest.mark.parametrize("options", [{"annotator": "ANNA"}, {}])
def test_an_address_leads_to_its_paragraph_whatever_the_id_of_its_cable(store, options):
    client, address = visit(store, **options), "/cable/50%25%20a%3Fb/2?label=ORG"
    sent = client.get(address, follow_redirects=False).headers["location"]
    if not options:  # the door
        entered = client.post(sent, data={"name": "ANNA"}, follow_redirects=False)
        sent = entered.headers["location"]
    assert sent == address


@pytest.mark.parametrize(
    "options", [{}, {"annotator": "ANNA"}, {"annotator": "BEN", "token": "secret"}]
)
def test_a_name_lasts_over_restarts_that_give_no_other(store, options):
    client = visit(store, **options)
    client.post("/enter", data={"name": "ANNA", "token": "secret"})
    again = visit(store, **options)  # an open tab goes on
    again.cookies = client.cookies
    assert again.get("/api/session").json()["annotator"] == "ANNA"


def test_a_page_of_another_run_annotator_or_mode_gets_and_sends_nothing(store, anna, tmp_path):
    work = anna.get("/api/session").json()["work"]
    other = Store(tmp_path / "other.sqlite")
    others = [
        visit(store, annotator="BEN"),
        visit(store, annotator="ANNA", adjudicate=True),
        visit(other, annotator="ANNA"),
    ]
    sent, own = body(anna), {"x-work": work}
    for client in others:
        client.get("/")
        assert client.get("/api/session").json()["work"] != work
        assert client.get("/api/next", headers=own).status_code == 401
        assert client.post("/api/answer", json=sent, headers=own).status_code == 401
    other.close()
    assert list(store.current_answers()) == []
    again = visit(Store(store.path), annotator="ANNA")
    again.get("/")
    assert again.post("/api/answer", json=sent, headers=own).status_code == 200


def test_an_answer_takes_no_newer_draft_of_another_window_away(anna, store):
    sent = body(anna, draft_version=0)
    state = {"layers": sent["layers"], "comment": "half an hour of work"}
    draft = {"task": sent["task"], "state": state, "version": 0, "draft_version": 0}
    assert anna.post("/api/draft", json=draft).json() == {"draft_version": 1}
    refused = anna.post("/api/answer", json=sent)
    assert refused.status_code == 409
    assert refused.json()["current"]["draft"] == state
    assert list(store.current_answers()) == []
    assert anna.post("/api/answer", json=sent | {"draft_version": 1}).status_code == 200
    assert anna.post("/api/answer", json=sent).status_code == 200  # its receipt was lost


def test_an_answer_with_a_mark_that_cuts_a_token_is_refused(anna, store):
    sent = body(anna)
    sent["layers"]["entities"][0]["end"] -= 2  # "Econo"
    refused = anna.post("/api/answer", json=sent)
    assert refused.status_code == 422
    assert "entities at 0-5 cuts a token" in refused.json()["error"]
    assert list(store.current_answers()) == []


def test_without_a_name_the_page_asks(store):
    client = visit(store)
    assert client.get("/").url.path == "/enter"
    assert client.get("/api/next").status_code == 401
    client.post("/enter", data={"name": "<b>BEN</b>"})
    page = client.get("/").text
    assert "&lt;b&gt;BEN" in page
    assert "<b>BEN" not in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "A\u0000B", "A\u202eB"])
def test_names_that_cannot_be_read_are_refused(store, name):
    assert visit(store).post("/enter", data={"name": name}).status_code == 403


def test_a_token_is_asked_for_and_must_be_right(store):
    client = visit(store, annotator="ANNA", token="secret")
    assert client.get("/").url.path == "/enter"
    assert client.post("/enter", data={"name": "ANNA", "token": "guess"}).status_code == 403
    assert client.get("/api/next").status_code == 401
    assert client.post("/enter", data={"name": "ANNA", "token": "secret"}).status_code == 200
    assert client.get("/api/next").status_code == 200


@pytest.mark.parametrize("before", [None, "old secret"])
def test_another_token_shuts_those_out_who_entered_without_it(store, before):
    client, options = visit(store, token=before), {"name": "ANNA", "token": before or ""}
    client.post("/enter", data=options)
    assert client.get("/api/session").status_code == 200
    for token, status in (("secret", 401), (before, 200)):
        again = visit(store, token=token)
        again.cookies = client.cookies
        assert again.get("/api/session").status_code == status


def test_the_session_cookie_is_out_of_reach_of_scripts_and_foreign_pages(store):
    cookie = visit(store, annotator="ANNA").get("/", follow_redirects=False).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://127.0.0.1:9999",
        "http://127.0.0.1:8321.evil.example",
        "127.0.0.1:8321",
    ],
)
def test_a_foreign_page_may_not_write(store, origin):
    client = visit(store, annotator="ANNA")
    client.get("/")
    sent = {"origin": origin} if origin else {}
    client.headers.pop("origin")
    for path in ("/api/answer", "/api/undo", "/api/draft", "/enter"):
        assert client.post(path, json={}, headers=sent).status_code == 403
    assert list(store.current_answers()) == []


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8321", "127.0.0.1.evil.example", "10.0.0.1", ""]
)
def test_a_name_that_was_bent_to_this_machine_is_refused(anna, host):
    assert anna.get("/", headers={"host": host}).status_code == 421


def test_another_host_needs_a_token(tmp_path):
    with pytest.raises(ValueError, match="--token"):
        review([tmp_path], host="0.0.0.0")


def test_every_answer_carries_the_strict_headers(anna):
    for path in ("/", "/api/session", "/guidelines", "/static/review.js", "/static/none", "/enter"):
        headers = anna.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    page = anna.get("/").text
    assert "<script>" not in page
    assert "style=" not in page
    assert "onclick" not in page


def test_large_bodies_are_refused_with_and_without_a_length(anna):
    assert anna.post("/api/answer", content=b"x" * (MAX_BODY + 1)).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(MAX_BODY // 100_000 + 2))
    assert anna.post("/api/answer", content=chunks).status_code == 413


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"],
)
def test_no_path_leads_out_of_the_static_files(anna, path):
    assert anna.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"action": "destroy"}, 422),
        ({"task": 99}, 422),
        ({"task": "x; DROP TABLE answers"}, 422),
        ({"layers": {"entities": [{"start": 0, "end": 9999, "label": "ORG"}]}}, 422),
        ({"layers": [1, 2]}, 422),
        ({"layers": {"claims": [1]}}, 422),
        ({"layers": {"entities": [{"start": 0, "end": 7, "label": ["ORG"]}]}}, 422),
        ({"version": 7}, 409),
        ({"queue": {"label": "PLAICE"}}, 422),
        ({"queue": ["PLACE"]}, 422),
        ({"uuid": None}, 422),
        ({"flagged": "false"}, 422),
        ({"edits": 1}, 422),
    ],
)
def test_answers_that_do_not_fit_are_refused_and_nothing_is_stored(store, anna, changes, status):
    answer = anna.post("/api/answer", json=body(anna, **changes))
    assert answer.status_code == status
    assert answer.json()["error"]
    assert list(store.current_answers()) == []


def test_an_answer_into_a_database_that_was_moved_away_is_not_called_saved(store, anna, tmp_path):
    sent, away = body(anna), tmp_path / "away.sqlite"
    for replaced in (False, True):
        store.path.rename(away)
        if replaced:
            store.path.touch()
        refused = anna.post("/api/answer", json=sent)
        assert refused.status_code == 507
        assert "moved, deleted or replaced" in refused.json()["error"]
        away.rename(store.path)
    assert list(store.current_answers()) == []
    assert anna.post("/api/answer", json=sent).status_code == 200


def test_a_search_says_whether_there_is_more_than_it_brings(store, anna):
    def found(words):
        answer = anna.get("/api/search", params={"words": words}).json()
        return len(answer["cables"]), len(answer["paragraphs"]), answer["more"]

    store.add([make_record(f"07OSLO{number}") for number in range(59)])
    assert found("watchlist") == (0, 60, False)
    assert found("07OSLO1") == (11, 0, False)
    assert found("07OSLO") == (12, 0, True)
    store.add([make_record("07KYIV1")])
    assert found("watchlist") == (0, 60, True)


def test_of_a_cable_that_is_not_there_there_is_no_overview(anna):
    assert anna.get("/api/overview?cable=07ASTANA454").status_code == 200
    missing = anna.get("/api/overview?cable=07ASTANA1")
    assert (missing.status_code, missing.json()["error"]) == (404, "There is no cable 07ASTANA1.")


@pytest.mark.parametrize("path", ["task?id={}", "task?id={}&step=-1", "next?after={}"])
def test_numbers_that_the_database_cannot_hold_are_refused(anna, path):
    assert anna.get("/api/" + path.format(10**20)).status_code == 422
    task = b'{"task": 100000000000000000000, "version": 0, "draft_version": 0, "state": {}, '
    rest = b'"uuid": "u", "action": "accept", "layers": {}}'
    for sent in ("answer", "draft"):
        assert anna.post(f"/api/{sent}", content=task + rest).status_code == 422


def test_a_draft_of_a_task_that_is_not_there_is_refused(anna, store):
    draft = {"task": 99, "state": {"layers": {}}, "version": 0, "draft_version": 0}
    assert anna.post("/api/draft", json=draft).status_code == 422
    assert store.view(ANNA, 99)["draft"] is None


@pytest.mark.parametrize(
    "state",
    [
        "abc",
        None,
        {"layers": [1]},
        {"layers": {"entities": [{"start": 0}]}},
        {"layers": {"entities": [{"label": ["ORG"]}]}},
        {"layers": {"claims": "said"}},
        {"layers": {}, "edits": 1},
    ],
)
def test_a_draft_that_the_overview_could_not_show_is_refused(anna, state):
    draft = {"task": 2, "state": state, "version": 0, "draft_version": 0}
    refused = anna.post("/api/draft", json=draft)
    assert refused.status_code == 422
    assert "does not fit" in refused.json()["error"]
    assert anna.get("/api/overview?cable=07ASTANA454").status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe"])
def test_broken_requests_get_an_answer_and_no_traceback(anna, content):
    assert anna.post("/api/answer", content=content).status_code in (400, 422)


def test_an_answer_brings_the_next_task_and_twice_is_once(store, anna):
    sent = body(anna)
    first, again = (anna.post("/api/answer", json=sent).json() for _ in range(2))
    assert first["version"] == again["version"]
    assert first["next"]["id"] == 2
    assert first["progress"]["done"] == 1
    assert len(history(store, 1)) == 1


def test_a_conflict_says_what_is_there(anna):
    sent = body(anna)
    anna.post("/api/answer", json=sent)
    conflict = anna.post("/api/answer", json=sent | {"uuid": "u2", "action": "reject"})
    assert conflict.status_code == 409
    assert conflict.json()["current"]["answer"]["action"] == "accept"


def test_offsets_are_code_points_whatever_the_text(tmp_path):
    text = "\U0001f600 e\u0301 \u202eGOK\u202c\u200b said\u00a0no \U0001f1f0\U0001f1ff."
    record = make_record()
    record |= {
        "paragraphs": [record["paragraphs"][0] | {"text": text}],
        "entities": [],
        "statements": [],
        "claims": [],
    }
    store = Store(tmp_path / "review.sqlite")
    store.add([record])
    client = visit(store, annotator="ANNA")
    client.get("/")
    tokens = client.get("/api/next").json()["task"]["tokens"]
    assert all(text[start:end] == words for start, end, words, _ in tokens)
    assert "".join(words + " " * blank for _, _, words, blank in tokens) == text


def test_another_annotator_sees_nothing_of_an_answer(store, anna):
    anna.post("/api/answer", json=body(anna, comment="my secret"))
    ben = visit(store, annotator="BEN")
    ben.get("/")
    seen = ben.get("/api/next").text + ben.get("/api/session").text + ben.get("/api/task?id=1").text
    assert "my secret" not in seen
    assert "ANNA" not in seen
    assert "versions" not in ben.get("/api/next").json()["task"]


def test_the_adjudicator_sees_all(store, anna):
    anna.post("/api/answer", json=body(anna))
    store.answer(BEN, 1, "reject", {}, uuid="b", version=0)
    eva = visit(store, annotator="EVA", adjudicate=True)
    eva.get("/")
    task = eva.get("/api/next").json()["task"]
    assert [(version["annotator"], version["action"]) for version in task["versions"]] == [
        ("ANNA", "accept"),
        ("BEN", "reject"),
    ]


def take(store, *paths) -> list[str]:
    for _ in take_in(store, input_files(paths)):
        pass
    return store.problems()


def state(store) -> list[tuple]:
    names = (
        "annotator",
        "role",
        "action",
        "layers",
        "comment",
        "flagged",
        "paragraph",
        "text",
        "fields",
    )
    answers = [
        {**answer, "seconds": int(answer["timestamp"])} for answer in store.current_answers()
    ]
    return sorted(
        json.dumps([answer[name] for name in (*names, "seconds")], sort_keys=True)
        for answer in answers
    )


def test_what_goes_out_as_prodigy_tasks_comes_back_to_the_same_state(tmp_path, store):
    for task in (1, 2, 3, 4):
        layers = store.task(task)["layers"]
        store.answer(
            ANNA,
            task,
            "accept",
            layers,
            uuid=f"a{task}",
            version=0,
            comment="why?" if task == 2 else "",
            flagged=task == 3,
        )
        fewer = {**layers, "entities": layers["entities"][:1], "claims": []}
        store.answer(
            BEN, task, "ignore" if task == 4 else "accept", fewer, uuid=f"b{task}", version=0
        )
    store.answer(EVA, 2, "accept", store.task(2)["layers"], uuid="e2", version=0)
    counts = write_answers(store, tmp_path / "out", dataset="demo")
    assert list(counts.values()) == [8, 1]
    line = json.loads((tmp_path / "out" / "entities.jsonl").read_text().splitlines()[0])
    assert (line["_view_id"], line["_session_id"], line["_annotator_id"], line["answer"]) == (
        "ner_manual",
        "demo-ANNA",
        "ANNA",
        "accept",
    )
    assert isinstance(line["_timestamp"], int)
    again = Store(tmp_path / "again.sqlite")
    for _ in range(2):
        assert take(again, tmp_path / "out", tmp_path / "out" / "gold") == []
    assert state(again) == state(store)


def test_gold_that_was_taken_back_leaves_the_export(tmp_path, store):
    out, layers = tmp_path / "out", store.task(1)["layers"]
    (tmp_path / "else" / "gold").mkdir(parents=True)
    (tmp_path / "else" / "gold" / "entities.jsonl").touch()
    store.answer(ANNA, 1, "accept", layers, uuid="a", version=0)
    write_answers(store, tmp_path / "else", dataset="demo")
    assert (tmp_path / "else" / "gold" / "entities.jsonl").exists(), "nobody decided: not ours"
    store.answer(EVA, 1, "accept", layers, uuid="e", version=0)
    write_answers(store, out, dataset="demo")
    store.undo(EVA, uuid="u")
    assert write_answers(store, out, dataset="demo") == {str(out): 1, str(out / "gold"): 0}
    assert list((out / "gold").iterdir()) == []
    assert list(write_answers(store, out, dataset="demo")) == [str(out)]


@pytest.mark.parametrize(
    ("reviewed", "output"),
    [
        ("run", "run"),
        ("run/entities.jsonl", "run"),
        ("run", "other"),
        ("run/gold", "run"),
    ],
)
def test_answers_take_the_place_of_no_task_that_they_answer(tmp_path, reviewed, output):
    for name in ("run", "run/gold", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "entities.jsonl").write_text("the model's")
    (tmp_path / "other" / "manifest.jsonl").touch()
    with pytest.raises(FileExistsError, match="under review.* name another folder"):
        export_answers([tmp_path / reviewed], tmp_path / output)


def test_edited_tasks_with_stale_hashes_come_in(tmp_path, store):
    store.answer(ANNA, 1, "accept", store.task(1)["layers"], uuid="a", version=0)
    write_answers(store, tmp_path / "out", dataset="demo")
    path = tmp_path / "out" / "entities.jsonl"
    task = json.loads(path.read_text())
    task["spans"][0]["label"] = "ORG"
    path.write_text(json.dumps(task) + "\n")
    again = Store(tmp_path / "again.sqlite")
    assert take(again, tmp_path / "out") == []
    assert next(iter(again.current_answers()))["layers"]["entities"][0]["label"] == "ORG"


def test_one_layer_from_prodigy_is_a_suggestion_and_no_answer(tmp_path, store):
    store.answer(ANNA, 1, "accept", store.task(1)["layers"], uuid="a", version=0)
    write_answers(store, tmp_path / "out", dataset="demo")
    again = Store(tmp_path / "again.sqlite")
    (problem,) = take(again, tmp_path / "out" / "entities.jsonl")
    assert "ANNA did not answer statements, claims" in problem
    assert list(again.current_answers()) == []
    assert len(again.task(1)["layers"]["entities"]) == 4


def test_paragraphs_that_come_later_stand_in_the_order_of_their_file(tmp_path):
    path, store = tmp_path / "entities.jsonl", Store(tmp_path / "review.sqlite")

    def write(*numbers):
        tasks = [
            {
                "text": f"The frigate sailed to port {number} with the usual crew.",
                "meta": {"cable": "C1", "paragraph": f"C1/{number}"},
                "_view_id": "ner_manual",
                "spans": [],
            }
            for number in numbers
        ]
        path.write_text("".join(json.dumps(task) + "\n" for task in tasks))
        assert take(store, path) == []
        return [one["paragraph"] for one in store.overview(ANNA, "C1")]

    write(2, 4)
    assert write(1, 2, 3, 4) == [f"C1/{number}" for number in (1, 2, 3, 4)]
    assert write(5, 6) == [f"C1/{number}" for number in (1, 2, 3, 4, 5, 6)]
    task = store.task(store.find("C1/5"))
    around = [one["paragraph"] for one in store.neighbours(ANNA, task)]
    assert around == ["C1/3", "C1/4", "C1/6"]


@pytest.mark.parametrize(
    "line",
    [
        '{"doc": "A", "text": "It rained.", "claims": []}',
        '{"id": 1, "text": "It rained.", "entities": [], "relations": []}',
        "[1]",
        "\0",
    ],
)
def test_a_file_of_another_format_is_refused_with_the_way_to_bring_it_in(tmp_path, line):
    path = tmp_path / "other.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(ValueError, match="no record or task in it; `cablespan convert .* prodigy`"):
        input_files([path])


def test_broken_lines_are_named_and_the_rest_comes_in(tmp_path):
    path = tmp_path / "cables-00000.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": \n' + json.dumps(make_record()).encode() + b"\n[1]\n"))
    store = Store(tmp_path / "review.sqlite")
    problems = take(store, tmp_path)
    assert [problem.split(":")[0] for problem in problems] == [
        "cables-00000.jsonl.gz, line 1",
        "cables-00000.jsonl.gz, line 3",
    ]
    assert store.progress(ANNA)["total"] == 4


@pytest.mark.parametrize(
    "broken",
    [
        {"paragraphs": [1]},
        {"paragraphs": [{"id": "07OSLO1/1"}]},
        {"paragraphs": None},
        {"id": None},
        {"header": "OSLO"},
        {"header": {"created": 20070220}},
        {"header": {"to": "Oslo"}},
        {"header": {"references": [None]}},
        {"entities": [1]},
        {"entities": [{"start": 0, "end": 4, "label": "ORG"}]},
    ],
)
def test_a_record_of_another_shape_is_named_and_the_rest_comes_in(tmp_path, broken):
    path, store = tmp_path / "cables.jsonl", Store(tmp_path / "review.sqlite")
    path.write_text(json.dumps(make_record() | broken) + "\n" + json.dumps(make_record()) + "\n")
    (problem,) = take(store, path)
    assert problem.startswith("cables.jsonl, line 1: neither a record nor a task")
    assert store.progress(ANNA)["total"] == 4


def test_a_score_that_is_text_costs_its_mark_alone(tmp_path):
    path, store, record = tmp_path / "cables.jsonl", Store(tmp_path / "r.sqlite"), make_record()
    record["entities"][0]["score"] = "0.9"
    path.write_text(json.dumps(record) + "\n")
    (problem,) = take(store, path)
    assert problem == "07ASTANA454/1: entities at 0-7: '0.9' is no score; left out"
    assert len(store.task(1)["layers"]["entities"]) == 3


@pytest.mark.parametrize(
    "broken", [{"meta": "C1/1"}, {"claims": [1]}, {"_timestamp": "now"}, {"text": " "}]
)
def test_a_task_of_another_shape_takes_none_along(tmp_path, store, broken):
    store.answer(ANNA, 1, "accept", store.task(1)["layers"], uuid="a", version=0)
    write_answers(store, tmp_path / "out", dataset="demo")
    tasks = [json.loads(file.read_text()) for file in (tmp_path / "out").iterdir()]
    path, again = tmp_path / "tasks.jsonl", Store(tmp_path / "again.sqlite")
    other = {"text": "It rained.", "meta": {"paragraph": "C2/1"}, "_view_id": "ner_manual"}
    lines = [json.dumps(task | broken) for task in tasks] + [json.dumps(other)]
    path.write_text("\n".join(lines))
    take(again, path)
    assert again.find("C2/1")


def test_of_a_torn_file_the_whole_paragraphs_come_in(tmp_path):
    path = tmp_path / "cables.jsonl.gz"
    cables = (json.dumps(make_record(f"07ASTANA{7**n}")).encode() for n in range(200))
    path.write_bytes(gzip.compress(b"\n".join(cables))[:-100])
    store = Store(tmp_path / "review.sqlite")
    (problem,) = take(store, path)
    assert problem.startswith("cables.jsonl.gz: torn") and "answers are kept" in problem
    assert store.progress(ANNA)["total"] > 0


def test_files_that_are_known_are_not_read_again(tmp_path):
    path = tmp_path / "cables.jsonl"
    path.write_text(json.dumps(make_record()) + "\n")
    store = Store(tmp_path / "review.sqlite")
    assert list(take_in(store, [path])) == [4]
    assert list(take_in(store, [path])) == []
    time.sleep(0.01)
    path.write_text(json.dumps(make_record("07ASTANA9")) + "\n" + json.dumps(make_record()) + "\n")
    assert list(take_in(store, [path])) == [8]
    assert store.progress(ANNA)["total"] == 8


@pytest.mark.parametrize("at_once", [True, False])
def test_cables_of_two_runs_that_have_one_id_are_named_with_both_files(tmp_path, at_once):
    paths, store = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"], Store(tmp_path / "r.sqlite")
    for path, other in zip(paths, ("07ASTANA8", "07ASTANA9"), strict=True):
        records = (make_record("07A1"), make_record(other))
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    if not at_once:
        assert take(store, paths[0]) == []
    (told,) = take(store, *paths)
    assert told.startswith(f"{paths[1]}: holds cables of {paths[0]} too, 1 in all (07A1)")
    assert take(store, *paths) == [told]


def test_a_paragraph_that_a_new_run_lacks_is_gone_unless_somebody_worked_on_it(tmp_path):
    path, store = tmp_path / "cables.jsonl", Store(tmp_path / "review.sqlite")
    path.write_text(json.dumps(make_record()) + "\n")
    take(store, path)
    store.answer(ANNA, 1, "accept", store.task(1)["layers"], uuid="a", version=0)
    store.save_draft(BEN, 2, {"layers": {}}, version=0, draft_version=0)
    record = make_record()
    layers = {layer: [] for layer in ("entities", "statements", "claims")}
    last = record["paragraphs"][3:]
    path.write_text(json.dumps(record | {"paragraphs": last} | layers) + "\n")
    take(store, path)
    left = [one["id"] for one in store.overview(ANNA, "07ASTANA454")]
    assert sorted(left) == [1, 2, 4]
    assert store.progress(ANNA)["total"] == 3


def test_work_that_was_begun_on_a_text_that_a_new_run_changed_is_named_and_reached(tmp_path):
    path, store = tmp_path / "cables.jsonl", Store(tmp_path / "review.sqlite")
    path.write_text(json.dumps(make_record()) + "\n")
    take(store, path)
    anna = visit(store, annotator="ANNA")
    anna.get("/")
    sent = body(anna, task=2, layers=store.task(2)["layers"])
    store.save_draft(ANNA, 2, {"layers": {}, "comment": "hours"}, version=0, draft_version=0)
    assert anna.get("/api/corrections").json()["paragraphs"] == []
    path.write_text(json.dumps(with_new_text(make_record(), 1)) + "\n")
    (told,) = take(store, path)
    assert told.startswith("07ASTANA454/2: a new run changed the text that ANNA had begun")
    (listed,) = anna.get("/api/corrections").json()["paragraphs"]
    assert (listed["task"], listed["current"], listed["answered"]) == (2, False, False)
    assert anna.get("/api/session").json()["progress"]["corrections"] == 1
    answered = anna.post("/api/answer", json=sent | {"draft_version": 1, "version": 0}).json()
    assert "waits in the queue" in answered["notice"] and store.problems() == []


def test_who_answered_the_new_text_of_a_paragraph_goes_out_with_that_alone(tmp_path):
    path, store = tmp_path / "cables.jsonl", Store(tmp_path / "review.sqlite")
    path.write_text(json.dumps(make_record()) + "\n")
    take(store, path)
    new = with_new_text(make_record(), 1)
    path.write_text(json.dumps(new) + "\n")
    take(store, path)
    old, now = 2, store.find("07ASTANA454/2")
    for annotator, task in ((ANNA, now), (ANNA, old), (BEN, old)):
        layers = store.task(task)["layers"]
        store.answer(annotator, task, "accept", layers, uuid=f"{annotator}{task}", version=0)
    went_out = {(one["annotator"], one["text"]) for one in store.current_answers()}
    before = make_record()["paragraphs"][1]["text"]
    assert went_out == {("ANNA", new["paragraphs"][1]["text"]), ("BEN", before)}


def test_nothing_to_review_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="cablespan annotate"):
        input_files([tmp_path])
    with pytest.raises(FileNotFoundError, match="no such file"):
        input_files([tmp_path / "none"])


# Root writes everywhere: without these rights it does not.
_RIGHTS = "-dac_override,-dac_read_search,-fowner"
_AS_READER = ["setpriv", f"--bounding-set={_RIGHTS}", f"--inh-caps={_RIGHTS}", "--"]


def as_reader(*arguments) -> subprocess.CompletedProcess:
    """`cablespan review` by somebody who cannot write where the folder's mode forbids it."""
    prefix = _AS_READER if os.geteuid() == 0 else []
    command = [*prefix, sys.executable, "-m", "cablespan.cli", "review", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root, no setpriv")
@pytest.mark.parametrize("reviewed", [False, True])
def test_a_folder_that_cannot_be_written_is_one_sentence_and_its_answers_go_out(tmp_path, reviewed):
    folder, log = tmp_path / "run", tmp_path / "run" / "review.sqlite-wal"
    folder.mkdir()
    (folder / "cables.jsonl").write_text(json.dumps(make_record()) + "\n")
    if reviewed:
        store = Store(tmp_path / "review.sqlite")
        store.add([make_record()])
        store.answer(ANNA, 1, "accept", store.task(1)["layers"], uuid="a", version=0)
        for name in ("review.sqlite", "review.sqlite-wal"):  # as a server that was killed left it
            shutil.copyfile(tmp_path / name, folder / name)
        assert log.stat().st_size > 0
        store.close()
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555)
    refused = as_reader(folder, "--as", "ANNA", "--port", "0")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1 and f"{folder / 'review.sqlite'}: " in refused.stderr
    assert "copy the folder" in refused.stderr
    if reviewed:
        exported = as_reader(folder, "--export", tmp_path / "answers")
        assert (exported.returncode, exported.stderr.count("1 paragraphs")) == (0, 1)
    folder.chmod(0o755)


def _only_room_for(monkeypatch, pages: int) -> None:
    pragmas = (*database._PRAGMAS, f"max_page_count={pages}")
    monkeypatch.setattr(database, "_PRAGMAS", pragmas)


@pytest.mark.parametrize("pages", [1, 29])  # for no table, for no paragraph
def test_a_full_disk_is_one_sentence_at_the_start(tmp_path, monkeypatch, pages):
    lines = [json.dumps(make_record(f"07ASTANA{number}")) + "\n" for number in range(20)]
    (tmp_path / "cables.jsonl").write_text("".join(lines))
    _only_room_for(monkeypatch, pages)
    with pytest.raises(OSError, match=r"review.sqlite: .* is full\): make room on its disk"):
        review([tmp_path], annotator="ANNA", port=0)


def test_a_visitor_is_told_that_the_disk_is_full(store, monkeypatch):
    def no_room(*_):
        raise OperationalError(None, None, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(store, "open_session", no_room)
    for met in (
        visit(store, annotator="ANNA").get("/"),
        visit(store).post("/enter", data={"name": "ANNA"}),
    ):
        assert met.status_code == 507
        assert met.text.startswith(f"Not saved: the disk of {store.path} is full.")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "é" * 61])
def test_the_command_takes_no_name_that_the_door_refuses(tmp_path, name):
    (tmp_path / "cables.jsonl").write_text(json.dumps(make_record()) + "\n")
    with pytest.raises(ValueError, match="A name of 1 to 60 printable characters"):
        review([tmp_path], annotator=name, port=0)


def test_the_command_serves_without_delayed_acknowledgements_and_names_a_taken_port(tmp_path):
    (tmp_path / "cables.jsonl").write_text(json.dumps(make_record()) + "\n")
    command = [sys.executable, "-m", "cablespan.cli", "review", str(tmp_path), "--port"]
    server = subprocess.Popen(
        [*command, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        url = server.stderr.readline().split()[2]
        times = []
        with httpx.Client(base_url=url) as client:
            for _ in range(20):
                begun = time.perf_counter()
                assert client.get("/enter").status_code == 200
                times.append(time.perf_counter() - begun)
        assert min(times) < 0.03, "TCP_NODELAY is missing: each request waits 40 ms"
        port = url.rsplit(":", 1)[1].strip("/")
        second = subprocess.run([*command, port], capture_output=True, text=True)
        assert second.returncode == 2
        assert "--port" in second.stderr
    finally:
        server.terminate()
        assert server.communicate()[0] == "", "standard output carries data only"
