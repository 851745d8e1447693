"""What a run says while it works, on standard error: a bar on a terminal, a plain line now and then
elsewhere.
"""

import time
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cablespan.runs.batch.manifest import Counts
from cablespan.runs.batch.worker import InHand

EVERY = 30.0  # seconds between plain lines
SURE = 3.0  # seconds of work before the time left is told


class Done(NamedTuple):
    """What is done, with what of the shards in hand is done; `size` in bytes of the inputs."""

    cables: int
    words: int
    size: float


class Reporter:
    """Cables and words a second, rejects, time left.

    `total` is the size in bytes of what is to be done, None where it is unknown.
    """

    def __init__(self, total: int | None, done: Counts):
        self.console = Console(stderr=True, highlight=False)
        self.total = total
        self.cables, self.words = done.get("cables", 0), done.get("words", 0)
        self.rejects = done.get("rejects", 0)
        self.size = 0
        self.hand: list[InHand] = []
        self.begin = self.said = time.monotonic()
        self.started: float | None = None
        self.at_start = self.done()
        self.bar: Progress | None = None

    def __enter__(self) -> "Reporter":
        if self.console.is_terminal:
            columns = (
                TextColumn("annotating"),
                BarColumn(),
                TextColumn("{task.fields[state]}"),
                TimeElapsedColumn(),
            )
            self.bar = Progress(
                *columns, console=self.console, transient=True, refresh_per_second=4
            )
            self.task = self.bar.add_task("", total=self.total, state="starting")
            self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar:
            self.bar.stop()

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.begin

    @property
    def working(self) -> float | None:
        """Seconds since the first cables were done: without what it takes to load the model."""
        return None if self.started is None else time.monotonic() - self.started

    def in_hand(self, hand: list[InHand]) -> None:
        """What the workers are doing."""
        self.hand = hand
        self._say()

    def shard(self, counts: Counts, size: int) -> None:
        """A shard is done; `size` is how much of the inputs it stood for, about."""
        self.cables += counts["cables"]
        self.words += counts["words"]
        self.rejects += counts["rejects"]
        self.size += size
        self._say()

    def done(self) -> Done:
        """What is done, with what the workers have told of the shards in their hands."""
        return Done(
            cables=self.cables + sum(work.items for work in self.hand),
            words=self.words + sum(work.words for work in self.hand),
            size=self.size + sum(work.size * work.items / work.of for work in self.hand if work.of),
        )

    def _say(self) -> None:
        if self.started is None and self.done() > self.at_start:
            self.started, self.at_start = time.monotonic(), self.done()
        if self.bar:
            self.bar.update(self.task, completed=self.size, state=self.state())
        elif time.monotonic() - self.said >= EVERY:
            self.said = time.monotonic()
            self.console.print(self.state(), soft_wrap=True)

    def state(self) -> str:
        """What is done, at which rate once started, what is left, in words."""
        if self.working is None:
            return "starting"
        done, seconds = self.done(), max(self.working, 1e-3)
        cable_rate = (done.cables - self.at_start.cables) / seconds
        word_rate = (done.words - self.at_start.words) / seconds
        left = "".join(f"{_told(left)} left, " for left in [self.left()] if left is not None)
        rates = f"{cable_rate:,.1f} cables/s, {word_rate:,.0f} words/s, " if word_rate else ""
        return f"{done.cables:,} cables, {rates}{left}{self.rejects:,} rejects"

    def left(self) -> float | None:
        """Seconds that are left at the rate since the first cables: neither loading the model nor
        what had been done by then counts. None while nobody can tell.
        """
        size = self.done().size
        progress = size - self.at_start.size
        if not self.total or not self.working or self.working < SURE or progress <= 0:
            return None
        return self.working * max(0.0, self.total - size) / progress or None

    def say(self, text: str) -> None:
        """Prints a line."""
        self.console.print(text, soft_wrap=True, markup=False)

    def table(self, title: str, rows: dict[str, str]) -> None:
        """Prints the table at a run's end."""
        table = Table(
            title=title, title_justify="left", show_header=False, box=None, pad_edge=False
        )
        for name, value in rows.items():
            table.add_row(name, value)
        self.console.print(table)


def _told(seconds: float) -> str:
    """A time in words.

    >>> _told(9), _told(600), _told(9000)
    ('9 s', 'about 10 min', 'about 2.5 h')
    """
    if seconds > 5400:
        return f"about {seconds / 3600:.1f} h"
    return f"about {seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"
