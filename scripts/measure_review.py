"""Fifty corrections by keyboard in a real browser: strokes for each, and the server's time for each
answer.

Known faults are put into the invented sample (wrong label, wrong edge, a mark too many, a mark too
few, a wrong statement, a missing claim), the driver corrects them as an annotator would, and what
is stored is compared with the truth.

    python scripts/measure_review.py [--tasks 50]
"""

import argparse
import copy
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from review_sample import PARAGRAPHS, make_record

ENTITY_KEYS = dict(
    zip(
        ("AGENCY", "PLACE", "OFFICIAL", "PERSON", "ORG", "LAW", "DATE", "MONEY", "CABLE_REF"),
        "123456789",
        strict=True,
    )
)
STATEMENT_KEYS = dict(
    zip(
        ("ADMIN", "REQUEST", "RECOMMENDATION", "COMMITMENT", "COMMENT", "CLAIM", "REPORT"),
        "qwertyu",
        strict=True,
    )
)
FAULTS = ("label", "edge", "extra", "missing", "statement", "claim")


def with_fault(number: int, kind: str, choice: random.Random) -> tuple[dict, dict]:
    """A record of one paragraph with one fault, and what is wrong with it."""
    wanted = 1 if kind == "claim" else choice.choice((0, 1, 2, 3))
    truth = make_record(f"{number:03}SAMPLE{number}", [PARAGRAPHS[wanted]])
    record = copy.deepcopy(truth)
    text = record["paragraphs"][0]["text"]
    index = choice.randrange(len(record["entities"]))
    entity = record["entities"][index]
    fault = {"kind": kind, "truth": truth, "entity": dict(entity)}
    if kind == "label":
        entity["label"] = choice.choice(
            [label for label in ENTITY_KEYS if label != entity["label"]]
        )
    elif kind == "edge":
        edges = [
            e for e in record["entities"] if text[e["end"]] == " "
        ]  # those that a word follows
        entity = choice.choice(edges)
        fault["entity"] = dict(entity)
        entity["end"] += len(text[entity["end"] + 1 :].split()[0].strip(".,")) + 1
    elif kind == "extra":
        taken = [(e["start"], e["end"]) for e in record["entities"]]
        words = [
            w
            for w in ("met", "said", "more", "warned", "charged", "recommends", "advise")
            if w in text
        ]
        start = text.index(choice.choice(words))
        end = start + len(text[start:].split()[0].strip(".,"))
        if all(end <= s or start >= e for s, e in taken):
            record["entities"].append(entity | {"start": start, "end": end, "label": "ORG"})
            fault["entity"] = {"start": start, "end": end}
    elif kind == "missing":
        record["entities"].pop(index)
    elif kind == "statement":
        fault["sentence"] = choice.randrange(len(record["statements"]))
        sentence = record["statements"][fault["sentence"]]
        sentence["label"] = choice.choice(
            [label for label in STATEMENT_KEYS if label != sentence["label"]]
        )
    else:
        record["claims"].pop(0)
    return record, fault


class Annotator:
    """Presses keys and counts them."""

    def __init__(self, page):
        self.page, self.strokes = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def token_at(self, offset: int) -> int:
        tokens = self.page.evaluate(
            "fetch('/api/task?id=' + window.current).then(r => r.json()).then(b => b.task.tokens)"
        )
        return next(i for i, (start, end, *_) in enumerate(tokens) if start <= offset < end)

    def hint(self, selector: str) -> str:
        return self.page.locator(selector).locator(".hint").first.inner_text().lower()

    def go_to_entity(self, start: int) -> None:
        """Tab to the first one, Shift+Tab to the last, else the letters of `g`."""
        token = self.token_at(start)
        mark = f"#workspace mark:has([data-token='{token}'])"
        order, last = self.page.eval_on_selector_all(
            "#workspace mark",
            "(all, s) => [all.indexOf(document.querySelector(s)), all.length - 1]",
            mark,
        )
        if order in (0, last):
            return self.press("Shift+Tab" if order else "Tab")
        self.press("g")
        self.press(*self.hint(f"{mark}"))

    def go_to_word(self, start: int) -> None:
        token = self.token_at(start)
        sentence = int(
            self.page.locator(
                f"#workspace .row:has(.sentence [data-token='{token}'])"
            ).get_attribute("data-sentence")
        )
        self.go_to_sentence(sentence)
        first = int(
            self.page.locator("#workspace .row.current .sentence [data-token]").first.get_attribute(
                "data-token"
            )
        )
        if token - first <= 2:
            return self.press(*["ArrowRight"] * (token - first))
        self.press("Shift+G")
        self.press(*self.hint(f"#workspace .token[data-token='{token}']"))

    def go_to_sentence(self, sentence: int) -> None:
        current = int(self.page.locator("#workspace .row.current").get_attribute("data-sentence"))
        self.press(*["ArrowDown" if sentence > current else "ArrowUp"] * abs(sentence - current))

    def correct(self, fault: dict) -> None:
        entity, kind = fault["entity"], fault["kind"]
        if kind == "label":
            self.go_to_entity(entity["start"])
            self.press(ENTITY_KEYS[entity["label"]])
        elif kind == "edge":
            self.go_to_entity(entity["start"])
            self.press("}")
        elif kind == "extra":
            self.go_to_entity(entity["start"])
            self.press("Delete")
        elif kind == "missing":
            self.go_to_word(entity["start"])
            last = self.token_at(entity["end"] - 1)
            self.press(
                *["]"] * (last - self.token_at(entity["start"])), ENTITY_KEYS[entity["label"]]
            )
        elif kind == "statement":
            self.go_to_sentence(fault["sentence"])
            self.press(STATEMENT_KEYS[fault["truth"]["statements"][fault["sentence"]]["label"]])
        elif kind == "claim":
            self.go_to_word(fault["truth"]["claims"][0]["cue"]["start"])
            self.press("d", "s", "f")


def places(layers: dict) -> dict:
    claims = [
        [
            (p["start"], p["end"]) if (p := claim[role]) else None
            for role in ("source", "cue", "content")
        ]
        for claim in layers["claims"]
    ]
    marks = {
        name: sorted((m["start"], m["end"], m["label"]) for m in layers[name])
        for name in ("entities", "statements")
    }
    return marks | {"claims": sorted(claims)}


def run(page, records: list[tuple[dict, dict]]) -> list[dict]:
    annotator, rows = Annotator(page), []
    for _, fault in records:
        page.wait_for_selector("body:not(.busy) #workspace .row")
        annotator.strokes = 0
        begun = time.perf_counter()
        annotator.correct(fault)
        strokes = annotator.strokes
        with page.expect_response("**/api/answer") as caught:
            page.keyboard.press("Enter")
        response = caught.value
        timing = response.request.timing
        sent = json.loads(response.request.post_data)
        right = places(sent["layers"]) == places(fault["truth"])
        server = timing["responseStart"] - timing["requestStart"]
        rows.append(
            {
                "kind": fault["kind"],
                "strokes": strokes,
                "right": right,
                "server_ms": server,
                "wall_s": time.perf_counter() - begun,
            }
        )
        following = response.json()["next"]
        page.evaluate("id => { window.current = id; }", following and following["id"])
        if following is None:
            break
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    choice = random.Random(arguments.seed)
    records = [
        with_fault(number, FAULTS[number % len(FAULTS)], choice)
        for number in range(arguments.tasks)
    ]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        Path(folder, "cables.jsonl").write_text(
            "".join(json.dumps(record) + "\n" for record, _ in records)
        )
        command = [
            sys.executable,
            "-m",
            "cablespan.cli",
            "review",
            folder,
            "--as",
            "DRIVER",
            "--port",
            "0",
        ]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            url = server.stderr.readline().split()[2]
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(url)
            page.wait_for_selector("#workspace .row")
            page.evaluate("window.current = 1")
            rows = run(page, records)
            browser.close()
        finally:
            server.terminate()
            server.wait()
    print(
        f"{len(rows)} corrections, {sum(row['right'] for row in rows)} stored exactly as the truth"
    )
    for kind in FAULTS:
        of_kind = [row for row in rows if row["kind"] == kind]
        if not of_kind:
            continue
        strokes = statistics.mean(row["strokes"] for row in of_kind)
        print(f"  {kind:10} {len(of_kind):3} tasks, {strokes:.2f} strokes each (Enter not counted)")
    spans = [row["strokes"] for row in rows if row["kind"] in ("label", "edge", "extra")]
    every = statistics.mean(row["strokes"] for row in rows)
    print(
        f"a wrong span: {statistics.mean(spans):.2f} strokes (mean of {len(spans)}); "
        f"all faults: {every:.2f}"
    )
    times = sorted(row["server_ms"] for row in rows)
    print(
        f"answer saved and next task served: median {statistics.median(times):.1f} ms, "
        f"largest {times[-1]:.1f} ms"
    )
    print(
        "wall time of a correction by the driver: "
        f"median {statistics.median(row['wall_s'] for row in rows):.2f} s"
    )


if __name__ == "__main__":
    main()
