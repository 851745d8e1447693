"""The Ray engine gives the bytes of the local one, with a node lost on the way and with inputs and
outputs on fsspec paths.
"""

import threading
import time
from functools import partial

import pytest

import poison
from cablespan.runs.batch import annotate

ray = pytest.importorskip("ray")
cluster_utils = pytest.importorskip("ray.cluster_utils")


@pytest.fixture(autouse=True)
def same_code(monkeypatch):
    monkeypatch.setattr("cablespan.runs.batch.run.code_hash", poison.code_hash)


def written(folder) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != "run.json"
    }


def test_two_nodes_of_which_one_is_lost(tmp_path, monkeypatch):
    monkeypatch.setenv("POISON_PACE", "0.05")
    monkeypatch.setenv("PYTHONPATH", str(poison.__file__).rpartition("/")[0])
    monkeypatch.setenv("RAY_DISABLE_IMPORT_WARNING", "1")
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(poison.dump(120, {33: "RAISE"}))
    run = partial(
        annotate, [f"file://{dump}"], shard_size=10, time_limit=20, loader=poison.pipeline
    )
    assert run(tmp_path / "local", workers=2) == 0

    cluster = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    try:
        second = cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, logging_level="error", log_to_driver=False)
        output = tmp_path / "ray"
        lost = []

        def lose_a_node():
            while len(list(output.glob("cables-*"))) < 3:
                time.sleep(0.05)
            cluster.remove_node(second, allow_graceful=False)
            lost.append(len(list(output.glob("cables-*"))))

        thread = threading.Thread(target=lose_a_node, daemon=True)
        thread.start()
        assert run(f"file://{output}", engine="ray") == 0
        thread.join(30)
        assert 3 <= lost[0] < 12, "the node was lost while there was work to do"
        assert written(output) == written(tmp_path / "local")
        # Neither end of the road needs to be a disk.
        import fsspec

        memory = fsspec.filesystem("memory")
        memory.pipe("/in/dump.jsonl", dump.read_bytes())
        assert (
            annotate(
                ["memory://in/dump.jsonl"],
                "memory://out",
                engine="ray",
                shard_size=60,
                loader=poison.pipeline,
            )
            == 0
        )
        assert sorted(path.rpartition("/")[2] for path in memory.glob("/out/cables-*")) == [
            "cables-00000.jsonl.gz",
            "cables-00001.jsonl.gz",
        ]
        assert not memory.exists("/out/.cablespan")
        assert memory.cat("/out/manifest.jsonl").count(b"\n") == 5
    finally:
        ray.shutdown()
        cluster.shutdown()
