"""Plain text: one cable a file."""

from collections.abc import Iterator

from cablespan.cable import Cable, Reject
from cablespan.readers.assembly import assemble
from cablespan.readers.decode import name_of


def read(text: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable | Reject]:
    """The cable of a text."""
    cable = assemble(text, path=path, format="text", notes=notes, fallback_id=name_of(path))
    if cable.paragraphs:
        yield cable
    else:
        yield Reject(path, "line 1", "no cable in it: no paragraph behind the opening lines", "look whether the file holds a cable's body")
