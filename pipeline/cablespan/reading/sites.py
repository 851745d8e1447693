"""Pages of sites that nobody described: where on a page a cable stands, told by its own lines."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice, pairwise
from operator import itemgetter
from typing import NamedTuple

from cablespan.cable import SourceMap
from cablespan.header.labels import label_of
from cablespan.header.opening import Opening, read_opening
from cablespan.header.parsing import EXTRACT, classification_of, reference_id_of
from cablespan.header.portions import PORTION_CLASSES
from cablespan.reading.assembly import offset_in

# Elements that can hold a whole cable.
_HOLDER = re.compile(
    r"<(?P<end>/?)(?P<name>article|blockquote|code|dd|div|main|pre|section|table|td|textarea)\b[^<>]*>",
    re.IGNORECASE,
)
_NUMBER = r"^[ \t]{0,20}(?:¶\s?)?(?P<number>\d{1,3})\s?[.)]\s{0,3}"
_MARKED = re.compile(rf"{_NUMBER}\((?:{PORTION_CLASSES})(?:/[A-Z]+)?\)", re.MULTILINE)
_NUMBERED = re.compile(rf"{_NUMBER}(?=[A-Z])", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*(?P<text>\S[^\n]*)", re.MULTILINE)
# Lines of a transmission header that no words of a site look like.
_TRANSMISSION = re.compile(
    r"""V[ZV]CZC\w{2,12} | (?:[OPRZY]{2}\ )+RU[A-Z]{3,5}\b.* | DE\ RU[A-Z]{2,6}\b.*
    | (?:[OPRZYM]\ ){0,3}\d{6}Z\ [A-Z]{3}\ \d{2,4}.* | FM\ [A-Z]{3}.*""",
    re.VERBOSE,
)
_ID = re.compile(r"\b\d\d[A-Z]{3,30}\d{1,7}\b")
_LEAST_LINES = 3  # of an opening that tell a cable without a banner or marked paragraphs
Stretch = tuple[int, int]  # offsets between which a part of a text stands


class Place(NamedTuple):
    """Where a cable stands in a page's text, and what the page says of it elsewhere: the
    transmission header, an id above it, and whether the cable's own lines agree with that."""

    start: int
    end: int
    head: str | None
    id: str | None
    is_its_own: bool


def places_of_cables(source: str, text: str, mapping: SourceMap) -> Iterator[Place]:
    r"""Where cables stand in the text of the page `source`: none where nothing is one.

    >>> from cablespan.reading.markup import without_tags
    >>> page = "<p>Found this:</p><pre>SUBJECT: ROADS\n\n1. (U) All is well.</pre><p>Home</p>"
    >>> text, mapping = without_tags(page, breaks=frozenset({"p", "pre"}))
    >>> [text[place.start : place.end] for place in places_of_cables(page, text, mapping)]
    ['SUBJECT: ROADS\n\n1. (U) All is well.']
    """
    if not mapping.pieces:
        return
    holders = _holders(source, text, mapping)
    page_id = _ID.search(source)
    cables = _by_marks(text, holders) or _by_numbers(text, holders) or _by_opening(text, holders)
    for number, cable in enumerate(cables):
        of_page = [page_id[0]] if page_id and number == 0 else []
        stated = [*of_page, *_ID.findall(text, cable.above, cable.start)]
        years = {int(it[:2]) for it in stated}
        own_ids = {reference_id_of(cable.opening, year) for year in years}
        own_id = next((it for it in stated if it in own_ids), None)
        cable_id = own_id or next(iter(of_page), None)
        head = _head_apart(text, cable)
        yield Place(cable.start, cable.end, head, cable_id, is_its_own=own_id is not None)


class _Cable(NamedTuple):
    """A cable in an element of a page: where the words of the site above it, the cable and its
    first paragraph begin, and where the element ends."""

    above: int
    start: int
    first: int
    end: int
    opening: Opening

    @property
    def is_told(self) -> bool:
        """Whether the lines of the opening alone say that it is a cable."""
        lines = sum(_TRANSMISSION.fullmatch(line) is not None for line in self.opening.transmission)
        told = len(self.opening.fields) + lines
        return told >= (1 if classification_of(self.opening) else _LEAST_LINES)


def _by_marks(text: str, holders: list[Stretch]) -> list[_Cable]:
    cables = _by_paragraphs(text, holders, list(_MARKED.finditer(text)))
    return [cable for cable in cables if cable.is_told] or cables[:1]


def _by_numbers(text: str, holders: list[Stretch]) -> list[_Cable]:
    """The cables whose paragraphs have numbers alone, which stand in the element that the text
    begins in: what readers of the page number stands elsewhere."""
    cables = _by_paragraphs(text, holders, list(_NUMBERED.finditer(text)))
    return [
        cable
        for cable in cables
        if cable.is_told and cable.first < _smallest(holders, cable.start, cable.opening.body)[1]
    ]


def _by_paragraphs(
    text: str, holders: list[Stretch], numbered: list[re.Match[str]]
) -> list[_Cable]:
    cables: list[_Cable] = []
    starts = [match.start() for match in numbered]
    above = 0
    for begin, end in _stretches(holders, numbered):
        if begin < above:
            continue
        first = starts[bisect_left(starts, begin)]
        start = _start(text, above, begin, first)
        if start < begin and _are_lines(text, _smallest(holders, start, start), (begin, end)):
            _, end = _smallest(holders, start, first)
        cables.append(_Cable(above, start, first, end, read_opening(text, start, end)))
        above = end
    return cables


def _by_opening(text: str, holders: list[Stretch]) -> list[_Cable]:
    """The cable whose paragraphs have no numbers."""
    start = _start(text, 0, 0, len(text))
    opening = read_opening(text, start)
    *_, (last_line, _) = [(start, ""), *_lines(text, start, opening.body)]
    _, end = _smallest(holders, last_line, opening.body)  # its first lines can stand apart
    cable = _Cable(0, start, opening.body, end, opening)
    return [cable] if cable.is_told else []


def _holders(source: str, text: str, mapping: SourceMap) -> list[Stretch]:
    """Where in a page's text the elements lie that can hold a cable, the whole page among them."""
    holders = [(0, len(source))]
    opened: dict[str, list[int]] = defaultdict(list)
    for tag in _HOLDER.finditer(source):
        starts = opened[tag["name"].lower()]
        if not tag["end"]:
            starts.append(tag.end())
        elif starts:
            holders.append((starts.pop(), tag.start()))
    laid = ((offset_in(mapping, start), _end_in(text, mapping, end)) for start, end in holders)
    return sorted(laid, key=lambda it: (it[0], -it[1]))


def _end_in(text: str, mapping: SourceMap, at: int) -> int:
    """Where an element that ends at an offset of the source ends in the text: at the line end that
    its tag makes, after the entities above it, which have no piece in the map."""
    following = bisect_left(mapping.pieces, at, key=itemgetter(1))
    limit = mapping.pieces[following][0] if following < len(mapping.pieces) else len(text)
    line_end = text.find("\n", offset_in(mapping, at), limit)
    return limit if line_end < 0 else line_end


def _stretches(holders: list[Stretch], numbered: list[re.Match[str]]) -> list[Stretch]:
    """The smallest elements that hold all paragraphs from one of number 1 up to before the next;
    one inside of another is part of it."""
    stretches: list[Stretch] = []
    for first, last in _runs(numbered):
        if stretches and last < stretches[-1][1]:
            continue
        start, end = _smallest(holders, first, last)
        while stretches and stretches[-1][1] > start:
            stretches.pop()
        stretches.append((start, end))
    return stretches


def _runs(numbered: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Where the first and the last of the paragraphs stand that are numbered in a row."""
    begins = [at for at, match in enumerate(numbered) if not at or int(match["number"]) == 1]
    for begin, end in pairwise([*begins, len(numbered)]):
        yield numbered[begin].start(), numbered[end - 1].start()


def _smallest(holders: list[Stretch], first: int, last: int) -> Stretch:
    """The smallest element that holds two offsets: of those that begin before the first, the last
    one that ends after the other."""
    index = bisect_right(holders, first, key=itemgetter(0))
    return next((it for it in reversed(holders[:index]) if last < it[1]), holders[0])


def _start(text: str, above: int, begin: int, first: int) -> int:
    """Where the lines of an opening begin above the first numbered paragraph: in the element from
    `begin` on, else between `above` and it, else nowhere."""
    for lines in ([*_lines(text, begin, first)], [*_lines(text, above, begin)]):
        for tells in (_is_banner, label_of):  # the surest first: sites have words like labels, too
            for at, line in lines:
                if tells(line):
                    return at
    return first


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Where the filled lines of `text[start:end]` begin, and what they hold."""
    return ((m.start("text"), m["text"].strip()) for m in _LINE.finditer(text, start, end))


def _are_lines(text: str, opening: Stretch, paragraph: Stretch) -> bool:
    """Whether an opening's first line and a paragraph fill an element each, as on pages on which
    each line or paragraph is an element: the cable's is then one around them."""
    line, block = (text[start:end].strip() for start, end in (opening, paragraph))
    return "\n" not in line and "\n\n" not in block


def _is_banner(line: str) -> bool:
    if _TRANSMISSION.fullmatch(line) or EXTRACT in line:
        return True
    return line.isupper() and classification_of(Opening(transmission=[line])) is not None


def _head_apart(text: str, cable: _Cable) -> str | None:
    """What stands on the page above a cable and not at its beginning: the sentence that it is an
    extract, the transmission header."""
    above = [*_lines(text, cable.above, cable.start)]
    parts = [line for _, line in above if EXTRACT in line]
    own = _lines(text, cable.start, cable.first)
    if not any(_TRANSMISSION.fullmatch(line) for _, line in own):
        starts = (at for at, line in above if _TRANSMISSION.fullmatch(line))
        parts.extend(text[at : cable.start] for at in islice(starts, 1))
    return "\n".join(parts) or None
