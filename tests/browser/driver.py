"""What an annotator sees and does, in a test's words."""

import json
import sqlite3
from pathlib import Path

import orjson
from playwright.sync_api import expect


def write_records(folder: Path, records: list[dict]) -> None:
    (folder / "cables.jsonl").write_text(
        "".join(json.dumps(record) + "\n" for record in records), encoding="utf-8"
    )


def press(page, keys: str) -> None:
    """Presses keys that are separated by blanks ("1 Tab Enter")."""
    for key in keys.split():
        page.keyboard.press({"space": " "}.get(key, key))


def entities(page) -> list[tuple[str, str]]:
    """(text, label) of the entities of the paragraph under review."""
    return page.eval_on_selector_all(
        "#workspace mark",
        """marks => marks.map(mark => [[...mark.querySelectorAll(".token, .gap")].map(node => {
            const copy = node.cloneNode(true);
            copy.querySelectorAll(".role, .hint").forEach(tag => tag.remove());
            return copy.textContent;
        }).join(""), mark.dataset.label])""",
    )


def entity(page, text: str) -> str | None:
    return dict(entities(page)).get(text)


def statements(page) -> list[str]:
    return page.eval_on_selector_all(
        "#workspace button.statement", "buttons => buttons.map(b => b.textContent)"
    )


def claims(page) -> list[list[str]]:
    return page.eval_on_selector_all(
        "#workspace .claims li",
        "items => items.map(li => [...li.querySelectorAll('.part bdi')].map(part => "
        "part.textContent))",
    )


def selected(page) -> str:
    return page.eval_on_selector_all(
        "#workspace .sentence .token.selected, #workspace .sentence .gap.selected",
        """nodes => nodes.map(node => {
            const copy = node.cloneNode(true);
            copy.querySelectorAll(".role, .hint").forEach(tag => tag.remove());
            return copy.textContent;
        }).join("")""",
    ).strip()


def place(page) -> str:
    return page.inner_text("#caption strong")


def token(page, word: str):
    return page.locator("#workspace .sentence .token", has_text=word).first


def answer_and_wait(page, key: str = "Enter") -> None:
    with page.expect_response("**/api/answer") as response:
        press(page, key)
    assert response.value.ok, response.value.text()
    idle(page)


def draft_saved(page) -> None:
    expect(page.locator("#saved")).to_have_text("draft saved")


def idle(page) -> None:
    page.wait_for_selector("body:not(.busy)")


def retry_now(page) -> None:
    """Presses "Retry now" where it still stands: the page may have tried again by itself."""
    page.evaluate("document.querySelector('#banner:not([hidden]) button')?.click()")


def on_paragraph(page, number: int) -> None:
    """Waits until this paragraph is under review."""
    expect(page.locator("#caption strong")).to_contain_text(f"¶ {number} (C)")


def stored(server) -> list[dict]:
    """The append-only history, read from the file by other means than ours."""
    with sqlite3.connect(f"file:{server.folder / 'review.sqlite'}?mode=ro", uri=True) as db:
        rows = db.execute(
            "SELECT annotator, role, task, action, layers, "
            "comment, flagged, uuid FROM answers ORDER BY seq"
        ).fetchall()
    names = ("annotator", "role", "task", "action", "layers", "comment", "flagged", "uuid")
    return [
        dict(zip(names, row, strict=True)) | {"layers": row[4] and orjson.loads(row[4])}
        for row in rows
    ]
