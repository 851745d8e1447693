"""The Doc contract: what hangs on a Doc, for plain texts too."""

import pytest
from spacy.lang.en import English
from spacy.tokens import Doc, DocBin, Span

from cablespan import parse
from cablespan.document import (
    LONGEST_WORD,
    Claim,
    PlacedClaim,
    make_doc,
    set_claims,
    to_doc,
    tokenized,
)
from cablespan.records import from_record, paragraph_record, to_record

NLP = English()
TEXT = "Minister Poe said the dam held. It rained."


@pytest.fixture
def doc() -> Doc:
    doc = NLP(TEXT)
    doc.ents = [Span(doc, 0, 2, label="OFFICIAL", kb_id="person:Poe", span_id="3")]
    doc.spans["statements"] = [Span(doc, 0, 7, label="CLAIM"), Span(doc, 7, 10, label="REPORT")]
    set_claims(doc, [PlacedClaim((0, 12), (13, 17), (18, 30), 3, "asserted")])
    return doc


def test_claims_are_spans(doc):
    (claim,) = doc._.claims
    assert claim == Claim(doc[0:2], doc[2:3], doc[3:6], speaker=3, certainty="asserted")
    assert (claim.source.text, claim.cue.text, claim.content.text) == (
        "Minister Poe",
        "said",
        "the dam held",
    )
    assert NLP("Nobody speaks.")._.claims == []


def test_a_span_knows_its_statement_and_its_id(doc):
    assert doc[8:9]._.statement == "REPORT" and doc._.claims[0].content._.statement == "CLAIM"
    assert doc._.claims[0].source._.kb == "person:Poe" and doc[8:9]._.kb is None
    assert NLP("Nobody speaks.")[0:1]._.statement is None


def test_what_is_in_reach_survives_bytes(doc):
    again = Doc(NLP.vocab).from_bytes(doc.to_bytes())
    assert [str(claim) for claim in again._.claims] == [str(claim) for claim in doc._.claims]


def test_a_plain_text_is_a_record_of_one_paragraph(doc):
    record = to_record(doc)
    assert record["id"] == "text" and record["header"]["subject"] is None
    assert [(p["id"], p["text"], p["source_map"]) for p in record["paragraphs"]] == [
        ("text/1", TEXT, [[0, 0, len(TEXT)]])
    ]
    assert record["claims"][0]["source"] == {"start": 0, "end": 12, "text": "Minister Poe"}
    assert to_record(from_record(NLP, record)) == record
    assert to_record(NLP(""))["paragraphs"] == []


def test_a_cable_out_of_a_docbin_is_the_same_record():
    cable = parse("SUBJECT: FISH\nTAGS: EFIS, NO\n\n1. (U) Poe spoke.\n\nCOMMENT\n\n2. (C) No.")
    doc = to_doc(NLP, cable)
    doc._.clusters = [{"cluster": 0, "candidates": [{"kb_id": "person:Poe", "score": 0.5}]}]
    assert to_record(kept(doc, store_user_data=True)) == to_record(doc)
    bare = to_record(kept(doc, store_user_data=False))
    assert [(p["id"], p["kind"], p["text"]) for p in bare["paragraphs"]] == [
        ("text/1", "numbered", "Poe spoke."),
        ("text/2", "heading", "COMMENT"),
        ("text/3", "numbered", "No."),
    ]


def kept(doc: Doc, **options) -> Doc:
    """The Doc as it comes back out of a DocBin."""
    stored = DocBin(docs=[doc], **options).to_bytes()
    return next(DocBin().from_bytes(stored).get_docs(NLP.vocab))


def test_what_has_no_blank_is_cut_into_tokens_that_a_tokenizer_can_bear():
    text = f"before {'—' * 5 * LONGEST_WORD} after\n\nit"
    doc = tokenized(NLP, text)
    assert doc.text == text and doc[0].text == "before" and doc[-3].text == "after"
    usual = "It don't rain, U.S. officials said.\n\nhttp://example.org/a/b?c=d"
    tokens = [(t.text, t.whitespace_, t.norm_) for t in tokenized(NLP, usual)]
    assert tokens == [(t.text, t.whitespace_, t.norm_) for t in NLP.tokenizer(usual)]


def test_paragraphs_of_a_cable():
    doc = make_doc(NLP, ["One.", "Two."], {"paragraphs": [{"kind": "text"}, {"kind": "heading"}]})
    assert [(span.text, span.label_) for span in doc.spans["paragraphs"]] == [
        ("One.", "text"),
        ("Two.", "heading"),
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["It rained.", "    Poe left."],
        ["It rained. ", "\nPoe left.\n\n", " \n"],
        ["", "It rained,s.", "", "  Poe left. ", ""],
        [""],
    ],
)
def test_a_paragraph_keeps_white_space_at_its_edges_and_what_lies_in_it(texts):
    paragraphs = [paragraph_record(f"text/{number}", text) for number, text in enumerate(texts)]
    record = to_record(NLP("")) | {"paragraphs": paragraphs}
    record["entities"] = [
        {"paragraph": paragraph["id"], "start": start, "end": start + 3, "label": "PERSON"}
        | {"text": "Poe", "kb_id": None, "cluster": None, "score": None}
        for paragraph in paragraphs
        if (start := paragraph["text"].find("Poe")) >= 0
    ]
    doc = from_record(NLP, record)
    assert to_record(doc) == to_record(kept(doc, store_user_data=True)) == record


def test_a_text_in_place_of_a_cable_is_refused_with_the_remedy():
    with pytest.raises(TypeError, match=r"a str, no cable: take nlp\(text\), or .*parse\(text\)"):
        to_doc(NLP, "SUBJECT: FISH")
