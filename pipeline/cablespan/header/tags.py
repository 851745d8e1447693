"""The TAGS of a cable: codes, words that are no codes, names of visitors."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from cablespan.header.alternatives import any_of
from cablespan.header.furniture import without_marks, words
from cablespan.header.opening import read_opening
from cablespan.header.posts import is_country
from cablespan.header.prose import has_common_word, is_running
from cablespan.lexicon import listed, load, lowered

_LABEL = re.compile(r"^\s{0,8}TAGS?\b\s{0,3}[:;.]?|\bTAGS?\s{0,3}:", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(
    r"""[(\[](?P<bracketed>[^()\[\]\n]{2,60})[)\]]                    # (ROE, JANE)
    | (?P<word>\b(?:[A-Z](?:['’]?[A-Z0-9]){1,59}(?:-[A-Z0-9]{1,30})?(?:\ [A-Z]\.(?=[\s,;)]))?
        | [A-Z]-\d{1,2})(?![A-Z0-9]))""",
    re.VERBOSE,
)
_COMMA = re.compile(r"\s?,\s?")
_WITHIN_PHRASE = (" ", " AND ", " OF ")
_LEAST_WORD = 6  # letters that no code has


class _Token(NamedTuple):
    text: str
    is_name: bool
    before: str  # what stands between it and the token before


def tags(text: str) -> list[str]:
    """The TAGS of a header, in capitals, each once.

    Codes as they stand; words that are no codes and stand together are one tag, and so is the name
    of a visitor.

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
    parts = (tag for joined in _joined(_tokens(text)) for tag in _unglued(joined))
    return [tag for tag in dict.fromkeys(parts) if tag not in words("banner", "caption")]


def _tokens(text: str) -> Iterator[_Token]:
    end = 0
    for match in _TOKEN.finditer(text):
        if match["word"] in listed("header_words", "word", "no_tag") | words("caption"):
            continue
        before, end = text[end : match.start()], match.end()
        bracketed = match["bracketed"]
        if bracketed and any(map(_is_code, re.findall(r"\w+", bracketed))):
            yield from _tokens(bracketed)
        elif bracketed:
            yield _Token(_COMMA.sub(", ", bracketed.strip()), True, before)
        else:
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
    if previous.is_name or token.is_name:
        return None
    if is_country(f"{texts[-1]}{token.before}{token.text}"):
        return token.before
    is_visitor = texts[-2:] == ["OVIP", previous.text] or _is_given(token.text)
    if is_visitor and not _is_code(previous.text) and not _is_code(token.text):
        return ", "
    are_words = _is_word(previous.text) and _is_word(token.text)
    return token.before if are_words and token.before in _WITHIN_PHRASE else None


def _is_given(text: str) -> bool:
    return text.lower() in lowered("given_names", "name") and not has_common_word(text)


def _is_word(text: str) -> bool:
    """Whether a token is a word of the language and no code."""
    if _is_code(_unglued(text)[0]):
        return False
    return len(text) >= _LEAST_WORD or has_common_word(text)


def _unglued(tag: str) -> list[str]:
    """The codes in a tag that has several without blanks ("ECONEFIN", "ITPHUM"); else the tag."""
    codes, code = _glued()
    is_word = len(tag) < _LEAST_WORD or has_common_word(tag) or is_country(tag)
    return [tag] if is_word or not codes.fullmatch(tag) else code.findall(tag)


@cache
def _glued() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Codes of subjects with those of countries before or behind them; and one of these codes."""
    subject = rf"K[A-Z]{{3}}|{any_of(code for code in _codes() if len(code) > 2)}"
    country = any_of(code for code in _codes() if len(code) == 2)
    codes = rf"(?:{country})?(?:{subject})+(?:{country}){{0,3}}"
    return re.compile(codes), re.compile(rf"{subject}|[A-Z]{{2}}")


def _is_code(text: str) -> bool:
    programme = len(text) == 4 and text.startswith("K")
    return programme or text in _codes()


@cache
def _codes() -> frozenset[str]:
    """Codes of subjects, organisations and countries."""
    countries = (entry["tags"] for entry in load("countries") if entry.get("tags"))
    return listed("tags", "tag").union(countries)
