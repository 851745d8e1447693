"""Builds the database of a collection of any size and measures it: time, memory, file size beside
the text, time of searches with two facets.

    python scripts/measure_index.py /work/lab/run --cables 25000 --folder /tmp/scaled

The collection is a real run, copied as often as it takes. Each copy has ids and years of its own,
and other last words in names that are not in the lexicon: four copies share them. Offsets stay.
"""

import gzip
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import Any

import orjson
import typer

from cablespan.runs.batch.results import Results

SHARD = 2000  # cables in a file
SHARING = 4  # copies in which the names are the same
FIRST, LAST = 1973, 2010  # years
_ID = re.compile(r"\d\d([A-Z]+)(\d+)")
_LAST_WORD = re.compile(r"[A-Za-z]+$")
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvz", "aeiou"
_VARIED = ("PERSON", "OFFICIAL", "ORG")

Record = dict[str, Any]


def main(run: str, cables: int = 25_000, folder: Path = Path("/tmp/scaled")) -> None:
    records, database = folder / f"run-{cables}", folder / f"cables-{cables}.db"
    if not records.exists():
        write(run, cables, records)
    started = time.perf_counter()
    command = [sys.executable, "-m", "cablespan.cli", "index", str(records), "--overwrite"]
    subprocess.run([*command, "--output", str(database)], check=True)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"built in {time.perf_counter() - started:.0f} s, peak memory {memory / 1e6:.2f} GB")


def write(run: str, cables: int, folder: Path) -> None:
    """The records as a run of shards."""
    folder.mkdir(parents=True)
    copies = islice(varied(run), cables)
    for shard in count():
        lines = [orjson.dumps(record) + b"\n" for record in islice(copies, SHARD)]
        if not lines:
            break
        with gzip.open(folder / f"cables-{shard:05}.jsonl.gz", "wb", compresslevel=1) as file:
            file.writelines(lines)


def varied(run: str) -> Iterator[Record]:
    """Copy after copy of a run's records."""
    lines = [orjson.dumps(record) for record in Results(run).records()]
    for copy in count():
        letters = letters_of(copy // SHARING)
        for line in lines:
            yield vary(orjson.loads(line), copy, letters)


@cache
def letters_of(copy: int) -> dict[int, int]:
    """Consonants for consonants, vowels for vowels."""
    draw = random.Random(copy)
    other = dict(zip(_CONSONANTS, draw.sample(_CONSONANTS, len(_CONSONANTS)), strict=True))
    other |= zip(_VOWELS, draw.sample(_VOWELS, len(_VOWELS)), strict=True)
    return str.maketrans(other | {a.upper(): b.upper() for a, b in other.items()})


def vary(record: Record, copy: int, letters: dict[int, int]) -> Record:
    header, name = record["header"], record["id"]
    record["id"] = header["reference_id"] = other_id(name, copy)
    for reference in header["references"]:
        reference["value"] = other_id(reference["value"], copy)
    if header["created"]:
        year = FIRST + (int(header["created"][:4]) + copy) % (LAST - FIRST + 1)
        header["created"] = f"{year}{header['created'][4:]}"
    for paragraph in record["paragraphs"]:
        paragraph["id"] = paragraph["id"].replace(name, record["id"], 1)
    for layer in ("entities", "statements", "claims"):
        for mark in record.get(layer) or ():
            mark["paragraph"] = mark["paragraph"].replace(name, record["id"], 1)
    clusters = [
        cluster
        for cluster in record.get("clusters") or ()
        if cluster["label"] in _VARIED and not cluster.get("kb_id")
    ]
    rename(record, clusters, letters)
    return record


def other_id(name: str, copy: int) -> str:
    """The id of a copy: no two alike, whatever they were."""
    parts = _ID.fullmatch(name)
    if not parts:
        return f"{name}-{copy}"
    return f"{(int(name[:2]) + copy) % 100:02}{parts[1]}{int(parts[2]) * 1000 + copy}"


def rename(record: Record, clusters: list[Record], letters: dict[int, int]) -> None:
    """Gives the last word of clusters' mentions other letters."""

    def changed(text: str) -> str:
        return _LAST_WORD.sub(lambda word: word[0].translate(letters), text)

    texts = {paragraph["id"]: paragraph for paragraph in record["paragraphs"]}
    numbers = {cluster["cluster"] for cluster in clusters}
    for entity in record.get("entities") or ():
        if entity["cluster"] in numbers:
            paragraph, start, end = texts[entity["paragraph"]], entity["start"], entity["end"]
            text = paragraph["text"]
            entity["text"] = changed(text[start:end])
            paragraph["text"] = text[:start] + entity["text"] + text[end:]
    for cluster in clusters:
        for fact in ("name", "family_name"):
            cluster[fact] = cluster.get(fact) and changed(cluster[fact])


if __name__ == "__main__":
    typer.run(main)
