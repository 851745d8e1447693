"""The command line: what each command takes and where its work is done. No logic, and nothing heavy is imported before a command runs."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

# What a command needs beyond the core, as the extras of the package name it.
EXTRAS = {
    "review": "review",
    "agree": "eval",
    "adjudicate": "eval",
    "evaluate": "eval",
    "report": "report",
    "export": "report",
    "annotate": "ray",
}


class _Commands(TyperGroup):
    """Says what went wrong in a sentence instead of a traceback, with the exit codes of the contract."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # `cablespan read ... | head`
            raise
        except ModuleNotFoundError as error:
            extra = EXTRAS.get(ctx.invoked_subcommand)
            if extra is None or (error.name or "").startswith("cablespan"):
                raise
            message = f"{error.name} is not installed; {ctx.invoked_subcommand} needs it: pip install 'cablespan[{extra}]'"
        except (OSError, ValueError) as error:
            message = str(error)
        typer.secho(f"cablespan {ctx.invoked_subcommand}: {message}", err=True, fg="red")
        raise typer.Exit(2)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "Diplomatic cables in, span-level annotations out: entities, statements, and who says what.\n\n"
        "Exit codes: 0 done; 1 some inputs were rejected; 2 bad usage, or nothing could be read; 130 interrupted."
    ),
)


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


def _named(path: str | None) -> str | None:
    """Refuses an empty name, which would be the working folder."""
    if path is not None and not path.strip():
        raise typer.BadParameter("the name is empty")
    return path


def _warn(message: str) -> None:
    typer.secho(f"warning: {message}", err=True, fg="yellow")


def _version(wanted: bool) -> None:
    if wanted:
        from cablespan import __version__

        typer.echo(__version__)
        raise typer.Exit()


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command(
    epilog="Example: `cablespan annotate dump.csv --output run --workers 2 --shard-size 1000`"
)
def annotate(
    inputs: Inputs,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="Folder for the results; with --engine ray any fsspec path.",
            callback=_named,
        ),
    ],
    model: ModelOption = None,
    format: FormatOption = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes.", show_default="one for each core")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Where the workers run.")] = Engine.local,
    address: Annotated[
        str | None,
        typer.Option(help="Ray cluster to join.", show_default="a new one on this machine"),
    ] = None,
    shard_size: Annotated[
        int | None,
        typer.Option(
            min=1, help="Cables in a numbered output shard.", show_default="one file of each kind"
        ),
    ] = None,
    resume: Annotated[
        bool | None,
        typer.Option(
            "--resume/--overwrite",
            help="Go on with an interrupted run, or replace an old one.",
            show_default=False,
        ),
    ] = None,
    retry_rejects: Annotated[
        bool,
        typer.Option("--retry-rejects", help="Go on, and do again what was rejected."),
    ] = False,
    time_limit: Annotated[
        float, typer.Option(min=0.1, help="Seconds of work that a single cable may take.")
    ] = 120.0,
    profile: Annotated[bool, typer.Option(help="Show the share of each step.")] = False,
    kb: Annotated[
        str | None,
        typer.Option(
            help="Knowledge base of your own to link to, JSON Lines: id, kind, name, aliases."
        ),
    ] = None,
) -> None:
    """Annotate cables: the main job.

    Writes cables.jsonl (records), entities.jsonl, statements.jsonl and claims.jsonl (Prodigy tasks), rejects.jsonl,
    manifest.jsonl and run.json.
    """
    from cablespan.runs.batch import annotate

    raise typer.Exit(
        annotate(
            inputs,
            output,
            model=model,
            format=format,
            workers=workers,
            engine=engine,
            address=address,
            shard_size=shard_size,
            resume=resume,
            retry_rejects=retry_rejects,
            time_limit=time_limit,
            profile=profile,
            kb=kb,
        )
    )


@app.command(epilog="Example: `cablespan read dump.csv --output cables.jsonl`")
def read(
    inputs: Inputs,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="File for the records.",
            show_default="standard output",
            callback=_named,
        ),
    ] = None,
    format: FormatOption = None,
) -> None:
    """Read cables without annotating them: header and paragraphs as records, JSON Lines."""
    from cablespan.runs.batch.reading import read

    raise typer.Exit(read(inputs, Path(output) if output else None, format=format))


@app.command(
    epilog="Example: `cablespan show run/cables.jsonl --cable 07ASTANA454 --html cable.html`"
)
def show(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Records that annotate wrote, or a raw cable.", show_default=False
        ),
    ],
    cable: Annotated[
        str | None, typer.Option(help="Id of the cable to show.", show_default="the first")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="F", help="Write one self-contained page.", show_default=False),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Show one cable with its layers, in the terminal or as a page; a raw cable is annotated first."""
    from cablespan.runs.show import show

    show(file, cable, html=html, model=model)


@app.command(epilog="Example: `cablespan export run tables --to parquet`")
def export(
    run: RunFolder,
    output: Annotated[
        str, typer.Argument(metavar="OUT", help="Folder for the tables.", callback=_named)
    ],
    to: Annotated[Table, typer.Option(help="File format.")] = Table.parquet,
) -> None:
    """Write what a run found as tables for pandas, R or DuckDB: cables, paragraphs, entities, clusters, statements, claims."""
    from cablespan.runs.export import export

    folder = Path(output)
    for table, rows in export(run, folder, to=to, warn=_warn).items():
        typer.echo(f"{folder / table}.{to}: {rows:,} rows", err=True)


@app.command(epilog="Example: `cablespan report run --output report.html`")
def report(
    run: RunFolder,
    output: Annotated[
        str, typer.Option("--output", "-o", help="File for the page.", callback=_named)
    ] = "report.html",
) -> None:
    """Show what a run found, as one page that opens from the disk: charts, a map, lists, a search."""
    from cablespan.runs.report import report

    size = report(run, Path(output), warn=_warn)
    typer.echo(f"{output}: {size / 1e6:.1f} MB", err=True)


@app.command(
    epilog="Example: `cablespan review annotations/demo --as ANNA`; later `cablespan review annotations/demo --export answers`"
)
def review(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR|FILE...",
            help="A folder of `annotate`, or records or Prodigy tasks.",
            show_default=False,
        ),
    ],
    annotator: Annotated[
        str | None, typer.Option("--as", help="Your name.", show_default="the page asks")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; one that others reach needs --token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8321,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="CABLESPAN_TOKEN", help="Secret that visitors must know.", show_default=False
        ),
    ] = None,
    overlap: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Annotators that each paragraph is given to.",
            show_default="as before; 1 at first",
        ),
    ] = None,
    adjudicate: Annotated[
        bool,
        typer.Option("--adjudicate", help="Decide between the annotators; the result is gold."),
    ] = False,
    layers: Annotated[
        list[Layer] | None,
        typer.Option(
            "--layers",
            help="A layer to ask for; give it again for another.",
            show_default="as before; all three at first",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Labels of your own, TOML or JSON: [entities.NAME] or [statements.NAME] with "
            "definition, colour and key.",
            show_default="as before; ours at first",
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            help="Write the answers as Prodigy tasks into this folder, and stop.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Correct annotations in the browser. Answers are kept in review.sqlite beside the input, and in nothing else."""
    from cablespan.review import export_answers, review

    if export:
        counts, corrections = export_answers(inputs, export)
        for folder, count in counts.items():
            typer.echo(f"{folder}: {count:,} paragraphs", err=True)
        if corrections:
            typer.echo(
                f"{len(corrections)} of them hold the answer before a correction that was begun and "
                f"not answered: {', '.join(corrections[:20])}",
                err=True,
            )
        return
    review(
        inputs,
        annotator=annotator,
        host=host,
        port=port,
        token=token,
        overlap=overlap,
        adjudicate=adjudicate,
        layers=layers,
        labels=labels,
    )


@app.command(
    epilog="Example: `cablespan convert annotations/gold/train.jsonl gold.spacy --to docbin --texts frus/volumes`"
)
def convert(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Annotations: a file, or a folder of them.", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT", help="File to write; a folder for prodigy and brat.", show_default=False
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            help="records, prodigy, gold, standoff, docbin, conll, labelstudio, doccano or brat."
        ),
    ],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Format of FILE, one of the same.", show_default="found by looking"
        ),
    ] = None,
    layers: Annotated[
        list[str] | None,
        typer.Option(
            "--layer",
            help="Layer that each paragraph of Prodigy tasks must have; repeat it.",
            show_default="all in the file",
        ),
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder or file with the texts of stand-off annotations; repeat it.",
            show_default="NAME.texts.jsonl beside",
        ),
    ] = None,
) -> None:
    """Bring annotations from one tool's format to another's.

    Says what was found, and what the other format cannot hold.
    """
    from cablespan.formats import convert

    for message in convert(source, out, to, format=from_, layers=layers, texts=texts or ()):
        typer.echo(message, err=True)


@app.command(epilog="Example: `cablespan agree anna.jsonl ben.jsonl --html agreement.html`")
def agree(
    files: AnnotatorFiles,
    json: JsonOption = False,
    html: Annotated[
        Path | None,
        typer.Option(help="File for a page with the disagreements.", show_default=False),
    ] = None,
) -> None:
    """How far annotators agree: span F1, Cohen's kappa, Krippendorff's alpha, confusion, claims."""
    from cablespan.learning.agreement import agree

    result = agree(files)
    if html is not None:
        from cablespan.learning.agreement.page import page

        html.write_text(page(result), encoding="utf-8")
    if json:
        import orjson

        typer.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
    else:
        from rich.console import Console

        from cablespan.learning.agreement.table import tables

        console = Console()
        for table in tables(result):
            console.print(table)


@app.command(
    epilog="Example: `cablespan adjudicate anna.jsonl ben.jsonl --prefer anna --output gold.jsonl`"
)
def adjudicate(
    files: AnnotatorFiles,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File for the gold, as Prodigy tasks.")
    ],
    prefer: Annotated[
        str | None,
        typer.Option(help="Annotator who is right in a conflict.", show_default="nobody"),
    ] = None,
    decided: Annotated[
        Path | None, typer.Option(help="Annotations that decide the conflicts.", show_default=False)
    ] = None,
) -> None:
    """Make one gold from several annotators: what they agree on, and what is decided.

    Conflicts that nothing decides are listed in NAME.conflicts.jsonl; the exit code is 1 then.
    """
    from cablespan.learning.agreement.adjudication import adjudicate_files

    outcome, conflicts = adjudicate_files(files, output, prefer=prefer, decided=decided)
    typer.echo(
        f"{output}: {', '.join(f'{count} {how}' for how, count in outcome.settled.items())}",
        err=True,
    )
    if conflicts:
        typer.echo(f"{conflicts}: {len(outcome.conflicts)} open", err=True)
        raise typer.Exit(1)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: `cablespan train --config models/configs/cable_sm.cfg --train gold.jsonl --dev dev.jsonl --output mine "
    "--training.max_epochs 10`",
)
def train(
    context: typer.Context,
    train: Annotated[
        list[Path], typer.Option(help="Gold in any format of convert, a file or folder; repeat it.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for model-best and model-last.")
    ],
    config: Annotated[
        Path | None,
        typer.Option(
            help="spaCy's config of the training: a file, or cable_sm.cfg, which comes along.",
            show_default="with --base: finetune.cfg",
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            help="Pipeline to go on from, by folder or name: en_cable_sm.", show_default=False
        ),
    ] = None,
    dev: Annotated[
        list[Path] | None,
        typer.Option(
            help="Gold of other documents, to choose the best model by.",
            show_default="a share of --train",
        ),
    ] = None,
    silver: Annotated[
        list[Path] | None,
        typer.Option(
            help="DocBin of machine-labelled examples to learn beside the gold; repeat it.",
            show_default=False,
        ),
    ] = None,
    gold_copies: Annotated[
        int, typer.Option(min=1, help="Times that the gold is read beside the silver in an epoch.")
    ] = 1,
    texts: GoldTexts = None,
    dev_share: Annotated[
        float,
        typer.Option(
            min=0.01, max=0.9, help="Share of the documents that is kept for dev without --dev."
        ),
    ] = 0.1,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Train although labels have no example.")
    ] = False,
    gpu: Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU.")] = -1,
    code: Annotated[
        Path | None,
        typer.Option(
            "--code",
            "-c",
            help="Python file with registered functions of your own.",
            show_default=False,
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-V", help="Log what spaCy does.")] = False,
) -> None:
    """Train a model of your own with spaCy, on gold in any of our formats.

    With --base, go on from a trained pipeline: 40 paragraphs and some minutes, no config needed.
    Gold and config are checked before. Any value of the config is given as --section.key value, as with `spacy train`.
    """
    from spacy.cli._util import parse_config_overrides

    from cablespan.learning.training import train as run

    overrides = parse_config_overrides(list(context.args))
    run(
        config,
        train,
        dev or [],
        output,
        base=base,
        silver=silver or (),
        gold_copies=gold_copies,
        texts=texts or (),
        dev_share=dev_share,
        allow_empty=allow_empty,
        overrides=overrides,
        gpu=gpu,
        code=code,
        verbose=verbose,
        warn=lambda problem: typer.echo(f"warning: {problem}", err=True),
    )
    typer.echo(f"{output / 'model-best'}: scores.json, README.md", err=True)


@app.command(
    epilog="Example: `cablespan evaluate models/en_cable_sm annotations/modern --report scores.html`"
)
def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Folder of a trained pipeline; `rules` is the lexicon alone.",
        ),
    ],
    gold: Annotated[
        list[Path],
        typer.Argument(
            metavar="GOLD...", help="Gold in any format of convert.", show_default=False
        ),
    ],
    report: Annotated[
        Path | None,
        typer.Option(help="File for a page with plots and mistakes.", show_default=False),
    ] = None,
    json: JsonOption = False,
    texts: GoldTexts = None,
) -> None:
    """How good a model is: precision, recall, F1 with intervals, confusion, slices, calibration, mistakes."""
    from cablespan.learning.evaluation import evaluate_files

    result = evaluate_files(
        model, gold, texts=texts or (), report=lambda problem: typer.echo(problem, err=True)
    )
    if report is not None:
        from cablespan.learning.evaluation.page import page

        report.write_text(page(result), encoding="utf-8")
    if json:
        import orjson

        typer.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
    else:
        from rich.console import Console

        from cablespan.learning.evaluation.table import tables

        console = Console()
        for table in tables(result):
            console.print(table)


if __name__ == "__main__":
    sys.exit(app())
