"""A cable's opening: labelled lines, transmission lines, captions; and where the body begins."""

import re
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from cablespan.header.fields import belongs, is_enumerated, is_remark
from cablespan.header.furniture import captions_in, captions_of, is_furniture, words
from cablespan.header.labelled import LONGEST_OPENING, Line, first_lines, is_numbered
from cablespan.header.labels import Label
from cablespan.header.passing import passes_on
from cablespan.header.prose import is_running
from cablespan.header.transmission import transmission_line

# "1. (U) Classified by ...": the first paragraph says it where no labelled line does.
_CLASSIFIED_PARAGRAPH = re.compile(
    r"""\s*(?:¶?\s?\d{1,2}\s?[.),]\s{0,3})?(?:[(\[][A-Z/]{1,6}[)\]]\s{0,3})?
    (?:THIS\ (?:CABLE|MESSAGE|TELEGRAM)\ (?:(?:IS|WAS|HAS\ BEEN)\ )?)?CLASSIFIED\s{1,2}BY\b:?\s{0,3}
    (?P<content>.{1,400}?)
    (?=\n\s*\n | \n\s*¶?\s?\d{1,2}\s?[.)]\s | \Z)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LEAST_SPACED = 7  # lines, blank ones too, that show that an opening is double-spaced
_FARTHEST_SPACED = 8  # lines of its last field
_LONGEST_REMARK = 12  # words of a remark in capitals below a subject


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


def read_opening(text: str, start: int = 0, end: int | None = None) -> Opening:
    r"""The opening of the cable `text[start:end]`.

    >>> opening = read_opening("UNCLAS OSLO 12\nSIPDIS\nSUBJECT: ROADS\n\n1. (U) All is well.")
    >>> opening.fields, opening.captions, opening.body
    ({'subject': 'ROADS'}, ['SIPDIS'], 38)
    """
    first = first_lines(text, start, len(text) if end is None else end)
    reader = _Reader(first.lines, first.last)
    body = reader.read()
    if body is None:
        body = first.end if first.end < start + LONGEST_OPENING else start
    fields = {name: "\n".join(content).strip() for name, content in reader.fields.items()}
    paragraph = _CLASSIFIED_PARAGRAPH.match(text, body)
    if paragraph:
        fields.setdefault("classified_by", paragraph["content"])
    return Opening(fields, reader.transmission, reader.captions, body)


class _Reader:
    """Sorts the lines of an opening; the body begins at the first that is none of it."""

    def __init__(self, lines: list[Line], last: int) -> None:
        self.fields: dict[str, list[str]] = {}
        self.transmission: list[str] = []
        self.captions: list[str] = []
        self._lines = lines
        self._last = last
        self._current: str | None = None  # the field whose lines are read
        self._spaced_until = _end_of_double_spacing(lines, last)
        self._blanks = 0  # blank lines before this one
        self._marked = False  # whether a page mark stands before it, within the subject or the tags

    def read(self) -> int | None:
        """The offset at which the body begins; None where no line begins it."""
        for index, line in enumerate(self._lines):
            if not line.text:
                self._blanks = 0 if self._marked else self._blanks + 1
            elif is_furniture(line.text):
                self._take_furniture(line.text)
            elif self._take(index, line):
                self._blanks, self._marked = 0, False
            else:
                return line.offset
        return None

    def _take_furniture(self, text: str) -> None:
        captions = captions_of(text)
        if captions:
            self._marked = False
            self.captions += captions
            return
        is_mark = self._marked or text not in words("banner")
        self._marked = is_mark and self._current in ("subject", "tags")
        if self._marked:
            self._blanks = 0
        self.captions += captions_in(text)
        if self._current is None:
            self.transmission.append(text)

    def _take(self, index: int, line: Line) -> bool:
        """Adds a line to the opening; False where it is none of its lines."""
        if line.label is not None and index <= self._last:
            return self._begin_field(index, line.label)
        if self._begins_body(index, line.text):
            return False
        if self._continue_field(index, line.text):
            return True
        if not self._is_of_transmission(index, line.text):
            return False
        self._current = None
        self.transmission.append(line.text)
        return True

    def _is_of_transmission(self, index: int, text: str) -> bool:
        """Whether a line of no field is one of the opening: any but the text's first where labels
        follow; one of the transmission header where the opening has none."""
        if index < self._last:
            subject = self.fields.get("subject", ["..."])
            return subject[-1].endswith("...") or not _begins_text(self._lines[index:])
        return not self.fields and transmission_line().fullmatch(text) is not None

    def _begin_field(self, index: int, label: Label) -> bool:
        """Begins the field of a labelled line; False where that, the last one, begins the text."""
        content = self._lines[index].text[label.content :].strip()
        can_be_text = index == self._last and not is_enumerated(content)
        if can_be_text and _is_prose(self._lines[index:]):
            return False
        self._current = label.field
        said = self.fields.setdefault(label.field, [])
        if label.field == "subject" and content and _is_twice(" ".join(said), content):
            said.clear()
        said.append(content)
        return True

    def _begins_body(self, index: int, text: str) -> bool:
        """Whether a line is a numbered paragraph, and not an item of a REF list."""
        if not is_numbered(text):
            return False
        return index > self._last or self._current not in (None, "ref")

    def _continue_field(self, index: int, text: str) -> bool:
        """Adds a line to the field that is read; False where it does not belong to it."""
        if self._current is None:
            return False
        content = self.fields[self._current]
        parted = self._blanks > int(index < self._spaced_until)
        apart = parted or (self._marked and index > self._last and not text.isupper())
        if not belongs(self._current, text, content, after_break=apart and any(content)):
            return False
        content.append(text)
        return True


def _is_twice(subject: str, content: str) -> bool:
    """Whether a label's content begins the subject again, which the first time may be cut."""
    return subject.startswith(content) or (
        subject.endswith("...") and content.startswith(subject.rstrip("."))
    )


def _end_of_double_spacing(lines: list[Line], last: int) -> int:
    """The index before which one blank line parts nothing, as one stands after each labelled line.

    Below label `last` that goes on until a wider gap, if one comes soon and no lines follow each
    other before it; 0 where labelled lines follow each other.
    """
    labelled = pairwise(lines[: last + 1])
    follow_directly = (above.text and below.text and not below.cut for above, below in labelled)
    if last + 1 < _LEAST_SPACED or any(follow_directly):
        return 0
    after = pairwise(lines[last : last + _FARTHEST_SPACED])
    for index, (above, below) in enumerate(after, last):
        if bool(above.text) == bool(below.text):
            return last if above.text else index
    return last


def _is_prose(lines: list[Line]) -> bool:
    """Whether a labelled line runs on into the text, as REF does in telegrams of the 1960s."""
    if not is_running(lines[0].text):
        return False
    words = _first_paragraph(lines).split()
    return len(words) > 30 and sum(map(str.islower, words)) * 2 > len(words)


def _begins_text(lines: list[Line]) -> bool:
    """Whether the text begins with the first of some lines, so that no label stands below it."""
    text = _first_paragraph(lines)
    if is_remark(text) or passes_on(text) or transmission_line().fullmatch(lines[0].text):
        return False
    return is_running(text) if not text.isupper() else len(text.split()) > _LONGEST_REMARK


def _first_paragraph(lines: list[Line]) -> str:
    return " ".join(takewhile(_is_in_paragraph, (line.text for line in lines)))


def _is_in_paragraph(line: str) -> bool:
    return bool(line) and not is_numbered(line)
