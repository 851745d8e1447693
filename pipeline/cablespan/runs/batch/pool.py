"""The local engine: a pool of spawned processes, each with the model loaded once, that survives whatever kills a process.

Each worker has its own pipe and no queue is shared, so that a killed worker leaves no lock behind. It says which cable it begins;
when it dies or hangs, the cable in hand is known without a search: the shard is done again, and a cable that kills twice is rejected.
"""

import os
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from cablespan.runs.batch.shard import (
    Options,
    Result,
    Shard,
    annotate_shard,
    time_limit_reason,
    warm_up,
)

DEATHS = 2  # a cable that was in hand at so many deaths of its process is rejected
GRACE = (
    5.0  # seconds beyond the time limit after which a process that did not stop by itself is killed
)


class Worker:
    """A process and what it is doing."""

    def __init__(self, loader: Callable[[], Any], options: Options):
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        # One thread each: the workers share the cores. Inherited by the process, because the libraries read it when they load.
        threads = {
            name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        }
        before = {name: os.environ.get(name) for name in threads}
        interrupt = signal.getsignal(signal.SIGINT)
        os.environ.update(threads)
        try:
            # Ctrl-C reaches the whole process group; only the parent answers it. The setting is inherited too.
            _set_interrupt(signal.SIG_IGN)
            self.process = context.Process(
                target=_work, args=(theirs, loader, options), daemon=True
            )
            self.process.start()
        finally:
            _set_interrupt(interrupt)
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
        theirs.close()
        self.ready = False
        self.shard: Shard | None = None
        self.item: int | None = None
        self.words = 0
        self.since = time.monotonic()

    def give(self, shard: Shard, fatal: dict[int, str]) -> None:
        self.shard, self.item, self.words, self.since = shard, None, 0, time.monotonic()
        self.pipe.send((shard, fatal))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _set_interrupt(handler: Any) -> None:
    with suppress(ValueError):  # not in the main thread: there is no Ctrl-C either
        signal.signal(signal.SIGINT, handler)


def _work(pipe: Connection, loader: Callable[[], Any], options: Options) -> None:
    """A worker's life: load the model, then a shard at a time until the parent is gone."""
    try:
        nlp = warm_up(loader())
        pipe.send(("ready", None))
        while True:
            shard, fatal = pipe.recv()
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
        pipe.send(("error", traceback.format_exc()))


class Pool:
    """`workers` processes that annotate shards. Use as a context manager.

    `loader` gives the pipeline, in each process; it must be picklable. `progress({shard: (items, words)})` hears of the shards in hand.
    """

    def __init__(
        self,
        loader: Callable[[], Any],
        options: Options,
        workers: int = 1,
        progress: Callable[[dict[int, tuple[int, int]]], None] = lambda hand: None,
    ):
        self.loader, self.options, self.size, self.progress = loader, options, workers, progress
        self.workers: list[Worker] = []
        self.deaths: dict[tuple[int, int], int] = {}
        self.fatal: dict[int, dict[int, str]] = {}
        self.failed_starts = 0
        self.incidents: list[str] = []

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *error: Any) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def run(self, shards: Iterable[Shard]) -> Iterator[Result]:
        """Results in the order in which they are done. Shards are read ahead, at most one for each worker."""
        waiting: deque[Shard] = deque()
        results: list[Result] = []
        with _Ahead(shards, self.size) as ahead:
            while True:
                # New work first: a worker need not wait until the results are on the disk.
                self._hand_out(waiting, ahead)
                yield from results
                results.clear()
                if (
                    not waiting
                    and not any(worker.shard for worker in self.workers)
                    and ahead.done()
                ):
                    return
                for worker in self._hear(ahead):
                    results += self._receive(worker, waiting)
                self._stop_the_stuck(waiting)
                self.progress(
                    {
                        worker.shard.number: (worker.item or 0, worker.words)
                        for worker in self.workers
                        if worker.shard
                    }
                )

    def _hand_out(self, waiting: deque[Shard], ahead: "_Ahead") -> None:
        while len(busy := [worker for worker in self.workers if worker.shard]) < self.size:
            shard = waiting.popleft() if waiting else ahead.take()
            if shard is None:
                return
            idle = [worker for worker in self.workers if worker not in busy]
            if not idle:
                idle = [Worker(self.loader, self.options)]
                self.workers += idle
            try:
                idle[0].give(shard, self.fatal.get(shard.number, {}))
            except (BrokenPipeError, ConnectionResetError):
                self._bury(idle[0], waiting)

    def _hear(self, ahead: "_Ahead") -> list[Worker]:
        """The workers that have something to say, or are dead."""
        if not self.workers:
            time.sleep(0.01)
            return []
        # Short waits while a worker is idle, since new shards do not wake this up.
        timeout = (
            0.02
            if len([w for w in self.workers if w.shard]) < self.size and not ahead.done()
            else 0.5
        )
        heard = wait([worker.pipe for worker in self.workers], timeout)
        return [worker for worker in self.workers if worker.pipe in heard]

    def _receive(self, worker: Worker, waiting: deque[Shard]) -> list[Result]:
        results = []
        try:
            while worker.pipe.poll():
                kind, value = worker.pipe.recv()
                worker.since = time.monotonic()
                if kind == "ready":
                    worker.ready, self.failed_starts = True, 0
                elif kind == "item":
                    worker.item, worker.words = value
                elif kind == "result":
                    worker.shard = worker.item = None
                    self.fatal.pop(value.number, None)
                    results.append(value)
                else:
                    raise ChildProcessError(f"a worker failed:\n{value}")
        except (EOFError, ConnectionResetError):
            self._bury(worker, waiting)
        return results

    def _stop_the_stuck(self, waiting: deque[Shard]) -> None:
        limit = self.options.time_limit + GRACE
        for worker in list(self.workers):
            if worker.shard and worker.item is not None and time.monotonic() - worker.since > limit:
                self.fatal.setdefault(worker.shard.number, {})[worker.item] = time_limit_reason(
                    self.options.time_limit
                )
                self._bury(worker, waiting)

    def _bury(self, worker: Worker, waiting: deque[Shard]) -> None:
        """Ends a worker; its shard waits for another one."""
        if not (worker.shard and worker.item in self.fatal.get(worker.shard.number, {})):
            worker.process.join(1)  # it is dying by itself
        status = worker.process.exitcode
        worker.end()
        self.workers.remove(worker)
        if not worker.ready:
            self.failed_starts += 1
            if self.failed_starts >= DEATHS:
                raise ChildProcessError(
                    f"a worker process ended with {_status(status)} while it loaded the model; is there enough memory?"
                )
        if worker.shard is None:
            return
        number, item = worker.shard.number, worker.item
        waiting.appendleft(worker.shard)
        self.incidents.append(
            f"a worker ended with {_status(status)} in shard {number}, item {item}; the shard is done again"
        )
        if item is not None and item not in self.fatal.get(number, {}):
            self.deaths[number, item] = self.deaths.get((number, item), 0) + 1
            if self.deaths[number, item] >= DEATHS:
                self.fatal.setdefault(number, {})[item] = (
                    f"its process died {DEATHS} times on it ({_status(status)})"
                )


def _status(code: int | None) -> str:
    """An exit code in words.

    >>> _status(-9), _status(1), _status(None)
    ('SIGKILL', 'exit code 1', 'the time limit')
    """
    return (
        "the time limit"
        if code is None
        else signal.Signals(-code).name
        if code < 0
        else f"exit code {code}"
    )


class _Ahead:
    """Shards that a thread reads ahead into a bounded queue."""

    def __init__(self, shards: Iterable[Shard], size: int):
        self.queue: Queue[Shard] = Queue(maxsize=size)
        self.ended, self.stopped = Event(), Event()
        self.error: BaseException | None = None
        self.thread = Thread(target=self._read, args=(shards,), daemon=True)

    def __enter__(self) -> "_Ahead":
        self.thread.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.stopped.set()
        self.take()  # the thread may be waiting for a place in the queue
        self.thread.join(timeout=5)

    def _read(self, shards: Iterable[Shard]) -> None:
        try:
            for shard in shards:
                self.queue.put(shard)
                if self.stopped.is_set():
                    return
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()

    def take(self) -> Shard | None:
        try:
            return self.queue.get_nowait()
        except Empty:
            return None

    def done(self) -> bool:
        """Nothing more will come. Raises what stopped the reading, after everything read before it was taken."""
        if not self.ended.is_set() or not self.queue.empty():
            return False
        if self.error:
            raise self.error
        return True
