"""Faults of reading that need no gold: what the records of real pages show by themselves.

    python scripts/count_faults.py ../shared/pages/html work/pages-more
    python scripts/count_faults.py work/pages-more --show page_mark   # every place of one kind

A place is a suspicion: a list can begin with small letters, and authors leave numbers out. Compare
counts of the same pages before and after a change, and read what is new.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from multiprocessing import Pool
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from cablespan.cable import Cable, Paragraph, Reject
from cablespan.header.ending import end_of_text
from cablespan.header.furniture import inline_marks, is_furniture
from cablespan.reading import scan

KINDS = {
    "rejected": "pages with words that are rejected",
    "id": "ids with the number of a page or of a copy",
    "dump_row": "pieces of a dump's row in paragraphs",
    "page_mark": "page marks and banners in paragraphs",
    "doubled_quotes": "doubled quotes of a CSV file",
    "comma_s": "apostrophes that became commas",
    "web_address": "the post's web address as a paragraph",
    "signer": "the signer's surname missing, or left in the text",
    "small_start": "a small letter begins a paragraph after no sentence's end",
    "long_paragraph": "paragraphs of more than 400 words",
    "long_heading": "headings of more than 12 words",
    "number": "paragraph numbers that jump",
    "lost": "lines of the body in no paragraph that are no furniture",
}
LONGEST_SHOWN = 150  # characters
LEAST_WORDS = 20  # of a page whose reject is a fault
_ROW = re.compile(r'"?\b\d{1,6}"?,"?\d{1,4}[/-]\d{1,2}[/-]\d{2,4} \d|","|\.\.\.",$')
_BANNER = r"(?:UNCLAS(?:SIFIED)?|CONFIDENTIAL|SECRET)\b[ ]+(?:PAGE|SECTION) 0?\d"
_MARK = re.compile(rf"\b\d{{5,8}} +\d{{3}}(?:\.\d)? OF \d{{3}}\b|\bPAGE 0\d [A-Z]|{_BANNER}")
_ADDRESS = re.compile(r"https?://|\bwww\.|\.sgov\.gov|\.state\.gov", re.IGNORECASE)
_LONGEST_FOOTER = 30  # words
_SURNAME_AT_END = re.compile(r"[.!?\"”)] +[A-Z][A-Z'-]{2,19}$")
_SURNAME = re.compile(r"[A-Z][A-Za-z]*(?:[ /'-]{1,3}[A-Z][A-Za-z]*){0,3}")
_ENDS = ".!?:;)\"'”’*-]>"
_TAG = re.compile(r"<[^<>]*>")
# A number and a marking, which are fields of a paragraph, and an item's sign.
_FIELDS = re.compile(r"\W*(?:PARA )?(?:\d{1,3}|[A-Za-z]|[ivx]+)?[.):\s]*(?:[(\[][A-Z/ ]+[)\]]\s*)*")
_WORD = re.compile(r"[A-Za-z]{2,}")


class Fault(NamedTuple):
    """A place on a page; what stands there."""

    kind: str
    page: str
    place: str
    text: str


def faults_of(path: Path) -> list[Fault]:
    """The faults of one page."""
    items = list(scan(path))
    cables = [item for item in items if isinstance(item, Cable)]
    found = [
        *(fault for item in items if isinstance(item, Reject) for fault in _of_reject(item, path)),
        *(fault for cable in cables for fault in _of_cable(cable)),
        *(("lost", cable.id, line) for cable in cables for line in lost_lines(cable)),
        *(("lost", "end", line) for line in lines_at_end(cables)),
    ]
    return [Fault(kind, path.stem, place, " ".join(text.split())) for kind, place, text in found]


Found = Iterator[tuple[str, str, str]]


def _of_reject(reject: Reject, path: Path) -> Found:
    body = path.read_text("utf-8", "replace").rpartition("<pre")[2]
    if len(_WORD.findall(unescape(_TAG.sub(" ", body)))) >= LEAST_WORDS:
        yield "rejected", reject.place, reject.reason


def _of_cable(cable: Cable) -> Found:
    if not cable.id or re.search(r"[\s~]", cable.id):
        yield "id", "", cable.id
    for paragraph in cable.paragraphs:
        for kind in _of_paragraph(paragraph):
            yield kind, paragraph.id, paragraph.text
    yield from _between(cable.paragraphs)
    yield from _signer(cable)


def _of_paragraph(paragraph: Paragraph) -> Iterator[str]:
    text = paragraph.text
    words = len(text.split())
    if _ROW.search(text):
        yield "dump_row"
    if '""' in text:
        yield "doubled_quotes"
    if re.search(r"[a-z],s ", text):
        yield "comma_s"
    if _MARK.search(text) or inline_marks(text):
        yield "page_mark"
    if _ADDRESS.search(text) and words <= _LONGEST_FOOTER and paragraph.number is None:
        yield "web_address"
    if words > 400:
        yield "long_paragraph"
    if paragraph.kind == "heading" and words > 12:
        yield "long_heading"


def _between(paragraphs: tuple[Paragraph, ...]) -> Found:
    for above, below in pairwise(paragraphs):
        ends = above.text[-1] in _ENDS or above.kind == "heading"
        if below.text[0].islower() and below.kind in ("text", "numbered") and not ends:
            yield "small_start", below.id, f"{above.text[-60:]} | {below.text[:80]}"
    numbers = [(it.number, it) for it in paragraphs if it.number is not None]
    for (above, _), (number, below) in pairwise([(0, None), *numbers]):
        if below is not None and number not in (above, above + 1, 1):
            yield "number", below.id, f"{above} -> {number}: {below.text}"


def _signer(cable: Cable) -> Found:
    if not cable.paragraphs or cable.header.partial:
        return
    last = cable.paragraphs[-1]
    left = not cable.header.signers and (
        _SURNAME_AT_END.search(last.text) or _SURNAME.fullmatch(last.text)
    )
    if left:
        yield "signer", last.id, last.text[-80:]


def lost_lines(cable: Cable) -> list[str]:
    """The lines between the first paragraph and the last one that are in none, and no furniture."""
    pieces = _pieces(cable)
    gaps = (cable.source_text[above[1] : below[0]] for above, below in pairwise(pieces))
    return [line for gap in gaps for line in _unexpected(_as_text(gap), cable)]


def lines_at_end(cables: list[Cable]) -> list[str]:
    """The lines below the last paragraph of a page that are neither furniture nor a signature."""
    if not any(cable.paragraphs for cable in cables):
        return []
    last = max(cables, key=_end)
    source, begin = last.source_text, _end(last)
    closing = source.find("</pre", begin)
    tail = _as_text(source[begin:closing] if closing >= 0 else source[begin:])
    return _unexpected(tail[: end_of_text(tail, 0, len(tail))], last)


def _pieces(cable: Cable) -> list[tuple[int, int]]:
    maps = (paragraph.source_map for paragraph in cable.paragraphs)
    return sorted((at, at + length) for it in maps for _, at, length in it.pieces)


def _end(cable: Cable) -> int:
    return max((end for _, end in _pieces(cable)), default=0)


def _as_text(source: str) -> str:
    return unescape(_TAG.sub("", source))


def _unexpected(text: str, cable: Cable) -> list[str]:
    names = tuple(map(str.upper, cable.header.signers))
    return [line for line in map(str.strip, text.splitlines()) if not _is_expected(line, names)]


def _is_expected(line: str, names: tuple[str, ...]) -> bool:
    """Whether a line is a number, a marking, a rule, furniture or the signature."""
    fields = _FIELDS.match(line)
    if not _WORD.search(line, fields.end() if fields else 0) or is_furniture(line):
        return True
    return any(name in line.upper() for name in names)


def main(
    folders: Annotated[list[Path], typer.Argument(help="Folders of pages, one cable a file.")],
    show: Annotated[str | None, typer.Option(help="Print every place of this kind.")] = None,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
) -> None:
    """Faults of reading on pages: how many pages have each kind, and how often."""
    if show is not None and show not in KINDS:
        raise typer.BadParameter(f"no kind {show}: one of {', '.join(KINDS)}")
    pages = sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".html", ".txt")
    )
    with Pool(workers) as pool:
        faults = [it for found in pool.map(faults_of, pages, chunksize=16) for it in found]
    for fault in faults:
        if fault.kind == show:
            print(f"{fault.page}\t{fault.place}\t{fault.text[:LONGEST_SHOWN]}")
    if show is not None:
        return
    print(f"{len(pages)} pages\n{'kind':<16}{'pages':>6}{'places':>8}  what")
    for kind, what in KINDS.items():
        found = [fault.page for fault in faults if fault.kind == kind]
        print(f"{kind:<16}{len(set(found)):>6}{len(found):>8}  {what}")


if __name__ == "__main__":
    typer.run(main)
