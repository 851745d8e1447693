"""Counts over the records of a run, taken one record at a time, small enough to be shown whatever the size of the run."""

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import Any

from cablespan.labels import Entity, Statement
from cablespan.lexicon import load
from cablespan.runs.export import speaker_of, year

THINGS = 200_000  # distinct things that are counted; beyond, those named once are forgotten
LISTED = 250  # recommendations, commitments that are listed
SEARCHED = 6000  # things in the search box
LISTED_LABELS = (Statement.RECOMMENDATION, Statement.COMMITMENT)
UNKNOWN = "unknown"


@dataclass
class Thing:
    """Someone or something that is named: how often, in how many cables, in which years."""

    label: str
    name: str
    kb_id: str | None
    mentions: int = 0
    cables: int = 0
    years: Counter = field(default_factory=Counter)

    @property
    def key(self) -> tuple[str, str]:
        """What makes two mentions mean the same: label, and the knowledge base's entry or else the name."""
        return self.label, self.kb_id or self.name.casefold()


@cache
def known_names() -> dict[str, str]:
    """The proper names of the lexicon's entries by their `kb_id`."""
    lists = ("countries", "cities", "regions", "orgs", "us_agencies", "bodies", "laws")
    return {
        entry["kb_id"]: entry["name"]
        for name in lists
        for entry in load(name)
        if entry.get("kb_id")
    }


@dataclass
class Findings:
    """What a report shows. Attributes are counters by label, year, origin and marking; `things` by their keys."""

    counts: Counter = field(default_factory=Counter)
    cables_by_year: Counter = field(default_factory=Counter)
    cables_by_origin: Counter = field(default_factory=Counter)
    labels: dict[str, Counter] = field(
        default_factory=lambda: {"entities": Counter(), "statements": Counter()}
    )
    by_year: dict[str, Counter] = field(
        default_factory=lambda: {"entities": Counter(), "statements": Counter()}
    )
    by_origin: dict[str, Counter] = field(
        default_factory=lambda: {"entities": Counter(), "statements": Counter()}
    )
    by_marking: dict[str, Counter] = field(
        default_factory=lambda: {"entities": Counter(), "statements": Counter()}
    )
    things: dict[tuple[str, str], Thing] = field(default_factory=dict)
    about: Counter = field(default_factory=Counter)
    certainty: Counter = field(default_factory=Counter)
    speakers: Counter = field(default_factory=Counter)
    reject_reasons: Counter = field(default_factory=Counter)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    forgotten: bool = False
    _listed: dict[str, list] = field(default_factory=lambda: defaultdict(list))

    def add(self, record: dict[str, Any]) -> None:
        """Counts one record."""
        when, origin = (
            year(record),
            record["header"].get("origin") or record["meta"].get("origin") or UNKNOWN,
        )
        paragraphs = {paragraph["id"]: paragraph for paragraph in record["paragraphs"]}
        words = sum(len(paragraph["text"].split()) for paragraph in record["paragraphs"])
        self.counts.update(
            cables=1, words=words, paragraphs=len(paragraphs), claims=len(record["claims"])
        )
        self.cables_by_year[when] += 1
        self.cables_by_origin[origin] += 1
        for layer in self.labels:
            self.counts[layer] += len(record[layer])
            for annotation in record[layer]:
                label = annotation["label"]
                self.labels[layer][label] += 1
                self.by_year[layer][when, label] += 1
                self.by_origin[layer][origin, label] += 1
                self.by_marking[layer][
                    paragraphs[annotation["paragraph"]]["marking"] or "none", label
                ] += 1
        keys = self._add_things(record, when)
        self._add_claims(record, keys)
        for statement in record["statements"]:
            if statement["label"] in LISTED_LABELS:
                self._list(record, paragraphs[statement["paragraph"]], statement, origin)

    def _add_things(self, record: dict[str, Any], when: int | None) -> list[tuple[str, str]]:
        """Counts what is named; returns the key of each entity, in the record's order."""
        clusters = {cluster["cluster"]: cluster for cluster in record.get("clusters", ())}
        keys = []
        for entity in record["entities"]:
            best = clusters.get(entity["cluster"], {})
            name = best.get("name") or entity["text"]
            kb_id = best.get("kb_id") or entity["kb_id"]
            key = entity["label"], kb_id or name.casefold()
            keys.append(key)
            thing = self.things.get(key)
            if thing is None:
                thing = self.things[key] = Thing(
                    entity["label"], known_names().get(kb_id, name), kb_id
                )
            elif thing.name.isupper() and not name.isupper():
                thing.name = name
            thing.mentions += 1
            if when:
                thing.years[when] += 1
        for key in set(keys):
            self.things[key].cables += 1
        if len(self.things) > THINGS:
            self.forgotten = True
            self.things = {key: thing for key, thing in self.things.items() if thing.mentions > 1}
        return keys

    def _add_claims(self, record: dict[str, Any], keys: list[tuple[str, str]]) -> None:
        """Counts who speaks, how surely, and whom the content names."""
        clusters = {cluster["cluster"]: cluster for cluster in record.get("clusters", ())}
        for claim in record["claims"]:
            speaker = speaker_of(claim, clusters).get("name")
            if not speaker:
                continue
            self.speakers[speaker] += 1
            self.certainty[speaker, claim["certainty"]] += 1
            content = claim["content"] or {"start": 0, "end": 0}
            named = {
                key
                for key, entity in zip(keys, record["entities"], strict=True)
                if entity["paragraph"] == claim["paragraph"]
                and content["start"] <= entity["start"]
                and entity["end"] <= content["end"]
                and entity["label"]
                in (Entity.AGENCY, Entity.OFFICIAL, Entity.PERSON, Entity.PLACE, Entity.ORG)
            }
            self.about.update((speaker, key) for key in named)
        if len(self.about) > 4 * THINGS:
            self.about = Counter({pair: count for pair, count in self.about.items() if count > 1})

    def _list(
        self,
        record: dict[str, Any],
        paragraph: dict[str, Any],
        statement: dict[str, Any],
        origin: str,
    ) -> None:
        """Keeps an even draw of the statements that are listed: those whose place has the smallest hash, whatever the order."""
        start, end = statement["start"], statement["end"]
        draw = int.from_bytes(
            blake2b(f"{paragraph['id']}:{start}".encode(), digest_size=8).digest()
        )
        date = str(record["header"].get("created") or record["meta"].get("date") or "")[:10]
        text = paragraph["text"]
        item = (
            -draw,
            date,
            record["id"],
            paragraph["id"],
            origin,
            text[:start],
            text[start:end],
            text[end:],
        )
        kept = self._listed[statement["label"]]
        (heapq.heappush if len(kept) < LISTED else heapq.heappushpop)(kept, item)

    def listed(self, label: str) -> list[dict[str, str]]:
        """The statements of a label that are listed, by date."""
        names = ("date", "cable", "paragraph", "origin", "before", "text", "after")
        return [
            dict(zip(names, item[1:], strict=True))
            for item in sorted(self._listed[label], key=lambda item: item[1:])
        ]

    def add_reject(self, reject: dict[str, Any]) -> None:
        """Counts an input that was rejected."""
        self.counts["rejects"] += 1
        self.reject_reasons[reject["reason"]] += 1
        if len(self.rejects) < 100:
            self.rejects.append(reject)

    def most_named(self, label: str, number: int = 12) -> list[Thing]:
        """The things of a label that are named most."""
        things = (thing for thing in self.things.values() if thing.label == label)
        return heapq.nsmallest(number, things, key=lambda thing: (-thing.mentions, thing.name))

    def years(self) -> list[int]:
        """All years from the first to the last."""
        known = [when for when in self.cables_by_year if when]
        return list(range(min(known), max(known) + 1)) if known else []

    def search_index(self) -> list[list[Any]]:
        """`[name, label, mentions, cables, first year, last year]` of the things that are named most."""
        things = heapq.nsmallest(
            SEARCHED, self.things.values(), key=lambda thing: (-thing.mentions, thing.name)
        )
        return [
            [
                t.name,
                t.label,
                t.mentions,
                t.cables,
                min(t.years, default=None),
                max(t.years, default=None),
            ]
            for t in things
        ]

    def on_the_map(self) -> list[dict[str, Any]]:
        """Places of which the lexicon knows where they are."""
        where = {place["kb_id"]: place for place in load("coordinates")}
        return [
            {
                "name": thing.name,
                "mentions": thing.mentions,
                "cables": thing.cables,
                "lat": place["lat"],
                "lon": place["lon"],
            }
            for thing in self.most_named(Entity.PLACE, 1500)
            if (place := where.get(thing.kb_id))
        ]
