"""The labels of header lines: E.O., TAGS, SUBJECT, REF, Classified By, and their misspellings."""

import re
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from cablespan.header.portions import CAVEAT, PORTION_CLASSES
from cablespan.lexicon import load

# "SUBJECT:", "(U) TAGS;", "[REF(S)]:", "12065:", "SUBJECT (C/NF):", "REF (ALL NOTAL):"
_WITH_COLON = re.compile(
    rf"""(?:[(\[]?(?:U|C|S)[)\]]\s?)?[(\[]?(?P<label>[A-Z][A-Z0-9.,/\ ()&]{{0,24}}?|1\d{{4}})
    \s{{0,3}}(?:\((?:(?:{PORTION_CLASSES})(?:/[A-Z]{{1,6}})?|(?-i:{CAVEAT}))\)\s{{0,2}})?[:;]""",
    re.VERBOSE | re.IGNORECASE,
)
_WITHOUT_COLON = re.compile(
    r"""(?:[(\[](?:U|C|S)[)\]]\s?(?=CLASSIFIED\ BY\b))?
      (?P<label>SUBJECT|SUBJ|TAGS|E\.\s?O\.|EO|CLASSIFIED\ {1,3}BY|DECLASSIFY\ {1,3}ON)(?!\w)
      [\s.-]{1,6}(?=\S)
    | (?P<ref>REFTELS?|REFS?|REF\(S\)|REFERENCES?)\b[\s.-]{1,6}
      (?=[(\[]?[A-Z][.):\]] | \d                                # "A. OSLO 1"
        | (?:[A-Z]{1,2}\ {1,3}){0,2}[A-Z']{3,}[A-Z .']{0,20}\ \d)    # "OSLO 1", "A ST PETERSBURG 1"
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ORDER = re.compile(r"E[O0](?:[01].*|\d+)")  # E.O. 12958
_FIRST_WITHOUT_COLON = frozenset("STECDR([")
# Those that stand without a colon in small letters too; others do in running text.
_SMALL_WITHOUT_COLON = ("classified by", "declassify on", "ref", "refs", "ref(s)")


class Label(NamedTuple):
    """The field that a line is labelled with, and the offset at which its content begins."""

    field: str
    content: int


def _squeezed(label: str) -> str:
    return "".join(filter(str.isalnum, label.upper()))


@cache
def _fields() -> dict[str, str]:
    """The field of each label, squeezed."""
    return {_squeezed(entry["label"]): entry["field"] for entry in load("header_fields")}


@cache
def _approximate() -> tuple[tuple[str, str], ...]:
    """The labels, squeezed, that misspelt ones are near to, with their fields."""
    entries = (entry for entry in load("header_fields") if entry.get("approximate"))
    return tuple((_squeezed(entry["label"]), entry["field"]) for entry in entries)


@cache
def field_of(label: str) -> str | None:
    """The field that a label names, misspelt by a letter (a long one by two) or not.

    >>> field_of("SUBJ"), field_of("CLASSSIFIED BY"), field_of("TGS"), field_of("NOTE")
    ('subject', 'classified_by', 'tags', None)
    """
    label = _squeezed(label)
    exact = _fields().get(label) or ("eo" if _ORDER.fullmatch(label) else None)
    return exact or _field_of_misspelt(label)


def _field_of_misspelt(label: str) -> str | None:
    """The field of the first label that a squeezed one is near to."""
    if len(label) < 3:
        return None
    return next((field for right, field in _approximate() if _is_near(label, right)), None)


def _is_near(label: str, right: str) -> bool:
    """Whether the Damerau-Levenshtein distance is that of a misspelt label."""
    return OSA.distance(label, right) <= (1 if len(right) < 9 else 2)


def label_of(line: str) -> Label | None:
    """The label of a line that is stripped of outer blanks; an E.O. line is content from its start.

    >>> label_of("SUBJ: THE ROAD TO OSLO"), label_of("The subject: roads")
    (Label(field='subject', content=5), None)
    """
    return _label_with_colon(line) or _label_without_colon(line)


def _label_with_colon(line: str) -> Label | None:
    if ":" not in line and ";" not in line:
        return None
    match = _WITH_COLON.match(line)
    return _named(match["label"], match.end()) if match else None


def _label_without_colon(line: str) -> Label | None:
    match = _WITHOUT_COLON.match(line) if line[:1] in _FIRST_WITHOUT_COLON else None
    if match is None:
        return None
    label = match["label"] or match["ref"]
    is_one = label.isupper() or label.lower() in _SMALL_WITHOUT_COLON
    return _named(label, match.end()) if is_one else None


def _named(label: str, content: int) -> Label | None:
    field = field_of(label)
    return Label(field, 0 if field == "eo" else content) if field else None
