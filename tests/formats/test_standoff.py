"""Stand-off gold on the user's own texts: by document and number in TEI volumes, by hash
elsewhere."""

import gzip
import json
import os
from pathlib import Path

import pytest
import zstandard

from cablespan.cable import text_hash
from cablespan.formats import GoldError, convert, read_records
from cablespan.formats.texts import (
    loose_paragraphs,
    paragraphs_as_read,
    tei_paragraphs,
)

GOLD = Path(__file__).resolve().parents[2] / "annotations" / "gold"
VOLUMES = ("frus1964-68v16", "frus1969-76ve04", "frus1969-76ve14p1")

VOLUME = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>
<div type="chapter"><head>x</head>
<div type="document" xml:id="d7" n="7"><head>7. Telegram</head>
  <p rend="center"/>
  <p>6877.  Subject <persName>Vance</persName>
     Mission<note>See <p>not this</p></note>.<lb/> Ref: <del>gone</del>State 172996</p>
  <list><item><p>no child of the div</p></item></list>
  <p>2. End.</p>
</div></div></body></text></TEI>"""


def lines(path: Path, *objects) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in objects), encoding="utf-8")
    return path


def standoff(doc: str, paragraph: int, text: str, **layers) -> dict:
    hashed = {"doc": doc, "paragraph": paragraph, "sha256": text_hash(text)}
    return {"schema": "cablespan.standoff/1", "scheme": "cablespan.scheme/1"} | hashed | layers


def test_paragraphs_of_a_volume(tmp_path):
    (tmp_path / "frus1975v1.xml").write_text(VOLUME)
    assert tei_paragraphs(tmp_path / "frus1975v1.xml") == {
        "d7": ["6877. Subject Vance Mission.\nRef: State 172996", "2. End."]
    }


def test_gold_is_laid_on_a_volume_and_what_is_missing_is_told(tmp_path):
    (tmp_path / "volumes").mkdir()
    with gzip.open(tmp_path / "volumes" / "frus1975v1.xml.gz", "wt") as file:
        file.write(VOLUME)
    gold = lines(
        tmp_path / "gold.jsonl",
        standoff(
            "frus1975v1/d7", 1, "2. End.", statements=[{"start": 0, "end": 7, "label": "ADMIN"}]
        ),
        standoff("frus1975v1/d7", 0, "6877. Another edition"),
        standoff("frus1975v1/d8", 0, "x"),
        standoff("reports/2009-kenya", 3, "No page."),
    )
    told = []
    (record,) = read_records(gold, texts=[tmp_path / "volumes"], report=told.append)
    assert (
        record["paragraphs"][0]["text"] == "2. End."
        and record["statements"][0]["paragraph"] == "frus1975v1/d7/1"
    )
    assert str(*told) == (
        f"{gold}: 1 of 4 paragraphs found by their hash: "
        "frus1975v1 1 in documents that the volume lacks; "
        "frus1975v1 1 with another text in this edition; reports 1 without a text"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "page.html",
            "<html><body><p>Police\n  <b>used</b> force.</p><ul><li>other</ul></body></html>",
        ),
        ("page.txt", "First.\r\n\r\nPolice\r\nused force.\r\n"),
        ("page.jsonl", '{"id": "x", "paragraphs": [{"text": "Police used force."}]}\n'),
        ("cables.jsonl", '{"text": "1. (U) No.\\n\\n2. (C) Police\\nused force.", "meta": {}}\n'),
        ("07OSLO12", "SUBJECT: FORCE\n\n1. (C) Police\nused force.\n"),
        (
            "dump.csv",
            '"1","2/21/2007 9:41","07OSLO1","Embassy Oslo","SECRET","","",'
            '"SUBJECT: FORCE\n\n1. (C) Police\nused force."\n',
        ),
    ],
)
def test_report_pages_are_found_by_hash(tmp_path, name, content):
    (tmp_path / name).write_text(content, newline="")
    assert "Police used force." in list(loose_paragraphs(tmp_path / name))
    gold = lines(tmp_path / "gold.jsonl", standoff("reports/2009-kenya", 3, "Police used force."))
    (record,) = read_records(gold, texts=[tmp_path / name])
    assert record["paragraphs"][0]["id"] == "reports/2009-kenya/3"


def test_a_packed_page_is_found_by_hash(tmp_path):
    (tmp_path / "page.txt.zst").write_bytes(zstandard.compress(b"First.\n\nPolice used force."))
    gold = lines(tmp_path / "gold.jsonl", standoff("reports/2009-kenya", 3, "Police used force."))
    (record,) = read_records(gold, texts=[tmp_path])
    assert record["paragraphs"][0]["text"] == "Police used force."


@pytest.mark.parametrize("name", ["page.html", "page.txt"])
def test_a_page_without_text_holds_none_and_a_torn_one_is_named(tmp_path, name):
    (tmp_path / name).write_text("<!-- to do -->")
    assert "Police used force." not in list(loose_paragraphs(tmp_path / name))
    gold = lines(tmp_path / "gold.jsonl", standoff("reports/2009-kenya", 3, "Police used force."))
    torn = tmp_path / f"{name}.gz"
    torn.write_bytes(gzip.compress(os.urandom(5000))[:2000])
    with pytest.raises(GoldError, match=rf"{name}.gz: torn .*get the whole file anew"):
        list(read_records(gold, texts=[torn]))


def test_a_volumes_paragraphs_are_found_as_annotate_reads_them_too(tmp_path):
    volume = VOLUME.replace("<p>2. End.</p>", "<p>2. (C) Police <hi>used</hi>\n force.</p>")
    (tmp_path / "frus1975v1.xml").write_text(volume)
    (text,) = {*paragraphs_as_read(tmp_path / "frus1975v1.xml")} & {"Police used force."}
    gold = lines(tmp_path / "gold.jsonl", standoff("frus1975v1/d7", 2, text))
    (record,) = read_records(gold, texts=[tmp_path])
    assert record["paragraphs"][0]["text"] == "Police used force."


def test_a_volume_is_found_by_its_own_id_whatever_its_file_is_called(tmp_path):
    header = '<teiHeader><idno type="isbn-13">978</idno><idno type="frus">frus1975v1</idno>'
    volume = VOLUME.replace("<text>", f"{header}</teiHeader><text>")
    (tmp_path / "download (1).xml").write_text(volume)
    gold = lines(tmp_path / "gold.jsonl", standoff("frus1975v1/d7", 1, "2. End."))
    (record,) = read_records(gold, texts=[tmp_path])
    assert record["paragraphs"][0]["text"] == "2. End."


def test_of_a_volume_that_breaks_off_the_documents_before_are_found(tmp_path):
    whole, _ = VOLUME.split("</div></body>")
    (tmp_path / "frus1975v1.xml").write_text(f'{whole}<div type="document" xml:id="d8"><p>Cut')
    gold = lines(
        tmp_path / "gold.jsonl",
        standoff("frus1975v1/d7", 1, "2. End."),
        standoff("frus1975v1/d8", 0, "Cut in two."),
    )
    told = []
    (record,) = read_records(gold, texts=[tmp_path], report=told.append)
    assert [paragraph["text"] for paragraph in record["paragraphs"]] == ["2. End."]
    assert "1 of 2 paragraphs found" in str(*told)


def test_without_texts(tmp_path):
    gold = lines(tmp_path / "gold.jsonl", standoff("a", 0, "x"))
    with pytest.raises(
        GoldError,
        match=r"have no text: give the texts \(--texts DIR\) or put gold.texts.jsonl beside",
    ):
        list(read_records(gold))
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        GoldError, match="0 of 1 paragraphs found by their hash: a 1 without a text"
    ):
        list(read_records(gold, texts=[tmp_path / "empty"]))


def test_texts_beside_that_were_changed(tmp_path):
    source = lines(
        tmp_path / "gold.jsonl", {"doc": "d", "paragraph": 0, "text": "Rusk came.", "entities": []}
    )
    convert(source, tmp_path / "x.jsonl", "standoff")
    assert "Rusk" not in (tmp_path / "x.jsonl").read_text()
    texts = tmp_path / "x.texts.jsonl"
    texts.write_text(texts.read_text().replace("Rusk", "Ball"))
    with pytest.raises(GoldError, match=r"x.jsonl:1: the text of d/0 is not the annotated one"):
        list(read_records(tmp_path / "x.jsonl"))


def test_lines_of_a_document_that_is_not_beside_are_named(tmp_path):
    source = lines(tmp_path / "gold.jsonl", {"doc": "d", "text": "Rusk came.", "entities": []})
    convert(source, tmp_path / "x.jsonl", "standoff")
    with (tmp_path / "x.jsonl").open("a") as more:
        more.writelines(json.dumps(standoff("e", at, "Ball came.")) + "\n" for at in (0, 1))
    told = r"x.jsonl:2 and 1 more: document e is not in x.texts.jsonl: add .* or delete"
    with pytest.raises(GoldError, match=told):
        list(read_records(tmp_path / "x.jsonl"))


@pytest.mark.parametrize("wrong", [{"doc": None}, {"paragraph": None}, {"entities": [7]}])
def test_a_line_of_the_wrong_shape_is_named(tmp_path, wrong):
    gold = lines(tmp_path / "x.jsonl", standoff("d", 0, "Rusk came.") | wrong)
    with pytest.raises(GoldError, match=r"x.jsonl:1: "):
        list(read_records(gold, texts=[lines(tmp_path / "y.jsonl", {"text": "Rusk came."})]))


def test_texts_beside_that_are_no_records_are_named(tmp_path):
    gold = lines(tmp_path / "x.jsonl", standoff("d", 0, "Rusk came."))
    lines(tmp_path / "x.texts.jsonl", {"doc": "d", "text": "Rusk came."})
    with pytest.raises(GoldError, match=r"x.texts.jsonl:1: no record: "):
        list(read_records(gold))


@pytest.mark.parametrize(("split", "paragraphs"), [("train", 1648), ("dev", 189)])
def test_the_gold_has_no_text_and_the_layers_that_it_should(split, paragraphs):
    gold = [json.loads(line) for line in (GOLD / f"{split}.jsonl").read_text().splitlines()]
    assert len(gold) == paragraphs
    assert {key for line in gold for key in line} <= {
        "schema", "scheme", "doc", "paragraph", "sha256", "date", "origin",
        "entities", "statements", "claims",
    }  # fmt: skip
    spans = [span for line in gold for layer in ("entities", "statements") for span in line[layer]]
    assert {key for span in spans for key in span} == {"start", "end", "label"}


def test_the_extended_gold_leaves_out_what_is_gold_already():
    with gzip.open(GOLD / "extended.jsonl.gz") as file:
        extended = [json.loads(line) for line in file]
    taken = {(line["doc"], line["paragraph"]) for line in extended}
    gold = {
        name: [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text().splitlines()]
        for name in ("train", "dev", "telegrams", "fresh")
    }
    assert len(taken) == len(extended) == 19228
    assert not taken & {
        (line["doc"], line["paragraph"]) for lines in gold.values() for line in lines
    }
    assert not {line["sha256"] for line in extended} & {line["sha256"] for line in gold["dev"]}
    assert not {line["doc"] for line in extended} & {line["doc"] for line in gold["fresh"]}


@pytest.mark.parametrize("split", ["train", "dev"])
def test_the_gold_matches_the_shared_volumes_and_its_source(shared, split):
    """All 469 paragraphs of the three volumes; offsets and labels are those of the shared gold."""
    told = []
    volumes = [shared / "frus" / f"{volume}.xml.gz" for volume in VOLUMES]
    laid = {
        record["id"]: record
        for record in read_records(GOLD / f"{split}.jsonl", texts=volumes, report=told.append)
    }
    original = {
        record["id"]: record for record in read_records(shared / "gold" / f"{split}.jsonl.gz")
    }
    expected = {name: record for name, record in original.items() if name.startswith(VOLUMES)}
    assert (
        sum(len(record["paragraphs"]) for record in laid.values())
        == {"train": 406, "dev": 63}[split]
    )
    assert laid.keys() == expected.keys()
    for name, record in laid.items():
        for key in ("paragraphs", "entities", "statements", "claims"):
            assert record[key] == expected[name][key]


def test_all_shared_telegrams_match(shared):
    found = sum(
        len(record["paragraphs"])
        for split in ("train", "dev")
        for record in read_records(
            GOLD / f"{split}.jsonl",
            texts=[shared / "frus" / "telegrams.jsonl.gz"],
            report=lambda problem: None,
        )
    )
    assert found == 1459
