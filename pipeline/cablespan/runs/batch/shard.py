"""One shard: cables in, the bytes of its files out. The same bytes wherever and however often it is done.

Each cable is annotated by itself, not in `nlp.pipe` batches: matrix products of other shapes may round differently, and a
shard that is repeated without a poisonous cable must not differ elsewhere. It also tells which cable and which component failed.
"""

import gc
import gzip
import io
import re
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from time import process_time
from typing import TYPE_CHECKING, Any

import orjson

from cablespan.cable import Cable, Reject

if TYPE_CHECKING:
    from spacy.language import Language

KINDS = ("cables", "entities", "statements", "claims", "rejects")
REMEDY = "the other cables are done; please report this one"


@dataclass(frozen=True)
class Shard:
    """A numbered stretch of the input: `items` in their order, from position `start` to `end` (input, item); `size` in characters."""

    number: int
    items: list[Cable | Reject]
    start: tuple[int, int]
    end: tuple[int, int]
    size: int = 0


@dataclass
class Result:
    """What a shard gives: a file of each kind, counts, seconds by step, and what went wrong in words for run.json."""

    number: int
    start: tuple[int, int]
    end: tuple[int, int]
    size: int
    files: dict[str, bytes]
    counts: dict[str, Any]
    seconds: dict[str, float]
    incidents: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Options:
    """What decides how a shard is done: seconds a cable may take, and whether its files are compressed."""

    time_limit: float = 120.0
    compress: bool = False


WARM_UP = "Prime Minister Ivanov told the EMBASSY in Kazakhstan on May 22, 2007 that the U.S. would pay $5 million under Resolution 242."


def warm_up(nlp: "Language") -> "Language":
    """Lets components build what they build on first use: within a memory zone it would lose its strings when the zone ends.

    What is loaded then stays; garbage collection need not go through it again and again.
    """
    nlp(WARM_UP)
    gc.freeze()
    return nlp


class TimeLimit(BaseException):
    """A cable took too long. Not an Exception, so that no component swallows it."""


class _Lines:
    """A file of JSON lines in memory; compressed without a time stamp, so that the same lines are the same bytes."""

    def __init__(self, compress: bool):
        self.buffer = io.BytesIO()
        self.file = (
            gzip.GzipFile(filename="", mode="wb", fileobj=self.buffer, compresslevel=3, mtime=0)
            if compress
            else self.buffer
        )

    def write(self, values: list[dict[str, Any]]) -> None:
        self.file.write(
            b"".join(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE) for value in values)
        )

    def close(self) -> bytes:
        if self.file is not self.buffer:
            self.file.close()
        return self.buffer.getvalue()


def annotate_shard(
    nlp: "Language",
    shard: Shard,
    options: Options,
    *,
    fatal: dict[int, str] | None = None,
    started: Callable[[int, int], None] = lambda index, words: None,
) -> Result:
    """Annotates the cables of a shard; `nlp` has been warmed up.

    `fatal` names items that have killed their process before, with the reason; `started(index, words)` is told before each item.
    MemoryError is not caught: whether there is memory is the machine's matter, so the shard is tried again elsewhere.
    """
    files = {kind: _Lines(options.compress) for kind in KINDS}
    counts: Counter[str] = Counter(cables=0, rejects=0, paragraphs=0, words=0)
    labels = {"entities": Counter(), "statements": Counter()}
    steps = _Steps()
    incidents = []
    with nlp.memory_zone():
        for index, item in enumerate(shard.items):
            started(index, counts["words"])
            if isinstance(item, Reject):
                rejected = asdict(item)
            elif fatal and index in fatal:
                rejected = _reject(item, fatal[index])
            else:
                rejected = None
                try:
                    with _time_limit(options.time_limit):
                        lines, words = _annotate(nlp, item, steps)
                except TimeLimit:
                    rejected = _reject(item, time_limit_reason(options.time_limit))
                    incidents.append(
                        f"{item.id} at the time limit, in {steps.current}:\n{traceback.format_exc()}"
                    )
                except MemoryError:
                    raise
                except Exception as error:
                    rejected = _reject(
                        item, f"{steps.current}: {type(error).__name__}: {error}", _traceback(error)
                    )
            if rejected is not None:
                files["rejects"].write([rejected])
                counts["rejects"] += 1
                continue
            with steps("write"):
                for kind, values in lines.items():
                    files[kind].write(values)
            record = lines["cables"][0]
            counts.update(
                cables=1,
                paragraphs=len(record["paragraphs"]),
                words=words,
                claims=len(record["claims"]),
            )
            for kind, counter in labels.items():
                counter.update(annotation["label"] for annotation in record[kind])
    with steps("write"):
        contents = {kind: file.close() for kind, file in files.items()}
    sorted_labels = {kind: dict(sorted(counter.items())) for kind, counter in labels.items()}
    return Result(
        shard.number,
        shard.start,
        shard.end,
        shard.size,
        contents,
        {**counts, **sorted_labels},
        steps.seconds,
        incidents,
    )


def _annotate(
    nlp: "Language", cable: Cable, steps: "_Steps"
) -> tuple[dict[str, list[dict[str, Any]]], int]:
    from cablespan.document import to_doc
    from cablespan.formats.tasks import record_tasks
    from cablespan.records import to_record

    with steps("tokenize"):
        doc = to_doc(nlp, cable)
    for name, component in nlp.pipeline:
        with steps(name):
            doc = component(doc)
    with steps("record"):
        record = to_record(doc)
    with steps("tasks"):
        lines = {"cables": [record], **record_tasks(record, nlp.tokenizer, doc=doc)}
    return lines, len(doc)


class _Steps:
    """Processor seconds by step, which other work on the machine does not stretch; `current` is the step at work."""

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self.current = ""

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        self.current, begin = name, process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + process_time() - begin


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeLimit in the main thread; code that never returns to the interpreter is stopped by the pool."""

    def stop(number, frame):
        raise TimeLimit

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def time_limit_reason(seconds: float) -> str:
    return f"not done after {seconds:g} seconds, the time limit of a cable"


def _reject(cable: Cable, reason: str, trace: str | None = None) -> dict[str, Any]:
    place = f"cable {cable.source.index + 1} ({cable.id})"
    reject = asdict(Reject(path=cable.source.path, place=place, reason=reason, remedy=REMEDY))
    return reject | ({"traceback": trace} if trace else {})


def _traceback(error: Exception) -> str:
    """The traceback below this module, without addresses in memory: the same in every process."""
    trace = error.__traceback__
    while trace.tb_next and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return re.sub(
        r"\b0x[0-9a-f]{6,}", "0x...", "".join(traceback.format_exception(type(error), error, trace))
    )
