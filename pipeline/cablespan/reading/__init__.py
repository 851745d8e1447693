"""Every kind of cable file, read whole: `scan` finds the format by looking and yields cables and
rejects."""

import warnings
from collections.abc import Iterable, Iterator
from io import BufferedReader, BytesIO
from itertools import islice
from os.path import exists, isdir
from pathlib import Path, PurePath
from typing import Any, BinaryIO, TextIO

from cablespan.cable import Cable, Reject
from cablespan.reading import csv
from cablespan.reading.assembly import DistinctIds, reader_failed, with_text
from cablespan.reading.decode import (
    HEAD,
    TORN,
    decode,
    in_utf8,
    is_binary,
    open_input,
    unpacked,
)
from cablespan.reading.formats import (
    Reader,
    StreamReader,
    find_format,
    formats,
    reader_of,
    takes_streams,
)
from cablespan.reading.inputs import expand, in_unicode, must_have_name

__all__ = [
    "LONGEST_PARAGRAPH",
    "Reader",
    "StreamReader",
    "expand",
    "find_format",
    "formats",
    "parse",
    "read",
    "scan",
]

LONGEST_PARAGRAPH = 1_000_000  # characters; spaCy's own limit for a text


def scan(
    path: str | Path,
    format: str | None = None,
    *,
    start: int = 0,
    content: bytes | None = None,
    **options: Any,
) -> Iterator[Cable | Reject]:
    """The cables of an input, and a reject for each part that is none, in order.

    `path`: a file, `-`, or a URL; packed or not. `format`: one of `formats()`, None to find it. The
    cables before number `start` are skipped. `content`: what stands there, where it is known;
    `path` is then a name. `options` go to the format's reader (`all_documents=True` for `tei`).
    Errors of reading become rejects.

    >>> [item.reason for item in scan("empty.txt", content=b"")]
    ['the file is empty']
    """
    # The item before `start` is made once more: it can be the reject of a whole file, which no
    # reader knows how to skip.
    items = _items(str(path), format, max(start - 1, 0), content, options)
    return islice(items, min(start, 1), None)


def _items(
    path: str, format: str | None, start: int, content: bytes | None, options: dict[str, Any]
) -> Iterator[Cable | Reject]:
    if format is not None:
        reader_of(format)  # a wrong name is the caller's mistake
    if content is None and (reject := _without_content(path)):
        yield reject
        return
    done = start
    try:
        with open_input(path) if content is None else unpacked(BytesIO(content)) as stream:
            head = stream.peek(HEAD)[:HEAD]
            if reject := _without_cables(path, head, format):
                yield reject
                return
            chosen = format or _format_of(path, head)
            for item in _cables(stream, path, chosen, start, options):
                yield _of_bearable_length(item)
                done += 1
            if not done:
                remedy = "leave the format out, or name another"
                yield Reject(path, "file", f"no cable in it, read as {chosen}", remedy)
    except (OSError, *TORN) as error:
        yield _unreadable(path, error, done)
    except Exception as error:  # a mistake in a reader must not cost a run the other files
        yield reader_failed(error, path, f"after cable {done}")


def _unreadable(path: str, error: Exception, done: int) -> Reject:
    """The reject of a file that cannot be read on after its first `done` cables."""
    if not done:
        remedy = "check the path and whether the file is whole"
        return Reject(path, "file", f"cannot be read: {error}", remedy)
    remedy = "the cables before it were read; get the rest from a whole copy"
    return Reject(path, f"after cable {done}", f"breaks off: {error}", remedy)


def _without_content(path: str) -> Reject | None:
    """The reject of a path that no file can be read from."""
    if "://" not in path and isdir(path):
        reason = "no file in the folder, or it cannot be listed"
        return Reject(path, "folder", reason, "look what it holds and who may read it")
    if in_unicode(path) != path:
        return Reject(in_unicode(path), "file", "the file's name is not UTF-8", "rename the file")
    return None


def _without_cables(path: str, head: bytes, format: str | None) -> Reject | None:
    """The reject of a file that begins as none with cables does."""
    if not head:
        return Reject(path, "byte 0", "the file is empty", "give a file with a cable in it")
    if is_binary(head):
        remedy = "give text, HTML, CSV, XML or JSON Lines; packed as gzip or zstd at most"
        return Reject(path, "byte 0", "binary data, no text", remedy)
    if format is None and _is_table(path) and _format_of(path, head) == "text":
        reason = f"a table, but no row of it begins as a dump's: {', '.join(csv.COLUMNS)}"
        remedy = "give its rows as JSON Lines, or a frame to cablespan.from_frame"
        return Reject(path, "line 1", reason, remedy)
    return None


def _format_of(path: str, head: bytes) -> str:
    """The format found by looking; a table in which a row of a dump begins is one that lost its
    beginning."""
    text = decode(head, whole=False)[0]
    found = find_format(text)
    return "csv" if found == "text" and _is_table(path) and csv.holds_row(text) else found


def _is_table(path: str) -> bool:
    """Whether a file's name says that it holds a table; `.csv.gz` does as well."""
    return not {".csv", ".tsv"}.isdisjoint(PurePath(path).suffixes)


def _of_bearable_length(item: Cable | Reject) -> Cable | Reject:
    """The cable, or a reject where a paragraph is longer than any cable: nothing after the reader
    could bear it."""
    if isinstance(item, Reject):
        return item
    longest = max((len(paragraph.text) for paragraph in item.paragraphs), default=0)
    if longest <= LONGEST_PARAGRAPH:
        return item
    place = f"cable {item.source.index + 1} ({item.id})"
    reason = f"a paragraph of {longest:,} characters; cables have at most {LONGEST_PARAGRAPH:,}"
    return Reject(item.source.path, place, reason, "break the text into lines and paragraphs")


def _cables(
    stream: BufferedReader, path: str, format: str, start: int, options: dict[str, Any]
) -> Iterator[Cable | Reject]:
    reader: Any = reader_of(format)
    if takes_streams(format):
        return reader.read_stream(in_utf8(stream), path, start)
    content, notes = decode(stream.read())
    cables = map(with_text, reader.read(content, path, tuple(notes), **options))
    return islice(map(DistinctIds().given_to, cables), start, None)


def read(
    source: str | Path | TextIO | BinaryIO, format: str | None = None, **options: Any
) -> Iterator[Cable]:
    r"""The cables of a file, `-`, a URL or an open file; what is rejected is warned of.

    `format` and `options` are those of `scan`. Raises FileNotFoundError where there is no such
    file, IsADirectoryError for a folder (`expand` names its files).

    >>> from io import StringIO
    >>> [cable.header.subject for cable in read(StringIO("SUBJECT: FISH\n\n1. (U) All is well."))]
    ['FISH']
    """
    if isinstance(source, (str, Path)):
        _check_file(str(source))
        return _cables_of(scan(source, format, **options))
    content = source.read()
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    name = getattr(source, "name", "text")
    return _cables_of(scan(name, format, content=data, **options))


def parse(text: str, format: str | None = None, **options: Any) -> Cable:
    r"""The cable that a text holds, as a file of the same content would be read.

    Raises ValueError where the text is no cable, or several.

    >>> cable = parse("SUBJECT: FISH\n\n1. (U) All is well.")
    >>> cable.header.subject, cable.paragraphs[0].text
    ('FISH', 'All is well.')
    """
    data = text.encode("utf-8", "surrogatepass")
    cables: list[Cable] = []
    for item in scan("text", format, content=data, **options):
        if isinstance(item, Reject):
            raise ValueError(f"{item.place}: {item.reason}. {item.remedy}")
        cables.append(item)
    if len(cables) != 1:
        number = len(cables)
        raise ValueError(f"{number} cables in the text: take them from read(io.StringIO(text))")
    return cables[0]


def _check_file(path: str) -> None:
    must_have_name(path)
    if "\n" in path:
        raise FileNotFoundError("a text, not a path: take cablespan.parse(text)")
    if path == "-" or "://" in path:
        return
    if isdir(path):
        raise IsADirectoryError(f"{path} is a folder: read its files one by one")
    if not exists(path):
        raise FileNotFoundError(f"{path}: no such file")


def _cables_of(items: Iterable[Cable | Reject]) -> Iterator[Cable]:
    for item in items:
        if isinstance(item, Cable):
            yield item
        else:
            warnings.warn(f"{item.path}, {item.place}: {item.reason}. {item.remedy}", stacklevel=3)
