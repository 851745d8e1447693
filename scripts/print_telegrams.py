"""Prints the telegrams of FRUS volumes as cables of their time, reads them back, and counts the paragraphs that come back exactly.

    python scripts/print_telegrams.py ../shared/frus/telegrams.jsonl.gz            # 2,468 telegrams, each printed in one of several guises
    python scripts/print_telegrams.py ../shared/frus/frus1969-76ve14p1.xml.gz      # a volume; its telegrams are in capitals already
    python scripts/print_telegrams.py VOLUME --show frus1969-76ve14p1/d3           # one print, to look at

A guise: hard wrap at 65 to 71 columns; a page mark with a banner, or a section mark, every 50 lines, wherever it falls; portion
marks behind paragraph numbers; with or without blank lines between numbered paragraphs; blanks at line ends or not. It is drawn
from the telegram's id, so that a second run prints the same. A signature that stands as a paragraph, or at a paragraph's end, in
the volume has come back where the cable read has it among its signers: the contract makes no paragraph of it.
"""

import argparse
import gzip
import json
import random
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cablespan.readers import tei
from cablespan.readers.decode import decode
from cablespan.readers.text import read

OPENING = re.compile(r"(?:ref|refs|reference|references|reftels?|subject|subj|tags|e\.o\.|fm|to|info)\b[ :.]", re.IGNORECASE)
NUMBER = re.compile(r"(\d{1,3})[.)] *(?=[^\s\d])")
RAW = re.compile(
    r"TELEGRAM\b|(?:[OPRZ] ){1,3}\d{6}Z|\d{6}Z|[A-Z ]{3,20}\d{3,7}(?: |$)|(?:ROME|DEPT?|PASS|FOR|USUN|POUCH|NODIS|EXDIS|LIMDIS)\b",
    re.IGNORECASE,
)
MARKS = ("U", "C", "S", "LOU", "C/NF")


def telegrams(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Id and paragraphs of each telegram, white space folded."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if ".jsonl" in path.name:
        for row in map(json.loads, data.splitlines()):
            yield row["id"], [" ".join(p["text"].split()) for p in row["paragraphs"] if p["text"].strip()]
        return
    for cable in tei.read(decode(data)[0], str(path)):
        yield (
            cable.id,
            [f"{p.number}. {p.text}" if p.number else f"({p.marking}) {p.text}" if p.marking else p.text for p in cable.paragraphs],
        )


def printed(name: str, paragraphs: list[str]) -> tuple[str, list[str], list[str | None]]:
    """A telegram as a cable of its time, its paragraphs as printed, and as they should come back (None: a line of the opening)."""
    draw = random.Random(name)
    width = draw.randint(65, 71)
    wrapper = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=draw.random() < 0.5)
    section_marks, tight, trailing = draw.random() < 0.5, draw.random() < 0.3, draw.random() < 0.5
    portion = draw.choice(MARKS) if draw.random() < 0.6 else None
    lines, expected = [], []
    if paragraphs[0].startswith("TELEGRAM"):  # the raw form of the 1970s with its own opening, for which the print's own stands
        opening = [at for at, text in enumerate(paragraphs[:12]) if OPENING.match(text) or RAW.match(text)]
        paragraphs = paragraphs[:] if not opening else paragraphs[opening[-1] + 1 :] or paragraphs
    own = re.match(r"\d+\. +(?=\S)", paragraphs[0])
    if own and own[0].rstrip(". ") != "1":
        paragraphs[0] = paragraphs[0][own.end() :]  # the telegram's own number, which its header carried
    for paragraph in paragraphs:
        number = NUMBER.match(paragraph)
        text = paragraph[number.end() :] if number else paragraph
        opening = len(expected) < 4 and len(text) < 300 and OPENING.match(text)
        expected.append(None if opening else text)
        if number and portion:
            paragraph = f"{number[0]}({portion}) {text}"
        if lines and not (tight and number):
            lines.append("")
        lines.extend(wrapper.wrap(paragraph))
    pages = [lines[at : at + 50] for at in range(0, len(lines), 50)]
    head = [
        "R 071251Z FEB 74",
        "FM AMEMBASSY WARSAW",
        "TO SECSTATE WASHDC 1234",
        "BT",
        "C O N F I D E N T I A L WARSAW 01634",
        "E.O. 11652: GDS",
        "TAGS: PFOR, PL",
    ]
    out = [*head, "SUBJECT: A TELEGRAM PRINTED AGAIN", ""]
    for number, page in enumerate(pages, 1):
        if number > 1:
            out.extend(
                [f"WARSAW 00001634  {number:03d} OF {len(pages):03d}"]
                if section_marks
                else ["", "CONFIDENTIAL", f"PAGE {number:02d}  WARSAW 01634  071251Z", ""]
            )
        out.extend(page)
    return "\n".join(line + " " * trailing for line in out) + "\n", paragraphs, expected


def folded(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("volumes", nargs="+", type=Path)
    parser.add_argument("--show", help="print this telegram and stop")
    parser.add_argument("--misses", type=int, default=0, help="show so many of the paragraphs that did not come back")
    arguments = parser.parse_args()
    for volume in arguments.volumes:
        wanted = came_back = read_back = 0
        misses = []
        for name, paragraphs in telegrams(volume):
            text, paragraphs, expected = printed(name, paragraphs)
            if arguments.show == name:
                print(text)
                return
            cables = [cable for cable in read(text, name) if hasattr(cable, "paragraphs")]
            found = Counter(folded(p.text) for cable in cables for p in cable.paragraphs)
            signers = [signer for cable in cables for signer in cable.header.signers]
            read_back += found.total()
            for paragraph, words in zip(paragraphs, expected, strict=True):
                if words is None:
                    continue  # a line of the opening, which makes no paragraph
                wanted += 1
                if words.strip(". ") in signers:
                    came_back += 1
                    continue
                unsigned = [words.removesuffix(signer).strip() for signer in signers]
                spelling = next((form for form in (words, paragraph, *unsigned) if found[form]), None)
                if spelling is None:
                    misses.append((name, words))
                else:
                    found[spelling] -= 1
                    came_back += 1
        for name, words in misses[: arguments.misses]:
            print(f"{name}: {words[:100]} ... {words[-60:]}")
        print(f"{volume.name}: {came_back} of {wanted} paragraphs came back exactly ({came_back / wanted:.2%}); {read_back} were read")


if __name__ == "__main__":
    main()
