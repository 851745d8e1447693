"""The shapes of what the store takes and returns.

Offsets are code points in the paragraph's text, ends exclusive.
"""

from typing import Any, Literal, NotRequired, TypedDict

ClaimPart = Literal["source", "cue", "content"]


class Place(TypedDict):
    """Characters `start:end` of a paragraph."""

    start: int
    end: int


class Mark(Place):
    """An entity or a statement."""

    label: str | None
    kb_id: NotRequired[str | None]
    cluster: NotRequired[int | None]
    score: NotRequired[float | None]


class Claim(TypedDict):
    """Who says what, by which words."""

    source: Place | None
    cue: Place | None
    content: Place
    speaker: int | str | None
    certainty: str | None


class Layers(TypedDict, total=False):
    """The annotation of one paragraph."""

    entities: list[Mark]
    statements: list[Mark]
    claims: list[Claim]


class State(TypedDict, total=False):
    """Work on a paragraph that is not answered yet, as the page keeps it."""

    layers: Layers
    comment: str
    flagged: bool
    edits: list[dict[str, Any]]
    undone: list[dict[str, Any]]
    settled: list[str]
    action: str


class Answer(TypedDict):
    """One annotator's answer that stands."""

    action: str
    layers: Layers
    comment: str
    flagged: bool
    timestamp: float


class Version(TypedDict):
    """One annotator's answer as an adjudicator sees it."""

    annotator: str
    action: str
    layers: Layers
    comment: str
    flagged: bool


class View(TypedDict):
    """What one annotator has on a task.

    `version` and `draft_version` are 0 where there is nothing.
    """

    version: int
    answer: Answer | None
    draft: State | None
    draft_version: int


class Task(TypedDict):
    """A paragraph with its suggestion, and its cable's header."""

    id: int
    paragraph: str
    cable: str
    position: int
    uncertainty: float
    disputed: bool
    text: str
    fields: dict[str, Any]
    layers: Layers
    header: dict[str, Any] | None
    meta: dict[str, Any] | None


class Neighbour(TypedDict):
    """A paragraph near another one; `along`: it is accepted along with that."""

    id: int
    paragraph: str
    position: int
    text: str
    fields: dict[str, Any]
    layers: Layers
    along: bool


class OwnProgress(TypedDict):
    """How much one annotator has answered, in all (`done`) and by action.

    `corrections` are not answered yet; `per_hour` is None while nobody can tell.
    """

    done: int
    accept: int
    reject: int
    ignore: int
    flagged: int
    corrections: int
    per_hour: float | None


class Progress(OwnProgress):
    """Where one annotator stands and the team (`finished` of `total`)."""

    total: int
    finished: int


class Overview(TypedDict):
    """A paragraph in the overview of its cable."""

    id: int
    paragraph: str
    cable: str
    number: int | None
    marking: str | None
    section: str | None
    kind: str | None
    text: str
    state: str
    flagged: bool
    commented: bool
    labels: dict[str, int]


class Found(TypedDict):
    """What a search brings; `more`: there is more than this."""

    cables: list[dict[str, str | None]]
    paragraphs: list[Overview]
    more: bool


class CurrentAnswer(Answer):
    """An answer with its annotator and the paragraph that it is about."""

    annotator: str
    role: str
    paragraph: str
    cable: str
    text: str
    fields: dict[str, Any]
    header: dict[str, Any] | None
    meta: dict[str, Any] | None
