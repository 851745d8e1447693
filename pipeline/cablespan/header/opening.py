"""A cable's opening: labelled lines, transmission lines, captions; and where the body begins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, takewhile

from cablespan.header.alternatives import any_of
from cablespan.header.fields import belongs, is_enumerated
from cablespan.header.furniture import captions_in, captions_of, is_furniture, words
from cablespan.header.items import begins_references, kind_of
from cablespan.header.labels import Label, label_of
from cablespan.header.passing import passes_on, passing_words
from cablespan.header.portions import CAVEAT, PORTION_CLASSES
from cablespan.header.posts import post_at_end
from cablespan.header.prose import is_running
from cablespan.lexicon import listed

# Where a labelled line is cut: before each further label on it, and before the first paragraph.
_FURTHER_LABEL = re.compile(
    rf"""(?<=\S)[ \t]{{1,40}}(?=
        (?:TAGS|SUBJECT|SUBJ|REF|REFS|REF\(S\)|REFTEL|REFTELS|REFERENCES?
          |E\.O\.\ ?\d{{5}}|EO\ \d{{5}}|DECLASSIFY\ ON|Declassify\ on
          |CLASSIFIED\ BY|Classified\ By|Classified\ by|Subject|Subj|Refs?|Tags)
          (?:[ \t]?\((?:(?:{PORTION_CLASSES})(?:/NF)?|{CAVEAT})\))?[ \t]{{0,3}}:
      | 1\.\s{{1,3}}\((?:{PORTION_CLASSES})(?:/NF)?\)
      | (?:CLASSIFIED\ BY|Classified\ By)\ [A-Z]
      | [(\[](?:{PORTION_CLASSES})[)\]]\ {{1,3}}(?i:this\ (?:cable|message|telegram|is))\b
      | (?:REFS?|REFTELS?)\.?\ (?:[(\[]?[A-Z][.)\]]\s | [A-Z]{{3,}}(?:\ [A-Z]{{3,}})?\ \d\d))
    | (?<=[A-Z]{{3}})(?=(?:TAGS|SUBJECT|REFS?|REFTELS?):)              # a line end was lost
    | (?<=[A-Za-z.])(?=Classified\ [Bb]y:)
    | (?<=[a-z])(?=(?:TAGS|SUBJECT|REFS?|REFTELS?|CLASSIFIED\ BY):)
    """,
    re.VERBOSE,
)
# What each of them begins with: looking for that first is fast, as no sign is one of a class.
_LABEL_BEGINS = re.compile(
    r"""
    TAGS | Tags | SUBJ | Subj | REF | Ref | E\.O\. | EO\  | CLAS | Clas | DECLAS | Declas
    | 1\.\s | \([UCS] | \[[UCS]
    """,
    re.VERBOSE,
)
_SEVERAL_FIELDS = (" TAGS:", " E.O. 1", " E.O.1", " EO 1")  # on a line that begins with none
# "ANSWER TO REFTEL: THE BRIDGE": words without a figure behind it.
_REF_OF_TITLE = re.compile(r"REF(?:S|TELS?)?: ?(?P<words>(?=.*[A-Z]{5})[^\d\n]*)\n?\Z")
# "TO OSLO REF: ROME 12": in capitals, with nothing after the reference.
_BEFORE_REF = re.compile(r"[A-Z][^:;]{2,80} REF(?:S|TELS?)?: ?[^:]{3,60}\d")
_MARKING_ALONE = re.compile(r"\s{0,9}[(\[][A-Z/]{1,5}[)\]]")
# "1. (U)", "¶1.", "PARA 1.", "2. (C)", "2.  The": a numbered paragraph, one of the first.
_NUMBERED = re.compile(
    rf"""(?:¶\s{{0,2}})? (?:PARA(?:GRAPH)?\ )? [(\[]? (?:[A-Z/]{{1,5}}[)\]]\s?)?
    (?:1 | [2-9](?=[.),]?\s{{0,3}}[(\[][A-Z/]{{1,6}}[)\]] | \.\ {{1,3}}[A-Z]))\s?
    (?:[.)](?!\d) | ,?\s?(?=[(\[](?:{PORTION_CLASSES})[)\]/]))
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
_LONGEST = 40_000  # characters of the longest opening
_USUAL = 1_000  # characters of a usual one
_FARTHEST_LABEL = 90  # lines of the longest openings, lists of addressees apart
_FARTHEST_FIRST = 30  # lines before the first label, where REF or Classified By is the first
_FARTHEST_NEXT = 30  # lines, blank ones too, between two labels
_LEAST_SPACED = 7  # lines, blank ones too, that show that an opening is double-spaced
_FARTHEST_SPACED = 8  # lines of its last field
_LONGEST_REMARK = 12  # words of a remark in capitals below a subject


@cache
def transmission_line() -> re.Pattern[str]:
    """Lines of the transmission header and of passing on, in a cable without labels."""
    return re.compile(
        rf"""V[ZV]CZ[A-Z0-9]*                                      # transmission id
        | (?:[OPRZY]{{1,2}}\ )+RUE?[A-Z]*.*                        # precedence, routes
        | DE\ RU[A-Z]{{2,6}}\ .* | (?:ZN[RY]|ZYY)\ [A-Z ]{{3,14}}(?:\ ZZH.*)? | ZZH.*
        | RU[A-Z]{{2,6}}(?:\ RU[A-Z]{{2,6}}){{0,20}}                 # routes of the line before
        | (?:[OPRZYM]\ {{1,3}}){{0,3}}                             # date-time group
          \d{{6}}Z?\ {{0,3}}[A-Z]{{3}}\ {{0,3}}\d{{2,4}}.*
        | FM\ .* | TO[:\ ]\ ?.* | INFO[:\ ].* | XMT\ .* | R[UH][A-Z]{{2,6}}\ ?/\ ?.*
        | ACTION\ [A-Z].{{0,10}}-\d\d.* | INFO\ +OCT-.* | (?:[A-Z/]{{1,6}}-\d\d\ ){{2,}}.*
        | (?:AM)?(?:EMBASSY|EMB|CONSUL|CONGEN)\ [A-Z .'-]{{2,30}}(?:\ \d{{1,5}})?
        | (?:US)?MISSION\ [A-Z .'/]{{2,30}}(?:\ \d{{1,5}})? | SECSTATE.*
        | (?:FLASH|IMMEDIATE|NIACT\ IMMEDIATE|PRIORITY|ROUTINE)(?:\ [A-Z ]{{0,40}})?\d{{0,5}}
        | TELEGRAM | Department\ of\ State | [A-Z /]{{0,20}}COLLECTIVE.*
        | (?:{any_of(passing_words())})\b[A-Z/ ]{{0,30}}\b(?:FOR|PASS|TO|FROM)\b[^.]{{0,120}}
        | S\ E\ N\ S\ I\ T\ I\ V\ E.* | \(?CORRECTED.{{0,40}} | C\ O\ R\ R\ E\ C\ T\ E\ D.*
        | \d{{6}} | [A-Z]{{2,3}}\d{{0,4}} | -{{3,}}.* | \d{{2,3}}""",
        re.VERBOSE,
    )


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


@dataclass(slots=True)
class _Line:
    """A line of an opening, or what is `cut` off one from a further label on."""

    offset: int
    text: str
    label: Label | None
    cut: bool = False

    def is_below(self, above: "_Line") -> bool:
        """Whether a line directly follows another one."""
        return bool(above.text and self.text) and not self.cut


@dataclass(slots=True)
class _Lines:
    """The lines in which an opening can lie.

    `end`: the offset after them; `last`: index of the last labelled one, -1 if there is none;
    `filled`: how many are neither blank nor of the transmission; `labelled`: whether no blank line
    stands after the last label.
    """

    end: int
    lines: list[_Line] = field(default_factory=list)
    last: int = -1
    filled: int = 0
    labelled: bool = False

    def add(self, raw: str, line: str) -> None:
        """Adds a line, as it stands and stripped, cut before each further label on it."""
        whole = _Line(self.end, line, label_of(line) if line else None)
        if "REF" in raw and self._is_rest_of_subject(line):
            whole.label = Label("subject", 0)
        elif self.labelled and begins_references(line) and self._is_below_subject():
            whole.label = Label("ref", 0)
        self.labelled = bool(line) and (self.labelled or whole.label is not None)
        for part in _split_labels(raw, whole) if _holds_label(raw, self.labelled) else [whole]:
            self.filled += bool(part.text) and not transmission_line().fullmatch(part.text)
            if part.label and self._counts(part.label):
                self.last = len(self.lines)
            self.lines.append(part)
        self.end += len(raw)

    def _is_below_subject(self) -> bool:
        """Whether the last labelled line is a subject."""
        label = self.lines[self.last].label if self.last >= 0 else None
        return label is not None and label.field == "subject"

    def _is_rest_of_subject(self, line: str) -> bool:
        """Whether a line after a blank one goes on with the subject above that, up to its REF."""
        if not self._is_below_subject():
            return False
        filled = [bool(part.text) for part in self.lines[self.last :]]
        is_first_after_gap = not filled[-1] and filled == sorted(filled, reverse=True)
        if not is_first_after_gap or line.startswith(("FOR ", "PASS ", *passing_words())):
            return False
        return line.isupper() and _BEFORE_REF.fullmatch(line) is not None

    def _counts(self, label: Label) -> bool:
        """Whether a label is one: REF and Classified By alone stand far down in running text."""
        alone = label.field in ("ref", "classified_by") and self.last < 0
        return not alone or self.filled < _FARTHEST_FIRST

    def are_enough(self, line: str) -> bool:
        """Whether no label can follow: too many lines, or a long numbered paragraph was the
        last."""
        if self.filled > _FARTHEST_LABEL:
            return True
        if self.last < 0:
            return False
        return len(self.lines) - self.last > _FARTHEST_NEXT or _is_long_paragraph(line)


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
    first = _Lines(start)
    for raw in _raw_lines(text, start, min(end, start + _LONGEST)):
        line = _stripped(raw)
        first.add(raw, line)
        if first.are_enough(line):
            break
    return first


def _raw_lines(text: str, start: int, end: int) -> Iterator[str]:
    """The lines of `text[start:end]` with their ends; few of them are asked for, few are split."""
    while start < end:
        stop = text.find("\n", start + _USUAL, end) + 1 or end
        yield from text[start:stop].splitlines(True)
        start = stop


class _Reader:
    """Sorts the lines of an opening; the body begins at the first that is none of it."""

    def __init__(self, lines: list[_Line], last: int) -> None:
        self.fields: dict[str, list[str]] = {}
        self.transmission: list[str] = []
        self.captions: list[str] = []
        self._lines = lines
        self._last = last
        self._current: str | None = None  # the field whose lines are read
        self._spaced_until = _end_of_double_spacing(lines, last)
        self._blanks = 0  # blank lines before this one
        self._marked = False  # whether a page mark does, within the subject or the tags

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

    def _take(self, index: int, line: _Line) -> bool:
        """Whether a line is one of the opening, which then has it."""
        if line.label is not None and index <= self._last:
            return self._begin_field(index, line.label)
        if self._begins_body(index, line.text):
            return False
        if self._continue_field(index, line.text):
            return True
        if index < self._last:
            if "subject" in self.fields and _begins_text(self._lines[index:]):
                return False
            self._current = None
        elif self.fields or not transmission_line().fullmatch(line.text):
            return False
        self.transmission.append(line.text)
        return True

    def _begin_field(self, index: int, label: Label) -> bool:
        """Whether a labelled line is one; the last one can be the text's first."""
        content = self._lines[index].text[label.content :].strip()
        can_be_text = index == self._last and not is_enumerated(content)
        if can_be_text and _is_prose(self._lines[index:]):
            return False
        self._current = label.field
        self.fields.setdefault(label.field, []).append(content)
        return True

    def _begins_body(self, index: int, text: str) -> bool:
        """Whether a line is a numbered paragraph, and not an item of a REF list."""
        if not _NUMBERED.match(text):
            return False
        item = self._current == "ref" and index < self._last
        return not item and (index > self._last or self._current is not None)

    def _continue_field(self, index: int, text: str) -> bool:
        """Whether a line belongs to the field that is read, which then has it."""
        if self._current is None:
            return False
        content = self.fields[self._current]
        parted = self._blanks > int(index < self._spaced_until)
        apart = parted or (self._marked and not text.isupper())
        if not belongs(self._current, text, content, after_break=apart and any(content)):
            return False
        content.append(text)
        return True


def _split_labels(raw: str, whole: _Line) -> list[_Line]:
    """A labelled line cut before each further label on it."""
    cuts = _further_labels(raw)
    if not cuts:
        return [whole]
    parts = ((first, _stripped(raw[first:end])) for first, end in pairwise([0, *cuts, len(raw)]))
    lines = [_Line(whole.offset + first, text, label_of(text), first > 0) for first, text in parts]
    lines[0].label = lines[0].label or whole.label
    return lines


def _further_labels(raw: str) -> list[int]:
    """Where a line is to be cut."""
    labels = _FURTHER_LABEL.finditer(raw) if _LABEL_BEGINS.search(raw, 1) else ()
    cuts = (m.end() for m in labels if not _MARKING_ALONE.fullmatch(raw, 0, m.start()))
    return [cut for cut in cuts if not _is_of_title(raw[cut:])]


def _is_of_title(text: str) -> bool:
    """Whether REF within a line begins no field, as what follows is neither a message nor a post.

    >>> _is_of_title("REFTEL: THE BRIDGE"), _is_of_title("REF: ROE-DOE EMAIL")
    (True, False)
    """
    match = _REF_OF_TITLE.match(text)
    if match is None or is_enumerated(match["words"]) or kind_of(text):
        return False
    said = match["words"].upper().split()
    return post_at_end(said) is None and not listed("references", "word", "word").issuperset(said)


def _stripped(raw: str) -> str:
    """A line without outer blanks and without the backslash that some dumps leave at its end."""
    line = raw.strip()
    return line.rstrip("\\").rstrip() if line.endswith("\\") else line


def _holds_label(raw: str, labelled: bool) -> bool:
    """Whether further labels can stand on a line: it goes on with a labelled one, or several fields
    stand on one line."""
    if labelled and (":" in raw or "REF" in raw):
        return True
    return any(map(raw.__contains__, _SEVERAL_FIELDS))


def _end_of_double_spacing(lines: list[_Line], last: int) -> int:
    """The index before which one blank line parts nothing, as one stands after each labelled line.

    Below label `last` that goes on until a wider gap, if one comes soon and no lines follow each
    other before it; 0 where labelled lines follow each other.
    """
    labelled = pairwise(lines[: last + 1])
    if last + 1 < _LEAST_SPACED or any(below.is_below(above) for above, below in labelled):
        return 0
    after = pairwise(lines[last : last + _FARTHEST_SPACED])
    for index, (above, below) in enumerate(after, last):
        if bool(above.text) == bool(below.text):
            return last if above.text else index
    return last


def _is_long_paragraph(line: str) -> bool:
    return len(line) > 30 and _NUMBERED.match(line) is not None


def _is_prose(lines: list[_Line]) -> bool:
    """Whether a labelled line runs on into the text, as REF does in telegrams of the 1960s."""
    if not is_running(lines[0].text):
        return False
    words = " ".join(takewhile(_is_in_paragraph, (line.text for line in lines))).split()
    return len(words) > 30 and sum(map(str.islower, words)) * 2 > len(words)


def _begins_text(lines: list[_Line]) -> bool:
    """Whether the text begins with the first of some lines: what is like a label below is none."""
    text = " ".join(takewhile(_is_in_paragraph, (line.text for line in lines)))
    if passes_on(text) or transmission_line().fullmatch(text):
        return False
    return is_running(text) if not text.isupper() else len(text.split()) > _LONGEST_REMARK


def _is_in_paragraph(line: str) -> bool:
    return bool(line) and not _NUMBERED.match(line)
