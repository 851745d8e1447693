"""For every eye: axe-core's checks in light, dark and narrow; focus that shows; nothing from
elsewhere."""

from pathlib import Path

import axe_core_python
import pytest
from driver import answer_and_wait, press
from playwright.sync_api import expect

from cablespan.review.store import Annotator

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")


def faults(page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{v['id']}: {v['help']} {[node['target'] for node in v['nodes'][:3]]}" for v in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing(serve, open_page, scheme, width):
    page = open_page(serve(annotator="ANNA"), color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    answer_and_wait(page)
    assert faults(page) == []
    press(page, "?")
    assert faults(page) == []


def test_axe_finds_nothing_in_guidelines_questions_and_at_the_door(serve, open_page):
    page = open_page(serve(token="secret"), wait="input[name=token]")
    assert faults(page) == []
    page.fill("input[name=name]", "ANNA")
    page.fill("input[name=token]", "secret")
    press(page, "Enter")
    page.wait_for_selector(".row")
    for keys in ("h", "Escape c", "Escape l"):
        press(page, keys)
        page.wait_for_selector("dialog[open]")
        assert faults(page) == []


def test_axe_finds_nothing_in_adjudication_and_versions_scroll_by_keys(serve, open_page):
    server = serve(annotator="EVA", adjudicate=True, overlap=2)
    layers = server.store.task(2)["layers"]
    for name, version in (("ANNA", layers), ("BEN", layers | {"claims": []})):
        server.store.answer(Annotator(name), 2, "accept", version, uuid=name, version=0)
    page = open_page(server)
    page.set_viewport_size({"width": 400, "height": 500})
    assert faults(page) == []
    version = page.locator(".version-text").first
    version.evaluate("node => { node.style.maxHeight = '60px'; node.scrollTop = 0; }")
    version.focus()
    press(page, "ArrowDown")
    expect(version).not_to_have_js_property("scrollTop", 0)


@pytest.mark.parametrize("width", [1280, 700, 360])
def test_nothing_is_wider_than_the_window(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    answer_and_wait(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_labels_are_words_and_not_only_colours(page):
    answer_and_wait(page)
    assert page.locator("#workspace mark .tag").all_inner_texts()[:3] == [
        "OFFICIAL",
        "PLACE",
        "MONEY",
    ]
    assert {"source 1", "d 1", "content 1", "s 2"} <= set(
        page.locator("#workspace .role").all_inner_texts()
    )


def test_the_focus_shows(page):
    press(page, "Escape")
    for _ in range(4):
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, "
            "outlineWidth])(getComputedStyle(document.activeElement))"
        )
        assert style == ["solid", "2px"]
        press(page, "Tab")


def test_nothing_comes_from_another_server(serve, open_page):
    server = serve(annotator="ANNA")
    page = open_page(server)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector(".row")
    press(page, "h")
    page.wait_for_selector("#guide[open] table")
    assert asked
    assert all(url.startswith(server.url) for url in asked)
