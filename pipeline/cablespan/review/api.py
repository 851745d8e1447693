"""The JSON that the review page and its server talk."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from cablespan.labels import LAYERS, ROLE_KEYS, Certainty, Role
from cablespan.review.lexicon_search import candidates
from cablespan.review.payload import task_payload
from cablespan.review.store import Action, Annotator, Queue, Stale, Store
from cablespan.review.store.shapes import State

T = TypeVar("T")
Arguments = Mapping[str, Any]
_OUTDATED = (
    "A new run changed or dropped the paragraph that you answered. The answer is kept with the "
    "text that you saw; a new text waits in the queue."
)


class Problem(Exception):
    """An answer to the page that something is not possible."""

    def __init__(self, status: int, error: str, **more: Any):
        super().__init__(error)
        self.status, self.body = status, {"error": error, **more}


def _typed(arguments: Arguments, name: str, kind: type[T], otherwise: T | None = None) -> T:
    """An argument of a type, `otherwise` where it is missing. Raises Problem for any other."""
    value = arguments.get(name)
    value = otherwise if value is None else value
    if not isinstance(value, kind):
        raise Problem(422, f"the request does not fit: {name} must be a {kind.__name__}")
    return value


class Api:
    """What the page's script asks for, answered from a store.

    Each method takes the annotator and the arguments of a request.
    """

    def __init__(self, store: Store):
        self.store = store

    def session(self, annotator: Annotator, _arguments: Arguments) -> dict[str, Any]:
        """Who is here, the labels with their definitions, and where things stand."""
        scheme = self.store.scheme
        labels = {layer: [one._asdict() for one in getattr(scheme, layer)] for layer in LAYERS[:2]}
        labels["claims"] = [
            {"name": role, "definition": role.definition, "key": key}
            for role, key in zip(Role, ROLE_KEYS, strict=True)
        ]
        return {
            "annotator": annotator.name,
            "mode": annotator.role,
            "work": self.store.work_of(annotator),
            "overlap": self.store.overlap,
            "layers": self.store.layers,
            "labels": labels,
            "certainties": [{"name": one, "definition": one.definition} for one in Certainty],
            "progress": self.store.progress(annotator),
            "problems": self.store.problems(),
        }

    def next(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """The next task of a queue, None where it is empty."""
        after = int(arguments.get("after") or 0)
        return {
            "task": self._next(annotator, self._queue(arguments), after),
            "progress": self.store.progress(annotator),
        }

    def _next(self, annotator: Annotator, queue: Queue, after: int) -> dict[str, Any] | None:
        task = self.store.next_task(annotator, queue, after=after)
        return self._payload(annotator, task) if task else None

    def _queue(self, arguments: Arguments) -> Queue:
        """What a request asks to see. Raises LookupError for a label of another scheme."""
        label, search = (str(arguments.get(name) or "") or None for name in ("label", "search"))
        if label:
            self.store.bits.bit(label)
        return Queue(order=arguments.get("order") or "order", label=label, search=search)

    def task(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """One task by its `id` or its `paragraph`; `step` -1 or 1.

        The one before or after it that passes the filters. Raises Problem where there is none.
        """
        if arguments.get("paragraph"):
            wanted = self.store.find(arguments["paragraph"])
            if wanted is None:
                raise Problem(404, f"There is no paragraph {arguments['paragraph']}.")
        else:
            wanted = int(arguments["id"])
        if arguments.get("step"):
            step = int(arguments["step"])
            wanted = self.store.step(annotator, wanted, step, self._queue(arguments))
            if wanted is None:
                raise Problem(404, "There is no paragraph further on in this direction.")
        return {"task": self._payload(annotator, wanted)}

    def overview(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """A cable's paragraphs with their states; the first ones of the cables beside it.

        Raises Problem where there is no such cable.
        """
        cable = arguments["cable"]
        paragraphs = self.store.overview(annotator, cable)
        if not paragraphs:
            raise Problem(404, f"There is no cable {cable}.")
        before, after = self.store.neighbouring_cables(cable)
        return {"cable": cable, "paragraphs": paragraphs, "before": before, "after": after}

    def search(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Cables by id and paragraphs by whole words, answered ones as well."""
        words = str(arguments.get("words") or "").strip()
        if not words:
            return {"cables": [], "paragraphs": [], "more": False}
        return {**self.store.search(annotator, words)}

    def lexicon(self, _annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Things of the lexicon that an entity can be linked to, by the beginning of a name."""
        fitting = candidates(str(arguments.get("words") or ""))
        return {"candidates": [candidate._asdict() for candidate in fitting]}

    def corrections(self, annotator: Annotator, _arguments: Arguments) -> dict[str, Any]:
        """The annotator's half-done work that the queue does not lead to."""
        return {"paragraphs": self.store.corrections(annotator)}

    def answer(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Saves an answer; when this returns it is on the disk.

        Returns the next task of the queue along. Raises Problem where another window was first.
        """
        task = int(arguments["task"])
        queue = self._queue(dict(arguments.get("queue") or {}))  # before anything is stored
        try:
            version = self.store.answer(
                annotator,
                task,
                Action(arguments["action"]),
                arguments["layers"],
                uuid=_typed(arguments, "uuid", str),
                version=int(arguments["version"]),
                draft_version=int(arguments.get("draft_version") or 0),
                comment=_typed(arguments, "comment", str, ""),
                flagged=_typed(arguments, "flagged", bool, False),
                edits=_typed(arguments, "edits", list, []),
            )
        except Stale as error:
            raise self._stale(annotator, task) from error
        return {
            "version": version,
            "notice": "" if self.store.is_current(task) else _OUTDATED,
            "next": self._next(annotator, queue, task),
            "progress": self.store.progress(annotator),
        }

    def undo(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Takes the annotator's last answer back. Raises Problem where there is none."""
        task = self.store.undo(annotator, uuid=_typed(arguments, "uuid", str))
        if task is None:
            raise Problem(404, "Nothing is left to undo.")
        return {"task": self._payload(annotator, task), "progress": self.store.progress(annotator)}

    def draft(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Keeps half-done work. Raises Problem where another window was first."""
        task, state = int(arguments["task"]), _typed(arguments, "state", dict)
        _typed(state, "edits", list, [])
        try:
            version = self.store.save_draft(
                annotator,
                task,
                cast(State, state),
                version=int(arguments["version"]),
                draft_version=int(arguments["draft_version"]),
            )
        except Stale as error:
            raise self._stale(annotator, task) from error
        return {"draft_version": version}

    def _payload(self, annotator: Annotator, task: int) -> dict[str, Any]:
        payload = task_payload(self.store, annotator, task)
        if payload is None:
            raise Problem(404, f"There is no task {task}.")
        return payload

    def _stale(self, annotator: Annotator, task: int) -> Problem:
        error = "This paragraph was changed in another tab meanwhile."
        return Problem(409, error, current=self._payload(annotator, task))
