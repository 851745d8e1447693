"""Headings and blocks: which paragraphs are the summary, a comment, an action request, a quoted text."""

import re
from functools import cache

from cablespan.lexicon import load
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.titles import known_sections, section_of_heading

_OPENER = re.compile(
    r"[(\[]?\s?([A-Za-z][A-Za-z/&,' ]{2,40}?)\s{0,2}(?:\([A-Z]{1,4}\)\s?)?(?::|\.|--|–|—| -\s)"
)
_FIRST_WORD = re.compile(r"[(\[{]?\s?([A-Za-z]+)")
_BARE_OPENER = re.compile(r"[A-Z]{4,12}(?= [A-Z])")
_END = re.compile(r"end(?<!\wend)\s(?:of\s)?(?:embassy\s|post\s|unofficial\s|informal\s)?(\w+)")
_END_SIGNS = (
    "End ",
    "END ",
    " end s",
    "(end ",
    " end c",
    " end t",
    "-end ",
    "nquote",
    "NQUOTE",
)
_FARTHEST_END = 15  # paragraphs between the two ends of a block
_STRONG = frozenset({"summary", "comment", "action request", "introduction", "biographic note"})


@cache
def _first_words() -> frozenset[str]:
    return frozenset(re.match(r"[a-z]*", words)[0] for words in known_sections())


@cache
def _text_words() -> frozenset[str]:
    """The words that END can be followed by at the end of a quoted text."""
    words = {
        word
        for entry in load("headings")
        if entry["section"] == "text"
        for word in entry["words"].split()
    }
    return frozenset(words - {"begin", "of", "follows", "embassy"})


def section_of_opener(text: str) -> str | None:
    """The section that a paragraph's first words open: "Summary: ...", "(Comment: ...", "BEGIN TEXT."."""
    if not (text[:1].isalpha() or text[:1] in "([{"):
        return None
    word = _FIRST_WORD.match(text)
    if word is None or word[1].lower() not in _first_words():
        return None
    match = _OPENER.match(text, 0, 64)
    return section_of_heading(match[1]) if match else None


def ended_sections(text: str) -> set[str]:
    """The sections that end somewhere in a text: "End summary."."""
    lowered = text.lower()
    if not ("end " in lowered or "nquote" in lowered) or not any(
        sign in text for sign in _END_SIGNS
    ):
        return set()
    sections = {
        "text" if match[1] in _text_words() else known_sections().get(match[1])
        for match in _END.finditer(lowered)
    }
    return sections | {"text"} if "unquote" in lowered else sections - {None}


def find_sections(drafts: list[Draft], texts: list[str]) -> None:
    """Writes the section of every draft; `texts` are theirs, reflowed."""
    ends = [ended_sections(text) for text in texts]
    headed: str | None = None
    block: str | None = None
    for index, draft in enumerate(drafts):
        if draft.kind == "heading":
            words, _, title = texts[index].partition(":")
            headed, block = (
                section_of_heading(texts[index]) or (section_of_heading(words) if title else None),
                None,
            )
            if headed == "summary" and not _closes(drafts, ends, index, headed, headings=True):
                headed = None if index + 1 >= len(drafts) else headed
            draft.section = headed
            continue
        opened = section_of_opener(texts[index])
        if opened is None and ends[index]:
            # "SUMMARY The talks ... END SUMMARY.": the sign behind the word is lost, but the block's end is there.
            bare = _BARE_OPENER.match(texts[index])
            opened = section_of_heading(bare[0]) if bare else None
            opened = opened if opened in ends[index] else None
        if opened is not None:
            draft.section = opened
            block = (
                opened
                if opened not in ends[index] and _closes(drafts, ends, index, opened)
                else None
            )
            if opened in ends[index] and opened == headed:
                headed = None
            continue
        draft.section = block or headed
        if block in ends[index]:
            block = None
        if headed in ends[index]:
            headed = None


def _closes(
    drafts: list[Draft], ends: list[set[str]], index: int, section: str, headings: bool = False
) -> bool:
    """Whether a block that opens at `index` is closed by its END, before a heading, in one of the next paragraphs."""
    for later in range(index + 1, min(index + 1 + _FARTHEST_END, len(drafts))):
        if drafts[later].kind == "heading" and section != "text":
            return headings
        if section in ends[later]:
            return True
    return False
