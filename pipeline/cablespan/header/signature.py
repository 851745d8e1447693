"""Who signed a cable: surnames on its last line, or after its last sentence."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, takewhile
from typing import NamedTuple

from cablespan.header.ending import end_of_text
from cablespan.header.furniture import RULE, inline_marks, is_furniture, starts
from cablespan.header.posts import known_post
from cablespan.lexicon import load

_LAST = 800  # characters in which a signature lies, with the notes that may follow it
_LAST_LINES = 6  # lines with letters among them
_LONGEST = 50  # characters of a signature
_IN_CAPITALS = r"""
    (?:(?:MC|MAC|MAc|Mc|Mac|DE|LA|DEL|VAN|VON|DER|DI|DA|LE|EL|AL|ST)(?:\.?\ |['.-])?)?
    [A-Z](?:[A-Z]|['’-](?=[A-Z])){1,19}"""
_IN_SMALL_LETTERS = r"(?:Mc|Mac|De|La|Le|Di|Van|O['’])?[A-Z][a-z]{2,19}(?:-[A-Z][a-z]+)?"
# ROE; ROE/MCDOE; J. ROE AND DOE
_NAMES = re.compile(
    rf"""{_IN_CAPITALS}(?:(?:\ [A-Z]\.)?\ {_IN_CAPITALS})?
    (?:\s?(?:/|&|\ AND\ |,)\s?{_IN_CAPITALS}){{0,2}}""",
    re.VERBOSE,
)
# Roe, Jane Roe, ROE Roe
_SMALL_NAMES = re.compile(rf"(?:{_IN_SMALL_LETTERS}|[A-Z]{{3,20}})(?: {_IN_SMALL_LETTERS})?")
_AFTER_SENTENCE = re.compile(
    rf"""[.!?)"]\s{{0,4}}(?:XGDS(?:-\d)?\s|GDS\s|DECONTROL.{{0,20}}\.\s{{0,3}})?
    (?:(?P<names>{_NAMES.pattern})|(?<=\s)(?P<small>{_IN_SMALL_LETTERS}))
    [\s#*\d/-]{{0,14}}$""",
    re.VERBOSE,
)
_NUMBER = re.compile(
    r"^[ \t]*(?:¶?\s{0,2}\d{1,3}\s?[.)]|¶\s?\d{1,3})\s{0,3}(?:\([A-Z/ ]+\))?[ \t]*"
)
_MARKING = re.compile(r"^[ \t]*\((?:U|SBU|C|S|TS|LOU)(?:/[A-Z/ ]+)?\)[ \t]*")
_NOTE_AFTER = re.compile(r"\s{1,9}\(?NOTE(?::| BY\b).{0,300}$")
_BEFORE = re.compile(r"^(?:[-\s*#\"]{1,10}|\(?(?:signed|sgd)\)?[:.]?\s)", re.IGNORECASE)
_AFTER = re.compile(r"[\s#*\d.()-]{1,20}$")
_ACTING = re.compile(r"\s?\((?:ACTING|A|CDA|CHARGE)$")
_REDACTED_END = re.compile(r"(?:X{4,}|x{4,})$")
_FOOT = re.compile(r"\d{4}[A-Z]{3,20}\d{3,7} - ")  # "2007OSLO00012 - Classification: SECRET"
_SEPARATOR = re.compile(r"/|&| AND |,")
_OF_SITES = ("after", "stamp")  # kinds of furniture in sentences, whose words can be names
_SENTENCE_ENDS = frozenset(".!?:;)]\"'”’*-")


class Signature(NamedTuple):
    """Surnames, and the offsets of what is no text because of them; None where all of it is."""

    names: list[str]
    span: tuple[int, int] | None


_NONE = Signature([], None)


class _Line(NamedTuple):
    text: str
    above: str
    offset: int

    @property
    def stands_apart(self) -> bool:
        """Whether no sentence runs from the line above into this one."""
        above = self.above
        ended = not above or above[-1] in _SENTENCE_ENDS or "://" in above
        return (
            ended
            or _REDACTED_END.search(above) is not None
            or is_furniture(above)
            or RULE.match(above) is not None
        )

    @property
    def ends_sentence_above(self) -> bool:
        """Whether a line that does not stand apart is the rest of a sentence in capitals."""
        if self.text.endswith("."):
            return True
        unfinished = self.above.endswith(",") or self.above.split()[-1].lower() in _leading_on()
        return self.above.isupper() and unfinished


@cache
def _no_signers() -> frozenset[str]:
    """Words in capitals that stand at the end of cables and are no names."""
    furniture = (entry["text"] for entry in load("furniture") if entry["kind"] not in _OF_SITES)
    headings = (entry["words"] for entry in load("headings"))
    listed = (entry["word"] for entry in load("header_words") if entry["kind"] == "no_signer")
    references = (entry["word"] for entry in load("references"))
    phrases = (*furniture, *headings, *listed)
    return frozenset((*references, *(w.upper() for phrase in phrases for w in phrase.split())))


@cache
def _leading_on() -> frozenset[str]:
    """Words that no sentence ends with."""
    kinds = ("determiner", "preposition", "conjunction", "auxiliary")
    return frozenset(entry["form"] for entry in load("function_words") if entry["kind"] in kinds)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(entry["name"].lower() for entry in load(name))


def signers(text: str) -> list[str]:
    """The surnames with which a cable ends, as written.

    >>> signers("18. (U) All is well.\\nROE/MCDOE\\n"), signers("It is well. End comment. ROE")
    (['ROE', 'MCDOE'], ['ROE'])
    """
    return signature(text).names


def signature(text: str, start: int = 0, end: int | None = None) -> Signature:
    """The surnames with which `text[start:end]` ends, and their offsets in `text`.

    >>> signature("2. All is well.\\nROE\\nNNNN")
    Signature(names=['ROE'], span=(16, 19))
    """
    end = end_of_text(text, start, len(text) if end is None else end)
    for line in islice(_last_lines(text, max(start, end - _LAST), end), _LAST_LINES):
        signed = _read(line)
        if signed is None:
            continue
        text_before = signed.span and text[start : signed.span[0]].strip()
        return signed if text_before else Signature(signed.names, None)
    return _NONE


def _last_lines(text: str, begin: int, end: int) -> Iterator[_Line]:
    """The lines that can hold a signature, the last one first."""
    raws = text[begin:end].splitlines(True)
    lines = [*takewhile(_is_of_the_cable, map(str.strip, raws))]
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if line and not _is_note(line) and (index == 0 or any(map(str.isalpha, line))):
            offset = begin + sum(map(len, raws[:index])) + raws[index].index(line)
            marks = inline_marks(line)
            if marks and not line.endswith(line[slice(*marks[-1])]):
                offset, line = offset + marks[-1][1], line[marks[-1][1] :]
            yield _Line(line, lines[index - 1] if index else "", offset)


def _is_of_the_cable(line: str) -> bool:
    """Whether a line is not where the words of a web page begin after the cable."""
    return not line.strip("-=*_~# ").startswith(starts("after"))


def _is_note(line: str) -> bool:
    """Whether a line is what may follow a signature: marks, rules, notes."""
    if line.upper().startswith(("NOTE", "(NOTE")) or RULE.match(line) or _FOOT.match(line):
        return True
    return is_furniture(_MARKING.sub("", _NUMBER.sub("", line)))


def _read(line: _Line) -> Signature | None:
    """The signature on a line, an empty one where none can be above; None where one can."""
    if "   " in line.text and line.above[-1:].isdigit():
        return _NONE  # the last row of a table
    note = _NOTE_AFTER.search(line.text)
    line = line._replace(text=line.text[: note.start()]) if note else line
    bare = _ACTING.sub("", _AFTER.sub("", _BEFORE.sub("", line.text)).strip())
    names = _names_in(bare) or (_small_names_in(bare) if line.stands_apart else [])
    if names:
        return _signed_on(line, names)
    after = _AFTER_SENTENCE.search(line.text)
    if after:
        return _signed_after_sentence(line, after)
    return _NONE if len(line.text) > 30 or line.text[-1:] in ".:" else None


def _signed_on(line: _Line, names: list[str]) -> Signature:
    if line.stands_apart and not line.text.endswith("."):
        return Signature(names, (line.offset, line.offset + len(line.text)))
    return _NONE if not line.stands_apart and line.ends_sentence_above else Signature(names, None)


def _signed_after_sentence(line: _Line, after: re.Match[str]) -> Signature:
    group = "names" if after["names"] else "small"
    names = _names_in(after[group]) or _small_names_in(after[group])
    span = (line.offset + after.start(group), line.offset + len(line.text))
    return Signature(names, span) if names else _NONE


def _names_in(line: str) -> list[str]:
    """The surnames in capitals that a line consists of."""
    if not 2 <= len(line) <= _LONGEST or not _NAMES.fullmatch(line):
        return []
    names = [_once(name.strip()) for name in _SEPARATOR.split(line)]
    if any(len(name) < 2 or set(name) == {"X"} for name in names):  # X's: taken out
        return []
    words = (word.upper() for name in names for word in name.split())
    return [] if any(word in _no_signers() for word in words) else names


def _small_names_in(line: str) -> list[str]:
    """The surname in small letters that a line consists of, with a given name or doubled."""
    if not _SMALL_NAMES.fullmatch(line) or line.isupper():
        return []
    first, *others = _once(line).split()
    if others and first.lower() not in _listed("given_names"):
        return []
    surname = others[-1] if others else first
    return [surname] if _can_be_surname(surname) else []


def _can_be_surname(word: str) -> bool:
    if word.upper() in _no_signers() or known_post(word) or word.lower() in _listed("countries"):
        return False
    word = word.lower()
    return word in _listed("surnames") or word not in _listed("common_words")


def _once(name: str) -> str:
    """A name that stands twice, once: "ROE ROE"."""
    words = name.split()
    return words[0] if len({word.upper() for word in words}) == 1 else name
