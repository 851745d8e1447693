"""Files in, cables out: golden pairs of every format, in `cables/in` and `cables/out`; bad input;
what holds for any text.

After a change that is meant, write the golden files anew: `python tests/reading/test_readers.py`,
and read the difference.
"""

import gc
import gzip
import json
import time
import warnings
from dataclasses import asdict
from pathlib import Path

import orjson
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cablespan import reading as readers
from cablespan.cable import Cable, Reject

HERE = Path(__file__).parents[1] / "cables"
INPUTS = sorted((HERE / "in").iterdir())


def outcome(path):
    """Everything that a file gives, as plain data: the golden form."""
    items = []
    for item in readers.scan(path):
        row = (
            {"reject": {"place": item.place, "reason": item.reason}}
            if isinstance(item, Reject)
            else asdict(item)
        )
        if isinstance(item, Cable):
            del row["source_text"], row["source"]["path"]
        items.append(row)
    return json.loads(json.dumps(items, default=str))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_golden_pairs(path):
    golden = HERE / "out" / f"{path.name}.json"
    assert outcome(path) == json.loads(golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_every_piece_lies_on_the_source(path):
    for cable in readers.scan(path):
        if isinstance(cable, Cable):
            assert_on_the_source(cable)


def assert_on_the_source(cable):
    for p in cable.paragraphs:
        assert p.source_map.pieces
        assert all(
            p.text[o : o + n] == cable.source_text[s : s + n] for o, s, n in p.source_map.pieces
        )


@pytest.mark.parametrize("name", ["text.txt", "web.txt", "page-five-columns.html", "dump.csv"])
def test_one_cable_reads_the_same_in_every_guise(name):
    cable = next(iter(readers.scan(HERE / "in" / name)))
    header = cable.header
    assert cable.id == "07OSLO12"
    assert (header.subject, header.tags, header.classified_by, header.signers) == (
        "THE HARBOR AND THE ROAD",
        ("PREL", "ECON", "NO"),
        "Jane Roe",
        ("ROE",),
    )
    assert [r.value for r in header.references] == ["06STATE7944", "07OSLO9"]
    assert [(p.id.split("/")[1], p.kind, p.section) for p in cable.paragraphs] == [
        ("1", "numbered", "summary"), ("2", "numbered", None),
        ("2.1", "item", None), ("2.2", "item", None),
        ("p1", "heading", "comment"), ("3", "numbered", "comment"),
    ]  # fmt: skip
    assert (
        cable.paragraphs[0].text
        == 'Summary: The harbor is "closed," said the Minister & his deputy. '
        "It will stay so. End summary."
    )
    assert cable.paragraphs[1].text == "The road is open to the capital. He named two reasons:"


def test_a_cable_as_a_json_line_is_laid_out_as_in_a_file_of_its_own(tmp_path):
    text = (HERE / "in" / "text.txt").read_text(encoding="utf-8")
    (tmp_path / "cables.jsonl").write_bytes(orjson.dumps({"text": text}))
    (alone,) = readers.scan(HERE / "in" / "text.txt")
    (line,) = readers.scan(tmp_path / "cables.jsonl")
    opening = [p for p in line.paragraphs if p.kind == "header"]
    assert opening and line.header.signers == alone.header.signers
    assert [
        (p.text, p.number, p.marking, p.section, p.kind) for p in line.paragraphs[len(opening) :]
    ] == [(p.text, p.number, p.marking, p.section, p.kind) for p in alone.paragraphs]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_cables_below_each_other_in_a_text_are_cables_of_their_own(tmp_path, line_end):
    text = (HERE / "in" / "text.txt").read_text(encoding="utf-8")
    other = text.replace("OSLO", "BERN").replace("RUEHNY", "RUEHSW")
    both = f"{text}\n\n{other}".replace("\n", line_end)
    (tmp_path / "two.txt").write_bytes(both.encode())
    first, second = readers.scan(tmp_path / "two.txt")
    assert (first.id, second.id, second.source.index) == ("07OSLO12", "07BERN12", 1)
    (alone,) = readers.scan(HERE / "in" / "text.txt")
    assert [p.text for p in first.paragraphs] == [p.text for p in alone.paragraphs]
    assert len(second.paragraphs) == len(alone.paragraphs)
    assert_on_the_source(second)


def test_a_torn_row_takes_no_other_with_it_and_a_doubled_id_is_numbered():
    first, torn, third = readers.scan(HERE / "in" / "dump.csv")
    assert (first.id, third.id) == ("07OSLO12", "07OSLO12~2") and third.paragraphs[
        0
    ].id == "07OSLO12~2/1"
    assert "line" in torn.place and "torn" in torn.reason
    assert list(readers.scan(HERE / "in" / "dump.csv", start=2)) == [third]


@pytest.mark.parametrize(
    "written", [r'C:\dir, ""blue""', r"C:\\dir, \"blue\"", r"C:\dir, \"blue\""]
)
def test_a_backslash_that_escapes_nothing_is_text(tmp_path, written):
    dump = tmp_path / "dump.csv"
    row = f'1,"2/21/2007 9:41","07OSLO12","Embassy Oslo","SECRET","","","1. (U) It is {written}."\n'
    dump.write_text(row)
    (cable,) = readers.scan(dump)
    assert cable.paragraphs[0].text == r'It is C:\dir, "blue".'


def test_a_row_that_stands_in_the_body_of_another_has_its_own_facts(tmp_path):
    row = '{0},"2/21/2007 9:41","07{1}{0}","Embassy {1}","SECRET","","FM {1}","{2}'.format
    dump = tmp_path / "dump.csv"
    dump.write_text(
        row(1, "BERN", row(2, "OSLO", "1. (U) All is well.").replace('"', '\\"')) + '"\n'
    )
    (cable,) = readers.scan(dump)
    assert (cable.id, cable.header.origin) == ("07OSLO2", "Embassy OSLO")
    assert cable.notes == ("stood in the body of 07BERN1",)


def test_a_second_cable_in_the_body_of_a_row_is_one_of_its_own(tmp_path):
    head = "VZCZCXRO1234\nR 210941Z FEB 07\nFM AMEMBASSY OSLO\nTO RUEHC/SECSTATE WASHDC 12\n"
    first = "UNCLAS OSLO 000012\n\nSUBJECT: ROADS\n\n1. (U) All is well.\nROE\n"
    second = (
        "VZCZCXRO1235\nR 220941Z FEB 07\nFM AMEMBASSY BERN\nTO RUEHC/SECSTATE WASHDC 7\nBT\n"
        'UNCLAS BERN 000033\n\nSUBJECT: LAKES\n\n1. (U) All is \\"blue\\".\nDOE\n'
    )
    row = (
        '"{0}","2/21/2007 9:41","{1}","Embassy Oslo","UNCLASSIFIED","06STATE9","{2}","{3}"\n'.format
    )
    dump = tmp_path / "dump.csv"
    dump.write_text(
        row(1, "07OSLO12", head, first + "\n" + second)
        + row(2, "07OSLO13", head, first)
        + row(3, "07BERN33", head, first)
    )
    cables = list(readers.scan(dump))
    assert [cable.id for cable in cables] == ["07OSLO12", "07BERN33", "07OSLO13", "07BERN33~2"]
    assert [cable.source.index for cable in cables] == [0, 1, 2, 3]
    lakes = cables[1]
    assert (lakes.header.subject, lakes.header.from_, lakes.header.references) == (
        "LAKES",
        "AMEMBASSY BERN",
        (),
    )
    assert [p.text for p in lakes.paragraphs] == ['All is "blue".'] and "07OSLO12" in lakes.notes[0]
    assert [p.text for p in cables[0].paragraphs] == ["All is well."]
    assert all(
        p.text[o : o + n] == lakes.source_text[s : s + n]
        for p in lakes.paragraphs
        for o, s, n in p.source_map.pieces
    )
    for start in range(5):
        assert list(readers.scan(dump, start=start)) == cables[start:]


def test_a_body_of_too_many_paragraphs_is_noted(tmp_path, monkeypatch):
    monkeypatch.setattr("cablespan.reading.body.layout.MOST_PARAGRAPHS", 3)
    (tmp_path / "c.txt").write_text("".join(f"{number}. (U) Point.\n" for number in range(1, 6)))
    (cable,) = readers.scan(tmp_path / "c.txt")
    assert len(cable.paragraphs) == 3 and "3 paragraphs" in cable.notes[0]


def test_a_volume_gives_its_marks_and_without_a_cut_document():
    cable, cut = readers.scan(HERE / "in" / "volume.xml")
    (person,) = cable.meta["persons"]
    assert (person["text"], person["name"]) == ("Roe", "Roe, Jane, Minister of Harbors")
    assert (
        cable.paragraphs[0].text == "612. Saw Roe & her deputy at the harbor."
        and "d3" in cut.reason
    )
    assert [
        item.id
        for item in readers.scan(HERE / "in" / "volume.xml", all_documents=True)
        if isinstance(item, Cable)
    ] == [
        "invented1/d1",
        "invented1/d2",
    ]


def test_a_volume_that_breaks_off_in_its_first_document_is_not_said_to_have_no_telegram(tmp_path):
    (tmp_path / "volume.xml").write_text(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>'
        '<div type="document" xml:id="d1"><head>1. Telegram</head><p>The mayor agr'
    )
    (cut,) = readers.scan(tmp_path / "volume.xml")
    assert "d1 is cut" in cut.reason and "whole copy" in cut.remedy


def test_an_unknown_entity_costs_its_document_and_the_remedy_is_to_replace_it(tmp_path):
    (tmp_path / "volume.xml").write_text(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0">'
        '<div type="document" xml:id="d1"><head>1. Telegram</head><p>All is well.</p></div>'
        '<div type="document" xml:id="d2"><head>2. Telegram</head><p>See &post;.</p></div></TEI>'
    )
    cable, cut = readers.scan(tmp_path / "volume.xml")
    assert cable.paragraphs[0].source_map.pieces and cable.notes == ()
    assert "d2 is cut" in cut.reason and "declare the entity" in cut.remedy


def test_a_volume_without_the_namespace_is_told_so(tmp_path):
    (tmp_path / "volume.xml").write_text(
        "<TEI><div type='document'><p>All is well.</p></div></TEI>"
    )
    (reject,) = readers.scan(tmp_path / "volume.xml")
    assert 'xmlns="http://www.tei-c.org/ns/1.0"' in reject.remedy


def test_packed_files_read_like_plain_ones(tmp_path):
    data = (HERE / "in" / "text.txt").read_bytes()
    plain = next(readers.read(HERE / "in" / "text.txt"))
    for packed in (gzip.compress(data), zstandard.compress(data)):
        (tmp_path / "text.txt").write_bytes(packed)
        with warnings.catch_warnings(record=True, action="always") as unclosed:
            (cable,) = readers.read(tmp_path / "text.txt")
            gc.collect()
        assert cable.paragraphs == plain.paragraphs and unclosed == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 8, "binary"),
        (b"\n \n", "no text"),
        (gzip.compress(b"1. (C) A road. " * 500)[:60], "cannot be read"),
        (b"<html><body><p>Nothing here.</p></body></html>", "no cable on the page"),
        (b"<TEI xmlns='http://www.tei-c.org/ns/1.0'></TEI>", "no document"),
        (
            b'<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "'
            + b"&x;" * 9999
            + b'">]><TEI><p>'
            + b"&y;" * 9999
            + b"</p></TEI>",
            "no document",
        ),
    ],
)
def test_bad_input_is_rejected_with_place_and_reason(tmp_path, data, reason):
    (tmp_path / "bad").write_bytes(data)
    (reject,) = readers.scan(tmp_path / "bad")
    assert reason in reject.reason and reject.place and reject.path.endswith("bad")


ROADS = b"".join(
    b'{"text": "1. (U) Road %d is open, %s."}\n' % (n, b"%x" % 7**n) for n in range(900)
)


def holed(packed: bytes) -> bytes:
    middle = len(packed) // 2
    return packed[:middle] + packed[middle + 40 :]


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(ROADS)[:-2000],
        zstandard.compress(ROADS)[:-2000],
        zstandard.compress(ROADS) + zstandard.compress(ROADS)[:-9],
        holed(zstandard.compress(ROADS)),
    ],
    ids=["gzip, cut", "zstd, cut", "the second frame, cut", "zstd, holed"],
)
def test_of_a_torn_file_the_cables_before_the_tear_are_read(tmp_path, packed):
    (tmp_path / "dump.jsonl").write_bytes(packed)
    items = list(readers.scan(tmp_path / "dump.jsonl"))
    *cables, reject = items
    assert {type(cable) for cable in cables} == {Cable}
    assert reject.place == f"after cable {len(cables)}" and "breaks off" in reject.reason
    for start in range(len(cables) - 1, len(items) + 2):
        assert list(readers.scan(tmp_path / "dump.jsonl", start=start)) == items[start:]


def test_a_packed_cable_that_was_cut_is_not_taken_for_a_whole_one(tmp_path):
    """zstandard ends there without a word, zlib with an error of its own."""
    cable = b"1. (C) " + b"%x" % 7**9000
    for packed in (zstandard.compress(cable)[:-4], holed(gzip.compress(cable))):
        (tmp_path / "cable.txt").write_bytes(packed)
        (reject,) = readers.scan(tmp_path / "cable.txt")
        assert reject.place == "file" and "cannot be read" in reject.reason


def test_a_missing_file_is_a_reject(tmp_path):
    (reject,) = readers.scan(tmp_path / "nowhere.txt")
    assert "cannot be read" in reject.reason


def test_no_external_entity_is_fetched(tmp_path):
    (tmp_path / "secret").write_text("SECRET WORD")
    (tmp_path / "v.xml").write_text(
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>'
        '<div type="document"><head>Telegram</head><p>See &x; there.</p></div></body></text></TEI>'
    )
    assert not any(
        "SECRET WORD" in p.text
        for cable in readers.read(tmp_path / "v.xml")
        for p in cable.paragraphs
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("1. (U) Caf\xe9s.".encode("cp1252"), "Cafés."),
        ("1. (U) CafÃ©s.".encode(), "Cafés."),
        ("1. (U) \x93It\x92s well\x94 \x96 so.".encode(), "“It’s well” – so."),
    ],
)
def test_encodings_are_repaired_and_noted(tmp_path, data, text):
    (tmp_path / "c.txt").write_bytes(data)
    (cable,) = readers.read(tmp_path / "c.txt")
    assert cable.paragraphs[0].text == text and cable.notes


TRANSMITTED = "PP RUEHXX RUEHYY\r\nZNY CCCCC ZZH\r\nFM AMEMBASSY OSLO"


@pytest.mark.parametrize(
    "unit",
    [
        "word and ",
        "x",
        "-",
        "(",
        "A. ",
        "1. (C) x ",
        "SUBJECT: ",
        "<",
        "<a ",
        "<!-- ",
        "&",
        "REF: A. OSLO 1 ",
        "\n",
        "-\n",
        "1. (C)\n\n",
        f"{TRANSMITTED}\r\n\r\n1. (U) x{' All is well.' * 12}\r\n\r\n",
    ],
)
@pytest.mark.parametrize("opening", ["1. (C) y ", "<html>", "SUBJECT: "])
@pytest.mark.no_cover  # tracing lines takes more time than reading
def test_no_input_takes_more_than_its_share_of_time(tmp_path, unit, opening):
    (tmp_path / "long").write_text(opening + unit * (500_000 // len(unit)))
    begun = time.process_time()
    list(readers.scan(tmp_path / "long"))
    assert time.process_time() - begun < 4


@given(
    st.binary(max_size=400),
    st.sampled_from(
        [
            "",
            "<table class='cable'>",
            "<TEI><div>",
            '{"text": "',
            '"1","2/21/2007 9:41","07OSLO1","',
            "1. (C) ",
        ]
    ),
    st.sampled_from([None, *readers.formats()]),
)
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_any_bytes_give_cables_or_rejects(tmp_path, data, opening, format):
    (tmp_path / "any").write_bytes(opening.encode() + data)
    assert all(isinstance(item, Cable | Reject) for item in readers.scan(tmp_path / "any", format))


def test_folders_and_globs_are_expanded_in_order(tmp_path):
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    names = [Path(path).name for path in readers.expand([tmp_path, f"{tmp_path}/*.txt", "-"])]
    assert names == ["a.txt", "b.txt", "c.txt", "-"]


if __name__ == "__main__":
    for source in INPUTS:
        golden_text = json.dumps(outcome(source), indent=1, ensure_ascii=False)
        (HERE / "out" / f"{source.name}.json").write_text(golden_text + "\n", encoding="utf-8")


def test_a_text_that_is_no_cable_is_rejected(tmp_path):
    (tmp_path / "list.txt").write_text(
        "Hello, this is a shopping list. Milk, bread and two candles."
    )
    (reject,) = readers.scan(tmp_path / "list.txt")
    assert "no cable in it" in reject.reason and "JSON Lines" in reject.remedy


def test_a_scrap_of_a_cable_is_one(tmp_path):
    (tmp_path / "scrap.txt").write_text(
        "Embtel 377. FonMin told me yesterday he would reply soonest."
    )
    (cable,) = readers.scan(tmp_path / "scrap.txt")
    assert cable.paragraphs[0].text.startswith("Embtel 377")


def test_one_endless_line_is_rejected(tmp_path):
    (tmp_path / "line.txt").write_text("1. (U) " + "A" * 2_000_000)
    (reject,) = readers.scan(tmp_path / "line.txt")
    assert "2,000,000 characters" in reject.reason and reject.place.startswith("cable 1")
