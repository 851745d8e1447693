"""The lines in which a cable's opening can lie, each cut before every further label on it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import dropwhile, pairwise
from typing import NamedTuple

from cablespan.header.fields import MARKED_SENSITIVE
from cablespan.header.furniture import is_furniture
from cablespan.header.items import begins_references
from cablespan.header.labels import Label, label_of
from cablespan.header.portions import CAVEAT, PORTION_CLASSES
from cablespan.header.transmission import transmission_line

# Where a labelled line is cut: before each further label on it, and before the first paragraph.
_FURTHER_LABEL = re.compile(
    rf"""(?<=\S)[ \t]{{1,40}}(?=
        (?:TAGS|SUBJECT|SUBJ|REF|REFS|REF\(S\)|REFTEL|REFTELS|REFERENCES?
          |E\.O\.\ ?\d{{5}}|EO\ \d{{5}}|DECLASSIFY\ {{1,3}}ON|Declassify\ {{1,3}}on
          |CLASSIFIED\ {{1,3}}BY|Classified\ {{1,3}}[Bb]y|Subject|Subj|Refs?|Tags)
          (?:[ \t]?\((?:(?:{PORTION_CLASSES})(?:/NF)?|{CAVEAT})\))?[ \t]{{0,3}}:
      | ¶\s?1\. | 1\.\s{{0,3}}(?:\((?:{PORTION_CLASSES})(?:/NF)?\)|(?i:SUMMARY)\b)
      | (?:CLASSIFIED\ {{1,3}}BY|Classified\ {{1,3}}By)\ {{1,3}}[A-Z]
      | [(\[](?:{PORTION_CLASSES})[)\]]\ {{1,3}}(?i:this\ (?:cable|message|telegram|is))\b
      | (?:REFS?|REFTELS?)\.?\ (?:[(\[]?[A-Z][.)\]]\s | [A-Z]{{3,}}(?:\ [A-Z]{{3,}})?\ \d\d))
    # "REF: OSLO 12 (U) Embassy has told": the body is glued to it; "(C)" can be its third item
    | (?<=[\d_])[ \t]{{1,40}}(?=
        \((?!C\))(?:{PORTION_CLASSES})\)\ {{1,3}}[A-Z][^\n]{{0,60}}?\ [a-z]{{4}}
      | [A-Z][a-z]*(?:\ [a-z]+){{3}})
    | (?<=\S)(?<!\ (?i:IS))(?<!(?i:TEXT))[ \t]{{1,40}}(?={MARKED_SENSITIVE})
    | (?<=[A\d])[ \t]{{1,40}}(?=TAGS\ [A-Z]{{4}}\b)                      # "DECL: N/A TAGS ECON"
    | (?<=[A-Z]{{3}})(?=(?:TAGS|SUBJECT|REFS?|REFTELS?):)              # a line end was lost
    | (?<=[A-Za-z.])(?=Classified\ {{1,3}}[Bb]y:)
    | (?<=[a-z])(?=(?:TAGS|SUBJECT|REFS?|REFTELS?|CLASSIFIED\ {{1,3}}BY):)
    """,
    re.VERBOSE,
)
# What each of them begins with: looking for that first is fast, as no sign is one of a class.
_LABEL_BEGINS = re.compile(
    r"""
    TAGS | Tags | SUBJ | Subj | REF | Ref | E\.O\. | EO\  | CLAS | Clas | DECLAS | Declas
    | ¶ | 1\.[\s(] | \([UCS] | \[[UCS] | SENS | Sens | ENTIRE | THIS | This | \d\s{1,3}[A-Z][a-z]
    """,
    re.VERBOSE,
)
_SEVERAL_FIELDS = (" TAGS:", " E.O. 1", " E.O.1", " EO 1")  # on a line that begins with none
_MARKING_ALONE = re.compile(r"\s{0,9}[(\[][A-Z/]{1,5}[)\]]")
# "1. (U)", "¶1.", "PARA 1.", "2. (C)", "2.  The": a numbered paragraph, one of the first.
_NUMBERED = re.compile(
    rf"""(?:¶\s{{0,2}})? (?:PARA(?:GRAPH)?\ )? [(\[]? (?:[A-Z/]{{1,5}}[)\]]\s?)?
    (?:1 | [2-9](?=[.),]?\s{{0,3}}[(\[][A-Z/]{{1,6}}[)\]] | \.\ {{1,3}}[A-Z]))\s?
    (?:[.)](?!\d) | ,?\s?(?=[(\[](?:{PORTION_CLASSES})[)\]/]))
    | ¶\s?[1-9]\b""",
    re.VERBOSE,
)
LONGEST_OPENING = 40_000  # characters
_USUAL = 1_000  # characters of a usual one
_FARTHEST_LABEL = 90  # lines of the longest openings, lists of addressees apart
_FARTHEST_NEXT = 30  # lines, blank ones too, between two labels
_LONG_PARAGRAPH = 30  # characters of its first line


class Line(NamedTuple):
    """A line of an opening, or what is `cut` off one from a further label on."""

    offset: int
    text: str
    label: Label | None
    cut: bool = False


@dataclass(slots=True)
class Lines:
    """The lines in which an opening can lie.

    `end`: the offset after them; `last`: index of the last labelled one, -1 if there is none;
    `last_field`: the field of its label; `filled`: how many are neither blank nor of the
    transmission; `in_field`: whether no blank line stands after the last label.
    """

    end: int
    lines: list[Line] = field(default_factory=list)
    last: int = -1
    last_field: str | None = None
    filled: int = 0
    in_field: bool = False

    def add(self, raw: str, line: str) -> None:
        """Adds a line, as it stands and stripped, cut before each further label on it."""
        whole = Line(self.end, line, self._label_of(line))
        if line or not self._ends_in_label:
            self.in_field = bool(line) and (self.in_field or whole.label is not None)
        can_be_cut = _holds_label(raw, in_field=self.in_field)
        for part in _cut_at_labels(raw, whole) if can_be_cut else [whole]:
            self._add_part(part)
        self.end += len(raw)

    @property
    def _ends_in_label(self) -> bool:
        """Whether the last line is a label alone, whose content stands below."""
        label = self.lines[-1].label if self.lines else None
        return label is not None and label.content == len(self.lines[-1].text)

    def _add_part(self, part: Line) -> None:
        if part.text and not transmission_line().fullmatch(part.text):
            self.filled += 1
        if part.label:
            self.last, self.last_field = len(self.lines), part.label.field
        self.lines.append(part)

    def _label_of(self, line: str) -> Label | None:
        """The label of a line; below a subject, also of a REF list without one."""
        if self.last_field == "subject" and self._follows_subject and begins_references(line):
            return Label("ref", 0)
        return label_of(line)

    @property
    def _follows_subject(self) -> bool:
        """Whether at most blank lines and marks stand between the subject's lines and the next."""
        below = dropwhile(lambda part: part.text, self.lines[self.last :])
        return all(not part.text or is_furniture(part.text) for part in below)

    def are_enough(self, line: str) -> bool:
        """Whether no label can follow: too many lines, or a long numbered paragraph was the
        last."""
        if self.filled > _FARTHEST_LABEL:
            return True
        if self.last < 0:
            return False
        is_long_paragraph = len(line) > _LONG_PARAGRAPH and is_numbered(line)
        return is_long_paragraph or len(self.lines) - self.last > _FARTHEST_NEXT


def first_lines(text: str, start: int, end: int) -> Lines:
    r"""The lines of `text[start:end]` down to where no further label can stand.

    >>> text = "SUBJECT: ROADS  REF: OSLO 12\n\n1. (U) All is well."
    >>> lines = first_lines(text, 0, len(text))
    >>> [line.text for line in lines.lines], lines.last
    (['SUBJECT: ROADS', 'REF: OSLO 12', '', '1. (U) All is well.'], 1)
    """
    first = Lines(start)
    for raw in _raw_lines(text, start, min(end, start + LONGEST_OPENING)):
        line = _stripped(raw)
        first.add(raw, line)
        if first.are_enough(line):
            break
    return first


def is_numbered(line: str) -> bool:
    """Whether a line begins a numbered paragraph, one of the first.

    >>> is_numbered("1. (U) All is well."), is_numbered("1.5 (D)")
    (True, False)
    """
    return _NUMBERED.match(line) is not None


def _raw_lines(text: str, start: int, end: int) -> Iterator[str]:
    """The lines of `text[start:end]` with their ends; few of them are asked for, few are split."""
    while start < end:
        stop = text.find("\n", start + _USUAL, end) + 1 or end
        yield from text[start:stop].splitlines(True)
        start = stop


def _cut_at_labels(raw: str, whole: Line) -> list[Line]:
    """The parts of a line, which begin where it does and at each further label on it."""
    cuts = _further_labels(raw)
    if not cuts:
        return [whole]
    parts = ((first, _stripped(raw[first:end])) for first, end in pairwise([0, *cuts, len(raw)]))
    first, *others = (Line(whole.offset + at, text, label_of(text), at > 0) for at, text in parts)
    return [first._replace(label=first.label or whole.label), *others]


def _further_labels(raw: str) -> list[int]:
    """Where a line is to be cut."""
    labels = _FURTHER_LABEL.finditer(raw) if _LABEL_BEGINS.search(raw, 1) else ()
    return [m.end() for m in labels if not _MARKING_ALONE.fullmatch(raw, 0, m.start())]


def _stripped(raw: str) -> str:
    """A line without outer blanks and without the backslash that some dumps leave at its end."""
    line = raw.strip()
    return line.rstrip("\\").rstrip() if line.endswith("\\") else line


def _holds_label(raw: str, *, in_field: bool) -> bool:
    """Whether further labels can stand on a line: it goes on with a labelled one, or several fields
    stand on one line."""
    return in_field or any(map(raw.__contains__, _SEVERAL_FIELDS))
