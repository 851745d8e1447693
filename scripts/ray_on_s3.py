"""The whole of docs/batch.md's cluster on one machine: two Ray nodes, an S3 server, a driver that
is killed, a node that is lost.

    python scripts/ray_on_s3.py [--cables 2000] [--model en_cable_sm]

Needs cablespan[ray,s3], and of cablespan[dev] moto's S3 server. Prints what happened, and whether
the disturbed run wrote the bytes of an undisturbed one; else it ends with exit code 1.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

import orjson
import ray
import s3fs
import spacy
from ray.cluster_utils import Cluster
from spacy.language import Language

from benchmark_batch import make_dump
from cablespan.runs.batch import annotate

PORT = 5123
ENDPOINT = f"http://127.0.0.1:{PORT}"
SHARD = 100  # cables


@contextmanager
def s3_server() -> Iterator[s3fs.S3FileSystem]:
    """Moto's S3 server with an empty bucket `cables`; this process and its children use it."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": ENDPOINT,
    }
    command = [sys.executable, "-m", "moto.server", "-p", str(PORT)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(listening)
        files = s3fs.S3FileSystem(use_listings_cache=False)
        files.mkdir("cables")
        yield files
    finally:
        server.kill()


def listening() -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", PORT), timeout=1):
        return True
    return False


def wait_for(
    condition: Callable[[], bool], driver: subprocess.Popen | None = None, seconds: float = 1200
) -> None:
    """Returns when the condition holds. Raises RuntimeError when the driver has ended before."""
    end = time.monotonic() + seconds
    while not condition():
        if driver and driver.poll() is not None:
            raise RuntimeError(f"the driver has ended with exit code {driver.returncode}")
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s in vain")
        time.sleep(0.2)


def tokenizer() -> Language:
    """A pipeline that finds nothing: the run is what is tried here."""
    return spacy.blank("en")


def command(output: str, *options: str) -> list[str]:
    """A driver: this file in a process of its own, which can be killed."""
    return [sys.executable, __file__, "--drive", output, *options]


def drive(output: str, address: str | None, resume: bool, model: str | None) -> int:
    """What `cablespan annotate` does with these options."""
    return annotate(
        ["s3://cables/dump.csv"],
        output,
        engine="ray" if address else "local",
        address=address,
        shard_size=SHARD,
        resume=True if resume else None,
        model=model,
        # By its module's name, which is not __main__ in the workers.
        loader=None if model else import_module("ray_on_s3").tokenizer,
    )


def done(files: s3fs.S3FileSystem, folder: str) -> int:
    return len(files.glob(f"cables/{folder}/cables-*"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cables", type=int, default=2000)
    parser.add_argument("--model", help="as of cablespan annotate; a mere tokenizer if not given")
    parser.add_argument("--drive", metavar="OUTPUT", help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    parser.add_argument("--resume", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.drive:
        return drive(arguments.drive, arguments.address, arguments.resume, arguments.model)
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    # Ray's workers are niced, and starve on a machine that is busy otherwise.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 (that is its name)
    model = ["--model", arguments.model] if arguments.model else []
    with s3_server() as files, tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump.csv"
        words = make_dump(dump, arguments.cables)
        files.put_file(str(dump), "cables/dump.csv")
        print(f"{arguments.cables:,} made-up cables, {words:,} words in s3://cables/dump.csv")
        on_a_disturbed_cluster(files, model)
        subprocess.run(command("s3://cables/plain", *model), check=True)
        return compare(files)


def on_a_disturbed_cluster(files: s3fs.S3FileSystem, model: list[str]) -> None:
    """A run on two nodes, of which the driver is killed and, when it is resumed, one node."""
    begin = time.monotonic()
    head = {"num_cpus": 1, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    second = cluster.add_node(num_cpus=1)
    run = command("s3://cables/run", "--address", cluster.address, *model)
    try:
        driver = subprocess.Popen(run)
        wait_for(lambda: done(files, "run") >= 3, driver)
        driver.kill()
        driver.wait()
        print(f"driver killed with {done(files, 'run')} shards visible")
        refused = subprocess.run(run, capture_output=True, text=True)
        print(f"without --resume: {refused.stderr.strip().splitlines()[-1]}")
        kept = done(files, "run")
        driver = subprocess.Popen([*run, "--resume"])
        wait_for(lambda: done(files, "run") >= kept + 3, driver)
        cluster.remove_node(second, allow_graceful=False)
        print(f"node lost with {done(files, 'run')} shards visible")
        print(f"exit code {driver.wait()} after {time.monotonic() - begin:.0f} s")
    finally:
        ray.shutdown()
        cluster.shutdown()


def compare(files: s3fs.S3FileSystem) -> int:
    """Says whether the disturbed run wrote the files of the other one, and left nothing else.

    Returns the exit code.
    """
    names = [Path(path).name for path in files.find("cables/plain") if "run.json" not in path]
    same = [
        files.cat_file(f"cables/plain/{name}") == files.cat_file(f"cables/run/{name}")
        for name in names
    ]
    counts = orjson.loads(files.cat_file("cables/run/run.json"))["counts"]
    print(f"{sum(same)} of {len(names)} files hold the bytes of the undisturbed run")
    print(f"{counts['cables']:,} cables, {counts['words']:,} words")
    left = files.find("cables/run/.cablespan")
    print(f"left in .cablespan: {left}")
    return 0 if names and all(same) and not left else 1


if __name__ == "__main__":
    sys.exit(main())
