"""Names of the lexicon are found as spaCy cuts them, though they are cut when they are needed."""

import sys

import pytest
import spacy
from spacy.tokens import Doc

from cablespan.components.entities.lexicon_names import (
    LEXICON_FEATURES,
    classes,
    find,
    surfaces,
)


@pytest.mark.parametrize("case", [str, str.upper])
def test_each_name_is_found_where_it_is_written(case):
    tokenizer = spacy.blank("en").tokenizer
    written = [s for text in list(surfaces())[::40] for s in surfaces()[text]]
    lost = []
    for surface in written:
        doc = tokenizer(case(surface.text))
        if (0, len(doc), surface) not in find(doc):
            lost.append(surface.text)
    assert len(written) > 1500 and not lost


@pytest.mark.parametrize(
    ("text", "word", "known_as"),
    [
        ("He said so.", "said", "cue"),  # a given name, too
        ("Mr. Said left.", "Said", "given_name"),
        ("The price of wood rose.", "wood", "word"),  # a surname, too
        ("The Mr. Orr of NATO", "Orr", "surname"),  # an office's acronym, too
        ("The Mr. Orr of NATO", "NATO", "org"),
    ],
)
def test_case_tells_names_from_words_and_acronyms(text, word, known_as):
    doc = spacy.blank("en").tokenizer(text)
    (number,) = [
        number for token, number in zip(doc, classes(doc), strict=True) if token.text == word
    ]
    assert LEXICON_FEATURES[(number - 1) // 2] == known_as


def test_no_vocabulary_is_held_on_to():
    vocab = spacy.blank("en").vocab
    held = sys.getrefcount(vocab)
    classes(Doc(vocab, ["The", "Justice", "Ministry", "told", "Mr.", "Orr"]))
    assert sys.getrefcount(vocab) == held
