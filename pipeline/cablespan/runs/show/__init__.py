"""One cable with its layers: in the terminal, or as a page that opens from the disk."""

import sys
from pathlib import Path

from cablespan.labels import labels_beside
from cablespan.runs.show.source import record_of, scheme_of_record
from cablespan.writing import write_whole

__all__ = ["record_of", "scheme_of_record", "show"]


def show(
    path: Path, cable: str | None = None, *, html: Path | None = None, model: str | None = None
) -> None:
    """Prints a cable of a file, or writes it as a page."""
    record = record_of(path, cable, model=model)
    scheme = scheme_of_record(record, labels_beside([path]))
    if html:
        from cablespan.runs.show.page import to_html

        write_whole(html, to_html(record, scheme))
        print(html, file=sys.stderr)
        return
    from rich.console import Console

    from cablespan.runs.show.terminal import to_terminal

    to_terminal(record, scheme, Console())
