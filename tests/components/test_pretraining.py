"""A small tok2vec learns what a transformer makes of each token, with spaCy's own `pretrain`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import spacy
from spacy.tokens import Doc, DocBin
from spacy.util import load_config, load_model_from_config

from cablespan.components.network.pretraining import states_loss
from cablespan.document import STATES
from cablespan.learning.corpus import example_of, recased

MODELS = Path(__file__).parents[2] / "models"
CONFIG, VECTORS = MODELS / "configs" / "cable_sm.cfg", MODELS / "en_cable_sm"
WORDS = ["Embassy", "recommends", "that", "Washington", "keep", "Astana", "off", "the", "List"]
WIDTH = 4


def of_word(word):
    """A state of its own for each word, whatever its case."""
    return numpy.random.default_rng(sum(map(ord, word.lower()))).normal(size=WIDTH)


@pytest.fixture
def text():
    states = numpy.array([of_word(word) for word in WORDS], "f2")
    return Doc(spacy.blank("en").vocab, words=WORDS, user_data={STATES: states})


def test_the_loss_is_that_of_the_states_and_points_at_them(text):
    near = text.user_data[STATES].astype("f") + 1
    loss, gradient = states_loss(None, [text], near)
    assert loss == pytest.approx(1)
    assert numpy.allclose(near - len(WORDS) * gradient, text.user_data[STATES])


def test_a_text_without_states_is_no_text_to_learn_from():
    doc = spacy.blank("en")("Embassy recommends")
    with pytest.raises(ValueError, match=r"transformer_states.*scripts/transformer_states\.py"):
        states_loss(None, [doc], numpy.zeros((2, WIDTH), "f"))


def test_capitals_have_the_same_states(text):
    reference = recased(example_of(text), str.upper).reference
    assert reference[0].text == "EMBASSY"
    assert reference.user_data[STATES] is text.user_data[STATES]


@pytest.fixture
def pretrained(text, tmp_path):
    """What `spacy pretrain` leaves after twenty rounds over a text."""
    DocBin(docs=[text] * 20, store_user_data=True).to_disk(tmp_path / "states.spacy")
    command = [sys.executable, "-m", "spacy", "pretrain", CONFIG, tmp_path / "out"]
    command += ["--paths.states", tmp_path / "states.spacy", "--paths.vectors", VECTORS]
    command += ["--pretraining.max_epochs", "20", "--pretraining.n_save_epoch", "1"]
    command += ["--pretraining.objective.width", str(WIDTH), "--pretraining.batcher.size", "50"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run([*map(str, command)], check=True, capture_output=True, env=environment)
    return tmp_path / "out"


def test_spacy_pretrain_learns_them_and_the_config_begins_with_its_weights(pretrained):
    log = (pretrained / "log.jsonl").read_text().splitlines()
    losses = [json.loads(line)["epoch_loss"] for line in log]
    assert losses[19] < losses[0] / 4
    weights = pretrained / "model-last.bin"
    paths = {"paths.vectors": str(VECTORS), "paths.init_tok2vec": str(weights)}
    nlp = load_model_from_config(load_config(CONFIG, overrides=paths), auto_fill=True)
    with nlp.select_pipes(enable=["tok2vec"]):
        nlp.initialize()
    assert nlp.get_pipe("tok2vec").model.to_bytes() == weights.read_bytes()
