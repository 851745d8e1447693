"""An annotator's day, by keyboard alone."""

import pytest
from driver import (
    answer_and_wait,
    claims,
    draft_saved,
    entities,
    entity,
    idle,
    on_paragraph,
    place,
    press,
    selected,
    statements,
    stored,
    write_records,
)
from playwright.sync_api import expect

from cablespan.review.store import Annotator
from review_sample import make_record


def go(page, paragraphs: int) -> None:
    for _ in range(paragraphs):
        with page.expect_response("**/api/task*"):
            press(page, ".")
        idle(page)


def test_the_page_shows_three_layers_the_header_and_the_paragraphs_around(page):
    assert page.inner_text("#cable h2").startswith("KAZAKHSTAN: FINANCIAL POLICE")
    assert entities(page)[:2] == [["Econoff", "AGENCY"], ["Deputy Chairman Sultanov", "OFFICIAL"]]
    assert statements(page) == ["REPORT", "ADMIN"]
    assert "Sultanov said that raids" in page.inner_text("#after")
    answer_and_wait(page)
    assert place(page) == "¶ 2 (C)"
    assert claims(page)[1] == [
        "He",
        "doubted",
        "the Criminal Code would deter the trade before 2008",
    ]
    assert page.locator("#workspace svg.links path.link").count() == 4
    assert "Econoff met" in page.inner_text("#before")
    for label in ("AGENCY", "REQUEST", "CONTENT"):
        assert page.locator("#legend", has_text=label).is_visible()


def test_the_cursor_starts_on_the_mark_that_the_model_is_least_sure_of(page):
    answer_and_wait(page)
    assert selected(page) == "Criminal Code"
    press(page, "6")  # one stroke corrects it
    assert entity(page, "Criminal Code") == "LAW"


def test_a_day_of_corrections(page, serve):
    answer_and_wait(page)
    press(page, "6")
    press(page, "Tab Delete")  # "2008" is gone
    assert "2008" not in dict(entities(page))
    press(page, "ArrowDown ArrowDown r")  # the comment becomes a commitment
    assert statements(page) == ["CLAIM", "CLAIM", "COMMITMENT", "COMMITMENT"]
    press(page, "b c")
    page.keyboard.type("is this a plan?")
    press(page, "Enter")
    assert "flagged" in page.inner_text("#caption")
    answer_and_wait(page)
    answer_and_wait(page, "x")
    answer_and_wait(page, "space")
    assert page.inner_text("#cable h2") == "The queue is empty"
    assert "4 of 4" in page.inner_text("#progress")


def test_answers_are_stored_as_given(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    answer_and_wait(page)
    press(page, "6")
    answer_and_wait(page)
    answer_and_wait(page, "x")
    answer_and_wait(page, "space")
    rows = stored(server)
    assert [row["action"] for row in rows] == ["accept", "accept", "reject", "ignore"]
    law = next(e for e in rows[1]["layers"]["entities"] if e["label"] == "LAW")
    text = (
        "Sultanov said that raids in Almaty had taken 40,000 discs worth 72 million tenge "
        "off the market. He doubted that the Criminal"
    )
    assert (law["start"], law["end"]) == (text.index("Criminal"), len(text) + 5)


def test_undo_goes_through_edits_and_answers_and_over_a_restart(spawn, open_page):
    server = spawn("--as", "ANNA")
    page = open_page(server)
    press(page, "Tab 5")
    answer_and_wait(page)
    press(page, "6")
    answer_and_wait(page)
    server.kill()
    server.start()
    page = open_page(server, page.context)
    assert place(page) == "¶ 3 (C)"
    press(page, "z")
    on_paragraph(page, 2)
    assert entity(page, "Criminal Code") == "LAW"
    press(page, "z")
    assert entity(page, "Criminal Code") == "ORG"
    press(page, "Shift+Z")
    assert entity(page, "Criminal Code") == "LAW"
    press(page, "z z")
    on_paragraph(page, 1)
    assert entity(page, "Econoff") == "ORG"
    press(page, "z")
    assert entities(page)[0] == ["Econoff", "AGENCY"]
    with page.expect_response("**/api/undo"):
        press(page, "z")
    expect(page.locator("#status")).to_contain_text("Nothing is left to undo")
    assert [row["action"] for row in stored(server)] == ["accept", "accept", "undo", "undo"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("ArrowRight", "met"),
        ("ArrowRight ArrowRight Shift+ArrowRight", "Deputy Chairman"),
        ("ArrowRight ] ] }", "met Deputy"),
        ("ArrowRight ArrowRight [", "met Deputy"),
        ("ArrowRight [ {", "met"),
        ("Tab Tab", "Deputy Chairman Sultanov"),
        ("Tab Tab Shift+Tab", "Econoff"),
        ("ArrowDown", "End"),
        ("g k", "February 19"),
    ],
)
def test_selecting_by_keyboard_snaps_to_words(page, keys, words):
    press(page, keys)
    assert selected(page) == words


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("Tab Tab {", "Chairman Sultanov"),
        ("Tab Tab }", "Deputy Chairman"),
        ("Tab Tab ]", "Deputy Chairman Sultanov of"),
        ("g j Shift+ArrowLeft", "Deputy Chairman"),
    ],
)
def test_an_entitys_edges_move_by_words(page, keys, expected):
    press(page, keys)
    assert entity(page, expected) == "OFFICIAL"


def test_a_new_entity_takes_the_place_of_those_it_overlaps(page):
    press(page, "ArrowRight ] ] 5")
    assert entities(page)[1] == ["met Deputy Chairman", "ORG"]
    assert "Deputy Chairman Sultanov" not in dict(entities(page))


def test_go_to_a_word_and_mark_it(page):
    press(page, "Shift+G")
    hint = page.locator("#workspace .token", has_text="met").locator(".hint").inner_text()
    press(page, hint.lower())
    assert selected(page) == "met"
    press(page, "4")
    assert entity(page, "met") == "PERSON"


def test_sentences_are_split_and_merged(page):
    answer_and_wait(page)
    press(page, "ArrowUp ArrowRight ArrowRight v")
    assert statements(page) == ["CLAIM", "CLAIM", "CLAIM", "COMMITMENT", "COMMENT"]
    press(page, "ArrowUp m q")
    assert statements(page) == ["ADMIN", "CLAIM", "COMMITMENT", "COMMENT"]


def test_a_claim_in_three_strokes_from_its_cue(page):
    answer_and_wait(page)
    press(page, "ArrowUp j Shift+Delete")  # the first claim goes
    assert len(claims(page)) == 1
    press(page, "ArrowRight")
    page.keyboard.press("Escape")
    page.locator("#workspace .token", has_text="said").click()
    press(page, "d s f")
    assert claims(page)[0] == [
        "Sultanov",
        "said",
        "raids in Almaty had taken 40,000 discs … off the market",
    ]


def test_claim_parts_are_moved_deleted_and_graded(page):
    answer_and_wait(page)
    press(page, "Escape ArrowUp j")
    assert selected(page) == "Sultanov"
    press(page, "j ]")
    assert claims(page)[0][1] == "said that"
    press(page, "k Delete i")
    assert claims(page)[0][0] == "none"
    assert "hedged" in page.inner_text("#workspace .claims li:first-child")


def test_an_unlabelled_sentence_cannot_be_accepted(folder, serve, open_page):
    record = make_record()
    record["statements"] = [s for s in record["statements"] if s["label"] != "ADMIN"]
    write_records(folder, [record])
    page = open_page(serve(annotator="ANNA"))
    assert statements(page) == ["REPORT", "no label"]
    press(page, "Enter")
    assert "Sentence 2 has no label" in page.inner_text("#status")
    press(page, "q")
    answer_and_wait(page)
    assert place(page) == "¶ 2 (C)"
    press(page, "z")
    on_paragraph(page, 1)
    press(page, "z")
    assert statements(page) == ["REPORT", "no label"]
    answer_and_wait(page, "x")  # it can be rejected as it is


def test_back_forward_order_label_and_search(page):
    go(page, 3)
    assert place(page) == "¶ 4 (C)"
    with page.expect_response("**/api/task*"):
        press(page, ",")
    on_paragraph(page, 3)
    with page.expect_response("**/api/next*"):
        press(page, "o")
    on_paragraph(page, 2)
    assert "least certain first" in page.inner_text("#queue")
    press(page, "l")
    with page.expect_response("**/api/next*"):
        press(page, "4")
    on_paragraph(page, 3)
    assert "label: PERSON" in page.inner_text("#queue")
    page.reload()  # the filter is one still, and . passes over what it leaves out
    on_paragraph(page, 3)
    assert "label: PERSON" in page.inner_text("#queue")
    press(page, ".")
    expect(page.locator("#status")).to_contain_text("no paragraph further on")
    with page.expect_response("**/api/next*"):
        page.locator("#queue .filter", has_text="label").click()
    page.wait_for_selector("#workspace .row")


def test_guidelines_and_keys_are_one_stroke_away(page):
    press(page, "h")
    page.wait_for_selector("#guide[open] table")
    assert "RECOMMENDATION" in page.inner_text("#guide-body")
    press(page, "Escape ?")
    assert page.locator("#help[open]").is_visible()
    assert "Split the sentence" in page.inner_text("#help-body")
    press(page, "Escape Tab")
    assert selected(page) == "Econoff"


@pytest.mark.parametrize(("key", "sheet"), [("?", "#help"), ("h", "#guide")])
def test_the_key_that_opens_a_sheet_closes_it(page, key, sheet):
    press(page, key)
    expect(page.locator(sheet)).to_be_visible()
    press(page, key)
    expect(page.locator(sheet)).to_be_hidden()


def test_escape_leaves_the_text_so_that_tab_moves_on_and_space_never_accepts(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    press(page, "Escape")
    assert page.evaluate("document.activeElement.id") == "answers"
    press(page, "Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Accept")
    press(page, "space")
    expect(page.locator("#status")).to_contain_text("Space does not accept")
    press(page, "Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Reject")
    press(page, "Shift+Tab Enter")
    on_paragraph(page, 2)
    assert [row["action"] for row in stored(server)] == ["accept"]


def hold(page, key: str) -> None:
    page.keyboard.down(key)
    idle(page)
    for _ in range(3):
        page.keyboard.down(key)
        idle(page)
    page.keyboard.up(key)


@pytest.mark.parametrize("key", ["Enter", "x", " "])
def test_a_key_that_is_held_down_answers_once(serve, open_page, key):
    server = serve(annotator="ANNA")
    page = open_page(server)
    hold(page, key)
    on_paragraph(page, 2)
    assert len(stored(server)) == 1


def test_keys_of_the_browsers_menus_answer_nothing(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    for key in ("Alt+x", "Alt+ ", "Alt+a"):
        page.keyboard.press(key)
        idle(page)
    assert stored(server) == []


@pytest.mark.parametrize(("key", "action"), [("x", "reject"), ("space", "ignore")])
def test_a_claim_without_content_keeps_no_paragraph_from_being_left(serve, open_page, key, action):
    server = serve(annotator="ANNA")
    page = open_page(server)
    press(page, "ArrowDown d")
    answer_and_wait(page, key)
    assert [(row["action"], row["layers"]["claims"]) for row in stored(server)] == [(action, [])]


def test_a_claim_that_is_begun_on_the_last_paragraph_ends_with_it(page):
    for _ in range(3):
        answer_and_wait(page)
    press(page, "n")
    answer_and_wait(page, "x")
    press(page, "Enter ArrowRight 0")
    expect(page.locator("#cable h2")).to_have_text("The queue is empty")


def test_every_word_of_a_long_sentence_has_letters_of_its_own(folder, serve, open_page):
    words = " ".join(f"w{number}" for number in range(800)) + "."
    write_records(folder, [make_record(paragraphs=[[("REPORT", words, [])]])])
    page = open_page(serve(annotator="ANNA"))
    press(page, "G")
    letters = page.locator("#workspace .hint").all_text_contents()
    assert len(set(letters)) == 800
    assert {len(one) for one in letters} == {3}
    press(page, " ".join(letters[790]))
    assert selected(page) == "w790"


def test_half_done_work_comes_back(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    press(page, "Tab 5")
    draft_saved(page)
    page.context.close()
    page = open_page(server)
    assert entity(page, "Econoff") == "ORG"
    press(page, "z")
    assert entity(page, "Econoff") == "AGENCY"


def test_an_edit_keeps_what_it_changed_and_not_the_whole_layer(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    before = entities(page)
    press(page, "Tab 5 1 5 Delete 1 z")
    draft_saved(page)
    steps = server.store.view(Annotator("ANNA"), 1)["draft"]["edits"]
    assert [len(step["entities"].get("marks", ())) for step in steps[:-1]] == [1, 1, 1]
    page.context.close()
    page = open_page(server)
    press(page, "Z")
    again = entities(page)
    for _ in range(5):
        press(page, "z")
    assert entities(page) == before
    for _ in range(5):
        press(page, "Z")
    assert entities(page) == again
