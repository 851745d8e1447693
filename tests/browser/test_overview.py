"""A cable at a glance, links that can be sent, and the search over all work."""

import pytest
from driver import answer_and_wait, idle, on_paragraph, press, write_records
from playwright.sync_api import expect

from review_sample import PARAGRAPHS, make_record

HEADING = [("ADMIN", "Raids in <PLACE>Almaty</PLACE>", [])]


def states(page) -> list[str]:
    return page.locator("#list .state").all_inner_texts()


def test_the_overview_shows_where_each_paragraph_stands(page):
    answer_and_wait(page)
    press(page, "b")
    expect(page.locator("#saved")).to_have_text("draft saved")
    press(page, "p")
    page.wait_for_selector("#list[open] table")
    assert states(page) == ["accepted", "draft", "open", "open"]
    assert "flagged" in page.inner_text("#list tr.here")
    assert "AGENCY 3" in page.inner_text("#list tr.here")
    page.locator("#list a", has_text="¶ 4").click()
    on_paragraph(page, 4)


def test_a_paragraph_has_an_address_that_can_be_sent(serve, open_page, browser):
    server = serve()
    visitor = browser.new_context()
    page = visitor.new_page()
    page.goto(f"{server.url}cable/07ASTANA454/3")
    page.fill("input[name=name]", "BEN")
    press(page, "Enter")
    on_paragraph(page, 3)
    assert page.url.endswith("/cable/07ASTANA454/3")
    visitor.close()


@pytest.mark.parametrize("address", ["07ASTANA454/99", "50%%20a/1", "%ff"])
def test_an_address_of_nothing_is_said_and_the_queue_begins(serve, open_page, address):
    server = serve(annotator="ANNA")
    page = open_page(server)
    page.goto(f"{server.url}cable/{address}")
    on_paragraph(page, 1)
    expect(page.locator("#status")).to_contain_text("There is no paragraph")


def test_search_finds_a_cable_by_its_id_and_answered_work_by_whole_words(folder, serve, open_page):
    write_records(folder, [make_record(), make_record("08OSLO1")])
    page = open_page(serve(annotator="ANNA"))
    answer_and_wait(page)
    press(page, "/")
    page.keyboard.type("raid")
    expect(page.locator("#list")).to_contain_text("Nothing is found")
    page.fill("#list input", "econoff met")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    assert states(page) == ["accepted", "open"]
    page.fill("#list input", "08oslo")
    page.locator("#list .cables button", has_text="08OSLO1").click()
    idle(page)
    page.wait_for_function("location.pathname === '/cable/08OSLO1/1'")


def test_headings_and_scraps_are_accepted_along_with_their_paragraph(folder, serve, open_page):
    write_records(folder, [make_record(paragraphs=[HEADING, *PARAGRAPHS[:2]])])
    server = serve(annotator="ANNA")
    page = open_page(server)
    on_paragraph(page, 2)
    assert "goes along" in page.inner_text("#before")
    assert "PLACE" in page.inner_text("#before .along")
    answer_and_wait(page)
    assert {a["paragraph"] for a in server.store.current_answers()} == {
        "07ASTANA454/1",
        "07ASTANA454/2",
    }
    assert "2 of 3" in page.inner_text("#progress")
    with page.expect_response("**/api/undo"):
        press(page, "z")
    on_paragraph(page, 2)
    assert list(server.store.current_answers()) == []


def test_the_selected_words_can_be_copied(page):
    press(page, "Tab Tab")
    copied = page.evaluate(
        """() => { const clipboardData = new DataTransfer();
        const event = new ClipboardEvent("copy", { clipboardData, bubbles: true });
        document.querySelector("#workspace").dispatchEvent(event);
        return clipboardData.getData("text/plain"); }"""
    )
    assert copied == "Deputy Chairman Sultanov"
