"""Prints the telegrams of FRUS volumes as real cable pages, reads them back, counts what returns.

    python scripts/print_telegrams.py ../shared/frus/telegrams.jsonl.gz       # 2,468 telegrams
    python scripts/print_telegrams.py ../shared/frus/frus1969-76ve14p1.xml.gz # capitals already
    python scripts/print_telegrams.py VOLUME --show frus1969-76ve14p1/d3      # one print

A print is laid out in one of three ways: hard-wrapped at 65 to 71 columns; one line a paragraph, as
pages are whose wraps somebody took out; or mixed, paragraph by paragraph. Every 50 wrapped lines a
page ends, wherever that falls: with a page mark and a banner, a section mark in capitals, in small
letters or with blanks ("002. 2 OF 003"), a section mark with SIPDIS below it, or with a blank line
alone; blank lines stand around the mark or not, and in a paragraph of one line it can stand within
the line. Portion marks follow the numbers, a pilcrow precedes them, blank lines separate numbered
paragraphs and lines end in a blank, each or not. All of it is drawn from the telegram's id, so that
a second run prints the same. A signature that stands as a paragraph, or at a paragraph's end, in
the volume has come back where the cable read has it among its signers.
"""

import argparse
import gzip
import json
import random
import re
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from cablespan import read
from cablespan.cable import Cable

OPENING = re.compile(
    r"(?:ref|refs|reference|references|reftels?|subject|subj|tags|e\.o\.|fm|to|info)\b[ :.]",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(\d{1,3})[.)] *(?=[^\s\d])")
RAW = re.compile(
    r"""TELEGRAM\b | (?:[OPRZ]\ ){1,3}\d{6}Z | \d{6}Z
    | [A-Z ]{3,20}\d{3,7}(?:\ |$)                                   # a post and its serial
    | (?:ROME|DEPT?|PASS|FOR|USUN|POUCH|NODIS|EXDIS|LIMDIS)\b""",
    re.IGNORECASE | re.VERBOSE,
)
PORTIONS = ("U", "C", "S", "LOU", "C/NF")
HEAD = """R 071251Z FEB 74
FM AMEMBASSY WARSAW
TO SECSTATE WASHDC 1234
BT
C O N F I D E N T I A L WARSAW 01634
E.O. 11652: GDS
TAGS: PFOR, PL
SUBJECT: A TELEGRAM PRINTED AGAIN
"""
LINES_A_PAGE = 50
LAYOUTS = ("wrapped", "one line", "mixed")
MARKS = {  # by name: the lines between two pages
    "page": ["CONFIDENTIAL", "PAGE {page:02d}  WARSAW 01634  071251Z"],
    "section": ["WARSAW 00001634  {page:03d} OF {pages:03d}"],
    "small": ["Warsaw 00001634 {page:03d} of {pages:03d}"],
    "spaced": ["WARSAW 00001634  {page:03d}. 2 OF {pages:03d}"],
    "sipdis": ["WARSAW 00001634  {page:03d} OF {pages:03d}", "", "SIPDIS"],
    "blank": [""],
}
WITHIN_A_LINE = ("section", "small", "spaced")

Line = tuple[int | None, str]  # the paragraph that it belongs to, None for a mark; its text


@dataclass(frozen=True)
class Guise:
    """How a telegram is printed."""

    layout: str
    mark: str
    apart: bool  # blank lines around marks
    within: bool  # marks within the lines of unwrapped paragraphs
    pilcrows: bool
    width: int
    hyphens: bool  # wraps at hyphens
    tight: bool  # no blank line before a numbered paragraph
    trailing: bool  # a blank at line ends
    portion: str | None

    @classmethod
    def drawn(cls, name: str) -> "Guise":
        draw = random.Random(name)
        return cls(
            layout=draw.choice(LAYOUTS),
            mark=draw.choice(list(MARKS)),
            apart=draw.random() < 0.7,
            within=draw.random() < 0.3,
            pilcrows=draw.random() < 0.5,
            width=draw.randint(65, 71),
            hyphens=draw.random() < 0.5,
            tight=draw.random() < 0.2,
            trailing=draw.random() < 0.5,
            portion=draw.choice(PORTIONS) if draw.random() < 0.6 else None,
        )


def telegrams(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Id and paragraphs of each telegram, white space folded."""
    if ".jsonl" in path.name:
        for row in map(json.loads, gzip.decompress(path.read_bytes()).splitlines()):
            yield row["id"], [folded(p["text"]) for p in row["paragraphs"] if p["text"].strip()]
        return
    for cable in read(path, "tei"):
        yield cable.id, [in_full(paragraph) for paragraph in cable.paragraphs]


def in_full(paragraph) -> str:
    """A paragraph with its number or portion mark."""
    if paragraph.number:
        return f"{paragraph.number}. {paragraph.text}"
    return f"({paragraph.marking}) {paragraph.text}" if paragraph.marking else paragraph.text


def folded(text: str) -> str:
    return " ".join(text.split())


def without_own_opening(paragraphs: list[str]) -> list[str]:
    """The paragraphs without the raw opening of the 1970s and the telegram's own number."""
    if paragraphs[0].startswith("TELEGRAM"):
        raw = [
            at for at, text in enumerate(paragraphs[:12]) if OPENING.match(text) or RAW.match(text)
        ]
        paragraphs = paragraphs[raw[-1] + 1 :] or paragraphs if raw else paragraphs
    own = re.match(r"\d+\. +(?=\S)", paragraphs[0])
    if own and own[0].rstrip(". ") != "1":
        return [paragraphs[0][own.end() :], *paragraphs[1:]]
    return paragraphs


def expected(paragraphs: list[str]) -> list[str | None]:
    """Each paragraph as it should come back, without its number; None for a line of the opening."""
    wanted: list[str | None] = []
    for paragraph in paragraphs:
        number = NUMBER.match(paragraph)
        text = paragraph[number.end() :] if number else paragraph
        opening = len(wanted) < 4 and len(text) < 300 and OPENING.match(text)
        wanted.append(None if opening else text)
    return wanted


def wrapped(paragraphs: list[str], guise: Guise) -> list[Line]:
    """The paragraphs as wrapped lines, numbers and portion marks as the guise has them."""
    wrapper = textwrap.TextWrapper(
        guise.width, break_long_words=False, break_on_hyphens=guise.hyphens
    )
    lines: list[Line] = []
    for at, paragraph in enumerate(paragraphs):
        number = NUMBER.match(paragraph)
        if number:
            portion = f"({guise.portion}) " if guise.portion else ""
            paragraph = f"{'¶' * guise.pilcrows}{number[0]}{portion}{paragraph[number.end() :]}"
        if lines and not (guise.tight and number):
            lines.append((None, ""))
        lines.extend((at, line) for line in wrapper.wrap(paragraph))
    return lines


def with_marks(lines: list[Line], guise: Guise) -> list[Line]:
    """The lines with a mark after each page."""
    pages = [lines[at : at + LINES_A_PAGE] for at in range(0, len(lines), LINES_A_PAGE)]
    out = list(pages[0])
    for page, content in enumerate(pages[1:], 2):
        mark = [line.format(page=page, pages=len(pages)) for line in MARKS[guise.mark]]
        if guise.apart and guise.mark == "sipdis":
            mark = ["", *mark]  # what SIPDIS cuts goes on in the line below it
        elif guise.apart and guise.mark != "blank":
            mark = ["", *mark, "", ""]
        out.extend((None, line) for line in mark)
        out.extend(content)
    return out


def unwrapped(lines: list[Line], guise: Guise, draw: random.Random) -> list[str]:
    """The lines with those of a paragraph put together: of all paragraphs, of some, or of none."""
    if guise.layout == "wrapped":
        return [text for _, text in lines]
    paragraphs = {at for at, _ in lines if at is not None}
    joined = {at for at in paragraphs if guise.layout == "one line" or draw.random() < 0.5}
    if guise.within and guise.mark in WITHIN_A_LINE:
        lines = [(belongs_to(lines, place, joined), text) for place, (_, text) in enumerate(lines)]
    out: list[str] = []
    for at, group in groupby(lines, key=itemgetter(0)):
        texts = [text for _, text in group]
        out.extend([" ".join(text for text in texts if text)] if at in joined else texts)
    return out


def belongs_to(lines: list[Line], place: int, joined: set[int]) -> int | None:
    """The paragraph of a line; that of the lines around it for a mark within a joined paragraph."""
    owner = lines[place][0]
    if owner is not None:
        return owner
    before = next((at for at, _ in reversed(lines[:place]) if at is not None), None)
    after = next((at for at, _ in lines[place:] if at is not None), None)
    return before if before == after and before in joined else None


def printed(name: str, paragraphs: list[str]) -> str:
    """A telegram as a cable of its time, in the guise of its id."""
    guise = Guise.drawn(name)
    lines = with_marks(wrapped(paragraphs, guise), guise)
    body = unwrapped(lines, guise, random.Random(f"{name}, unwrapped"))
    return "".join(line + " " * guise.trailing + "\n" for line in [*HEAD.split("\n"), *body])


def read_back(text: str, file: Path) -> list[Cable]:
    file.write_text(text)
    return list(read(file, "text"))


def missing(paragraphs: list[str], cables: list[Cable]) -> list[str]:
    """The paragraphs that did not come back exactly."""
    found = Counter(folded(p.text) for cable in cables for p in cable.paragraphs)
    signers = [signer for cable in cables for signer in cable.header.signers]
    lost = []
    for paragraph, words in zip(paragraphs, expected(paragraphs), strict=True):
        if words is None or words.strip(". ") in signers:
            continue
        unsigned = [words.removesuffix(signer).strip() for signer in signers]
        spelling = next((form for form in (words, paragraph, *unsigned) if found[form]), None)
        if spelling is None:
            lost.append(words)
        else:
            found[spelling] -= 1
    return lost


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        count(Path(folder) / "print.txt")


def count(file: Path) -> None:
    """Prints, reads and counts as the arguments say; `file` holds one print at a time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("volumes", nargs="+", type=Path)
    parser.add_argument("--show", help="print this telegram and stop")
    parser.add_argument("--misses", type=int, default=0, help="show so many that did not come back")
    arguments = parser.parse_args()
    for volume in arguments.volumes:
        wanted, came_back, misses = Counter(), Counter(), []
        for name, paragraphs in telegrams(volume):
            paragraphs = without_own_opening(paragraphs)
            text = printed(name, paragraphs)
            if arguments.show == name:
                print(text)
                return
            guise = Guise.drawn(name)
            lost = missing(paragraphs, read_back(text, file))
            asked = sum(words is not None for words in expected(paragraphs))
            for group in ("all", guise.layout, f"mark: {guise.mark}"):
                wanted[group] += asked
                came_back[group] += asked - len(lost)
            misses += [(name, words) for words in lost]
        for name, words in misses[: arguments.misses]:
            print(f"{name}: {words[:100]} ... {words[-60:]}")
        print(f"{volume.name}: paragraphs that came back exactly")
        for group in sorted(wanted):
            share = came_back[group] / wanted[group]
            print(f"  {group:<16}{came_back[group]:>6} of {wanted[group]:>6} ({share:.2%})")


if __name__ == "__main__":
    main()
