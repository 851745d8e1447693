"""Who classified a cable, why, and until when."""

import re
from datetime import date

from cablespan.header.dates import date_of
from cablespan.header.furniture import is_running
from cablespan.header.opening import read_opening

_EO = re.compile(r"(?<!\d)\d{5}(?!\d)")
_LETTERS = re.compile(
    r"(?<![\dA-Z])[1Il]\s?[.,-]\s?[456]\s?[.,]?((?:[\s,/&().]|AND|and|[A-Ha-h](?![A-Za-z])){1,40})"
)
_WORDS = re.compile(
    r"\b(?:OADR|ORIGINATING AGENCY.{0,25} REQUIRED|XGDS(?:[ -]?\d)?|ADS|GDS|N\s?/\s?A|NA|MR|X-\d)\b"
    r"|\b(?:25|50)X\d(?:-HUMAN)?\b|\b\d{1,2}/(?:19|20)\d\d\b|(?<![A-Za-z])X[1-9](?:\s?,\s?X?[1-9])*\b",
    re.IGNORECASE,
)
_LETTER_FOR_ZERO = re.compile(r"\bO(?=\d/)|(?<=\d)O(?=[\d/])")
_LABEL = re.compile(
    r"\b(?:DECLASSIFY\s+ON|DECLASSIFIED\s+ON|DECLASSIFY|DECLASS?|DECL)\b\s{0,2}(?:ON\b)?[:;. ]{0,4}",
    re.IGNORECASE,
)


def eo_of(field: str | None) -> str | None:
    """The number of the executive order in an E.O. line.

    >>> eo_of("E.O. 12958: DECL: 09/10/2017")
    '12958'
    """
    match = _EO.search(field or "")
    return match[0] if match else None


def declassification(fields: dict[str, str]) -> date | str | None:
    """The date or the words of the DECL line or the E.O. line."""
    for name in ("declassify", "eo"):
        text = fields.get(name, "")
        if name == "eo":
            text = _EO.sub(" ", text, count=1)
            label = _LABEL.search(text)
            text = text[label.end() :] if label else text.split(":", 1)[-1]
        text = _LETTER_FOR_ZERO.sub("0", text.split("TAGS")[0])
        found = date_of(text)
        if found:
            return found
        word = _WORDS.search(text)
        if word:
            written = " ".join(word[0].upper().split()).replace(
                " ", "" if "/" in word[0] or word[0][:1] in "Xx" else " "
            )
            return (
                "OADR"
                if written.startswith("ORIGINATING")
                else "N/A"
                if written == "NA"
                else written
            )
        words = " ".join(text.split()).strip(" .:;,-")
        if words and (name == "declassify" or label) and words[0].isalpha():
            return words
    return None


def declassify_on(text: str) -> date | str | None:
    """The date on which a cable is to be declassified; the words where there is no date (OADR, GDS, X1, N/A).

    >>> declassify_on("E.O. 12958: DECL: 09/10/2017"), declassify_on("E.O. 12356: DECL: OADR")
    (datetime.date(2017, 9, 10), 'OADR')
    """
    opening = read_opening(text)
    found = declassification(opening.fields)
    if found is None:
        head = (
            text[: opening.body].replace(opening.fields.get("subject") or "\0", "")
            if opening.fields
            else text
        )
        label = _LABEL.search(head)
        if label:
            found = declassification(
                {"declassify": head[label.end() :].split("\n\n")[0].split("\n")[0]}
            )
        elif not opening.fields and not is_running(text):
            found = date_of(text)
    return found


def reasons(fields: dict[str, str]) -> list[str]:
    """The reasons of a classification: "1.4 (b)", "1.4 (d)"."""
    text = " ".join(
        f"{fields.get('classified_by', '')} {fields.get('reason', '')} {fields.get('eo', '')}".split()
    )
    found = []
    for match in _LETTERS.finditer(text):
        section = "1." + re.search(r"[456]", match[0][2:])[0]
        letters = re.findall(r"(?<![A-Za-z])[A-Ha-h](?![A-Za-z])", match[1])
        found.extend(f"{section} ({letter.lower()})" for letter in letters)
    return list(dict.fromkeys(found))
