"""The lexicon's things by what an annotator types."""

import pytest

from cablespan.review.lexicon_search import candidates


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("kazakhstan", "iso:KZ"),
        ("UN", "org:UN"),
        ("EU", "org:EU"),
        ("ARVN", "mil:ARVN"),
        ("Near East Bureau", "us:STATE/NEA"),
    ],
)
def test_a_thing_is_found_first_by_any_of_its_names(words, id):
    assert candidates(words)[0].id == id
