"""Plain text: one cable a file."""

from collections.abc import Iterator

from cablespan.cable import Cable, Reject
from cablespan.readers.assembly import assemble
from cablespan.readers.decode import name_of


def read(text: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable | Reject]:
    """The cable of a text."""
    yield assemble(text, path=path, format="text", notes=notes, fallback_id=name_of(path))
