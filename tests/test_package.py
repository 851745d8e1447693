"""The package as the spaCy world sees it: pipelines by name, entry points, a public surface."""

import re
import subprocess
import sys
from importlib.metadata import distribution, version
from pathlib import Path

import spacy

import cablespan

PACKAGE = Path(cablespan.__file__).parent
_REGISTERED = re.compile(r'^@(?:registry\.(\w+)|Language\.factory)\(\s*"([\w.]+)"', re.MULTILINE)


def test_the_bundled_pipeline_is_a_package():
    nlp = spacy.load("en_cable_sm", exclude=["claim_tagger"])
    assert {"ner", "linker", "claims"} <= set(nlp.pipe_names)
    assert "claim_tagger" not in nlp.pipe_names
    assert version("en_cable_sm") == version("cablespan")


def test_spacy_tells_about_it():
    command = [sys.executable, "-m", "spacy", "info", "en_cable_sm"]
    assert "en_cable_sm" in subprocess.run(command, capture_output=True, text=True).stdout


def test_every_registered_function_has_its_entry_point():
    """So that `spacy train`, `debug config` and `find-function` know them without an import."""
    registered = {
        (kind or "factories", name)
        for path in PACKAGE.rglob("*.py")
        for kind, name in _REGISTERED.findall(path.read_text(encoding="utf-8"))
    }
    named = {
        (entry.group.removeprefix("spacy_").removeprefix("thinc_"), entry.name)
        for entry in distribution("cablespan").entry_points
    }
    assert len(registered) > 10 and registered <= named
