"""Redactions are no entities."""

from cablespan.components.entities.redactions import without_redactions
from marked import parse_marked


def test_redactions_are_nobody(blank):
    """Of a redacted official remains the office, of other redacted names nothing."""
    text, spans = parse_marked(
        "<PERSON>XXXXXXXXXXXX</PERSON> and <OFFICIAL>Ambassador XXXXXXXXXXXX</OFFICIAL> met "
        "<PERSON>Mr. xxxxx</PERSON>, then <ORG>Acme XXXXXXXXXXXX Oil</ORG> and "
        "<PERSON>Xan</PERSON>."
    )
    doc = blank(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    assert [ent.text for ent in without_redactions(doc.ents)] == ["Ambassador", "Xan"]
