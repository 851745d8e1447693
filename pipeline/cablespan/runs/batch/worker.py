"""A process of the pool: a pipe to it, the shard in its hands, and the time that it has worked on
the cable in hand.
"""

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from cablespan.runs.batch.shard import Options, Result, Shard, annotate_shard, warm_up

# One thread each: the workers share the cores. Inherited, because the libraries read it at import.
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
# Seconds asleep that are counted between two looks: this process may have been stopped meanwhile.
LONGEST_SLEEP = 1.0


class Unusable(ChildProcessError):
    """No worker can do anything: the pipeline does not load, or what a worker does fails outside of
    any cable.
    """


class InHand(NamedTuple):
    """What a worker is doing: items that are done of the shard, of how many, their words, and the
    size of the shard.
    """

    items: int
    of: int
    words: int
    size: int


class Death(NamedTuple):
    """How a worker's process ended, on which item of its shard (None: before the first), and
    whether for taking too long.
    """

    item: int | None
    status: str
    overdue: bool


class Worker:
    """A spawned process with a pipeline; `loader` returns it there."""

    def __init__(self, loader: Callable[[], Any]):
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, loader), daemon=True)
        # Ctrl-C reaches the whole process group; only the parent answers it. That is inherited.
        with _environment(ONE_THREAD), _interrupts_ignored():
            self.process.start()
        theirs.close()
        self.ready = False
        self.shard: Shard | None = None
        self.item: int | None = None
        self.words = 0
        self.watch: _StopWatch | None = None

    def give(self, shard: Shard, options: Options, fatal: Mapping[int, str]) -> None:
        """Sends a shard. A process that is dead says so when it is heard."""
        self.shard, self.item, self.words, self.watch = shard, None, 0, None
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send((shard, options, dict(fatal)))

    def hear(self) -> Result | None:
        """The result of the shard, None while it is not done.

        Raises EOFError where the process has ended, Unusable.
        """
        while self.pipe.poll():
            kind, value = self.pipe.recv()
            if kind == "ready":
                self.ready = True
            elif kind == "item":
                (self.item, self.words), self.watch = value, None
            elif kind == "result":
                self.shard = self.item = self.watch = None
                return value
            else:
                raise Unusable(value)
        return None

    @property
    def in_hand(self) -> InHand:
        """What the worker is at: cables done and in all, words done and in all."""
        if self.shard is None:
            return InHand(0, 0, 0, 0)
        return InHand(self.item or 0, len(self.shard.items), self.words, self.shard.size)

    def seconds(self) -> float:
        """Seconds of work on the cable in hand, as far as they have been looked at."""
        pid = self.process.pid
        if self.item is None or pid is None:
            return 0.0
        self.watch = self.watch or _StopWatch(pid)
        return self.watch.seconds()

    def end(self, overdue: bool = False) -> Death:
        """Ends the process, which may be dead already."""
        status = _status(None if overdue else self.process.exitcode)
        self.process.kill()
        self.process.join()
        self.pipe.close()
        return Death(self.item, status, overdue)


class _StopWatch:
    """Seconds that a process works: its processor time, or the time it sleeps.

    Not that in which it is stopped or waits for a core.
    """

    def __init__(self, pid: int):
        self.pid, self.used = pid, 0.0
        self.looked, (_, self.processor) = time.monotonic(), _state(pid)

    def seconds(self) -> float:
        now, (state, processor) = time.monotonic(), _state(self.pid)
        asleep = min(now - self.looked, LONGEST_SLEEP) if state == "S" else 0.0
        self.used += max(processor - self.processor, asleep)
        self.looked, self.processor = now, processor
        return self.used


def _state(pid: int) -> tuple[str, float]:
    """The state of a process as `ps` writes it and its processor seconds.

    Asleep and none where the system does not tell.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "S", 0.0
    return fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status(code: int | None) -> str:
    """An exit code in words.

    >>> _status(-9), _status(1), _status(None)
    ('SIGKILL', 'exit code 1', 'the time limit')
    """
    if code is None:
        return "the time limit"
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    with suppress(ValueError):  # not in the main thread: there is no Ctrl-C either
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        with suppress(ValueError):
            signal.signal(signal.SIGINT, before)


def _work(pipe: Connection, loader: Callable[[], Any]) -> None:
    """A worker's life: load the model, then a shard at a time until the parent is gone."""
    try:
        nlp = _loaded(pipe, loader)
        while True:
            shard, options, fatal = pipe.recv()
            result = annotate_shard(
                nlp,
                shard,
                options,
                fatal=fatal,
                started=lambda index, words: pipe.send(("item", (index, words))),
            )
            pipe.send(("result", result))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except MemoryError:
        os._exit(1)
    except Exception:
        pipe.send(("unusable", f"a worker failed:\n{traceback.format_exc()}"))


def _loaded(pipe: Connection, loader: Callable[[], Any]) -> Any:
    """The pipeline; where it cannot be loaded the parent is told in a sentence."""
    try:
        nlp = warm_up(loader())
    except MemoryError:
        raise
    except Exception as error:
        told = error if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        pipe.send(("unusable", str(told)))
        raise EOFError from error
    pipe.send(("ready", None))
    return nlp
