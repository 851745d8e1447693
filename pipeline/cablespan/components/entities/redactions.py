"""Redactions: what declassifiers wrote "XXXXXXXXXXXX" over is nobody, and no entity."""

import re
from collections.abc import Iterable

from spacy.tokens import Span

from cablespan.components.entities.person_names import PEOPLE, parse_person

_REDACTED = re.compile(r"(?i:x{4,})")


def without_redactions(ents: Iterable[Span]) -> list[Span]:
    """Entities without redactions at their ends; left out where nothing remains that names.

    Of "Ambassador XXXXXXXXXXXX" remains the office, of "Mr. XXXXXXXXXXXX" nothing.

    >>> import spacy
    >>> doc = spacy.blank("en")("Ambassador XXXXXXXXXXXX left")
    >>> without_redactions([Span(doc, 0, 2, "OFFICIAL")])
    [Ambassador]
    """
    return [rest for ent in ents if (rest := _open_part(ent)) is not None]


def _open_part(ent: Span) -> Span | None:
    open_words = [token.i for token in ent if not _REDACTED.fullmatch(token.text)]
    if len(open_words) == len(ent):
        return ent
    if not any(ent.doc[index].is_alpha for index in open_words):
        return None
    rest = Span(ent.doc, open_words[0], open_words[-1] + 1, label=ent.label)
    is_cut_apart = _REDACTED.search(rest.text)
    return rest if not is_cut_apart and _names_somebody(rest) else None


def _names_somebody(ent: Span) -> bool:
    """Whether more than a form of address is left of a person; true of what is no person."""
    if ent.label_ not in PEOPLE:
        return True
    person = parse_person(ent.text)
    return bool(person.names or person.offices)
