"""What a review is set to, kept in its database: overlap, layers and labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cablespan.labels import LAYERS, Label, Layer, Scheme, scheme_of
from cablespan.review.store.database import Database
from cablespan.review.store.layers import LabelBits, labels_of, sound_layers
from cablespan.review.store.tables import answers, contents, settings, tasks, upsert


class Settings(Database):
    """A database with its settings.

    `overlap` is the number of annotators of each paragraph, `layers` what they are asked for,
    `scheme` the labels; None: as before, and at first 1, all three, and ours. `id` is this
    database's alone, for good. Raises ValueError for layers or labels that the answers in the
    database do not fit.
    """

    def __init__(
        self,
        path: Path,
        *,
        overlap: int | None = None,
        layers: Sequence[str] | None = None,
        scheme: Scheme | None = None,
    ):
        super().__init__(Path(path))
        with self.read() as db:
            query = sa.select(settings.c.value).where(settings.c.name == "id")
            self.id: str = db.execute(query).scalar_one()
        self.overlap: int = self._setting("overlap", overlap, 1, self._reopen)
        chosen = [layer for layer in LAYERS if layer in layers] if layers else None
        self.layers: list[Layer] = self._setting("layers", chosen, list(LAYERS), self._fit_layers)
        wanted = scheme and _rows_of(scheme)
        stored = self._setting("scheme", wanted, _rows_of(scheme_of()), self._fit_scheme)
        self.scheme = _scheme_of_rows(stored)
        self.bits = LabelBits(self.scheme)

    def _setting(self, name: str, wanted: Any, otherwise: Any, change: Any) -> Any:
        """A setting as it holds from now on.

        `change(db, value)` adapts the database to another one.
        """
        with self.read() as db:
            stored = db.scalar(sa.select(settings.c.value).where(settings.c.name == name))
        if not wanted:
            return stored or otherwise
        if wanted != stored:
            with self.write() as db:
                change(db, wanted)
                upsert(db, settings, {"name": name}, {"value": wanted})
        return wanted

    def _reopen(self, db: sa.Connection, overlap: int) -> None:
        db.execute(sa.update(tasks).values(open=tasks.c.done < overlap))

    def _fit_layers(self, db: sa.Connection, layers: list[Layer]) -> None:
        if db.scalar(sa.select(answers.c.seq).limit(1)) is not None:
            raise ValueError(
                f"{self.path} holds answers to other layers than {', '.join(layers)}: "
                "leave --layers out, or review these layers in a folder of their own"
            )

    def _fit_scheme(self, db: sa.Connection, rows: list[list[list[str]]]) -> None:
        scheme = _scheme_of_rows(rows)
        known = LabelBits(scheme).bits
        for layers in db.scalars(sa.select(answers.c.layers).where(answers.c.layers.is_not(None))):
            lost = next((label for label in labels_of(layers) if label not in known), None)
            if lost:
                raise ValueError(
                    f"{self.path} holds answers with the label {lost}, which --labels lacks: "
                    "add it to the file, or review with these labels in a folder of their own"
                )
        bits = LabelBits(scheme)
        for task, text, layers in db.execute(
            sa.select(contents.c.task, contents.c.text, contents.c.layers)
        ).all():
            sound, _ = sound_layers(text, layers, scheme, suggested=True)
            db.execute(sa.update(contents).where(contents.c.task == task).values(layers=sound))
            db.execute(sa.update(tasks).where(tasks.c.id == task).values(labels=bits(sound)))


def _rows_of(scheme: Scheme) -> list[list[list[str]]]:
    """A scheme as it is stored."""
    return [[list(label) for label in labels] for labels in scheme]


def _scheme_of_rows(rows: list[list[list[str]]]) -> Scheme:
    return Scheme(*(tuple(Label(*row) for row in labels) for labels in rows))
