"""What can go wrong in a day: nothing is lost, nothing is doubled, and the page says where things
stand."""

import resource

from driver import (
    answer_and_wait,
    draft_saved,
    entities,
    entity,
    idle,
    on_paragraph,
    press,
    retry_now,
    stored,
    write_records,
)
from playwright.sync_api import expect

from review_sample import make_record


def uuids(server) -> list[str]:
    return [row["uuid"] for row in stored(server)]


def test_the_server_is_killed_in_the_middle(spawn, open_page):
    server = spawn("--as", "ANNA")
    page = open_page(server)
    press(page, "Tab 5")
    draft_saved(page)
    server.kill()
    press(page, "Enter")
    expect(page.locator("#banner")).to_contain_text("not saved yet")
    on_paragraph(page, 1)  # the page does not go on
    server.start()
    retry_now(page)
    on_paragraph(page, 2)
    assert [row["action"] for row in stored(server)] == ["accept"]
    assert stored(server)[0]["layers"]["entities"][0]["label"] == "ORG"


def test_killed_over_and_over_each_answer_is_there_once(spawn, open_page):
    server = spawn("--as", "ANNA")
    page = open_page(server)
    for number in (2, 3, 4):
        idle(page)  # a key that is pressed while the page is busy does nothing
        server.kill()
        press(page, "Enter")
        expect(page.locator("#banner")).to_be_visible()
        server.start()
        retry_now(page)
        on_paragraph(page, number)
    assert len(uuids(server)) == len(set(uuids(server))) == 3


def test_a_lost_receipt_does_not_double_the_answer(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    lose_the_first_receipt(page, "**/api/answer")
    press(page, "Enter")
    on_paragraph(page, 2)
    assert len(stored(server)) == 1


def test_a_laptop_that_slept(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    page.context.set_offline(True)
    press(page, "Tab 5 Enter")
    expect(page.locator("#banner")).to_be_visible()
    page.context.set_offline(False)  # the page hears that it is online and sends by itself
    on_paragraph(page, 2)
    assert [row["layers"]["entities"][0]["label"] for row in stored(server)] == ["ORG"]


def test_the_browser_is_killed_with_an_answer_on_its_way(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    context = page.context
    context.set_offline(True)
    press(page, "Enter")
    expect(page.locator("#banner")).to_be_visible()
    page.close()
    context.set_offline(False)
    assert stored(server) == []
    again = open_page(server, context)
    on_paragraph(again, 2)
    assert len(stored(server)) == 1


def test_unsent_work_waits_for_its_own_run_and_annotator(spawn, open_page, tmp_path):
    server = spawn("--as", "ANNA")
    page = open_page(server)
    server.kill()
    press(page, "Tab 5 Enter")
    expect(page.locator("#banner")).to_contain_text("not saved yet")
    first, server.folder = server.folder, tmp_path / "other"
    server.folder.mkdir()
    write_records(server.folder, [make_record("07BAKU1")])
    server.options = ("--as", "BEN")
    server.start()
    other = open_page(server, page.context)
    on_paragraph(other, 1)
    assert entity(other, "Econoff") == "AGENCY"
    retry_now(page)  # the tab of the first run: its cookie is BEN's now, or nobody's just before
    expect(page.locator("#banner")).to_contain_text("kept")
    assert stored(server) == []
    page.close()
    server.kill()
    server.folder, server.options = first, ("--as", "ANNA")
    server.start()
    on_paragraph(open_page(server, other.context), 2)
    (row,) = stored(server)
    assert (row["annotator"], row["layers"]["entities"][0]["label"]) == ("ANNA", "ORG")


def test_work_that_the_server_never_saw_is_kept_by_the_browser(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    page.route("**/api/draft", lambda route: route.abort())
    press(page, "Tab 5")
    expect(page.locator("#banner")).to_contain_text("kept in this browser")
    context = page.context
    page.close()
    again = open_page(server, context)
    assert entity(again, "Econoff") == "ORG"
    draft_saved(again)
    assert entity(open_page(server), "Econoff") == "ORG"  # in any browser from now on


def lose_the_first_receipt(page, path: str) -> None:
    """The server has the first request to a path, and the page does not know."""

    def lose(route):
        route.fetch()
        route.abort()

    page.route(path, lose, times=1)


def test_a_reload_keeps_what_came_after_a_draft_that_was_on_its_way(serve, open_page):
    page = open_page(serve(annotator="ANNA"))
    page.route("**/api/draft", lambda route: route.fetch() and None)  # the receipts stay away
    with page.expect_request("**/api/draft"):
        press(page, "Tab 5")
    page.wait_for_timeout(300)  # until the server has it
    press(page, "Tab 2")
    page.unroute("**/api/draft")
    page.reload()
    page.wait_for_selector(".row")
    assert entities(page)[:2] == [["Econoff", "ORG"], ["Deputy Chairman Sultanov", "PLACE"]]


def test_a_draft_whose_receipt_was_lost_is_no_other_tabs(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    for keys in ("Tab 5", "Tab 2"):
        lose_the_first_receipt(page, "**/api/draft")
        press(page, keys)
        expect(page.locator("#saved")).to_have_text("not saved")
        press(page, "b")
        draft_saved(page)
    lose_the_first_receipt(page, "**/api/draft")
    press(page, "Tab 4")
    expect(page.locator("#saved")).to_have_text("not saved")
    press(page, "Enter")
    on_paragraph(page, 2)
    labels = [one["label"] for one in stored(server)[0]["layers"]["entities"]]
    assert labels[:3] == ["ORG", "PLACE", "PERSON"]


def test_leaving_the_tab_saves_a_draft_of_many_marks(folder, serve, open_page):
    text = " ".join(["<PLACE>Astana</PLACE>"] * 1500)
    write_records(folder, [make_record(paragraphs=[[("REPORT", f"{text}.", [])]])])
    page = open_page(serve(annotator="ANNA"))
    press(page, "Tab 5")
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { value: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(page.locator("#saved")).to_contain_text("saved")
    assert page.inner_text("#saved") == "draft saved"


def test_a_full_disk(spawn, open_page):
    server = spawn("--as", "ANNA")
    page = open_page(server)
    used = max(path.stat().st_size for path in server.folder.iterdir())
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (used, resource.RLIM_INFINITY))
    press(page, "c")
    page.keyboard.insert_text("long " * 60_000)
    press(page, "Enter Enter")
    expect(page.locator("#banner")).to_contain_text("Not saved")
    on_paragraph(page, 1)
    resource.prlimit(
        server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )
    retry_now(page)
    on_paragraph(page, 2)
    assert [len(row["comment"]) > 200_000 for row in stored(server)] == [True]


def test_an_answer_too_large_for_the_browsers_store_reaches_the_server(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    page.evaluate("""() => {
        let filling = "x".repeat(2 ** 22);
        for (let number = 0; filling.length > 8; number += 1) {
            try { localStorage.setItem(`filled.${number}`, filling); }
            catch { filling = filling.slice(filling.length / 2); }
        }
    }""")
    press(page, "Tab 5")
    draft_saved(page)
    answer_and_wait(page)
    on_paragraph(page, 2)
    assert [row["layers"]["entities"][0]["label"] for row in stored(server)] == ["ORG"]
    expect(page.locator("#unkept")).to_contain_text("This browser's store is full")


def test_a_browser_that_keeps_nothing_is_said_and_loses_nothing(serve, open_page, browser):
    server = serve(annotator="ANNA")
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('denied', 'SecurityError'); } })"
    )
    page = open_page(server, context)
    expect(page.locator("#unkept")).to_have_text(
        "This browser keeps nothing: work is safe once it is saved on the server"
    )
    press(page, "Tab 5")
    draft_saved(page)
    answer_and_wait(page)
    on_paragraph(page, 2)
    assert [row["layers"]["entities"][0]["label"] for row in stored(server)] == ["ORG"]
    context.close()


def test_answers_are_saved_from_another_machine(serve, open_page):
    server = serve(annotator="ANNA", any_host=True)
    server.url = server.url.replace("127.0.0.1", "colleague.test")
    page = open_page(server)
    assert not page.evaluate("isSecureContext")  # as over plain http between machines
    answer_and_wait(page)
    press(page, "z")
    on_paragraph(page, 1)
    assert [row["action"] for row in stored(server)] == ["accept", "undo"]


def two_tabs(serve, open_page):
    server = serve(annotator="ANNA")
    one = open_page(server)
    return server, one, open_page(server, one.context)


def test_two_tabs(serve, open_page):
    server, one, two = two_tabs(serve, open_page)
    press(one, "Tab 5")
    answer_and_wait(one)
    press(two, "x")
    expect(two.locator("#ask")).to_contain_text("answered “accept” in another tab")
    two.locator("#ask button", has_text="Take what is there").click()
    assert entity(two, "Econoff") == "ORG"
    assert [row["action"] for row in stored(server)] == ["accept"]
    press(two, "x")
    idle(two)
    on_paragraph(two, 2)
    assert [row["action"] for row in stored(server)] == ["accept", "reject"]


def test_two_tabs_keep_mine(serve, open_page):
    server, one, two = two_tabs(serve, open_page)
    answer_and_wait(one)
    press(two, "Tab 2")
    expect(two.locator("#ask")).to_be_visible()
    two.locator("#ask button", has_text="Keep mine").click()
    draft_saved(two)
    answer_and_wait(two)
    assert [row["layers"]["entities"][0]["label"] for row in stored(server)] == ["AGENCY", "PLACE"]


def test_two_tabs_one_drafts_and_the_other_answers(serve, open_page):
    server, one, two = two_tabs(serve, open_page)
    press(two, "Tab 5")
    draft_saved(two)
    press(one, "Enter")
    expect(one.locator("#ask")).to_contain_text("a newer draft in another tab")
    assert stored(server) == []
    one.locator("#ask button", has_text="Keep mine").click()
    on_paragraph(one, 2)
    assert [row["layers"]["entities"][0]["label"] for row in stored(server)] == ["AGENCY"]


def test_the_question_of_two_tabs_is_asked_until_it_is_answered(serve, open_page):
    _server, one, two = two_tabs(serve, open_page)
    press(one, "Tab 5")
    draft_saved(one)
    press(two, "Tab Tab 2")
    expect(two.locator("#ask")).to_contain_text("a newer draft in another tab")
    press(two, "Escape Escape Escape .")
    expect(two.locator("#ask")).to_contain_text("a newer draft in another tab")
    two.locator("#ask button", has_text="Keep mine").click()
    draft_saved(two)
    assert entity(two, "Deputy Chairman Sultanov") == "PLACE"


def test_an_answer_that_a_question_is_about_survives_a_reload(serve, open_page):
    server, one, two = two_tabs(serve, open_page)
    answer_and_wait(one)
    press(two, "x")
    expect(two.locator("#ask")).to_contain_text("answered “accept” in another tab")
    two.reload()
    expect(two.locator("#ask")).to_contain_text("answered “accept” in another tab")
    two.locator("#ask button", has_text="Keep mine").click()
    on_paragraph(two, 2)
    two.reload()
    on_paragraph(two, 2)
    expect(two.locator("#ask")).to_be_hidden()
    assert [row["action"] for row in stored(server)] == ["accept", "reject"]


def test_a_comment_is_written_to_its_end_before_another_question_comes(serve, open_page):
    _server, one, two = two_tabs(serve, open_page)
    press(one, "Tab 5")
    draft_saved(one)
    with two.expect_response("**/api/draft"):
        press(two, "Tab Tab 2 c")
    two.keyboard.type("seen twice")
    press(two, "Enter")
    expect(two.locator("#ask")).to_contain_text("a newer draft in another tab")
    two.locator("#ask button", has_text="Keep mine").click()
    draft_saved(two)
    expect(two.locator("#caption .comment")).to_have_text("“seen twice”")


def test_two_tabs_with_an_answer_each_for_a_server_that_is_down(spawn, open_page):
    server = spawn("--as", "ANNA")
    one = open_page(server)
    two = open_page(server, one.context)
    with two.expect_response("**/api/task*"):
        press(two, ".")
    on_paragraph(two, 2)
    server.kill()
    for tab in (one, two):
        press(tab, "x")
        expect(tab.locator("#banner")).to_be_visible()
        tab.close()
    server.start()
    on_paragraph(open_page(server, one.context), 3)
    assert sorted((row["task"], row["action"]) for row in stored(server)) == [
        (1, "reject"),
        (2, "reject"),
    ]


def test_an_undo_whose_receipt_was_lost_takes_back_one_answer(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    answer_and_wait(page)
    answer_and_wait(page)
    lose_the_first_receipt(page, "**/api/undo")
    press(page, "z z")
    on_paragraph(page, 2)
    assert [row["action"] for row in stored(server)] == ["accept", "accept", "undo"]


def test_two_annotators_do_not_meet_and_are_blind(serve, open_page):
    server = serve(overlap=2)

    def enter(name):
        page = open_page(server, wait="input[name=name]")
        page.fill("input[name=name]", name)
        press(page, "Enter")
        page.wait_for_selector(".row")
        return page

    anna = enter("ANNA")
    press(anna, "Tab 5 c")
    anna.keyboard.type("my secret")
    press(anna, "Enter")
    answer_and_wait(anna)
    ben = enter("BEN")
    on_paragraph(ben, 1)
    assert entity(ben, "Econoff") == "AGENCY"
    assert "my secret" not in ben.content()
    answer_and_wait(ben)
    cleo = enter("CLEO")
    on_paragraph(cleo, 3)  # the second lies before ANNA and BEN
    assert {(row["annotator"], row["task"]) for row in stored(server)} == {("ANNA", 1), ("BEN", 1)}


HOSTILE = (
    "<script>alert(1)</script> \u202eTOLD\u202c <img src=x onerror=alert(2)> "
    "e\u0301\u200b \U0001f1f0\U0001f1ff Ministry\u00ad &amp; \U0001f600 Majlis said no."
)


def test_a_cable_full_of_tricks_shows_as_text_and_its_offsets_are_exact(folder, serve, open_page):
    record = make_record()
    record |= {
        "entities": [],
        "claims": [],
        "statements": [],
        "paragraphs": [record["paragraphs"][0] | {"text": HOSTILE}],
    }
    record["header"] = record["header"] | {"subject": HOSTILE}
    start = HOSTILE.index("Majlis")
    paragraph = record["paragraphs"][0]["id"]
    record["statements"] = [
        {"paragraph": paragraph, "start": 0, "end": len(HOSTILE), "label": "REPORT"}
    ]
    record["entities"] = [
        {"paragraph": paragraph, "start": start, "end": start + 6, "label": "ORG", "score": 0.4}
    ]
    write_records(folder, [record])
    server = serve(annotator="ANNA")
    page = open_page(server)
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    assert page.inner_text("#cable h2").count("<script>") == 1
    assert entities(page) == [["Majlis", "ORG"]]
    assert page.locator(".hidden-character[data-code='202E']").count() >= 1
    press(page, "1")
    answer_and_wait(page)
    (row,) = stored(server)
    assert [(e["start"], e["end"], e["label"]) for e in row["layers"]["entities"]] == [
        (start, start + 6, "AGENCY")
    ]
    assert HOSTILE[start : start + 6] == "Majlis"
    assert not dialogs
