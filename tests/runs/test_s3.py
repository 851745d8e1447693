"""Runs on an object store, moto's S3 server: nothing can be renamed or appended there, and still
files are whole, one run writes, and what was interrupted goes on. With Ray: scripts/ray_on_s3.py.
"""

from functools import partial

import pytest

import poison
from cablespan.runs.batch import annotate
from cablespan.runs.batch.folder import Folder
from cablespan.runs.batch.progress import Reporter
from cablespan.runs.batch.run import DONE, INTERRUPTED

s3fs = pytest.importorskip("s3fs")
moto = pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def bucket():
    """The file system of a server of our own with an empty bucket `cables`."""
    server = moto.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setattr("cablespan.runs.batch.run.code_hash", poison.code_hash)
        files = s3fs.S3FileSystem(use_listings_cache=False)
        files.mkdir("cables")
        yield files
        s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_an_interrupted_run_goes_on_and_writes_what_a_disk_would_hold(
    bucket, tmp_path, monkeypatch
):
    source, output = "s3://cables/dump.jsonl", "s3://cables/run"
    bucket.pipe_file(source, poison.dump(20))
    run = partial(annotate, [source], shard_size=10, workers=1, loader=poison.pipeline)
    assert run(tmp_path) == DONE
    with monkeypatch.context() as patch:
        patch.setattr(Reporter, "shard", ctrl_c)
        assert run(output) == INTERRUPTED
    assert len(bucket.glob("cables/run/cables-*")) == 1
    bucket.pipe_file("cables/run/.cablespan/lock", b"process 7 on a machine that burned down")
    with pytest.raises(BlockingIOError, match="burned down; if that run is dead, go on with"):
        run(output)
    assert run(output, resume=True) == DONE
    for path in tmp_path.glob("*.gz"):
        assert bucket.cat_file(f"cables/run/{path.name}") == path.read_bytes()
    assert not bucket.find("cables/run/.cablespan")


def ctrl_c(reporter: Reporter, counts, size: int) -> None:
    raise KeyboardInterrupt


def test_a_run_that_was_taken_for_dead_stops_before_it_writes(bucket):
    slow, next_one = Folder("s3://cables/contested"), Folder("s3://cables/contested")
    with slow.lock():
        slow.append("manifest.jsonl", b"its own\n")
        with next_one.lock(take_over=True):
            with pytest.raises(BlockingIOError, match="has taken over"):
                slow.append("manifest.jsonl", b"too late\n")
            next_one.append("manifest.jsonl", b"of the next one\n")
    assert next_one.read("manifest.jsonl").splitlines()[-1] == b"of the next one"
    assert not bucket.exists("cables/contested/.cablespan/lock")


def test_an_upload_that_fails_leaves_nothing(bucket):
    def torn():
        yield b"the first half"
        raise OSError("the network is gone")

    with pytest.raises(OSError, match="the network is gone; what is written is whole"):
        Folder("s3://cables/torn").publish("cables-00000.jsonl.gz", torn())
    assert not bucket.find("cables/torn")
