"""Annotated cables in other tools' formats: every format is read into records and written from
records, a module each.

A module has `read(path)`, which gives records with the places of their paragraphs, `write(records,
out)`, and `LEAVES_OUT`, the facts that the format cannot hold. What is read is checked (checks.py)
before it is handed on.
"""

import logging
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import orjson

from cablespan.formats.checks import GoldError, Problem, check, fitted
from cablespan.formats.tasks import bare_record, blank_pipeline
from cablespan.labels import Scheme, scheme_of
from cablespan.records import ParagraphRecord, paragraph_record

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

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
FOLDERS = ("prodigy", "brat", "inception")
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
_TASK_KEYS = {"_input_hash", "_view_id", "answer", "tokens", "spans", "relations"}
# The first that fits a JSON Lines file's first object.
_BY_LINE: dict[str, Callable[[dict[str, Any]], bool]] = {
    "standoff": lambda line: "sha256" in line and "text" not in line,
    "records": lambda line: "paragraphs" in line and "id" in line,
    "gold": lambda line: "doc" in line and "text" in line,
    "doccano": lambda line: (
        "text" in line
        and (isinstance(line.get("label"), list) or {"entities", "relations"} <= set(line))
    ),
    "prodigy": lambda line: "text" in line and not _TASK_KEYS.isdisjoint(line),
}
OF_TOKENS = ("prodigy", "docbin", "conll")
# Those where the label tells which layer a span is of, and those that list the labels.
SORTED_BY_LABEL = ("prodigy", "docbin", "labelstudio", "brat", "doccano", "inception")
LISTING_LABELS = ("labelstudio", "brat")
logger = logging.getLogger(__name__)

__all__ = [
    "FORMATS",
    "GoldError",
    "convert",
    "find_format",
    "read_docs",
    "read_placed",
    "read_records",
]


def find_format(path: str | Path) -> str:
    """The format of a file or folder of annotations, found by looking into it.

    Raises GoldError where it is none of ours, and FileNotFoundError.
    """
    path = Path(path)
    if path.is_dir():
        format = next((f for glob, f in _BY_GLOB.items() if any(path.glob(glob))), None)
    elif not path.exists():
        raise FileNotFoundError(f"{path} does not exist: name a file or folder of annotations")
    else:
        suffix = Path(path.name.removesuffix(".gz")).suffix
        format = _BY_SUFFIX.get(suffix)
        if suffix == ".json":
            format = "inception" if _is_cas(path) else "labelstudio"
        format = format or _format_of_line(_first_line(path))
    if format is None:
        raise _unknown(path)
    return format


def _is_cas(path: Path) -> bool:
    """Whether a JSON file begins as a UIMA CAS does."""
    with fsspec.open(str(path), "rb", compression="infer") as file:
        return b'"%TYPES"' in file.read(100)


def _first_line(path: Path) -> bytes:
    with fsspec.open(str(path), "rb", compression="infer") as file:
        return next((line for line in file if line.strip()), b"").removeprefix(b"\xef\xbb\xbf")


def _format_of_line(first: bytes) -> str | None:
    """The format of a file that begins with this line; None where it is none of ours."""
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


def _unknown(path: Path) -> GoldError:
    return GoldError(
        [
            Problem(
                str(path),
                "no annotations in a known format",
                f"say which it is (--from): {', '.join(FORMATS)}",
            )
        ]
    )


def read_records(
    path: str | Path,
    *,
    format: str | None = None,
    layers: Iterable[str] | None = None,
    texts: Iterable[str | Path] = (),
    tokenize: "Callable[[str], Doc] | None" = None,
    report: Callable[[Problem], None] = lambda problem: logger.warning("%s", problem),
    scheme: Scheme | None = None,
) -> Iterator[dict[str, Any]]:
    """Annotated records from any format, one a cable, in the file's order.

    `format`: a key of FORMATS, else found by looking. `layers`: those that a paragraph of Prodigy
    tasks must have. `texts`: where the texts of stand-off annotations are. `tokenize`: spans that
    cut its tokens are widened, and told to `report`. `scheme`: the labels that may occur, ours if
    none is given. Raises GoldError at the end with all that is wrong; records before the first
    error have been given by then.
    """
    for record, _ in read_placed(
        path,
        format=format,
        layers=layers,
        texts=texts,
        tokenize=tokenize,
        report=report,
        scheme=scheme,
    ):
        yield record


def read_placed(
    path: str | Path,
    *,
    format: str | None = None,
    layers: Iterable[str] | None = None,
    texts: Iterable[str | Path] = (),
    tokenize: "Callable[[str], Doc] | None" = None,
    report: Callable[[Problem], None],
    scheme: Scheme | None = None,
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """As `read_records`, each record with the places of its paragraphs ("gold.jsonl:12"), its own
    under ""."""
    path, scheme = Path(path), scheme or scheme_of()
    format = format or find_format(path)
    options: dict[str, Any] = {"scheme": scheme} if format in SORTED_BY_LABEL else {}
    if format == "prodigy" and layers:
        options["layers"] = tuple(layers)
    if format == "standoff" and texts:
        options |= {"texts": [Path(place) for place in texts], "report": report}
    reader = import_module(FORMATS[format])
    errors: list[Problem] = []
    files = sorted(path.glob("cables*.jsonl*")) if path.is_dir() and format == "records" else [path]
    for file in files:
        for record, places in reader.read(file, **options):
            errors += check(record, places, scheme)
            if errors:
                continue
            record = completed(record)
            if tokenize is not None:
                record, problems = fitted(record, places, tokenize)
                for problem in problems:
                    report(problem)
            yield record, places
    if errors:
        raise GoldError(errors)


def _completed_paragraph(paragraph: Mapping[str, Any]) -> ParagraphRecord:
    facts: dict[str, Any] = {
        key: paragraph.get(key) for key in ("number", "marking", "section", "kind")
    }
    facts |= {key: paragraph.get(key) or () for key in ("source_map", "unannotated")}
    return paragraph_record(paragraph["id"], paragraph["text"], **facts)


def completed(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with every key that the contract names, so that all formats give the same
    shape."""
    whole = bare_record(record["id"], meta=record.get("meta")) | {
        key: value for key, value in record.items() if key != "scheme"
    }
    whole["header"] = bare_record("", meta=whole["meta"])["header"] | (record.get("header") or {})
    whole["paragraphs"] = [_completed_paragraph(paragraph) for paragraph in record["paragraphs"]]
    texts = {paragraph["id"]: paragraph["text"] for paragraph in whole["paragraphs"]}
    for layer, complete in _COMPLETE.items():
        if record.get(layer) is None:
            whole.pop(layer, None)
        else:
            whole[layer] = [complete(mark, texts[mark["paragraph"]]) for mark in record[layer]]
    return whole


def _located(annotation: Mapping[str, Any]) -> dict[str, Any]:
    return {key: annotation[key] for key in ("paragraph", "start", "end", "label")}


def _completed_entity(entity: Mapping[str, Any], text: str) -> dict[str, Any]:
    words = {"text": text[entity["start"] : entity["end"]]}
    facts = {key: entity.get(key) for key in ("kb_id", "cluster", "score")}
    value = {"value": entity["value"]} if "value" in entity else {}
    return _located(entity) | words | facts | value


def _completed_statement(statement: Mapping[str, Any], _text: str) -> dict[str, Any]:
    return _located(statement) | {"score": statement.get("score")}


def _completed_claim(claim: Mapping[str, Any], text: str) -> dict[str, Any]:
    def part(place: Mapping[str, Any]) -> dict[str, Any]:
        start, end = place["start"], place["end"]
        return {"start": start, "end": end, "text": text[start:end]}

    roles = {role: claim.get(role) and part(claim[role]) for role in ("source", "cue", "content")}
    facts = {key: claim.get(key) for key in ("speaker", "certainty")}
    return {"paragraph": claim["paragraph"], **roles, **facts}


_COMPLETE = {
    "entities": _completed_entity,
    "statements": _completed_statement,
    "claims": _completed_claim,
}


def read_docs(
    path: str | Path,
    nlp: "Language",
    *,
    format: str | None = None,
    layers: Iterable[str] | None = None,
    texts: Iterable[str | Path] = (),
) -> "Iterator[Doc]":
    """Gold Docs from any format: one a cable, as document.py lays them out; layers that the file
    has not got are unannotated.

    Everything is checked before the first Doc is given. Raises GoldError with file, line and remedy
    of all that is wrong.
    """
    from cablespan.formats.docbin import gold_doc

    for record in list(
        read_records(path, format=format, layers=layers, texts=texts, tokenize=nlp.tokenizer)
    ):
        if any(paragraph["text"] for paragraph in record["paragraphs"]):
            yield gold_doc(nlp, record)


def facts_of(record: Mapping[str, Any]) -> Counter[str]:
    """How much a record holds of what some formats cannot hold, under the names that LEAVES_OUT
    uses."""
    entities, claims = record.get("entities") or [], record.get("claims") or []
    header = {
        key: value
        for key, value in record.get("header", {}).items()
        if key not in ("created", "origin")
    }
    return Counter(
        {
            "header facts": sum(1 for value in header.values() if value),
            "source maps": sum(
                1 for paragraph in record["paragraphs"] if paragraph.get("source_map")
            ),
            "cluster tables": int(bool(record.get("clusters"))),
            "notes": len(record.get("notes") or ()),
            "claims": len(claims),
            "speakers and certainties of claims": sum(
                1 for c in claims if c.get("speaker") is not None or c.get("certainty")
            ),
            "scores": sum(
                1
                for annotation in [*entities, *(record.get("statements") or ())]
                if annotation.get("score") is not None
            ),
            "values of entities": sum(1 for e in entities if e.get("value") is not None),
            "links and clusters of entities": sum(
                1 for e in entities if e.get("kb_id") or e.get("cluster") is not None
            ),
        }
    )


def convert(
    source: str | Path,
    out: str | Path,
    to: str,
    *,
    format: str | None = None,
    layers: Iterable[str] | None = None,
    texts: Iterable[str | Path] = (),
    scheme: Scheme | None = None,
) -> list[str]:
    """Writes the annotations of `source` to `out` in the format `to`; the answer says what was done
    and what was left out.

    `out` is a folder for FOLDERS, a file for the others; `scheme` as for `read_records`. Nothing
    stays at `out` of a conversion that fails.
    """
    if to not in FORMATS:
        raise ValueError(f"unknown format {to!r}: use one of {', '.join(FORMATS)}")
    out = Path(out)
    writer = import_module(FORMATS[to])
    held: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    told: list[Problem] = []

    def counted() -> Iterator[dict[str, Any]]:
        tokenize = blank_pipeline().tokenizer if to in OF_TOKENS else None
        for record in read_records(
            source,
            format=format,
            layers=layers,
            texts=texts,
            tokenize=tokenize,
            report=told.append,
            scheme=scheme,
        ):
            held.update(facts_of(record))
            counts.update(cables=1, paragraphs=len(record["paragraphs"]))
            counts.update(
                {
                    layer: len(record.get(layer) or ())
                    for layer in ("entities", "statements", "claims")
                }
            )
            yield record

    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        options = {"scheme": scheme or scheme_of()} if to in LISTING_LABELS else {}
        writer.write(counted(), partial if to in FOLDERS else partial / out.name, **options)
        if to in FOLDERS:
            out.mkdir(parents=True, exist_ok=True)
        for file in partial.iterdir():
            os.replace(file, (out if to in FOLDERS else out.parent) / file.name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    messages = [
        ", ".join(
            f"{counts[name]} {name}"
            for name in ("cables", "paragraphs", "entities", "statements", "claims")
        )
    ]
    left_out = [f"{held[name]} {name}" for name in writer.LEAVES_OUT if held[name]]
    messages += map(str, told)
    return [
        *messages,
        f"left out, as {to} cannot hold it: {', '.join(left_out)}"
        if left_out
        else "nothing left out",
    ]
