"""Tables of figures for the terminal: the first column names, the others hold them."""

from collections.abc import Iterable, Sequence

from rich.table import Table


def figure(value: float | None) -> str:
    """Three decimals; a dash where there is nothing to measure.

    >>> figure(0.8336), figure(None)
    ('0.834', '-')
    """
    return "-" if value is None else f"{value:.3f}"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first column is not wrapped and whose others stand at the right."""
    made = Table(title=title, title_justify="left")
    first, *others = columns
    made.add_column(first, no_wrap=True)
    for column in others:
        made.add_column(column, justify="right", overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made
