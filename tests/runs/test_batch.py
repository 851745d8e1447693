"""Runs survive what stops them: killed processes, poisonous cables, a full disk, Ctrl-C.

And give the same bytes as an undisturbed run.
"""

import errno
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import fsspec
import orjson
import psutil
import pytest
import spacy

import poison
from cablespan import reading as readers
from cablespan.reading import scan
from cablespan.runs.batch import annotate, folder, pool
from cablespan.runs.batch.folder import Folder
from cablespan.runs.batch.manifest import Manifest
from cablespan.runs.batch.progress import Reporter
from cablespan.runs.batch.results import Results, lines
from cablespan.runs.batch.shard import KINDS, Options, Shard, annotate_shard, warm_up
from cablespan.runs.batch.stream import Ids, changed_inputs, expand, fingerprint
from cablespan.runs.batch.worker import InHand, _StopWatch
from cablespan.runs.report import report

CABLES = 60


def run(inputs, output, **options) -> int:
    options = {
        "loader": poison.pipeline,
        "shard_size": 10,
        "workers": 1,
        "time_limit": 20,
        **options,
    }
    return annotate(
        [str(path) for path in (inputs if isinstance(inputs, list) else [inputs])],
        output,
        **options,
    )


def written(output: Path) -> dict[str, bytes]:
    """Every visible file by name, but for run.json, which tells of times."""
    return {
        path.name: path.read_bytes()
        for path in sorted(output.iterdir())
        if path.is_file() and path.name != "run.json"
    }


@pytest.fixture(autouse=True, scope="module")
def same_code():
    """The code may be edited while the tests run; what a change of it does is tested by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cablespan.runs.batch.run.code_hash", poison.code_hash)
        yield


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("in") / "dump.jsonl"
    path.write_bytes(poison.dump(CABLES))
    return path


@pytest.fixture(scope="module")
def undisturbed(source, tmp_path_factory) -> dict[str, bytes]:
    output = tmp_path_factory.mktemp("undisturbed")
    assert run(source, output) == 0
    return written(output)


@pytest.fixture(scope="module")
def in_one_file(source, tmp_path_factory) -> dict[str, bytes]:
    """As `undisturbed`, without shards: by two workers, in parts of seven cables."""
    output = tmp_path_factory.mktemp("in-one-file")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cablespan.runs.batch.run.PART", 7)
        assert run(source, output, shard_size=None, workers=2) == 0
    return written(output)


@pytest.fixture
def finished(undisturbed, tmp_path) -> Path:
    """A folder of the undisturbed run's files."""
    return copied(undisturbed, tmp_path)


def copied(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def start(source: Path, output: Path, *more: str) -> subprocess.Popen:
    """A run of its own process, slow enough to be disturbed."""
    environment = os.environ | {
        "POISON_PACE": "0.2",
        "PYTHONPATH": str(Path(poison.__file__).parent),
    }
    command = [sys.executable, poison.__file__, str(source), str(output), *more]
    return subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, start_new_session=True
    )


def wait_for(condition, seconds: float = 180):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return value


def workers(process: subprocess.Popen) -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process(process.pid).children()
        if "spawn_main" in " ".join(child.cmdline())
    ]


def test_a_run_writes_shards_of_every_kind_and_says_where_they_come_from(undisturbed):
    shards = {f"{kind}-{number:05}.jsonl.gz" for kind in KINDS for number in range(6)}
    assert set(undisturbed) == shards | {"manifest.jsonl"}
    third = orjson.loads(gzip.decompress(undisturbed["cables-00002.jsonl.gz"]).splitlines()[0])
    assert third["id"] == "07ASTANA20" and third["entities"][0]["text"] == "The Embassy"
    manifest = [orjson.loads(line) for line in undisturbed["manifest.jsonl"].splitlines()]
    assert [(line["from"], line["to"]) for line in manifest if "shard" in line][2] == (
        [0, 20],
        [0, 30],
    )
    assert manifest[-1]["counts"]["cables"] == CABLES
    assert manifest[-1]["counts"]["words"] == 13 * CABLES, "words are what blanks divide"


@pytest.mark.parametrize(
    "disturbance", ["a worker is killed", "the run is killed", "the run is interrupted"]
)
def test_a_disturbed_run_gives_the_same_bytes(source, undisturbed, tmp_path, disturbance):
    process = start(source, tmp_path)
    wait_for(lambda: len(list(tmp_path.glob("cables-*"))) >= 2)
    hands = workers(process)
    if disturbance == "a worker is killed":
        hands[0].send_signal(signal.SIGKILL)
        assert process.wait(180) == 0
        assert "SIGKILL" in orjson.loads((tmp_path / "run.json").read_bytes())["incidents"][0]
    else:
        if disturbance == "the run is killed":
            process.kill()
            assert process.wait(60) == -signal.SIGKILL
        else:
            os.killpg(
                process.pid, signal.SIGINT
            )  # as Ctrl-C on a terminal: to every process of the group
            assert process.wait(60) == 130
            assert b"--resume" in process.stderr.read()
        psutil.wait_procs(hands, timeout=60)
        assert not any(hand.is_running() for hand in hands), "workers outlive their run"
        visible = {
            name: data for name, data in written(tmp_path).items() if name != "manifest.jsonl"
        }
        assert 5 < len(visible) < 30
        assert all(undisturbed[name] == data for name, data in visible.items()), (
            "a shard once visible never changes"
        )
        with pytest.raises(FileExistsError, match="--resume"):
            run(source, tmp_path)
        assert run(source, tmp_path, resume=True, workers=2) == 0
    assert written(tmp_path) == undisturbed
    assert not (tmp_path / ".cablespan").exists()


def test_without_shards_there_is_one_file_of_each_kind(undisturbed, in_one_file):
    assert set(in_one_file) == {f"{kind}.jsonl" for kind in KINDS} | {"manifest.jsonl"}
    for kind in KINDS:
        parts = [
            gzip.decompress(data) for name, data in undisturbed.items() if name.startswith(kind)
        ]
        assert in_one_file[f"{kind}.jsonl"] == b"".join(parts)


def test_poisonous_cables_are_rejected_and_the_rest_goes_on(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setattr(pool, "GRACE", 0.5)
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(poison.dump(CABLES, {14: "HANG", 25: "KILL", 36: "STUCK"}))
    outputs = [tmp_path / "one", tmp_path / "two"]
    assert [
        run(dump, output, workers=number, time_limit=1) for number, output in enumerate(outputs, 1)
    ] == [1, 1]
    assert written(outputs[0]) == written(outputs[1])
    rejects = {reject["place"]: reject for reject in lines(str(outputs[0]), "rejects")}
    reasons = {place: reject["reason"] for place, reject in rejects.items()}
    assert reasons == {
        "cable 15 (07ASTANA14)": "not done after 1 seconds of work, the time limit of a cable",
        "cable 26 (07ASTANA25)": "its process died on it, alone too (SIGKILL)",
        "cable 37 (07ASTANA36)": "not done after 1 seconds of work, the time limit of a cable",
    }
    assert all(reject["header"]["created"] == "2007-02-21" for reject in rejects.values())
    assert len(list(lines(str(outputs[0])))) == CABLES - 3
    unharmed = written(outputs[0])["entities-00005.jsonl.gz"]
    assert unharmed == undisturbed["entities-00005.jsonl.gz"]


def test_a_component_that_fails_costs_its_layer_and_no_cable(tmp_path, undisturbed, capsys):
    dump, output = tmp_path / "dump.jsonl", tmp_path / "out"
    dump.write_bytes(poison.dump(CABLES, {3: "RAISE"}))
    assert run(dump, output) == 0
    assert "failed and left out: poison on 1 cables" in capsys.readouterr().err
    assert json.loads((output / "run.json").read_text())["counts"]["failed"] == {"poison": 1}
    records = {record["id"]: record for record in lines(str(output))}
    failed = records["07ASTANA3"]
    assert len(records) == CABLES and not list(lines(str(output), "rejects"))
    note = "poison failed and is left out: RuntimeError: poison in the cable"
    assert failed["notes"] == [note] and "entities" not in failed and failed["paragraphs"]
    assert all("notes" not in record for id, record in records.items() if record is not failed)
    unharmed = written(output)["entities-00005.jsonl.gz"]
    assert unharmed == undisturbed["entities-00005.jsonl.gz"]


def test_a_full_disk_leaves_whole_files_and_can_be_resumed(
    source, undisturbed, tmp_path, monkeypatch
):
    synced = []

    def fsync(handle):
        synced.append(handle)
        if len(synced) == 25:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(folder.os, "fsync", fsync)
        with pytest.raises(OSError, match="make room, then go on with --resume"):
            run(source, tmp_path)
    assert all(
        undisturbed[name] == data
        for name, data in written(tmp_path).items()
        if name != "manifest.jsonl"
    )
    assert run(source, tmp_path, resume=True) == 0
    assert written(tmp_path) == undisturbed


@pytest.mark.parametrize("folder", ["memory:/", "memory://records", "{tmp_path}"])
def test_a_file_of_records_is_read_where_it_lies(tmp_path, folder):
    path = f"{folder.format(tmp_path=tmp_path)}/records.jsonl"
    with fsspec.open(path, "wb") as file:
        file.write(poison.dump(1))
    assert [*lines(path)] == [orjson.loads(poison.dump(1))]


def test_a_torn_line_of_the_manifest_is_done_again(source, undisturbed, finished):
    manifest = undisturbed["manifest.jsonl"].splitlines(keepends=True)
    (finished / "manifest.jsonl").write_bytes(b"".join(manifest[:5]) + manifest[5][:40])
    assert run(source, finished, resume=True) == 0
    assert written(finished) == undisturbed


def test_a_finished_run_is_not_done_again(source, undisturbed, finished, capfd):
    assert run(source, finished, loader=poison.broken) == 0
    assert "already done" in capfd.readouterr().err
    with pytest.raises(ValueError, match="holds a run that differs"):
        run(source, finished, format="jsonl")
    assert written(finished) == undisturbed and not (finished / ".cablespan").exists()


def test_a_run_that_differs_is_refused_with_what_differs(source, finished, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/meta.json").write_text("{}")
    (tmp_path / "model/config.cfg").write_text("")
    labels = tmp_path / "labels.toml"
    labels.write_text('extend = true\n[entities.SHIP]\ndefinition = "A vessel."\n')
    for options, difference in [
        ({"shard_size": 20}, "shard size was 10 and is 20"),
        ({"model": str(tmp_path / "model")}, "model was"),
        ({"format": "jsonl"}, "format was None and is 'jsonl'"),
        ({"time_limit": 5}, "time limit was 20 and is 5"),
        ({"bfloat16": True}, "bfloat16 was False and is True"),
        ({"labels": labels}, "labels was None and is .*labels.toml"),
    ]:
        with pytest.raises(ValueError, match=difference):
            run(source, finished, resume=True, **options)
    changed = tmp_path.parent / "changed" / source.name
    changed.parent.mkdir()
    changed.write_bytes(source.read_bytes())
    output = tmp_path / "out"
    assert run(changed, output) == 0
    changed.write_bytes(source.read_bytes()[:-20])
    before = written(output)
    with pytest.raises(ValueError, match="dump.jsonl has changed"):
        run(changed, output, resume=True)
    assert before.keys() == written(output).keys()


def test_a_finished_run_has_not_read_a_file_that_came_later(source):
    paths = [str(source), "later.jsonl"]
    manifest = Manifest({}, inputs={0: fingerprint(0, paths[0])})
    assert list(changed_inputs(manifest, paths)) == [], "it is still to be read"
    manifest.end = {"end": True, "shards": 6, "counts": {}, "files": {}}
    assert list(changed_inputs(manifest, paths)) == ["input 2 was missing and is later.jsonl"]


@pytest.mark.parametrize(
    "shard_size, damaged", [(10, "cables-00003.jsonl.gz"), (None, "cables.jsonl")]
)
@pytest.mark.parametrize("damage", ["a bit is flipped", "the file is gone"])
def test_what_is_damaged_is_said_and_only_that_is_done_again(
    source, undisturbed, in_one_file, tmp_path, monkeypatch, shard_size, damaged, damage
):
    monkeypatch.setattr("cablespan.runs.batch.run.PART", 7)
    whole = undisturbed if shard_size else in_one_file
    path = copied(whole, tmp_path) / damaged
    if damage == "a bit is flipped":
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    else:
        path.unlink()
    with pytest.raises(ValueError, match=f"{damaged} (has been changed|is missing).*--resume"):
        run(source, tmp_path, shard_size=shard_size)
    with pytest.raises(ValueError, match=f"{damaged}: (has been changed|is missing).*--resume"):
        list(lines(str(tmp_path)))
    done = []
    monkeypatch.setattr(Manifest, "add_shard", _noting(Manifest.add_shard, done))
    assert run(source, tmp_path, shard_size=shard_size, resume=True) == 0
    assert written(tmp_path) == whole
    assert len(done) == (9 if damaged == "cables.jsonl" and damage == "the file is gone" else 1)


def _noting(add_shard, done):
    def noting(manifest, folder, line, inputs):
        done.append(line["shard"])
        add_shard(manifest, folder, line, inputs)

    return noting


def test_an_unfinished_run_says_what_it_lacks(undisturbed, finished):
    assert Results(str(finished)).unfinished is None
    first = undisturbed["manifest.jsonl"].splitlines(keepends=True)[:5]
    (finished / "manifest.jsonl").write_bytes(b"".join(first))
    assert "first 30 cables" in Results(str(finished)).unfinished
    (finished / "manifest.jsonl").write_bytes(b"".join([*first[:3], first[4]]))
    assert "20 cables, not those of shards 1;" in Results(str(finished)).unfinished
    assert len(list(lines(str(finished)))) == 20


def test_a_run_does_not_read_what_runs_have_written(source, tmp_path, capfd):
    folder = tmp_path / "cables"
    folder.mkdir()
    (folder / "dump.jsonl").write_bytes(poison.dump(4))
    assert run(folder, folder / "out") == 0
    before = written(folder / "out")
    assert run(folder, folder / "out", resume=False) == 0
    assert written(folder / "out") == before
    assert run(folder, tmp_path / "elsewhere") == 0
    assert "not read, because a run wrote it" in capfd.readouterr().err
    assert [record["id"] for record in lines(str(tmp_path / "elsewhere"))] == [
        f"07ASTANA{number}" for number in range(4)
    ]
    assert run(folder, folder, resume=False) == 0
    assert run(folder, folder) == 0, "the same inputs as before"
    with pytest.raises(ValueError, match="only what a run wrote"):
        run(folder / "out" / "cables-00000.jsonl.gz", tmp_path / "third")


def test_a_file_that_is_named_twice_is_read_once(source, tmp_path):
    (tmp_path / "linked").symlink_to(source.parent)
    given = [
        str(source),
        str(source.parent),
        str(source.parent / "*.jsonl"),
        os.path.relpath(source),
        f"{source.parent}//../{source.parent.name}/{source.name}",
        str(tmp_path / "linked"),
    ]
    assert expand(given).paths == [str(source)] == readers.expand(given)
    (tmp_path / source.name).symlink_to(source)
    assert len(expand([*given, str(tmp_path / source.name)]).paths) == 2, "under a name of its own"


def test_a_cable_that_fails_only_beside_others_is_not_rejected(tmp_path, monkeypatch):
    (tmp_path / "dump.jsonl").write_bytes(poison.dump(20, {4: "CROWDED", 15: "KILL"}))
    output = tmp_path / "out"
    assert run(tmp_path / "dump.jsonl", output, workers=2) == 1
    assert [reject["id"] for reject in lines(str(output), "rejects")] == ["07ASTANA15"]
    monkeypatch.setenv("POISON_CURED", "1")
    shard = Shard(0, list(scan(tmp_path / "dump.jsonl"))[:10], (0, 0), (0, 10))
    alone = annotate_shard(warm_up(poison.pipeline()), shard, Options(compress=True))
    for kind in KINDS:
        assert written(output)[f"{kind}-00000.jsonl.gz"] == alone.files[kind]
    incidents = orjson.loads((output / "run.json").read_bytes())["incidents"]
    assert "shard 0 was done cable by cable" in incidents


@pytest.mark.parametrize("shard_size", [10, None])
def test_what_failed_is_done_again_when_asked(tmp_path, undisturbed, monkeypatch, shard_size):
    monkeypatch.setattr("cablespan.runs.batch.run.PART", 10)
    dump, output = tmp_path / "dump.jsonl", tmp_path / "out"
    dump.write_bytes(poison.dump(40, {14: "FLAKY"}))
    assert run(dump, output, shard_size=shard_size) == 0
    assert run(dump, output, shard_size=shard_size, resume=True) == 0
    assert "notes" in list(lines(str(output)))[14], "not unasked"
    monkeypatch.setenv("POISON_CURED", "1")
    again = {"shard_size": shard_size, "retry_rejects": True, "time_limit": 30}
    assert run(dump, output, **again) == 0
    records = list(lines(str(output)))
    assert [record["id"] for record in records] == [f"07ASTANA{n}" for n in range(40)]
    assert "notes" not in records[14]
    assert run(dump, output, **again) == 0


def test_only_work_counts_against_the_time_limit():
    def seconds_of(code: str, while_looking) -> float:
        with subprocess.Popen([sys.executable, "-c", code]) as process:
            time.sleep(1)  # the interpreter has begun
            watch = _StopWatch(process.pid)
            for _ in range(10):
                while_looking(process)
                time.sleep(0.1)
                seconds = watch.seconds()
            process.kill()
        return seconds

    sleeping, working = "import time; time.sleep(60)", "while True: pass"
    assert seconds_of(sleeping, lambda process: None) > 0.8
    assert seconds_of(working, lambda process: None) > 0.1
    assert seconds_of(working, lambda process: process.send_signal(signal.SIGSTOP)) < 0.1


def test_a_damaged_manifest_names_line_and_remedy(source, undisturbed, finished):
    good = undisturbed["manifest.jsonl"].splitlines(keepends=True)
    for damage in (b"{garbage\n", b'{"no": "line of ours"}\n', b"7\n"):
        (finished / "manifest.jsonl").write_bytes(b"".join([*good[:4], damage, *good[4:]]))
        with pytest.raises(ValueError, match="manifest.jsonl, line 5: .*cut the line out"):
            run(source, finished)


def test_a_full_disk_of_the_ids_says_so(tmp_path):
    ids = Ids(str(tmp_path / "ids.sqlite"))
    ids.database.execute("PRAGMA max_page_count = 3")
    cables = scan_of(tmp_path, 400)
    with pytest.raises(OSError, match="ids.sqlite: .*full; make room, then go on with --resume"):
        for number, cable in enumerate(cables):
            ids.unique(cable, 0, number)


def scan_of(folder: Path, number: int) -> list:
    (folder / "some.jsonl").write_bytes(poison.dump(number))
    return list(scan(folder / "some.jsonl"))


def test_a_pipeline_that_is_not_whole_is_told_in_a_sentence(source, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "meta.json").write_text("{}")
    with pytest.raises(FileNotFoundError, match="model/config.cfg: is missing; copy or train"):
        run(source, tmp_path / "out", model=str(model))
    (model / "config.cfg").write_text("[nlp]\nlang = 'en'\npipeline = ['ner']\n")
    with pytest.raises(ChildProcessError, match="model: the pipeline cannot be loaded .*--model"):
        run(source, tmp_path / "out", model=str(model), loader=None, resume=False)


@pytest.mark.skipif(find_spec("spacy_transformers") is not None, reason="the extra is there")
def test_a_transformer_without_its_extra_says_what_to_install_and_nothing_else(source, tmp_path):
    model = tmp_path / "model"
    spacy.blank("en").to_disk(model)
    config = (model / "config.cfg").read_text()
    component = '[components]\n\n[components.transformer]\nfactory = "transformer"'
    (model / "config.cfg").write_text(config.replace("[components]", component))
    told = r"^.*model is a transformer pipeline: pip install 'cablespan\[trf\]'[^;:]*$"
    with pytest.raises(ChildProcessError, match=told):
        run(source, tmp_path / "out", model=str(model), loader=None)


def test_only_the_workers_import_spacy():
    code = """
import sys
from cablespan.runs.batch import annotate
from cablespan.runs.batch.model import model_facts
from cablespan.runs.batch.reading import read
assert model_facts(None)["sha256"]
sys.exit("spacy" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_rates_and_time_left_are_told_by_work_and_not_by_what_loading_took(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("cablespan.runs.batch.progress.time.monotonic", lambda: now[0])
    reporter = Reporter(1000, {"cables": 700, "words": 9000})  # of the run that it goes on with
    now[0] = 60.0  # the model is loaded
    reporter.in_hand([InHand(items=1, of=10, words=5, size=100)])
    assert reporter.left() is None
    assert reporter.state() == "701 cables, 0 rejects"  # no rate can be told yet
    now[0] = 65.0
    reporter.in_hand([InHand(items=5, of=10, words=25, size=100)])
    # 40 of 1,000 bytes in five seconds, and 950 are left
    assert reporter.left() == pytest.approx(118.75)
    assert reporter.state().startswith("705 cables, 0.8 cables/s, 4 words/s, about 2 min left")


def test_an_output_needs_a_name(source):
    with pytest.raises(ValueError, match="the name of the folder is empty"):
        run(source, "")


@pytest.mark.parametrize("resume", [None, False])
@pytest.mark.parametrize("name", ["cables.jsonl", "labels.json", "manifest.jsonl"])
def test_files_of_something_else_are_not_overwritten(finished, tmp_path, name, resume):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / name).write_bytes(poison.dump(2))
    with pytest.raises((FileExistsError, ValueError), match=f"{name}.* take another --output"):
        run(folder / name, folder, resume=resume)
    assert (folder / name).read_bytes() == poison.dump(2)
    (finished / "notes.txt").write_text("mine")
    (finished / "cables-00009.jsonl.gz").touch()  # of the run that stood there
    assert run(folder / name, finished, resume=False) == 0
    assert not (finished / "cables-00009.jsonl.gz").exists() and (finished / "notes.txt").exists()


def test_labels_that_a_run_is_given_are_not_overwritten_by_it(source, finished):
    labels = finished / "labels.json"
    labels.write_text('{"extend": true, "entities": {"SHIP": {"definition": "A vessel."}}}')
    before = written(finished)
    with pytest.raises(FileExistsError, match="kept, as its labels.json is given as --labels"):
        run(source, finished, labels=labels, resume=False)
    assert written(finished) == before


def test_a_run_is_kept_where_the_inputs_hold_no_cable_to_overwrite_it_with(source, tmp_path):
    output = tmp_path / "out"
    assert run(source, output) == 0
    before = written(output)
    (tmp_path / "empty.txt").touch()
    for name, place in {"typo.txt": "file", "*.csv": "file", "empty.txt": "byte 0"}.items():
        with pytest.raises(ValueError, match=rf"kept, as .*\{name[-4:]}, {place}: .*; "):
            run(tmp_path / name, output, resume=False)
    assert written(output) == before


def test_two_runs_in_one_folder(source, tmp_path):
    first = Folder(str(tmp_path))
    first.make()
    with first.lock(), pytest.raises(BlockingIOError, match=f"process {os.getpid()}"):
        run(source, tmp_path)
    assert not (tmp_path / "manifest.jsonl").exists()


@pytest.mark.parametrize("resume", [None, False])
def test_a_pipe_is_read_once(source, finished, tmp_path, resume):
    fifo, output = tmp_path / "fifo", tmp_path / "out" if resume is None else finished
    os.mkfifo(fifo)
    Thread(target=fifo.write_bytes, args=[source.read_bytes()], daemon=True).start()
    assert run(fifo, output, resume=resume) == 0
    assert len([*lines(str(output))]) == CABLES
    with pytest.raises(ValueError, match="fifo cannot be read twice: save it as a file"):
        run(fifo, output, resume=True)


def test_a_missing_input_in_the_middle_is_a_reject(tmp_path):
    for name in ("a", "c"):
        (tmp_path / f"{name}.jsonl").write_bytes(poison.dump(2, id=f"07{name.upper()}{{}}"))
    paths = [tmp_path / f"{name}.jsonl" for name in "abc"]
    assert run(paths, tmp_path / "out", shard_size=None) == 1
    assert [record["id"] for record in lines(str(tmp_path / "out"))] == [
        "07A0",
        "07A1",
        "07C0",
        "07C1",
    ]
    [reject] = lines(str(tmp_path / "out"), "rejects")
    assert reject["path"].endswith("b.jsonl") and reject["remedy"]


def test_a_name_that_is_no_utf_8_is_a_reject_and_costs_no_other_file(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(poison.dump(2))
    (tmp_path / "caf\udce9.jsonl").write_bytes(poison.dump(2))
    paths = [str(tmp_path / "a.jsonl"), str(tmp_path / "caf\udce9.jsonl")]
    monkeypatch.setattr(sys, "argv", ["cablespan", *paths])
    assert run(paths, tmp_path / "out") == 1
    assert "caf\\xe9" in orjson.loads((tmp_path / "out/run.json").read_bytes())["command"][2]
    assert run(paths, tmp_path / "out", resume=True) == 1
    [reject] = lines(str(tmp_path / "out"), "rejects")
    assert reject["path"].endswith("caf\\xe9.jsonl") and "rename" in reject["remedy"]
    assert len([*lines(str(tmp_path / "out"))]) == 2


def test_labels_and_output_may_have_names_that_are_no_utf_8(source, tmp_path):
    labels, output = tmp_path / "caf\udce9.toml", tmp_path / "out\udce9"
    labels.write_text('extend = true\n[entities.SHIP]\ndefinition = "A vessel."\n')
    assert run(source, output, labels=labels) == 0
    assert run(source, output, labels=labels) == 0, "already done"
    assert report(str(output), tmp_path / "report.html")


def test_where_nothing_can_be_read_it_says_why(tmp_path, capfd):
    (tmp_path / "empty.txt").write_bytes(b"")
    assert run(tmp_path / "empty.txt", tmp_path / "out") == 2
    [reject] = lines(str(tmp_path / "out"), "rejects")
    assert "empty" in reject["reason"]
    assert (
        f"{tmp_path / 'empty.txt'}, {reject['place']}: {reject['reason']}" in capfd.readouterr().err
    )


@pytest.mark.parametrize("resumed_after", [0, 1, 2])
def test_an_id_that_two_cables_bear_is_made_unique_the_same_way_when_resumed(
    tmp_path, resumed_after
):
    paths = [tmp_path / f"{name}.jsonl" for name in "ab"]
    for path in paths:
        path.write_bytes(poison.dump(2, id="07OSLO1"))
    output = tmp_path / "out"
    assert run(paths, output, shard_size=1) == 0
    whole = written(output)
    assert [record["id"] for record in lines(str(output))] == [
        "07OSLO1",
        "07OSLO1~2",
        "07OSLO1~3",
        "07OSLO1~4",
    ]
    assert all(
        record["paragraphs"][0]["id"] == f"{record['id']}/p1" for record in lines(str(output))
    )
    cut_manifest(output, shards=resumed_after, inputs=resumed_after // 2 + 1)
    assert run(paths, output, shard_size=1, resume=True) == 0
    assert written(output) == whole


def cut_manifest(output: Path, shards: int, inputs: int) -> None:
    """Brings a run back to the state after its first shards."""
    Folder(str(output)).make()
    manifest = Manifest.load(Folder(str(output)))
    manifest.end = None
    manifest.shards = {n: shard for n, shard in manifest.shards.items() if n < shards}
    manifest.inputs = {n: line for n, line in manifest.inputs.items() if n < inputs}
    manifest.write(Folder(str(output)))


def test_a_file_that_was_rejected_is_not_rejected_again_when_resumed(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.jsonl").write_bytes(poison.dump(2))
    paths, output = [tmp_path / "a.txt", tmp_path / "b.jsonl"], tmp_path / "out"
    assert run(paths, output, shard_size=1) == 1
    whole = written(output)
    cut_manifest(output, shards=1, inputs=1)
    assert run(paths, output, shard_size=1, resume=True) == 1
    assert written(output) == whole


def test_a_pipeline_that_cannot_be_loaded_ends_the_run(source, tmp_path):
    with pytest.raises(ChildProcessError, match="SIGKILL while it loaded the model"):
        run(source, tmp_path, loader=poison.broken)


def test_a_shard_is_the_same_whatever_was_rejected_in_it(source):
    nlp = warm_up(poison.pipeline())
    items = list(scan(source))[:4]
    whole = annotate_shard(nlp, Shard(0, items, (0, 0), (0, 4)), Options())
    less = annotate_shard(
        nlp, Shard(0, items, (0, 0), (0, 4)), Options(), fatal={1: "it killed its process"}
    )
    kept = [line for number, line in enumerate(whole.files["cables"].splitlines()) if number != 1]
    assert less.files["cables"].splitlines() == kept
    assert orjson.loads(less.files["rejects"])["reason"] == "it killed its process"
    assert whole.counts["words"] > less.counts["words"]


def test_want_of_memory_is_the_machines_fault_and_not_the_cables(tmp_path):
    (tmp_path / "dump.jsonl").write_bytes(poison.dump(2, {1: "MEMORY"}))
    items = list(scan(tmp_path / "dump.jsonl"))
    with pytest.raises(
        MemoryError
    ):  # the process ends, and the shard is tried again in another one
        annotate_shard(warm_up(poison.pipeline()), Shard(0, items, (0, 0), (0, 2)), Options())
