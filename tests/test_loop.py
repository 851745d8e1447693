"""The loop closes: answers of the review page train a model, and what it is least sure of stands
first in the queue."""

import random
from pathlib import Path

import orjson
import pytest
import spacy
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.review import database_of, export_answers
from cablespan.review.intake import input_files, take_in
from cablespan.review.store import Annotator, Queue, Store
from review_sample import make_record

ANNA = Annotator("ANNA")
CONFIG = Path(__file__).parents[1] / "models" / "configs" / "cable_sm.cfg"
SMALL = {
    "components.tok2vec.model.embed.width": 16,
    "components.tok2vec.model.embed.include_static_vectors": "false",
    "components.tok2vec.model.encode.width": 16,
    "components.tok2vec.model.encode.depth": 1,
    **{
        f"components.{head}.model.tok2vec.width": 16
        for head in ("ner", "statements", "claim_tagger")
    },
    "training.max_steps": 40,
    "training.eval_frequency": 20,
    "training.optimizer.learn_rate.initial_rate": 0.01,
    "training.optimizer.learn_rate.warmup_steps": 5,
}
SENTENCES = [
    ("REPORT", "The market of <PLACE>Astana</PLACE> was open.", []),
    (
        "REPORT",
        "The <AGENCY>Justice Ministry</AGENCY> closed the market of <PLACE>Almaty</PLACE>.",
        [],
    ),
    (
        "CLAIM",
        "<OFFICIAL>Minister Roe</OFFICIAL> said the market was closed.",
        [("Minister Roe", "said", "the market was closed")],
    ),
    ("CLAIM", "<OFFICIAL>Minister Poe</OFFICIAL> denied the report.", []),
    (
        "COMMITMENT",
        "The <AGENCY>Justice Ministry</AGENCY> will open the market by <DATE>May 22</DATE>.",
        [],
    ),
    ("REQUEST", "Please advise the <AGENCY>Embassy</AGENCY> by <DATE>May 22</DATE>.", []),
]


def cables() -> list[dict]:
    """Eight cables of three paragraphs as an annotator would have them; a sentence of the last one
    stands nowhere else."""
    draw = random.Random(4)
    paragraphs = [[draw.sample(SENTENCES, 4) for _ in range(3)] for _ in range(8)]
    paragraphs[-1][0].append(
        ("COMMENT", "Few here believe that much will come of it, closed or open.", [])
    )
    return [make_record(f"07ASTANA{100 + n}", of_cable) for n, of_cable in enumerate(paragraphs)]


def cablespan(*arguments) -> None:
    outcome = CliRunner().invoke(app, list(map(str, arguments)))
    assert outcome.exit_code == 0, outcome.output


def layers_of(record: dict, text: str) -> dict:
    names = {paragraph["id"] for paragraph in record["paragraphs"] if paragraph["text"] == text}
    return {
        layer: [mark for mark in record[layer] if mark["paragraph"] in names]
        for layer in ("entities", "statements", "claims")
    }


@pytest.fixture(scope="module")
def loop(tmp_path_factory):
    """A folder with the bundled pipeline's run, ANNA's answers to six of eight cables, the model
    made of them, and its run."""
    folder = tmp_path_factory.mktemp("loop")
    truth = {record["id"]: record for record in cables()}
    lines = [
        {
            "text": "\n\n".join(paragraph["text"] for paragraph in record["paragraphs"]),
            "meta": {"id": name, "date": "2007-02-21"},
        }
        for name, record in truth.items()
    ]
    (folder / "dump.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)))
    cablespan(
        "annotate",
        folder / "dump.jsonl",
        "--output",
        folder / "bundled",
        "--workers",
        1,
    )

    store = Store(database_of([folder / "bundled"]))
    list(take_in(store, input_files([folder / "bundled"])))
    for number in range(18):
        task = store.task(store.next_task(ANNA))
        store.answer(
            ANNA,
            task["id"],
            "accept",
            layers_of(truth[task["cable"]], task["text"]),
            uuid=str(number),
            version=0,
        )
    export_answers([folder / "bundled"], folder / "answers")

    overrides = [part for key, value in SMALL.items() for part in (f"--{key}", value)]
    cablespan(
        "train",
        "--config",
        CONFIG,
        "--train",
        folder / "answers",
        "--output",
        folder / "mine",
        "--allow-empty",
        *overrides,
    )
    model = folder / "mine" / "model-best"
    cablespan(
        "annotate",
        folder / "dump.jsonl",
        "--output",
        folder / "mine-run",
        "--model",
        model,
        "--workers",
        1,
    )
    list(take_in(store, input_files([folder / "mine-run"])))
    yield folder, store
    store.close()


def test_the_model_learned_from_the_answers(loop):
    folder, _ = loop
    nlp = spacy.load(folder / "mine" / "model-best")
    assert set(nlp.get_pipe("ner").labels) == {"PLACE", "AGENCY", "OFFICIAL", "DATE"}
    doc = nlp("Minister Roe said the market was closed. Please advise the Embassy by May 22.")
    assert [span.label_ for span in doc.spans["statements"]] == ["CLAIM", "REQUEST"]
    assert ("Minister Roe", "OFFICIAL") in [(ent.text, ent.label_) for ent in doc.ents]


def test_it_annotates_the_rest_with_scores(loop):
    folder, _ = loop
    for line in (folder / "mine-run" / "cables.jsonl").read_bytes().splitlines():
        record = orjson.loads(line)
        assert record["statements"] and all(
            0 < statement["score"] <= 1 for statement in record["statements"]
        )
        assert any(entity["score"] is not None for entity in record["entities"])


def test_the_least_sure_of_the_open_tasks_comes_next_and_answers_stay(loop):
    _, store = loop
    assert len(list(store.current_answers())) == 18
    tasks = [store.task(number) for number in range(1, 25)]
    order = []
    while task := store.next_task(ANNA, Queue(order="uncertainty")):
        order.append(task)
        store.answer(
            ANNA, task, "accept", store.task(task)["layers"], uuid=f"later {task}", version=0
        )
    assert sorted(order) == list(range(19, 25))
    unsure = [tasks[task - 1]["uncertainty"] for task in order]
    assert unsure == sorted(unsure, reverse=True) and len(set(unsure)) > 1
