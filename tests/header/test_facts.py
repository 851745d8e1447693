"""Header facts that no table of cases holds."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablespan import header
from cablespan.header.classification import reasons
from cablespan.header.dates import date_time_group, time_of
from cablespan.header.opening import Opening, read_opening
from cablespan.header.parsing import classification_of, reference_id_of
from cablespan.header.transmission import correspondents
from cablespan.reading import web
from cablespan.reading.assembly import assemble


def test_messages_that_are_no_cables_are_typed():
    kinds = [
        (r.kind, r.letter)
        for r in header.references(
            "REF: A. ROE-DOE E-MAIL 2/3/06 B. OSLO 5 C. ROE/DOE TELCON OF MAY 1", 2006
        )
    ]
    assert kinds == [("email", "A"), ("cable", "B"), ("telcon", "C")]


def test_a_secretary_among_the_addressees_makes_no_secret():
    lines = ["SECRETARY ROE", "CONFIDENTIAL OSLO 000012"]
    assert classification_of(Opening(transmission=lines)) == "CONFIDENTIAL"
    assert classification_of(Opening(transmission=["SECRET OSLO 000012"])) == "SECRET"


def test_a_post_that_a_page_mark_cuts_is_named_in_full_in_the_cables_id():
    text = "R 071251Z FEB 74\nFM AMEMBASSY PORT AU PRINCE\nPAGE 02  PORT AU PR  01634  071251Z\n"
    opening = read_opening(f"{text}\n1. ALL IS WELL.")
    assert reference_id_of(opening, 1974) == "74PORTAUPRINCE1634"


def test_a_reference_without_year_takes_that_of_the_cable():
    head = "{}UNCLAS OSLO 000012\n\nSUBJECT: ROADS\nREF: STATE 91188\n\n1. (U) All is well."
    for dated, value in [
        ("R 210941Z FEB 07\nFM AMEMBASSY OSLO\n", "07STATE91188"),
        ("", "STATE91188"),
    ]:
        text = head.format(dated)
        (reference,) = assemble(text, path="-", format="text").header.references
        assert reference.value == value
    assert (
        header.references("REF: STATE 91188 (2006)", reference_id="07OSLO12")[0].value
        == "06STATE91188"
    )


@given(
    st.text(alphabet=st.sampled_from("REFTAGSUBJ:.()[]¶0123456789²É \nABCabc/-,'"), max_size=200)
)
@settings(deadline=None)  # a busy machine takes its time
def test_no_text_makes_a_parser_fail(text):
    for name in header.__all__:
        getattr(header, name)(text)


def test_a_number_of_any_length_makes_no_parser_fail():
    assert header.references(f"REF: A. OSLO {'1' * 5000} B. ROME 13")[-1].value == "ROME13"
    assert header.canonical_id(f"OSLO {'1' * 5000}") is None
    assert header.references(f"REF: A. OSLO 1{'O1' * 5000} B. ROME 13")[-1].value == "ROME13"


PAGE = """\
Reference ID Created Released Classification Origin
07OSLO12 2007-02-21 09:09 2011-08-30 01:44 UNCLASSIFIED Embassy Oslo
VZCZCXRO1234
PP RUEHXX
DE RUEHNY #0012 0520941
ZNR UUUUU ZZH
P 210941Z FEB 07
FM AMEMBASSY OSLO
TO RUEHC/SECSTATE WASHDC PRIORITY 0123
INFO RUCNMEM/EU MEMBER STATES COLLECTIVE
XMT AMEMBASSY STOCKHOLM
Wednesday, 21 February 2007, 09:41
UNCLAS OSLO 000012
SIPDIS

E.O. 12958: N/A
TAGS: ECON NO
SUBJECT: ROADS

1. (U) All is well, and the road to the north will be open by
"""


def header_of(text):
    (cable,) = web.read(text, "page.txt")
    return cable.header


def test_the_date_time_group_wins_over_the_time_that_a_page_prints():
    (cable,) = web.read(PAGE, "page.txt")
    assert cable.header.created == "2007-02-21T09:41:00"
    assert cable.meta == {"created": "2007-02-21T09:09:00"}


def test_without_a_date_time_group_the_page_says_when():
    (cable,) = web.read(PAGE.replace("P 210941Z FEB 07\n", ""), "page.txt")
    assert (cable.header.created, cable.meta) == ("2007-02-21T09:09:00", {})


@pytest.mark.parametrize(
    "lines",
    ["REF: A. OSLO MESSAGE, P 301601Z SEP 04\nB. ROME 12", "SUBJECT: ROADS AFTER 301601Z SEP 04"],
)
def test_the_date_time_group_of_another_message_says_nothing_of_when(lines):
    page = PAGE.replace("P 210941Z FEB 07\n", "").replace("SUBJECT: ROADS", lines)
    assert header_of(page).created == "2007-02-21T09:09:00"
    text = f"UNCLAS OSLO 000012\nTAGS: ECON NO\n{lines}\n\n1. (U) All is well."
    found = assemble(text, path="-", format="text").header
    assert (found.created, found.precedence, found.reference_id) == (None, None, None)


@pytest.mark.parametrize("labels", ["", "SUBJECT: ROADS\n"])
@pytest.mark.parametrize("group", ["R  210941Z  FEB  07", "R 210941Z  FEB 2007"])
def test_a_date_time_group_with_doubled_blanks_is_one(group, labels):
    text = f"{group}\nFM AMEMBASSY OSLO\nUNCLAS OSLO 000012\n{labels}\n1. (U) All is well."
    found = assemble(text, path="-", format="text").header
    assert (found.created, found.precedence) == ("2007-02-21T09:41:00", "ROUTINE")
    assert found.reference_id == "07OSLO12"


@pytest.mark.parametrize("group", ["R 210941Z\nFEB 07", "R 210941Z FEB\n07"])
def test_a_date_time_group_can_be_wrapped(group):
    assert date_time_group(group) == ("ROUTINE", "2007-02-21T09:41:00")


def test_addressees_end_where_the_header_ends():
    info = header_of(PAGE).info
    assert [addressee.name for addressee in info] == ["EU MEMBER STATES COLLECTIVE"]
    assert info[0].excluded == ["AMEMBASSY STOCKHOLM"]


def test_a_text_that_breaks_off_is_partial():
    assert not header_of(PAGE + "noon.\nROE\n").partial
    assert header_of(PAGE + "no...").partial


@pytest.mark.parametrize(
    ("stated", "letters"),
    [
        ("reason 1.4 (b) and (d).\nE.O. 12958", "bd"),
        ("reasons 1.4 (b) a nd (d)", "bd"),
        ("1.4 (B), (C) AND (\nD)", "bcd"),
        ("1.4: b, d", "bd"),
        ("1.4 (b) a letter follows", "b"),
        ("1.4 (b+d)", "bd"),
        ("1.4 [b] and/or [d]", "bd"),
        ("1.4 (b)-(d)", "bd"),
        ("1.4 (B) through (D)", "bcd"),
        ("1.4 (b) - A/S Roe", "b"),
        ("1.4 (b to d)", "bcd"),
        ("1.4 (b) and (d). A shorter version was sent.", "bd"),
        ("1.4 (b) and (d). E. Roe drafted.", "bd"),
        ("for the usual reasons", ""),
    ],
)
def test_reasons_are_those_that_the_cable_states(stated, letters):
    fields = {"classified_by": f"DCM Jane Roe, {stated}", "eo": "E.O. 12958: DECL: 09/10/2017"}
    assert reasons(fields) == [f"1.4 ({letter})" for letter in letters]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("CDA, A.I. Jane Roe, reason 1.4 (b)", "Jane Roe"),
        ("PM. Jane Roe, reason 1.4 (b)", "Jane Roe"),  # an office of two letters, no initial
        ("A.I. Roe, DCM", "A.I. Roe"),  # with a family name alone, initials
        ("DCM Joseph LeBaron for reasons 1.4 (b)", "Joseph LeBaron"),
        ("ECMIN Jane Q. Roe; reason 1.4 (d)", "Jane Q. Roe"),
        ("CLASSIFIED BY POL MIN COUN JOHN DOE", "JOHN DOE"),
        ("PolMinCouns Jane Roe", "Jane Roe"),
        ("Acting DCM/Jane Roe", "Jane Roe"),
        ("AMBASSAD0R B0LDER", "BOLDER"),
        ("Consul Sofia F. Roe", "Sofia F. Roe"),  # a city, but the initial belongs to a name
        ("EUR John Roe, Acting, and PM DAS Shari Doe, reason 1.4 (b)", "John Roe and Shari Doe"),
        ("Counselor for Political and Economic Affairs John Roe", "John Roe"),
        ("DCM JANE (JAY) ROE and POL John (Jack) Doe", "JANE (JAY) ROE and John (Jack) Doe"),
        ("DCM John M. (Jack) van Doe", "John M. (Jack) van Doe"),
        ("Jane Roe (Acting) Consul, Oslo", "Jane Roe"),
        ("Ambassador (Ret) Jane Roe (Oslo) Kim", "Jane Roe"),
    ],
)
def test_who_classified_is_told_from_offices(line, name):
    assert header.classified_by(f"Classified By: {line}") == name


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("E.O. 12356: DECL: ORIGINATING AGENCY'S DETERMINATION REQUIRED", "OADR"),
        ("E.O. 12958\nDECLASSIFY ON:\n09/10/2017\nTAGS: ECON", date(2017, 9, 10)),
        ("E.O. 12958: DECL: 76-09-30", date(1976, 9, 30)),
        ("E.O. 12958: DECL:\n09/10/2017\nTAGS: ECON", date(2017, 9, 10)),
        ("E.O. 12958: DECL:\nDEPT FOR EUR\nTAGS: ECON", None),
        ("E.O. 12958: DECL: 20 YEARS", "20 YEARS"),
        ("E.O. 12958: DECL: SEPTEMBER 2018", "SEPTEMBER 2018"),
        ("E.O. 12958: DECL: SEPTEMBER 10 18", date(2018, 9, 10)),
    ],
)
def test_declassification_in_words_below_its_label_and_year_first(lines, found):
    assert header.declassify_on(lines) == found


def test_a_time_that_no_clock_shows_is_none():
    assert date_time_group("R 990941Z FEB 07") == ("ROUTINE", None)


@pytest.mark.parametrize(
    ("given_time", "found"),
    [
        ("21/02/2007 9:41", "2007-02-21T09:41:00"),
        ("2007-21-02 09:41", "2007-02-21T09:41:00"),
        ("2/31/2007 9:41 PM", None),
        ("2007-02-31T09:41:00Z", None),
        ("2/21/2007 25:61", "2007-02-21"),
        ("2/21/2007 12:05 AM", "2007-02-21T00:05:00"),
        ("2007-99-99", None),
        ("2007-13", None),
        ("0000", None),
        ("2007", "2007"),
    ],
)
def test_a_time_is_one_that_calendar_and_clock_have(given_time, found):
    assert time_of(given_time) == found


def test_a_bracket_that_a_summary_does_not_open_is_of_its_frame():
    assert header.summary("1. (U) (Summary: All is well)\n\n2. (U) More.") == "All is well"


def test_the_items_of_a_summary_are_lines_whatever_the_one_before_ends_in():
    items = "-- to close one road; and\n\n-- to open another."
    text = f"1. (U) Summary: They agreed:\n\n{items}\n\nEnd summary."
    assert header.summary(text) == f"They agreed:\n{items}".replace("\n\n", "\n")


def test_a_hard_wrap_before_an_accent_cuts_no_name():
    line = "Acting Deputy Chief of Mission and Political Counselor\nÉtienne Roe, reason 1.4 (b)"
    assert header.classified_by(f"Classified By: {line}") == "Étienne Roe"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("PREL MEDIA REACTION REPORT", ["PREL", "MEDIA REACTION REPORT"]),
        ("PREL OVIP ROEBUCK, JANETTE KPAO", ["PREL", "OVIP", "ROEBUCK, JANETTE", "KPAO"]),
        ("PREL, PGOV,\nKDEM, NO", ["PREL", "PGOV", "KDEM", "NO"]),
        ("OVIP (ROE, JANE\nANNE), PREL", ["OVIP", "ROE, JANE ANNE", "PREL"]),
        ("KFRDKIRFCVIS PRELNO", ["KFRD", "KIRF", "CVIS", "PREL", "NO"]),
        ("ECON     SECRET    PAGE 02        OSLO  01059  281501Z EFIN", ["ECON", "EFIN"]),
    ],
)
def test_tags_over_lines_glued_and_in_words(line, found):
    text = f"E.O. 12958: N/A\nTAGS: {line}\nSUBJECT: ROADS\n"
    assert header.tags(text) == found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("THE ROAD TO OSLO\nThis is an action request, see para 2.", "THE ROAD TO OSLO"),
        ("(C/NF) THE ROADREF: OSLO 12", "THE ROAD"),
        ("THE ROAD TO OSLOClassified By: DCM Jane Roe", "THE ROAD TO OSLO"),
        ("THE ROAD &#8220;NORTH&#8221;", "THE ROAD “NORTH”"),
        (
            "THE ROAD TO THE \\\n\\\nNORTH \\\n\\\nClassified By: DCM Jane Roe",
            "THE ROAD TO THE NORTH",
        ),
        ("THE ROAD\nSensitive but unclassified, protect accordingly", "THE ROAD"),
        ("THE ROAD TO THE NOR...", "THE ROAD TO THE NOR..."),
    ],
)
def test_a_subject_ends_where_the_next_line_is_another(lines, found):
    assert header.subject(f"TAGS: ECON\nSUBJECT: {lines}\n\n1. (U) All is well.") == found


def test_a_label_is_one_where_a_paragraph_follows_without_a_blank_line():
    text = "SUBJECT: ROADS\nREF: OSLO 41\n(SBU) Embassy delivered the " + "paper and the " * 20
    assert [reference.value for reference in header.references(text, 2007)] == ["07OSLO41"]
    assert header.subject("SUBJECT: ROADS\n¶1. (U) They " + "went on and on " * 20) == "ROADS"


@pytest.mark.parametrize(
    ("end", "names"),
    [
        ("All is well.\nRoebuck\n", ["Roebuck"]),
        ("All is well. Roebuck", ["Roebuck"]),
        ("All is well.\nROE ROE\n", ["ROE"]),
        ("All is well.\n\nROE Roe\n", ["ROE"]),
        ("All is well. ROE 2009-12-31\n", ["ROE"]),
        ("All is well.\n\nROE\n\n   SECRET\n\n>\n2002OSLO01748 - Classification: SECRET", ["ROE"]),
        ("All is well in the city of\nOslo\n", []),
        ("They met the new mayor and\nJane Roe\n", []),
        ("All is well.\n\nROE   (#1234)\n", ["ROE"]),
        ("All is well.\nSummary\n", []),
        ("All is well.\nOslo\n", []),
        ("All is well.\nMCROE\nROEBUCK\n", ["MCROE", "ROEBUCK"]),
        ("All is well.\n\nMCROE\n\nROEBUCK\nROEBUCK", ["MCROE", "ROEBUCK"]),
        ("All is well.\nOSLO\nROEBUCK\n", ["ROEBUCK"]),
        ("All is well at the\nHARBOR\nROEBUCK\n", ["ROEBUCK"]),
    ],
)
def test_signatures_in_capitals_small_letters_and_twice(end, names):
    assert header.signers(f"2. (U) {end}") == names


def test_the_signatures_of_two_on_lines_of_their_own_are_no_text():
    cable = read("SUBJECT: ROADS\n\n1. (U) All is well.\nMCROE\nROEBUCK\n")
    assert cable.header.signers == ("MCROE", "ROEBUCK")
    assert [paragraph.text for paragraph in cable.paragraphs] == ["All is well."]


def test_a_signature_after_the_last_sentence_is_no_text():
    (cable,) = web.read(PAGE + "noon. ROE\n", "page.txt")
    assert cable.paragraphs[-1].text.endswith("open by noon.")
    assert cable.header.signers == ("ROE",)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("A. (08) OSLO 41; OSLO 42", ["08OSLO41", "09OSLO42"]),
        (
            "A) ROME 2543, 03 VAT 4859; 04 VAT 3810",
            ["09ROME2543", "03VATICAN4859", "04VATICAN3810"],
        ),
        ("A. OSLO 41 B. TIP REPORT NORWAY 2008", ["09OSLO41"]),
        ("A. PHNOM PEN 333 B. NEW DEHLI 12", ["09PHNOMPENH333", "09NEWDELHI12"]),
        ("A. OSLO\n\n41 B. ROME 12", ["09OSLO41", "09ROME12"]),
        ("STATE 41 AND 57 AND PREVIOUS", ["09STATE41", "09STATE57"]),
        ("OSLO 41 - 43, ROME 12-09", ["09OSLO41", "09OSLO43", "09ROME12"]),
        ("OSLO 41 - 03 ROME 12 - 2 PAGES", ["09OSLO41", "03ROME12"]),
        ("OSLO 41 ('06), ROME 12", ["06OSLO41", "09ROME12"]),
        ("OSLO 41 (06), 45 (05), 46", ["06OSLO41", "05OSLO45", "06OSLO46"]),
        ("OSLO 41, 45 (05)", ["05OSLO41", "05OSLO45"]),
        ("A. OSLO 41 (08/27/07) B. ROME 12 (03/02) AND 13", ["07OSLO41", "09ROME12", "09ROME13"]),
        ("STATE 1O234, 2O08 ROME 1O", ["09STATE10234", "08ROME1"]),
        ("PARA 2 OF 07 OSLO 41", ["07OSLO41"]),
    ],
)
def test_references_share_posts_and_years(line, found):
    text = f"SUBJECT: ROADS\nREF: {line}\n\n1. (U) All is well."
    cables = (r for r in header.references(text, 2009) if r.kind == "cable")
    assert [reference.value for reference in cables] == found


def test_signs_that_are_digits_only_by_name_make_no_serial():
    assert header.references("REF: OSLO ², OSLO 12", 2007)[0].value == "07OSLO12"


@pytest.mark.parametrize("before", ["", "(U) ", "(C) ", "1. (U) ", "1. (U) This cable was "])
def test_who_classified_a_cable_can_stand_in_its_first_paragraph(before):
    text = (
        "SUBJECT: ROADS\n\n"
        f"{before}Classified by Ambassador Jane Roe; reason 1.5 (b)\nand (d).\n\n2. (C) Rain."
    )
    header = assemble(text, path="-", format="text").header
    assert header.classified_by == "Jane Roe"
    assert header.reasons == ("1.5 (b)", "1.5 (d)")


def test_a_first_paragraph_with_a_comma_after_its_number_is_no_reason():
    text = "SUBJECT: ROADS\n\nClassified By: Jane Roe, reason 1.4 (b).\n1, (C) Rain.\n\n2, (U) Sun."
    cable = assemble(text, path="-", format="text")
    assert [paragraph.text for paragraph in cable.paragraphs] == ["Rain.", "Sun."]


def read(text):
    return assemble(text, path="-", format="text")


def test_fields_that_stand_on_one_line_are_each_found():
    opening = (
        "UNCLAS SECTION 01 OF 02 OSLO 000012 SENSITIVE\n\nSIPDIS E.O. 12958: N/A\nTAGS: ECON NO\n"
    )
    header = read(f"{opening}SUBJECT: ROADS\n\n1. (U) All is well.").header
    assert (header.eo, header.declassify_on) == ("12958", "N/A")
    assert header.captions == ("SENSITIVE", "SIPDIS")


@pytest.mark.parametrize(
    "text", ["(U) THIS CABLE IS NOT FOR INTERNET DISTRIBUTION.", "(SBU) This message is sensitive."]
)
def test_what_follows_the_references_on_their_line_is_text(text):
    cable = read(f"SUBJECT: ROADS\nREF: OSLO 12 OSLO 00000013 001.2 OF 002 {text}\n\n1. (U) Rain.")
    assert len(cable.header.references) == 1
    assert cable.paragraphs[0].text == text.split(" ", 1)[1]


@pytest.mark.parametrize("line", ["SUMMARY", "Sensitive but unclassified."])
def test_no_line_below_the_references_is_lost(line):
    cable = read(f"SUBJECT: ROADS\nREF: OSLO 12\n{line}\n1. (U) Rain.")
    assert cable.paragraphs[0].text == line


def test_references_go_on_after_the_pilcrows_of_the_site():
    cable = read("SUBJECT: ROADS\nREF: A. OSLO 12\n\n¶B. OSLO 13\n¶C. OSLO 14\n\n1. (U) Rain.")
    assert [r.letter for r in cable.header.references] == ["A", "B", "C"]


def test_a_subject_before_a_whole_paragraph_without_a_blank_line_is_one():
    text = "The minister said that roads were closed. " * 5
    assert read(f"TAGS: ECON\nSUBJECT: ROADS\n{text}\n{text}").header.subject.startswith("ROADS")


def test_a_cable_that_breaks_off_in_its_opening_is_partial():
    assert read("UNCLAS OSLO 000012\n\nSTATE FOR EUR, AF \n ...").header.partial
    assert read("UNCLAS OSLO 000012\n\nSTATE FOR EUR, AF     \n  ...  \n").header.partial


def test_a_field_that_a_page_break_cut_goes_on_below_it():
    text = (
        "SUBJECT: ROADS\nClassified By: Ambassador Jane Roe for\n\nreasons 1.4 (b).\n\n1. (C) Rain."
    )
    header = assemble(text, path="-", format="text").header
    assert (header.classified_by, header.reasons) == ("Jane Roe", ("1.4 (b)",))


def test_a_blank_line_after_every_line_of_an_opening_cuts_no_field():
    above = "SIPDIS\n\nE.O. 12958: N/A TAGS: ECON\nSUBJECT: THE ROAD\nTO OSLO"
    below = "\n\nREF: A. OSLO 12\nB. ROME 13\n\n1. (U) All is\nwell."
    for opening in (f"{above}{below}", f"{above}\n\nNorth is closed.\n\nSouth is\nopen."):
        once, spaced = read(opening), read(opening.replace("\n", " \n\n"))
        assert spaced.header.subject == "THE ROAD TO OSLO"
        assert spaced.header == once.header


def test_lists_of_addressees_on_one_line_are_told_apart_by_their_keywords():
    line = "FM AMEMBASSY OSLO TO RUEHC/SECSTATE WASHDC INFO NATO COLLECTIVE XMT AMEMBASSY ROME"
    sender, to, info = correspondents(line)
    assert (sender, [recipient.name for recipient in to]) == ("AMEMBASSY OSLO", ["SECSTATE WASHDC"])
    assert [(r.name, r.excluded) for r in info] == [("NATO COLLECTIVE", ["AMEMBASSY ROME"])]


@pytest.mark.parametrize(
    ("lines", "captions"),
    [
        ("UNCLAS OSLO 000012\nSENSITIVE SIPDIS", ["SENSITIVE", "SIPDIS"]),
        ("UNCLAS OSLO 000012\nEXDIS, NOFORN", ["EXDIS", "NOFORN"]),
        ("UNCLAS OSLO 000012\nSIPDIS/NOFORN", ["SIPDIS", "NOFORN"]),
        ("UNCLAS OSLO 000012\nN O F O R N", ["NOFORN"]),
        ("SECRET NODIS OSLO 001234", ["NODIS"]),
        ("UNCLAS SENSITIVE OSLO 000012 SIPDIS", ["SENSITIVE", "SIPDIS"]),
        ("UNCLAS OSLO 000012\nC O R R E C T E D C O P Y", []),
    ],
)
def test_captions_stand_alone_together_or_in_the_banner(lines, captions):
    text = f"{lines}\nSUBJECT: ROADS\n\n1. (U) All is well."
    assert read_opening(text).captions == captions


def test_what_a_posts_own_system_puts_above_a_cable_is_not_its_header():
    form = """\
SIPDIS
TELEGRAM                                          March 20, 2005

To:       No Action Addressee

Action:   Unknown

From:     AMEMBASSY OSLO (OSLO 1567 - UNKNOWN)

TAGS:     PREL

Subject:  LONG ROADS OF THE NORTH AND THE SOUTH

Ref:      None
_________________________________________________________________
"""
    copies = "SIPDIS\nCXOSLO:\n    ACTION: POL\n    INFO:   ECON DCM\n\nDISSEMINATION: POL\n\n"
    cable = """\
VZCZCAYI123
PP RUEHC
DE RUEHNY #1567/01 0801234
ZNR UUUUU ZZH
P 211234Z MAR 05
FM AMEMBASSY OSLO
TO RUEHC/SECSTATE WASHDC PRIORITY 3456
UNCLAS OSLO 001567

SIPDIS

E.O. 12958: N/A
TAGS: PREL
SUBJECT: LONG ROADS OF THE NORTH
AND THE SOUTH

REF: ROME 1500

1. (U) All is well.
"""
    plain = read(cable).header
    assert plain.subject == "LONG ROADS OF THE NORTH AND THE SOUTH"
    assert [addressee.name for addressee in plain.to] == ["SECSTATE WASHDC"]
    for above in (copies, form, form + copies):
        made = read(above + cable)
        assert made.header == plain
        assert [p.text for p in made.paragraphs if p.kind != "header"] == ["All is well."]
