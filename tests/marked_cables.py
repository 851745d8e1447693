"""Invented cables out of text with inline marks, all layers in one: entities, statements, and of
each paragraph one claim."""

from typing import Any

from cablespan.labels import ROLES, Entity, Statement
from marked import parse_marked


def marked_cable(id: str, *paragraphs: str, references: tuple[str, ...] = (), **header: Any) -> Any:
    """A record.

    Entities of one text are one cluster; the first entity in the source of a claim is its speaker.
    """
    record: dict[str, Any] = {
        "id": id,
        "meta": {},
        "source": {},
        "header": {**header, "references": [_reference(name) for name in references]},
        **{key: [] for key in ("paragraphs", "entities", "statements", "claims", "clusters")},
    }
    for number, marked in enumerate(paragraphs, 1):
        text, spans = parse_marked(marked)
        name = f"{id}/{number}"
        facts = {"id": name, "number": number, "kind": "numbered", "text": text}
        record["paragraphs"].append(facts)
        _add_marks(record, name, text, spans)
    return record


def _reference(name: str) -> dict[str, str]:
    return {"value": name, "kind": "cable", "text": name}


def _add_marks(record: Any, paragraph: str, text: str, spans: list[tuple[int, int, str]]) -> None:
    claim: dict[str, Any] = {"paragraph": paragraph, "certainty": "asserted"}
    for start, end, label in spans:
        mark = {"paragraph": paragraph, "start": start, "end": end, "label": label}
        if label in list(Entity):
            number = _cluster(record, label, text[start:end])
            record["entities"].append({**mark, "cluster": number, "score": 0.9})
        elif label in list(Statement):
            record["statements"].append({**mark, "score": 0.8})
        elif label.lower() in ROLES:
            claim[label.lower()] = {"start": start, "end": end}
    if "content" in claim:
        source = claim.get("source", {"start": 0, "end": 0})
        named = (
            entity["cluster"] for entity in record["entities"] if _within(entity, claim, source)
        )
        record["claims"].append({**claim, "speaker": next(named, None)})


def _within(entity: Any, claim: Any, source: Any) -> bool:
    here = entity["paragraph"] == claim["paragraph"]
    return here and source["start"] <= entity["start"] and entity["end"] <= source["end"]


def _cluster(record: Any, label: str, text: str) -> int:
    for cluster in record["clusters"]:
        if cluster["name"] == text:
            cluster["mentions"] += 1
            return cluster["cluster"]
    number = len(record["clusters"])
    facts = {"cluster": number, "label": label, "name": text, "kb_id": "", "mentions": 1}
    if label in ("PERSON", "OFFICIAL"):
        office, _, family = text.rpartition(" ")
        facts |= {"office": office or None, "family_name": family}
    record["clusters"].append(facts)
    return number
