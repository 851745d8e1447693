"""The user's own copies of texts, in which those of stand-off annotations are found again.

TEI volumes of *Foreign Relations of the United States* (compressed or not, of any file name), JSON
Lines with `text` or `paragraphs`, web pages, plain text, dumps. A paragraph of a volume is found by
its document and number; any other, and one as `annotate` reads it, by its hash.
"""

import re
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from cablespan import reading
from cablespan.cable import Cable, text_hash
from cablespan.formats.checks import GoldError
from cablespan.formats.files import opened, placed_objects, unpacked_name
from cablespan.reading.decode import HEAD, decode
from cablespan.reading.elements import ID, NS, runs
from cablespan.reading.inputs import expand
from cablespan.reading.tei import volume_id

MATCHED = "matched"
_PAGE_BLOCKS = ("p", "li", "td", "h1", "h2", "h3", "h4", "h5", "h6")


class Library:
    """The user's copies of the texts, opened only as far as they are needed.

    `wanted`: the hashes that are looked for; no other text is kept.
    """

    def __init__(self, places: Iterable[Path], wanted: Container[str]):
        self.wanted = wanted
        self.files: dict[str, Path] = {}
        self.others: list[Path] = []
        self.volumes: dict[str, dict[str, list[str]]] = {}
        self.by_hash: dict[str, dict[str, str]] = {}  # of a volume, or under "" of the others
        for place in places:
            if not place.exists():
                raise GoldError.at(place, "does not exist", "name a folder or file with the texts")
            for path in filter(Path.is_file, map(Path, expand([place]))):
                name = unpacked_name(path)
                if name.endswith(".xml"):
                    self.files[name.removesuffix(".xml")] = path
                else:
                    self.others.append(path)

    def find(self, doc: str, paragraph: int | str, sha256: str) -> tuple[str | None, str]:
        """The text with that hash, or None; and MATCHED or the reason."""
        volume, _, number = doc.partition("/")
        path = self.files.get(volume) or self._by_id.get(volume)
        if path is None:
            texts = self._hashed("", chain.from_iterable(map(loose_paragraphs, self.others)))
            return texts.get(sha256), MATCHED if sha256 in texts else "without a text"
        text, reason = _found_in(self._documents(volume, path).get(number), paragraph, sha256)
        if text is None:
            text = self._hashed(volume, paragraphs_as_read(path)).get(sha256)
        return text, reason if text is None else MATCHED

    @cached_property
    def _by_id(self) -> dict[str, Path]:
        """The volumes by the ids that they have by their own words, whatever their files are
        called."""
        ids = ((_volume_id(path), path) for path in self.files.values())
        return {id: path for id, path in ids if id is not None}

    def _hashed(self, name: str, texts: Iterable[str]) -> dict[str, str]:
        """The texts by their hash, which are gone through at the first call."""
        if name not in self.by_hash:
            hashed = ((text_hash(text), text) for text in texts)
            self.by_hash[name] = {key: text for key, text in hashed if key in self.wanted}
        return self.by_hash[name]

    def _documents(self, volume: str, path: Path) -> dict[str, list[str]]:
        if volume not in self.volumes:
            self.volumes[volume] = tei_paragraphs(path)
        return self.volumes[volume]


def _volume_id(path: Path) -> str | None:
    """The id that a volume has by its own words."""
    with opened(path) as file:
        return volume_id(decode(file.read(HEAD), whole=False)[0])


def _found_in(texts: list[str] | None, paragraph: int | str, sha256: str) -> tuple[str | None, str]:
    """The paragraph of a volume's document that has the hash, or None; and MATCHED or the
    reason."""
    if texts is None:
        return None, "in documents that the volume lacks"
    # Where an edition has other paragraphs before it, the hash finds the paragraph all the same.
    for text in texts:
        if text_hash(text) == sha256:
            return text, MATCHED
    known = isinstance(paragraph, int) and paragraph < len(texts)
    return None, "with another text in this edition" if known else "beyond their document's end"


def tei_paragraphs(path: Path) -> dict[str, list[str]]:
    """For each document of a volume its paragraphs: the `p` children of its `div` that have a text.

    Notes and struck-out text are left out, white space is folded to one blank, `lb` is a line
    break. Of a volume that breaks off this is what stands before. Raises GoldError where a packed
    one does.
    """
    from lxml import etree

    documents: dict[str, list[str]] = {}
    with opened(path) as file, suppress(etree.XMLSyntaxError):  # that of an empty file
        divs = etree.iterparse(
            file,
            tag=f"{NS}div",
            resolve_entities=False,
            no_network=True,
            huge_tree=True,
            recover=True,
        )
        for _, div in divs:
            if div.get("type") == "document":
                texts = (_tei_text(p) for p in div.iterchildren(f"{NS}p"))
                documents[div.get(ID)] = [text for text in texts if text]
                div.clear()
    return documents


def _tei_text(element: Any) -> str:
    return folded("".join(runs(element, "\x00"))).replace("\x00", "\n")


def folded(text: str) -> str:
    """White space folded to single blanks, none at the ends or beside a line break (here still a
    NUL); line breaks are single too."""
    return re.sub(r"\s*\x00[\s\x00]*", "\x00", re.sub(r"\s+", " ", text)).strip(" \x00")


def loose_paragraphs(path: Path) -> Iterator[str]:
    """The paragraphs of a file of another kind: JSON Lines, a web page, plain text with blank lines
    between; and of cables as read. Raises GoldError where a packed one is torn."""
    name = unpacked_name(path)
    if name.endswith(".jsonl"):
        yield from _texts_of_lines(path)
        return
    if name.endswith((".txt", ".html", ".htm")):
        with opened(path) as file:
            text, _ = decode(file.read())
        yield from _blocks(text) if name.endswith(".txt") else _page_blocks(text)
    yield from paragraphs_as_read(path)


def paragraphs_as_read(path: Path) -> Iterator[str]:
    """The paragraphs of a file's cables, as `annotate` reads them."""
    cables = (item for item in reading.scan(path) if isinstance(item, Cable))
    yield from (paragraph.text for cable in cables for paragraph in cable.paragraphs)


def _texts_of_lines(path: Path) -> Iterator[str]:
    """Each `text` of a line and of the `paragraphs` in it; of whole cables their paragraphs."""
    holds_cables = False
    for _, line in placed_objects(path):
        for paragraph in [line, *line.get("paragraphs", ())]:
            if isinstance(paragraph.get("text"), str):
                yield paragraph["text"]
        holds_cables |= "\n\n" in str(line.get("text"))
    if holds_cables:
        yield from paragraphs_as_read(path)


def _blocks(text: str) -> Iterator[str]:
    return map(folded, re.split(r"\n\s*\n", text.replace("\r\n", "\n")))


def _page_blocks(page: str) -> Iterator[str]:
    from lxml import etree, html

    # As bytes: lxml refuses a string that declares an encoding of its own.
    try:
        tree = html.fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:  # a page without an element
        return
    for element in tree.iter(*_PAGE_BLOCKS):
        yield folded(element.text_content())
