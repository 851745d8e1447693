"""Acronyms that a cable explains: "the Ministry of Agrarian Reform (MDA)" says what an MDA is
wherever it stands."""

import itertools
import re
from collections.abc import Iterable

from spacy.tokens import Doc, Span

from cablespan.components.entities.person_names import normalize_name, word_list
from cablespan.document import once_a_doc, text_of
from cablespan.labels import Entity

_EXPLAINED = frozenset({Entity.AGENCY, Entity.ORG, Entity.LAW, Entity.OFFICIAL})
# Brackets are rare, so that one looks for them first, and from there at up to ten words before.
_SHORT = r"(?P<short>[A-Z][A-Za-z&/-]{1,9})"
_SHORT_IN_BRACKETS = re.compile(rf"\([\"“]?{_SHORT}[\"”]?\)")
_WORDS_BEFORE = re.compile(r"(?:[\w'’.&-]+[ \n]+){2,10}\Z")
_LONGEST_DEFINITION = 300
_LONG_IN_BRACKETS = re.compile(r" \((?:the )?(?P<long>[A-Z][^()]{5,90})\)")
_WORD_BEFORE = re.compile(rf"\b{_SHORT}\Z")


@once_a_doc
def acronym_definitions(doc: Doc) -> dict[str, str]:
    """Acronyms that the text itself defines, with the definition, in either order, both in lower
    case.

    After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
    biomedical text" (2003), with each letter at the beginning of a word.

    >>> import spacy
    >>> text = "Intellectual Property Rights (IPR) and the PNP (Philippine National Police)"
    >>> acronym_definitions(spacy.blank("en")(text))
    {'ipr': 'intellectual property rights', 'pnp': 'philippine national police'}
    """
    text = text_of(doc)
    definitions: dict[str, str] = {}
    for match in _SHORT_IN_BRACKETS.finditer(text):
        start = max(0, match.start() - _LONGEST_DEFINITION)
        before = _WORDS_BEFORE.search(text, start, match.start())
        long = _definition(before[0].split(), match["short"]) if before else None
        if long:
            definitions.setdefault(match["short"].lower(), normalize_name(long))
    for match in _LONG_IN_BRACKETS.finditer(text):
        before = _WORD_BEFORE.search(text, max(0, match.start() - 10), match.start())
        words = match["long"].split()
        if before and _definition(words, before["short"]) == " ".join(words):
            definitions.setdefault(before["short"].lower(), normalize_name(match["long"]))
    return definitions


def _definition(words: list[str], short: str) -> str | None:
    """The last words that an acronym abbreviates: its letters begin one each; small words may go
    without, and do where that is enough ("Organization of American States (OAS)")."""
    letters = [letter for letter in short.lower() if letter.isalpha()]
    for skipped in (word_list("small_word"), frozenset()):
        start = _start_of_definition(words, letters, skipped)
        if start is not None:
            return " ".join(words[start:])
    return None


def _start_of_definition(
    words: list[str], letters: list[str], skipped: frozenset[str]
) -> int | None:
    """Where the words begin that the letters abbreviate; `skipped` are small words that never have
    a letter, the others need none."""
    index = len(words)
    for letter in reversed(letters):
        index -= 1
        while index >= 0 and (words[index][0].lower() != letter or words[index].lower() in skipped):
            if words[index].lower() not in word_list("small_word"):
                return None
            index -= 1
        if index < 0:
            return None
    return index


def names_by_acronym(doc: Doc, entities: Iterable[Span]) -> dict[str, Span]:
    """The name that each acronym in brackets stands behind, of a body or law; of an officer where
    the letters are those of his office.

    >>> from spacy.lang.en import English
    >>> doc = English()("The Ministry of Reform (MDA) met. MDA agreed.")
    >>> names_by_acronym(doc, [Span(doc, 1, 4, "AGENCY"), Span(doc, 5, 6, "ORG")])
    {'MDA': Ministry of Reform}
    """
    named = [entity for entity in entities if entity.label_ in _EXPLAINED]
    names: dict[str, Span] = {}
    for name, acronym in itertools.pairwise(named):
        if _in_brackets_after(doc, name, acronym) and acronym.text.isupper():
            is_office = name.label_ == Entity.OFFICIAL
            if not is_office or _definition(name.text.split(), acronym.text) == name.text:
                names.setdefault(acronym.text, name)
    return names


def _in_brackets_after(doc: Doc, name: Span, acronym: Span) -> bool:
    return (
        len(acronym) == 1
        and acronym.start == name.end + 1
        and doc[name.end].text == "("
        and doc[acronym.end : acronym.end + 1].text == ")"
    )
