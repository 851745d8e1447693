"""What a cable says of a person: name, office, and the country that an official serves."""

from collections import Counter
from collections.abc import Iterable
from typing import TypedDict

from spacy.tokens import Span

from cablespan.components.entities.bodies import country_code, country_of_government
from cablespan.components.entities.office_holders import holders_by_id, title_names
from cablespan.components.entities.person_names import Person, parse_mention


class PersonalFacts(TypedDict):
    """What a cable says of a person; `named` by name, not by an office alone."""

    named: bool
    office: str | None
    country: str | None
    given_name: str | None
    family_name: str | None


def personal_facts(mentions: list[Span], kb_id: str) -> PersonalFacts:
    """Facts from the mentions together and, where the person is known, from the lexicon."""
    people = [parse_mention(ent) for ent in mentions]
    fullest = max(people, key=lambda person: len(person.names))
    office, country = _most_told_office(people), _most_told_country(mentions)
    known = holders_by_id().get(kb_id)
    return {
        "named": bool(fullest.names),
        "office": office or (known and known["office"]),
        "country": country or (known and known.get("country")),
        "given_name": fullest.given,
        "family_name": fullest.family,
    }


def _most_told_office(people: Iterable[Person]) -> str | None:
    """The name of the office that most mentions have, the longest of equals."""
    offices = Counter(title_names()[office] for person in people for office in person.offices)
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
