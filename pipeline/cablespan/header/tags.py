"""The TAGS of a cable: codes, words that are no codes, names of visitors."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from cablespan.header.furniture import without_marks
from cablespan.header.opening import read_opening
from cablespan.header.prose import has_common_word, is_running
from cablespan.lexicon import listed, load, lowered

_LABEL = re.compile(r"^\s{0,8}TAGS?\b\s{0,3}[:;.]?|\bTAGS?\s{0,3}:", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(
    r"""\((?P<name>[^()\n]{2,60})\)                              # (ROE, JANE)
    | (?P<word>\b(?:[A-Z][A-Z0-9]{1,59}(?:-[A-Z0-9]{1,4})? | [A-Z]-\d{1,2})\b)""",
    re.VERBOSE,
)
_LEAST_WORD = 6  # letters that no code has, but names of a few organisations


class _Token(NamedTuple):
    text: str
    is_name: bool
    before: str  # what stands between it and the token before


def tags(text: str) -> list[str]:
    """The TAGS of a header, in capitals, each once.

    Codes as they stand; words that are no codes and stand together are one tag, and so is the name
    after OVIP.

    >>> tags("TAGS: ECON, KIPR KZ OVIP (ROE, JANE), MEDIA REACTION REPORT")
    ['ECON', 'KIPR', 'KZ', 'OVIP', 'ROE, JANE', 'MEDIA REACTION REPORT']
    """
    fields = read_opening(text).fields
    if "tags" in fields:
        return tags_of(fields["tags"])
    label = _LABEL.search(text)
    if label:
        return tags_of(text[label.end() :].split("\n\n")[0])
    return [] if fields or is_running(text) else tags_of(text)


def tags_of(field: str) -> list[str]:
    """The tags in the content of a TAGS line.

    >>> tags_of("ECONEFIN, NO")
    ['ECON', 'EFIN', 'NO']
    """
    text = " ".join(without_marks(field).split()).upper()
    return list(dict.fromkeys(tag for words in _joined(_tokens(text)) for tag in _unglued(words)))


def _tokens(text: str) -> Iterator[_Token]:
    end = 0
    for match in _TOKEN.finditer(text):
        before, end = text[end : match.start()], match.end()
        if match["name"]:
            yield _Token(match["name"].strip(), True, before)
        elif match["word"] not in listed("header_words", "word", "no_tag"):
            yield _Token(match["word"], False, before)


def _joined(tokens: Iterable[_Token]) -> list[str]:
    """The tags that the tokens make: words in a row are one, and so is a visitor's name."""
    texts: list[str] = []
    previous: _Token | None = None
    for token in tokens:
        joiner = _joiner(texts, previous, token) if previous else None
        if joiner:
            texts[-1] += joiner + token.text
        else:
            texts.append(token.text)
        previous = token
    return texts


def _joiner(texts: list[str], previous: _Token, token: _Token) -> str | None:
    """What joins a word to the one before it; None where it is a tag of its own."""
    if not _is_word(previous) or not _is_word(token):
        return None
    if texts[-2:] == ["OVIP", previous.text]:
        return ", "
    return " " if token.before.isspace() else None


def _is_word(token: _Token) -> bool:
    """Whether a token is a word of the language and no code."""
    if token.is_name or _is_code(_unglued(token.text)[0]):
        return False
    return len(token.text) >= _LEAST_WORD or has_common_word(token.text)


def _unglued(tag: str) -> list[str]:
    """The codes in a tag that has several without blanks ("ECONEFIN", "ITPHUM"); else the tag.

    A country's code may stand at either end.
    """
    if len(tag) < 6 or tag.lower() in lowered("countries", "name"):
        return [tag]
    for first in (4, 2):
        codes = [tag[:first], *(tag[at : at + 4] for at in range(first, len(tag), 4))]
        if all(map(_is_code, codes)):
            return codes
    return [tag]


def _is_code(text: str) -> bool:
    programme = len(text) == 4 and text.startswith("K")
    return programme or text in _codes()


@cache
def _codes() -> frozenset[str]:
    """Codes of subjects and countries."""
    countries = (entry["tags"] for entry in load("countries") if entry.get("tags"))
    return listed("tags", "tag").union(countries)
