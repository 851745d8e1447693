"""Acronyms that a cable explains: what they are called wherever they stand."""

import pytest

from cablespan.components.entities.clusters import EntityClusters
from marked import parse_marked


@pytest.mark.parametrize(
    ("marked", "labels"),
    [
        pytest.param(
            "The <AGENCY>Ministry of Reform</AGENCY> (<ORG>MDR</ORG>) met. <ORG>MDR</ORG> agreed.",
            ["AGENCY", "AGENCY", "AGENCY"],
            id="the name decides, wherever the acronym stands",
        ),
        pytest.param(
            "<ORG>MDR</ORG> met the <AGENCY>Navy</AGENCY> and the <ORG>PMA</ORG>.",
            ["ORG", "AGENCY", "ORG"],
            id="what is not explained stays",
        ),
        pytest.param(
            "The <AGENCY>Embassy</AGENCY> (<ORG>Acme</ORG>) met <PLACE>UK</PLACE> traders.",
            ["AGENCY", "ORG", "PLACE"],
            id="a name in brackets is no acronym",
        ),
        pytest.param(
            "The <AGENCY>Embassy</AGENCY> (<PLACE>UK</PLACE>) met <PLACE>UK</PLACE> traders.",
            ["AGENCY", "PLACE", "PLACE"],
            id="a place is no body",
        ),
    ],
)
def test_the_definition_gives_the_label(blank, marked, labels):
    text, spans = parse_marked(marked)
    doc = blank(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    assert [ent.label_ for ent in EntityClusters(blank, "aliases")(doc).ents] == labels
