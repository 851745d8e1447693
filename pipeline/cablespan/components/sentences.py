"""Where sentences begin in a cable, by rule: the unit of statements.

Full stops end a sentence unless they belong to an abbreviation, an initial, a number or an
enumerator; line breaks mean nothing (cables are hard-wrapped), paragraphs and blank lines always
separate. The forms of abbreviations are data: `lexicon/stops.jsonl`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy
from spacy.attrs import IS_SPACE, SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.components.keeping import Keeping
from cablespan.document import PARAGRAPHS, text_of

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_OPENING = "([{“\"'‘«—–-"
# Possessive, and never from within a run of stops: so each character is looked at once.
_STOP = re.compile(
    r"""
    (?<![.?!…]) (?P<stops>[.?!…]++)    # the last of them counts
    ["'”’)\]}»]*+           # what closes after it
    (?: \s+ | (?<=[a-z]{2}[.?!]) (?=[A-Z][a-z]) )    # a blank may lack: "It held.The dam"
    """,
    re.VERBOSE,
)
_UP_TO_WORD = re.compile(r"(?:.*[\s([{“\"'‘–—])?", re.DOTALL)
_NEXT_WORD = re.compile(r"[\[({“\"'‘«—–-]*\S?[\w'’]*\)?")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])")
_LETTERED = re.compile(r"\(\w\)")


class _Stop(NamedTuple):
    """A full stop or the like: the sign, the word before it, and the word after it."""

    sign: str
    word: str
    following: str
    first_word: bool  # the word before the stop is the first of its sentence

    @property
    def initial(self) -> str:
        """The first sign of what follows that is not a bracket, quotation mark or dash."""
        return self.following.lstrip(_OPENING)[:1]


def _forms(kind: str) -> frozenset[str]:
    return lexicon.listed("stops", "form", kind)


@cache
def _openers_in_capitals() -> frozenset[str]:
    return frozenset(entry["form"] for entry in lexicon.load("stops") if entry.get("in_capitals"))


def _opens(word: str) -> bool:
    """Whether a word opens a sentence after a stop that could as well belong to an abbreviation."""
    word = word.lstrip(_OPENING)
    if word.isupper() and word != "I":
        return word.lower() in _openers_in_capitals()
    return word[:1].isupper() and word.lower() in _forms("opener")


def _ends_sentence(stop: _Stop) -> bool:
    if _goes_on_in_small_letters(stop):
        return False
    if stop.sign in "?!":
        return True
    if stop.first_word and _ENUMERATOR.fullmatch(stop.word):
        return False
    return stop.sign != "." or not _belongs_to_word(stop)


def _goes_on_in_small_letters(stop: _Stop) -> bool:
    enumerated = stop.following.startswith("[") or _LETTERED.fullmatch(stop.following)
    return stop.initial.islower() and not enumerated


def _belongs_to_word(stop: _Stop) -> bool:
    """Whether a full stop is that of an abbreviation or an initial, and the sentence goes on."""
    form = f"{stop.word}.".lower()
    if form in _forms("bound"):
        return True
    if form in _forms("numbered"):
        return stop.initial.isdigit() or stop.initial == "("
    if form in _forms("free") or _initials(stop.word):
        return not _opens(stop.following) or _makes_name(stop)
    return False


def _makes_name(stop: _Stop) -> bool:
    """Whether initials in capitals and the word after them are a name: "U.S. Embassy"."""
    in_capitals = stop.word.isupper() and _initials(stop.word)
    return in_capitals and stop.following.lower() in _forms("named")


def _initials(word: str) -> bool:
    """One letter, or letters with stops between ("B.K")."""
    return all(len(part) == 1 and part.isalpha() for part in word.split("."))


def _blocks(doc: Doc) -> Iterator[tuple[int, int]]:
    """Character ranges that no sentence leaves: paragraphs, cut at their blank lines."""
    text = text_of(doc)
    ranges = [(0, len(text))]
    if PARAGRAPHS in doc.spans:
        ranges = [(span.start_char, span.end_char) for span in doc.spans[PARAGRAPHS]]
    for start, end in ranges:
        for gap in _BLANK_LINE.finditer(text, start, end):
            yield start, gap.start()
            start = gap.end()
        yield start, end


def sentence_offsets(text: str, start: int, end: int) -> list[int]:
    """Character offsets at which the sentences of one paragraph `text[start:end]` begin.

    >>> sentence_offsets("1. Gen. Roe saw Amb. Poe at 9 a.m. today. He left.", 0, 50)
    [0, 42]
    """
    start = end - len(text[start:end].lstrip())
    if start == end:
        return []
    offsets, since = [start], start
    for match in _STOP.finditer(text, start, end):
        following = _NEXT_WORD.match(text, match.end(), end)
        if not following or not following[0]:
            break
        # Of an omission, ". . .", the first stop alone can end a sentence.
        is_omission = match.start() == since
        if not is_omission and _ends_sentence(_stop(match, since, offsets[-1], following[0])):
            offsets.append(match.end())
        since = match.end()
    return offsets


def _stop(match: re.Match[str], since: int, sentence: int, following: str) -> _Stop:
    """The stop of a match; `since` is where the one before ends, `sentence` where its sentence
    begins."""
    text, sign = match.string, match.end("stops") - 1
    before = _UP_TO_WORD.match(text, since, sign)
    word = before.end() if before else sign
    return _Stop(text[sign], text[word:sign], following, first_word=word == sentence)


def sentence_starts(doc: Doc) -> list[int]:
    """Indices of the tokens that begin a sentence, in order; the first token always does."""
    text = text_of(doc)
    offsets = [
        offset for start, end in _blocks(doc) for offset in sentence_offsets(text, start, end)
    ]
    begins = doc.to_array("IDX").tolist()
    starts = {bisect_left(begins, offset) for offset in offsets} | {0}
    return sorted(start for start in starts if start < len(doc))


def statement_spans(doc: Doc) -> list[Span]:
    """One span a sentence, without the white space around it: what statement labels are written on.

    Sentences are those of the Doc (of `cable_sentences`, or any other component that sets them),
    else by rule.

    >>> import spacy
    >>> doc = spacy.blank("en")("Gen. Roe left at 9 a.m. today. He returned.")
    >>> statement_spans(doc)
    [Gen. Roe left at 9 a.m. today., He returned.]
    >>> sentence_starts(doc) == [sentence.start for sentence in statement_spans(doc)]
    True
    """
    if not len(doc):
        return []
    marks, spaces = doc.to_array([SENT_START, IS_SPACE]).T
    words = numpy.flatnonzero(spaces == 0)
    known = doc.has_annotation("SENT_START")
    begins = numpy.flatnonzero(marks == 1) if known else numpy.asarray(sentence_starts(doc))
    # Of the words, the number of the first in each sentence; one without words has the next one's.
    firsts = numpy.searchsorted(words, numpy.union1d(begins, [0])).tolist()
    return [
        doc[int(words[first]) : int(words[after - 1]) + 1]
        for first, after in zip(firsts, [*firsts[1:], len(words)], strict=True)
        if first < after
    ]


@Language.factory("cable_sentences", assigns=["token.is_sent_start", "doc.sents"])
class Sentences(Keeping):
    """Writes `token.is_sent_start` for every token, as `sentence_starts` finds them."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def annotate(self, doc: Doc) -> Doc:
        """Marks each token of the Doc as a sentence's start or not."""
        marks = numpy.full(len(doc), -1, dtype="int64")
        marks[sentence_starts(doc)] = 1
        # Token by token it takes five times as long.
        return doc.from_array([SENT_START], marks.astype("uint64"))  # type: ignore[arg-type]
