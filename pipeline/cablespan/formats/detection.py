"""Which format annotations are in, found by looking at names and first lines."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.files import opened, unpacked_name

# Format -> its module.
FORMATS = {
    "records": "cablespan.formats.records",
    "prodigy": "cablespan.formats.prodigy",
    "gold": "cablespan.formats.paragraphs",
    "standoff": "cablespan.formats.standoff",
    "docbin": "cablespan.formats.docbin",
    "conll": "cablespan.formats.conll",
    "labelstudio": "cablespan.formats.labelstudio",
    "brat": "cablespan.formats.brat",
    "doccano": "cablespan.formats.doccano",
    "inception": "cablespan.formats.inception",
}
# Those whose annotations are a whole folder.
FOLDERS = ("prodigy", "brat", "inception")
# A folder that holds a file of such a name is of that format.
_BY_GLOB = {
    "*.ann": "brat",
    "TypeSystem.xml": "inception",
    "*.xmi": "inception",
    "cables*.jsonl*": "records",
    "entities*.jsonl*": "prodigy",
    "statements*.jsonl*": "prodigy",
    "claims*.jsonl*": "prodigy",
}
_BY_SUFFIX = {
    ".spacy": "docbin",
    ".ann": "brat",
    ".xmi": "inception",
    ".conll": "conll",
    ".iob": "conll",
    ".iob2": "conll",
}
_ZLIB = b"\x78\x9c"  # a DocBin is packed so
_TEXTS = ".texts.jsonl"
_TASK_KEYS = {"_input_hash", "_view_id", "answer", "tokens", "spans", "relations"}


def _is_doccano(line: dict[str, Any]) -> bool:
    has_relations = {"entities", "relations"} <= set(line)
    return "text" in line and (has_relations or isinstance(line.get("label"), list))


# The first that fits a JSON Lines file's first object.
_BY_LINE: dict[str, Callable[[dict[str, Any]], bool]] = {
    "standoff": lambda line: "sha256" in line and "text" not in line,
    "records": lambda line: "paragraphs" in line and "id" in line,
    "gold": lambda line: "doc" in line and "text" in line,
    "doccano": _is_doccano,
    "prodigy": lambda line: "text" in line and not _TASK_KEYS.isdisjoint(line),
}


class Annotations(NamedTuple):
    """A file, or a folder that is read as one, and its format, a key of FORMATS."""

    path: Path
    format: str


def find_format(path: str | Path) -> str:
    """The format of a file or folder of annotations, that of the first where a folder has several.

    Raises GoldError where it is none of ours, and FileNotFoundError.
    """
    return next(annotations_in(Path(path))).format


def annotations_in(path: Path, format: str | None = None) -> Iterator[Annotations]:
    """What is to be read of a path: itself, or the files of a folder, each by its own format.

    `format`: that of all, else found by looking. Raises GoldError where there is none of ours, and
    FileNotFoundError.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist: name a file or folder of annotations")
    if path.is_dir():
        yield from _in_folder(path, format or format_of_folder(path))
    else:
        yield Annotations(path, format or _format_of_file(path))


def _in_folder(folder: Path, format: str | None) -> Iterator[Annotations]:
    """The folder itself, where one is read as a whole, else its files: of a run, the cables."""
    if format in FOLDERS:
        yield Annotations(folder, format)
        return
    files = sorted(folder.glob("cables*.jsonl*")) if format == "records" else []
    files = files or [file for file in sorted(folder.iterdir()) if _holds_annotations(file)]
    if not files:
        raise _unknown(folder)
    for file in files:
        yield Annotations(file, format or _format_of_file(file))


def format_of_folder(folder: Path) -> str | None:
    """The format of a folder by the names in it; None where they tell none, or there is none."""
    return next((format for glob, format in _BY_GLOB.items() if any(folder.glob(glob))), None)


def _holds_annotations(file: Path) -> bool:
    """Whether a file in a folder is one of annotations, by its name."""
    name = unpacked_name(file)
    return name.endswith((".jsonl", *_BY_SUFFIX)) and not name.endswith(_TEXTS)


def _format_of_file(path: Path) -> str:
    suffix = Path(unpacked_name(path)).suffix
    if suffix == ".json":
        return "inception" if _is_cas(path) else "labelstudio"
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    first = _first_line(path)
    format = _format_of_line(first)
    if format is None:
        raise _unknown(path, first)
    return format


def _is_cas(path: Path) -> bool:
    """Whether a JSON file begins as a UIMA CAS does."""
    with opened(path) as file:
        return b'"%TYPES"' in file.read(100)


def _first_line(path: Path) -> bytes:
    with opened(path) as file:
        return next((line for line in file if line.strip()), b"").removeprefix(b"\xef\xbb\xbf")


def _format_of_line(first: bytes) -> str | None:
    """The format of a file that begins with this line; None where it is none of ours."""
    if first.startswith(_ZLIB):
        return "docbin"
    if first.lstrip().startswith(b"["):
        return "labelstudio"
    try:
        line = orjson.loads(first)
    except orjson.JSONDecodeError:
        return "conll" if _is_conll(first) else None
    if not isinstance(line, dict):
        return None
    return next((format for format, fits in _BY_LINE.items() if fits(line)), None)


def _is_conll(line: bytes) -> bool:
    columns = line.split(b"\t")
    tagged = len(columns) > 1 and columns[-1].strip()[:2] in (b"O", b"B-")
    return tagged or line.startswith(b"-DOCSTART-")


def _unknown(path: Path, first: bytes | None = None) -> GoldError:
    """Why nothing is known of a file that begins with the line `first`, or of a folder."""
    what, remedy = "no annotations in a known format", f"say which (--from): {', '.join(FORMATS)}"
    if first == b"":
        what, remedy = "the file is empty", "name a file with annotations in it"
    elif first is not None and not _is_utf8(first):
        what, remedy = "its first line is no UTF-8", "save the file as UTF-8"
    return GoldError([Problem(str(path), what, remedy)])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in line
