"""Lists of participants without signs: a line a person, delegations under their country's name."""

from functools import cache
from itertools import pairwise, takewhile

from cablespan.header.posts import is_country
from cablespan.reading.body.blocks import Block
from cablespan.reading.body.flow import ends_sentence, leads_on
from cablespan.reading.body.starts import start_of
from cablespan.reading.body.tables import has_columns
from cablespan.reading.body.titles import known_sections, looks_like_heading, section_of_heading

_LONGEST = 75  # characters of a line that names a person
_ENDED_EARLY = 62  # characters up to which no wrap ended a line


def has_participants(body: str) -> bool:
    """Whether a body has one of the words that open a list of participants.

    >>> has_participants("2. (U) Participants:"), has_participants("All of them took part.")
    (True, False)
    """
    return any(map(body.lower().__contains__, _opening_words()))


@cache
def _opening_words() -> frozenset[str]:
    """The longest word of each opening."""
    openings = [words for words, section in known_sections().items() if section == "participants"]
    return frozenset(max(words.split(), key=len) for words in openings)


class Participants:
    """Where a body's list of participants is open, asked block by block, in order."""

    def __init__(self, body: str):
        self._expected = has_participants(body)
        self._open = False

    def named_in(self, block: Block) -> range:
        """The indices of a block's lines that name persons and delegations."""
        if not self._expected:
            return range(0)
        texts = [line.text for line in block.lines]
        first = int(_opens_list(texts[0]))
        if not first and not self._open:
            return range(0)
        named = [*takewhile(_has_no_sign, texts[first:])]
        has_list = _is_list(named)
        self._open = first > 0 or has_list or self._open and _is_title(block)
        return range(first, first + len(named)) if has_list else range(0)


def _opens_list(line: str) -> bool:
    """Whether a line is the heading of a list of participants, with a number or none."""
    start = start_of(line)
    return section_of_heading(line[start.skip :] if start else line) == "participants"


def _has_no_sign(line: str) -> bool:
    return start_of(line) is None


def _is_list(texts: list[str]) -> bool:
    """Whether lines name a person each, and no wrap made their ends."""
    if len(texts) == 1:
        return _names_person(texts[0]) and ("," in texts[0] or is_delegation(texts[0]))
    ended = sum(len(above) <= _ENDED_EARLY for above, _ in pairwise(texts))
    return bool(texts) and all(map(_names_person, texts)) and ended * 2 >= len(texts) - 1


def _names_person(text: str) -> bool:
    """Whether a line can name a person or a delegation: short, and no sentence."""
    if len(text) > _LONGEST or not text[0].isupper() or has_columns(text):
        return False
    return not ends_sentence(text) or is_delegation(text) or "," in text


def _is_title(block: Block) -> bool:
    return len(block.lines) == 1 and looks_like_heading(block.lines[0].text)


def begins_entry(previous: str, line: str) -> bool:
    """Whether a line of such a list is a new entry: the line above it is not wrapped.

    >>> begins_entry("Jane Roe, Office of", "Roads"), begins_entry("Jane Roe, NSC", "Karl Doe")
    (False, True)
    """
    return is_delegation(line) or len(previous) <= _ENDED_EARLY and not leads_on(previous)


def is_delegation(text: str) -> bool:
    """Whether a line of such a list is the name of a delegation.

    >>> is_delegation("NORWAY"), is_delegation("U.S. side:"), is_delegation("Jane Roe, Norway")
    (True, True, False)
    """
    return text.endswith(":") or is_country(text)
