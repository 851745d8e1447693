"""The three layers of one paragraph as plain data: what they hold, whether they are sound, whether two annotators agree."""

from collections.abc import Iterator, Mapping
from typing import Any

from cablespan.labels import Certainty, Entity, Role, Statement

LAYERS = ("entities", "statements", "claims")
_LABEL_BITS = {label: 1 << bit for bit, label in enumerate([*Entity, *Statement, *Role])}


def uncertainty(layers: Mapping[str, Any]) -> float:
    """How unsure the model is of a paragraph: one minus its least score; 0.5 where nothing bears a score.

    >>> uncertainty({"entities": [{"score": 0.9}, {"score": 0.6}], "statements": [{"score": None}]})
    0.4
    """
    scores = [
        mark["score"]
        for name in ("entities", "statements")
        for mark in layers.get(name, [])
        if mark.get("score") is not None
    ]
    return round(1 - min(scores), 4) if scores else 0.5


def label_bits(layers: Mapping[str, Any]) -> int:
    """The labels of a paragraph's layers as one integer."""
    bits = 0
    for name in ("entities", "statements"):
        for mark in layers.get(name, []):
            bits |= _LABEL_BITS.get(mark["label"], 0)
    for claim in layers.get("claims", []):
        for role in Role:
            if claim.get(role.lower()):
                bits |= label_bit(role)
    return bits


def comparable(layers: Mapping[str, Any]) -> dict[str, list]:
    """Layers without scores and other additions: equal where two annotators agree."""
    claims = [
        [
            (part["start"], part["end"]) if (part := claim.get(role.lower())) else None
            for role in Role
        ]
        for claim in layers.get("claims", [])
    ]
    marks = {
        name: sorted((m["start"], m["end"], m["label"] or "") for m in layers.get(name, []))
        for name in ("entities", "statements")
    }
    return {**marks, "claims": sorted(claims, key=str)}


def label_bit(label: str) -> int:
    return _LABEL_BITS[label]


def checked(text: str, layers: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Layers as they may be stored: known keys only, in order of the text.

    Raises ValueError that names the mark at fault where a label is none of the scheme, a span leaves the text, two entities or two
    sentences overlap, or a claim has no content.
    """

    if not isinstance(layers, Mapping):
        raise ValueError("layers are an object with entities, statements and claims")

    def place(mark: Any, what: str) -> dict[str, int]:
        start, end = (
            (mark.get("start"), mark.get("end")) if isinstance(mark, Mapping) else (None, None)
        )
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
            raise ValueError(
                f"{what} at {start}-{end} lies not within the {len(text)} characters of the paragraph"
            )
        return {"start": start, "end": end}

    def marks(name: str, scheme: type, facts: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        last = 0
        for mark in sorted(layers.get(name) or [], key=lambda m: m["start"]):
            found = place(mark, name)
            if mark.get("label") not in set(scheme):
                raise ValueError(
                    f"{name} at {found['start']}-{found['end']}: {mark.get('label')!r} is no label of {', '.join(scheme)}"
                )
            if found["start"] < last:
                raise ValueError(
                    f"{name} at {found['start']}-{found['end']} overlaps the one before it"
                )
            last = found["end"]
            yield {
                **found,
                "label": mark["label"],
                **{key: mark[key] for key in facts if mark.get(key) is not None},
            }

    def claims() -> Iterator[dict[str, Any]]:
        for claim in layers.get("claims") or []:
            parts = {
                role.lower(): place(claim[role.lower()], role) if claim.get(role.lower()) else None
                for role in Role
            }
            if parts["content"] is None:
                raise ValueError(f"a claim without CONTENT: {parts}")
            certainty = claim.get("certainty")
            if certainty not in {None, *Certainty}:
                raise ValueError(f"{certainty!r} is no certainty of {', '.join(Certainty)}")
            yield {**parts, "speaker": claim.get("speaker"), "certainty": certainty}

    return {
        "entities": list(marks("entities", Entity, ("kb_id", "cluster", "score"))),
        "statements": list(marks("statements", Statement, ("score",))),
        "claims": sorted(claims(), key=lambda claim: claim["content"]["start"]),
    }
