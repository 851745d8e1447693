"""What comes into the reviewers' database: files, the paragraphs of records, suggestions."""

from collections.abc import Iterable, Mapping, Set
from typing import Any

import sqlalchemy as sa

from cablespan.review.store.adding import add_records, put_in_order, short_hash, shown_layers
from cablespan.review.store.layers import uncertainty
from cablespan.review.store.settings import Settings
from cablespan.review.store.tables import contents, current_answers, drafts, files, tasks, upsert


class Incoming(Settings):
    """A database with its settings, and what was taken into it."""

    _counted = float("-inf")  # when the team's progress was counted: what comes in changes it

    def fingerprint(self, path: str) -> str | None:
        """That of a file as it was taken in, None where it was not."""
        with self.read() as db:
            return db.scalar(sa.select(files.c.fingerprint).where(files.c.path == path))

    def file_done(self, path: str, fingerprint: str, problems: list[str]) -> None:
        """Notes that a file was taken in, and what of it could not be."""
        with self.write() as db:
            upsert(db, files, {"path": path}, {"fingerprint": fingerprint, "problems": problems})

    def add(self, records: Iterable[Mapping[str, Any]], problems: list[str] | None = None) -> int:
        """Adds the paragraphs of records as tasks, in one transaction; returns their number.

        A paragraph that is there keeps its answers and takes the new suggestion; one whose text has
        changed becomes a new task. Marks that cannot be shown as they are (out of the text, inside
        a token, of another scheme) are left out and named in `problems`.
        """
        with self.write() as db:
            count, faults = add_records(db, records, self.scheme)
        self._counted = float("-inf")
        if problems is not None:
            problems += faults
        return count

    def retire_others(self, cable: str, paragraphs: Set[str]) -> None:
        """Takes paragraphs that a cable no longer has out of queue and overview.

        Those that somebody answered or began stay.
        """
        of_cable = (tasks.c.cable == cable, tasks.c.current)
        with self.read() as db:
            rows = db.execute(sa.select(tasks.c.id, tasks.c.paragraph).where(*of_cable)).all()
        gone = [row.id for row in rows if row.paragraph not in paragraphs]
        if gone:
            touched = [
                sa.exists().where(table.c.task == tasks.c.id) for table in (current_answers, drafts)
            ]
            untouched = sa.not_(sa.or_(*touched))
            with self.write() as db:
                outdated = sa.update(tasks).where(tasks.c.id.in_(gone), untouched)
                db.execute(outdated.values(current=False))
            self._counted = float("-inf")

    def put_in_order(self, cable: str, paragraphs: Iterable[str]) -> None:
        """Gives paragraphs of a cable this order, after those that are not named."""
        with self.write() as db:
            put_in_order(db, cable, paragraphs)

    def find(self, paragraph: str, text: str | None = None) -> int | None:
        """The task of a paragraph that has this text, or its present text."""
        same = tasks.c.text_hash == short_hash(text) if text is not None else tasks.c.current
        with self.read() as db:
            return db.scalar(sa.select(tasks.c.id).where(tasks.c.paragraph == paragraph, same))

    def suggest(self, task: int, layers: Mapping[str, Any]) -> list[str]:
        """Replaces the suggestion of those layers that are given.

        Returns a sentence for each mark that was left out.
        """
        with self.write() as db:
            row = db.execute(
                sa.select(contents.c.text, contents.c.layers).where(contents.c.task == task)
            ).one()
            shown, faults = shown_layers(row.text, row.layers | layers, self.scheme)
            db.execute(sa.update(contents).where(contents.c.task == task).values(layers=shown))
            facts = {"labels": self.bits(shown), "uncertainty": uncertainty(shown)}
            db.execute(sa.update(tasks).where(tasks.c.id == task).values(**facts))
        return faults
