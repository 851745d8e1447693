"""Tables of figures for the terminal: the first column names, the others hold them."""

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table


def figure(value: float | None) -> str:
    """Three decimals; a dash where there is nothing to measure.

    >>> figure(0.8336), figure(None)
    ('0.834', '-')
    """
    return "-" if value is None else f"{value:.3f}"


def confusion_table(
    title: str,
    columns: Sequence[str],
    rows: Mapping[str, Sequence[int]],
    f1: Mapping[str, str] | None = None,
) -> Table:
    """How often the label of a row met that of a column, and each row's `f1` where it is given.

    A label has a number, which stands for it above its column: names of labels do not fit side by
    side.
    """
    numbers = {label: str(number) for number, label in enumerate(rows, 1)}
    headings = [numbers.get(label, label) for label in columns]
    lines = [
        [f"{numbers[label]} {label}", *(str(count or "") for count in counts)]
        for label, counts in rows.items()
    ]
    if f1:
        headings.append("F1")
        lines = [[*line, f1[label]] for line, label in zip(lines, rows, strict=True)]
    return table(title, ("", *headings), lines)


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
