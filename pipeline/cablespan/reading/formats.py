"""Which formats of files there are: a reader each, of the package's own and of packages beside
it."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, BinaryIO, Protocol, runtime_checkable

from cablespan.cable import Cable, Reject

PLUG_INS = "cablespan_readers"  # entry points of packages with readers
# The package's own, a module each, in the order in which they are asked whether a file is theirs;
# "text" takes every file.
OWN = ("jsonl", "csv", "tei", "html", "web", "text")


@runtime_checkable
class Reader(Protocol):
    """A format of files: a module, or any object, with two functions."""

    def knows(self, head: str) -> bool:
        """Whether a file that begins with this text (at most 64 kB of it) is of the format."""

    def read(self, text: str, path: str, notes: tuple[str, ...]) -> Iterator[Cable | Reject]:
        """The cables of a file and a reject for each part that is none, in order.

        `text`: the whole file, decoded; `notes`: what decoding repaired, which each cable carries
        on. More keywords are options, which `cablespan.read` hands through.
        """


@runtime_checkable
class StreamReader(Protocol):
    """A format of files that are read as they come, too large to be held: a row a cable, say."""

    def knows(self, head: str) -> bool:
        """As that of `Reader`."""

    def read_stream(self, stream: BinaryIO, path: str, start: int) -> Iterator[Cable | Reject]:
        """The cables of a stream of UTF-8 and a reject for each part that is none, in order.

        The first `start` are skipped, yet counted: each takes its number and id.
        """


@cache
def _plug_ins() -> dict[str, EntryPoint]:
    """The entry points of other packages by format. Raises ValueError where two have one name."""
    plug_ins: dict[str, EntryPoint] = {}
    for entry in entry_points(group=PLUG_INS):
        taken = "cablespan" if entry.name in OWN else None
        if entry.name in plug_ins:
            taken = plug_ins[entry.name].value
        if taken:
            raise ValueError(f"reader {entry.name!r} of {entry.value}: {taken} has one, rename it")
        plug_ins[entry.name] = entry
    return plug_ins


def formats() -> list[str]:
    """The names of all formats, those of other packages first: in this order readers are asked.

    >>> formats()[-6:]
    ['jsonl', 'csv', 'tei', 'html', 'web', 'text']
    """
    return [*sorted(_plug_ins()), *OWN]


@cache
def reader_of(format: str) -> Reader | StreamReader:
    """The reader of a format.

    Raises ValueError where there is none of that name, or where it is no reader.

    >>> isinstance(reader_of("tei"), Reader), isinstance(reader_of("csv"), StreamReader)
    (True, True)
    """
    if format in OWN:
        own: Any = import_module(f"cablespan.reading.{format}")
        return own
    if format not in _plug_ins():
        raise ValueError(f"no format {format!r}: there are {', '.join(formats())}")
    entry = _plug_ins()[format]
    try:
        reader = entry.load()
    except Exception as error:
        raise ValueError(
            f"reader {format!r} of {entry.value} fails on import ({error}): "
            "mend or uninstall its package"
        ) from error
    if not isinstance(reader, Reader | StreamReader):
        raise ValueError(
            f"{entry.value} is no reader: it needs knows(head), and read(text, path, notes) "
            "or read_stream(stream, path, start)"
        )
    return reader


@cache  # to compare an object with a protocol takes as long as to find a file
def takes_streams(format: str) -> bool:
    """Whether a format's reader is a `StreamReader`.

    >>> takes_streams("csv"), takes_streams("tei")
    (True, False)
    """
    return isinstance(reader_of(format), StreamReader)


def find_format(head: str) -> str:
    """The format of an input that begins with the text `head`.

    >>> find_format('{"text": "1. All is well."}'), find_format("1. All is well.")
    ('jsonl', 'text')
    """
    return next(format for format in formats() if reader_of(format).knows(head))
