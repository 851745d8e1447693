"""Measures runs over a made-up dump: rates, overhead, memory, the cost of resuming; and says what
the whole Cablegate would take.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python scripts/benchmark_batch.py --cables 400

The dump is made of the cables of corpus/sample under new ids. Two workers are compared with one;
one worker with `nlp.pipe` alone on the same Docs in the same process: the overhead is what reading,
records, tasks, writing and sharding add to the annotation.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import threading
import time
from itertools import cycle, islice
from pathlib import Path

import orjson
import psutil

from cablespan.cable import Cable
from cablespan.document import to_doc
from cablespan.nlp import load
from cablespan.reading import expand, scan
from cablespan.runs.batch.shard import warm_up

SAMPLE = Path(__file__).parents[1] / "corpus/sample"
CABLEGATE = (251_287, 261_000_000)  # cables, words
SEVENTIES = 1_700_000  # cables of the 1970s


def make_dump(path: Path, number: int) -> int:
    """A CSV dump of `number` cables, the sample's bodies in turn under ids of their own; returns
    its words."""
    sample = [
        item
        for file in expand([SAMPLE])
        for item in scan(file)
        if isinstance(item, Cable) and item.paragraphs
    ]
    words = 0
    with open(path, "w", newline="") as file:
        rows = csv.writer(file, quoting=csv.QUOTE_ALL, escapechar="\\", doublequote=False)
        for index, cable in enumerate(islice(cycle(sample), number)):
            body = "\n\n".join(f"{n}. {p.text}" for n, p in enumerate(cable.paragraphs, 1))
            words += len(body.split())
            origin = "Embassy Astana"
            created = f"{index % 12 + 1}/{index % 28 + 1}/{1990 + index % 20} 9:41"
            rows.writerow(
                [
                    index,
                    created,
                    f"{(1990 + index % 20) % 100:02}ASTANA{index}",
                    origin,
                    "UNCLASSIFIED",
                    "",
                    "R 210941Z FEB 07",
                    body,
                ]
            )
    return words


def measured(command: list[str]) -> tuple[float, float, int]:
    """Seconds, the most memory of all its processes in MB, and the exit code of a command."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    most = 0.0
    begin = time.perf_counter()

    def watch():
        nonlocal most
        while process.poll() is None:
            try:
                family = [
                    psutil.Process(process.pid),
                    *psutil.Process(process.pid).children(recursive=True),
                ]
                most = max(most, sum(one.memory_full_info().pss for one in family) / 1e6)
            except psutil.Error:
                pass
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    watcher.join()
    return time.perf_counter() - begin, most, code


def annotate(
    dump: Path, output: Path, workers: int, shard: int, *more: str
) -> tuple[float, float, dict]:
    command = [
        sys.executable,
        "-m",
        "cablespan.cli",
        "annotate",
        str(dump),
        "--output",
        str(output),
    ]
    seconds, memory, code = measured(
        [*command, "--workers", str(workers), "--shard-size", str(shard), *more]
    )
    facts = orjson.loads((output / "run.json").read_bytes())
    assert code in (0, 1), f"exit code {code}"
    return seconds, memory, facts


def disturbed(dump: Path, output: Path, shard: int, shards: int) -> float:
    """Seconds of a run with two workers that is killed when half of its shards are there, and then
    resumed."""
    command = [
        sys.executable,
        "-m",
        "cablespan.cli",
        "annotate",
        str(dump),
        "--output",
        str(output),
        "--workers",
        "2",
        "--shard-size",
        str(shard),
    ]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while len(list(output.glob("rejects-*"))) < shards // 2 and process.poll() is None:
        time.sleep(0.05)
    process.kill()
    process.wait()
    annotate(dump, output, 2, shard, "--resume")
    return time.perf_counter() - begin


def pipe_alone(dump: Path) -> float:
    """Processor seconds that `nlp.pipe` takes over the dump's Docs, which are made beforehand."""
    nlp = warm_up(load(ops=os.environ.get("CABLESPAN_OPS", "numpy")))
    docs = [to_doc(nlp, cable) for cable in scan(dump) if isinstance(cable, Cable)]
    begin = time.process_time()
    for _ in nlp.pipe(docs):
        pass
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cables", type=int, default=400)
    parser.add_argument("--shard-size", type=int, default=50)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, "dump.csv")
        words = make_dump(dump, arguments.cables)
        print(f"{arguments.cables} cables, {words:,} words, {dump.stat().st_size / 1e6:.1f} MB")
        rates = {}
        for workers in (1, 2):
            output = Path(folder, f"run-{workers}")
            seconds, memory, facts = annotate(dump, output, workers, arguments.shard_size)
            # Without the start: what a long run is like.
            rates[workers] = facts["words_per_second_once_started"]
            print(
                f"{workers} worker(s): {seconds:.1f} s in all, "
                f"{rates[workers]:,.0f} words/s once started, {memory:.0f} MB at most"
            )
            print(
                "   ",
                ", ".join(
                    f"{step} {share / sum(facts['profile'].values()):.1%}"
                    for step, share in facts["profile"].items()
                ),
            )
            if workers == 1:
                alone = facts
        print(f"two workers: {rates[2] / rates[1]:.2f} times one")
        pipe, spent = pipe_alone(dump), alone["profile"]
        around = sum(spent[step] for step in ("read", "record", "tasks", "write"))
        print(
            f"nlp.pipe alone: {pipe:.1f} s; reading, records, "
            f"tasks and writing: {around:.1f} s, {around / pipe:.1%} of it",
            end="",
        )
        print(
            f"; Docs {spent['tokenize']:.1f} s; "
            f"publishing (mostly waiting for the disk) {spent['publish']:.1f} s"
        )
        runs = [
            [path for path in sorted(Path(folder, f"run-{n}").iterdir()) if path.suffix == ".gz"]
            for n in (1, 2)
        ]
        same = all(
            one.name == two.name and one.read_bytes() == two.read_bytes()
            for one, two in zip(*runs, strict=True)
        )
        print(f"same bytes of one worker and two: {same}")
        killed = disturbed(
            dump,
            Path(folder, "killed"),
            arguments.shard_size,
            -(-arguments.cables // arguments.shard_size),
        )
        print(
            f"killed in the middle and resumed: {killed:.1f} s in all, undisturbed {seconds:.1f} s"
        )
        hours = CABLEGATE[1] / rates[2] / 3600
        print(f"Cablegate, {CABLEGATE[0]:,} cables: {hours:.1f} h with two workers")
        per_worker = rates[2] / 2 * 3600
        seventies = SEVENTIES * CABLEGATE[1] / CABLEGATE[0] / per_worker
        print(
            f"{SEVENTIES:,} cables of that length: "
            f"{seventies:,.0f} core hours, {seventies / 64:.1f} h on 64 cores"
        )


if __name__ == "__main__":
    main()
