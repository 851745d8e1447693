"""The labels of header lines: E.O., TAGS, SUBJECT, REF, Classified By, and their misspellings."""

import re
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from cablespan.lexicon import load

# "SUBJECT:", "(U) TAGS;", "[REF(S)]:"
_WITH_COLON = re.compile(
    r"(?:[(\[]?(?:U|C|S)[)\]]\s?)?[(\[]?([A-Z][A-Z0-9.,/ ()&]{0,24}?)\s{0,3}[:;]", re.IGNORECASE
)
_WITHOUT_COLON = re.compile(
    r"""(?:[(\[](?:U|C|S)[)\]]\s?(?=CLASSIFIED\ BY\b))?
      (?P<label>SUBJECT|SUBJ|TAGS|E\.\s?O\.|EO|CLASSIFIED\ BY|DECLASSIFY\ ON)(?!\w)
      [\s.-]{1,6}(?=\S)
    | (?P<ref>REFTELS?|REFS?|REF\(S\)|REFERENCES?)\b[\s.-]{1,6}
      (?=[(\[]?[A-Z][.):\]] | \d | (?:[A-Z]\ )?[A-Z]{3,}[A-Z .]{0,20}\ \d)  # "A. OSLO 1", "OSLO 1"
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Those that stand without a colon in small letters too; others do in running text.
_SMALL_WITHOUT_COLON = ("classified by", "declassify on", "ref", "refs", "ref(s)")


class Label(NamedTuple):
    """The field that a line is labelled with, and the offset at which its content begins."""

    field: str
    content: int


def _squeezed(label: str) -> str:
    return "".join(sign for sign in label.upper() if sign.isalnum() or sign in "()")


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
    if label in _fields():
        return _fields()[label]
    if label.startswith(("EO1", "EO0")) or (label.startswith("EO") and label[2:].isdigit()):
        return "eo"
    if not 3 <= len(label) <= 14 or not label.isalpha():
        return None
    near = (
        field
        for right, field in _approximate()
        if OSA.distance(label, right) <= (1 if len(right) < 9 else 2)
    )
    return next(near, None)


def label_of(line: str) -> Label | None:
    """The label of a line that is stripped of outer blanks; an E.O. line is content from its start.

    >>> label_of("SUBJ: THE ROAD TO OSLO"), label_of("The subject: roads")
    (Label(field='subject', content=5), None)
    """
    if not line[:1].isalpha() and not line.startswith(("(", "[")):
        return None
    match = _WITH_COLON.match(line) if ":" in line or ";" in line else None
    field = field_of(match[1]) if match else None
    if field is None:
        match = _match_without_colon(line)
        field = field_of(match["label"] or match["ref"]) if match else None
    return Label(field, 0 if field == "eo" else match.end()) if field else None


def _match_without_colon(line: str) -> re.Match[str] | None:
    match = _WITHOUT_COLON.match(line) if line[:1] in "STECDR([" else None
    if match is None:
        return None
    label = match["label"] or match["ref"]
    return match if label.isupper() or label.lower() in _SMALL_WITHOUT_COLON else None
