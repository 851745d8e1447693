"""Names of the lexicon are found as spaCy cuts them, though they are cut when they are needed."""

import pytest
import spacy

from cablespan.components.entities.lexicon_names import find, surfaces


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
