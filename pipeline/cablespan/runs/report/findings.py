"""Counts over the records of a run, taken one record at a time, small enough to be shown whatever
the size of the run.
"""

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cablespan.facts import year
from cablespan.labels import Entity, Statement
from cablespan.lexicon import load
from cablespan.runs.report.draw import Draw
from cablespan.runs.things import Key, Record, Thing, clusters_of, identified, speaker_of

THINGS = 200_000  # distinct things that are counted; beyond, the half that is named least is not
PAIRS = 800_000  # the same of speakers with what they name
LISTED = 250  # recommendations, commitments that are listed
CLAIMS, EVENTS = 800, 400  # claims in the table, dated sentences in the list
YEARS = 200  # from first to last, without gaps in charts
SEARCHED = 6000  # things in the search box
LISTED_LABELS = (Statement.RECOMMENDATION, Statement.COMMITMENT)
EVENT_LABELS = (Statement.REPORT, Statement.CLAIM, Statement.COMMITMENT)
ACTORS = (Entity.AGENCY, Entity.OFFICIAL, Entity.PERSON, Entity.PLACE, Entity.ORG)
SENDERS = ("post:", "us:STATE")  # how the ids of those begin that send cables
UNKNOWN = "unknown"
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


class Place(NamedTuple):
    """Where something stands: the cable's date and id, the paragraph, the post that writes."""

    date: str
    cable: str
    paragraph: str
    origin: str


class Listed(NamedTuple):
    """A sentence with what stands before and after it in its paragraph."""

    place: Place
    before: str
    text: str
    after: str


class Said(NamedTuple):
    """A claim: who says it, how surely, whom it names, and what."""

    place: Place
    speaker: Key
    certainty: str
    about: tuple[Key, ...]
    content: str


class Event(NamedTuple):
    """A sentence that tells when: ISO 8601 day, month or year in which it begins, its label and
    text.
    """

    begins: str
    place: Place
    label: str
    text: str


def _by_layer() -> dict[str, Counter[Any]]:
    return {"entities": Counter(), "statements": Counter()}


@dataclass
class Findings:
    """What a report shows.

    Attributes are counters by label, year, origin and marking; `things` by their keys.
    """

    unfinished: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    cables_by_year: Counter[int | None] = field(default_factory=Counter)
    cables_by_origin: Counter[str] = field(default_factory=Counter)
    labels: dict[str, Counter[str]] = field(default_factory=_by_layer)
    by_year: dict[str, Counter[Any]] = field(default_factory=_by_layer)
    by_origin: dict[str, Counter[Any]] = field(default_factory=_by_layer)
    by_marking: dict[str, Counter[Any]] = field(default_factory=_by_layer)
    things: dict[Key, Thing] = field(default_factory=dict)
    about: Counter[tuple[Key, Key]] = field(default_factory=Counter)
    certainty: Counter[tuple[Key, str]] = field(default_factory=Counter)
    speakers: Counter[Key] = field(default_factory=Counter)
    events_by_month: Counter[tuple[str, str]] = field(default_factory=Counter)
    reject_reasons: Counter[str] = field(default_factory=Counter)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    claims: Draw[Said] = field(default_factory=lambda: Draw(CLAIMS))
    events: Draw[Event] = field(default_factory=lambda: Draw(EVENTS))
    forgotten: bool = False
    lists: dict[str, Draw[Listed]] = field(
        default_factory=lambda: defaultdict(lambda: Draw(LISTED))
    )

    def add(self, record: Record) -> None:
        """Counts one record; of `cablespan read` it has no layers."""
        _RecordCounter(self, record).count()
        if len(self.things) > THINGS:
            self.forgotten = True
            self.things = {
                thing.key: thing for thing in _most_named(self.things.values(), THINGS // 2)
            }
        if len(self.about) > PAIRS:
            self.about = Counter(dict(self.about.most_common(PAIRS // 2)))

    def add_reject(self, reject: dict[str, Any]) -> None:
        """Counts an input that was rejected."""
        self.counts["rejects"] += 1
        self.reject_reasons[reject["reason"]] += 1
        if len(self.rejects) < 100:
            self.rejects.append(reject)

    def name(self, key: Key) -> str | None:
        """What a thing is called; None for one that was forgotten."""
        thing = self.things.get(key)
        return thing.name if thing else None

    def listed(self, label: str) -> list[Listed]:
        """The statements of a label that are listed, by date."""
        return sorted(self.lists[label].items())

    def most_named(self, label: str, number: int = 12) -> list[Thing]:
        """The things of a label that are named most."""
        return _most_named((t for t in self.things.values() if t.label == label), number)

    def years(self) -> list[int]:
        """All years from the first to the last; those that occur where a misdated cable sets these
        far apart."""
        known = sorted(when for when in self.cables_by_year if when)
        every = range(known[0], known[-1] + 1) if known else range(0)
        return list(every) if len(every) <= YEARS else known

    def search_index(self) -> list[list[Any]]:
        """`[name, label, mentions, cables, first year, last year]` of the things that are named
        most.
        """
        return [
            [thing.name, thing.label, thing.mentions, thing.cables, *thing.span]
            for thing in _most_named(self.things.values(), SEARCHED)
        ]

    def claim_table(self) -> list[list[str]]:
        """`[date, paragraph, speaker, certainty, about, content]` of the claims that were drawn, by
        date.
        """
        return [
            [
                said.place.date,
                said.place.paragraph,
                self.name(said.speaker) or "",
                said.certainty,
                ", ".join(filter(None, map(self.name, said.about))),
                said.content,
            ]
            for said in sorted(self.claims.items())
        ]

    def event_table(self) -> list[list[str]]:
        """`[begins, paragraph, label, text]` of the dated sentences that were drawn, in the order
        of what they tell.
        """
        return [
            [event.begins, event.place.paragraph, event.label, event.text]
            for event in sorted(self.events.items())
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


def _most_named(things: Iterable[Thing], number: int) -> list[Thing]:
    """Without those that speak and are never named."""
    named = (thing for thing in things if thing.mentions)
    return heapq.nsmallest(number, named, key=lambda thing: (-thing.mentions, thing.name))


class _RecordCounter:
    """Counts one record into the findings."""

    def __init__(self, findings: Findings, record: Record):
        header, meta = record["header"], record["meta"]
        self.findings, self.record = findings, record
        self.year = year(record)
        self.date = str(header.get("created") or meta.get("date") or "")[:10]
        self.origin = header.get("origin") or meta.get("origin") or UNKNOWN
        self.paragraphs = {paragraph["id"]: paragraph for paragraph in record["paragraphs"]}
        self.entities = record.get("entities", [])
        self.clusters = clusters_of(record)
        self.by_paragraph: dict[str, list[tuple[Any, Key | None]]] = defaultdict(list)

    def count(self) -> None:
        self._count_sizes()
        for layer in self.findings.labels:
            for annotation in self.record.get(layer, ()):
                self._count_label(layer, annotation)
        self._count_things()
        for claim in self.record.get("claims", ()):
            self._count_claim(claim)
        for statement in self.record.get("statements", ()):
            self._count_event(statement)
            if statement["label"] in LISTED_LABELS:
                self._list(statement)

    def _count_sizes(self) -> None:
        self.findings.counts.update(
            cables=1,
            words=sum(len(paragraph["text"].split()) for paragraph in self.paragraphs.values()),
            paragraphs=len(self.paragraphs),
            claims=len(self.record.get("claims", ())),
        )
        self.findings.cables_by_year[self.year] += 1
        self.findings.cables_by_origin[self.origin] += 1

    def _count_label(self, layer: str, annotation: dict[str, Any]) -> None:
        label, found = annotation["label"], self.findings
        marking = self.paragraphs[annotation["paragraph"]]["marking"] or "none"
        found.counts[layer] += 1
        found.labels[layer][label] += 1
        found.by_year[layer][self.year, label] += 1
        found.by_origin[layer][self.origin, label] += 1
        found.by_marking[layer][marking, label] += 1

    def _count_things(self) -> None:
        named = set()
        for entity in self.entities:
            key = self._count_thing(entity)
            self.by_paragraph[entity["paragraph"]].append((entity, key))
            if key is not None:
                named.add(key)
        for key in named:
            self.findings.things[key].cables += 1

    def _count_thing(self, entity: dict[str, Any]) -> Key | None:
        cluster = self.clusters.get(entity["cluster"]) or {
            "name": entity["text"],
            "kb_id": entity["kb_id"],
        }
        identity = self._identity(entity["label"], cluster)
        if identity is None:
            return None
        key, name = identity
        thing = self.findings.things.get(key)
        if thing is None:
            kb_id = cluster.get("kb_id") or None
            thing = self.findings.things[key] = Thing(key, name, kb_id)
        elif thing.name.isupper() and not name.isupper():
            thing.name = name
        thing.mentions += 1
        if self.year:
            thing.years[self.year] += 1
        return key

    def _identity(self, label: str, cluster: dict[str, Any]) -> tuple[Key, str] | None:
        origin = None if self.origin == UNKNOWN else self.origin
        return identified(label, cluster, origin)

    def _count_claim(self, claim: dict[str, Any]) -> None:
        """Who speaks, how surely, and whom the content names.

        Nothing where nobody knows who speaks.
        """
        cluster = self._speaker(claim)
        if not cluster.get("name"):
            return
        identity = self._identity(cluster["label"], cluster)
        if identity is None:
            return
        speaker, about = identity[0], tuple(sorted(self._named_in(claim)))
        self.findings.things.setdefault(speaker, Thing(*identity, cluster.get("kb_id") or None))
        self.findings.speakers[speaker] += 1
        self.findings.certainty[speaker, claim["certainty"]] += 1
        self.findings.about.update((speaker, key) for key in about)
        content = claim["content"]
        self.findings.claims.offer(
            f"{claim['paragraph']}:{content['start']}",
            lambda: Said(
                self._place(claim), speaker, claim["certainty"], about, content["text"][:400]
            ),
        )

    def _speaker(self, claim: dict[str, Any]) -> dict[str, Any]:
        """The cluster that speaks; one of its own for the post that writes, which need not be named
        in its cable."""
        cluster = speaker_of(claim, self.clusters)
        kb_id = cluster.get("kb_id") or ""
        if cluster.get("name") or not kb_id.startswith(SENDERS):
            return cluster
        name = kb_id if self.origin == UNKNOWN else self.origin
        return {"label": Entity.AGENCY, "name": name, "kb_id": kb_id}

    def _named_in(self, claim: dict[str, Any]) -> set[Key]:
        return {
            key
            for entity, key in self.by_paragraph[claim["paragraph"]]
            if key and key.label in ACTORS and _within(entity, claim["content"])
        }

    def _count_event(self, statement: dict[str, Any]) -> None:
        """A sentence that tells what happens is an event where it names a day, month or year."""
        if statement["label"] not in EVENT_LABELS:
            return
        begins = min(self._dates_in(statement), default=None)
        if begins is None:
            return
        self.findings.events_by_month[begins[:7], statement["label"]] += 1
        text = self.paragraphs[statement["paragraph"]]["text"]
        self.findings.events.offer(
            f"{statement['paragraph']}:{statement['start']}",
            lambda: Event(
                begins,
                self._place(statement),
                statement["label"],
                text[statement["start"] : statement["end"]][:400],
            ),
        )

    def _dates_in(self, statement: dict[str, Any]) -> Iterator[str]:
        for entity, _ in self.by_paragraph[statement["paragraph"]]:
            if entity["label"] == Entity.DATE and _within(entity, statement):
                day = _DAY.match(entity.get("value") or "")
                if day:
                    yield day[0]

    def _list(self, statement: dict[str, Any]) -> None:
        start, end = statement["start"], statement["end"]
        text = self.paragraphs[statement["paragraph"]]["text"]
        self.findings.lists[statement["label"]].offer(
            f"{statement['paragraph']}:{start}",
            lambda: Listed(self._place(statement), text[:start], text[start:end], text[end:]),
        )

    def _place(self, annotation: dict[str, Any]) -> Place:
        return Place(self.date, self.record["id"], annotation["paragraph"], self.origin)


def _within(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    return outer["start"] <= inner["start"] and inner["end"] <= outer["end"]
