"""The examples of README and documentation run: each page's Python blocks in order, in an empty
folder."""

from pathlib import Path

import pytest
from sybil import Sybil
from sybil.document import Document
from sybil.parsers.markdown import PythonCodeBlockParser

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SYBIL = Sybil([PythonCodeBlockParser()])


def page_document(page: Path) -> Document:
    return Document.parse(str(page), *SYBIL.parsers)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example in page_document(page).examples():
        example.evaluate()
