"""Claims in formats that know spans and relations only: a cue, or without one the content, is
head."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from cablespan.formats.checks import GoldError, Problem, without_marks
from cablespan.formats.completion import Placed
from cablespan.labels import LAYERS, ROLES, Role, Scheme

Name = TypeVar("Name", str, int)
# Of each span, the names of those that its relations point at, by role.
Links = dict[Name, dict[str, list[Name]]]


class LinkedSpan(NamedTuple):
    """A span of any layer: characters `start:end` of its paragraph, under the file's name for it,
    and where it was read."""

    name: str
    label: str
    paragraph: str
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


def links_of(relations: Iterable[tuple[str, str, str]]) -> Links[str]:
    """Of each head, the targets of its relations by role; a relation is head, role and target. One
    that was drawn twice counts once.

    >>> links_of([("b", "source", "a"), ("b", "content", "c"), ("b", "source", "a")])
    {'b': {'source': ['a'], 'content': ['c']}}
    """
    links: Links[str] = {}
    for head, role, target in dict.fromkeys(relations):
        links.setdefault(head, {}).setdefault(role, []).append(target)
    return links


def add_marks(
    record: dict[str, Any], spans: Iterable[LinkedSpan], links: Links[str], scheme: Scheme
) -> None:
    """Adds spans to the layers of a record by their labels, and the claims that relations make.

    The facts of a content are those of its claim. Raises GoldError where a relation points at
    nothing that is part of a claim, where a source or cue has no content, or stands in another
    paragraph than that.

    >>> from cablespan.labels import scheme_of
    >>> record, spans = {}, [LinkedSpan("T1", "PLACE", "A/1", 0, 4, "A.ann:1")]
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
    claims = _claims(parts, links)
    if claims:
        record.setdefault("claims", []).extend(claims)


def _claims(parts: Mapping[str, LinkedSpan], links: Links[str]) -> list[dict[str, Any]]:
    """The claims that links make of all parts."""
    triples = list(claim_triples({name: part.label for name, part in parts.items()}, links))
    astray = [triple for triple in triples if not parts.keys() >= {*triple} - {None}]
    if astray:
        raise GoldError([_to_no_part(parts, *triple) for triple in astray])
    named = set(chain.from_iterable(triples))
    alone = [part for name, part in parts.items() if name not in named]
    if alone:
        raise GoldError([_of_no_claim(part) for part in alone])
    return [_claim(parts, *triple) for triple in triples]


def _claim(
    parts: Mapping[str, LinkedSpan], source: str | None, cue: str | None, content: str
) -> dict[str, Any]:
    """The claim of three parts by name, with the facts of its content."""
    members = [parts[name] if name else None for name in (source, cue, content)]
    paragraph, facts = parts[content].paragraph, parts[content].facts
    apart = [part for part in members if part and part.paragraph != paragraph]
    if apart:
        raise GoldError([_of_another_paragraph(part, parts[content]) for part in apart])
    places = [part and _place(part) for part in members]
    return {"paragraph": paragraph, **dict(zip(ROLES, places, strict=True)), **facts}


def with_shared_layers(found: Iterable[tuple[Placed, bool]]) -> list[Placed]:
    """The records of a folder or file; those that do not say which layers they have (False beside
    them) have those that any such record has marks of.

    So a document without claims among others with claims has none, and a project that marks
    entities alone says nothing of claims. Raises GoldError where nothing is marked in any of them.

    >>> one, other = Placed({"entities": [{}]}, {}), Placed({}, {})
    >>> [placed.record for placed in with_shared_layers([(one, False), (other, False)])]
    [{'entities': [{}]}, {'entities': []}]
    """
    found = list(found)
    silent = [placed for placed, says_layers in found if not says_layers]
    layers = [layer for layer in LAYERS if any(layer in record for record, _ in silent)]
    if silent and not layers:
        raise without_marks(silent[0].places[""])
    for record, _ in silent:
        record |= {layer: record.get(layer, []) for layer in layers}
    return [placed for placed, _ in found]


def _to_no_part(parts: Mapping[str, LinkedSpan], *triple: str | None) -> Problem:
    head = next(parts[name] for name in triple if name and name in parts)
    what = f"a relation of {head.label} at {head.start}-{head.end} points at no part of a claim"
    return Problem(head.place, what, "link CUE with SOURCE and CONTENT")


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
    labels: Mapping[Name, str], links: Mapping[Name, Mapping[str, Sequence[Name]]]
) -> Iterator[tuple[Name | None, Name | None, Name]]:
    """The names of source, cue and content of each claim that spans and their relations make.

    `labels`: the role of each span by name; `links`: of each span, what "source" and "content"
    point at. A cue with several contents, or several sources, makes a claim of each.

    >>> labels = {"a": "SOURCE", "b": "CUE", "c": "CONTENT", "d": "CONTENT"}
    >>> list(claim_triples(labels, {"b": {"source": ["a"], "content": ["c"]}}))
    [('a', 'b', 'c'), (None, None, 'd')]
    """
    with_cue = set()
    for cue in (name for name, label in labels.items() if label == Role.CUE):
        targets = links.get(cue, {})
        for content in targets.get("content", ()):
            with_cue.add(content)
            for source in targets.get("source", [None]):
                yield source, cue, content
    for content in (name for name, label in labels.items() if label == Role.CONTENT):
        if content not in with_cue:
            for source in links.get(content, {}).get("source", [None]):
                yield source, None, content
