"""Office holders of the lexicon: which of them a mention of a person names."""

from collections import defaultdict
from functools import cache

from cablespan import lexicon
from cablespan.components.entities.person_names import Person, normalize_name, parse_person
from cablespan.lexicon import OfficeHolder


@cache
def _holders() -> dict[str, list[OfficeHolder]]:
    """Office holders of the lexicon by their names and aliases."""
    holders: dict[str, list[OfficeHolder]] = defaultdict(list)
    for entry in lexicon.load("people"):
        for name in {*map(normalize_name, (entry["name"], *entry["aliases"]))}:
            holders[name].append(entry)
    return holders


@cache
def holders_by_id() -> dict[str, OfficeHolder]:
    """Office holders of the lexicon by their ids."""
    return {entry["kb_id"]: entry for entry in reversed(lexicon.load("people"))}


@cache
def title_names() -> dict[str, str]:
    """The names of titles by the ids of their offices."""
    return {entry["kb_id"]: entry["name"] for entry in lexicon.load("titles")}


def holder_id(mention: str) -> str | None:
    """The KB id of the office holder whom a mention names, or of an office alone.

    By full name, or by a surname that the titles before it do not contradict.
    """
    person = parse_person(mention)
    if not person.names:
        return next(iter(person.offices), None)
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
    return any(title in holder["office"].lower() for title in titles_of(person))


def titles_of(person: Person) -> list[str]:
    """The titles of a mention in small letters."""
    return [title_names()[office].lower() for office in person.offices]
