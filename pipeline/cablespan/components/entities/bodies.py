"""Whose government, which post: what a name of a body means in a cable, from where the cable was
sent."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from spacy.tokens import Doc

from cablespan import lexicon
from cablespan.components.entities.person_names import bare_name, normalize_name, word_list
from cablespan.facts import CableFacts, origin, sender
from cablespan.lexicon import Post

_GOVERNMENT = r"(?:government|govt\.?|gov|govts)"
_OF = re.compile(rf"{_GOVERNMENT} of (?:the )?(?P<country>.+)")
_ITS = re.compile(rf"(?P<country>.+?)(?:'s)? {_GOVERNMENT}(?: authorities)?")
_ACRONYM_OF_GOVERNMENT = re.compile(r"go[a-z]{1,3}|[a-z]{2,4}g")
_POST_IN_ID = re.compile(r"\d{2}([A-Z]+)\d+[A-Z]?")
_KIND_OF_POST = re.compile(r"^(?:am)?(?:embassy|consulate|consul|mission) ")
_MISSION = re.compile(
    r"""
    (?:(?:us|u\.s\.|american)[ ])?
    (?:am)?
    (?:embassy|consulate[ ]general|consulate|congen|consul|con|mission|interests[ ]section)\.?[ ]
    (?:in[ ])?
    (?P<city>.+)
    """,
    re.VERBOSE,
)


@cache
def _countries() -> dict[str, str]:
    """ISO code of a country by its names and adjectives; none for what several share."""
    codes: dict[str, set[str]] = {}
    own_names = {}
    for entry in lexicon.load("countries"):
        code = entry["kb_id"].removeprefix("iso:")
        own_names[normalize_name(entry["name"])] = code
        for text in (entry["name"], *entry["aliases"], *entry["adjectives"]):
            codes.setdefault(normalize_name(text), set()).add(code)
    unshared = {name: min(countries) for name, countries in codes.items() if len(countries) == 1}
    return unshared | own_names


def country_code(name: str) -> str | None:
    """The ISO code of a country, from one of its names or the adjective; None where unknown or
    ambiguous.

    >>> country_code("Turkish"), country_code("the Soviet Union"), country_code("Congolese")
    ('TR', 'SUHH', None)
    """
    return _countries().get(bare_name(name))


@cache
def _acronyms() -> dict[str, tuple[str, ...]]:
    """Countries of the acronyms of governments."""
    return {
        entry["name"].lower(): tuple(entry["countries"]) for entry in lexicon.load("governments")
    }


def governments_of_acronym(name: str) -> tuple[str, ...]:
    """ISO codes of the countries whose government an acronym may be.

    >>> governments_of_acronym("gok")
    ('KZ', 'KE', 'KR', 'XK', 'KW', 'KG')
    """
    return _acronyms().get(name, ())


@cache
def _bodies_of_states() -> frozenset[str]:
    """Ids of the bodies that every state has; of others, the lexicon's entry is one body of the
    world."""
    kinds = {entry["kind"] for entry in lexicon.load("kinds") if entry.get("every_state")}
    return frozenset(e["kb_id"] for e in lexicon.load("bodies") if e["kind"] in kinds)


@cache
def _own_states() -> dict[str, str]:
    """Countries of the bodies that one state alone has (the Knesset), by their ids."""
    return {e["kb_id"]: e["country"] for e in lexicon.load("bodies") if "country" in e}


def body_of_state(kb_id: str, country: str | None) -> str | None:
    """The id of a body, with its state (else `country`) where it is one of a state's; None where
    that is not known.

    >>> body_of_state("body:MFA", "TR"), body_of_state("us:DOD", "TR")
    ('body:MFA/TR', 'us:DOD')
    """
    if kb_id not in _bodies_of_states():
        return kb_id
    state = _own_states().get(kb_id, country)
    return f"{kb_id}/{state}" if state else None


def split_country(name: str, home: str | None) -> tuple[str | None, str]:
    """The country before a body's name and the rest; `home` and "" where none stands there.

    >>> split_country("south korean foreign ministry", "JP")
    ('KR', 'foreign ministry')
    """
    words = name.split()
    for size in (3, 2, 1):
        country = country_code(" ".join(words[:size])) if len(words) > size else None
        if country:
            return country, " ".join(words[size:])
    return home, ""


@cache
def _posts() -> dict[str, Post]:
    """Posts by origin, name, city and aliases."""
    posts: dict[str, Post] = {}
    for post in lexicon.load("posts"):
        for name in (post["origin"], post["name"], post["city"], *post["aliases"]):
            if name:
                posts.setdefault(normalize_name(name), post)
    return posts


def sending_post(doc: Doc) -> Post | None:
    """The post that sent a cable, from its header's origin or its id; None without either.

    >>> import spacy
    >>> doc = spacy.blank("en")("Post agreed.")
    >>> doc._.cable = {"id": "07ASTANA454"}
    >>> sending_post(doc)["name"], post_of("Post", sending_post(doc))
    ('Embassy Astana', 'post:ASTANA')
    """
    return post_that_sent(doc._.cable or {})


def post_that_sent(cable: Mapping[str, Any]) -> Post | None:
    """The same out of a record, or `doc._.cable`.

    >>> post_that_sent({"id": "07ASTANA454"})["country"]
    'KZ'
    """
    sent_from = normalize_name(origin(cable) or "")
    in_id = _POST_IN_ID.fullmatch(CableFacts.of(cable).id)
    city = _KIND_OF_POST.sub("", sent_from)
    for name in (sent_from, city, normalize_name(in_id[1]) if in_id else ""):
        if name in _posts():
            return _posts()[name]
    # "Secretary of State Rusk" writes for the Department.
    return _posts()["state"] if sender(cable) == "department" else None


def home_country(sender: Post | None) -> str | None:
    """The ISO code of the country that a post is in; None where the post is not known."""
    return sender["country"] if sender else None


@cache
def _embassies() -> dict[str, list[str]]:
    """Origins of the embassies by country; a country has had more than one where its seat moved."""
    origins: dict[str, list[str]] = {}
    for post in lexicon.load("posts"):
        if post["kind"] == "embassy" and post["country"]:
            origins.setdefault(post["country"], []).append(post["origin"])
    return origins


def embassy_in(country: str, year: int) -> str | None:
    """The origin of the embassy in a country in a year; None where it is not known.

    >>> embassy_in("DE", 1965), embassy_in("KZ", 2007)
    ('BONN', 'ASTANA')
    """
    former = (
        seat["origin"]
        for seat in lexicon.load("embassies")
        if seat["country"] == country and year <= seat["until"]
    )
    known = _embassies().get(country, [])
    return next(former, known[0] if len(known) == 1 else None)


def post_of(name: str, sender: Post | None) -> str | None:
    """The KB id of a post: the one named ("Embassy Astana"), or the sender that speaks of itself
    ("Post").

    >>> post_of("Embassy Astana", None), post_of("Post", None)
    ('post:ASTANA', None)
    """
    name = normalize_name(name)
    if name in word_list("own_post"):
        is_post = sender and sender["kind"] != "department"
        return f"post:{sender['origin']}" if sender and is_post else None
    named = _MISSION.fullmatch(name)
    post = _posts().get(named["city"]) if named else None
    return f"post:{post['origin']}" if post else None


def government_of(name: str, home: str | None, definition: str | None = None) -> str | None:
    """The KB id of a government ("gov:KZ", "us:USG"): by its country's name or adjective, or by its
    acronym.

    An acronym that several governments share is that of the country in `definition` (what the text
    says that it stands for) or of `home`, the sending post's country, where that is among them;
    else None.

    >>> [government_of(name, "FR") for name in ("Kazakhstani Government", "GOF", "GOK")]
    ['gov:KZ', 'gov:FR', None]
    >>> government_of("GOK", "FR", "government of kenya")
    'gov:KE'
    """
    country = country_of_government(name, home, definition)
    if country is None:
        return None
    return "us:USG" if country == "US" else f"gov:{country}"


def country_of_government(name: str, home: str | None, definition: str | None = None) -> str | None:
    """The ISO code of the country whose government a name means, as `government_of` finds it.

    >>> country_of_government("GOF", "FR"), country_of_government("the U.S.", None)
    ('FR', 'US')
    """
    name = bare_name(name)
    if name in word_list("united_states"):
        return "US"
    named = _OF.fullmatch(name) or _ITS.fullmatch(name)
    country = country_code(named["country"]) if named else None
    return country or _country_of_acronym(name, home, definition or "")


def government_or_post(name: str, sender: Post | None, definition: str | None = None) -> str | None:
    """The KB id of the government or post that a name means where `sender` writes it; None for
    other bodies."""
    return government_of(name, home_country(sender), definition) or post_of(name, sender)


def _country_of_acronym(name: str, home: str | None, definition: str) -> str | None:
    known = governments_of_acronym(name)
    defined = country_code(definition.split(" of ")[-1]) if " of " in definition else None
    if defined and (known or _ACRONYM_OF_GOVERNMENT.fullmatch(name)):
        return defined
    if home in known:
        return home
    return known[0] if len(known) == 1 else None
