"""Where sentences begin in a cable, by rule: the unit of statements.

Full stops end a sentence unless they belong to an abbreviation, an initial, a number or an enumerator; line breaks
mean nothing (cables are hard-wrapped), paragraphs and blank lines always separate.
"""

import re
from bisect import bisect_left
from functools import cache

import numpy
from spacy.attrs import IS_SPACE, SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.document import PARAGRAPHS, text_of

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# The word before the stop, the stop with what closes behind it, white space, and the first word of what follows.
_STOP = re.compile(
    r"(?P<word>[^\s([{“\"'‘–—]*)(?P<stop>[.?!…]+)(?P<closing>[\"'”’)\]}»]*)(?:\s+|(?<=[a-z]{2}[.?!])(?=[A-Z][a-z]))(?P<next>[\[({“\"'‘«—–-]*\S?[\w'’]*\)?)"
)
_ENUMERATOR = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])\.")
_LETTERED = re.compile(r"\(\w\)")


@cache
def _forms(kind: str) -> frozenset[str]:
    return frozenset(entry["form"] for entry in lexicon.load("stops") if entry["kind"] == kind)


@cache
def _openers_in_capitals() -> frozenset[str]:
    return frozenset(entry["form"] for entry in lexicon.load("stops") if entry.get("in_capitals"))


def _opens(word: str) -> bool:
    """Whether a word opens a sentence behind a stop that could as well belong to an abbreviation."""
    word = word.lstrip("([{“\"'‘«—–-")
    if word.isupper() and word != "I":
        return word.lower() in _openers_in_capitals()
    return word[:1].isupper() and word.lower() in _forms("opener")


def _ends(stop: re.Match, begin: int) -> bool:
    """Whether a full stop ends the sentence that began at `begin`."""
    word, follows = stop["word"], stop["next"]
    first = follows.lstrip("([{“\"'‘«—–-")[:1]
    if first.islower() and not follows.startswith("[") and not _LETTERED.fullmatch(follows):
        return False
    if stop["stop"][0] in "?!":
        return True
    if stop.start() == begin and _ENUMERATOR.fullmatch(word + "."):
        return False
    if stop["stop"] != ".":
        return True
    form = (word + ".").lower()
    if form in _forms("bound"):
        return False
    if form in _forms("numbered"):
        return not first.isdigit() and first != "("
    if form in _forms("free") or _initials(word):
        return _opens(follows)
    return True


def _initials(word: str) -> bool:
    """One letter, or letters with stops between ("B.K")."""
    return all(len(part) == 1 and part.isalpha() for part in word.split("."))


def _blocks(doc: Doc) -> list[tuple[int, int]]:
    """Character ranges that no sentence leaves: paragraphs, and within them what blank lines separate."""
    text = text_of(doc)
    blocks = []
    for start, end in (
        [(p.start_char, p.end_char) for p in doc.spans[PARAGRAPHS]]
        if PARAGRAPHS in doc.spans
        else [(0, len(text))]
    ):
        for gap in _BLANK_LINE.finditer(text, start, end):
            blocks.append((start, gap.start()))
            start = gap.end()
        blocks.append((start, end))
    return blocks


def sentence_offsets(text: str, start: int, end: int) -> list[int]:
    """Character offsets at which the sentences of one paragraph `text[start:end]` begin.

    >>> sentence_offsets("1. Gen. Roe saw Amb. Poe at 9 a.m. today. He left.", 0, 50)
    [0, 42]
    """
    while start < end and text[start].isspace():
        start += 1
    if start == end:
        return []
    offsets, position = [start], start
    while stop := _STOP.search(text, position, end):
        position = stop.start("next")
        if position == stop.end():
            break
        if _ends(stop, offsets[-1]):
            offsets.append(position)
    return offsets


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

    Sentences are those of the Doc (of `cable_sentences`, or any other component that sets them), else by rule.
    """
    if not len(doc):
        return []
    marks, spaces = doc.to_array([SENT_START, IS_SPACE]).T
    words = numpy.flatnonzero(spaces == 0)
    begins = (
        numpy.flatnonzero(marks == 1)
        if doc.has_annotation("SENT_START")
        else numpy.asarray(sentence_starts(doc))
    )
    # Of the words, numbers of the first in each sentence; a sentence without one has that of the next.
    firsts = numpy.searchsorted(words, numpy.union1d(begins, [0])).tolist()
    return [
        doc[int(words[a]) : int(words[b - 1]) + 1]
        for a, b in zip(firsts, [*firsts[1:], len(words)], strict=True)
        if a < b
    ]


@Language.factory("cable_sentences", assigns=["token.is_sent_start", "doc.sents"])
class Sentences:
    """Writes `token.is_sent_start` for every token, as `sentence_starts` finds them."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        marks = numpy.full(len(doc), -1, dtype="int64")
        marks[sentence_starts(doc)] = 1
        return doc.from_array(
            [SENT_START], marks.astype("uint64")
        )  # token by token it takes five times as long
