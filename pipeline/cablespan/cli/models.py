"""Commands of researchers: train, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from cablespan.cli.app import app, tell
from cablespan.cli.options import GoldTexts, JsonOption, LabelsOption
from cablespan.learning import BASE_SHARE, DEV_SHARE


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: `cablespan train --config cable_sm.cfg --train gold.jsonl "
    "--dev dev.jsonl --output mine --training.max_epochs 10`",
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
    base_share: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="With --base: share of its weights in the result; 0 keeps none."
        ),
    ] = BASE_SHARE,
    dev: Annotated[
        list[Path] | None,
        typer.Option(
            help="Gold of other documents, to choose the best model by.",
            show_default="a share of --train, by which with --base nothing is chosen",
        ),
    ] = None,
    labels: LabelsOption = None,
    texts: GoldTexts = None,
    dev_share: Annotated[
        float,
        typer.Option(
            min=0.01, max=0.9, help="Share of the documents that is kept for dev without --dev."
        ),
    ] = DEV_SHARE,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Train although labels have no example.")
    ] = False,
    gpu: Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU.")] = -1,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume/--overwrite",
            help="Go on where a training was stopped; or begin anew, and replace a finished model.",
        ),
    ] = True,
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
    Gold and config are checked before. Any value of the config is given as --section.key value, as
    with `spacy train`.
    """
    from spacy.util import import_file, logger

    from cablespan.learning.training import train as run
    from cablespan.learning.training.checkpoints import saying_what_is_kept
    from cablespan.learning.training.overrides import config_overrides

    if verbose:
        logger.setLevel("DEBUG")
    if code is not None:
        import_file("python_code", code)

    options = [name for parameter in context.command.params for name in parameter.opts]
    overrides = config_overrides(context.args, options)

    def tell_problem(problem: object) -> None:
        typer.echo(f"warning: {problem}", err=True)

    with saying_what_is_kept(output, tell_problem):
        run(
            config,
            train,
            dev or [],
            output,
            base=base,
            base_share=base_share,
            labels=labels,
            texts=texts or (),
            dev_share=dev_share,
            allow_empty=allow_empty,
            overrides=overrides,
            gpu=gpu,
            overwrite=not resume,
            warn=tell_problem,
        )
    best = output / "model-best"
    typer.echo(
        f"{best}: scores in README.md and scores.json. Use it with --model {best}, or "
        f'cablespan.load("{best}"), which adds links, speakers and claims',
        err=True,
    )


@app.command(
    epilog="Example: `cablespan evaluate models/en_cable_sm annotations/modern "
    "--report scores.html`"
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
    labels: LabelsOption = None,
) -> None:
    """How good a model is: precision, recall, F1 with intervals, confusion, slices, calibration,
    mistakes."""
    from cablespan.learning.evaluation import evaluate_files

    result = evaluate_files(
        model,
        gold,
        texts=texts or (),
        labels=labels,
        report=lambda problem: typer.echo(problem, err=True),
    )
    if report is not None:
        from cablespan.learning.evaluation.page import page
        from cablespan.writing import write_whole

        write_whole(report, page(result))
    from cablespan.learning.evaluation.table import tables

    tell(result, tables, as_json=json)
