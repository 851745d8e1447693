"""The engine for many machines: the same shards as Ray tasks.

Tasks and not Ray Data: a shard is a unit of its own that must come back whole, under its number, to
be named in the manifest. Ray Data would regroup the rows into blocks by size, move them through
Arrow, and give no result before a stage has passed; what it adds (shuffles, joins, batches for
GPUs) is not needed here. Tasks are retried by Ray when a node is lost, and shards are pure
functions.

Each task hosts a pool of one process that loads the model once and is kept for the next task, so
that time limits, poisonous cables and killed processes are handled by the same code, with the same
bytes, as on one machine. Only the driver reads the inputs and writes the folder.
"""

import logging
import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import ray

from cablespan.runs.batch.pool import Pool
from cablespan.runs.batch.shard import Options, Result, Shard

AHEAD = 2  # shards on their way for each worker
RETRIES = 20  # lost nodes that a single shard survives


@contextmanager
def ray_engine(
    loader: Callable[[], Any], options: Options, workers: int, address: str | None
) -> Iterator[Callable[[Iterable[Shard]], Iterator[Result]]]:
    """An engine on the cluster at `address`, or on a new one on this machine.

    `workers` bounds the shards in hand on a new one.

    On a given cluster every core that it has is used.
    """
    ours = not ray.is_initialized()
    if ours:
        ray.init(
            address=address,
            num_cpus=None if address else workers,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    try:
        yield partial(_results, pickle.dumps((loader, options)))
    finally:
        if ours:
            ray.shutdown()


def _results(settings: bytes, shards: Iterable[Shard]) -> Iterator[Result]:
    """Results as they are done.

    The number of shards on their way follows the cluster, which may grow and shrink.
    """
    pending: list[Any] = []
    for shard in shards:
        pending.append(_annotate.remote(settings, shard))
        crowded = len(pending) >= AHEAD * _cores()
        done, pending = ray.wait(pending, timeout=None if crowded else 0)
        yield from ray.get(done)
    while pending:
        done, pending = ray.wait(pending)
        yield from ray.get(done)


def _cores() -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


@ray.remote(num_cpus=1, max_retries=RETRIES)
def _annotate(settings: bytes, shard: Shard) -> Result:
    pool = _pool(settings)
    [result] = pool.run([shard])
    result.incidents += pool.incidents
    pool.incidents.clear()
    return result


@cache
def _pool(settings: bytes) -> Pool:
    loader, options = pickle.loads(settings)
    return Pool(loader, options)
