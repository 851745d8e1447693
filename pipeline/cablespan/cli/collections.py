"""Commands over whole collections: annotate, read, show, export, index, register, report,
explore."""

from pathlib import Path
from typing import Annotated

import typer

from cablespan.cli.app import app, warn
from cablespan.cli.options import (
    Engine,
    FormatOption,
    HostOption,
    Inputs,
    LabelsOption,
    ModelOption,
    RegisterOption,
    RunFolder,
    Table,
    TokenOption,
    named,
)

_OF_RUNS = (Table.parquet, Table.csv)


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
            callback=named,
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
    bfloat16: Annotated[
        bool,
        typer.Option(
            "--bfloat16",
            help="Let a transformer compute in half the bits: twice as fast on CPUs that can.",
        ),
    ] = False,
    labels: LabelsOption = None,
    register: RegisterOption = None,
) -> None:
    """Annotate cables: the main job.

    Writes cables.jsonl (records), entities.jsonl, statements.jsonl and claims.jsonl (Prodigy
    tasks), rejects.jsonl, manifest.jsonl and run.json.
    """
    from cablespan.runs.batch import annotate

    code = annotate(
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
        bfloat16=bfloat16,
        labels=labels,
    )
    if register and code <= 1:
        try:
            _register(output)
        except (OSError, ValueError) as error:
            warn(f"the run is done, but not registered: {error}")
    raise typer.Exit(code)


def _register(run: str, decisions: Path | None = None) -> int:
    """Registers a run and tells of it; the exit code is 1 where a decision was not carried out."""
    from cablespan.runs.register import register

    counts, faults = register(run, decisions)
    for fault in faults:
        warn(fault)
    for table, rows in counts.items():
        typer.echo(f"{Path(run) / 'register' / table}.parquet: {rows:,} rows", err=True)
    return int(bool(faults))


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
            callback=named,
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
    """Show one cable with its layers, in the terminal or as a page; a raw cable is annotated
    first."""
    from cablespan.runs.show import show

    show(file, cable, html=html, model=model)


@app.command(
    epilog="Examples: `cablespan export run tables`, "
    "`cablespan export cables.db found --to prodigy --search piracy --year 2007`"
)
def export(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN|DB",
            help="Folder that annotate wrote, a file of records, or a database of index.",
        ),
    ],
    output: Annotated[
        str, typer.Argument(metavar="OUT", help="Folder for the files.", callback=named)
    ],
    to: Annotated[
        Table,
        typer.Option(help="File format; prodigy, graphml and gexf of a database alone."),
    ] = Table.parquet,
    search: Annotated[
        str, typer.Option(help="Of a database: the paragraphs that hold these words.")
    ] = "",
    post: Annotated[str | None, typer.Option(help="Their post: ASTANA.")] = None,
    year: Annotated[int | None, typer.Option(help="Their year.")] = None,
    tag: Annotated[str | None, typer.Option(help="One of their TAGS.")] = None,
    classification: Annotated[str | None, typer.Option(help="Of their cables.")] = None,
    label: Annotated[str | None, typer.Option(help="An entity's label in them.")] = None,
    entity: Annotated[str | None, typer.Option(help="Whom or what they name.")] = None,
    speaker: Annotated[str | None, typer.Option(help="Who says something in them.")] = None,
    statement: Annotated[str | None, typer.Option(help="A statement's label in them.")] = None,
    certainty: Annotated[str | None, typer.Option(help="Of a claim in them.")] = None,
) -> None:
    """Write what a run found as tables for pandas, R or DuckDB (cables, paragraphs, entities,
    clusters, statements, claims), or what a search of a database finds: as these tables, as
    Prodigy's tasks, as a graph of who speaks about whom."""
    from cablespan.explore import is_database

    folder = Path(output)
    asked = {
        "post": post, "year": year, "tag": tag, "classification": classification, "label": label,
        "entity": entity, "speaker": speaker, "statement": statement, "certainty": certainty,
    }  # fmt: skip
    if is_database(run):
        from cablespan.explore.export import export as export_found

        for name, number in export_found(Path(run), folder, to=to, words=search, **asked).items():
            typer.echo(f"{folder}: {number:,} {name}", err=True)
        return
    if search or to not in _OF_RUNS or any(value is not None for value in asked.values()):
        remedy = f"`cablespan index {run} --output cables.db` makes one"
        raise ValueError(f"{run}: a run is written as a whole, a database is searched; {remedy}")
    from cablespan.runs.export import export

    for table, rows in export(run, folder, to=to, warn=warn).items():
        typer.echo(f"{folder / table}.{to}: {rows:,} rows", err=True)


@app.command(epilog="Example: `cablespan index run --output cables.db`")
def index(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help="Folders that annotate wrote, or files of records.",
            show_default=False,
        ),
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", help="File for the database.", callback=named)
    ] = "cables.db",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Build it anew instead of adding to it.")
    ] = False,
) -> None:
    """Put runs into one SQLite file to search and browse, or add them to it; a cable that it has
    already is replaced."""
    from cablespan.explore.index import index

    counts = index(runs, Path(output), overwrite=overwrite)
    told = ", ".join(f"{counts[table]:,} {table}" for table in ("cables", "paragraphs", "claims"))
    typer.echo(f"{output}: {told}", err=True)


@app.command(epilog="Example: `cablespan register run`")
def register(
    run: RunFolder,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            metavar="FILE",
            help="What people decided, JSON Lines: merge, split and rename; kept for later runs.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Resolve who and what a run names across all its cables: people, bodies and places, as tables
    in the run's folder `register`, and as `entity_id` of the records' clusters."""
    raise typer.Exit(_register(run, decisions))


@app.command(epilog="Example: `cablespan report run --output report.html`")
def report(
    run: RunFolder,
    output: Annotated[
        str, typer.Option("--output", "-o", help="File for the page.", callback=named)
    ] = "report.html",
) -> None:
    """Show what a run found, as one page that opens from the disk: charts, a map, lists, a
    search."""
    from cablespan.runs.report import report

    size = report(run, Path(output), warn=warn)
    typer.echo(f"{output}: {size / 1e6:.1f} MB", err=True)


@app.command(epilog="Example: `cablespan explore cables.db`")
def explore(
    database: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Database that `cablespan index` built.", show_default=False
        ),
    ],
    host: HostOption = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8322,
    token: TokenOption = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the pages in the browser.")
    ] = True,
) -> None:
    """Search and browse an annotated collection in the browser. Nothing is written to it."""
    from cablespan.explore.serving import explore

    explore(database, host=host, port=port, token=token, browser=browser)
