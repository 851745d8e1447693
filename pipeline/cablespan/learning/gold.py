"""Gold as models are trained and judged on it: records of any format, with the text as readers hand
it over."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from cablespan.document import PARAGRAPHS, STATEMENTS
from cablespan.formats import read_placed
from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.docbin import gold_doc
from cablespan.formats.tasks import tokenize
from cablespan.labels import Role, Scheme
from cablespan.records import annotated_layers
from cablespan.signs import repaired

_NUMBER = re.compile(r"\s*(?:(\d{1,4})\.|\((\d{1,2})\)|(\d{1,2})\))\s+")
_ORDER = re.compile(r".*/(\d+)")
# A stretch of four digits in a document's name or heading is its year; "1830Z" is a time.
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?![\dZ])")


class Gold(NamedTuple):
    """A stretch of one document's paragraphs without a gap, and where each was read
    ("gold.jsonl:12"; "" is the record's place)."""

    record: dict[str, Any]
    places: Mapping[str, str]

    @property
    def document(self) -> str:
        """The name of the document."""
        return self.record["id"]

    def place(self, paragraph: str) -> str:
        """Where a paragraph was read, else the record, else the document's name."""
        return self.places.get(paragraph, self.places.get("", self.document))


def read_gold(
    paths: Iterable[str | Path],
    *,
    texts: Iterable[str | Path] = (),
    report: Callable[[Problem], None] = lambda problem: None,
    scheme: Scheme | None = None,
) -> list[Gold]:
    """The gold of files or folders in any format of `cablespan.formats`.

    A folder of gold files is read file by file; a path that is named again, to weigh it up, is
    read once. `texts`: where the texts of stand-off annotations are. `scheme`: the labels, ours if
    none is given. `report` is told of spans that had to be widened to whole tokens. Raises
    GoldError with all that is wrong, by file, line and remedy.
    """
    texts = list(texts)
    paths, problems = list(paths), []
    gold: dict[str | Path, list[Gold]] = {path: [] for path in paths}
    for path, runs_of_path in gold.items():
        try:
            for record, places in read_placed(
                path, texts=texts, tokenize=tokenize, report=report, scheme=scheme
            ):
                runs_of_path += (Gold(run, places) for run in runs(without_numbers(record)))
        except GoldError as error:
            problems += error.problems
    if problems:
        raise GoldError(problems)
    return [run for path in paths for run in gold[path]]


def without_numbers(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as the readers of cables hand it over: no numbers ("1. ") and no empty paragraphs.

    A number that an entity lies on stays in the text.

    >>> record = {"paragraphs": [{"id": "A/1", "text": "1. Post agreed."}]}
    >>> [paragraph["text"] for paragraph in without_numbers(record)["paragraphs"]]
    ['Post agreed.']
    """
    marked = {(mark["paragraph"], mark["start"]) for mark in record.get("entities") or ()}
    paragraphs, shifts = [], {}
    for paragraph in record["paragraphs"]:
        number = _opening_number(paragraph, marked)
        if number:
            shifts[paragraph["id"]] = number.end()
            paragraph = _without_number(paragraph, number)
        if paragraph["text"].strip():
            paragraphs.append(paragraph)
    kept = {paragraph["id"] for paragraph in paragraphs}
    changed = dict(record) | {"paragraphs": paragraphs}
    for layer in annotated_layers(record):
        moved = (_moved(layer, mark, shifts.get(mark["paragraph"], 0)) for mark in record[layer])
        changed[layer] = [mark for mark in moved if mark and mark["paragraph"] in kept]
    return changed


def _opening_number(
    paragraph: Mapping[str, Any], marked: Container[tuple[str, int]]
) -> re.Match[str] | None:
    """The number that a paragraph begins with, if it is not known already and nothing is marked in
    it."""
    number = _NUMBER.match(paragraph["text"]) if paragraph.get("number") is None else None
    if number and any((paragraph["id"], start) in marked for start in range(number.end())):
        return None
    return number


def _without_number(paragraph: Mapping[str, Any], number: re.Match[str]) -> dict[str, Any]:
    digits = next(group for group in number.groups() if group)
    facts = {"number": int(digits), "kind": "numbered", "source_map": []}
    return {**paragraph, **facts, "text": paragraph["text"][number.end() :]}


def _moved(layer: str, annotation: dict[str, Any], shift: int) -> dict[str, Any] | None:
    """The annotation `shift` characters further left; None where nothing is left of it."""
    if not shift:
        return annotation
    if layer == "claims":
        parts = {
            role.lower(): _moved("", annotation[role.lower()], shift)
            for role in Role
            if annotation.get(role.lower())
        }
        return annotation | parts if parts.get("content") else None
    start, end = max(0, annotation["start"] - shift), annotation["end"] - shift
    if end <= 0:
        return None
    moved = annotation | {"start": start, "end": end}
    if annotation.get("text"):
        moved["text"] = annotation["text"][start - annotation["start"] + shift :]
    return moved


def runs(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The record cut where its paragraphs' numbers ("DOC/7") jump.

    What was not annotated in between is no neighbour.

    >>> record = {"paragraphs": [{"id": f"A/{number}"} for number in (1, 2, 7)]}
    >>> [len(run["paragraphs"]) for run in runs(record)]
    [2, 1]
    """
    groups: list[list[Mapping[str, Any]]] = []
    last = None
    for paragraph in record["paragraphs"]:
        position = _position(paragraph["id"])
        if not groups or _jumps(last, position):
            groups.append([])
        groups[-1].append(paragraph)
        last = position
    for group in groups:
        ids = {paragraph["id"] for paragraph in group}
        layers = {
            layer: [mark for mark in record[layer] if mark["paragraph"] in ids]
            for layer in annotated_layers(record)
        }
        yield dict(record) | {"paragraphs": group} | layers


def _position(paragraph: str) -> int | None:
    order = _ORDER.fullmatch(paragraph)
    return int(order[1]) if order else None


def _jumps(last: int | None, position: int | None) -> bool:
    return last is not None and position is not None and position != last + 1


def training_doc(nlp: Language, gold: Gold) -> Doc:
    """The gold Doc, its damaged signs repaired; its sentences begin where its statements do."""
    paragraphs = [
        paragraph | {"text": repaired(paragraph["text"])} for paragraph in gold.record["paragraphs"]
    ]
    doc = gold_doc(nlp, gold.record | {"paragraphs": paragraphs})
    if STATEMENTS in doc.spans:
        starts = {span.start for key in (STATEMENTS, PARAGRAPHS) for span in doc.spans[key]} | {0}
        for token in doc:
            token.is_sent_start = token.i in starts
    return doc


def decade(record: Mapping[str, Any]) -> str:
    """The decade that a document was written in ("1970s"), by its date, else by a year in its
    heading or name; "unknown" without.

    >>> decade({"id": "reports/2007-chad", "meta": {}, "header": {}})
    '2000s'
    """
    meta, header = record.get("meta") or {}, record.get("header") or {}
    for text in (
        meta.get("date"),
        header.get("created"),
        meta.get("head"),
        record["id"].rpartition("/")[2],
    ):
        year = _YEAR.findall(str(text)) if text else []
        if year:
            return f"{year[-1][:3]}0s"
    return "unknown"
