"""Marked drafts of invented cables -> plain cables under corpus/modern and their gold under
annotations/modern.

A draft holds cables like this; every sentence stands on its own line after its statement label:

    === 08NAIROBI1432
    date: 2008-06-11
    classification: CONFIDENTIAL
    origin: Embassy Nairobi
    tags: PGOV PREL KE
    subject: POLICE REFORM STALLS
    refs: A. NAIROBI 1401 B. STATE 55012
    classified_by: DCM Jane Roe. Reason 1.4 (b) and (d)
    signer: ROE
    --- 1 (C) summary
    CLAIM| <S1><OFFICIAL>Minister Roe</OFFICIAL></S1> <Q1>told</Q1> us <C1>he would stay</C1>.
    --- item (SBU)
    --- heading

`--- NUMBER|item|heading|text (MARKING) section` opens a paragraph. Marks are the entity labels, and
S, Q, C with the number of the claim in its sentence for source, cue and content; they may nest.
The gold has the kind and section of each paragraph that the reader finds in the printed cable: that
is what a model is told of any cable. Where a draft names another section, a warning says so.
Usage: python scripts/marked_gold.py DRAFT.txt... [--check]
"""

import argparse
import json
import re
import sys
import textwrap
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

import spacy

from cablespan import cable
from cablespan.labels import Entity, Statement
from cablespan.reading import parse as read

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 65
MARK = re.compile(r"<(/?)([A-Z_]+)(\d*)>")
OPENING = re.compile(
    r"--- (?:(?P<number>\d+)|(?P<kind>item|heading|text))"
    r"(?: \((?P<marking>[A-Z/ ,]+)\))?(?: (?P<section>[a-z][a-z ]*))?$"
)
CABLE_ID = re.compile(r"\d\d([A-Z]+)(\d+)")
REQUIRED = ("date", "classification", "origin", "subject")
OPTIONAL = ("tags", "refs", "classified_by", "signer", "captions", "pass")
BANNERS = {
    "UNCLASSIFIED": "UNCLAS",
    "UNCLASSIFIED//FOR OFFICIAL USE ONLY": "UNCLAS",
    "CONFIDENTIAL": "C O N F I D E N T I A L",
    "CONFIDENTIAL//NOFORN": "C O N F I D E N T I A L",
    "SECRET": "S E C R E T",
    "SECRET//NOFORN": "S E C R E T",
}
# Readers leave the dashes of an item without a portion mark in its text.
DASHES = "-- "
ROLES = {"S": "source", "Q": "cue", "C": "content"}
TOKENIZER = spacy.blank("en").tokenizer


@dataclass
class Paragraph:
    place: str
    number: int | None
    kind: str
    marking: str | None
    section: str | None
    text: str = ""
    entities: list[dict] = field(default_factory=list)
    statements: list[dict] = field(default_factory=list)
    claims: list[dict] = field(default_factory=list)


@dataclass
class Draft:
    id: str
    place: str
    header: dict[str, str] = field(default_factory=dict)
    paragraphs: list[Paragraph] = field(default_factory=list)

    @cached_property
    def as_read(self) -> tuple[cable.Paragraph, ...]:
        """The paragraphs that the reader finds in the printed cable."""
        return read(cable_text(self)).paragraphs


class Checks:
    """Everything that is wrong, so that one run names all of it."""

    def __init__(self):
        self.errors, self.warnings = [], []

    def error(self, place: str, message: str) -> None:
        self.errors.append(f"{place}: {message}")

    def warn(self, place: str, message: str) -> None:
        self.warnings.append(f"{place}: {message}")


# Start, end and name of a mark.
Span = tuple[int, int, str]


def parse_sentence(marked: str, place: str, checks: Checks) -> tuple[str, list[Span]]:
    """The text without marks, and the marks as `(start, end, name)`, offsets in that text."""
    text, spans, stack, last = "", [], [], 0
    for mark in MARK.finditer(marked):
        text += marked[last : mark.start()]
        last = mark.end()
        closing, name, number = mark.groups()
        if not (name in Entity.__members__ and not number) and not (name in ROLES and number):
            checks.error(
                place, f"unknown mark {mark[0]}: use one of {', '.join(Entity)} or S1, Q1, C1"
            )
        if not closing:
            stack.append((len(text), name + number))
        elif not stack or stack[-1][1] != name + number:
            checks.error(
                place, f"{mark[0]} closes " + (f"<{stack[-1][1]}>" if stack else "nothing")
            )
            return text, []
        else:
            start, opened = stack.pop()
            spans.append((start, len(text), opened))
    text += marked[last:]
    if stack:
        checks.error(place, f"<{stack[-1][1]}> is never closed")
    if re.search(r"[<>]", text):
        checks.error(place, "a stray < or >: marks are <LABEL> and </LABEL>")
    if text != " ".join(text.split()):
        checks.error(
            place,
            "blanks at an end or doubled: the sentence's words are separated by one blank each",
        )
    return text, spans


def add_sentence(paragraph: Paragraph, label: str, marked: str, place: str, checks: Checks) -> None:
    """Adds a marked sentence to the paragraph: its text, statement, entities and claims."""
    text, spans = parse_sentence(marked, place, checks)
    if label not in Statement.__members__:
        checks.error(place, f"unknown statement label {label!r}: use one of {', '.join(Statement)}")
    if not text:
        checks.error(place, "a label without a sentence")
        return
    before = opening_of(paragraph)
    if before == DASHES and text.startswith("-"):
        checks.error(place, "an item's dashes are printed before it: leave out the draft's own")
    offset = len(before)
    paragraph.text = before + text
    paragraph.statements.append({"start": offset, "end": offset + len(text), "label": label})
    sound = [span for span in sorted(spans) if is_sound(text, span, place, checks)]
    entities = [(start, end, name) for start, end, name in sound if name in Entity.__members__]
    parts = [(start, end, name) for start, end, name in sound if name not in Entity.__members__]
    check_entities(text, entities, place, checks)
    paragraph.entities += (
        {"start": offset + start, "end": offset + end, "label": name}
        for start, end, name in entities
    )
    paragraph.claims += claims_of(text, parts, offset, place, checks)


def opening_of(paragraph: Paragraph) -> str:
    """What stands before the paragraph's next sentence: the text so far, or an item's dashes."""
    if paragraph.text:
        return f"{paragraph.text} "
    return DASHES if paragraph.kind == "item" and not paragraph.marking else ""


def is_sound(text: str, span: Span, place: str, checks: Checks) -> bool:
    """Whether a mark holds words; one that cuts a token is told as well."""
    start, end, name = span
    words = text[start:end]
    if not words or words != words.strip():
        told = f"<{name}>{words}</{name}> is empty or has blanks at an end: move them outside"
        checks.error(place, told)
        return False
    doc = TOKENIZER(text)
    if doc.char_span(start, end) is None:
        whole = doc.char_span(start, end, alignment_mode="expand")
        checks.warn(place, f"<{name}>{words}</{name}> cuts the token(s) {whole.text!r}")
    return True


def check_entities(text: str, entities: list[Span], place: str, checks: Checks) -> None:
    """Articles and possessives that entities take in, and overlaps."""
    for start, end, name in entities:
        words = text[start:end]
        if words.lower().startswith("the ") and words != "The Hague":
            checks.warn(place, f"<{name}>{words}</{name}> begins with an article")
        if words.endswith(("'s", "’s")):
            checks.warn(place, f"<{name}>{words}</{name}> ends with a possessive")
    for (_, end, one), (start, _, other) in pairwise(entities):
        if start < end:
            told = f"entities {one} and {other} overlap: take the longest span that names one thing"
            checks.error(place, told)


def claims_of(
    text: str, parts: list[Span], offset: int, place: str, checks: Checks
) -> list[dict[str, Any]]:
    """The claims whose parts are marked <S1>, <C1> ..., in the order of their numbers."""
    claims: dict[int, dict] = {}
    for start, end, name in parts:
        role, claim = ROLES[name[0]], claims.setdefault(int(name[1:]), {})
        if role in claim:
            checks.error(place, f"<{name}> stands twice: each role once a claim")
            continue
        claim[role] = {"start": offset + start, "end": offset + end}
        if name[0] == "C" and text[start:end].endswith(".") and end == len(text):
            checks.warn(place, f"<{name}> takes in the final full stop")
    for number, claim in sorted(claims.items()):
        if "content" not in claim:
            checks.error(place, f"claim {number} has no content: mark it <C{number}>")
        elif "cue" not in claim:
            told = f"claim {number} has no cue (only where punctuation alone marks the speech)"
            checks.warn(place, told)
    return [
        {role: claim.get(role) for role in ROLES.values()} for _, claim in sorted(claims.items())
    ]


def opened_paragraph(line: str, place: str, checks: Checks) -> Paragraph:
    """The empty paragraph of a line `--- NUMBER|item|heading|text (MARKING) section`."""
    opening = OPENING.match(line)
    if not opening:
        checks.error(place, f"{line!r} is no `--- NUMBER|item|heading|text (MARKING) section`")
        return Paragraph(place, None, "text", None, None)
    number = opening["number"]
    kind = "numbered" if number else opening["kind"]
    facts = kind, opening["marking"], opening["section"]
    return Paragraph(place, int(number) if number else None, *facts)


def parse(path: Path, checks: Checks) -> list[Draft]:
    drafts: list[Draft] = []
    for line_number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place, line = f"{path}:{line_number}", line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("==="):
            drafts.append(Draft(line[3:].strip(), place))
        elif not drafts:
            checks.error(place, "text before the first === line")
        elif line.startswith("---"):
            drafts[-1].paragraphs.append(opened_paragraph(line, place, checks))
        elif not drafts[-1].paragraphs:
            key, colon, value = line.partition(":")
            if not colon or key not in REQUIRED + OPTIONAL:
                checks.error(place, f"{line!r} is no header line: {', '.join(REQUIRED + OPTIONAL)}")
            drafts[-1].header[key] = value.strip()
        else:
            label, bar, sentence = line.partition("|")
            if not bar:
                checks.error(place, "a sentence begins with its label and a bar: REPORT| ...")
            else:
                add_sentence(
                    drafts[-1].paragraphs[-1], label.strip(), sentence.strip(), place, checks
                )
    return drafts


def check_draft(draft: Draft, seen: dict[str, str], checks: Checks) -> None:
    before = len(checks.errors)
    if draft.id in seen:
        checks.error(draft.place, f"{draft.id} stands already at {seen[draft.id]}")
    seen[draft.id] = draft.place
    check_header(draft, checks)
    if not draft.paragraphs:
        checks.error(draft.place, f"{draft.id} has no paragraph")
    for paragraph in draft.paragraphs:
        if not paragraph.text:
            checks.error(paragraph.place, "a paragraph without sentences")
    if len(checks.errors) == before:
        check_as_read(draft, checks)


def check_header(draft: Draft, checks: Checks) -> None:
    if not CABLE_ID.fullmatch(draft.id):
        checks.error(draft.place, f"{draft.id!r} is no cable id such as 08NAIROBI1432")
    for key in REQUIRED:
        if not draft.header.get(key):
            checks.error(draft.place, f"{draft.id} lacks `{key}:`")
    if draft.header.get("classification") not in BANNERS:
        checks.error(draft.place, f"classification must be one of {', '.join(BANNERS)}")
    try:
        date.fromisoformat(draft.header.get("date", ""))
    except ValueError:
        checks.error(draft.place, f"date {draft.header.get('date')!r} is not YYYY-MM-DD")


def check_as_read(draft: Draft, checks: Checks) -> None:
    """Whether the reader has the same paragraphs in the printed cable."""
    for paragraph, as_read in zip_longest(draft.paragraphs, draft.as_read):
        ours, theirs = (side.text if side else "nothing" for side in (paragraph, as_read))
        if ours != theirs:
            place = paragraph.place if paragraph else draft.place
            checks.error(place, f"the printed cable reads {theirs[:60]!r} where {ours[:60]!r} is")
            return
        if as_read.section != paragraph.section:
            told = f"section {as_read.section} as read, {paragraph.section} in the draft"
            checks.warn(paragraph.place, told)


def wrap(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def sender(origin: str) -> str:
    kind, _, post = origin.partition(" ")
    kinds = {"Embassy": "AMEMBASSY", "Consulate": "AMCONSUL", "Mission": "USMISSION"}
    return (
        f"{kinds[kind]} {post}".upper()
        if kind in kinds
        else "SECSTATE WASHDC"
        if origin == "Secretary of State"
        else origin.upper()
    )


def cable_text(draft: Draft) -> str:
    """The cable as a post's message centre would have sent it in the 2000s: header, numbered
    paragraphs, lines of 65 columns."""
    header = draft.header
    day = date.fromisoformat(header["date"])
    post, serial = CABLE_ID.fullmatch(draft.id).groups()
    minutes = 420 + int(serial) * 7 % 600  # a working hour, the same on every run
    sent = f"{day:%d}{minutes // 60:02}{minutes % 60:02}Z {day:%b %y}".upper()
    captions = [header["captions"]] if header.get("captions") else ["SIPDIS"]
    if header["classification"].endswith("FOR OFFICIAL USE ONLY"):
        captions.insert(0, "SENSITIVE")
    if header["classification"].endswith("NOFORN"):
        captions.insert(0, "NOFORN")
    classified = not header["classification"].startswith("UNCLASSIFIED")
    decl = f"DECL: {day:%m/%d}/{day.year + 10}" if classified else "N/A"
    addressee = (
        "TO ALL DIPLOMATIC AND CONSULAR POSTS COLLECTIVE"
        if header["origin"] == "Secretary of State"
        else "TO SECSTATE WASHDC"
    )
    blocks = [
        f"R {sent}\nFM {sender(header['origin'])}\n{addressee}",
        f"{BANNERS[header['classification']]} {post} {serial.zfill(6)}",
        "\n".join(captions),
    ]
    if header.get("pass"):
        blocks.append(wrap(header["pass"]))
    lines = [f"E.O. 12958: {decl}"]
    if header.get("tags"):
        lines.append(wrap("TAGS: " + ", ".join(re.split(r"[ ,]+", header["tags"]))))
    lines.append(wrap(f"SUBJECT: {header['subject']}"))
    blocks.append("\n".join(lines))
    if header.get("refs"):
        blocks.append(wrap(f"REF: {header['refs']}"))
    if header.get("classified_by"):
        blocks.append(wrap(f"Classified By: {header['classified_by'].rstrip('.')}."))
    for paragraph in draft.paragraphs:
        marking = f"({paragraph.marking}) " if paragraph.marking else ""
        if paragraph.kind == "heading":
            rule = "-" * min(len(marking + paragraph.text), WIDTH)
            blocks.append("\n".join([rule, wrap(marking + paragraph.text), rule]))
        else:
            dashes = "" if paragraph.text.startswith(DASHES) else DASHES
            start = {"numbered": f"{paragraph.number}. ", "item": dashes, "text": ""}[
                paragraph.kind
            ]
            blocks.append(wrap(start + marking + paragraph.text))
    if header.get("signer"):
        blocks.append(header["signer"].upper())
    return "\n\n".join(blocks) + "\n"


def gold_lines(draft: Draft) -> list[dict]:
    return [
        {
            "doc": draft.id,
            "paragraph": index,
            "head": draft.header["subject"],
            "date": draft.header["date"],
            "number": paragraph.number,
            "marking": paragraph.marking,
            "section": as_read.section,
            "kind": as_read.kind,
            "text": paragraph.text,
            "entities": paragraph.entities,
            "statements": paragraph.statements,
            "claims": paragraph.claims,
        }
        for index, (paragraph, as_read) in enumerate(
            zip(draft.paragraphs, draft.as_read, strict=True)
        )
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drafts", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="check only, write nothing")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus" / "modern")
    parser.add_argument("--annotations", type=Path, default=ROOT / "annotations" / "modern")
    options = parser.parse_args()
    checks, seen = Checks(), {}
    files = {path: parse(path, checks) for path in options.drafts}
    drafts = [draft for found in files.values() for draft in found]
    for draft in drafts:
        check_draft(draft, seen, checks)
    for message in checks.warnings:
        print(f"warning: {message}", file=sys.stderr)
    for message in checks.errors:
        print(f"error: {message}", file=sys.stderr)
    paragraphs = [paragraph for draft in drafts for paragraph in draft.paragraphs]
    print(
        f"{len(drafts)} cables, {len(paragraphs)} paragraphs, "
        f"{sum(len(p.text.split()) for p in paragraphs)} words, "
        f"{sum(len(p.entities) for p in paragraphs)} entities, "
        f"{sum(len(p.statements) for p in paragraphs)} statements, "
        f"{sum(len(p.claims) for p in paragraphs)} claims; "
        f"{len(checks.errors)} errors, {len(checks.warnings)} warnings",
        file=sys.stderr,
    )
    if checks.errors or options.check:
        return 1 if checks.errors else 0
    options.corpus.mkdir(parents=True, exist_ok=True)
    options.annotations.mkdir(parents=True, exist_ok=True)
    for path, found in files.items():
        for draft in found:
            (options.corpus / f"{draft.id}.txt").write_text(
                cable_text(draft), encoding="utf-8", newline="\n"
            )
        lines = [
            json.dumps(line, ensure_ascii=False) + "\n"
            for draft in found
            for line in gold_lines(draft)
        ]
        (options.annotations / f"{path.stem}.jsonl").write_text(
            "".join(lines), encoding="utf-8", newline="\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
