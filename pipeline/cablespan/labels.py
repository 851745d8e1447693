"""The scheme: every label that an annotation can carry, with its one-line definition. Nothing else
names labels."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

SCHEME_VERSION = "cablespan.scheme/1"
# Where a run leaves the labels of its records, if they are not ours.
LABELS_FILE = "labels.json"
# What is annotated, and what a record calls its lists of it.
Layer = Literal["entities", "statements", "claims"]
LAYERS: tuple[Layer, ...] = get_args(Layer)


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
    """The labels of names, times and sums in the text; marks of them lie flat."""

    AGENCY = (
        "AGENCY",
        "a body of a state: government as an actor, ministry, committee, "
        "police, court, armed service, mission, the sender's own post",
    )
    PLACE = "PLACE", "a country, city, region, sea or site, also where it stands for a government"
    OFFICIAL = (
        "OFFICIAL",
        "one individual who holds or held public office, "
        "named or known by the office alone; the title belongs to the span",
    )
    PERSON = "PERSON", "a named individual with no known public office"
    ORG = (
        "ORG",
        "a named organisation that is no body of a state: "
        "intergovernmental, party, company, medium, armed group",
    )
    LAW = (
        "LAW",
        "a law, treaty, agreement, resolution, "
        "decree or official list, named or pointed at as one thing",
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


# As the keys of a claim in records and tasks.
ROLES = tuple(role.lower() for role in Role)


class Certainty(_Defined):
    """How far the source of a claim stands for its content."""

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


# Keys of the review page, in the order in which labels get them; no action of the page has one.
ENTITY_KEYS = "1234567890-="
STATEMENT_KEYS = "qwertyuQWERTYU"
ROLE_KEYS = "sdf"
_PALETTE = ("#3a75bf", "#4ea253", "#8059bb", "#d06b9e", "#41b0bc", "#a16d40", "#c4b345", "#c35045")


class Label(NamedTuple):
    """One label of a scheme: its name, its one-line definition, `#rrggbb`, and its key on the
    review page ("": none)."""

    name: str
    definition: str
    colour: str
    key: str


class Scheme(NamedTuple):
    """The entity and statement labels of a project, in their order: ours, or those of a file.

    >>> scheme_of().names("statements")[:2]
    ('ADMIN', 'REQUEST')
    >>> scheme_of().layer_of("CUE")
    'claims'
    """

    entities: tuple[Label, ...]
    statements: tuple[Label, ...]

    def names(self, layer: str) -> tuple[str, ...]:
        """The labels of a layer; the roles of claims are the same in every scheme."""
        if layer == "claims":
            return tuple(Role)
        return tuple(label.name for label in getattr(self, layer))

    def layer_of(self, label: str | None) -> str | None:
        """The layer that a label belongs to; None where the scheme has not got it.

        >>> scheme_of().layer_of("PLACE"), scheme_of().layer_of("COLOUR")
        ('entities', None)
        """
        layers = (*self._fields, "claims")
        return next((layer for layer in layers if label in self.names(layer)), None)

    def with_found(self, entities: Iterable[str], statements: Iterable[str]) -> "Scheme":
        """The scheme, and after its labels those that annotations bear besides.

        >>> scheme_of().with_found(["LAW", "VESSEL"], []).names("entities")[-2:]
        ('CABLE_REF', 'VESSEL')
        """
        entity_labels = _with_found(self.entities, entities)
        return Scheme(entity_labels, _with_found(self.statements, statements))

    def colours(self) -> dict[str, str]:
        """The colour of each label."""
        return {label.name: label.colour for label in (*self.entities, *self.statements)}

    def style_sheet(self) -> str:
        """The colours for pages: our variables, and `--colour` where `data-label` names a label."""
        rules = [
            f'[data-label="{name}"] {{ --colour: {colour}; }}'
            for name, colour in self.colours().items()
        ]
        return "\n".join([f":root {{ {colour_variables()} }}", *rules])

    def tables(self) -> dict[str, dict[str, dict[str, str]]]:
        """The scheme as a file holds it (JSON): `scheme_of` and `scheme_of_tables` read it."""
        return {
            layer: {
                label.name: {
                    "definition": label.definition,
                    "colour": label.colour,
                    "key": label.key,
                }
                for label in getattr(self, layer)
            }
            for layer in self._fields
        }


def scheme_of(path: Path | None = None, ours: Scheme | None = None) -> Scheme:
    """The scheme of a TOML or JSON file; without one, `ours`: another project's, or this module's.

    The file holds a table for each label, `[entities.VESSEL]` or `[statements.WARNING]`, with
    `definition`, `colour` ("#rrggbb") and `key` (one character), each of which may be missing. A
    layer that the file does not name keeps our labels; with `extend = true` above the tables, the
    labels of the file come after ours instead of in their place, and one that names a label of
    ours changes what it says of it.
    Raises ValueError that names the file, the label and the remedy.
    """
    if path is None and ours is not None:
        return ours
    return scheme_of_tables(_parsed(path) if path else {}, str(path), ours)


def scheme_beside(paths: Iterable[Path], labels: Path | None = None) -> Scheme:
    """The scheme of `labels`, else of the labels.json beside the paths, else ours.

    Raises ValueError as `scheme_of` does.
    """
    return scheme_of(labels or labels_beside(paths))


def labels_beside(paths: Iterable[Path]) -> Path | None:
    """The labels.json that a run or an export of answers left in one of these folders, or beside a
    file; None where the labels are ours. Another tool's file of that name is passed over."""
    beside = ((path if path.is_dir() else path.parent) / LABELS_FILE for path in paths)
    return next((path for path in beside if path.is_file() and _holds_layers(path)), None)


def _holds_layers(path: Path) -> bool:
    try:
        tables = _parsed(path)
    except ValueError:
        return False
    return any(_is_table_of_tables(tables.get(layer)) for layer in Scheme._fields)


def scheme_of_tables(tables: Mapping[str, Any], place: str, ours: Scheme | None = None) -> Scheme:
    """The scheme of a labels file's content; `place` is what an error calls it.

    >>> tables = {"extend": True, "entities": {"VESSEL": {"definition": "a ship"}}}
    >>> scheme_of_tables(tables, "labels.toml").names("entities")[-2:]
    ('CABLE_REF', 'VESSEL')
    """
    layers = dict(tables)
    extends = layers.pop("extend", False)
    if not isinstance(extends, bool):
        raise ValueError(f"{place}: extend {extends!r} is no yes or no: write true or false")
    unknown = sorted(set(layers) - set(Scheme._fields))
    if unknown:
        raise ValueError(f"{place}: {unknown[0]} is no layer: use entities and statements")
    for layer, rows in layers.items():
        if not _is_table_of_tables(rows):
            raise ValueError(f"{place}: {layer} holds no labels: write [{layer}.NAME] for each")
        _check_facts(rows, place)
    known = ours.tables() if ours else {"entities": _rows(Entity), "statements": _rows(Statement)}
    wanted = [key for rows in layers.values() for row in rows.values() if (key := row.get("key"))]

    def labels(layer: str, keys: str) -> tuple[Label, ...]:
        rows = layers.get(layer, {})
        kept = _without_keys(wanted, known[layer] if extends or not rows else {})
        changed = {name: kept.get(name, {}) | row for name, row in rows.items()}
        return _labels(place, kept | changed, keys, wanted)

    scheme = Scheme(labels("entities", ENTITY_KEYS), labels("statements", STATEMENT_KEYS))
    names = [*scheme.names("entities"), *scheme.names("statements"), *Role]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{place}: {name} is a label of two layers: name one of them anew")
    return scheme


def _with_found(labels: tuple[Label, ...], found: Iterable[str]) -> tuple[Label, ...]:
    new = in_order(set(found) - {label.name for label in labels})
    return labels + tuple(
        Label(name, "", _PALETTE[number % len(_PALETTE)], "")
        for number, name in enumerate(new, len(labels))
    )


def in_order(labels: Iterable[str]) -> list[str]:
    """Labels without repetition: ours in the scheme's order, then others by the alphabet.

    >>> in_order(["VESSEL", "LAW", "PLACE", "LAW"])
    ['PLACE', 'LAW', 'VESSEL']
    """
    ours = {str(label): number for number, label in enumerate([*Entity, *Statement])}
    return sorted(set(labels), key=lambda label: (ours.get(label, len(ours)), label))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        tables = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise ValueError(f"{path}: neither TOML nor JSON: {error}") from None
    if not isinstance(tables, dict):
        raise ValueError(f"{path}: holds no labels: write a table entities or statements")
    return tables


def _is_table_of_tables(rows: Any) -> bool:
    return isinstance(rows, dict) and bool(rows) and all(isinstance(r, dict) for r in rows.values())


def _check_facts(rows: Mapping[str, Mapping[str, Any]], place: str) -> None:
    """Raises ValueError for what is no fact of a label, and what should be a string and is none:
    `key = 1`."""
    facts = ("definition", "colour", "key")
    for name, row in rows.items():
        for fact, value in row.items():
            if fact not in facts:
                what = f"{fact} is no fact of a label"
                raise ValueError(f"{place}: {name}: {what}: use {', '.join(facts)}")
            if not isinstance(value, str | None):
                what = f"{fact} {value!r} is no text"
                raise ValueError(f"{place}: {name}: {what}: write it in quotes")


def _rows(labels: type[_Defined]) -> dict[str, dict[str, str]]:
    """Labels of ours as a file would hold them."""
    return {str(one): {"definition": one.definition, "colour": one.colour} for one in labels}


def _without_keys(
    wanted: Sequence[str], kept: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """The labels that are kept; keys that new ones ask for are free."""
    return {
        name: {fact: value for fact, value in row.items() if fact != "key" or value not in wanted}
        for name, row in kept.items()
    }


def _labels(
    place: str, rows: Mapping[str, Mapping[str, str]], keys: str, wanted: Sequence[str]
) -> tuple[Label, ...]:
    """The labels of one layer, with a free key and a colour where the file names none.

    `wanted`: the keys that the file names, in both layers.
    """
    taken = {*wanted, *(row.get("key") for row in rows.values())}
    free = iter([key for key in keys if key not in taken])
    labels = []
    for number, (name, row) in enumerate(rows.items()):
        colour = row.get("colour") or _PALETTE[number % len(_PALETTE)]
        key = row.get("key") or next(free, "")
        label = Label(name, row.get("definition") or "", colour, key)
        _check(label, place, wanted)
        labels.append(label)
    return tuple(labels)


def _check(label: Label, place: str, wanted: Sequence[str]) -> None:
    """Raises ValueError for a colour, a key or a name that no label can have."""
    name, _, colour, key = label
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValueError(f'{place}: {name}: {colour!r} is no colour: write "#rrggbb"')
    if len(key) > 1 or wanted.count(key) > 1:
        raise ValueError(f"{place}: {name}: key {key!r}: one character, and for one label only")
    if key and key in ROLE_KEYS:
        raise ValueError(f"{place}: {name}: key {key!r} marks a part of a claim: take another")
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise ValueError(f"{place}: {name!r}: letters, digits, _ . - make a label's name")
