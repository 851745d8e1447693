"""TEI volumes of Foreign Relations: a document a cable, the editors' notes left out, their marks of
persons, terms and places kept."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from cablespan.cable import Cable, Paragraph, Reject, Source, SourceMap, text_hash
from cablespan.header.opening import read_opening
from cablespan.reading.assembly import offset_in, through
from cablespan.reading.body import paragraphs
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.starts import Start, start_of
from cablespan.reading.decode import LEADING, name_of
from cablespan.reading.documents import Document, before_attachment, documents_of, parted
from cablespan.reading.elements import (
    ID,
    MARKS,
    NS,
    Folded,
    Mark,
    fold,
    in_order,
    joined,
    on_one_line,
    tag,
    text_and_spans,
    with_offsets,
)
from cablespan.reading.xml import fit_to_parse, text_of_root

_TEI, _XML, _PAGE = (re.compile(tag, re.IGNORECASE) for tag in ("<tei", r"<\?xml", "<html"))
_UNMAPPED = "the mark-up is damaged: paragraphs without a source map"
_FARTHEST_NUMBER = 30  # a number that is so far above its paragraph's place is none, but a year


def knows(head: str) -> bool:
    """Whether a text begins as TEI does, or as XML that is no page.

    >>> knows("<TEI xmlns='http://www.tei-c.org/ns/1.0'>"), knows("<?xml version='1.0'?><html>")
    (True, False)
    """
    if not head.lstrip(LEADING).startswith("<"):
        return False
    if _TEI.search(head) or "tei-c.org" in head:
        return True
    return _XML.search(head) is not None and _PAGE.search(head) is None


def read(
    source: str, path: str, notes: tuple[str, ...] = (), all_documents: bool = False
) -> Iterator[Cable | Reject]:
    """The telegrams of a volume, with `all_documents` its memoranda, letters and conversations as
    well.

    >>> source = '''<TEI xmlns="http://www.tei-c.org/ns/1.0"><div type="document" xml:id="d1">
    ... <head>1. Telegram From the Embassy in Norway</head><p>1. All is well.</p></div></TEI>'''
    >>> cable, = read(source, "frus1.xml")
    >>> cable.id, cable.paragraphs[0].text
    ('frus1/d1', 'All is well.')
    """
    root, cut = _parse(source)
    documents = documents_of(root)
    if not documents:
        yield _without_documents(path, root, cut)
        return
    whole = documents[:-1] if cut else documents
    asked = [document for document in whole if all_documents or document.is_telegram]
    volume = _Volume(root, source, path, notes)
    for index, document in enumerate(asked):
        yield volume.cable(document, index) or _without_text(path, document)
    if cut:
        reason = f"document {documents[-1].name} is cut: {cut.message}"
        remedy = f"the documents before it were read; {_get_rest(cut)}"
        yield Reject(path, cut.place, reason, remedy)
    if whole and not asked:
        reason = f"none of the {len(whole)} documents is a telegram"
        remedy = "in Python, cablespan.read(PATH, all_documents=True) reads them all"
        yield Reject(path, "volume", reason, remedy)


class _Break(NamedTuple):
    """The line at which the mark-up breaks off, and why."""

    line: int
    message: str

    @property
    def place(self) -> str:
        return f"line {self.line}"


def _parse(source: str) -> tuple[Any, _Break | None]:
    """The root element, None where there is none, and where the mark-up breaks off, if it does."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True
    )
    try:
        root = etree.fromstring(fit_to_parse(source).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return None, _Break(error.lineno or 1, error.msg)
    fatal = (entry for entry in parser.error_log if entry.level_name == "FATAL")
    return root, next((_Break(entry.line, entry.message) for entry in fatal), None)


def _get_rest(cut: _Break) -> str:
    """What gets the text that stands after a break."""
    if cut.message.startswith("Entity"):
        return "for the rest declare the entity, or put its sign there"
    return "get the rest from a whole copy"


def _without_documents(path: str, root: Any, cut: _Break | None) -> Reject:
    place, message = (cut.place, cut.message) if cut else ("line 1", "no element in it")
    if root is None:
        return Reject(path, place, f"no XML: {message}", "give a TEI volume")
    is_bare = next(root.iter("div"), None) is not None
    remedy = (
        f'the elements are in no namespace: give the root xmlns="{NS[1:-1]}"'
        if is_bare
        else 'documents are div elements of type "document"'
    )
    return Reject(path, place, "no document in it", remedy)


def _without_text(path: str, document: Document) -> Reject:
    reason = f"document {document.name} has no text"
    return Reject(path, f"line {document.div.sourceline}", reason, "nothing to read there")


def _volume_name(root: Any) -> str | None:
    """The volume's id: its `idno` of type "frus", else the root's; other numbers are its
    publishers'."""
    for idno in root.iter(f"{NS}idno"):
        if idno.text and idno.get("type") == "frus":
            return idno.text.strip()
    return root.get(ID)


def volume_id(head: str) -> str | None:
    """The id of the volume whose file begins so; None where it names none.

    >>> volume_id('<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="frus1961v5"><teiHeader>')
    'frus1961v5'
    """
    root, _ = _parse(head)
    return None if root is None else _volume_name(root)


def _known_names(root: Any) -> dict[str, str]:
    """What the volume's lists say of a person or a term, by its xml:id."""
    names = {}
    for item in root.iter(f"{NS}item"):
        ids = (node.get(ID) for node in item.iter(f"{NS}persName", f"{NS}term"))
        known = next(filter(None, ids), None)
        if known:
            names[known] = on_one_line(item.itertext())
    return names


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    if one.startswith(other):
        return len(other)
    differences = (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differences, min(len(one), len(other)))


class _Placed(NamedTuple):
    """A paragraph, whose source map leads into the block that it was."""

    paragraph: Paragraph
    block: Folded

    def marks(self) -> Iterator[Mark]:
        """The marks in its text, which begins after its number and leaves out other signs."""
        _, begin, _ = self.paragraph.source_map.pieces[0]
        for mark in self.block.marks:
            if mark.start >= begin:
                first, last = mark.start, mark.end - 1
                start, end = (offset_in(self.paragraph.source_map, at) for at in (first, last))
                yield mark._replace(start=start, end=end + 1)


class _Volume:
    """A volume: its text, all of it, with the place of every element in it, and what its lists of
    persons and terms know."""

    def __init__(self, root: Any, source: str, path: str, notes: tuple[str, ...]):
        text, self._spans = text_and_spans(root)
        mapped, self._mapping = text_of_root(source)
        self._mapped_until = _common(mapped, text)
        self._notes = notes
        self._known = _known_names(root)
        self._name = _volume_name(root) or name_of(path)
        self._source = Source(path, "tei", text_hash(source))
        self._source_text = source

    def cable(self, document: Document, index: int) -> Cable | None:
        """The cable of a document, the volume's `index`th; None where it has no text."""
        blocks = in_order(fold(node, self._spans) for node in document.blocks())
        if not blocks:
            return None
        text = joined(blocks)
        own = before_attachment(blocks)
        opening = read_opening(text, 0, len(joined(blocks[:own])))
        cable_id = f"{self._name}/{document.name}"
        signers, signed = document.signature(blocks, opening.body)
        blocks = list(_without(signed, blocks)) if signed else blocks
        above, body = parted(blocks[:own], opening.body)
        placed = _paragraphs_of([*body, *blocks[own:]], cable_id)
        laid = tuple(map(self._with_source_map, placed))
        is_whole = all(paragraph.source_map.pieces for paragraph in laid)
        return Cable(
            cable_id,
            document.header(text, opening, above, signers),
            laid,
            replace(self._source, index=index),
            {"head": document.head, "date": document.date, **self._marks(placed)},
            self._notes if is_whole else (*self._notes, _UNMAPPED),
            self._source_text,
        )

    def _with_source_map(self, placed: _Placed) -> Paragraph:
        """The paragraph, its map leading to the source; none after a place where the source's text
        is another than the parser's."""
        in_volume = through(placed.paragraph.source_map, placed.block.source_map())
        _, at, length = in_volume.pieces[-1]
        is_mapped = at + length <= self._mapped_until
        source_map = through(in_volume, self._mapping) if is_mapped else SourceMap()
        return replace(placed.paragraph, source_map=source_map)

    def _marks(self, paragraphs: list[_Placed]) -> dict[str, list[dict[str, Any]]]:
        """The marks in the text of paragraphs, by kind."""
        marks: dict[str, list[dict[str, Any]]] = {kind: [] for kind in MARKS.values()}
        for placed in paragraphs:
            for mark in placed.marks():
                marks[mark.kind].append(self._mark(mark, placed.paragraph))
        return marks

    def _mark(self, mark: Mark, paragraph: Paragraph) -> dict[str, Any]:
        """A mark in its paragraph's text, with what the volume's lists say of it."""
        text = paragraph.text[mark.start : mark.end]
        place = {"paragraph": paragraph.id, "start": mark.start, "end": mark.end, "text": text}
        name = self._known.get(mark.ref or "")
        return {**place, "ref": mark.ref, **({} if name is None else {"name": name})}


def _without(signed: tuple[int, int], blocks: list[Folded]) -> Iterator[Folded]:
    """The blocks without the signature, which lies between two offsets of their text; words that
    stand below it in the same block are a block of their own."""
    for at, block in with_offsets(blocks):
        begin, end = (min(max(offset - at, 0), block.length) for offset in signed)
        if begin == end:
            yield block
        else:
            above, below = block.text()[:begin].rstrip(), block.text()[end:].lstrip()
            if above:
                yield block.between(0, len(above))
            if any(map(str.isalpha, below)):
                yield block.between(block.length - len(below), block.length)


def _paragraphs_of(blocks: list[Folded], cable_id: str) -> list[_Placed]:
    drafts = ((_draft(block, index), block) for index, block in enumerate(blocks))
    filled = [(draft, block) for draft, block in drafts if draft.text().strip("¶ ")]
    made = paragraphs([draft for draft, _ in filled], cable_id)
    return [_Placed(paragraph, block) for paragraph, (_, block) in zip(made, filled, strict=True)]


def _draft(block: Folded, index: int) -> Draft:
    if tag(block.element) == "table":
        return Draft("text", block.text(), spans=[(0, block.length)], rows=True)
    text = block.text().replace("\n", " ")
    start = start_of(text)
    if start is None or start.skip >= len(text) or _is_far(start, index):
        return Draft("text", text, spans=[(0, len(text))])
    spans = [(start.skip, len(text))]
    return Draft(start.paragraph_kind, text, start.number, start.marking, spans)


def _is_far(start: Start, index: int) -> bool:
    """Whether a number without a marking is none of paragraph `index`."""
    return not start.marking and (start.number or 0) > index + _FARTHEST_NUMBER
