"""Headings and blocks: which paragraphs are the summary, a comment, an action request, a quoted
text."""

import re
from functools import cache

from cablespan.lexicon import load
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.titles import known_sections, section_of_heading

_OPENER = re.compile(
    r"""
    [(\[]?\s?([A-Za-z][A-Za-z/&,'\ ]{2,40}?)\s{0,2}
    (?:\((?:[A-Z]{1,4}|[Cc]ont(?:inued|'d|\.)?)\)\s?)?
    (?::|\.|--|–|—|\ -\s|(?<=[a-zA-Z])[)\]])
    """,
    re.VERBOSE,
)
# "BEGIN TEXT OF LETTER Dear Minister": in capitals before the text itself.
_BEGINNING = re.compile(r"(BEGIN(?: [A-Z0-9][A-Z0-9'/-]*){1,8})(?= [A-Z\"]?[a-z])")
# "SUMMARY The talks": in capitals before a sentence, the sign between them lost.
_BEFORE_SENTENCE = re.compile(r"([A-Z]{4,12}(?: AND [A-Z]{4,12})?)(?= [A-Z][a-z])")
_FIRST_WORD = re.compile(r"[(\[{]?\s?([A-Za-z]+)")
_BARE_OPENER = re.compile(r"[A-Z]{4,12}(?= [A-Z])")
_END = re.compile(
    r"""
    end(?<!\wend)\s(?:of\s)?
    (?:embassy\s | post\s | unofficial\s | informal\s)?
    (\w+)
    """,
    re.VERBOSE,
)
_END_SIGNS = ["End ", "END ", "(end ", "-end ", " end s", " end c", " end t", "nquote", "NQUOTE"]
_LONGEST_OPENER = 64  # characters
_FARTHEST_END = 15  # paragraphs between the two ends of a block
_FARTHEST_END_OF_TEXT = 60  # of a quoted text, which is told by its two ends
_LAST_OF_A_COMMENT = 4  # paragraphs that an unclosed one can have after its first


@cache
def _first_words() -> frozenset[str]:
    return frozenset(re.split("[^a-z]", words, maxsplit=1)[0] for words in known_sections())


@cache
def _text_words() -> frozenset[str]:
    """The words that END can be followed by at the end of a quoted text."""
    openings = [entry["words"] for entry in load("headings") if entry["section"] == "text"]
    return frozenset(" ".join(openings).split()) - {"begin", "of", "follows", "embassy"}


def section_of_opener(text: str) -> str | None:
    """The section that a paragraph's first words open: "Summary: ...", "(Comment: ...", "BEGIN
    TEXT."."""
    if not (text[:1].isalpha() or text[:1] in "([{"):
        return None
    word = _FIRST_WORD.match(text)
    if word is None or word[1].lower() not in _first_words():
        return None
    for pattern in (_BEGINNING, _OPENER, _BEFORE_SENTENCE):
        match = pattern.match(text, 0, _LONGEST_OPENER)
        section = section_of_heading(match[1]) if match else None
        if section is not None:
            return section
    return None


def ended_sections(text: str) -> set[str]:
    """The sections that end somewhere in a text: "End summary."."""
    if not any(map(text.__contains__, _END_SIGNS)):
        return set()
    lowered = text.lower()
    sections = {
        "text" if match[1] in _text_words() else known_sections().get(match[1])
        for match in _END.finditer(lowered)
    }
    if "unquote" in lowered:
        sections.add("text")
    return {section for section in sections if section is not None}


def find_sections(drafts: list[Draft], texts: list[str]) -> None:
    """Writes the section of every draft; `texts` are theirs, reflowed."""
    sections = _Sections(drafts, texts)
    for index, draft in enumerate(drafts):
        draft.section = sections.section(index)


class _Sections:
    """Which sections are open: one of a heading, one of a block until its END, one whose items
    follow."""

    def __init__(self, drafts: list[Draft], texts: list[str]):
        self._drafts = drafts
        self._texts = texts
        self._ends = [ended_sections(text) for text in texts]
        self._headed: str | None = None
        self._block: str | None = None
        self._of_items: str | None = None
        self._of_number: str | None = None  # of a numbered paragraph that is a heading alone
        self._last_number = 0
        self._lost_summary = self._summary_without_opening()

    def section(self, index: int) -> str | None:
        """The section of a draft; to be asked in order."""
        if self._drafts[index].kind == "heading":
            return self._at_heading(index)
        opened = self._opened(index)
        if opened is not None:
            self._open(index, opened)
            return opened
        section = self._current(index)
        if self._ends[index]:
            self._close(index)
        return section

    def _at_heading(self, index: int) -> str | None:
        text = self._texts[index]
        section = section_of_heading(text) or section_of_opener(text)
        if section is None and self._lists_participants and self._is_above_items(index):
            return "participants"  # a delegation's name
        if section is None and self._is_in_text and self._closes(index, "text"):
            return "text"  # a heading of the text that is quoted
        self._headed = section
        self._block = self._of_items = self._of_number = None
        return self._headed

    @property
    def _is_in_text(self) -> bool:
        return "text" in (self._block, self._headed)

    @property
    def _lists_participants(self) -> bool:
        return "participants" in (self._headed, self._of_items, self._of_number)

    def _is_above_items(self, index: int) -> bool:
        """Whether items stand below a heading, or below one more heading."""
        kinds = [draft.kind for draft in self._drafts[index + 1 : index + 3]]
        return kinds[:1] == ["item"] or kinds == ["heading", "item"]

    def _opened(self, index: int) -> str | None:
        """The section that a draft's first words open."""
        text = self._texts[index]
        opened = section_of_opener(text) or section_of_heading(text)
        if opened is not None or not self._ends[index]:
            return opened
        # "SUMMARY The talks ... END SUMMARY.": the sign after the word is lost, but the block's end
        # is there.
        bare = _BARE_OPENER.match(text)
        opened = section_of_heading(bare[0]) if bare else None
        return opened if opened in self._ends[index] else None

    def _open(self, index: int, opened: str) -> None:
        ended = opened in self._ends[index]
        self._of_items = None if ended else opened
        self._of_number = section_of_heading(self._texts[index])
        self._block = None
        if ended:
            self._headed = None if opened == self._headed else self._headed
        elif self._closes(index, opened) or self._runs_to_the_end(index, opened):
            self._block = opened

    def _current(self, index: int) -> str | None:
        draft = self._drafts[index]
        if draft.kind != "item":
            self._of_items = None
        if draft.number is not None:
            self._of_number = None
        if self._begins_anew(draft):
            self._block = self._headed = None
        if index in self._lost_summary:
            return "summary"
        return self._block or self._of_items or self._of_number or self._headed

    def _begins_anew(self, draft: Draft) -> bool:
        """Whether a marked paragraph has the body's first number again: the cable once more."""
        first = draft.number == 1 and draft.marking is not None and self._last_number > 1
        self._last_number = draft.number or self._last_number
        return first

    def _close(self, index: int) -> None:
        if self._block in self._ends[index]:
            self._block = None
        if self._headed in self._ends[index]:
            self._headed = None

    def _closes(self, index: int, section: str) -> bool:
        """Whether a block that opens at `index` is closed by its END, before a heading, in one of
        the next paragraphs."""
        farthest = _FARTHEST_END_OF_TEXT if section == "text" else _FARTHEST_END
        for later in range(index + 1, min(index + 1 + farthest, len(self._drafts))):
            if self._drafts[later].kind == "heading" and section != "text":
                return False
            if section in self._ends[later]:
                return True
        return False

    def _runs_to_the_end(self, index: int, section: str) -> bool:
        """Whether a comment that is never closed holds what follows: the last paragraphs, without
        numbers."""
        following = range(index + 1, len(self._drafts))
        if section != "comment" or len(following) > min(index, _LAST_OF_A_COMMENT):
            return False
        return not any(
            self._drafts[later].kind in ("heading", "numbered")
            or self._ends[later]
            or section_of_opener(self._texts[later])
            for later in following
        )

    def _summary_without_opening(self) -> range:
        """The first paragraphs, where "End summary" stands but no word opens the summary."""
        first = 0
        for index, draft in enumerate(self._drafts[:_FARTHEST_END]):
            if draft.kind == "heading":
                first = index + 1
            known = section_of_heading if draft.kind == "heading" else section_of_opener
            section = known(self._texts[index])
            if section == "action request":  # it points to the request, before the summary
                first = index + 1
            elif section is not None:
                return range(0)
            if "summary" in self._ends[index]:
                return range(first, index + 1)
        return range(0)
