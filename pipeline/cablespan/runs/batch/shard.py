"""One shard: cables in, the bytes of its files out.

The same bytes wherever and however often it is done.

Each cable is annotated by itself, not in `nlp.pipe` batches: matrix products of other shapes may
round differently, and a shard that is repeated without a poisonous cable must not differ elsewhere.
It also tells which cable and which component failed.
"""

import gc
import gzip
import io
import re
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from time import process_time
from typing import TYPE_CHECKING, Any

import orjson

from cablespan.cable import Cable, Reject, header_record
from cablespan.runs.batch.manifest import Counts, add

if TYPE_CHECKING:
    from spacy.language import Language

KINDS = ("cables", "entities", "statements", "claims", "rejects")
REMEDY = "the other cables are done; please report this one"

Lines = Mapping[str, list[Any]]  # of each of KINDS, as they go into its file


@dataclass(frozen=True)
class Shard:
    """A numbered stretch of the input: `items` in their order, from position `start` to `end`
    (input, item); `size` in characters.
    """

    number: int
    items: list[Cable | Reject]
    start: tuple[int, int]
    end: tuple[int, int]
    size: int = 0


@dataclass
class Result:
    """What comes of a shard: a file of each kind, counts, seconds by step, and what went wrong in
    words for run.json.
    """

    number: int
    start: tuple[int, int]
    end: tuple[int, int]
    size: int
    files: dict[str, bytes]
    counts: Counts
    seconds: dict[str, float]
    incidents: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Options:
    """What decides how a shard is done: seconds a cable may take, and whether its files are
    compressed.
    """

    time_limit: float = 120.0
    compress: bool = False


WARM_UP = (
    "Prime Minister Ivanov told the EMBASSY in Kazakhstan on May 22, 2007 "
    "that the U.S. would pay $5 million under Resolution 242."
)


def warm_up(nlp: "Language") -> "Language":
    """Lets components build what they build on first use: within a memory zone it would lose its
    strings when the zone ends.

    What is loaded then stays; garbage collection need not go through it again and again.
    """
    nlp(WARM_UP)
    gc.freeze()
    return nlp


class TimeLimit(BaseException):
    """A cable took too long. Not an Exception, so that no component swallows it."""


def packed(file: Any) -> gzip.GzipFile:
    """A file that packs what is written to it, so that the same lines are the same bytes."""
    return gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=3, mtime=0)


class _File:
    """A file of JSON lines in memory.

    Compressed without a time stamp, so that the same lines are the same bytes.
    """

    def __init__(self, compress: bool):
        self.buffer = io.BytesIO()
        self.file = packed(self.buffer) if compress else self.buffer

    def write(self, lines: bytes) -> None:
        self.file.write(lines)

    def close(self) -> bytes:
        if self.file is not self.buffer:
            self.file.close()
        return self.buffer.getvalue()


class _Files:
    """The files of a shard, and the counts of what was written into them."""

    def __init__(self, compress: bool):
        self.files = {kind: _File(compress) for kind in KINDS}
        self.counts: Counts = {"cables": 0, "rejects": 0, "paragraphs": 0, "words": 0, "claims": 0}
        add(self.counts, {"entities": {}, "statements": {}})

    def write(self, lines: Lines) -> None:
        for kind, values in lines.items():
            encoded = (orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE) for value in values)
            self.files[kind].write(b"".join(encoded))
        add(self.counts, {"rejects": len(lines.get("rejects", ()))})
        for record in lines.get("cables", ()):
            add(self.counts, _counts(record))

    def result(self, shard: Shard, seconds: dict[str, float], incidents: list[str]) -> Result:
        contents = {kind: file.close() for kind, file in self.files.items()}
        for layer in ("entities", "statements"):
            self.counts[layer] = dict(sorted(self.counts[layer].items()))
        return Result(
            shard.number,
            shard.start,
            shard.end,
            shard.size,
            contents,
            self.counts,
            seconds,
            incidents,
        )


def _counts(record: Mapping[str, Any]) -> Counts:
    return {
        "cables": 1,
        "paragraphs": len(record["paragraphs"]),
        "words": sum(len(paragraph["text"].split()) for paragraph in record["paragraphs"]),
        "claims": len(record.get("claims", ())),
        "entities": Counter(entity["label"] for entity in record.get("entities", ())),
        "statements": Counter(statement["label"] for statement in record.get("statements", ())),
    }


def annotate_shard(
    nlp: "Language",
    shard: Shard,
    options: Options,
    *,
    fatal: Mapping[int, str] | None = None,
    started: Callable[[int, int], None] = lambda index, words: None,
) -> Result:
    """Annotates the cables of a shard; `nlp` has been warmed up.

    `fatal` names items that have killed their process before, with the reason; `started(index,
    words)` is told before each item. MemoryError is not caught: whether there is memory is the
    machine's matter, so the shard is tried again elsewhere.
    """
    files = _Files(options.compress)
    steps = _Steps()
    incidents: list[str] = []
    failed: Counter[str] = Counter()
    with nlp.memory_zone():
        for index, item in enumerate(shard.items):
            started(index, files.counts["words"])
            if isinstance(item, Reject):
                lines: Lines = {"rejects": [asdict(item)]}
            elif fatal and index in fatal:
                lines = _rejected(item, fatal[index])
            else:
                lines = _attempt(nlp, item, options.time_limit, steps, incidents, failed)
            with steps("write"):
                files.write(lines)
    if failed:
        add(files.counts, {"failed": failed})
    with steps("write"):
        return files.result(shard, steps.seconds, incidents)


def merged(shard: Shard, parts: Iterable[Result], compress: bool) -> Result:
    """The result of a shard out of the uncompressed results of its items: the same bytes as if it
    had been done in one.
    """
    files = _Files(compress)
    seconds: dict[str, float] = {}
    incidents: list[str] = []
    for part in parts:
        for kind, data in part.files.items():
            files.files[kind].write(data)
        add(files.counts, part.counts)
        add(seconds, part.seconds)
        incidents += part.incidents
    return files.result(shard, seconds, incidents)


def _attempt(
    nlp: "Language",
    cable: Cable,
    limit: float,
    steps: "_Steps",
    incidents: list[str],
    failed: Counter[str],
) -> Lines:
    """The lines of a cable; a reject where no component but the work around them fails, or where it
    takes too long. `failed` counts the components that failed."""
    try:
        with _time_limit(limit):
            return _annotate(nlp, cable, steps, failed)
    except TimeLimit:
        incidents.append(
            f"{cable.id} at the time limit, in {steps.current}:\n{traceback.format_exc()}"
        )
        return _rejected(cable, time_limit_reason(limit))
    except MemoryError:
        raise
    except Exception as error:
        reason = f"{steps.current}: {type(error).__name__}: {error}"
        return _rejected(cable, reason, traceback=_traceback(error))


def _annotate(nlp: "Language", cable: Cable, steps: "_Steps", failed: Counter[str]) -> Lines:
    from cablespan.components.keeping import note_failure
    from cablespan.document import to_doc
    from cablespan.formats.tasks import record_tasks
    from cablespan.records import annotated_layers, to_record

    with steps("tokenize"):
        doc = to_doc(nlp, cable)
    for name, component in nlp.pipeline:
        with steps(name):
            try:
                doc = component(doc)
            except MemoryError:
                raise
            except Exception as error:
                note_failure(doc, name, error)
    with steps("record"):
        record = to_record(doc)
    failed.update(list(doc._.failed or ()))
    with steps("tasks"):
        return {"cables": [record], **record_tasks(record, annotated_layers(record), doc)}


class _Steps:
    """Processor seconds by step, which other work on the machine does not stretch.

    `current` is the step at work.
    """

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
    """Raises TimeLimit in the main thread after so many seconds of processor time.

    Code that never returns to the interpreter, or sleeps, is stopped by the pool.
    """

    def stop(_number, _frame):
        raise TimeLimit

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def time_limit_reason(seconds: float) -> str:
    """What a reject says of a cable that took too long."""
    return f"not done after {seconds:g} seconds of work, the time limit of a cable"


def _rejected(cable: Cable, reason: str, **more: str) -> Lines:
    """A reject of a cable, with what its header says, so that it can be found there."""
    place = f"cable {cable.source.index + 1} ({cable.id})"
    reject = asdict(Reject(path=cable.source.path, place=place, reason=reason, remedy=REMEDY))
    facts = {"id": cable.id, "header": header_record(cable.header), "meta": dict(cable.meta)}
    return {"rejects": [reject | facts | more]}


def _traceback(error: Exception) -> str:
    """The traceback below this module, without addresses in memory: the same in every process."""
    trace = error.__traceback__
    while trace and trace.tb_next and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace))
    return re.sub(r"\b0x[0-9a-f]{6,}", "0x...", text)
