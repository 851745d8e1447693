"""Training on gold in any format: a pipeline of a few steps, and what is refused before any
step."""

import pickle
import random
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import numpy
import orjson
import pytest
import spacy
from spacy.tokens import Span
from spacy.training import Example
from spacy.vectors import Vectors
from thinc.api import Model
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.components.sentences import statement_spans
from cablespan.components.statements.classifier import make_sentence_classifier
from cablespan.document import PARAGRAPHS, STATEMENTS, make_doc
from cablespan.facts import sender
from cablespan.formats import convert, read_records
from cablespan.learning.corpus import cable_corpus, case_augmenter, recased, unannotated
from cablespan.learning.evaluation import judge
from cablespan.learning.gold import read_gold
from cablespan.learning.training import finishing, split, train, write_docs
from cablespan.learning.training.checks import checked_config
from cablespan.nlp import load

CONFIGS = Path(__file__).parents[1] / "models" / "configs"
SMALL = {
    "components.tok2vec.model.embed.width": "16",
    "components.tok2vec.model.embed.include_static_vectors": "false",
    "components.tok2vec.model.encode.width": "16",
    "components.tok2vec.model.encode.depth": "1",
    **{
        f"components.{name}.model.tok2vec.width": "16"
        for name in ("ner", "statements", "claim_tagger")
    },
    "training.max_steps": "2",
    "training.eval_frequency": "2",
}
# A config that takes word vectors and names none.
TAKES_VECTORS = (
    *("--components.tok2vec.model.embed.include_static_vectors", "true"),
    *("--paths.vectors", "null"),
)
# One sentence for each label of statements, and every label of entities.
SENTENCES = [
    ("Ref A.", "ADMIN", [("Ref A", "CABLE_REF")], None),
    ("Please ask the Ministry of Justice by May 22.", "REQUEST",
     [("Ministry of Justice", "AGENCY"), ("May 22", "DATE")], None),
    ("Post recommends a visit to Astana.", "RECOMMENDATION",
     [("Astana", "PLACE")], ("Post", "recommends", "a visit to Astana")),
    ("Minister Roe promised $9 for the UN.", "COMMITMENT",
     [("Minister Roe", "OFFICIAL"), ("$9", "MONEY"), ("UN", "ORG")], None),
    ("The Criminal Code was not effective.", "COMMENT", [("Criminal Code", "LAW")], None),
    ("Jane Poe said the market was open.", "CLAIM",
     [("Jane Poe", "PERSON")], ("Jane Poe", "said", "the market was open")),
    ("The market was open.", "REPORT", [], None),
]  # fmt: skip


def line(document: str, number: int, sentences=SENTENCES) -> dict:
    text, entities, statements, claims = "", [], [], []
    for sentence, label, names, triple in sentences:
        offset = len(text) + bool(text)
        text = f"{text} {sentence}".strip()
        statements.append({"start": offset, "end": offset + len(sentence), "label": label})
        for name, kind in names:
            start = text.index(name, offset)
            entities.append({"start": start, "end": start + len(name), "label": kind})
        if triple:
            places = [text.index(part, offset) for part in triple]
            parts = [
                {"start": start, "end": start + len(part)}
                for start, part in zip(places, triple, strict=True)
            ]
            claims.append(dict(zip(("source", "cue", "content"), parts, strict=True)))
    return {
        "doc": document,
        "paragraph": number,
        "text": text,
        "entities": entities,
        "statements": statements,
        "claims": claims,
    }


def write(path: Path, lines: list[dict]) -> Path:
    path.write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n")
    return path


def documents(names: str, seed: int) -> list[dict]:
    """A document a letter: the sentences in an order of its own, so that no two texts are the
    same."""
    draw = random.Random(seed)
    return [line(name, 0, draw.sample(SENTENCES, len(SENTENCES))) for name in names]


@pytest.fixture
def gold(tmp_path) -> Path:
    return write(tmp_path / "train.jsonl", documents("abcde", 1))


@pytest.fixture
def dev(tmp_path) -> Path:
    return write(tmp_path / "dev.jsonl", documents("xy", 2))


def run(*arguments, config=CONFIGS / "cable_sm.cfg", small=True):
    overrides = (
        [part for key, value in SMALL.items() for part in (f"--{key}", value)] if small else []
    )
    return CliRunner().invoke(
        app, ["train", "--config", str(config), *overrides, *map(str, arguments)]
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    gold, dev = (
        write(folder / "train.jsonl", documents("abcde", 1)),
        write(folder / "dev.jsonl", documents("xy", 2)),
    )
    outcome = run("--train", gold, "--dev", dev, "--output", folder / "mine", "--training.seed", 3)
    assert outcome.exit_code == 0, outcome.output
    return folder / "mine" / "model-best"


@pytest.fixture(scope="module")
def network(trained):
    """The pipeline that was trained, for tests that leave it as it is."""
    return spacy.load(trained)


def test_a_config_that_names_no_vectors_trains_with_the_bundled_ones(
    gold, dev, tmp_path, monkeypatch
):
    nlp = spacy.blank("en")
    nlp.vocab.vectors = Vectors(
        data=numpy.eye(2, dtype="f"),
        keys=[nlp.vocab.strings.add(word) for word in ("post", "said")],
    )
    nlp.to_disk(tmp_path / "bundle")
    monkeypatch.setattr(f"{train.__module__}.bundled_model", lambda: tmp_path / "bundle")
    outcome = run("--train", gold, "--dev", dev, "--output", tmp_path / "mine", *TAKES_VECTORS)
    assert outcome.exit_code == 0, outcome.output
    assert "no word vectors named" in outcome.stderr and "are taken" in outcome.stderr
    assert spacy.load(tmp_path / "mine" / "model-best").vocab.vectors.shape == (2, 2)


class TestTrained:
    def test_spacy_loads_it_and_it_writes_every_layer(self, network):
        doc = network("Post recommends a visit to Astana. The market was open.")
        assert {"ner", "statements", "claim_tagger"} <= set(network.pipe_names)
        assert "statements" in doc.spans and "claim_parts" in doc.spans

    def test_scores_and_card_lie_beside(self, trained):
        scores = orjson.loads((trained / "scores.json").read_bytes())
        assert scores["documents"] == 2 and scores["statements"]["support"] == 14
        card = (trained / "README.md").read_text()
        for fact in (
            "# mine",
            "5 documents, 5 paragraphs",
            "train.jsonl",
            "`--training.max_steps 2`",
            "seed 3",
            "The network alone, without the rules: entities F1",
            "expected calibration error",
            "Limits and biases",
        ):
            assert fact in card

    def test_no_temporary_path_stays_in_the_config(self, trained):
        config = spacy.util.load_config(trained / "config.cfg")
        assert config["paths"]["train"] is None and config["paths"]["dev"] is None
        assert config["training"]["max_steps"] == 2

    def test_same_gold_same_seed_same_model(self, trained, tmp_path, gold, dev):
        assert (
            run(
                "--train", gold, "--dev", dev, "--output", tmp_path / "again", "--training.seed", 3
            ).exit_code
            == 0
        )
        assert (tmp_path / "again" / "model-best" / "ner" / "model").read_bytes() == (
            trained / "ner" / "model"
        ).read_bytes()

    def test_it_says_the_same_pickled_saved_and_in_two_processes(self, trained, network, tmp_path):
        nlp = network
        texts = [text for text, *_ in SENTENCES]
        expected = [layers(doc) for doc in nlp.pipe(texts)]
        nlp.to_disk(tmp_path / "copy")
        for copy in (pickle.loads(pickle.dumps(nlp)), spacy.load(tmp_path / "copy")):
            assert [layers(copy(text)) for text in texts] == expected
        assert [layers(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=3)] == expected
        for name in ("ner", "statements", "claim_tagger"):
            for file in ("cfg", "model"):
                assert (tmp_path / "copy" / name / file).read_bytes() == (
                    trained / name / file
                ).read_bytes()

    def test_what_is_saved_beside_the_weights(self, trained, network):
        saved = {
            name: orjson.loads((trained / name / "cfg").read_bytes())
            for name in ("ner", "statements", "claim_tagger")
        }
        assert list(saved["ner"]) == list(saved["claim_tagger"]) == ["labels", "spans_key"]
        assert list(saved["statements"]) == ["labels", "label_weight", "loss_weight", "weights"]
        for name, cfg in saved.items():
            pipe = network.get_pipe(name)
            assert pipe.labels == pipe.label_data == tuple(cfg["labels"])

    def test_a_model_loads_that_was_saved_before_there_was_a_loss_weight(self, network, tmp_path):
        network.to_disk(tmp_path / "old")
        cfg = tmp_path / "old" / "statements" / "cfg"
        cfg.write_bytes(
            orjson.dumps(
                {
                    key: value
                    for key, value in orjson.loads(cfg.read_bytes()).items()
                    if key != "loss_weight"
                }
            )
        )
        text = SENTENCES[1][0]
        assert layers(spacy.load(tmp_path / "old")(text)) == layers(network(text))

    @pytest.mark.parametrize("name", ["ner", "statements"])
    def test_its_labels_are_what_they_are(self, network, name):
        pipe = network.get_pipe(name)
        assert pipe.add_label(pipe.labels[0]) == 0
        with pytest.raises(
            ValueError, match=f"Component '{name}' has been initialized with an output dimension"
        ):
            pipe.add_label("RUMOUR")


def test_the_last_step_is_judged_whatever_the_frequency(gold, dev, tmp_path, monkeypatch):
    """spaCy judges each so-manieth step, which the last need not be."""
    judged = []

    def score(model, *_):
        judged.append(model.name)
        return float(model.name == "model-last")

    monkeypatch.setattr(finishing, "_score", score)
    steps = ("--training.max_steps", 3, "--training.eval_frequency", 100)
    outcome = run("--train", gold, "--dev", dev, "--output", tmp_path / "mine", *steps)
    assert outcome.exit_code == 0, outcome.output
    best, last = (tmp_path / "mine" / name / "ner" / "model" for name in ("model-best", judged[0]))
    assert sorted(judged) == ["model-best", "model-last"]
    assert best.read_bytes() == last.read_bytes()


def layers(doc) -> list:
    return [
        [(s.start_char, s.end_char, s.label_) for s in spans]
        for spans in (doc.ents, doc.spans[STATEMENTS], doc.spans["claim_parts"])
    ]


def stub(nlp, **weights):
    """A sentence classifier without a network: enough for what is reckoned from labels and
    guesses."""
    model = Model(
        "none",
        lambda model, X, is_train: (X, lambda dY: dY),
        init=lambda model, X=None, Y=None: model,
        dims={"nO": None},
    )
    model.set_ref("output", model)
    return make_sentence_classifier(
        nlp,
        "statements",
        model,
        **({"label_weight": 0.0, "loss_weight": 1.0} | weights),
        scorer=None,
    )


def labelled(nlp, *labels: str | None) -> Example:
    """A paragraph of sentences `It rained.`; None leaves one without a label."""
    reference = nlp.make_doc(" ".join(["It rained."] * len(labels)))
    reference.spans[STATEMENTS] = [
        Span(reference, 3 * i, 3 * i + 3, label=label) for i, label in enumerate(labels) if label
    ]
    return Example(nlp.make_doc(reference.text), reference)


class TestLossWeight:
    GUESS = numpy.array([[0.5, 0.5], [0.25, 0.75], [0.125, 0.875]], dtype="f")
    # Guess less truth, for COMMENT, REPORT and a sentence that nobody labelled.
    GRADIENT = numpy.array([[-0.5, 0.5], [0.25, -0.25], [0, 0]])

    @pytest.mark.parametrize("weight", [1.0, 3.0, 0.5])
    def test_it_multiplies_the_gradient(self, blank, weight):
        pipe = stub(blank, loss_weight=weight)
        example = labelled(blank, "COMMENT", "REPORT", None)
        pipe.initialize(lambda: [example], nlp=blank)
        loss, (gradient,) = pipe.get_loss([example], [self.GUESS])
        assert gradient.tolist() == (weight * self.GRADIENT).tolist()
        assert loss == weight**2 * 0.625

    def test_beside_the_weight_of_rare_labels(self, blank):
        """Three of four are reports: (1/3)**1 and 1, on the mean 0.5 of the sentences 2/3 and 2;
        twice that is 4/3 and 4."""
        pipe = stub(blank, label_weight=1.0, loss_weight=2.0)
        example = labelled(blank, "REPORT", "REPORT", "REPORT", "COMMENT")
        pipe.initialize(lambda: [example], nlp=blank)
        assert dict(zip(pipe.labels, pipe.cfg["weights"], strict=True)) == pytest.approx(
            {"COMMENT": 4, "REPORT": 4 / 3}
        )

    def test_where_labels_are_named_before_any_sentence_has_one(self, blank):
        pipe = stub(blank, loss_weight=3.0)
        pipe.initialize(lambda: [labelled(blank, None)], nlp=blank, labels=["COMMENT", "REPORT"])
        _, (gradient,) = pipe.get_loss([labelled(blank, "COMMENT", "REPORT", None)], [self.GUESS])
        assert gradient.tolist() == (3 * self.GRADIENT).tolist()


def test_initialising_leaves_the_examples_as_they_are(blank):
    """A classifier that set sentences on the first ten would train on them as one sentence each."""
    example = labelled(blank, "COMMENT", "REPORT")
    stub(blank).initialize(lambda: [example], nlp=blank)
    assert not example.predicted.has_annotation("SENT_START")


class TestUnsigned:
    """A cable as it comes without its header: nothing tells who sent it, all else stays."""

    CABLE: ClassVar = {
        "id": "07STATE7944",
        "meta": {"head": "Telegram From the Department of State to the Embassy in Iran"},
        "header": {"origin": "Secretary of State"},
        "paragraphs": [
            {"id": "1", "kind": "numbered", "section": "COMMENT"},
            {"id": "2", "kind": "text", "section": None},
        ],
    }

    def example(self, blank) -> Example:
        reference = make_doc(blank, ["Please call.", "It rained."], self.CABLE)
        reference.spans[STATEMENTS] = [Span(reference, 0, 3, label="REQUEST")]
        return Example(unannotated(reference), reference)

    @pytest.mark.parametrize("upper", [0.0, 1.0])
    def test_nothing_tells_of_the_sender(self, blank, upper):
        (augmented,) = case_augmenter(upper, 0.0, unsigned=1.0)(blank, self.example(blank))
        assert sender(augmented.predicted._.cable) == ""
        assert augmented.predicted._.cable["paragraphs"] == self.CABLE["paragraphs"]
        assert [
            (span.start, span.end, span.label_) for span in augmented.predicted.spans[PARAGRAPHS]
        ] == [
            (0, 3, "numbered"),
            (4, 7, "text"),
        ]
        assert augmented.predicted.text.isupper() == bool(upper)

    @pytest.mark.parametrize("upper", [0.0, 1.0])
    def test_the_reference_keeps_cable_and_labels(self, blank, upper):
        (augmented,) = case_augmenter(upper, 0.0, unsigned=1.0)(blank, self.example(blank))
        assert augmented.reference._.cable == self.CABLE
        assert [span.label_ for span in augmented.reference.spans[STATEMENTS]] == ["REQUEST"]

    def test_so_many_and_no_more(self, blank):
        assert all(sender(e.predicted._.cable) == "department" for e in self.augmented(blank, 0.0))
        unsigned = [sender(e.predicted._.cable) == "" for e in self.augmented(blank, 0.3)]
        assert 40 < sum(unsigned) < 80
        assert unsigned == [
            sender(e.predicted._.cable) == "" for e in self.augmented(blank, 0.3)
        ], "a seed, the same in each run"

    def augmented(self, blank, unsigned: float) -> list[Example]:
        augment = case_augmenter(0.0, 0.0, unsigned=unsigned, seed=4)
        return [example for _ in range(200) for example in augment(blank, self.example(blank))]

    def test_a_doc_that_no_reader_made(self, blank):
        doc = blank("It rained.")
        (augmented,) = case_augmenter(0.0, 0.0, unsigned=1.0)(blank, Example(doc.copy(), doc))
        assert sender(augmented.predicted._.cable) == ""


@pytest.mark.parametrize(
    ("known", "origin", "who"),
    [
        (
            {"head": "Telegram From the Department of State to the Embassy in Iran"},
            "Department of State",
            "department",
        ),
        (
            {"head": "Telegram From the Embassy in Iran to the Department of State"},
            "Embassy in Iran",
            "post",
        ),
        ({"origin": "Embassy Astana"}, "Embassy Astana", "post"),
        ({"head": "Memorandum of Conversation"}, None, ""),
    ],
)
def test_stand_off_lines_tell_who_sent_the_document(tmp_path, known, origin, who):
    """The heading stays with the text; without it `origin` is given back as `meta.origin`."""
    text = "Please call."
    source = write(
        tmp_path / "gold.jsonl",
        [{"doc": "frus/d7", "paragraph": 0, "text": text, "statements": []} | known],
    )
    convert(source, tmp_path / "out.jsonl", "standoff")
    (written,) = map(orjson.loads, (tmp_path / "out.jsonl").read_bytes().splitlines())
    assert written.get("origin") == origin and "head" not in written
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "page.txt").write_text(text)
    (record,) = read_records(
        tmp_path / "out.jsonl", texts=[tmp_path / "texts"], report=lambda problem: None
    )
    assert record["meta"] == ({"origin": origin} if origin else {})
    assert sender(record) == who


@pytest.mark.parametrize("to", ["docbin", "records", "prodigy", "standoff"])
def test_gold_of_every_format_gives_the_same_examples(gold, tmp_path, to):
    name = {"docbin": "gold.spacy", "prodigy": "tasks"}.get(to, "gold-out.jsonl")
    convert(gold, tmp_path / name, to)

    def annotated(path: Path) -> list:
        return [
            [
                [(a["start"], a["end"], a["label"]) for a in known.record[layer]]
                for layer in ("entities", "statements")
            ]
            + [[claim["content"]["start"] for claim in known.record["claims"]]]
            for known in read_gold([path])
        ]

    assert annotated(tmp_path / name) == annotated(gold)


LAYERS = {"entities": "ner", "statements": "statements", "claims": "claim_tagger"}


class TestMissingIsNotNone:
    """A layer that nobody annotated says nothing: it gives no loss, for a whole document and for
    one paragraph of it."""

    def example(self, tmp_path, missing: str, paragraphs: list[int]) -> Example:
        lines = [line("a", number) for number in range(2)]
        for number in paragraphs:
            del lines[number][missing]
        (gold,) = read_gold([write(tmp_path / "gold.jsonl", lines)])
        write_docs([gold], tmp_path / "gold.spacy")
        (example,) = cable_corpus(tmp_path / "gold.spacy")(spacy.blank("en"))
        return example

    def gradient(self, pipe, nlp, example: Example) -> numpy.ndarray:
        nlp.get_pipe("sentences")(example.predicted)
        rows = (
            len(example.predicted)
            if pipe.name != "statements"
            else len(statement_spans(example.predicted))
        )
        columns = len(pipe.labels) if pipe.name == "statements" else len(pipe.tags)
        _, (gradient,) = pipe.get_loss(
            [example], [numpy.full((rows, columns), 1 / columns, dtype="f")]
        )
        return gradient.any(axis=1)

    @pytest.mark.parametrize(("layer", "component"), LAYERS.items())
    @pytest.mark.parametrize("recase", [False, True])
    def test_no_loss_where_a_layer_is_missing(self, network, tmp_path, layer, component, recase):
        for paragraphs, half in (([0, 1], None), ([1], 0), ([0], 1)):
            example = self.example(tmp_path, layer, paragraphs)
            example = recased(example, str.upper) if recase else example
            rows = self.gradient(network.get_pipe(component), network, example)
            size = len(rows) // 2
            halves = [rows[:size], rows[-size:]]
            if half is None:
                assert not rows.any()
            else:
                assert halves[half].mean() > 0.8 and not halves[1 - half].any()

    @pytest.mark.parametrize("layer", LAYERS)
    def test_what_is_found_there_is_neither_right_nor_wrong(self, trained, tmp_path, layer):
        lines = [line("x", number) for number in range(2)]
        del lines[1][layer]
        whole, part = (read_gold([write(tmp_path / f"{n}.jsonl", lines[:n])]) for n in (1, 2))
        nlp = load(trained)
        assert [layer in paragraph.gold for paragraph in judge(nlp, part)] == [True, False]
        assert [layer in paragraph.gold for paragraph in judge(nlp, whole)] == [True]

    def test_every_format_that_can_say_so_keeps_it(self, tmp_path):
        lines = [
            line("a", 0),
            {key: value for key, value in line("a", 1, SENTENCES[::-1]).items() if key != "claims"},
        ]
        source = write(tmp_path / "gold.jsonl", lines)
        for to, name in (
            ("docbin", "out.spacy"),
            ("standoff", "out.jsonl"),
            ("records", "records.jsonl"),
            ("gold", "again.jsonl"),
        ):
            convert(source, tmp_path / name, to)
            (record,) = read_records(tmp_path / name)
            assert [paragraph.get("unannotated") for paragraph in record["paragraphs"]] == [
                None,
                ["claims"],
            ], to


def test_documents_are_split_off_where_there_is_no_dev(gold):
    known = read_gold([gold])
    train, dev = split(known, 0.4, 0)
    assert len({d.document for d in dev}) == 2
    assert not {d.document for d in train} & {d.document for d in dev}
    assert split(known, 0.4, 0) == (train, dev)
    assert split(known[:1], 0.4, 0) == (known[:1], [])


def test_of_few_documents_the_smallest_is_split_off(tmp_path):
    lines = [line("a", 0), line("b", 0), line("b", 1, SENTENCES[:4]), line("c", 0), line("c", 1)]
    dev = split(read_gold([write(tmp_path / "gold.jsonl", lines)]), 0.1, 3).dev
    assert [known.document for known in dev] == ["a"]


class TestRefused:
    """Nothing is trained: the message names file, line and remedy, and no model appears."""

    def refused(self, tmp_path, *arguments, **options) -> str:
        outcome = run(*arguments, "--output", tmp_path / "out", **options)
        assert outcome.exit_code == 2, outcome.output
        assert not (tmp_path / "out").exists()
        return outcome.stderr

    @pytest.mark.parametrize(
        "change, told",
        [
            ({"entities": [{"start": 0, "end": 3, "label": "COUNTRY"}]}, "unknown label 'COUNTRY'"),
            (
                {
                    "entities": [
                        {"start": 0, "end": 5, "label": "PLACE"},
                        {"start": 3, "end": 8, "label": "ORG"},
                    ]
                },
                "overlap",
            ),
            (
                {"statements": [{"start": 0, "end": 9999, "label": "REPORT"}]},
                "lies outside the text",
            ),
            ({"scheme": "cablespan.scheme/99"}, "is not 'cablespan.scheme/1'"),
            ({"text": 7}, "no `doc` and `text`"),
        ],
    )
    def test_unusable_gold(self, tmp_path, gold, change, told):
        lines = documents("abc", 3)
        lines[1] |= change
        message = self.refused(
            tmp_path, "--train", write(tmp_path / "bad.jsonl", lines), "--dev", gold
        )
        assert "bad.jsonl:2" in message and told in message

    def test_all_files_are_checked_at_once(self, tmp_path):
        bad = {"entities": [{"start": 0, "end": 3, "label": "COUNTRY"}]}
        one, other = (
            write(tmp_path / name, [line(name, 0) | bad]) for name in ("one.jsonl", "other.jsonl")
        )
        message = self.refused(tmp_path, "--train", one, "--train", other)
        assert "one.jsonl:1" in message and "other.jsonl:1" in message

    def test_a_document_in_both_sets(self, tmp_path, gold):
        lines = documents("xyb", 4)
        message = self.refused(
            tmp_path, "--train", gold, "--dev", write(tmp_path / "dev.jsonl", lines)
        )
        assert (
            "dev.jsonl:3" in message
            and "train.jsonl:2" in message
            and "take it out of one of the two" in message
        )

    def test_a_text_in_both_sets(self, tmp_path, gold):
        copied = documents("abcde", 1)[3] | {"doc": "copy"}
        copied["text"] = copied["text"].upper()
        message = self.refused(
            tmp_path, "--train", gold, "--dev", write(tmp_path / "dev.jsonl", [copied])
        )
        assert "dev.jsonl:1" in message and "train.jsonl:4" in message and "same text" in message

    def test_an_empty_class(self, tmp_path, dev):
        without = [line(name, 0, SENTENCES[1:]) for name in "abc"]
        train = write(tmp_path / "some.jsonl", without)
        message = self.refused(tmp_path, "--train", train, "--dev", dev)
        assert (
            "no example of ADMIN" in message
            and "no example of CABLE_REF" in message
            and "--allow-empty" in message
        )

    def test_a_config_that_names_a_missing_package(self, tmp_path, gold):
        if find_spec("spacy_transformers"):
            pytest.skip("spacy-transformers is installed here")
        message = self.refused(
            tmp_path, "--train", gold, config=CONFIGS / "cable_trf.cfg", small=False
        )
        assert "cable_trf.cfg" in message and "cablespan[trf]" in message

    @pytest.mark.parametrize("content", [b"[nlp\nlang = en\n", "[nlp]\n".encode("utf-16")])
    @pytest.mark.parametrize("more", [(), ("--base", "en_cable_sm")])
    def test_a_file_that_is_no_config(self, tmp_path, gold, content, more):
        config = tmp_path / "torn.cfg"
        config.write_bytes(content)
        out = ("--output", tmp_path / "out")
        message = run("--train", gold, *more, *out, config=config, small=False).stderr
        assert f"{config}: no config (" in message and "write one as cable_sm.cfg" in message

    @pytest.mark.parametrize(
        "override, told",
        [
            (("--components.ner.factory", "no_such_factory"), "no_such_factory"),
            (("--components.ner.model.@architectures", "acme.Tagger.v1"), "acme.Tagger.v1"),
            (("--training.optimizer.@optimizers", "acme.Sgd.v1"), "acme.Sgd.v1"),
            (("--training.dropout", "much"), "dropout"),
            (("--training.dropuot", "0.3"), "is training.dropout meant?"),
            (("--paths.vektors", "en_cable_sm"), "is paths.vectors meant?"),
            (("--system.colour", "7"), "no value system.colour: correct it"),
            (("--corpora.train.limitt", "7"), "unexpected argument: 'limitt'"),
        ],
    )
    def test_a_config_with_unknown_names_or_values(self, tmp_path, gold, override, told):
        message = self.refused(tmp_path, "--train", gold, *override)
        assert "cable_sm.cfg" in message and told in message

    @pytest.mark.parametrize(
        "arguments, told",
        [
            (("--max-steps", "3"), "no option --max-steps: is --training.max_steps meant?"),
            (("--label", "mine.toml"), "no option --label: is --labels meant?"),
            (("--training.max_steps", "3", "4"), "4 belongs to no option"),
        ],
    )
    def test_what_is_no_option(self, tmp_path, gold, arguments, told):
        message = self.refused(tmp_path, "--train", gold, *arguments)
        assert told in message and len(message.splitlines()) == 1

    def test_no_config(self, tmp_path, gold):
        assert "does not exist" in self.refused(
            tmp_path, "--train", gold, config=tmp_path / "none.cfg"
        )

    def test_a_single_document_cannot_be_split(self, tmp_path):
        message = self.refused(
            tmp_path, "--train", write(tmp_path / "one.jsonl", documents("a", 1))
        )
        assert "all paragraphs are of one document, a:" in message and "--dev" in message

    def test_a_finished_model_is_not_replaced_unasked(self, trained, gold, dev):
        sets = ("--train", gold, "--dev", dev, "--output", trained.parent)
        before = (trained / "README.md").stat().st_mtime_ns
        outcome = run(*sets)
        assert outcome.exit_code == 2
        assert "a finished model is there" in outcome.stderr and "--overwrite" in outcome.stderr
        assert (trained / "README.md").stat().st_mtime_ns == before


def test_warnings_stop_nothing(tmp_path, monkeypatch):
    """A class without an example (where that is allowed), a stock paragraph in both sets, a span
    that cuts a token, word vectors that are nowhere."""
    monkeypatch.setattr(f"{train.__module__}.bundled_model", lambda: None)
    stock = "The country is no party to the convention."
    plain = [(stock, "REPORT", [], None)]
    lines = [line("a", 0), line("a", 1, plain), line("b", 0, SENTENCES[1:])]
    without_person = [
        entry | {"entities": [e for e in entry["entities"] if e["label"] != "PERSON"]}
        for entry in lines
    ]
    lines[0]["entities"][0]["end"] -= 1
    gold = write(tmp_path / "train.jsonl", without_person)
    dev = write(tmp_path / "other.jsonl", [*documents("xy", 2), line("y", 1, plain)])
    files = ("--train", gold, "--dev", dev, "--output", tmp_path / "out", "--allow-empty")
    outcome = run(*files, *TAKES_VECTORS)
    assert outcome.exit_code == 0, outcome.output
    assert "train.jsonl:1: CABLE_REF 'Ref ' (0-4) cuts a token: taken as 'Ref'" in outcome.stderr
    assert "no example of PERSON" in outcome.stderr
    assert "no word vectors named" in outcome.stderr and "trained without" in outcome.stderr
    assert "other.jsonl:3: the same text is in the training set, at" in outcome.stderr


@pytest.mark.parametrize("name", ["cable_sm.cfg"])
def test_the_configs_are_complete(name):
    """Nothing is filled in silently that a reader of the config would not see."""
    config, nlp = spacy.util.load_config(CONFIGS / name), checked_config(CONFIGS / name, {})
    for section in ("training", "corpora"):
        assert set(nlp.config[section]) >= set(config[section])
    assert nlp.pipe_names == config["nlp"]["pipeline"]


def test_the_project_calls_commands_and_options_that_exist():
    """models/project.yml, the road from gold to the bundled model: its steps call what there is,
    their inputs are made before."""
    from typer.main import get_command
    from weasel.util.config import load_project_config

    project = load_project_config(CONFIGS.parent)
    steps = {step["name"]: step for step in project["commands"]}
    commands = get_command(app).commands
    for step in steps.values():
        for script in step["script"]:
            program, *arguments = script.split()
            if program.endswith("cablespan"):
                known = {
                    option
                    for parameter in commands[arguments[0]].params
                    for option in (*parameter.opts, *parameter.secondary_opts)
                }
                options = {
                    argument
                    for argument in arguments
                    if argument.startswith("--") and "." not in argument
                }
                assert options <= known, f"{step['name']}: {options - known}"
                if arguments[0] == "train":  # else a step whose inputs changed would be refused
                    output = arguments[arguments.index("--output") + 1]
                    assert f"rm -rf {output}/model-best" in step["script"]
            elif program == "rm":
                continue
            elif program.endswith("spacy"):
                assert arguments[0] == "pretrain", script
                assert (CONFIGS.parent / arguments[1]).is_file(), script
            elif not program.endswith("uv"):  # uv fetches the package with the encoder
                assert program.endswith("python"), script
                assert (CONFIGS.parent / arguments[0]).is_file(), script
        # weasel makes one name of two variables in a list
        inputs = [path for path in step.get("deps", ()) if path.startswith("../")]
        assert all((CONFIGS.parent / path).exists() for path in inputs), inputs
    for workflow in project["workflows"].values():
        made: set[str] = set()
        for step in (steps[name] for name in workflow):
            missing = [
                path
                for path in step.get("deps", ())
                if path.startswith("work/") and path not in made
            ]
            assert not missing, f"{step['name']} needs {missing}, which no step before makes"
            made |= set(step["outputs"])
