"""cable_trf.cfg on a tiny encoder that is made here: it trains, loads, predicts, and takes any
encoder by path."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest
import spacy
from spacy.tokens import DocBin
from transformers import BertConfig, BertModel, BertTokenizerFast, MPNetConfig, MPNetModel

from cablespan.components.network.encoder import tune_encoder
from cablespan.document import STATES
from cablespan.learning.training import train
from cablespan.learning.training.checks import checked_config
from cablespan.nlp import load
from cablespan.reading.lines import json_lines
from cablespan.records import to_record

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import transformer_states
from test_training import documents, write

CONFIG = Path(__file__).parents[2] / "models" / "configs" / "cable_trf.cfg"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    """A BERT of two layers with a WordPiece vocabulary of letters and their continuations."""
    folder = tmp_path_factory.mktemp("encoder")
    signs = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *signs,
        *(f"##{sign}" for sign in signs),
        "the",
        "said",
        "post",
        "##ing",
    ]
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True).save_pretrained(folder)
    sizes = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
    }
    BertModel(
        BertConfig(vocab_size=len(pieces), max_position_embeddings=256, **sizes)
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def trained(encoder, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trf")
    gold, dev = (
        write(folder / "train.jsonl", documents("abcd", 1)),
        write(folder / "dev.jsonl", documents("xy", 2)),
    )
    overrides = {
        "paths.encoder": str(encoder),
        "training.max_steps": 4,
        "training.eval_frequency": 2,
    }
    train(CONFIG, [gold], [dev], folder / "mine", overrides=overrides)
    return folder / "mine" / "model-best"


def test_the_config_is_complete(encoder):
    nlp = checked_config(CONFIG, {"paths.encoder": str(encoder)})
    assert nlp.pipe_names == spacy.util.load_config(CONFIG)["nlp"]["pipeline"]


def test_the_encoder_is_trained_with_the_heads(encoder, trained):
    before = BertModel.from_pretrained(encoder).state_dict()
    after = spacy.load(trained).get_pipe("transformer").model.transformer.state_dict()
    weights = [name for name in before if "layer" in name and name.endswith("dense.weight")]
    assert weights and not any(after[name].equal(before[name]) for name in weights)
    assert (trained / "scores.json").is_file() and (trained / "README.md").is_file()


def test_frozen_layers_stay_as_they_are(encoder, trained, tmp_path):
    gold, dev = (
        write(tmp_path / "a.jsonl", documents("ab", 1)),
        write(tmp_path / "x.jsonl", documents("x", 2)),
    )
    overrides = {
        "paths.encoder": str(encoder),
        "training.max_steps": 2,
        "initialize.after_init.frozen_layers": 1,
    }
    train(CONFIG, [gold], [dev], tmp_path / "frozen", overrides=overrides, allow_empty=True)
    before = BertModel.from_pretrained(encoder).state_dict()["embeddings.word_embeddings.weight"]

    def embeddings(model: Path):
        encoder = spacy.load(model).get_pipe("transformer").model.transformer
        return encoder.state_dict()["embeddings.word_embeddings.weight"]

    assert embeddings(tmp_path / "frozen" / "model-last").equal(before)
    assert not embeddings(trained).equal(before)


def test_positions_that_all_layers_share_stay_with_the_frozen_ones():
    sizes = {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    encoder = MPNetModel(MPNetConfig(vocab_size=50, hidden_size=16, **sizes))
    transformer = SimpleNamespace(model=SimpleNamespace(transformer=encoder))
    nlp = SimpleNamespace(get_pipe={"transformer": transformer}.get)
    tune_encoder(bfloat16=False, frozen_layers=1)(nlp)
    learning = {name for name, weight in encoder.named_parameters() if weight.requires_grad}
    upper = {name for name in encoder.state_dict() if name.startswith("encoder.layer.1.")}
    assert learning == upper


def test_fine_tuning_goes_back_to_the_base_with_the_encoder_too(trained, tmp_path):
    gold = write(tmp_path / "mine.jsonl", documents("abcd", 1))

    def distance(base_share: float) -> float:
        output = tmp_path / str(base_share)
        overrides = {"training.max_steps": 2, "training.eval_frequency": 2}
        train(None, [gold], [], output, base=trained, base_share=base_share, overrides=overrides)
        before, after = (
            spacy.load(model).get_pipe("transformer").model.transformer.state_dict()
            for model in (trained, output / "model-last")
        )
        name = "encoder.layer.1.output.dense.weight"
        return (before[name] - after[name]).abs().max().item()

    assert distance(0) > 0
    assert distance(1) == 0


def test_it_loads_and_writes_every_layer(trained, tmp_path):
    nlp = load(trained)
    doc = nlp("Post recommends a visit to Astana. The market was open, Jane Poe said.")
    assert len(doc.spans["statements"]) == 2
    assert all(0 <= score <= 1 for score in doc.spans["statements"].attrs["scores"])
    assert "claims" in doc.spans


def test_it_needs_no_encoder_beside_it(trained, encoder):
    """The weights travel in the model: a folder that is gone is not missed."""
    hidden = encoder.with_name("gone")
    encoder.rename(hidden)
    try:
        assert spacy.load(trained)("Post agreed.")[0].text == "Post"
    finally:
        hidden.rename(encoder)


def test_a_document_gives_a_record(trained):
    from cablespan.cable import Cable, Header, Paragraph, Source
    from cablespan.document import to_doc

    nlp = load(trained)
    cable = Cable(
        "07OSLO1",
        Header(),
        (Paragraph("07OSLO1/1", "Post agreed. He said so.", 1),),
        Source("a.txt", "text", "0"),
    )
    (doc,) = nlp.pipe([to_doc(nlp, cable)])
    assert [statement["paragraph"] for statement in to_record(doc)["statements"]] == [
        "07OSLO1/1",
        "07OSLO1/1",
    ]


def test_its_states_are_what_a_small_pipeline_is_pretrained_on(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(transformer_states, "CONTEXT", 1)  # the tiny encoder reads 256 letters
    texts = write(tmp_path / "texts.jsonl", documents("abcdefgh", 3))
    transformer_states.main(tmp_path / "states", [texts], str(trained), width=4)
    (file,) = (tmp_path / "states").iterdir()
    docs = list(DocBin().from_disk(file).get_docs(spacy.blank("en").vocab))
    assert {doc.text for doc in docs} == {row["text"] for row in json_lines(texts)}
    for doc in docs:
        assert doc.user_data[STATES].shape == (len(doc), 4)
    rows = numpy.concatenate([doc.user_data[STATES] for doc in docs]).astype("f")
    assert rows.std() == pytest.approx(1, abs=0.05)
