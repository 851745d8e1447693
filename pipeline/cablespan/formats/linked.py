"""Claims in formats that know spans and relations only: a cue, or without one the content, is head."""

from collections.abc import Iterator, Mapping, Sequence

from cablespan.labels import Role


def claim_triples(
    labels: Mapping[str, str], links: Mapping[str, Mapping[str, Sequence[str]]]
) -> Iterator[tuple[str | None, str | None, str]]:
    """The names of source, cue and content of each claim that spans and their relations make.

    `labels`: the role of each span by name; `links`: of each span, what "source" and "content" point
    at. A cue with several contents, or several sources, makes a claim of each.

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
