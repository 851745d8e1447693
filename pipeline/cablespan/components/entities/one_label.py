"""One name, one label: what a cable calls by one name is one kind of thing throughout."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from spacy.tokens import Doc, Span

from cablespan.components.entities.acronyms import names_by_acronym
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.components.entities.person_names import PEOPLE, bare_name, parse_person
from cablespan.labels import VALUED, Entity

# A short name may be two things in one cable ("US" the country and its government).
_SHORTEST = 4
_STATES = {Entity.AGENCY, Entity.PLACE}


def with_one_label(doc: Doc, entities: Iterable[Span]) -> list[Span]:
    """The entities, with the label that most mentions of the same name have.

    An acronym in brackets has the label of the name before it; a surname that stands as a place or
    body is the person whom the cable names in full. Where the lexicon knows the name by one of the
    labels, that one holds, and where by several, all stay; so do places that act as states do.

    >>> import spacy
    >>> doc = spacy.blank("en")("Jan Roe met Roe of Acme, Acme and Acme.")
    >>> names = [Span(doc, 0, 2, "PERSON"), Span(doc, 3, 4, "PLACE"), Span(doc, 5, 6, "ORG")]
    >>> names += [Span(doc, 7, 8, "PERSON"), Span(doc, 9, 10, "ORG")]
    >>> [ent.label_ for ent in with_one_label(doc, names)]
    ['PERSON', 'PERSON', 'ORG', 'ORG', 'ORG']
    """
    entities = list(entities)
    labels = _labels_of_names(doc, entities)
    return [
        ent if ent.label_ in VALUED else _labelled(ent, labels.get(bare_name(ent.text)))
        for ent in entities
    ]


def _labels_of_names(doc: Doc, entities: list[Span]) -> Mapping[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    surnames: dict[str, str] = {}
    for ent in entities:
        if ent.label_ in VALUED:
            continue
        counts[bare_name(ent.text)][ent.label_] += 1
        person = parse_person(ent.text) if ent.label_ in PEOPLE else None
        if person and person.given and person.family:
            surnames.setdefault(bare_name(person.family), ent.label_)
    labels = {
        name: label
        for name, seen in counts.items()
        if len(name) >= _SHORTEST and name not in surnames and (label := _label(name, seen))
    }
    for name, label in surnames.items():
        if name in counts and not _known(name, counts[name]):
            labels[name] = label
    for acronym, full_name in names_by_acronym(doc, entities).items():
        labels[bare_name(acronym)] = full_name.label_
    return labels


def _label(name: str, seen: Counter[str]) -> str | None:
    """The label of all mentions of a name; None where they may differ."""
    if len(seen) == 1 or seen.keys() <= PEOPLE or seen.keys() <= _STATES:
        return None
    known = _known(name, seen)
    if len(known) > 1:
        return None
    return min(known) if known else seen.most_common(1)[0][0]


def _known(name: str, labels: Iterable[str]) -> set[str]:
    """Those of the labels by which the lexicon knows a name."""
    known = {surface.entry.get("label") for surface in surfaces().get(name, ())}
    return {label for label in labels if label in known}


def _labelled(entity: Span, label: str | None) -> Span:
    if label is None or entity.label_ == label:
        return entity
    return Span(entity.doc, entity.start, entity.end, label, kb_id=entity.kb_id, span_id=entity.id)
