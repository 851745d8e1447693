"""What people of the spaCy world try with any pipeline works with ours."""

import copy
import pickle
import threading

import pytest
import spacy
from spacy import displacy
from spacy.matcher import Matcher
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

import cablespan
from cablespan.labels import Entity

CABLE = """R 210941Z FEB 07
FM AMEMBASSY ASTANA
TO SECSTATE WASHDC
UNCLAS ASTANA 000454

SUBJECT: A FIRST CABLE

1. (U) Summary: The Justice Ministry told Econoff on May 22 that it plans to amend the law.

2. (U) Minister Zhumabekov said that the Financial Police had closed ten shops.
"""


@pytest.fixture(scope="module")
def nlp():
    return cablespan.load()


@pytest.fixture(scope="module")
def record(nlp):
    return cablespan.to_record(nlp(CABLE))


def through_docbin(doc):
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    return next(DocBin().from_bytes(stored).get_docs(spacy.blank("en").vocab))


@pytest.mark.parametrize(
    "copied",
    [
        Doc.copy,
        copy.copy,
        copy.deepcopy,
        through_docbin,
        lambda doc: pickle.loads(pickle.dumps(doc)),
        lambda doc: Doc(doc.vocab).from_bytes(doc.to_bytes()),
    ],
)
def test_a_copy_of_a_doc_gives_the_same_record(nlp, record, copied):
    assert cablespan.to_record(copied(nlp(CABLE))) == record


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda nlp: pickle.loads(pickle.dumps(nlp))], ids=["deep", "pickled"]
)
def test_a_copy_of_a_pipeline_annotates_alike(nlp, record, copied):
    assert cablespan.to_record(copied(nlp)(CABLE)) == record


def test_what_a_doc_holds_beside_spans_is_plain_data(nlp):
    """An enum's member equals its text, and comes out of a DocBin as another type."""

    def types(value) -> set[type]:
        if isinstance(value, dict):
            value = [*value, *value.values()]
        inner = value if type(value) in (list, tuple) else ()
        return set().union(*map(types, inner)) or {type(value)}

    doc = nlp(CABLE)
    assert any(cluster["label"] == "OFFICIAL" for cluster in doc._.clusters)
    held = [*doc.user_data.values(), *(group.attrs for group in doc.spans.values())]
    assert types(held) <= {str, int, float, bool, type(None), list, tuple}


def test_threads_share_a_pipeline(nlp, record):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(cablespan.to_record(nlp(CABLE))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [record] * 3


@pytest.mark.filterwarnings("ignore:.*W101")
def test_joined_docs_keep_their_claims_apart(nlp):
    both = Doc.from_docs([nlp("Poe said it rained."), nlp("Roe told Econoff that it snowed.")])
    assert [claim.cue.text for claim in both._.claims] == ["said", "told"]


def test_a_ruler_before_the_model_has_its_way(nlp):
    mine = copy.deepcopy(nlp)
    ruler = mine.add_pipe("entity_ruler", before="ner")
    ruler.add_patterns([{"label": "ORG", "pattern": "ten shops"}])
    entities = {entity.text: entity.label_ for entity in mine(CABLE).ents}
    assert entities["ten shops"] == "ORG" and entities["Financial Police"] == "AGENCY"


def test_the_ids_of_a_ruler_are_no_clusters():
    mine = spacy.blank("en")
    ruler = mine.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ORG", "pattern": "Blue Harvest", "id": "harvest"}])
    (entity,) = cablespan.to_record(mine("Blue Harvest closed."))["entities"]
    assert entity["text"] == "Blue Harvest" and entity["cluster"] is None


def test_entities_can_be_changed_before_the_record_is_made(nlp):
    doc = nlp(CABLE)
    first = Span(doc, doc.ents[0].start, doc.ents[0].end, label="PERSON")
    doc.ents = [first, *doc.ents[1:]]
    assert cablespan.to_record(doc)["entities"][0]["label"] == "PERSON"


def test_rules_of_tokens_see_our_entities(nlp):
    matcher = Matcher(nlp.vocab)
    matcher.add("BODY", [[{"ENT_TYPE": "AGENCY", "OP": "+"}]], greedy="LONGEST")
    spans = matcher(nlp(CABLE), as_spans=True)
    assert "Financial Police" in [span.text for span in spans]


def test_a_pipeline_judges_and_trains_itself(nlp):
    mine = copy.deepcopy(nlp)
    example = Example.from_dict(
        mine.make_doc("It rained in Oslo."), {"entities": [(13, 17, "ORG")]}
    )
    assert mine.evaluate([example])["ents_f"] == 0
    losses = mine.update([example], sgd=mine.resume_training())
    assert losses["ner"] > 0 and losses["statements"] == 0


@pytest.mark.parametrize("key", ["statements", "claims"])
def test_displacy_draws_spans(nlp, key):
    assert "displacy" not in displacy.render(nlp(CABLE), style="span", options={"spans_key": key})


def test_labels_have_their_colour_and_their_definition(nlp):
    assert Entity.OFFICIAL.colour in displacy.render(nlp(CABLE), style="ent")
    assert spacy.explain("OFFICIAL") == Entity.OFFICIAL.definition


def test_a_text_where_a_path_is_wanted_is_named(nlp):
    with pytest.raises(FileNotFoundError, match="cablespan.parse"):
        cablespan.read(CABLE)
