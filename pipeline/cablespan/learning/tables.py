"""Tables for the terminal: the first column names, the others hold figures."""

from collections.abc import Iterable, Sequence

from rich.table import Table


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
