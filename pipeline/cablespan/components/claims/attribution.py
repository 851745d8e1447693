"""Claims as flat parts and back: a tagger learns SOURCE, CUE and CONTENT one after the other, a
claim links them.

All places are `(start, end)` in characters of one text, ends exclusive.
"""

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from spacy.tokens import Doc
from spacy.util import filter_spans

from cablespan.document import CLAIM_PARTS, Place, claims_of, text_of
from cablespan.labels import Role

_EDGES = " \t\n,;\"“”'‘’"
_JOINTS = " \t\n,;-–—\"“”'‘’"


class Part(NamedTuple):
    """One role's piece of text; the parts of a sentence do not overlap."""

    start: int
    end: int
    role: Role


class Triple(NamedTuple):
    """Who says what, by which words; `source` and `cue` can be missing."""

    source: Place | None
    cue: Place | None
    content: Place

    @property
    def start(self) -> int:
        """Where the first of its parts begins."""
        return min(place for place in self if place)[0]


def overlap(one: Place, other: Place) -> float:
    """What two places share, as a part of the longer one.

    >>> overlap((0, 10), (5, 15)), overlap((0, 4), (4, 8))
    (0.5, 0.0)
    """
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / max(one[1] - one[0], other[1] - other[0], 1)


def flatten(text: str, triples: Iterable[Triple]) -> list[Part]:
    """Non-overlapping parts of triples: a source cuts the cue around it, both cut the content.

    >>> text = "It pays, he said, to wait."
    >>> [text[p.start:p.end] for p in flatten(text, [Triple((9, 11), (12, 16), (0, 25))])]
    ['It pays', 'he', 'said', 'to wait']
    """
    triples = list(triples)
    wholes = set(filter(None, itertools.chain.from_iterable(triples)))
    parts = _runs(_owners(len(text), triples), borders=set(itertools.chain.from_iterable(wholes)))
    trimmed = (part if part[:2] in wholes else _stripped(text, part) for part in parts)
    return [part for part in trimmed if part.start < part.end]


def _owners(length: int, triples: list[Triple]) -> list[Role | None]:
    """For each character the role that it is part of: a source before a cue before a content."""
    owners: list[Role | None] = [None] * length
    for role in (Role.CONTENT, Role.CUE, Role.SOURCE):
        for triple in triples:
            place = getattr(triple, role.lower())
            if place:
                owners[slice(*place)] = [role] * (place[1] - place[0])
    return owners


def _runs(owners: list[Role | None], borders: set[int]) -> Iterable[Part]:
    """Stretches of one role that no border cuts."""
    changes = {
        at for at, (left, right) in enumerate(itertools.pairwise(owners), 1) if left != right
    }
    for start, end in itertools.pairwise(sorted({0, len(owners)} | changes | borders)):
        role = owners[start]
        if role:
            yield Part(start, end, role)


def _stripped(text: str, part: Part) -> Part:
    """The part without white space at its ends, a content without commas and quotes there."""
    edges = _EDGES if part.role == Role.CONTENT else None
    start = part.end - len(text[part.start : part.end].lstrip(edges))
    return Part(start, start + len(text[start : part.end].rstrip(edges)), part.role)


def link_parts(text: str, parts: Iterable[Part]) -> list[Triple]:
    """The claims of one sentence from its flat parts, in order of content; linear in the parts.

    A cue takes the content after it, else the one before it that no cue has; a content that source
    and cue merely interrupt is one. A cue without a source of its own has that of the cue before.
    A cue without content makes no claim, nor does a content without cue.

    >>> text = "Roe said he tried, adding that Poe had not."
    >>> parts = [Part(0, 3, Role.SOURCE), Part(4, 8, Role.CUE), Part(9, 17, Role.CONTENT),
    ...          Part(19, 25, Role.CUE), Part(31, 42, Role.CONTENT)]
    >>> for claim in link_parts(text, parts):
    ...     print(*(text[slice(*place)] for place in claim), sep=" / ")
    Roe / said / he tried
    Roe / adding / Poe had not
    """
    return _Sentence(text, _joined_cues(text, sorted(parts))).triples()


def _joined_cues(text: str, parts: list[Part]) -> list[Part]:
    """Cue pieces around a source ("in" post "'s view") made one, with the source after it."""
    joined: list[Part] = []
    for part in parts:
        roles = [earlier.role for earlier in joined[-2:]] + [part.role]
        if roles == [Role.CUE, Role.SOURCE, Role.CUE] and _adjacent(text, [*joined[-2:], part]):
            joined[-2] = joined[-2]._replace(end=part.end)
        else:
            joined.append(part)
    return joined


def _adjacent(text: str, parts: list[Part], separators: str | None = None) -> bool:
    """Whether nothing but `separators` (None: white space) lies between the parts."""
    pairs = itertools.pairwise(parts)
    return all(not text[one.end : other.start].strip(separators) for one, other in pairs)


class _Sentence:
    """The parts of one sentence; a cue and a content are known by their index among them."""

    def __init__(self, text: str, parts: list[Part]):
        self.text = text
        self.parts = parts
        self.cues = [i for i, part in enumerate(parts) if part.role == Role.CUE]
        self.taken: set[int] = set()

    def triples(self) -> list[Triple]:
        contents = self._contents_after_cues()
        contents |= self._contents_before_cues(contents)
        sources = self._sources()
        triples = [Triple(sources[cue], self._place(cue), contents[cue]) for cue in contents]
        return sorted(triples, key=lambda triple: triple.content)

    def _place(self, i: int) -> Place:
        return self.parts[i].start, self.parts[i].end

    def _free_content(self, i: int, step: int) -> int | None:
        """The nearest part in the direction of `step` but for sources, if it is a free content."""
        others = range(i + 1, len(self.parts)) if step > 0 else range(i - 1, -1, -1)
        nearest = next((j for j in others if self.parts[j].role != Role.SOURCE), None)
        if nearest is None or self.parts[nearest].role != Role.CONTENT:
            return None
        return None if nearest in self.taken else nearest

    def _contents_after_cues(self) -> dict[int, Place]:
        """First what follows a cue, so that a content between two cues goes to the one before."""
        contents = {}
        for cue in self.cues:
            content = self._free_content(cue, 1)
            if content is not None and not self._interrupts(cue, content):
                self.taken.add(content)
                contents[cue] = self._place(content)
        return contents

    def _interrupts(self, cue: int, after: int) -> bool:
        """Whether the cue stands inside one content, with only commas and quotes around it."""
        before = self._free_content(cue, -1)
        if before is None:
            return False
        inside = [
            part
            for part in self.parts[before : after + 1]
            if part is self.parts[cue] or not self._within(part, self.parts[cue])
        ]
        return _adjacent(self.text, inside, _JOINTS)

    @staticmethod
    def _within(part: Part, cue: Part) -> bool:
        return cue.start <= part.start < cue.end

    def _contents_before_cues(self, known: dict[int, Place]) -> dict[int, Place]:
        """What stands before the other cues, with what goes on after them."""
        contents = {}
        for cue in self.cues:
            before = None if cue in known else self._free_content(cue, -1)
            if before is None:
                continue
            after = self._free_content(cue, 1)
            last = before if after is None else after
            self.taken |= {before, last}
            contents[cue] = self.parts[before].start, self.parts[last].end
        return contents

    def _sources(self) -> dict[int, Place | None]:
        """The source of each cue: its own, else that of the cue before it."""
        sources: dict[int, Place | None] = {}
        latest = self._subject_after_participle()
        for cue in self.cues:
            own = self._own_source(cue)
            latest = latest if own is None else own
            sources[cue] = None if latest is None else self._place(latest)
        return sources

    def _subject_after_participle(self) -> int | None:
        """The first cue has the subject that comes later: "Noting that X, he said Y"."""
        if not self.cues:
            return None
        first = self.parts[self.cues[0]]
        participle = self.text[first.start : first.end].lower().endswith("ing")
        source = next((i for i, part in enumerate(self.parts) if part.role == Role.SOURCE), None)
        if participle and source is not None and source > self.cues[0] + 1:
            return source
        return None

    def _own_source(self, cue: int) -> int | None:
        """The source before the cue, back to the last cue; else the one after it."""
        for i in range(cue - 1, -1, -1):
            if self.parts[i].role == Role.SOURCE:
                return i
            if self.parts[i].role == Role.CUE:
                break
        after = cue + 1
        follows = after < len(self.parts) and self.parts[after].role == Role.SOURCE
        return after if follows else None


def set_claim_parts(doc: Doc) -> None:
    """Writes `doc.spans["claim_parts"]`: the claims laid flat, as a tagger learns them.

    >>> import spacy
    >>> from cablespan.document import PlacedClaim, set_claims
    >>> doc = spacy.blank("en")("Roe said he tried.")
    >>> set_claims(doc, [PlacedClaim((0, 3), (4, 8), (9, 17))])
    >>> set_claim_parts(doc)
    >>> [(span.label_, span.text) for span in doc.spans["claim_parts"]]
    [('SOURCE', 'Roe'), ('CUE', 'said'), ('CONTENT', 'he tried')]
    """
    triples = [Triple(claim.source, claim.cue, claim.content) for claim in claims_of(doc)]
    spans = [
        doc.char_span(part.start, part.end, label=part.role, alignment_mode="contract")
        for part in flatten(text_of(doc), triples)
    ]
    doc.spans[CLAIM_PARTS] = filter_spans([span for span in spans if span is not None])
