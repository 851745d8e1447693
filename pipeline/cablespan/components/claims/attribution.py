"""Claims as flat parts and back: what a tagger can learn is SOURCE, CUE and CONTENT one after the other, what a claim is joins them.

All places are `(start, end)` in characters of one text, ends exclusive.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from spacy.tokens import Doc
from spacy.util import filter_spans

from cablespan.document import CLAIM_PARTS, CLAIMS, text_of
from cablespan.labels import Role

Place = tuple[int, int]

_EDGES = " \t\n,;\"“”'‘’"
_JOINTS = " \t\n,;-–—\"“”'‘’"


class Part(NamedTuple):
    """One role's piece of text, as a tagger gives it: parts do not overlap."""

    start: int
    end: int
    role: Role


class Triple(NamedTuple):
    """Who says what, by which words; `source` and `cue` can be missing."""

    source: Place | None
    cue: Place | None
    content: Place


def overlap(one: Place, other: Place) -> float:
    """How far two places are the same: what they share, as a part of the longer one.

    >>> overlap((0, 10), (5, 15)), overlap((0, 4), (4, 8))
    (0.5, 0.0)
    """
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / max(one[1] - one[0], other[1] - other[0], 1)


def flatten(text: str, triples: Iterable[Triple]) -> list[Part]:
    """Non-overlapping parts of triples: a source cuts the cue around it, both cut the content that they interrupt.

    >>> text = "It pays, he said, to wait."
    >>> [text[p.start:p.end] for p in flatten(text, [Triple((9, 11), (12, 16), (0, 25))])]
    ['It pays', 'he', 'said', 'to wait']
    """
    triples = list(triples)
    owners: list[Role | None] = [None] * len(text)
    for role in (Role.CONTENT, Role.CUE, Role.SOURCE):
        for triple in triples:
            place = getattr(triple, role.lower())
            if place:
                owners[place[0] : place[1]] = [role] * (place[1] - place[0])
    wholes = {place for triple in triples for place in triple if place}
    parts, start = [], 0
    borders = {border for place in wholes for border in place}
    for end in range(1, len(text) + 1):
        if end < len(text) and owners[end] == owners[start] and end not in borders:
            continue
        if owners[start]:
            edges = _EDGES if owners[start] == Role.CONTENT else None
            a, b = (start, end) if (start, end) in wholes else _stripped(text, start, end, edges)
            if a < b:
                parts.append(Part(a, b, owners[start]))
        start = end
    return parts


def _stripped(text: str, start: int, end: int, edges: str | None) -> Place:
    """The place without `edges` (None: white space) at its ends."""
    start = end - len(text[start:end].lstrip(edges))
    return start, start + len(text[start:end].rstrip(edges))


def assemble(text: str, parts: Iterable[Part]) -> list[Triple]:
    """The triples of one sentence from its flat parts, in order of their content.

    A cue takes the content behind it, or the one before it that no cue has; a content that source and cue merely interrupt is one.
    A cue without a source of its own has that of the cue before. A cue without content makes no claim.

    >>> text = "Roe said he tried, adding that Poe had not."
    >>> for t in assemble(text, [Part(0, 3, Role.SOURCE), Part(4, 8, Role.CUE), Part(9, 17, Role.CONTENT),
    ...                          Part(19, 25, Role.CUE), Part(31, 42, Role.CONTENT)]):
    ...     print(text[slice(*t.source)], text[slice(*t.cue)], text[slice(*t.content)], sep=" / ")
    Roe / said / he tried
    Roe / adding / Poe had not
    """
    parts = _joined_cues(text, sorted(parts))
    cues = [i for i, part in enumerate(parts) if part.role == Role.CUE]
    content_of: dict[int, int] = {}
    taken: set[int] = set()
    # What follows a cue first, so that a content between two cues goes to the one before it.
    for i in cues:
        behind = next((j for j in range(i + 1, len(parts)) if parts[j].role != Role.SOURCE), None)
        if (
            behind is not None
            and parts[behind].role == Role.CONTENT
            and not _interrupts(text, parts, i, behind, taken)
        ):
            content_of[i] = behind
            taken.add(behind)
    triples, last_source = [], None
    if (
        cues
        and not any(part.role == Role.SOURCE for part in parts[: cues[0] + 2])
        and text[: parts[cues[0]].end].lower().endswith("ing")
    ):
        # "Noting that X, he said Y": the subject comes later.
        last_source = next((part for part in parts if part.role == Role.SOURCE), None)
    for i in cues:
        source = _source(parts, i, content_of)
        content = content_of.get(i)
        if content is not None:
            place = (parts[content].start, parts[content].end)
        else:
            before = next((j for j in range(i - 1, -1, -1) if parts[j].role != Role.SOURCE), None)
            if before is None or parts[before].role != Role.CONTENT or before in taken:
                last_source = source or last_source
                continue
            taken.add(before)
            place = (parts[before].start, parts[before].end)
            behind = next(
                (j for j in range(i + 1, len(parts)) if parts[j].role != Role.SOURCE), None
            )
            if behind is not None and parts[behind].role == Role.CONTENT and behind not in taken:
                taken.add(behind)
                place = (parts[before].start, parts[behind].end)
        last_source = source or last_source
        triples.append(
            Triple(
                last_source and (last_source.start, last_source.end),
                (parts[i].start, parts[i].end),
                place,
            )
        )
    for j, part in enumerate(parts):
        if part.role == Role.CONTENT and j not in taken:
            # Punctuation alone marks the speech: "The Minister: What of it?"
            said_by = (
                parts[j - 1]
                if j
                and parts[j - 1].role == Role.SOURCE
                and ":" in text[parts[j - 1].end : part.start]
                else None
            )
            triples.append(
                Triple(said_by and (said_by.start, said_by.end), None, (part.start, part.end))
            )
    return sorted(triples, key=lambda triple: triple.content)


def complete(
    tagged: Iterable[Triple], by_rule: Iterable[Triple], sure: Callable[[Place], bool]
) -> list[Triple]:
    """A tagger's triples with what the rules know besides: sources and cues that are missing, and claims of cues that are `sure`.

    A content that has no cue by either is left out; one whose cue has a content already goes on with it: "several clauses after one cue
    are one content".

    >>> text = "Roe admitted the point that few had paid."
    >>> said, goes_on = Triple((0, 3), (4, 12), (13, 22)), Triple(None, None, (28, 40))
    >>> by_rule = Triple((0, 3), (4, 12), (28, 40))
    >>> [text[slice(*t.content)] for t in complete([said, goes_on], [by_rule], lambda cue: False)]
    ['the point that few had paid']
    """
    by_rule = list(by_rule)
    completed = []
    for triple in tagged:
        same = max(by_rule, key=lambda other: overlap(other.content, triple.content), default=None)
        if same is not None and overlap(same.content, triple.content) < 0.5:
            same = None
        if triple.cue is None:
            triple = Triple(same.source, same.cue, triple.content) if same else triple
        elif (
            triple.source is None
            and same is not None
            and same.cue is not None
            and _touch(triple.cue, same.cue)
        ):
            triple = triple._replace(source=same.source)
        if triple.cue is not None and completed and triple.cue == completed[-1].cue:
            completed[-1] = completed[-1]._replace(
                content=(completed[-1].content[0], triple.content[1])
            )
        elif triple.cue is not None or triple.source is not None:
            completed.append(triple)
    for other in by_rule:
        if (
            other.cue is not None
            and sure(other.cue)
            and not any(_meet(other, triple) for triple in completed)
        ):
            completed.append(other)
    return completed


def _touch(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _meet(one: Triple, other: Triple) -> bool:
    return _touch(one.content, other.content) or (
        one.cue is not None and other.cue is not None and _touch(one.cue, other.cue)
    )


def _interrupts(text: str, parts: list[Part], cue: int, behind: int, taken: set[int]) -> bool:
    """Whether the cue stands inside one content: a free content lies before it, and only source, commas and quotes between."""
    before = next((j for j in range(cue - 1, -1, -1) if parts[j].role != Role.SOURCE), None)
    if before is None or parts[before].role != Role.CONTENT or before in taken:
        return False
    between = [
        part
        for part in parts[before : behind + 1]
        if part is parts[cue] or not parts[cue].start <= part.start < parts[cue].end
    ]
    return all(
        not text[a.end : b.start].strip(_JOINTS) for a, b in zip(between, between[1:], strict=False)
    )


def _source(parts: list[Part], cue: int, content_of: dict[int, int]) -> Part | None:
    """The source before the cue, back to the cue before it; else one between the cue and what follows, or inside the cue."""
    inside = next(
        (
            part
            for part in parts
            if part.role == Role.SOURCE and parts[cue].start <= part.start < parts[cue].end
        ),
        None,
    )
    if inside:
        return inside
    for j in range(cue - 1, -1, -1):
        if parts[j].role == Role.SOURCE:
            return parts[j]
        if parts[j].role == Role.CUE:
            break
    if cue + 1 < len(parts) and parts[cue + 1].role == Role.SOURCE:
        return parts[cue + 1]
    return None


def _joined_cues(text: str, parts: list[Part]) -> list[Part]:
    """Cue pieces around a source ("in" post "'s view") made one, the source behind it in the list."""
    joined: list[Part] = []
    for part in parts:
        if (
            part.role == Role.CUE
            and len(joined) > 1
            and joined[-1].role == Role.SOURCE
            and joined[-2].role == Role.CUE
            and not text[joined[-2].end : joined[-1].start].strip()
            and not text[joined[-1].end : part.start].strip()
        ):
            joined[-2] = Part(joined[-2].start, part.end, Role.CUE)
        else:
            joined.append(part)
    return joined


def set_claim_parts(doc: Doc) -> None:
    """Writes `doc.spans["claim_parts"]`: the claims laid flat, as a tagger learns them."""
    triples: dict[str, dict[str, tuple[int, int]]] = {}
    for span in doc.spans[CLAIMS]:
        triples.setdefault(span.id_, {})[span.label_.lower()] = (span.start_char, span.end_char)
    parts = flatten(
        text_of(doc),
        [Triple(t.get("source"), t.get("cue"), t["content"]) for t in triples.values()],
    )
    spans = [
        doc.char_span(part.start, part.end, label=part.role, alignment_mode="contract")
        for part in parts
    ]
    doc.spans[CLAIM_PARTS] = filter_spans([span for span in spans if span is not None])
