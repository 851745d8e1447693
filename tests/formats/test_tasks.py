"""Tasks: Prodigy's shape and hashes, and the way back to records."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablespan.formats import tasks
from cablespan.formats.completion import bare_record, completed
from cablespan.formats.tasks.claims import triple
from cablespan.labels import Entity
from marked import parse_marked


def record_of(*marked: str) -> dict:
    """A record of one paragraph a text; marks S/Q/C are one claim, statement labels sentences, the
    others entities."""
    record = bare_record("07ASTANA454", meta={"date": "2007-02-21", "origin": "Embassy Astana"})
    record |= {"entities": [], "statements": [], "claims": []}
    for number, source in enumerate(marked, 1):
        text, spans = parse_marked(source)
        paragraph = {
            "id": f"07ASTANA454/{number}",
            "number": number,
            "marking": "SBU",
            "section": None,
            "kind": "numbered",
            "text": text,
        }
        record["paragraphs"].append({**paragraph, "source_map": []})
        claim = {"source": None, "cue": None, "content": None}
        for start, end, label in spans:
            role = label.lower()
            if role in claim:
                claim[role] = {"start": start, "end": end}
            else:
                layer = "entities" if label in Entity.__members__ else "statements"
                place = {"paragraph": paragraph["id"], "start": start, "end": end}
                record[layer].append({**place, "label": label})
        if claim["content"]:
            facts = {"paragraph": paragraph["id"], "speaker": "Q30", "certainty": "asserted"}
            record["claims"].append({**claim, **facts})
    return completed(record)


TOLD = (
    "<CLAIM><SOURCE>The <AGENCY>IPR Committee</AGENCY></SOURCE> <CUE>told</CUE> "
    "<OFFICIAL>Econoff</OFFICIAL> that "
    "<CONTENT>the <AGENCY>GOK</AGENCY> plans to draft amendments</CONTENT>.</CLAIM>"
)


def test_published_pair_of_hashes():
    assert tasks.hashes({"text": "Hi. My name is Vincent"}) == (1333440749, 39342451)


def test_hashes_are_signed_and_leave_out_what_prodigy_leaves_out():
    task = {"text": "Uber cut jobs", "spans": [{"start": 0, "end": 4, "label": "ORG"}]}
    edited = {
        **task,
        "answer": "accept",
        "_session_id": "x-anna",
        "meta": {"source": "x"},
        "tokens": [],
    }
    edited["spans"] = [{"start": 0, "end": 4, "label": "ORG", "score": 0.3, "source": "model"}]
    assert tasks.hashes(edited) == tasks.hashes(task)
    relabelled = {**task, "spans": [{"start": 0, "end": 4, "label": "AGENCY"}]}
    assert (
        tasks.hashes(relabelled)[0] == tasks.hashes(task)[0]
        and tasks.hashes(relabelled)[1] != tasks.hashes(task)[1]
    )
    assert any(tasks.hashes({"text": str(n)})[0] < 0 for n in range(10))


def test_fallback_hash_ignores_source_at_any_depth():
    plain = {"text": "news", "meta": {"section": "a"}}
    assert tasks.hashes({**plain, "meta": {"section": "a", "source": "Reuters"}}) == tasks.hashes(
        plain
    )
    assert tasks.hashes({**plain, "meta": {"section": "b"}}) != tasks.hashes(plain)


def test_entity_task():
    (task,) = tasks.record_tasks(record_of(TOLD))["entities"]
    spans = [(s["token_start"], s["token_end"], s["label"]) for s in task["spans"]]
    assert spans == [(1, 2, "AGENCY"), (4, 4, "OFFICIAL"), (7, 7, "AGENCY")]
    assert task["meta"] == {
        "cable": "07ASTANA454",
        "paragraph": "07ASTANA454/1",
        "number": 1,
        "marking": "SBU",
        "section": None,
        "kind": "numbered",
        "origin": "Embassy Astana",
        "date": "2007-02-21",
    }
    assert task["tokens"][0] == {"text": "The", "start": 0, "end": 3, "id": 0, "ws": True}
    assert "".join(t["text"] + " " * t["ws"] for t in task["tokens"]) == task["text"]
    assert (task["_input_hash"], task["_task_hash"]) == tasks.hashes(task)


def test_one_input_hash_for_the_three_layers():
    layers = tasks.record_tasks(record_of(TOLD, "Nothing here."))
    for one, two, three in zip(*layers.values(), strict=True):
        assert one["_input_hash"] == two["_input_hash"] == three["_input_hash"]
        assert len({one["_view_id"], two["_view_id"], three["_view_id"]}) == 3


def test_claim_task_relates_last_tokens():
    (task,) = tasks.record_tasks(record_of(TOLD))["claims"]
    arrows = {
        (r["head"], r["child"], r["label"], r["head_span"]["label"], r["child_span"]["label"])
        for r in task["relations"]
    }
    assert arrows == {(3, 2, "source", "CUE", "SOURCE"), (3, 11, "content", "CUE", "CONTENT")}


def test_without_a_cue_the_content_points_at_the_source():
    (task,) = tasks.record_tasks(
        record_of("<SOURCE>Minister</SOURCE>: <CONTENT>no deal</CONTENT>.")
    )["claims"]
    (relation,) = task["relations"]
    assert (relation["head"], relation["child"], relation["label"]) == (3, 0, "source")


@pytest.mark.parametrize(
    "marked",
    [
        TOLD,
        "<CONTENT>The law, <SOURCE>he</SOURCE> <CUE>said</CUE>, would fail</CONTENT>.",
        "<CUE>In <SOURCE>post</SOURCE>'s view</CUE>, <CONTENT>it would fail</CONTENT>.",
        "<CUE><SOURCE>Post</SOURCE>'s view</CUE> is that <CONTENT>it would fail</CONTENT>.",
        "<CONTENT>It would fail, <SOURCE>he</SOURCE> <CUE>said</CUE></CONTENT>.",
        "<CUE>Asserted</CUE> that <CONTENT>it would fail</CONTENT>.",
    ],
)
def test_claims_survive_rel_manual_without_overlap(marked):
    record = record_of(marked)
    (task,) = tasks.record_tasks(record)["claims"]
    ends = [(s["token_start"], s["token_end"]) for s in task["spans"]]
    assert all(one[1] < other[0] for one, other in itertools.pairwise(ends))
    expected = tasks.annotations_of(task)
    del task["claims"]  # as after a round through a tool that knows Prodigy's keys only
    drawn = tasks.annotations_of(task)
    assert [triple(claim) for claim in drawn] == [triple(claim) for claim in expected]


def test_an_edit_in_prodigy_overrules_the_claims_beside():
    (task,) = tasks.record_tasks(record_of(TOLD))["claims"]
    task["relations"] = [r for r in task["relations"] if r["label"] == "content"]
    task["spans"] = [s for s in task["spans"] if s["label"] != "SOURCE"]
    (claim,) = tasks.annotations_of(task)
    assert claim["source"] is None and claim["cue"] == {"start": 18, "end": 22}


def test_arrows_drawn_the_other_way_round_mean_the_same():
    (task,) = tasks.record_tasks(record_of(TOLD))["claims"]
    expected = [triple(c) for c in tasks.annotations_of(task)]
    del task["claims"]
    for r in task["relations"]:
        r["head"], r["child"], r["head_span"], r["child_span"] = (
            r["child"],
            r["head"],
            r["child_span"],
            r["head_span"],
        )
    assert [triple(c) for c in tasks.annotations_of(task)] == expected


def test_a_relation_drawn_again_or_back_makes_no_second_claim():
    (task,) = tasks.record_tasks(record_of(TOLD))["claims"]
    expected = [triple(c) for c in tasks.annotations_of(task)]
    del task["claims"]
    back = [r | {"head": r["child"], "child": r["head"]} for r in task["relations"]]
    task["relations"] += [*task["relations"], *back]
    assert [triple(c) for c in tasks.annotations_of(task)] == expected


def test_a_stray_span_is_named():
    (task,) = tasks.record_tasks(record_of(TOLD))["claims"]
    del task["claims"]
    task["relations"] = []
    with pytest.raises(ValueError, match=r"SOURCE at 0-17 belongs to no claim: link it"):
        tasks.annotations_of(task)


def test_records_come_back_from_their_tasks():
    record = record_of(TOLD, "<REPORT>It rained in <PLACE>Astana</PLACE>.</REPORT>")
    layers = tasks.record_tasks(record)
    lines = [json.loads(json.dumps(task)) for layer in layers.values() for task in layer]
    (back,) = tasks.records_of(lines)
    for layer in tasks.VIEWS:
        assert back[layer] == record[layer]
    assert back["paragraphs"] == record["paragraphs"]


def test_only_paragraphs_accepted_in_every_layer_are_gold():
    layers = tasks.record_tasks(record_of(TOLD, "It rained.", "It snowed."))
    answered = [{**task, "answer": "accept"} for layer in layers.values() for task in layer]
    next(t for t in answered if t["_view_id"] == "spans_manual" and t["text"] == "It rained.")[
        "answer"
    ] = "reject"
    (gold,) = tasks.records_of(answered)
    assert [p["number"] for p in gold["paragraphs"]] == [1, 3]
    (entities_only,) = tasks.records_of([t for t in answered if t["_view_id"] == "ner_manual"])
    assert "statements" not in entities_only and len(entities_only["paragraphs"]) == 3


def test_a_paragraph_keeps_the_layers_that_it_has_tasks_of():
    layers = tasks.record_tasks(record_of(TOLD, "It rained."))
    lines = [*layers["entities"], layers["statements"][0]]
    (record,) = tasks.records_of(lines)
    assert [p.get("unannotated") for p in record["paragraphs"]] == [None, ["statements"]]
    assert len(record["entities"]) == 3 and "claims" not in record
    (both,) = tasks.records_of(lines, ["entities", "statements"])
    assert len(both["paragraphs"]) == 1


def test_two_annotators_need_adjudication_and_the_later_answer_of_one_holds():
    (task,) = tasks.record_tasks(record_of(TOLD))["entities"]
    anna = {**task, "answer": "accept", "_annotator_id": "gold-anna", "_timestamp": 10}
    with pytest.raises(ValueError, match="gold-anna and gold-ben.*adjudicate"):
        list(tasks.records_of([anna, {**anna, "_annotator_id": "gold-ben"}]))
    (gold,) = tasks.records_of([{**anna, "spans": [], "_timestamp": 20}, anna])
    assert gold["entities"] == []


def test_a_reviewed_task_is_of_the_layer_that_was_reviewed():
    task = {"text": "It rained.", "spans": [], "_view_id": "review", "view_id": "spans_manual"}
    (record,) = tasks.records_of([task])
    assert record["statements"] == [] and "entities" not in record


def test_a_paragraph_that_is_named_by_a_number_is_its_cables():
    sent = [(cable, number) for cable in ("07OSLO1", "07OSLO2") for number in (0, 1)]
    metas = [{"cable": cable, "paragraph": number} for cable, number in sent]
    lines = [{"text": "Oslo.", "_view_id": "ner_manual", "meta": meta} for meta in metas]
    ids = [p["id"] for record in tasks.records_of(lines) for p in record["paragraphs"]]
    assert ids == ["07OSLO1/0", "07OSLO1/1", "07OSLO2/0", "07OSLO2/1"]


WORDS = ["Post", "said", "that", "GOK", "é", "😀", "U.S.", "(C)", "don't", "\u202eabc", "a\u0301"]
words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(words, st.lists(st.tuples(*[st.integers(0, 11)] * 6), max_size=3))
def test_any_claims_come_back_from_their_task(blank, words, picks):
    text = " ".join(words)
    tokens = tasks.token_records(blank.tokenizer(text))

    def place(one: int, other: int):
        first, last = sorted((one % len(tokens), other % len(tokens)))
        return {"start": tokens[first]["start"], "end": tokens[last]["end"]}

    claims = [
        {"source": place(a, b), "cue": place(c, d), "content": place(e, f)}
        for a, b, c, d, e, f in picks
    ]
    task = json.loads(json.dumps(tasks.make_task("claims", text, tokens, {}, claims)))
    assert [triple(c) for c in tasks.annotations_of(task)] == [triple(c) for c in claims]
    covered = [i for s in task["spans"] for i in range(s["token_start"], s["token_end"] + 1)]
    assert len(covered) == len(set(covered))
    for relation in task["relations"]:
        assert (
            relation["head"] == relation["head_span"]["token_end"]
            and relation["child"] == relation["child_span"]["token_end"]
        )
