"""Who is who: all mentions of one entity in a cable share a cluster."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.entities.acronyms import with_defined_labels
from cablespan.components.entities.bodies import (
    country_code,
    government_of,
    meanings,
    post_of,
    sending_post,
)
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.components.entities.person_names import Person, fold, parse
from cablespan.labels import Entity

_PEOPLE = frozenset({Entity.OFFICIAL, Entity.PERSON})
_UNCLUSTERED = frozenset({Entity.DATE, Entity.MONEY})
_LONG = 7


class Mention(NamedTuple):
    """A mention of a person: its place among the Doc's entities, its parts, and the nationality that stands before it."""

    index: int
    person: Person
    country: str | None


class Cluster:
    """A person as known so far: all name words, offices, countries and mentions."""

    def __init__(self, mention: Mention):
        self.names = set(mention.person.names)
        self.full = mention.person.names if len(mention.person.names) > 1 else ()
        self.offices: Counter[str] = Counter()
        self.mentions: list[int] = []
        self.female = False
        self.add(mention)

    def add(self, mention: Mention) -> None:
        self.names.update(mention.person.names)
        if len(mention.person.names) > len(self.full) and len(mention.person.names) > 1:
            self.full = mention.person.names
        self.offices.update(mention.person.offices)
        self.female = self.female or mention.person.female
        self.mentions.append(mention.index)

    def accepts_full(self, person: Person) -> bool:
        """Whether a full name can be this person's: given names equal, or initials of each other, under one family name."""
        names = person.names
        if not self.full:
            return names[-1] in self.names or names[0] in self.names
        ours, theirs = self.full, names
        if set(theirs) <= set(ours) or set(ours) <= set(theirs):
            return True
        if "".join(ours) == "".join(theirs) or (
            _one_letter("".join(ours), "".join(theirs)) and self.accepts_offices(person.offices)
        ):
            return True
        if ours[-1] != theirs[-1]:
            return False
        first, other = ours[0], theirs[0]
        return first == other or (1 in (len(first), len(other)) and first[0] == other[0])

    def known_by_given(self, name: str) -> bool:
        """Whether a name is one of this person's, but not the family name that relatives share."""
        return bool(self.full) and name in self.full[:-1]

    def accepts_offices(self, offices: Iterable[str]) -> bool:
        """Whether a title does not speak against this person: none known on either side, or one in common."""
        offices = set(offices)
        return not offices or not self.offices or bool(offices & set(self.offices))


def _one_letter(one: str, other: str) -> bool:
    """Whether two long names differ by one letter: changed, added, left out, or two swapped."""
    if one == other or min(len(one), len(other)) < _LONG or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    rest, others = one[start:], other[start:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    )


def _with_one_left_out(name: str) -> Iterator[str]:
    """The name and what is left of it without one of its letters: names one letter apart share one of these."""
    yield name
    for index in range(len(name)):
        yield name[:index] + name[index + 1 :]


@Language.factory("cable_aliases", assigns=["doc.ents", "doc._.clusters"])
class Aliases:
    """Writes the number of its cluster into every entity's `id_`, and `doc._.clusters`, a dict for each; dates and amounts have none."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def process(self, doc: Doc) -> list[int | None]:
        """The cluster of each entity, numbered in order of first mention; None for dates and amounts."""
        return self._numbers(doc, with_defined_labels(doc, doc.ents))

    def _numbers(self, doc: Doc, ents: list[Span]) -> list[int | None]:
        groups = _things(doc, ents) + _people(doc, ents)
        cluster_of: dict[int, int] = {}
        for number, group in enumerate(sorted(groups, key=min)):
            cluster_of.update(dict.fromkeys(group, number))
        return [cluster_of.get(index) for index in range(len(ents))]

    def __call__(self, doc: Doc) -> Doc:
        ents = with_defined_labels(doc, doc.ents)
        numbers = self._numbers(doc, ents)
        members: dict[int, list[Span]] = defaultdict(list)
        for ent, number in zip(ents, numbers, strict=True):
            if number is not None:
                members[number].append(ent)
        clusters = {number: _cluster(number, mentions) for number, mentions in members.items()}
        doc.ents = [
            Span(
                doc,
                e.start,
                e.end,
                label=_label(e, clusters.get(n)),
                kb_id=e.kb_id,
                span_id="" if n is None else str(n),
            )
            for e, n in zip(ents, numbers, strict=True)
        ]
        doc._.clusters = [clusters[number] for number in sorted(clusters)]
        return doc


def _cluster(number: int, mentions: list[Span]) -> dict[str, Any]:
    best = max(mentions, key=lambda mention: (_rank(mention), -mention.start))
    label = Counter(mention.label_ for mention in mentions).most_common(1)[0][0]
    if label in _PEOPLE:
        label = Entity.OFFICIAL if any(_titled(mention) for mention in mentions) else best.label_
    return {
        "cluster": number,
        "label": label,
        "name": " ".join(best.text.split()),
        "kb_id": "",
        "mentions": len(mentions),
    }


def _label(mention: Span, cluster: dict[str, Any] | None) -> str:
    """One individual is either an official or a person, whatever a single mention looked like."""
    return cluster["label"] if cluster and mention.label_ in _PEOPLE else mention.label_


def _titled(mention: Span) -> bool:
    return mention.label_ == Entity.OFFICIAL and bool(parse(mention.text).offices)


def _rank(mention: Span) -> tuple[int, int]:
    """How much a mention tells: names of a person before all else, then length."""
    return (len(parse(mention.text).names) if mention.label_ in _PEOPLE else 0, len(mention.text))


def _things(doc: Doc, ents: list[Span]) -> list[list[int]]:
    """Groups of entities other than people: by the lexicon's entry, by acronym and meaning, by spelling."""
    sender = sending_post(doc)
    home = sender["country"] if sender else None
    explained = meanings(doc)
    groups: dict[tuple[str, str], list[int]] = {}
    near: dict[tuple[str, str], tuple[str, str]] = {}
    for index, ent in enumerate(ents):
        if ent.label_ in _PEOPLE or ent.label_ in _UNCLUSTERED:
            continue
        key = ent.label_, _key(ent, explained, home, sender)
        if (
            key not in groups
            and len(key[1]) >= _LONG
            and key[1].replace(" ", "").isalpha()
            and key[1] not in surfaces()
        ):
            alike = (near.get((key[0], form)) for form in _with_one_left_out(key[1]))
            key = next((other for other in alike if other), key)
            for form in _with_one_left_out(key[1]):
                near.setdefault((key[0], form), key)
        groups.setdefault(key, []).append(index)
    return list(groups.values())


def _key(
    ent: Span, explained: dict[str, str], home: str | None, sender: dict[str, Any] | None
) -> str:
    """What the mentions of a thing have in common."""
    name = fold(ent.text).removeprefix("the ")
    name = re.sub(r" ?\([^)]*\)", "", name).strip() or name
    meaning = explained.get(name)
    if ent.label_ == Entity.AGENCY:
        country = country_code(meaning.split(" of ")[-1]) if meaning and " of " in meaning else None
        known = government_of(name, home, country) or post_of(name, sender)
        if known:
            return known
    name = meaning or " ".join(explained.get(word, word) for word in name.split())
    for surface in surfaces().get(name, ()):
        if (
            surface.entry.get("label") == ent.label_
            and surface.entry.get("kb_id")
            and surface.name_class != "title"
        ):
            return surface.entry["kb_id"]
    return name


def _people(doc: Doc, ents: list[Span]) -> list[list[int]]:
    """Groups of officials and persons: full names first, surnames to the full names they belong to, then offices alone."""
    mentions = [
        _mention(doc, index, ent) for index, ent in enumerate(ents) if ent.label_ in _PEOPLE
    ]
    by_name: dict[str, list[Cluster]] = defaultdict(list)
    near: dict[str, Cluster] = {}
    clusters: list[Cluster] = []

    def join(mention: Mention, cluster: Cluster | None) -> None:
        if cluster is None:
            cluster = Cluster(mention)
            clusters.append(cluster)
        else:
            cluster.add(mention)
        for name in mention.person.names:
            if cluster not in by_name[name]:
                by_name[name].append(cluster)
            if len(name) >= _LONG:
                for form in _with_one_left_out(name):
                    near.setdefault(form, cluster)

    alone = {mention.person.names[0] for mention in mentions if len(mention.person.names) == 1}
    pairs = [
        m
        for m in mentions
        if len(m.person.names) == 2
        and " " not in ents[m.index].text
        and alone.issuperset(m.person.names)
    ]
    for mention in mentions:
        names = mention.person.names
        if len(names) > 1 and mention not in pairs:
            known = [
                cluster
                for name in (names[-1], names[0])
                for cluster in by_name[name]
                if cluster.accepts_full(mention.person)
            ]
            known += [
                c
                for c in (near.get(form) for form in _with_one_left_out(names[-1]))
                if c and c.accepts_full(mention.person)
            ]
            join(mention, known[0] if known else None)
    for mention in mentions:
        if len(mention.person.names) == 1:
            join(mention, _by_single_name(mention, by_name, near))
    # "Riad-Jarring" where Riad and Jarring are named alone as well: two people, and neither of them
    return (
        [cluster.mentions for cluster in clusters]
        + [[pair.index] for pair in pairs]
        + _offices_alone(mentions, clusters)
    )


def _mention(doc: Doc, index: int, ent: Span) -> Mention:
    before = doc[max(0, ent.start - 4) : ent.start].text
    person = parse(ent.text, before)
    adjective = doc[ent.start - 1].text if ent.start else ""
    return Mention(index, person, country_code(adjective) if adjective[:1].isupper() else None)


def _by_single_name(
    mention: Mention, by_name: dict[str, list[Cluster]], near: dict[str, Cluster]
) -> Cluster | None:
    """The person a surname belongs to: whose title fits, of these the one last named before it."""
    name = mention.person.names[0]
    named = by_name.get(name, [])
    known = [
        cluster
        for cluster in named
        if not cluster.full or name in (cluster.full[0], cluster.full[-1])
    ] or named
    if not known and len(name) >= _LONG:
        known = [
            c
            for c in (near.get(form) for form in _with_one_left_out(name))
            if c and any(_one_letter(name, n) for n in c.names)
        ][:1]
    if mention.person.female:
        known = [
            cluster
            for cluster in known
            if cluster.female
            or cluster.known_by_given(name)
            or not (cluster.full or cluster.offices)
        ]
    else:
        known = [
            cluster for cluster in known if not cluster.female or cluster.known_by_given(name)
        ] or known
    fitting = [cluster for cluster in known if cluster.accepts_offices(mention.person.offices)]
    if not fitting and len(known) == 1 and not mention.person.title:
        fitting = known
    if not fitting:
        return None
    return max(
        fitting,
        key=lambda cluster: max(
            (i for i in cluster.mentions if i < mention.index), default=-min(cluster.mentions) - 1
        ),
    )


def _offices_alone(mentions: list[Mention], clusters: list[Cluster]) -> list[list[int]]:
    """Offices without a name: to their holder where one is in play, else together by office and country."""
    holders: dict[str, list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        for office in cluster.offices:
            holders[office].append(cluster)
    loose: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for mention in mentions:
        if mention.person.names:
            continue
        offices = mention.person.offices
        known = {id(cluster): cluster for office in offices[:1] for cluster in holders[office]}
        if len(known) == 1 and mention.country is None:
            next(iter(known.values())).mentions.append(mention.index)
        else:
            key = offices[0] if offices else mention.person.title.lower()
            loose[key, mention.country].append(mention.index)
    return list(loose.values())
