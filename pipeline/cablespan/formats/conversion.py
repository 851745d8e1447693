"""Annotations out of one format into another."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from cablespan.formats.annotated import read_placed
from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.completion import Placed, kept_facts, kept_meta, known_facts
from cablespan.formats.detection import (
    FOLDERS,
    FORMATS,
    format_of_folder,
    is_of_a_run,
    must_be_known,
    must_not_be_read,
)
from cablespan.formats.known_cables import with_known_facts
from cablespan.formats.tasks import tokenize
from cablespan.labels import LAYERS, Scheme, scheme_of
from cablespan.writing import written_whole

_OF_TOKENS = ("prodigy", "docbin", "conll")
# What a format's `write` is told beside records and place.
_OPTIONS = {"labelstudio": ("scheme", "guessed"), "brat": ("scheme",)}
# Those that hold paragraphs one by one: of two with one id a reader makes one, or refuses them.
_OF_PARAGRAPHS = ("prodigy", "gold", "standoff", "labelstudio", "doccano")
# Header facts that every format keeps, by what it keeps them as.
_KEPT_HEADER = {"created": "date", "origin": "origin"}


def _header_facts(record: Mapping[str, Any]) -> list[Any]:
    header, kept = record.get("header", {}), kept_facts(record)
    values = [(value, kept.get(_KEPT_HEADER.get(key, ""))) for key, value in header.items()]
    return [value for value, same in values if value and value != same]


def _other_meta(record: Mapping[str, Any]) -> list[Any]:
    meta = record.get("meta") or {}
    return [value for key, value in meta.items() if value and key not in kept_meta(meta)]


def _times(record: Mapping[str, Any]) -> list[Any]:
    date = kept_facts(record).get("date")
    return [date] if len(str(date or "")) > len("2007-02-21") else []


def _heads(record: Mapping[str, Any]) -> list[Any]:
    return [*known_facts(record.get("meta") or {}, ("head",))]


def _scores(record: Mapping[str, Any]) -> list[Any]:
    marks = [*_marks(record, "entities"), *_marks(record, "statements")]
    return [mark for mark in marks if mark.get("score") is not None]


def _attributions(record: Mapping[str, Any]) -> list[Any]:
    claims = _marks(record, "claims")
    return [c for c in claims if c.get("speaker") is not None or c.get("certainty")]


def _values(record: Mapping[str, Any]) -> list[Any]:
    return [e for e in _marks(record, "entities") if e.get("value") is not None]


def _links(record: Mapping[str, Any]) -> list[Any]:
    entities = _marks(record, "entities")
    return [e for e in entities if e.get("kb_id") or e.get("cluster") is not None]


def _marks(record: Mapping[str, Any], layer: str) -> list[Mapping[str, Any]]:
    return record.get(layer) or []


# What some formats cannot hold, by the names that their LEAVES_OUT uses.
_FACTS: dict[str, Callable[[Mapping[str, Any]], list[Any]]] = {
    "header facts": _header_facts,
    "facts of meta": _other_meta,
    "heads": _heads,
    "times of day": _times,
    "facts of other components": lambda record: [*(record.get("extra") or ())],
    "empty paragraphs": lambda record: [p for p in record["paragraphs"] if not p["text"]],
    "source maps": lambda record: [p for p in record["paragraphs"] if p.get("source_map")],
    "cluster tables": lambda record: [table] if (table := record.get("clusters")) else [],
    "notes": lambda record: record.get("notes") or [],
    "claims": lambda record: _marks(record, "claims"),
    "speakers and certainties of claims": _attributions,
    "scores": _scores,
    "values of entities": _values,
    "links and clusters of entities": _links,
}


def facts_of(record: Mapping[str, Any]) -> Counter[str]:
    """How much a record holds of what some formats cannot hold, under the names that LEAVES_OUT
    uses.

    >>> facts = facts_of({"paragraphs": [], "entities": [{"kb_id": "iso:KZ", "score": 0.9}]})
    >>> facts["scores"], facts["values of entities"]
    (1, 0)
    """
    return Counter({name: len(facts(record)) for name, facts in _FACTS.items()})


def convert(
    source: str | Path,
    out: str | Path,
    to: str,
    *,
    format: str | None = None,
    layers: Iterable[str] | None = None,
    texts: Iterable[str | Path] = (),
    cables: str | Path | None = None,
    scheme: Scheme | None = None,
) -> list[str]:
    """Writes the annotations of `source` to `out` in the format `to`; the answer says what was done
    and what was left out.

    `out` is a folder for FOLDERS, a file for the others. `cables`: records of the same cables,
    whose facts the annotations get again (`with_known_facts`); the other options are those of
    `read_placed`. Nothing stays at `out` of a conversion that fails. Raises ValueError for an
    unknown format, FileExistsError where the folder `out` holds annotations, the file `out` is
    one that is read, or another stands where a file beside `out` is to be, IsADirectoryError where
    `out` should be a file, GoldError where nothing is annotated, or two paragraphs have one id and
    the format would take them for one, and what `read_placed` raises.
    """
    must_be_known(to)
    out, is_folder = Path(out), to in FOLDERS
    _must_be_free(out, is_folder=is_folder)
    must_not_be_read(out, [Path(source)], format)
    must_not_be_read(out, [Path(cables)] if cables else [], "records")
    writer = import_module(FORMATS[to])
    scheme = scheme or scheme_of()
    told: list[Problem] = []
    placed = read_placed(
        source,
        format=format,
        layers=layers,
        texts=texts,
        tokenize=tokenize if to in _OF_TOKENS else None,
        report=told.append,
        scheme=scheme,
    )
    if to in _OF_PARAGRAPHS:
        placed = _with_ids_of_their_own(placed, to)
    records: Iterator[dict[str, Any]] = (record for record, _ in placed)
    if cables is not None:
        records = with_known_facts(records, Path(cables), told.append)
    given = {"scheme": scheme, "guessed": is_of_a_run(Path(source))}
    options: dict[str, Any] = {name: given[name] for name in _OPTIONS.get(to, ())}
    counted = _Counted(records)
    with written_whole(out if is_folder else out.parent) as beside:
        writer.write(counted, beside if is_folder else beside / out.name, **options)
        if not counted.counts["cables"]:
            nothing = Problem(str(source), "nothing in it is annotated", "name another file")
            raise GoldError([*told, nothing])
        if is_folder or not out.exists():
            _must_be_ours(beside, out if is_folder else out.parent)
    what_is_lost = counted.lost(writer.LEAVES_OUT)
    holds = f"left out, as {to} cannot hold it: {what_is_lost}"
    if not what_is_lost:
        holds = f"{to} holds all {'else ' if told else ''}that was read"
    return [str(counted), *map(str, told), holds]


class _Counted:
    """Records, which are counted as they go by, with what some formats cannot hold of them."""

    def __init__(self, records: Iterable[dict[str, Any]]):
        self.records = records
        self.counts: Counter[str] = Counter()
        self.held: Counter[str] = Counter()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for record in self.records:
            self.held.update(facts_of(record))
            self.counts.update(cables=1, paragraphs=len(record["paragraphs"]))
            self.counts.update({layer: len(_marks(record, layer)) for layer in LAYERS})
            yield record

    def __str__(self) -> str:
        return ", ".join(
            f"{self.counts[name]} {name}" for name in ("cables", "paragraphs", *LAYERS)
        )

    def lost(self, leaves_out: Iterable[str]) -> str:
        """How much there was of what a format cannot hold; "" for nothing."""
        return ", ".join(f"{self.held[name]} {name}" for name in leaves_out if self.held[name])


def _must_be_free(out: Path, *, is_folder: bool) -> None:
    """A folder is no file; what was in one before would be read as if it were of this
    conversion."""
    if not is_folder:
        if out.is_dir():
            raise IsADirectoryError(f"{out}: is a folder; name a file in it")
    elif (held := format_of_folder(out)) in FOLDERS:
        remedy = "take another folder, or empty it"
        raise FileExistsError(f"{out}: holds annotations in {held}; {remedy}")


def _must_be_ours(written: Path, folder: Path) -> None:
    """Raises FileExistsError where a written file would replace another that no earlier conversion
    to the same place made."""
    for file in written.iterdir():
        there = folder / file.name
        if there.exists() and there.read_bytes() != file.read_bytes():
            remedy = "take another name or folder, or take it away"
            raise FileExistsError(f"{there}: stands there already; {remedy}")


def _with_ids_of_their_own(placed: Iterable[Placed], to: str) -> Iterator[Placed]:
    """The records as they are. Raises GoldError where a paragraph's id came before in another."""
    seen: dict[str, str] = {}
    for record, places in placed:
        here = {p["id"]: places.get(p["id"], places[""]) for p in record["paragraphs"]}
        if again := next((name for name in here if name in seen), None):
            what = f"paragraph {again} stands at {seen[again]} already, {to} would mix the two"
            remedy = "take one of them out, or give their cables two ids"
            raise GoldError.at(here[again], what, remedy)
        seen |= here
        yield Placed(record, places)
