"""What an unlinked name may stand for: entries of the lexicon that bear it or one like it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from cablespan.components.entities.bodies import (
    body_of_state,
    governments_of_acronym,
    split_country,
)
from cablespan.components.entities.clusters import CandidateRecord
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.components.entities.near_names import one_letter_apart
from cablespan.components.entities.person_names import PEOPLE, bare_name, word_list
from cablespan.labels import Entity

# Classes whose entries are linked to, and which of them wins where one name is in several
# ("Singapore": the country, not the city).
PRECEDENCE = ("country", "region", "city", "us_agency", "body", "org", "law", "person")
_MOST = 5
_LEAST_SHARE = 0.5
# A word of more names than this ("ministry", "john") finds none: the rarer words of a name do.
_COMMON = 100


class Clues(NamedTuple):
    """What the cable says beside the name: the likely country's ISO code, titles in lower case."""

    country: str | None = None
    titles: frozenset[str] = frozenset()


class _Name(NamedTuple):
    """A name of an entry, in words."""

    words: tuple[str, ...]
    kb_id: str
    country: str | None = None
    office: str | None = None


def is_linked(entry: Mapping[str, Any], label: str) -> bool:
    """Whether mentions with a label are linked to an entry of the lexicon.

    >>> is_linked({"label": "ORG", "kb_id": "org:UN"}, "ORG")
    True
    >>> is_linked({"label": "ORG", "kb_id": "org:UN", "match": False}, "ORG")
    False
    """
    return bool(entry.get("label") == label and entry.get("match") is not False and entry["kb_id"])


def ranked(
    names: Iterable[str], label: str, clues: Clues, own: Iterable[str] = ()
) -> list[CandidateRecord]:
    """At most five entries that bear one of an entity's names or one near it, the best first.

    `names` are normalised, those of people without titles; `own` are the ids that they have in the
    user's knowledge base. The score, from 0 to 1, is the mean of the parts that are known of both
    entity and entry: the share of words in common, the country (1 or 0), the office (1 or 0).

    >>> ranked(["gok"], "AGENCY", Clues("KE"))[0]
    {'kb_id': 'gov:KE', 'score': 1.0}
    >>> ranked(["gareth nazarbaiev"], "PERSON", Clues())
    []
    """
    scores: dict[str, float] = dict.fromkeys(own, 1.0)
    label = Entity.OFFICIAL if label in PEOPLE else label
    for name in names:
        state, rest = split_country(name, clues.country) if label == Entity.AGENCY else (None, "")
        for share, entry in _entries_like(rest or name, label):
            kb_id = body_of_state(entry.kb_id, state)
            if kb_id:
                scores[kb_id] = max(_score(share, entry, clues), scores.get(kb_id, 0.0))
    best = sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))[:_MOST]
    return [{"kb_id": kb_id, "score": round(score, 2)} for kb_id, score in best]


def _score(share: float, entry: _Name, clues: Clues) -> float:
    parts = [share]
    if entry.country and clues.country:
        parts.append(float(entry.country == clues.country))
    if entry.office and clues.titles:
        parts.append(float(any(title in entry.office for title in clues.titles)))
    return sum(parts) / len(parts)


@lru_cache(maxsize=1 << 14)
def _entries_like(name: str, label: str) -> tuple[tuple[float, _Name], ...]:
    """Entries that bear a name, or one that has half of the words in common, with that share."""
    words = tuple(name.split())
    bearers = _bearers(label).get(name, ())
    near = {entry for word in words for entry in _by_word(label).get(word, ())}
    shares = [(_share(words, entry.words), entry) for entry in {*bearers, *near}]
    governments = governments_of_acronym(name) if label == Entity.AGENCY else ()
    return (
        *((share, entry) for share, entry in shares if share >= _LEAST_SHARE),
        *((1.0, _Name(words, f"gov:{code}", code)) for code in governments),
    )


def _share(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """The share of words that two names have in common (Jaccard); one letter apart is the same."""
    common = sum(any(a == b or one_letter_apart(a, b) for b in theirs) for a in ours)
    return min(1.0, common / (len(ours) + len(theirs) - common))


@cache
def _linked_names() -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """The names of the lexicon with their entries, by the labels that are linked to these."""
    linked: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for text, known in surfaces().items():
        for surface in known:
            label = surface.entry.get("label")
            if surface.name_class in PRECEDENCE and label and is_linked(surface.entry, label):
                linked[label].append((text, surface.entry))
    return linked


@cache
def _bearers(label: str) -> dict[str, tuple[_Name, ...]]:
    """The entries of a label by their normalised names."""
    bearers: dict[str, dict[_Name, None]] = defaultdict(dict)
    for text, entry in _linked_names().get(label, ()):
        name = bare_name(text)
        office = entry.get("office", "").lower()
        words = tuple(name.split())
        bearers[name][_Name(words, entry["kb_id"], entry.get("country"), office)] = None
    return {name: tuple(entries) for name, entries in bearers.items()}


@cache
def _by_word(label: str) -> dict[str, tuple[_Name, ...]]:
    """The entries of a label by each word of their names that is not common."""
    bearers: dict[str, list[_Name]] = defaultdict(list)
    for name, entries in _bearers(label).items():
        for word in set(name.split()) - word_list("small_word"):
            bearers[word] += entries
    return {word: tuple(entries) for word, entries in bearers.items() if len(entries) <= _COMMON}
