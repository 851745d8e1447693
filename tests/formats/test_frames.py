"""Tables of pandas and polars: cables in, what was found out."""

import json
from datetime import datetime

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


def test_bytes_are_decoded_as_a_files_are_and_zero_is_an_id(library):
    cables = ["1. (U) Präsident Roe agreed.".encode(), b"1. (U) All is well."]
    frame = library.DataFrame({"text": cables, "id": [0, 1]})
    one, other = from_frame(frame, id="id")
    assert (one.id, other.id) == ("0", "1")
    assert one.paragraphs[0].text == "Präsident Roe agreed."


def test_a_row_without_text_is_told(library):
    frame = library.DataFrame({"text": ["1. (U) All is well.", None]})
    with pytest.warns(UserWarning, match="row 2: the file is empty"):
        assert len(list(from_frame(frame))) == 1
    with pytest.raises(ValueError, match="no column 'body'; there are text"):
        from_frame(frame, text="body")


def test_cells_become_plain_data(library):
    """Times, whole numbers of which some are missing, and columns that have numbers for names."""
    when = [datetime(2007, 2, 21, 9, 41), None]
    frame = library.DataFrame(DATA | {"when": when, "tags": [["EFIS", "NO"], ["NO"]]})
    if library.__name__ == "pandas":
        frame = frame.convert_dtypes().rename(columns={"year": 1})
    one, other = from_frame(frame, text="body", id="ref")
    year = "1" if library.__name__ == "pandas" else "year"
    assert one.meta == {year: 2007, "when": "2007-02-21T09:41:00", "tags": ["EFIS", "NO"]}
    assert other.meta == {year: None, "when": None, "tags": ["NO"]}
    assert json.loads(json.dumps(one.meta)) == one.meta


def test_a_column_that_is_not_there_is_named_beside_numbers():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ValueError, match="no column 'text'; there are 1, 2"):
        from_frame(pandas.DataFrame({1: ["a"], 2: ["b"]}))


def test_layers_that_a_record_has_not_got_make_no_rows(library):
    record = {"id": "A", "paragraphs": [{"id": "A/1", "text": "Roe left."}], "entities": None}
    claims = [{"paragraph": "A/1", "content": {"start": 4, "end": 8}}]
    tables = to_frame([record, record | {"claims": claims}], library=library.__name__)
    assert [len(table) for table in tables] == [0, 0, 1]


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
