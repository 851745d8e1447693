"""Where names of the lexicon stand in a Doc: every match with its entry, and a class for each token
as a hint to trained models."""

import re
from bisect import insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, cast

import spacy
from spacy.attrs import IS_LOWER, IS_TITLE, IS_UPPER, LOWER
from spacy.strings import get_string_id
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

from cablespan import lexicon
from cablespan.document import once_a_doc

# Classes of names and words. A class's position is part of trained models: only ever add at the
# end.
LEXICON_FEATURES = (
    "country",
    "city",
    "region",
    "nationality",
    "government",
    "us_agency",
    "body",
    "org",
    "title",
    "law",
    "calendar",
    "currency",
    "given_name",
    "cue",
    "head",
    "post",
    "word",
    "person",
    "surname",
)
_CLASS_OF_FILE = {
    "countries": "country",
    "cities": "city",
    "regions": "region",
    "governments": "government",
    "us_agencies": "us_agency",
    "state_offices": "us_agency",
    "bodies": "body",
    "military": "body",
    "orgs": "org",
    "titles": "title",
    "laws": "law",
    "calendar": "calendar",
    "people": "person",
}
_LETTERS = re.compile(r"[^\W\d_]*")
_HYPHEN = re.compile("[-–]")
_PLAIN = re.compile(r"[^\W\d_]+(?:[ –-][^\W\d_]+)*")
# Classes whose names are ordinary nouns as well, so that they count in lower case too.
_ANY_CASE = frozenset({"title", "calendar", "currency", "cue", "head", "word", "body"})
_LONGEST_ACRONYM = 5


class Surface(NamedTuple):
    """One way to write a name: as the lexicon has it, with its class and its entry."""

    text: str
    name_class: str
    entry: Mapping[str, Any]


class Match(NamedTuple):
    """A surface at the tokens `start` to `end` of a Doc."""

    start: int
    end: int
    surface: Surface


def _spellings(text: str) -> Iterator[str]:
    """A name with either kind of apostrophe and hyphen."""
    yield text
    if "'" in text:
        yield text.replace("'", "’")
    if "-" in text:
        yield text.replace("-", "–")


def _named() -> Iterator[Surface]:
    for file, name_class in _CLASS_OF_FILE.items():
        for entry in lexicon.load(file):
            for text in (entry["name"], *entry.get("aliases", ())):
                yield Surface(text, name_class, entry)
            for text in (*entry.get("adjectives", ()), *entry.get("people", ())):
                yield Surface(text, "nationality", entry)
    for entry in lexicon.load("posts"):
        for text in filter(None, (entry["origin"], entry["city"], *entry["aliases"])):
            yield Surface(text, "post", entry)


@cache
def surfaces() -> dict[str, tuple[Surface, ...]]:
    """Every way to write a name, in lower case, with the surfaces that it can be."""
    by_text: dict[str, tuple[Surface, ...]] = {}
    for surface in _named():
        for text in map(str.lower, _spellings(surface.text)):
            by_text[text] = (*by_text.get(text, ()), surface)
    return by_text


def common_words() -> frozenset[str]:
    """Words of the language in lower case, by which capitals text is told from names."""
    return lexicon.listed("common_words", "name")


class _Names:
    """The lexicon's names by their lower-case tokens.

    They are cut into tokens when a Doc has a word that they can begin with: to cut all at the
    start takes a second, and spaCy's PhraseMatcher, which wants a Doc for each, ten.
    """

    def __init__(self) -> None:
        self.tokenizer = cast(Tokenizer, spacy.blank("en").tokenizer)
        self.exceptions = {text.lower() for text in self.tokenizer.rules}
        self.uncut: dict[str, list[str]] = {}
        for text in surfaces():
            self.uncut.setdefault(self._beginning(text), []).append(text)
        self.surfaces: dict[tuple[str, ...], tuple[Surface, ...]] = {}
        self.lengths: dict[str, list[int]] = {}
        self._cut("")

    def _beginning(self, text: str) -> str:
        """The letters that a name and its first token begin with; "" where that may be cut out of
        them ("can|not")."""
        is_exception = text.split(" ", 1)[0] in self.exceptions
        return "" if is_exception else _LETTERS.match(text)[0]  # type: ignore[index]

    def _cut(self, beginning: str) -> None:
        """Cuts the names of a beginning into tokens."""
        for text in self.uncut.pop(beginning, ()):
            known = surfaces()[text]
            for words in _tokenized(self.tokenizer, text, known):
                self.surfaces[words] = self.surfaces.get(words, ()) + known
                lengths = self.lengths.setdefault(words[0], [])
                if len(words) not in lengths:
                    insort(lengths, len(words))

    def lengths_from(self, word: str) -> Sequence[int]:
        """How many tokens the names can have that begin with a word, in order."""
        letters = _LETTERS.match(word)[0]  # type: ignore[index]
        if letters in self.uncut:
            self._cut(letters)
        return self.lengths.get(word, ())


_names = cache(_Names)


def _tokenized(
    tokenizer: Tokenizer, text: str, known: Iterable[Surface]
) -> Collection[tuple[str, ...]]:
    """The lower-case tokens of a name, as cut in each case: "U.S." is one, "u.s." two."""
    # What spaCy's tokenizer does, in a tenth of the time, where there are only letters, blanks and
    # hyphens.
    is_cut_by_case = "." in text or not tokenizer.rules.keys().isdisjoint(text.split())
    if _PLAIN.fullmatch(text) and not is_cut_by_case:
        return [tuple(_HYPHEN.sub(r" \g<0> ", text).split())]
    written = {spelling for surface in known for spelling in _spellings(surface.text)}
    written = {spelling for spelling in written if spelling.lower() == text}
    if is_cut_by_case:
        written |= {text, text.upper()}
    return {tuple(token.lower_ for token in tokenizer(spelling)) for spelling in written}


@once_a_doc
def find(doc: Doc) -> list[Match]:
    """Every lexicon name in a Doc by its start, whatever its case and however they overlap.

    >>> doc = spacy.blank("en")("the Justice Ministry")
    >>> sorted({(match.start, match.end, match.surface.name_class) for match in find(doc)})
    [(1, 2, 'title'), (1, 3, 'body')]
    """
    names = _names()
    words = [token.lower_ for token in doc]
    lengths = {word: names.lengths_from(word) for word in set(words)}
    return [
        Match(start, start + length, surface)
        for start, word in enumerate(words)
        for length in lengths[word]
        if start + length <= len(words)
        for surface in names.surfaces.get(tuple(words[start : start + length]), ())
    ]


def _word_lists() -> Iterator[tuple[str, Iterable[str]]]:
    """Single words of each class; a word of several classes counts to the first."""
    cues = (form for entry in lexicon.load("cues") for form in entry["forms"])
    currencies = ((entry["code"], *entry["units"]) for entry in lexicon.load("currencies"))
    yield "given_name", (entry["name"] for entry in lexicon.load("given_names"))
    yield "surname", (entry["name"] for entry in lexicon.load("surnames"))
    yield "cue", (form for form in cues if " " not in form)
    yield "head", (entry["name"] for entry in lexicon.load("heads"))
    yield "currency", chain.from_iterable(currencies)
    yield "word", common_words()


@cache
def _class_numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(LEXICON_FEATURES, start=1)}


@cache
def _single_words() -> tuple[dict[int, int], dict[int, int]]:
    """Class numbers of lists of single words, by the number of their lower-case form: in small
    letters, where names do not count, and otherwise."""
    small: dict[int, int] = {}
    other: dict[int, int] = {}
    for name, words in _word_lists():
        number = _class_numbers()[name]
        for word in words:
            form = get_string_id(word.lower())
            other.setdefault(form, number)
            if name in _ANY_CASE:
                small.setdefault(form, number)
    return small, other


def classes(doc: Doc) -> list[int]:
    """The lexicon class of each token: 0 for none, `2k - 1` at the beginning of a name, `2k` inside
    it.

    k counts LEXICON_FEATURES from 1. Made to be wide, not precise: names that are ordinary words
    count too, the longest match wins. Values stay below `2 * len(LEXICON_FEATURES) + 1`.

    >>> doc = spacy.blank("en")("The Justice Ministry told Mr. Orr.")
    >>> [LEXICON_FEATURES[(number - 1) // 2] if number else "" for number in classes(doc)]
    ['word', 'body', 'body', 'cue', '', '', '']
    """
    flags = [_Flags(*row) for row in doc.to_array([LOWER, IS_UPPER, IS_LOWER, IS_TITLE]).tolist()]
    small, other = _single_words()
    known = [(small if flag.is_lower else other).get(flag.lower, 0) for flag in flags]
    numbers = [2 * number - 1 if number else 0 for number in known]
    covered = 0
    for start, (end, number) in sorted(_longest_names(doc, flags).items()):
        if start >= covered:
            numbers[start:end] = [2 * number - 1] + [2 * number] * (end - start - 1)
            covered = end
    return numbers


class _Flags(NamedTuple):
    """A token's lower-case form as spaCy's hash, and its case."""

    lower: int
    is_upper: int
    is_lower: int
    is_title: int


def _longest_names(doc: Doc, flags: list[_Flags]) -> dict[int, tuple[int, int]]:
    """End and class number of the longest plausible name from each token, the first of equals."""
    best: dict[int, tuple[int, int]] = {}
    for match in find(doc):
        if _plausible(match.surface, flags[match.start : match.end]):
            named = match.end, _class_numbers()[match.surface.name_class]
            best[match.start] = max(best.get(match.start, named), named, key=_longer_or_first)
    return best


def _longer_or_first(named: tuple[int, int]) -> tuple[int, int]:
    end, number = named
    return end, -number


def _plausible(surface: Surface, flags: list[_Flags]) -> bool:
    """Whether the case allows the name: acronyms in capitals, others not in lower case."""
    if surface.text.isupper() and len(surface.text) <= _LONGEST_ACRONYM:
        return all(flag.is_upper or not (flag.is_lower or flag.is_title) for flag in flags)
    return surface.name_class in _ANY_CASE or not all(flag.is_lower for flag in flags)
