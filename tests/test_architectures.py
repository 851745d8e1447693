"""The network over sentences: what it is told of who sends a cable, of words around a statement,
and that it learns from both."""

import numpy
import pytest
import spacy
from spacy.tokens import Span
from spacy.training import Example
from thinc.api import Adam, Model, fix_random_seed

import cablespan
from cablespan.components.network.sentences import (
    sentence_attributions,
    sentence_ngrams,
    sentence_places,
)
from cablespan.components.network.span_tagger import SpanTagger, TaggedSpan
from cablespan.components.network.training import default_model
from cablespan.components.sentences import statement_spans
from cablespan.document import CLAIM_PARTS, STATEMENTS, make_doc
from cablespan.facts import SENDERS, origin, sender

SMALL = {"width": 8, "hidden": 8, "depth": 1, "ngrams": 1024}


def classifier(nlp, **changes):
    """A sentence classifier with a network small enough for a test."""
    model = default_model("cablespan.SentenceClassifier.v3", **(SMALL | changes))
    model["tok2vec"]["embed"] |= {"width": 8, "rows": [64, 64, 64, 64]}
    model["tok2vec"]["encode"] |= {"width": 8, "depth": 1}
    return nlp.add_pipe("cable_sentence_classifier", config={"model": model})


def ngrams_of(doc):
    return sentence_ngrams(doc, statement_spans(doc))


class TestSender:
    @pytest.mark.parametrize(
        ("cable", "name", "who"),
        [
            ({"header": {"origin": "Secretary of State"}}, "Secretary of State", "department"),
            ({"header": {"origin": "Embassy Astana"}}, "Embassy Astana", "post"),
            (
                {"header": {"origin": None, "from": "SECSTATE WASHDC"}},
                "SECSTATE WASHDC",
                "department",
            ),
            ({"header": {"origin": None, "from": "AMEMBASSY ASTANA"}}, "AMEMBASSY ASTANA", "post"),
            ({"meta": {"origin": "Department of State"}}, "Department of State", "department"),
            (
                {
                    "meta": {
                        "head": "12. Telegram From the Department of State to the Embassy in Iran"
                    }
                },
                "Department of State",
                "department",
            ),
            (
                {
                    "meta": {
                        "head": "12. Telegram From the Embassy in Iran to the Department of State"
                    }
                },
                "Embassy in Iran",
                "post",
            ),
            ({"meta": {"head": "Telegram From the Embassy in Iran"}}, "Embassy in Iran", "post"),
            ({"id": "07STATE7944"}, "STATE", "department"),
            ({"header": {"origin": "Secretary of Defense"}}, "Secretary of Defense", "department"),
            ({"id": "07ASTANA454"}, "ASTANA", "post"),
            (
                {"id": "frus1969-76ve04/d7", "meta": {"head": "12. Memorandum of Conversation"}},
                None,
                "",
            ),
            ({"id": None, "header": None, "meta": None}, None, ""),
            ({}, None, ""),
        ],
    )
    def test_post_or_department(self, cable, name, who):
        assert origin(cable) == name
        assert sender(cable) == who

    def test_the_header_goes_before_the_heading_and_that_before_the_id(self):
        cable = {
            "id": "07STATE7944",
            "meta": {"head": "Telegram From the Embassy in Iran"},
            "header": {"from": "SECSTATE WASHDC"},
        }
        assert (origin(cable), sender(cable)) == ("SECSTATE WASHDC", "department")
        assert origin(cable | {"header": {}}) == "Embassy in Iran"
        assert origin(cable | {"header": {}, "meta": {}}) == "STATE"

    @pytest.mark.parametrize(
        "name", ["States of the Gulf Cooperation Council", "Statesville", "Presidential Palace"]
    )
    def test_only_whole_words_name_the_department(self, name):
        assert sender({"header": {"origin": name}}) == "post"

    def test_every_statement_of_a_cable_is_told_who_sends_it(self, blank):
        paragraphs = [{"id": "1", "kind": "numbered"}, {"id": "2", "kind": "numbered"}]
        texts = ["Please call. We will wait.", "It rained."]
        for header, who in (
            ({"origin": "Secretary of State"}, "department"),
            ({"origin": "Embassy Oslo"}, "post"),
            ({}, ""),
        ):
            doc = make_doc(blank, texts, {"paragraphs": paragraphs, "header": header})
            assert [place.sender for place in sentence_places(doc, statement_spans(doc))] == [
                SENDERS.index(who)
            ] * 3


class TestFacts:
    """What the network is told of a sentence beside its words."""

    def test_where_it_stands(self, blank):
        paragraphs = [
            {"id": "1", "kind": "numbered", "section": "summary", "marking": "SBU"},
            {"id": "2", "kind": "item", "section": None, "marking": "C//NF"},
        ]
        texts = ["It rained. It snowed. It hailed. It cleared.", "Post agreed."]
        doc = make_doc(blank, texts, {"paragraphs": paragraphs})
        places = sentence_places(doc, statement_spans(doc))
        assert [place.position for place in places] == [0, 1, 2, 3, 0]
        assert len({place.block for place in places[:4]}) == 1 and places[4].block == 0
        assert [place.kind for place in places] == [0, 0, 0, 0, 1]
        assert places[0].marking != places[4].marking
        assert places[0].part < places[4].part

    def test_whether_it_is_the_text_of_another(self):
        body = "1. We were sent a note.\n\nBEGIN TEXT: It is shut. END TEXT.\n\n2. It is not."
        doc = cablespan.to_doc(spacy.blank("en"), cablespan.parse(body))
        blocks = [place.block for place in sentence_places(doc, statement_spans(doc))]
        assert blocks[0] == blocks[-1] == 0 and len(set(blocks[1:-1])) == 1 and blocks[1]

    def test_a_doc_that_no_reader_made(self, blank):
        doc = blank("It rained. It snowed.")
        assert [place.position for place in sentence_places(doc, statement_spans(doc))] == [0, 1]

    def test_who_speaks_there(self, blank):
        doc = blank("Minister Roe said it rained. It snowed.")
        parts = {"SOURCE": (0, 2), "CUE": (2, 3), "CONTENT": (3, 5)}
        doc.spans[CLAIM_PARTS] = [Span(doc, *place, label) for label, place in parts.items()]
        spoken, plain = sentence_attributions(doc, statement_spans(doc))
        assert blank.vocab.strings[spoken.source] == "roe"
        assert blank.vocab.strings[spoken.cue] == "said"
        assert spoken.content == 2, "two of six words: the second quarter"
        assert plain == (0, 0, 0)


class TestNgrams:
    def ngrams(self, blank, text: str) -> list[set[int]]:
        return [set(keys.tolist()) for keys in ngrams_of(blank(text))]

    def test_one_array_a_statement(self, blank):
        assert len(self.ngrams(blank, "Post called. Minister Roe came. It rained.")) == 3
        assert ngrams_of(blank("")) == []
        assert [len(keys) for keys in ngrams_of(blank("Rained"))] == [
            2
        ]  # the word, and the word as the first

    def test_capitals_are_no_other_words(self, blank):
        assert self.ngrams(blank, "Post called. It rained.") == self.ngrams(
            blank, "POST CALLED. IT RAINED."
        )

    def test_a_word_twice_counts_once(self, blank):
        once, twice = (
            ngrams_of(blank(text))[0].tolist()
            for text in ("Post saw it and left", "Post saw it and left and left")
        )
        added = set(twice) - set(once)
        assert len(added) == 1 and len(twice) == len(once) + 1, "only the pair `left and` is new"

    def test_a_word_says_something_else_as_own_as_first_before_and_after(self, blank):
        """`Rained` alone, and as the statement before and after another: no hash of the one is a
        hash of the other."""
        own = self.ngrams(blank, "Rained")[0]
        stop, after_it = self.ngrams(blank, "Rained. Stop.")
        _, last = self.ngrams(blank, "Stop. Rained.")
        first, _ = self.ngrams(blank, "Stop. Rained.")
        assert own < stop and own < last, (
            "its own words and its first words are the same wherever it stands"
        )
        alone = self.ngrams(blank, "Stop.")[0]
        before, after = after_it - alone, first - alone
        assert len(before) == len(after) == 2, "the two tokens of the neighbour"
        assert not before & after and not (before | after) & own

    def test_order_of_words_tells(self, blank):
        one, other = self.ngrams(blank, "a b c d e f")[0], self.ngrams(blank, "a b c f e d")[0]
        assert one != other and len(one & other) >= 6

    def test_neighbours_end_at_the_doc_not_at_the_paragraph(self, blank):
        apart = make_doc(
            blank,
            ["Stop.", "Rained."],
            {"paragraphs": [{"id": "1", "kind": "text"}, {"id": "2", "kind": "text"}]},
        )
        assert [set(keys.tolist()) for keys in ngrams_of(apart)] == self.ngrams(
            blank, "Stop. Rained."
        )


# The same two sentences, each a comment or a report by what is said before it, and by nothing else.
BEFORE = {"Post comment follows.": "COMMENT", "Radio reports follow.": "REPORT"}
SAID = ("The market was open.", "The harbor was quiet.")


def by_heart(nlp) -> list[Example]:
    examples = []
    for before, label in BEFORE.items():
        for said in SAID:
            reference = nlp.make_doc(f"{before} {said}")
            reference.spans[STATEMENTS] = [Span(reference, 4, len(reference), label=label)]
            examples.append(Example(nlp.make_doc(reference.text), reference))
    return examples


@pytest.mark.parametrize(("ngrams", "pieces"), [(0, 3), (1024, 3), (0, 1)])
def test_it_learns_by_heart_what_only_the_sentence_before_decides(ngrams, pieces):
    fix_random_seed(0)
    nlp = spacy.blank("en")
    classifier(nlp, ngrams=ngrams, pieces=pieces)
    examples = by_heart(nlp)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.02
    losses = [nlp.update(examples, sgd=optimizer)["cable_sentence_classifier"] for _ in range(40)]
    assert losses[-1] < losses[0] / 20
    for example in examples:
        doc = nlp(example.text)
        assert [span.label_ for span in doc.spans[STATEMENTS]][1] == example.reference.spans[
            STATEMENTS
        ][0].label_
        assert doc.spans[STATEMENTS].attrs["scores"][1] > 0.8


def test_the_linear_model_learns_it_without_the_network():
    """With the network's weights held at nought, so that it says nothing, words of the sentence
    before still decide."""
    nlp = spacy.blank("en")
    pipe = classifier(nlp)
    examples = by_heart(nlp)
    nlp.initialize(lambda: examples)
    *network, linear = pipe.model.layers
    docs = [example.predicted for example in examples]
    step = Adam(0.05)
    for _ in range(40):
        output = network[-1]
        output.set_param("W", output.get_param("W") * 0)
        output.set_param("b", output.get_param("b") * 0)
        guesses, backprop = pipe.model.begin_update(docs)
        backprop(pipe.get_loss(examples, guesses)[1])
        linear.finish_update(step)
    pipe.set_annotations(docs, pipe.predict(docs))
    assert [doc.spans[STATEMENTS][1].label_ for doc in docs] == [
        "COMMENT",
        "COMMENT",
        "REPORT",
        "REPORT",
    ]


@pytest.mark.parametrize("ngrams", [0, 1024])
def test_gradients_are_those_of_the_cross_entropy(ngrams):
    """Of each parameter: a small step along its gradient changes the loss by the gradient's length
    times the step."""
    fix_random_seed(1)
    nlp = spacy.blank("en")
    pipe = classifier(nlp, ngrams=ngrams)
    examples = by_heart(nlp)
    nlp.initialize(lambda: examples)
    docs = [
        nlp.make_doc("Post comment follows. The market was open. It rained."),
        nlp.make_doc(""),
        examples[3].predicted,
    ]
    labels = numpy.array([0, 1, 0, 1, 1])
    rows = numpy.arange(len(labels))
    draw = numpy.random.default_rng(0)
    model = pipe.model
    for layer in [model.layers[-1], model.get_ref("output")]:
        layer.set_param("W", draw.normal(size=layer.get_param("W").shape, scale=0.5).astype("f"))

    def loss() -> float:
        return -float(
            numpy.log(numpy.concatenate(model.predict(docs)).astype("d")[rows, labels]).sum()
        )

    guesses, backprop = model.begin_update(docs)
    assert numpy.array_equal(numpy.concatenate(guesses), numpy.concatenate(model.predict(docs)))
    gradient = numpy.concatenate(guesses)
    assert gradient.sum(axis=1) == pytest.approx(numpy.ones(len(labels)), abs=1e-5)
    gradient[rows, labels] -= 1
    backprop(numpy.split(gradient, numpy.cumsum([len(guess) for guess in guesses])[:-1]))
    checked = set()
    for layer in model.walk():
        for name in layer.param_names:
            if not layer.has_grad(name):
                continue
            weights, slope = layer.get_param(name).copy(), layer.get_grad(name).astype("d")
            length = float(numpy.sqrt((slope**2).sum()))
            step, losses = min(0.003, 0.01 / length), []
            for moved in (step, -step):
                layer.set_param(name, (weights + moved * slope / length).astype("f"))
                losses.append(loss())
            layer.set_param(name, weights)
            assert (losses[0] - losses[1]) / (2 * step) == pytest.approx(length, rel=0.03), (
                f"{layer.name}.{name}"
            )
            checked.add(layer.name)
    assert len(checked) >= 4 + bool(ngrams)


def test_entities_that_were_there_keep_their_scores():
    blank = spacy.blank("en")
    untrained = Model("none", lambda model, docs, is_train: (docs, None))
    tagger = SpanTagger(blank.vocab, untrained, "ner", spans_key=None, scorer=None)
    doc, roe, poe = blank("Roe met Poe"), (0, 1, "PERSON"), (2, 3, "PERSON")
    tagger.set_annotations([doc], [[TaggedSpan(*roe, 0.9)]])
    tagger.set_annotations([doc], [[TaggedSpan(*roe, 0.8), TaggedSpan(*poe, 0.7)]])
    assert doc._.entity_scores == {"0-3": 0.9, "8-11": 0.7}
