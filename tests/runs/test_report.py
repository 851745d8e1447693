"""The report: self-contained, safe, small whatever the size of the run, and drawn by a real
browser.
"""

import re
import shutil
import subprocess
from copy import deepcopy
from hashlib import sha256

import orjson
import pytest

from cablespan.runs.report import report
from cablespan.runs.report.findings import LISTED, Findings
from cablespan.runs.things import Key, identified
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


def test_a_thing_has_its_name_in_the_lexicon_and_not_that_of_a_mention():
    names = {
        kb_id: identified("AGENCY", {"name": "it", "kb_id": kb_id}, None)[1]
        for kb_id in ("us:STATE/NEA", "mil:ARVN")
    }
    assert names == {"us:STATE/NEA": "Bureau of Near Eastern Affairs", "mil:ARVN": "ARVN"}


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


def official(record: dict, **facts) -> dict:
    """A record in which the one cluster of officials is somebody else."""
    changed = deepcopy(record)
    for cluster in changed["clusters"]:
        if cluster["label"] == "OFFICIAL":
            cluster.update(facts)
    return changed


def named(every: list[dict], label: str = "OFFICIAL") -> dict[str, int]:
    findings = Findings()
    for record in every:
        findings.add(record)
    return {thing.name: thing.cables for thing in findings.most_named(label, 100)}


def test_officials_are_people_by_name_and_offices_by_post():
    ambassador = {"office": "Ambassador", "kb_id": "office:AMBASSADOR", "family_name": None}
    record = next(records(1, paragraphs=1))
    oslo, lima = deepcopy(record), deepcopy(record)
    oslo["header"]["origin"], lima["header"]["origin"] = "Embassy Oslo", "Embassy Lima"
    full = {"name": "Ambassador Jo Poe", "given_name": "Jo", "family_name": "Poe"}
    every = [
        official(oslo, **ambassador, name="the Ambassador"),
        official(lima, **ambassador, name="Ambassador"),
        official(lima, **ambassador, name="AMBASSADOR"),
        official(oslo, **(ambassador | full)),
        official(lima, **(ambassador | full)),
        official(oslo, **(ambassador | {"name": "Minister Roe", "family_name": "Roe"})),
        official(lima, **ambassador, name="President", country="NO")
        | {"id": "a cable that names the president of another country"},
    ]
    every[-1]["clusters"][0]["office"] = "President"
    assert named(every) == {
        "Ambassador (Embassy Oslo)": 1,
        "Ambassador (Embassy Lima)": 2,
        "Ambassador Jo Poe": 2,
        "Minister Roe (Embassy Oslo)": 1,
        "President (Norway)": 1,
    }


def test_a_post_speaks_that_its_cable_does_not_name():
    record = next(record for record in records(50, paragraphs=1) if record["claims"])
    record["header"]["origin"] = "Embassy Oslo"
    record["claims"][0]["speaker"] = "post:OSLO"
    findings = Findings()
    findings.add(record)
    post = Key("AGENCY", "post:OSLO")
    assert findings.speakers == {post: 1} and findings.claim_table()[0][2] == "Embassy Oslo"
    assert post not in [thing.key for thing in findings.most_named("AGENCY")]


def test_redactions_are_nobody():
    record = next(record for record in records(50, paragraphs=1) if record["claims"])
    findings = Findings()
    findings.add(official(record, name="XXXXXXXXXXXX", kb_id=None, family_name="XXXXXXXXXXXX"))
    assert findings.most_named("OFFICIAL") == [] and not findings.speakers
    assert findings.labels["entities"]["OFFICIAL"] == 1, "it is still a mention"


def test_events_stand_at_the_time_that_they_speak_of():
    findings = Findings()
    for record in records(200):
        findings.add(record)
    months = {month for month, _ in findings.events_by_month}
    assert months <= {f"{year}-{month:02}" for year in range(2000, 2010) for month in range(1, 13)}
    assert sum(findings.events_by_month.values()) == findings.events.offered > 0
    table = findings.event_table()
    begins = [row[0] for row in table]
    assert begins == sorted(begins) and begins[0] in table[0][3]


def test_records_without_layers_are_counted(tmp_path):
    layers = ("entities", "statements", "claims", "clusters")
    read = [
        {name: value for name, value in record.items() if name not in layers}
        for record in records(20)
    ]
    report(write(tmp_path, read), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "<b>20</b><span>cables</span>" in text and "<b>120</b>" not in text


def test_labels_of_ones_own_are_counted_and_have_their_colours(tmp_path):
    record = deepcopy(next(records(1)))
    for statement in record["statements"]:
        statement["label"] = "WARNING"
    record["entities"][0]["label"] = "VESSEL"
    labels = '{"extend": true, "entities": {"VESSEL": {"colour": "#0b7285"}}}'
    (tmp_path / "labels.json").write_text(labels)
    report(write(tmp_path, [record]), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    count = len(record["statements"])
    assert re.search(rf'</i>WARNING</td><td class="num">{count}</td><td class="num">100.0 %', text)
    assert re.search(r'background: #0b7285"></i>VESSEL</td><td class="num">1</td>', text)


def test_an_unfinished_run_says_what_it_lacks(tmp_path):
    facts = {"name": "cables-00001.jsonl", "bytes": 0, "sha256": ""}
    data = b"".join(orjson.dumps(record) + b"\n" for record in records(5))
    (tmp_path / facts["name"]).write_bytes(data)
    facts |= {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    none = {"name": "rejects-00001.jsonl", "bytes": 0, "sha256": sha256(b"").hexdigest()}
    (tmp_path / none["name"]).write_bytes(b"")
    shard = {"shard": 1, "from": [0, 5], "to": [0, 10], "counts": {"cables": 5}}
    shard["files"] = {"cables": facts, "rejects": none}
    (tmp_path / "manifest.jsonl").write_bytes(
        orjson.dumps({"schema": "cablespan.manifest/1"}) + b"\n" + orjson.dumps(shard) + b"\n"
    )
    warnings = []
    report(str(tmp_path), tmp_path / "report.html", warn=warnings.append)
    [warning] = warnings
    assert "it holds 5 cables, not those of shards 0" in warning
    assert warning in (tmp_path / "report.html").read_text("utf-8")


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


def test_of_more_things_than_can_be_counted_the_most_named_stay(monkeypatch):
    """Each cable names a trader of its own six times: none is named once only."""
    monkeypatch.setattr("cablespan.runs.report.findings.THINGS", 60)
    findings = Findings()
    for record in records(300):
        findings.add(record)
    assert len(findings.things) <= 60 and findings.forgotten
    assert Key("PLACE", "iso:KZ") in findings.things


def test_the_page_stays_small(tmp_path):
    size = report(write(tmp_path, records(3000)), tmp_path / "report.html")
    assert size < 5_000_000


def test_one_misdated_cable_adds_no_years_without_cables():
    findings, years = Findings(), []
    for record, year in zip(records(3), (2007, 2009, 9999), strict=True):
        record["header"]["created"] = f"{year}-02-21"
        findings.add(record)
        years.append(findings.years())
    assert years == [[2007], [2007, 2008, 2009], [2007, 2009, 9999]]


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
    page_of.fill("#claims-words", "ulanov")
    page_of.select_option("#claims-kind", "denied")
    claims = page_of.locator("#claims-rows tr")
    assert 0 < claims.count() <= 100
    assert all("Ulanov" in row and "denied" in row for row in claims.all_inner_texts())
    page_of.fill("#events-words", "no such word")
    assert page_of.locator("#events-rows tr").count() == 0
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
