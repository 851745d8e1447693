"""A cable's opening: the labelled lines (E.O., TAGS, SUBJECT, REF, Classified By) and the transmission lines, and where the body begins."""

import re
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz.distance import OSA

from cablespan.header.furniture import is_furniture, words
from cablespan.lexicon import load

_LABEL = re.compile(
    r"(?:[(\[]?U[)\]]\s?)?[(\[]?([A-Z][A-Z0-9.,/ ()&]{0,24}?)\s{0,3}[:;]", re.IGNORECASE
)
_BARE_LABEL = re.compile(
    r"(?:(SUBJECT|SUBJ|TAGS|E\.\s?O\.|EO|CLASSIFIED BY|DECLASSIFY ON)(?!\w)[\s.-]{1,6}(?=\S)"
    r"|(REFTELS?|REFS?|REF\(S\)|REFERENCES?)\b[\s.-]{1,6}(?=[(\[]?[A-Z][.):\]]|\d|[A-Z]{3,}[A-Z .]{0,20} \d))",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"(?<=[\S])[ \t]{1,40}(?=(?:TAGS|SUBJECT|SUBJ|REF|REFS|REF\(S\)|REFTEL|REFTELS|REFERENCES?|E\.O\. \d{5}|EO \d{5}"
    r"|DECLASSIFY ON|Declassify on|CLASSIFIED BY|Classified By|Classified by|Subject|Subj|Refs?|Tags)"
    r"[ \t]{0,3}:|1\.\s{1,3}\((?:U|SBU|C|S|C/NF|S/NF|TS|LOU)\)|(?:CLASSIFIED BY|Classified By) [A-Z])"
    r"|(?<=[A-Z]{3})(?=(?:TAGS|SUBJECT|REF):)"  # a line end was lost
)
_MARK_ALONE = re.compile(r"\s{0,9}[(\[][A-Z/]{1,5}[)\]]")
_TRANSMISSION = re.compile(
    r"(?:V[ZV]CZ[A-Z0-9]*|(?:[OPRZY]{1,2} )+RUE?[A-Z]*.*|DE RU[A-Z]{2,6} .*|Z[NY]Y [A-Z ]{3,14}(?: ZZH.*)?|ZZH.*|(?:[OPRZYM]"
    r" ){0,3}\d{6}Z? ?[A-Z]{3} ?\d{2,4}.*|"
    r"FM .*|TO[: ] ?.*|INFO[: ].*|XMT .*|RU[A-Z]{2,6} ?/ ?.*|ACTION [A-Z].{0,10}-\d\d.*|INFO +OCT-.*|(?:[A-Z/]{1,6}-\d\d"
    r" ){2,}.*|(?:AM)?(?:EMBASSY|EMB|CONSUL|CONGEN) [A-Z .'-]{2,30}(?: \d{1,5})?|"
    r"(?:US)?MISSION [A-Z .'/]{2,30}(?: \d{1,5})?|SECSTATE.*|(?:FLASH|IMMEDIATE|NIACT IMMEDIATE|PRIORITY|ROUTINE)(?: [A-Z"
    r" ]{0,40})?\d{0,5}|TELEGRAM|Department of State|[A-Z /]{0,20}COLLECTIVE.*|"
    r"(?:DEPT?|STATE|DEPARTMENT|PLEASE|PLS|WHITE HOUSE|NSC|EMBASSY|TREASURY|USTR|USDOC|COMMERCE|FROM|FOR|PASS|ALSO|PACOM"
    r"|CENTCOM|EUCOM|LONDON|PARIS|USDA|DOE|DOJ|DHS|BRUSSELS|GENEVA)\b[A-Z/ ]{0,30}"
    r"\b(?:FOR|PASS|TO|FROM|PASS TO)\b[^.]{0,120}|S E N S I T I V E.*|\(?CORRECTED.{0,40}|C O R R E C T E D.*|\d{6}"
    r"|[A-Z]{2,3}\d{0,4}|-{3,}.*|\d{2,3})"
)
_NUMBERED = re.compile(
    r"(?:¶\s{0,2})?(?:PARA(?:GRAPH)? )?[(\[]?(?:[A-Z/]{1,5}[)\]]\s?)?(?:1|[2-9](?=[.)]?\s{0,3}[(\[][A-Z/]{1,6}[)\]]|\. {1,3}[A-Z]))\s?"
    r"(?:[.)](?!\d)|(?=[(\[](?:U|C|S|SBU|LOU)[)\]/]))|¶\s?[1-9]\b"
)
_MARKED = re.compile(r"[(\[](?:U|C|S|SBU|LOU|TS)(?:/[A-Z/]{1,10})?[)\]]\s?\S")
_LONGEST = 40_000  # characters of the longest opening
_FARTHEST_LABEL = 90  # lines of the longest openings, with their lists of addressees
_ENUMERATED = re.compile(
    r"[(\[]?[A-Za-z][.):\]]|[(\[]?\d{1,2}[.)\]]|-|\d\d |(?:19|20)\d\d |AND |& "
)
_REFERENCE = re.compile(r"[A-Z]{3,}[ .#]{0,3}\d|\d ?[A-Z]{3}|E-?MAIL|TELCON|MEMO", re.IGNORECASE)
_TAG_LINE = re.compile(r"(?:[A-Z]{2,5}[,; ]{1,3}){0,40}[A-Z]{2,5},?")


@cache
def _labels() -> dict[str, str]:
    return {_squeezed(entry["label"]): entry["field"] for entry in load("labels")}


@cache
def _heading_words() -> frozenset[str]:
    return frozenset(entry["words"] for entry in load("headings"))


def _squeezed(label: str) -> str:
    return "".join(sign for sign in label.upper() if sign.isalnum() or sign in "()")


@cache
def field_of(label: str) -> str | None:
    """The field that a label names, misspelt by a letter or not."""
    label = _squeezed(label)
    name = _labels().get(label)
    if name is not None:
        return name
    if label.startswith(("EO1", "EO0")) or (label.startswith("EO") and label[2:].isdigit()):
        return "eo"
    if not 4 <= len(label) <= 14 or not label.isalpha():
        return None
    for right, right_name in _RIGHT_LABELS.items():
        if OSA.distance(label, right, score_cutoff=2) <= (1 if len(right) < 9 else 2):
            return right_name
    return None


_RIGHT_LABELS = {
    "TAGS": "tags",
    "SUBJECT": "subject",
    "REFTEL": "ref",
    "REFERENCE": "ref",
    "CLASSIFIEDBY": "classified_by",
    "DECLASSIFYON": "declassify",
    "REASON": "reason",
}


def label_of(line: str) -> tuple[str, int] | None:
    """The field that a line, stripped of outer blanks, is labelled with, and where its content begins.

    >>> label_of("SUBJ: THE ROAD TO OSLO"), label_of("The subject: roads")
    (('subject', 5), None)
    """
    first = line[:1]
    if not (first.isalpha() or first in ("(", "[")):
        return None
    match = _LABEL.match(line) if ":" in line or ";" in line else None
    if match:
        name = field_of(match[1])
        if name is not None:
            return name, 0 if name == "eo" else match.end()
    bare = _BARE_LABEL.match(line) if first in "STECDR" else None
    if bare:
        label = bare[1] or bare[2]
        if label.isupper() or label.lower() in (
            "classified by",
            "declassify on",
            "ref",
            "refs",
            "ref(s)",
        ):
            name = field_of(label)
            return name, 0 if name == "eo" else bare.end()
    return None


@dataclass(slots=True)
class Opening:
    """`fields`: content of the labelled lines, lines kept; `transmission`: the other lines; `captions`; `body`: offset at which the
    body begins.
    """

    fields: dict[str, str] = field(default_factory=dict)
    transmission: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    body: int = 0


def read_opening(text: str, start: int = 0, end: int | None = None) -> Opening:
    """The opening of the cable `text[start:end]`."""
    end = len(text) if end is None else end
    lines, labels, last, behind = _first_lines(text, start, end)
    opening = Opening(body=behind if behind < start + _LONGEST else start)
    parts: dict[str, list[str]] = {}
    current: str | None = None
    blank = marked = False
    for index, (at, line) in enumerate(lines):
        if not line:
            blank = not marked
            continue
        if is_furniture(line):
            caption = line in words("caption")
            marked = (
                current == "subject" and not caption and (marked or line not in words("banner"))
            )
            if caption:
                opening.captions.append(line)
            elif not opening.fields and current is None:
                opening.transmission.append(line)
            continue
        label = labels[index] if index <= last else None
        if (
            label is not None
            and label[0] in ("ref", "subject")
            and index >= last
            and _is_prose(lines, index)
        ):
            opening.body = at
            break
        if label is not None:
            current = label[0]
            parts.setdefault(current, []).append(line[label[1] :].strip())
        elif (
            _NUMBERED.match(line)
            and not (current == "ref" and index < last)
            and (index > last or current)
        ):
            opening.body = at
            break
        elif current is not None and _goes_on(
            current, line, blank or marked and not line.isupper(), parts[current]
        ):
            parts[current].append(line)
        elif index < last:
            current = None
            opening.transmission.append(line)
        elif _TRANSMISSION.fullmatch(line) and not parts:
            opening.transmission.append(line)
        else:
            opening.body = at
            break
        blank = marked = False
    opening.fields = {name: "\n".join(lines).strip() for name, lines in parts.items()}
    return opening


def _split_labels(offset: int, raw: str) -> list[tuple[int, str]]:
    """A labelled line cut before each further label that stands on it: it then has a second colon, or one of three words."""
    if raw.count(":") == 1 and not ("1." in raw or "CLASSIFIED" in raw or "Classified" in raw):
        return [(offset, raw.strip())]
    cuts = [
        0,
        *(
            match.end()
            for match in _INLINE.finditer(raw)
            if not _MARK_ALONE.fullmatch(raw, 0, match.start())
        ),
        len(raw),
    ]
    return [
        (offset + first, raw[first:last].strip())
        for first, last in zip(cuts, cuts[1:], strict=False)
    ]


def _first_lines(
    text: str, start: int, end: int
) -> tuple[list[tuple[int, str]], list[tuple[str, int] | None], int, int]:
    """The lines in which the opening can lie, with their offsets; their labels; the index of the last labelled one, -1 where there is
    none; the offset behind them.
    """
    lines: list[tuple[int, str]] = []
    labels: list[tuple[str, int] | None] = []
    last, filled, offset = -1, 0, start
    for raw in text[start : min(end, start + _LONGEST)].splitlines(True):
        line = raw.strip()
        label = label_of(line)
        labelled = (
            label is not None and ":" in raw or " TAGS:" in raw
        )  # the whole opening on one line
        parts = (
            _split_labels(offset, raw)
            if labelled and filled < _FARTHEST_LABEL
            else [(offset, line)]
        )
        offset += len(raw)
        for at, part in parts:
            lines.append((at, part))
            label = label_of(part) if len(parts) > 1 else label
            labels.append(label)
            if not part:
                continue
            filled += 1
            if label is not None and (
                label[0] not in ("ref", "classified_by")
                or last >= 0
                or filled < _FARTHEST_LABEL // 3
            ):
                last = len(lines) - 1
        if (
            filled > _FARTHEST_LABEL
            or last >= 0
            and (_NUMBERED.match(line) and len(line) > 30 or len(lines) > last + 30)
        ):
            break
    return lines, labels, last, offset


def _is_prose(lines: list[tuple[int, str]], index: int) -> bool:
    """Whether a REF or SUBJECT line runs on into the text of the cable, as in many telegrams of the 1960s."""
    block = lines[index][1]
    for _, line in lines[index + 1 : index + 40]:
        if not line:
            break
        block += " " + line
    words = block.split()
    return len(words) > 30 and sum(word.islower() for word in words) * 2 > len(words)


def _goes_on(current: str, line: str, blank: bool, content: list[str]) -> bool:
    """Whether a line without a label belongs to the labelled line above it."""
    if current == "ref":
        return (
            not blank
            or _ENUMERATED.match(line) is not None
            and _REFERENCE.search(line) is not None
            and len(line) < 75
        )
    if blank and any(content):
        return (
            current == "tags"
            and content[-1].endswith(",")
            and _TAG_LINE.fullmatch(line) is not None
        )
    if _MARKED.match(line):
        return False
    if line.startswith("---") or line.lower().strip(" .:-*=") in _heading_words():
        return False
    if current == "tags":
        return content[-1].endswith(",") or not content[-1] or _TAG_LINE.fullmatch(line) is not None
    if current in ("eo", "declassify"):
        return not content[-1]
    return True
