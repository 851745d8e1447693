"""The person who classified a cable: the name among the offices of a Classified By line."""

import re
from functools import lru_cache
from itertools import dropwhile
from typing import NamedTuple

from cablespan.header.classification import SECTION
from cablespan.header.offices import is_office, office_words, particles
from cablespan.header.offices import names as known_names
from cablespan.header.opening import read_opening
from cablespan.header.posts import is_country, known_post
from cablespan.header.prose import within_titles

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
        (?:sec|e\.?\s?o\b|executive|1\s?[.,]|para|follow)     # under section 1.4
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
_PARTS = re.compile(
    r"""[,;:()\[\]"] | \s[-–—]{1,2}\s | --
    | (?<!JR)(?<!Jr)(?<!SR)(?<!Sr)(?<!\b[A-Z])\.\s{2,}        # the end of a sentence
    | (?<=[a-z]{3})\.\s""",
    re.VERBOSE,
)
_INITIALS = re.compile(r"(?:[A-Z]\.){1,3}[A-Z]?|[A-Z]|0\.")
_AND = re.compile(r"\s(?:AND|&)\s", re.IGNORECASE)
# From column 68 on a line end may fall within a word.
_HARD_WRAP = re.compile(
    r"""
    (?<!\S)(?P<left>[A-Z]\S*)(?<=[^\n]{68}) \n
    (?P<right>[a-z]+ | [A-Z]{1,4})(?![^\W\d_])
    """,
    re.VERBOSE,
)
_LONGEST = 400  # characters of a Classified By block that are read
_SUFFIX = re.compile(r"(?:JR|SR)\.?|I{2,3}|IV", re.IGNORECASE)
_SUFFIX_AFTER_COMMA = re.compile(r",\s{0,3}((?:JR|SR)\.?|I{2,3}\b|IV\b)", re.IGNORECASE)
_BEFORE_SUFFIX = re.compile(r" (?=(?:jr|sr|iii|ii|iv)\b)", re.IGNORECASE)
_PARTICLE_AND_NAME = re.compile(r"(?:[a-z]['’]|([a-z]{2,3})-?)[A-Z][a-z]")
_NICKNAME = re.compile(r"(?<=\w) [\"“](\w+)[\"”] (?=[A-Z])")  # William "Bill" Roe
_QUOTED = re.compile(r"'(\w+)'")
_BRACKETED = re.compile(r"\b([\w.'-]+) \(([A-Z][A-Za-z]+)\) (?=([\w'-]+))")  # Jane (Jay) Roe
_BRACKETS = str.maketrans("{}", "()")
_DIGIT_IN_WORD = re.compile(r"(?<=[A-Z])[015](?=[A-Z])|(?<![\w.])0(?=[A-Z])")  # B0HLEN
_LETTERS = {"0": "O", "1": "I", "5": "S"}
_OFFICE_AND_NAME = re.compile(r"\b([A-Za-z]+)/([A-Z][A-Za-z]{2,})\b")  # DCM/Roe


def _is_place(words: list[str]) -> bool:
    name = " ".join(words).lower()
    return bool(known_post(name)) or is_country(name)


def _on_one_line(field: str) -> str:
    """A Classified By block on one line; a word that the hard wrap cut is one again."""
    block = f"Classified By: {field}"
    return _HARD_WRAP.sub(_one_word, block).replace("\n", " ").removeprefix("Classified By: ")


def _one_word(wrap: re.Match[str]) -> str:
    """The word whose halves stand around a hard wrap; as it is where they are two words."""
    left, right = wrap.groups()
    in_one_case = right.islower() or left.isupper()
    is_half = in_one_case and (len(right) == 1 or not is_office(right))
    return left + right if is_half else wrap[0]


def classified_by(text: str) -> str | None:
    """The person who classified a cable, without office and reason; several joined by " and ".

    `text` is a header, or the Classified By line of one.

    >>> classified_by("Classified By: DCM Jane Roe. Reason 1.4 (b) and (d)")
    'Jane Roe'
    >>> classified_by("CLASSIFIED BY JOHN DOE, AMBASSADOR, REASON 1.5 (D)")
    'JOHN DOE'
    """
    field = read_opening(text).fields.get("classified_by") or _told_in(text)
    return person_of(field)


def _told_in(text: str) -> str:
    """What follows the label of a Classified By line wherever it stands, to the paragraph's end."""
    label = next((match for match in _LABEL.finditer(text) if match[0][0].isupper()), None)
    return _NEXT_PARAGRAPH.split(text[label.end() :], maxsplit=1)[0] if label else ""


@lru_cache(4096)  # an officer classifies many cables in the same words
def person_of(field: str) -> str | None:
    """The person, or the persons, named in the content of a Classified By line.

    >>> person_of("AF Karl Roe, Acting, and S/CT DAS Shari Doe; E.O. 12958 reason: 1.4 (b)")
    'Karl Roe and Shari Doe'
    """
    line = _without_reason(_mended(_on_one_line(field)[:_LONGEST]))
    line = _BRACKETED.sub(_in_braces, line)
    suffix = ", " if _SUFFIX_AFTER_COMMA.search(line) else " "
    line = _SUFFIX_AFTER_COMMA.sub(r" \1", _NICKNAME.sub(r" '\1' ", line))
    name = " and ".join(" ".join(person) for person in _persons(line))
    name = _BEFORE_SUFFIX.sub(suffix, name).translate(_BRACKETS)
    return _QUOTED.sub(r'"\1"', name) or None


def _in_braces(bracketed: re.Match[str]) -> str:
    """A nickname in braces, which part no name as brackets do; offices and posts as they are."""
    before, name, after = bracketed.groups()
    if not (_INITIALS.fullmatch(before) or _is_of_name(before)) or known_post(name):
        return bracketed[0]
    return f"{before} {{{name}}} " if _is_of_name(name) and _is_of_name(after) else bracketed[0]


def _is_of_name(word: str) -> bool:
    """Whether a word beside a nickname can be one of the name's."""
    return word in particles() or (word[0].isupper() and not is_office(word))


def _mended(line: str) -> str:
    """A line with letters where digits stand for them, and offices apart from names."""
    line = _DIGIT_IN_WORD.sub(lambda digit: _LETTERS[digit[0]], line.replace("\\", ""))
    return _OFFICE_AND_NAME.sub(_apart, line)


def _apart(pair: re.Match[str]) -> str:
    """Makes "DCM/Roe" to "DCM Roe"; two offices around a stroke stay together."""
    office, name = pair.groups()
    return pair[0] if is_office(name) else f"{office} {name}"


def _without_reason(line: str) -> str:
    """What stands before the reasons; after them, where the line begins with these."""
    begin = 3
    section = SECTION.search(line)
    if section and _REASONS_FIRST.fullmatch(line, 0, section.start()):
        line, begin = line[section.end() :], 0
    reason = _REASON.search(line, begin)
    return line[: reason.start()] if reason else line


def _persons(line: str) -> list[list[str]]:
    """The names of the persons in a line, each as its words."""
    first, *others = (_person(piece, least=2) for piece in _AND.split(line))
    if first and any(others):
        return [first, *filter(None, others)]
    alone = _person(line, least=2) or _person(line, least=1)
    return [alone] if alone else []


def _person(line: str, least: int) -> list[str] | None:
    """The first run of at least `least` names in a line that is no post's."""
    runs = (run for part in _PARTS.split(line) for run in reversed(_name_runs(part)))
    return next((_trimmed(run) for run in runs if _is_person(run, least)), None)


class _Word(NamedTuple):
    """A word as written, without the signs around it, and the words that follow."""

    text: str
    bare: str
    following: list[str]

    @property
    def is_leading_office(self) -> bool:
        """Whether a word is A.I. before a given and a family name, not before one name alone."""
        return len(self.following) > 1 and self.text.lower().strip(",") in office_words("leading")

    @property
    def is_initial(self) -> bool:
        """Whether a name goes on after a letter or two with full stops."""
        if self.is_leading_office or not self.following or not _INITIALS.fullmatch(self.text):
            return False
        following = self.following[0]
        return _INITIALS.fullmatch(following) is not None or not is_office(following)

    @property
    def is_particle(self) -> bool:
        """Whether a word is "van" or "de"."""
        return self.bare.lower() in particles()

    @property
    def can_be_name(self) -> bool:
        """Whether a word has a capital, after a particle too, and belongs to no office."""
        capital = self.bare.lstrip("{")[:1].isupper() or _has_particle(self.bare)
        return capital and not (self.is_leading_office or is_office(self.bare))


def _has_particle(word: str) -> bool:
    """Whether a surname is written in one with its particle: "al-Roe", "deRoe", "d'Roe"."""
    match = _PARTICLE_AND_NAME.match(word)
    return match is not None and (match[1] is None or match[1] in particles())


def _name_runs(part: str) -> list[list[str]]:
    """The runs of words that can be names, between words of offices."""
    runs: list[list[str]] = [[]]
    words = part.split()
    for index, text in enumerate(words):
        word = _Word(text, text.strip("\"'`*."), words[index + 1 :])
        written = _written_in_name(word, runs[-1])
        if written:
            runs[-1].append(written)
        else:
            runs[-1] = _without_topic(runs[-1], words[:index])
            runs.append([])
    runs[-1] = _without_topic(runs[-1], words)
    return runs


def _without_topic(run: list[str], words: list[str]) -> list[str]:
    """A run at the end of words without what the office before it is for: "Envoy for Climate Change
    Paul Roe"."""
    before = words[: len(words) - len(run)]
    if not run or not before or before[-1].lower() not in within_titles():
        return run
    name = [*dropwhile(_is_no_name, run)]
    return name if len(name) > 1 else run


def _is_no_name(word: str) -> bool:
    return len(word) > 2 and word.lower() not in known_names()


def _written_in_name(word: _Word, run: list[str]) -> str | None:
    """A word as a name has it after the words of a run; None where it belongs to no name."""
    if word.is_initial or (run and word.is_particle):
        return word.text
    if run and _is_surname(word, run[-1]):
        return word.bare
    return word.text.strip('"`*') if word.can_be_name else None


def _is_surname(word: _Word, before: str) -> bool:
    """Whether a word that could belong to an office ends a name.

    It does after an initial, or where surnames are such words.
    """
    return len(before.strip(".")) == 1 or word.bare.lower() in office_words("surname")


def _is_person(run: list[str], least: int) -> bool:
    """Whether a run has enough names, and is no single initial and no post's name."""
    names = [word for word in run if not _SUFFIX.fullmatch(word)]
    if len(names) < least or len("".join(names)) < 3:
        return False
    return known_post("".join(names)) is None


def _trimmed(run: list[str]) -> list[str]:
    """A run without the place or the office before the name and without signs after it."""
    *names, last = _without_abbreviation(_without_place(run))
    return [*names, last if last.lower() in ("jr.", "sr.") else last.rstrip(".'")]


def _without_abbreviation(run: list[str]) -> list[str]:
    """A run without an office's letters before a name in small ones: "DATT Jane Roe"."""
    name = [*dropwhile(_is_abbreviation, run)]
    in_small_letters = len(name) > 1 and not any(map(_is_in_capitals, name))
    return name if in_small_letters else run


def _is_abbreviation(word: str) -> bool:
    return _is_in_capitals(word) and word.isalpha()


def _is_in_capitals(word: str) -> bool:
    return len(word.strip(".")) > 1 and word.isupper()


def _without_place(run: list[str]) -> list[str]:
    """A run without the place before it, where two full words or more stand after that."""
    places = (length for length in range(1, len(run) - 1) if _is_place(run[:length]))
    after_place = run[max(places, default=0) :]
    initials = sum(len(word.strip(".")) == 1 for word in after_place)
    return after_place if len(after_place) - initials > 1 else run
