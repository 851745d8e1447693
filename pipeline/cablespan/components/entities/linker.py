"""Links mentions to what they name: countries and cities, governments and posts, agencies,
organisations, laws, office holders."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from io import BytesIO
from itertools import chain
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.entities.acronyms import acronym_definitions
from cablespan.components.entities.bodies import (
    body_of_state,
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
from cablespan.components.entities.office_holders import holder_id, titles_of
from cablespan.components.entities.person_names import (
    PEOPLE,
    bare_name,
    parse_person,
    word_list,
)
from cablespan.components.entities.personal_facts import personal_facts
from cablespan.components.keeping import Keeping
from cablespan.labels import Entity
from cablespan.lexicon import Post

_SAVED = "knowledge.npz"
_RANK = {name: rank for rank, name in enumerate(PRECEDENCE)}


@Language.factory(
    "cable_linker", assigns=["doc.ents", "doc._.clusters"], default_config={"kb": None}
)
class Linker(Keeping):
    """Writes `kb_id` of entities and clusters, and of people's clusters named, office, country,
    names.

    What is ambiguous stays empty; clusters without an id have `candidates`, ranked, where there are
    any. `kb`: path of a knowledge base of one's own (see knowledge_base.py), which goes before the
    lexicon.
    """

    def __init__(self, nlp: Language, name: str, kb: str | None = None):
        self.name = name
        self._kb = kb

    @cached_property
    def knowledge(self) -> KnowledgeBase | None:
        """The knowledge base of one's own; its file is not asked for where a saved pipeline has
        brought it."""
        return KnowledgeBase.read(self._kb) if self._kb else None

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
            return holder_id(ent.text)
        long = definitions.get(name, name)
        if ent.label_ != Entity.AGENCY:
            return _by_lexicon(name, ent.label_) or _by_lexicon(long, ent.label_)
        home = home_country(sender)
        known = government_or_post(name, sender, definitions.get(name))
        return known or _body(name, home) or _body(long, home)

    def annotate(self, doc: Doc) -> Doc:
        """Writes what `process` returns into the Doc, as the entities' `kb_id`."""
        if not doc.has_annotation("ENT_IOB"):
            return doc
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
            cluster.update(personal_facts(mentions, cluster["kb_id"]))
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
        titles = frozenset(chain.from_iterable(map(titles_of, people)))
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
        """Takes in the knowledge base that `to_bytes` returned, if there is one."""
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
