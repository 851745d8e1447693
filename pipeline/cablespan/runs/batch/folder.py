"""The folder of a run: files appear whole or not at all, and only one run may write."""

import errno
import fcntl
import hashlib
import os
import secrets
import socket
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import fsspec
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

WORK = ".cablespan"  # what a run needs while it goes on: lock, ids, parts
LOCK = f"{WORK}/lock"


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Raises OSError with the remedy where a file system cannot be reached, in whatever words of
    its own it says so."""
    try:
        yield
    except ImportError:
        raise
    except Exception as error:  # the libraries of object stores have no error in common
        if url in str(error) or getattr(error, "filename", None):
            raise
        remedy = "check the address, the network and your credentials"
        raise OSError(f"{url}: {type(error).__name__}: {error}; {remedy}") from error


class Folder:
    """A local folder, or any fsspec path (`s3://`, `memory://`).

    A local file is written under a temporary name, synced and renamed. Object stores have no
    rename, and need none: an object appears when its upload is completed. On other remote file
    systems a file is written aside and moved, which is as atomic as that file system makes it.
    """

    def __init__(self, url: str):
        if not str(url).strip():
            raise ValueError("the name of the folder is empty; give --output a folder")
        self.url = str(url)
        # Listings are not cached: another process may write here.
        with reaching(self.url):
            self.fs, self.root = fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        self.local = isinstance(self.fs, LocalFileSystem)
        # fsspec's own `mv` copies and removes: what has no other one cannot rename.
        self.renames = self.local or type(self.fs).mv is not AbstractFileSystem.mv
        self.owner: str | None = None  # of the lock, while we hold it
        self.additions = 0

    def __truediv__(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"

    def __str__(self) -> str:
        return self.url

    def make(self) -> None:
        """Makes the folder. Raises NotADirectoryError where a file has its name."""
        with reaching(self.url):
            if self.fs.exists(self.root) and not self.fs.isdir(self.root):
                raise NotADirectoryError(f"{self}: is a file; give --output a folder")
            self.fs.makedirs(self / WORK, exist_ok=True)

    def publish(self, name: str, chunks: Iterable[bytes]) -> int:
        """Writes a file so that nobody ever sees a part of it; returns its size in bytes."""
        if not self.renames:
            return self._upload(name, chunks)
        temporary = self / f"{WORK}/{PurePosixPath(name).name}.writing"
        with self._saying_what_to_do(name, temporary), self._open(temporary) as file:
            size = sum(file.write(chunk) for chunk in chunks)
            if self.local:
                file.flush()
                os.fsync(file.fileno())
        if self.local:
            os.replace(temporary, self / name)
            self._sync(Path(self / name).parent)
        else:
            self.fs.mv(temporary, self / name)
        return size

    def _open(self, path: str) -> BinaryIO:
        return open(path, "wb") if self.local else self.fs.open(path, "wb")

    def _upload(self, name: str, chunks: Iterable[bytes]) -> int:
        """A transaction completes the upload, or gives it up where something fails within it."""
        with (
            self._saying_what_to_do(name),
            self.fs.transaction,
            self.fs.open(self / name, "wb") as file,
        ):
            return sum(file.write(chunk) for chunk in chunks)

    @contextmanager
    def _saying_what_to_do(self, name: str, temporary: str | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if temporary:
                with suppress(OSError):
                    self.fs.rm(temporary)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            remedy = "make room, then go on with --resume" if full else "go on with --resume"
            reason = error.strerror or error
            raise OSError(f"{self}/{name}: {reason}; what is written is whole: {remedy}") from error

    def append(self, name: str, data: bytes) -> None:
        """Adds to a file.

        Where nothing can be appended each addition is a file of its own, which `read` puts after
        the other.
        """
        if self.local:
            with self._saying_what_to_do(name), open(self / name, "ab") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            return
        self._must_hold_the_lock()
        self.additions += 1
        self.publish(f"{_additions(name)}/{self.additions:08}", [data])

    def replace(self, name: str, chunks: Iterable[bytes]) -> None:
        """Publishes a file that has been added to."""
        self._must_hold_the_lock()
        self.publish(name, chunks)
        self.remove(_additions(name))
        self.additions = 0

    def read(self, name: str) -> bytes:
        """The content of a file, with what has been added to it."""
        data = self.fs.cat_file(self / name) if self.fs.exists(self / name) else b""
        additions = [] if self.local else sorted(self.fs.find(self / _additions(name)))
        return b"".join([data, *map(self.fs.cat_file, additions)])

    def chunks(self, name: str, size: int = 1 << 20) -> Iterator[bytes]:
        """The content of a file, `size` bytes at a time."""
        with self.fs.open(self / name, "rb") as file:
            while chunk := file.read(size):
                yield chunk

    def pieces(self, name: str, sizes: Iterable[int]) -> Iterator[bytes]:
        """The content of a file, cut into pieces of the given sizes in bytes."""
        with self.fs.open(self / name, "rb") as file:
            for size in sizes:
                yield file.read(size)

    def exists(self, name: str) -> bool:
        """Whether the folder holds a file of this name."""
        return self.fs.exists(self / name)

    def damage(self, name: str, sha256: str) -> str | None:
        """What is wrong with a file of which the hash is known, in words.

        None where it is as it was.
        """
        if not self.exists(name):
            return "is missing"
        digest = hashlib.sha256()
        for chunk in self.chunks(name):
            digest.update(chunk)
        return None if digest.hexdigest() == sha256 else "has been changed since it was written"

    def names(self) -> list[str]:
        """The files of the folder, not of the folders in it."""
        if not self.fs.exists(self.root):
            return []
        entries = self.fs.ls(self.root, detail=True)
        return sorted(
            PurePosixPath(entry["name"]).name for entry in entries if entry["type"] == "file"
        )

    def remove(self, name: str) -> None:
        """Removes a file or a folder with all in it, where there is one."""
        if self.exists(name):
            self.fs.rm(self / name, recursive=True)

    @staticmethod
    def _sync(directory: Path) -> None:
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def lock(self, take_over: bool = False) -> AbstractContextManager[None]:
        """Holds the folder for one run; BlockingIOError where another one holds it.

        A local lock ends with its process. On other file systems it is a file that only one run can
        create; `take_over` replaces one that a dead run has left, and a run that finds its lock
        taken over stops.
        """
        return self._local_lock() if self.local else self._remote_lock(take_over)

    @contextmanager
    def _local_lock(self) -> Iterator[None]:
        with open(self / LOCK, "a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_ino != os.stat(self / LOCK).st_ino:
                    raise BlockingIOError("the run that held it has just removed it")
            except OSError as error:
                file.seek(0)
                owner = file.read() or "starting"
                remedy = "wait for it or take another --output"
                raise BlockingIOError(
                    f"{self}: another run is at work here ({owner}); {remedy}"
                ) from error
            file.truncate(0)
            file.write(_owner())
            file.flush()
            try:
                yield
            finally:
                with suppress(OSError):  # what else is there belongs to an unfinished run
                    os.remove(self / LOCK)
                    os.rmdir(self / WORK)

    @contextmanager
    def _remote_lock(self, take_over: bool) -> Iterator[None]:
        owner = f"{_owner()}, {secrets.token_hex(4)}"
        try:
            self.fs.pipe_file(
                self / LOCK, owner.encode(), mode="overwrite" if take_over else "create"
            )
        except FileExistsError as error:
            raise BlockingIOError(
                f"{self}: in use by {self._lock_owner()}; if that run is dead, go on with --resume"
            ) from error
        self.owner = owner
        try:
            self._must_hold_the_lock()
            yield
        finally:
            self.owner = None
            if self._lock_owner() == owner:
                self.remove(LOCK)

    def _lock_owner(self) -> str | None:
        return self.read(LOCK).decode() or None

    def _must_hold_the_lock(self) -> None:
        if self.owner and (other := self._lock_owner()) != self.owner:
            raise BlockingIOError(
                f"{self}: {other or 'another run'} has taken over; "
                "this run stops, what it wrote is whole"
            )


def folder_of(file: str) -> str:
    """The name of the folder that a file lies in.

    >>> folder_of("/x.jsonl"), folder_of("memory://x.jsonl"), folder_of("x.jsonl")
    ('/', 'memory://', '.')
    """
    parent, slash, _ = file.rpartition("/")
    return parent + slash or "."


def _owner() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _additions(name: str) -> str:
    """The folder of what was added to a file."""
    return f"{WORK}/{name}.more"
