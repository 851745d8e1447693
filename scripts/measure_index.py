"""Builds the database of a collection of any size and measures it: time, memory, file size beside
the text, time of pages: searches with two facets, cables, people who are mentioned most.

    python scripts/measure_index.py /work/lab/run --cables 25000 --folder /tmp/scaled

The collection is a real run, copied as often as it takes. Each copy has ids and years of its own,
and other last words in names that are not in the lexicon: four copies share them. Offsets stay.
"""

import asyncio
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
from statistics import median
from typing import Any
from urllib.parse import urlencode

import orjson
import typer

import cablespan
from cablespan.explore.serving import create_datasette
from cablespan.runs.batch.results import Results

SHARD = 2000  # cables in a file
SHARING = 4  # copies in which the names are the same
FIRST, LAST = 1973, 2010  # years
_ID = re.compile(r"\d\d([A-Z]+)(\d+)")
_LAST_WORD = re.compile(r"[A-Za-z]+$")
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvz", "aeiou"
_VARIED = ("PERSON", "OFFICIAL", "ORG")

PAGES = 200  # of each kind
_SIZE = "SELECT sum(octet_length(text)) FROM paragraphs"
_DRAWN_FACETS = ("year", "post", "tag", "classification", "statement", "label", "certainty")
_DRAWN = """SELECT text, cables.name, year, origin,
    (SELECT tag FROM cable_tags WHERE cable_id = cables.id LIMIT 1), classification,
    (SELECT label FROM statements WHERE paragraph_id = paragraphs.id LIMIT 1),
    (SELECT label FROM entities WHERE paragraph_id = paragraphs.id LIMIT 1),
    (SELECT certainty FROM claims WHERE paragraph_id = paragraphs.id LIMIT 1)
    FROM paragraphs JOIN cables ON cables.id = cable_id WHERE paragraphs.id = ?"""

Record = dict[str, Any]


def main(run: str, cables: int = 25_000, folder: Path = Path("/tmp/scaled")) -> None:
    records, database = folder / f"run-{cables}", folder / f"cables-{cables}.db"
    if not records.exists():
        write(run, cables, records)
    build(records, database)
    with cablespan.open(database) as collection:
        (text,) = collection.connection.execute(_SIZE).fetchone()
        size = database.stat().st_size
        print(f"file {size / 1e6:,.0f} MB, text {text / 1e6:,.0f} MB: {size / text:.2f} x the text")
        addresses = pages_of(collection)
    asyncio.run(visit(database, addresses))


def build(records: Path, database: Path) -> None:
    started = time.perf_counter()
    command = [sys.executable, "-m", "cablespan.cli", "index", str(records), "--overwrite"]
    subprocess.run([*command, "--output", str(database)], check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"built in {time.perf_counter() - started:.0f} s, {used.ru_utime + used.ru_stime:.0f} s "
        f"of one core; peak memory {used.ru_maxrss / 1e6:.2f} GB"
    )


def pages_of(collection: cablespan.Collection) -> dict[str, list[str]]:
    """Addresses by kind. A search is for two words of a paragraph, drawn at random, and for two
    facts of its cable or of what is marked in it."""
    draw = random.Random(7)
    ask = collection.connection.execute
    (last,) = ask("SELECT max(id) FROM paragraphs").fetchone()
    searches, cables = [], []
    while len(searches) < PAGES:
        row = ask(_DRAWN, [draw.randint(1, last)]).fetchone()
        words = re.findall(r"[a-z]{5,}", row[0]) if row else []
        facets = list(zip(("cable", *_DRAWN_FACETS), row[1:], strict=True)) if row else []
        known = [(facet, value) for facet, value in facets[1:] if value]
        if len(words) > 1 and len(known) > 1:
            asked = [("q", " ".join(draw.sample(words, 2))), *draw.sample(known, 2)]
            searches.append(f"/search?{urlencode(asked)}")
            cables.append(f"/cable/{row[1]}")
    named = ask("SELECT id FROM people ORDER BY mentions DESC LIMIT 10").fetchall()
    people = [f"/entity/{id}" for (id,) in named]
    return {"first page": ["/"], "search": searches, "cable": cables, "person": people}


async def visit(database: Path, addresses: dict[str, list[str]]) -> None:
    datasette = create_datasette(database)
    for kind, pages in addresses.items():
        walls, cores = [], []
        for page in pages:
            wall, core = time.perf_counter(), time.process_time()
            answer = await datasette.client.get(page, follow_redirects=True)
            walls.append(1000 * (time.perf_counter() - wall))
            cores.append(1000 * (time.process_time() - core))
            assert answer.status_code == 200, (page, answer.text)
        print(f"{kind}: {len(pages)} pages, {told(walls)}; of one core {told(cores)}")


def told(times: list[float]) -> str:
    ordered = sorted(times)
    return f"median {median(ordered):.0f} ms, p95 {ordered[int(0.95 * len(ordered))]:.0f} ms"


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
