"""Reviewers' answers in SQLite.

Tasks, an append-only history of answers, queues with overlap, drafts, sessions. Every write is one
transaction with `synchronous=FULL` in WAL mode: when a method returns, its answer is on the disk.
`answers` is never updated or deleted; an undo is one more row. `current_answers` says which answer
stands now, and can be rebuilt from `answers`.
"""

from cablespan.review.store.annotators import Action, Annotator, AnnotatorRole, Stale
from cablespan.review.store.database import DamagedDatabase
from cablespan.review.store.queue import Queue
from cablespan.review.store.store import Store

__all__ = [
    "Action",
    "Annotator",
    "AnnotatorRole",
    "DamagedDatabase",
    "Queue",
    "Stale",
    "Store",
]
