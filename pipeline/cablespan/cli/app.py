"""The application: one sentence for what goes wrong, with the exit codes of the contract."""

import errno
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.table import Table

# What a command needs beyond the core, as the extras of the package name it.
EXTRAS = {
    "review": "review",
    "agree": "eval",
    "adjudicate": "eval",
    "evaluate": "eval",
    "report": "report",
    "export": "report",
    "index": "explore",
    "register": "register",
    "explore": "explore",
    "annotate": "ray",
    "convert": "inception",
}
# Modules that some of these need for a part of what they do.
_MODULES = dict.fromkeys(("datasette", "networkx", "sqlite_utils"), "explore")
_MODULES["pyarrow"] = "report"


class _Commands(TyperGroup):
    """Says what went wrong in a sentence instead of a traceback, with the exit codes of the
    contract."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # `cablespan read ... | head`
            raise
        except ModuleNotFoundError as error:
            extra = _MODULES.get(error.name or "") or EXTRAS.get(ctx.invoked_subcommand)
            if extra is None or (error.name or "").startswith("cablespan"):
                raise
            message = (
                f"{error.name} is not installed; {ctx.invoked_subcommand} needs it: "
                f"pip install 'cablespan[{extra}]'"
            )
        except ImportError as error:
            if error.name is not None:
                raise
            message = str(error)  # fsspec's own: which package a file system needs
        except OSError as error:
            message = _sentence(error)
        except ValueError as error:
            message = str(error)
        typer.secho(f"cablespan {ctx.invoked_subcommand}: {message}", err=True, fg="red")
        raise typer.Exit(2)


def _sentence(error: OSError) -> str:
    """What the system says, after the file that it is about instead of a number, and the remedy.

    >>> _sentence(OSError(errno.EACCES, "Permission denied", "run"))
    'run: Permission denied'
    >>> _sentence(OSError(errno.ENOSPC, "No space left on device"))
    'No space left on device; make room, then give the command again'
    """
    place = f"{error.filename}: " if error.filename else ""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "; make room, then give the command again" if full else ""
    return f"{place}{error.strerror or error}{remedy}"


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "Diplomatic cables in, span-level annotations out: "
        "entities, statements, and who says what.\n\n"
        "Exit codes: 0 done; 1 some inputs were rejected; "
        "2 bad usage, or nothing could be read; 130 interrupted."
    ),
)


def warn(message: str) -> None:
    """Tells the user on standard error."""
    typer.secho(f"warning: {message}", err=True, fg="yellow")


def tell(
    result: Mapping[str, Any], tables: "Callable[[Any], Iterable[Table]]", *, as_json: bool
) -> None:
    """Prints figures on standard output: as JSON, or as the tables that `tables` makes of them."""
    if as_json:
        import orjson

        typer.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
        return
    from rich.console import Console

    console = Console()
    for table in tables(result):
        console.print(table)


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
    """The options that stand before a command."""
    pass
