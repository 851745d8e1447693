"""A cable's opening: labelled lines, transmission lines, captions; and where the body begins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, takewhile
from typing import NamedTuple

from cablespan.header.furniture import is_furniture, is_running, words
from cablespan.header.labels import Label, label_of
from cablespan.header.posts import post_at_end
from cablespan.lexicon import listed

# Where a labelled line is cut: before each further label on it, and before the first paragraph.
_FURTHER_LABEL = re.compile(
    r"""(?<=\S)[ \t]{1,40}(?=
        (?:TAGS|SUBJECT|SUBJ|REF|REFS|REF\(S\)|REFTEL|REFTELS|REFERENCES?
          |E\.O\.\ \d{5}|EO\ \d{5}|DECLASSIFY\ ON|Declassify\ on
          |CLASSIFIED\ BY|Classified\ By|Classified\ by|Subject|Subj|Refs?|Tags)[ \t]{0,3}:
      | 1\.\s{1,3}\((?:U|SBU|C|S|C/NF|S/NF|TS|LOU)\)
      | (?:CLASSIFIED\ BY|Classified\ By)\ [A-Z]
      | [(\[](?:U|SBU|C|S)[)\]]\ {1,3}(?i:this\ (?:cable|message|telegram|is))\b
      | (?:REFS?|REFTELS?)\ [(\[]?[A-Z][.)\]]\s)
    | (?<=[A-Z]{3})(?=(?:TAGS|SUBJECT|REFS?|REFTELS?):)              # a line end was lost
    | (?<=[A-Za-z.])(?=Classified\ [Bb]y:)
    | (?<=[a-z])(?=(?:TAGS|SUBJECT|REFS?|REFTELS?|CLASSIFIED\ BY):)
    """,
    re.VERBOSE,
)
_MARKING_ALONE = re.compile(r"\s{0,9}[(\[][A-Z/]{1,5}[)\]]")
# "1. (U)", "¶1.", "PARA 1.", "2. (C)", "2.  The": a numbered paragraph, one of the first.
_NUMBERED = re.compile(
    r"""(?:¶\s{0,2})? (?:PARA(?:GRAPH)?\ )? [(\[]? (?:[A-Z/]{1,5}[)\]]\s?)?
    (?:1 | [2-9](?=[.),]?\s{0,3}[(\[][A-Z/]{1,6}[)\]] | \.\ {1,3}[A-Z]))\s?
    (?:[.)](?!\d) | ,?\s?(?=[(\[](?:U|C|S|SBU|LOU)[)\]/]))
    | ¶\s?[1-9]\b""",
    re.VERBOSE,
)
# "1. (U) Classified by ...": the first paragraph says it where no labelled line does.
_CLASSIFIED_PARAGRAPH = re.compile(
    r"""\s*(?:¶?\s?\d{1,2}\s?[.),]\s{0,3})?(?:[(\[][A-Z/]{1,6}[)\]]\s{0,3})?
    (?:THIS\ (?:CABLE|MESSAGE|TELEGRAM)\ (?:IS|WAS|HAS\ BEEN)\ )?CLASSIFIED\s{1,2}BY\b:?\s{0,3}
    (?P<content>.{1,400}?)
    (?=\n\s*\n | \n\s*¶?\s?\d{1,2}\s?[.)]\s | \Z)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_MARKED = re.compile(r"[(\[](?:U|C|S|SBU|LOU|TS)(?:/[A-Z/]{1,10})?[)\]]\s?\S")
_ENUMERATED = re.compile(
    r"""¶?\s?[(\[]?[A-Za-z][.):\]] | [(\[]?\d{1,2}[.)\]] | -
    | \d\d\  | (?:19|20)\d\d\  | AND\  | &\ """,
    re.VERBOSE,
)
_REFERENCE = re.compile(r"[A-Z]{3,}[ .#]{0,3}\d|\d ?[A-Z]{3}|E-?MAIL|TELCON|MEMO", re.IGNORECASE)
_TAG_LINE = re.compile(
    r"""(?:(?:[A-Z]{2,5} | \([A-Z .,'-]{4,40}\) | [A-Z .'-]{4,40}\))[,; ]{1,3}){0,40}
    (?:[A-Z]{2,5} | \([A-Z .,'-]{4,40}\) | [A-Z .'-]{4,40}\)),?""",
    re.VERBOSE,
)
_SENSITIVE = re.compile(r"(?:\(\w+\) )?sensitive but unclas", re.IGNORECASE)
_LONG_PARAGRAPH = re.compile(rf"\s*(?:{_NUMBERED.pattern}).{{25}}", re.VERBOSE)
_LONGEST = 40_000  # characters of the longest opening
_FARTHEST_LABEL = 90  # lines of the longest openings, with their lists of addressees
_LONGEST_REFERENCE = 6  # words without a digit


@cache
def _transmission_line() -> re.Pattern[str]:
    """Lines of the transmission header and of passing on, in a cable without labels."""
    pass_to = "|".join(map(re.escape, sorted(listed("header_words", "word", "pass_to"))))
    return re.compile(
        rf"""V[ZV]CZ[A-Z0-9]*                                      # transmission id
        | (?:[OPRZY]{{1,2}}\ )+RUE?[A-Z]*.*                        # precedence, routes
        | DE\ RU[A-Z]{{2,6}}\ .* | Z[NY]Y\ [A-Z ]{{3,14}}(?:\ ZZH.*)? | ZZH.*
        | (?:[OPRZYM]\ ){{0,3}}\d{{6}}Z?\ ?[A-Z]{{3}}\ ?\d{{2,4}}.*    # date-time group
        | FM\ .* | TO[:\ ]\ ?.* | INFO[:\ ].* | XMT\ .* | RU[A-Z]{{2,6}}\ ?/\ ?.*
        | ACTION\ [A-Z].{{0,10}}-\d\d.* | INFO\ +OCT-.* | (?:[A-Z/]{{1,6}}-\d\d\ ){{2,}}.*
        | (?:AM)?(?:EMBASSY|EMB|CONSUL|CONGEN)\ [A-Z .'-]{{2,30}}(?:\ \d{{1,5}})?
        | (?:US)?MISSION\ [A-Z .'/]{{2,30}}(?:\ \d{{1,5}})? | SECSTATE.*
        | (?:FLASH|IMMEDIATE|NIACT\ IMMEDIATE|PRIORITY|ROUTINE)(?:\ [A-Z ]{{0,40}})?\d{{0,5}}
        | TELEGRAM | Department\ of\ State | [A-Z /]{{0,20}}COLLECTIVE.*
        | (?:{pass_to})\b[A-Z/ ]{{0,30}}\b(?:FOR|PASS|TO|FROM)\b[^.]{{0,120}}
        | S\ E\ N\ S\ I\ T\ I\ V\ E.* | \(?CORRECTED.{{0,40}} | C\ O\ R\ R\ E\ C\ T\ E\ D.*
        | \d{{6}} | [A-Z]{{2,3}}\d{{0,4}} | -{{3,}}.* | \d{{2,3}}""",
        re.VERBOSE,
    )


def _leading_on() -> frozenset[str]:
    """Words that no line of a title ends with."""
    return listed("function_words", "form", "determiner", "preposition", "conjunction")


@dataclass(slots=True)
class Opening:
    """What the lines before a cable's body hold.

    `fields`: content of the labelled lines by field, line ends kept; `transmission`: the other
    lines; `captions`; `body`: the offset in code points at which the body begins.
    """

    fields: dict[str, str] = field(default_factory=dict)
    transmission: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    body: int = 0


class _Line(NamedTuple):
    offset: int
    text: str
    label: Label | None


class _Lines(NamedTuple):
    """The lines in which an opening can lie.

    `last`: index of the last labelled one, -1 if there is none; `end`: the offset after them.
    """

    lines: list[_Line]
    last: int
    end: int


def read_opening(text: str, start: int = 0, end: int | None = None) -> Opening:
    r"""The opening of the cable `text[start:end]`.

    >>> opening = read_opening("UNCLAS OSLO 12\nSIPDIS\nSUBJECT: ROADS\n\n1. (U) All is well.")
    >>> opening.fields, opening.captions, opening.body
    ({'subject': 'ROADS'}, ['SIPDIS'], 38)
    """
    first = _first_lines(text, start, len(text) if end is None else end)
    reader = _Reader(first.lines, first.last)
    body = reader.read()
    if body is None:
        body = first.end if first.end < start + _LONGEST else start
    fields = {name: "\n".join(content).strip() for name, content in reader.fields.items()}
    paragraph = _CLASSIFIED_PARAGRAPH.match(text, body)
    if paragraph:
        fields.setdefault("classified_by", paragraph["content"])
    return Opening(fields, reader.transmission, reader.captions, body)


def _first_lines(text: str, start: int, end: int) -> _Lines:
    """The lines up to the first long numbered paragraph after a label, at most so many."""
    lines: list[_Line] = []
    last, filled, offset = -1, 0, start
    for raw in text[start : min(end, start + _LONGEST)].splitlines(True):
        for line in _parts(offset, raw):
            if line.label:
                last = len(lines)
            lines.append(line)
        offset += len(raw)
        filled += not raw.isspace()
        if filled > _FARTHEST_LABEL or (last >= 0 and _LONG_PARAGRAPH.match(raw)):
            break
    return _Lines(lines, last, offset)


def _parts(offset: int, raw: str) -> Iterator[_Line]:
    """The lines that a line makes which is cut before each further label on it."""
    text = _stripped(raw)
    label = label_of(text)
    cuts = _further_labels(raw) if label or " E.O. 1" in raw else []
    for first, end in pairwise([0, *cuts, len(raw)]):
        text = _stripped(raw[first:end])
        yield _Line(offset + first, text, label_of(text) if cuts else label)


class _Reader:
    """Sorts the lines of an opening; the body begins at the first that is none of it."""

    def __init__(self, lines: list[_Line], last: int) -> None:
        self.fields: dict[str, list[str]] = {}
        self.transmission: list[str] = []
        self.captions: list[str] = []
        self._lines = lines
        self._last = last
        self._current: str | None = None  # the field whose lines are read
        self._is_apart = False  # whether a blank line stands before this one
        self._is_cut = False  # whether a page mark does, with the blank lines around it

    def read(self) -> int | None:
        """The offset at which the body begins; None where no line begins it."""
        for index, line in enumerate(self._lines):
            if not line.text:
                self._is_apart = not self._is_cut
            elif is_furniture(line.text):
                self._take_furniture(line.text)
            elif self._take(index, line):
                self._is_apart = self._is_cut = False
            else:
                return line.offset
        return None

    def _take_furniture(self, text: str) -> None:
        if text in words("caption"):
            self.captions.append(text)
            return
        self._is_cut = text not in words("banner")
        self.captions += _captions_after(text)
        if self._current is None:
            self.transmission.append(text)

    def _take(self, index: int, line: _Line) -> bool:
        """Whether a line is one of the opening, which then has it."""
        if line.label:
            self._begin_field(line.label.field, line.text[line.label.content :])
            return True
        is_last_field = index > self._last
        can_be_item = self._current in (None, "ref") and not is_last_field
        if _NUMBERED.match(line.text) and not can_be_item:
            return False
        if self._current and self._continues(line.text, self._current):
            self.fields[self._current].append(line.text)
            return True
        if is_last_field and (self.fields or not _transmission_line().fullmatch(line.text)):
            return False
        self._current = None
        self.transmission.append(line.text)
        return True

    def _begin_field(self, name: str, content: str) -> None:
        self._current = name
        self.fields.setdefault(name, []).append(content.strip())

    def _continues(self, text: str, name: str) -> bool:
        """Whether a line belongs to the field that is read."""
        directly, after_break = _RULES.get(name, _RULES_OF_OTHERS)
        belongs = after_break if self._is_apart else directly
        return belongs(_Next(text, self.fields[name]))


def _captions_after(banner: str) -> list[str]:
    """The captions at the end of a banner's line: "UNCLAS OSLO 000012 SENSITIVE SIPDIS"."""
    captions = takewhile(words("caption").__contains__, reversed(banner.split()[1:]))
    return [*captions][::-1]


def _further_labels(raw: str) -> list[int]:
    """Where a line is to be cut."""
    labels = _FURTHER_LABEL.finditer(raw)
    return [m.end() for m in labels if not _MARKING_ALONE.fullmatch(raw, 0, m.start())]


def _stripped(raw: str) -> str:
    """A line without outer blanks and without the backslash that some dumps leave at its end."""
    return raw.strip().rstrip("\\").rstrip()


class _Next(NamedTuple):
    """A line without a label, and the content so far of the field above it."""

    text: str
    content: list[str]

    @property
    def above(self) -> str:
        return self.content[-1]


def _is_no_text(line: _Next) -> bool:
    return not _MARKED.match(line.text) and not _is_heading(line.text)


def _is_in_references(line: _Next) -> bool:
    is_text = _is_marked_text(line.text) or _SENSITIVE.match(line.text)
    return not is_text and not _is_heading(line.text)


def _is_reference(line: _Next) -> bool:
    """Whether a line after a break is an item of a REF list, or the serial of the post above."""
    if post_at_end(line.above.split()[-3:]):
        return True
    return _ENUMERATED.match(line.text) is not None and _REFERENCE.search(line.text) is not None


def _is_in_tags(line: _Next) -> bool:
    return _TAG_LINE.fullmatch(line.text) is not None or _is_open_list(line)


def _is_open_list(line: _Next) -> bool:
    """Whether the list of tags above goes on after its comma."""
    return line.above.endswith((",", ";"))


def _is_in_subject(line: _Next) -> bool:
    return _is_no_text(line) and not _is_remark(line)


def _is_cut(line: _Next) -> bool:
    """Whether a break cut a field: the line above ends as no line does, with "the" or "to"."""
    return line.above.lower().rpartition(" ")[2] in _leading_on()


def _begins(line: _Next) -> bool:
    """Whether a line is the first with content: the label stands on a line of its own."""
    return not line.above and _is_no_text(line)


# Whether a line belongs to a field: directly below the line above, and after a blank line.
_RULES = {
    "ref": (_is_in_references, _is_reference),
    "tags": (_is_in_tags, _is_open_list),
    "subject": (_is_in_subject, _is_cut),
    "eo": (_begins, _is_cut),
    "declassify": (_begins, _is_cut),
}
_RULES_OF_OTHERS = (_is_no_text, _is_cut)


def _is_marked_text(line: str) -> bool:
    """Whether a line is a paragraph with a portion marking: "(SBU) Embassy agrees ..."."""
    if not _MARKED.match(line):
        return False
    return is_running(line) or len(line.split()) > _LONGEST_REFERENCE


def _is_remark(line: _Next) -> bool:
    """Whether a line is a sentence in small letters below a subject in capitals."""
    words = line.text.split()
    return sum(word[0].islower() for word in words) * 2 >= len(words)


def _is_heading(line: str) -> bool:
    return line.startswith("---") or line.lower().strip(" .:-*=") in listed("headings", "words")
