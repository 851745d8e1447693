"""Stand-off annotations: document, paragraph, offsets, labels and the text's SHA-256, without text;
and laying them on a text again.

The texts come from the user's own copies (texts.py). Without these the file beside,
`NAME.texts.jsonl`, is taken, which `write` made.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from cablespan.cable import text_hash
from cablespan.facts import origin
from cablespan.formats import paragraphs, records
from cablespan.formats.checks import GoldError, Problem, Report, objects
from cablespan.formats.completion import Placed
from cablespan.formats.files import placed_objects, unpacked_name, written
from cablespan.formats.texts import MATCHED, Library
from cablespan.labels import LAYERS, SCHEME_VERSION

LEAVES_OUT = ()
SCHEMA = "cablespan.standoff/1"


def texts_beside(out: Path) -> Path:
    """Where the texts of a stand-off file stand that have no published source.

    >>> texts_beside(Path("gold.jsonl.gz")).name
    'gold.texts.jsonl'
    """
    return out.with_name(unpacked_name(out).removesuffix(".jsonl") + ".texts.jsonl")


def write(annotated: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Annotations to `out`; the records without them to `NAME.texts.jsonl` beside. The first alone
    can be published without the texts."""
    with written(out) as annotations, texts_beside(out).open("wb") as texts:
        for record in annotated:
            for line in standoff_lines(record):
                annotations.write(orjson.dumps(line) + b"\n")
            bare = {key: value for key, value in record.items() if key not in LAYERS}
            texts.write(orjson.dumps(bare) + b"\n")


def standoff_lines(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A record's annotations, a paragraph a line: offsets, labels and the text's hash, no text."""
    known = {"date": record.get("meta", {}).get("date"), "origin": origin(record)}
    known = {key: value for key, value in known.items() if value}
    for paragraph, line in paragraphs.lines_of(record):
        facts = {
            "doc": line.pop("doc"),
            "paragraph": line.pop("paragraph"),
            "sha256": text_hash(paragraph["text"]),
        }
        yield {"schema": SCHEMA, "scheme": SCHEME_VERSION} | facts | known | line


def read(
    path: Path, texts: Iterable[Path] = (), report: Report = lambda problem: None
) -> Iterator[Placed]:
    """Records of the paragraphs whose text was found; `report` is told how many were, and why the
    others were not.

    Raises GoldError where a line is of another version or no text is given or lies beside.
    """
    lines = list(placed_objects(path))
    for place, line in lines:
        named = isinstance(line.get("doc"), str) and line.get("paragraph") is not None
        if line.get("schema") != SCHEMA or "sha256" not in line or not named:
            remedy = "convert it with the version of cablespan that wrote it"
            raise GoldError.at(place, f"no line of {SCHEMA}", remedy)
        for layer in LAYERS:
            objects(line.get(layer, []), f"`{layer}`", place)
    texts = list(texts)
    if texts:
        library = Library(texts, {line["sha256"] for _, line in lines})
        return _laid_on_texts(lines, path, library, report)
    beside = texts_beside(path)
    if not beside.exists():
        remedy = f"give the texts (--texts DIR) or put {beside.name} beside"
        raise GoldError.at(path, "stand-off annotations have no text", remedy)
    return _laid_on_records(lines, beside)


def _laid_on_texts(
    lines: list[tuple[str, dict[str, Any]]],
    path: Path,
    library: Library,
    report: Report,
) -> Iterator[Placed]:
    found: list[paragraphs.PlacedLine] = []
    outcome: Counter[tuple[str, str]] = Counter()
    for place, line in lines:
        text, reason = library.find(line["doc"], line["paragraph"], line["sha256"])
        collection = line["doc"].partition("/")[0]
        outcome[collection, reason] += 1
        if text is not None:
            found.append(paragraphs.PlacedLine(place, line, text))
    documents = paragraphs.gathered(found, path, "standoff")
    summary = _summary(str(path), outcome)
    if not documents:
        raise GoldError([summary])
    report(summary)
    yield from documents


def _summary(path: str, outcome: Mapping[tuple[str, str], int]) -> Problem:
    matched = sum(count for (_, reason), count in outcome.items() if reason == MATCHED)
    missing = [
        f"{name} {count} {reason}"
        for (name, reason), count in sorted(outcome.items())
        if reason != MATCHED
    ]
    found = f"{matched} of {sum(outcome.values())} paragraphs found by their hash"
    return Problem(path, found, "; ".join(missing) or "all texts are the annotated ones")


def _laid_on_records(lines: list[tuple[str, dict[str, Any]]], beside: Path) -> Iterator[Placed]:
    by_document: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for place, line in lines:
        by_document.setdefault(line["doc"], []).append((place, line))
    for record, _ in records.read(beside):
        yield _laid_on(record, by_document.pop(record["id"], []), beside)
    remedy = "add its text there, or delete the line"
    problems = [
        Problem(place, f"document {doc} is not in {beside.name}", remedy)
        for doc, without_text in by_document.items()
        for place, _ in without_text
    ]
    if problems:
        raise GoldError(problems)


def _laid_on(
    record: dict[str, Any], lines: list[tuple[str, dict[str, Any]]], beside: Path
) -> Placed:
    """The record of a text with the annotations of its lines; without any, nothing of it is
    annotated. Raises GoldError where a line is of another text."""
    place, first = lines[0] if lines else (str(beside), {})
    places = {"": place}
    record["scheme"] = first.get("scheme", SCHEME_VERSION)
    for paragraph in record["paragraphs"]:
        paragraph["unannotated"] = list(LAYERS)
    by_name = {paragraph["id"]: paragraph for paragraph in record["paragraphs"]}
    for place, line in lines:
        name = paragraphs.paragraph_id(line)
        paragraph = by_name.get(name)
        if paragraph is None or text_hash(paragraph["text"]) != line["sha256"]:
            what = f"the text of {name} is not the annotated one (its hash differs)"
            remedy = f"take the text that it was written for from {beside.name}"
            raise GoldError.at(place, what, remedy)
        places[name] = place
        paragraphs.add_layers(record, paragraph, line)
    paragraphs.mark_missing(record)
    return Placed(record, places)
