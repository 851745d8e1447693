"""Dates, sums and references as values; scripts/measure_values.py measures them on real cables."""

from datetime import date

import pytest

from cablespan.components.entities.values import Values
from cablespan.components.entities.values.dates import Anchor, date_value
from cablespan.components.entities.values.money import Surroundings, money_value
from cablespan.components.entities.values.references import ReferenceResolver
from marked import parse_marked

THURSDAY = Anchor(date(2007, 2, 22), "day")
DATES = {
    "today": "2007-02-22",
    "last night": "2007-02-21",
    "this week": "2007-02-19/2007-02-25",
    "last Friday": "2007-02-16",
    "next month": "2007-03",
    "two weeks ago": "2007-02-05/2007-02-11",
    "past six years": "2001/2007",
    "mid-1990s": "1993/1996",
    "end of the year": "2007-12",
    "end of spring 2006": "2006-05",
    "beginning of summer": "2007-06",
    "first half of March": "2007-03-01/2007-03-15",
    "May 7-9": "2007-05-07/2007-05-09",
    "22 May 1999": "1999-05-22",
    "October 8 of this year": "2007-10-08",
    "JUL '72": "1972-07",
    "131020Z JUL 72": "1972-07-13",
    "JAN 70": "1970-01",
    "end FY 72": "1972-06",
    "FY 2008": "2007-10/2008-09",
    "2004-07": "2004/2007",
    "1/18": "2007-01-18",
    "20th century": "1901/2000",
    "the sixties": "1960/1969",
    "74/75": "1974/1975",
    "1999-01": "1999/2001",
    "1898 to 1901": "1898/1901",
    "98/97": "1997/1998",
    "Decmeber 3": "2006-12-03",
    "JUNE I5": "2007-06-15",
    "30 April to 2 May 1999": "1999-04-30/1999-05-02",
    "30 December to 2 January 1999": "1998-12-30/1999-01-02",
    "December 30-January 2 of last year": "2005-12-30/2006-01-02",
    "November to February 1999": "1998-11/1999-02",
    "next June 30": "2007-06-30",
    "Christmas Eve 2006": "2006-12-24",
    "Thursday of next week": "2007-03-01",
    "next day or two": "2007-02-22/2007-02-24",
    "next 48 hours": "2007-02-22/2007-02-24",
    "three or four days ago": "2007-02-18/2007-02-19",
    "last ten days of January": "2007-01-22/2007-01-31",
    "remainder of the year": "2007-02/2007-12",
    "upcoming five-year period": "2007/2012",
    "summer months": "2007-06/2007-08",
    "months of January": "2007-01",
    "next decade": "2007/2017",
    "year-ago": "2006",
    "previous evening": "2007-02-21",
    "sixth of October": "2006-10-06",
    "twenty-first of January": "2007-01-21",
    "ninth week of May": None,
    "recent months": None,
    "February 30": None,
}
SUMS = {
    "$975,806": "975806 USD",
    "one and a half million dollars": "1500000 USD",
    "US$ 470 to 600 million": "470000000/600000000 USD",
    "52 cents": "0.52 USD",
    "DM 120,000": "120000 DEM",
    "one billion Eastern Caribbean dollars": "1000000000 XCD",
    "30,000 kronor": "30000 SEK",
    "5.5 million levs": "5500000 BGN",
    "1,100,000 Guinean francs": "1100000 GNF",
    "billions of dollars": None,
    "250-billion euro": "250000000000 EUR",
    "half a billion dollars": "500000000 USD",
    "three-quarters of a million dollars": "750000 USD",
    "twenty-five million dollars": "25000000 USD",
    "one hundred and fifty million dollars": "150000000 USD",
    "one hundred and twenty-five million dollars": "125000000 USD",
    "two thousand five hundred euros": "2500 EUR",
    "five to ten million dollars": "5000000/10000000 USD",
    "$900,000 to 1 million": "900000/1000000 USD",
    "$300,000 a year": "300000 USD",
    "72 mln tenge": "72000000 KZT",
    "1,5 million euros": "1500000 EUR",
    "$.75": "0.75 USD",
    "$50²": "50 USD",
    "$5 million (3 million euros)": None,
    "1/2 million dollars": None,
}


def test_dates():
    assert {text: date_value(text, THURSDAY) for text in DATES} == DATES


def test_what_stands_around_a_date_tells_its_year():
    assert date_value("January", THURSDAY, "from ", " to July 2009") == "2009-01"
    assert date_value("November", THURSDAY, "from ", " to February 2009") == "2008-11"
    assert date_value("December 30-January 2", THURSDAY, "", ", 2009") == "2008-12-30/2009-01-02"
    assert date_value("July", THURSDAY, "It will open in ") == "2007-07"
    assert date_value("July", THURSDAY, "It opened in ") == "2006-07"
    assert date_value("March 3", THURSDAY, "by ", ", 1800 hours") == "2007-03-03"


def test_the_verb_beside_a_date_tells_whether_it_is_past():
    anchor = Anchor(date(2007, 12, 20), "day")
    told = {
        ("Three men were sentenced on ", " to ten years."): "2007-03-29",
        ("On ", ", police arrested two men."): "2007-03-29",
        ("The law will enter into force on ", "."): "2008-03-29",
        ("The court is scheduled to reconvene on ", ", he said."): "2008-03-29",
        ("He noted that the talks, to be held on ", ", matter."): "2008-03-29",
        ("He told us that ", " is too soon."): "2008-03-29",
    }
    found = {around: date_value("March 29", anchor, *around) for around in told}
    assert found == told


def test_days_are_counted_from_the_date_before(blank):
    marked = (
        "<DATE>May 3, 1999</DATE>, and <DATE>the following day</DATE>; <DATE>two days later</DATE>."
    )
    text, spans = parse_marked(marked)
    doc = blank(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    found = Values(blank, "values").process(doc)
    assert list(found.values()) == ["1999-05-03", "1999-05-04", "1999-05-06"]
    assert date_value("the following day", THURSDAY) is None


def test_the_date_of_a_cable_by_what_is_known_of_it():
    head = "54. Telegram 65086 From the Department of State to All Posts, April 7, 1973, 1711Z."
    days = {
        "2007-02-22": {"header": {"created": "2007-02-22T09:41:00"}},
        "1969-07-01": {"meta": {"date": "1969"}},
        "1973-04-07": {"meta": {"head": head}},
        "1975-07-01": {"id": "75OSLO12"},
    }
    assert [Anchor.of(cable).day.isoformat() for cable in days.values()] == list(days)
    assert Anchor.of({"id": "volume/d1"}) is None


@pytest.mark.parametrize(
    "meta",
    [{"date": "2007-02-30"}, {"date": "0000"}, {"head": "Telegram 9 From Oslo, April 31, 1973."}],
)
def test_a_date_of_a_cable_that_does_not_exist_is_none(meta):
    assert Anchor.of({"meta": meta}) is None
    assert Anchor.of({"id": "75OSLO12", "meta": meta}).day.year == 1975


def test_sums():
    assert {text: money_value(text) for text in SUMS} == SUMS
    assert money_value("32 trillion rials") is None
    assert money_value("32 trillion rials", "IR") == "32000000000000 IRR"


def test_a_currency_is_told_by_what_stands_around():
    before = Surroundings("about 10 billion euros in 2008, with about ", "", "10000000000 EUR")
    assert money_value("8 billion", None, before) == "8000000000 EUR"
    assert money_value("2.12 million", None, Surroundings("wage was Gs. ")) == "2120000 PYG"
    assert money_value("2.12 million") is None
    assert money_value("8 billion zorkmids", None, before) is None
    assert money_value("170 pounds", None, Surroundings("", " of paper")) is None


def test_what_is_to_come_at_the_beginning_of_the_year_is_of_the_next():
    anchor = Anchor(date(2007, 12, 20), "day")
    before = "The law is to take effect at the "
    assert date_value("beginning of the year", anchor, before) == "2008-01"
    assert date_value("beginning of the year", anchor, "It failed at the ") == "2007-01"


@pytest.mark.parametrize("letters", [("A", "B"), (None, None)])
def test_references_by_the_cables_own_list(blank, letters):
    text, spans = parse_marked(
        "<CABLE_REF>Ref A</CABLE_REF>, <CABLE_REF>refs A and B</CABLE_REF>, "
        "<CABLE_REF>reftel C</CABLE_REF>, "
        "<CABLE_REF>STATE 7944</CABLE_REF> and <CABLE_REF>7950</CABLE_REF>, "
        "<CABLE_REF>septel</CABLE_REF>."
    )
    doc = blank(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    listed = [
        {"value": value, "kind": "cable", "text": "", "letter": letter}
        for value, letter in zip(("06ASTANA9", "06ASTANA12"), letters, strict=True)
    ]
    header = {"references": listed, "created": "2007-02-22", "origin": "Embassy Astana"}
    doc._.cable = {"id": "07ASTANA454", "header": header, "meta": {}, "paragraphs": []}
    values = Values(blank, "values").process(doc)
    assert [values.get(f"{ent.start_char}-{ent.end_char}") for ent in doc.ents] == [
        "06ASTANA9",
        "06ASTANA9 06ASTANA12",
        None,
        "07STATE7944",
        "07STATE7950",
        None,
    ]


def test_a_superscript_after_a_reference_is_no_number():
    assert ReferenceResolver({}).resolve("²", "07OSLO12") is None


def test_references_by_the_part_that_a_post_has_in_the_exchange():
    def resolved(head, *pointers):
        resolver = ReferenceResolver({"meta": {"date": "1965-01-14", "head": head}})
        return [resolver.resolve(pointer) for pointer in pointers]

    to_washington = "Telegram From the Embassy in Germany to the Department of State"
    assert resolved(to_washington, "Embtel 2565", "Deptel 703", "your 391", "my 12") == [
        "65BONN2565",
        "65STATE703",
        "65STATE391",
        "65BONN12",
    ]
    to_laos = "Telegram From the Department of State to the Embassy in Laos"
    assert resolved(to_laos, "Embtel 551", "your 553", "B) Oslo 12") == [
        "65VIENTIANE551",
        "65VIENTIANE553",
        "65OSLO12",
    ]


@pytest.mark.parametrize(
    ("opening", "ids"),
    [
        ("582. NATUS Info. Ref Embtel 579.", "65BONN579"),
        ("(A) OSLO 671: (B) OSLO 4306", "65OSLO671 65OSLO4306"),
        ("SECSTATE WASHDC 8272", None),
    ],
)
def test_references_by_the_list_in_the_opening(opening, ids):
    head = "Telegram 583 From the Embassy in Germany to the Department of State"
    cable = {"meta": {"date": "1965-01-14", "head": head}}
    resolver = ReferenceResolver(cable, [opening, "The talks went on for three days."])
    assert resolver.resolve("reftels" if ids and " " in ids else "reftel") == ids


def test_a_number_that_a_post_has_not_come_to_is_of_the_year_before():
    resolver = ReferenceResolver({"id": "71TEHRAN76", "header": {"created": "1971-01-06"}})
    assert resolver.resolve("TEHRAN 5534") == "70TEHRAN5534"
    assert resolver.resolve("TEHRAN 12") == "71TEHRAN12"
