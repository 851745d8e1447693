"""Whether a line without a label belongs to the field above it: a REF list, TAGS, a subject ..."""

import re
from typing import NamedTuple

from cablespan.header.dates import date_of
from cablespan.header.furniture import RULE
from cablespan.header.passing import passes_on
from cablespan.header.portions import PORTION_CLASSES
from cablespan.header.posts import post_at_end, post_of_mark
from cablespan.header.prose import has_common_word, is_running, within_titles
from cablespan.lexicon import listed

_MARKED = re.compile(rf"[(\[](?:{PORTION_CLASSES})(?:/[A-Z/]{{1,10}})?[)\]]\s?\S")
_ENUMERATED = re.compile(
    r"""¶?\s?[(\[]?[A-Za-z][.):\]] | [(\[]?\d{1,2}[.)\]] | -
    | \d\d\  | (?:19|20)\d\d\  | AND\  | &\ """,
    re.VERBOSE,
)
_ITEM_LETTER = re.compile(r"(?:REFS?:? *)?¶?\s?[(\[]?([A-Za-z])[.):\]]")
_REFERENCE = re.compile(
    r"""
    [A-Z]{2,}[ .:#-]{0,3}\d | \d[ -]?[A-Z]{3}                 # OSLO 12, 07 OSLO
    | E-?MAIL | TELCON | MEMO
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TAG_LINE = re.compile(
    r"""(?:(?:[A-Z]{2,5} | \([A-Z .,'-]{4,40}\) | [A-Z .'-]{4,40}\))[,; ]{1,3}){0,40}
    (?:[A-Z]{2,5} | \([A-Z .,'-]{4,40}\) | [A-Z .'-]{4,40}\)),?""",
    re.VERBOSE,
)
# "SENSITIVE BUT UNCLASSIFIED - PLEASE PROTECT ACCORDINGLY", which stands in no title.
MARKED_SENSITIVE = r"""(?i:(?:(?:ENTIRE\ TEXT|THIS\ (?:CABLE|MESSAGE|TELEGRAM))\ (?:IS\ )?)?
    SENSI?TIVE,?\ BUT\ UNCLAS)"""
_REMARK = re.compile(
    rf"""
    (?:\(\w+\)\ )?(?:THIS\ IS\ )?
    (?:{MARKED_SENSITIVE} | (?:\(?[CSU]\ ?-\ ?)?ENTIRE\ TEXT\b(?!\ OF)
      | UNCLASSIFIED\ BUT\ SENSITIVE
      | (?:(?:SBU|SENSITIVE)\W{{2,4}})?(?:PLEASE\ )?PROTECT\ ACCORDINGLY
      | NOT\ FOR\ INTERNET\ (?:DISTRIBUTION|PUBLICATION)
      | AN\ ACTION\ (?:REQUEST|MESSAGE|CABLE)\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PASSING_WORD = re.compile(r"\b(?:FOR|PASS)\b")
_SMALL = re.compile(r"[a-z]{3,}")
_OPEN_ENDS = ("-", ":", ",", "/", "–", "—")  # of a subject that goes on
_LONGEST_REFERENCE = 6  # words without a digit
_LONGEST_ENUMERATED = 75  # characters of an item of a REF list


def is_remark(line: str) -> bool:
    """Whether a line says how to handle a cable, or asks for action, and belongs to no field.

    >>> is_remark("SENSITIVE BUT UNCLASSIFIED - PLEASE PROTECT ACCORDINGLY"), is_remark("ROADS")
    (True, False)
    """
    return _REMARK.match(line) is not None


def is_enumerated(text: str) -> bool:
    """Whether a text begins as an item of a REF list does.

    >>> is_enumerated("A. OSLO 12"), is_enumerated("OSLO 12")
    (True, False)
    """
    return _ENUMERATED.match(text) is not None


def belongs(field: str, text: str, content: list[str], *, after_break: bool) -> bool:
    """Whether a line goes on with a field whose lines so far are `content`.

    `after_break`: a blank line or a page mark stands between.

    >>> belongs("subject", "TO BERGEN", ["THE ROAD"], after_break=False)
    True
    >>> belongs("subject", "TO BERGEN", ["THE ROAD"], after_break=True)
    False
    """
    directly, across_break = _RULES.get(field, _RULES_OF_OTHERS)
    rule = across_break if after_break else directly
    return rule(_Next(text, content))


class _Next(NamedTuple):
    """A line without a label, and the content so far of the field above it."""

    text: str
    content: list[str]

    @property
    def above(self) -> str:
        return self.content[-1]


def _is_no_text(line: _Next) -> bool:
    return not _MARKED.match(line.text) and not _is_heading(line.text)


def _is_in_references(line: _Next) -> bool:
    if not any(line.content) and not is_enumerated(line.text):
        return _REFERENCE.search(line.text) is not None
    if _is_marked_text(line.text) or is_remark(line.text) or _is_heading(line.text):
        return False
    return not _is_sentence_below(line)


def _is_sentence_below(line: _Next) -> bool:
    """Whether running text begins below a list of references, which goes on without words."""
    if is_enumerated(line.text) or is_running(line.above):
        return False
    return is_running(line.text) and len(line.text.split()) > _LONGEST_REFERENCE


def _is_reference(line: _Next) -> bool:
    """Whether a line after a break is an item of a REF list, one without a letter too, or the
    serial of the post above."""
    if line.text[:1].isdigit() and post_at_end(line.above.split()[-3:]):
        return True
    *words, serial = line.text.split()
    if serial.isdecimal() and post_of_mark(" ".join(words)):
        return True
    if not is_enumerated(line.text) or _is_marked_text(line.text):
        return False
    is_reference = _REFERENCE.search(line.text) is not None
    return is_reference and len(line.text) < _LONGEST_ENUMERATED or _is_next_item(line)


def _is_next_item(line: _Next) -> bool:
    """Whether a line has the letter after that of the item above: "B." below "A."."""
    letters = [match[1].upper() for text in line.content if (match := _ITEM_LETTER.match(text))]
    own = _ITEM_LETTER.match(line.text)
    return own is not None and letters[-1:] == [chr(ord(own[1].upper()) - 1)]


def _is_in_tags(line: _Next) -> bool:
    has_tags = _is_tag_line(line.text) or line.text.split()[0] in listed("tags", "tag")
    in_list = has_tags or not line.above or _is_open(line.above)
    is_code = _PASSING_WORD.search(line.text) is None and not passes_on(line.text)
    return in_list and is_code and _is_no_text(line)


def _is_in_subject(line: _Next) -> bool:
    if line.above.endswith("...") or is_remark(line.text) or _is_in_small_letters(line):
        return False
    if passes_on(line.text) and not _is_cut(line):
        return False
    return _is_no_text(line) or _is_marked_subject(line)


def _is_marked_subject(line: _Next) -> bool:
    """Whether a line is a subject that stands with its marking below the label: "(C) ROADS"."""
    title = line.text.partition(")")[2].strip()
    return not any(line.content) and title.isupper() and not _is_heading(title)


def _is_cut(line: _Next) -> bool:
    """Whether a break cut a field: the line above ends as no line does, with "the", "to", ","."""
    return line.above.endswith(",") or line.above.lower().rpartition(" ")[2] in within_titles()


def _is_in_order(line: _Next) -> bool:
    """Whether a line has the date that the one above lacks: below "DECL:", "DECL: 1/2/"."""
    is_open = line.above.endswith((":", "/")) or line.text.startswith("/")
    if not is_open or date_of(line.above):
        return False
    return date_of(f"{line.above} {line.text}") is not None


def _is_in_declassify(line: _Next) -> bool:
    """Whether a line is the first with content, as the label stands alone, or a date's end."""
    return (not line.above and _is_no_text(line)) or _is_in_order(line)


# Whether a line belongs to a field: directly below the line above, and after a break.
_RULES = {
    "ref": (_is_in_references, _is_reference),
    "tags": (_is_in_tags, lambda line: _is_open(line.above) and _is_tag_line(line.text)),
    "subject": (_is_in_subject, lambda line: line.above.endswith(":") or _is_cut(line)),
    "eo": (_is_in_order, _is_cut),
    "declassify": (_is_in_declassify, _is_cut),
}
_RULES_OF_OTHERS = (_is_no_text, _is_cut)


def _is_marked_text(line: str) -> bool:
    """Whether a line is a paragraph with a portion marking: "(SBU) Embassy agrees ..."."""
    if not _MARKED.match(line):
        return False
    return is_running(line) or len(line.split()) > _LONGEST_REFERENCE


def _is_open(line: str) -> bool:
    """Whether a list of tags goes on after a line, which can end within a tag of several words."""
    if line.endswith((",", ";", "OVIP")) or line.count("(") > line.count(")"):
        return True
    return has_common_word(line.rpartition(" ")[2])


def _is_tag_line(line: str) -> bool:
    return _TAG_LINE.fullmatch(line) is not None


def _is_in_small_letters(line: _Next) -> bool:
    """Whether a line is in small letters below a subject in capitals that could end there."""
    if line.above.endswith(_OPEN_ENDS):
        return False
    begun = next(filter(None, line.content), "")
    return begun.isupper() and len(_SMALL.findall(line.text)) > 2


def _is_heading(line: str) -> bool:
    """Whether a line is a heading, or begins with one: "SUMMARY: THE KING ..."."""
    headings = listed("headings", "words")
    title = line.lower().strip(" .:-*=")
    is_rule = line.startswith("---") or RULE.match(line) is not None
    return is_rule or title in headings or title.partition(":")[0] in headings
