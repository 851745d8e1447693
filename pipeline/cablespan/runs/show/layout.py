"""What both views are made of: paragraphs as sentences of marked pieces, who is mentioned, who says
what.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Record = Mapping[str, Any]

# Header fields worth a line, in order, with their names.
FACTS = {
    "reference_id": "Reference",
    "created": "Created",
    "origin": "Origin",
    "classification": "Classification",
    "precedence": "Precedence",
    "from": "From",
    "to": "To",
    "info": "Info",
    "subject": "Subject",
    "tags": "Tags",
    "references": "References",
    "eo": "E.O.",
    "declassify_on": "Declassify on",
    "classified_by": "Classified by",
    "reasons": "Reasons",
    "captions": "Captions",
    "signers": "Signed",
}


class Piece(NamedTuple):
    """A stretch of text: the entity it is, if any, and the claims' cues it lies in."""

    text: str
    entity: Record | None = None
    cue: int | None = None


class Sentence(NamedTuple):
    """A statement to show: its label, and its text cut at the edges of entities and claims."""

    label: str
    pieces: list[Piece]


class Passage(NamedTuple):
    """A paragraph to show."""

    paragraph: Record
    place: str
    sentences: list[Sentence]
    claims: list[tuple[int, Record]]


class Actor(NamedTuple):
    """Who is mentioned: a cluster, or where none was made a label and a name."""

    cluster: int | None
    label: str
    name: str
    kb_id: str | None
    mentions: int


def facts(record: Record) -> list[tuple[str, str]]:
    """Header facts that the cable has, as name and text."""
    found = []
    for field, name in FACTS.items():
        text = _told(record["header"].get(field))
        if text:
            found.append((name, text))
    return found


def _told(value: Any) -> str:
    if not value:
        return ""
    if isinstance(value, list):
        return ", ".join(_told(item) for item in value)
    if isinstance(value, Mapping):
        return value.get("value") or " ".join(filter(None, (value.get("route"), value.get("name"))))
    return str(value)


def passages(record: Record) -> Iterator[Passage]:
    """The paragraphs in order. Layers are matched by the paragraph's id."""
    layers = {name: _by_paragraph(record.get(name, ())) for name in ("entities", "statements")}
    claims: dict[str, list[tuple[int, Record]]] = {}
    for number, claim in enumerate(record.get("claims", ()), 1):
        claims.setdefault(claim["paragraph"], []).append((number, claim))
    for position, paragraph in enumerate(record["paragraphs"], 1):
        own = claims.get(paragraph["id"], [])
        entities = layers["entities"].get(paragraph["id"], [])
        statements = layers["statements"].get(paragraph["id"], [])
        place = (
            f"{paragraph['number']}." if paragraph.get("number") is not None else f"[{position}]"
        )
        yield Passage(
            paragraph, place, _sentences(paragraph["text"], statements, entities, own), own
        )


def _by_paragraph(spans: Any) -> dict[str, list[Record]]:
    grouped: dict[str, list[Record]] = {}
    for span in sorted(spans, key=lambda span: (span["start"], -span["end"])):
        grouped.setdefault(span["paragraph"], []).append(span)
    return grouped


def _sentences(
    text: str, statements: list[Record], entities: list[Record], claims: list[tuple[int, Record]]
) -> list[Sentence]:
    sentences, position = [], 0
    for statement in statements:
        start = max(statement["start"], position)
        if text[position:start].strip():
            sentences.append(Sentence("", _pieces(text, position, start, entities, claims)))
        sentences.append(
            Sentence(statement["label"], _pieces(text, start, statement["end"], entities, claims))
        )
        position = max(position, statement["end"])
    if text[position:].strip():
        sentences.append(Sentence("", _pieces(text, position, len(text), entities, claims)))
    return sentences


def _pieces(
    text: str, start: int, end: int, entities: list[Record], claims: list[tuple[int, Record]]
) -> list[Piece]:
    """`text[start:end]` cut where an entity or a cue begins or ends."""
    cues = [(number, claim["cue"]) for number, claim in claims if claim["cue"]]
    borders = {start, end}
    for span in [*entities, *(cue for _, cue in cues)]:
        borders |= {border for border in (span["start"], span["end"]) if start < border < end}
    ordered = sorted(borders)
    pieces = []
    for a, b in itertools.pairwise(ordered):
        entity = next((entity for entity in entities if entity["start"] <= a < entity["end"]), None)
        cue = next((number for number, cue in cues if cue["start"] <= a < cue["end"]), None)
        pieces.append(Piece(text[a:b], entity, cue))
    return pieces


def actors(record: Record) -> list[Actor]:
    """Who and what is mentioned, the most mentioned first."""
    entities = record.get("entities", ())
    counts = Counter(entity["cluster"] for entity in entities if entity.get("cluster") is not None)
    found = [
        Actor(
            cluster["cluster"],
            cluster["label"],
            cluster["name"],
            cluster.get("kb_id"),
            counts[cluster["cluster"]],
        )
        for cluster in record.get("clusters", ())
    ]
    known = {actor.cluster for actor in found}
    loose = Counter(
        (entity["label"], entity["text"], entity.get("kb_id"))
        for entity in entities
        if entity.get("cluster") not in known
    )
    found += [
        Actor(None, label, name, kb_id, count) for (label, name, kb_id), count in loose.items()
    ]
    return sorted(found, key=lambda actor: (-actor.mentions, actor.label, actor.name))


def speaker_name(claim: Record, record: Record) -> str:
    """Who speaks: the name of the speaker's cluster, its KB id, else the source as written, else a
    dash.
    """
    speaker = claim["speaker"]
    for cluster in record.get("clusters", ()):
        if speaker is not None and speaker in (cluster["cluster"], cluster.get("kb_id")):
            return cluster["name"]
    if isinstance(speaker, str):
        return speaker
    return claim["source"]["text"] if claim["source"] else "—"
