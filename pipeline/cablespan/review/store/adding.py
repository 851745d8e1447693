"""Records into tasks.

A paragraph that is known takes the new suggestion, one whose text has changed becomes a new task.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cablespan.cable import PARAGRAPH_FACTS, text_hash
from cablespan.labels import LAYERS, Scheme
from cablespan.review.store.layers import (
    LabelBits,
    checked,
    cut_tokens,
    plain_edges,
    sound_layers,
    uncertainty,
)
from cablespan.review.store.shapes import Layers
from cablespan.review.store.tables import cables, contents, place_of, tasks

SCRAP_WORDS = 6  # a heading or a paragraph of so few words is accepted along with its neighbour


class Row(NamedTuple):
    """A paragraph on its way into the tables."""

    cable: str
    position: int
    paragraph: Mapping[str, Any]
    layers: Layers

    @property
    def id(self) -> str:
        """The paragraph's id."""
        return self.paragraph["id"]

    @property
    def text_hash(self) -> str:
        """The hash of its text."""
        return short_hash(self.paragraph["text"])

    @property
    def scrap(self) -> bool:
        """Whether it is so short that it is accepted along with its neighbour."""
        short = len(self.paragraph["text"].split()) <= SCRAP_WORDS
        return short or self.paragraph.get("kind") == "heading"


def rows_of(record: Mapping[str, Any], scheme: Scheme) -> tuple[list[Row], list[str]]:
    """A record's paragraphs that hold text, and why marks of it cannot be shown."""
    by_paragraph: dict[str, dict[str, list]] = {}
    for layer in LAYERS:
        for mark in record.get(layer) or []:
            marks = by_paragraph.setdefault(mark["paragraph"], {name: [] for name in LAYERS})
            marks[layer].append(mark)
    rows, faults = [], []
    for position, paragraph in enumerate(record["paragraphs"]):
        if not paragraph["text"].strip():
            continue
        layers, left_out = shown_layers(
            paragraph["text"], by_paragraph.pop(paragraph["id"], {}), scheme
        )
        faults += [f"{paragraph['id']}: {fault}; left out" for fault in left_out]
        rows.append(Row(record["id"], position, paragraph, layers))
    for paragraph, marks in by_paragraph.items():
        count = sum(len(layer) for layer in marks.values())
        faults.append(f"{record['id']}: {count} marks of {paragraph}, which it lacks; left out")
    return rows, faults


def shown_layers(text: str, layers: Mapping[str, Any], scheme: Scheme) -> tuple[Layers, list[str]]:
    """What of suggested layers can be shown on whole tokens, and why the rest cannot."""
    sound, faults = sound_layers(text, layers, scheme, suggested=True)
    whole, cut = _on_tokens(text, sound)
    return whole, faults + cut


def answered_layers(text: str, layers: Any, scheme: Scheme) -> Layers:
    """Layers of an answer as they may be stored.

    Raises ValueError as `checked` does, and where a mark cuts a token.
    """
    sound = checked(text, layers, scheme)
    _, cut = _on_tokens(text, sound)
    if cut:
        raise ValueError(cut[0])
    return sound


def _on_tokens(text: str, layers: Layers) -> tuple[Layers, list[str]]:
    """The layers with the marks that lie on whole tokens, and why the others do not."""
    return (layers, []) if plain_edges(text, layers) else cut_tokens(layers, token_edges(text))


def token_edges(text: str) -> list[tuple[int, int]]:
    """The offsets of a text's tokens, those of every task."""
    from cablespan.formats.tasks import tokenize  # late: it brings spaCy

    return [(token.idx, token.idx + len(token)) for token in tokenize(text)]


def add_records(
    db: sa.Connection, records: Iterable[Mapping[str, Any]], scheme: Scheme
) -> tuple[int, list[str]]:
    """Writes the paragraphs of records in the transaction `db`.

    Returns their number and what had to be left out.
    """
    rows, faults, cable_rows = [], [], []
    for record in records:
        facts = {name: record.get(name) or {} for name in ("header", "meta")}
        cable_rows.append({"id": record["id"], **facts})
        of_record, left_out = rows_of(record, scheme)
        rows += of_record
        faults += left_out
    _upsert(db, cables, cable_rows, ("header", "meta"), key="id")
    if rows:
        _add_rows(db, rows, LabelBits(scheme))
    return len(rows), faults


def _add_rows(db: sa.Connection, rows: list[Row], bits: LabelBits) -> None:
    latest = {row.id: row for row in rows}  # a paragraph that stands twice: the last one
    known = _known_tasks(db, latest)
    next_id = (db.scalar(sa.select(sa.func.max(tasks.c.id))) or 0) + 1
    firsts = _first_tasks(db, (row.cable for row in latest.values()))
    task_rows, content_rows = [], []
    for row in latest.values():
        task = known.get((row.id, row.text_hash))
        if task is None:
            task, next_id = next_id, next_id + 1
        task_rows.append(
            {
                "id": task,
                "paragraph": row.id,
                "text_hash": row.text_hash,
                "cable": row.cable,
                "position": row.position,
                "place": place_of(firsts.setdefault(row.cable, task), row.position),
                "labels": bits(row.layers),
                "uncertainty": uncertainty(row.layers),
                "scrap": row.scrap,
                "current": True,
            }
        )
        fields = {key: row.paragraph.get(key) for key in PARAGRAPH_FACTS}
        text = row.paragraph["text"]
        content_rows.append({"task": task, "text": text, "fields": fields, "layers": row.layers})
    changing = ("cable", "position", "place", "labels", "uncertainty", "scrap", "current")
    _upsert(db, tasks, task_rows, changing, key="id")
    _upsert(db, contents, content_rows, ("fields", "layers"), key="task")
    outdated = [
        task for (paragraph, hashed), task in known.items() if hashed != latest[paragraph].text_hash
    ]
    if outdated:
        db.execute(sa.update(tasks).where(tasks.c.id.in_(outdated)).values(current=False))


def put_in_order(db: sa.Connection, cable: str, paragraphs: Iterable[str]) -> None:
    """Gives paragraphs of a cable this order, after those that are not named."""
    first = _first_tasks(db, [cable])[cable]
    columns = (tasks.c.id, tasks.c.paragraph, tasks.c.position)
    query = sa.select(*columns).where(tasks.c.cable == cable, tasks.c.current)
    ranks = {paragraph: rank for rank, paragraph in enumerate(paragraphs)}
    rows = sorted(
        db.execute(query.order_by(tasks.c.place)),
        key=lambda row: ranks.get(row.paragraph, -1),
    )
    for position, row in enumerate(rows):
        if row.position != position:
            facts = {"position": position, "place": place_of(first, position)}
            db.execute(sa.update(tasks).where(tasks.c.id == row.id).values(**facts))


def _first_tasks(db: sa.Connection, of_cables: Iterable[str]) -> dict[str, int]:
    """The task of each cable that was there first, outdated ones too: it is the cable's place."""
    some = tasks.c.cable.in_(set(of_cables))
    query = sa.select(tasks.c.cable, sa.func.min(tasks.c.id)).where(some)
    return {cable: first for cable, first in db.execute(query.group_by(tasks.c.cable))}


def _known_tasks(db: sa.Connection, latest: Mapping[str, Row]) -> dict[tuple[str, str], int]:
    """The tasks of paragraphs that are in the database, by paragraph and hash of the text."""
    known: dict[tuple[str, str], int] = {}
    ids = list(latest)
    for first in range(0, len(ids), 500):
        some = tasks.c.paragraph.in_(ids[first : first + 500])
        query = sa.select(tasks.c.id, tasks.c.paragraph, tasks.c.text_hash).where(some)
        known |= {(paragraph, hashed): task for task, paragraph, hashed in db.execute(query)}
    return known


def _upsert(
    db: sa.Connection, table: sa.Table, rows: list[dict], changing: Iterable[str], *, key: str
) -> None:
    if rows:
        statement = insert(table)
        changes = {column: statement.excluded[column] for column in changing}
        db.execute(statement.on_conflict_do_update([key], set_=changes), rows)


def short_hash(text: str) -> str:
    """What tells a paragraph's texts apart."""
    return text_hash(text)[:16]
