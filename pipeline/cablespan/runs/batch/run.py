"""A run: inputs through an engine into a folder, shard by shard, so that whatever stops it, it can go on."""

import hashlib
import os
import platform
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from cablespan import __version__, nlp
from cablespan.components.entities.knowledge_base import KnowledgeBase
from cablespan.runs.batch import manifest as manifests
from cablespan.runs.batch.folder import WORK, Folder
from cablespan.runs.batch.manifest import Manifest, Position, add
from cablespan.runs.batch.pool import Pool
from cablespan.runs.batch.progress import Reporter
from cablespan.runs.batch.shard import KINDS, Options, Result, Shard
from cablespan.runs.batch.stream import STDIN, Ids, changed_inputs, expand, shards

RUN = "run.json"
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
    time_limit: float = Options.time_limit,
    profile: bool = False,
    kb: str | None = None,
    loader: Callable[[], Any] | None = None,
) -> int:
    """Annotates inputs into the folder `output` and returns the exit code of the command.

    `resume` goes on with an interrupted run (True), replaces what the folder holds (False), or takes only a folder without a run (None).
    `kb` is a knowledge base of the user's own for the linker, which is checked before the run begins.
    `loader` gives another pipeline than `cablespan.nlp.load(model)`; it is called in each worker process.
    Raises ValueError and OSError with what the user can do about it.
    """
    folder = Folder(str(output))
    folder.make()
    with folder.lock(take_over=resume is not None), _terminate_is_interrupt():
        paths = expand(inputs)
        settings = {
            "schema": manifests.SCHEMA,
            "cablespan": __version__,
            "code": code_hash(),
            "model": model_facts(model),
            "kb": kb and _checked(kb),
            # Not measured, as `nlp.load` does by itself: the other matrix multiplication may round otherwise.
            "ops": os.environ.get("CABLESPAN_OPS", "numpy"),
            "format": format and str(format),
            "shard_size": shard_size,
            "time_limit": time_limit,
            "inputs": list(inputs),
        }
        manifest = _open(folder, settings, paths, resume)
        if manifest.end:
            Reporter(None, {}).say(f"{folder}: this run is already done; --overwrite does it again")
            return exit_code(manifest.totals())
        loader = loader or partial(load, model, settings["ops"], kb)
        run = Run(
            folder,
            manifest,
            paths,
            Options(time_limit, compress=shard_size is not None),
            shard_size or PART,
        )
        with _engine(engine, address, loader, run, workers or len(os.sched_getaffinity(0))) as work:
            finished = run.go(work)
        run.tell(profile)
        if not finished:
            return INTERRUPTED
        folder.remove(WORK)
        return exit_code(manifest.totals())


Engine = Callable[[Iterator[Shard]], Iterator[Result]]


class Run:
    """The bookkeeping of a run: results become files and lines of the manifest, and run.json says how it went."""

    def __init__(
        self, folder: Folder, manifest: Manifest, paths: list[str], options: Options, size: int
    ):
        self.folder, self.manifest, self.paths, self.options, self.size = (
            folder,
            manifest,
            paths,
            options,
            size,
        )
        self.begun = datetime.now(UTC)
        self.before = manifest.totals()
        self.seconds: dict[str, float] = {}
        self.incidents: list[str] = []
        self.reporter = Reporter(_size_left(paths, manifest), self.before)

    def go(self, work: Engine) -> bool:
        """Does all shards that are missing; False where it was interrupted."""
        finished = False
        self.manifest.write(self.folder)
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
                self._finish()
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
        """The ids so far, and where reading begins: at the beginning, where they have not been kept and are gathered again."""
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

    def _publish(self, result: Result, inputs: dict[int, dict[str, Any]]) -> None:
        begin = time.perf_counter()
        facts = {}
        for kind, data in result.files.items():
            name = self.part(kind, result.number)
            self.folder.publish(name, [data])
            facts[kind] = {
                "name": name,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        for number in range(result.end[0] + 1):
            if number not in self.manifest.inputs:
                self.manifest.add_input(self.folder, inputs[number])
        self.manifest.add_shard(
            self.folder,
            {
                "shard": result.number,
                "from": list(result.start),
                "to": list(result.end),
                "characters": result.size,
                "counts": result.counts,
                "files": facts,
            },
        )
        self.incidents += result.incidents
        add(self.seconds, {**result.seconds, "publish": time.perf_counter() - begin})
        self.reporter.shard(result.counts, result.size)

    def part(self, kind: str, number: int) -> str:
        return (
            f"{kind}-{number:05}.jsonl.gz"
            if self.options.compress
            else f"{WORK}/{kind}-{number:05}.jsonl"
        )

    def _finish(self) -> None:
        """One file of each kind out of the parts, unless shards were asked for; the end goes into the manifest."""
        if not self.options.compress:
            for kind in KINDS:
                names = [self.part(kind, number) for number in sorted(self.manifest.shards)]
                self.folder.publish(
                    f"{kind}.jsonl", (chunk for name in names for chunk in self.folder.chunks(name))
                )
        self.manifest.end = {
            "end": True,
            "shards": len(self.manifest.shards),
            "counts": self.manifest.totals(),
        }
        self.manifest.write(self.folder)

    def facts(self, finished: bool) -> dict[str, Any]:
        """What run.json says."""
        counts = self.manifest.totals()
        took = self.reporter.seconds
        cables, words = (
            counts.get(name, 0) - self.before.get(name, 0) for name in ("cables", "words")
        )
        return {
            "schema": "cablespan.run/1",
            "status": "done" if finished else "interrupted",
            **{name: self.manifest.settings[name] for name in ("cablespan", "code", "model")},
            "arguments": {
                name: self.manifest.settings[name]
                for name in ("inputs", "format", "shard_size", "time_limit")
            },
            "command": sys.argv,
            "counts": counts,
            "begun": self.begun.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(took, 3),
            "resumed_at_cable": self.before.get("cables", 0),
            "cables_per_second": round(cables / took, 2),
            "words_per_second": round(words / took, 1),
            "words_per_second_once_started": round(words / (self.reporter.working or took), 1),
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
        counts, say = self.manifest.totals(), self.reporter.say
        if not self.manifest.end:
            say(
                f"interrupted; {counts.get('cables', 0):,} cables are done and kept. Go on with --resume"
            )
        else:
            found = ", ".join(
                f"{sum(counts.get(kind, {}).values()):,} {kind}"
                for kind in ("entities", "statements")
            )
            say(
                f"{self.folder}: {counts.get('cables', 0):,} cables, {counts.get('words', 0):,} words: {found}, "
                f"{counts.get('claims', 0):,} claims; {counts.get('rejects', 0):,} rejects; {self.reporter.seconds:.1f} s"
            )
        if self.incidents:
            say(f"{len(self.incidents)} incidents on the way, told in {RUN}")
        if profile:
            total = sum(self.seconds.values()) or 1.0
            rows = {
                step: f"{spent:8.1f} s {spent / total:6.1%}"
                for step, spent in sorted(self.seconds.items(), key=lambda s: -s[1])
            }
            self.reporter.table("time by step, all processes", rows)


def _open(
    folder: Folder, settings: dict[str, Any], paths: list[str], resume: bool | None
) -> Manifest:
    """The manifest to go on with, or a new one. Refuses a folder that holds something else."""
    names = [name for name in folder.names() if _is_ours(name)]
    if resume is False:
        for name in [
            *names,
            *(f"{WORK}/{name}" for name in ("ids.sqlite", "ids.sqlite-wal", "ids.sqlite-shm")),
        ]:
            folder.remove(name)
        return Manifest(settings)
    manifest = Manifest.load(folder)
    if manifest is None:
        if names:
            raise FileExistsError(
                f"{folder}: holds {names[0]} of another run; take another --output, or --overwrite"
            )
        return Manifest(settings)
    differences = [*manifest.differences(settings), *changed_inputs(manifest, paths)]
    if differences:
        raise ValueError(
            f"{folder}: holds a run that differs: {'; '.join(differences)}. Take another --output, --overwrite, or make it as it was"
        )
    if resume is None and not manifest.end:
        raise FileExistsError(
            f"{folder}: holds an unfinished run; go on with --resume, or --overwrite"
        )
    for shard in manifest.shards.values():
        for file in shard["files"].values():
            if (folder.size(file["name"]) != file["bytes"]) and not (
                manifest.end and file["name"].startswith(WORK)
            ):
                raise ValueError(
                    f"{folder}: {file['name']} is missing or has been changed; --overwrite does the run again"
                )
    return manifest


def _is_ours(name: str) -> bool:
    return (
        name in (RUN, manifests.NAME)
        or re.fullmatch(rf"({'|'.join(KINDS)})(-\d+)?\.jsonl(\.gz)?", name) is not None
    )


def exit_code(counts: dict[str, Any]) -> int:
    if not counts.get("cables"):
        return NOTHING_READ
    return SOME_REJECTED if counts["rejects"] else DONE


def _size_left(paths: list[str], manifest: Manifest) -> int | None:
    if any(path == STDIN or not os.path.isfile(path) for path in paths):
        return None
    return sum(os.path.getsize(path) for path in paths) - sum(
        shard["characters"] for shard in manifest.shards.values()
    )


def load(model: str | None, ops: str, kb: str | None = None) -> Any:
    """The pipeline, as a worker process loads it."""
    return nlp.load(model, kb=kb, ops=ops)


def _checked(kb: str) -> dict[str, str]:
    """Name and SHA-256 of a knowledge base that can be used. Raises KnowledgeError or OSError where it cannot."""
    KnowledgeBase.read(kb)
    with open(kb, "rb") as file:
        return {"name": kb, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def code_hash() -> str:
    """SHA-256 of the package's code and knowledge: other code may annotate otherwise."""
    return _folder_hash(Path(str(files("cablespan"))), (".py", ".jsonl"))


def model_facts(model: str | None) -> dict[str, str | None]:
    """Name and SHA-256 of a pipeline's folder; raises FileNotFoundError where there is no such pipeline."""
    if model == "rules":
        return {"name": model, "sha256": None}
    path = nlp.model_folder(model or nlp.BUNDLED)
    return {"name": str(model or path.name), "sha256": _folder_hash(path)}


def _folder_hash(folder: Path, suffixes: tuple[str, ...] = ("",)) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(suffixes) and path.suffix != ".pyc":
            digest.update(
                f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes()
            )
    return digest.hexdigest()


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

    def interrupt(number, frame):
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
