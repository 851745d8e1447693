"""Who signed a cable: surnames on its last line, or after its last sentence."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, takewhile
from typing import NamedTuple

from cablespan.header.alternatives import any_of
from cablespan.header.ending import end_of_text
from cablespan.header.furniture import RULE, beginnings, inline_marks, is_furniture
from cablespan.header.portions import PORTION_CLASSES
from cablespan.header.posts import known_post
from cablespan.header.prose import has_common_word, within_sentences
from cablespan.lexicon import listed, load, lowered

_LAST = 800  # characters in which a signature lies, with the notes that may follow it
_LAST_LINES = 6  # lines with letters among them
_SHORT = 30  # characters of a line that was not wrapped
_LONGEST = 50  # characters of a signature
_IN_CAPITALS = r"""
    (?:(?:MC|MAC|MAc|Mc|Mac|DE|LA|DEL|VAN|VON|DER|DI|DA|LE|EL|AL|ST)(?:\.?\ |['.-])?
      | (?:De|La|Le|Di|Du|Van|Von|Fitz)(?=[A-Z]{3}))?
    [A-Z](?:[A-Z]|['’-](?=[A-Z])){1,19}"""
_IN_SMALL_LETTERS = r"(?:Mc|Mac|De|La|Le|Di|Van|O['’])?[A-Z][a-z]{2,19}(?:-[A-Z][a-z]+)?"
# ROE; ROE/MCDOE; J. ROE AND DOE
_NAMES = re.compile(
    rf"""{_IN_CAPITALS}(?:(?:\ [A-Z]\.)?\ {_IN_CAPITALS})?
    (?:\s?(?:/|&|\ AND\ |,)\s?{_IN_CAPITALS}){{0,2}}""",
    re.VERBOSE,
)
# Roe, Jane Roe, Jane R. Roe, ROE Roe
_FIRST_NAME = rf"(?:{_IN_SMALL_LETTERS}|[A-Z]{{3,20}})"
_ONE_WORD = re.compile(rf"{_IN_SMALL_LETTERS}|{_IN_CAPITALS}", re.VERBOSE)
_SENTENCE_END = re.compile(r"[.!?][)\"”]?$|\bEND (?:OF )?[A-Z]+$", re.IGNORECASE)
_INITIALS = r"(?:\ [A-Z]\.){0,2}"
_PARTICLE = r"(?:[Vv][ao]n\ (?:[Dd]e[nr]\ )?)?"
_SMALL_NAMES = re.compile(
    rf"{_PARTICLE}{_IN_SMALL_LETTERS}|{_FIRST_NAME}(?:{_INITIALS}\ {_IN_SMALL_LETTERS})?"
)
_INITIAL_AT_END = re.compile(r"\s[A-Z]\.$")  # no sentence ends with it, as with "U.S."
# Marks of handling beside a signature: XGDS-1, GP-4, DECONTROL JUNE 5, 1975
_HANDLING = r"(?:X?GDS(?:[ -]?\d)?|GP[ -]?\d|DECONTROL\b[^.\n]{0,40}|DECLAS(?:SIFY)?\b[^.\n]{0,20})"
_HANDLING_BEFORE = r"(?:X?GDS|GP)(?:[\ -]?\d)?\.?\s{1,4}"
_HANDLING_ALONE = re.compile(rf"{_HANDLING}\.?")
_UNQUOTE = r"\bUNQ(?:UO)?TE\b"
_AFTER_SENTENCE = re.compile(
    rf"""(?:(?<!\s[A-Z])\.|[!?)"]|{_UNQUOTE}|\*{{4}}|[Xx]{{4}}|(?i:END\ TEXT)|MINIMIZE\ CONSIDERED)
    \s{{0,4}}\#?(?!X+\b)
    (?:{_HANDLING_BEFORE} | DECONTROL.{{0,40}}\.\s{{0,3}} | {_UNQUOTE}\s{{1,4}})?
    (?:(?P<names>{_NAMES.pattern})|(?<=\s)(?P<small>{_SMALL_NAMES.pattern}))
    [\s#*\d/-]{{0,14}}$""",
    re.VERBOSE,
)
_MARKING = re.compile(rf"^[ \t]*\((?:{PORTION_CLASSES})(?:/[A-Z/ ]+)?\)[ \t]*")
_NOTE_AFTER = re.compile(r"\s{1,9}\(?NOTE(?::| BY\b).{0,300}$")
_BEFORE = re.compile(
    rf"""^(?:[-\s*#"]{{1,10}} | \(?(?:signed|sgd)\)?[:.]?\s | signature:\s
      | {_HANDLING_BEFORE}
      | (?:[A-Z]\.\s?){{1,2}}(?=[A-Z]{{2}}))                              # initials
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AFTER = re.compile(r"(?!/\d)[\s#*\d.()/\"-]{1,20}$")  # a clerk signs LFM/14
_ACTING = re.compile(r"(?:\s?\(A|(?:\s?\(|,\s?)(?:ACTING|CDA|CHARGE))$")
_HANDLING_AFTER = re.compile(rf"(?<=[A-Z]{{2}})\s{{1,9}}{_HANDLING}\.?$")
# Signs and words around a name, in this order.
_AROUND_NAME = (_BEFORE, _HANDLING_AFTER, _AFTER, _ACTING)
# An address, a redaction, the end of a quotation, a rule.
_NO_SENTENCE = re.compile(rf"://|(?:X{{4,}}|x{{4,}})$|{_UNQUOTE}$|{RULE.pattern}")
_ADDRESS = re.compile(r"(?:@|://|\bwww\.)\S+$", re.IGNORECASE)
_ROW = re.compile(r"\s{3,}[\d.,%]+\s{3,}[\d.,%]+$")  # the last row of a table
_SEPARATOR = re.compile(r"/|&| AND |,")
_OF_SITES = ("after", "stamp")  # kinds of furniture in sentences, whose words can be names
_STOPS = (".", "!", "?")
_SENTENCE_ENDS = frozenset(".!?:;)]\"'”’*-")


class Signature(NamedTuple):
    """Surnames, and the offsets of what is no text because of them; None where all of it is."""

    names: list[str]
    span: tuple[int, int] | None


_NONE = Signature([], None)


class _Line(NamedTuple):
    text: str
    above: str  # what stands above it, another signer apart
    offset: int
    last_above: str  # the last line above that is not blank

    @property
    def stands_apart(self) -> bool:
        """Whether no sentence runs from the line above into this one."""
        if _INITIAL_AT_END.search(self.above):
            return False
        if not self.above or self.above[-1] in _SENTENCE_ENDS:
            return True
        if self.above.upper() == self.text.upper():  # the author's signature, then the operator's
            return True
        return _NO_SENTENCE.search(self.above) is not None or is_furniture(self.above)

    @property
    def ends_sentence_above(self) -> bool:
        """Whether a line that does not stand apart is the rest of a sentence in capitals."""
        if self.text.endswith("."):
            return True
        if not self.above.isupper():
            return False
        if self.above.endswith(",") or _INITIAL_AT_END.search(self.above):
            return True
        return self.above.split()[-1].lower() in within_sentences()


@cache
def _office() -> re.Pattern[str]:
    """The office of one who signs: "AMBASSADOR", "Acting DCM", "Charge d'Affaires, a.i."."""
    office = any_of(listed("header_words", "word", "signing_office"))
    return re.compile(
        rf"(?:ACTING )?(?:{office})(?:,? (?:A\.?I\.?|AD INTERIM))?",
        re.IGNORECASE,
    )


@cache
def _beside_name() -> re.Pattern[str]:
    office = _office().pattern
    return re.compile(rf"^{office}\s{{1,4}}(?=\S)|(?:,\s?|\s?\(){office}$", re.IGNORECASE)


@cache
def _below() -> re.Pattern[str]:
    """Lines below a signature that are no text: the office, "END CABLE TEXT"."""
    others = any_of(listed("header_words", "word", "after_signature"))
    line = rf"(?:{_office().pattern}|{others})"
    return re.compile(rf"(?:[ \t.,#]*\n\s{{0,40}}{line}[ \t.]*(?=\n|\Z)){{1,3}}", re.IGNORECASE)


@cache
def _no_signers() -> frozenset[str]:
    """Words in capitals that stand at the end of cables and are no names."""
    furniture = (entry["text"] for entry in load("furniture") if entry["kind"] not in _OF_SITES)
    headings, others = listed("headings", "words"), listed("header_words", "word", "no_signer")
    words = " ".join((*furniture, *headings, *others)).upper().split()
    return listed("references", "word").union(words)


def signers(text: str) -> list[str]:
    r"""The surnames with which a cable ends, as written.

    >>> signers("18. (U) All is well.\nROE/MCDOE\n"), signers("It is well. End comment. ROE")
    (['ROE', 'MCDOE'], ['ROE'])
    """
    return signature(text).names


def signature(text: str, start: int = 0, end: int | None = None) -> Signature:
    r"""The surnames with which `text[start:end]` ends, and their offsets in `text`.

    >>> signature("2. All is well.\nROE\nNNNN")
    Signature(names=['ROE'], span=(16, 19))
    """
    end = end_of_text(text, start, len(text) if end is None else end)
    lines = islice(_last_lines(text, max(start, end - _LAST), end), _LAST_LINES)
    signed = next(filter(None, map(_read, lines)), _NONE)
    if signed.span is None:
        return signed
    begin = _before_doubles(text, start, signed.span)
    other, begin = _signed_above(text, start, begin)
    names = [*other, *signed.names]
    text_before = text[start:begin].strip()
    below = _below().match(text, signed.span[1], end)
    signed_end = below.end() if below else signed.span[1]
    return Signature(names, (begin, signed_end) if text_before else None)


def _before_doubles(text: str, start: int, span: tuple[int, int]) -> int:
    """Where a signature begins that stands on two lines or more, as the operator repeated it."""
    first = max(start, span[0] - _LAST)
    signed = text[slice(*span)].rstrip(" #").lower()
    begin = span[0]
    above, line_end, line = text[first:begin].rstrip().rpartition("\n")
    while line_end and line.strip(" \t").lower() == signed:
        begin = first + len(above)
        above, line_end, line = above.rstrip().rpartition("\n")
    return begin


def _signed_above(text: str, start: int, begin: int) -> tuple[list[str], int]:
    """The other signer on a line between the last sentence and a signature, and where that line
    begins; none and `begin` where no name stands there."""
    first = max(start, begin - _LAST)
    above, _, line = text[first:begin].rstrip().rpartition("\n")
    names = _other_signers(line.strip(), above.rstrip())
    return names, first + len(above) + 1 if names else begin


def _other_signers(line: str, above: str) -> list[str]:
    """The surnames that a line below a sentence consists of, where a signature follows it."""
    if not above.endswith(_STOPS) or _is_note(line):
        return []
    names = _names_in(line)
    return [] if has_common_word(line) or any(map(known_post, names)) else names


def _last_lines(text: str, begin: int, end: int) -> Iterator[_Line]:
    """The lines that can hold a signature, the last one first."""
    raws = text[begin:end].splitlines(True)
    lines = ["", "", *takewhile(_is_of_the_cable, (raw.strip(" \t\r\n\\") for raw in raws))]
    for index in reversed(range(len(lines) - 2)):
        sentence, above, line = lines[index : index + 3]
        if any(map(str.isalpha, line)) and not _is_note(line):
            offset = begin + sum(map(len, raws[:index])) + raws[index].index(line)
            after_mark = max((end for _, end in inline_marks(line)), default=0)
            above_names = sentence if _other_signers(above, sentence) else above
            last_above = next(filter(None, reversed(lines[: index + 2])), "")
            yield _Line(line[after_mark:], above_names, offset + after_mark, last_above)


def _is_of_the_cable(line: str) -> bool:
    """Whether a line is not where the words of a web page begin after the cable."""
    return not beginnings("after").match(line.strip("-=*_~# "))


def _is_note(line: str) -> bool:
    """Whether a line is what may follow a signature: marks, notes."""
    if line.upper().lstrip("(").startswith(("NOTE", "MINIMIZE CONSIDERED")):
        return True
    if line.isupper() and line.endswith("..."):
        return True  # of a page that breaks off in its second part
    if _HANDLING_ALONE.fullmatch(line) or _office().fullmatch(line):
        return True
    return is_furniture(_MARKING.sub("", line))


def _read(line: _Line) -> Signature | None:
    """The signature on a line, an empty one where none can be above; None where one can."""
    if _ROW.search(line.text) or ("  " in line.text and line.above[-1:].isdigit()):
        return _NONE
    line = line._replace(text=_NOTE_AFTER.sub("", line.text))
    signed = _signed_alone(line) or _signed_after_sentence(line)
    if signed:
        return signed
    is_text = len(line.text) > _SHORT or line.text.endswith((".", ":"))
    return _NONE if is_text else None


def _signed_alone(line: _Line) -> Signature | None:
    """The signature that is all of a line: in capitals, a name in small letters, a surname."""
    name = line.text
    for around in _AROUND_NAME:
        name = around.sub("", name)
    if line.last_above.endswith(_STOPS):  # no entry of a list of persons
        name = _without_office(name)
    names = _names_in(name) or _lower_case_name_in(name, line.above)
    if not names and line.stands_apart:
        names = _small_names_in(name) or _word_in(name, line)
    return _signed_on(line, names) if names else None


def _without_office(name: str) -> str:
    """A signer's name without the office before or after it."""
    bare = _beside_name().sub("", name)
    return name if has_common_word(bare) else bare


def _signed_on(line: _Line, names: list[str]) -> Signature:
    """The signature of a line's names, which is text where a sentence runs into it."""
    is_apart = line.stands_apart or line.text.islower()
    if is_apart and not line.text.endswith("."):
        return Signature(names, (line.offset, line.offset + len(line.text)))
    return Signature(names, None) if is_apart or not line.ends_sentence_above else _NONE


def _signed_after_sentence(line: _Line) -> Signature | None:
    after = _AFTER_SENTENCE.search(line.text)
    if after is None:
        return None
    if _ADDRESS.search(line.text):
        return _NONE
    group = "names" if after["names"] else "small"
    names = _names_in(after[group]) or _small_names_in(after[group])
    span = (line.offset + after.start(group), line.offset + len(line.text))
    return Signature(names, span) if names else _NONE


def _names_in(line: str) -> list[str]:
    """The surnames in capitals that a line consists of."""
    if len(line) > _LONGEST or not _NAMES.fullmatch(line):
        return []
    names = [_once(name.strip()) for name in _SEPARATOR.split(line)]
    return names if all(map(_can_sign, names)) else []


def _can_sign(name: str) -> bool:
    is_redacted = set(name) == {"X"}
    return not is_redacted and _no_signers().isdisjoint(name.upper().split())


def _small_names_in(line: str) -> list[str]:
    """The surname in small letters that a line consists of, with a given name or doubled."""
    if not _SMALL_NAMES.fullmatch(line) or line.isupper():
        return []
    if " " in line and re.fullmatch(_PARTICLE + _IN_SMALL_LETTERS, line):
        return [line]
    *given, surname = re.sub(_INITIALS + "(?= )", "", _once(line)).split()
    if not lowered("given_names", "name").issuperset(map(str.lower, given)):
        return []
    return [] if has_common_word(surname) or known_post(surname) else [surname]


def _word_in(name: str, line: _Line) -> list[str]:
    """The surname that is a common word or a month, alone below a sentence's end: Hill, MAY."""
    if not _ONE_WORD.fullmatch(name) or not line.text.startswith(name):
        return []
    if not _SENTENCE_END.search(line.last_above):
        return []
    if name.upper() in listed("header_words", "word", "signer_too"):
        return [name]
    is_post = not name.isupper() and known_post(name)
    is_word = not _can_sign(name) or name.lower() in within_sentences()
    return [] if is_post or is_word else [name]


def _lower_case_name_in(line: str, above: str) -> list[str]:
    """The surname in lower case that a line below a short one consists of."""
    return [line] if len(above) < _SHORT and line in lowered("surnames", "name") else []


def _once(name: str) -> str:
    """A name that stands twice, once: "ROE ROE"."""
    words = name.split()
    return words[0] if len({word.upper() for word in words}) == 1 else name
