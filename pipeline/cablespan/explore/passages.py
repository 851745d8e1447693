"""Paragraphs as a page shows them: sentences of pieces that know the layers they lie in."""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cablespan.explore.queries import Database, rows
from cablespan.labels import LAYERS, ROLES

Row = Mapping[str, Any]
# Signs that no text has: Unicode keeps them for a program's own use.
_BEGIN, _END = "\ufdd0", "\ufdd1"


class Range(NamedTuple):
    """Offsets in a paragraph's text, code points, end exclusive."""

    start: int
    end: int

    def holds(self, place: int) -> bool:
        """Whether a character lies in it."""
        return self.start <= place < self.end


class Part(NamedTuple):
    """A role of a claim: `source`, `cue` or `content` of the claim of this number."""

    role: str
    number: int
    range: Range


class Piece(NamedTuple):
    """A stretch of text that no layer's border cuts."""

    text: str
    roles: tuple[str, ...]
    begins: tuple[Part, ...]
    is_match: bool


class Run(NamedTuple):
    """Pieces that are one entity, or that lie between entities."""

    entity: Row | None
    pieces: list[Piece]


class Sentence(NamedTuple):
    """A statement, or text between statements, which has no label."""

    label: str | None
    runs: list[Run]


class Passage(NamedTuple):
    """A paragraph to show; `paragraph` is its row with that of its cable."""

    paragraph: Row
    sentences: list[Sentence]
    claims: list[Row]

    @property
    def place(self) -> str:
        """What the page calls it: its number, or its position where it has none."""
        number = self.paragraph["number"]
        return f"¶ {number}" if number is not None else f"[{self.paragraph['position'] + 1}]"


async def passages(
    database: Database, ids: Sequence[int], words: str | None = None
) -> list[Passage]:
    """Paragraphs by their keys, in this order; `words` is a search whose matches are lit."""
    wanted = json.dumps(ids)
    entities, statements, claims = [
        _by_paragraph(await rows(database, layer, ids=wanted)) for layer in LAYERS
    ]
    matches = await _matches(database, wanted, words) if words else {}
    found = {row["id"]: row for row in await rows(database, "paragraphs", ids=wanted)}
    return [
        passage(row, entities[id], statements[id], claims[id], matches.get(id, ()))
        for id, row in found.items()
    ]


def _by_paragraph(found: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row["paragraph_id"]].append(row)
    return grouped


async def _matches(database: Database, wanted: str, words: str) -> dict[int, list[Range]]:
    found = await rows(database, "matches", ids=wanted, words=words, begin=_BEGIN, end=_END)
    return {row["id"]: matched_ranges(row["text"]) for row in found}


def matched_ranges(text: str) -> list[Range]:
    r"""Where the signs of a match stand, in the text without them.

    >>> matched_ranges("raids in \ufdd0Almaty\ufdd1, \ufdd0Almaty\ufdd1 stalls")
    [Range(start=9, end=15), Range(start=17, end=23)]
    """
    ranges, place = [], 0
    for number, piece in enumerate(text.replace(_END, _BEGIN).split(_BEGIN)):
        if number % 2:
            ranges.append(Range(place, place + len(piece)))
        place += len(piece)
    return ranges


def passage(
    paragraph: Row,
    entities: Sequence[Row],
    statements: Sequence[Row],
    claims: Sequence[Row],
    matches: Sequence[Range] = (),
) -> Passage:
    """A paragraph cut at the borders of its layers; rows as queries/*.sql select them."""
    cutter = _Cutter(paragraph["text"], entities, _parts(claims), matches)
    return Passage(paragraph, list(_sentences(cutter, statements)), list(claims))


def _parts(claims: Iterable[Row]) -> list[Part]:
    return [
        Part(role, number, Range(claim[f"{role}_start"], claim[f"{role}_end"]))
        for number, claim in enumerate(claims, 1)
        for role in ROLES
        if claim[f"{role}_start"] is not None
    ]


def _sentences(cutter: "_Cutter", statements: Iterable[Row]) -> Iterator[Sentence]:
    position, text = 0, cutter.text
    for statement in statements:
        start, end = max(statement["start"], position), statement["end"]
        if text[position:start].strip():
            yield Sentence(None, cutter.runs(position, start))
        yield Sentence(statement["label"], cutter.runs(start, end))
        position = max(position, end)
    if text[position:].strip():
        yield Sentence(None, cutter.runs(position, len(text)))


class _Cutter:
    """Cuts stretches of a text where an entity, a part of a claim or a match begins or ends."""

    def __init__(
        self,
        text: str,
        entities: Sequence[Row],
        parts: Sequence[Part],
        matches: Sequence[Range],
    ):
        self.text, self.entities, self.parts, self.matches = text, entities, parts, matches
        ranges = [Range(one["start"], one["end"]) for one in entities]
        ranges += [*(part.range for part in parts), *matches]
        self.borders = sorted({border for one in ranges for border in one})

    def runs(self, start: int, end: int) -> list[Run]:
        """The runs of `text[start:end]`."""
        borders = [start, *(one for one in self.borders if start < one < end), end]
        runs: list[Run] = []
        for first, last in itertools.pairwise(borders):
            entity = self._entity(first)
            if not runs or runs[-1].entity is not entity:
                runs.append(Run(entity, []))
            runs[-1].pieces.append(self._piece(first, last))
        return runs

    def _entity(self, place: int) -> Row | None:
        return next((e for e in self.entities if e["start"] <= place < e["end"]), None)

    def _piece(self, first: int, last: int) -> Piece:
        inside = [part for part in self.parts if part.range.holds(first)]
        return Piece(
            self.text[first:last],
            tuple(dict.fromkeys(part.role for part in inside)),
            tuple(part for part in inside if part.range.start == first),
            any(match.holds(first) for match in self.matches),
        )
