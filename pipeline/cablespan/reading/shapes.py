"""The shape of records as their JSON holds them, and what of a value from a file has another."""

from collections.abc import Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, NamedTuple

from cablespan.labels import LAYERS, ROLES

# What can stand under a key: values of a type, objects {key: kinds}, lists [*kinds of their items],
# or a text itself. What may be None may be missing.
Kinds = Sequence[Any]
Shape = Mapping[str, Kinds]

_WORDS, _TEXT, _TEXTS = (str,), (str, NoneType), ([str], NoneType)
_COUNT, _WHOLE, _NUMBER = (int,), (int, NoneType), (float, int, NoneType)
_RECIPIENT = {
    **dict.fromkeys(("route", "precedence", "mcn"), _TEXT),
    "name": _WORDS,
    "excluded": _TEXTS,
}
_REFERENCE = {"value": _WORDS, "kind": _WORDS, "text": _TEXT, "letter": _TEXT}
_HEADER = {
    **dict.fromkeys(("reference_id", "created", "released", "origin", "classification"), _TEXT),
    **dict.fromkeys(("transmission_id", "precedence", "from", "subject", "eo"), _TEXT),
    **dict.fromkeys(("declassify_on", "classified_by"), _TEXT),
    **dict.fromkeys(("excluded", "tags", "reasons", "captions", "signers"), _TEXTS),
    **dict.fromkeys(("to", "info"), ([_RECIPIENT], NoneType)),
    "references": ([_REFERENCE], NoneType),
    "partial": (bool, NoneType),
}
_SOURCE = {**dict.fromkeys(("path", "format", "sha256"), _TEXT), "index": _WHOLE}
_CLUSTER = {
    **dict.fromkeys(("kb_id", "office", "country", "given_name", "family_name"), _TEXT),
    **dict.fromkeys(("label", "name"), _WORDS),
    "cluster": _COUNT,
    "mentions": _WHOLE,
    "named": (bool, NoneType),
}
# A record but for its paragraphs and layers.
CABLE: Shape = {
    "id": _WORDS,
    **dict.fromkeys(("meta", "extra"), ({}, NoneType)),
    "source": (_SOURCE, NoneType),
    "header": (_HEADER, NoneType),
    "clusters": ([_CLUSTER], NoneType),
    "notes": _TEXTS,
}
# A paragraph but for its text and its source map.
PARAGRAPH: Shape = {
    "id": _WORDS,
    "number": _WHOLE,
    **dict.fromkeys(("marking", "section", "kind"), _TEXT),
    "unannotated": ([*LAYERS], NoneType),
}
# What marks say beside their place and their label.
FACTS: Mapping[str, Shape] = {
    "entities": {"kb_id": _TEXT, "cluster": _WHOLE, "score": _NUMBER, "value": _TEXT},
    "statements": {"score": _NUMBER},
    "claims": {"speaker": (int, str, NoneType), "certainty": _TEXT},
}
_PART = {"start": _COUNT, "end": _COUNT, "text": _TEXT}
_SPAN = {"paragraph": _WORDS, "label": _WORDS, **_PART}
_CLAIM = {"paragraph": _WORDS, "source": (_PART, NoneType), "cue": (_PART, NoneType)}
_MARKS: Mapping[str, Shape] = {
    "entities": {**_SPAN, **FACTS["entities"]},
    "statements": {**_SPAN, **FACTS["statements"]},
    "claims": {**_CLAIM, "content": (_PART,), **FACTS["claims"]},
}
RECORD: Shape = {
    **CABLE,
    "paragraphs": ([{**PARAGRAPH, "text": _WORDS}],),
    **{layer: ([shape], NoneType) for layer, shape in _MARKS.items()},
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


def misfits(value: Mapping[str, Any], shape: Shape, name: str = "") -> Iterator[Misfit]:
    """What of an object has another shape; `name` is what goes before its keys.

    >>> [misfit.what for misfit in misfits({"id": "A", "paragraphs": [], "notes": 1}, RECORD)]
    ['`notes` is no list']
    """
    for key, kinds in shape.items():
        if type(value.get(key)) not in kinds:  # of most values that is all to ask
            yield from _misfits_within(value.get(key), kinds, f"{name}{key}")


def _misfits_within(value: Any, kinds: Kinds, name: str) -> Iterator[Misfit]:
    containers = (kind for kind in kinds if isinstance(kind, dict | list))
    kind = next((kind for kind in containers if type(value) is type(kind)), None)
    if isinstance(kind, dict):
        yield from misfits(value, kind, f"{name}.")
    elif isinstance(kind, list):
        for number, item in enumerate(value):
            if type(item) not in kind:
                yield from _misfits_within(item, kind, f"{name}[{number}]")
    elif value not in kinds:
        yield _misfit(name, kinds)


def _misfit(name: str, kinds: Kinds) -> Misfit:
    first = kinds[0]
    if isinstance(first, str):
        return Misfit(f"`{name}` is none of {', '.join(kinds)}", "write one of these")
    called, remedy = _TYPES[first if isinstance(first, type) else type(first)]
    optional = ", or leave it out" if NoneType in kinds else ""
    return Misfit(f"`{name}` is no {called}", f"{remedy}{optional}")


def _blank(shape: Shape) -> dict[str, Any]:
    """What stands for the keys that may be missing: no items of a list, None of all else."""
    optional = {key: kinds for key, kinds in shape.items() if NoneType in kinds}
    return {key: [] if isinstance(kinds[0], list) else None for key, kinds in optional.items()}


def with_every_key(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of the right shape with what it may leave out: the words of a mark as they stand in
    its paragraph, no items of a list, None of all else.

    >>> source = {"id": "A", "header": {}, "paragraphs": [{"id": "A/1", "text": "Rusk."}]}
    >>> mark = {"paragraph": "A/1", "start": 0, "end": 4, "label": "OFFICIAL"}
    >>> whole = with_every_key(source | {"entities": [mark]})
    >>> whole["header"]["to"], whole["entities"][0]["text"], whole["entities"][0]["kb_id"]
    ([], 'Rusk', None)
    """
    texts = {paragraph["id"]: paragraph["text"] for paragraph in record["paragraphs"]}
    header = {key: value for key, value in record["header"].items() if value is not None}
    whole = {**record, "header": _BLANK_HEADER | header}
    whole["paragraphs"] = [_BLANK_PARAGRAPH | paragraph for paragraph in record["paragraphs"]]
    for layer in record.keys() & FACTS:
        blank = _BLANK_MARKS[layer]
        whole[layer] = [_worded(blank | mark, texts[mark["paragraph"]]) for mark in record[layer]]
    return whole


_BLANK_HEADER, _BLANK_PARAGRAPH = _blank(_HEADER), _blank(PARAGRAPH) | {"kind": "text"}
_BLANK_MARKS = {layer: _blank(_MARKS[layer]) for layer in FACTS}


def _worded(mark: dict[str, Any], text: str) -> dict[str, Any]:
    """A mark with its words, or those of its parts."""
    for part in (mark, *(mark.get(role) for role in ROLES)):
        if part and "start" in part and part.get("text") is None:
            part["text"] = text[part["start"] : part["end"]]
    return mark
