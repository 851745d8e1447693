"""Draws linked mentions of records at random, for reading: stand-off lines, and each in its
context.

    python scripts/draw_links.py RECORDS/cables.jsonl DRAWN.jsonl --count 300 --seed 15
        [--read-before annotations/links/drawn.jsonl]

The lines have `verdict` null, to be filled in with right, wrong or unsure; the context goes to the
screen.
"""

import random
from pathlib import Path
from typing import Any

import orjson
import typer

from cablespan import lexicon
from cablespan.cable import text_hash

_AROUND = 70


def _glosses() -> dict[str, str]:
    """What stands for what, for the reader: name, office, country of each id."""
    return {
        entry["kb_id"]: ", ".join(
            str(entry[key]) for key in ("name", "office", "country", "kind") if entry.get(key)
        )
        for file in lexicon.THINGS
        for entry in lexicon.load(file)
    }


def _place(doc: str, entity: dict[str, Any]) -> tuple[Any, ...]:
    return doc, entity["paragraph"], entity["start"]


def main(
    records: Path, drawn: Path, count: int = 300, seed: int = 15, read_before: Path | None = None
) -> None:
    lines_before = read_before.read_bytes().splitlines() if read_before else []
    known = {_place(mark["doc"], mark) for mark in map(orjson.loads, lines_before)}
    linked = []
    for line in records.read_bytes().splitlines():
        record = orjson.loads(line)
        texts = {paragraph["id"]: paragraph["text"] for paragraph in record["paragraphs"]}
        linked += [
            (record["id"], e, texts[e["paragraph"]])
            for e in record["entities"]
            if e["kb_id"] and _place(record["id"], e) not in known
        ]
    glosses = _glosses()
    with drawn.open("wb") as lines:
        for number, (doc, entity, text) in enumerate(random.Random(seed).sample(linked, count)):
            place = {key: entity[key] for key in ("paragraph", "start", "end", "label", "kb_id")}
            line = {"doc": doc, **place, "verdict": None, "sha256": text_hash(text)}
            lines.write(orjson.dumps(line) + b"\n")
            start, end = entity["start"], entity["end"]
            before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
            gloss = glosses.get(entity["kb_id"].split("/")[0], "")
            typer.echo(f"{number} {doc} {entity['kb_id']} ({gloss})")
            typer.echo(f"    {before}[[{text[start:end]}]]{after}")
    typer.echo(f"{count} of {len(linked)} linked mentions")


if __name__ == "__main__":
    typer.run(main)
