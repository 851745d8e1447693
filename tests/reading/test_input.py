"""What is no clean file: it is read, or rejected with the place and a remedy, and never left out in
silence."""

import os
import warnings
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablespan.cable import Cable, Reject
from cablespan.header.opening import read_opening
from cablespan.reading import expand, parse, scan

BODY = "SUBJECT: ROADS\n\n1. (U) All is well.\n2. (U) So it is."
ROW = (
    '7{0}"{1}"{0}"07OSLO12"{0}"Embassy Oslo"{0}"CONFIDENTIAL"{0}""{0}"FM AMEMBASSY OSLO"{0}"{2}"\n'
)


def texts(path):
    items = list(scan(path))
    assert all(isinstance(item, Cable) for item in items), items
    return [paragraph.text for cable in items for paragraph in cable.paragraphs]


def reject(path):
    (item,) = scan(path)
    assert isinstance(item, Reject)
    return item


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "time",
    [
        "2/21/2007 9:41",
        "2007-02-21 09:41:00",
        "2007-02-21T09:41:00Z",
        "2007-02-21 09:41:00.000+00:00",
    ],
)
@pytest.mark.parametrize("heading", ["", "heading", "blank"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_dump_is_read_whatever_its_dialect(tmp_path, separator, time, heading, encoding):
    names = [
        "number",
        "created",
        "reference_id",
        "origin",
        "classification",
        "references",
        "header",
        "body",
    ]
    head = {"": "", "heading": separator.join(names) + "\n", "blank": "\n\n"}[heading]
    path = tmp_path / "dump.csv"
    path.write_text(head + ROW.format(separator, time, BODY), encoding=encoding)
    (cable,) = scan(path)
    assert (cable.id, cable.header.created) == ("07OSLO12", "2007-02-21T09:41:00")
    assert [paragraph.text for paragraph in cable.paragraphs] == ["All is well.", "So it is."]


@pytest.mark.parametrize(
    "stray",
    [
        "lost\n",
        "\nlost line\n\n",
        ',"Embassy Bern","SECRET"\n',
        '\\"8","2/21/2007 9:41","07BERN1","Embassy Bern"\n',  # a row, damaged where it begins
    ],
)
def test_a_stray_line_after_a_row_leaves_it_whole(tmp_path, stray):
    rows = [ROW.format(",", "2/21/2007 9:41", body) for body in (BODY, f"REF: BERN 1\n{BODY}")]
    path = tmp_path / "dump.csv"
    path.write_text(rows[0] + stray + rows[1])
    items = first, lost, second = list(scan(path))
    assert (first.id, second.id) == ("07OSLO12", "07OSLO12~2")
    assert lost.place == "line 5, after row 1" and "stray" in lost.reason
    assert [paragraph.text for paragraph in first.paragraphs] == ["All is well.", "So it is."]
    for start in range(4):
        assert list(scan(path, start=start)) == items[start:]


def test_a_row_whose_body_holds_a_bare_quote_is_torn_and_not_cut(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text(ROW.format(",", "2/21/2007 9:41", f'1. (U) The "sea"\nis blue.\n{BODY}'))
    assert "torn" in reject(path).reason


@pytest.mark.parametrize("unreadable", ['1. (U) The "sea"', "", "SUBJECT: ROADS"])
@pytest.mark.parametrize("name", ["07OSLO12", "07 OSLO 012", "Oslo, memo 3", "Tromsø 3 ", " "])
def test_a_dump_read_from_the_middle_on_has_the_ids_of_the_whole_one(tmp_path, unreadable, name):
    path = tmp_path / "dump.csv"
    rows = (
        ROW.format(",", "2/21/2007 9:41", body).replace("07OSLO12", name)
        for body in (unreadable, BODY, BODY, BODY)
    )
    path.write_text("".join(rows))
    first, *cables = items = list(scan(path))
    assert isinstance(first, Reject) and len({cable.id for cable in cables}) == 3
    for start in range(5):
        assert list(scan(path, start=start)) == items[start:]


LINE = '{{"text": "{}", "meta": {{"id": "07OSLO12"}}}}\n'


@pytest.mark.parametrize(
    ("name", "cables", "place"),
    [
        (
            "dump.csv",
            [ROW.format(",", "2/21/2007 9:41", body) for body in ("A", "B", "C")],
            "row 2",
        ),
        ("cables.jsonl", [LINE.format(body) for body in ("A", "B", "C")], "line 2"),
    ],
)
def test_a_mistake_of_the_reader_costs_one_row(tmp_path, monkeypatch, name, cables, place):
    def failing(text, *where):
        if text == "B":
            raise LookupError("no FM")
        return read_opening(text, *where)

    for module in ("assembly", "jsonl"):
        monkeypatch.setattr(f"cablespan.reading.{module}.read_opening", failing)
    path = tmp_path / name
    path.write_text("".join(cables))
    items = first, lost, third = list(scan(path))
    assert (first.id, third.id) == ("07OSLO12", "07OSLO12~3")
    assert lost.reason == "the reader failed: LookupError: no FM" and place in lost.place
    for start in range(4):
        assert list(scan(path, start=start)) == items[start:]


def test_an_id_that_ends_as_a_second_one_does_is_given_once(tmp_path):
    path = tmp_path / "dump.csv"
    rows = (
        ROW.format(",", "2/21/2007 9:41", BODY).replace("07OSLO12", name)
        for name in ("memo", "memo", "memo~2", "memo~2", "memo")
    )
    path.write_text("".join(rows))
    assert len({cable.id for cable in scan(path)}) == 5


@pytest.mark.parametrize(
    "heading",
    [
        "number,created,reference id,classification,origin,references,Body,header",
        "number,created,origin,header,body,classification,references,reference_id",
    ],
)
def test_a_heading_names_the_columns_in_any_order(tmp_path, heading):
    path = tmp_path / "dump.csv"
    cells = {"created": "2/21/2007 9:41", "reference": "07OSLO12", "origin": "Embassy Oslo"}
    cells |= {"number": "7", "classification": "SECRET", "body": BODY, "header": "FM OSLO" * 40}
    names = (name.lower().split("_")[0].split()[0] for name in heading.split(","))
    row = ",".join(f'"{cells.get(name, "")}"' for name in names)
    path.write_text(f"{heading}\n" + f"{row}\n" * 3)
    cable, *_, third = list(scan(path))
    assert (cable.header.origin, cable.header.classification) == ("Embassy Oslo", "SECRET")
    assert [paragraph.text for paragraph in cable.paragraphs] == ["All is well.", "So it is."]
    assert third.id == "07OSLO12~3" and list(scan(path, start=2)) == [third]


def test_a_dump_that_lost_its_beginning_is_read_from_its_first_whole_row_on(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text('end of a body."\n' + ROW.format(",", "2/21/2007 9:41", BODY))
    lost, cable = scan(path)
    assert lost.place == "line 1, row 1" and cable.id == "07OSLO12"


SIGNS = ("\n", "\r\n", "\r", '"', '""', "\\", '\\"', ",", ";", "\t", '","')
TEXTS = (BODY, "SUBJECT: FISH", 'Regards,"', "\nFM AMEMBASSY OSLO\nTO SECSTATE WASHDC\n")
CELLS = st.lists(st.sampled_from([*SIGNS, *TEXTS]), max_size=6).map("".join)
STRAY = st.sampled_from(["\n", "\r\n", "\n\n", "\nand a second paragraph.\n", ""])


@given(st.lists(st.tuples(CELLS, CELLS, st.booleans(), STRAY), min_size=1, max_size=4))
def test_a_dump_of_any_signs_can_be_read_from_the_middle_on(cells):
    def row(number, head, body, quoted):
        names = str(number), "2/21/2007 9:41", f"07OSLO{number}", "Embassy Oslo", "SECRET", ""
        sign = '"' if quoted else ""
        return ",".join(f"{sign}{cell}{sign}" for cell in (*names, head, body))

    dump = "".join(
        row(number, head, body, quoted) + stray
        for number, (head, body, quoted, stray) in enumerate(cells, 1)
    ).encode()
    items = list(scan("dump.csv", "csv", content=dump))
    for start in range(1, len(items) + 1):
        assert list(scan("dump.csv", "csv", content=dump, start=start)) == items[start:]


@pytest.mark.parametrize(
    ("given_date", "created"),
    [
        ("2/21/2007", "2007-02-21"),
        ("Feb 21, 2007", "2007-02-21"),
        ("2007-02-21 09:41", "2007-02-21T09:41:00"),
        ("n/a", None),
        (3.5, None),
        ([1], None),
    ],
)
def test_a_date_in_any_form_costs_no_cable(tmp_path, given_date, created):
    path = tmp_path / "cables.jsonl"
    meta = {"id": "memo", "date": given_date}
    path.write_bytes(orjson.dumps({"text": f"REF: OSLO 11\n{BODY}", "meta": meta}))
    (cable,) = scan(path)
    assert cable.header.created == created and cable.meta["date"] == given_date


def test_a_file_without_cables_of_the_format_that_was_named_is_rejected(tmp_path):
    path = tmp_path / "cable.txt"
    path.write_text(BODY)
    (item,) = scan(path, format="web")
    assert item.reason == "no cable in it, read as web"


@pytest.mark.parametrize("name", ["cables.csv", "cables.tsv", "cables.csv.old"])
def test_a_table_of_other_columns_is_no_cable(tmp_path, name):
    path = tmp_path / name
    path.write_text('id,created,origin,body\n7,2007-02-21,Embassy Oslo,"1. (U) All is well."\n')
    assert "no row of it begins as a dump" in reject(path).reason
    assert isinstance(next(scan(path, format="text")), Cable)


def test_bytes_that_windows_1252_has_no_sign_for_cost_nothing(tmp_path):
    path = tmp_path / "cable.txt"
    path.write_bytes(b"1. (U) The caf\xe9 \x93opened\x94 \x81 again.\n")
    assert texts(path) == ["The café “opened” \x81 again."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_of_json_ends_at_a_line_feed_alone(tmp_path, encoding):
    path = tmp_path / "cables.jsonl"
    path.write_text('{"text": "All is\u2028well."}\n{"text": "So\x85it is."}\n', encoding=encoding)
    assert len(texts(path)) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_the_first_of_json_lines_has_a_byte_order_mark(tmp_path, encoding):
    path = tmp_path / "cables.jsonl"
    path.write_text('{"text": "All is well."}\n{"text": "So it is."}\n', encoding=encoding)
    assert texts(path) == ["All is well.", "So it is."]


def test_a_nul_costs_nothing(tmp_path):
    path = tmp_path / "cable.txt"
    path.write_bytes(BODY.encode() + b"\0")
    assert texts(path) == ["All is well.", "So it is."]
    path = tmp_path / "dump.csv"
    rows = ROW.format(",", "2/21/2007 9:41", BODY + "\0") + ROW.format(",", "2/21/2007 9:42", BODY)
    path.write_text(rows)
    assert len(texts(path)) == 4


@pytest.mark.parametrize("separated", ["\n", "\n\n"], ids=["directly", "by blank lines"])
def test_lines_that_end_in_a_return_read_as_others_do(separated):
    lines = [
        "07OSLO12 2007-02-21 09:41 2011-08-30 01:44 CONFIDENTIAL Embassy Oslo",
        "TAGS: ECON, NO\nSUBJECT: ROADS THAT LEAD TO\nTHE HARBOR",
        "1. (U) The minister said that every one of the roads which lead to the\nharbor is open.",
        "The road to the north:\n-- is long;\n-- is closed in the winter, when nobody but the\n"
        "post uses it.",
        "2. (C) Quays     12     14\nShips     3      5\nTo be told.\nROE",
    ]
    text = separated.join(lines)
    returned = parse(text.replace("\n", "\r\n"))
    assert "\r\n" in returned.source_text
    assert_read_alike(returned, parse(text))
    in_file = text.replace("\n", "\r")
    assert_read_alike(parse(in_file), parse(text), in_file)
    line = orjson.dumps({"text": text}).decode()
    in_string = orjson.dumps({"text": in_file}).decode()
    assert_read_alike(parse(in_string), parse(line), in_file)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_names_the_encoding(tmp_path, encoding):
    path = tmp_path / "cable.txt"
    path.write_text(BODY, encoding=encoding)
    [cable] = scan(path)
    assert cable.notes == (f"decoded as {encoding.upper()}",)
    assert [paragraph.text for paragraph in cable.paragraphs] == ["All is well.", "So it is."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_rows_and_lines_that_end_in_a_return_alone_are_many(tmp_path, encoding):
    row = ROW.format(",", "2/21/2007 9:41", BODY)
    line = '{"text": "All is well."}\n'
    for name, content in (("dump.csv", row * 600), ("cables.jsonl", line * 9)):
        (tmp_path / name).write_text(content, encoding=encoding)
        expected = texts(tmp_path / name)
        (tmp_path / name).write_text(content.replace("\n", "\r"), encoding=encoding)
        assert texts(tmp_path / name) == expected and len(expected) > 8


@pytest.mark.parametrize("margin", ["    ", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_page_that_is_indented_as_a_whole_reads_as_one_that_is_not(margin, line_end):
    text = (
        "UNCLAS OSLO 000012\n\nTAGS: ECON, NO\nSUBJECT: ROADS\n\n1. (U) The roads that lead to the "
        "harbor,\nall of them, are open. They are:\n  -- long;\n  -- wide.\n\nQ Harbors are open.\n"
        "Q Ships are at sea.\nQ Roads are closed.\n\n2. (C) Quays    12    14\nShips    3    5\n"
    )
    lines = text.replace("\n", line_end).splitlines(True)
    indented = "".join(margin + line if line.strip() else line for line in lines)
    assert_read_alike(parse(indented), parse(text))


def assert_read_alike(cable, plain, source=None):
    """Two cables of one text say the same, and the first one's maps lie on its source."""
    source = source or cable.source_text
    assert cable.header == plain.header
    told, expected = ([replace(p, source_map=None) for p in c.paragraphs] for c in (cable, plain))
    assert told == expected
    for paragraph in cable.paragraphs:
        for offset, at, length in paragraph.source_map.pieces:
            piece = paragraph.text[offset : offset + length]
            assert piece == source[at : at + length]


def test_a_body_on_one_line_has_its_paragraphs(tmp_path):
    path = tmp_path / "cable.txt"
    path.write_text("UNCLAS OSLO 000012 E.O. 12958: N/A TAGS: ECON " + " ".join(BODY.split()))
    assert texts(path)[-2:] == ["All is well.", "So it is."]


def test_a_page_without_line_ends_keeps_its_text(tmp_path):
    path = tmp_path / "cable.txt"
    path.write_text("SUBJECT: ROADS 1. (U) All is well. 2. (U) A road is closed.")
    assert texts(path)[-1] == "A road is closed."


@pytest.mark.parametrize(
    "id, name",
    [
        ("0", "0"),
        ('""', "cables-1"),
        ("null", "cables-1"),
        ("17", "17"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ],
)
def test_an_id_is_kept_as_it_is_written(tmp_path, id, name):
    path = tmp_path / "cables.jsonl"
    path.write_text(f'{{"text": "All is well.", "meta": {{"id": {id}, "page": 3}}}}\n')
    (cable,) = scan(path)
    assert cable.id == name and cable.meta["page"] == 3


def test_meta_nested_too_deep_for_a_record_is_a_reject(tmp_path):
    path = tmp_path / "cables.jsonl"
    deep = "[" * 300 + "]" * 300
    path.write_text(f'{{"text": "One.", "meta": {{"a": {deep}}}}}\n{{"text": "Two."}}\n')
    first, second = scan(path)
    assert "nested" in first.reason and second.paragraphs[0].text == "Two."
    orjson.dumps(dict(second.meta))


def test_a_name_that_is_not_utf_8_is_a_reject(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    with open(path, "w") as file:
        file.write(BODY)
    found = reject(path)
    assert "not UTF-8" in found.reason and found.path.encode()


def test_a_folder_without_files_is_said(tmp_path):
    assert expand([tmp_path]) == [str(tmp_path)]
    assert "no file" in reject(tmp_path).reason


def test_linked_folders_are_read_and_loops_are_not(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "cable.txt").write_text(BODY)
    (inside / "link").symlink_to(outside)
    (inside / "back").symlink_to(inside)
    assert expand([inside]) == [str(inside / "link" / "cable.txt")]


def test_a_link_that_leads_nowhere_is_rejected(tmp_path):
    (tmp_path / "gone.txt").symlink_to(tmp_path / "away" / "gone.txt")
    assert expand([tmp_path]) == [str(tmp_path / "gone.txt")]
    assert "No such file" in reject(tmp_path / "gone.txt").reason


def test_a_volume_without_a_telegram_says_so(tmp_path):
    path = tmp_path / "volume.xml"
    path.write_text(VOLUME.format(head="Memorandum of Conversation", note="Source: Files"))
    assert "none of the 1 documents is a telegram" in reject(path).reason


@pytest.mark.parametrize(
    ("head", "note"),
    [
        ("The Ambassador in Norway (Roe) to the Secretary of State", "711.57/1-2048: Telegram"),
        ("12. Telegram From the Embassy in Norway to the Department of State", "Source: Files"),
    ],
)
def test_a_telegram_is_one_by_its_head_or_by_the_note_of_its_source(tmp_path, head, note):
    path = tmp_path / "volume.xml"
    path.write_text(VOLUME.format(head=head, note=note))
    (cable,) = scan(path)
    assert cable.id == "frus1948v99/d1"
    assert [p.text for p in cable.paragraphs] == ["The Minister asked about roads.", "All is well."]


VOLUME = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><idno type="dospubno">9640</idno>
<idno type="frus">frus1948v99</idno></teiHeader><text><body><div type="document" xml:id="d1">
<head>{head}</head><note type="source" rend="inline">{note}</note>
<p>The Minister asked about roads.</p><p>Subject: Roads</p><p>1. All is well.</p>
</div></body></text></TEI>"""


def test_a_name_marked_where_a_paragraph_begins_is_whole(tmp_path):
    path = tmp_path / "volume.xml"
    volume = VOLUME.format(head="1. Telegram", note="")
    name = '<p>\n  <persName corresp="#p_RJ1">Roe</persName> agreed. 2. So'
    path.write_text(volume.replace("<p>1. All is", name))
    (cable,) = scan(path)
    (mark,) = cable.meta["persons"]
    assert (mark["start"], mark["end"], mark["text"]) == (0, 3, "Roe")


def test_a_signer_on_two_lines_of_a_volume_is_not_glued(tmp_path):
    signed = "<closer><signed>Jane<lb/>Roe</signed></closer></div></body>"
    volume = VOLUME.format(head="1. Telegram", note="").replace("</div></body>", signed)
    (tmp_path / "volume.xml").write_text(volume)
    (cable,) = scan(tmp_path / "volume.xml")
    assert cable.header.signers == ("Jane Roe",)


def test_reading_warns_of_what_it_leaves_out(tmp_path):
    from cablespan import read

    path = tmp_path / "empty.txt"
    path.write_text("")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert list(read(path)) == []
    assert "empty" in str(told[0].message)


def test_a_cable_that_breaks_off_in_its_opening_keeps_its_header(tmp_path):
    path = tmp_path / "page.txt"
    facts = "09OSLO12 2009-05-14 11:16 2011-08-30 01:44 UNCLASSIFIED Embassy Oslo"
    path.write_text(f"{facts}\n\nSUBJECT: ROADS\n\nREF: OSLO 7\nOSLO 00000012  001.2 OF 0...\n")
    (cable,) = scan(path)
    assert (cable.header.partial, cable.header.subject, cable.paragraphs) == (True, "ROADS", ())


def test_a_tag_without_a_name_costs_no_page(tmp_path):
    path = tmp_path / "page.html"
    lines = "E.O. 12958: N/A<br>TAGS: ECON<br>SUBJECT: ROADS"
    path.write_text(f"<html><p>{lines}</p></ ><p>1. (U) All </> is well.</p></html>")
    assert texts(path) == ["All is well."]
