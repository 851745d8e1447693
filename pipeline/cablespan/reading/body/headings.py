"""Headings: lines above a rule, a paragraph or a blank line that have the look of one."""

import re

from cablespan.reading.body.blocks import Block, Line
from cablespan.reading.body.draft import Draft, stripped_lines
from cablespan.reading.body.flow import (
    begins_sentence,
    ends_early,
    ends_sentence,
    leads_on,
    leads_to_number,
)
from cablespan.reading.body.page import LOWER, UNWRAPPED, Page
from cablespan.reading.body.starts import Start, start_of
from cablespan.reading.body.tables import has_columns
from cablespan.reading.body.titles import (
    ends_as_sentence,
    has_capitals,
    is_no_heading,
    looks_like_heading,
    section_of_heading,
)

_LONGEST_RULED = 150  # of one with a rule below it, two lines at most
_LONGEST_ALONE = 100  # of one that stands between blank lines
_LAST_SENTENCE = re.compile(r".*[.!?][\"'”’)\]]{0,2}\s{1,3}(?=\S)", re.DOTALL)
_LAST = 150  # characters of a line in which a heading at its end lies
_SHORT = 400  # characters in which the lines of a heading lie, with room to spare


def lines_above_rule(block: Block, ruled: bool) -> int:
    """How many lines at the end of a block the rule below it makes a heading.

    `ruled`: it follows a heading with a rule, so that it can begin with a small letter.
    """
    if not block.rule_below or any(has_columns(line.text) for line in block.lines[-2:]):
        return 0
    last = block.lines[-1]
    if _begins_paragraph(last.text) or is_no_heading(last.text):
        return 0
    if _is_short(block) and _is_heading(block, ruled):
        return len(block.lines)
    return int(last.is_titled and not _ends_with_end(block))


def _begins_paragraph(text: str) -> bool:
    """Whether a line above a rule has a number or a dash, and not the letter of a heading."""
    start = start_of(text)
    return start is not None and (start.kind != "item" or start.style == "-")


def _ends_with_end(block: Block) -> bool:
    """Whether the last line is the rest of "END SUMMARY"."""
    return len(block.lines) > 1 and block.lines[-2].last.lower().endswith(" end")


def _is_short(block: Block) -> bool:
    characters = block.lines[-1].end - block.lines[0].begin
    most = 3 if block.rule_above else 2
    return len(block.lines) <= most and characters <= _LONGEST_RULED


def _is_heading(block: Block, ruled: bool) -> bool:
    """Whether the lines of a block are one heading, as it stands above a rule."""
    text = " ".join(line.words for line in block.lines)
    if text[0] in LOWER and not ruled or _begins_paragraph(block.lines[0].text):
        return False
    if text[-1] == ";" or is_no_heading(text):
        return False
    return text[-1] != "." or has_capitals(text) or section_of_heading(text) is not None


def lines_above_text(block: Block, page: Page) -> int:
    """How many lines at the beginning of a block are a heading directly above their paragraph."""
    if len(block.lines) < 2 or block.rule_below and len(block.lines) < 3:
        return 0
    for count in (1, 2):
        if count < len(block.lines) and _is_above_text(block, count, page):
            return count
    return 0


def _is_above_text(block: Block, count: int, page: Page) -> bool:
    """Whether the first `count` lines of a block are a title, and text begins after them."""
    lines = block.lines[:count]
    title = " ".join(line.words for line in lines)
    if not all(map(_can_be_of_title, lines)) or _is_no_title(title, lines[-1].last):
        return False
    if block.lines[count].text[0] in LOWER:
        return False
    if section_of_heading(title):
        return True
    return has_capitals(title) and _text_begins_after(block, count, page)


def _is_no_title(title: str, last: str) -> bool:
    """Whether a title's signs, or the length of its last line, speak against it."""
    if len(last) > UNWRAPPED or title[-1] in ".:," or ";" in title:
        return True
    return is_no_heading(title)


def _text_begins_after(block: Block, count: int, page: Page) -> bool:
    """Whether the first `count` lines of a block were ended on purpose, and text begins below."""
    last, below = block.lines[count - 1].last, block.lines[count]
    is_rest_of_block = len(block.lines) == count + 1 and below.single
    if is_rest_of_block or not _begins_text(below):
        return False
    if ends_early(last, below.text, page):
        return True
    return begins_sentence(below.text) and not leads_on(last)


def _can_be_of_title(line: Line) -> bool:
    return line.at_most_two and not has_columns(line.text) and not start_of(line.text)


def _begins_text(line: Line) -> bool:
    """Whether a line begins a paragraph without a number that has not a title's capitals."""
    if not line.text[0].isupper() or start_of(line.text) is not None:
        return False
    return not (line.single and has_capitals(line.text))


def is_another_heading(above: str, line: str) -> bool:
    """Whether a heading's line is none of the heading in the line above: a section's own, or in
    title case below capitals.

    >>> is_another_heading("SENSITIVE", "SUMMARY"), is_another_heading("THE LONG", "ROAD")
    (True, False)
    """
    if above == line or not looks_like_heading(above):
        return False
    if section_of_heading(line) is not None:
        return not leads_on(above)
    return above.isupper() and not line.isupper() and has_capitals(line)


def is_heading_without_blanks(line: Line, previous: str, below: str, number: int) -> bool:
    """Whether a line in mid-block is a heading: a sentence or a heading ends above, and the
    paragraph `number` begins `below`, or its words are a section's."""
    if not line.single or line.text[-1] in ".;,":
        return False
    if below[:1].isdecimal() or below[:1] == "¶":
        is_one = _is_above_number(line.text, below, number)
    else:
        is_one = line.text.isupper() and section_of_heading(line.text) is not None
    return is_one and (ends_sentence(previous) or is_another_heading(previous, line.text))


def _is_above_number(text: str, below: str, number: int) -> bool:
    """Whether a line has the look of a heading, and the paragraph `number` begins below it."""
    start = start_of(below)
    if start is None or start.number != number:
        return False
    titled = looks_like_heading(text) and not leads_to_number(text)
    return titled or section_of_heading(text) is not None


def is_framed_heading(line: Line, block: Block) -> bool:
    """Whether a line that stands alone is a heading between signs: "-- SUMMARY --"."""
    if len(block.lines) > 1 or not line.single:
        return False
    framed = line.text[-1] == line.text[0]
    if framed and looks_like_heading(line.text.strip(f"{line.text[0]} ")):
        return True
    return (framed or line.text.startswith("***")) and section_of_heading(line.text) is not None


def is_lettered_heading(line: Line, block: Block, start: Start) -> bool:
    """Whether a line that stands alone is a section's heading after a letter: "II. (C) COMMENT"."""
    return _is_lettered(block, start) and section_of_heading(line.text) is not None


def is_titled_item(line: Line, block: Block, start: Start) -> bool:
    """Whether the words after an item's letter, on a line that stands alone, are a title: "I.
    POLITICS"."""
    if not (_is_lettered(block, start) and line.single and start.style.isupper()):
        return False
    title = line.text[start.skip :] if start.marking else line.text.partition(" ")[2].strip()
    return title[-1:] not in (":", "?") and looks_like_heading(title)


def _is_lettered(block: Block, start: Start) -> bool:
    """Whether a block is one line that begins with an item's letter."""
    return start.kind == "item" and start.style != "-" and len(block.lines) == 1


def heading_at_the_end(text: str) -> int | None:
    """Where a heading begins at the end of a line that holds the paragraph before it.

    >>> text = "The road is open. Next Steps"
    >>> text[heading_at_the_end(text):]
    'Next Steps'
    """
    if text[-1] in ".;,:":
        return None
    sentences = _LAST_SENTENCE.match(text, max(0, len(text) - _LAST))
    if sentences is None or text[sentences.end()] == "(":
        return None
    title = text[sentences.end() :]
    known = section_of_heading(title) is not None
    if known or len(title.split()) > 1 and looks_like_heading(title):
        return sentences.end()
    return None


def find_headings(drafts: list[Draft]) -> None:
    """Makes headings of the short lines that stand by themselves before a paragraph and have the
    look of one."""
    for before, draft, following in zip([None, *drafts], drafts, drafts[1:], strict=False):
        text = _short_text(draft)
        if text is None or before and _is_last_of_lines(draft, before):
            continue
        if following is drafts[-1] and _is_signature_above_note(text, following):
            continue
        if section_of_heading(text) or _stands_alone(text, before, following):
            draft.kind = "heading"


def _short_text(draft: Draft) -> str | None:
    """The text of a draft of one stretch and two lines at most; None of others."""
    if draft.kind != "text" or draft.rows or len(draft.spans) > 1:
        return None
    begin, end = draft.spans[0]
    lines = stripped_lines(draft.source, max(begin, end - _SHORT), end)
    return " ".join(line for _, line in lines) if len(lines) <= 2 else None


def _is_last_of_lines(draft: Draft, before: Draft) -> bool:
    """Whether a text directly below another, which ends as no sentence does, is one more of its
    lines."""
    end = before.spans[-1][1]
    gap = draft.source[end : draft.spans[0][0]]
    if before.kind != "text" or not gap.isspace() or gap.count("\n") != 1:
        return False
    return not ends_as_sentence(before.source[max(0, end - 4) : end])


def _stands_alone(text: str, before: Draft | None, following: Draft) -> bool:
    """Whether a short text between blank lines is a heading: by its capitals, or before a
    number."""
    if len(text) > _LONGEST_ALONE or is_no_heading(text):
        return False
    if text[-1] in ":." and not text.endswith("..."):
        return _is_ended_title(text, following)
    if looks_like_heading(text):
        return text[-1] != "?" or following.kind != "item"  # a question above its answers is none
    if following.kind != "numbered" or text[0] in LOWER or ends_as_sentence(text):
        return False
    return before is None or before.kind in ("numbered", "heading") or before.text()[-1] in '.!?)"'


def _is_ended_title(text: str, following: Draft) -> bool:
    """Whether a title ends in a colon or, in capitals above a text that has small letters, in a
    full stop: paragraphs are counted on below, where else it leads to a list or is a sentence."""
    if following.kind != "numbered" or not text[0].isalpha() or not looks_like_heading(text[:-1]):
        return False
    if text[-1] == ":":
        return following.number != 1 or following.marking is not None
    return following.number != 1 and text.isupper() and not following.text().isupper()


def _is_signature_above_note(text: str, following: Draft) -> bool:
    is_short = text.isupper() and len(text) < 30
    return is_short and following.text().upper().startswith("NOTE")
