"""The scheme: every label that an annotation can carry, with its one-line definition. Nothing else names labels."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

SCHEME_VERSION = "cablespan.scheme/1"


class _Defined(StrEnum):
    """A label that knows its definition, and its colour in every view.

    >>> Entity.PLACE.definition
    'a country, city, region, sea or site, also where it stands for a government'
    >>> Entity.PLACE.colour
    '#4ea253'
    """

    definition: str

    def __new__(cls, value: str, definition: str):
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
