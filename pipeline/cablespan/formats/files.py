"""Files of annotations, compressed or not: lines with their places."""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import zstandard

from cablespan.formats.checks import GoldError
from cablespan.reading.decode import TORN, open_input

_PACKINGS = (".gz", ".zst")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, out of gzip or zstd. Raises GoldError where the packed data are damaged."""
    try:
        with open_input(str(path)) as file:
            yield file
    except TORN as error:
        raise GoldError.at(path, f"torn ({error})", "get the whole file anew") from error


def read_text(path: Path) -> str:
    """The decoded content, line ends as they are, out of gzip or zstd.

    Raises GoldError where the file is torn or no UTF-8.
    """
    with opened(path) as file:
        content = file.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"no UTF-8 at byte {error.start}"
        raise GoldError.at(path, what, "save the file as UTF-8") from error


def placed_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON Lines file, each with its place ("gold.jsonl:12").

    Raises GoldError where a line holds no object or the file is torn.
    """
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield f"{path}:{number}", json_object(line, f"{path}:{number}")


def json_object(line: bytes, place: str) -> dict[str, Any]:
    """A line of JSON. Raises ValueError, with its place, where it holds no object.

    >>> json_object(b"[]", "gold.jsonl:2")
    Traceback (most recent call last):
    cablespan.formats.checks.GoldError: gold.jsonl:2: no JSON object: write one object a line
    """
    try:
        value = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise GoldError.at(place, f"no JSON ({error})", "mend or delete the line") from error
    if not isinstance(value, dict):
        raise GoldError.at(place, "no JSON object", "write one object a line")
    return value


def unpacked_name(path: Path) -> str:
    """The file's name without the ending of gzip or zstd.

    >>> unpacked_name(Path("run/gold.jsonl.gz")), unpacked_name(Path("gold.conll"))
    ('gold.jsonl', 'gold.conll')
    """
    return path.stem if path.suffix in _PACKINGS else path.name


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, packed as its name says: the same content makes the same bytes."""
    with ExitStack() as stack:
        file: Any = stack.enter_context(path.open("wb"))
        if path.suffix == ".gz":
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
            file = stack.enter_context(packed)
        elif path.suffix == ".zst":
            file = stack.enter_context(zstandard.ZstdCompressor().stream_writer(file))
        yield file


def write_json_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Plain dictionaries as JSON Lines, packed as the file's name says."""
    with written(path) as file:
        for line in lines:
            file.write(orjson.dumps(line) + b"\n")
