"""The package as the spaCy world sees it: pipelines by name, entry points, a public surface."""

import re
import subprocess
import sys
from importlib.metadata import distribution, version
from pathlib import Path

import en_cable_sm
import pytest
import spacy
from spacy import registry
from spacy.schemas import ConfigSchemaInit, ConfigSchemaNlp, ConfigSchemaTraining
from spacy.util import load_config

import cablespan

CONFIGS = Path(__file__).parents[1] / "models" / "configs"
SCHEMAS = {
    "nlp": ConfigSchemaNlp,
    "training": ConfigSchemaTraining,
    "initialize": ConfigSchemaInit,
}
PACKAGE = Path(cablespan.__file__).parent
_REGISTERED = re.compile(r'^@(?:registry\.(\w+)|Language\.factory)\(\s*"([\w.]+)"', re.MULTILINE)


def test_the_bundled_pipeline_is_a_package():
    nlp = spacy.load("en_cable_sm", exclude=["claim_tagger"])
    assert {"ner", "linker", "claims"} <= set(nlp.pipe_names)
    assert "claim_tagger" not in nlp.pipe_names
    assert version("en_cable_sm") == en_cable_sm.__version__ == version("cablespan")


def test_spacy_tells_about_it():
    command = [sys.executable, "-m", "spacy", "info", "en_cable_sm"]
    assert "en_cable_sm" in subprocess.run(command, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", ["cable_sm.cfg", "cable_sm_pages.cfg", "cable_trf.cfg"])
def test_the_shipped_configs_hold_every_value(name):
    """`spacy debug config`, which fills nothing in, takes them from any folder as they are."""
    config = load_config(CONFIGS / name)
    for section, schema in SCHEMAS.items():
        required = {field for field, info in schema.model_fields.items() if info.is_required()}
        assert not required - config[section].keys()


def test_every_registered_function_has_its_entry_point():
    """So that `spacy train`, `debug config` and `find-function` know them without an import."""
    registered = {
        (kind or "_entry_point_factories", name)
        for path in PACKAGE.rglob("*.py")
        for kind, name in _REGISTERED.findall(path.read_text(encoding="utf-8"))
    }
    named = {(entry.group, entry.name) for entry in distribution("cablespan").entry_points}
    groups = {kind: "_".join(getattr(registry, kind).namespace) for kind, _ in registered}
    assert len(registered) > 10
    assert {(groups[kind], name) for kind, name in registered} <= named


def test_spacy_package_finds_out_that_it_is_required():
    """spaCy looks for `top_level.txt` beside the metadata."""
    assert distribution("cablespan").read_text("top_level.txt") == "cablespan\n"


def test_the_public_surface_is_whole():
    assert set(cablespan.__all__) <= set(dir(cablespan))
    assert all(callable(getattr(cablespan, name)) for name in cablespan.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'spam'"):
        _ = cablespan.spam


def test_a_text_or_an_open_file_is_read_like_a_file(tmp_path):
    text = "SUBJECT: FISH\n\n1. (U) All is well.\n"
    path = tmp_path / "07OSLO1.txt"
    path.write_text(text)
    cable = cablespan.parse(text)
    assert cable.header.subject == "FISH"
    with path.open() as words, path.open("rb") as data:
        (one,), (other,) = cablespan.read(words), cablespan.read(data)
    (file,) = cablespan.read(path)
    assert one == other == file and file.paragraphs[0].text == cable.paragraphs[0].text


def test_what_is_no_cable_is_an_error():
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt: no such file"):
        cablespan.read("nowhere.txt")
    with pytest.raises(IsADirectoryError, match="read its files one by one"):
        cablespan.read(PACKAGE)
    with pytest.raises(ValueError, match="the file is empty"):
        cablespan.parse("")
    with pytest.raises(ValueError, match="2 cables in the text"):
        cablespan.parse('{"text": "1. All is well."}\n{"text": "2. It is."}\n')
