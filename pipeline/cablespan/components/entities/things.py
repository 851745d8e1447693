"""What is one body, place or law: by the lexicon's entry, by acronym and its definition, by
spelling, and a short name by the long one that it is cut from."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Span

from cablespan.components.entities.acronyms import acronym_definitions, names_by_acronym
from cablespan.components.entities.bodies import government_or_post, sending_post
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.components.entities.near_names import LONGEST, SHORTEST, NearNames
from cablespan.components.entities.person_names import PEOPLE, bare_name
from cablespan.labels import Entity
from cablespan.lexicon import Post

_UNCLUSTERED = frozenset({Entity.DATE, Entity.MONEY})
_IN_BRACKETS = re.compile(r" ?\([^()]*\)")
# Labels of what is called by a part of its name ("the Council"), bodies of a state or others alike.
_SHORTENED: dict[str, str] = {Entity.AGENCY: "body", Entity.ORG: "body", Entity.LAW: "law"}
_LONGEST_NAME = 12
Key = tuple[str, str]


def groups_of_things(doc: Doc, ents: list[Span]) -> list[list[int]]:
    """Groups of entities other than people, as indices.

    >>> import spacy
    >>> doc = spacy.blank("en")("The Jones Apparel Group met; Jones Apparel grew.")
    >>> groups_of_things(doc, [Span(doc, 1, 4, "ORG"), Span(doc, 6, 8, "ORG")])
    [[0, 1]]
    """
    sender, definitions = sending_post(doc), _definitions(doc, ents)
    acronyms = {long: short for short, long in definitions.items()}
    groups: dict[Key, list[int]] = defaultdict(list)
    near: dict[str, NearNames[str]] = defaultdict(NearNames)
    for index, ent in enumerate(ents):
        label = ent.label_
        if label in PEOPLE or label in _UNCLUSTERED:
            continue
        key = _key(ent, definitions, acronyms, sender)
        if (label, key) not in groups and _may_be_misspelt(key, label):
            key = next(near[label].like(key), key)
            near[label].add(key, key)
        groups[label, key].append(index)
    return _with_short_names(groups, ents)


def _definitions(doc: Doc, ents: list[Span]) -> Mapping[str, str]:
    """What acronyms stand for: by their letters, or as they stand in brackets behind a name."""
    names = names_by_acronym(doc, ents).items()
    return {short.lower(): bare_name(name.text) for short, name in names} | acronym_definitions(doc)


def _may_be_misspelt(name: str, label: str) -> bool:
    """Whether a name can be a slip for one a letter apart: "reftel B" is not "reftel A"."""
    if label == Entity.CABLE_REF or not SHORTEST <= len(name) <= LONGEST:
        return False
    return name.replace(" ", "").isalpha() and name not in surfaces()


def _key(
    ent: Span, definitions: Mapping[str, str], acronyms: Mapping[str, str], sender: Post | None
) -> str:
    """What the mentions of an entity have in common: an id, or the name with acronyms spelt out."""
    name = bare_name(ent.text)
    name = _IN_BRACKETS.sub("", name).strip() or name
    if ent.label_ == Entity.AGENCY:
        known = government_or_post(name, sender, definitions.get(name))
        if known:
            return known
    name = definitions.get(name) or " ".join(definitions.get(w, w) for w in name.split())
    ids = (_lexicon_id(form, ent.label_) for form in (name, acronyms.get(name)) if form)
    return next(filter(None, ids), name)


def _lexicon_id(name: str, label: str) -> str | None:
    """The first id that the lexicon has for a name of this label."""
    entries = (s.entry for s in surfaces().get(name, ()) if s.name_class != "title")
    ids = (entry.get("kb_id") for entry in entries if entry.get("label") == label)
    return next(filter(None, ids), None)


def _with_short_names(groups: Mapping[Key, list[int]], ents: list[Span]) -> list[list[int]]:
    """The groups, each name that the lexicon does not know joined to the only longer name that it
    begins or ends: "Council" to "Human Rights Council" before it."""
    longer: dict[Key, set[Key]] = defaultdict(set)
    for key, members in groups.items():
        if kind := _SHORTENED.get(key[0]):
            for name in {bare_name(ents[index].text) for index in members}:
                for part in _parts(name):
                    longer[kind, part].add(key)
    whole_of: dict[Key, Key] = {}
    for key in sorted(groups, key=lambda key: -len(key[1])):
        named = longer.get((_SHORTENED.get(key[0], ""), key[1]), set())
        wholes = {whole_of.get(whole, whole) for whole in named} - {key}
        if len(wholes) == 1 and min(groups[min(wholes)]) < min(groups[key]):
            whole_of[key] = min(wholes)
    joined: dict[Key, list[int]] = defaultdict(list)
    for key, members in groups.items():
        joined[whole_of.get(key, key)] += members
    return [sorted(members) for members in joined.values()]


def _parts(name: str) -> Iterator[str]:
    """The shorter names that a name begins or ends with."""
    words = name.split()[:_LONGEST_NAME]
    for size in range(1, len(words)):
        yield " ".join(words[:size])
        yield " ".join(words[-size:])
