"""Volumes of Foreign Relations: what the editors' mark-up says of a telegram."""

import pytest

from cablespan.cable import Cable
from cablespan.reading import parse


def telegram(
    body: str,
    head: str = "1. Telegram 416 From the Embassy in Norway to the Department of State",
) -> Cable:
    """The telegram that the body of a document makes."""
    return parse(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>'
        f'<div type="document" xml:id="d1"><head>{head}</head>{body}</div></body></text></TEI>'
    )


def laid_on_source(cable: Cable) -> bool:
    """Whether every word of a cable's text has its place in the source, and no other."""
    return all(
        "".join(text[at : at + n] for at, _, n in pieces) == "".join(text.split())
        and all(
            text[offset : offset + n] == cable.source_text[at : at + n] for offset, at, n in pieces
        )
        for text, pieces in ((p.text, p.source_map.pieces) for p in cable.paragraphs)
    )


@pytest.mark.parametrize(
    ("head", "origin"),
    [
        ("1. Telegram From the Embassy in Norway to the Mission to the Union", "Embassy in Norway"),
        ("2. Telegram 9 From the Mission to Bern to the Department of State", "Mission to Bern"),
        (
            "3. Telegram From the Delegation to the Talks in Oslo, Norway, to the Embassy in Bern",
            "Delegation to the Talks in Oslo, Norway",
        ),
        ("4. Telegram From the Ambassador to the Department of State", "Ambassador"),
        ("5. Telegram 9/Tosec 3 From the Department of State to All Posts", "Department of State"),
        ("6. Telegram From Secretary of State Roe to the White House", "Secretary of State Roe"),
        (
            "7. Backchannel Message From the Ambassador in Oslo to the President",
            "Ambassador in Oslo",
        ),
    ],
)
def test_the_origin_is_the_whole_name_of_the_sender_in_the_head(head, origin):
    assert telegram("<p>1. All is well.</p>", head).header.origin == origin


def header_list(head: str, *items: str) -> str:
    """A line of the header as the editors' list."""
    return f"<list><head>{head}</head>{''.join(f'<item>{item}</item>' for item in items)}</list>"


ADDRESSED = (
    "<p>TELEGRAM<lb/> Department of State<lb/> OSLO 416<lb/> INFO CIAE 00<lb/> R 031735Z FEB 69</p>"
    + header_list("FM ", "AMEMBASSY OSLO")
    + header_list("Action:", "SECSTATE WASHDC PRIORITY 7464", "USUN")
    + header_list("INFO", "AMEMBASSY BERN", "AMEMBASSY ROME")
)


def test_lists_that_the_editors_mark_as_addressees_are_no_paragraphs_whatever_their_head():
    lists = [
        header_list("TO:", "AMEMBASSY OSLO"),
        header_list("ATTN:", "JANE ROE"),
        header_list("ROUTINE", "BERN", "ROME PRIORITY"),
        header_list("ROUTINE", "PARIS"),
    ]
    marked = "".join(lists).replace("<list>", '<list type="to">')
    cable = telegram(marked + "<p>1. HARBOR IS CLOSED.</p>")
    assert [paragraph.text for paragraph in cable.paragraphs] == ["HARBOR IS CLOSED."]
    assert [(addressee.name, addressee.precedence) for addressee in cable.header.to] == [
        ("AMEMBASSY OSLO", None),
        ("BERN", "ROUTINE"),
        ("ROME", "PRIORITY"),
        ("PARIS", "ROUTINE"),
    ]


def test_the_lists_of_the_header_are_its_facts_and_no_paragraphs():
    lists = header_list("SUBJ:", "ROADS<lb/>AND SHIPS") + header_list(
        "REF", "A. OSLO 408", "B. BERN 3"
    )
    cable = telegram(ADDRESSED + "<p>FOR ROE</p>" + lists + "<p>1. HARBOR IS CLOSED.</p>")
    header = cable.header
    assert (header.from_, header.subject) == ("AMEMBASSY OSLO", "ROADS AND SHIPS")
    assert [(to.name, to.mcn) for to in header.to] == [("SECSTATE WASHDC", "7464"), ("USUN", None)]
    assert [info.name for info in header.info] == ["AMEMBASSY BERN", "AMEMBASSY ROME"]
    assert [reference.value for reference in header.references] == ["69OSLO408", "69BERN3"]
    assert [paragraph.text for paragraph in cable.paragraphs] == ["HARBOR IS CLOSED."]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (
            "<p>THIS IS THE LAST OF TWO LONG MESSAGES ON HARBORS.</p>"
            + header_list("REF:", "OSLO 9"),
            ["THIS IS THE LAST OF TWO LONG MESSAGES ON HARBORS."],
        ),
        (
            header_list("PRESENT:", "Roe", "Doe") + header_list("SUBJECT", "ROADS"),
            ["PRESENT:", "Roe", "Doe"],
        ),
        (
            "<p>1. Bern has sent us what follows.</p>" + header_list("TO", "OSLO", "ROME"),
            ["Bern has sent us what follows.", "TO OSLO ROME"],
        ),
        (
            "<p>[Attachment]</p>" + header_list("FM ", "AMEMBASSY ROME"),
            ["[Attachment]", "FM AMEMBASSY ROME"],
        ),
        ("<div><head>Annex</head><p>Ships are late.</p></div>", ["Annex", "Ships are late."]),
    ],
)
def test_what_is_no_list_of_the_header_stays_text(body, texts):
    cable = telegram(ADDRESSED + body)
    assert [paragraph.text for paragraph in cable.paragraphs] == texts
    assert cable.header.from_ == "AMEMBASSY OSLO"


def test_a_table_is_a_paragraph_of_its_rows():
    table = (
        "<table><head>Ships<note>Of 1970.</note></head><row><cell>Oslo</cell><cell>12</cell></row>"
        "<row> <cell>Bern</cell> <cell>0</cell> </row></table>"
    )
    cable = telegram(f"<p>1. Figures follow:</p>{table}<p>2. That is all.</p>")
    ships = cable.paragraphs[1]
    assert (ships.kind, ships.text) == ("text", "Ships\nOslo 12\nBern 0")
    places = [cable.source_text[at : at + n] for _, at, n in ships.source_map.pieces]
    assert places == ["Ships", "Oslo", "12", "Bern", "0"]


@pytest.mark.parametrize(
    ("body", "texts", "signers"),
    [
        ("<p>2. SHIPS ARE LATE. ROE</p>", ["SHIPS ARE LATE."], ("ROE",)),
        ("<p>2. SHIPS ARE LATE.<lb/> ROE</p>", ["SHIPS ARE LATE."], ("ROE",)),
        (
            "<p>2. SHIPS ARE LATE.</p><p>ROE<note>Jane Roe.</note></p>",
            ["SHIPS ARE LATE."],
            ("ROE",),
        ),
        (
            "<p>2. SHIPS ARE LATE. ROE<lb/> NOTE BY OCT: POUCHED <placeName>BERN</placeName>.</p>",
            ["SHIPS ARE LATE.", "NOTE BY OCT: POUCHED BERN."],
            ("ROE",),
        ),
        (
            "<p>2. SHIPS ARE LATE. ROE</p><p>NOTE BY OCT: POUCHED <placeName>BERN</placeName>.</p>",
            ["SHIPS ARE LATE.", "NOTE BY OCT: POUCHED BERN."],
            ("ROE",),
        ),
        (
            "<p>2. SHIPS ARE LATE. ROE</p><closer><signed>DOE</signed></closer>",
            ["SHIPS ARE LATE. ROE"],
            ("DOE",),
        ),
        ("<p>2. SHIPS ARE LATE. END FYI. YY</p>", ["SHIPS ARE LATE. END FYI. YY"], ()),
    ],
)
def test_the_signature_is_no_text_and_a_note_below_it_is(body, texts, signers):
    cable = telegram(f"<p>SUBJ: ROADS</p><p>1. HARBOR IS CLOSED.</p>{body}")
    _, *after = cable.paragraphs
    assert ([paragraph.text for paragraph in after], cable.header.signers) == (texts, signers)
    assert laid_on_source(cable)
    paragraphs = {paragraph.id: paragraph.text for paragraph in after}
    for place in cable.meta["places"]:
        assert paragraphs[place["paragraph"]][place["start"] : place["end"]] == "BERN"
    assert len(cable.meta["places"]) == body.count("<placeName>")


def test_a_pilcrow_within_a_paragraph_moves_nothing_behind_it():
    cable = telegram(
        "<p>1. Rain fell. ¶2. So <persName>Roe</persName> says.</p><p>¶</p><p>3. ¶</p>"
        "<p>4. ¶<persName>Doe</persName> agrees.</p>"
    )
    texts = [paragraph.text for paragraph in cable.paragraphs]
    assert texts == ["Rain fell. 2. So Roe says.", "Doe agrees."]
    assert laid_on_source(cable)
    assert [(place["start"], place["text"]) for place in cable.meta["persons"]] == [
        (17, "Roe"),
        (0, "Doe"),
    ]


@pytest.mark.parametrize(
    ("first", "texts"),
    [
        ("Ref: Deptel 1545. Minister called on Ambassador. Talks progress.", None),
        ("Ref: Deptel 1545. Minister called. (He was speaking slowly.)", None),
        ("Minister called on Ambassador. (He was speaking slowly.)", None),
        ("Ref: Deptel 1545, and Mr. Roe's letter about harbors.", []),
        ("SUBJECT: ROADS. FOR SECRETARY FROM ROE.", []),
    ],
)
def test_sentences_after_a_label_or_before_a_late_one_are_text(first, texts):
    cable = telegram(f"<p>{first}</p><p>REF: OSLO 12</p><p>2. Snow fell on roads.</p>")
    texts = [first] if texts is None else texts
    assert [paragraph.text for paragraph in cable.paragraphs] == [*texts, "Snow fell on roads."]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (
            "<p>1. He said: <list><item>(a) Road.</item><item>(b) Rail.</item></list> and left.</p>"
            "<p>2. Snow fell.</p>",
            ["He said:", "(a) Road.", "(b) Rail.", "and left.", "Snow fell."],
        ),
        (
            "<p>1. Rain fell here.</p><list><item>Road <list><item>one</item></list></item></list>",
            ["Rain fell here.", "Road", "one"],
        ),
        (
            "<p><quote><p>1. Rain fell,</p></quote>says <persName>Roe</persName>.</p>",
            ["Rain fell,", "says Roe."],
        ),
    ],
)
def test_blocks_within_others_are_read_in_their_place(body, texts):
    cable = telegram(body)
    assert [paragraph.text for paragraph in cable.paragraphs] == texts
    assert laid_on_source(cable)
    assert all(place["text"] == "Roe" for place in cable.meta["persons"])


@pytest.mark.parametrize(
    ("first", "subject"),
    [
        ("966. Subj: Roads.", "Roads"),
        (
            "2393. NATUS. Ref: State 70962. Subject: Roe's talks, June 2–3. He left.",
            "Roe's talks, June 2–3",
        ),
        ("966. Subj: Mr. Roe and U.S. Ships: Talks", "Mr. Roe and U.S. Ships: Talks"),
        ("966. Minister called. He left.", None),
    ],
)
def test_a_subject_after_the_number_of_a_telegram_is_its_subject(first, subject):
    cable = telegram(f"<p>{first}</p><p>1. Rain fell.</p>")
    assert (cable.header.subject, cable.paragraphs[0].text) == (subject, first)


def test_words_outside_of_paragraphs_are_text():
    cable = telegram(
        "<opener><dateline>Oslo, June 3</dateline><seg>Dear Jane:</seg></opener>"
        "<p>1. He said:</p><quote>The <hi>road</hi> is open.</quote>"
        "<list><label>A.</label><item>Road.</item></list><fw>112 Oslo</fw>"
        "<closer>With best regards, <signed>Roe</signed></closer>"
    )
    assert [paragraph.text for paragraph in cable.paragraphs] == [
        "Dear Jane:",
        "He said:",
        "The road is open.",
        "A.",
        "Road.",
        "With best regards,",
    ]
    assert laid_on_source(cable) and cable.header.signers == ("Roe",)


def test_a_name_at_the_end_of_another_paper_stays():
    source = (
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><div type="document" xml:id="d1">'
        "<head>1. Memorandum</head><p>1. Ships are late.</p><p>ROE</p></div></TEI>"
    )
    assert parse(source, all_documents=True).paragraphs[-1].text == "ROE"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Roads&#160;&amp; rail", "Roads & rail"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("<![CDATA[Roads & <rail>]]>&#xD83D;", "Roads & <rail>\ufffd"),
        ('<hi rend="a > b">Roads</hi><!-- <p> --><?page 3?>', "Roads"),
        ("Roads &mdash; rail", "Roads \u2014 rail"),
        ("Roads&nbsp;and rail", "Roads and rail"),
        ("Roads &post; rail", "Roads Oslo \u2014 Bern rail"),
        ("Roads\r\nand rail", "Roads and rail"),
        ("Roads <choice> <sic>an</sic> <corr>and</corr> </choice>.", "Roads and."),
        (
            "Roads <choice><expan>United Nations</expan><abbr>UN</abbr></choice>",
            "Roads United Nations",
        ),
    ],
)
def test_words_are_read_once_and_laid_on_the_source_however_they_are_spelled(words, text):
    source = (
        '<?xml version="1.0"?><!DOCTYPE TEI [<!ENTITY post "Oslo &#8212; Bern">]><!-- <TEI> -->\n'
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><div type="document"><head>1. Telegram</head>'
        f"<p>1. {words}</p><p>2. All is well.</p></div></TEI>\n"
    )
    cable = parse(source)
    assert [paragraph.text for paragraph in cable.paragraphs] == [text, "All is well."]
    assert (cable.source_text, cable.notes) == (source, ())
    for paragraph in cable.paragraphs:
        for offset, at, n in paragraph.source_map.pieces:
            assert paragraph.text[offset : offset + n] == source[at : at + n]
        assert paragraph.source_map.pieces


def test_a_reference_to_half_a_sign_costs_nothing():
    (paragraph,) = telegram("<p>1. All is &#xD83D; well.</p>").paragraphs
    assert paragraph.text == "All is \ufffd well."
