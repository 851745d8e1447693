"""Entities by the lexicon alone, for where there is no trained pipeline (`--model rules`).

Names as the lexicon writes them, titles with the names after them, and dates, sums and cable
references by the patterns of lexicon/patterns.jsonl.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from cablespan import lexicon
from cablespan.components.entities.lexicon_names import Match, Surface, common_words, find
from cablespan.components.entities.person_names import word_list
from cablespan.components.keeping import Keeping
from cablespan.document import text_of
from cablespan.header.alternatives import any_of
from cablespan.labels import Entity

_NO_ENTITIES = frozenset({"nationality", "calendar", "post"})
_UNITED_STATES = frozenset({"US", "U.S.", "United States"})
_DASHES = frozenset("-–/")
_LONGEST_NAME = 5  # words
_CAPITALS = 0.3  # a text in capitals has a smaller share of small letters
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


@Language.factory("cable_gazetteer", assigns=["doc.ents"])
class Gazetteer(Keeping):
    """Writes `doc.ents` by lexicon and patterns.

    Exact micro F1 of the whole pipeline, `cablespan evaluate rules`: paragraphs of pages-dev
    0.695, dev 0.689; models/README.md has those of trained pipelines.
    """

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def process(self, doc: Doc) -> list[Span]:
        """Entities of a Doc, in order; of those that overlap the longest.

        >>> import spacy
        >>> nlp = spacy.blank("en")
        >>> Gazetteer(nlp, "rules").process(nlp("They met in Kazakhstan on May 22."))
        [Kazakhstan, May 22]
        """
        words = _Words(doc)
        named = [match for match in find(doc) if words.allow(match)]
        return filter_spans([*_names(words, named), *_by_pattern(doc), *_titled(words, named)])

    def annotate(self, doc: Doc) -> Doc:
        """Writes what `process` returns into the Doc."""
        doc.ents = self.process(doc)
        return doc


class _Words:
    """The words of a Doc, and what their case says."""

    def __init__(self, doc: Doc):
        self.doc = doc
        self.words = [token.text for token in doc]
        letters = [sign for sign in text_of(doc) if sign.isalpha()]
        self.capitals = sum(map(str.islower, letters)) < _CAPITALS * len(letters)

    def lower(self, index: int) -> str:
        """The word at an index in small letters, "" outside the Doc."""
        return self.words[index].lower() if 0 <= index < len(self.words) else ""

    def allow(self, match: Match) -> bool:
        """Whether the lexicon name is an entity in the case in which the text writes it."""
        surface, words = match.surface, self.words[match.start : match.end]
        if surface.name_class in _NO_ENTITIES or surface.entry.get("match") is False:
            return False
        if surface.text in surface.entry.get("ambiguous", ()):
            return False
        if self.capitals:
            return surface.name_class == "title" or surface.text.lower() not in common_words()
        if surface.text.isupper():
            return "".join(words) == surface.text.replace(" ", "")
        return words[0][0].isupper()

    def tied(self, start: int, end: int) -> bool:
        """Whether a hyphen ties the tokens to another word ("ROK-Japan talks")."""
        return not _DASHES.isdisjoint((self.lower(start - 1), self.lower(end)))

    def before_noun(self, end: int) -> bool:
        """Whether a noun comes next ("US aid"), nothing that tells what the name does ("US
        will")."""
        following = self.lower(end)
        return following[:1].isalpha() and following not in word_list("after_actor")

    def after_place(self, start: int) -> bool:
        """Whether a preposition of place or a verb of motion stands before, "the" left out."""
        before = start - 2 if self.lower(start - 1) == "the" else start - 1
        return self.lower(before) in word_list("before_place")

    def name_end(self, start: int) -> int:
        """Where the person's name that begins at `start` ends; `start` where there is none."""
        end = start
        while end < start + _LONGEST_NAME and self._goes_on(end):
            end += 1
        return end

    def _goes_on(self, index: int) -> bool:
        joins = self.lower(index) in word_list("particle") or self.lower(index) in _DASHES
        return self._is_name(index) or (joins and self._is_name(index + 1))

    def _is_name(self, index: int) -> bool:
        """Whether the token can be part of a person's name: a capital letter, no ordinary word."""
        lower = self.lower(index)
        if not lower[:1].isalpha() or lower in word_list("no_name"):
            return False
        if self.capitals or (self.words[index].isupper() and len(lower) > 3):
            return lower not in common_words()
        return self.words[index][0].isupper()


def _names(words: _Words, named: Iterable[Match]) -> Iterator[Span]:
    """Lexicon names other than titles."""
    for start, end, surface in named:
        label = surface.entry.get("label")
        if surface.name_class == "title" or not label or words.tied(start, end):
            continue
        if _can_be_adjective(surface) and words.before_noun(end):
            continue
        if surface.text in _UNITED_STATES:
            label = Entity.PLACE if words.after_place(start) else Entity.AGENCY
        yield Span(words.doc, start, end, label)


def _can_be_adjective(surface: Surface) -> bool:
    is_acronym = surface.name_class == "country" and surface.text.isupper()
    return is_acronym or surface.text in _UNITED_STATES


def _titled(words: _Words, named: Iterable[Match]) -> Iterator[Span]:
    """Titles with the names after them, and titles that stand for their holder."""
    titles: dict[int, Match] = {}
    for match in named:  # in order, so that the longest from each token stays
        if match.surface.name_class == "title":
            titles[match.start] = match
    covered = 0
    for start, match in titles.items():
        if start < covered:
            continue
        end = match.end
        while end in titles:  # "Defense Minister General"
            end = titles[end].end
        covered = name_end = words.name_end(end)
        alone = match.surface.entry.get("alone") and _stands_for_holder(words, start, end)
        if alone or name_end > end:
            yield Span(words.doc, start, name_end, Entity.OFFICIAL)


def _stands_for_holder(words: _Words, start: int, end: int) -> bool:
    """Whether the words around a title let it mean its holder, not the office."""
    before, following = words.lower(start - 1), words.lower(end)
    return not (
        before in word_list("no_holder_before") or following in word_list("no_holder_after")
    )


class _Pattern(NamedTuple):
    label: str
    regex: re.Pattern[str]


@cache
def _patterns() -> tuple[_Pattern, ...]:
    """The patterns of the lexicon with their placeholders ("{month}") filled in."""
    words = {kind: any_of(known) for kind, known in _vocabulary().items()}
    return tuple(
        _Pattern(
            entry["label"],
            re.compile(
                _PLACEHOLDER.sub(lambda kind: words[kind[1]], entry["pattern"]),
                0 if entry.get("case") else re.IGNORECASE,
            ),
        )
        for entry in lexicon.load("patterns")
    )


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    """The words of each placeholder of the patterns."""
    currencies, posts = lexicon.load("currencies"), lexicon.load("posts")
    units = {unit for entry in currencies for unit in entry["units"]} - common_words()
    origins = {name for post in posts for name in (post["origin"], post["city"], *post["aliases"])}
    return {
        "month": _calendar("month") | _calendar_aliases("month"),
        "fullmonth": _calendar("month") - {"May"},
        "weekday": _calendar("weekday") | _calendar_aliases("weekday"),
        "fullweekday": _calendar("weekday"),
        "number": word_list("number"),
        "code": frozenset(entry["code"] for entry in currencies),
        "unit": word_list("currency") | units,
        "origin": frozenset(filter(None, origins)),
    }


def _calendar(kind: str) -> frozenset[str]:
    return lexicon.listed("calendar", "name", kind)


def _calendar_aliases(kind: str) -> frozenset[str]:
    return lexicon.listed("calendar", "aliases", kind)


def _by_pattern(doc: Doc) -> Iterator[Span]:
    """What the patterns find, as whole tokens, without "the" before it."""
    for label, regex in _patterns():
        for match in regex.finditer(text_of(doc)):
            lead = 4 if match[0][:4].lower() == "the " else 0
            span = doc.char_span(match.start() + lead, match.end(), label)
            if span:
                yield span
