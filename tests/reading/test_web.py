"""The real cable, as a web page hands it over."""

from dataclasses import replace
from io import StringIO

import pytest

from cablespan import reading as readers


@pytest.fixture(scope="module")
def astana(shared):
    return next(readers.read(shared / "cables" / "07ASTANA454.txt"))


def test_the_facts_of_the_header(astana):
    header = astana.header
    assert (astana.id, header.created, header.released) == (
        "07ASTANA454",
        "2007-02-21T09:41:00",
        "2011-08-30T01:44:00",
    )
    assert (header.classification, header.origin, header.eo) == (
        "UNCLASSIFIED//FOR OFFICIAL USE ONLY",
        "Embassy Astana",
        "12958",
    )
    assert [(r.value, r.letter) for r in header.references] == [
        ("06ASTANA9", "A"),
        ("07STATE7944", "B"),
    ]


def test_eighteen_numbered_paragraphs_and_the_items_of_the_third(astana):
    assert [p.number for p in astana.paragraphs if p.kind == "numbered"] == list(range(1, 19))
    assert [p.id for p in astana.paragraphs if p.kind == "item"] == [
        f"07ASTANA454/3.{n}" for n in range(1, 6)
    ]
    assert {p.number: p.marking for p in astana.paragraphs if p.number}[2] == "U"


def test_a_paragraph_runs_on_across_a_page_mark(astana):
    sixth = next(p for p in astana.paragraphs if p.number == 6)
    assert "002 OF 003" not in sixth.text and "out of a box on major city streets" in sixth.text


def test_only_the_first_paragraph_is_the_summary(astana):
    assert [p.number for p in astana.paragraphs if p.section == "summary"] == [1]


def test_no_text_of_the_site(astana):
    assert not any("comment or leave" in p.text or "hash tags" in p.text for p in astana.paragraphs)


def test_every_piece_lies_on_the_source(astana):
    for p in astana.paragraphs:
        assert all(
            p.text[o : o + n] == astana.source_text[s : s + n] for o, s, n in p.source_map.pieces
        )


def test_a_second_cable_inside_the_body_is_one_of_its_own(tmp_path):
    cable = (
        "VZCZCXRO1234\nPP RUEHXX\nDE RUEHNY #0012 0520941\nR 210941Z FEB 07\nFM AMEMBASSY "
        "{0}\nTO RUEHC/SECSTATE WASHDC\n\n"
        "UNCLAS {0} 0000{1}\n\nSUBJECT: ROADS\n\n1. (U) "
        "The road to {0} is open.\n\n2. (U) The harbor is closed.\n\nROE\n\n"
    )
    page = tmp_path / "page.txt"
    page.write_text(
        "Reference ID Created Released Classification Origin\n07OSLO12 2007-02-21 09:41 "
        "2011-08-30 01:44 UNCLASSIFIED Embassy Oslo\n\n"
        + cable.format("OSLO", 12)
        + cable.format("BERN", 77)
    )
    first, second = readers.read(page)
    assert [
        (c.id, c.header.from_, c.header.origin, c.header.signers, len(c.paragraphs))
        for c in (first, second)
    ] == [
        ("07OSLO12", "AMEMBASSY OSLO", "Embassy Oslo", ("ROE",), 2),
        ("07BERN77", "AMEMBASSY BERN", None, ("ROE",), 2),
    ]


OSLO = (
    "07OSLO12 2007-02-21 09:41 2011-08-30 01:44 CONFIDENTIAL Embassy Oslo\n\n"
    "R 210941Z FEB 07\nFM AMEMBASSY OSLO\nTO RUEHC/SECSTATE WASHDC\n\nSUBJECT: ROADS\n\n"
    "1. (C) The road to Oslo is open as of today, and the harbor is closed for the winter. The\n"
    "minister of transport said that both will be open in spring.\n\n"
)
BERN = (
    "{}FM AMEMBASSY BERN\nTO RUEHC/SECSTATE WASHDC 0124\nUNCLAS BERN 000013\n"
    "SUBJECT: BRIDGES\n\n1. (C) Bridges are well.\n"
)
ROUTED = "RR RUEHAG\nDE RUEHNY #0013\nZNY CCCCC ZZH\nR 220941Z FEB 07\n"


@pytest.mark.parametrize(
    ("above", "lines", "cables"),
    [
        ("ROE", ROUTED, 2),
        ("UNQUOTE. ROE", "OO RUEHAG RUEHSW\nDE RUEHNY #0013\nP R 220941Z FEB 07\n", 2),
        ("ROE", "DE RUEHNY #0013 0530941\nZNR UUUUU ZZH\n", 1),
        ("ROE", "DE RUEHNY #0013 0530941\nZNR UUUUU ZZH\nR 220941Z FEB 07\n", 2),
        ("END TEXT.\nROE", "ZNY CCCCC ZZH\nR 220941Z FEB 07\n", 2),
        ("ROE", "R 220941Z FEB 07\n", 2),
        ("2. (C) Bern has sent this:", ROUTED, 1),
        ("BEGIN TEXT", "R 220941Z FEB 07\n", 1),
        ("2. (C) Bern has sent this. QUOTE", ROUTED, 1),
        ("ROE", "R 210941Z FEB 07\n", 1),
        (
            "ROE\nBT\n#0012",
            "VZCZCXRO2\nRR RUEHAG\nDE RUEHNY #0012/02 0530941\nR 220941Z FEB 07\n",
            1,
        ),
        (
            "ROE\nBT\n#0012",
            "VZCZCXRO2\nRR RUEHAG\nDE RUEHNY #0012/01 0530941\nR 220941Z FEB 07\n",
            2,
        ),
        (
            "ROE\nBT\n#0012",
            "VZCZCXRO2\nRR RUEHAG\nDE RUEHNY #0013/02 0530941\nR 220941Z FEB 07\n",
            2,
        ),
    ],
)
def test_a_transmission_header_begins_a_cable_unless_it_is_quoted_or_its_own(above, lines, cables):
    page = StringIO(OSLO + above + "\n\n" + BERN.format(lines))
    read = list(readers.read(page))
    assert [cable.header.subject for cable in read] == ["ROADS", "BRIDGES"][:cables]
    assert "Bridges are well." in read[-1].paragraphs[-1].text
    assert cables == 1 or read[0].header.signers == ("ROE",)


def test_a_header_below_words_of_a_site_is_the_cables_own():
    words = "The library thanks its readers for a hundred years of their letters.\n" * 4
    row, cable = OSLO.split("\n\n", 1)
    (cable,) = readers.read(StringIO(f"{row}\n\n{words}\n{cable}"))
    assert (cable.id, cable.header.released) == ("07OSLO12", "2011-08-30T01:44:00")


def test_a_row_of_a_dump_inside_a_page_is_a_cable_of_its_own(tmp_path):
    opening = "UNCLAS OSLO 0000{0}\n\nSUBJECT: ROADS\n\n1. (U) The road is open.\n\nROE\n"
    row = (
        '"4","2/22/2007 9:41","07OSLO13","Embassy Oslo","SECRET","07BERN1",'
        '"R 220941Z FEB 07\nFM AMEMBASSY OSLO\nTO RUEHC/SECSTATE WASHDC","'
    )
    page = tmp_path / "page.html"
    page.write_text(
        "<table class='cable'><tr><th>Reference ID</th><th>Created</th></tr>"
        "<tr><td>07OSLO12</td><td>2007-02-21 09:41</td></tr></table>"
        "<pre>R 210941Z FEB 07\nFM AMEMBASSY BERN</pre><pre>"
        f'{opening.format(12)}"\n{row}{opening.format(13)}"</pre>'
    )
    first, second = readers.read(page)
    assert [(c.id, c.header.from_, c.header.classification) for c in (first, second)] == [
        ("07OSLO12", "AMEMBASSY BERN", "UNCLASSIFIED"),
        ("07OSLO13", "AMEMBASSY OSLO", "SECRET"),
    ]
    assert [reference.value for reference in second.header.references] == ["07BERN1"]
    for cable in (first, second):
        assert [p.text for p in cable.paragraphs] == ["The road is open."]
        assert cable.header.signers == ("ROE",)


def test_a_page_whose_body_is_a_row_of_a_dump_holds_one_cable(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<table class='cable'><tr><th>Reference ID</th></tr><tr><td>07OSLO12</td></tr></table><pre>"
        '"4","2/22/2007 9:41","07OSLO13","Embassy Oslo","SECRET","","FM AMEMBASSY OSLO",'
        '"SUBJECT: ROADS\n\n1. (U) The road is open."</pre>'
    )
    (cable,) = readers.scan(page)  # and no reject
    assert cable.id == "07OSLO13"
    assert [p.text for p in cable.paragraphs] == ["The road is open."]


LIBRARY = (
    "Browse by tag\n\nROADS AND HARBORS\n{}1975 April 4, 15:10 (Friday)\n{}1975OSLO00012_b\n"
    "{}LIMITED OFFICIAL USE\n{}UNCLASSIFIED\n-- N/A or Blank --\nTE - Telegram (cable)\n\n"
    "Content\nShow Headers\n1. ROADS ARE OPEN.\n\n2. SO BE IT.\nROE\n\n\nNNN\n\n\n"
    "Raw content\nMetadata\nPrint\nShare\n"
)
LABELS = ("Date:\n", "Canonical ID:\n", "Original Classification:\n", "Current Classification:\n")


@pytest.mark.parametrize("labels", [LABELS, [""] * 4])
def test_the_page_of_a_library_of_telegrams(labels):
    cable = readers.parse(LIBRARY.format(*labels))
    header = cable.header
    assert (cable.id, header.created, header.classification, header.subject, header.signers) == (
        "75OSLO12",
        "1975-04-04T15:10:00",
        "LIMITED OFFICIAL USE",
        "ROADS AND HARBORS",
        ("ROE",),
    )
    assert [p.text for p in cable.paragraphs] == ["ROADS ARE OPEN.", "SO BE IT."]


def test_a_cable_that_speaks_of_a_page_stays_whole():
    text = "SUBJECT: ROADS\n\n1. (U) The page says:\nShow Headers\nand no more."
    assert readers.parse(text).paragraphs[0].text == "The page says: Show Headers and no more."


OPENING = """VZCZCXRO1234
PP RUEHXX
DE RUEHNY #0012 0520941
R 210941Z FEB 07
FM AMEMBASSY OSLO
TO RUEHC/SECSTATE WASHDC

UNCLAS OSLO 000012

TAGS: ECON NO
SUBJECT: ROADS &amp; HARBORS

"""
BODY = """1. (U) All roads to the north of the city are open,
and AT&amp;T has left.

2. (SBU) The harbor is closed.
ROE
"""
ABOVE = "<html><head><title>07OSLO12</title></head><body><h1>07OSLO12: Roads</h1><p>By admin</p>"
BELOW = "<p>2 thoughts on this</p><p>1. Nonsense.</p><p>Leave a Reply</p></body></html>"


def in_breaks(text):
    return text.replace("\n", "<br />\n")


def in_paragraphs(text, element="p", empty="&nbsp;"):
    return "".join(f"<{element}>{line or empty}</{element}>\n" for line in text.split("\n"))


@pytest.mark.parametrize(
    "shown",
    [
        f"<pre>{OPENING}{BODY}</pre>",
        f"<form><textarea rows='50'>{OPENING}{BODY}</textarea></form>",
        f"<pre>Hide header {OPENING}{BODY}</pre>".replace(
            "\n\nUNCLAS", "</pre><h3>x</h3><pre>UNCLAS"
        ),
        f"<div><p>Quote:</p><blockquote>{in_breaks(OPENING + BODY)}</blockquote><p>x</p></div>",
        f"<div>{in_paragraphs(OPENING + BODY)}</div>",
        f"<table><tr><td>Origin: Oslo</td></tr></table><div>{in_breaks(OPENING)}{BODY}</div>",
    ],
)
def test_a_cable_on_the_page_of_any_site_is_told_by_its_own_lines(shown):
    page = ABOVE + shown + BELOW
    cable = readers.parse(page)
    header = cable.header
    assert (cable.id, header.subject, header.created, header.signers) == (
        "07OSLO12",
        "ROADS & HARBORS",
        "2007-02-21T09:41:00",
        ("ROE",),
    )
    assert [(p.number, p.text) for p in cable.paragraphs] == [
        (1, "All roads to the north of the city are open, and AT&T has left."),
        (2, "The harbor is closed."),
    ]
    for p in cable.paragraphs:
        assert all(p.text[o : o + n] == page[s : s + n] for o, s, n in p.source_map.pieces)


TABLE = "<table class='cable'><tr><th>Reference ID</th></tr><tr><td>07OSLO12</td></tr></table>"


@pytest.mark.parametrize("above", ["", TABLE])
def test_scripts_and_the_values_of_tags_are_no_text(above):
    link, script = "<a title='Oslo > Bergen' rel=\"x\">", "<script a='b'>ads()</script >"
    page = f"{ABOVE}{above}<pre>{OPENING}{BODY}</pre>"
    marked = page.replace("roads to the north of ", f"roads to the {link}north</a> of {script}")
    plain, cable = readers.parse(page), readers.parse(marked)
    assert [p.text for p in cable.paragraphs] == [p.text for p in plain.paragraphs]
    assert cable.header == plain.header


@pytest.mark.parametrize(
    ("blocks", "paragraphs"),
    [
        ("<pre>FM OSLO</pre><pre>1. (U) The <code>road</code> is\n\n2. (U) Shut.</pre>", 2),
        ("<pre>FM OSLO</pre><pre>1. (U) The road is</pre>\n<pre>2. (U) Shut.</pre>", 2),
        ("<pre>FM OSLO</pre><pre>1. (U) The road is</pre><p>Ads:</p><pre>2. (U) Shut.</pre>", 1),
        ("<code><pre>FM OSLO</code><code><pre>1. (U) The road is</code><p>Home</p>", 1),
        ("<pre>FM OSLO<pre>1. (U) The road is", 1),
    ],
)
def test_the_blocks_below_a_table_of_facts_are_header_and_body(blocks, paragraphs):
    cable = readers.parse(TABLE + blocks)
    assert cable.header.from_ == "OSLO"
    assert [p.text for p in cable.paragraphs] == ["The road is", "Shut."][:paragraphs]


def test_no_break_spaces_of_a_page_are_blanks():
    text = in_breaks(OPENING + BODY)
    page = ABOVE + text.replace(": ", ":&nbsp;").replace("roads to", "roads&nbsp;to") + BELOW
    plain, cable = readers.parse(ABOVE + text + BELOW), readers.parse(page)
    assert "&nbsp;" in page and cable.header == plain.header
    assert [p.text for p in cable.paragraphs] == [p.text for p in plain.paragraphs]
    for p in cable.paragraphs:
        assert all(p.text[o : o + n] == page[s : s + n] for o, s, n in p.source_map.pieces)


def test_a_page_without_dates_has_its_id_from_the_title_where_the_banner_agrees():
    opening = "UNCLAS OSLO 000012\n\nSUBJECT: ROADS\nREF: ROME 7\n\n"
    header = readers.parse(f"{ABOVE}<pre>{opening}{BODY}</pre>").header
    assert (header.reference_id, header.references[0].value) == ("07OSLO12", "07ROME7")


def test_a_site_below_a_cable_without_numbers_whose_header_stands_apart_is_no_text():
    header, opening = OPENING.split("\n\n", 1)
    body = "All roads are open.\n\nThe harbor is closed.\n\nROE"
    cable = readers.parse(f"<pre>{header}</pre><pre>{opening}{body}</pre><p>Footer here.</p>")
    assert [p.text for p in cable.paragraphs] == ["All roads are open.", "The harbor is closed."]
    assert cable.header.signers == ("ROE",)


@pytest.mark.parametrize("element", ["pre", "div", "code", "td"])
@pytest.mark.parametrize(
    ("written", "text"), [("&quot;no.&quot;", '"no."'), ("no &#46;&#46;&#46;", "no ...")]
)
def test_an_entity_that_ends_an_element_of_a_page_is_text(element, written, text):
    opening = OPENING.replace("\n", "<br>\n")
    page = f"{ABOVE}<{element}>{opening}1. (U) He said {written}</{element}>"
    for below in ("", "<p>&copy; 2011 Mirror</p>"):
        cable = readers.parse(page + below)
        assert [p.text for p in cable.paragraphs] == [f"He said {text}"]


def test_numbers_of_readers_are_none_of_a_cable_without_numbers():
    opening, body = OPENING, "All roads are open.\n\nThe harbor is closed.\nROE\n"
    cable = readers.parse(f"{ABOVE}<div><pre>{opening}</pre><pre>{body}</pre></div>{BELOW}")
    assert [p.text for p in cable.paragraphs] == ["All roads are open.", "The harbor is closed."]
    assert cable.header.signers == ("ROE",)


EXTRACT = "This record is a partial extract of the original cable. The full text is not available."


@pytest.mark.parametrize(
    "page",
    [
        f"{ABOVE}<pre>{EXTRACT}\n{OPENING}{BODY}</pre>",
        f"{ABOVE}<pre>{EXTRACT}\nUNCLAS OSLO 000012\n\nSUBJECT: ROADS\n\n{BODY}</pre>",
        f"{ABOVE}<p>{EXTRACT}</p><p>By admin</p><pre>{OPENING}{BODY}</pre>",
        f"{TABLE}<p>{EXTRACT}</p><pre>FM OSLO</pre><pre>SUBJECT: ROADS\n\n{BODY}</pre>",
        f"{TABLE}<p>{EXTRACT}</p><pre>SUBJECT: ROADS\n\n{BODY}</pre>",
    ],
)
def test_a_page_that_says_that_it_has_an_extract_holds_a_partial_cable(page):
    cable, whole = readers.parse(page), readers.parse(page.replace(EXTRACT, ""))
    assert (cable.header.partial, whole.header.partial) == (True, False)
    assert replace(cable.header, partial=False) == whole.header
    assert [p.text for p in cable.paragraphs] == [p.text for p in whole.paragraphs]


@pytest.mark.parametrize(
    "line_end",
    ["<br>", "<br />\r\n", "<br> \n", "\n<br>", "\r\n  <BR>", '<br clear="all">\n', "</br>\n"],
)
def test_a_break_and_the_line_end_beside_it_are_one(line_end):
    body = (
        "1. (U) The minister of transport told us that the road to the north\n"
        "would be open by June and that the harbor at\nBergen would open in July.\n\nSo be it.\n"
    )
    page = f"{ABOVE}<div>{(OPENING + body).replace(chr(10), line_end)}</div>{BELOW}"
    cable = readers.parse(page)
    assert [p.text for p in cable.paragraphs] == [
        "The minister of transport told us that the road to the north would be open by June and "
        "that the harbor at Bergen would open in July.",
        "So be it.",
    ]
    for p in cable.paragraphs:
        assert all(p.text[o : o + n] == page[s : s + n] for o, s, n in p.source_map.pieces)


@pytest.mark.parametrize(
    ("element", "empty"), [("p", "&nbsp;"), ("div", "<br>"), ("div", "&nbsp;")]
)
def test_lines_that_are_elements_run_on(element, empty):
    body = "1. (U) Those present:\n\nThe minister of roads\nand ships;\n\nThe mayor.\n\n\n"
    lines = in_paragraphs(OPENING + body, element, empty)
    cable = readers.parse(f"{ABOVE}<div>{lines}</div>{BELOW}")
    assert [p.text for p in cable.paragraphs][1:] == [
        "The minister of roads and ships;",
        "The mayor.",
    ]


@pytest.mark.parametrize("element", ["div", "article", "section", "dd", "center", "address"])
def test_a_line_that_is_an_element_is_a_line(element):
    opening = ["UNCLAS OSLO 000012", "TAGS: PREL NO", "SUBJECT: ROADS"]
    lines = [*opening, "1. (U) Rain fell.", "2. (U) Snow fell."]
    page = "".join(f"<{element}>{line}</{element}>" for line in lines)
    cable = readers.parse(page)
    assert cable.header.subject == "ROADS"
    assert [p.text for p in cable.paragraphs] == ["Rain fell.", "Snow fell."]


@pytest.mark.parametrize("line", ["<div>{}</div>", "<tr><td>{}</td></tr>", "<section>{}</section>"])
def test_what_follows_the_only_number_of_a_cable_whose_lines_are_elements_is_text(line):
    opening = ["UNCLAS OSLO 000012", "TAGS: PREL NO", "SUBJECT: ROADS"]
    lines = [*opening, "1. (U) Rain fell.", "Snow fell on the road later.", "ROE"]
    page = "<table>" + "".join(line.format(text) for text in lines) + "</table><p>Home</p>"
    two = [*readers.read(StringIO(page + "<p>and</p>" + page.replace("000012", "000013")))]
    for cable in (readers.parse(page), *two):
        assert [p.text for p in cable.paragraphs] == ["Rain fell.", "Snow fell on the road later."]
        assert cable.header.signers == ("ROE",)
    assert len(two) == 2


def test_facts_of_a_site_in_cells_leave_a_cable_in_its_own_element():
    facts = "<table><tr><td>TAGS: PREL NO</td></tr><tr><td>SUBJECT: ROADS</td></tr></table>"
    cable = readers.parse(f"{facts}<pre>1. (U) Rain fell.\n\nSnow fell.\n</pre><p>Home page.</p>")
    assert [p.text for p in cable.paragraphs] == ["Rain fell.", "Snow fell."]


def test_two_cables_on_the_page_of_any_site_are_two():
    page = f"{ABOVE}<pre>{OPENING}{BODY}</pre><p>and</p><pre>{OPENING}{BODY}</pre>{BELOW}"
    cables = list(readers.read(StringIO(page.replace("000012", "000013", 1))))
    assert [(cable.id, len(cable.paragraphs)) for cable in cables] == [
        ("07OSLO13", 2),
        ("07OSLO12", 2),
    ]


def test_each_cable_on_a_page_has_the_id_that_stands_above_it_where_its_banner_agrees():
    cable = "<pre>UNCLAS OSLO 0000{0}\n\nSUBJECT: ROADS\n\n1. (U) Rain fell.</pre>"
    above = ("<h2>07OSLO12</h2>", "<p>See 07BERN1</p><h2>07OSLO13</h2>", "<p>See 07BERN2</p>")
    page = "".join(text + cable.format(serial) for serial, text in enumerate(above, 12))
    cables = list(readers.read(StringIO(page)))
    assert [it.header.reference_id for it in cables] == ["07OSLO12", "07OSLO13", None]


def test_a_page_about_cables_is_none():
    page = (
        f"{ABOVE}<p>Tags: oslo, cables</p><p>The Embassy in Oslo sent a SECRET cable.</p>"
        f"<p>1. Roads are open.</p>{BELOW}"
    )
    with pytest.raises(ValueError, match="no cable on the page"):
        readers.parse(page)


@pytest.mark.parametrize("below", ["Share this cable: Mail Print", "Page 1 of 1 9/2/2011 10:12 AM"])
def test_what_a_site_prints_below_a_cable_is_no_text(below):
    text = f"07OSLO12 2007-02-21 09:41 SECRET Embassy Oslo\n{OPENING}{BODY}\n\n{below}\n"
    cable = readers.parse(text.replace("&amp;", "&"))
    assert cable.header.signers == ("ROE",)
    assert cable.paragraphs[-1].text == "The harbor is closed."
