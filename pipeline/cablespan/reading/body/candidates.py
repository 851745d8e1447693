"""Whether what has the form of a start is one: what stands around it decides."""

from dataclasses import dataclass

from cablespan.reading.body.blocks import Block, Line
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.flow import ends_early, ends_sentence, leads_on, leads_to_number
from cablespan.reading.body.headings import is_framed_heading, is_lettered_heading
from cablespan.reading.body.numbering import Numbering
from cablespan.reading.body.page import LOWER, Page
from cablespan.reading.body.starts import Start


@dataclass(slots=True)
class Candidate:
    """A line with the form of a start.

    `block`: the line's own; `previous`: the line before, the last one of the `paragraph` that is
    open; `numbering`: how far the numbers before it have come.
    """

    start: Start
    line: Line
    block: Block
    previous: str
    paragraph: Draft
    numbering: Numbering
    page: Page

    def begins_paragraph(self) -> bool:
        """Whether a paragraph or an item begins here."""
        if self.start.kind == "numbered":
            return self._is_number()
        if self.start.kind == "marked":
            return self._is_free and (self._is_apart or not self._is_next_letter())
        if self.start.style == "-":
            return self._is_dash()
        return is_lettered_heading(self.line, self.block, self.start) or self._is_next_item()

    @property
    def _is_first(self) -> bool:
        """Whether the line begins its block."""
        return self.block.begins_with(self.line)

    @property
    def _is_apart(self) -> bool:
        """Whether the line before was ended on purpose."""
        if self._is_first or not self.block.wrapped:
            return True
        return ends_early(self.previous, self.line.text, self.page)

    @property
    def _is_free(self) -> bool:
        """Whether no sentence runs into the line."""
        return self._is_apart or ends_sentence(self.previous)

    @property
    def _is_small(self) -> bool:
        """Whether a small letter follows a dash."""
        return self.line.text.lstrip("- ")[:1] in LOWER

    def _is_number(self) -> bool:
        """Whether a number begins a paragraph: one with a marking does so in mid-sentence, too."""
        if self.start.marking is not None:
            return not self._is_far()
        return self._is_free and self._is_next_number()

    def _is_far(self) -> bool:
        alone = self._is_first and (self.block.blanks > 0 or self.block.rule_above)
        return self.numbering.is_far(self.start, alone)

    def _is_next_number(self) -> bool:
        """Whether an unmarked number goes on with the sequence, or begins a list or a text anew;
        within a block a sentence can be wrapped at a number."""
        number, last = self.start.number or 0, self.numbering.last
        if self.numbering.lists(self.start):
            return True
        if not self._is_first and self.previous.endswith(":") and number > last + 5:
            return False  # "Replies: 11."
        if not self._is_first and self._is_within_sentence():
            return number == last + 1
        return not self._is_far()

    def _is_within_sentence(self) -> bool:
        """Whether a sentence can run from the line above into one that begins with a number."""
        if leads_on(self.previous) or leads_to_number(self.previous):
            return True
        after = self.line.text[self.start.skip : self.start.skip + 1]
        return after in LOWER and not ends_sentence(self.previous)

    def _is_next_letter(self) -> bool:
        """Whether "(C)" is no marking but goes on with a list: "(A) ... (B) ..."."""
        if self.start.marking != self.start.style:
            return False
        before = f"({chr(ord(self.start.style) - 1)}) "
        return self.paragraph.count(before) > 0

    def _is_dash(self) -> bool:
        """Whether a dash begins an item."""
        if is_framed_heading(self.line, self.block) or self._goes_on_after_mark():
            return False
        return self._is_free or self._has_sister()

    def _goes_on_after_mark(self) -> bool:
        """Whether a dash after a page mark goes on with a sentence: small letters after it, no item
        before."""
        if not (self._is_first and self.block.mark) or self.paragraph.kind == "item":
            return False
        return self._is_small and not ends_sentence(self.previous)

    def _has_sister(self) -> bool:
        """Whether an item comes after an item, so that a lost line between them does not hide
        it."""
        is_after_item = self.paragraph.kind == "item" and not self.line.text.isupper()
        return is_after_item and not self._is_small

    def _is_next_item(self) -> bool:
        """Whether a letter or a number is the first of a list or the next one, or a portion mark
        shows that it is an item's."""
        apart = self._is_apart if self.page.blank_separated else self._is_free
        sign = self.start.style
        marked = self.start.marking is not None
        return apart and (marked or sign in "aA1iI" or self.numbering.follows(sign))
