"""The names of persons in a line that has their offices, too."""

import re
from itertools import dropwhile
from typing import NamedTuple

from cablespan.header.offices import is_office, known_names, office_words, particles
from cablespan.header.posts import is_country, known_post
from cablespan.header.prose import within_titles
from cablespan.lexicon import lowered

_PARTS = re.compile(
    r"""[,;:()\[\]"] | \s[-–—]{1,2}\s | --
    | (?<!JR)(?<!Jr)(?<!SR)(?<!Sr)(?<!\b[A-Z])\.\s{2,}        # the end of a sentence
    | (?<=[a-z]{3})\.\s""",
    re.VERBOSE,
)
_INITIALS = re.compile(r"(?:[A-Z]\.){1,3}[A-Z]?|[A-Z]|0\.")
_AND = re.compile(r"\s(?:AND|&)\s", re.IGNORECASE)
_AND_OR_COMMA = re.compile(rf"{_AND.pattern}|,", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:JR|SR)\.?|I{2,3}|IV", re.IGNORECASE)
_PARTICLE_AND_NAME = re.compile(r"(?:[a-z]['’]|([a-z]{2,3})-?)[A-Z][a-z]")


def persons(line: str) -> list[list[str]]:
    """The names of the persons in a line, each as its words.

    >>> persons("DCM Jane Roe and Acting Econ Chief John R. Doe")
    [['Jane', 'Roe'], ['John', 'R.', 'Doe']]
    """
    several = max(_parted_by_and(line), _introduced_by_offices(line), key=len)
    if len(several) > 1:
        return several
    alone = _person(line, least=2) or _person(line, least=1)
    return [alone] if alone else []


def _parted_by_and(line: str) -> list[list[str]]:
    """A name of each part of a line between "and"; none where the first part has none."""
    first, *others = (_person(part, least=2) for part in _AND.split(line))
    return [first, *filter(None, others)] if first else []


def _introduced_by_offices(line: str) -> list[list[str]]:
    """The names after offices that make up parts of a line; those after the first begin with a
    given name, which no place does."""
    names = [*filter(None, map(_introduced, _AND_OR_COMMA.split(line)))]
    return names[:1] + [name for name in names[1:] if _is_given(name[0])]


def _introduced(part: str) -> list[str] | None:
    """The name that all of a part is but the office before it: "Econ Chief Jane Roe"."""
    words, name = part.split(), _name_runs(part)[-1]
    is_whole = words and is_office(words[0]) and words[-len(name) :] == name
    return _trimmed(name) if is_whole and _is_person(name, least=2) else None


def is_initials(word: str) -> bool:
    """Whether a word is a letter or more with full stops, or a letter alone.

    >>> is_initials("J.R."), is_initials("J"), is_initials("Jr.")
    (True, True, False)
    """
    return _INITIALS.fullmatch(word) is not None


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
        if self.is_leading_office or not self.following or not is_initials(self.text):
            return False
        following = self.following[0]
        if is_initials(following) or not is_office(following):
            return True
        if not _can_be_surname(following):
            return False
        is_last = len(self.following) == 1 and self.text.endswith(".")
        return is_last or (self.before != "" and not is_office(self.before))

    @property
    def can_be_name(self) -> bool:
        """Whether a word has a capital, after a particle too, and belongs to no office."""
        capital = self.bare.lstrip("{")[:1].isupper() or _has_particle(self.bare)
        return capital and not (self.is_leading_office or is_office(self.bare))

    @property
    def is_given(self) -> bool:
        """Whether a place is a given name: after an office, and only a surname follows."""
        if self.bare.lower() not in office_words("given_too") or not self.follows_office:
            return False
        *initials, surname = _without_suffix(self.following) or [""]
        is_surname = _can_be_surname(surname) or not is_office(surname)
        return surname[:1].isupper() and is_surname and all(map(is_initials, initials))

    @property
    def follows_office(self) -> bool:
        """Whether a word stands first or after an office, in no phrase of a place: "for South"."""
        before = self.before.lower()
        in_phrase = before in within_titles() or _is_place(before) or _can_be_surname(before)
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
    if word.is_initial or (run and word.bare.lower() in particles()):
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
    if word.bare.lower() in office_words("surname"):
        return True
    if not word.bare[:1].isupper():
        return False
    if len(run[-1].strip(".")) == 1:
        return True
    if word.bare.isupper() != run[-1].isupper() or not _can_be_surname(word.bare):
        return False
    if all(map(_is_before_surname, run)):
        return True
    if word.following:
        return False
    is_after_given = len(run) == 1 and run[0].lower() not in lowered("surnames", "name")
    return is_after_given or _is_double(word.bare)


def _is_double(word: str) -> bool:
    """Whether a word with a hyphen is more than an office: Hart-White."""
    return "-" in word and not all(map(is_office, word.split("-")))


def _is_before_surname(word: str) -> bool:
    return is_initials(word) or _is_given(word)


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


def _is_place(name: str) -> bool:
    return known_post(name.lower()) is not None or is_country(name)


def _without_place(run: list[str]) -> list[str]:
    """A run without the place before it, where two full words or more stand after that."""
    places = (length for length in range(1, len(run) - 1) if _is_place(" ".join(run[:length])))
    after_place = run[max(places, default=0) :]
    names = [word for word in _without_suffix(after_place) if len(word.strip(".")) > 1]
    return after_place if len(names) > 1 else run
