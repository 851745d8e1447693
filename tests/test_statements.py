import pytest
from spacy.lang.en import English
from spacy.tokens import Span

from cablespan.components.sentences import Sentences
from cablespan.components.statements.by_rule import Statements
from cablespan.components.statements.promises import Promises
from cablespan.document import STATEMENTS, make_doc
from cablespan.labels import Statement

NLP = English()
STATEMENTS_BY_RULE = Statements(NLP, "cable_statements")

CASES = [
    ("ADMIN", "Subject: Fish talks with Ruritania."),
    ("ADMIN", "End summary."),
    ("ADMIN", "Septel follows."),
    ("ADMIN", "FM AMEMBASSY OSLO\nTO SECSTATE WASHDC 1234"),
    ("REQUEST", "Please advise."),
    ("REQUEST", "3. You should inform Foreign Minister Poe that we oppose the dam."),
    ("REQUEST", "Embassy would appreciate Department's early guidance."),
    ("RECOMMENDATION", "Post recommends keeping Ruritania off the list."),
    ("RECOMMENDATION", "We should therefore press Strelsau."),
    ("COMMITMENT", "He promised to reply by Saturday."),
    ("COMMITMENT", "The GOR plans to draft amendments this year."),
    ("COMMENT", "We believe the situation can only be defused by outside efforts."),
    ("COMMENT", "4. (C) The attempt was probably a feint."),
    ("CLAIM", "Poe said the harbor was closed."),
    ("CLAIM", "I told him that the harbor was open."),
    ("CLAIM", "According to the Ministry, the dues had doubled."),
    ("REPORT", "The Ambassador met Foreign Minister Poe on May 3."),
    ("REPORT", "The court acquitted both men."),
]


@pytest.mark.parametrize(("label", "text"), CASES)
def test_the_scheme_s_examples(label, text):
    assert [str(found) for _, found in STATEMENTS_BY_RULE.process(NLP(text))] == [label]


def test_a_sentence_without_a_cue_goes_on_with_what_was_said():
    doc = STATEMENTS_BY_RULE(
        NLP("Poe said the harbor was closed. He had no ship left. The sun set at six.")
    )
    assert [span.label_ for span in doc.spans[STATEMENTS]] == ["CLAIM", "CLAIM", "REPORT"]


def test_headings_are_admin_and_every_sentence_has_one_label():
    doc = make_doc(
        NLP,
        ["We should leave", "We should leave. They left."],
        {"paragraphs": [{"kind": "heading"}, {"kind": "numbered"}]},
    )
    group = STATEMENTS_BY_RULE(doc).spans[STATEMENTS]
    assert [(span.text, span.label_) for span in group] == [
        ("We should leave", "ADMIN"),
        ("We should leave.", "RECOMMENDATION"),
        ("They left.", "REPORT"),
    ]
    assert len(group.attrs["scores"]) == len(group) and {span.label_ for span in group} <= set(
        Statement
    )


def test_an_empty_text_has_no_statement():
    assert not STATEMENTS_BY_RULE(NLP("")).spans[STATEMENTS]


def test_a_reported_promise_that_the_classifier_was_unsure_of_is_a_commitment():
    doc = NLP(
        "Poe told us that Ruritania plans to join. Poe told us that Ruritania plans to leave. Poe said it rained."
    )
    Sentences(NLP, "sentences")(doc)
    doc.spans["statements"] = [Span(doc, s.start, s.end, label="CLAIM") for s in doc.sents]
    doc.spans["statements"].attrs["scores"] = [0.5, 0.9, 0.4]
    Promises(NLP, "promises")(doc)
    assert [span.label_ for span in doc.spans["statements"]] == ["COMMITMENT", "CLAIM", "CLAIM"]
    assert doc.spans["statements"].attrs["scores"] == [0.5, 0.9, 0.4]
