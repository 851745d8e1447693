"""The house itself: imports walk downwards, components load by entry point, the core starts without
what it does not need."""

import ast
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline" / "cablespan"
# A module may import those before it, never those after it.
ORDER = [
    "labels",
    "cable",
    "lexicon",
    "signs",
    "writing",
    "header",
    "reading",
    "facts",
    "document",
    "records",
    "components",
    "nlp",
    "formats",
    "learning",
    "review",
    "runs",
    "explore",
    "cli",
]
# The layers of `components`, likewise.
LAYERS = ["keeping", "repair", "sentences", "entities", "network", "statements", "claims"]


def imports(path: Path) -> set[str]:
    """First-level modules of cablespan that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.module == "cablespan"
                else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("cablespan.")}
    return {
        name for name in found if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()
    }


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


SOURCES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE
)


def test_every_room_has_its_place():
    assert {room(path) for path in SOURCES} == set(ORDER)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_walk_downwards(path):
    above = {name for name in imports(path) if ORDER.index(name) > ORDER.index(room(path))}
    assert not above, f"{path.name} imports {above}, which stand after it"


@pytest.mark.parametrize(
    "path",
    sorted((PACKAGE / "components").rglob("*.py")),
    ids=lambda path: "-".join(path.relative_to(PACKAGE / "components").parts),
)
def test_layers_use_only_those_before_them(path):
    own = path.relative_to(PACKAGE / "components").parts[0].removesuffix(".py")
    before = LAYERS[: LAYERS.index(own) + 1] if own in LAYERS else []
    above = set(re.findall(r"cablespan\.components\.(\w+)", path.read_text())) - set(before)
    assert not above, f"{path.name} imports {above}, which stand after it"


@pytest.mark.parametrize(
    "entry",
    [e for e in distribution("cablespan").entry_points if e.group.startswith("spacy_")],
    ids=lambda entry: f"{entry.group}:{entry.name}",
)
def test_entry_points_load(entry):
    assert callable(entry.load())


@pytest.mark.parametrize(
    "module", ["spacy", "torch", "ray", "lxml", "sqlalchemy", "altair", "sklearn", "datasette"]
)
def test_the_command_line_starts_light(module):
    code = f"import sys, cablespan.cli; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0, (
        f"cablespan.cli imports {module}"
    )
