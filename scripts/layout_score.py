"""How right pages are read: paragraphs and header facts against the gold of layout.

    python scripts/layout_score.py                        # ../shared/pages, annotations/layout
    python scripts/layout_score.py --kinds                # every error, with page and offsets
    python scripts/layout_score.py --pages 09BERLIN1609   # one page, or several

Characters count, white space, tags and character references apart: a paragraph is right when the
reader has all of the gold's and no other. Otherwise the first that is true: lost (less than half
of it came back), cut (in more than one paragraph), joined (with another one), furniture (page
marks, numbers or signatures inside), clipped (some of it is missing). "Invented" counts what the
reader has as a paragraph where the gold has none. Kinds, numbers, markings and sections are
counted over the right ones, "whole" where all four are; header facts over the pages whose gold
has them.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import NamedTuple

import orjson

from cablespan import read
from cablespan.cable import Cable, Header, Paragraph, text_hash

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "annotations" / "layout" / "first.jsonl"
PAGES = ROOT.parent / "shared" / "pages"
VERDICTS = ("right", "cut", "joined", "furniture", "clipped", "lost")
FIELDS = ("kind", "number", "marking", "section")
UNSURE = "?"  # a section that readers may see differently
_BLANK = re.compile(r"\s+")
_MARKUP = re.compile(r"\s+|<[^<>]*>|&#?\w+;")
_PLAIN_FACTS = (
    "reference_id",
    "created",
    "released",
    "origin",
    "classification",
    "transmission_id",
    "partial",
    "classified_by",
)


@dataclass(frozen=True)
class Marked:
    """A paragraph of the gold: the offsets in the source of what is text.

    It may begin at `label`, an item's sign; a `joint` one may hang on the one before, and is not
    scored itself.
    """

    characters: frozenset[int]
    label: frozenset[int]
    start: int
    end: int
    kind: str
    number: int | None
    marking: str | None
    section: str | None
    joint: bool

    @property
    def scored(self) -> bool:
        return self.kind != "unscored" and not self.joint


class Error(NamedTuple):
    """What is wrong, offsets in the source, what the gold has, what was read."""

    what: str
    start: int
    end: int
    wanted: object
    found: object

    def __str__(self) -> str:
        return f"{self.what:<22} {self.start:>6}-{self.end:<6} {self.wanted} <- {self.found}"


@dataclass
class Score:
    """Counts of one group of pages; `header` counts pages right and pages asked by field."""

    paragraphs: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    header: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    pages: int = 0
    pages_right: int = 0  # with every paragraph right and none invented

    def add(self, other: "Score") -> None:
        self.paragraphs += other.paragraphs
        self.fields += other.fields
        self.pages += other.pages
        self.pages_right += other.pages_right
        for name, counts in other.header.items():
            self.header[name] += counts


def counted(source: str, markup: bool) -> bytearray:
    """A flag for each character of a source: whether it counts.

    >>> list(counted("a &amp; b", markup=True))
    [1, 0, 0, 0, 0, 0, 0, 0, 1]
    """
    flags = bytearray(b"\x01") * len(source)
    for match in (_MARKUP if markup else _BLANK).finditer(source):
        flags[match.start() : match.end()] = bytes(len(match[0]))
    return flags


def marked_paragraphs(row: dict, flags: bytearray | None = None) -> list[Marked]:
    """The paragraphs of a page's gold in order; without `flags`, every character counts."""
    flags = flags or bytearray(b"\x01") * max((p["end"] for p in row["paragraphs"]), default=0)
    marked = []
    for entry in row["paragraphs"]:
        start, end = entry["start"], entry["end"]
        furniture = {at for first, last in entry.get("furniture", ()) for at in range(first, last)}
        text = frozenset(at for at in range(start, end) if flags[at] and at not in furniture)
        label = frozenset(at for at in range(entry.get("label", start), start) if flags[at])
        facts = {name: entry.get(name) for name in FIELDS}
        marked.append(Marked(text, label, start, end, joint=entry.get("joint", False), **facts))
    return marked


def characters(paragraph: Paragraph, flags: bytearray) -> frozenset[int]:
    """The offsets of a read paragraph's characters in the source; a sign that the reader repaired,
    or took for one with the sign beside it, is a gap of one character."""
    pieces = paragraph.source_map.pieces
    ends = [(offset + length, at + length) for offset, at, length in pieces]
    repaired = {
        end
        for (text_end, end), (offset, at, _) in zip(ends, pieces[1:], strict=False)
        if at - end == 1 and offset - text_end <= 1
    }
    read = (at for _, start, length in pieces for at in range(start, start + length))
    return frozenset(at for at in {*read, *repaired} if flags[at])


class Reading:
    """The paragraphs read from a page, laid on those of its gold."""

    def __init__(self, marked: list[Marked], read: list[tuple[Paragraph, frozenset[int]]]):
        self.marked = marked
        self.read = read
        self.touches: list[list[int]] = [
            [] for _ in read
        ]  # marked paragraphs that a read one has characters of
        self.owners: list[list[int]] = [
            [] for _ in marked
        ]  # read ones that have characters of a marked one
        for index, (_, characters) in enumerate(read):
            for place, wanted in enumerate(marked):
                if not characters.isdisjoint(wanted.characters):
                    self.touches[index].append(place)
                    self.owners[place].append(index)

    def verdict(self, place: int) -> str:
        wanted, owners = self.marked[place].characters, self.owners[place]
        if sum(len(wanted & self.read[index][1]) for index in owners) * 2 < len(wanted):
            return "lost"
        if len(owners) > 1:
            return "cut"
        touched, found = self.touches[owners[0]], self.read[owners[0]][1]
        whole = frozenset().union(*(self.marked[other].characters for other in touched))
        signs = frozenset().union(*(self.marked[other].label for other in touched))
        if any(not self.marked[other].joint for other in touched[1:]):
            return "joined"
        if found - signs - whole:
            return "furniture"
        return "right" if wanted <= found else "clipped"

    def invented(self) -> list[frozenset[int]]:
        return [
            characters
            for touched, (_, characters) in zip(self.touches, self.read, strict=True)
            if characters and not touched
        ]

    def paragraph_of(self, place: int) -> Paragraph:
        """The read paragraph of a marked one that is right."""
        return self.read[self.owners[place][0]][0]


def score_paragraphs(reading: Reading) -> tuple[Score, list[Error]]:
    """Counts and errors of a page's paragraphs."""
    score, errors = Score(pages=1), []
    for place, wanted in enumerate(reading.marked):
        if not wanted.scored:
            continue
        verdict = reading.verdict(place)
        score.paragraphs["all"] += 1
        score.paragraphs[verdict] += 1
        if verdict != "right":
            errors.append(Error(verdict, wanted.start, wanted.end, wanted.kind, None))
            continue
        paragraph = reading.paragraph_of(place)
        wrong = [
            name
            for name in FIELDS
            if getattr(wanted, name) not in (getattr(paragraph, name), UNSURE)
        ]
        score.fields.update(name for name in FIELDS if name not in wrong)
        score.fields["whole"] += not wrong
        errors += [
            Error(name, wanted.start, wanted.end, getattr(wanted, name), getattr(paragraph, name))
            for name in wrong
        ]
    for found in reading.invented():
        score.paragraphs["invented"] += 1
        errors.append(Error("invented", min(found), max(found) + 1, None, "a paragraph"))
    right, all_, invented = (score.paragraphs[name] for name in ("right", "all", "invented"))
    score.pages_right = int(right == all_ and not invented)
    return score, errors


def squeezed(text: str | None) -> str:
    return "".join(unescape(text or "").split())


def read_facts(header: Header) -> dict[str, object]:
    """Header facts as the gold writes them: values of references, names of addressees."""
    return {
        **{name: getattr(header, name) for name in _PLAIN_FACTS},
        "from": header.from_,
        "to": [recipient.name for recipient in header.to],
        "info": [recipient.name for recipient in header.info],
        "tags": sorted(header.tags),
        "references": sorted(
            reference.value for reference in header.references if reference.kind == "cable"
        ),
        "captions": sorted(header.captions),
        "signers": sorted(signer.upper() for signer in header.signers),
        "reasons": sorted(header.reasons),
        "declassify_on": None if header.declassify_on is None else str(header.declassify_on),
        "subject": squeezed(header.subject),
    }


def marked_facts(row: dict, source: str) -> dict[str, object]:
    """The header facts of a page's gold in the same form; the subject is read from the source."""
    facts = dict(row["header"])
    for name in {"tags", "references", "captions", "signers", "reasons"} & facts.keys():
        facts[name] = sorted(facts[name])
    start, end = facts["subject"] or (0, 0)
    return {**facts, "subject": squeezed(source[start:end])}


def score_header(row: dict, cable: Cable, score: Score) -> list[Error]:
    """Counts a page's header facts into `score`; returns those that are wrong."""
    found, errors = read_facts(cable.header), []
    for name, wanted in marked_facts(row, cable.source_text).items():
        right = found[name] == wanted
        score.header[name][right] += 1
        if not right:
            start, end = (name == "subject" and row["header"]["subject"]) or (0, 0)
            errors.append(Error(f"header {name}", start, end, wanted, found[name]))
    return errors


def score_page(row: dict, cables: list[Cable]) -> tuple[Score, list[Error]]:
    """Counts and errors of a page: `row` is its gold, `cables` what was read from it.

    Raises ValueError where the gold is of another text.
    """
    if not cables:
        return score_rejected(row)
    source = cables[0].source_text
    if text_hash(source) != row["sha256"]:
        raise ValueError(f"{row['doc']}: the page is not the one that was marked")
    flags = counted(source, markup=row["file"].endswith(".html"))
    read = [
        (paragraph, characters(paragraph, flags))
        for cable in cables
        for paragraph in cable.paragraphs
    ]
    score, errors = score_paragraphs(Reading(marked_paragraphs(row, flags), read))
    return score, errors + score_header(row, cables[0], score)


def score_rejected(row: dict) -> tuple[Score, list[Error]]:
    """A page of which nothing was read: every paragraph is lost, every header fact wrong."""
    scored = sum(paragraph.scored for paragraph in marked_paragraphs(row))
    score = Score(Counter(all=scored, lost=scored), pages=1)
    for name in row["header"]:
        score.header[name][False] += 1
    return score, [Error("rejected", 0, 0, f"{scored} paragraphs", None)]


def lines(groups: dict[str, Score]) -> Iterator[str]:
    """The scores as a table, a column for each group of pages."""
    groups = {name: score for name, score in groups.items() if score.pages}
    yield " " * 16 + "".join(f"{name:>16}" for name in groups)

    def row(name: str, cell) -> str:
        return f"{name:<16}" + "".join(f"{cell(score):>16}" for score in groups.values())

    def share(part: int, whole: int) -> str:
        return f"{part}/{whole} {part / whole:6.1%}" if whole else "-"

    yield row("pages", lambda score: str(score.pages))
    yield row("pages right", lambda score: share(score.pages_right, score.pages))
    yield from (
        row(verdict, lambda score, of=verdict: share(score.paragraphs[of], score.paragraphs["all"]))
        for verdict in VERDICTS
    )
    yield row("invented", lambda score: str(score.paragraphs["invented"]))
    yield "of the right ones"
    yield from (
        row(f"  {name}", lambda score, of=name: share(score.fields[of], score.paragraphs["right"]))
        for name in (*FIELDS, "whole")
    )
    yield "header"
    for name in groups["all"].header:
        yield row(
            f"  {name}",
            lambda score, of=name: share(score.header[of][True], score.header[of].total()),
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="?", type=Path, default=GOLD)
    parser.add_argument("--source", type=Path, default=PAGES, help="folder with html/ and text/")
    parser.add_argument("--kinds", action="store_true", help="list every error")
    parser.add_argument("--pages", nargs="+", help="only these")
    arguments = parser.parse_args()
    groups = {"all": Score(), "wrapped": Score(), "unwrapped": Score()}
    for row in map(orjson.loads, arguments.gold.read_bytes().splitlines()):
        page = row["doc"].removeprefix("pages/")
        path = arguments.source / row["file"]
        if arguments.pages and page not in arguments.pages:
            continue
        if not path.exists():
            sys.exit(f"{path}: no such page; give the folder of the pages as --source")
        score, errors = score_page(row, list(read(path)))
        groups["all"].add(score)
        groups[row["layout"]].add(score)
        if arguments.kinds:
            for error in errors:
                print(f"{page} {row['layout']:<9} {error}")
    print("\n".join(lines(groups)))


if __name__ == "__main__":
    main()
