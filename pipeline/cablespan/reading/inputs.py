"""Which files the inputs name."""

import os
from collections.abc import Iterable, Iterator
from functools import cache
from glob import glob
from itertools import chain
from pathlib import Path


def expand(inputs: Iterable[str | Path]) -> list[str]:
    """The files of files, folders (all below, links followed, sorted) and globs, each once; `-` and
    URLs stay.

    A folder that is empty or cannot be listed stays as it is, so that reading it says so. Raises
    FileNotFoundError for an empty name.

    >>> expand(["-", "s3://cables/1966.csv", "-"])
    ['-', 's3://cables/1966.csv']
    """
    return distinct(chain.from_iterable(_files_of(str(given)) for given in inputs))


def distinct(paths: Iterable[str]) -> list[str]:
    """The paths without those that lead to the folder and name of an earlier one; two names of a
    file that is linked stay both.

    >>> distinct(["b", "a", "./a", "c/../a", "b"])
    ['b', 'a']
    """
    folder = cache(os.path.realpath)
    places: dict[str, str] = {}
    for path in paths:
        parent, name = os.path.split(path)
        place = path if path == "-" or "://" in path else os.path.join(folder(parent), name)
        places.setdefault(place, path)
    return list(places.values())


def _files_of(given: str) -> list[str]:
    """The files of an input; the input itself where there are none."""
    must_have_name(given)
    if given == "-" or "://" in given:
        return [given]
    if Path(given).is_dir():
        return sorted(_files_below(given)) or [given]
    if Path(given).exists():
        return [given]
    return sorted(filter(os.path.isfile, glob(given, recursive=True))) or [given]


def must_have_name(path: str) -> None:
    """Raises FileNotFoundError for an empty name, which would be the working folder."""
    if not path.strip():
        raise FileNotFoundError("the input's name is empty: give a file, a URL, or -")


def in_unicode(path: str) -> str:
    r"""A path as it can be written down: bytes of its name that are no UTF-8 as `\xe9`.

    >>> in_unicode("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _leads_nowhere(path: str) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


def _files_below(folder: str) -> Iterator[str]:
    """The files below a folder, broken links and folders that cannot be listed among them, so that
    reading them says so; hidden ones are left out."""
    unlisted: list[OSError] = []
    seen = set()
    for parent, folders, files in os.walk(folder, onerror=unlisted.append, followlinks=True):
        place = os.path.realpath(parent)
        if place in seen:  # a link that leads back
            folders.clear()
            continue
        seen.add(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            path = os.path.join(parent, name)
            if not name.startswith(".") and (os.path.isfile(path) or _leads_nowhere(path)):
                yield path
    yield from (error.filename for error in unlisted)
