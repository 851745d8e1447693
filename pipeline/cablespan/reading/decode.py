"""Bytes of any input: opened from a path, a URL or standard input, unpacked, decoded."""

import codecs
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

_MOJIBAKE = re.compile(r"(?:Ã[\x80-¿ƒ€]|â€|Â[\xa0-¿]|â\x80)")
_ENDINGS = re.compile(r"(?<=.)(?:\.(?:gz|zst|txt|html?|xml|jsonl?|csv))+$")
_MOJIBAKE_BEGINS = "ÃÂâ"
# Quotation marks, the bullet and dashes of Windows-1252, kept as the control signs of their bytes.
_LEFTOVERS = str.maketrans(
    {chr(byte): bytes([byte]).decode("cp1252") for byte in range(0x91, 0x98)}
)
_LEFTOVER = re.compile("[\x91-\x97]")
HEAD = 1 << 16
LEADING = "\ufeff \t\r\n"  # signs before the first that says something
_NOT_UTF_8 = "not UTF-8: decoded as Windows-1252"
_LEFTOVERS_READ = "control signs read as the quotation marks and dashes of Windows-1252"
_NULS_ARE_BLANKS = "NUL signs read as blanks"
_CONTROLS = bytes(byte for byte in range(32) if not 9 <= byte <= 13)  # that no text has
TORN = (EOFError, zlib.error, gzip.BadGzipFile)  # what reading a cut or damaged packed file raises
_PACKED = 1 << 12  # bytes unpacked at a time: of blanks they hold a hundred megabytes
_LONE_RETURN = re.compile(r"\r(?!\n)")
# Encodings by their byte order marks, of which one begins with another one.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def open_input(path: str) -> io.BufferedReader:
    """A binary stream of a file, `-` for standard input, or a URL that fsspec knows; unpacked."""
    if path == "-":
        return unpacked(sys.stdin.buffer)
    if "://" in path:
        import fsspec

        fs, name = fsspec.core.url_to_fs(path)
        return unpacked(fs.open(name, "rb"))
    return unpacked(open(path, "rb", buffering=HEAD))


def unpacked(stream: BinaryIO) -> io.BufferedReader:
    """The stream's content, out of gzip or zstd where its first bytes are theirs; it can peek.

    >>> unpacked(io.BytesIO(gzip.compress(b"All is well."))).peek()
    b'All is well.'
    """
    packed = _buffered(stream)
    magic = packed.peek(4)[:4]
    if magic[:2] == b"\x1f\x8b":
        return _Unpacked(gzip.GzipFile(fileobj=packed), packed)
    if magic == b"\x28\xb5\x2f\xfd":
        return _Unpacked(_Chunks(_out_of_zstd(packed)), packed)
    return packed


def _out_of_zstd(packed: BinaryIO) -> Iterator[bytes]:
    """The content of zstd frames. Raises EOFError where the last one is cut, which zstandard's own
    reader takes for whole, zlib.error where one is damaged: as gzip does."""
    import zstandard

    frame, data = None, b""
    while data := data or packed.read(_PACKED):
        frame = frame or zstandard.ZstdDecompressor().decompressobj()
        try:
            yield frame.decompress(data)
        except zstandard.ZstdError as error:
            raise zlib.error(str(error)) from error
        data = frame.unused_data  # the next frame's
        if frame.eof:
            frame = None
    if frame:
        raise EOFError("Compressed file ended before the end of its last frame")


class _Chunks(io.RawIOBase):
    """A stream of chunks, some of which may be empty."""

    def __init__(self, chunks: Iterator[bytes]):
        self.chunks = filter(None, chunks)
        self.left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.left = self.left or memoryview(next(self.chunks, b""))
        size = min(len(buffer), len(self.left))
        buffer[:size] = self.left[:size]
        self.left = self.left[size:]
        return size


class _Unpacked(io.BufferedReader):
    """The content of a packed stream, which is closed with it."""

    def __init__(self, content: Any, packed: BinaryIO):
        super().__init__(content, HEAD)
        self.packed = packed

    def close(self) -> None:
        super().close()
        self.packed.close()


def _buffered(stream: Any) -> io.BufferedReader:
    """The stream as one that can peek."""
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream, HEAD)


def name_of(path: str) -> str:
    """The file's name without folders, and without the endings of formats at its end.

    >>> name_of("cables/frus1964.xml.gz"), name_of("a.csv.old.txt"), name_of("-")
    ('frus1964', 'a.csv.old', 'stdin')
    """
    if path == "-":
        return "stdin"
    return _ENDINGS.sub("", Path(path).name) or path


def is_binary(head: bytes) -> bool:
    r"""Whether bytes are no text: a large share of control signs that no encoding explains.

    >>> is_binary(b"\x00\x01\x02 PNG"), is_binary("All is well.".encode("utf-16"))
    (True, False)
    """
    if _wide_encoding(head):
        return False
    first = head[:4096]
    controls = len(first) - len(first.translate(None, _CONTROLS))
    return controls * 20 > len(first)


def _wide_encoding(head: bytes) -> str | None:
    """The encoding of two or four bytes a sign that the mark at its beginning names.

    >>> _wide_encoding("All".encode("utf-16")), _wide_encoding(b"All")
    ('utf-16', None)
    """
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def in_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    r"""A stream of UTF-8 without a byte order mark, out of one with a mark or in UTF-8; with line
    feeds for returns where lines end in them alone.

    >>> in_utf8(unpacked(io.BytesIO("All\ris well.".encode("utf-16")))).read()
    b'All\nis well.'
    """
    if encoding := _wide_encoding(stream.peek(4)):
        blocks = iter(partial(stream.read, HEAD), b"")
        text = codecs.iterdecode(blocks, encoding, errors="replace")
        stream = _buffered(_Chunks(part.encode() for part in text))
    elif stream.peek(3).startswith(codecs.BOM_UTF8):
        stream.read(3)
    if _ends_lines_in_returns(stream.peek(HEAD).decode("latin-1")):
        return _buffered(_Chunks(_of_blocks_with_line_feeds(stream)))
    return stream


def _of_blocks_with_line_feeds(stream: io.BufferedReader) -> Iterator[bytes]:
    while block := stream.read(HEAD):
        text = (block + stream.peek(1)[:1]).decode("latin-1")  # a sign a byte
        yield _LONE_RETURN.sub("\n", text)[: len(block)].encode("latin-1")


def _with_line_feeds(text: str) -> str:
    r"""The same, sign by sign, with a line feed for a return alone where those end its lines.

    >>> _with_line_feeds("SUBJECT: ROADS\r\r1. (U) All is well.")
    'SUBJECT: ROADS\n\n1. (U) All is well.'
    """
    return _LONE_RETURN.sub("\n", text) if _ends_lines_in_returns(text) else text


def _ends_lines_in_returns(text: str) -> bool:
    r"""Whether most lines end in a return alone. Bad conversions write "\r\r\n" or "\n\r"."""
    return "\r" in text and text.count("\r") > 2 * text.count("\n")


def decode(data: bytes, whole: bool = True) -> tuple[str, list[str]]:
    r"""The text of bytes and notes on what had to be guessed or repaired.

    `whole`: False for the first bytes of a file, which can end within a sign.

    >>> decode(b"All is\0well.")
    ('All is well.', ['NUL signs read as blanks'])
    """
    if not whole:
        encoding = _wide_encoding(data) or "utf-8-sig"
        return _with_line_feeds(data.decode(encoding, "replace")), []
    return repair(*decoded(data))


def decoded(data: bytes) -> tuple[str, list[str]]:
    r"""The same as `decode`, with mojibake left as it stands.

    >>> decoded(b"caf\xe9")
    ('café', ['not UTF-8: decoded as Windows-1252'])
    """
    text, notes = _in_its_encoding(data)
    if "\0" not in text:
        return text, notes
    return text.replace("\0", " "), [*notes, _NULS_ARE_BLANKS]


def _in_its_encoding(data: bytes) -> tuple[str, list[str]]:
    if encoding := _wide_encoding(data):
        return data.decode(encoding, "replace"), [f"decoded as {encoding.upper()}"]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return _from_windows_1252(data), [_NOT_UTF_8]


def _from_windows_1252(data: bytes) -> str:
    """The text of bytes in Windows-1252; bytes that it has no sign for stay control signs."""
    import ftfy.bad_codecs  # noqa: F401  (it registers the codec)

    return data.decode("sloppy-windows-1252")


def repair(text: str, notes: list[str]) -> tuple[str, list[str]]:
    r"""Mojibake put right, line by line, where ftfy is sure of it; `notes` with one of that. What
    is left of Windows-1252 after that is read as the signs that it was, and returns as line feeds
    where lines end in them alone.

    >>> repair("The cafÃ© is open.", [])[0], repair("\x93All\x94 is well.", [])[0]
    ('The café is open.', '“All” is well.')
    """
    text, notes = _without_mojibake(_with_line_feeds(text), notes)
    if _LEFTOVER.search(text) is None:
        return text, notes
    return text.translate(_LEFTOVERS), [*notes, _LEFTOVERS_READ]


def _without_mojibake(text: str, notes: list[str]) -> tuple[str, list[str]]:
    if not any(sign in text for sign in _MOJIBAKE_BEGINS) or _MOJIBAKE.search(text) is None:
        return text, notes
    from ftfy import fix_encoding

    lines = text.splitlines(True)
    repaired = "".join(fix_encoding(line) if _MOJIBAKE.search(line) else line for line in lines)
    if repaired == text:
        return text, notes
    return repaired, [*notes, "mojibake repaired; offsets point into the repaired text"]
