"""A run: inputs through an engine into a folder, shard by shard, so that whatever stops it, it can
go on.
"""

import hashlib
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cablespan import __version__
from cablespan.labels import LABELS_FILE, scheme_of
from cablespan.reading.inputs import in_unicode
from cablespan.runs.batch import manifest as manifests
from cablespan.runs.batch.folder import WORK, Folder
from cablespan.runs.batch.manifest import (
    Counts,
    FileFacts,
    InputLine,
    Manifest,
    Position,
    ShardLine,
    add,
)
from cablespan.runs.batch.model import (
    code_hash,
    file_facts,
    kb_facts,
    load,
    model_facts,
    run_scheme,
)
from cablespan.runs.batch.opening import open_run
from cablespan.runs.batch.pool import Pool
from cablespan.runs.batch.progress import Reporter
from cablespan.runs.batch.results import Results, some
from cablespan.runs.batch.shard import KINDS, Options, Result, Shard
from cablespan.runs.batch.stream import RUN, Ids, expand, shards

PACKED = (".gz", ".zst")
REASONS = 5  # rejects that are told where nothing could be read
PART = 200  # cables in a part where the output is one file of each kind
DONE, SOME_REJECTED, NOTHING_READ, INTERRUPTED = 0, 1, 2, 130


def annotate(
    inputs: list[str],
    output: str | Path,
    *,
    model: str | None = None,
    format: str | None = None,
    workers: int | None = None,
    engine: str = "local",
    address: str | None = None,
    shard_size: int | None = None,
    resume: bool | None = None,
    retry_rejects: bool = False,
    time_limit: float = Options.time_limit,
    profile: bool = False,
    kb: str | None = None,
    bfloat16: bool = False,
    labels: Path | None = None,
    loader: Callable[[], Any] | None = None,
) -> int:
    """Annotates inputs into the folder `output` and returns the exit code of the command.

    `resume` goes on with an interrupted run (True), replaces what the folder holds (False), or
    takes only a folder without a run (None). `retry_rejects` goes on, and does the shards again
    that have rejects, finished or not; the time limit may differ then. `time_limit` is in seconds
    of work a cable. `kb` is a knowledge base of the user's own for the linker, checked before the
    run begins. `bfloat16` is that of `cablespan.nlp.load`. `labels` is a file of labels, for a
    model that does not know its own; those that are not ours go into labels.json, for review.
    `loader` returns another pipeline than `cablespan.nlp.load(model)`; it is called in each worker
    process. Raises ValueError and OSError with what the user can do about it.
    """
    folder = Folder(str(output))
    folder.make()
    with folder.lock(take_over=resume is not None or retry_rejects), _terminate_is_interrupt():
        paths, left_out = expand(inputs, folder)
        if not paths:
            raise ValueError(nothing_to_read(inputs, left_out))
        scheme = run_scheme(model, labels)
        settings: dict[str, Any] = {
            "schema": manifests.SCHEMA,
            "cablespan": __version__,
            "code": code_hash(),
            "model": model_facts(model),
            "kb": kb and kb_facts(kb),
            "labels": labels and file_facts(labels),
            # Another matrix multiplication may round otherwise.
            "ops": os.environ.get("CABLESPAN_OPS", "numpy"),
            "bfloat16": bfloat16,
            "format": format,
            "shard_size": shard_size,
            "time_limit": time_limit,
            "inputs": list(map(in_unicode, inputs)),
        }
        manifest = open_run(folder, settings, paths, resume=resume, retry_rejects=retry_rejects)
        reporter = Reporter(_size_left(paths, manifest), manifest.totals())
        if left_out:
            reporter.say(f"not read, because a run wrote it: {some(left_out)}")
        if manifest.end:
            reporter.say(f"{folder}: this run is already done; --overwrite does it again")
            return exit_code(manifest.totals())
        loader = loader or partial(load, model, settings["ops"], kb, bfloat16=bfloat16)
        options = Options(time_limit, compress=shard_size is not None)
        run = Run(folder, manifest, paths, options, shard_size or PART, reporter)
        with _engine(engine, address, loader, run, workers or len(os.sched_getaffinity(0))) as work:
            manifest.write(folder)  # before any other file: it says whose they are
            if scheme != scheme_of():
                tables = orjson.dumps(scheme.tables(), option=orjson.OPT_INDENT_2)
                folder.publish(LABELS_FILE, [tables])
            finished = run.go(work)
        run.tell(profile)
        if not finished:
            return INTERRUPTED
        folder.remove(WORK)
        return exit_code(manifest.totals())


def nothing_to_read(inputs: list[str], left_out: list[str]) -> str:
    """What to say where no input holds anything to read."""
    why = f"only what a run wrote ({some(left_out)})" if left_out else "no file"
    return f"{', '.join(inputs)}: {why} to read there; give files, folders or globs with cables"


Engine = Callable[[Iterator[Shard]], Iterator[Result]]


class Run:
    """The bookkeeping of a run: results become files and lines of the manifest, and run.json says
    how it went.
    """

    def __init__(
        self,
        folder: Folder,
        manifest: Manifest,
        paths: list[str],
        options: Options,
        size: int,
        reporter: Reporter,
    ):
        self.folder, self.manifest, self.paths = folder, manifest, paths
        self.options, self.size, self.reporter = options, size, reporter
        self.begun = datetime.now(UTC)
        self.before = manifest.totals()
        self.seconds: dict[str, float] = {}
        self.incidents: list[str] = []

    def go(self, work: Engine) -> bool:
        """Does all shards that are missing; False where it was interrupted."""
        finished = False
        try:
            with self._ids() as (ids, at), self.reporter:
                inputs = dict(self.manifest.inputs)
                missing = shards(
                    self.paths,
                    self.manifest.settings["format"],
                    self.size,
                    ids=ids,
                    done=set(self.manifest.shards),
                    at=at,
                    inputs=inputs,
                )
                for result in work(self._timed("read", missing)):
                    self._publish(result, inputs)
                self._finish(inputs)
                finished = True
        except KeyboardInterrupt:
            pass
        finally:
            with suppress(OSError):  # a full disk has been told already
                self.folder.publish(
                    RUN,
                    [
                        orjson.dumps(
                            self.facts(finished),
                            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
                        )
                    ],
                )
        return finished

    @contextmanager
    def _ids(self) -> Iterator[tuple[Ids, tuple[int, Position]]]:
        """The ids so far, and where reading begins: at the beginning, where they have not been kept
        and are gathered again.
        """
        needed = len(self.paths) > 1
        with tempfile.TemporaryDirectory() as elsewhere:
            path = os.path.join(
                self.folder / WORK if self.folder.local else elsewhere, "ids.sqlite"
            )
            at = (
                self.manifest.resume_at()
                if os.path.exists(path) or not needed
                else (0, Position(0, 0))
            )
            ids = Ids(path, needed)
            try:
                yield ids, at
            finally:
                ids.close()

    def _timed(self, name: str, values: Iterator[Any]) -> Iterator[Any]:
        while True:
            begin = time.thread_time()
            value = next(values, None)
            self.seconds[name] = self.seconds.get(name, 0.0) + time.thread_time() - begin
            if value is None:
                return
            yield value

    def _publish(self, result: Result, inputs: dict[int, InputLine]) -> None:
        begin = time.perf_counter()
        files = {
            kind: self._write(self.part(kind, result.number), [data])
            for kind, data in result.files.items()
        }
        line: ShardLine = {
            "shard": result.number,
            "from": list(result.start),
            "to": list(result.end),
            "characters": result.size,
            "counts": result.counts,
            "files": files,
        }
        self.manifest.add_shard(self.folder, line, inputs)
        self.incidents += result.incidents
        add(self.seconds, {**result.seconds, "publish": time.perf_counter() - begin})
        self.reporter.shard(result.counts, result.size)

    def _write(self, name: str, chunks: Iterable[bytes]) -> FileFacts:
        digest = hashlib.sha256()

        def digested() -> Iterator[bytes]:
            for chunk in chunks:
                digest.update(chunk)
                yield chunk

        size = self.folder.publish(name, digested())
        return {"name": name, "bytes": size, "sha256": digest.hexdigest()}

    def part(self, kind: str, number: int) -> str:
        """The file name of one shard's part."""
        return (
            f"{kind}-{number:05}.jsonl.gz"
            if self.options.compress
            else f"{WORK}/{kind}-{number:05}.jsonl"
        )

    def _finish(self, inputs: dict[int, InputLine]) -> None:
        """One file of each kind out of the parts, unless shards were asked for.

        The end goes into the manifest, and all inputs, those in which nothing was to be read too.
        """
        self.manifest.inputs |= inputs
        whole = {}
        if not self.options.compress:
            for kind in KINDS:
                parts = [facts["name"] for facts in self.manifest.files(kind)]
                chunks = (chunk for name in parts for chunk in self.folder.chunks(name))
                whole[kind] = self._write(f"{kind}.jsonl", chunks)
        self.manifest.end = {
            "end": True,
            "shards": len(self.manifest.shards),
            "counts": self.manifest.totals(),
            "files": whole,
        }
        self.manifest.write(self.folder)

    def facts(self, finished: bool) -> dict[str, Any]:
        """What run.json says."""
        counts = self.manifest.totals()
        took = self.reporter.seconds
        cables = counts.get("cables", 0) - self.before.get("cables", 0)
        words = counts.get("words", 0) - self.before.get("words", 0)
        worked = counts.get("words", 0) - self.reporter.at_start.words
        return {
            "schema": "cablespan.run/1",
            "status": "done" if finished else "interrupted",
            **{name: self.manifest.settings[name] for name in ("cablespan", "code", "model")},
            "arguments": {
                name: self.manifest.settings[name]
                for name in ("inputs", "format", "shard_size", "time_limit")
            },
            "command": list(map(in_unicode, sys.argv)),
            "counts": counts,
            "begun": self.begun.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(took, 3),
            "resumed_at_cable": self.before.get("cables", 0),
            "cables_per_second": round(cables / took, 2),
            "words_per_second": round(words / took, 1),
            "words_per_second_once_started": round(worked / (self.reporter.working or took), 1),
            "profile": {step: round(spent, 3) for step, spent in self.seconds.items()},
            "incidents": self.incidents,
            "machine": {
                "python": platform.python_version(),
                "system": platform.platform(),
                "cores": os.cpu_count(),
            },
        }

    def tell(self, profile: bool) -> None:
        """The end of it on standard error: counts, and the share of each step if that is wanted."""
        say = self.reporter.say
        say(self._summary())
        if self.manifest.end and not self.manifest.totals().get("cables"):
            for reject in islice(Results(str(self.folder)).lines("rejects"), REASONS):
                say("{path}, {place}: {reason}; {remedy}".format_map(reject))
        if failed := self.manifest.totals().get("failed"):
            told = ", ".join(f"{name} on {count:,} cables" for name, count in failed.items())
            say(f"failed and left out: {told}; notes in the records say why")
        if self.incidents:
            say(f"{len(self.incidents)} incidents on the way, told in {RUN}")
        if profile:
            total = sum(self.seconds.values()) or 1.0
            rows = {
                step: f"{spent:8.1f} s {spent / total:6.1%}"
                for step, spent in sorted(self.seconds.items(), key=lambda s: -s[1])
            }
            self.reporter.table("time by step, all processes", rows)

    def _summary(self) -> str:
        counts = self.manifest.totals()
        cables = f"{counts.get('cables', 0):,} cables"
        if not self.manifest.end:
            return f"interrupted; {cables} are done and kept. Go on with --resume"
        entities = sum(counts.get("entities", {}).values())
        statements = sum(counts.get("statements", {}).values())
        return (
            f"{self.folder}: {cables}, {counts.get('words', 0):,} words: {entities:,} entities, "
            f"{statements:,} statements, {counts.get('claims', 0):,} claims; "
            f"{counts.get('rejects', 0):,} rejects; {self.reporter.seconds:.1f} s"
        )


def exit_code(counts: Counts) -> int:
    """The command's exit code, as its help lists them."""
    if not counts.get("cables"):
        return NOTHING_READ
    return SOME_REJECTED if counts["rejects"] else DONE


def _size_left(paths: list[str], manifest: Manifest) -> int | None:
    """Bytes that are still to be read.

    None where an input does not tell its size: a stream, a URL, a packed file.
    """
    if any(not os.path.isfile(path) or path.endswith(PACKED) for path in paths):
        return None
    return sum(os.path.getsize(path) for path in paths) - sum(
        shard["characters"] for shard in manifest.shards.values()
    )


@contextmanager
def _engine(
    name: str, address: str | None, loader: Callable[[], Any], run: Run, workers: int
) -> Iterator[Engine]:
    if name == "ray":
        from cablespan.runs.batch.ray import ray_engine

        with ray_engine(loader, run.options, workers, address) as work:
            yield work
    else:
        with Pool(loader, run.options, workers, run.reporter.in_hand) as pool:
            pool.incidents = run.incidents
            yield pool.run


@contextmanager
def _terminate_is_interrupt() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does."""

    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
