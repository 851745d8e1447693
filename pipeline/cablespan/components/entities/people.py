"""Who is one person: full names first, then surnames and offices that belong to one."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span

from cablespan.components.entities.acronyms import names_by_acronym
from cablespan.components.entities.bodies import country_code
from cablespan.components.entities.near_names import NearNames, one_letter_apart
from cablespan.components.entities.person_names import (
    PEOPLE,
    Person,
    parse_mention,
    parse_person,
)


@dataclass(frozen=True)
class Mention:
    """A mention of a person: its place among the entities, its parts, the nationality before it."""

    index: int
    person: Person
    country: str | None

    @property
    def office(self) -> str:
        """The first office that the title names, else the title."""
        return next(iter(self.person.offices), self.person.title.lower())


@dataclass(eq=False)
class PersonCluster:
    """A person as known so far: name words, the longest name, offices, mentions in order."""

    names: set[str] = field(default_factory=set)
    full: tuple[str, ...] = ()
    offices: set[str] = field(default_factory=set)
    mentions: list[int] = field(default_factory=list)
    female: bool = False

    def add(self, mention: Mention) -> None:
        """Takes in a mention: its names, offices and sex."""
        person = mention.person
        self.names.update(person.names)
        if len(person.names) > max(1, len(self.full)):
            self.full = person.names
        self.offices.update(person.offices)
        self.female = self.female or person.female
        insort(self.mentions, mention.index)

    def accepts_full_name(self, person: Person) -> bool:
        """Whether a full name can be this person's.

        Given names are equal, or initials of each other, under one family name.

        >>> from cablespan.components.entities.person_names import parse_person
        >>> known = PersonCluster()
        >>> known.add(Mention(0, parse_person("John Foster Dulles"), None))
        >>> [known.accepts_full_name(parse_person(name)) for name in ("J. Dulles", "Allen Dulles")]
        [True, False]
        """
        names = person.names
        if not self.full:
            return names[-1] in self.names or names[0] in self.names
        if set(names) <= set(self.full) or set(self.full) <= set(names):
            return True
        if self._is_spelt_alike(person):
            return True
        return self.full[-1] == names[-1] and _same_given_name(self.full[0], names[0])

    def _is_spelt_alike(self, person: Person) -> bool:
        ours, theirs = "".join(self.full), "".join(person.names)
        if ours == theirs:
            return True
        return one_letter_apart(ours, theirs) and self.accepts_offices(person.offices)

    def has_name_like(self, name: str) -> bool:
        """Whether one of the names differs by one letter."""
        return any(one_letter_apart(name, own) for own in self.names)

    def is_first_or_last_name(self, name: str) -> bool:
        """Whether a name alone is one by which this person is called."""
        return not self.full or name in (self.full[0], self.full[-1])

    def is_given_name(self, name: str) -> bool:
        """Whether a name is this person's, but not the family name that relatives share."""
        return name in self.full[:-1]

    def accepts_woman(self, name: str) -> bool:
        """Whether "Mrs." before a name does not speak against this person."""
        nothing_known = not (self.full or self.offices)
        return self.female or self.is_given_name(name) or nothing_known

    def accepts_offices(self, offices: Iterable[str]) -> bool:
        """Whether a title does not speak against this person: one in common, or none known."""
        return not offices or not self.offices or not self.offices.isdisjoint(offices)

    def last_mention_before(self, index: int) -> int:
        """The last mention before `index`; without one, minus the place of the first after it."""
        place = bisect_left(self.mentions, index)
        return self.mentions[place - 1] if place else -self.mentions[0] - 1


def _same_given_name(one: str, other: str) -> bool:
    is_initial = 1 in (len(one), len(other))
    return one == other or (is_initial and one[0] == other[0])


class _People:
    """The people of a cable as their mentions are put together."""

    def __init__(self) -> None:
        self.clusters: list[PersonCluster] = []
        # Dictionaries as sets in order: a name can have thousands of mentions.
        self._by_name: dict[str, dict[PersonCluster, None]] = defaultdict(dict)
        self._near: NearNames[PersonCluster] = NearNames()

    def add(self, mention: Mention, cluster: PersonCluster | None) -> None:
        """Adds a mention to its cluster, a new one where it has none yet."""
        if cluster is None:
            cluster = PersonCluster()
            self.clusters.append(cluster)
        cluster.add(mention)
        for name in mention.person.names:
            self._by_name[name][cluster] = None
            self._near.add(name, cluster)

    def with_full_name(self, person: Person) -> PersonCluster | None:
        """The first cluster that accepts a full name: of its last name, its first, one like it."""
        first, last = person.names[0], person.names[-1]
        candidates = (*self._by_name[last], *self._by_name[first], *self._near.like(last))
        return next((c for c in candidates if c.accepts_full_name(person)), None)

    def with_single_name(self, mention: Mention) -> PersonCluster | None:
        """Whom a surname means: whose title fits, of these the one last named before it."""
        person = mention.person
        known = self._of_gender(self._called(person.names[0]), person)
        fitting = [cluster for cluster in known if cluster.accepts_offices(person.offices)]
        is_only_one = len(known) == 1 and not person.title
        if not fitting and is_only_one:
            return known[0]
        return max(fitting, key=lambda c: c.last_mention_before(mention.index), default=None)

    def _called(self, name: str) -> list[PersonCluster]:
        """Clusters with a name as first or last, else anywhere, else with one like it."""
        named = list(self._by_name[name])
        if named:
            return [c for c in named if c.is_first_or_last_name(name)] or named
        like = next((c for c in self._near.like(name) if c.has_name_like(name)), None)
        return [] if like is None else [like]

    @staticmethod
    def _of_gender(known: list[PersonCluster], person: Person) -> list[PersonCluster]:
        """Those whom "Mrs." can mean; without it, men before women."""
        name = person.names[0]
        if person.female:
            return [cluster for cluster in known if cluster.accepts_woman(name)]
        return [c for c in known if not c.female or c.is_given_name(name)] or known


def groups_of_people(doc: Doc, ents: list[Span]) -> list[list[int]]:
    """Groups of officials and persons.

    Full names first, surnames to the full names they belong to, then offices alone.
    """
    spelt_out = {short: name.text for short, name in names_by_acronym(doc, ents).items()}
    mentions = [
        _mention(doc, i, ent, spelt_out.get(ent.text))
        for i, ent in enumerate(ents)
        if ent.label_ in PEOPLE
    ]
    by_names: dict[int, list[Mention]] = {0: [], 1: [], 2: []}  # two and more
    for mention in mentions:
        by_names[min(len(mention.person.names), 2)].append(mention)
    people = _People()
    for mention in by_names[2]:
        people.add(mention, people.with_full_name(mention.person))
    for mention in by_names[1]:
        people.add(mention, people.with_single_name(mention))
    offices = _groups_of_offices(by_names[0], people.clusters)
    return [cluster.mentions for cluster in people.clusters] + offices


def _mention(doc: Doc, index: int, ent: Span, spelt_out: str | None) -> Mention:
    """A mention; of an officer's acronym that the text explains, as it is spelt out."""
    adjective = doc[ent.start - 1].text if ent.start else ""
    country = country_code(adjective) if adjective[:1].isupper() else None
    person = parse_person(spelt_out) if spelt_out else parse_mention(ent)
    return Mention(index, person, country)


def _groups_of_offices(nameless: list[Mention], clusters: list[PersonCluster]) -> list[list[int]]:
    """Offices without a name, by office and country; those of one holder in play go to him."""
    holders: dict[str, list[PersonCluster]] = defaultdict(list)
    for cluster in clusters:
        for office in cluster.offices:
            holders[office].append(cluster)
    groups: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for mention in nameless:
        known = holders.get(mention.office, ())
        if len(known) == 1 and mention.country is None:
            insort(known[0].mentions, mention.index)
        else:
            groups[mention.office, mention.country].append(mention.index)
    return list(groups.values())
