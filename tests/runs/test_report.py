"""The report: self-contained, safe, small whatever the size of the run, and drawn by a real browser."""

import re
import shutil
import subprocess
from copy import deepcopy

import orjson
import pytest

from cablespan.runs.report import report
from cablespan.runs.report.findings import LISTED, Findings
from cablespan.runs.report.things import Key
from made_up import records


def write(folder, lines) -> str:
    (folder / "cables.jsonl").write_bytes(
        b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    )
    return str(folder)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    run = write(folder, records(400))
    reject = {"path": "dump.csv", "place": "row 7", "reason": "torn row <b>", "remedy": "mend it"}
    (folder / "rejects.jsonl").write_bytes(orjson.dumps(reject) + b"\n")
    report(run, folder / "report.html")
    return folder / "report.html"


def test_the_page_needs_nothing_from_outside(page):
    text = page.read_text("utf-8")
    outside = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    assert (
        not re.search(r"""(?:src|href)=["'](?!#)""", outside)
        and "@import" not in outside
        and "url(" not in outside
    )
    assert "torn row &lt;b&gt;" in text


def test_text_of_a_cable_is_text(tmp_path):
    record = deepcopy(next(records(1)))
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    for paragraph in record["paragraphs"]:
        paragraph["text"] = evil
    for statement in record["statements"]:
        statement.update(label="RECOMMENDATION", end=len(evil))
    for cluster in record["clusters"]:
        cluster["name"] = evil
    record["header"]["origin"] = evil
    report(write(tmp_path, [record]), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "alert(1)" in text
    assert "<script>alert" not in text and "<img src=x" not in text


def test_counts_are_those_of_the_records():
    findings = Findings()
    every = list(records(50))
    for record in every:
        findings.add(record)
    labels = [statement["label"] for record in every for statement in record["statements"]]
    assert findings.counts["cables"] == 50
    assert findings.labels["statements"] == {label: labels.count(label) for label in set(labels)}
    kazakhstan = findings.things[Key("PLACE", "iso:KZ")]
    assert kazakhstan.mentions == sum(
        entity["kb_id"] == "iso:KZ" for record in every for entity in record["entities"]
    )
    assert kazakhstan.cables == sum(
        any(entity["kb_id"] == "iso:KZ" for entity in record["entities"]) for record in every
    )
    assert sum(findings.certainty.values()) == sum(len(record["claims"]) for record in every)
    assert {place["name"] for place in findings.on_the_map()} >= {"Kazakhstan", "Turkey", "Peru"}


def test_what_is_listed_does_not_depend_on_the_order():
    one, other = Findings(), Findings()
    every = list(records(1500, paragraphs=8))
    for record in every:
        one.add(record)
    for record in reversed(every):
        other.add(record)
    listed = one.listed("COMMITMENT")
    assert len(listed) == LISTED < one.labels["statements"]["COMMITMENT"]
    assert listed == other.listed("COMMITMENT")


def test_the_page_stays_small(tmp_path):
    size = report(write(tmp_path, records(3000)), tmp_path / "report.html")
    assert size < 5_000_000


def test_an_empty_run_still_gives_a_page(tmp_path):
    assert report(write(tmp_path, []), tmp_path / "report.html") > 10_000


def test_a_browser_draws_the_charts_and_searches(page, chromium):
    page_of = chromium.new_page()
    errors = []
    page_of.on("pageerror", lambda error: errors.append(str(error)))
    page_of.on(
        "request",
        lambda request: errors.append(request.url) if request.url.startswith("http") else None,
    )
    page_of.goto(page.as_uri())
    page_of.wait_for_selector("#chart-about svg")
    charts = page_of.locator("[data-chart]").count()
    page_of.wait_for_function(
        "n => document.querySelectorAll('[data-chart] svg').length === n", arg=charts
    )
    assert charts >= 12
    page_of.fill("#search-words", "financial")
    assert page_of.locator("#search-rows tr").all_inner_texts()[0].startswith("Financial Police")
    page_of.fill("[data-filter=list-commitment]", "no such word")
    assert page_of.locator("#list-commitment details:visible").count() == 0
    assert errors == []


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium")
    if path is None or subprocess.run([path, "--version"], capture_output=True).returncode:
        pytest.skip("needs chromium")
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
            ],
        )
        yield browser
        browser.close()
