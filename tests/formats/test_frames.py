"""Tables of pandas and polars: cables in, what was found out."""

import pytest
from spacy.lang.en import English
from spacy.tokens import Span

from cablespan.document import PlacedClaim, set_claims, to_doc
from cablespan.formats.frames import from_frame, to_frame
from cablespan.records import to_record

NLP = English()
DATA = {
    "ref": ["07OSLO1", "07OSLO2"],
    "body": ["SUBJECT: FISH\n\n1. (U) Poe said it rained.", "1. (U) All is well."],
    "year": [2007, None],
}


@pytest.fixture(params=["pandas", "polars"])
def library(request):
    return pytest.importorskip(request.param)


def test_a_column_of_cables(library):
    one, other = from_frame(library.DataFrame(DATA), text="body", id="ref")
    assert (one.id, one.header.subject, one.meta) == (
        "07OSLO1",
        "FISH",
        {"year": 2007},
    )
    assert other.meta["year"] is None and other.paragraphs[0].text == "All is well."


def test_a_row_without_text_is_told(library):
    frame = library.DataFrame({"text": ["1. (U) All is well.", None]})
    with pytest.warns(UserWarning, match="row 2: the file is empty"):
        assert len(list(from_frame(frame))) == 1
    with pytest.raises(ValueError, match="no column 'body'; there are text"):
        from_frame(frame, text="body")


def test_what_was_found_is_a_row_a_span(library):
    cables = from_frame(library.DataFrame(DATA), text="body", id="ref")
    docs = [to_doc(NLP, cable) for cable in cables]
    docs[0].ents = [Span(docs[0], 0, 1, label="PERSON", span_id="3")]
    set_claims(docs[0], [PlacedClaim(None, (4, 8), (9, 18), 3, "asserted")])
    tables = to_frame(docs, library=library.__name__)
    (entity,) = rows(tables.entities)
    assert (entity["cable"], entity["text"], entity["cluster"]) == ("07OSLO1", "Poe", 3)
    (claim,) = rows(tables.claims)
    assert (claim["cue_text"], claim["content_start"], claim["speaker_cluster"]) == ("said", 9, 3)
    assert len(tables.statements) == 0 and "label" in tables.statements.columns
    of_records = to_frame(map(to_record, docs), library=library.__name__)
    assert rows(of_records.claims) == rows(tables.claims)


def rows(table) -> list[dict]:
    return (
        table.to_dict("records")
        if hasattr(table, "to_dict") and hasattr(table, "iloc")
        else table.to_dicts()
    )
