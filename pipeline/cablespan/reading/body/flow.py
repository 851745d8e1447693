"""Whether a line without a start goes on with the paragraph above it."""

from dataclasses import dataclass
from functools import cache

from cablespan.header.prose import within_sentences
from cablespan.lexicon import listed, lowered
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.lines import Block, Line
from cablespan.reading.body.page import LOWER, UNWRAPPED, Page
from cablespan.reading.body.titles import closes_block, looks_like_heading

TERMINAL = frozenset(".:;?!\")]'”’")
_CLOSING = frozenset(")]\"'”’")
_STOPS = frozenset(".!?")
_COMMAS = (",", ',"', ",”", ",'", ",’")  # after a quoted part of a sentence too
_LEAST_WRAPPED = 45  # characters of a line that can have been wrapped


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

    `previous`: the paragraph's last line; `block`: the line's own, `first` where it begins it;
    `numbered`: whether the body has paragraph numbers, `all_numbered` whether all its paragraphs
    have them so far, headings and items apart; `titled`: whether the paragraph is one short
    line with the look of a heading; `blanks_at_marks`: as `usual_blanks_at_marks` counts them;
    `overflowing`: the column of `overflowing_column`.
    """

    page: Page
    paragraph: Draft
    previous: str
    line: Line
    block: Block
    first: bool
    numbered: bool
    all_numbered: bool
    titled: bool
    blanks_at_marks: int | None
    overflowing: int | None

    @property
    def _is_in_item(self) -> bool:
        return self.paragraph.kind == "item"

    @property
    def small(self) -> bool:
        """Whether the line begins with a small letter."""
        return self.line.text[0] in LOWER

    @property
    def ended_line(self) -> bool:
        """Whether the line before was broken off early, as at a paragraph's end."""
        return ends_early(self.previous, self.line.text, self.page)

    @property
    def ended_sentence(self) -> bool:
        """Whether the line before ends a sentence."""
        return ends_sentence(self.previous)

    @property
    def after_whole_paragraph(self) -> bool:
        """Whether the line before is as long as only unwrapped ones are."""
        return len(self.previous) > UNWRAPPED

    @property
    def _is_title(self) -> bool:
        """Whether the paragraph is a heading whose line is whole."""
        return self.titled and not leads_on(self.previous)

    def goes_on(self) -> bool:
        """Whether the line belongs to the paragraph before it."""
        if self.first and self.block.rule_above:
            return False
        if self.first and self.block.mark:
            return self._across_mark()
        if self.first and not self._is_overflow:
            return self._across_blank()
        if self.block.wrapped:
            return self._at_wrap()
        return self._at_line_end()

    @property
    def _is_overflow(self) -> bool:
        """Whether the blank line above is none that anybody wrote."""
        if self.overflowing is None or self.block.blanks != 1 or self.block.mark:
            return False
        missing = self.overflowing - len(self.previous)
        return missing <= 0 or missing == 1 and self._is_within_quotation

    @property
    def _is_within_quotation(self) -> bool:
        """Whether the paragraph opens a quotation and does not close it, or leads to one."""
        return self.previous[-1] == ":" or self.paragraph.count('"') % 2 == 1

    def _across_mark(self) -> bool:
        """Whether the line goes on after a page mark; `usual` blank lines stand around one."""
        usual = self.blanks_at_marks
        if self._is_title:
            return self.small
        if self.small or leads_on(self.previous):
            return True
        if self._is_heading:
            return False
        if self.after_whole_paragraph or not self.block.wrapped:
            return not self.ended_sentence or self._is_cut_at_a_sentence
        if usual is None:
            return not (self.ended_sentence and self.ended_line and self.block.blanks)
        if self.block.blanks <= usual:
            return True
        return not self.ended_sentence and (self.line.text.isupper() or not self.ended_line)

    @property
    def _is_cut_at_a_sentence(self) -> bool:
        """Whether a mark fell between two sentences of an unwrapped paragraph: all others have
        numbers."""
        if not self.numbered:
            return False
        if self.blanks_at_marks is None:
            return self.all_numbered or not self.block.blanks
        return self.block.blanks <= self.blanks_at_marks

    def _across_blank(self) -> bool:
        if self._is_title or self.ended_sentence and not (self.small and self._ends_in_brackets):
            return False
        leads = leads_on(self.previous)
        if self.small:
            return leads or not self.ended_line or len(self.previous) > _LEAST_WRAPPED
        if self._is_heading:
            return False
        if self.after_whole_paragraph:
            return leads or self._resumes
        if self.ended_line:
            return False
        return leads or self.numbered and not self._is_in_item

    @property
    def _ends_in_brackets(self) -> bool:
        """Whether the line before ends in brackets or a quotation with no full stop inside."""
        return self.previous[-1] in _CLOSING and self.previous[-2:-1] not in _STOPS

    @property
    def _resumes(self) -> bool:
        """Whether a line goes on with a sentence that a long one did not end: in brackets, or where
        all paragraphs have numbers."""
        if self.line.text[0] == "(":
            return True
        if self.line.single and looks_like_heading(self.line.text):
            return False
        return self.numbered and self.all_numbered and not self._is_in_item

    @property
    def _is_heading(self) -> bool:
        """Whether the line stands alone and has the look of a heading."""
        return (
            len(self.block.lines) == 1 and self.line.single and looks_like_heading(self.line.text)
        )

    def _at_wrap(self) -> bool:
        if self.small or not self.ended_sentence or self._closes:
            return True
        if self.overflowing is not None and " " not in self.previous:
            return True  # the word that the line before had no room for
        short = len(self.previous) * 10 < self.page.width * 6
        if self.numbered:
            return not (short and (self._is_in_item or not self.previous.endswith(":")))
        if self.page.blank_separated:
            return True
        ragged = len(self.previous) * 4 < self.page.width * 3
        return not (self.ended_line and (self.line.indented or ragged))

    @property
    def _is_at_number(self) -> bool:
        """Whether a line was wrapped at a number that begins nothing."""
        first = self.line.text.lstrip("¶ ")[:1]
        return first.isdigit() and len(self.previous) > _LEAST_WRAPPED

    @property
    def _closes(self) -> bool:
        """Whether the line is the end of a block: "END SUMMARY."."""
        return closes_block(self.line.text)

    def _at_line_end(self) -> bool:
        if self._closes:
            return True
        if self.ended_sentence:
            return self.numbered and self.all_numbered and self._is_full and not self._is_heading
        if self.small or leads_on(self.previous) or self._is_at_number or self._is_full:
            return True
        return self.after_whole_paragraph and self._resumes

    @property
    def _is_full(self) -> bool:
        """Whether the line before was wrapped, on a page that mixes both: it has a wrapped line's
        length, no room for the next word, and not the look of a heading."""
        if not self.page.mixed or not _LEAST_WRAPPED < len(self.previous) <= UNWRAPPED:
            return False
        return not self.ended_line and not looks_like_heading(self.previous)
