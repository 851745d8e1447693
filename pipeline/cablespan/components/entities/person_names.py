"""What a mention of a person says: the title, the office behind it, given and family name."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from cablespan import lexicon
from cablespan.components.entities.lexicon_names import surfaces


class Person(NamedTuple):
    """The parts of a mention: title as written, office ids ("office:FOREIGN_MINISTER"), name words in lower case, given and family name.

    `female` where a form of address says so.
    """

    title: str
    offices: tuple[str, ...]
    names: tuple[str, ...]
    given: str | None
    family: str | None
    female: bool = False


# Cables name the same few people and bodies again and again.
_remembered = lru_cache(maxsize=1 << 14)


@cache
def word_list(kind: str) -> frozenset[str]:
    """The words of `kind` in lexicon/name_context.jsonl."""
    return frozenset(
        word
        for entry in lexicon.load("name_context")
        if entry["kind"] == kind
        for word in entry["words"]
    )


@_remembered
def fold(text: str) -> str:
    """Lower case, without accents, possessive and doubled blanks, apostrophes and dashes made plain.

    >>> fold("Chargé  d’Affaires’s")
    "charge d'affaires"
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("’", "'").replace("–", "-"))
        text = "".join(c for c in text if not unicodedata.combining(c))
    plain = " ".join(text.lower().split())
    return plain[:-2] if plain.endswith("'s") else plain[:-1] if plain.endswith("s'") else plain


@cache
def _titles() -> dict[str, tuple[str, ...]]:
    """Office ids of every way to write a title."""
    return {
        fold(text): tuple(
            dict.fromkeys(s.entry["kb_id"] for s in candidates if s.name_class == "title")
        )
        for text, candidates in surfaces().items()
        if any(s.name_class == "title" for s in candidates)
    }


@_remembered
def parse(mention: str, before: str = "") -> Person:
    """Takes a mention apart; `before` is the text in front of it, where a title may stand outside the mention.

    >>> person = parse("Prime Minister Bulent Ecevit")
    >>> person.title, person.offices, person.given, person.family
    ('Prime Minister', ('office:PRIME_MINISTER',), 'Bulent', 'Ecevit')
    >>> parse("Kim Chong-p'il").family
    'Kim'
    """
    words = mention.replace("’", "'").split()
    taken, offices = _title_length(words)
    if not taken and before:
        ahead = before.replace("’", "'").split()[-4:]
        for start in range(len(ahead)):
            length, found = _title_length(ahead[start:])
            if length and length == len(ahead) - start:
                offices = found
                break
    rest = [re.sub(r"'s$|[,;:.)(]+$", "", word) for word in words[taken:]]
    rest = [word for word in rest if word and word not in ("the", "The", "THE")]
    names = tuple(
        piece
        for word in rest
        for piece in re.split(r"[- ]", fold(word).replace("'", "").replace(".", ""))
        if piece
    )
    given, family = _given_and_family(rest)
    female = any(
        fold(word) in word_list("female_address") for word in (*words[:taken], *before.split()[-1:])
    )
    return Person(" ".join(words[:taken]), offices, names, given, family, female)


def _title_length(words: list[str]) -> tuple[int, tuple[str, ...]]:
    """How many words at the beginning are titles, forms of address and bodies in front of them, and the offices they name."""
    taken, offices = 0, []
    folded = [fold(word) for word in words]
    while taken < len(words):
        for size in (5, 4, 3, 2, 1):
            phrase = " ".join(folded[taken : taken + size]).rstrip(",")
            if taken + size <= len(words) and phrase in _titles():
                offices.extend(_titles()[phrase])
                taken += size
                break
        else:
            word = folded[taken]
            addressed = word in word_list("form_of_address") or (
                word in word_list("acting") and words[taken][0].isupper()
            )
            if addressed or (
                not offices and words[taken].isupper() and _begins_with_title(folded[taken + 1 :])
            ):
                taken += 1
            elif offices and word in ("of", "for") and taken + 1 < len(words):
                taken += 2
                while taken < len(words) and folded[taken] in ("affairs", "and"):
                    taken += 1 + (folded[taken] == "and")
            else:
                break
    return min(taken, len(words)), tuple(dict.fromkeys(offices))


def _begins_with_title(words: list[str]) -> bool:
    return any(" ".join(words[:size]) in _titles() for size in range(1, 5) if words)


def _given_and_family(words: list[str]) -> tuple[str | None, str | None]:
    if not words:
        return None, None
    if len(words) == 1:
        return None, words[0]
    if fold(words[0]) in word_list("family_first"):
        return " ".join(words[1:]), words[0]
    family = len(words) - 1
    while family > 1 and fold(words[family - 1]) in word_list("particle"):
        family -= 1
    return " ".join(words[:family]), " ".join(words[family:])
