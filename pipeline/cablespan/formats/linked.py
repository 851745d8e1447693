"""Claims in formats that know spans and relations only: a cue, or without one the content, is
head."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.completion import Placed
from cablespan.labels import LAYERS, ROLES, Role, Scheme

Links = dict[str, dict[str, list[str]]]


class LinkedSpan(NamedTuple):
    """A span of any layer: characters `start:end` of its paragraph, under the file's name for it,
    and where it was read."""

    name: str
    paragraph: str
    label: str
    start: int
    end: int
    place: str
    facts: Mapping[str, Any] = {}


def part_links(parts: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The relations of a claim, from the names of its parts by role: role, head and target.

    >>> list(part_links({"source": 1, "cue": 2, "content": 3}))
    [('source', 2, 1), ('content', 2, 3)]
    """
    head = "cue" if "cue" in parts else "content"
    for role in ("source", "content"):
        if role in parts and role != head:
            yield role, parts[head], parts[role]


def links_of(relations: Iterable[tuple[str, str, str]]) -> Links:
    """Of each head, the targets of its relations by role; a relation is head, role and target.

    >>> links_of([("b", "source", "a"), ("b", "content", "c")])
    {'b': {'source': ['a'], 'content': ['c']}}
    """
    links: Links = {}
    for head, role, target in relations:
        links.setdefault(head, {}).setdefault(role, []).append(target)
    return links


def add_marks(
    record: dict[str, Any], spans: Iterable[LinkedSpan], links: Links, scheme: Scheme
) -> None:
    """Adds spans to the layers of a record by their labels, and the claims that relations make.

    The facts of a content are those of its claim. Raises KeyError where a relation points at
    nothing that is part of a claim, GoldError where a source or cue has no content, or stands in
    another paragraph than that.

    >>> from cablespan.labels import scheme_of
    >>> record, spans = {}, [LinkedSpan("T1", "A/1", "PLACE", 0, 4, "A.ann:1")]
    >>> add_marks(record, spans, {}, scheme_of())
    >>> record["entities"]
    [{'paragraph': 'A/1', 'label': 'PLACE', 'start': 0, 'end': 4}]
    """
    parts: dict[str, LinkedSpan] = {}
    for span in spans:
        layer = scheme.layer_of(span.label) or "entities"
        if layer == "claims":
            parts[span.name] = span
            continue
        mark = {"paragraph": span.paragraph, "label": span.label, **_place(span), **span.facts}
        record.setdefault(layer, []).append(mark)
    for claim in _claims(parts, links):
        record.setdefault("claims", []).append(claim)


def _claims(parts: Mapping[str, LinkedSpan], links: Links) -> Iterator[dict[str, Any]]:
    """The claims that links make of all parts."""
    triples = list(claim_triples({name: part.label for name, part in parts.items()}, links))
    if alone := parts.keys() - {name for triple in triples for name in triple}:
        raise GoldError([_of_no_claim(part) for name, part in parts.items() if name in alone])
    for triple in triples:
        named = [parts[name] if name else None for name in triple]
        content = parts[triple[-1]]
        if apart := [part for part in named if part and part.paragraph != content.paragraph]:
            raise GoldError([_of_another_paragraph(part, content) for part in apart])
        places = [part and _place(part) for part in named]
        yield {
            "paragraph": content.paragraph,
            **dict(zip(ROLES, places, strict=True)),
            **content.facts,
        }


def with_shared_layers(found: Iterable[tuple[Placed, bool]]) -> list[Placed]:
    """The records of a folder or file; those that do not say which layers they have (False beside
    them) have those that any such record has marks of.

    So a document without claims among others with claims has none, and a project that marks
    entities alone says nothing of claims.

    >>> one, other = Placed({"entities": [{}]}, {}), Placed({}, {})
    >>> [placed.record for placed in with_shared_layers([(one, False), (other, False)])]
    [{'entities': [{}]}, {'entities': []}]
    """
    found = list(found)
    silent = [placed.record for placed, says_layers in found if not says_layers]
    layers = [layer for layer in LAYERS if any(layer in record for record in silent)]
    for record in silent:
        record |= {layer: record.get(layer, []) for layer in layers}
    return [placed for placed, _ in found]


def _of_no_claim(part: LinkedSpan) -> Problem:
    what = f"{part.label} at {part.start}-{part.end} of {part.paragraph} belongs to no claim"
    return Problem(part.place, what, "link it from a CUE, and the CUE to a CONTENT, or delete it")


def _of_another_paragraph(part: LinkedSpan, content: LinkedSpan) -> Problem:
    claim = f"the claim at {content.start}-{content.end}"
    what = f"{part.label} of {claim} stands in {part.paragraph}, not {content.paragraph}"
    return Problem(part.place, what, "keep the parts of a claim within one paragraph")


def _place(span: LinkedSpan) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def claim_triples(
    labels: Mapping[str, str], links: Mapping[str, Mapping[str, Sequence[str]]]
) -> Iterator[tuple[str | None, str | None, str]]:
    """The names of source, cue and content of each claim that spans and their relations make.

    `labels`: the role of each span by name; `links`: of each span, what "source" and "content"
    point at. A cue with several contents, or several sources, makes a claim of each.

    >>> labels = {"a": "SOURCE", "b": "CUE", "c": "CONTENT", "d": "CONTENT"}
    >>> list(claim_triples(labels, {"b": {"source": ["a"], "content": ["c"]}}))
    [('a', 'b', 'c'), (None, None, 'd')]
    """
    with_cue = set()
    for name, label in labels.items():
        targets = links.get(name, {})
        if label != Role.CUE:
            continue
        for content in targets.get("content", ()):
            with_cue.add(content)
            for source in targets.get("source", [None]):
                yield source, name, content
    for name, label in labels.items():
        if label == Role.CONTENT and name not in with_cue:
            for source in links.get(name, {}).get("source", [None]):
                yield source, None, name
