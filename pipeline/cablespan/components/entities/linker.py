"""Links mentions to what they name: countries and cities, governments and posts, agencies,
organisations, laws, office holders."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TypedDict

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.components.entities.acronyms import acronym_definitions
from cablespan.components.entities.bodies import (
    body_of_state,
    country_code,
    country_of_government,
    government_or_post,
    home_country,
    sending_post,
    split_country,
)
from cablespan.components.entities.candidates import (
    PRECEDENCE,
    CandidateRecord,
    Clues,
    is_linked,
    ranked,
)
from cablespan.components.entities.clusters import ClusterRecord
from cablespan.components.entities.knowledge_base import KnowledgeBase
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.components.entities.person_names import (
    PEOPLE,
    Person,
    bare_name,
    normalize_name,
    parse_person,
    word_list,
)
from cablespan.labels import Entity
from cablespan.lexicon import OfficeHolder, Post

_SAVED = "knowledge.npz"
_RANK = {name: rank for rank, name in enumerate(PRECEDENCE)}


@Language.factory(
    "cable_linker", assigns=["doc.ents", "doc._.clusters"], default_config={"kb": None}
)
class Linker:
    """Writes `kb_id` of entities and clusters, and of people's clusters named, office, country,
    names.

    What is ambiguous stays empty; clusters without an id have `candidates`, ranked, where there are
    any. `kb`: path of a knowledge base of one's own (see knowledge_base.py), which goes before the
    lexicon.
    """

    def __init__(self, nlp: Language, name: str, kb: str | None = None):
        self.name = name
        self.knowledge: KnowledgeBase | None = None
        if kb:
            self.add_knowledge(kb)

    def add_knowledge(self, path: str | Path) -> None:
        """Takes a knowledge base into use. Raises KnowledgeError with file, line and remedy."""
        self.knowledge = KnowledgeBase.read(path)

    def process(self, doc: Doc) -> list[str]:
        """The KB id of each entity, "" for none: the one that its cluster's mentions agree on, else
        its own.

        An office's own id ("office:AMBASSADOR") is nobody's: a mention of somebody who is named
        elsewhere in the cable has his id or none.

        >>> import spacy
        >>> nlp = spacy.blank("en")
        >>> doc = nlp("Kazakhstan and the GOK agreed.")
        >>> doc.ents = [Span(doc, 0, 1, "PLACE"), Span(doc, 3, 4, "AGENCY")]
        >>> Linker(nlp, "linker").process(doc)
        ['iso:KZ', '']
        """
        sender, definitions = sending_post(doc), acronym_definitions(doc)
        own_ids = [self._id_of(ent, definitions, sender) or "" for ent in doc.ents]
        agreed = _agreed_ids(doc.ents, own_ids)
        named = {
            ent.id_ for ent in doc.ents if ent.label_ in PEOPLE and parse_person(ent.text).names
        }

        def chosen(cluster: str, own: str) -> str:
            if cluster in agreed:
                return agreed[cluster]
            return "" if cluster in named and _is_office(own) else own

        return [chosen(ent.id_, own) for ent, own in zip(doc.ents, own_ids, strict=True)]

    def _id_of(self, ent: Span, definitions: Mapping[str, str], sender: Post | None) -> str | None:
        name = bare_name(ent.text)
        known = self.knowledge.lookup(name, ent.label_) if self.knowledge else None
        if known:
            return known
        if ent.label_ in PEOPLE:
            return _person(ent.text, parse_person(ent.text))
        long = definitions.get(name, name)
        if ent.label_ != Entity.AGENCY:
            return _by_lexicon(name, ent.label_) or _by_lexicon(long, ent.label_)
        home = home_country(sender)
        known = government_or_post(name, sender, definitions.get(name))
        return known or _body(name, home) or _body(long, home)

    def __call__(self, doc: Doc) -> Doc:
        """Writes what `process` returns into the Doc, as the entities' `kb_id`."""
        doc.ents = [
            Span(doc, ent.start, ent.end, label=ent.label, kb_id=kb_id, span_id=ent.id)
            for ent, kb_id in zip(doc.ents, self.process(doc), strict=True)
        ]
        mentions: dict[str, list[Span]] = defaultdict(list)
        for ent in doc.ents:
            mentions[ent.id_].append(ent)
        home = home_country(sending_post(doc))
        for cluster in doc._.clusters or ():
            self._complete(cluster, mentions[str(cluster["cluster"])], home)
        return doc

    def _complete(self, cluster: ClusterRecord, mentions: list[Span], home: str | None) -> None:
        """Adds a cluster's id, the facts of a person, and candidates where there is no id."""
        ids = {ent.kb_id_ for ent in mentions if ent.kb_id_}
        cluster["kb_id"] = min(ids) if len(ids) == 1 else ""
        if cluster["label"] in PEOPLE:
            cluster.update(_personal_facts(mentions, cluster["kb_id"]))
        candidates = [] if cluster["kb_id"] else self._candidates(cluster, mentions, home)
        if candidates:
            cluster["candidates"] = candidates

    def _candidates(
        self, cluster: ClusterRecord, mentions: list[Span], home: str | None
    ) -> list[CandidateRecord]:
        """Entries that a cluster may be: by all its names, and by what else the cable says of
        it."""
        label, base = cluster["label"], self.knowledge
        names = dict.fromkeys(bare_name(ent.text) for ent in mentions)
        own = [kb_id for name in names for kb_id in base.ids_of(name, label)] if base else []
        if label not in PEOPLE:
            return ranked(names, label, Clues(country=home), own)
        people = [parse_person(ent.text) for ent in mentions]
        titles = frozenset(chain.from_iterable(map(_titles, people)))
        clues = Clues(cluster.get("country") or home, titles)
        return ranked([" ".join(person.names) for person in people], label, clues, own)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Saves the knowledge base of one's own, if there is one."""
        if self.knowledge:
            folder = Path(path)
            folder.mkdir(parents=True, exist_ok=True)
            self.knowledge.save(folder / _SAVED)

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> "Linker":
        """Loads the knowledge base that `to_disk` saved, if there is one."""
        file = Path(path) / _SAVED
        if file.is_file():
            self.knowledge = KnowledgeBase.load(file)
        return self

    def to_bytes(self, *, exclude: Sequence[str] = ()) -> bytes:
        """The knowledge base of one's own; no bytes where there is none."""
        buffer = BytesIO()
        if self.knowledge:
            self.knowledge.save(buffer)
        return buffer.getvalue()

    def from_bytes(self, data: bytes, *, exclude: Sequence[str] = ()) -> "Linker":
        """Takes in the knowledge base that `to_bytes` gave, if there is one."""
        if data:
            self.knowledge = KnowledgeBase.load(BytesIO(data))
        return self


def _agreed_ids(ents: Iterable[Span], ids: Iterable[str]) -> dict[str, str]:
    """The id of each cluster whose mentions agree on one, the ids of offices left out."""
    by_cluster: dict[str, set[str]] = defaultdict(set)
    for ent, kb_id in zip(ents, ids, strict=True):
        if ent.id_ and kb_id and not _is_office(kb_id):
            by_cluster[ent.id_].add(kb_id)
    return {cluster: min(known) for cluster, known in by_cluster.items() if len(known) == 1}


def _is_office(kb_id: str) -> bool:
    return kb_id.startswith("office:")


def _by_lexicon(name: str, label: str) -> str | None:
    """The lexicon's id of a name; None where the best class has several."""
    ids: dict[int, set[str]] = defaultdict(set)
    for surface in surfaces().get(name, ()):
        entry, rank = surface.entry, _RANK.get(surface.name_class)
        if rank is not None and is_linked(entry, label):
            ids[rank].add(entry["kb_id"])
    best = ids[min(ids)] if ids else ()
    return min(best) if len(best) == 1 else None


def _body(name: str, home: str | None) -> str | None:
    """A body of a state: the lexicon's id, with the state where every state has one
    ("body:MFA/TR").

    The state is named before the body, or is the sending post's (`home`).
    """
    # Of 26 bare "Congress" and "Senate" from posts abroad, 2 were American (annotations/links).
    if name in word_list("legislature_anywhere") and home not in (None, "US"):
        return None
    known = None if name in word_list("own_post") else _by_lexicon(name, Entity.AGENCY)
    country = home
    if not known:
        country, rest = split_country(name, home)
        known = _by_lexicon(rest, Entity.AGENCY) if rest else None
        if known and not known.startswith("body:"):
            return None
    return body_of_state(known, country) if known else None


@cache
def _holders() -> dict[str, list[OfficeHolder]]:
    """Office holders of the lexicon by their names and aliases."""
    holders: dict[str, list[OfficeHolder]] = defaultdict(list)
    for entry in lexicon.load("people"):
        for name in {entry["name"], *entry["aliases"]}:
            holders[normalize_name(name)].append(entry)
    return holders


@cache
def _people() -> dict[str, OfficeHolder]:
    """Office holders of the lexicon by their ids."""
    return {entry["kb_id"]: entry for entry in reversed(lexicon.load("people"))}


@cache
def _title_names() -> dict[str, str]:
    return {entry["kb_id"]: entry["name"] for entry in lexicon.load("titles")}


def _person(mention: str, person: Person) -> str | None:
    """A known office holder, by full name, or by a surname that his title does not contradict.

    An office alone has its own id.
    """
    if not person.names:
        return person.offices[0] if person.offices else None
    is_surname = len(person.names) == 1
    if person.female and is_surname:
        return None  # "Mrs. Gromyko" is not the Foreign Minister
    full = normalize_name(mention)
    written = normalize_name(person.family or "") if is_surname else full
    for name in (full, " ".join(person.names), written):
        holder = _only_holder(name, person)
        if holder and (name == full or not _is_contradicted(holder, person)):
            return holder["kb_id"]
    return None


def _only_holder(name: str, person: Person) -> OfficeHolder | None:
    """The only office holder whom a name is enough for; None where there are several."""
    holders = [holder for holder in _holders().get(name, ()) if _may_be(holder, person)]
    return holders[0] if len(holders) == 1 else None


def _is_contradicted(holder: OfficeHolder, person: Person) -> bool:
    """Whether a surname stands after titles that its holder did not have."""
    if not person.offices or len(person.names) > 1:
        return False
    return not _held(holder, person)


def _may_be(holder: OfficeHolder, person: Person) -> bool:
    """Whether a name is enough: some need their full name, or their office before it."""
    return not holder.get("full") or len(person.names) > 1 or _held(holder, person)


def _held(holder: OfficeHolder, person: Person) -> bool:
    """Whether one of the titles before a name is in the office that somebody held."""
    return any(title in holder["office"].lower() for title in _titles(person))


def _titles(person: Person) -> list[str]:
    """The titles of a mention in small letters."""
    return [_title_names()[office].lower() for office in person.offices]


class PersonalFacts(TypedDict):
    """What a cable says of a person; `named` by name, not by an office alone."""

    named: bool
    office: str | None
    country: str | None
    given_name: str | None
    family_name: str | None


def _personal_facts(mentions: list[Span], kb_id: str) -> PersonalFacts:
    """Facts from the mentions together and, where the person is known, from the lexicon."""
    people = [
        parse_person(ent.text, ent.doc[max(0, ent.start - 4) : ent.start].text) for ent in mentions
    ]
    fullest = max(people, key=lambda person: len(person.names))
    office, country = _most_told_office(people), _most_told_country(mentions)
    known = _people().get(kb_id)
    return {
        "named": bool(fullest.names),
        "office": office or (known and known["office"]),
        "country": country or (known and known.get("country")),
        "given_name": fullest.given,
        "family_name": fullest.family,
    }


def _most_told_office(people: Iterable[Person]) -> str | None:
    """The name of the office that most mentions have, the longest of equals."""
    offices = Counter(_title_names()[office] for person in people for office in person.offices)
    return max(offices, key=lambda name: (offices[name], len(name)), default=None)


def _most_told_country(mentions: Iterable[Span]) -> str | None:
    """The country that an official serves by most mentions, the first of equals."""
    countries = Counter(filter(None, map(_country_served, mentions)))
    return max(countries, key=countries.__getitem__, default=None)


def _country_served(ent: Span) -> str | None:
    """The country an official serves: the first that one of these says."""
    ways = (_adjective_before, _government_at_start, _country_after, _country_at_start)
    return next(filter(None, (way(ent) for way in ways)), None)


def _adjective_before(ent: Span) -> str | None:
    """The country of "Turkish" before the mention."""
    for size in (2, 1):
        before = ent.doc[max(0, ent.start - size) : ent.start].text
        if ent.start >= size and before[:1].isupper() and country_code(before):
            return country_code(before)
    return None


def _government_at_start(ent: Span) -> str | None:
    """The country of "GOC" before the title, within the mention."""
    is_acronym = len(ent) > 1 and ent[0].text.isupper()
    return country_of_government(ent[0].text, None) if is_acronym else None


def _country_after(ent: Span) -> str | None:
    """The country of "of Kenya" after the mention."""
    following = ent.doc[ent.end : ent.end + 3]
    if len(following) < 2 or following[0].lower_ != "of":
        return None
    return country_code(following[1].text) or country_code(following[1:].text)


def _country_at_start(ent: Span) -> str | None:
    """The country of "Turkish" as the first word of the mention."""
    return country_code(ent[0].text) if len(ent) > 1 else None
