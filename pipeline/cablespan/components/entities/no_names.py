"""What stands where names stand and is none: rules of dashes, addresses of mail, markings,
captions, abbreviations of the trade, types of files (lexicon/no_names.jsonl)."""

from collections.abc import Iterable
from functools import cache

from spacy.tokens import Doc, Span, Token

from cablespan import lexicon
from cablespan.components.entities.acronyms import acronym_definitions
from cablespan.components.entities.bodies import home_country, sending_post
from cablespan.labels import VALUED


@cache
def _no_names() -> dict[str, str | None]:
    """Words that name nothing, with the country in whose cables they do."""
    return {entry["name"]: entry.get("country") for entry in lexicon.load("no_names")}


def without_no_names(doc: Doc, ents: Iterable[Span]) -> list[Span]:
    """Entities without what is no part of a name at their ends; left out where nothing remains.

    What the text spells out is a name ("the Special Broadcasting Unit (SBU)"), and what is one in
    the country of the sending post. Dates, sums and references stay as they are.

    >>> import spacy
    >>> doc = spacy.blank("en")("----- Roe sent a PDF file")
    >>> without_no_names(doc, [Span(doc, 0, 2, "PERSON"), Span(doc, 4, 5, "ORG")])
    [Roe]
    """
    return [
        rest
        for ent in ents
        if (rest := ent if ent.label_ in VALUED else _named_part(ent)) is not None
        and (rest.text not in _no_names() or _is_name_here(doc, rest.text))
    ]


def _named_part(ent: Span) -> Span | None:
    start, end = ent.start, ent.end
    while start < end and _is_no_part(ent.doc[start]):
        start += 1
    while end > start and _is_rule(ent.doc[end - 1]):
        end -= 1
    if (start, end) == (ent.start, ent.end):
        return ent
    return Span(ent.doc, start, end, label=ent.label) if start < end else None


def _is_rule(token: Token) -> bool:
    return len(token) > 1 and not any(map(str.isalnum, token.text)) or token.is_space


def _is_no_part(token: Token) -> bool:
    return _is_rule(token) or token.like_email or token.text in "-*}"


def _is_name_here(doc: Doc, name: str) -> bool:
    country = _no_names()[name]
    return name.lower() in acronym_definitions(doc) or (
        country is not None and country == home_country(sending_post(doc))
    )
