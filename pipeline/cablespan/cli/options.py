"""What several commands take."""

from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer


class Engine(StrEnum):
    """What runs the workers of `annotate`."""

    local = "local"
    ray = "ray"


class Layer(StrEnum):
    """The layers that `review --layers` takes."""

    entities = "entities"
    statements = "statements"
    claims = "claims"


class Table(StrEnum):
    """The file types of `export`."""

    parquet = "parquet"
    csv = "csv"
    prodigy = "prodigy"
    graphml = "graphml"
    gexf = "gexf"


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


def known_format(format: str | None) -> str | None:
    """Refuses a format that no reader has; readers are looked up only where one is named."""
    from cablespan.reading import formats

    if format is not None and format not in formats():
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(formats())}")
    return format


FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        callback=known_format,
        metavar="FORMAT",
        help="Input format: jsonl, csv, tei, html, web, text, or one of a package with readers.",
        show_default="found by looking",
    ),
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
LabelsOption = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="Labels of your own, TOML or JSON: [entities.NAME] or [statements.NAME] with "
        "definition, colour and key.",
        show_default="those of the model or run, else ours",
    ),
]
HostOption = Annotated[
    str, typer.Option(help="Address to listen on; one that others reach needs --token.")
]
TokenOption = Annotated[
    str | None,
    typer.Option(
        envvar="CABLESPAN_TOKEN", help="Secret that visitors must know.", show_default=False
    ),
]


def registering(choice: bool | None) -> bool:
    """Whether to register at the end of a run: by itself where Splink is installed.

    Refuses where it is asked for and not installed.
    """
    installed = find_spec("splink") is not None
    if choice and not installed:
        raise typer.BadParameter("splink is not installed: pip install 'cablespan[register]'")
    return installed if choice is None else choice


RegisterOption = Annotated[
    bool | None,
    typer.Option(
        "--register/--no-register",
        help="At the end, resolve who is who across all cables, as `cablespan register` does.",
        show_default="if what it needs is installed",
        callback=registering,
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
