"""Entities by lexicon and pattern: marked text in, the same marks out."""

import pytest

from cablespan.components.entities.gazetteer import Gazetteer
from cablespan.components.entities.lexicon_names import LEXICON_FEATURES, classes, find
from marked import parse_marked

CASES = [
    "The <AGENCY>IPR Committee</AGENCY> and the <AGENCY>Financial Police</AGENCY> told "
    "<OFFICIAL>Econoff</OFFICIAL> so.",
    "<OFFICIAL>President Nazarbayev</OFFICIAL> visited <PLACE>Astana</PLACE> on "
    "<DATE>March 1</DATE>.",
    "Turkish <OFFICIAL>Prime Minister Ecevit</OFFICIAL> spoke in <PLACE>Ankara</PLACE>.",
    "The <OFFICIAL>Shah</OFFICIAL> received <OFFICIAL>Ambassador Meyer</OFFICIAL> "
    "<DATE>yesterday</DATE>.",
    "It lasts from <DATE>Sat Dec 4</DATE> to <DATE>Mon, Dec 6</DATE>.",
    "He paid <MONEY>$975,806</MONEY> in <DATE>February 2007</DATE>.",
    "<AGENCY>Ministry of Foreign Affairs</AGENCY> officials cited <LAW>TRIPS</LAW>.",
    "They should see <CABLE_REF>Ref A</CABLE_REF> and <CABLE_REF>reftel</CABLE_REF>.",
    "It cost <MONEY>72 million tenge</MONEY> in <DATE>2005</DATE>.",
    "<AGENCY>US</AGENCY> should support it; US aid continues, he said on a visit to "
    "<PLACE>US</PLACE>.",
    "THE <OFFICIAL>SHAH</OFFICIAL> TOLD <OFFICIAL>AMBASSADOR MEYER</OFFICIAL> THAT "
    "<PLACE>IRAN</PLACE> WOULD WAIT FOR AID.",
    "A visit to <PLACE>Kirkuk</PLACE> is planned for the ROK-Japan talks.",
    "He served as Foreign Minister under the former Defense Minister.",
    "<OFFICIAL>Prime Minister van Heyde</OFFICIAL> left <ORG>NATO</ORG>.",
]


@pytest.fixture(scope="module")
def gazetteer(blank):
    return Gazetteer(blank, "gazetteer")


@pytest.mark.parametrize("marked", CASES)
def test_marked_text(blank, gazetteer, marked):
    text, spans = parse_marked(marked)
    doc = gazetteer(blank(text))
    assert [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] == spans


def test_process_is_pure(blank, gazetteer):
    doc = blank("Embassy Astana reports.")
    assert gazetteer.process(doc)
    assert not doc.ents


def test_empty_and_odd_docs(blank, gazetteer):
    for text in ("", " ", "\n\n\n", "(((", "AMEMBASSY", "Mr.", "of of of", "–" * 50):
        gazetteer(blank(text))


def test_classes_are_stable(blank):
    assert LEXICON_FEATURES[:3] == ("country", "city", "region") and LEXICON_FEATURES[16:18] == (
        "word",
        "person",
    )
    doc = blank("USPTO told the Embassy in Kazakhstan.")
    found = classes(doc)
    assert len(found) == len(doc) and found[0] == 2 * LEXICON_FEATURES.index("us_agency") + 1
    assert found[5] == 2 * LEXICON_FEATURES.index("country") + 1


def test_pipeline_survives_disk_and_processes(tmp_path):
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("cable_gazetteer")
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    texts = ["Embassy Astana told NATO."] * 3
    for doc in again.pipe(texts, n_process=2):
        assert [ent.text for ent in doc.ents] == ["Embassy", "Astana", "NATO"]


def test_baseline_on_the_shared_gold(shared, blank, gazetteer):
    """The baseline stays a useful one: exact micro F1 on the development gold."""
    import gzip
    import json

    right = wrong = missed = 0
    for row in map(
        json.loads, gzip.decompress((shared / "gold" / "dev.jsonl.gz").read_bytes()).splitlines()
    ):
        doc = gazetteer(blank(row["text"]))
        found = {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents}
        gold = {(e["start"], e["end"], e["label"]) for e in row["entities"]}
        right, wrong, missed = (
            right + len(found & gold),
            wrong + len(found - gold),
            missed + len(gold - found),
        )
    assert 2 * right / (2 * right + wrong + missed) > 0.68


def test_names_end_with_the_text(blank):
    doc = blank("They left the United States for the United Arab")
    assert [
        (match.start, match.end) for match in find(doc) if match.surface.text == "United States"
    ] == [(3, 5)]
    assert all(match.end <= len(doc) for match in find(doc))
    assert len(classes(doc)) == len(doc)
