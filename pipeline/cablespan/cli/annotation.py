"""Commands of annotators: review, convert, agree, adjudicate."""

from pathlib import Path
from typing import Annotated

import typer

from cablespan.cli.app import app, tell
from cablespan.cli.options import (
    AnnotatorFiles,
    HostOption,
    JsonOption,
    LabelsOption,
    Layer,
    TokenOption,
)


@app.command(
    epilog="Example: `cablespan review annotations/demo --as ANNA`; "
    "later `cablespan review annotations/demo --export answers`"
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
    host: HostOption = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8321,
    token: TokenOption = None,
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
    labels: LabelsOption = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            help="Write the answers as Prodigy tasks into this folder, and stop.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Correct annotations in the browser. Answers are kept in review.sqlite beside the input, and
    in nothing else."""
    from cablespan.review import export_answers, review

    if export:
        counts, corrections = export_answers(inputs, export)
        for folder, count in counts.items():
            typer.echo(f"{folder}: {count:,} paragraphs", err=True)
        if corrections:
            typer.echo(
                f"{len(corrections)} of them hold the answer before a correction that "
                "was begun and "
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
    epilog="Example: `cablespan convert annotations/gold/train.jsonl gold.spacy --to docbin "
    "--texts frus/volumes`"
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
            metavar="OUT",
            help="File to write; a folder for prodigy, brat and inception.",
            show_default=False,
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            help="records, prodigy, gold, standoff, docbin, "
            "conll, labelstudio, doccano, inception or "
            "brat."
        ),
    ],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Format of FILE, one of the same.", show_default="found by looking"
        ),
    ] = None,
    layers: Annotated[
        list[Layer] | None,
        typer.Option(
            "--layer",
            help="Layer that each paragraph of Prodigy tasks must have; repeat it.",
            show_default="those that it has tasks of",
        ),
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder or file with the texts of stand-off annotations; repeat it.",
            show_default="NAME.texts.jsonl beside",
        ),
    ] = None,
    cables: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="Records that were annotated: header, source maps and clusters come from there.",
            show_default=False,
        ),
    ] = None,
    labels: LabelsOption = None,
) -> None:
    """Bring annotations from one tool's format to another's.

    Says what was found, and what the other format cannot hold.
    """
    from cablespan.formats import convert
    from cablespan.labels import scheme_beside

    messages = convert(
        source,
        out,
        to,
        format=from_,
        layers=layers,
        texts=texts or (),
        cables=cables,
        scheme=scheme_beside([source], labels),
    )
    for message in messages:
        typer.echo(message, err=True)


@app.command(epilog="Example: `cablespan agree anna.jsonl ben.jsonl --html agreement.html`")
def agree(
    files: AnnotatorFiles,
    json: JsonOption = False,
    html: Annotated[
        Path | None,
        typer.Option(help="File for a page with the disagreements.", show_default=False),
    ] = None,
    labels: LabelsOption = None,
) -> None:
    """How far annotators agree: span F1, Cohen's kappa, Krippendorff's alpha, confusion, claims."""
    from cablespan.labels import scheme_beside
    from cablespan.learning.agreement import agree

    result = agree(files, scheme=scheme_beside(files, labels))
    if html is not None:
        from cablespan.learning.agreement.page import page
        from cablespan.writing import write_whole

        write_whole(html, page(result))
    from cablespan.learning.agreement.table import tables

    tell(result, tables, as_json=json)


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
    labels: LabelsOption = None,
) -> None:
    """Make one gold from several annotators: what they agree on, and what is decided.

    Conflicts that nothing decides are listed in NAME.conflicts.jsonl; the exit code is 1 then.
    """
    from cablespan.labels import scheme_beside
    from cablespan.learning.agreement.adjudication import adjudicate_files

    scheme = scheme_beside(files, labels)
    outcome, conflicts = adjudicate_files(
        files, output, prefer=prefer, decided=decided, scheme=scheme
    )
    settled = ", ".join(f"{count} {how}" for how, count in outcome.settled.items())
    typer.echo(f"{output}: {len(outcome.gold)} tasks: {settled}", err=True)
    if conflicts:
        remedy = "decide them with --prefer, --decided, or `cablespan review --adjudicate`"
        typer.echo(f"{conflicts}: {len(outcome.conflicts)} open; {remedy}", err=True)
        raise typer.Exit(1)
