"""Who is who within a cable."""

import json
import re
from itertools import islice
from time import process_time

import pytest
from spacy.tokens import Span

from cablespan.components.entities.clusters import EntityClusters
from coreference import bcubed
from marked import parse_marked


def clusters(nlp, marked, origin=None):
    """The clusters of a marked text as sets of mentions' texts."""
    text, spans = parse_marked(marked)
    doc = nlp.make_doc(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    if origin:
        doc._.cable = {"id": "", "meta": {}, "header": {"origin": origin}, "paragraphs": []}
    EntityClusters(nlp, "aliases")(doc)
    found = {}
    for ent in doc.ents:
        found.setdefault(ent.id_, []).append(ent.text)
    found.pop("", None)
    return sorted(found.values())


TOGETHER = [
    "<OFFICIAL>President Nazarbayev</OFFICIAL> spoke; "
    "<OFFICIAL>Nazarbayev</OFFICIAL> and <OFFICIAL>NAZARBAYEV</OFFICIAL> agreed",
    "<OFFICIAL>Foreign Minister Rassoul</OFFICIAL> met us. "
    "The <OFFICIAL>Foreign Minister</OFFICIAL> said <OFFICIAL>FonMin</OFFICIAL> left",
    "<OFFICIAL>Prime Minister Bulent Ecevit</OFFICIAL>, "
    "<OFFICIAL>Ecevit</OFFICIAL>, <OFFICIAL>Mr. Ecevit</OFFICIAL>",
    "<OFFICIAL>Kim Chong-p'il</OFFICIAL> and <OFFICIAL>Kim Chong Pil</OFFICIAL>; "
    "<OFFICIAL>Kim</OFFICIAL>",
    "<OFFICIAL>Council Member Pote Sarasin</OFFICIAL> and <OFFICIAL>Pote</OFFICIAL>",
    "<OFFICIAL>Caglayangil</OFFICIAL> and <OFFICIAL>Caglayangill</OFFICIAL>",
    "<AGENCY>Intellectual Property Rights (IPR) "
    "Committee</AGENCY> and the <AGENCY>IPR Committee</AGENCY>",
    "<ORG>Popular Movement of Angola</ORG> (<ORG>PMA</ORG>) and <ORG>PMA</ORG>",
    "<ORG>PMA</ORG> (<ORG>Popular Movement of Angola</ORG>)",
    "<AGENCY>Government of Kazakhstan</AGENCY> (<AGENCY>GOK</AGENCY>), "
    "<AGENCY>Kazakhstani Government</AGENCY>",
    "<AGENCY>Financial Police</AGENCY>, <AGENCY>FINANCIAL POLICE</AGENCY>",
    "<AGENCY>Department of State</AGENCY> and <AGENCY>Department</AGENCY> and "
    "<AGENCY>Dept</AGENCY>",
    "<ORG>Jones Apparel Group</ORG>, <ORG>Jones Apparel</ORG> and <ORG>Jones</ORG>",
    "the <ORG>Human Rights Council</ORG>; the <AGENCY>Council</AGENCY> and <ORG>Council</ORG>",
    "<LAW>Widget Trade Treaty</LAW> (<LAW>WTT</LAW>); <ORG>WTT</ORG> and <LAW>Treaty</LAW>",
    "<ORG>Organization of Asian States</ORG> (<ORG>OAS</ORG>); <ORG>OAS</ORG>",
    "<ORG>Ruritanian Electricity Institute</ORG> (<ORG>IRE</ORG>); <ORG>IRE</ORG>",
    "<OFFICIAL>Regional Firearms Advisor</OFFICIAL> (<AGENCY>RFA</AGENCY>); <ORG>RFA</ORG>",
    "<PERSON>Wolter Roerman</PERSON>; <PLACE>Roerman</PLACE> and <AGENCY>Roerman</AGENCY>",
    "<ORG>Roe Rex</ORG>, <PERSON>Roe Rex</PERSON>",
]
APART = [
    "<OFFICIAL>Andreas Papandreou</OFFICIAL> and <OFFICIAL>George Papandreou</OFFICIAL>",
    "<OFFICIAL>Ambassador Kim</OFFICIAL> and <OFFICIAL>General Kim</OFFICIAL>",
    "<OFFICIAL>Ngo Dinh Nhu</OFFICIAL> and <PERSON>Madame Nhu</PERSON>",
    "Turkish <OFFICIAL>Foreign Minister</OFFICIAL> and Greek <OFFICIAL>Foreign Minister</OFFICIAL>",
    "<PLACE>Iran</PLACE> and <PLACE>Iraq</PLACE>",
    "<PLACE>Mauritania</PLACE> and <PLACE>Mauritius</PLACE>",
    "<PLACE>US</PLACE> and <AGENCY>USG</AGENCY>",
    "<CABLE_REF>reftel A</CABLE_REF> and <CABLE_REF>reftel B</CABLE_REF>",
    "<ORG>UN</ORG> and <ORG>UN Widget Mission</ORG>",
    "<PLACE>Egypt</PLACE> and <PLACE>Upper Egypt</PLACE>",
    "<AGENCY>U.S.</AGENCY> wants it; in the <PLACE>U.S.</PLACE>, <PLACE>U.S.</PLACE>",
    "the <AGENCY>Council</AGENCY>, later the <AGENCY>Widget Council</AGENCY>",
]


@pytest.mark.parametrize("marked", TOGETHER)
def test_together(blank, marked):
    assert len(clusters(blank, marked)) == 1


@pytest.mark.parametrize("marked", APART)
def test_apart(blank, marked):
    assert len(clusters(blank, marked)) == 2


def test_a_short_name_that_two_long_ones_have_is_neither(blank):
    marked = (
        "<AGENCY>Widget Board</AGENCY> and <AGENCY>Gadget Board</AGENCY>; <AGENCY>Board</AGENCY>"
    )
    assert clusters(blank, marked) == [["Board"], ["Gadget Board"], ["Widget Board"]]


def test_the_sender_speaks_of_itself(blank):
    marked = (
        "<AGENCY>Post</AGENCY>, <AGENCY>Embassy</AGENCY> and <AGENCY>Embassy Astana</AGENCY>; "
        "<AGENCY>Embassy London</AGENCY>"
    )
    assert clusters(blank, marked, origin="Embassy Astana") == [
        ["Embassy London"],
        ["Post", "Embassy", "Embassy Astana"],
    ]


def test_surname_goes_to_the_one_last_named(blank):
    marked = (
        "<OFFICIAL>Andreas Papandreou</OFFICIAL> spoke. <OFFICIAL>Papandreou</OFFICIAL> left. "
        "<OFFICIAL>George Papandreou</OFFICIAL> came. "
        "<OFFICIAL>Papandreou</OFFICIAL> stayed, <OFFICIAL>Andreas</OFFICIAL> not"
    )
    assert clusters(blank, marked) == [
        ["Andreas Papandreou", "Papandreou", "Andreas"],
        ["George Papandreou", "Papandreou"],
    ]


def test_cluster_facts(blank):
    text, spans = parse_marked(
        "<OFFICIAL>Ecevit</OFFICIAL> on <DATE>May 1</DATE>: "
        "<OFFICIAL>Prime Minister Ecevit</OFFICIAL>"
    )
    doc = blank.make_doc(text)
    doc.ents = [doc.char_span(*span[:2], label=span[2]) for span in spans]
    EntityClusters(blank, "aliases")(doc)
    assert doc._.clusters == [
        {
            "cluster": 0,
            "label": "OFFICIAL",
            "name": "Prime Minister Ecevit",
            "kb_id": "",
            "mentions": 2,
        }
    ]
    assert [ent.id_ for ent in doc.ents] == ["0", "", "0"]


def test_time_is_linear(blank):
    def seconds(count):
        text = " ".join(
            f"General Name{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}son met." for i in range(count)
        )
        doc = blank.make_doc(text)
        doc.ents = [_labelled(doc, i) for i in range(0, len(doc) - 3, 4)]
        start = process_time()
        EntityClusters(blank, "aliases").process(doc)
        return process_time() - start

    seconds(200)
    assert seconds(4000) < 60 * max(seconds(400), 0.005)


def test_what_no_name_can_be_is_not_looked_for_in_every_spelling(blank):
    """100 kB of "Ministry of Foreign " in one entity took 9.8 GB: a copy without each of its
    letters."""
    doc = blank.make_doc("Ministry of Foreign " * 5000)
    for label in ("AGENCY", "PERSON"):
        doc.ents = [Span(doc, 0, len(doc), label=label)]
        start = process_time()
        EntityClusters(blank, "aliases")(doc)
        assert process_time() - start < 20


def test_mentions_of_one_name_take_linear_time(blank):
    def seconds(count):
        doc = blank.make_doc("Nazarbayev " * count)
        doc.ents = [Span(doc, i, i + 1, label="OFFICIAL") for i in range(count)]
        start = process_time()
        EntityClusters(blank, "aliases").process(doc)
        return process_time() - start

    seconds(100)
    assert seconds(8000) < 30 * max(seconds(800), 0.01)


def _labelled(doc, start):
    return Span(doc, start, start + 2, label="OFFICIAL")


def test_persons_marked_by_the_historians(shared, blank):
    """B-cubed F1 of at least 0.95 over a tenth of the telegrams (scripts/evaluate_clusters.py
    measures all)."""
    import evaluate_clusters as script
    from cablespan.reading.lines import json_lines

    aliases, scores = EntityClusters(blank, "aliases"), []
    for telegram in islice(json_lines(script.TELEGRAMS), 0, None, 10):
        doc, gold = script.marked_persons(blank, telegram)
        named = [
            (ref, number) for ref, number in zip(gold, aliases.process(doc), strict=True) if ref
        ]
        if named:
            scores.append(bcubed(*zip(*named, strict=True)).f1)
    assert sum(scores) / len(scores) > 0.95


def test_telegrams_with_mistakes_are_shown(tmp_path, monkeypatch, capsys):
    import evaluate_clusters as script

    text = "Mr. Roe spoke. Mr. Doe left. Mr. Roe and Mr. Poe stayed."
    spans = [(0, 7, "person", "#roe"), (15, 22, "person", None), (29, 36, "person", "#other")]
    telegram = {"id": "v1/d1", "paragraphs": [{"text": text, "spans": spans}], "terms": {}}
    path = tmp_path / "telegrams.json"
    path.write_text(json.dumps(telegram))
    monkeypatch.setattr(script, "TELEGRAMS", path)
    monkeypatch.setattr("sys.argv", ["evaluate_clusters.py", "--show", "1"])
    script.main()
    assert re.match(r"v1/d1 0.67 \[\('#other', \d+, 'Mr. Roe'\), ", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("marked", "label"),
    [
        (
            "<PERSON>Soilihi Mohamed</PERSON> fled. Police arrested <OFFICIAL>Mohamed</OFFICIAL>.",
            "PERSON",
        ),
        (
            "<OFFICIAL>Prime Minister Ecevit</OFFICIAL> spoke. <PERSON>Ecevit</PERSON> left.",
            "OFFICIAL",
        ),
    ],
)
def test_one_individual_has_one_label(blank, marked, label):
    text, spans = parse_marked(marked)
    doc = blank.make_doc(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    EntityClusters(blank, "aliases")(doc)
    assert {ent.label_ for ent in doc.ents} == {label}
