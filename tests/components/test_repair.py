import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English
from spacy.tokens import Span

from cablespan.components.repair import Repair, Restore
from cablespan.document import make_doc
from cablespan.formats.checks import fitted
from cablespan.formats.tasks import tokenize
from cablespan.records import to_record
from cablespan.signs import repaired

NLP = English()
REPAIR, RESTORE = Repair(NLP, "repair"), Restore(NLP, "restore")
DAMAGED = (
    "Foreign Minister Roe said that the accord was &incompatible with Norland,s values.8 "
    "The Conseil d,Etat, Norland,s highest court, doesn,t agree."
)
WRITTEN = (
    'Foreign Minister Roe said that the accord was "incompatible with Norland\'s values." '
    "The Conseil d'Etat, Norland's highest court, doesn't agree."
)


@pytest.mark.parametrize(
    ("damaged", "written"),
    [
        (DAMAGED, WRITTEN),
        ("The G-8,s plan; the U.S.,s share", "The G-8's plan; the U.S.'s share"),
        ("O,Brien met l,Express", "O'Brien met l'Express"),
        ("&Yes,8 he said, &but not now8; none.", '"Yes," he said, "but not now"; none.'),
    ],
)
def test_apostrophes_and_quotation_marks_are_read_again(damaged, written):
    assert repaired(damaged) == written


@pytest.mark.parametrize(
    "text",
    [
        "Roe, Doe and 8 others saw AT&T, S&P and F-8s, d. 1998.",
        "Annexes a,b and c,d of paragraph 8",
        "&one quotation without an end",
        "The G8 met on May 8. It ended.8",
    ],
)
def test_what_is_not_damaged_stays(text):
    assert repaired(text) == text
    doc = NLP(text)
    assert REPAIR(doc) is doc and RESTORE(doc) is doc


@given(st.text("aB ,s&8.d'\n", max_size=60))
def test_the_cable_keeps_its_signs(text):
    assert len(repaired(text)) == len(text)
    assert RESTORE(REPAIR(NLP(text))).text == text


def test_a_damaged_cable_is_understood_as_the_whole_one(bundled):
    damaged, whole = (to_record(doc) for doc in bundled.pipe([DAMAGED, WRITTEN]))
    layers = ("entities", "statements", "claims")
    places = [
        [places_of(found) for layer in layers for found in record[layer]]
        for record in (damaged, whole)
    ]
    assert places[0] == places[1]
    assert damaged["paragraphs"][0]["text"] == DAMAGED
    assert any(entity["text"] == "Conseil d,Etat" for entity in damaged["entities"])


def places_of(found):
    """What was found without the text that it covers."""
    if not isinstance(found, dict):
        return found
    return {key: places_of(value) for key, value in found.items() if key != "text"}


def test_what_a_doc_holds_comes_along():
    doc = make_doc(NLP, ["Norland,s court"], {"paragraphs": [{"kind": "text"}]})
    doc.set_ents([Span(doc, 0, 1, "PLACE", kb_id="iso:NO", span_id="3")])
    doc.spans["paragraphs"].attrs["read"] = True
    after = RESTORE(REPAIR(doc))
    (entity,) = after.ents
    assert (entity.text, entity.label_, entity.kb_id_, entity.id_) == (
        "Norland",
        "PLACE",
        "iso:NO",
        "3",
    )
    assert after._.cable == doc._.cable and after.spans["paragraphs"][0].text == "Norland,s court"
    assert after.spans["paragraphs"].attrs == {"read": True}


def test_paragraphs_keep_white_space_at_their_edges():
    texts = ["Norland,s court. ", "    Poe left.", ""]
    doc = RESTORE(REPAIR(make_doc(NLP, texts, {"paragraphs": [{"kind": "text"}] * 3})))
    assert [span.text for span in doc.spans["paragraphs"]] == texts


def test_a_doc_that_nobody_annotated_stays_so():
    assert not RESTORE(REPAIR(NLP("Norland,s court"))).has_annotation("ENT_IOB")


def test_contexts_and_processes(bundled):
    found = list(bundled.pipe([(DAMAGED, 1), (WRITTEN, 2)], as_tuples=True, n_process=2))
    assert [(doc.text, context) for doc, context in found] == [(DAMAGED, 1), (WRITTEN, 2)]
    assert found[0][0].ents and found[0][0]._.claims


def test_a_span_that_ends_at_a_damaged_sign_cuts_no_token():
    record = {
        "paragraphs": [{"id": "A/1", "text": "He named &Roe,8 no more."}],
        "entities": [{"paragraph": "A/1", "start": 10, "end": 13, "label": "PERSON"}],
    }
    assert fitted(record, {"A/1": "gold.jsonl:1"}, tokenize) == (record, [])
