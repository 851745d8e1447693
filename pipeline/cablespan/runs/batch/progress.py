"""What a run says while it works, on standard error: a bar on a terminal, a plain line now and then elsewhere."""

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

EVERY = 30.0  # seconds between plain lines


class Reporter:
    """Cables and words a second, rejects, time left. `total` is the size in bytes of what is to be done, None where it is unknown."""

    def __init__(self, total: int | None, done: dict[str, Any]):
        self.console = Console(stderr=True, highlight=False)
        self.total = total
        self.cables, self.words, self.rejects = (
            done.get("cables", 0),
            done.get("words", 0),
            done.get("rejects", 0),
        )
        self.size = 0
        self.before = (self.cables, self.words)
        self.hand: dict[int, tuple[int, int]] = {}
        self.begin = self.said = time.monotonic()
        self.started: float | None = None
        self.bar = None

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

    def __exit__(self, *error: Any) -> None:
        if self.bar:
            self.bar.stop()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begin

    @property
    def working(self) -> float | None:
        """Seconds since the first cable was done: without what it takes to load the model."""
        return None if self.started is None else time.monotonic() - self.started

    def in_hand(self, hand: dict[int, tuple[int, int]]) -> None:
        """Items and words of the shards that are being done."""
        self.hand = hand
        if self.started is None and any(words for _, words in hand.values()):
            self.started = time.monotonic()
        self._say()

    def shard(self, counts: dict[str, Any], size: int) -> None:
        """A shard is done; `size` is how much of the inputs it stood for, about."""
        self.cables += counts["cables"]
        self.words += counts["words"]
        self.rejects += counts["rejects"]
        self.size += size
        self._say()

    def _say(self) -> None:
        if self.bar:
            self.bar.update(self.task, completed=self.size, state=self._state())
        elif time.monotonic() - self.said >= EVERY:
            self.said = time.monotonic()
            self.console.print(self._state(), soft_wrap=True)

    def _state(self) -> str:
        seconds = max(self.seconds, 1e-3)
        cables = self.cables + sum(items for items, _ in self.hand.values())
        words = self.words + sum(words for _, words in self.hand.values())
        rates = f"{(cables - self.before[0]) / seconds:,.1f} cables/s, {(words - self.before[1]) / seconds:,.0f} words/s"
        return f"{cables:,} cables, {rates}, {self._left(seconds)}{self.rejects:,} rejects"

    def _left(self, seconds: float) -> str:
        if not self.total or not self.size or self.size >= self.total:
            return ""
        left = seconds * (self.total - self.size) / self.size
        return (
            f"about {left / 3600:.1f} h left, "
            if left > 5400
            else f"about {left / 60:.0f} min left, "
            if left > 90
            else f"{left:.0f} s left, "
        )

    def say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True, markup=False)

    def table(self, title: str, rows: dict[str, str]) -> None:
        table = Table(
            title=title, title_justify="left", show_header=False, box=None, pad_edge=False
        )
        for name, value in rows.items():
            table.add_row(name, value)
        self.console.print(table)
