"""The shape of records as their JSON holds them, and what of a value from a file has another."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, NamedTuple

from cablespan.labels import LAYERS

# A type, {key: shape}, [shape of each item], a text that is meant itself, or a tuple of these to
# choose from; a key that may be None may be missing.
Shape = Any

_TEXT, _TEXTS = (str, NoneType), ([str], NoneType)
_WHOLE, _NUMBER = (int, NoneType), (float, int, NoneType)
_RECIPIENT = dict.fromkeys(("route", "precedence", "mcn"), _TEXT) | {
    "name": str,
    "excluded": _TEXTS,
}
_REFERENCE = {"value": str, "kind": str, "text": _TEXT, "letter": _TEXT}
_HEADER = {
    **dict.fromkeys(("reference_id", "created", "released", "origin", "classification"), _TEXT),
    **dict.fromkeys(("transmission_id", "precedence", "from", "subject", "eo"), _TEXT),
    **dict.fromkeys(("declassify_on", "classified_by"), _TEXT),
    **dict.fromkeys(("excluded", "tags", "reasons", "captions", "signers"), _TEXTS),
    "to": ([_RECIPIENT], NoneType),
    "info": ([_RECIPIENT], NoneType),
    "references": ([_REFERENCE], NoneType),
    "partial": (bool, NoneType),
}
_SOURCE = {"path": _TEXT, "format": _TEXT, "sha256": _TEXT, "index": _WHOLE}
_CLUSTER = {
    **dict.fromkeys(("kb_id", "office", "country", "given_name", "family_name"), _TEXT),
    **{"cluster": int, "label": str, "name": str, "mentions": _WHOLE, "named": (bool, NoneType)},
}
# A record but for its paragraphs and layers.
CABLE: dict[str, Shape] = {
    "id": str,
    "meta": ({}, NoneType),
    "source": (_SOURCE, NoneType),
    "header": (_HEADER, NoneType),
    "clusters": ([_CLUSTER], NoneType),
    "notes": _TEXTS,
    "extra": ({}, NoneType),
}
# A paragraph but for its text and its source map.
PARAGRAPH: dict[str, Shape] = {
    "id": str,
    "number": _WHOLE,
    **dict.fromkeys(("marking", "section", "kind"), _TEXT),
    "unannotated": ([LAYERS], NoneType),
}
# What marks say beside their place and their label.
FACTS: dict[str, dict[str, Shape]] = {
    "entities": {"kb_id": _TEXT, "cluster": _WHOLE, "score": _NUMBER, "value": _TEXT},
    "statements": {"score": _NUMBER},
    "claims": {"speaker": (int, str, NoneType), "certainty": _TEXT},
}
_PLACE = {"start": int, "end": int, "text": _TEXT}
_SPAN = {"paragraph": str, "label": str, **_PLACE}
_CLAIM = {
    "paragraph": str,
    "source": (_PLACE, NoneType),
    "cue": (_PLACE, NoneType),
    "content": _PLACE,
}
RECORD: dict[str, Shape] = {
    **CABLE,
    "paragraphs": [PARAGRAPH | {"text": str}],
    **{
        layer: ([(_CLAIM if layer == "claims" else _SPAN) | facts], NoneType)
        for layer, facts in FACTS.items()
    },
}

# What a type is called, and how its values are written.
_TYPES = {
    str: ("text", "write it in quotation marks"),
    int: ("whole number", "write it without quotation marks"),
    float: ("number", "write it without quotation marks"),
    bool: ("true or false", "write it without quotation marks"),
    dict: ("object", "write {...}"),
    list: ("list", "write [...]"),
}


class Misfit(NamedTuple):
    """What has another shape than it should, and what to do about it."""

    what: str
    remedy: str


def misfits(value: Any, shape: Shape, name: str = "") -> Iterator[Misfit]:
    """What of a value has another shape; `name` is what the value is called.

    >>> [misfit.what for misfit in misfits({"id": "A", "paragraphs": [], "notes": 1}, RECORD)]
    ['`notes` is no list']
    """
    if _is_of_type(value, shape):
        return
    kinds = shape if isinstance(shape, tuple) else (shape,)
    containers = (kind for kind in kinds if isinstance(kind, dict | list))
    kind = next((kind for kind in containers if type(value) is type(kind)), None)
    if isinstance(kind, dict):
        for key, inner in kind.items():
            if not _is_of_type(value.get(key), inner):
                yield from misfits(value.get(key), inner, f"{name}.{key}" if name else key)
    elif isinstance(kind, list):
        for number, item in enumerate(value):
            if not _is_of_type(item, kind[0]):
                yield from misfits(item, kind[0], f"{name}[{number}]")
    elif value not in kinds:
        yield _misfit(name, kinds)


def _is_of_type(value: Any, shape: Shape) -> bool:
    """Whether a value is of a type that its shape names: of most values that is all to ask."""
    return type(value) is shape or (type(shape) is tuple and type(value) in shape)


def _misfit(name: str, kinds: tuple[Any, ...]) -> Misfit:
    first = kinds[0]
    if isinstance(first, str):
        return Misfit(f"`{name}` is none of {', '.join(kinds)}", "write one of these")
    called, remedy = _TYPES[first if isinstance(first, type) else type(first)]
    optional = ", or leave it out" if NoneType in kinds else ""
    return Misfit(f"`{name}` is no {called}", f"{remedy}{optional}")
