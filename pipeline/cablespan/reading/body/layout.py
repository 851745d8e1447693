"""A body's blocks put together to paragraphs: by their numbers and items where it has them, else by
how lines end."""

from itertools import pairwise, zip_longest
from typing import NamedTuple

from cablespan.reading.body.blocks import Block, Line, Spacing, lists_entries
from cablespan.reading.body.candidates import Candidate
from cablespan.reading.body.cuts import Cutter
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.flow import Juncture
from cablespan.reading.body.headings import (
    is_another_heading,
    is_heading_without_blanks,
    is_lettered_heading,
    is_titled_item,
    lines_above_rule,
    lines_above_text,
)
from cablespan.reading.body.lines import written_blocks
from cablespan.reading.body.numbering import Numbering
from cablespan.reading.body.page import LOWER, UNWRAPPED, Page
from cablespan.reading.body.participants import Participants, begins_entry, is_delegation
from cablespan.reading.body.repeats import leave_out_copies
from cablespan.reading.body.starts import Start, Starts
from cablespan.reading.body.tables import has_columns, is_row, is_rule
from cablespan.reading.body.titles import section_of_heading
from cablespan.reading.body.wraps import find_cut_words

# In a body. No cable has as many; the time stays bounded, as the last takes in the rest.
MOST_PARAGRAPHS = 100_000


def lay_out(
    source: str, start: int, end: int, opening: str = "", signature: str = ""
) -> list[Draft]:
    """The paragraphs of `source[start:end]` as drafts, in order; `opening` is the text above, and
    `signature` the text of the signature below."""
    body = source[start:end]
    raws = body.splitlines(True)
    page = Page.measured(raws)
    blocks = written_blocks(source, start, end, page, opening, signature)
    layout = _Layout(source, body, page, Spacing.between(blocks))
    for block, following in zip_longest(blocks, blocks[1:]):
        layout.take(block, following)
    drafts = [draft for draft in layout.drafts if draft.spans]
    leave_out_copies(drafts, source, start, end)
    find_cut_words(drafts, page, source, body, raws)
    return drafts


class _Place(NamedTuple):
    """Where a line stands: its block, and the text after the line and after the block.

    `names_persons`: whether the line names a participant; `among_entries`: whether the block is a
    list whose entries end in ";".
    """

    block: Block
    next_text: str
    below: str
    names_persons: bool
    among_entries: bool


class _Layout:
    """The paragraphs so far, the one that is open, and what the body's numbers say."""

    def __init__(self, source: str, body: str, page: Page, spacing: Spacing):
        self.source = source
        self.page = page
        self.spacing = spacing
        self.drafts: list[Draft] = []
        self.current = Draft("text", source)  # none of the drafts until one is opened
        self.numbering = Numbering()
        self.previous = ""
        self._cutter = Cutter(source, body)
        self._starts = Starts(body)
        self._participants = Participants(body)
        self._has_texts = False  # without a number, after the first one
        self._is_after_number = False  # whether the open paragraph stands after a number
        self._ruled = False  # whether a rule stood below the last heading

    def take(self, block: Block, following: Block | None) -> None:
        """Adds a block's lines: a heading, text, a heading above a rule, or some of these."""
        lines = block.lines
        if block.rule_below and len(lines[-1].last) > UNWRAPPED:
            lines[-1:] = self._cutter.cut_at_heading(lines[-1])
        below = "" if following is None or block.rule_below else following.lines[0].text
        persons = self._participants.named_in(block)
        rest_of_title = block.mark and self.current.is_titled
        end = len(lines) - lines_above_rule(block, self._ruled or rest_of_title)
        begin = 0 if persons else min(lines_above_text(block, self.page), end)
        if begin:
            self._heading(lines[:begin], block)
        self._ruled = self._ruled and end == 0
        self._text(block, range(begin, end), persons, below)
        if end < len(lines):
            self._heading(lines[end:], block)

    def _text(self, block: Block, indices: range, persons: range, below: str) -> None:
        """Adds the lines of a block that are no headings, by their `indices` in it; `persons`: of
        those that name participants; `below`: the text after the block."""
        lines = block.lines
        next_texts = _texts_after(lines, "")
        entries = block.wrapped and len(lines) > 1 and lists_entries(self.source, block)
        for index in indices:
            after = next_texts[index]
            parts = self._cutter.parts(lines[index], after or below, self.numbering.last)
            for part, next_text in zip(parts, _texts_after(parts, after), strict=True):
                self._put(part, _Place(block, next_text, below, index in persons, entries))

    def _heading(self, lines: list[Line], block: Block) -> None:
        """A heading's lines: a paragraph of their own, or the rest of the heading before them."""
        if not (lines[0] is block.lines[0] and self._goes_on_as_heading(block)):
            self._open(Draft("heading", self.source))
        self.current.kind = "heading"
        for above, line in pairwise([lines[0], *lines]):
            if is_another_heading(above.text, line.text):
                self._open(Draft("heading", self.source))
            self._add(line)
        self._ruled = block.rule_below

    def _goes_on_as_heading(self, block: Block) -> bool:
        """Whether the paragraph above is the first line of the same heading: a rule or a page mark
        stands between."""
        current = self.current
        if not self.drafts or current.number is not None or block.blanks and not block.mark:
            return False
        if current.kind == "heading":
            return self._ruled and self._is_one_with(block)
        can_go_on = not block.rule_above or block.lines[0].text[0] in LOWER
        return block.mark and can_go_on and current.is_titled

    def _is_one_with(self, block: Block) -> bool:
        """Whether a ruled heading goes on in a block with a rule of its own; known headings stand
        alone."""
        texts = (self.current.text(), block.lines[0].text)
        known = (section_of_heading(text) for text in texts)
        return block.rule_below and not any(known)

    def _put(self, line: Line, place: _Place) -> None:
        """Adds a line to the paragraph that is open, or opens the one it starts."""
        if len(self.drafts) >= MOST_PARAGRAPHS:
            self._add(line)
            return
        start = self._starts.of(line.text)
        if self._is_row(line, start, place.next_text):
            if not self.current.rows:
                self._open(Draft("text", self.source, rows=True))
            self._add(line)
        elif start is not None and self._is_start(start, line, place.block):
            heads = self._is_heading(start, line, place)
            self._begin(start, line)
            if heads:
                self.current.kind = "heading"
        else:
            kind = self._kind_without_start(line, place)
            if kind is not None:
                self._open(Draft(kind, self.source))
            self._add(line)

    def _is_heading(self, start: Start, line: Line, place: _Place) -> bool:
        """Whether an item's line is a heading: a section's own, or a title above a number where no
        list is open."""
        if is_lettered_heading(line, place.block, start):
            return True
        below = self._starts.of(place.below) if place.below else None
        if below is None or below.number is None or self.numbering.lists(below):
            return False
        if self.current.kind == "item" or self.previous.endswith(":"):
            return False
        return is_titled_item(line, place.block, start)

    def _kind_without_start(self, line: Line, place: _Place) -> str | None:
        """What a line opens that has no start; None where it goes on with the open paragraph."""
        first = place.block.begins_with(line)
        if place.names_persons and (first or begins_entry(self.previous, line.text)):
            return "heading" if is_delegation(line.text) else "item"
        number = self.numbering.last + 1
        if not first and is_heading_without_blanks(line, self.previous, place.next_text, number):
            return "heading"
        if place.among_entries and (place.block.mark or not first) and self._is_entry(line):
            return "item"
        return None if self._goes_on(line, place.block) else "text"

    def _is_row(self, line: Line, start: Start | None, next_text: str) -> bool:
        """Whether a line is a row of a table, or a rule between two."""
        if self.current.rows and is_rule(line.text):
            return True
        if not is_row(line.text, start):
            return False
        return self.current.rows or has_columns(next_text) or is_rule(next_text)

    def _is_entry(self, line: Line) -> bool:
        """Whether a line begins an entry of a list whose entries end in ";"."""
        before = self.previous.lower().removesuffix(" and").removesuffix(" or")
        return before[-1:] in (":", ";") and line.text[0].isupper()

    def _goes_on(self, line: Line, block: Block) -> bool:
        """Whether a line without a start belongs to the open paragraph."""
        current = self.current
        if not self.drafts or current.rows or current.kind == "heading":
            return False
        first = block.begins_with(line)
        if not current.spans:
            return not (first and line.is_titled)
        if not first and line.begin == current.spans[-1][1]:
            return False
        numbered = self.numbering.style is not None
        all_numbered = numbered and not (self._has_texts or self._is_text_after_number())
        juncture = Juncture(
            self.page, self.spacing, current, self.previous, line, block, numbered, all_numbered
        )
        return juncture.goes_on()

    def _is_text_after_number(self) -> bool:
        """Whether the open paragraph is a text where others have numbers, and no heading."""
        current = self.current
        return current.kind == "text" and self._is_after_number and not current.is_titled

    def _is_start(self, start: Start, line: Line, block: Block) -> bool:
        """Whether what has the form of a start is one here."""
        candidate = Candidate(
            start, line, block, self.previous, self.current, self.numbering, self.page
        )
        return candidate.begins_paragraph()

    def _begin(self, start: Start, line: Line) -> None:
        """Opens the paragraph or the item that a line starts; a marking below a number that stands
        alone is that paragraph's."""
        numbering, marked = self.numbering, start.kind == "marked"
        listed = numbering.lists(start)
        lettered = marked and numbering.follows(start.style)  # "(C)" after "(b)"
        skip = start.skip
        numbering.take(start)
        if lettered:
            numbering.take_item(start.style)
        if marked and self._is_bare_number():
            self.current.marking = start.marking
        elif lettered or listed and start.marking is None:
            self._open(Draft("item", self.source))
            skip = 0  # its letter or number is part of the text
        elif listed:
            self._open(Draft("item", self.source, marking=start.marking))
        else:
            self._open(Draft(start.paragraph_kind, self.source, start.number, start.marking))
        self._add(line, skip)

    def _is_bare_number(self) -> bool:
        """Whether the open paragraph is a number on a line of its own so far."""
        current = self.current
        return current.number is not None and current.marking is None and not current.spans

    def _open(self, draft: Draft) -> None:
        self._has_texts = self._has_texts or self._is_text_after_number()
        self._is_after_number = self.numbering.style is not None
        self.drafts.append(draft)
        self.current = draft

    def _add(self, line: Line, skip: int = 0) -> None:
        if line.begin + skip < line.end:
            self.current.add(line.begin + skip, line.end)
        self.previous = line.last


def _texts_after(lines: list[Line], last: str) -> list[str]:
    """The text after each line; `last` is that after the last one."""
    return [*[line.text for line in lines[1:]], last]
