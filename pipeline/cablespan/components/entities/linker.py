"""Links mentions to what they name: countries and cities, governments and posts, agencies, organisations, laws, office holders."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy
from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.components.entities.bodies import (
    country_code,
    government_of,
    meanings,
    post_of,
    sending_post,
)
from cablespan.components.entities.knowledge_base import KnowledgeBase
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.components.entities.person_names import Person, fold, parse, word_list
from cablespan.labels import Entity

_PEOPLE = frozenset({Entity.OFFICIAL, Entity.PERSON})
_OWN_STATE = frozenset(
    {
        "ministry",
        "legislature",
        "court",
        "prosecutor",
        "police",
        "committee",
        "commission",
        "government",
        "agency",
        "military",
    }
)
# Which class wins where one name is in several lexicon files ("Singapore": the country, not the city).
_ORDER = {
    name: rank
    for rank, name in enumerate(
        ("country", "region", "city", "us_agency", "body", "org", "law", "person")
    )
}
_OFFICIAL_FIELDS = ("office", "country", "given_name", "family_name")


@Language.factory(
    "cable_linker", assigns=["doc.ents", "doc._.clusters"], default_config={"kb": None}
)
class Linker:
    """Writes `kb_id` of entities and clusters, and of officials' clusters office, country, given and family name.

    What is ambiguous stays empty. `kb`: path of a knowledge base of one's own (see knowledge_base.py), which goes before the lexicon.
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
        """The KB id of each entity, "" for none: its own, else the one that its cluster's other mentions agree on."""
        return self._ids(doc, list(doc.ents))

    def _ids(self, doc: Doc, ents: list[Span]) -> list[str]:
        sender, explained = sending_post(doc), meanings(doc)
        own = [self._of(ent, explained, sender) or "" for ent in ents]
        by_cluster: dict[str, set[str]] = defaultdict(set)
        for ent, kb_id in zip(ents, own, strict=True):
            if kb_id and not kb_id.startswith("office:"):
                by_cluster[ent.id_].add(kb_id)
        agreed = {
            cluster: next(iter(ids))
            for cluster, ids in by_cluster.items()
            if cluster and len(ids) == 1
        }
        return [agreed.get(ent.id_, kb_id) for ent, kb_id in zip(ents, own, strict=True)]

    def _of(
        self, ent: Span, explained: dict[str, str], sender: dict[str, Any] | None
    ) -> str | None:
        name = fold(ent.text).removeprefix("the ")
        known = self.knowledge.lookup(name, ent.label_) if self.knowledge else None
        if known:
            return known
        if ent.label_ in _PEOPLE:
            return _person(ent, parse(ent.text))
        if ent.label_ == Entity.AGENCY:
            home = sender["country"] if sender else None
            meaning = explained.get(name, "")
            known = government_of(
                name, home, country_code(meaning.split(" of ")[-1]) if " of " in meaning else None
            ) or post_of(name, sender)
            return known or _body(name, home) or _body(explained.get(name, name), home)
        return _by_lexicon(name, ent.label_) or _by_lexicon(explained.get(name, name), ent.label_)

    def __call__(self, doc: Doc) -> Doc:
        ents = list(doc.ents)
        ids = self._ids(doc, ents)
        ents = [
            Span(doc, e.start, e.end, label=e.label, kb_id=i, span_id=e.id)
            for e, i in zip(ents, ids, strict=True)
        ]
        doc.ents = ents
        mentions: dict[str, list[Span]] = defaultdict(list)
        for ent in ents:
            mentions[ent.id_].append(ent)
        for cluster in doc._.clusters or ():
            members = mentions[str(cluster["cluster"])]
            linked = Counter(ent.kb_id_ for ent in members if ent.kb_id_)
            cluster["kb_id"] = linked.most_common(1)[0][0] if len(linked) == 1 else ""
            if cluster["label"] in _PEOPLE:
                cluster.update(_fields(doc, members, cluster["kb_id"]))
        return doc

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        if self.knowledge:
            folder = Path(path)
            folder.mkdir(parents=True, exist_ok=True)
            base = self.knowledge
            ids = numpy.frombuffer(base.ids, dtype="u1")
            numpy.savez(
                folder / "knowledge.npz",
                names=base.names,
                entries=base.entries,
                ids=ids,
                ends=base.ends,
            )

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> "Linker":
        file = Path(path) / "knowledge.npz"
        if file.is_file():
            with numpy.load(file) as saved:
                self.knowledge = KnowledgeBase(
                    saved["names"], saved["entries"], saved["ids"].tobytes(), saved["ends"]
                )
        return self


def _by_lexicon(name: str, label: str) -> str | None:
    """The lexicon's id of a name; None where the best class gives it to several."""
    found = [
        s
        for s in surfaces().get(name, ())
        if s.entry.get("label") == label
        and s.entry.get("kb_id")
        and s.entry.get("match") is not False
    ]
    found = [s for s in found if s.name_class in _ORDER]
    if not found:
        return None
    best = min(_ORDER[s.name_class] for s in found)
    ids = {s.entry["kb_id"] for s in found if _ORDER[s.name_class] == best}
    return ids.pop() if len(ids) == 1 else None


def _body(name: str, home: str | None) -> str | None:
    """A body of a state: the lexicon's id, and for bodies that every state has, the state ("body:MFA/TR"), named or the sender's own."""
    known = None if name in word_list("own_post") else _by_lexicon(name, Entity.AGENCY)
    if known and not known.startswith("body:"):
        return known
    words = name.split()
    country = home
    for size in (3, 2, 1):
        if not known and len(words) > size and country_code(" ".join(words[:size])):
            country = country_code(" ".join(words[:size]))
            known = _by_lexicon(" ".join(words[size:]), Entity.AGENCY)
            break
    if not known or not known.startswith("body:"):
        return None
    return (
        f"{known}/{country}"
        if country and _kinds()[known] in _OWN_STATE
        else None
        if _kinds()[known] in _OWN_STATE
        else known
    )


@cache
def _kinds() -> dict[str, str]:
    return {entry["kb_id"]: entry["kind"] for entry in lexicon.load("bodies")}


@cache
def _holders() -> dict[str, list[dict[str, Any]]]:
    """Office holders of the lexicon by their names and aliases."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in lexicon.load("people"):
        for name in {entry["name"], *entry["aliases"]}:
            found[fold(name)].append(entry)
    return found


@cache
def _people() -> dict[str, dict[str, Any]]:
    """Office holders of the lexicon by their ids."""
    return {entry["kb_id"]: entry for entry in reversed(lexicon.load("people"))}


@cache
def _title_names() -> dict[str, str]:
    return {entry["kb_id"]: entry["name"] for entry in lexicon.load("titles")}


def _person(ent: Span, person: Person) -> str | None:
    """A known office holder, by full name, or by a surname that his title does not contradict; an office alone by its own id.

    A surname alone is not enough for those of the lexicon who need their full name: their office must stand before it.
    """
    if not person.names:
        return person.offices[0] if person.offices else None
    if person.female and len(person.names) == 1:
        return None  # "Mrs. Gromyko" is not the Foreign Minister
    full, bare = fold(ent.text), " ".join(person.names)
    for name in (full, bare, fold(person.family or "")):
        holders = [
            h
            for h in _holders().get(name, [])
            if not h.get("full") or len(person.names) > 1 or (person.offices and _held(h, person))
        ]
        if len(holders) == 1 and (
            name == full or len(person.names) > 1 or not person.offices or _held(holders[0], person)
        ):
            return (
                holders[0]["kb_id"]
                if name != fold(person.family or "") or len(person.names) == 1 or name == bare
                else None
            )
    return None


def _held(holder: dict[str, Any], person: Person) -> bool:
    return any(
        _title_names().get(office, "").lower() in holder["office"].lower()
        for office in person.offices
    )


def _fields(doc: Doc, mentions: list[Span], kb_id: str) -> dict[str, str | None]:
    """Office, country and name of an official, from the mentions together and, where he is known, the lexicon."""
    people = [parse(ent.text, doc[max(0, ent.start - 4) : ent.start].text) for ent in mentions]
    offices = Counter(office for person in people for office in person.offices)
    named = max(
        (person for person in people if person.names),
        key=lambda person: len(person.names),
        default=None,
    )
    known = _people().get(kb_id)
    countries = Counter(code for ent in mentions if (code := _service(doc, ent)))
    office = max(offices, key=lambda o: (offices[o], len(_title_names().get(o, ""))), default=None)
    fields = (
        _title_names().get(office) if office else known and known["office"],
        countries.most_common(1)[0][0] if countries else known and known.get("country"),
        named and named.given,
        named and named.family,
    )
    return dict(zip(_OFFICIAL_FIELDS, fields, strict=True))


def _service(doc: Doc, ent: Span) -> str | None:
    """The country an official serves: an adjective before the mention, the government in front of the title, or "of" behind it."""
    for size in (2, 1):
        before = doc[max(0, ent.start - size) : ent.start].text
        if ent.start >= size and before[:1].isupper() and country_code(before):
            return country_code(before)
    first = fold(ent[0].text)
    government = government_of(first, None) if ent[0].text.isupper() and len(ent) > 1 else None
    if government:
        return government.removeprefix("gov:").replace("us:USG", "US")
    if ent.end + 1 < len(doc) and doc[ent.end].lower_ == "of":
        return country_code(doc[ent.end + 1].text) or country_code(
            doc[ent.end + 1 : ent.end + 3].text
        )
    return country_code(first) if len(ent) > 1 else None
