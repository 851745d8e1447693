"""A component that raises costs its layer, and never a cable."""

from io import StringIO

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import raise_error

import cablespan
from cablespan.components.entities.values import Values
from cablespan.document import to_doc
from cablespan.records import to_record

CABLES = [
    f"UNCLAS OSLO {number}\nSUBJECT: ROADS\n\n1. (U) Prime Minister Doe said on May 6 that "
    f"the road is {state}."
    for number, state in enumerate(("open", "BROKEN", "closed"), 1)
]
pytestmark = pytest.mark.filterwarnings("ignore:.*failed and is left out")


def broken(doc: Doc) -> bool:
    return "BROKEN" in doc.text


@Language.component("breaks")
def breaks(doc: Doc) -> Doc:
    if broken(doc):
        raise KeyError("sixth")
    return doc


@pytest.fixture
def nlp():
    return cablespan.load(ops="numpy")


def records(nlp: Language, **options) -> list[dict]:
    docs = [to_doc(nlp, next(cablespan.read(StringIO(text)))) for text in CABLES]
    return list(map(to_record, nlp.pipe(docs, **options)))


@pytest.mark.parametrize("n_process", [1, 2])
def test_a_rule_component_fails_on_one_cable_of_three(nlp, monkeypatch, n_process):
    whole, annotate = records(nlp), Values.annotate
    monkeypatch.setattr(Values, "annotate", lambda self, doc: annotate(self, breaks(doc)))
    first, second, third = records(nlp, n_process=n_process)
    assert (first, third) == (whole[0], whole[2])
    assert second["notes"] == ["values failed and is left out: KeyError: 'sixth'"]
    assert second["statements"] == whole[1]["statements"] != []
    assert [entity["label"] for entity in second["entities"]] == [
        entity["label"] for entity in whole[1]["entities"]
    ]


@pytest.mark.parametrize("name, layer", [("ner", "entities"), ("statements", "statements")])
def test_a_trained_component_fails_in_a_batch(nlp, monkeypatch, name, layer):
    whole, component = records(nlp), nlp.get_pipe(name)
    predict = component.predict
    fragile = lambda docs: predict(list(map(breaks, docs)))  # noqa: E731
    monkeypatch.setattr(component, "predict", fragile, raising=False)
    first, second, third = records(nlp)
    assert (first[layer], third[layer]) == (whole[0][layer], whole[2][layer])
    assert layer not in second and second["claims"] is not None
    assert second["notes"] == [f"{name} failed and is left out: KeyError: 'sixth'"]


def test_without_the_vectors_of_a_cable_no_layer_makes_any_up(nlp, monkeypatch):
    tok2vec = nlp.get_pipe("tok2vec")
    predict = tok2vec.predict
    fragile = lambda docs: predict(list(map(breaks, docs)))  # noqa: E731
    monkeypatch.setattr(tok2vec, "predict", fragile, raising=False)
    _, second, _ = records(nlp)
    assert {"entities", "statements", "claims"}.isdisjoint(second)
    assert [note.split()[0] for note in second["notes"]][:2] == ["tok2vec", "ner"]


@pytest.mark.parametrize("n_process", [1, 2])
def test_a_function_that_was_added_costs_no_cable(nlp, n_process):
    nlp.add_pipe("breaks", after="ner")
    noted = [len(record.get("notes", ())) for record in records(nlp, n_process=n_process)]
    assert noted == [0, 1, 0]
    assert nlp(CABLES[1])._.failed == {"breaks": "KeyError: 'sixth'"}


def test_errors_can_be_raised_as_in_spacy(nlp, tmp_path):
    nlp.add_pipe("breaks")
    nlp.set_error_handler(raise_error)
    with pytest.raises(KeyError, match="sixth"):
        records(nlp)
    nlp.to_disk(tmp_path)
    with pytest.raises(KeyError, match="sixth"):
        list(spacy.load(tmp_path).pipe(CABLES))
