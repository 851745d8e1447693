"""An encoder run by onnxruntime says what it says in torch, and nothing of a long text is lost."""

import shutil
import sys
from pathlib import Path

import numpy
import pytest
import spacy
from test_trf import encoder, trained  # noqa: F401

import cablespan
from cablespan.components.network.onnx_encoder import GRAPH

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from export_encoder import exported

TEXT = "The Post said that the Ministry had closed ten shops. It said nothing of the others. "


@pytest.fixture(scope="module")
def pipeline(trained, tmp_path_factory) -> Path:  # noqa: F811
    folder = tmp_path_factory.mktemp("onnx") / "pipeline"
    shutil.copytree(trained, folder)
    nlp = spacy.load(folder)
    graph = exported(nlp.get_pipe("transformer").model.transformer.eval())
    (folder / "transformer" / GRAPH).write_bytes(graph)
    return folder


@pytest.fixture(scope="module")
def both(pipeline):
    """By onnxruntime and by torch; in short windows, which overlap."""
    config = {"components.transformer.model.get_spans": {"longest": 12, "overlap": 4}}
    return [cablespan.load(pipeline, config=config, torch=torch) for torch in (False, True)]


@pytest.mark.parametrize("times", [1, 3])
def test_marks_and_scores_are_those_of_torch(both, times):
    mine, torchs = (nlp(TEXT * times) for nlp in both)
    assert [(s.text, s.label_) for s in mine.spans["statements"]] == [
        (s.text, s.label_) for s in torchs.spans["statements"]
    ]
    scores = [numpy.array(doc.spans["statements"].attrs["scores"]) for doc in (mine, torchs)]
    assert numpy.allclose(*scores, atol=1e-4)
    vectors = [nlp.get_pipe("statements").model.get_ref("tok2vec").predict([doc])[0]
               for nlp, doc in zip(both, (mine, torchs), strict=True)]  # fmt: skip
    assert numpy.allclose(*vectors, atol=1e-4)


def test_a_window_of_too_many_pieces_is_read_in_halves(pipeline):
    doc = cablespan.load(pipeline)("abcdefghijklmnop " * 200)  # 16 pieces a word, 256 places
    assert doc.tensor.shape[0] == len(doc) and doc.tensor.any(axis=1).all()


def test_it_is_saved_and_loaded_as_any_pipeline(both, tmp_path):
    mine, _ = both
    mine.to_disk(tmp_path / "saved")
    loaded = spacy.load(tmp_path / "saved")
    for nlp in (loaded, spacy.blank("en").from_config(mine.config).from_bytes(mine.to_bytes())):
        assert numpy.allclose(nlp(TEXT).tensor, mine(TEXT).tensor)
    assert loaded.get_pipe_meta("transformer").factory == "cable_encoder"


def test_empty_text_and_many_processes(both):
    mine, _ = both
    docs = list(mine.pipe(["", TEXT, TEXT], n_process=2, batch_size=1))
    assert [len(doc.spans["statements"]) for doc in docs] == [0, 2, 2]
