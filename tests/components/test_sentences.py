import gzip

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English

from cablespan.components.sentences import Sentences, sentence_starts, statement_spans
from cablespan.document import make_doc

NLP = English()
SENTENCES = Sentences(NLP, "cable_sentences")

# A bar marks where a sentence must end and the next begin.
CASES = [
    "1. (C) Gen. Roe met Amb. Poe at 9 a.m. EST Dec. 3.|He left at noon.",
    "The U.S. draft cost 3.5 million dollars.|It was filed under Art. 12, para. 4 of the code.",
    "He hopes for better ties with the U.S.|They were, he said, overdue.",
    "U.S. Embassy staff met the U.S. Department of Energy and Lt. Cdr. Poe (circ. 22,000).",
    "She is back from the U.S.|He stays in the U.K.|End note.",
    "J. R. Poe and M.J. Roe called on Dr. Loe.|Why now?|Nobody asked.",
    "He called it “a dead end.”|She agreed (and said so at once.)|End comment.",
    "He wants tools, spares, etc. for the plant, e.g. pumps.|Nothing else...|We asked twice.",
    "4871. |Subject: Fish talks.|Ref: A. Oslo 12, B. Oslo 14.",
    "MINISTER SAID NO.|HE WOULD NOT SIGN.|HOUSE ROSE AT 3 P.M. IN TUMULT.|ROE",
    "(a) Port dues.|(b) Fees of the pilots.",
    "They marched (many had come by lorry, on foot and by train.) until dusk.|Then it rained.",
    "The dues were paid\nin full. |He was\nglad.",
    "He left at once. |. . . They stayed.",
    "The dam . |The wall ? |The dike .",
]


@pytest.mark.parametrize("marked", CASES)
def test_sentences_of_cables(marked):
    doc = SENTENCES(NLP(marked.replace("|", " ")))
    assert [span.text for span in statement_spans(doc)] == [
        part.strip() for part in marked.split("|")
    ]


def test_no_sentence_leaves_its_paragraph():
    paragraphs = [{"kind": "heading"}, {"kind": "numbered"}, {"kind": "numbered"}]
    doc = make_doc(
        NLP, ["Fish talks", "Talks went on", "in Oslo.  Roe left."], {"paragraphs": paragraphs}
    )
    assert [span.text for span in statement_spans(SENTENCES(doc))] == [
        "Fish talks",
        "Talks went on",
        "in Oslo.",
        "Roe left.",
    ]


def test_blank_lines_separate_where_no_paragraphs_are_known():
    doc = SENTENCES(NLP("Summary\n\nRoe went\nhome\n \nPoe stayed"))
    assert [span.text for span in statement_spans(doc)] == [
        "Summary",
        "Roe went\nhome",
        "Poe stayed",
    ]


@given(st.text(alphabet='aB. ?!\n"”)(1U,', max_size=60))
def test_sentences_cover_every_word_once(text):
    doc = SENTENCES(NLP(text))
    covered = [token.i for span in statement_spans(doc) for token in span if not token.is_space]
    assert covered == [token.i for token in doc if not token.is_space]
    assert sentence_starts(doc) == [token.i for token in doc if token.is_sent_start]


def test_agrees_with_the_gold(shared):
    found = right = wanted = 0
    with gzip.open(shared / "gold" / "dev.jsonl.gz") as lines:
        for row in map(orjson.loads, lines):
            spans = {
                (span.start_char, span.end_char)
                for span in statement_spans(SENTENCES(NLP(row["text"])))
            }
            gold = {(statement["start"], statement["end"]) for statement in row["statements"]}
            found, wanted, right = found + len(spans), wanted + len(gold), right + len(spans & gold)
    assert 2 * right / (found + wanted) > 0.98
