"""Folders on object stores, which neither rename nor append: whole files, one writer, a manifest
that grows.
"""

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from cablespan.reading import scan
from cablespan.runs.batch.folder import LOCK, WORK, Folder
from cablespan.runs.batch.manifest import NAME, SCHEMA, Manifest
from cablespan.runs.batch.results import Results
from cablespan.runs.batch.stream import expand


@pytest.fixture
def folder() -> Folder:
    MemoryFileSystem.store.clear()
    folder = Folder("memory://run")
    folder.make()
    return folder


def test_an_upload_that_fails_leaves_nothing(folder):
    def chunks():
        yield b"half of it"
        raise OSError("the connection is lost")

    with pytest.raises(OSError, match="go on with --resume"):
        folder.publish("cables.jsonl", chunks())
    assert not folder.exists("cables.jsonl")
    assert folder.publish("cables.jsonl", [b"all ", b"of it"]) == 9
    assert folder.read("cables.jsonl") == b"all of it"


def test_what_is_added_becomes_one_file_in_the_end(folder):
    line = {"counts": {}, "files": {}}
    inputs = {number: {"input": number} for number in range(9)}
    manifest = Manifest({"schema": SCHEMA})
    manifest.write(folder)
    for number in range(3):
        manifest.add_shard(folder, {**line, "shard": number, "to": [3 * number, 5]}, inputs)
    assert len(folder.fs.find(folder / f"{WORK}/{NAME}.more")) == 3
    assert Manifest.load(folder).shards.keys() == {0, 1, 2}
    assert list(Manifest.load(folder).inputs) == list(range(7))
    manifest.write(folder)
    assert folder.fs.find(folder / f"{WORK}/{NAME}.more") == []
    assert folder.read(NAME).count(b"\n") == 11


def test_one_run_writes_and_one_that_is_taken_over_stops(folder):
    other = Folder("memory://run")
    with folder.lock():
        with pytest.raises(BlockingIOError, match="in use by process .* --resume"), other.lock():
            pass
        with other.lock(take_over=True):
            with pytest.raises(BlockingIOError, match="has taken over"):
                folder.append(NAME, b"{}\n")
            other.append(NAME, b"{}\n")
        assert not folder.exists(LOCK)
    with folder.lock():
        assert folder.exists(LOCK)
    assert not folder.exists(LOCK)


class NoCredentials(Exception):
    """As botocore's, which is none of Python's errors."""


@pytest.mark.parametrize(
    "reach", [lambda url: Folder(url).make(), Results, lambda url: expand([url])]
)
def test_a_store_that_lets_nobody_in_is_told_with_a_remedy(monkeypatch, reach):
    def refuse(*_):
        raise NoCredentials("Unable to locate credentials")

    for asked in ("exists", "isfile", "isdir"):
        monkeypatch.setattr(MemoryFileSystem, asked, refuse)
    with pytest.raises(OSError, match=r"memory://run: .* locate credentials; check the address"):
        reach("memory://run")


def test_an_address_that_leads_nowhere_is_named_with_a_remedy():
    for reach in (Folder, Results, lambda url: expand([url])):
        with pytest.raises(OSError, match="nowhere://run: .*not known: nowhere; check the address"):
            reach("nowhere://run")


@pytest.mark.parametrize("protocol", ["file://", "memory://", ""])
def test_inputs_are_found_by_any_file_system_as_on_the_disk(tmp_path, protocol):
    folder = f"{protocol}{tmp_path}/in"
    names = ["[a].txt", ".hidden.txt", ".git/a.txt", "a/a.txt", "a/b.txt", "a/b1.txt"]
    for name in names:
        with fsspec.open(f"{folder}/{name}", "wb", auto_mkdir=True) as file:
            file.write(b"1. (U) All is well.")
    for given, expected in {
        "": ["[a].txt", "a/a.txt", "a/b.txt", "a/b1.txt"],
        "/[a].txt": ["[a].txt"],
        "/*": ["[a].txt"],
        "/.hid*": [".hidden.txt"],
        "/a/?.txt": ["a/a.txt", "a/b.txt"],
        "/a/[b]*": ["a/b.txt", "a/b1.txt"],
        "/**/b*.txt": ["a/b.txt", "a/b1.txt"],
        "/a/?.csv": ["a/?.csv"],
    }.items():
        assert expand([folder + given]).paths == [f"{folder}/{name}" for name in expected]
    [reject] = scan(f"{folder}/a/?.csv")
    assert reject.reason.startswith("cannot be read: ") and "fsspec" not in reject.reason


def test_an_error_frees_the_folder(folder):
    with pytest.raises(ValueError), folder.lock():
        raise ValueError
    assert not folder.exists(LOCK)
