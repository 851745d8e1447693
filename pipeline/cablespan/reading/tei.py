"""TEI volumes of Foreign Relations: a document a cable, the editors' notes left out, their marks of
persons, terms and places kept."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from cablespan.cable import Cable, Header, Paragraph, Piece, Reject, Source, SourceMap
from cablespan.header.labels import label_of
from cablespan.header.opening import Opening, read_opening
from cablespan.header.parsing import parse
from cablespan.header.prose import is_running
from cablespan.reading.assembly import digest, through
from cablespan.reading.body import paragraphs
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.starts import start_of
from cablespan.reading.decode import LEADING, name_of
from cablespan.reading.markup import text_of

_NS = "{http://www.tei-c.org/ns/1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_TELEGRAM = re.compile(
    r"""
    \W{0,3} \d{0,4} \.? \s*         # the document's number
    (?:\[ [^\]]{0,80} \] \s*)?      # "[Extract]"
    (?:[A-Z][a-z]+[ ])?              # "Intelligence", "Circular"
    (?:Tele(?:gram|type) | Backchannel[ ]Message)
    """,
    re.VERBOSE,
)
_LEFT_OUT = frozenset({"note", "del", "pb", "figure"})
_BLOCKS = frozenset({"p", "item", "salute", "ab", "l"})
_APART = frozenset({"note", "head", "dateline", "del"})  # blocks within them are no paragraphs
_MARKS = {"persName": "persons", "gloss": "terms", "placeName": "places"}
_FROM = re.compile(r"Telegram\s+(?:\S+\s+)?From\s+the\s+(.{3,80}?)\s+to\s")
# The source note of the volumes of 1948-54: "711.61/1-2048: Telegram".
_TELEGRAM_NOTE = re.compile(r"\bTelegram\W{0,3}$|^[^.]{0,60}: Telegram\b")
_ADDRESSED = re.compile(r"The (.{3,80}?)(?: \([^()]*\))? to the ")
_LONGEST_OPENING = 300  # a labelled paragraph that is longer carries text


def knows(head: str) -> bool:
    """Whether a text begins as TEI does, or as XML that is no page."""
    tags = head.lstrip(LEADING).lower()
    if not tags.startswith("<"):
        return False
    return "<tei" in tags or "tei-c.org" in tags or ("<?xml" in tags and "<html" not in tags)


def read(
    source: str, path: str, notes: tuple[str, ...] = (), all_documents: bool = False
) -> Iterator[Cable | Reject]:
    """The telegrams of a volume, with `all_documents` its memoranda, letters and conversations as
    well."""
    root, cut = _parse(source)
    line = f"line {cut.line if cut else 1}"
    if root is None:
        reason = f"no XML: {cut.message if cut else 'no element in it'}"
        yield Reject(path, line, reason, "give a TEI volume")
        return
    documents = [div for div in root.iter(f"{_NS}div") if div.get("type") == "document"]
    if not documents:
        remedy = 'documents are div elements of type "document"'
        yield Reject(path, line, "no document in it", remedy)
        return
    whole = documents[:-1] if cut else documents
    asked = [(n, div) for n, div in enumerate(whole, 1) if all_documents or _is_telegram(div)]
    volume = _Volume(root, source, path, notes)
    for index, (number, div) in enumerate(asked):
        cable = volume.cable(div, div.get(_ID) or f"d{number}", index)
        reason = f"document {div.get(_ID)} has no text"
        yield cable or Reject(path, f"line {div.sourceline}", reason, "nothing to read there")
    if cut:
        reason = f"document {documents[-1].get(_ID) or len(documents)} is cut: {cut.message}"
        yield Reject(path, line, reason, "the documents before it were read")
    if not asked:
        reason = f"none of the {len(documents)} documents is a telegram"
        yield Reject(path, "volume", reason, "read it with all_documents=True to have them all")


class _Break(NamedTuple):
    """The line at which the mark-up breaks off, and why."""

    line: int
    message: str


def _parse(source: str) -> tuple[Any, _Break | None]:
    """The root element, None where there is none, and where the mark-up breaks off, if it does."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True
    )
    try:
        root = etree.fromstring(_without_declaration(source).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return None, _Break(error.lineno or 1, error.msg)
    fatal = (entry for entry in parser.error_log if entry.level_name == "FATAL")
    return root, next((_Break(entry.line, entry.message) for entry in fatal), None)


def _is_telegram(div: Any) -> bool:
    """Whether a document's head, or the note of its source, calls it a telegram."""
    if _TELEGRAM.match(_head(div)):
        return True
    notes = (note for note in div.iter(f"{_NS}note") if _tells_source(note))
    return any(_TELEGRAM_NOTE.search(" ".join("".join(note.itertext()).split())) for note in notes)


def _head(div: Any) -> str:
    return _plain(div.find(f"{_NS}head"))


def _tells_source(note: Any) -> bool:
    return note.get("type") == "source" or note.get("rend") == "inline"


def _without_declaration(source: str) -> str:
    """The XML without its declaration: the text is decoded already."""
    return re.sub(r"^\ufeff?<\?xml\b[^<>]{0,200}\?>", lambda match: " " * len(match[0]), source)


def _body_text(source: str) -> tuple[str, SourceMap]:
    """The text of the root element as the source's characters spell it."""
    first = re.search(r"<[A-Za-z]", source)
    start = first.start() if first else 0
    return text_of(source, start, breaks=frozenset())


def _volume_name(root: Any) -> str | None:
    """The volume's id: its `idno` of type "frus", else the root's; other numbers are its
    publishers'."""
    for idno in root.iter(f"{_NS}idno"):
        if idno.text and idno.get("type") == "frus":
            return idno.text.strip()
    return root.get(_ID)


def _known_names(root: Any) -> dict[str, str]:
    """What the volume's lists say of a person or a term, by its xml:id."""
    names = {}
    for item in root.iter(f"{_NS}item"):
        marked = next(
            (node for node in item.iter(f"{_NS}persName", f"{_NS}term") if node.get(_ID)), None
        )
        if marked is not None:
            names[marked.get(_ID)] = " ".join("".join(item.itertext()).split())
    return names


def _plain(node: Any) -> str:
    """The text of an element, notes left out."""
    if node is None:
        return ""
    parts: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element.tag, str) and element.tag.removeprefix(_NS) not in _LEFT_OUT:
            parts.append(element.text or "")
            for child in element:
                walk(child)
                parts.append(child.tail or "")

    walk(node)
    return " ".join("".join(parts).split())


class _Mark(NamedTuple):
    """A person, term or place that the editors marked; `ref` is its id in the volume's lists."""

    kind: str
    start: int
    end: int
    ref: str | None


class _Folded:
    """A paragraph's text in the making: white space folded, every run with its place in the
    volume's text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self.marks: list[_Mark] = []
        self.length = 0
        self.blank = False
        self.line_end = False

    def add(self, text: str, at: int) -> None:
        for match in re.finditer(r"\S+", text):
            if self.length and (self.blank or match.start()):
                self.parts.append("\n" if self.line_end else " ")
                self.length += 1
            self.line_end = self.blank = False
            word = match[0]
            self.parts.append(word)
            self.pieces.append((self.length, at + match.start(), len(word)))
            self.length += len(word)
        self.blank = self.blank or text[-1:].isspace()

    def text(self) -> str:
        """The text, with line ends where the volume has them."""
        return "".join(self.parts)

    def map_from(self, skip: int) -> SourceMap:
        """The map of the text after its first `skip` characters."""
        left = ((at, place, run, max(skip - at, 0)) for at, place, run in self.pieces)
        return SourceMap(
            tuple(
                (max(at - skip, 0), place + before, run - before)
                for at, place, run, before in left
                if before < run
            )
        )


def _after(node: Any, spans: dict[Any, tuple[int, int]]) -> int:
    """Where the tail of a node begins, a comment and a processing instruction among them."""
    if node in spans:
        return spans[node][1]
    before = node.getprevious()
    if before is not None:
        return _after(before, spans) + len(before.tail or "")
    parent = node.getparent()
    return spans[parent][0] + len(parent.text or "")


class _Volume:
    """A volume: its text, all of it, with the place of every element in it, and what its lists of
    persons and terms know."""

    def __init__(self, root: Any, source: str, path: str, notes: tuple[str, ...]):
        text, self._spans = _text_and_spans(root)
        mapped, mapping = _body_text(source)
        self._mapping = mapping if mapped.startswith(text) else None
        damage = "the mark-up is damaged: paragraphs without a source map"
        self._notes = notes if self._mapping else (*notes, damage)
        self._known = _known_names(root)
        self._name = _volume_name(root) or name_of(path)
        self._source = Source(path, "tei", digest(source))
        self._source_text = source

    def cable(self, div: Any, name: str, index: int) -> Cable | None:
        """The cable of a document, the volume's `index`th; None where it has no text."""
        blocks = [block for node in _blocks(div) if (block := self._fold(node)).length]
        if not blocks:
            return None
        text = "\n\n".join(block.text() for block in blocks)
        opening = read_opening(text)
        kept = _without_opening(blocks, opening.body)
        drafts = [_draft(block.text().replace("\n", " "), at) for at, block in enumerate(kept)]
        cable_id = f"{self._name}/{name}"
        made: list[Paragraph] = []
        marks: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _MARKS.values()}
        for paragraph, draft, block in zip(paragraphs(drafts, cable_id), drafts, kept, strict=True):
            skip = draft.spans[0][0]
            made.append(replace(paragraph, source_map=self._source_map(block.map_from(skip))))
            for mark in block.marks:
                if mark.start >= skip:
                    marks[mark.kind].append(self._mark(mark, paragraph, skip))
        return Cable(
            cable_id,
            _header(div, text, opening),
            tuple(made),
            replace(self._source, index=index),
            {"head": _head(div), "date": _date(div), **marks},
            self._notes,
            self._source_text,
        )

    def _source_map(self, into_text: SourceMap) -> SourceMap:
        return through(into_text, self._mapping) if self._mapping else SourceMap()

    def _mark(self, mark: _Mark, paragraph: Paragraph, skip: int) -> dict[str, Any]:
        """A mark in its paragraph's text, with what the volume's lists say of it."""
        start, end = mark.start - skip, mark.end - skip
        text = paragraph.text[start:end]
        place = {"paragraph": paragraph.id, "start": start, "end": end, "text": text}
        name = self._known.get(mark.ref or "")
        return {**place, "ref": mark.ref, **({} if name is None else {"name": name})}

    def _fold(self, block: Any) -> _Folded:
        folded = _Folded()
        self._fold_into(folded, block, block)
        return folded

    def _fold_into(self, folded: _Folded, node: Any, block: Any) -> None:
        """Adds an element's text, without the notes and the blocks within it."""
        tag = _tag(node)
        if tag == "lb":
            folded.blank = folded.line_end = True
        if tag in _LEFT_OUT or tag in _BLOCKS and node is not block:
            return
        start = folded.length + folded.blank if folded.length else 0
        folded.add(node.text or "", self._spans[node][0])
        for child in node:
            self._fold_into(folded, child, block)
            if child.tail:
                folded.add(child.tail, _after(child, self._spans))
        if tag in _MARKS and folded.length > start:
            ref = (node.get("corresp") or node.get("target") or "").lstrip("#")
            folded.marks.append(_Mark(_MARKS[tag], start, folded.length, ref or None))


def _text_and_spans(root: Any) -> tuple[str, dict[Any, tuple[int, int]]]:
    """The text of an element, and the offsets of every element in it."""
    from lxml import etree

    spans: dict[Any, tuple[int, int]] = {}
    starts: dict[Any, int] = {}
    parts: list[str] = []
    position = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            starts[node] = position
        elif event == "end":
            spans[node] = (starts.pop(node), position)
        text = node.text if event == "start" else node.tail if node is not root else None
        if text:
            parts.append(text)
            position += len(text)
    return "".join(parts), spans


def _tag(node: Any) -> str:
    """An element's name; comments and processing instructions count as notes."""
    return node.tag.removeprefix(_NS) if isinstance(node.tag, str) else "note"


def _blocks(div: Any) -> Iterator[Any]:
    """The elements of a document that are its paragraphs."""
    for node in div.iter():
        if _tag(node) in _BLOCKS and _APART.isdisjoint(map(_tag, node.iterancestors())):
            yield node


def _without_opening(blocks: list[_Folded], body: int) -> list[_Folded]:
    """The blocks that are text: those after offset `body`, and others that are no opening."""
    kept, offset = [], 0
    for block in blocks:
        words = block.text()
        if offset + len(words) > body or not _is_opening(words):
            kept.append(block)
        offset += len(words) + 2
    return kept


def _header(div: Any, text: str, opening: Opening) -> Header:
    head = _head(div)
    sender = _FROM.search(head) or _ADDRESSED.match(head)
    return parse(
        opening,
        text[: opening.body],
        text[-1500:],
        signers=tuple(_plain(node) for node in div.iter(f"{_NS}signed")) or None,
        created=_date(div),
        origin=sender[1] if sender else None,
    )


def _date(div: Any) -> str | None:
    return next((date.get("when") for date in div.iter(f"{_NS}date") if date.get("when")), None)


def _is_opening(words: str) -> bool:
    """Whether a paragraph before a late SUBJECT or REF is part of the opening, and no text: short,
    labelled or no sentence."""
    if len(words) > _LONGEST_OPENING:
        return False
    return label_of(words) is not None or not (is_running(words) and words[-1] in ".?!")


def _draft(text: str, index: int) -> Draft:
    opening = start_of(text)
    if (
        opening is None
        or opening.skip >= len(text)
        or (not opening.marking and (opening.number or 0) > index + 30)
    ):
        return Draft("text", text, spans=[(0, len(text))])
    kind = {"marked": "text"}.get(opening.kind, opening.kind)
    return Draft(kind, text, opening.number, opening.marking, [(opening.skip, len(text))])
