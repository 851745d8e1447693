"""The three layers of one paragraph as plain data.

What they hold, whether they are sound, whether two annotators agree.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

from cablespan.labels import LAYERS, Certainty, Label, Layer, Role, Scheme
from cablespan.reading.shapes import FACTS
from cablespan.review.store.shapes import Claim, ClaimPart, Layers, Mark, Place

_BITS = 63  # of SQLite's integers
ROLES: tuple[ClaimPart, ...] = ("source", "cue", "content")
_FACTS: dict[Layer, tuple[Literal["kb_id", "cluster", "score"], ...]] = {
    "entities": ("kb_id", "cluster", "score"),
    "statements": ("score",),
}


class Fault(ValueError):
    """A mark that cannot be held: its layer, its place and why."""


def uncertainty(layers: Layers) -> float:
    """How unsure the model is of a paragraph: one minus its least score.

    0.5 where nothing bears a score.

    >>> uncertainty({"entities": [{"score": 0.9}, {"score": 0.6}], "statements": [{"score": None}]})
    0.4
    """
    every = (mark.get("score") for mark in _marks_of(layers))
    scores = [score for score in every if score is not None]
    return round(1 - min(scores), 4) if scores else 0.5


def _marks_of(layers: Layers) -> list[Mark]:
    return [*layers.get("entities", []), *layers.get("statements", [])]


def labels_of(layers: Layers) -> Iterator[str]:
    """Every label of a paragraph, as often as it is used; a claim has one for each of its parts."""
    yield from (mark["label"] for mark in _marks_of(layers) if mark["label"])
    for claim in layers.get("claims", []):
        yield from (str(role) for role in Role if claim.get(role.lower()))


def must_have_labels(layers: Any) -> None:
    """Raises ValueError for layers whose labels cannot be told; half-done ones need no more.

    >>> must_have_labels({"entities": [{"label": "PLACE"}], "claims": [{"content": None}]})
    """
    try:
        known = all(isinstance(label, str) for label in labels_of(layers))
    except (AttributeError, KeyError, TypeError):
        known = False
    if not known:
        raise ValueError("layers are an object with lists of marks, each with its label")


class LabelBits:
    """The labels of a paragraph as one integer: queues are filtered without reading texts.

    Of more labels than it has bits some share one.

    >>> from cablespan.labels import scheme_of
    >>> bits = LabelBits(scheme_of())
    >>> bin(bits({"entities": [{"label": "PLACE"}], "claims": []})), bits.bit("AGENCY")
    ('0b10', 1)
    """

    def __init__(self, scheme: Scheme):
        names = [*(label.name for label in scheme.entities + scheme.statements), *Role]
        self.bits = {str(name): 1 << number % _BITS for number, name in enumerate(names)}

    def __call__(self, layers: Layers) -> int:
        """The labels that a paragraph's layers hold."""
        together = 0
        for label in labels_of(layers):
            together |= self.bits.get(label, 0)
        return together

    def bit(self, label: str) -> int:
        """Raises LookupError for a label of another scheme."""
        if label not in self.bits:
            raise LookupError(f"{label!r} is no label of {', '.join(self.bits)}")
        return self.bits[label]


def identity(layer: Layer, mark: Mapping[str, Any]) -> tuple:
    """What makes two annotators' marks the same: place, label, link.

    A claim's parts, speaker and certainty. Scores do not count.
    """
    if layer == "claims":
        parts = (claim_part(mark, role) for role in ROLES)
        return *parts, mark.get("speaker"), mark.get("certainty")
    return mark["start"], mark["end"], mark["label"] or "", mark.get("kb_id")


def claim_part(claim: Mapping[str, Any], role: str) -> tuple[int, int] | None:
    """The offsets of a claim's part."""
    part = claim.get(role)
    return (part["start"], part["end"]) if part else None


def comparable(layers: Layers) -> dict[str, list[tuple]]:
    """Layers without scores and other additions: equal where two annotators agree."""
    return {
        layer: sorted((identity(layer, mark) for mark in layers.get(layer, [])), key=str)
        for layer in LAYERS
    }


def checked(text: str, layers: Any, scheme: Scheme) -> Layers:
    """Layers as they may be stored: known keys only, in order of the text.

    Raises ValueError that names the mark at fault where a label is none of the scheme, a span
    leaves the text, two entities or two sentences overlap, or a claim has no content.
    """
    if not isinstance(layers, Mapping):
        raise ValueError("layers are an object with entities, statements and claims")
    sound, faults = sound_layers(text, layers, scheme)
    if faults:
        raise ValueError(faults[0])
    return sound


def sound_layers(
    text: str, layers: Mapping[str, Any], scheme: Scheme, *, suggested: bool = False
) -> tuple[Layers, list[str]]:
    """What of layers can be held, and a sentence for each mark that cannot.

    A suggested sentence may wait for its label.
    """
    faults: list[str] = []

    def keep(reading: Iterable[Mark | Claim | Fault]) -> Iterator[Any]:
        for mark in reading:
            if isinstance(mark, Fault):
                faults.append(str(mark))
            else:
                yield mark

    def marks(layer: Layer, labels: Iterable[Label]) -> list[Mark]:
        names: list[str | None] = [label.name for label in labels]
        if suggested:
            names.append(None)
        return list(keep(_marks(text, layer, layers.get(layer) or [], names)))

    claims = keep(_claims(text, layers.get("claims") or []))
    sound: Layers = {
        "entities": marks("entities", scheme.entities),
        "statements": marks("statements", scheme.statements),
        "claims": sorted(claims, key=lambda claim: claim["content"]["start"]),
    }
    return sound, faults


def _marks(
    text: str, layer: Layer, marks: Iterable[Any], names: Collection[str | None]
) -> Iterator[Mark | Fault]:
    reached = 0
    for mark in sorted(marks, key=_start):
        try:
            place = _place(text, mark, layer)
        except Fault as fault:
            yield fault
            continue
        where = f"{layer} at {place['start']}-{place['end']}"
        label = mark.get("label")
        if label not in names:
            known = ", ".join(sorted(name for name in names if name))
            yield Fault(f"{where}: {label!r} is no label of {known}; --labels FILE brings others")
        elif place["start"] < reached:
            yield Fault(f"{where} overlaps the one before it")
        else:
            sound: Mark = {**place, "label": label}
            try:
                for key in _FACTS[layer]:
                    if (fact := _fact(mark, layer, key, where)) is not None:
                        sound[key] = fact
            except Fault as fault:
                yield fault
                continue
            reached = place["end"]
            yield sound


def _fact(mark: Mapping[str, Any], layer: Layer, key: str, where: str) -> Any:
    """What a mark says beside its place and label. Raises Fault for another type."""
    fact = mark.get(key)
    if isinstance(fact, tuple(FACTS[layer][key])):
        return fact
    raise Fault(f"{where}: {fact!r} is no {key}")


def _claims(text: str, claims: Iterable[Any]) -> Iterator[Claim | Fault]:
    for claim in claims:
        try:
            yield _claim(text, claim)
        except Fault as fault:
            yield fault


def _claim(text: str, claim: Any) -> Claim:
    if not isinstance(claim, Mapping):
        raise Fault(f"{claim!r} is no claim")
    source, cue, content = (
        _place(text, claim[role], role) if claim.get(role) else None for role in ROLES
    )
    if content is None:
        raise Fault(f"a claim without CONTENT: {dict(source=source, cue=cue, content=None)}")
    certainty = claim.get("certainty")
    if certainty not in (None, *Certainty):
        raise Fault(f"{certainty!r} is no certainty of {', '.join(Certainty)}")
    return {
        "source": source,
        "cue": cue,
        "content": content,
        "speaker": _fact(
            claim, "claims", "speaker", f"claims at {content['start']}-{content['end']}"
        ),
        "certainty": certainty,
    }


def _start(mark: Any) -> int:
    start = mark.get("start") if isinstance(mark, Mapping) else None
    return start if type(start) is int else -1


def _place(text: str, mark: Any, what: str) -> Place:
    whole = isinstance(mark, Mapping)
    start, end = (mark.get("start"), mark.get("end")) if whole else (None, None)
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise Fault(
            f"{what} at {start}-{end} lies not within the {len(text)} characters of the paragraph"
        )
    return {"start": start, "end": end}


def cut_tokens(layers: Layers, edges: Iterable[tuple[int, int]]) -> tuple[Layers, list[str]]:
    """Layers without the marks that cut a token, and a sentence for each of these.

    `edges` are the tokens' offsets.

    >>> cut_tokens({"entities": [{"start": 0, "end": 3, "label": "ORG"}]}, [(0, 5)])
    ({'entities': [], 'statements': [], 'claims': []}, ['entities at 0-3 cuts a token'])
    """
    starts, ends = (set(side) for side in zip(*edges, strict=True))
    faults: list[str] = []

    def fits(what: str, place: Place | None) -> bool:
        if place is None or (place["start"] in starts and place["end"] in ends):
            return True
        faults.append(f"{what} at {place['start']}-{place['end']} cuts a token")
        return False

    whole: Layers = {
        "entities": [mark for mark in layers.get("entities", []) if fits("entities", mark)],
        "statements": [mark for mark in layers.get("statements", []) if fits("statements", mark)],
        "claims": [
            claim
            for claim in layers.get("claims", [])
            if all(fits(role, claim[role]) for role in ROLES)
        ],
    }
    return whole, faults


def plain_edges(text: str, layers: Layers) -> bool:
    """Whether every mark begins and ends at white space, so that no token can be cut."""
    places: list[Place] = [*_marks_of(layers)]
    for claim in layers.get("claims", []):
        places += [part for part in (claim[role] for role in ROLES) if part]
    padded = f" {text} "
    return all(
        padded[place["start"]].isspace()
        and padded[place["end"] + 1].isspace()
        and not text[place["start"]].isspace()
        and not text[place["end"] - 1].isspace()
        for place in places
    )
