"""By hand: the menu at a selection, handles, touch, claims across sentences; labels and layers of
one's own; long texts."""

import pytest
from driver import (
    answer_and_wait,
    claims,
    entities,
    entity,
    press,
    selected,
    statements,
    stored,
    token,
    write_records,
)
from playwright.sync_api import expect

from cablespan.labels import scheme_of
from review_sample import PARAGRAPHS, make_record


def chip(page, label: str):
    return page.locator("#menu .chip", has_text=label)


def test_the_menu_at_a_selection_labels_deletes_and_moves_edges(page):
    token(page, "met").click()
    chip(page, "PERSON").click()
    assert entity(page, "met") == "PERSON"
    token(page, "met").click()
    page.locator("#menu button", has_text="end ⇥").click()
    token(page, "Chairman").click()
    page.locator("#menu button", has_text="Delete").click()
    assert not any("Chairman" in text for text, _ in entities(page))


def test_a_handle_drags_an_entitys_edge(page):
    token(page, "Chairman").click()
    handle, target = (
        page.locator("#handle-end").bounding_box(),
        token(page, "Financial").bounding_box(),
    )
    page.mouse.move(handle["x"] + 11, handle["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 5, target["y"] + 8, steps=4)
    page.mouse.up()
    assert entity(page, "Deputy Chairman Sultanov of the Financial") == "OFFICIAL"


def test_an_entity_over_a_sentences_end_shows_in_both(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    token(page, "February").click()
    press(page, "] ]")
    assert entities(page)[-2:] == [["February 19.", "DATE"], ["End", "DATE"]]
    assert page.locator("#workspace mark.selected").count() == 2
    press(page, "Escape")
    answer_and_wait(page)
    assert stored(server)[0]["layers"]["entities"][-1]["end"] == 80  # "February 19. End"


def test_a_sentence_that_is_split_within_an_entity_shows_it_in_both(page):
    token(page, "Sultanov").click()
    press(page, "Escape v")
    assert {("Deputy Chairman", "OFFICIAL"), ("Sultanov", "OFFICIAL")} <= set(
        map(tuple, entities(page))
    )


def test_everything_is_in_reach_of_a_finger(serve, open_page):
    page = open_page(serve(annotator="ANNA"), has_touch=True)
    page.set_viewport_size({"width": 400, "height": 800})
    token(page, "Chairman").tap()
    chip(page, "PERSON").tap()
    assert entity(page, "Deputy Chairman Sultanov") == "PERSON"
    names = page.locator("#legend .actions button:visible").evaluate_all(
        "all => all.map(b => b.dataset.name)"
    )
    assert {"back", "forward", "search", "help", "split", "delete", "overview"} <= set(names)


def test_a_claim_that_was_selected_takes_a_part_from_another_sentence(page):
    answer_and_wait(page)
    page.locator("#workspace .part-source").nth(1).click()  # "He", of the second claim
    token(page, "Sultanov").click()
    press(page, "s")
    assert [claim[0] for claim in claims(page)] == ["Sultanov", "Sultanov"]
    token(page, "expected").click()
    press(page, "d")  # the next one is a claim of its own
    assert len(claims(page)) == 3


def test_the_link_of_an_entity_comes_from_the_lexicon(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    answer_and_wait(page)
    token(page, "Almaty").click()
    press(page, "Shift+K")
    page.fill("#ask input[type=search]", "kazakhstan")
    page.locator("#ask .chip", has_text="iso:KZ").first.click(timeout=30_000)
    page.fill("#ask [aria-label=Cluster]", "7")
    page.locator("#ask button.primary").click()
    answer_and_wait(page)
    place = next(e for e in stored(server)[1]["layers"]["entities"] if e["label"] == "PLACE")
    assert (place["kb_id"], place["cluster"]) == ("iso:KZ", 7)


def test_a_cluster_that_is_no_number_is_asked_for_again_and_costs_no_link(page):
    token(page, "Econoff").click()
    press(page, "Shift+K")
    page.fill("#ask [aria-label=Link]", "gov:KZ")
    page.fill("#ask [aria-label=Cluster]", "c3")
    page.locator("#ask button.primary").click()
    expect(page.locator("#ask")).to_be_visible()
    page.fill("#ask [aria-label=Cluster]", "3")
    page.locator("#ask button.primary").click()
    expect(page.locator("#workspace mark").first).to_have_attribute("title", "AGENCY: gov:KZ")


def test_scrolling_with_a_finger_selects_nothing(serve, open_page):
    page = open_page(serve(annotator="ANNA"), has_touch=True)
    page.set_viewport_size({"width": 400, "height": 700})
    press(page, "Tab")
    before, box = selected(page), token(page, "Chairman").bounding_box()
    x, y = box["x"] + 3, box["y"] + 3
    finger = page.context.new_cdp_session(page)
    for kind, up in (("Start", 0), ("Move", 10), ("Move", 60), ("Move", 120), ("End", None)):
        points = [] if up is None else [{"x": x, "y": y - up}]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    assert page.evaluate("scrollY") > 0
    assert selected(page) == before
    press(page, "5")
    assert entity(page, before) == "ORG"


@pytest.fixture
def vessels(tmp_path):
    path = tmp_path / "labels.toml"
    path.write_text('[entities.VESSEL]\ndefinition = "a ship"\nkey = "p"\n[entities.PORT]\n')
    return scheme_of(path)


def test_one_layer_with_labels_of_ones_own(folder, serve, open_page, vessels):
    record = make_record() | {"entities": [], "statements": [], "claims": []}
    write_records(folder, [record])
    server = serve(annotator="ANNA", layers=["entities"], scheme=vessels)
    page = open_page(server)
    assert statements(page) == []
    assert page.locator("#legend .chip").all_inner_texts() == ["p\nVESSEL", "1\nPORT"]
    press(page, "ArrowRight p")
    assert entity(page, "met") == "VESSEL"
    press(page, "v m n")  # sentences and claims are not under review
    expect(page.locator("#status")).to_contain_text("no claims to review")
    expect(page.locator("#workspace .row")).to_have_count(1)
    answer_and_wait(page)  # no statement is asked for
    assert [e["label"] for e in stored(server)[0]["layers"]["entities"]] == ["VESSEL"]


def test_labels_beside_ours_have_keys_and_an_action_whose_key_one_took_has_its_capital(
    tmp_path, serve, open_page
):
    path = tmp_path / "labels.toml"
    path.write_text(
        'extend = true\n[entities.VESSEL]\nkey = "v"\n[entities.PORT]\n[statements.WARNING]\n'
    )
    page = open_page(serve(annotator="ANNA", scheme=scheme_of(path)))
    chips = page.locator("#legend .chip").all_inner_texts()
    assert {"v\nVESSEL", "0\nPORT", "⇧q\nWARNING"} <= set(chips)
    split = page.locator("#legend [data-name=split]")
    assert split.inner_text() == "⇧v Split sentence"
    press(page, "ArrowRight v")
    assert entity(page, "met") == "VESSEL"
    press(page, "0")
    assert entity(page, "met") == "PORT"
    press(page, "Shift+Q")
    assert statements(page) == ["WARNING", "ADMIN"]
    press(page, "Shift+V")
    assert statements(page) == ["WARNING", "WARNING", "ADMIN"]


def undivided(kind: str) -> dict:
    """A record of one paragraph of 20,000 words, without marks or with all three layers."""
    if kind == "bare":
        record = make_record() | {"entities": [], "statements": [], "claims": []}
        text = "Nothing more was said. " * 5000
        record["paragraphs"] = [record["paragraphs"][0] | {"text": text}]
        return record
    sentences = [sentence for paragraph in PARAGRAPHS for sentence in paragraph]
    words = sum(len(text.split()) for _, text, _ in sentences)
    return make_record(paragraphs=[sentences * (20_000 // words + 1)])


class Clock:
    """The processor time of a page's thread, in seconds: other work on the machine does not
    count."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent(self) -> float:
        figures = self.session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in figures if one["name"] == "TaskDuration")


DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))"


@pytest.mark.parametrize("kind", ["bare", "annotated"])
def test_an_undivided_text_of_20000_words_opens_and_is_edited_at_once(
    folder, serve, open_page, kind
):
    write_records(folder, [undivided(kind)])
    page = open_page(serve(annotator="ANNA"))
    page.goto("about:blank")
    clock = Clock(page)
    page.go_back()
    page.wait_for_selector(".row", state="attached")
    page.evaluate(DRAWN)
    opening = clock.spent()
    press(page, "4")
    page.evaluate(DRAWN)
    edit = clock.spent() - opening
    assert "PERSON" in dict(entities(page)).values()
    expect(page.locator("#saved")).to_have_text("draft saved")
    assert opening < 2
    assert edit < 0.2
