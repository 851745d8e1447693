"""The whole of docs/batch.md's cluster on one machine: two Ray nodes, an S3 server, a driver that is killed, a node that is lost.

python scripts/ray_on_s3.py [--cables 2000] [--model rules]

Needs cablespan[ray], s3fs, and moto's S3 server on the PATH (`uv tool install "moto[server]"`). Prints what happened, and whether
the disturbed run wrote the bytes of an undisturbed one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import ray
import s3fs
from ray.cluster_utils import Cluster

from benchmark_batch import make_dump

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
    server = subprocess.Popen(["moto_server", "-p", str(PORT)], stderr=subprocess.DEVNULL)
    try:
        files = s3fs.S3FileSystem(use_listings_cache=False)
        wait_for(lambda: bucket(files))
        yield files
    finally:
        server.kill()


def bucket(files: s3fs.S3FileSystem) -> bool:
    try:
        files.mkdir("cables")
    except OSError:  # the server has not begun
        return False
    return True


def wait_for(condition, seconds: float = 1200) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.2)


def command(model: str, output: str, *more: str) -> list[str]:
    name = Path(sys.executable).parent / "cablespan"
    shards = ["--shard-size", str(SHARD)]
    return [str(name), "annotate", "s3://cables/dump.csv", "-o", output, "--model", model, *shards, *more]  # fmt: skip


def done(files: s3fs.S3FileSystem, folder: str) -> int:
    return len(files.glob(f"cables/{folder}/cables-*"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cables", type=int, default=2000)
    parser.add_argument("--model", default="rules")
    arguments = parser.parse_args()
    with s3_server() as files, tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump.csv"
        words = make_dump(dump, arguments.cables)
        files.put_file(str(dump), "cables/dump.csv")
        print(f"{arguments.cables:,} made-up cables, {words:,} words in s3://cables/dump.csv")
        cluster = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
        )
        second = cluster.add_node(num_cpus=1)
        joined = ["--engine", "ray", "--address", cluster.address]
        try:
            begin = time.monotonic()
            run = command(arguments.model, "s3://cables/run", *joined)
            driver = subprocess.Popen(run)
            wait_for(lambda: done(files, "run") >= 3)
            driver.kill()
            driver.wait()
            print(f"driver killed with {done(files, 'run')} shards visible")
            refused = subprocess.run(run, capture_output=True, text=True)
            print(f"without --resume, exit code {refused.returncode}: {refused.stderr.strip()}")
            driver = subprocess.Popen([*run, "--resume"])
            kept = done(files, "run")
            wait_for(lambda: done(files, "run") >= kept + 3)
            cluster.remove_node(second, allow_graceful=False)
            print(f"node lost with {done(files, 'run')} shards visible")
            print(f"exit code {driver.wait()} after {time.monotonic() - begin:.0f} s")
        finally:
            ray.shutdown()
            cluster.shutdown()
        subprocess.run(command(arguments.model, "s3://cables/plain", "--workers", "2"), check=True)
        same = [
            files.cat_file(path) == files.cat_file(path.replace("/plain/", "/run/"))
            for path in files.find("cables/plain")
            if not path.endswith("run.json")
        ]
        facts = orjson.loads(files.cat_file("cables/run/run.json"))
        print(f"{sum(same)} of {len(same)} files hold the bytes of the undisturbed run")
        print(f"counts: {facts['counts']['cables']:,} cables, {facts['counts']['words']:,} words")
        print(f"left in .cablespan: {files.find('cables/run/.cablespan')}")


if __name__ == "__main__":
    main()
