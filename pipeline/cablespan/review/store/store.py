"""The reviewers' database as the page and the command line use it."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import sqlalchemy as sa

from cablespan.review.store import history, overview
from cablespan.review.store.adding import answered_layers
from cablespan.review.store.annotators import Action, Annotator, AnnotatorRole
from cablespan.review.store.incoming import Incoming
from cablespan.review.store.layers import must_have_labels
from cablespan.review.store.queue import (
    DRAFT_LEASE_SECONDS,
    LEASE_SECONDS,
    Queue,
    beside,
    going_along,
    lease,
    next_waiting,
)
from cablespan.review.store.shapes import (
    CurrentAnswer,
    Found,
    Neighbour,
    Overview,
    Progress,
    State,
    Task,
    Version,
    View,
)
from cablespan.review.store.tables import (
    answers,
    cables,
    contents,
    drafts,
    files,
    leases,
    plain,
    sessions,
    tasks,
)

_PLACE = (tasks.c.id, tasks.c.paragraph, tasks.c.position)
_CONTENTS = (contents.c.text, contents.c.fields, contents.c.layers)
_RECOUNT_SECONDS = 10  # counting 100,000 paragraphs takes longer than serving the next one


class Store(Incoming):
    """The reviewers' database."""

    _team = (0, 0)

    # --- tasks and the queue ---------------------------------------------------------------------

    def task(self, task: int) -> Task | None:
        """A task with text, fields, suggested layers, and its cable's header.

        None where there is none.
        """
        columns = (*_PLACE, tasks.c.cable, tasks.c.uncertainty, tasks.c.disputed, *_CONTENTS)
        query = (
            sa.select(*columns, cables.c.header, cables.c.meta)
            .join(contents, contents.c.task == tasks.c.id)
            .outerjoin(cables, cables.c.id == tasks.c.cable)
            .where(tasks.c.id == task)
        )
        with self.read() as db:
            row = db.execute(query).mappings().first()
        return cast(Task, plain(row)) if row else None

    def neighbours(self, annotator: Annotator, task: Task, reach: int = 2) -> list[Neighbour]:
        """The paragraphs around a task in its cable, and those that are accepted along with it."""
        with self.read() as db:
            along = set(going_along(db, annotator, self.overlap, task["id"]))
            near = tasks.c.position.between(task["position"] - reach, task["position"] + reach)
            query = (
                sa.select(*_PLACE, *_CONTENTS)
                .join(contents, contents.c.task == tasks.c.id)
                .where(tasks.c.cable == task["cable"], tasks.c.current)
                .where(sa.or_(near, tasks.c.id.in_(along)), tasks.c.id != task["id"])
                .order_by(tasks.c.position)
            )
            rows = db.execute(query).mappings()
            return [cast(Neighbour, {**plain(row), "along": row["id"] in along}) for row in rows]

    def next_task(
        self, annotator: Annotator, queue: Queue | None = None, *, after: int | None = None
    ) -> int | None:
        """The next task of an annotator's queue, leased to it; None where the queue is empty.

        `after`: go on after this task, and begin again at the end.
        """
        with self.write() as db:
            task = next_waiting(db, annotator, self.overlap, queue or Queue(), self.bits, after)
            if task is not None and annotator.role == AnnotatorRole.ANNOTATOR:
                lease(db, task, annotator.name, LEASE_SECONDS)
        return task

    def step(
        self, annotator: Annotator, task: int, direction: int, queue: Queue | None = None
    ) -> int | None:
        """The task before (-1) or after (+1) a task that passes the queue's filters."""
        conditions = (queue or Queue()).filters(annotator, self.bits)
        with self.read() as db:
            return db.scalar(beside(annotator, task, direction, conditions).limit(1))

    # --- answers ---------------------------------------------------------------------------------

    def answer(
        self,
        annotator: Annotator,
        task: int,
        action: Action,
        layers: Mapping[str, Any],
        *,
        uuid: str,
        version: int,
        draft_version: int | None = None,
        comment: str = "",
        flagged: bool = False,
        edits: Any = None,
        timestamp: float | None = None,
    ) -> int:
        """Appends an answer and returns the task's new version.

        The same `uuid` again changes nothing and returns the same version. What is accepted takes
        the headings and scraps beside it along. `version` and `draft_version` are those that the
        annotator saw (None: the answer was not given on the page); the draft goes. Raises Stale
        where they are no longer the task's, ValueError on unsound layers, LookupError where there
        is no such task.
        """
        with self.write() as db:
            done = db.scalar(sa.select(answers.c.seq).where(answers.c.uuid == uuid))
            if done is not None:
                return done
            sound = answered_layers(_text_of(db, task), layers, self.scheme)
            history.check_version(db, annotator, task, version)
            if draft_version is not None:
                history.check_draft_version(db, annotator, task, draft_version)
            if Action(action) == Action.ACCEPT and timestamp is None:
                self._accept_along(db, annotator, task, uuid)
            values = {"layers": sound, "comment": comment, "flagged": flagged, "edits": edits}
            return self._append(
                db, annotator, task, Action(action), uuid=uuid, timestamp=timestamp, **values
            )

    def _append(
        self, db: sa.Connection, annotator: Annotator, task: int, action: Action, **values: Any
    ) -> int:
        seq = history.append(db, annotator, task, action, **values)
        answer = {"seq": seq, "action": action, "flagged": values["flagged"]}
        self._set_current(db, annotator, task, version=seq, answer=answer)
        history.drop_draft(db, annotator, task)
        mine = (leases.c.task == task, leases.c.annotator == annotator.name)
        db.execute(sa.delete(leases).where(*mine))
        return seq

    def _accept_along(self, db: sa.Connection, annotator: Annotator, task: int, uuid: str) -> None:
        for scrap in going_along(db, annotator, self.overlap, task):
            view = history.view_of(db, annotator, scrap)
            query = sa.select(contents.c.layers).where(contents.c.task == scrap)
            layers = db.execute(query).scalar_one()
            labelled = all(statement["label"] for statement in layers["statements"])
            complete = labelled and (layers["statements"] or "statements" not in self.layers)
            if view["draft"] is None and complete:
                facts = {"layers": layers, "comment": "", "flagged": False}
                self._append(db, annotator, scrap, Action.ACCEPT, uuid=f"{uuid}/{scrap}", **facts)

    def undo(self, annotator: Annotator, *, uuid: str) -> int | None:
        """Takes the annotator's last answer back as a draft, with what went along.

        An open correction of it stays in the draft. Returns its task, None where nothing is left to
        undo. The same `uuid` again changes nothing.
        """
        with self.write() as db:
            done = db.scalar(sa.select(answers.c.task).where(answers.c.uuid == uuid))
            if done is not None:
                return done
            last = history.last_answer(db, annotator)
            if last is None:
                return None
            view = history.view_of(db, annotator, last["task"])
            version = self._undo(db, annotator, last, uuid)
            state = _taken_back(last, view["draft"])
            history.put_draft(db, annotator, last["task"], state, view["draft_version"] + 1)
            if annotator.role == AnnotatorRole.ANNOTATOR:
                lease(db, last["task"], annotator.name, DRAFT_LEASE_SECONDS)
            along = sa.select(answers).where(answers.c.uuid.startswith(f"{last['uuid']}/"))
            for answer in db.execute(along.where(answers.c.seq < version)).mappings().all():
                current = history.last_answer(db, annotator, task=answer["task"])
                if current and current["seq"] == answer["seq"]:
                    self._undo(db, annotator, answer, f"{uuid}/{answer['task']}")
        return last["task"]

    def _undo(
        self, db: sa.Connection, annotator: Annotator, answer: sa.RowMapping, uuid: str
    ) -> int:
        task = answer["task"]
        version = history.append(db, annotator, task, "undo", uuid=uuid, undoes=answer["seq"])
        before = history.last_answer(db, annotator, task=task)
        self._set_current(db, annotator, task, version=version, answer=before)
        return version

    def _set_current(
        self, db: sa.Connection, annotator: Annotator, task: int, **values: Any
    ) -> None:
        waited = db.execute(sa.select(tasks.c.open).where(tasks.c.id == task)).scalar_one()
        waits = history.set_current(db, annotator, task, self.overlap, **values)
        if annotator.role == AnnotatorRole.ANNOTATOR:
            total, finished = self._team
            self._team = (total, finished + waited - waits)

    def view(self, annotator: Annotator, task: int) -> View:
        """What one annotator has on a task."""
        with self.read() as db:
            return history.view_of(db, annotator, task)

    def versions(self, task: int) -> list[Version]:
        """Every annotator's current answer to a task, for adjudication."""
        with self.read() as db:
            return history.versions_of(db, task)

    def current_answers(self, role: AnnotatorRole | None = None) -> Iterator[CurrentAnswer]:
        """Every answer that stands, with its paragraph, in the order of the paragraphs."""
        with self.read().execution_options(yield_per=500) as db:
            yield from history.all_current(db, role)

    def was_answered(self, role: AnnotatorRole) -> bool:
        """Whether anybody of this role ever answered, be it taken back since."""
        query = sa.select(answers.c.seq).where(answers.c.role == role)
        with self.read() as db:
            return db.scalar(query.limit(1)) is not None

    # --- drafts, sessions, overview --------------------------------------------------------------

    def save_draft(
        self, annotator: Annotator, task: int, state: State, *, version: int, draft_version: int
    ) -> int:
        """Keeps half-done work and returns the draft's new version.

        Raises Stale where another tab answered or drafted meanwhile, LookupError where there is no
        such task, ValueError for layers without labels. Of an answered task, work without an edit
        is the answer itself: no draft is kept then, and the version is 0.
        """
        must_have_labels(state.get("layers") or {})
        with self.write() as db:
            _text_of(db, task)
            history.check_version(db, annotator, task, version)
            history.check_draft_version(db, annotator, task, draft_version)
            view = history.view_of(db, annotator, task)
            if view["answer"] and not state.get("edits"):
                history.drop_draft(db, annotator, task)
                return 0
            history.put_draft(db, annotator, task, state, draft_version + 1)
            if annotator.role == AnnotatorRole.ANNOTATOR:
                lease(db, task, annotator.name, DRAFT_LEASE_SECONDS)
        return draft_version + 1

    def corrections(self, annotator: Annotator | None = None) -> list[dict[str, Any]]:
        """The rows of `history.corrections`, of one annotator or of all."""
        query = history.corrections(annotator.role if annotator else None)
        if annotator:
            query = query.where(drafts.c.annotator == annotator.name)
        with self.read() as db:
            return [plain(row) for row in db.execute(query).mappings()]

    def problems(self) -> list[str]:
        """What could not be read from the input files, and half-done work on outdated texts."""
        with self.read() as db:
            told = [
                problem
                for of_file in db.scalars(sa.select(files.c.problems))
                for problem in of_file
            ]
        return told + [
            f"{draft['paragraph']}: a new run changed the text that {draft['annotator']} had "
            "begun; the work is kept among the corrections that are open"
            for draft in self.corrections()
            if not draft["current"]
        ]

    def is_current(self, task: int) -> bool:
        """Whether a task is of its paragraph's present text."""
        with self.read() as db:
            return bool(db.scalar(sa.select(tasks.c.current).where(tasks.c.id == task)))

    def work_of(self, annotator: Annotator) -> str:
        """What an annotator's work in this database is told by from all other work."""
        return _digest(f"{self.id}/{annotator.role}/{annotator.name}")

    def open_session(self, cookie: str, annotator: str) -> None:
        """Lets a visitor be known by a cookie."""
        row = {"key": _digest(cookie), "annotator": annotator, "created": time.time()}
        with self.write() as db:
            db.execute(sa.insert(sessions).values(row))

    def session(self, cookie: str) -> tuple[str, float] | None:
        """The annotator's name for a cookie, and since when it holds."""
        query = sa.select(sessions.c.annotator, sessions.c.created)
        with self.read() as db:
            row = db.execute(query.where(sessions.c.key == _digest(cookie))).first()
        return (row.annotator, row.created) if row else None

    def overview(self, annotator: Annotator, cable: str) -> list[Overview]:
        """The paragraphs of a cable as one annotator has them."""
        with self.read() as db:
            return overview.paragraphs(db, annotator, [tasks.c.cable == cable])

    def neighbouring_cables(self, cable: str) -> tuple[int | None, int | None]:
        """The first tasks of the cables before and after a cable, in the order of import."""
        with self.read() as db:
            before, after = overview.neighbouring_cables(db, cable)
        return before, after

    def search(self, annotator: Annotator, words: str) -> Found:
        """Cables by their id and paragraphs by whole words, whether answered or not."""
        with self.read() as db:
            return overview.found(db, annotator, words)

    def progress(self, annotator: Annotator) -> Progress:
        """Where one annotator stands, and the team."""
        with self.read() as db:
            own = overview.own_progress(db, annotator)
            if annotator.role == AnnotatorRole.ADJUDICATOR:
                total, finished = overview.adjudicated_by_the_team(db)
            else:
                if time.monotonic() - self._counted > _RECOUNT_SECONDS:
                    self._team = overview.annotated_by_the_team(db)
                    self._counted = time.monotonic()
                total, finished = self._team
        return {"total": total, "finished": finished, **own}


def _text_of(db: sa.Connection, task: int) -> str:
    """The text of a task. Raises LookupError where there is no such task."""
    text = db.scalar(sa.select(contents.c.text).where(contents.c.task == task))
    if text is None:
        raise LookupError(f"there is no task {task}")
    return text


def _taken_back(answer: sa.RowMapping, correction: State | None) -> State:
    """An answer as half-done work, with the edits of an open correction after its own."""
    edits = answer["edits"] or []
    if correction and correction.get("edits"):
        return {**correction, "edits": [*edits, *correction["edits"]]}
    facts = {name: answer[name] for name in ("layers", "comment", "flagged", "action")}
    return cast(State, {**facts, "edits": edits})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
