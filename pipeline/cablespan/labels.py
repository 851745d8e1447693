"""The scheme: every label that an annotation can carry, with its one-line definition. Nothing else names labels."""

import json
import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

SCHEME_VERSION = "cablespan.scheme/1"


class _Defined(StrEnum):
    """A label that knows its definition, and its colour in every view.

    >>> Entity.PLACE.definition
    'a country, city, region, sea or site, also where it stands for a government'
    >>> Entity.PLACE.colour
    '#4ea253'
    """

    definition: str

    def __new__(cls, value: str, definition: str) -> "_Defined":
        label = str.__new__(cls, value)
        label._value_ = value
        label.definition = definition
        return label

    @property
    def colour(self) -> str:
        """`#rrggbb`, as labels.toml says."""
        return _colours()[self]


class Entity(_Defined):
    AGENCY = (
        "AGENCY",
        "a body of a state: government as an actor, ministry, committee, police, court, armed service, mission, the sender's own post",
    )
    PLACE = "PLACE", "a country, city, region, sea or site, also where it stands for a government"
    OFFICIAL = (
        "OFFICIAL",
        "one individual who holds or held public office, named or known by the office alone; the title belongs to the span",
    )
    PERSON = "PERSON", "a named individual with no known public office"
    ORG = (
        "ORG",
        "a named organisation that is no body of a state: intergovernmental, party, company, medium, armed group",
    )
    LAW = (
        "LAW",
        "a law, treaty, agreement, resolution, decree or official list, named or pointed at as one thing",
    )
    DATE = "DATE", "a calendar expression that can be placed in time"
    MONEY = "MONEY", "an amount with its currency"
    CABLE_REF = "CABLE_REF", "a pointer to another message"


# Entities that stand for a value: a time, an amount, the id of a message.
VALUED = (Entity.DATE, Entity.MONEY, Entity.CABLE_REF)


class Statement(_Defined):
    """In the order of decision: the first that fits the sentence's main clause wins."""

    ADMIN = "ADMIN", "no content of its own: references, headings, distribution, a signature"
    REQUEST = (
        "REQUEST",
        "the sender asks the addressee to act, decide, authorise, inform or instruct",
    )
    RECOMMENDATION = (
        "RECOMMENDATION",
        "the author advises what the United States or another should do",
    )
    COMMITMENT = (
        "COMMITMENT",
        "a plan, intention, promise, offer, undertaking or scheduled act of any actor",
    )
    COMMENT = (
        "COMMENT",
        "the author's own assessment, interpretation, prediction, doubt or judgement",
    )
    CLAIM = "CLAIM", "what the sentence asserts is put in someone else's mouth or mind"
    REPORT = "REPORT", "an event, fact, figure or description in the author's own voice"


class Role(_Defined):
    """The parts of a claim (attribution)."""

    SOURCE = "SOURCE", "who says it: the whole noun phrase"
    CUE = "CUE", "the shortest words that put it in the source's mouth"
    CONTENT = "CONTENT", "what is said, to its end, without the final full stop"


class Certainty(_Defined):
    ASSERTED = "asserted", "the source stands behind the content"
    HEDGED = "hedged", "the source holds the content possible, likely or expected"
    DENIED = "denied", "the source rejects or doubts the content"
    ASKED = "asked", "the source asks whether the content holds, or asks for it"


@cache
def _colours() -> dict[str, str]:
    tables = tomllib.loads(files(__package__).joinpath("labels.toml").read_text("utf-8"))
    return {label: row["colour"] for table in tables.values() for label, row in table.items()}


def colour_variables() -> str:
    """The labels' colours as CSS custom properties: `--PLACE: #4ea253; ...`."""
    return " ".join(f"--{label}: {colour};" for label, colour in _colours().items())


ENTITY_KEYS = "123456789"
STATEMENT_KEYS = "qwertyu"
_PALETTE = ("#3a75bf", "#4ea253", "#8059bb", "#d06b9e", "#41b0bc", "#a16d40", "#c4b345", "#c35045")


class Label(NamedTuple):
    """One label of a scheme: its name, its one-line definition, `#rrggbb`, and its key on the review page ("": none)."""

    name: str
    definition: str
    colour: str
    key: str


class Scheme(NamedTuple):
    """The entity and statement labels of a project, in their order: ours, or those of a file.

    >>> [label.name for label in scheme_of().statements][:2]
    ['ADMIN', 'REQUEST']
    """

    entities: tuple[Label, ...]
    statements: tuple[Label, ...]


def scheme_of(path: Path | None = None) -> Scheme:
    """The scheme of a TOML or JSON file; without one, the scheme of this module.

    The file holds a table for each label, `[entities.VESSEL]` or `[statements.WARNING]`, with `definition`, `colour` ("#rrggbb") and
    `key` (one character), each of which may be missing. A layer that the file does not name keeps our labels.
    Raises ValueError that names the file, the label and the remedy.
    """
    tables = _tables(path) if path else {}
    unknown = sorted(set(tables) - set(Scheme._fields))
    if unknown:
        raise ValueError(f"{path}: {unknown[0]} is no layer: use entities and statements")
    return Scheme(
        entities=_labels(path, tables.get("entities"), Entity, ENTITY_KEYS),
        statements=_labels(path, tables.get("statements"), Statement, STATEMENT_KEYS),
    )


def _tables(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    try:
        text = path.read_text("utf-8")
        tables = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise ValueError(f"{path}: neither TOML nor JSON: {error}") from None
    for layer, rows in tables.items():
        named = isinstance(rows, dict) and all(isinstance(row, dict) for row in rows.values())
        if not named or not rows:
            raise ValueError(f"{path}: {layer} holds no labels: write [{layer}.NAME] for each")
    return tables


def _labels(
    path: Path | None, rows: dict[str, dict[str, str]] | None, ours: type[_Defined], keys: str
) -> tuple[Label, ...]:
    """The labels of one layer, with a free key and a colour where the file names none."""
    if rows is None:
        rows = {str(one): {"definition": one.definition, "colour": one.colour} for one in ours}
    taken = [row["key"] for row in rows.values() if row.get("key")]
    free = iter([key for key in keys if key not in taken])
    labels = []
    for number, (name, row) in enumerate(rows.items()):
        colour = row.get("colour") or _PALETTE[number % len(_PALETTE)]
        key = row.get("key") or next(free, "")
        definition = row.get("definition") or ""
        if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
            raise ValueError(f'{path}: {name}: {colour!r} is no colour: write "#rrggbb"')
        if len(key) > 1 or taken.count(key) > 1:
            raise ValueError(f"{path}: {name}: key {key!r}: one character, and for one label only")
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise ValueError(f"{path}: {name!r}: letters, digits, _ . - make a label's name")
        labels.append(Label(name, definition, colour, key))
    return tuple(labels)
