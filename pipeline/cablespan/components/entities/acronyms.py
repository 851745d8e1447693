"""Acronyms that a cable explains: "the Ministry of Agrarian Reform (MDA)" says what an MDA is
wherever it stands."""

import itertools
from collections.abc import Iterable

from spacy.tokens import Doc, Span

from cablespan.labels import Entity

BODIES = frozenset({Entity.AGENCY, Entity.ORG})


def labels_by_definition(doc: Doc, entities: Iterable[Span]) -> dict[str, str]:
    """The label of each acronym that stands in brackets after the name of a body: that of the name.

    >>> from spacy.lang.en import English
    >>> doc = English()("The Ministry of Reform (MDA) met. MDA agreed.")
    >>> labels_by_definition(doc, [Span(doc, 1, 4, "AGENCY"), Span(doc, 5, 6, "ORG")])
    {'MDA': 'AGENCY'}
    """
    bodies = [entity for entity in entities if entity.label_ in BODIES]
    labels: dict[str, str] = {}
    for name, acronym in itertools.pairwise(bodies):
        if _in_brackets_after(doc, name, acronym) and acronym.text.isupper():
            labels.setdefault(acronym.text, name.label_)
    return labels


def _in_brackets_after(doc: Doc, name: Span, acronym: Span) -> bool:
    around = doc[name.end : acronym.start].text, doc[acronym.end : acronym.end + 1].text
    return len(acronym) == 1 and around == ("(", ")")


def with_defined_labels(doc: Doc, entities: Iterable[Span]) -> list[Span]:
    """The entities, each mention of an explained acronym with the label that its definition has."""
    entities = list(entities)
    labels = labels_by_definition(doc, entities)
    return [
        _labelled(entity, labels.get(entity.text, entity.label_))
        if entity.label_ in BODIES
        else entity
        for entity in entities
    ]


def _labelled(entity: Span, label: str) -> Span:
    if entity.label_ == label:
        return entity
    return Span(entity.doc, entity.start, entity.end, label, kb_id=entity.kb_id, span_id=entity.id)
