"""Who answers and what: annotators with their roles, the three answers, their pace."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PAUSE_SECONDS = 300  # a longer gap between two answers is a pause, not work


class Action(StrEnum):
    """What an annotator answers to a task, in Prodigy's words."""

    ACCEPT = "accept"
    REJECT = "reject"
    IGNORE = "ignore"


class AnnotatorRole(StrEnum):
    """Annotators are blind to each other.

    An adjudicator sees every annotator's answers and decides.
    """

    ANNOTATOR = "annotator"
    ADJUDICATOR = "adjudicator"


@dataclass(frozen=True, slots=True)
class Annotator:
    """Who answers, and whether as annotator or as adjudicator."""

    name: str
    role: AnnotatorRole = AnnotatorRole.ANNOTATOR


def sound_name(name: str) -> str:
    """An annotator's name as it is kept: without blanks around it.

    Raises ValueError where it cannot be one.

    >>> sound_name(" ANNA ")
    'ANNA'
    """
    name = name.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise ValueError("A name of 1 to 60 printable characters, please.")
    return name


class Stale(Exception):
    """The task has moved on since the page read it (another tab). `version` is what stands now."""

    def __init__(self, version: int):
        super().__init__(f"the task stands at version {version} by now")
        self.version = version


def pace(times: Sequence[float]) -> float | None:
    """Answers an hour from their times in seconds, newest first; pauses are left out.

    None before the second answer.

    >>> pace([1030, 1020, 1010, 10, 0])
    360.0
    """
    gaps = [
        later - earlier
        for later, earlier in itertools.pairwise(times)
        if 0 < later - earlier < PAUSE_SECONDS
    ]
    return round(3600 * len(gaps) / sum(gaps), 1) if sum(gaps) else None
