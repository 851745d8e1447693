"""Who is who on real cables: records scored by the gold of annotations/identities.

    cablespan annotate ../shared/pages/html ../shared/pages-more --output RUN
    python scripts/measure_identities.py annotations/identities/dev.jsonl RUN/cables.jsonl [--show]

A mention of the gold and one of the record are the same where they overlap, the longest overlap
first. Mentions that only one side has are scored as Cai and Strube (2010) do: one that is missed is
alone in its cluster; one too many counts against precision where it shares a cluster with others. A
link is right where its id is among those that the gold allows; one on no mention of the gold is
wrong. Links and speakers are counted by mention and by claim; intervals are 95 % of 1,000 draws of
whole cables.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer

from cablespan.cable import text_hash
from cablespan.components.claims.attribution import overlap
from cablespan.labels import Entity
from cablespan.reading.lines import json_lines
from coreference import Score, bcubed, ceaf_e, muc

_KINDS = frozenset(
    {Entity.AGENCY, Entity.ORG, Entity.OFFICIAL, Entity.PERSON, Entity.PLACE, Entity.LAW}
)
_DRAWS = 1000
Place = tuple[str, int, int]


class Cable(NamedTuple):
    """A cable of the gold with the record of it: their mentions by places, `pairs` of the same
    mention, gold to record, and the gold's cluster of each mention of the record that has one."""

    gold: dict[str, Any]
    record: dict[str, Any]
    wanted: dict[Place, int]
    found: dict[Place, dict[str, Any]]
    pairs: dict[Place, Place]
    wanted_at: dict[Place, int]


def read(gold: Path, records: Path) -> Iterator[Cable]:
    """The cables of the gold. Raises ValueError where the records lack one or have other text."""
    known = {record["id"]: record for record in json_lines(records)}
    for marked in json_lines(gold):
        record = known.get(marked["doc"])
        if record is None:
            raise ValueError(f"{records}: no record of {marked['doc']}; annotate that page as well")
        for paragraph in record["paragraphs"]:
            if text_hash(paragraph["text"]) != marked["paragraphs"].get(paragraph["id"]):
                raise ValueError(f"{paragraph['id']}: the text is not the one that was marked")
        wanted = {
            tuple(mention): number
            for number, cluster in enumerate(marked["clusters"])
            for mention in cluster["mentions"]
        }
        found = {
            (entity["paragraph"], entity["start"], entity["end"]): entity
            for entity in record["entities"]
            if entity["label"] in _KINDS
        }
        pairs = _pairs(wanted, found)
        at = {place: wanted[mark] for mark, place in pairs.items()}
        yield Cable(marked, record, wanted, found, pairs, at)


def _pairs(wanted: Sequence[Place], found: Sequence[Place]) -> dict[Place, Place]:
    common = sorted(
        (
            (min(w[2], f[2]) - max(w[1], f[1]), w, f)
            for w in wanted
            for f in found
            if w[0] == f[0] and min(w[2], f[2]) > max(w[1], f[1])
        ),
        key=lambda pair: (-pair[0], pair[1:]),
    )
    pairs: dict[Place, Place] = {}
    taken: set[Place] = set()
    for _, mark, place in common:
        if mark not in pairs and place not in taken:
            pairs[mark] = place
            taken.add(place)
    return pairs


Metric = Callable[[Sequence[object], Sequence[object]], Score]


def clusters(cables: Sequence[Cable], metric: Metric) -> tuple[float, float, float]:
    """Precision, recall and F1 of all mentions together, after Cai and Strube (2010)."""
    of_recall: tuple[list[object], list[object]] = [], []
    of_precision: tuple[list[object], list[object]] = [], []
    for number, cable in enumerate(cables):
        sizes = Counter(entity["cluster"] for entity in cable.found.values())
        for mark, cluster in cable.wanted.items():
            place = cable.pairs.get(mark)
            entity = cable.found[place] if place else None
            of_recall[0].append((number, cluster))
            of_recall[1].append((number, entity["cluster"] if entity else mark))
        for place, entity in cable.found.items():
            if place in cable.wanted_at or sizes[entity["cluster"]] > 1:
                of_precision[0].append((number, cable.wanted_at.get(place, place)))
                of_precision[1].append((number, entity["cluster"]))
    precision, recall = metric(*of_precision).precision, metric(*of_recall).recall
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def linked(cable: Cable) -> Iterator[tuple[Place, str, bool]]:
    """The links of a record, each with whether it is right."""
    for place, entity in cable.found.items():
        if entity["kb_id"]:
            yield place, entity["kb_id"], entity["kb_id"] in _allowed(cable, place)


def _allowed(cable: Cable, place: Place) -> list[str | None]:
    cluster = cable.wanted_at.get(place)
    return [] if cluster is None else cable.gold["clusters"][cluster]["kb_ids"]


def linkable(cable: Cable) -> Iterator[bool]:
    """Whether each mention that the gold links has its link."""
    for mark, cluster in cable.wanted.items():
        ids = cable.gold["clusters"][cluster]["kb_ids"]
        if None not in ids:
            place = cable.pairs.get(mark)
            yield place is not None and cable.found[place]["kb_id"] in ids


class Speech(NamedTuple):
    """A claim of the gold that the record has: the speaker in the record, and whether right."""

    claim: dict[str, Any]
    speaker: int | str | None
    right: bool


def speeches(cable: Cable) -> Iterator[Speech]:
    """The claims that both have: contents overlap by half of the longer or more."""
    meant: dict[int, Counter[int]] = defaultdict(Counter)
    for place, cluster in cable.wanted_at.items():
        meant[cable.found[place]["cluster"]][cluster] += 1
    for marked in cable.gold["claims"]:
        content = tuple(marked["content"])
        claims = [c for c in cable.record["claims"] if c["paragraph"] == marked["paragraph"]]
        shares = [overlap((c["content"]["start"], c["content"]["end"]), content) for c in claims]
        if claims and max(shares) >= 0.5:
            speaker = claims[shares.index(max(shares))]["speaker"]
            yield Speech(marked, speaker, _is_right(cable, speaker, marked["speaker"], meant))


def _is_right(
    cable: Cable,
    speaker: int | str | None,
    wanted: list[int] | str | None,
    meant: dict[int, Counter[int]],
) -> bool:
    if wanted is None or speaker is None:
        return speaker is None and wanted is None
    all_clusters, author = cable.gold["clusters"], cable.gold["author"]
    of_author = [n for n, cluster in enumerate(all_clusters) if author in cluster["kb_ids"]]
    numbers = of_author if isinstance(wanted, str) else wanted
    if isinstance(speaker, str):
        ids = [author] if isinstance(wanted, str) else []
        return speaker in ids + [k for number in numbers for k in all_clusters[number]["kb_ids"]]
    of_record = next(c for c in cable.record["clusters"] if c["cluster"] == speaker)
    if isinstance(wanted, str) and of_record["kb_id"] == author:
        return True
    most = max(meant[speaker].values(), default=0)
    return any(most and meant[speaker][number] == most for number in numbers)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


FIGURES: dict[str, Callable[[Sequence[Cable]], float]] = {
    "B-cubed precision": lambda cables: clusters(cables, bcubed)[0],
    "B-cubed recall": lambda cables: clusters(cables, bcubed)[1],
    "B-cubed F1": lambda cables: clusters(cables, bcubed)[2],
    "MUC F1": lambda cables: clusters(cables, muc)[2],
    "CEAF-e F1": lambda cables: clusters(cables, ceaf_e)[2],
    "links right": lambda cables: _share([r for c in cables for _, _, r in linked(c)]),
    "link recall": lambda cables: _share([r for c in cables for r in linkable(c)]),
    "speakers right": lambda cables: _share([s.right for c in cables for s in speeches(c)]),
    "speakers' names right": lambda cables: _share(
        [s.right for c in cables for s in speeches(c) if s.speaker is not None]
    ),
}


def interval(
    cables: Sequence[Cable], figure: Callable[[Sequence[Cable]], float], seed: int = 51
) -> tuple[float, float]:
    """95 % of the figures of draws of as many cables, with replacement."""
    draws = random.Random(seed)
    drawn = sorted(figure(draws.choices(cables, k=len(cables))) for _ in range(_DRAWS))
    return drawn[int(_DRAWS * 0.025)], drawn[int(_DRAWS * 0.975) - 1]


def _mistakes(cable: Cable) -> Iterator[str]:
    """What is wrong in a record: links, clusters that join or part too much, speakers."""
    texts = {paragraph["id"]: paragraph["text"] for paragraph in cable.record["paragraphs"]}

    def text(place: Place) -> str:
        return repr(texts[place[0]][place[1] : place[2]])

    for place, kb_id, right in linked(cable):
        if not right:
            yield f"{text(place)} linked to {kb_id}, not {_allowed(cable, place)}"
    joined, parted = defaultdict(set), defaultdict(set)
    for place, entity in cable.found.items():
        wanted = cable.wanted_at.get(place, place)
        joined[entity["cluster"]].add((str(wanted), text(place)))
        parted[wanted].add((entity["cluster"], text(place)))
    for what, groups in (("record", joined), ("gold", parted)):
        for names in groups.values():
            if len({cluster for cluster, _ in names}) > 1:
                yield f"one in the {what}: {sorted(names)}"
    for speech in speeches(cable):
        if not speech.right:
            place = (speech.claim["paragraph"], *speech.claim["content"])
            yield f"{speech.speaker} does not say {text(place)[:60]}"


def main(gold: Path, records: Path, show: bool = False) -> None:
    """Prints the figures with their intervals; `--show` also every mistake."""
    cables = list(read(gold, records))
    for cable in cables if show else ():
        for mistake in _mistakes(cable):
            typer.echo(f"{cable.gold['doc']}: {mistake}")
    mentions = sum(len(cable.wanted) for cable in cables)
    paired = sum(len(cable.pairs) for cable in cables)
    found = sum(len(cable.found) for cable in cables)
    links = sum(1 for cable in cables for _ in linked(cable))
    told = sum(1 for cable in cables for _ in speeches(cable))
    claims = sum(len(cable.gold["claims"]) for cable in cables)
    typer.echo(
        f"{len(cables)} cables: {mentions} mentions, {found} in the records, {paired} in both; "
        f"{links} links; {told} of {claims} claims found"
    )
    for name, figure in FIGURES.items():
        low, high = interval(cables, figure)
        typer.echo(f"{name}: {figure(cables):.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    typer.run(main)
