"""The examples in docstrings run, module by module."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import cablespan

PACKAGE = Path(cablespan.__file__).parent
SCRIPTS = Path(__file__).parents[1] / "scripts"
MODULES = sorted(
    ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    for root, folder in ((PACKAGE.parent, PACKAGE), (SCRIPTS, SCRIPTS))
    for path in folder.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module):
    if module.endswith("network.rounding"):
        pytest.importorskip("torch", reason="tests/transformer runs them")
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for test in doctest.DocTestFinder(exclude_empty=True).find(import_module(module)):
        runner.run(test, out=report.append)
    assert not report, "".join(report)


def test_there_are_examples():
    assert len(MODULES) > 50
