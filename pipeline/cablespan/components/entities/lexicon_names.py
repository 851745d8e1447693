"""Where names of the lexicon stand in a Doc: every match with its entry, and a class for each token as a hint to trained models."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import spacy
from spacy.attrs import IS_LOWER, IS_UPPER, LOWER
from spacy.tokens import Doc
from spacy.vocab import Vocab

from cablespan import lexicon
from cablespan.document import once_a_doc

# Class of the names of a lexicon file. The position in LEXICON_FEATURES is part of trained models: only ever add at the end.
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
_FILES = {
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
_HYPHEN = re.compile("[-–]")
_PLAIN = re.compile(r"[^\W\d_]+(?:[ –-][^\W\d_]+)*")
# Classes whose names are ordinary nouns as well, so that they count in lower case too.
_ANY_CASE = frozenset({"title", "calendar", "currency", "cue", "head", "word", "body"})


class Surface(NamedTuple):
    """One way to write a name: as the lexicon writes it, the class, the entry and the file it comes from."""

    text: str
    name_class: str
    entry: dict[str, Any]
    file: str


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
    for file, name_class in _FILES.items():
        for entry in lexicon.load(file):
            for text in (entry["name"], *entry.get("aliases", ())):
                yield Surface(text, name_class, entry, file)
            for text in (*entry.get("adjectives", ()), *entry.get("people", ())):
                yield Surface(text, "nationality", entry, file)
    for entry in lexicon.load("posts"):
        for text in filter(None, (entry["origin"], entry["city"], *entry["aliases"])):
            yield Surface(text, "post", entry, "posts")


@cache
def surfaces() -> dict[str, tuple[Surface, ...]]:
    """Every way to write a name, in lower case, with the surfaces that it can be."""
    found: dict[str, list[Surface]] = {}
    for surface in _named():
        for text in _spellings(surface.text):
            found.setdefault(text.lower(), []).append(surface)
    return {text: tuple(candidates) for text, candidates in found.items()}


@cache
def common_words() -> frozenset[str]:
    """Words of the language in lower case, by which capitals text is told from names."""
    return frozenset(entry["name"] for entry in lexicon.load("common_words"))


@cache
def _matcher() -> tuple[dict[tuple[str, ...], tuple[Surface, ...]], dict[str, tuple[int, ...]]]:
    """The surfaces behind the lower-case tokens of all names, and by the first of these how many tokens there can be.

    A dictionary, as spaCy's PhraseMatcher wants a Doc for each of its patterns: ten seconds at the start for all names of the lexicon.
    Names are cut into tokens in every case they are written in: "U.S." is one token, "u.s." two.
    """
    tokenizer = spacy.blank("en").tokenizer
    found: dict[tuple[str, ...], tuple[Surface, ...]] = {}
    for text, candidates in surfaces().items():
        # What spaCy's tokenizer does, in a tenth of the time, where there are only letters, blanks and hyphens.
        if _PLAIN.fullmatch(text) and tokenizer.rules.keys().isdisjoint(text.split()):
            found[tuple(_HYPHEN.sub(r" \g<0> ", text).split())] = candidates
            continue
        written = {
            spelling
            for surface in candidates
            for spelling in _spellings(surface.text)
            if spelling.lower() == text
        }
        if "." in text:
            written |= {text, text.upper()}
        for words in {tuple(token.lower_ for token in tokenizer(spelling)) for spelling in written}:
            found[words] = found.get(words, ()) + candidates
    lengths: dict[str, set[int]] = {}
    for words in found:
        lengths.setdefault(words[0], set()).add(len(words))
    return found, {word: tuple(sorted(sizes)) for word, sizes in lengths.items()}


@once_a_doc
def find(doc: Doc) -> list[Match]:
    """Every lexicon name in a Doc, whatever its case and however they overlap, in order of their start."""
    names, lengths = _matcher()
    words = [token.lower_ for token in doc]
    return [
        Match(start, start + length, surface)
        for start, word in enumerate(words)
        for length in lengths.get(word, ())
        if start + length <= len(words)
        for surface in names.get(tuple(words[start : start + length]), ())
    ]


@cache
def _single_words(vocab: Vocab) -> dict[int, int]:
    """Class numbers of lists of single words, by the number of their lower-case form."""
    numbers = {name: number for number, name in enumerate(LEXICON_FEATURES, start=1)}
    found: dict[int, int] = {}
    lists = [
        ("given_name", (entry["name"] for entry in lexicon.load("given_names"))),
        ("surname", (entry["name"] for entry in lexicon.load("surnames"))),
        (
            "cue",
            (form for entry in lexicon.load("cues") for form in entry["forms"] if " " not in form),
        ),
        ("head", (entry["name"] for entry in lexicon.load("heads"))),
        (
            "currency",
            (
                form
                for entry in lexicon.load("currencies")
                for form in (entry["code"], *entry["units"])
            ),
        ),
        ("word", common_words()),
    ]
    for name, words in lists:
        for word in words:
            found.setdefault(vocab.strings.add(word.lower()), numbers[name])
    return found


def classes(doc: Doc) -> list[int]:
    """The lexicon class of each token: 0 for none, `2k - 1` at the beginning of a name and `2k` inside it.

    k counts LEXICON_FEATURES from 1.

    Made to be wide, not precise: names that are ordinary words count too, the longest match wins. Values stay below
    `2 * len(LEXICON_FEATURES) + 1`; a new class only ever comes at the end.

    >>> doc = spacy.blank("en")("The Justice Ministry told Mr. Orr.")
    >>> [LEXICON_FEATURES[(number - 1) // 2] if number else "" for number in classes(doc)]
    ['word', 'body', 'body', 'cue', '', '', '']
    """
    flags = doc.to_array([LOWER, IS_UPPER, IS_LOWER]).tolist()
    single = _single_words(doc.vocab)
    found = [0] * len(doc)
    for index, (lower, _, is_lower) in enumerate(flags):
        number = single.get(lower, 0)
        if number and not (is_lower and LEXICON_FEATURES[number - 1] not in _ANY_CASE):
            found[index] = 2 * number - 1
    numbers = {name: number for number, name in enumerate(LEXICON_FEATURES, start=1)}
    best: dict[int, tuple[int, int]] = {}
    for match in find(doc):
        if not _plausible(match, flags):
            continue
        number = numbers[match.surface.name_class]
        end, other = best.get(match.start, (0, 0))
        if (-match.end, number) < (-end, other):
            best[match.start] = (match.end, number)
    covered = 0
    for start, (end, number) in sorted(best.items(), key=lambda item: item[0]):
        if start < covered:
            continue
        found[start] = 2 * number - 1
        found[start + 1 : end] = [2 * number] * (end - start - 1)
        covered = end
    return found


def _plausible(match: Match, flags: list[list[int]]) -> bool:
    """Whether the case in the text allows the name: acronyms in capitals only, other names not in lower case."""
    tokens = flags[match.start : match.end]
    if match.surface.text.isupper() and len(match.surface.text) < 6:
        return all(is_upper or not is_lower for _, is_upper, is_lower in tokens)
    return match.surface.name_class in _ANY_CASE or not all(is_lower for _, _, is_lower in tokens)
