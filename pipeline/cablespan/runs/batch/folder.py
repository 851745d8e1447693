"""The folder of a run: files appear whole or not at all, and only one run may write."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import fsspec
from fsspec.implementations.local import LocalFileSystem

WORK = ".cablespan"  # what a run needs while it goes on: lock, ids, parts
LOCK = f"{WORK}/lock"


class Folder:
    """A local folder, or any fsspec path (`s3://`, `memory://`).

    A local file is written under a temporary name, synced and renamed; elsewhere it is written aside and moved, which
    is as atomic as that file system makes it.
    """

    def __init__(self, url: str):
        self.url = str(url)
        self.fs, self.root = fsspec.core.url_to_fs(self.url)
        self.local = isinstance(self.fs, LocalFileSystem)

    def __truediv__(self, name: str) -> str:
        return f"{self.root}/{name}"

    def __str__(self) -> str:
        return self.url

    def make(self) -> None:
        if self.fs.exists(self.root) and not self.fs.isdir(self.root):
            raise NotADirectoryError(f"{self}: is a file; give --output a folder")
        self.fs.makedirs(self / WORK, exist_ok=True)

    def publish(self, name: str, chunks: Iterable[bytes]) -> int:
        """Writes a file so that nobody ever sees a part of it; returns its size."""
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

    @contextmanager
    def _saying_what_to_do(self, name: str, temporary: str | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if temporary:
                with suppress(OSError):
                    self.fs.rm(temporary)
            remedy = (
                "make room, then go on with --resume"
                if error.errno in (errno.ENOSPC, errno.EDQUOT)
                else "go on with --resume"
            )
            message = f"{error.strerror or error}; what is written is whole: {remedy}"
            raise OSError(error.errno, message, f"{self}/{name}") from error

    def append(self, name: str, data: bytes) -> None:
        """Adds a line to a file. An object store cannot append: there the whole file is written again."""
        if self.local:
            with self._saying_what_to_do(name), open(self / name, "ab") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        else:
            self.publish(name, [self.read(name) if self.exists(name) else b"", data])

    def read(self, name: str) -> bytes:
        return self.fs.cat_file(self / name)

    def chunks(self, name: str, size: int = 1 << 20) -> Iterator[bytes]:
        with self.fs.open(self / name, "rb") as file:
            while chunk := file.read(size):
                yield chunk

    def exists(self, name: str) -> bool:
        return self.fs.exists(self / name)

    def size(self, name: str) -> int | None:
        return self.fs.size(self / name) if self.exists(name) else None

    def names(self) -> list[str]:
        """The files of the folder, not of the folders in it."""
        if not self.fs.exists(self.root):
            return []
        self.fs.invalidate_cache(self.root)
        return sorted(
            PurePosixPath(entry["name"]).name
            for entry in self.fs.ls(self.root, detail=True)
            if entry["type"] == "file"
        )

    def remove(self, name: str) -> None:
        if self.exists(name):
            self.fs.rm(self / name, recursive=True)

    @staticmethod
    def _sync(directory: Path) -> None:
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    @contextmanager
    def lock(self, take_over: bool = False) -> Iterator[None]:
        """Holds the folder for one run; BlockingIOError where another one holds it.

        A local lock ends with its process. On other file systems it is a file, which `take_over` replaces.
        """
        owner = f"process {os.getpid()} on {socket.gethostname()}"
        if not self.local:
            if self.exists(LOCK) and not take_over:
                raise BlockingIOError(
                    f"{self}: in use by {self.read(LOCK).decode()}; if that run is dead, go on with --resume"
                )
            self.fs.pipe_file(self / LOCK, owner.encode())
            yield
            self.remove(LOCK)
            return
        with open(self / LOCK, "a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_ino != os.stat(self / LOCK).st_ino:
                    raise BlockingIOError("the run that held it has just removed it")
            except OSError as error:
                file.seek(0)
                message = f"{self}: another run is at work here ({file.read() or 'starting'}); wait for it or take another --output"
                raise BlockingIOError(message) from error
            file.truncate(0)
            file.write(owner)
            file.flush()
            yield
