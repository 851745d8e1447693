"""The person who classified a cable: the name among the offices of a Classified By line."""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from itertools import dropwhile
from typing import NamedTuple

from cablespan.header.classification import SECTION
from cablespan.header.offices import is_office, known_names, office_words, particles
from cablespan.header.opening import read_opening
from cablespan.header.posts import is_country, known_post
from cablespan.header.prose import within_titles
from cablespan.lexicon import lowered

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
_AND_OR_COMMA = re.compile(rf"{_AND.pattern}|,", re.IGNORECASE)
# From column 68 on a line end may fall within a word.
_HARD_WRAP = re.compile(
    r"""
    (?<!\S)(?P<left>[A-Z]\S*)(?<=[^\n]{68}) \n
    (?P<right>[a-z]+ | [A-Z]{1,4})(?![^\W\d_])
    """,
    re.VERBOSE,
)
_HYPHEN_AT_WRAP = re.compile(r"(?P<left>[^\W\d_]+)-\s*\n\s*(?P<right>[^\W\d_]+)")
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
_AT_STROKE = re.compile(r"\b([A-Za-z]+)/([A-Z][A-Za-z]{2,})\b")  # DCM/Roe, Roe/DCM


def _is_place(words: list[str]) -> bool:
    name = " ".join(words).lower()
    return bool(known_post(name)) or is_country(name)


def _on_one_line(field: str) -> str:
    """A Classified By block on one line; a word that the hard wrap cut is one again."""
    block = f"Classified By: {_HYPHEN_AT_WRAP.sub(_joined, field)}"
    return _HARD_WRAP.sub(_one_word, block).replace("\n", " ").removeprefix("Classified By: ")


def _joined(wrap: re.Match[str]) -> str:
    """The name that a hyphen parts at a line's end: Hart-/ling, Hart-/Roe; offices as they are."""
    left, right = wrap.groups()
    if is_office(left) or is_office(right):
        return wrap[0]
    return left + right if right.islower() else f"{left}-{right}"


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
    line = _without_reason(_mended(_on_one_line(unescape(field))[:_LONGEST]))
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
    """A line with letters where digits stand for them, and offices and persons apart."""
    line = _DIGIT_IN_WORD.sub(lambda digit: _LETTERS[digit[0]], line.replace("\\", ""))
    return _AT_STROKE.sub(_apart, line)


def _apart(pair: re.Match[str]) -> str:
    """Makes "DCM/Roe" to "DCM Roe", "Roe/DCM" to "Roe and DCM"; two offices stay together."""
    before, after = pair.groups()
    is_name = before.lower() in known_names() or not (before.isupper() or is_office(before))
    if is_name:
        return f"{before} and {after}"
    return pair[0] if is_office(after) else f"{before} {after}"


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
    introduced = _with_given(filter(None, map(_introduced, _AND_OR_COMMA.split(line))))
    first, *others = (_person(piece, least=2) for piece in _AND.split(line))
    joined = [first, *filter(None, others)] if first and any(others) else []
    if joined or len(introduced) > 1:
        return max(joined, introduced, key=len)
    alone = _person(line, least=2) or _person(line, least=1)
    return [alone] if alone else []


def _introduced(part: str) -> list[str] | None:
    """The name that all of a part is but the office before it: "Econ Chief Jane Roe"."""
    words, name = part.split(), _name_runs(part)[-1]
    is_whole = words and is_office(words[0]) and words[-len(name) :] == name
    return _trimmed(name) if is_whole and _is_person(name, least=2) else None


def _with_given(names: Iterable[list[str]]) -> list[list[str]]:
    """The first name and those after it that begin with a given name, which no place does."""
    first, *others = [*names] or [[]]
    return [first, *(name for name in others if _is_given(name[0]))]


def _is_given(word: str) -> bool:
    return word.lower() in lowered("given_names", "name")


def _person(line: str, least: int) -> list[str] | None:
    """The first run of at least `least` names in a line that is no post's."""
    runs = (run for part in _PARTS.split(line) for run in reversed(_name_runs(part)))
    return next((_trimmed(run) for run in runs if _is_person(run, least)), None)


class _Word(NamedTuple):
    """A word as written, without the signs around it, and the words around it."""

    text: str
    bare: str
    before: str
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
        if _INITIALS.fullmatch(following) or not is_office(following):
            return True
        if not _can_be_surname(following):
            return False
        is_last = len(self.following) == 1 and self.text.endswith(".")
        return is_last or (self.before != "" and not is_office(self.before))

    @property
    def is_particle(self) -> bool:
        """Whether a word is "van" or "de"."""
        return self.bare.lower() in particles()

    @property
    def can_be_name(self) -> bool:
        """Whether a word has a capital, after a particle too, and belongs to no office."""
        capital = self.bare.lstrip("{")[:1].isupper() or _has_particle(self.bare)
        return capital and not (self.is_leading_office or is_office(self.bare))

    @property
    def is_given(self) -> bool:
        """Whether a place is a given name: behind an office, with but a surname to follow."""
        if self.bare.lower() not in office_words("given_too") or not self.follows_office:
            return False
        *initials, surname = _without_suffix(self.following) or [""]
        is_surname = _can_be_surname(surname) or not is_office(surname)
        return surname[:1].isupper() and is_surname and all(map(_INITIALS.fullmatch, initials))

    @property
    def follows_office(self) -> bool:
        """Whether a word stands first or behind an office, in no phrase of a place: "for South"."""
        before = self.before.lower()
        in_phrase = before in within_titles() or _is_place([before]) or _can_be_surname(before)
        return not before or (is_office(before) and not in_phrase)


def _can_be_surname(word: str) -> bool:
    """Whether a word that looks like an office is a surname, or two with a hyphen are."""
    *halves, last = word.strip(".,").lower().split("-")
    surnames = office_words("surname", "rare_surname")
    return last in surnames or any(half in surnames for half in halves)


def _has_particle(word: str) -> bool:
    """Whether a surname is written in one with its particle: "al-Roe", "deRoe", "d'Roe"."""
    match = _PARTICLE_AND_NAME.match(word)
    return match is not None and (match[1] is None or match[1] in particles())


def _name_runs(part: str) -> list[list[str]]:
    """The runs of words that can be names, between words of offices."""
    runs: list[list[str]] = [[]]
    words = part.split()
    for index, text in enumerate(words):
        before = words[index - 1] if index else ""
        word = _Word(text, text.strip("\"'`*."), before, words[index + 1 :])
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
    if run and _is_surname(word, run):
        return word.bare
    can_be_name = word.can_be_name or (not run and word.is_given)
    return word.text.strip('"`*') if can_be_name else None


def _is_surname(word: _Word, run: list[str]) -> bool:
    """Whether a word that could belong to an office ends a name.

    It does after an initial, or where surnames are such words; where few are, after given names
    alone, or after one word at a part's end that can be a given name.
    """
    is_after_initial = len(run[-1].strip(".")) == 1 and word.bare[:1].isupper()
    if is_after_initial or word.bare.lower() in office_words("surname"):
        return True
    in_one_case = word.bare.isupper() == run[-1].isupper() and word.bare[:1].isupper()
    if not in_one_case or not _can_be_surname(word.bare):
        return False
    can_end = _is_double(word.bare) or (len(run) == 1 and not _is_family(run[0]))
    return (can_end and not word.following) or all(map(_is_before_surname, run))


def _is_family(word: str) -> bool:
    return word.lower() in lowered("surnames", "name")


def _is_double(word: str) -> bool:
    """Whether a word with a hyphen is more than an office: Hart-White."""
    return "-" in word and not all(map(is_office, word.split("-")))


def _is_before_surname(word: str) -> bool:
    return bool(_INITIALS.fullmatch(word)) or _is_given(word)


def _is_person(run: list[str], least: int) -> bool:
    """Whether a run has enough names, and is no single initial and no post's name."""
    names = _without_suffix(run)
    if len(names) < least or len("".join(names)) < 3:
        return False
    return known_post("".join(names)) is None


def _without_suffix(words: list[str]) -> list[str]:
    return [word for word in words if not _SUFFIX.fullmatch(word)]


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
    names = [word for word in _without_suffix(after_place) if len(word.strip(".")) > 1]
    return after_place if len(names) > 1 else run
