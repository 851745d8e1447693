"""Reviewers' answers in SQLite: tasks, an append-only history of answers, queues with overlap, drafts, sessions.

Every write is one transaction with `synchronous=FULL` in WAL mode: when a method returns, its answer is on the disk. `answers` is
never updated or deleted; an undo is one more row. `standing` says which answer stands now, and can be rebuilt from `answers`.

Layers are the plain record layers of one paragraph, with offsets in its text:
`{"entities": [{"start", "end", "label", ...}], "statements": [...], "claims": [{"source": {"start", "end"} | None, "cue", "content"}]}`.
"""

import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cablespan.review.store.adding import add_records, text_hash
from cablespan.review.store.annotators import Action, Annotator, AnnotatorRole, Stale, pace
from cablespan.review.store.layers import checked, comparable, label_bits, uncertainty
from cablespan.review.store.queue import DRAFT_LEASE_SECONDS, LEASE_SECONDS, beside, lease, waiting
from cablespan.review.store.tables import (
    answers,
    cables,
    contents,
    drafts,
    files,
    leases,
    metadata,
    sessions,
    settings,
    standing,
    tasks,
)

__all__ = ["Action", "Annotator", "AnnotatorRole", "Stale", "Store"]

_NEVER = (float("-inf"), 0)


class Store:
    """The reviewers' database. Safe for several threads and processes; `path` is created where it is missing."""

    def __init__(self, path: Path, *, overlap: int | None = None):
        self.path = Path(path)
        self._writing = threading.Lock()  # threads wait here in turn; SQLite's own waiting polls
        self.engine = sa.create_engine(
            f"sqlite:///{self.path}", connect_args={"timeout": 30, "check_same_thread": False}
        )
        sa.event.listen(self.engine, "connect", _configure)
        sa.event.listen(
            self.engine,
            "begin",
            lambda c: c.exec_driver_sql(c.get_execution_options().get("begin", "BEGIN")),
        )
        with self.write() as db:
            metadata.create_all(db)
        self._counted = _NEVER
        self.overlap = self._set_overlap(overlap)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that nobody else writes in; on the disk when the block is left."""
        with (
            self._writing,
            self.engine.connect().execution_options(begin="BEGIN IMMEDIATE") as db,
            db.begin(),
        ):
            yield db

    def read(self) -> sa.Connection:
        return self.engine.connect()

    def close(self) -> None:
        self.engine.dispose()

    def _set_overlap(self, overlap: int | None) -> int:
        with self.read() as db:
            stored = db.scalar(sa.select(settings.c.value).where(settings.c.name == "overlap"))
        wanted = overlap or stored or 1
        if wanted != stored:
            with self.write() as db:
                db.execute(
                    insert(settings)
                    .values(name="overlap", value=wanted)
                    .on_conflict_do_update(["name"], set_={"value": wanted})
                )
                db.execute(sa.update(tasks).values(open=tasks.c.done < wanted))
        return wanted

    # --- tasks -------------------------------------------------------------------------------------------------------------------

    def file_is_known(self, path: str, fingerprint: str) -> bool:
        with self.read() as db:
            return (
                db.scalar(sa.select(files.c.fingerprint).where(files.c.path == path)) == fingerprint
            )

    def file_done(self, path: str, fingerprint: str, problems: list[str]) -> None:
        values = {"fingerprint": fingerprint, "problems": problems}
        with self.write() as db:
            db.execute(
                insert(files)
                .values(path=path, **values)
                .on_conflict_do_update(["path"], set_=values)
            )

    def add(self, records: Iterable[Mapping[str, Any]]) -> int:
        """Adds the paragraphs of records as tasks, in one transaction; gives the number of paragraphs.

        A paragraph that is there keeps its answers and takes the new suggestion; one whose text has changed becomes a new task.
        """
        with self.write() as db:
            count = add_records(db, records)
        self._counted = _NEVER
        return count

    def find(self, paragraph: str, text: str) -> int | None:
        """The task of a paragraph that has this text."""
        with self.read() as db:
            return db.scalar(
                sa.select(tasks.c.id).where(
                    tasks.c.paragraph == paragraph, tasks.c.text_hash == text_hash(text)
                )
            )

    def suggest(self, task: int, layers: Mapping[str, Any]) -> None:
        """Replaces the suggestion of those layers that are given."""
        with self.write() as db:
            stored = db.scalar(sa.select(contents.c.layers).where(contents.c.task == task)) | layers
            db.execute(sa.update(contents).where(contents.c.task == task).values(layers=stored))
            facts = {"labels": label_bits(stored), "uncertainty": uncertainty(stored)}
            db.execute(sa.update(tasks).where(tasks.c.id == task).values(**facts))

    def task(self, task: int) -> dict[str, Any] | None:
        """A task's row with text, fields, suggested layers, and its cable's header; None where there is none."""
        columns = (
            tasks,
            contents.c.text,
            contents.c.fields,
            contents.c.layers,
            cables.c.header,
            cables.c.meta,
        )
        joined = tasks.join(contents, contents.c.task == tasks.c.id).outerjoin(
            cables, cables.c.id == tasks.c.cable
        )
        with self.read() as db:
            row = (
                db.execute(sa.select(*columns).select_from(joined).where(tasks.c.id == task))
                .mappings()
                .first()
            )
        return dict(row) if row else None

    def neighbours(self, task: Mapping[str, Any], reach: int = 2) -> list[dict[str, Any]]:
        """The paragraphs around a task in its cable: `id`, `position`, `text`, `fields`."""
        columns = (tasks.c.id, tasks.c.position, contents.c.text, contents.c.fields)
        near = tasks.c.position.between(task["position"] - reach, task["position"] + reach)
        query = (
            sa.select(*columns)
            .join(contents, contents.c.task == tasks.c.id)
            .where(tasks.c.cable == task["cable"], near, tasks.c.current)
        )
        with self.read() as db:
            return [
                dict(row)
                for row in db.execute(query.order_by(tasks.c.position)).mappings()
                if row["id"] != task["id"]
            ]

    # --- the queue ---------------------------------------------------------------------------------------------------------------

    def next_task(
        self,
        annotator: Annotator,
        *,
        order: str = "order",
        label: str | None = None,
        search: str | None = None,
        after: int | None = None,
    ) -> int | None:
        """The next task of an annotator's queue, leased to it; None where the queue is empty.

        `order` is "order" (as imported) or "uncertainty" (the least sure first); `label` and `search` narrow it down.
        `after`: go on behind this task, and begin again at the end.
        """
        query = waiting(annotator, self.overlap, order=order, label=label, search=search)
        with self.write() as db:
            found = None
            if after and order == "order" and annotator.role == AnnotatorRole.ANNOTATOR:
                found = db.scalar(query.where(tasks.c.id > after).limit(1))
            if found is None:
                found = db.scalar(query.limit(1))
            if found is not None and annotator.role == AnnotatorRole.ANNOTATOR:
                lease(db, found, annotator.name, LEASE_SECONDS)
        return found

    def step(self, annotator: Annotator, task: int, direction: int) -> int | None:
        """The task before (-1) or behind (+1) a task in the order of import that this annotator may see."""
        with self.read() as db:
            return db.scalar(beside(annotator, task, direction).limit(1))

    # --- answers -----------------------------------------------------------------------------------------------------------------

    def answer(
        self,
        annotator: Annotator,
        task: int,
        action: Action,
        layers: Mapping[str, Any],
        *,
        uuid: str,
        version: int,
        comment: str = "",
        flagged: bool = False,
        edits: Any = None,
        timestamp: float | None = None,
    ) -> int:
        """Appends an answer and gives the task's new version. The same `uuid` again changes nothing and gives the same version.

        `version` is the one that the annotator saw. Raises Stale where it is no longer the task's, ValueError on unsound layers,
        LookupError where there is no such task.
        """
        with self.write() as db:
            done = db.scalar(sa.select(answers.c.seq).where(answers.c.uuid == uuid))
            if done is not None:
                return done
            text = db.scalar(sa.select(contents.c.text).where(contents.c.task == task))
            if text is None:
                raise LookupError(f"there is no task {task}")
            layers = checked(text, layers)
            self._check_version(db, annotator, task, version)
            seq = db.execute(
                sa.insert(answers).values(
                    uuid=uuid,
                    task=task,
                    annotator=annotator.name,
                    role=annotator.role,
                    action=Action(action),
                    layers=layers,
                    comment=comment,
                    flagged=flagged,
                    edits=edits,
                    timestamp=time.time() if timestamp is None else timestamp,
                )
            ).inserted_primary_key[0]
            self._stand(
                db, annotator, task, version=seq, answer=seq, action=action, flagged=flagged
            )
            db.execute(sa.delete(drafts).where(*_mine(drafts, annotator, task)))
            db.execute(
                sa.delete(leases).where(leases.c.task == task, leases.c.annotator == annotator.name)
            )
        return seq

    def undo(self, annotator: Annotator, *, uuid: str) -> int | None:
        """Takes the annotator's last standing answer back and gives its task; the answer comes back as a draft, with its edits.

        None where nothing is left to undo. The same `uuid` again changes nothing.
        """
        with self.write() as db:
            done = db.scalar(sa.select(answers.c.task).where(answers.c.uuid == uuid))
            if done is not None:
                return done
            undone = sa.select(answers.c.undoes).where(answers.c.undoes.is_not(None))
            mine = (answers.c.annotator == annotator.name, answers.c.role == annotator.role)
            query = sa.select(answers).where(
                *mine, answers.c.action != "undo", answers.c.seq.not_in(undone.where(*mine))
            )
            last = db.execute(query.order_by(answers.c.seq.desc()).limit(1)).mappings().first()
            if last is None:
                return None
            seq = db.execute(
                sa.insert(answers).values(
                    uuid=uuid,
                    task=last["task"],
                    annotator=annotator.name,
                    role=annotator.role,
                    action="undo",
                    undoes=last["seq"],
                    timestamp=time.time(),
                )
            ).inserted_primary_key[0]
            earlier = (
                query.where(answers.c.task == last["task"], answers.c.seq != last["seq"])
                .order_by(answers.c.seq.desc())
                .limit(1)
            )
            before = db.execute(earlier).mappings().first() or dict.fromkeys(
                ("seq", "action", "flagged")
            )
            restored = {
                "answer": before["seq"],
                "action": before["action"],
                "flagged": bool(before["flagged"]),
            }
            self._stand(db, annotator, last["task"], version=seq, **restored)
            state = {
                **{key: last[key] for key in ("layers", "comment", "flagged")},
                "edits": last["edits"] or [],
            }
            self._put_draft(db, annotator, last["task"], state, 1)
            if annotator.role == AnnotatorRole.ANNOTATOR:
                lease(db, last["task"], annotator.name, DRAFT_LEASE_SECONDS)
        return last["task"]

    def _check_version(
        self, db: sa.Connection, annotator: Annotator, task: int, version: int
    ) -> None:
        current = (
            db.scalar(sa.select(standing.c.version).where(*_mine(standing, annotator, task))) or 0
        )
        if current != version:
            raise Stale(current)

    def _stand(self, db: sa.Connection, annotator: Annotator, task: int, **values) -> None:
        keys = {"task": task, "annotator": annotator.name, "role": annotator.role}
        db.execute(
            insert(standing).values(**keys, **values).on_conflict_do_update(list(keys), set_=values)
        )
        if annotator.role == AnnotatorRole.ANNOTATOR:
            rows = db.execute(
                sa.select(answers.c.action, answers.c.layers)
                .join(standing, standing.c.answer == answers.c.seq)
                .where(standing.c.task == task, standing.c.role == AnnotatorRole.ANNOTATOR)
            ).all()
            versions = [(row.action, comparable(row.layers)) for row in rows]
            disputed = any(version != versions[0] for version in versions[1:])
            new = {"done": len(rows), "open": len(rows) < self.overlap, "disputed": disputed}
            db.execute(sa.update(tasks).where(tasks.c.id == task).values(**new))

    def view(self, annotator: Annotator, task: int) -> dict[str, Any]:
        """What one annotator has on a task: `version`, standing `answer` (or None), `draft` (or None) with `draft_version`."""
        with self.read() as db:
            stands = (
                db.execute(sa.select(standing).where(*_mine(standing, annotator, task)))
                .mappings()
                .first()
            )
            answer = None
            if stands and stands["answer"]:
                answer = (
                    db.execute(sa.select(answers).where(answers.c.seq == stands["answer"]))
                    .mappings()
                    .first()
                )
            draft = (
                db.execute(sa.select(drafts).where(*_mine(drafts, annotator, task)))
                .mappings()
                .first()
            )
        return {
            "version": stands["version"] if stands else 0,
            "answer": {
                key: answer[key] for key in ("action", "layers", "comment", "flagged", "timestamp")
            }
            if answer
            else None,
            "draft": draft["state"] if draft else None,
            "draft_version": draft["version"] if draft else 0,
        }

    def versions(self, task: int) -> list[dict[str, Any]]:
        """Every annotator's standing answer to a task, for adjudication: `annotator`, `action`, `layers`, `comment`, `flagged`."""
        names = ("annotator", "action", "layers", "comment", "flagged")
        query = (
            sa.select(*(answers.c[name] for name in names))
            .join(standing, standing.c.answer == answers.c.seq)
            .where(standing.c.task == task, standing.c.role == AnnotatorRole.ANNOTATOR)
            .order_by(answers.c.annotator)
        )
        with self.read() as db:
            return [dict(zip(names, row, strict=True)) for row in db.execute(query)]

    def standing_answers(self, role: AnnotatorRole | None = None) -> Iterator[dict[str, Any]]:
        """Every answer that stands, with its task's paragraph, cable, text and fields, in the order of answering."""
        query = (
            sa.select(
                answers,
                tasks.c.paragraph,
                tasks.c.cable,
                contents.c.text,
                contents.c.fields,
                cables.c.header,
                cables.c.meta,
            )
            .join(standing, standing.c.answer == answers.c.seq)
            .join(tasks, tasks.c.id == answers.c.task)
            .join(contents, contents.c.task == answers.c.task)
            .outerjoin(cables, cables.c.id == tasks.c.cable)
            .order_by(answers.c.seq)
        )
        if role:
            query = query.where(standing.c.role == role)
        with self.read().execution_options(yield_per=500) as db:
            for row in db.execute(query).mappings():
                yield dict(row)

    def history(self, task: int) -> list[dict[str, Any]]:
        """Everything that was ever answered to a task, undone answers and undos included."""
        with self.read() as db:
            return [
                dict(row)
                for row in db.execute(
                    sa.select(answers).where(answers.c.task == task).order_by(answers.c.seq)
                ).mappings()
            ]

    # --- drafts, sessions, progress ----------------------------------------------------------------------------------------------

    def save_draft(
        self,
        annotator: Annotator,
        task: int,
        state: Mapping[str, Any],
        *,
        version: int,
        draft_version: int,
    ) -> int:
        """Keeps half-done work and gives the draft's new version; raises Stale where another tab answered or drafted meanwhile."""
        with self.write() as db:
            self._check_version(db, annotator, task, version)
            current = (
                db.scalar(sa.select(drafts.c.version).where(*_mine(drafts, annotator, task))) or 0
            )
            if current != draft_version:
                raise Stale(version)
            self._put_draft(db, annotator, task, state, current + 1)
            if annotator.role == AnnotatorRole.ANNOTATOR:
                lease(db, task, annotator.name, DRAFT_LEASE_SECONDS)
        return current + 1

    def _put_draft(
        self,
        db: sa.Connection,
        annotator: Annotator,
        task: int,
        state: Mapping[str, Any],
        version: int,
    ) -> None:
        keys = {"task": task, "annotator": annotator.name, "role": annotator.role}
        values = {"state": state, "version": version}
        db.execute(
            insert(drafts).values(**keys, **values).on_conflict_do_update(list(keys), set_=values)
        )

    def open_session(self, cookie: str, annotator: str) -> None:
        with self.write() as db:
            db.execute(
                sa.insert(sessions).values(
                    key=_digest(cookie), annotator=annotator, created=time.time()
                )
            )

    def session(self, cookie: str) -> str | None:
        """The annotator's name behind a cookie."""
        with self.read() as db:
            return db.scalar(
                sa.select(sessions.c.annotator).where(sessions.c.key == _digest(cookie))
            )

    def progress(self, annotator: Annotator) -> dict[str, Any]:
        """Where one annotator stands: `done`, of it `accept`, `reject`, `ignore`, `flagged`; `total`; answers `per_hour`."""
        mine = (
            standing.c.annotator == annotator.name,
            standing.c.role == annotator.role,
            standing.c.answer.is_not(None),
        )
        count = sa.func.count()
        recent = sa.select(answers.c.timestamp).where(
            answers.c.annotator == annotator.name, answers.c.role == annotator.role
        )
        with self.read() as db:
            by_action = (
                sa.select(standing.c.action, count, sa.func.sum(standing.c.flagged))
                .where(*mine)
                .group_by(standing.c.action)
            )
            rows = db.execute(by_action).all()
            times = db.scalars(
                recent.where(answers.c.action != "undo").order_by(answers.c.seq.desc()).limit(101)
            ).all()
            if annotator.role == AnnotatorRole.ADJUDICATOR:
                total = db.scalar(
                    sa.select(count).select_from(tasks).where(tasks.c.current, tasks.c.done >= 2)
                )
            else:
                total = self._total(db)
        counts = {action: number for action, number, _ in rows}
        return {
            "total": total,
            "done": sum(counts.values()),
            **{action.value: counts.get(action, 0) for action in Action},
            "flagged": sum(flagged for *_, flagged in rows),
            "per_hour": pace(times),
        }

    def _total(self, db: sa.Connection) -> int:
        """The number of tasks; counting 100,000 takes longer than serving the next one, so it is kept for some seconds."""
        if time.monotonic() - self._counted[0] > 10:
            self._counted = (
                time.monotonic(),
                db.scalar(sa.select(sa.func.count()).select_from(tasks).where(tasks.c.current)),
            )
        return self._counted[1]

    def problems(self) -> list[str]:
        """What could not be read from the input files."""
        with self.read() as db:
            return [
                problem
                for found in db.scalars(sa.select(files.c.problems))
                for problem in found or []
            ]


def _configure(connection, _record) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event begins the transactions
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _mine(table: sa.Table, annotator: Annotator, task: int) -> tuple:
    return table.c.task == task, table.c.annotator == annotator.name, table.c.role == annotator.role


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
