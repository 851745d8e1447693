"""A Doc as the gazetteer looks at it, in plain lists, and what it finds there as candidates."""

import re
from typing import NamedTuple

from spacy.tokens import Doc

from cablespan.components.entities.lexicon_names import common_words
from cablespan.components.entities.person_names import word_list
from cablespan.document import text_of

# How far from the word that a pattern wants near (before, behind) a match can reach, in characters.
_BEFORE, _BEHIND = 60, 80


class Candidate(NamedTuple):
    """A candidate: tokens `start` to `end`, its label, and whether it is beyond doubt (good enough to add to a trained model's)."""

    start: int
    end: int
    label: str
    sure: bool = False


class View:
    """A Doc as plain lists, with the stretches that are written in capitals throughout."""

    def __init__(self, doc: Doc):
        self.doc = doc
        self.text = text_of(doc)
        self.words = [token.text for token in doc]
        self.lower = [word.lower() for word in self.words]
        self.capitals = [False] * len(doc)
        self._surroundings: dict[frozenset[str], list[tuple[int, int]]] = {}
        for block in re.finditer(r"(?:(?!\n[^\S\n]*\n).)+", self.text, re.DOTALL):
            letters = sum(map(str.isalpha, block[0]))
            small = sum(map(str.islower, block[0]))
            span = doc.char_span(block.start(), block.end(), alignment_mode="expand")
            if span is None:
                continue
            if letters > 3 and small < 0.3 * letters:
                self.capitals[span.start : span.end] = [True] * len(span)

    def word(self, index: int) -> str:
        """The lower-case word at an index, "" outside the Doc."""
        return self.lower[index] if 0 <= index < len(self.lower) else ""

    def before(self, index: int) -> str:
        """The word before an index, a "the" in between left out."""
        word = self.word(index - 1)
        return self.word(index - 2) if word == "the" else word

    def surroundings(self, words: frozenset[str]) -> list[tuple[int, int]]:
        """Stretches of the text around the tokens that are one of `words`, cut at blanks."""
        if words not in self._surroundings:
            self._surroundings[words] = self._find_surroundings(words)
        return self._surroundings[words]

    def _find_surroundings(self, words: frozenset[str]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for index in (
            i for i, word in enumerate(self.lower) if word in words or word.rstrip(".") in words
        ):
            at = self.doc[index].idx
            begin = max(0, self.text.rfind(" ", 0, max(0, at - _BEFORE)))
            end = self.text.find(" ", at + _BEHIND)
            end = len(self.text) if end < 0 else end
            if found and begin <= found[-1][1]:
                found[-1] = found[-1][0], end
            else:
                found.append((begin, end))
        return found

    def in_compound(self, start: int, end: int) -> bool:
        """Whether a hyphen ties the tokens to another word ("ROK-Japan talks", "Rhodes-type")."""
        return any(
            0 < at < len(self.words) - 1 and self.words[at] in ("-", "–") and self._joined(at)
            for at in (start - 1, end)
        )

    def is_name(self, index: int) -> bool:
        """Whether the token can be part of a person's name: a capital letter, no ordinary word."""
        if not 0 <= index < len(self.words):
            return False
        word = self.words[index]
        if (
            not word[:1].isupper()
            or not word.strip(".'’").replace("'", "").replace("’", "").isalpha()
        ):
            return False
        lower = self.lower[index]
        if lower in word_list("no_name"):
            return False
        if self.capitals[index]:
            return lower not in common_words() and len(word) > 1
        return (
            not (word.isupper() and len(word) > 3 and word.isalpha()) or lower not in common_words()
        )

    def name_end(self, start: int, limit: int = 5) -> int:
        """Where the person's name that begins at `start` ends; `start` where there is none."""
        end = index = start
        while index < len(self.words) and end - start < limit + 2:
            word = self.lower[index]
            if self.is_name(index) and not (index > start and index in self.blocked):
                end = index = index + 1
            elif (
                end > start
                and word in ("-", "–")
                and self._joined(index)
                and index + 1 < len(self.words)
                and self.words[index + 1].isalpha()
            ):
                end = index = index + 2
            elif word in word_list("particle") and (
                self.is_name(index + 1) or self.word(index + 1) in word_list("particle")
            ):
                index += 1
            elif (
                word in ("al", "el", "ul")
                and self.word(index + 1) in ("-", "–")
                and self.is_name(index + 2)
            ):
                end = index = index + 3
            else:
                break
            if end - start >= (3 if self.capitals[start] else limit):
                break
        return end

    def _joined(self, index: int) -> bool:
        """Whether a hyphen stands between two words without blanks."""
        return not self.doc[index - 1].whitespace_ and not self.doc[index].whitespace_

    blocked: frozenset[int] = frozenset()
