"""Whose government, which post: what a name of a body means in a cable, from where the cable was sent."""

import re
from functools import cache
from typing import Any

from spacy.tokens import Doc

from cablespan import lexicon
from cablespan.components.entities.person_names import fold, word_list
from cablespan.document import once_a_doc, origin, sender, text_of

_GOVERNMENT = r"(?:government|govt\.?|gov|govts)"
_OF = re.compile(rf"{_GOVERNMENT} of (?:the )?(?P<country>.+)")
_ITS = re.compile(rf"(?P<country>.+?)(?:'s)? {_GOVERNMENT}(?: authorities)?")
_MISSION = re.compile(
    r"(?:(?:us|u\.s\.|american) )?(?:am)?(?:embassy|consulate general|consulate|congen|consul|con|mission|interests section)\.?"
    r" (?:in )?(?P<city>.+)"
)
# What stands in brackets is rare, so that one looks for it first, and from there at the words before it: for the long form
# "Intellectual Property Rights (IPR)" at up to ten.
_SHORT = r"(?P<short>[A-Z][A-Za-z&/-]{1,9})"
_IN_BRACKETS = re.compile(rf"\([\"“]?{_SHORT}[\"”]?\)")
_WORDS_BEFORE = re.compile(r"(?:[\w'’.&-]+[ \n]+){2,10}\Z")
_LONGEST_MEANING = 300
_LONG_IN_BRACKETS = re.compile(r" \((?:the )?(?P<long>[A-Z][^()]{5,90})\)")
_WORD_BEFORE = re.compile(rf"\b{_SHORT}\Z")


@cache
def _countries() -> dict[str, str]:
    """ISO code of a country by its names and adjectives; none for what several share."""
    codes: dict[str, set[str]] = {}
    for entry in lexicon.load("countries"):
        for text in (entry["name"], *entry["aliases"], *entry["adjectives"]):
            codes.setdefault(fold(text), set()).add(entry["kb_id"].removeprefix("iso:"))
    exact = {
        fold(entry["name"]): entry["kb_id"].removeprefix("iso:")
        for entry in lexicon.load("countries")
    }
    return {
        name: exact.get(name, min(found))
        for name, found in codes.items()
        if len(found) == 1 or name in exact
    }


def country_code(name: str) -> str | None:
    """The ISO code of a country, from one of its names or the adjective; None where it is unknown or ambiguous.

    >>> country_code("Turkish"), country_code("the Soviet Union"), country_code("Congolese")
    ('TR', 'SUHH', None)
    """
    return _countries().get(fold(name).removeprefix("the "))


@cache
def _acronyms() -> dict[str, tuple[str, ...]]:
    return {
        entry["name"].lower(): tuple(entry["countries"]) for entry in lexicon.load("governments")
    }


@cache
def _posts() -> dict[str, dict[str, Any]]:
    """The entry of a post by its origin, name, city and aliases."""
    found: dict[str, dict[str, Any]] = {}
    for entry in lexicon.load("posts"):
        for name in (entry["origin"], entry["name"], entry["city"], *entry["aliases"]):
            if name:
                found.setdefault(fold(name), entry)
    return found


def sending_post(doc: Doc) -> dict[str, Any] | None:
    """The lexicon's entry of the post that sent a cable, from its header's origin or its id; None without either."""
    cable = doc._.cable or {}
    sent_from = fold(origin(cable) or "")
    in_id = re.fullmatch(r"\d{2}([A-Z]+)\d+[A-Z]?", str(cable.get("id") or ""))
    for name in (
        sent_from,
        re.sub(r"^(?:am)?(?:embassy|consulate|consul|mission) ", "", sent_from),
        fold(in_id[1]) if in_id else "",
    ):
        if name in _posts():
            return _posts()[name]
    # "Secretary of State Rusk" writes for the Department.
    return _posts()["state"] if sender(cable) == "department" else None


def post_of(name: str, sender: dict[str, Any] | None) -> str | None:
    """The KB id of a post: of the one named ("Embassy Astana"), or of the sender where it speaks of itself ("Post")."""
    folded = fold(name)
    if folded in word_list("own_post"):
        return f"post:{sender['origin']}" if sender and sender["kind"] != "department" else None
    named = _MISSION.fullmatch(folded)
    entry = _posts().get(named["city"]) if named else None
    return f"post:{entry['origin']}" if entry else None


def government_of(name: str, home: str | None, defined: str | None = None) -> str | None:
    """The KB id of a government ("gov:KZ", "us:USG"): by its country's name or adjective, or by its acronym.

    An acronym that several governments share is that of `defined` (the country the text itself gives it) or of `home`, the
    sending post's country, where that is among them; else None.

    >>> government_of("Kazakhstani Government", None), government_of("GOK", "KZ"), government_of("GOK", "KE"), government_of("GOK", "FR")
    ('gov:KZ', 'gov:KZ', 'gov:KE', None)
    """
    folded = fold(name).removeprefix("the ")
    if folded in ("us", "u.s.", "usg", "united states"):
        return "us:USG"
    named = _OF.fullmatch(folded) or _ITS.fullmatch(folded)
    code = country_code(named["country"]) if named else None
    if code is None:
        codes = _acronyms().get(folded, ())
        code = (
            defined if defined else home if home in codes else codes[0] if len(codes) == 1 else None
        )
        if not codes and not (defined and re.fullmatch(r"go[a-z]{1,3}|[a-z]{2,4}g", folded)):
            return None
    return ("us:USG" if code == "US" else f"gov:{code}") if code else None


@once_a_doc
def meanings(doc: Doc) -> dict[str, str]:
    """Acronyms that the text itself explains, with their meaning, in either order.

    >>> import spacy
    >>> meanings(spacy.blank("en")("rights (Intellectual Property Rights (IPR)) and the PNP (Philippine National Police)"))
    {'ipr': 'intellectual property rights', 'pnp': 'philippine national police'}
    """
    text = text_of(doc)
    found: dict[str, str] = {}
    for match in _IN_BRACKETS.finditer(text):
        before = _WORDS_BEFORE.search(text, max(0, match.start() - _LONGEST_MEANING), match.start())
        meaning = _meaning(before[0].split(), match["short"]) if before else None
        if meaning:
            found.setdefault(match["short"].lower(), fold(meaning))
    for match in _LONG_IN_BRACKETS.finditer(text):
        before = _WORD_BEFORE.search(text, max(0, match.start() - 10), match.start())
        words = match["long"].split()
        if before and _meaning(words, before["short"]) == " ".join(words):
            found.setdefault(before["short"].lower(), fold(match["long"]))
    return found


def _meaning(words: list[str], short: str) -> str | None:
    """The words at the end that an acronym abbreviates: each of its letters begins one of them in turn, small words may be skipped."""
    letters = [letter for letter in short.lower() if letter.isalpha()]
    index = len(words) - 1
    for letter in reversed(letters):
        while index >= 0 and words[index][0].lower() != letter:
            if words[index].lower() not in word_list("small_word"):
                return None
            index -= 1
        if index < 0:
            return None
        index -= 1
    return " ".join(words[index + 1 :])
