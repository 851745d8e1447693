"""Which format annotations are in, found by looking at names and first lines."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from cablespan.formats.checks import GoldError
from cablespan.formats.files import opened, placed_objects, unpacked_name
from cablespan.labels import LABELS_FILE

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
# Of those, the ones whose folder has a file for each cable, and may have others among them.
_A_FILE_A_CABLE = ("brat", "inception")
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
_TEXTS, _LAYOUT = ".texts.jsonl", ".cables.jsonl"
# A JSON file that begins so is a UIMA CAS; or a list of objects, as Label Studio's.
_JSON_BEGINS = {
    "inception": re.compile(rb'\s*\{\s*"%TYPES"'),
    "labelstudio": re.compile(rb"\s*\[\s*\{"),
}
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

    `format`: that of all, else found by looking. Raises GoldError where there is none of ours,
    ValueError for an unknown `format`, and FileNotFoundError.
    """
    if format is not None:
        must_be_known(format)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist: name a file or folder of annotations")
    if path.is_dir():
        yield from _in_folder(path, format)
    else:
        yield Annotations(path, format or _format_of_file(path))


def _in_folder(folder: Path, format: str | None) -> Iterator[Annotations]:
    """The folder itself, where one is read as a whole, else its files: of a run, the cables.

    The folder stands once for its files of brat or INCEpTION.
    """
    known = format or format_of_folder(folder)
    if known == "prodigy":
        yield Annotations(folder, known)
        return
    files = _named(folder, "cables*.jsonl*") if known == "records" else []
    files = files or [file for file in _named(folder, "*") if _holds_annotations(file)]
    if not files:
        raise _unknown(folder)
    found = ((file, format or _format_of_file(file)) for file in files)
    yield from dict.fromkeys(
        Annotations(folder if one in _A_FILE_A_CABLE else file, one) for file, one in found
    )


def must_be_known(format: str) -> None:
    """Raises ValueError for the name of no format."""
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}: use one of {', '.join(FORMATS)}")


def must_not_be_read(out: Path, sources: Iterable[Path], format: str | None = None) -> None:
    """Raises FileExistsError where a file to write is one of those that are read from `sources`,
    files or folders of annotations in `format`."""
    if not out.exists():
        return
    for file in (file for source in sources for file in _files_read(source, format)):
        if out.samefile(file):
            raise FileExistsError(f"{out}: is read itself; name another file to write")


def _files_read(path: Path, format: str | None) -> Iterator[Path]:
    for one, known in annotations_in(path, format):
        if not one.is_dir():
            yield one
            continue
        for glob in (glob for glob, of in _BY_GLOB.items() if of == known):
            yield from _named(one, glob)


def format_of_folder(folder: Path) -> str | None:
    """The format of a folder by the names in it, or as it holds a UIMA CAS; None where nothing
    tells, or there is none."""
    for glob, format in _BY_GLOB.items():
        if _named(folder, glob):
            return format
    holds_cas = any(_format_of_json(file) == "inception" for file in _named(folder, "*.json"))
    return "inception" if holds_cas else None


def is_of_a_run(path: Path) -> bool:
    """Whether `annotate` wrote it, a folder or the records in one: nobody has answered it yet."""
    folder = path if path.is_dir() else path.parent
    return (folder / "manifest.jsonl").exists() and (path.is_dir() or path.match("cables*.jsonl*"))


def _named(folder: Path, glob: str) -> list[Path]:
    """A folder's files of such names, but for those that belong to another."""
    files = (file for file in sorted(folder.glob(glob)) if not file.is_dir())
    return [file for file in files if not _lies_beside(file)]


def _lies_beside(file: Path) -> bool:
    """Whether a file is read with another: the texts of stand-off, what `x.conll` has beside it."""
    name = unpacked_name(file)
    if name.endswith(_TEXTS):
        return True
    base, _, kind = Path(name).stem.rpartition(".")
    if kind not in ("cables", "statements"):
        return False
    conll = {f"{base}{suffix}" for suffix, format in _BY_SUFFIX.items() if format == "conll"}
    has_conll = any(unpacked_name(other) in conll for other in file.parent.iterdir())
    return has_conll and file.with_name(f"{base}{_LAYOUT}").exists()


def _holds_annotations(file: Path) -> bool:
    """Whether a file is one of annotations, by its name; of JSON, by its beginning."""
    name = unpacked_name(file)
    if name.endswith(".json"):
        return name != LABELS_FILE and _format_of_json(file) is not None
    return name.endswith((".jsonl", *_BY_SUFFIX))


def _format_of_file(path: Path) -> str:
    suffix = Path(unpacked_name(path)).suffix
    if suffix == ".json":
        return _format_of_json(path) or "labelstudio"
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    first = _first_line(path)
    format = _format_of_line(first)
    if format is None:
        if suffix == ".jsonl" and _is_utf8(first):
            next(placed_objects(path), None)  # a line that is no JSON is named
        raise _unknown(path, first)
    return format


def _format_of_json(path: Path) -> str | None:
    """The format of a JSON file by its beginning; None where it is none of ours."""
    with opened(path) as file:
        head = file.read(100).removeprefix(b"\xef\xbb\xbf")
    return next((format for format, begins in _JSON_BEGINS.items() if begins.match(head)), None)


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
    what = "no annotations in a known format"
    remedy = f"say which to `cablespan convert` (--from): {', '.join(FORMATS)}"
    if first == b"":
        what, remedy = "the file is empty", "name a file with annotations in it"
    elif first is not None and not _is_utf8(first):
        what, remedy = "its first line is no UTF-8", "save the file as UTF-8"
    return GoldError.at(path, what, remedy)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in line
