"""The same by mouse."""

from driver import answer_and_wait, claims, entities, entity, press, selected, statements, token


def drag(page, first: str, last: str) -> None:
    a, b = token(page, first).bounding_box(), token(page, last).bounding_box()
    page.mouse.move(a["x"] + 2, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=4)
    page.mouse.up()


def test_drag_and_label(page):
    drag(page, "Deputy", "Chairman")
    assert selected(page) == "Deputy Chairman"
    page.locator("#legend .chip", has_text="ORG").click()
    assert entity(page, "Deputy Chairman") == "ORG"


def test_a_click_takes_the_whole_entity(page):
    token(page, "Chairman").click()
    assert selected(page) == "Deputy Chairman Sultanov"
    press(page, "4")
    assert entity(page, "Deputy Chairman Sultanov") == "PERSON"
    press(page, "Delete")
    assert entity(page, "Deputy Chairman Sultanov") is None


def test_a_claim_in_three_selections(page):
    answer_and_wait(page)
    press(page, "ArrowDown n")
    drag(page, "Justice", "Ministry")
    token(page, "will").click()
    drag(page, "Decree", "Majlis")
    assert claims(page)[-1] == ["Justice Ministry", "will", "Decree 93 to the Majlis"]
    press(page, "z z z")
    assert len(claims(page)) == 2


def test_a_sentence_gets_its_label_from_the_legend(page):
    page.locator("#workspace button.statement").nth(1).click()
    page.locator("#legend .chip", has_text="REQUEST").click()
    assert statements(page) == ["REPORT", "REQUEST"]


def test_the_buttons_answer(page):
    page.locator("#answers button", has_text="Flag").click()
    assert "flagged" in page.inner_text("#caption")
    with page.expect_response("**/api/answer"):
        page.locator("#answers button", has_text="Reject").click()
    page.wait_for_selector("body:not(.busy)")
    page.locator("#answers button", has_text="Undo").click()
    page.wait_for_selector("#caption .flag")
    assert len(entities(page)) == 4
