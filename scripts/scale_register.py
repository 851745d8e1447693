"""Measures `cablespan register` on a collection of any size, made of a real run.

    python scripts/scale_register.py RUN FOLDER --copies 21

Each copy of a record has an id and a date of its own; of the people whom the lexicon does not know,
most in a copy are others, with a given and a family name drawn from all that the run has. Bodies,
places, posts and offices stay. Prints seconds and the peak of memory.
"""

import argparse
import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from cablespan.runs.batch.results import Results
from cablespan.runs.register import register

SEED = 7
STAYS = 0.2  # how often somebody is the same person in a copy
YEARS = 3  # by which a copy is earlier or later, at most

Record = dict[str, Any]


def copies(records: list[Record], number: int) -> Iterator[bytes]:
    draw = random.Random(SEED)
    people = [c for record in records for c in record.get("clusters", ()) if c.get("family_name")]
    given = [person["given_name"] for person in people if person.get("given_name")]
    family = [person["family_name"] for person in people]
    for copy in range(number):
        for record in records:
            yield orjson.dumps(_copied(record, copy, draw, given, family))


def _copied(
    record: Record, copy: int, draw: random.Random, given: list[str], family: list[str]
) -> Record:
    others: dict[int, dict[str, Any]] = {}
    for cluster in record.get("clusters", ()):
        is_person = cluster.get("family_name") and not cluster.get("kb_id")
        if copy and is_person and draw.random() > STAYS:
            name = draw.choice(family)
            first = draw.choice(given) if cluster.get("given_name") else None
            others[cluster["cluster"]] = {
                "given_name": first,
                "family_name": name,
                "name": " ".join(filter(None, (first, name))),
            }
    id = f"{record['id']}-{copy}" if copy else record["id"]
    paragraph = {p["id"]: f"{id}/{number}" for number, p in enumerate(record["paragraphs"])}
    return record | {
        "id": id,
        "paragraphs": [p | {"id": paragraph[p["id"]]} for p in record["paragraphs"]],
        "header": record["header"] | {"created": _moved(record["header"].get("created"), draw)},
        "clusters": [c | others.get(c["cluster"], {}) for c in record.get("clusters", ())],
        "entities": [
            entity
            | {"paragraph": paragraph[entity["paragraph"]]}
            | ({"text": others[entity["cluster"]]["name"]} if entity["cluster"] in others else {})
            for entity in record["entities"]
        ],
    }


def _moved(date: str | None, draw: random.Random) -> str | None:
    if not date or not date[:4].isdecimal():
        return date
    return f"{int(date[:4]) + draw.randint(-YEARS, YEARS):04}{date[4:]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=21)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "cables.jsonl").open("wb") as file:
        for line in copies(list(Results(options.run).lines()), options.copies):
            file.write(line + b"\n")
    begun = time.perf_counter()
    counts, _ = register(str(options.folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(counts, f"{time.perf_counter() - begun:.0f} s, {peak:.1f} GB")


if __name__ == "__main__":
    main()
