"""Names of the lexicon where case and context let them stand, and the bodies that are named after their state."""

from collections.abc import Iterator
from functools import cache

from cablespan import lexicon
from cablespan.components.entities.gazetteer.view import Candidate, View
from cablespan.components.entities.lexicon_names import Match, common_words
from cablespan.components.entities.person_names import word_list
from cablespan.labels import Entity


def accepted(view: View, match: Match) -> bool:
    """Whether the case in which a lexicon name stands in the text lets it be that name."""
    start, end, surface = match
    if (
        surface.name_class in ("nationality", "calendar", "post")
        or surface.entry.get("match") is False
    ):
        return False
    text, words = surface.text, view.words[start:end]
    lower = text.lower()
    if view.capitals[start]:
        if len(text) < 2 or text in surface.entry.get("ambiguous", ()):
            return False
        return not (
            lower in common_words()
            and (text.isupper() or surface.name_class not in ("title", "us_agency", "body", "law"))
        )
    if text.isupper():
        return "".join(words) == text.replace(" ", "") and text not in surface.entry.get(
            "ambiguous", ()
        )
    if all(word.islower() for word in words):
        return text.islower() or surface.name_class == "title"
    if len(words) == 1:
        return words[0][0].isupper() and (
            not words[0].isupper() or len(text) > 3 or words[0] == text
        )
    return any(word[0].isupper() for word in words)


def named_in_lexicon(view: View, named: list[Match]) -> Iterator[Candidate]:
    """Lexicon names other than titles that their context does not forbid."""
    for start, end, surface in named:
        label = surface.entry.get("label")
        if label == Entity.OFFICIAL and surface.name_class == "title":
            continue
        if surface.name_class == "country" and surface.text in ("US", "U.S.", "United States"):
            label = _united_states(view, start, end)
        elif (
            surface.name_class == "country"
            and surface.text.isupper()
            and len(surface.text) < 5
            and _is_adjective(view, start, end)
        ):
            continue
        if label and not view.in_compound(start, end):
            yield Candidate(
                start,
                end,
                label,
                sure=_is_sure(surface.text, surface.name_class, view.capitals[start]),
            )


def _is_sure(text: str, name_class: str, capitals: bool) -> bool:
    """Whether a name needs no trained component to vouch for it: an acronym that is a word in lower case is sure outside capitals."""
    is_word = text.lower() in common_words() and (capitals or not text.isupper())
    return name_class not in ("person", "title") and not is_word and len(text) > 2


def _is_adjective(view: View, start: int, end: int) -> bool:
    """Whether an acronym stands before a noun as its adjective ("US aid", "UK position")."""
    following = view.words[end] if end < len(view.words) else ""
    if view.capitals[start]:
        return (
            following.isalpha()
            and view.lower[end] in common_words()
            and view.lower[end] not in word_list("after_actor")
        )
    return (
        following[:1].isalpha()
        and following.islower()
        and view.lower[end] not in word_list("after_actor")
        or following in ("-", "–", "/")
    )


def _united_states(view: View, start: int, end: int) -> str | None:
    """PLACE after a preposition of place, AGENCY where it acts or is acted on, nothing before a noun."""
    following = view.word(end)
    before = view.before(start)
    if view.word(end) in ("-", "–", "/") or view.word(start - 1) in ("-", "–", "/"):
        return None
    if view.words[start] == "US" and view.capitals[start] and "U.S." in view.words:
        return None
    if following and following[0].isalpha() and following not in word_list("after_actor"):
        return None
    return Entity.PLACE if before in word_list("before_place") else Entity.AGENCY


@cache
def _nationalities() -> frozenset[str]:
    return frozenset(
        word.lower() for c in lexicon.load("countries") for word in (*c["adjectives"], c["name"])
    ) | word_list("nationality")


def bodies(view: View, candidates: list[Candidate]) -> Iterator[Candidate]:
    """Bodies named after their state: "Government of Iran", "Turkish Government", "Soviet Embassy", "Embassy in Cairo"."""
    places = {c.start: c.end for c in candidates if c.label == Entity.PLACE}
    agencies = {c.start: c.end for c in sorted(candidates) if c.label == Entity.AGENCY}
    for index, word in enumerate(view.lower):
        if (
            word in ("government", "govt", "gov", "embassy", "ministry")
            and view.word(index + 1) == "of"
            and view.words[index][0].isupper()
        ):
            start = index + 2 + (view.word(index + 2) == "the")
            if start in places:
                yield Candidate(index, places[start], Entity.AGENCY, sure=True)
        if word not in word_list("body") or index == 0:
            continue
        for size in (3, 2, 1):
            adjective = " ".join(view.lower[max(0, index - size) : index])
            if (
                index - size >= 0
                and adjective in _nationalities()
                and view.words[index - size][0].isupper()
            ):
                end = index + 1
                while view.word(end) in word_list("body") and view.words[end][0].isupper():
                    end += 1
                if word in ("ministry",):
                    break
                yield Candidate(
                    index - size,
                    end,
                    Entity.AGENCY,
                    sure=word in ("government", "govt", "embassy", "army"),
                )
                break
    for start, end in agencies.items():
        for size in (3, 2, 1):
            adjective = " ".join(view.lower[max(0, start - size) : start])
            if (
                start - size >= 0
                and adjective in _nationalities()
                and view.words[start - size][0].isupper()
            ):
                yield Candidate(start - size, end, Entity.AGENCY)
                break
