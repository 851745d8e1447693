"""Claims as the spans and relations of `rel.manual`, and back.

`rel.manual` holds no overlapping spans, but the parts of claims do overlap ("X, he said, Y": the content holds its cue). What loses
least: the inner span is kept whole, the outer one is cut into the pieces around it, and the first piece points at the others by a
relation "part"; a piece at the edge that another span took is pointed at as well, so that the outer span is always the stretch from
its first to its last part. Only a span without a token of its own is left out. The claims stand beside, untouched, under the key
`claims`; they hold as long as spans and relations are the ones written for them, an annotator's edit in Prodigy overrules them.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from cablespan.formats.tasks.tokens import Snap, position
from cablespan.labels import Role


def plain_claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Offsets, speaker and certainty only."""
    places = {role.lower(): claim.get(role.lower()) for role in Role}
    return {
        **{
            role: place and {"start": place["start"], "end": place["end"]}
            for role, place in places.items()
        },
        "speaker": claim.get("speaker"),
        "certainty": claim.get("certainty"),
    }


def claim_graph(
    claims: Sequence[Mapping[str, Any]], snap: Snap
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Non-overlapping spans and relations for claims whose parts may overlap: see the module's head."""
    if not claims:
        return [], []
    nodes = [
        {
            role: snap(*c[role].values(), role.upper()) if c[role] else None
            for role in ("source", "cue", "content")
        }
        for c in claims
    ]
    wanted = {position(node): node for claim in nodes for node in claim.values() if node}
    owners: dict[int, dict[str, Any]] = {}
    heads: dict[tuple, dict[str, Any]] = {}
    spans, relations, order = [], [], list(Role)

    def relate(head: dict[str, Any], child: dict[str, Any], label: str) -> None:
        relations.append(
            {
                "head": head["token_end"],
                "child": child["token_end"],
                "label": label,
                "head_span": dict(head),
                "child_span": dict(child),
            }
        )

    for node in sorted(
        wanted.values(),
        key=lambda n: (n["token_end"] - n["token_start"], order.index(n["label"]), n["start"]),
    ):
        first, last = node["token_start"], node["token_end"]
        free = [i for i in range(first, last + 1) if i not in owners]
        runs = [
            [token for _, token in run]
            for _, run in groupby(enumerate(free), lambda pair: pair[1] - pair[0])
        ]
        if not runs:
            continue
        pieces = [snap.tokens_span(run[0], run[-1], node["label"]) for run in runs]
        edges = [owners[i] for i in (first, last) if i in owners]
        head = heads[position(node)] = pieces[0]
        spans += pieces
        for run, piece in zip(runs, pieces, strict=True):
            owners.update(dict.fromkeys(run, piece))
        inner = [
            span for span in edges if first <= span["token_start"] and span["token_end"] <= last
        ]
        for part in [*pieces[1:], *inner]:
            relate(head, part, "part")

    for claim in nodes:
        source, cue, content = (
            heads.get(position(node)) if node else None for node in claim.values()
        )
        if cue and source:
            relate(cue, source, "source")
        if cue and content:
            relate(cue, content, "content")
        if content and source and not cue:
            relate(content, source, "source")
    unique = {(r["head"], r["child"], r["label"]): r for r in relations}
    return sorted(spans, key=position), [unique[key] for key in sorted(unique)]


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
    if (
        known
        and task.get("tokens")
        and _graph_key(*claim_graph(known, Snap(task["tokens"]))) == _graph_key(spans, relations)
    ):
        return known
    claims = claims_of_graph(spans, relations)
    facts = {triple(claim): claim for claim in known}
    return [facts.get(triple(claim), claim) for claim in claims]


def triple(claim: Mapping[str, Any]) -> tuple:
    """Source, cue and content as offsets."""
    return tuple(
        tuple(claim[role].values()) if claim[role] else None
        for role in ("source", "cue", "content")
    )


def claims_of_graph(
    spans: Sequence[Mapping[str, Any]], relations: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Claims drawn as spans and relations, whichever way the annotator drew the arrows."""

    def at(token: int) -> int:
        for index, span in enumerate(spans):
            if span["token_start"] <= token <= span["token_end"]:
                return index
        raise ValueError(
            f"a relation points at token {token}, where no span is: draw the span or delete the relation"
        )

    linked: dict[int, list[int]] = {index: [] for index in range(len(spans))}
    extents = [(span["start"], span["end"]) for span in spans]
    pieces, labels = set(), [span["label"] for span in spans]
    for relation in relations:
        head, child = at(relation["head"]), at(relation["child"])
        if relation["label"] == "part":
            extents[head] = (
                min(extents[head][0], spans[child]["start"]),
                max(extents[head][1], spans[child]["end"]),
            )
            if labels[head] == labels[child] and child not in pieces:
                pieces.add(child)
        else:
            linked[head].append(child)
            linked[child].append(head)
    # A piece that has relations of its own is a span of another claim that an outer one holds at its edge.
    pieces = {index for index in pieces if not linked[index]}

    def place(index: int | None) -> dict[str, int] | None:
        return None if index is None else {"start": extents[index][0], "end": extents[index][1]}

    def having(indexes: Iterable[int], label: Role) -> list[int]:
        return [index for index in indexes if labels[index] == label]

    claims, used = [], set(pieces)
    for cue in having(range(len(spans)), Role.CUE):
        for content in having(linked[cue], Role.CONTENT):
            for source in having(linked[cue], Role.SOURCE) or [None]:
                claims.append((source, cue, content))
    for content in having(range(len(spans)), Role.CONTENT):
        if content not in pieces and not having(linked[content], Role.CUE):
            for source in having(linked[content], Role.SOURCE) or [None]:
                claims.append((source, None, content))
    used.update(index for claim in claims for index in claim if index is not None)
    for index in sorted(set(range(len(spans))) - used):
        span = spans[index]
        raise ValueError(
            f"{span['label']} at {span['start']}-{span['end']} belongs to no claim: link it to a CONTENT or delete it"
        )
    claims.sort(key=lambda claim: (extents[claim[2]], claim))
    return [
        {
            "source": place(source),
            "cue": place(cue),
            "content": place(content),
            "speaker": None,
            "certainty": None,
        }
        for source, cue, content in claims
    ]
