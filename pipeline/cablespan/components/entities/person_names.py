"""What a mention of a person says: the title, the office that it names, given and family name."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from spacy.tokens import Span

from cablespan import lexicon
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.labels import Entity

PEOPLE = frozenset({Entity.OFFICIAL, Entity.PERSON})
_AFTER_NAME = re.compile(r"'s$|[,;:.)(]+$")
# The longest title of the lexicon that is looked for, in words.
_TITLE = 5
# Words before a mention among which its title may stand.
_WORDS_BEFORE = 4


class Person(NamedTuple):
    """The parts of a mention.

    Title as written, office ids ("office:FOREIGN_MINISTER"), name words in lower case, given and
    family name as written; `female` where a form of address says so.
    """

    title: str
    offices: tuple[str, ...]
    names: tuple[str, ...]
    given: str | None
    family: str | None
    female: bool = False


# Cables name the same few people and bodies again and again.
_remembered = lru_cache(maxsize=1 << 14)


def word_list(kind: str) -> frozenset[str]:
    """The words of `kind` in lexicon/name_context.jsonl.

    >>> "van" in word_list("particle")
    True
    """
    return lexicon.listed("name_context", "words", kind)


@_remembered
def normalize_name(text: str) -> str:
    """Lower case, without accents, possessive and doubled blanks, apostrophes and dashes made
    plain.

    >>> normalize_name("Chargé  d’Affaires’s")
    "charge d'affaires"
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("’", "'").replace("–", "-"))
        text = "".join(c for c in text if not unicodedata.combining(c))
    plain = " ".join(text.lower().split())
    return plain[:-2] if plain.endswith("'s") else plain[:-1] if plain.endswith("s'") else plain


def bare_name(text: str) -> str:
    """A normalized name without its article.

    >>> bare_name("The  Hague"), bare_name("The Ministry’s")
    ('hague', 'ministry')
    """
    return normalize_name(text).removeprefix("the ")


@cache
def _titles() -> dict[str, tuple[str, ...]]:
    """Office ids of every way to write a title."""
    return {
        normalize_name(text): tuple(
            dict.fromkeys(s.entry["kb_id"] for s in candidates if s.name_class == "title")
        )
        for text, candidates in surfaces().items()
        if any(s.name_class == "title" for s in candidates)
    }


@_remembered
def parse_person(mention: str, before: str = "") -> Person:
    """Takes a mention apart; `before` is the text before it, where a title may stand outside the
    mention.

    >>> person = parse_person("Prime Minister Bulent Ecevit")
    >>> person.title, person.offices, person.given, person.family
    ('Prime Minister', ('office:PRIME_MINISTER',), 'Bulent', 'Ecevit')
    >>> parse_person("Kim Chong-p'il").family
    'Kim'
    """
    words = mention.replace("’", "'").split()
    words_before = before.replace("’", "'").split()
    taken, offices = _leading_titles(words)
    if not taken:
        offices = _offices_at_end(words_before)
    rest = [_AFTER_NAME.sub("", word) for word in words[taken:]]
    rest = [word for word in rest if word and word not in ("the", "The", "THE")]
    addressed = map(normalize_name, (*words[:taken], *words_before[-1:]))
    given, family = _given_and_family(rest)
    return Person(
        title=" ".join(words[:taken]),
        offices=offices,
        names=tuple(piece for word in rest for piece in _name_words(word)),
        given=given,
        family=family,
        female=not word_list("female_address").isdisjoint(addressed),
    )


def parse_mention(ent: Span) -> Person:
    """Takes a mention apart, with regard to the words before it."""
    return parse_person(ent.text, ent.doc[max(0, ent.start - _WORDS_BEFORE) : ent.start].text)


def _name_words(word: str) -> list[str]:
    plain = normalize_name(word).replace("'", "").replace(".", "")
    return [piece for piece in re.split(r"[- ]", plain) if piece]


def _offices_at_end(words: list[str]) -> tuple[str, ...]:
    """The offices of a title that ends with the last of the words."""
    last = words[-_WORDS_BEFORE:]
    for start in range(len(last)):
        length, offices = _leading_titles(last[start:])
        if length and length == len(last) - start:
            return offices
    return ()


def _leading_titles(words: list[str]) -> tuple[int, tuple[str, ...]]:
    """How many words at the beginning are titles, and the offices they name.

    Forms of address and bodies before titles count too.
    """
    taken = 0
    offices: list[str] = []
    plain = [normalize_name(word) for word in words]
    while taken < len(words):
        size, named = _title_at(plain, taken)
        if not size and _leads_to_title(words, plain, taken, bool(offices)):
            size = 1
        if not size and offices:
            size = _portfolio_length(plain, taken)
        if not size:
            break
        offices.extend(named)
        taken += size
    return min(taken, len(words)), tuple(dict.fromkeys(offices))


def _leads_to_title(words: list[str], plain: list[str], at: int, has_office: bool) -> bool:
    """Whether a word belongs to the title after it: "Mr.", "Acting", a body in capitals."""
    if plain[at] in word_list("form_of_address"):
        return True
    if plain[at] in word_list("acting") and words[at][0].isupper():
        return True
    return not has_office and words[at].isupper() and _title_at(plain, at + 1)[0] > 0


def _title_at(words: list[str], start: int) -> tuple[int, tuple[str, ...]]:
    """The number of words of the longest title at a place, 0 for none, and its offices."""
    for size in range(min(_TITLE, len(words) - start), 0, -1):
        offices = _titles().get(" ".join(words[start : start + size]).rstrip(","))
        if offices is not None:
            return size, offices
    return 0, ()


def _portfolio_length(words: list[str], start: int) -> int:
    """How many words "of Foreign Affairs", "for Trade and Industry" has after a title; 0 for
    none."""
    if words[start] not in ("of", "for") or start + 1 >= len(words):
        return 0
    end = start + 2
    while end < len(words) and words[end] in ("affairs", "and"):
        end += 1 + (words[end] == "and")
    return end - start


def _given_and_family(words: list[str]) -> tuple[str | None, str | None]:
    if len(words) < 2:
        return None, words[0] if words else None
    if normalize_name(words[0]) in word_list("family_first"):
        return " ".join(words[1:]), words[0]
    family = len(words) - 1
    while family > 1 and normalize_name(words[family - 1]) in word_list("particle"):
        family -= 1
    return " ".join(words[:family]), " ".join(words[family:])
