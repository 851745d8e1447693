"""What a cable is about: its SUBJECT line."""

import re
from html import unescape

from cablespan.header.furniture import without_marks_inside
from cablespan.header.hyphens import joint
from cablespan.header.opening import read_opening
from cablespan.header.portions import PORTION

# "(SBU)", "[C]", "(U) (SBU)", "(UNCLASSIFIED)"
_CLASS = rf"(?:{PORTION}|[ucs]|UNCLASSIFIED|CONFIDENTIAL|SECRET)"
_MARKING_BEFORE = re.compile(rf"^(?:[(\[]\s?{_CLASS}\s?[)\]]\s{{0,3}}){{1,2}}(?!\Z)")


def subject(text: str) -> str | None:
    r"""The subject of a header as one line, without a portion marking before it.

    >>> subject("TAGS: ECON\nSUBJECT: (C) THE LONG ROAD\nTO OSLO\n\nREF: STATE 1")
    'THE LONG ROAD TO OSLO'
    """
    return subject_of(read_opening(text).fields.get("subject", ""))


def subject_of(field: str) -> str | None:
    r"""The subject in the content of its lines, character references decoded.

    >>> subject_of("(C) ROADS &amp;\nBRIDGES")
    'ROADS & BRIDGES'
    """
    text = ""
    for below in filter(None, map(without_marks_inside, field.splitlines())):
        text += (joint(text, below) if text.endswith("-") else " ") + below
    line = " ".join(unescape(text).split()).strip(" -")
    return _MARKING_BEFORE.sub("", line).strip(" -") or None
