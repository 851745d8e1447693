"""Whether a line without a start goes on with the paragraph above it."""

from dataclasses import dataclass
from functools import cache

from cablespan.header.prose import within_sentences
from cablespan.lexicon import listed, lowered
from cablespan.reading.body.blocks import Block, Line, Spacing
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.page import LEAST_WRAPPED, LOWER, UNWRAPPED, Page
from cablespan.reading.body.titles import closes_block, looks_like_heading

TERMINAL = frozenset(".:;?!\")]'”’")
_CLOSING = frozenset(")]\"'”’")
_STOPS = frozenset(".!?")
_COMMAS = (",", ',"', ",”", ",'", ",’")  # after a quoted part of a sentence too


@cache
def _before_numbers() -> frozenset[str]:
    months, stops = lowered("calendar", "name", "month"), listed("stops", "form", "numbered")
    words = listed("stops", "form", "counted")
    return words.union(months, *((stop, stop.rstrip(".")) for stop in stops))


def ends_early(previous: str, line: str, page: Page) -> bool:
    """Whether a line was ended on purpose: the first word of the next one would have found room on
    it.

    >>> page = Page.measured(["The road is closed, and so is the bridge above the harbor."] * 9)
    >>> ends_early("It is closed.", "The bridge is open.", page)
    True
    """
    if len(previous) > UNWRAPPED:
        return True
    return len(previous) + 1 + len(line.split(None, 1)[0]) <= page.width


def ends_sentence(previous: str) -> bool:
    """Whether a line ends with a sign that a sentence or a list's lead can end with.

    >>> ends_sentence("It is well."), ends_sentence("He met Mr.")
    (True, False)
    """
    if previous.endswith(_COMMAS) or previous[-1:] not in TERMINAL:
        return False
    return previous[-1] != "." or not leads_on(previous)


def leads_on(previous: str) -> bool:
    """Whether no paragraph can end with a line: its last word is "the", "of", "and", or a comma
    follows it.

    >>> leads_on("He spoke of the"), leads_on('"We agree,"'), leads_on("He spoke of roads")
    (True, True, False)
    """
    return previous.endswith(_COMMAS) or previous.rsplit(None, 1)[-1].lower() in within_sentences()


def begins_sentence(line: str) -> bool:
    """Whether a line begins with a word that has a capital only where a sentence begins.

    >>> begins_sentence("All papers report"), begins_sentence("Oslo papers report")
    (True, False)
    """
    word = line.split(None, 1)[0]
    return word.istitle() and word.lower() in within_sentences()


def leads_to_number(previous: str) -> bool:
    """Whether a line ends with a word that a number follows: "by March", "see para".

    >>> leads_to_number("Post needs an answer by March"), leads_to_number("The road is long")
    (True, False)
    """
    return previous.rsplit(None, 1)[-1].lower() in _before_numbers()


@dataclass(slots=True)
class Juncture:
    """Where a line without a start follows a paragraph.

    `previous`: the paragraph's last line; `block`: the line's own; `numbered`: whether the body has
    paragraph numbers, `all_numbered` whether all its paragraphs have them so far, headings and
    items apart.
    """

    page: Page
    spacing: Spacing
    paragraph: Draft
    previous: str
    line: Line
    block: Block
    numbered: bool
    all_numbered: bool

    def goes_on(self) -> bool:
        """Whether the line belongs to the paragraph before it."""
        if self.block.begins_with(self.line):
            if self.block.rule_above:
                return False
            if self.block.mark:
                return self._across_mark()
            if not self._is_overflow:
                return self._across_blank()
        return self._at_wrap() if self.block.wrapped else self._at_line_end()

    def _across_mark(self) -> bool:
        """Whether the line goes on after a page mark."""
        if self._follows_title:
            return self._is_small
        if self._is_small or self._is_led_on:
            return True
        if self._is_heading:
            return False
        if self._follows_unwrapped or not self.block.wrapped:
            return not self._ended_sentence or self._is_cut_at_a_sentence
        return self._is_wrapped_around_mark

    @property
    def _is_wrapped_around_mark(self) -> bool:
        """Whether a wrapped paragraph goes on after a mark: its blank lines tell, or how the line
        before ends."""
        usual = self.spacing.at_marks
        if usual is None:
            return not (self._ended_sentence and self._ended_early and self.block.blanks)
        if self.block.blanks <= usual:
            return True
        return not self._ended_sentence and (self.line.text.isupper() or not self._ended_early)

    @property
    def _is_cut_at_a_sentence(self) -> bool:
        """Whether a mark fell between two sentences of an unwrapped paragraph: all others have
        numbers."""
        if not self.numbered:
            return False
        if self.spacing.at_marks is None:
            return self.all_numbered or not self.block.blanks
        return self.block.blanks <= self.spacing.at_marks

    def _across_blank(self) -> bool:
        """Whether the line goes on with an open sentence after a blank line."""
        if self._follows_title or self._ended_sentence and not self._is_small_after_brackets:
            return False
        if self._is_small:
            return self._is_led_on or not self._ended_early or self._follows_long
        if self._is_heading:
            return False
        if self._follows_unwrapped:
            return self._is_led_on or self._resumes
        is_in_numbered = self.numbered and self.paragraph.kind != "item"
        return not self._ended_early and (self._is_led_on or is_in_numbered)

    def _at_wrap(self) -> bool:
        """Whether the line goes on after a line that can have been wrapped."""
        if self._is_small or not self._ended_sentence or closes_block(self.line.text):
            return True
        if self.spacing.overflowing is not None and " " not in self.previous:
            return True  # the word that the line before had no room for
        length, width = len(self.previous), self.page.width
        if self.numbered:
            leads_to_text = self.previous.endswith(":") and self.paragraph.kind != "item"
            return length * 10 >= width * 6 or leads_to_text
        if self.page.blank_separated:
            return True
        return not (self._ended_early and (self.line.indented or length * 4 < width * 3))

    def _at_line_end(self) -> bool:
        """Whether the line goes on where lines are whole paragraphs."""
        if closes_block(self.line.text):
            return True
        if self._ended_sentence:
            return self.all_numbered and self._follows_full and not self._is_heading
        if self._is_small or self._is_led_on or self._is_at_number or self._follows_full:
            return True
        return self._follows_unwrapped and self._resumes

    @property
    def _is_small(self) -> bool:
        """Whether the line begins with a small letter."""
        return self.line.text[0] in LOWER

    @property
    def _is_small_after_brackets(self) -> bool:
        """Whether such a line follows brackets or a quotation with no full stop inside."""
        ends_in_brackets = self.previous[-1] in _CLOSING and self.previous[-2:-1] not in _STOPS
        return self._is_small and ends_in_brackets

    @property
    def _is_heading(self) -> bool:
        """Whether the line stands alone and has the look of a heading."""
        return len(self.block.lines) == 1 and self.line.is_titled

    @property
    def _is_led_on(self) -> bool:
        """Whether no paragraph can end with the line before."""
        return leads_on(self.previous)

    @property
    def _is_at_number(self) -> bool:
        """Whether a line was wrapped at a number that begins nothing."""
        return self.line.text.lstrip("¶ ")[:1].isdigit() and self._follows_long

    @property
    def _is_overflow(self) -> bool:
        """Whether the blank line above is none that anybody wrote."""
        if self.spacing.overflowing is None or self.block.blanks != 1 or self.block.mark:
            return False
        missing = self.spacing.overflowing - len(self.previous)
        return missing <= 0 or missing == 1 and self._is_within_quotation

    @property
    def _is_within_quotation(self) -> bool:
        """Whether the paragraph opens a quotation and does not close it, or leads to one."""
        return self.previous[-1] == ":" or self.paragraph.count('"') % 2 == 1

    @property
    def _resumes(self) -> bool:
        """Whether a line goes on with a sentence that a long one did not end: in brackets, or where
        all paragraphs have numbers."""
        if self.line.text[0] == "(":
            return True
        return self.all_numbered and self.paragraph.kind != "item" and not self.line.is_titled

    @property
    def _ended_early(self) -> bool:
        """Whether the line before was broken off, as at a paragraph's end."""
        return ends_early(self.previous, self.line.text, self.page)

    @property
    def _ended_sentence(self) -> bool:
        """Whether the line before ends a sentence."""
        return ends_sentence(self.previous)

    @property
    def _follows_title(self) -> bool:
        """Whether the paragraph is a heading whose line is whole."""
        return self.paragraph.is_titled and not self._is_led_on

    @property
    def _follows_long(self) -> bool:
        """Whether the line before is long enough to have been wrapped."""
        return len(self.previous) > LEAST_WRAPPED

    @property
    def _follows_unwrapped(self) -> bool:
        """Whether the line before is as long as only unwrapped ones are."""
        return len(self.previous) > UNWRAPPED

    @property
    def _follows_full(self) -> bool:
        """Whether the line before was wrapped, on a page that mixes both: it has a wrapped line's
        length, no room for the next word, and not the look of a heading."""
        if not self.page.mixed or not self._follows_long or self._follows_unwrapped:
            return False
        return not self._ended_early and not looks_like_heading(self.previous)
