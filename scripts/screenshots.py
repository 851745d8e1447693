"""Screenshots of the review page on the invented sample cable, for README and docs:
docs/screenshots/*.png.

python scripts/screenshots.py [FOLDER]      (needs pillow)
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))
from cablespan.review.store import Annotator, Store  # noqa: E402
from review_sample import make_record  # noqa: E402

OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
COLOURS = 192  # a third of the bytes
PATIENCE = 300_000  # milliseconds, on a busy machine


def differing_answers(folder: str) -> None:
    """Two annotators on one paragraph, who differ in an entity and a statement."""
    store = Store(Path(folder, "review.sqlite"), overlap=2)
    layers = store.task(2)["layers"]
    law = [e | {"label": "LAW"} if e["label"] == "ORG" else e for e in layers["entities"]]
    other = [
        s | {"label": "REPORT"} if s["label"] == "COMMENT" else s for s in layers["statements"]
    ]
    store.answer(
        Annotator("ANNA"), 2, "accept", {**layers, "entities": law}, uuid="anna", version=0
    )
    store.answer(
        Annotator("BEN"), 2, "accept", {**layers, "statements": other}, uuid="ben", version=0
    )
    store.close()


def shoot(
    browser,
    folder: str,
    name: str,
    *options: str,
    scheme: str = "light",
    height: int = 800,
    keys: str = "",
) -> None:
    command = [sys.executable, "-m", "cablespan.cli", "review", folder, "--port", "0", *options]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme=scheme)
    page.set_default_timeout(PATIENCE)
    page.goto(server.stderr.readline().split()[2])
    page.wait_for_selector("#workspace .row")
    for key in keys.split():
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.screenshot(path=OUT / f"{name}.png")
    with Image.open(OUT / f"{name}.png") as image:
        small = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE)
    small.save(OUT / f"{name}.png", optimize=True)
    page.close()
    server.terminate()
    server.wait()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as root, sync_playwright() as playwright:
        folder = f"{root}/demo"
        Path(folder).mkdir()
        Path(folder, "cables.jsonl").write_text(
            json.dumps(make_record(scores={"Criminal Code": 0.53})) + "\n"
        )
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        shoot(browser, folder, "review", "--as", "ANNA", height=720, keys=". j j")
        shoot(browser, folder, "review-dark", "--as", "BEN", scheme="dark", height=720, keys=". g")
        shoot(browser, folder, "overview", "--as", "ANNA", height=720, keys=". b p")
        differing_answers(folder)
        shoot(browser, folder, "adjudicate", "--as", "EVA", "--adjudicate", keys="Alt+1")
        browser.close()


if __name__ == "__main__":
    main()
