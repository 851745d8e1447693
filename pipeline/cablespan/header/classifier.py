"""The person who classified a cable: the name among the offices of a Classified By line."""

import re
from functools import lru_cache
from html import unescape

from cablespan.header.classification import SECTION
from cablespan.header.offices import is_office, known_names, particles
from cablespan.header.opening import read_opening
from cablespan.header.persons import is_initials, persons
from cablespan.header.posts import LETTERS_FOR_DIGITS, known_post
from cablespan.lexicon import listed

_LABEL = re.compile(
    r"""\b(?:
      (?:DERIVATIVELY\ )?CLAS+I?FI?[A-Z]{0,3}                 # misspelt too
        (?:\s{1,3}(?:BY|BT|PER|B\ Y)\b | : | \s{1,3}AUTHORITY\b)
    | CLASS\.\ BY | CLASSIFIER\b
    | (?:CABLE|MESSAGE|TELEGRAM)\s                           # Message was classified by
        (?:WAS\s|IS\s|HAS\sBEEN\s)?CLASSIFIED(?:\sBY)?\b
    )[\s:;-]{0,6}""",
    re.VERBOSE | re.IGNORECASE,
)
_REASON = re.compile(
    r"""\b(?:for\s+(?:the\s+)?(?:following\s+)?)?             # for reasons 1.4; misspelt too
        re[a-z]{0,3}s[a-z]{0,2}[onm]{0,2}s?\b
        (?=[\s:.,;(-]{0,6}(?:e\.?o|1|i\.|\(?[a-h]\)|$|under|are|is|section|par))
    | \b(?:for|per|under|pursuant|in\ accordance|by\ authority|by\ virtue)\s+(?:to\s+)?(?:the\s+)?
        (?:sec(?!ret)|e\.?\s?o\b|executive|1\s?[.,]|para|follow)     # under section 1.4
    | [\s(,;:-][1Il]\s?[.,-]\s?[456]\b                        # 1.4
    | \bE\.?\s?O\.?\s?1[23]                                   # E.O. 12958
    | \bdeclas | \bdecl\b""",
    re.VERBOSE | re.IGNORECASE,
)
# What may stand before the section where a line begins with the reasons.
_REASONS_FIRST = re.compile(
    r"(?:\W|\b(?:for|the|following|E\.?O|1[23]\d{3}|reasons?)\b)*", re.IGNORECASE
)
_NEXT_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n\s*(?:¶?\s?\d{1,2}\.\s|SUBJ|TAGS|REF)")
# From column 68 on a line end may fall within a word.
_HARD_WRAP = re.compile(
    r"""
    (?<!\S)(?P<left>[A-Z]\S*)(?<=[^\n]{68}) \n
    (?P<right>[a-z]+ | [A-Z]{1,4})(?![^\W\d_])
    """,
    re.VERBOSE,
)
# A line end that no word can stand before or after: "Jane V\n. Roe", "Jane Roe\n-Doe", "Mc\nRoe".
_WITHIN_NAME = re.compile(r"(?<=\w)\n(?=\.|-[A-Z])|(?<=\bMc)\n(?=[A-Z])")
_HYPHEN_AT_WRAP = re.compile(r"(?P<left>[^\W\d_]+)-\s*\n\s*(?P<right>[^\W\d_]+)")
_LONGEST = 400  # characters of a Classified By block that are read
_SUFFIX_AFTER_COMMA = re.compile(r",\s{0,3}((?:JR|SR)\.?|I{2,3}\b|IV\b)", re.IGNORECASE)
_BEFORE_SUFFIX = re.compile(r" (?=(?:jr|sr|iii|ii|iv)\b)", re.IGNORECASE)
_NICKNAME = re.compile(r"(?<=\w) [\"“](\w+)[\"”] (?=[A-Z])")  # William "Bill" Roe
_QUOTED = re.compile(r"'(\w+)'")
_BRACKETED = re.compile(r"\b([\w.'-]+) \(([A-Z][A-Za-z]+)\) (?=([\w'-]+))")  # Jane (Jay) Roe
_BRACKETS = str.maketrans("{}", "()")
_DIGIT_IN_WORD = re.compile(r"(?<=[A-Z])[015](?=[A-Z])|(?<![\w.])0(?=[A-Z])")  # B0HLEN
_AT_STROKE = re.compile(r"\b([A-Za-z]+)/([A-Z](?:[A-Za-z]{2,}\b|\.))")  # DCM/Roe, Roe/DCM


def classified_by(text: str) -> str | None:
    """The person who classified a cable, without office and reason; several joined by " and ".

    `text` is a header, or the Classified By line of one.

    >>> classified_by("Classified By: DCM Jane Roe. Reason 1.4 (b) and (d)")
    'Jane Roe'
    >>> classified_by("CLASSIFIED BY JOHN DOE, AMBASSADOR, REASON 1.5 (D)")
    'JOHN DOE'
    """
    field = read_opening(text).fields.get("classified_by") or _after_label(text)
    return person_of(field)


def _after_label(text: str) -> str:
    """What follows the label of a Classified By line, wherever it stands, in its paragraph."""
    label = next((match for match in _LABEL.finditer(text) if match[0][0].isupper()), None)
    return _NEXT_PARAGRAPH.split(text[label.end() :], maxsplit=1)[0] if label else ""


@lru_cache(4096)  # an officer classifies many cables in the same words
def person_of(field: str) -> str | None:
    """The person, or the persons, named in the content of a Classified By line.

    >>> person_of("AF Karl Roe, Acting, and S/CT DAS Shari Doe; E.O. 12958 reason: 1.4 (b)")
    'Karl Roe and Shari Doe'
    """
    line = _on_one_line(unescape(field))[:_LONGEST].replace("\\", "")
    line = _DIGIT_IN_WORD.sub(lambda digit: digit[0].translate(LETTERS_FOR_DIGITS), line)
    line = _AT_STROKE.sub(_parted, line)
    line = _BRACKETED.sub(_in_braces, _without_reason(line))
    suffix = ", " if _SUFFIX_AFTER_COMMA.search(line) else " "
    line = _SUFFIX_AFTER_COMMA.sub(r" \1", _NICKNAME.sub(r" '\1' ", line))
    name = " and ".join(" ".join(person) for person in persons(line))
    name = _BEFORE_SUFFIX.sub(suffix, name).translate(_BRACKETS)
    return _QUOTED.sub(r'"\1"', name) or None


def _on_one_line(field: str) -> str:
    """A Classified By block on one line; a word that the hard wrap cut is one again."""
    field = _HYPHEN_AT_WRAP.sub(_unhyphenated, _WITHIN_NAME.sub("", field))
    block = f"Classified By: {field}"
    return _HARD_WRAP.sub(_unwrapped, block).replace("\n", " ").removeprefix("Classified By: ")


def _unhyphenated(wrap: re.Match[str]) -> str:
    """The name that a hyphen parts at a line's end: Hart-/ling, Hart-/Roe; offices as they are."""
    left, right = wrap.groups()
    if is_office(left) or is_office(right):
        return wrap[0]
    return left + right if right.islower() else f"{left}-{right}"


def _unwrapped(wrap: re.Match[str]) -> str:
    """The word whose halves stand around a hard wrap; as it is where they are two words."""
    left, right = wrap.groups()
    in_one_case = right.islower() or left.isupper()
    is_half = in_one_case and (len(right) == 1 or not is_office(right))
    return left + right if is_half or _is_name_cut(left, right) else wrap[0]


def _is_name_cut(left: str, right: str) -> bool:
    """Whether two halves make a name of which the first is none: "Wils", "on"."""
    return left.lower() not in known_names() and f"{left}{right}".lower() in known_names()


def _in_braces(bracketed: re.Match[str]) -> str:
    """A nickname in braces, which part no name as brackets do; offices and posts as they are."""
    before, name, after = bracketed.groups()
    if not (is_initials(before) or _is_of_name(before)) or known_post(name):
        return bracketed[0]
    return f"{before} {{{name}}} " if _is_of_name(name) and _is_of_name(after) else bracketed[0]


def _is_of_name(word: str) -> bool:
    """Whether a word beside a nickname can be one of the name's."""
    return word in particles() or (word[0].isupper() and not is_office(word))


def _parted(pair: re.Match[str]) -> str:
    """Turns "DCM/Roe" into "DCM Roe", "Roe/DCM" into "Roe and DCM"; two offices stay together."""
    before, after = pair.groups()
    if after.isupper() and _is_of_department(before):
        return pair[0]
    if before.lower() in known_names() or not (before.isupper() or is_office(before)):
        return f"{before} and {after}"
    return pair[0] if is_office(after) else f"{before} {after}"


def _is_of_department(symbol: str) -> bool:
    """Whether the symbol of an office of the Department begins with a word: S/CT, NEA/ARP."""
    return symbol.isupper() and (len(symbol) == 1 or symbol in listed("state_offices", "aliases"))


def _without_reason(line: str) -> str:
    """What stands before the reasons; after them, where the line begins with these."""
    begin = 3
    section = SECTION.search(line)
    if section and _REASONS_FIRST.fullmatch(line, 0, section.start()):
        line, begin = line[section.end() :], 0
    reason = _REASON.search(line, begin)
    return line[: reason.start()] if reason else line
