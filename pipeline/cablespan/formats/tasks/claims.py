"""Claims as the spans and relations of `rel.manual`, and back.

`rel.manual` holds no overlapping spans, but the parts of claims do overlap ("X, he said, Y": the
content holds its cue). What loses least: the inner span is kept whole, the outer one is cut into
the pieces around it, and the first piece points at the others by a relation "part"; a piece at the
edge that another span took is pointed at as well, so that the outer span is always the stretch from
its first to its last part. Only a span without a token of its own is left out. The claims stand
beside, untouched, under the key `claims`; they hold as long as spans and relations are the ones
written for them, an annotator's edit in Prodigy overrules them.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from cablespan.formats.linked import claim_triples
from cablespan.formats.tasks.tokens import TokenAligner, position
from cablespan.labels import ROLES, Role

_ORDER = {str(role): number for number, role in enumerate(Role)}


def plain_parts(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The offsets of a claim's parts by role; None for a part that is missing.

    >>> plain_parts({"content": {"start": 9, "end": 11, "text": "no"}})
    {'source': None, 'cue': None, 'content': {'start': 9, 'end': 11}}
    """
    parts = {role: claim.get(role) for role in ROLES}
    return {
        role: part and {"start": part["start"], "end": part["end"]} for role, part in parts.items()
    }


def plain_claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Offsets, speaker and certainty only."""
    return plain_parts(claim) | {key: claim.get(key) for key in ("speaker", "certainty")}


def claim_graph(
    claims: Sequence[Mapping[str, Any]], aligner: TokenAligner
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Non-overlapping spans and relations for claims whose parts may overlap.

    The module's head says how: the innermost, that is shortest, span is drawn first.

    >>> from cablespan.formats.tasks.tokens import token_records, tokenize
    >>> aligner = TokenAligner(token_records(tokenize("Roe said no")))
    >>> places = {"source": (0, 3), "cue": (4, 8), "content": (9, 11)}
    >>> claim = {role: {"start": a, "end": b} for role, (a, b) in places.items()}
    >>> spans, relations = claim_graph([claim], aligner)
    >>> [(relation["head"], relation["label"], relation["child"]) for relation in relations]
    [(1, 'source', 0), (1, 'content', 2)]
    >>> plain_parts(*claims_of_graph(spans, relations)) == claim
    True
    """

    def aligned(role: str, part: Mapping[str, Any] | None) -> dict[str, Any] | None:
        return aligner(part["start"], part["end"], role.upper()) if part else None

    parts = [{role: aligned(role, claim[role]) for role in ROLES} for claim in claims]
    wanted = {position(span): span for claim in parts for span in claim.values() if span}
    drawing = _Drawing(aligner)
    for span in sorted(wanted.values(), key=_innermost_first):
        drawing.draw(span)
    for claim in parts:
        drawing.link(*(claim[role] for role in ROLES))
    unique = {(r["head"], r["child"], r["label"]): r for r in drawing.relations}
    return sorted(drawing.spans, key=position), [unique[key] for key in sorted(unique)]


def _innermost_first(span: Mapping[str, Any]) -> tuple[int, int, int]:
    return span["token_end"] - span["token_start"], _ORDER[span["label"]], span["start"]


class _Drawing:
    """Spans and relations of a task, while the parts of its claims are drawn one by one."""

    def __init__(self, aligner: TokenAligner):
        self.aligner = aligner
        self.spans: list[dict[str, Any]] = []
        self.relations: list[dict[str, Any]] = []
        self.owners: dict[int, dict[str, Any]] = {}
        self.heads: dict[tuple, dict[str, Any]] = {}

    def draw(self, span: Mapping[str, Any]) -> None:
        """Draws those tokens of a span that no other has, and joins them to what it encloses at its
        edges."""
        first, last = span["token_start"], span["token_end"]
        runs = _runs(token for token in range(first, last + 1) if token not in self.owners)
        if not runs:
            return
        pieces = [self.aligner.tokens_span(run[0], run[-1], span["label"]) for run in runs]
        edges = [self.owners[token] for token in (first, last) if token in self.owners]
        inner = [one for one in edges if first <= one["token_start"] and one["token_end"] <= last]
        for run, piece in zip(runs, pieces, strict=True):
            self.owners.update(dict.fromkeys(run, piece))
        self.spans += pieces
        self.heads[position(span)] = pieces[0]
        for part in [*pieces[1:], *inner]:
            self.relate(pieces[0], part, "part")

    def link(self, *parts: Mapping[str, Any] | None) -> None:
        """Relates source, cue and content of a claim, as far as they are there and drawn."""
        source, cue, content = (self.heads.get(position(span)) if span else None for span in parts)
        head = cue or content
        if head and source:
            self.relate(head, source, "source")
        if cue and content:
            self.relate(cue, content, "content")

    def relate(self, head: dict[str, Any], child: dict[str, Any], label: str) -> None:
        ends = {"head": head["token_end"], "child": child["token_end"], "label": label}
        self.relations.append(ends | {"head_span": dict(head), "child_span": dict(child)})


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Stretches of numbers that follow each other.

    >>> _runs([3, 4, 7])
    [[3, 4], [7]]
    """
    by_offset = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    return [[number for _, number in run] for _, run in by_offset]


def _graph_key(
    spans: Iterable[Mapping[str, Any]], relations: Iterable[Mapping[str, Any]]
) -> tuple[set, set]:
    return {position(span) for span in spans}, {
        (r["head"], r["child"], r["label"]) for r in relations
    }


def claims_of(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The claims of a task, from beside or from its spans and relations.

    Raises ValueError where these make no claims.
    """
    spans, relations = task.get("spans") or [], task.get("relations") or []
    known = [plain_claim(claim) for claim in task.get("claims") or []]
    if known and task.get("tokens"):
        drawn = claim_graph(known, TokenAligner(task["tokens"]))
        if _graph_key(*drawn) == _graph_key(spans, relations):
            return known
    claims = claims_of_graph(spans, relations)
    facts = {triple(claim): claim for claim in known}
    return [facts.get(triple(claim), claim) for claim in claims]


def triple(claim: Mapping[str, Any]) -> tuple:
    """Source, cue and content as offsets.

    >>> triple({"source": None, "cue": {"start": 4, "end": 8}, "content": {"start": 9, "end": 11}})
    (None, (4, 8), (9, 11))
    """
    return tuple(tuple(claim[role].values()) if claim[role] else None for role in ROLES)


def claims_of_graph(
    spans: Sequence[Mapping[str, Any]], relations: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Claims drawn as spans and relations, whichever way the annotator drew the arrows.

    Raises ValueError for a relation without a span, and for a span that belongs to no claim.
    """
    graph = _Graph(spans, relations)
    claims = graph.claims()
    used = graph.pieces.union(*claims)
    for index, span in enumerate(spans):
        if index not in used:
            raise ValueError(
                f"{span['label']} at {span['start']}-{span['end']} belongs to no claim: "
                "link it to a CONTENT or delete it"
            )
    claims.sort(key=lambda claim: (graph.extents[claim[2]], claim))
    return [
        dict(zip(ROLES, map(graph.place, claim), strict=True))
        | {"speaker": None, "certainty": None}
        for claim in claims
    ]


class _Graph:
    """Spans, by their index, and what is linked with each.

    `extents`: offsets of each with all its parts; `pieces`: those that are only a part of another.
    """

    def __init__(
        self, spans: Sequence[Mapping[str, Any]], relations: Iterable[Mapping[str, Any]]
    ) -> None:
        self.spans = spans
        self.labels = [span["label"] for span in spans]
        self.extents = [(span["start"], span["end"]) for span in spans]
        self.linked: dict[int, set[int]] = {index: set() for index in range(len(spans))}
        parts = set()
        for relation in relations:
            head, child = self.at(relation["head"]), self.at(relation["child"])
            if relation["label"] == "part":
                self.widen(head, child)
                if self.labels[head] == self.labels[child]:
                    parts.add(child)
            else:
                self.linked[head].add(child)
                self.linked[child].add(head)
        # One with relations of its own is of another claim: an outer span holds it at its edge.
        self.pieces = {index for index in parts if not self.linked[index]}

    def at(self, token: int) -> int:
        for index, span in enumerate(self.spans):
            if span["token_start"] <= token <= span["token_end"]:
                return index
        raise ValueError(
            f"a relation points at token {token}, where no span is: "
            "draw the span or delete the relation"
        )

    def widen(self, outer: int, part: int) -> None:
        start, end = self.extents[outer]
        span = self.spans[part]
        self.extents[outer] = min(start, span["start"]), max(end, span["end"])

    def place(self, index: int | None) -> dict[str, int] | None:
        if index is None:
            return None
        start, end = self.extents[index]
        return {"start": start, "end": end}

    def targets(self, index: int) -> dict[str, list[int]]:
        """The sources and contents that a span is linked with, by role."""
        linked = {
            role: [one for one in self.linked[index] if self.labels[one] == role.upper()]
            for role in ("source", "content")
        }
        return {role: others for role, others in linked.items() if others}

    def claims(self) -> list[tuple[int | None, int | None, int]]:
        """Source, cue and content of each claim."""
        whole = [index for index in range(len(self.spans)) if index not in self.pieces]
        labels = {index: self.labels[index] for index in whole}
        return list(claim_triples(labels, {index: self.targets(index) for index in labels}))
