"""The examples of README and documentation run: each page's Python blocks in order, in an empty
folder."""

import re
from pathlib import Path

import pytest
import srsly
from sybil import Sybil
from sybil.document import Document
from sybil.parsers.markdown import PythonCodeBlockParser
from typer.main import get_command

from cablespan import cli

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN = [
    *PAGES,
    ROOT / "CONTRIBUTING.md",
    *(ROOT / folder / "README.md" for folder in ("models", "scripts", "corpus")),
    *sorted((ROOT / "annotations").glob("*/README.md")),
]
COMMANDS = get_command(cli.app).commands
CALL = re.compile(rf"cablespan ({'|'.join(COMMANDS)})\b([^`\n|#]*)")
SCRIPT = re.compile(r"python scripts/([a-z_]+\.py)([^`\n|#]*)")
OPTION = re.compile(r"(?<!\S)--?[a-z][a-z-]*(?![\w.-])")  # without a config's --section.key
SYBIL = Sybil([PythonCodeBlockParser()])


def page_document(page: Path) -> Document:
    return Document.parse(str(page), *SYBIL.parsers)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example in page_document(page).examples():
        example.evaluate()


def test_the_config_that_the_shell_is_given_is_there(capsys):
    (code,) = re.findall(r'\$\(python -c "(.+?)"\)', (ROOT / "docs" / "train.md").read_text())
    exec(code, {})
    assert Path(capsys.readouterr().out.strip()).is_file()


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page):
    """Options of commands and scripts, steps and variables of the project, links to files."""
    text = page.read_text()
    for command, arguments in CALL.findall(text):
        known = {name for one in COMMANDS[command].params for name in one.opts}
        assert set(OPTION.findall(arguments)) <= known, command
    for script, arguments in SCRIPT.findall(text):
        code = (ROOT / "scripts" / script).read_text().replace("_", "-")
        assert all(option.strip("-") in code for option in OPTION.findall(arguments)), script
    project = srsly.read_yaml(ROOT / "models" / "project.yml")
    steps = {step["name"] for step in project["commands"]} | set(project["workflows"])
    assert set(re.findall(r"weasel run ([a-z-]+)", text)) <= steps
    assert set(re.findall(r"--vars\.(\w+)", text)) <= set(project["vars"])
    files = re.findall(r"\]\((?!http)([^)#]+)", text)
    assert all((page.parent / file).exists() for file in files), files
