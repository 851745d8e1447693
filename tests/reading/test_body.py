"""Bodies in, paragraphs out."""

import json
import re
from collections import defaultdict
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cablespan.header import signers
from cablespan.reading import parse, scan
from cablespan.reading.body import segment, segment_blocks
from cablespan.signs import repaired
from invented import gold_files


def shapes(body):
    return [(p.number, p.marking, p.section, p.kind, p.text) for p in segment(body, "07OSLO1")]


def texts(body):
    return [p.text for p in segment(body, "07OSLO1")]


@pytest.mark.parametrize(
    ("line", "number", "marking"),
    [
        ("1. (C) All is well.", 1, "C"),
        ("1.(C) All is well.", 1, "C"),
        ("1. C) All is well.", 1, "C"),
        ("¶1. (C/NF) All is well.", 1, "C/NF"),
        ("¶1 (U) All is well.", 1, "U"),
        ("1 (S//NF) All is well.", 1, "S//NF"),
        ("(SBU) 1. All is well.", 1, "SBU"),
        ("1) All is well.", 1, None),
        ("(SBU) All is well.", None, "SBU"),
        ("1. (C/REL NATO) All is well.", 1, "C/REL NATO"),
        ("1. (C - entire text) All is well.", 1, "C - ENTIRE TEXT"),
        ("1. All is well.", 1, None),
    ],
)
def test_number_and_portion_mark_become_fields(line, number, marking):
    (paragraph,) = segment(line, "07OSLO1")
    assert (paragraph.number, paragraph.marking, paragraph.text) == (
        number,
        marking,
        "All is well.",
    )


@pytest.mark.parametrize(
    ("marks", "marking"),
    [
        ("1. (C ", "C"),
        ("1. (C0 ", "C"),
        ("1. (SBU0 ", "SBU"),
        ("1. ((SBU) ", "SBU"),
        ("1. (Confidential) ", "CONFIDENTIAL"),
        ("1.- (C) ", "C"),
        ("1. -(C) ", "C"),
    ],
)
def test_a_damaged_portion_mark_after_a_number_is_a_field(marks, marking):
    assert shapes(f"{marks}All is well.") == [(1, marking, None, "numbered", "All is well.")]


@pytest.mark.parametrize(
    "text",
    [
        "(U Thant) All is well.",
        "(C. Roe) All is well.",
        "(0) All is well.",
        "(secret) agents left.",
    ],
)
def test_words_in_brackets_after_a_number_are_no_portion_mark(text):
    assert shapes(f"1. {text}") == [(1, None, None, "numbered", text)]


def test_a_decimal_or_a_year_is_no_number():
    assert len(texts("1. (U) Growth was\n2.5 percent in\n2005. Exports rose.")) == 1


def test_numbers_missing_doubled_restarted_keep_their_paragraphs_and_ids_stay_unique():
    made = segment("1. (U) One.\n3. (U) Three.\n3. (U) Again.\n1. (U) Anew.", "07OSLO1")
    assert [p.id for p in made] == ["07OSLO1/1", "07OSLO1/3", "07OSLO1/3~2", "07OSLO1/1~2"]


def test_a_sentence_runs_on_across_furniture():
    body = (
        "1. (C) The road to\n\nCONFIDENTIAL\nPAGE 02        OSLO  01634  071251Z\n\nthe harbor "
        "is closed.\nOSLO 00000454 "
        " 002 OF 003\nIt will open."
    )
    assert texts(body) == ["The road to the harbor is closed. It will open."]


def test_items_stay_items_and_a_dash_at_a_wrap_does_not():
    body = (
        "1. (U) He named two points, as the minister had done in the spring:\n-- the harbor, "
        "which is closed;\n-- the road.\n"
        "2. (U) He spoke of the road from the capital to the harbor in the\n-- as he said -- "
        "remote north of the country, and"
        " of nothing else."
    )
    assert [kind for *_, kind, _ in shapes(body)] == ["numbered", "item", "item", "numbered"]


def test_headings_open_sections():
    body = (
        "SUMMARY\n-------\n1. (C) All is well.\n\nThe Long Road\n=============\n\n"
        "2. (C) It is long.\n\nCOMMENT\n-------\n3. (C) Too long."
    )
    assert [(section, kind) for _, _, section, kind, _ in shapes(body)] == [
        ("summary", "heading"), ("summary", "numbered"), (None, "heading"), (None, "numbered"), ("comment", "heading"), ("comment", "numbered"),  # noqa: E501
    ]  # fmt: skip


def test_a_block_closes_in_a_later_paragraph_or_stays_in_its_own():
    closed = "1. (C) Summary: One.\n2. (C) Two. End summary.\n3. (C) Three."
    never = "1. (C) Summary: One.\n2. (C) Two.\n3. (C) Three."
    assert [section for _, _, section, *_ in shapes(closed)] == ["summary", "summary", None]
    assert [section for _, _, section, *_ in shapes(never)] == ["summary", None, None]


def test_tables_keep_their_rows():
    table = "Year     Exports    Imports\n2005     12         14\n2006     13         15"
    body = f"1. (U) Figures:\n\n{table}\n\n2. (U) They rose."
    assert texts(body)[1] == table


def test_words_cut_at_the_last_column_are_whole_again():
    words = (
        "The ministry of infrastructure told the embassy that infrastructure projects "
        "would be delayed. " * 6
    )
    line = "1. (C) " + words.strip()
    assert texts("\n".join(line[at : at + 71] for at in range(0, len(line), 71))) == [words.strip()]


@pytest.mark.parametrize(
    "below",
    [
        "",
        "\nNNNN",
        "\nUNCLASSIFIED\n\nNNNN\n#1234",
        "\n0123",
        "\nUNCLAS SECTION 02 OF 02 OSLO 000012",
        "\nNNNNVZCZCOSL",
    ],
)
def test_a_signature_on_its_own_line_is_no_paragraph(below):
    assert texts("1. (U) All is well.\n2. (U) So it is.\n\nROE/MCDOE" + below) == [
        "All is well.",
        "So it is.",
    ]
    assert texts("1. (U) All is well.\nROE" + below) == ["All is well."]


@pytest.mark.parametrize(
    "line",
    [
        "ST. JOHN",
        "O'NEILL",
        "HOBBS-ROE",
        "VAN DER MEEREN",
        "(signed) ROE",
        "XGDS-1 ROE",
        "ROE  GDS",
        "Jane Q. Roe",
        "P. Jane Roe\nAmbassador",
        "MCROE, CHARGE D'AFFAIRES",
        "AMBASSADOR MCROE",
        "ROE (ACTING DCM)",
        "ROE\n\n\n      End Cable Text",
        "ROE\n\nEND",
    ],
)
def test_a_signature_of_any_form_is_no_paragraph(line):
    assert texts(f"1. (U) All is well.\n{line}\n#0454\nNNNN") == ["All is well."]


def test_a_name_cut_behind_its_initial_is_text_and_so_are_persons_with_their_offices():
    assert texts("1. (U) The talks were led by Jane R.\nRoe\n") == [
        "The talks were led by Jane R. Roe"
    ]
    assert texts("1. (U) Those present:\n\nAMBASSADOR ROE\nDCM DOE\n")[1:] == [
        "AMBASSADOR ROE",
        "DCM DOE",
    ]
    assert texts("1. (U) All is well.\n\nAMBASSADOR") == ["All is well.", "AMBASSADOR"]


def test_a_signature_behind_unquote_is_no_text():
    body = "1. (U) Quote: All is well. DOE UNQUOTE ROE"
    assert (texts(body), signers(body)) == (["Quote: All is well. DOE UNQUOTE"], ["ROE"])


@pytest.mark.parametrize(
    "lines", ["ROE\nROE", "ROE \n\n \nROE##", "Roe\n\nROE", "ROE\n\nROE\n\nROE\n\nNNNN"]
)
def test_a_signature_that_the_operator_repeats_is_no_paragraph(lines):
    assert texts(f"1. (U) All is well.\n\n{lines}") == ["All is well."]


def test_the_signature_above_a_second_part_that_breaks_off_is_no_text():
    body = "1. (U) All is well.\nROE\n\nTHE HARBOR OF OS..."
    assert texts(body) == ["All is well.", "THE HARBOR OF OS..."]
    assert signers(body) == ["ROE"]


def test_a_note_on_the_line_of_the_signature_stays():
    assert texts("1. (U) All is well.\nQUIST NOTE: not passed to Bern.") == [
        "All is well.",
        "NOTE: not passed to Bern.",
    ]
    assert texts("1. (U) All is well.\nQUIST NOTE BY OC/T: NOT PASSED.") == ["All is well."]


def test_a_heading_with_a_colon_and_an_opener_without_open_their_sections():
    body = (
        "1. (C) SUMMARY The road is long. END SUMMARY.\n\n"
        "COMMENT: MONEY IS SHORT\n---------------------\n2. (C) It is."
    )
    assert [section for _, _, section, *_ in shapes(body)] == ["summary", "comment", "comment"]


def test_end_comment_with_two_blanks_closes_its_block():
    body = "1. (C) Comment: It will pass.\n2. (C) Soon. End  comment.\n3. (C) More."
    assert [section for _, _, section, *_ in shapes(body)] == ["comment", "comment", None]


def test_a_note_below_the_signature_stays():
    assert texts("1. (U) All is well.\nROE\nNOTE: not passed to Bern.") == [
        "All is well.",
        "NOTE: not passed to Bern.",
    ]


def test_the_last_word_of_capitals_is_no_signature():
    assert texts("1. (U) THE ROAD LEADS FROM HERE TO\nOSLO.") == [
        "THE ROAD LEADS FROM HERE TO OSLO."
    ]
    assert texts("1. (U) THE ROAD LEADS FROM HERE TO\nOSLO") == ["THE ROAD LEADS FROM HERE TO OSLO"]


def test_dash_items_have_their_portion_mark_as_a_field():
    body = "1. (SBU) Points:\n\n-- (SBU) the harbor;\n\n-- (C/NF) the road;\n\n-- the rest."
    assert [(kind, marking, text) for _, marking, _, kind, text in shapes(body)][1:] == [
        ("item", "SBU", "the harbor;"),
        ("item", "C/NF", "the road;"),
        ("item", None, "-- the rest."),
    ]


def test_a_number_written_twice_is_lost_twice():
    assert shapes("3. (U) 3. (U) All is well.") == [(3, "U", None, "numbered", "All is well.")]


def test_the_numbers_of_author_and_site_are_both_no_text_where_they_go_on_together():
    body = "5. 5. Rain.\n\n7. 6. (U) Sun.\n\n8. 7. (U) Fog.\n\n9. 8. Snow."
    assert [shape[:2] for shape in shapes(body)] == [(5, None), (7, "U"), (8, "U"), (9, None)]
    assert texts(body) == ["Rain.", "Sun.", "Fog.", "Snow."]
    assert texts("5. Rain.\n\n6. 5. Sun.\n\n7. Fog.\n\n8. Snow.")[1] == "5. Sun."
    assert texts("1. Two ways:\n\n2. 1. Rain.\n\n3. 1. Sun.\n\n4. 1. Fog.")[1:] == [
        "1. Rain.",
        "1. Sun.",
        "1. Fog.",
    ]


def test_the_paragraphs_of_the_modern_gold_are_read_as_annotated():
    """Kind and section, too: models learn what they will be told, damaged signs repaired."""
    root = Path(__file__).parents[2]

    def facts(paragraph):
        known = attrgetter("number", "marking", "section", "kind")(paragraph)
        return *known, repaired(paragraph.text)

    gold = defaultdict(list)
    for path in gold_files():
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            gold[entry["doc"]].append(facts(SimpleNamespace(**entry)))
    read = {
        name: [
            facts(paragraph)
            for paragraph in next(scan(root / "corpus" / "modern" / f"{name}.txt")).paragraphs
        ]
        for name in gold
    }
    assert [name for name in gold if read[name] != gold[name]] == []


def test_the_paragraphs_of_a_body_are_bounded_and_no_text_is_lost(monkeypatch):
    monkeypatch.setattr("cablespan.reading.body.layout.MOST_PARAGRAPHS", 3)
    made = texts("".join(f"{number}. (U) Point.\n" for number in range(1, 6)))
    assert made == ["Point.", "Point.", "Point. 4. (U) Point. 5. (U) Point."]


def test_text_without_numbers_has_its_paragraphs_by_layout():
    assert texts("The road is\nclosed.\n\nThe harbor is\nopen.") == [
        "The road is closed.",
        "The harbor is open.",
    ]


def test_one_block_is_one_paragraph_where_nothing_is_wrapped():
    blocks = ["1. One.", "- an item", "SUMMARY", "and a line", "6877. Subject Talks. Ref: State 1:"]
    assert len(segment_blocks("\n\n".join(blocks), "x")) == 5


WORDS = st.lists(
    st.sampled_from(
        [
            "1.",
            "2.",
            "(C)",
            "(a)",
            "--",
            "-",
            "A.",
            "SUMMARY",
            "END",
            "COMMENT:",
            "word",
            "Word.",
            "PAGE",
            "02",
            "OSLO",
            "00000454",
            "",
            "002",
            "OF",
            "003",
            "\n",
            "\n\n",
            "\t",
            "---",
            "|",
            "é",
            "\xa0",
            "x",
            "  ",
        ]
    ),
    max_size=60,
)


@given(st.one_of(st.text(max_size=300), WORDS.map(" ".join)))
@example("0.          0")  # more blanks than stand after a number
@example("¶")
@example("1. ¶\n\nAll is well.\n¶¶")
@settings(max_examples=300)
def test_every_piece_lies_on_its_source_and_nothing_is_said_twice(body):
    made = segment(body, "07OSLO1")
    used = []
    for paragraph in made:
        for offset, source, length in paragraph.source_map.pieces:
            assert paragraph.text[offset : offset + length] == body[source : source + length]
            used.append((source, source + length))
    assert used == sorted(used) and all(a[1] <= b[0] for a, b in pairwise(used))
    assert len({p.id for p in made}) == len(made)
    assert all(re.search(r"\S", p.text) for p in made)


LONG = (
    "The minister told the Ambassador that the road from the capital to the h"
    "arbor would be open before the end of the winter, whatever the parliament said"
)
MARKS = [
    "OSLO 00000454  002 OF 003",
    "Oslo 00000454 002 of 003",
    "oslo 00000454  002 of 003",
    "OSLO 00000454  002. 2 OF 003",
    "SIPDIS",
    "CONFIDENTIAL\nPAGE 02        OSLO  01634  071251Z",
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("around", ["\n", "\n\n"])
@pytest.mark.parametrize("rest", ["and the harbor too.", "Oslo would pay for it."])
def test_a_paragraph_on_one_line_runs_on_across_a_mark(mark, around, rest):
    body = f"1. (U) {LONG} in{around}{mark}{around}{rest}\n\n2. (U) It rains."
    assert texts(body) == [f"{LONG} in {rest}", "It rains."]


@pytest.mark.parametrize(
    "line",
    [
        "DRAFTED BY THE YUGOSLAVS AND TABLED ON",
        "DRAFTED BY NORWEGIANS: NO STEP",
        "PAGE 3 OF THE ROAD REPORT",
        "PAGE 12 STORY IN MAY 1975 SAYS",
        "PAGE 02 OF THE DRAFT",
        "SECRET PROTOCOL OF 1939 ON ROADS",
        "SECRET TALKS IN OSLO 1973",
        "CONFIDENTIAL PAPER PART 1 OF 2",
        "PAGE TWO STORY 12",
        "PAGE 2 ROADS 1975",
        "SECTION 2 OF 3 ROADS 1975",
        "SECTION 2 OF 3 OSLO 1234 AND LATER",
        "CORRECTED COPY OF THE ROAD MAP",
        "ROAD-21, ROAD-23, SU-22 AND IL-28",
        "ACTION E-18 ROADS ARE",
        "RELEASED IN PART BY THE COURT",
    ],
)
def test_a_line_that_only_begins_as_furniture_does_is_text(line):
    assert texts(f"1. HE SPOKE OF THE\n{line}\nAND LEFT.") == [f"HE SPOKE OF THE {line} AND LEFT."]


def test_what_stands_after_a_rule_with_a_number_is_text():
    assert texts("1. ROADS:\n----- TOTAL 1975\nAND LATER.") == ["ROADS:", "TOTAL 1975 AND LATER."]


@pytest.mark.parametrize(
    "line",
    [
        "PAGE 02 OSLO 01634 01 OF 02 071251Z",
        "PAGE O2 OSLO 1634",
        "PAGE 12        PORT AU PR  01634  071251Z",
        "PAGE 3 OF 5",
        "PAGE TWO OSLO 214",
        "PAGE 2 RUEHNY 1234 C O N F I D E N T I A L",
        "CONFIDENTIAL   PAGE 02  OSLO  01634  071251Z",
        "SECTION 02 OF 03 OSLO 000012",
        "SECTION 1 OF 2 OSLO 1234/1",
        "CONFIDENTIAL OSLO 1234",
        "UNCLAS E F T O SECTION 01 OF 02 OSLO 000012",
        "SECRET/NODIS ATLANTIS 12345 EXDIS",
        "(CORRECTED COPY FOR PARA 3)",
        "DRAFTED BY EUR/NE:JROE:AB",
        "INFO  OCT-01  ISO-00  AID-05  /044 W",
        "DODE-00  INR-07  NSAE-00",
        "------------------081234 071251Z /41",
        "NNNNMAFVVZCZ",
        "SECRET U.S. Department of State Case No. F-2011-00012 Doc No. C05600012 Date: 01/31/2013",
        "Case No. F-2011-00012 Doc No. C05600012 Date: 01/31/2013 Page 2 of 3 UNCLASSIFIED",
        "RELEASE IN PART B1,1.4(B),1.4(D)",
        "RELEASED IN FULL",
        "C05600012",
        "REVIEW AUTHORITY: Jane Roe, Senior Reviewer",
        "Page 2 of 3",
        "Current Class: UNCLASSIFIED                     Page: 1",
    ],
)
def test_furniture_in_a_sentence_in_capitals_is_no_text(line):
    assert texts(f"1. HE SPOKE OF THE\n{line}\nROADS.") == ["HE SPOKE OF THE ROADS."]


def test_wrapped_and_whole_paragraphs_of_one_page_are_each_read_as_they_stand():
    wrapped = (
        "The road to the harbor is long and it was closed for most of the\n"
        "winter. Nobody minds, as Oslo has\nanother one."
    )
    body = f"1. (U) {LONG}.\n\n2. (U) {wrapped}\n\n3. (U) {LONG}."
    assert texts(body) == [f"{LONG}.", wrapped.replace("\n", " "), f"{LONG}."]


def test_a_blank_line_alone_does_not_end_a_sentence():
    body = (
        "1. (U) The road to the harbor is long and it was closed for most of the\n\n"
        "Oslo winter.\n2. (U) Rain."
    )
    assert texts(body)[0].endswith("most of the Oslo winter.")


def test_a_heading_directly_above_its_paragraph_is_one():
    text = (
        "Papers report that the road to the harbor will be closed for all of\n"
        "the winter, whatever the minister says."
    )
    body = f"{text}\n\nHarbor Road Closed for the Winter\n{text}\n\n{text}"
    assert [kind for *_, kind, _ in shapes(body)] == ["text", "heading", "text", "text"]


def test_a_heading_at_the_end_of_a_line_is_one():
    body = f"1. (U) {LONG}. Roads and Harbors\n\n2. (U) {LONG}."
    assert [(kind, text) for *_, kind, text in shapes(body)][1] == ("heading", "Roads and Harbors")


@pytest.mark.parametrize(
    "heading",
    [
        "Minister of Roads,\n------------------\nHarbors and Ships\n-----------------",
        "Minister of Roads,\nHarbors and Ships\n-----------------",
        "Minister of Roads, Harbors and Ships -----------",
        "---------------\nMinister of Roads, Harbors and Ships\n---------------",
    ],
)
def test_a_ruled_heading_is_one_on_one_line_or_two(heading):
    made = shapes(f"1. (U) All is well.\n\n{heading}\n\n2. (U) So it is.")
    assert [(kind, text) for *_, kind, text in made][1:2] == [
        ("heading", "Minister of Roads, Harbors and Ships")
    ]


@pytest.mark.parametrize("line", ["END SUMMARY", "XXXXXXXXXXXX", "2005"])
def test_an_end_a_redaction_and_a_year_are_no_headings(line):
    made = shapes(f"1. (U) All is well.\n\n{line}\n\n2. (U) So it is.")
    assert "heading" not in [kind for *_, kind, _ in made]


def test_numbers_in_mid_line_begin_paragraphs_where_the_sequence_goes_on():
    body = "1. (U) All is well. 2. (U) So it is. See para 7. (U) is no start. 3. Oslo agrees."
    assert texts(body) == ["All is well.", "So it is. See para 7. (U) is no start.", "Oslo agrees."]


@pytest.mark.parametrize("opener", ["COMMENT: S", "(Comment: S", "COMMENT. S"])
def test_an_opener_behind_a_number_in_mid_line_begins_a_paragraph(opener):
    made = shapes(f"1. All is well. 2. Ships left. 3. {opener}hips sail. 4. Oslo agrees.")
    assert [(number, section) for number, _, section, *_ in made] == [
        (1, None),
        (2, None),
        (3, "comment"),
        (4, None),
    ]


def test_a_number_in_mid_line_may_be_missing_where_the_next_has_a_portion_mark():
    made = shapes(
        "1. (U) Ships left. 3. (U) So they did, as in para. 5. (U) Oslo. 4. (C) No. 9. One."
    )
    assert [(number, text) for number, *_, text in made] == [
        (1, "Ships left."),
        (3, "So they did, as in para. 5. (U) Oslo."),
        (4, "No. 9. One."),
    ]


def test_the_pilcrows_of_the_site_are_no_text():
    body = (
        "¶1. 1. Ships left in\n¶1990. They came back.\n\n¶A. (S/NF) The first.\n\n¶7, (U) The last."
    )
    assert shapes(body) == [
        (1, None, None, "numbered", "Ships left in 1990. They came back."),
        (None, "S/NF", None, "item", "The first."),
        (7, "U", None, "numbered", "The last."),
    ]


def test_a_letter_of_a_list_within_a_paragraph_is_no_portion_mark():
    body = (
        "1. (SBU) The embassy asks three things: (A) that the ministry be told; (B) that the\n"
        "road be opened before the spring, when the ships will come back to the harbor again;\n"
        "(C) that the harbor be closed."
    )
    (paragraph,) = segment(body, "07OSLO1")
    assert paragraph.text.endswith("again; (C) that the harbor be closed.")


def test_a_number_after_a_colon_within_a_paragraph_is_no_start_but_where_it_is_next():
    body = "1. (U) Notes were delivered to the ministry about the road and ships: 34. Replies:\n"
    assert texts(f"{body}11. Two men left.")[0].endswith("Replies: 11. Two men left.")
    assert len(texts(f"{body}2. Two men left.")) == 2


def test_the_sipdis_caption_that_a_sentence_names_is_its_word():
    line = "1. (U) Please begin all responses with SIPDIS caption. We told the post with SIPDIS it."
    assert texts(line) == [
        "Please begin all responses with SIPDIS caption. We told the post with it."
    ]


def test_a_title_before_a_name_ends_no_heading():
    rule = "-" * 30
    title = "Maj. Gen. Roe, Minister of Roads\nand Harbors"
    body = f"1. (U) All is well.\n\n{title}\n{rule}\n\n2. (U) So."
    assert shapes(body)[1][3:] == ("heading", "Maj. Gen. Roe, Minister of Roads and Harbors")


def test_items_in_brackets_have_their_portion_mark_as_a_field():
    body = "1. (SBU) Points:\n\n(a) (SBU) the harbor;\n\n(b) (C/NF) the road."
    assert [(kind, marking, text) for _, marking, _, kind, text in shapes(body)][1:] == [
        ("item", "SBU", "the harbor;"),
        ("item", "C/NF", "the road."),
    ]


@pytest.mark.parametrize(
    "sign",
    ["-- A.", "--B)", "-- (C)", "-- 4.", "27A.", "27.B.", "¶3.C.", "1d)", "A4.", "A.", "A:", "K."],
)
@pytest.mark.parametrize("blank", ["", " "])
def test_a_sign_before_a_portion_mark_is_that_of_an_item(sign, blank):
    body = f"1. (U) Answers:\n\n{sign}{blank}(SBU) Ships bring them.\n\n2. (U) Oslo agrees."
    assert shapes(body)[1:] == [
        (None, "SBU", None, "item", "Ships bring them."),
        (2, "U", None, "numbered", "Oslo agrees."),
    ]


def test_a_number_before_an_item_s_sign_and_its_portion_mark_is_a_field():
    body = "27. A. (U) Ships bring them.\n\nB. (SBU) So do trucks.\n\n28. -- A. (C) None."
    assert shapes(body) == [
        (27, "U", None, "numbered", "Ships bring them."),
        (None, "SBU", None, "item", "So do trucks."),
        (28, "C", None, "numbered", "None."),
    ]


@pytest.mark.parametrize(("first", "second"), [("I.", "II."), ("A.", "B."), ("I. (U)", "II. (U)")])
@pytest.mark.parametrize("titles", ["ROADS AND SHIPS", "Roads and Ships"])
def test_the_first_heading_with_a_letter_is_one_as_the_later_are(first, second, titles):
    body = (
        f"1. (U) All is well.\n\n{first} {titles}\n\n2. (U) So.\n\n{second} {titles}\n\n3. (U) So."
    )
    assert [kind for *_, kind, _ in shapes(body)] == [
        "numbered", "heading", "numbered", "heading", "numbered",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        "1. (U) It needs:\n\nA. Roads",
        "1. (U) It needs two.\n\nA. Roads\n\nB. Ships",
        "1. (U) It needs one.\n\nA. The long road to Oslo",
        "1. (U) It needs one.\n\n-- Roads",
    ],
)
def test_a_short_item_of_a_list_above_a_number_is_no_heading(lines):
    assert "heading" not in [kind for *_, kind, _ in shapes(f"{lines}\n\n2. (U) So it is.")]


@pytest.mark.parametrize(
    "table",
    [
        "Party       Seats    Change\n---------------------------\nRoads       12       +1",
        "-----------\nParty       Seats\n=================\nRoads       12\n-------\nAll       9",
        "Year      Roads\n----      -----\n2006      12.1\n2007      13.4",
        "            2006     2007\nRoads       12.1     13.4\n  of stone  12.0     13.3",
    ],
)
@pytest.mark.parametrize("indent", ["", "    "])
def test_a_table_keeps_its_first_row_its_rules_and_its_columns(table, indent):
    body = f"1. (U) Figures follow:\n\n{table}\n\n2. (U) So it is."
    rows = table.removeprefix("-----------\n")
    assert texts(re.sub("^", indent, body, flags=re.MULTILINE))[1] == rows


@pytest.mark.parametrize(
    ("title", "below"),
    [("Seats by Party", "Roads       12\nShips       3"), ("The Two   Parties", "All is well.")],
)
def test_a_line_above_a_rule_is_no_row_where_not_both_sides_have_columns(title, below):
    made = shapes(f"1. (U) Figures follow:\n\n{title}\n--------\n{below}\n\n2. (U) So it is.")
    assert made[1][3:] == ("heading", " ".join(title.split()))


@pytest.mark.parametrize("first", ["2.\n", "2.\n\n", "¶2.\n", ">2. ", "*2. ", "- 2. "])
def test_a_paragraph_s_number_on_a_line_of_its_own_or_behind_a_sign_is_a_field(first):
    body = f"1. (U) All is well.\n\n{first}(SBU) Ships bring them.\n\n3. (U) Oslo agrees."
    assert shapes(body)[1] == (2, "SBU", None, "numbered", "Ships bring them.")


def test_numbers_behind_signs_are_a_list_s_where_it_begins_with_its_own_first():
    body = "1. (U) Points:\n\n- 1. (U) Ships.\n\n- 2. (SBU) Roads.\n\n2. (U) Oslo agrees."
    assert [(number, kind) for number, _, _, kind, _ in shapes(body)] == [
        (1, "numbered"),
        (None, "item"),
        (None, "item"),
        (2, "numbered"),
    ]


@pytest.mark.parametrize("line", ["A: Ships bring them.", "-- A. Ships.", "F16. (C) Ships."])
def test_a_sign_without_a_portion_mark_and_a_name_before_one_stay_in_the_text(line):
    assert texts(f"1. (U) Answers:\n\n{line}\n\n2. (U) Oslo agrees.")[1] == line


def test_a_numbered_list_with_markings_is_one_of_items():
    body = "1. (U) Points:\n\n1) (S/NF) The road.\n\n2) (S/NF) The harbor.\n\n2. (c) So it is."
    assert [(number, marking, kind) for number, marking, _, kind, _ in shapes(body)] == [
        (1, "U", "numbered"),
        (None, "S/NF", "item"),
        (None, "S/NF", "item"),
        (2, "C", "numbered"),
    ]


def test_numbers_in_brackets_are_paragraphs_where_no_others_have_a_portion_mark():
    points = "(1) (C) The road:\n\n(a) is long.\n\n(2) (S/NF) The harbor is\n(3) miles wide."
    for heading in ("", "SUMMARY\n-------\n\n"):
        assert [(number, marking) for number, marking, *_ in shapes(heading + points)][-3:] == [
            (1, "C"),
            (None, None),
            (2, "S/NF"),
        ]
    for text in ("1. (C) Points.", "(C) Points.", "The points are:"):
        assert {kind for *_, kind, _ in shapes(f"{text}\n\n{points}")[1:]} == {"item"}


def test_bullets_that_came_out_as_letters_are_items():
    body = "News:\nQ  Roads are long.\nQ  Harbors are closed.\nQ  Ships are late."
    assert [kind for *_, kind, _ in shapes(body)].count("item") == 3


def test_sections_survive_a_lost_opening_or_a_lost_end():
    lost_opening = "1. (U) One.\n2. (U) Two. End summary.\n3. (U) Three."
    lost_end = "1. (U) One.\n2. (U) Two.\n\n//COMMENT//\n\n3. (U) Three."
    assert [section for _, _, section, *_ in shapes(lost_opening)] == ["summary", "summary", None]
    assert [section for _, _, section, *_ in shapes(lost_end)][2:] == ["comment", "comment"]


ADDRESSES = [
    "Visit Oslo's Classified Website at:\nhttp://www.state.sgov.gov/p/eur/oslo/index.c fm\n\nROE",
    "Please visit our web page: http://www.intelink.sgov.gov/wiki/Portal:Nor way\nRoe",
    "******* ****\nFor more reporting from Embassy Oslo, visit:\n"
    "Visit Oslo's Classified Website at:\nhttp://www.state.sgov.gov/p/eur/oslo/\n******* ****\nROE",
    "ROE\n\nVISIT OSLO'S CLASSIFIED WEB SITE AT:\nHTTP://WWW.STATE.SGOV.GOV/P/EUR/OSLO/",
    "ROE\n\nVisit Oslo's Web Site at\nhttp://www.state.sgov.gov/p/eur/oslo/ and the Blog at\n"
    "http://www.intelink.gov/communities/oslo/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_web_address_of_a_post_is_no_text(address):
    assert texts(f"1. (U) All is well.\n{address}") == ["All is well."]
    assert [name.upper() for name in signers(f"1. (U) All is well.\n{address}")] == ["ROE"]


@pytest.mark.parametrize(
    "stamp",
    [
        "EPET @ EL PAÍS",
        "Copia propiedad de EL PAÍS\nID:\t18",
        "2007OSLO00012 - Classification: SECRET",
        "=======================CABLE COMPLETE============================",
        "=======================CABLE ENDS============================",
    ],
)
def test_a_stamp_below_the_signature_is_no_text(stamp):
    assert texts(f"1. (U) All is well.\nROE\n\n{stamp}") == ["All is well."]
    assert signers(f"1. (U) All is well.\nROE\n\n{stamp}") == ["ROE"]


ATTRIBUTES = (
    "Capture Date: 01 JAN 1994\nChannel Indicators: n/a\nConcepts: ROADS, HARBORS\n"
    "Document Number: 1975OSLO00012\nFrom: OSLO\nLine Count: '94'\nMarkings: Declassified/Released"
)


@pytest.mark.parametrize(
    "attributes",
    [f"Message Attributes\n\nAutomatic Decaptioning: X\n{ATTRIBUTES}", f"---\n\n{ATTRIBUTES}"],
)
def test_what_an_archive_lists_below_a_telegram_is_no_text_and_hides_no_signer(attributes):
    body = (
        f"1. ALL IS WELL.\nROE\n\nUNCLASSIFIED\n\nNNNN\n\n<< END OF DOCUMENT >>\n\n{attributes}\n"
    )
    assert texts(body) == ["ALL IS WELL."]
    assert signers(body) == ["ROE"]


def test_a_date_of_capture_begins_no_list_of_an_archive():
    body = "1. (U) Two men:\n\nCapture Date: May 1\nName: Roe\n\n2. (U) All is well.\nROE"
    assert texts(body)[-1] == "All is well."
    assert texts(f"1. ROADS.\n{ATTRIBUTES}\nPAGE 01  OSLO  00012\n2. HARBORS.")[-1] == "HARBORS."


DRAFTING = (
    "Signature:\tROE\n\nDrafted By:\tOSLO:Poe, Jane\nCleared By:\tPOL:Doe, John\n"
    "Released By:\tOSLO:Poe, Jane\nInfo:\tROME, AMEMBASSY ROUTINE\n\nUNCLASSIFIED\nSBU\n"
)


def test_who_drafted_a_message_is_no_text_and_no_signer():
    body = f"1. (U) All is well.\n\n{DRAFTING}"
    assert texts(body) == ["All is well."]
    assert signers(body) == ["ROE"]


def test_text_after_who_drafted_it_stays():
    body = "1. (U) All is well.\n\nDrafted By: OSLO:Poe, Jane\n\n2. (U) So be it.\nROE\n"
    assert texts(body)[-1] == "So be it."


def test_the_stamp_of_a_released_document_hides_no_signer():
    stamp = "UNCLASSIFIED U.S. Department of State Case No. F-2011-00012 Doc No. C05600012"
    body = (
        f"1. (U) The road to the\n\n{stamp}\n\nharbor is open.\nROE\n\n{stamp} Date: 01/31/2013\n"
    )
    assert texts(body) == ["The road to the harbor is open."]
    assert signers(body) == ["ROE"]


@pytest.mark.parametrize("note", ["Minimize considered.", "MINIMIZE CONSIDERED FOR POSTS IN ASIA."])
def test_a_signature_above_a_note_on_minimize_is_no_text(note):
    body = f"1. (U) All is well.\nROE\n\n{note}"
    assert texts(body) == ["All is well.", note]
    assert signers(body) == ["ROE"]


def test_a_signature_after_the_last_page_mark_of_a_line_is_no_text():
    body = f"1. (U) {LONG}. OSLO 00000454 002 OF 002 ROE"
    assert texts(body) == [f"{LONG}."]
    assert signers(body) == ["ROE"]


def test_the_opening_that_each_section_repeats_is_no_text():
    opening = "SIPDIS\n\nE.O. 12958: N/A\nSUBJECT: ROADS\nC O R R E C T E D  C O P Y (TAGS)\n\n"
    banner = "UNCLAS SECTION {} OF 02 OSLO 000454\n\n"
    text = "1. (U) The road to the\n\n{}{}harbor is open."
    cable = parse(banner.format("01") + opening + text.format(banner.format("02"), opening))
    assert cable.header.subject == "ROADS"
    assert [p.text for p in cable.paragraphs] == ["The road to the harbor is open."]


def test_the_transmission_header_of_a_second_section_is_no_text():
    header = "R 210941Z FEB 75\nFM AMEMBASSY OSLO\nTO SECSTATE WASHDC 440{}\n\n"
    mark = "\nPAGE 01        OSLO  00454  02 OF 02  211142Z\n\n"
    text = f"SUBJ: ROADS\n\n1. THE ROAD TO THE{mark}{header.format(3)}HARBOR IS OPEN."
    assert [p.text for p in parse(header.format(2) + text).paragraphs] == [
        "THE ROAD TO THE HARBOR IS OPEN."
    ]


SECOND_SECTION = (
    "CONFIDENTIAL\n\nNNNN\n\nCONFIDENTIAL\n\nPAGE 01        OSLO  00454  02 OF 02  211142Z\n\n64\n"
    "ACTION EUR-12\n\nINFO  OCT-01  ISO-00  /034 W\n                    ------------- 046244\n"
    "R 210955Z FEB 75\nFM AMEMBASSY OSLO\nTO SECSTATE WASHDC 4403\nINFO AMEMBASSY ROME\n"
    "USMISSION BERLIN PRIORITY\n\nC O N F I D E N T I A L SECTION 02 OF 02 OSLO 0454\n\n"
)
FIRST_SECTION = (
    "R 210941Z FEB 75\nFM AMEMBASSY OSLO\nTO SECSTATE WASHDC 4402\n\n"
    "C O N F I D E N T I A L SECTION 01 OF 02 OSLO 0454\n\nSUBJ: ROADS\n\n"
)


@pytest.mark.parametrize(
    ("end", "begin", "expected"),
    [
        (".\nROE\n\n\n", "2. SO BE IT", ["ROADS ARE OPEN.", "SO BE IT."]),
        (".\n\nROE\n", "2. SO BE IT", ["ROADS ARE OPEN.", "SO BE IT."]),
        (" AS\n", "ROE SAYS", ["ROADS ARE OPEN AS ROE SAYS."]),
        (", SAYS\nPOE.\n", "2. SO BE IT", ["ROADS ARE OPEN, SAYS POE.", "SO BE IT."]),
    ],
)
def test_signature_and_header_between_sections_are_no_text(end, begin, expected):
    text = f"{FIRST_SECTION}1. ROADS ARE OPEN{end}{SECOND_SECTION}{begin}.\nROE\n"
    cable = parse(text)
    assert [p.text for p in cable.paragraphs] == expected
    assert cable.header.signers == ("ROE",)


def test_a_foreign_minister_and_a_name_at_the_end_of_a_page_are_text():
    body = "1. FM AMEMBASSY\nFM POE SAW MET\nROE\nPAGE 02  OSLO  00454  211142Z\nFM POE\nAGREED."
    text = f"{FIRST_SECTION}{body}\n2. ALL IS WELL.\nROE\n"
    assert [p.text for p in parse(text).paragraphs] == [
        "FM AMEMBASSY FM POE SAW MET ROE FM POE AGREED.",
        "ALL IS WELL.",
    ]


@pytest.mark.parametrize(("first", "second"), [("/01 0530941", "/02 0530942"), ("", "")])
@pytest.mark.parametrize("above", ["", "BT\n#0013\n\n", "NNNN\nVZCZCXRO0002\n"])
@pytest.mark.parametrize("repeated", ["", "SIPDIS\n\nSUBJECT: ROADS\n\n"])
def test_the_transmission_header_of_a_section_is_no_text_in_mid_sentence(
    first, second, above, repeated
):
    lines = (
        "RR RUEHAG\nDE RUEHNY #0013{}\nZNY CCCCC ZZH\nR 210941Z FEB 07\nFM AMEMBASSY OSLO\n"
        "TO RUEHC/SECSTATE WASHDC 440{}\nINFO RUEHSW/AMEMBASSY BERN\n\n"
        "C O N F I D E N T I A L SECTION {} OF 02 OSLO 000013\n\n"
    )
    text = (
        f"{lines.format(first, 2, '01')}SUBJECT: ROADS\n\n1. (C) The road to the\n\n"
        f"{above}{lines.format(second, 3, '02')}{repeated}harbor is open.\n\n2. (C) So.\n"
    )
    assert [p.text for p in parse(text).paragraphs] == ["The road to the harbor is open.", "So."]


def test_a_transmission_header_that_begins_no_section_stays():
    lines = "R 210941Z FEB 07\nFM AMEMBASSY OSLO\nTO RUEHC/SECSTATE WASHDC\n\n"
    text = f"1. (C) Oslo has sent this:\n\n{lines}UNCLAS OSLO 12\n\nThe road is open."
    assert "FM AMEMBASSY OSLO" in " ".join(texts(text))


def test_a_sentence_in_brackets_before_a_number_is_no_heading():
    made = shapes("1. (U) Roads.\n\n(Comment: It passed. End comment.)\n\n2. (U) Harbors.")
    assert [(section, kind) for _, _, section, kind, _ in made] == [
        (None, "numbered"),
        ("comment", "text"),
        (None, "numbered"),
    ]


def test_blank_lines_that_full_lines_made_are_none():
    full = "The papers say that the road to the harbor is closed all winter xx"
    body = f"{full}\n\nand the\nsummer. {full[8:]}\n\nand so on.\n" * 3
    made = texts(f"{body}\n{full[:-1]}.\n\nIt rains.")
    assert len(made) == 2
    assert made[0].startswith(f"{full} and the summer.")
    assert made[1].endswith("winter x. It rains.")


def test_a_title_at_a_line_end_ends_no_sentence():
    body = f"1. (U) {LONG}, says Mr.\n\nOSLO 00000454  002 OF 003\n\nRoe in Oslo."
    assert texts(body) == [f"{LONG}, says Mr. Roe in Oslo."]


def test_a_heading_at_the_end_of_a_line_is_one_where_no_blank_line_follows():
    made = shapes(f"1. (U) {LONG}. Roads and Harbors\n2. (U) {LONG}.")
    assert [kind for *_, kind, _ in made] == ["numbered", "heading", "numbered"]


@pytest.mark.parametrize("wrapped", ["by March\n1. So", "in April\n¶2003. So", "to para\n7. So"])
def test_a_number_that_a_wrap_put_first_begins_no_paragraph(wrapped):
    made = texts(f"1. (U) {LONG}.\n2. (U) The minister told the Ambassador {wrapped} it is.")
    assert len(made) == 2


def test_numbers_of_paragraphs_that_a_sentence_names_begin_none():
    body = (
        "1. (C) The minister says what stands in {}\n3. and 4. below and no more, whatever the "
        "papers say.\n\n2. (C) So he does."
    )
    for named in ("paragraphs", "the points"):
        assert [number for number, *_ in shapes(body.format(named))] == [1, 2]
    listed = "1. (C) The minister named what he needs this year:\n\n2. roads\n3. harbors\n4. ships"
    assert [number for number, *_ in shapes(listed)] == [1, 2, 3, 4]


def test_roman_numbers_in_capitals_have_their_portion_mark_as_a_field():
    body = "I. (C) ROADS\n\nA. (C) All open.\n\nII. (S/NF) SHIPS\n\nIII. (U) QUAYS\n\nAll is well."
    assert [(marking, kind, text) for _, marking, _, kind, text in shapes(body)] == [
        ("C", "item", "ROADS"), ("C", "item", "All open."),
        ("S/NF", "item", "SHIPS"), ("U", "item", "QUAYS"), (None, "text", "All is well."),
    ]  # fmt: skip


def test_headings_and_many_paragraphs_within_a_quoted_text_belong_to_it():
    paragraphs = [f"The road of the number {number} is long." for number in range(1, 20)]
    text = ["BEGIN TEXT:", "The Roads", *paragraphs, "END TEXT.", "2. (U) All is well."]
    sections = [section for _, _, section, *_ in shapes("\n\n".join(["1. (U) We quote.", *text]))]
    assert sections == [None, *["text"] * 22, None]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("COMMENT (C)", "comment"),
        ("S U M M A R Y", "summary"),
        ("-- SUMMARY --", "summary"),
        ("*** COMMENT ***", "comment"),
        ("<<COMMENT>>", "comment"),
        ("Summary/Introduction", "summary"),
        ("COMMENT - THE ROAD AHEAD", "comment"),
        ("Comment: What It All Means", "comment"),
        ("PRT COMMENT", "comment"),
        ("Summary (cont'd)", "summary"),
        ("U.S. PARTICIPANTS", "participants"),
        ("Roads: No Comment", None),
    ],
)
def test_the_heading_of_a_section_is_one_with_signs_a_marking_or_a_title(heading, section):
    body = f"1. (C) All is well.\n\n{heading}\n\n2. (C) So it is."
    assert [(section, kind) for _, _, section, kind, _ in shapes(body)] == [
        (None, "numbered"),
        (section, "heading"),
        (section, "numbered"),
    ]


@pytest.mark.parametrize(
    ("opener", "section"),
    [
        ("SUMMARY The road", "summary"),
        ("(Summary) The road", "summary"),
        ("Comment (cont.): The road", "comment"),
        ("Summary, continued: The road", "summary"),
        ("NATO The road", None),
        ("The comment of the road", None),
    ],
)
def test_a_section_opens_whose_sign_after_the_word_is_another_or_lost(opener, section):
    body = f"1. (C) {opener} is closed.\n\n2. (C) So it is."
    assert [section for _, _, section, *_ in shapes(body)] == [section, None]


@pytest.mark.parametrize(
    "note",
    ["(COMMENT: SHIPS SAIL. END COMMENT.)", "[COMMENT: SHIPS SAIL]", "COMMENT: S. END COMMENT"],
)
def test_a_note_in_capitals_that_stands_alone_is_no_heading(note):
    body = f"1. (U) ALL IS WELL.\n\n{note}\n\n2. (U) OSLO AGREES."
    assert shapes(body)[1:] == [
        (None, None, "comment", "text", note),
        (2, "U", None, "numbered", "OSLO AGREES."),
    ]


@pytest.mark.parametrize("title", ["COMMENT: SHIPS SAIL", "(COMMENT)", "COMMENT (U)"])
def test_a_title_after_the_name_of_a_section_is_still_a_heading(title):
    body = f"1. (U) ALL IS WELL.\n\n{title}\n\n2. (U) OSLO AGREES."
    assert [(kind, section) for _, _, section, kind, _ in shapes(body)[1:]] == [
        ("heading", "comment"),
        ("numbered", "comment"),
    ]


def test_a_numbered_heading_opens_its_section_up_to_the_next_number():
    body = "1. (C) SUMMARY\n\nAll is well.\n\nSo it is.\n\n2. (C) The road is long."
    assert [section for _, _, section, *_ in shapes(body)] == [*["summary"] * 3, None]


def test_a_sign_after_a_portion_mark_is_no_text():
    assert texts("1. (C): All is well.\n\n2. (S/NF). So it is.") == ["All is well.", "So it is."]


@pytest.mark.parametrize("rule", ["", "------- "])
def test_a_heading_whose_line_end_was_lost_stands_before_its_number(rule):
    body = (
        f"SUMMARY {rule}1. (C) All is\nwell.\n\nCOMMENT {rule}2. (S/NF) So it is. It will stay so."
    )
    assert [paragraph[:4] for paragraph in shapes(body)] == [
        (None, None, "summary", "heading"),
        (1, "C", "summary", "numbered"),
        (None, None, "comment", "heading"),
        (2, "S/NF", "comment", "numbered"),
    ]


def test_a_number_that_comes_late_after_a_blank_line_is_one():
    assert [p.number for p in segment("4. One.\n\n6. Two.\n\n5. Three.", "07OSLO1")] == [4, 6, 5]


def test_letters_go_on_after_dashes():
    made = shapes("1. (U) Points:\nA. (U) One:\n-- two.\nB. (U) Three.")
    assert [kind for *_, kind, _ in made] == ["numbered", "item", "item", "item"]


@pytest.mark.parametrize("title", ["Ships and Roads:", "SHIPS AND ROADS:", "SHIPS AND ROADS."])
def test_a_heading_above_a_number_can_end_in_a_colon_and_in_capitals_in_a_stop(title):
    made = shapes(f"1. (U) All is well.\n\n{title}\n\n2. (U) So it is.")
    assert made[1] == (None, None, None, "heading", title)


@pytest.mark.parametrize(
    ("line", "below"),
    [
        ("Ships and Roads:", "- Oslo."),
        ("Ships and Roads:", '"Oslo has both."'),
        ("Ships and Roads:", "1. Oslo."),
        ("The visitors told the Ambassador:", "2. (U) So it is."),
        ("Ships and Roads.", "2. (U) So it is."),
        ("SHIPS SAIL.", "2. (U) SO IT IS."),
    ],
)
def test_a_line_that_leads_to_another_or_is_a_sentence_is_no_heading(line, below):
    made = shapes(f"1. (U) All is well.\n\n{line}\n\n{below}\n\n3. (U) Oslo.")
    assert made[1] == (None, None, None, "text", line)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("*** SHIPS AND ROADS ***", "SHIPS AND ROADS"),
        ("---Ships and Roads---", "Ships and Roads"),
        ("=== Ships ===", "Ships"),
        ("-- Ships and Roads --", "-- Ships and Roads --"),
    ],
)
def test_a_heading_between_signs_on_its_line_is_one(line, title):
    made = shapes(f"1. (U) All is well.\n\n{line}\n\n2. (U) So it is.")
    assert [(kind, text) for *_, kind, text in made[1:2]] == [("heading", title)]


@pytest.mark.parametrize("line", ["--- The ships sailed.", "-- Oslo - the ships sailed --"])
def test_a_sentence_behind_signs_is_an_item(line):
    made = shapes(f"1. (U) All is well:\n\n{line}\n\n2. (U) So it is.")
    assert [kind for *_, kind, _ in made] == ["numbered", "item", "numbered"]


def test_a_heading_can_end_in_dots():
    made = shapes("1. (U) All is well.\n\nThe road is open, but...\n\n2. (U) So it is.")
    assert [kind for *_, kind, _ in made] == ["numbered", "heading", "numbered"]


@pytest.mark.parametrize(
    "beginning", ["BEGIN TEXT OF THE MINISTRY'S NOTE\n\n", "4. (U) BEGIN TEXT OF NOTE "]
)
def test_a_text_begins_whatever_it_is_the_text_of(beginning):
    made = shapes(f"3. (U) The note.\n\n{beginning}The ministry agrees.\n\nEND TEXT OF NOTE")
    assert made[-2][2] == "text"
    assert made[0][2] is None


def test_a_blank_line_that_an_almost_full_line_made_stands_in_an_open_quotation():
    full = "Oslo papers wrote that the new road along the harbor had long been"  # 66
    lines = []
    for _ in range(5):
        lines += [full + "x", "", "wanted by most of those who live there."]
    quoted = '"The road was built too late for the ships, and it costs too much.'
    body = "\n".join([*lines, "", quoted.ljust(66, "."), "", 'We need it." So they wrote.'])
    assert texts(body)[-1].endswith('We need it." So they wrote.')
    assert '"The road' in texts(body)[-1]


def test_entries_that_end_in_semicolons_are_items_wrapped_or_not():
    body = (
        "2. (U) The new port council is:\nFirst harbor master of the old and of the new port Jane\n"
        "Roe;\nMaster of Roads Karl Roe;\nMaster of Ships and Lights Shari Doe; and\n"
        "Master of Fish John Doe.\n"
    )
    assert [(kind, text) for *_, kind, text in shapes(body)] == [
        ("numbered", "The new port council is:"),
        ("item", "First harbor master of the old and of the new port Jane Roe;"),
        ("item", "Master of Roads Karl Roe;"),
        ("item", "Master of Ships and Lights Shari Doe; and"),
        ("item", "Master of Fish John Doe."),
    ]


def test_entries_are_items_where_each_line_ends_in_a_blank_or_in_capitals():
    body = (
        "2. (U) The new port council, which the minister named in the spring, is: \n"
        "First Harbor Master of the Old and of the New Port Jane Roe; \n"
        "Second Harbor Master of the Old and of the New Port Karl Roe; \n"
        "Third Harbor Master of the Old and of the New Port Shari Doe; and \n"
        "Master of Fish John Doe. \n \n3. (U) All is well. \n"
    )
    for written in (body, body.upper()):
        kinds = [kind for *_, kind, _ in shapes(written)]
        assert kinds == ["numbered", "item", "item", "item", "item", "numbered"]


def test_semicolons_in_running_text_make_no_items():
    body = (
        "1. (U) The port has three parts: the old one; the new one;\nThe Long Pier, which is"
        " closed; and a harbor\nfor fish that nobody uses; it will be\nclosed as well.\n"
    )
    assert len(texts(body)) == 1


def test_what_stands_between_two_rules_is_one_heading_of_three_lines_too():
    rule = "-" * 40
    body = (
        f"{rule}\nJane Roe\nMaster of Roads (also called the\nRoad Office)\n{rule}\n\n1. (U) Rain."
    )
    assert shapes(body)[0][3:] == (
        "heading",
        "Jane Roe Master of Roads (also called the Road Office)",
    )


def test_the_rest_of_a_heading_after_a_page_mark_and_a_rule():
    rule = "-" * 40
    mark = "OSLO 00000012  002 OF 003"
    body = f"1. (U) Rain.\n\nMaster of Roads\n\n{mark}\n\n\n{rule}\nand Ships\n{rule}\n2. (U) Sun."
    assert [(kind, text) for *_, kind, text in shapes(body)][1] == (
        "heading",
        "Master of Roads and Ships",
    )


def test_the_last_of_some_short_lines_is_no_heading():
    body = (
        "1. (U) Dates:\n\n      May 10 Harbor Meeting\n      (a year before)\n"
        "   June 7 Road Meeting\n\n2. (U) Sun."
    )
    assert [kind for *_, kind, _ in shapes(body)] == ["numbered", "text", "text", "numbered"]


def test_a_heading_that_fills_its_line_ends_where_a_sentence_begins():
    title = "The Road Office and the Port Disagree on Ships for the Old Harbor"
    body = (
        f"1. (U) Papers of Oslo.\n\n{title}\nAll papers report that the road office and the port\n"
        "cannot agree on the ships, which has\nlasted for a year.\n"
    )
    assert [(kind, text) for *_, kind, text in shapes(body)][1] == ("heading", title)


def test_a_line_that_was_sent_twice_stands_once():
    line = "to the harbor of the old town in the spring and"
    for body in (
        f"1. (U) The road leads {line} Q{line} in autumn.",
        f"1. (U) The road leads {line}\nQ{line}\nin autumn.",
    ):
        (paragraph,) = segment(body, "07OSLO1")
        assert paragraph.text == f"The road leads {line} in autumn."
        for offset, at, length in paragraph.source_map.pieces:
            assert paragraph.text[offset : offset + length] == body[at : at + length]


def test_a_marked_first_number_in_a_comment_is_the_cable_once_more():
    body = "1. (U) Rain.\n2. (U) Sun.\n\nCOMMENT\n\n3. (U) We like it.\n1. (U) Rain.\n2. (U) Sun."
    assert [section for _, _, section, *_ in shapes(body)] == [
        None,
        None,
        "comment",
        "comment",
        None,
        None,
    ]


@pytest.mark.parametrize(
    "body",
    [
        # the line above ends with a comma: what follows a mark is no heading
        "1. (U) He met the\nMaster of Ships,\nOSLO 00000012  002 OF 003\nMaster of Roads\n",
        # a comma within a quotation mark ends no sentence
        '1. (U) He called it "old,"\n\nOSLO 00000012  002 OF 003\n\nOslo then agreed.\n',
        # small letters after a mark go on whatever stands before it
        "1. (U) He left the U.S.\n\nOSLO 00000012  002 OF 003\n\n\nand Oslo.\n",
        # a dash after a mark in mid-sentence is no item
        "1. (U) He met the masters\nOSLO 00000012  002 OF 003\n- and no one else - in Oslo.\n",
    ],
)
def test_a_sentence_runs_on_after_a_mark(body):
    assert len(texts(body)) == 1


@pytest.mark.parametrize("post", ["PORT AU PR", "Dar Es Sal", "USUN NEW Y"])
def test_marks_within_lines_have_posts_cut_to_ten_characters(post):
    body = f"1. (U) On Friday the Road Office {post} 00000012 002 OF 003 opened the long road. " * 3
    assert post not in texts(body)[0]
    assert "Road Office opened" in texts(body)[0]


def test_sipdis_within_a_line_is_no_text():
    line = "The road is open to all of the ships, SIPDIS which nobody has seen in the old harbor. "
    (paragraph,) = segment(f"1. (U) {line * 2}", "07OSLO1")
    assert paragraph.text == (line * 2).replace("SIPDIS ", "").strip()


def test_a_mark_between_sentences_of_a_page_whose_paragraphs_all_have_numbers():
    long = "The road is open to all of the ships that come by land. " * 3
    body = f"1. (U) {long}\n2. (U) {long}\n\nOSLO 00000012  002 OF 003\n\n{long}\n3. (U) {long}\n"
    assert [number for number, *_ in shapes(body)] == [1, 2, 3]


def test_three_blanks_between_two_sentences_are_no_gap_between_columns():
    body = (
        "1. (U) Not in attendance were the delegations of Norway and Peru (no\n"
        "reports), and of Chad, which had joined that month (no report).   Malta\n"
        "had a report but gave it late.   (NOTE: Togo joined in the week of the\n"
        "meeting, as the chairman told the\nparties.)\n\n2. (U) They agreed.\n"
    )
    assert [p.number for p in segment(body, "07OSLO1")] == [1, 2]


def test_small_letters_after_a_blank_line_go_on_with_a_sentence_that_did_not_end():
    wide = "The road is open to all of the ships that come by land and by sea"
    body = f"1. (U) {wide}.\n{wide}, and this is what the ministers\n\nhave seen in Oslo.\n"
    assert len(texts(body)) == 1


def test_headings_without_blank_lines_stand_above_numbers_and_as_known_sections():
    body = "1. (U) It rained.\nRoads and Harbors\n2. (U) It rained.\nCOMMENT\nWe like rain.\n"
    assert [(kind, text) for *_, kind, text in shapes(body)] == [
        ("numbered", "It rained."),
        ("heading", "Roads and Harbors"),
        ("numbered", "It rained."),
        ("heading", "COMMENT"),
        ("text", "We like rain."),
    ]


def test_the_heading_of_a_section_without_blank_lines_may_stand_between_strokes():
    body = "1. (U) All is well.\n//COMMENT//\n2. (U) We doubt it."
    assert [(section, kind) for _, _, section, kind, _ in shapes(body)] == [
        (None, "numbered"),
        ("comment", "heading"),
        ("comment", "numbered"),
    ]


def test_a_wrapped_paragraph_between_paragraphs_of_one_line_each():
    long = "The road is open to all of the ships that come by land and not by sea. " * 3
    wrapped = (
        "3. (U) The ministers said that they do not like the new road of\n"
        "Oslo. What they like is the harbor of the old town, which is too\n"
        "small for ships. They said so in the spring and in the summer too.\nIt is open.\n"
    )
    body = f"1. (U) {long}\n2. (U) {long}\n{wrapped}4. (U) {long}\n"
    assert [number for number, *_ in shapes(body)] == [1, 2, 3, 4]


def test_participants_without_dashes_are_an_item_each_under_their_delegation():
    body = (
        "1. (U) It rained.\n\n2. (U) Participants:\n\nU.S.\n\nThe Secretary\n"
        "Jane Roe, Director, Office of\nRoads\n\nNORWAY\n\nPer Berg, State Secretary\n"
        "Anne Hansen, notetaker\n\n3. (C) They met.\n"
    )
    assert [(section, kind, text) for _, _, section, kind, text in shapes(body)] == [
        (None, "numbered", "It rained."),
        ("participants", "numbered", "Participants:"),
        ("participants", "heading", "U.S."),
        ("participants", "item", "The Secretary"),
        ("participants", "item", "Jane Roe, Director, Office of Roads"),
        ("participants", "heading", "NORWAY"),
        ("participants", "item", "Per Berg, State Secretary"),
        ("participants", "item", "Anne Hansen, notetaker"),
        (None, "numbered", "They met."),
    ]


def test_a_sentence_about_participants_is_no_list():
    body = (
        "PARTICIPANTS\n\nThe minister was accompanied by Per Berg of the ministry and\n"
        "by the Ambassador, and all of them saw the roads.\n\n1. (U) It rained.\n"
    )
    assert [kind for *_, kind, _ in shapes(body)] == ["heading", "text", "numbered"]


def test_headings_after_a_letter_or_a_roman_number_open_their_section():
    body = (
        "I. SUMMARY\n\n1. (U) It rained.\n\nII. (C) COMMENT\n\n2. (C) We like rain.\n\n"
        "A. The Long Road\n----------------\n\n3. (C) It is long.\n\nA. Ships\n\nB. Rain.\n"
    )
    assert [(marking, section, kind, text) for _, marking, section, kind, text in shapes(body)] == [
        (None, "summary", "heading", "I. SUMMARY"),
        ("U", "summary", "numbered", "It rained."),
        ("C", "comment", "heading", "COMMENT"),
        ("C", "comment", "numbered", "We like rain."),
        (None, None, "heading", "A. The Long Road"),
        ("C", None, "numbered", "It is long."),
        (None, None, "item", "A. Ships"),
        (None, None, "item", "B. Rain."),
    ]


def test_headings_between_sentences_and_numbers_of_one_line_stand_alone():
    body = (
        "SUMMARY 1. (C) It rained. End summary. ROADS AND SHIPS 2. (C) They are wet. As told\n"
        "in para 3. (C) They will be. The Long Road: ------- 3. (SBU) It is long. COMMENT 4. (C)\n"
        "So it will be.\n"
    )
    assert [(number, section, kind, text) for number, _, section, kind, text in shapes(body)] == [
        (None, "summary", "heading", "SUMMARY"),
        (1, "summary", "numbered", "It rained. End summary."),
        (None, None, "heading", "ROADS AND SHIPS"),
        (2, None, "numbered", "They are wet. As told in para 3. (C) They will be."),
        (None, None, "heading", "The Long Road"),
        (3, None, "numbered", "It is long."),
        (None, "comment", "heading", "COMMENT"),
        (4, "comment", "numbered", "So it will be."),
    ]


def test_letters_go_on_after_the_numbers_of_a_list_inside_them():
    body = (
        "1. (U) We ask the ministry about all that it knows of the roads\n"
        "and of the ships, and of all that it has heard of the harbors:\n\n"
        "A. (C) Roads\n1) Roads of the north\n2) Roads of the south\n\n"
        "B. (C) Ships\n-- Ships at sea\n\n"
        "2. (U) It said that it knows all of this and has heard of more:\n\n"
        "a. One.\n\n(i) Two.\n\n(ii) Three.\n\nb. Four.\n"
    )
    assert [(marking, kind, text) for _, marking, _, kind, text in shapes(body)][1:] == [
        ("C", "item", "Roads"),
        (None, "item", "1) Roads of the north"),
        (None, "item", "2) Roads of the south"),
        ("C", "item", "Ships"),
        (None, "item", "-- Ships at sea"),
        ("U", "numbered", "It said that it knows all of this and has heard of more:"),
        (None, "item", "a. One."),
        (None, "item", "(i) Two."),
        (None, "item", "(ii) Three."),
        (None, "item", "b. Four."),
    ]


def test_an_exclamation_in_quotes_above_a_rule_is_a_heading():
    body = '1. (U) It rained.\n\n"Not Cool!"\n-----------\n\n2. (U) It rained.\n'
    assert [kind for *_, kind, _ in shapes(body)] == ["numbered", "heading", "numbered"]


@pytest.mark.parametrize("rest", ["(of whom two were new) in Oslo.", "Norway and of Sweden."])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_long_line_without_an_end_goes_on_where_all_paragraphs_have_numbers(gap, rest):
    body = f"1. (U) {LONG}.\n\n2. (U) {LONG} in the spring{gap}{rest}\n\n3. (U) {LONG}.\n"
    assert [number for number, *_ in shapes(body)] == [1, 2, 3]


def test_a_heading_below_a_long_line_without_a_full_stop_is_one():
    body = f"1. (U) {LONG}. END SUMMARY\nTHE LONG ROAD\n2. (U) {LONG}.\n3. (U) {LONG}.\n"
    assert [kind for *_, kind, _ in shapes(body)] == ["numbered", "heading", "numbered", "numbered"]


def test_a_heading_at_the_end_of_a_long_line_stands_above_its_rule():
    body = f"1. (U) {LONG} in the spring. Comment\n-------\n2. (U) {LONG}.\n"
    assert [(section, kind) for _, _, section, kind, _ in shapes(body)] == [
        (None, "numbered"),
        ("comment", "heading"),
        ("comment", "numbered"),
    ]


def test_an_office_below_its_country_is_among_the_participants():
    body = "PARTICIPANTS\n\nNORWAY\n\nMinistry of Roads\n\n- Per Berg\n\nCOMMENT\n\n- Rain.\n"
    assert [section for _, _, section, *_ in shapes(body)] == [
        *["participants"] * 4,
        *["comment"] * 2,
    ]


def test_the_heading_of_a_section_below_a_line_in_capitals_stands_alone():
    body = f"SENSITIVE BUT UNCLASSIFIED -- PROTECT\nSUMMARY\n1. (U) {LONG}.\n"
    assert [(section, text) for _, _, section, _, text in shapes(body)][:2] == [
        (None, "SENSITIVE BUT UNCLASSIFIED -- PROTECT"),
        ("summary", "SUMMARY"),
    ]


@pytest.mark.parametrize(
    ("start", "marking"),
    [
        ("2: (C)", "C"),
        ("2 - (C)", "C"),
        ("2/ (SBU)", "SBU"),
        ("2. (SBU.)", "SBU"),
        ("2. (SBU),", "SBU"),
        ("2. (Sbu)", "SBU"),
        ("2. (SBU", "SBU"),
        ("2. (C))", "C"),
        ("2. (C) (C)", "C"),
        ("2. (S) (NF)", "S/NF"),
        ("2 - (North)", None),
    ],
)
def test_numbers_and_portion_marks_are_fields_whatever_sign_is_wrong(start, marking):
    second = segment(f"1. (U) {LONG}.\n\n{start} The road is long.\n", "07OSLO1")[1]
    assert second.marking == marking
    assert (second.number, second.text) == (2, "The road is long.") or marking is None


def test_a_summary_without_its_opening_stands_after_a_note_of_action():
    body = "1. (U) This is an action request.\n\n2. (C) It rained. End summary.\n\n3. (C) Rain.\n"
    assert [section for _, _, section, *_ in shapes(body)] == ["action request", "summary", None]


def test_a_heading_does_not_end_that_all_paragraphs_have_numbers():
    rest = "COP15 a failure."
    body = (
        f"1. (U) {LONG}.\n\nTHE LONG ROAD\n\n2. (U) {LONG}, and calls\n\n{rest}\n\n3. (U) Rain.\n"
    )
    assert [kind for *_, kind, _ in shapes(body)] == ["numbered", "heading", "numbered", "numbered"]


def test_small_letters_after_a_blank_line_go_on_after_brackets():
    body = f"1. (U) {LONG} (the Brazilian agency, IBAMA)\n\nhas seen it.\n\n2. (U) {LONG}.\n"
    assert [number for number, *_ in shapes(body)] == [1, 2]


@pytest.mark.parametrize("before", ["MARFAN", "in May 2008", "in the road.", "(IBAMA)"])
def test_sipdis_within_a_line_is_no_text_whatever_stands_before_it(before):
    body = f"1. (U) {LONG} {before} SIPDIS The others agree.\n\n2. (U) {LONG}.\n"
    assert texts(body)[0] == f"{LONG} {before} The others agree."


def test_entries_that_end_in_semicolons_are_items_up_to_a_page_mark():
    entries = [f"Minister of the roads of number {n} Per Berg;" for n in range(6)]
    mark = ["", "OSLO 00000012  002 OF 003", "", ""]
    body = "\n".join(["1. (U) The new cabinet is:", *entries[:3], *mark, *entries[3:], "ROE"])
    assert [text for *_, kind, text in shapes(body) if kind == "item"] == entries


OPENING = "UNCLAS OSLO 000012\nTAGS: PREL NO\nSUBJECT: {}\n"


@pytest.mark.parametrize(
    ("below", "paragraphs"),
    [
        # what is like a label further down
        (
            "\nPost asked for visas. They were refused.\n\nReason: the roads are closed.\n",
            ["Post asked for visas. They were refused.", "Reason: the roads are closed."],
        ),
        (
            "\nTHE MINISTER TOLD THE AMBASSADOR TODAY THAT HE WAS READY TO\n"
            "SUBJECT ROADS TO A TOLL.\n\nHE LEFT.\n",
            [
                "THE MINISTER TOLD THE AMBASSADOR TODAY THAT HE WAS READY TO "
                "SUBJECT ROADS TO A TOLL.",
                "HE LEFT.",
            ],
        ),
        # no blank line between
        (
            "REF: STATE 7944\nSummary: All roads would\nbe closed. End summary.\n2. (C) He left.\n",
            ["Summary: All roads would be closed. End summary.", "He left."],
        ),
        (
            "REF: STATE 7944\nEmbassy conveyed the letter to the Minister\nin May.\n",
            ["Embassy conveyed the letter to the Minister in May."],
        ),
        ("Oslo papers wrote of little else.\n", ["Oslo papers wrote of little else."]),
    ],
)
def test_text_without_numbers_is_no_part_of_the_header_above_it(below, paragraphs):
    cable = parse(OPENING.format("ROADS IN WINTER") + below)
    assert [p.text for p in cable.paragraphs] == paragraphs
    assert cable.header.subject == "ROADS IN WINTER"


def test_a_remark_between_subject_and_references_ends_no_header():
    remark = "\nTHIS IS AN ACTION REQUEST. SEE PARA 5.\n\nREF: 06 STATE 7944\n\n"
    cable = parse(f"{OPENING.format('ROADS')}{remark}1. (C) All is well.")
    assert [reference.value for reference in cable.header.references] == ["06STATE7944"]
    assert [p.text for p in cable.paragraphs] == ["All is well."]


def test_routes_that_wrap_and_unclassified_lines_are_of_a_header_without_labels():
    cable = parse(
        "PP RUEHAG RUEHROV\nRUEHLN RUEHPOD\nDE RUEHNY #0012 0520941\nZNR UUUUU ZZH\n"
        "P 210941Z FEB 07\nFM AMEMBASSY OSLO\nTO RUEHC/SECSTATE WASHDC PRIORITY 0123\n"
        "RHEHAAA/NATIONAL SECURITY COUNCIL WASHINGTON DC\nUNCLAS OSLO 000012\n\n1. (U) All is well."
    )
    assert (cable.header.from_, len(cable.header.to)) == ("AMEMBASSY OSLO", 2)
    assert [p.text for p in cable.paragraphs] == ["All is well."]


def test_a_subject_stands_below_any_number_of_addressees():
    addressees = "AMEMBASSY ROME\n" * 120
    cable = parse(
        f"FM SECSTATE WASHDC\nTO AMEMBASSY PARIS\n{addressees}UNCLAS STATE 000012\n\n"
        "TAGS: PREL\nSUBJECT: ROADS\n\n1. All is well."
    )
    assert (cable.header.subject, len(cable.header.to)) == ("ROADS", 121)
