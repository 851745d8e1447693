"""Where the characters of one text stand in another that has other white space, cuts and marks:
gold of a page on the cable as read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple


class Place(NamedTuple):
    """A stretch of one paragraph: its number in the text, and offsets of characters within it."""

    paragraph: int
    start: int
    end: int


@dataclass
class Letters:
    """Paragraphs as one string without white space; `places[i]` is paragraph and offset of its i-th
    character."""

    text: str
    places: list[tuple[int, int]]
    index: dict[tuple[int, int], int] = field(repr=False)

    @classmethod
    def of(cls, paragraphs: Sequence[str]) -> "Letters":
        """The letters of some paragraphs, in their order."""
        places = [
            (n, i)
            for n, text in enumerate(paragraphs)
            for i, letter in enumerate(text)
            if not letter.isspace()
        ]
        text = "".join(paragraphs[n][i] for n, i in places)
        return cls(text, places, {place: position for position, place in enumerate(places)})


class ParagraphAlignment:
    """Lays spans of some paragraphs (`ours`) on others (`theirs`) of the same document, both in its
    order.

    >>> laid = ParagraphAlignment(["Post agrees. He", "left."], ["1. (U) Post agrees.", "He left."])
    >>> list(laid.to_theirs(0, 0, 12))
    [Place(paragraph=0, start=7, end=19)]
    """

    def __init__(self, ours: Sequence[str], theirs: Sequence[str]):
        self.ours, self.theirs = Letters.of(ours), Letters.of(theirs)
        self.forward: dict[int, int] = {}
        for start, other, length in _matching_blocks(self.ours, self.theirs):
            self.forward.update((start + i, other + i) for i in range(length))
        self.backward = {other: own for own, other in self.forward.items()}

    def to_theirs(self, paragraph: int, start: int, end: int) -> Iterator[Place]:
        """The stretches of their paragraphs that a span of ours covers, without what has no
        counterpart."""
        return _laid(self.ours, self.theirs, self.forward, Place(paragraph, start, end))

    def share_found(self, paragraph: int) -> float:
        """How much of one of their paragraphs stands in ours, of its characters other than white
        space."""
        letters = [
            position
            for position, (number, _) in enumerate(self.theirs.places)
            if number == paragraph
        ]
        return sum(position in self.backward for position in letters) / max(len(letters), 1)


def _laid(source: Letters, target: Letters, links: dict[int, int], span: Place) -> Iterator[Place]:
    inside = (source.index.get((span.paragraph, offset)) for offset in range(span.start, span.end))
    found = [target.places[links[position]] for position in inside if position in links]
    for paragraph in dict.fromkeys(number for number, _ in found):
        offsets = [offset for number, offset in found if number == paragraph]
        yield Place(paragraph, offsets[0], offsets[-1] + 1)


# A match of fewer letters between two anchors is chance.
SHORTEST = 6


def _matching_blocks(ours: Letters, theirs: Letters) -> Iterator[tuple[int, int, int]]:
    """`(start in ours, start in theirs, length)`: what stands in both, in the order of both.

    Paragraphs of theirs are looked up whole, without what opens them (number, marking); what lies
    between two that were found is compared letter by letter.
    """
    anchors = [(0, 0, 0), *_anchors(ours.text, theirs), (len(ours.text), len(theirs.text), 0)]
    for (own, other, length), (next_own, next_other, _) in pairwise(anchors):
        yield own, other, length
        left, right = ours.text[own + length : next_own], theirs.text[other + length : next_other]
        if left and right:
            for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
                if block.size >= min(SHORTEST, len(right)):
                    yield own + length + block.a, other + length + block.b, block.size


# Number and marking ("12.(S//NF)") are at most so many letters, and a shorter paragraph is no
# anchor.
OPENING, DISTINCTIVE = 12, 30


def _anchors(text: str, theirs: Letters) -> Iterator[tuple[int, int, int]]:
    begins = [
        i for i, place in enumerate(theirs.places) if i == 0 or place[0] != theirs.places[i - 1][0]
    ]
    position = 0
    for begin, end in pairwise([*begins, len(theirs.text)]):
        for skipped in range(OPENING):
            if end - begin - skipped < DISTINCTIVE:
                break
            found = text.find(theirs.text[begin + skipped : end], position)
            if found >= 0:
                yield found, begin + skipped, end - begin - skipped
                position = found + end - begin - skipped
                break
