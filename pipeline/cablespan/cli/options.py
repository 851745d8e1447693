"""What several commands take."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    web = "web"
    html = "html"
    csv = "csv"
    tei = "tei"
    text = "text"
    jsonl = "jsonl"


class Engine(StrEnum):
    local = "local"
    ray = "ray"


class Layer(StrEnum):
    entities = "entities"
    statements = "statements"
    claims = "claims"


class Table(StrEnum):
    parquet = "parquet"
    csv = "csv"


RunFolder = Annotated[
    str, typer.Argument(metavar="RUN", help="Folder that annotate wrote, or a file of records.")
]
Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        help="Files, folders, globs, or - for standard input.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Input format.", show_default="found by looking")
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Folder of a trained pipeline.", show_default="the bundled one"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]
AnnotatorFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="Annotations, a file each, or with _annotator_id in one.",
        show_default=False,
    ),
]
GoldTexts = Annotated[
    list[Path] | None,
    typer.Option(
        "--texts",
        help="Folder or file with the texts of stand-off gold; repeat it.",
        show_default="NAME.texts.jsonl beside",
    ),
]


def named(path: str | None) -> str | None:
    """Refuses an empty name, which would be the working folder."""
    if path is not None and not path.strip():
        raise typer.BadParameter("the name is empty")
    return path
