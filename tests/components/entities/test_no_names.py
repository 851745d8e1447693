"""What names nothing is no entity."""

import pytest

from cablespan.components.entities.no_names import without_no_names
from marked import parse_marked


def names(nlp, marked, origin=None):
    text, spans = parse_marked(marked)
    doc = nlp.make_doc(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    doc._.cable = {"id": "", "meta": {}, "header": {"origin": origin}, "paragraphs": []}
    return [ent.text for ent in without_no_names(doc, doc.ents)]


@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        ("6. (<AGENCY>SBU</AGENCY>) Growth is slow.", []),
        ("a <ORG>PDF</ORG> file from our <AGENCY>POC</AGENCY>", []),
        ("<PERSON>-------- Roe</PERSON> calls", ["Roe"]),
        ("<PERSON>-------- ---</PERSON>", []),
        ("EMAIL: <OFFICIAL>roe@acme.xy Roe</OFFICIAL> is a host", ["Roe"]),
        ("<PERSON>Al-Roe</PERSON> and <ORG>E.ON</ORG>", ["Al-Roe", "E.ON"]),
        ("the <ORG>Pacific Dairy Farmers</ORG> (<ORG>PDF</ORG>)", ["Pacific Dairy Farmers", "PDF"]),
        ("on <DATE>5 -- 6 May</DATE>", ["5 -- 6 May"]),
    ],
)
def test_markings_files_rules_and_addresses_are_no_names(blank, marked, kept):
    assert names(blank, marked) == kept


def test_a_marking_is_a_name_in_the_country_that_has_such_a_body(blank):
    told = "The <AGENCY>SBU</AGENCY> denied it."
    assert names(blank, told, "Embassy Kyiv") == ["SBU"]
    assert names(blank, told, "Embassy Oslo") == []
