"""How many dates, sums and references get the value that a reader gives them.

python scripts/measure_values.py annotations/values/third.jsonl --shared ../shared

A line of the stand-off file names document, paragraph, offsets, label and value (null: none). A
paragraph is one of the gold, by its number, one of a cable as `cablespan.read` hands it over, by
its id, or one of the country reports. Dates and references come from the cables' headers.
"""

import argparse
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from spacy.language import Language
from spacy.util import filter_spans

import cablespan
from cablespan.cable import Cable, text_hash
from cablespan.components.entities.values import Values
from cablespan.document import character_span, make_doc, paragraph_starts, to_doc
from cablespan.reading.lines import json_lines


class Context(NamedTuple):
    """A paragraph: its text, what `doc._.cable` says of its document, the paragraphs before it."""

    text: str
    cable: dict[str, Any]
    above: tuple[str, ...] = ()


class Sources:
    """The paragraphs of the material beside the project, by the hash of their texts."""

    def __init__(self, nlp: Language, shared: Path):
        self.nlp, self.shared = nlp, shared
        self.cables = cache(self._cables)

    def find(self, marks: list[dict[str, Any]]) -> dict[str, Context]:
        """The contexts of the marks by the hash of their paragraph's text."""
        wanted = {mark["sha256"] for mark in marks}
        docs = {mark["doc"] for mark in marks if isinstance(mark["paragraph"], str)}
        every = (*self._gold(), *self._reports(), *(c for doc in docs for c in self._read(doc)))
        digests = ((text_hash(context.text), context) for context in every)
        return {digest: context for digest, context in digests if digest in wanted}

    def _gold(self) -> Iterator[Context]:
        for line in _lines(self.shared / "gold"):
            kind, _, name = line["doc"].rpartition("/")
            meta = {key: line[key] for key in ("date", "origin", "head") if line.get(key)}
            header = {}
            if kind == "pages":
                header = self._described(self.cables(self._page(name))[0])["header"]
            yield Context(line["text"], {"id": name, "meta": meta, "header": header})

    def _reports(self) -> Iterator[Context]:
        for line in _lines(self.shared / "reports"):
            name = line["doc"].rpartition("/")[2]
            yield Context(line["text"], {"id": name, "meta": {"date": name[:4]}, "header": {}})

    def _read(self, doc: str) -> Iterator[Context]:
        """The paragraphs of a page ("pages/ID") or of a document of a volume ("VOLUME/ID")."""
        folder, _, name = doc.rpartition("/")
        path = self._page(name) if folder == "pages" else self.shared / "frus" / f"{folder}.xml.gz"
        for cable in self.cables(path):
            if folder == "pages" or cable.id == doc:
                described = self._described(cable)
                texts = [paragraph.text for paragraph in cable.paragraphs]
                for number, text in enumerate(texts):
                    yield Context(text, described, tuple(texts[:number]))

    def _cables(self, path: Path) -> list[Cable]:
        return list(cablespan.read(path))

    def _page(self, name: str) -> Path:
        return next(path for path in (self.shared / "pages").rglob("*") if path.stem == name)

    def _described(self, cable: Cable) -> dict[str, Any]:
        return {**to_doc(self.nlp, cable)._.cable, "paragraphs": []}


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    return chain.from_iterable(map(json_lines, sorted(folder.glob("*.jsonl.gz"))))


def found_values(
    values: Values, nlp: Language, marks: list[dict[str, Any]], context: Context
) -> Iterator[tuple[dict[str, Any], str, str | None]]:
    """Each mark of a paragraph, its text and the value that the component gives it."""
    texts = [*context.above, context.text]
    facts = [{"kind": "text"}] * len(texts)
    doc = make_doc(nlp, texts, {**context.cable, "paragraphs": facts})
    begin = paragraph_starts(doc)[-1]
    spans = [
        character_span(doc, begin + mark["start"], begin + mark["end"], mark["label"])
        for mark in marks
    ]
    doc.ents = filter_spans(spans)
    found = values.process(doc)
    for mark, span in zip(marks, spans, strict=True):
        yield mark, span.text, found.get(f"{span.start_char}-{span.end_char}")


def told(right: Mapping[str, int], total: Mapping[str, int]) -> Iterator[str]:
    """The figures: each label's, and those of all."""
    for label in sorted(total):
        yield f"{label}: {right[label]} of {total[label]}"
    all_right, all_marks = sum(right.values()), sum(total.values())
    yield f"all: {all_right} of {all_marks}, {all_right / all_marks:.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("marks", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # what cannot be read of a volume
    nlp = spacy.blank("en")
    values = Values(nlp, "values")
    marks = list(json_lines(options.marks))
    contexts = Sources(nlp, options.shared).find(marks)
    by_paragraph = defaultdict(list)
    for mark in marks:
        by_paragraph[mark["sha256"]].append(mark)
    right, total, unread = Counter(), Counter(), Counter()
    for digest, own in by_paragraph.items():
        if digest not in contexts:
            unread.update(mark["doc"] for mark in own)
            continue
        for mark, text, value in found_values(values, nlp, own, contexts[digest]):
            total[mark["label"]] += 1
            right[mark["label"]] += value == mark["value"]
            if value != mark["value"]:
                print(f"{mark['doc']}: {text!r} is {mark['value']}, found {value}")
    print(*told(right, total), sep="\n")
    for doc, count in unread.items():
        print(f"{doc}: {count} not measured, as their paragraph is read otherwise by now")


if __name__ == "__main__":
    main()
