"""Nothing is lost in silence: corrections to answered paragraphs, refusals, links, what could not
be taken in."""

from driver import (
    answer_and_wait,
    entity,
    idle,
    on_paragraph,
    press,
    statements,
    stored,
    write_records,
)
from playwright.sync_api import expect

from review_sample import make_record, with_new_text


def back(page) -> None:
    with page.expect_response("**/api/task*"):
        press(page, ",")
    idle(page)


def test_a_correction_to_an_answered_paragraph_becomes_its_answer(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    answer_and_wait(page)
    back(page)
    press(page, "Tab 5")  # and no Enter
    with page.expect_response("**/api/task*"):
        press(page, ".")
    on_paragraph(page, 2)
    expect(page.locator("#status")).to_contain_text("is its answer now")
    assert [row["layers"]["entities"][0]["label"] for row in stored(server)] == ["AGENCY", "ORG"]
    assert next(server.store.current_answers())["layers"]["entities"][0]["label"] == "ORG"
    with page.expect_response("**/api/undo"):
        press(page, "z")
    on_paragraph(page, 1)
    assert next(server.store.current_answers())["layers"]["entities"][0]["label"] == "AGENCY"


def test_a_correction_with_no_paragraph_after_it_goes_on_where_it_is(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    for _ in range(4):
        answer_and_wait(page)
    back(page)
    press(page, "Tab 5")
    for _ in range(2):
        with page.expect_response("**/api/task*"):
            press(page, ".")
        idle(page)
        expect(page.locator("#status")).to_contain_text("no paragraph further on")
        expect(page.locator("#saved")).to_contain_text("saved")
    press(page, "2")
    expect(page.locator("#saved")).to_have_text("draft saved")
    assert [row["layers"]["entities"][0]["label"] for row in stored(server)][3:] == [
        "AGENCY",
        "ORG",
    ]


def test_a_correction_that_cannot_be_answered_is_said_to_be_open_and_listed(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    answer_and_wait(page)
    answer_and_wait(page)
    back(page)
    press(page, "n ArrowRight Enter")  # a claim that has a source and no content
    press(page, "Escape")
    with page.expect_response("**/api/task*"):
        press(page, ".")
    on_paragraph(page, 3)
    expect(page.locator("#status")).to_contain_text("the old answer stands")
    expect(page.locator(".corrections")).to_have_text("1 correction open")
    page.locator(".corrections").click()
    page.locator("#list a", has_text="07ASTANA454/2").click()
    on_paragraph(page, 2)
    assert len(stored(server)) == 2


def test_what_was_begun_on_a_text_that_a_new_run_changed_is_listed_and_can_be_answered(
    serve, open_page
):
    server = serve(annotator="ANNA")
    page = open_page(server)
    with page.expect_response("**/api/draft"):
        press(page, "Tab 5")
    server.store.add([with_new_text(make_record(), 0)])
    page.reload()
    page.wait_for_selector(".row")  # what is drawn again before that loses a click
    page.locator(".corrections").click()
    page.locator("#list button", has_text="07ASTANA454/1").click()
    expect(page.locator("#paragraph")).not_to_contain_text("More.")
    answer_and_wait(page)
    expect(page.locator("#status")).to_contain_text("a new text waits in the queue")
    assert stored(server)[0]["layers"]["entities"][0]["label"] == "ORG"


def test_a_refusal_is_in_sight_where_the_paragraph_is_taller_than_the_window(
    folder, serve, open_page
):
    record = make_record()
    paragraph = record["paragraphs"][0]
    paragraph["text"] = " ".join([paragraph["text"], *(["Nothing more was said of it."] * 60)])
    write_records(folder, [record])
    page = open_page(serve(annotator="ANNA"))
    assert page.evaluate("scrollY") < 200, "a long paragraph opens at its beginning"
    press(page, "Enter")
    status = page.locator("#status")
    expect(status).to_contain_text("has no label yet")
    box = status.bounding_box()
    assert 0 < box["y"] < 800 - box["height"]
    at = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).id", [box["x"] + 30, box["y"] + 10]
    )
    assert at == "status"


def test_another_label_takes_the_link_away_and_says_so(folder, serve, open_page):
    record = make_record()
    record["entities"][0]["kb_id"] = "iso:KZ"
    write_records(folder, [record])
    server = serve(annotator="ANNA")
    page = open_page(server)
    press(page, "Tab 5")
    expect(page.locator("#status")).to_contain_text("its link iso:KZ is gone")
    answer_and_wait(page)
    assert "kb_id" not in stored(server)[0]["layers"]["entities"][0]


def test_what_was_left_out_of_the_files_is_listed(folder, serve, open_page):
    record = make_record()
    record["entities"][0] |= {"end": 4}  # "Econ"
    record["entities"][1] |= {"end": 9999}
    write_records(folder, [record])
    page = open_page(serve(annotator="ANNA"))
    assert entity(page, "Econoff") is None
    page.locator(".problem", has_text="2 left out").click()
    expect(page.locator("#ask")).to_contain_text("entities at 0-4 cuts a token")
    expect(page.locator("#ask")).to_contain_text("lies not within")


def test_files_without_anything_usable_say_so(folder, serve, open_page):
    (folder / "cables.jsonl").write_text('{"id": 1}\n')
    page = open_page(serve(annotator="ANNA"))
    assert page.inner_text("#cable h2") == "Nothing to review"
    assert "line 1: neither a record nor a task" in page.inner_text("#cable")
    assert statements(page) == []
