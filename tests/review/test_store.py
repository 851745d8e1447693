"""The reviewers' database: nothing is lost, nothing is doubled, undo has no end, queues do not
collide."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cablespan.labels import scheme_of
from cablespan.review.store import (
    Annotator,
    AnnotatorRole,
    DamagedDatabase,
    Queue,
    Stale,
    Store,
)
from cablespan.review.store.annotators import pace
from cablespan.review.store.layers import LabelBits, checked, comparable, uncertainty
from review_sample import history, make_record

ANNA, BEN, EVA = Annotator("ANNA"), Annotator("BEN"), Annotator("EVA", AnnotatorRole.ADJUDICATOR)
NOTHING = {"entities": [], "statements": [], "claims": []}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "review.sqlite")
    store.add([make_record()])
    yield store
    store.close()


def answer(store, annotator, task, action="accept", layers=NOTHING, uuid=None, **more):
    version = store.view(annotator, task)["version"]
    return store.answer(
        annotator, task, action, layers, uuid=uuid or os.urandom(8).hex(), version=version, **more
    )


def walk(store, annotator, **queue):
    """The tasks of a queue in the order in which they come, each accepted."""
    seen = []
    while (task := store.next_task(annotator, Queue(**queue))) is not None:
        seen.append(task)
        answer(store, annotator, task)
    return seen


def test_an_answer_is_on_the_disk_when_the_method_returns(store):
    answer(store, ANNA, 1, comment="why?", flagged=True)
    copy = Store(store.path)
    (found,) = copy.current_answers()
    assert (found["annotator"], found["action"], found["comment"], found["flagged"]) == (
        "ANNA",
        "accept",
        "why?",
        True,
    )


def test_the_same_answer_sent_twice_is_kept_once(store):
    first = store.answer(ANNA, 1, "accept", NOTHING, uuid="u", version=0)
    assert store.answer(ANNA, 1, "accept", NOTHING, uuid="u", version=0) == first
    assert len(history(store, 1)) == 1


def test_a_second_tab_learns_that_its_paragraph_has_moved_on(store):
    first = store.answer(ANNA, 1, "accept", NOTHING, uuid="tab 1", version=0)
    with pytest.raises(Stale) as stale:
        store.answer(ANNA, 1, "reject", NOTHING, uuid="tab 2", version=0)
    assert stale.value.version == first
    assert store.view(ANNA, 1)["answer"]["action"] == "accept"
    store.answer(ANNA, 1, "reject", NOTHING, uuid="tab 2 again", version=first)
    assert store.view(ANNA, 1)["answer"]["action"] == "reject"


def test_undo_goes_back_to_the_first_answer_and_over_restarts(store):
    for task in (1, 2, 3):
        answer(store, ANNA, task, edits=[{"layer": "flagged", "before": False}])
    answer(store, ANNA, 1, "reject")
    store.close()
    again = Store(store.path)
    undone = [again.undo(ANNA, uuid=f"undo {i}") for i in range(5)]
    assert undone == [1, 3, 2, 1, None]
    assert again.progress(ANNA)["done"] == 0
    assert again.view(ANNA, 2)["draft"]["edits"] == [{"layer": "flagged", "before": False}]
    assert [row["action"] for row in history(again, 1)] == ["accept", "reject", "undo", "undo"]


def test_undo_brings_the_answer_before_it_back(store):
    answer(store, ANNA, 1, "accept")
    answer(store, ANNA, 1, "reject")
    store.undo(ANNA, uuid="u")
    store.undo(ANNA, uuid="u")
    assert store.view(ANNA, 1)["answer"]["action"] == "accept"


def test_undo_keeps_an_open_correction_of_the_answer(store):
    answer(store, ANNA, 1, edits=["first"])
    version = store.view(ANNA, 1)["version"]
    correction = {"layers": NOTHING, "comment": "long thought", "edits": ["second"]}
    store.save_draft(ANNA, 1, correction, version=version, draft_version=0)
    assert store.undo(ANNA, uuid="u") == 1
    view = store.view(ANNA, 1)
    assert (view["answer"], view["draft_version"]) == (None, 2)
    assert view["draft"] == correction | {"edits": ["first", "second"]}


def test_a_draft_is_kept_and_goes_with_its_answer(store):
    store.save_draft(ANNA, 1, {"layers": NOTHING}, version=0, draft_version=0)
    assert Store(store.path).view(ANNA, 1)["draft"] == {"layers": NOTHING}
    with pytest.raises(Stale):
        store.save_draft(ANNA, 1, {"layers": NOTHING}, version=0, draft_version=0)
    answer(store, ANNA, 1)
    assert store.view(ANNA, 1)["draft"] is None


def test_annotators_share_the_queue_without_meeting(store):
    assert (store.next_task(ANNA), store.next_task(BEN), store.next_task(ANNA)) == (1, 2, 1)
    answer(store, ANNA, 1)
    assert (store.next_task(ANNA), store.next_task(BEN)) == (3, 2)


def test_overlap_gives_each_task_to_so_many_annotators(tmp_path):
    store = Store(tmp_path / "review.sqlite", overlap=2)
    store.add([make_record()])
    assert walk(store, ANNA) == walk(store, BEN) == [1, 2, 3, 4]
    assert store.next_task(Annotator("CLEO")) is None
    store.undo(BEN, uuid="u")
    assert store.next_task(Annotator("CLEO")) is None, "BEN's half-done work keeps its task"
    assert store.next_task(BEN) == 4


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_correction_keeps_its_paragraph_from_no_second_annotator(tmp_path, taken_back):
    store = Store(tmp_path / "review.sqlite", overlap=2)
    store.add([make_record()])
    answer(store, ANNA, 1)
    seen, edits = store.view(ANNA, 1)["version"], [{"flagged": False}]
    draft = store.save_draft(ANNA, 1, {"edits": edits}, version=seen, draft_version=0)
    if taken_back:
        store.save_draft(ANNA, 1, {"edits": []}, version=seen, draft_version=draft)
    assert (store.next_task(BEN), store.next_task(Annotator("CLEO"))) == (1, 2)


def test_more_overlap_opens_finished_tasks_again(store):
    walk(store, ANNA)
    assert store.next_task(BEN) is None
    assert walk(Store(store.path, overlap=2), BEN) == [1, 2, 3, 4]


def test_the_queue_by_uncertainty_label_and_search(store):
    store.add([make_record(scores={"Criminal Code": 0.2, "Marat Bekov": 0.4})])
    assert store.next_task(ANNA, Queue(order="uncertainty")) == 2
    assert store.next_task(ANNA, Queue(label="PERSON")) == 3
    assert store.next_task(ANNA, Queue(label="REQUEST")) == 4
    assert store.next_task(ANNA, Queue(search="watchlist")) == 4
    assert store.next_task(ANNA, Queue(search="100%")) is None
    assert walk(store, ANNA, order="uncertainty")[:2] == [2, 3]


def test_a_new_model_changes_suggestions_and_no_answers(store):
    answer(store, ANNA, 1)
    store.add([make_record(scores={"Econoff": 0.1})])
    assert store.task(1)["uncertainty"] == 0.9
    assert store.view(ANNA, 1)["answer"]["action"] == "accept"


def test_a_paragraph_with_a_new_text_is_a_new_task_and_the_old_answer_stays(store):
    answer(store, ANNA, 1)
    record = make_record()
    record["paragraphs"][0]["text"] = "Another text."
    record["entities"] = [e for e in record["entities"] if not e["paragraph"].endswith("/1")]
    record["statements"] = [s for s in record["statements"] if not s["paragraph"].endswith("/1")]
    store.add([record])
    assert [found["text"] for found in store.current_answers()] == [
        make_record()["paragraphs"][0]["text"]
    ]
    assert walk(store, ANNA) == [2, 3, 4, 5]


def test_a_paragraph_with_a_new_text_stands_where_the_old_one_stood(store):
    record = make_record()
    record["paragraphs"][0]["text"] += " He was glad."
    store.add([make_record("07ASTANA9")])
    store.add([record])
    new = store.find("07ASTANA454/1")
    assert [store.step(ANNA, task, 1) for task in (new, 2, 3, 4)] == [2, 3, 4, 5]
    assert [store.step(ANNA, task, -1) for task in (new, 2, 5)] == [None, new, 4]
    assert store.neighbouring_cables("07ASTANA454") == (None, 5)
    assert store.neighbouring_cables("07ASTANA9") == (new, None)
    assert walk(store, ANNA) == [new, 2, 3, 4, 5, 6, 7, 8]


def test_at_the_end_of_the_queue_a_step_back_leads_to_the_last_paragraph(store):
    walk(store, ANNA)
    no_task = 2**53 - 1  # what the page asks from where it shows none
    assert store.step(ANNA, no_task, -1) == 4
    assert store.step(ANNA, no_task, -1, Queue(label="PERSON")) == 3
    assert store.step(ANNA, no_task, 1) is None


def test_answers_come_out_in_the_order_of_the_cable_whatever_that_of_answering(store):
    for task in (3, 1, 2):
        answer(store, ANNA, task)
    paragraphs = [found["paragraph"] for found in store.current_answers()]
    assert paragraphs == [f"07ASTANA454/{number}" for number in (1, 2, 3)]


def test_annotators_do_not_see_each_other(store):
    answer(store, ANNA, 1, comment="secret")
    assert store.view(BEN, 1) == {"version": 0, "answer": None, "draft": None, "draft_version": 0}


def test_adjudication_begins_with_what_differs(tmp_path):
    store = Store(tmp_path / "review.sqlite", overlap=2)
    store.add([make_record()])
    differing = {**NOTHING, "entities": [{"start": 0, "end": 9, "label": "ORG"}]}
    for task in (1, 2, 3):
        answer(store, ANNA, task)
        answer(store, BEN, task, layers=differing if task == 3 else NOTHING)
    assert [version["annotator"] for version in store.versions(3)] == ["ANNA", "BEN"]
    assert walk(store, EVA) == [3, 1, 2]
    assert {found["annotator"] for found in store.current_answers(AnnotatorRole.ADJUDICATOR)} == {
        "EVA"
    }


def test_an_adjudicator_filters_by_the_labels_that_annotators_gave(tmp_path):
    store = Store(tmp_path / "review.sqlite", overlap=2)
    store.add([make_record()])
    law = {**NOTHING, "entities": [{"start": 0, "end": 9, "label": "LAW"}]}  # not suggested in 3
    for task in (2, 3):
        answer(store, ANNA, task)
        answer(store, BEN, task, layers=law if task == 3 else NOTHING)
    assert store.step(EVA, 2, 1, Queue(label="LAW")) == 3
    assert store.step(EVA, 3, -1, Queue(label="LAW")) is None, "nobody kept the suggestion in 2"
    assert walk(store, EVA, label="LAW") == [3]
    assert store.next_task(Annotator("CLEO"), Queue(label="LAW")) == 4


def test_progress_counts_and_pace_leaves_pauses_out(store):
    for task, action in ((1, "accept"), (2, "reject"), (3, "ignore")):
        answer(store, ANNA, task, action, timestamp=1000 + 10 * task)
    progress = store.progress(ANNA)
    assert (progress["done"], progress["accept"], progress["reject"], progress["ignore"]) == (
        3,
        1,
        1,
        1,
    )
    assert (progress["total"], progress["per_hour"]) == (4, 360.0)
    assert pace([10_000, 20, 0]) == 180.0
    assert pace([5]) is None


def test_what_is_accepted_along_does_not_count_for_the_pace(tmp_path):
    store, record = Store(tmp_path / "review.sqlite"), make_record()
    record["paragraphs"][0]["kind"] = "heading"
    store.add([record])
    answer(store, ANNA, 2, layers=store.task(2)["layers"])
    assert (store.progress(ANNA)["done"], store.progress(ANNA)["per_hour"]) == (2, None)


def test_the_team_reaches_a_hundred_per_cent_together(store):
    for task, annotator in ((1, ANNA), (2, BEN), (3, ANNA), (4, BEN)):
        answer(store, annotator, task)
    for annotator in (ANNA, BEN):
        progress = store.progress(annotator)
        assert (progress["finished"], progress["total"], progress["done"]) == (4, 4, 2)
    store.undo(BEN, uuid="u")
    assert store.progress(ANNA)["finished"] == 3


def test_a_damaged_database_is_one_sentence_with_a_remedy(tmp_path):
    path = tmp_path / "review.sqlite"
    path.write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(DamagedDatabase, match=r"is damaged .* \.recover"):
        Store(path)


def test_a_database_of_an_earlier_version_is_taken_over(tmp_path):
    path = tmp_path / "review.sqlite"
    store = Store(path)
    store.add([make_record(), make_record("07ASTANA9")])
    store.close()
    with sqlite3.connect(path) as db:
        for name in ("tasks_in_order", "tasks_in_queue", "tasks_in_queue_by_uncertainty"):
            db.execute(f"DROP INDEX {name}")
        for column in ("scrap", "place"):
            db.execute(f"ALTER TABLE tasks DROP COLUMN {column}")
    store = Store(path)
    assert (store.next_task(ANNA), store.step(ANNA, 4, 1), store.step(ANNA, 5, -1)) == (1, 5, 4)


@pytest.mark.parametrize(
    ("layers", "fault"),
    [
        ({"entities": [{"start": 0, "end": 5, "label": "PLANET"}]}, "PLANET"),
        ({"entities": [{"start": 0, "end": 99, "label": "ORG"}]}, "0-99"),
        ({"entities": [{"start": 4, "end": 4, "label": "ORG"}]}, "4-4"),
        (
            {
                "entities": [
                    {"start": 0, "end": 5, "label": "ORG"},
                    {"start": 4, "end": 8, "label": "ORG"},
                ]
            },
            "overlaps",
        ),
        ({"statements": [{"start": 0, "end": 5, "label": None}]}, "None"),
        ({"claims": [{"source": {"start": 0, "end": 2}, "cue": None, "content": None}]}, "CONTENT"),
        ({"claims": [{"content": {"start": 0, "end": True}}]}, "0-True"),
        (
            {"entities": [{"start": 0, "end": 3, "label": "ORG", "score": "0.9"}]},
            "'0.9' is no score",
        ),
        ({"entities": [{"start": 0, "end": 3, "label": "ORG", "kb_id": ["Q1"]}]}, "no kb_id"),
        ({"claims": [{"content": {"start": 0, "end": 3}, "speaker": {}}]}, "0-3: {} is no speaker"),
    ],
)
def test_unsound_layers_are_refused_by_name(layers, fault):
    with pytest.raises(ValueError, match=fault):
        checked("The Ministry said no.", layers, scheme_of())


def test_agreement_looks_at_places_labels_and_links_but_not_at_scores():
    one = {"entities": [{"start": 0, "end": 4, "label": "ORG", "score": 0.3}], "claims": []}
    other = {"entities": [{"start": 0, "end": 4, "label": "ORG"}], "statements": []}
    assert comparable(one) == comparable(other)
    linked = {"entities": [{"start": 0, "end": 4, "label": "ORG", "kb_id": "Q1"}]}
    assert comparable(one) != comparable(linked)
    assert comparable(one) != comparable({"entities": [{"start": 0, "end": 5, "label": "ORG"}]})
    bits = LabelBits(scheme_of())
    assert bits(one) & bits({"entities": [{"label": "LAW"}]}) == 0
    assert uncertainty({"entities": []}) == 0.5


def test_writers_of_two_threads_do_not_lose_each_others_answers(store):
    def work(annotator):
        for n in range(25):
            answer(store, annotator, 1 + n % 4, uuid=f"{annotator.name}{n}")

    threads = [threading.Thread(target=work, args=(Annotator(name),)) for name in ("A", "B", "C")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(history(store, task)) for task in (1, 2, 3, 4)) == 75


WRITER = """
import itertools, sys
from cablespan.review.store import Annotator, Store
store, anna = Store(sys.argv[1]), Annotator("ANNA")
for n in itertools.count():
    seq = store.answer(anna, 1, "accept", {}, uuid=str(n), version=store.view(anna, 1)["version"])
    print(n, flush=True)
"""


def test_kill_9_loses_no_answer_that_was_acknowledged(store):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store.path)], stdout=subprocess.PIPE, text=True
    )
    acknowledged = [process.stdout.readline().strip() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split()
    process.wait()
    kept = [row["uuid"] for row in history(Store(store.path), 1)]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) <= 1, (
        "at most the answer in flight may be there without its receipt"
    )


def test_a_full_disk_refuses_the_answer_and_keeps_what_was_there(store):
    answer(store, ANNA, 1)
    pages = sa.event.listens_for(store.engine, "checkout")(
        lambda db, *_: db.execute("PRAGMA max_page_count=1")
    )  # not below what is used
    with pytest.raises(sa.exc.OperationalError, match="full"):
        for n in range(200):
            answer(store, ANNA, 2, comment="x" * 4000, uuid=f"big {n}")
    sa.event.remove(store.engine, "checkout", pages)
    with Store(store.path).read() as db:
        assert db.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert store.view(ANNA, 1)["answer"]["action"] == "accept"
    store.close()
    answer(Store(store.path), ANNA, 3)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    actions=st.lists(
        st.tuples(
            st.sampled_from([1, 2, 3]), st.sampled_from(["accept", "reject", "ignore", "undo"])
        ),
        max_size=20,
    )
)
def test_what_stands_is_always_what_the_history_says(tmp_path_factory, actions):
    store = Store(tmp_path_factory.mktemp("store") / "review.sqlite")
    store.add([make_record()])
    stack = []
    for task, action in actions:
        if action == "undo":
            assert store.undo(ANNA, uuid=os.urandom(8).hex()) == (stack.pop()[0] if stack else None)
        else:
            answer(store, ANNA, task, action)
            stack.append((task, action))
    expected = dict(stack)
    assert {t: (store.view(ANNA, t)["answer"] or {}).get("action") for t in (1, 2, 3)} == {
        t: expected.get(t) for t in (1, 2, 3)
    }
    assert store.progress(ANNA)["done"] == len(expected)
    store.close()


def test_the_next_of_many_tasks_comes_at_once(tmp_path):
    store = Store(tmp_path / "review.sqlite")
    record = make_record()
    record["paragraphs"] = [{"id": f"X/{n}", "text": f"Paragraph {n}."} for n in range(20_000)]
    record |= {"entities": [], "statements": [], "claims": []}
    store.add([record])
    times = []
    for n in range(30):
        begun = time.process_time()
        task = store.next_task(ANNA, Queue("uncertainty" if n % 2 else "order"))
        answer(store, ANNA, task)
        times.append(time.process_time() - begun)
    assert sorted(times)[15] < 0.05
    assert Path(store.path).stat().st_size < 20e6
