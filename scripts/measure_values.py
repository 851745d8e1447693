"""How many dates, sums and references get the value that a reader gives them.

python scripts/measure_values.py annotations/values/heldout.jsonl --gold ../shared/gold --pages ../shared/pages

A line of the stand-off file names document, paragraph, offsets, label and value (null: none). Texts come from
the gold, headers (date, references) of pages from the pages themselves; other documents have only their date.
"""

import argparse
import gzip
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import spacy
from spacy.language import Language
from spacy.util import filter_spans

import cablespan
from cablespan.components.entities.values import Values
from cablespan.document import to_doc


def paragraphs(folder: Path) -> dict[tuple[str, int, str], dict[str, Any]]:
    """Paragraphs of the gold by document, number and hash of their text."""
    found = {}
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file) as lines:
            for line in map(orjson.loads, lines):
                digest = sha256(line["text"].encode()).hexdigest()
                found[line["doc"], line["paragraph"], digest] = line
    return found


def described(nlp: Language, paragraph: dict[str, Any], pages: Path) -> dict[str, Any]:
    """What `doc._.cable` would say of the paragraph's document."""
    kind, _, name = paragraph["doc"].rpartition("/")
    meta = {key: paragraph.get(key) for key in ("date", "origin", "head") if paragraph.get(key)}
    header = {}
    if kind == "pages":
        page = next(path for path in pages.rglob("*") if path.stem == name)
        header = to_doc(nlp, next(iter(cablespan.read(page))))._.cable["header"]
    return {"id": name, "meta": meta, "header": header, "paragraphs": []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("marks", type=Path)
    parser.add_argument("--gold", type=Path, default=Path("../shared/gold"))
    parser.add_argument("--pages", type=Path, default=Path("../shared/pages"))
    options = parser.parse_args()
    texts, nlp = paragraphs(options.gold), spacy.blank("en")
    values, cables = Values(nlp, "values"), {}
    by_paragraph = defaultdict(list)
    for mark in map(orjson.loads, options.marks.read_bytes().splitlines()):
        by_paragraph[mark["doc"], mark["paragraph"], mark["sha256"]].append(mark)
    right, total = Counter(), Counter()
    for place, marks in by_paragraph.items():
        paragraph = texts[place]
        if place[0] not in cables:
            cables[place[0]] = described(nlp, paragraph, options.pages)
        doc = nlp.make_doc(paragraph["text"])
        doc._.cable = cables[place[0]]
        spans = {
            (m["start"], m["end"]): doc.char_span(
                m["start"], m["end"], m["label"], alignment_mode="expand"
            )
            for m in marks
        }
        doc.ents = filter_spans(spans.values())
        found = values.process(doc)
        for mark in marks:
            span = spans[mark["start"], mark["end"]]
            value = found.get(f"{span.start_char}-{span.end_char}")
            total[mark["label"]] += 1
            right[mark["label"]] += value == mark["value"]
            if value != mark["value"]:
                print(f"{mark['doc']}: {span.text!r} is {mark['value']}, found {value}")
    for label in sorted(total):
        print(f"{label}: {right[label]} of {total[label]}")
    print(f"all: {right.total()} of {total.total()}, {right.total() / total.total():.1%}")


if __name__ == "__main__":
    main()
