"""A task as the page needs it. Offsets are code points, which only the server's tokens know."""

from typing import Any

from cablespan.cable import PARAGRAPH_FACTS
from cablespan.formats.tasks import tokenize
from cablespan.review.conflicts import agreed_and_conflicts
from cablespan.review.store import Annotator, AnnotatorRole, Store
from cablespan.review.store.layers import labels_of
from cablespan.review.store.shapes import Neighbour

_HEADER_FIELDS = (
    "reference_id",
    "created",
    "classification",
    "from",
    "to",
    "info",
    "subject",
    "tags",
    "references",
    "origin",
)


def task_payload(store: Store, annotator: Annotator, number: int) -> dict[str, Any] | None:
    """What the page shows of a task, None where there is none.

    `tokens` are `[start, end, text, blank follows]`. An adjudicator gets the `versions` of the
    annotators, what they have `agreed` on and their `conflicts`.
    """
    task = store.task(number)
    if task is None:
        return None
    header = task["header"] or {}
    around = store.neighbours(annotator, task)
    payload = {
        "id": number,
        "cable": task["cable"],
        "paragraph": task["paragraph"],
        **task["fields"],
        "uncertainty": task["uncertainty"],
        "header": {key: header.get(key) for key in _HEADER_FIELDS},
        "tokens": tokens_of(task["text"]),
        "suggested": task["layers"],
        "before": [_near(one) for one in around if one["position"] < task["position"]],
        "after": [_near(one) for one in around if one["position"] > task["position"]],
        **store.view(annotator, number),
    }
    if annotator.role == AnnotatorRole.ADJUDICATOR:
        versions = store.versions(number)
        agreed, conflicts = agreed_and_conflicts(versions) if versions else ({}, [])
        payload |= {"versions": versions, "agreed": agreed, "conflicts": conflicts}
    return payload


def tokens_of(text: str) -> list[list[Any]]:
    """The tokens of a text, those of every task: `[start, end, text, blank follows]`."""
    doc = tokenize(text)
    return [
        [token.idx, token.idx + len(token), token.text, bool(token.whitespace_)] for token in doc
    ]


def _near(neighbour: Neighbour) -> dict[str, Any]:
    shown = {key: neighbour["fields"].get(key) for key in PARAGRAPH_FACTS}
    facts = {key: neighbour[key] for key in ("id", "paragraph", "text", "along")}
    return {**facts, **shown, "labels": list(labels_of(neighbour["layers"]))}
