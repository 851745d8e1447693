"""Deciding between annotators: every difference is shown, counted and decided, and nothing that one
of them marked goes unseen."""

import pytest
from driver import (
    answer_and_wait,
    entities,
    entity,
    on_paragraph,
    press,
    selected,
    statements,
    stored,
)
from playwright.sync_api import expect

from cablespan.review.store import Annotator


@pytest.fixture
def judged(serve, open_page):
    """The page of an adjudicator: ANNA has LAW, BEN has ORG and another statement label, a mark and
    a claim less."""
    server = serve(annotator="EVA", adjudicate=True, overlap=2)
    layers = server.store.task(2)["layers"]
    law = [e | {"label": "LAW"} if e["label"] == "ORG" else e for e in layers["entities"]]
    told = [s | {"label": "REPORT"} if s["start"] == 0 else s for s in layers["statements"]]
    fewer = {
        "entities": [e for e in layers["entities"] if e["label"] != "MONEY"],
        "statements": told,
        "claims": layers["claims"][1:],
    }
    for name, version in (("ANNA", {**layers, "entities": law}), ("BEN", fewer)):
        server.store.answer(Annotator(name), 2, "accept", version, uuid=name, version=0)
    server.page = open_page(server)
    return server


def open_conflicts(page) -> str:
    return page.inner_text("#conflicts strong")


def test_every_conflict_must_be_decided(judged):
    page = judged.page
    on_paragraph(page, 2)
    assert [h.inner_text() for h in page.locator("#versions h2").all()] == ["ANNA", "BEN"]
    assert open_conflicts(page) == "4 of 4 conflicts open"
    assert page.locator("#versions mark.differs").count() == 3
    press(page, "Enter")
    expect(page.locator("#status")).to_contain_text("4 of 4 conflicts are open")
    assert not [row for row in stored(judged) if row["role"] == "adjudicator"]


def test_conflicts_are_decided_by_keys_one_after_the_other(judged):
    page = judged.page
    for key in ("Alt+1", "Alt+2", "Alt+0", "Alt+1"):
        press(page, key)
    expect(page.locator("#conflicts strong")).to_have_text("All 4 conflicts decided")
    answer_and_wait(page)
    gold = next(row for row in stored(judged) if row["role"] == "adjudicator")
    layers = gold["layers"]
    assert layers["statements"][0]["label"] == "CLAIM"  # as ANNA has it
    assert len(layers["claims"]) == 1  # as BEN has it
    labels = [e["label"] for e in layers["entities"]]
    assert "MONEY" not in labels  # left out
    assert "LAW" in labels  # as ANNA has it


def test_conflicts_are_decided_by_a_click_and_what_was_taken_shows(judged):
    page = judged.page
    anna, ben = page.locator(".version").nth(0), page.locator(".version").nth(1)
    anna.locator("mark", has_text="Criminal Code").click()
    assert entity(page, "Criminal Code") == "LAW"
    assert "taken" in anna.locator("mark", has_text="Criminal Code").get_attribute("class")
    assert "left-out" in ben.locator("mark", has_text="Criminal Code").get_attribute("class")
    ben.locator("button.statement").first.click()
    assert statements(page)[0] == "REPORT"
    assert open_conflicts(page) == "2 of 4 conflicts open"
    press(page, "z")
    assert open_conflicts(page) == "3 of 4 conflicts open"
    press(page, "Alt+Shift+1")
    assert open_conflicts(page) == "All 4 conflicts decided"
    assert statements(page)[0] == "CLAIM"
    assert entity(page, "72 million tenge") == "MONEY"
    answer_and_wait(page)


def test_after_the_last_decision_delete_takes_what_is_highlighted(serve, open_page):
    server = serve(annotator="EVA", adjudicate=True, overlap=2)
    layers = server.store.task(2)["layers"]
    fewer = layers | {"entities": layers["entities"][1:]}
    for name, version in (("ANNA", layers), ("BEN", fewer)):
        server.store.answer(Annotator(name), 2, "accept", version, uuid=name, version=0)
    page = open_page(server)
    press(page, "Tab Tab Tab Alt+1")
    expect(page.locator("#conflicts strong")).to_have_text("All 1 conflicts decided")
    before, highlighted = entities(page), selected(page)
    press(page, "Delete")
    assert [text for text, label in before if [text, label] not in entities(page)] == [highlighted]


def test_the_result_stands_beside_the_versions(judged):
    page = judged.page
    versions, result = (page.locator(place).bounding_box() for place in ("#versions", "#paragraph"))
    assert abs(versions["y"] - result["y"]) < 5
    assert versions["x"] + versions["width"] <= result["x"]
    assert result["y"] + result["height"] <= 800
    press(page, "Alt+1 Alt+1 Alt+1")  # the last conflict comes into sight in every version
    for version in page.locator(".version-text").all():
        word, frame = (
            version.locator(".token", has_text="Criminal").bounding_box(),
            version.bounding_box(),
        )
        assert frame["y"] <= word["y"] < frame["y"] + frame["height"]


def test_readings_say_what_tells_them_apart(serve, open_page):
    server = serve(annotator="EVA", adjudicate=True, overlap=2)
    layers = server.store.task(3)["layers"]
    (person, *others), (claim,) = layers["entities"], layers["claims"]
    for name, link, certainty in (("ANNA", "iso:KZ", "denied"), ("BEN", "iso:RU", "asserted")):
        version = {
            **layers,
            "entities": [person | {"kb_id": link}, *others],
            "claims": [claim | {"certainty": certainty, "speaker": link}],
        }
        server.store.answer(Annotator(name), 3, "accept", version, uuid=name, version=0)
    page = open_page(server)
    on_paragraph(page, 3)
    readings = page.locator("#conflicts .reading")
    for told in (("speaker iso:KZ denied", "speaker iso:RU asserted"), ("iso:KZ", "iso:RU")):
        for number, facts in enumerate(told):
            expect(readings.nth(number)).to_contain_text(f"” {facts}")
        press(page, "Alt+1")


def test_a_claim_without_a_cue_is_decided_anew_by_another_reading(serve, open_page):
    server = serve(annotator="EVA", adjudicate=True, overlap=3)
    layers = server.store.task(3)["layers"]
    (claim,) = layers["claims"]
    bare = {**claim, "cue": None}  # its source stands before the stretch of its content
    short = {**bare, "content": {**bare["content"], "end": bare["content"]["end"] - 6}}
    for name, claims in (("ANNA", [bare]), ("BEN", [short]), ("CLEO", [])):
        version = {**layers, "claims": claims}
        server.store.answer(Annotator(name), 3, "accept", version, uuid=name, version=0)
    page = open_page(server)
    on_paragraph(page, 3)
    press(page, "Alt+1")
    expect(page.locator("#conflicts .reading.stands")).to_contain_text("ANNA")
    press(page, "Alt+2")
    expect(page.locator("#conflicts .reading.stands")).to_contain_text("BEN")
    press(page, "Alt+3 Alt+2")
    answer_and_wait(page)
    gold = next(row for row in stored(server) if row["role"] == "adjudicator")
    assert [one["content"] for one in gold["layers"]["claims"]] == [short["content"]]
