"""The local engine: a pool of spawned processes, each with the model loaded once, that survives
whatever kills a process.

Each worker has its own pipe and no queue is shared, so that a killed worker leaves no lock behind.
It says which cable it begins; when it dies or hangs, the cable in hand is known without a search. A
shard on which a process died is done again. Where a second one dies, the cables in hand are tried
alone, while nothing else is at work, and then with no other process in memory: only what dies by
itself even so is rejected.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from cablespan.runs.batch.shard import Options, Result, Shard, merged, time_limit_reason
from cablespan.runs.batch.worker import Death, InHand, Unusable, Worker

DEATHS = 2  # processes that a shard, then each suspected cable by itself, may end
GRACE = (
    5.0  # seconds beyond the time limit after which a process that did not stop by itself is killed
)
TICK = 0.5  # seconds in which the workers are looked at once at least


@dataclass
class Job:
    """A shard to do, and what has happened on it: deaths of processes by the item in hand, items
    that are given up.
    """

    shard: Shard
    deaths: Counter[int | None] = field(default_factory=Counter)
    fatal: dict[int, str] = field(default_factory=dict)

    @property
    def suspect(self) -> bool:
        """Whether it has ended so many processes that it must not be done beside others."""
        return self.deaths.total() >= DEATHS


class Pool:
    """`workers` processes that annotate shards. Use as a context manager.

    `loader` returns the pipeline, in each process; it must be picklable. `progress` hears of the
    shards in hand.
    """

    def __init__(
        self,
        loader: Callable[[], Any],
        options: Options,
        workers: int = 1,
        progress: Callable[[list[InHand]], None] = lambda hand: None,
    ):
        self.loader, self.options, self.size, self.progress = loader, options, workers, progress
        self.workers: list[Worker] = []
        self.jobs: dict[Worker, Job] = {}
        self.waiting: deque[Job] = deque()
        self.failed_starts = 0
        self.incidents: list[str] = []

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *error: Any) -> None:
        self._end_all()

    def run(self, shards: Iterable[Shard]) -> Iterator[Result]:
        """Results in the order in which they are done.

        Shards are read ahead, at most one for each worker.
        """
        results: list[Result] = []
        with Prefetcher(shards, self.size) as ahead:
            while True:
                # New work first: a worker need not wait until the results are on the disk.
                self._hand_out(ahead)
                yield from results
                if not self.waiting and not self.jobs and ahead.done():
                    return
                self._wait(ahead)
                results = list(self._results())
                self.progress([worker.in_hand for worker in self.jobs])
                if (job := self._next_suspect()) and (result := self._try_alone(job)):
                    results.append(result)

    def _hand_out(self, ahead: "Prefetcher") -> None:
        while len(self.jobs) < self.size and not (self.waiting and self.waiting[0].suspect):
            job = self.waiting.popleft() if self.waiting else ahead.take()
            if job is None:
                return
            self._give(self._idle_worker(), job)

    def _give(self, worker: Worker, job: Job) -> None:
        self.jobs[worker] = job
        worker.give(job.shard, self.options, job.fatal)

    def _idle_worker(self) -> Worker:
        idle = [worker for worker in self.workers if worker not in self.jobs]
        if not idle:
            idle = [Worker(self.loader)]
            self.workers += idle
        return idle[0]

    def _wait(self, ahead: "Prefetcher") -> None:
        """Until a worker has something to say or is dead.

        Not long where one is idle, since new shards do not wake this up.
        """
        hungry = len(self.jobs) < self.size and not ahead.done()
        wait([worker.pipe for worker in self.workers], TICK / 25 if hungry else TICK)

    def _results(self) -> Iterator[Result]:
        for worker in list(self.workers):
            news = self._news(worker)
            if news is None:
                continue
            job = self.jobs.pop(worker, None)
            if isinstance(news, Result):
                yield news
            elif job is not None:
                self._mourn(job, news)

    def _news(self, worker: Worker) -> Result | Death | None:
        """The result of a worker's shard, how its process ended, or None while it is at work."""
        try:
            if result := worker.hear():
                self.failed_starts = 0
                return result
        except (EOFError, ConnectionResetError, BrokenPipeError):
            return self._bury(worker)
        if worker.seconds() > self.options.time_limit + GRACE:
            return self._bury(worker, overdue=True)
        return None

    def _bury(self, worker: Worker, overdue: bool = False) -> Death:
        self.workers.remove(worker)
        if not overdue:
            worker.process.join(1)  # it is dying by itself
        death = worker.end(overdue)
        self.failed_starts = 0 if worker.ready else self.failed_starts + 1
        if self.failed_starts >= DEATHS:
            raise Unusable(
                f"a worker process ended with {death.status} while it loaded the model; "
                "is there enough memory?"
            )
        return death

    def _mourn(self, job: Job, death: Death) -> None:
        """A job of which the process has ended waits for another one."""
        self.waiting.appendleft(job)
        place = "" if death.item is None else f", cable {death.item + 1} of it"
        self.incidents.append(
            f"a worker ended with {death.status} in shard {job.shard.number}{place}; "
            "the shard is done again"
        )
        if death.overdue and death.item is not None:
            job.fatal[death.item] = time_limit_reason(self.options.time_limit)
        else:
            job.deaths[death.item] += 1

    def _next_suspect(self) -> Job | None:
        """A shard that must be done alone, as soon as nothing else is at work."""
        if not self.jobs and self.waiting and self.waiting[0].suspect:
            return self.waiting.popleft()
        return None

    def _try_alone(self, job: Job) -> Result | None:
        """Gives up the cables that end a process even alone.

        Does the whole shard cable by cable where one of them does not.

        Returns the shard's result, or None where it waits to be done as usual, without the cables
        that were given up.
        """
        suspects = sorted(item for item in job.deaths if item is not None)
        for item in suspects:
            self._alone(job, item)
        if suspects and all(item in job.fatal for item in suspects):
            job.deaths.clear()
            self.waiting.appendleft(job)
            return None
        self.incidents.append(f"shard {job.shard.number} was done cable by cable")
        parts = [self._alone(job, item) for item in range(len(job.shard.items))]
        return merged(job.shard, parts, self.options.compress)

    def _alone(self, job: Job, item: int) -> Result:
        """The result of one cable of a shard by itself: a reject where it ends each process that
        tries it.
        """
        shard = replace(job.shard, items=[job.shard.items[item]])
        while True:
            outcome = self._tried(shard, {0: job.fatal[item]} if item in job.fatal else {})
            if isinstance(outcome, Result):
                return outcome
            job.fatal[item] = (
                time_limit_reason(self.options.time_limit)
                if outcome.overdue
                else f"its process died on it, alone too ({outcome.status})"
            )

    def _tried(self, shard: Shard, fatal: dict[int, str]) -> Result | Death:
        """The result of a shard, or how the last of `DEATHS` processes ended that tried it; one
        that took too long is the last."""
        outcome = self._do(shard, fatal)
        for _ in range(1, DEATHS):
            if isinstance(outcome, Result) or outcome.overdue:
                break
            self._end_all()  # what they hold is memory as well
            outcome = self._do(shard, fatal)
        return outcome

    def _do(self, shard: Shard, fatal: dict[int, str]) -> Result | Death:
        """Does a shard while this waits; its files are not compressed."""
        worker = self._idle_worker()
        worker.give(shard, replace(self.options, compress=False), fatal)
        while (news := self._news(worker)) is None:
            wait([worker.pipe], TICK)
            self.progress([worker.in_hand])
        return news

    def _end_all(self) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()
        self.jobs.clear()


class Prefetcher:
    """Shards that a thread reads ahead into a bounded queue."""

    def __init__(self, shards: Iterable[Shard], size: int):
        self.queue: Queue[Shard] = Queue(maxsize=size)
        self.ended, self.stopped = Event(), Event()
        self.error: BaseException | None = None
        self.thread = Thread(target=self._read, args=(shards,), daemon=True)

    def __enter__(self) -> "Prefetcher":
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

    def take(self) -> Job | None:
        """The next shard as a job, None where none has been read yet."""
        try:
            return Job(self.queue.get_nowait())
        except Empty:
            return None

    def done(self) -> bool:
        """Nothing more will come.

        Raises what stopped the reading, after everything read before it was taken.
        """
        if not self.ended.is_set() or not self.queue.empty():
            return False
        if self.error:
            raise self.error
        return True
