"""Texts that no gold covers, for a model to label: silver to train on beside the gold.

What stands between annotated paragraphs of a telegram is one text, six paragraphs of a report are
one. Documents of the gold for judging are left out whole, and texts that repeat a piece of it.

python scripts/unlabelled.py work/unlabelled.jsonl --telegrams telegrams.jsonl.gz --reports
reports.jsonl.gz --gold work/train.jsonl --kept work/dev.jsonl
cablespan annotate work/unlabelled.jsonl --model en_cable_trf --output work/silver
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from spacy.util import minibatch

from cablespan.reading.lines import json_lines
from json_lines import texts

WORDS = re.compile(r"\w+")
# A text of fewer words is a remnant, a paragraph of more is a table or an enclosure.
SHORTEST, LONGEST = 25, 400
PARAGRAPHS_OF_A_REPORT = 6
# A text that shares so many runs of so many words with gold for judging quotes it.
RUN, SHARED = 8, 8

Text = dict[str, Any]


def runs(passages: Iterable[str]) -> set[tuple[str, ...]]:
    """All runs of `RUN` words of the passages, in small letters."""
    words = [WORDS.findall(passage.lower()) for passage in passages]
    return {tuple(found[i : i + RUN]) for found in words for i in range(len(found) - RUN + 1)}


def as_text(id: str, paragraphs: Iterable[str], meta: dict[str, Any]) -> Text:
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return {"text": text, "meta": {"id": id} | meta}


def of_telegram(telegram: dict[str, Any], annotated: set[int]) -> Iterator[Text]:
    """What stands between annotated paragraphs."""
    numbered = list(enumerate(telegram["paragraphs"]))
    stretches = groupby(numbered, lambda pair: pair[0] in annotated)
    free = [[p["text"] for _, p in stretch] for known, stretch in stretches if not known]
    for number, paragraphs in enumerate(free, 1):
        kept = [text for text in paragraphs if text.strip() and len(text.split()) < LONGEST]
        if sum(len(text.split()) for text in kept) >= SHORTEST:
            meta = {key: telegram.get(key) for key in ("head", "date")}
            yield as_text(f"{telegram['id']}~{number}", kept, meta)


def of_reports(
    paragraphs: Iterable[dict[str, Any]], annotated: dict[str, set[int]]
) -> Iterator[Text]:
    """The free paragraphs of each report, some at a time."""
    free: dict[str, list[str]] = defaultdict(list)
    for paragraph in paragraphs:
        if paragraph["paragraph"] not in annotated.get(paragraph["doc"], ()):
            free[paragraph["doc"]].append(paragraph["text"])
    for name, passages in free.items():
        for number, group in enumerate(minibatch(passages, PARAGRAPHS_OF_A_REPORT)):
            yield as_text(f"{name}~{number}", group, {})


def main(
    output: Path,
    telegrams: Annotated[Path, typer.Option(help="JSON Lines of telegrams, with `paragraphs`.")],
    reports: Annotated[Path, typer.Option(help="JSON Lines of paragraphs of reports.")],
    gold: Annotated[list[Path], typer.Option(help="Gold to train on, laid on its texts.")],
    kept: Annotated[list[Path], typer.Option(help="Gold for judging, laid on its texts.")],
) -> None:
    """Everything of the telegrams and the reports that no gold covers, as JSON Lines."""
    annotated: dict[str, set[int]] = defaultdict(set)
    for line in (line for file in gold for line in json_lines(file)):
        annotated[line["doc"]].add(line["paragraph"])
    names = {line.get("doc") for file in kept for line in json_lines(file)}
    quoted = runs(texts(kept))
    free = [
        text
        for telegram in json_lines(telegrams)
        if telegram["id"] not in names
        for text in of_telegram(telegram, annotated.get(telegram["id"], set()))
    ]
    free += of_reports(
        (line for line in json_lines(reports) if line["doc"] not in names), annotated
    )
    new = [text for text in free if len(runs([text["text"]]) & quoted) < SHARED]
    output.write_bytes(b"".join(orjson.dumps(text) + b"\n" for text in new))
    words = sum(len(text["text"].split()) for text in new)
    print(f"{output}: {len(new):,} texts, {words:,} words; {len(free) - len(new)} quote kept gold")


if __name__ == "__main__":
    typer.run(main)
