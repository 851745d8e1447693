"""Fixtures that every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material that lies beside the project; tests that need it are skipped where users have
    not got it."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which is not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def blank():
    """spaCy's blank English pipeline: the tokenizer of every task."""
    import spacy

    return spacy.blank("en")


@pytest.fixture(scope="session")
def bundled():
    """The bundled pipeline, for tests that leave it as it is: loading it takes seconds."""
    import cablespan

    return cablespan.load(ops="numpy")
