"""The clusters of all cables of a run as one table: what each says of a person, a body or a
place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import pyarrow as pa

from cablespan import lexicon
from cablespan.components.entities.bodies import home_country, post_that_sent
from cablespan.components.entities.person_names import (
    bare_name,
    normalize_name,
    parse_person,
    word_list,
)
from cablespan.facts import CableFacts
from cablespan.header.offices import office_words
from cablespan.labels import Entity

# What becomes of a cluster, by its label; laws and references to cables are not registered.
KINDS = {
    Entity.OFFICIAL: "people",
    Entity.PERSON: "people",
    Entity.AGENCY: "bodies",
    Entity.ORG: "bodies",
    Entity.PLACE: "places",
}
TABLES = tuple(dict.fromkeys(KINDS.values()))
_OF = " of "
BATCH = 100_000  # clusters that lie in memory at a time

NAMES = pa.list_(pa.struct([("name", pa.string()), ("count", pa.int32())]))
SCHEMA = pa.schema(
    [
        ("position", pa.int64()),  # in the order of the records
        ("key", pa.string()),  # where the cluster is first named: paragraph and offset
        ("cable", pa.string()),
        ("cluster", pa.int32()),
        ("created", pa.string()),
        ("year", pa.int16()),
        ("home", pa.string()),  # the country of the post that sent the cable
        ("kind", pa.string()),
        ("name", pa.string()),  # of a person without title
        ("names", NAMES),  # as written, with counts
        ("kb_id", pa.string()),
        ("office", pa.string()),
        ("country", pa.string()),  # whose official
        ("words", pa.list_(pa.string())),  # of a person's name, without titles and particles
        ("plain", pa.string()),  # the normalized name of a body or place
        ("common", pa.bool_()),  # a name that fits many: "Commission"
    ]
)


def mention_batches(records: Iterable[Mapping[str, Any]]) -> Iterator[pa.RecordBatch]:
    """The clusters of records as batches of SCHEMA; those that are registered, see `kind_of`."""
    rows = (row for record in records for row in rows_of(record))
    rows = ({"position": position, **row} for position, row in enumerate(rows))
    while batch := list(islice(rows, BATCH)):
        yield pa.RecordBatch.from_pylist(batch, SCHEMA)


def kind_of(cluster: Mapping[str, Any]) -> str | None:
    """The table that a cluster belongs to; None for an office without a name, a law, a reference.

    >>> kind_of({"label": "ORG"}), kind_of({"label": "OFFICIAL", "named": False})
    ('bodies', None)
    """
    kind = KINDS.get(cluster["label"])
    return None if kind == "people" and not cluster.get("named") else kind


def rows_of(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row of SCHEMA for each cluster of a record that is registered.

    >>> place = {"paragraph": "07OSLO1/1", "start": 4, "end": 7, "text": "Roe", "cluster": 0}
    >>> cluster = {"cluster": 0, "label": "PERSON", "name": "Mr. Jan Roe", "named": True}
    >>> record = {"id": "07OSLO1", "entities": [place], "clusters": [cluster]}
    >>> [(row["key"], row["home"], row["words"]) for row in rows_of(record)]
    [('07OSLO1/1:4', 'NO', ['jan', 'roe'])]
    """
    facts = CableFacts.of(record)
    home = home_country(post_that_sent(record))
    year = facts.created[:4]
    for cluster, own in registered(record):
        kind = kind_of(cluster)
        yield {
            "key": f"{own[0]['paragraph']}:{own[0]['start']}",
            "cable": facts.id,
            "cluster": cluster["cluster"],
            "created": facts.created or None,
            "year": int(year) if year.isdecimal() and len(year) == 4 else None,
            "home": home,
            "kind": kind,
            "names": _counted(own),
            "kb_id": cluster.get("kb_id") or None,
            "office": cluster.get("office"),
            "country": cluster.get("country"),
            **(_of_person(cluster) if kind == "people" else _of_thing(cluster["name"])),
        }


def registered(record: Mapping[str, Any]) -> Iterator[tuple[Any, list[Mapping[str, Any]]]]:
    """The clusters of a record that are registered, each with its mentions."""
    mentions: dict[int, list[Mapping[str, Any]]] = {}
    for entity in record.get("entities") or ():
        mentions.setdefault(entity["cluster"], []).append(entity)
    for cluster in record.get("clusters") or ():
        own = mentions.get(cluster["cluster"])
        if own and kind_of(cluster):
            yield cluster, own


def _counted(mentions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    counts = Counter(" ".join(mention["text"].split()) for mention in mentions)
    return [{"name": name, "count": count} for name, count in sorted(counts.items())]


def _of_person(cluster: Mapping[str, Any]) -> dict[str, Any]:
    parts = (cluster.get("given_name"), cluster.get("family_name"))
    if not parts[0] and _OF in cluster["name"]:  # "Governor of Sao Paulo": nobody is named
        return {"name": cluster["name"], "words": []}
    name, words = person_name(" ".join(filter(None, parts)) or cluster["name"])
    return {"name": name, "words": words}


@lru_cache(maxsize=1 << 16)
def person_name(name: str) -> tuple[str, list[str]]:
    """A person's name without title, and its words in lower case: no particle, "Jr." or number.

    What stands before a title within the name goes with it; what names an office alone is nobody.

    >>> person_name("Sao Paulo State Governor José Serra")
    ('José Serra', ['jose', 'serra'])
    >>> person_name("Ana de la Cruz Jr.")[1]
    ['ana', 'cruz']
    >>> person_name("Pol Chief")[1]
    []
    """
    words = name.split()
    for start in reversed(range(len(words))):
        person = parse_person(" ".join(words[start:]))
        if person.names and (person.title or start == 0):
            break
    else:
        return name, []
    kept = [word for word in person.names if word.isalpha()]
    if office_words("office").issuperset(kept) and office_words("surname").isdisjoint(kept):
        return name, []
    left_out = word_list("particle") | word_list("generation")
    plain = " ".join(filter(None, (person.given, person.family)))
    return plain, [word for word in kept if word not in left_out] or kept


@lru_cache(maxsize=1 << 16)
def _of_thing(name: str) -> dict[str, Any]:
    plain = "".join(sign if sign.isalnum() else " " for sign in bare_name(name))
    plain = " ".join(plain.split())
    return {"name": name, "plain": plain, "common": plain in _common_names()}


def _common_names() -> frozenset[str]:
    return frozenset(normalize_name(entry["name"]) for entry in lexicon.load("heads"))
