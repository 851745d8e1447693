"""The look of a heading, in its words alone."""

import re
from functools import cache

from cablespan.header.portions import PORTION_CLASSES
from cablespan.lexicon import listed, load
from cablespan.reading.body.page import LOWER

_LONGEST = 90  # characters of a heading
_LONGEST_BEGINNING = 9  # words of "BEGIN TEXT OF ..."
_LONGEST_SMALL = 4  # letters of a word that titles have without a capital
_CLOSER = re.compile(r"[-/(\[ ]*end\b", re.IGNORECASE)
_SPACED = re.compile(r"(?:[A-Z] ){3,}[A-Z]")  # S U M M A R Y
_LETTER = re.compile(r"(?:[IVX]{1,4}|[A-H])[.)] ")  # "II. (C) COMMENT", "A. SUMMARY"
_PORTION = re.compile(rf"\((?:{PORTION_CLASSES})(?:/[A-Z/]+)?\)")
_REDACTED = re.compile(r"[X ]{4,}")
# "(He was calm. It passed.)": a sentence that ends inside, after a word in small letters; an
# exclamation ends in its quotes as a title does.
_SENTENCE_END = re.compile(
    r"""
    [.!](?<=[a-z]{2}.)                                   # its sign first: the search is fast
    (?: [ ]+[A-Z(] | [)\]]+$ | (?<=\.)["'”’)\]]+$ )
    """,
    re.VERBOSE,
)
_LABEL_IN_BRACKETS = re.compile(r"[(\[]([^:]+):\s.+[)\]]")  # "(COMMENT: WE DOUBT IT.)"
_END_AFTER_SENTENCE = re.compile(r"[.!?)\]\"']\s[-/(\[\s]*end\s(?:of\s)?(\w+)\W*$", re.IGNORECASE)


@cache
def known_sections() -> dict[str, str]:
    """The section of every heading of the lexicon, by its words in small letters."""
    return {" ".join(_plain_words(entry["words"])): entry["section"] for entry in load("headings")}


def section_of_heading(text: str) -> str | None:
    """The section that a heading opens.

    >>> section_of_heading("SUMMARY AND COMMENT"), section_of_heading("//COMMENT//")
    ('summary', 'comment')
    >>> section_of_heading("The Long Road")
    >>> section_of_heading("BEGIN TEXT OF THE MINISTRY'S PRESS RELEASE")
    'text'
    """
    if len(text) > _LONGEST:
        return None
    words = _plain_words(text)
    section = known_sections().get(" ".join(words))
    if section or words[:1] != ["begin"] or len(words) > _LONGEST_BEGINNING:
        return section
    shorter = (" ".join(words[:length]) for length in range(len(words) - 1, 1, -1))
    return next(filter(None, map(known_sections().get, shorter)), None)


def _plain_words(text: str) -> list[str]:
    """The words of a heading in small letters, without signs around them and a portion marking."""
    letter = _LETTER.match(text)
    if text[1:2] == " " and _SPACED.fullmatch(text):
        plain = text.replace(" ", "")
    else:
        plain = _PORTION.sub("", text[letter.end() :] if letter else text)
    plain = plain.lower().replace("-", " ").strip(' .:*()[]/=_<>"')
    return plain.replace("/", " and ").replace("&", " and ").split()


def looks_like_heading(text: str) -> bool:
    """Whether a short text has the look of a heading: no sentence's end, capitals or Title Case.

    >>> looks_like_heading("Unemployment on the Rise"), looks_like_heading("and they left")
    (True, False)
    """
    if not 2 <= len(text) <= _LONGEST or ends_as_sentence(text) or text[0] in LOWER:
        return False
    return has_capitals(text) and not is_no_heading(text)


def ends_as_sentence(text: str) -> bool:
    """Whether a text ends as no title does; dots at its end may leave something open.

    >>> ends_as_sentence("He left."), ends_as_sentence("The President Is Cornered, but...")
    (True, False)
    """
    return text[-1] in ".;," and not text.endswith("...")


def has_capitals(text: str) -> bool:
    """Whether all words but short ones have capitals, as titles do.

    >>> has_capitals("The Road to Oslo"), has_capitals("The road north of Oslo")
    (True, False)
    """
    words = [word for word in text.split() if word[0].isalpha()]
    small = [word for word in words if word[0].islower()]
    if not words or len(small) * 2 > len(words):
        return False
    return not small or max(map(len, small)) <= _LONGEST_SMALL


def closes_block(text: str) -> bool:
    """Whether a line is the end of a block.

    >>> closes_block("END SUMMARY."), closes_block("Ending the Talks")
    (True, False)
    """
    return _CLOSER.match(text) is not None


def is_no_heading(text: str) -> bool:
    """Whether a short line closes a block, holds a sentence, is a redaction, or has no words.

    >>> is_no_heading("The Talks. They Failed"), is_no_heading("Talks with Gen. Roe")
    (True, False)
    """
    if closes_block(text) or _REDACTED.fullmatch(text) or _holds_sentence(text) or _is_note(text):
        return True
    return not any(sign.isalpha() for sign in text)


def _is_note(text: str) -> bool:
    """Whether a line is a remark with its section's name, in brackets or up to its END.

    >>> _is_note("[NOTE: HE LEFT]"), _is_note("NOTE: HE LEFT. END NOTE"), _is_note("(NOTE)")
    (True, True, False)
    """
    label = _LABEL_IN_BRACKETS.fullmatch(text) or _END_AFTER_SENTENCE.search(text)
    return label is not None and label[1].lower() in known_sections()


def _holds_sentence(text: str) -> bool:
    """Whether a sentence ends inside: "The Talks. They failed", but not "Talks with Gen. Roe"."""
    ends, bound = _SENTENCE_END.finditer(text), listed("stops", "form", "bound")
    return any(text[: end.start() + 1].rsplit(None, 1)[-1].lower() not in bound for end in ends)
