"""TEI volumes of Foreign Relations: a document a cable, the editors' notes left out, their marks of
persons, terms and places kept."""

import re
from collections.abc import Iterator
from typing import Any

from cablespan.cable import Cable, Paragraph, Piece, Reject, Source, SourceMap
from cablespan.header.furniture import is_running
from cablespan.header.labels import label_of
from cablespan.header.opening import read_opening
from cablespan.header.parsing import parse
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


class _Text:
    """A volume's text, all of it, with the place of every element in it."""

    def __init__(self, root: Any):
        from lxml import etree

        self.spans: dict[Any, tuple[int, int]] = {}
        starts: dict[Any, int] = {}
        parts: list[str] = []
        position = 0
        for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                starts[node] = position
                if node.text:
                    parts.append(node.text)
                    position += len(node.text)
                continue
            if event == "end":
                self.spans[node] = (starts.pop(node), position)
            if node.tail and node is not root:
                parts.append(node.tail)
                position += len(node.tail)
        self.text = "".join(parts)


def read(
    source: str, path: str, notes: tuple[str, ...] = (), all_documents: bool = False
) -> Iterator[Cable | Reject]:
    """The telegrams of a volume, with `all_documents` its memoranda, letters and conversations as
    well."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True
    )
    try:
        root = etree.fromstring(_without_declaration(source).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        yield Reject(path, f"line {error.lineno or 1}", f"no XML: {error.msg}", "give a TEI volume")
        return
    if root is None:
        yield Reject(path, "line 1", "no XML: no element in it", "give a TEI volume")
        return
    cut = next((entry for entry in parser.error_log if entry.level_name == "FATAL"), None)
    volume = _Text(root)
    mapped, mapping = _body_text(source)
    sound = mapped.startswith(volume.text)
    known = _known_names(root)
    sha = digest(source)
    name = _volume_name(root) or name_of(path)
    documents = [div for div in root.iter(f"{_NS}div") if div.get("type") == "document"]
    if not documents:
        yield Reject(
            path,
            f"line {cut.line if cut else 1}",
            "no document in it",
            'documents are div elements of type "document"',
        )
        return
    index = 0
    for number, div in enumerate(documents):
        if cut is not None and number == len(documents) - 1:
            yield Reject(
                path,
                f"line {cut.line}",
                f"document {div.get(_ID) or number + 1} is cut: {cut.message}",
                "the documents before it were read",
            )
            continue
        head = _plain(div.find(f"{_NS}head"))
        if not all_documents and not _is_telegram(div, head):
            continue
        cable = _cable(
            div,
            head,
            volume,
            mapping if sound else None,
            known,
            path,
            f"{name}/{div.get(_ID) or f'd{number + 1}'}",
            index,
            sha,
            source,
            notes,
        )
        index += 1
        if cable is None:
            yield Reject(
                path,
                f"line {div.sourceline}",
                f"document {div.get(_ID)} has no text",
                "nothing to read there",
            )
        else:
            yield cable
    if not index:
        reason = f"none of the {len(documents)} documents is a telegram"
        yield Reject(path, "volume", reason, "read it with all_documents=True to have them all")


def _is_telegram(div: Any, head: str) -> bool:
    """Whether a document's head, or the note of its source, calls it a telegram."""
    if _TELEGRAM.match(head):
        return True
    notes = (note for note in div.iter(f"{_NS}note") if _tells_source(note))
    return any(_TELEGRAM_NOTE.search(" ".join("".join(note.itertext()).split())) for note in notes)


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


class _Folded:
    """A paragraph's text in the making: white space folded, every run with its place in the
    volume's text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self.marks: list[tuple[str, int, int, str | None]] = []
        self.length = 0
        self.blank = False
        self.line_end = False

    def add(self, text: str, at: int) -> None:
        for match in re.finditer(r"\S+", text):
            if (
                (match.start() or self.blank)
                and self.length
                and (self.blank or text[match.start() - 1].isspace())
            ):
                self.parts.append("\n" if self.line_end else " ")
                self.length += 1
            self.line_end = False
            word = match[0]
            self.parts.append(word)
            self.pieces.append((self.length, at + match.start(), len(word)))
            self.length += len(word)
            self.blank = False
        if text and text[-1].isspace():
            self.blank = True

    def text(self) -> str:
        """The text, with line ends where the volume has them."""
        return "".join(self.parts)


def _fold(node: Any, volume: _Text) -> _Folded:
    folded = _Folded()

    def walk(element: Any) -> None:
        tag = element.tag.removeprefix(_NS) if isinstance(element.tag, str) else "note"
        if tag == "lb":
            folded.blank = folded.line_end = True
        if tag in _LEFT_OUT or (tag in _BLOCKS and element is not node):
            return
        start = folded.length + folded.blank
        at = volume.spans[element][0]
        folded.add(element.text or "", at)
        for child in element:
            walk(child)
            if child.tail:
                folded.add(
                    child.tail,
                    volume.spans[child][1] if child in volume.spans else _after(child, volume),
                )
        if tag in _MARKS and folded.length > start:
            folded.marks.append(
                (
                    _MARKS[tag],
                    start if start else 0,
                    folded.length,
                    (element.get("corresp") or element.get("target") or "").lstrip("#") or None,
                )
            )

    walk(node)
    return folded


def _after(node: Any, volume: _Text) -> int:
    """Where the tail of a comment or a processing instruction begins."""
    before = node.getprevious()
    if before is not None:
        end = volume.spans[before][1] if before in volume.spans else _after(before, volume)
        return end + len(before.tail or "")
    parent = node.getparent()
    return volume.spans[parent][0] + len(parent.text or "")


def _cable(
    div, head, volume, mapping, known, path, cable_id, index, sha, source, notes
) -> Cable | None:
    folded = []
    for node in div.iter():
        tag = node.tag.removeprefix(_NS) if isinstance(node.tag, str) else ""
        if tag in _BLOCKS and not any(
            isinstance(up.tag, str)
            and up.tag.removeprefix(_NS) in ("note", "head", "dateline", "del")
            for up in node.iterancestors()
        ):
            block = _fold(node, volume)
            if block.length:
                folded.append(block)
    if not folded:
        return None
    text = "\n\n".join(block.text() for block in folded)
    opening = read_opening(text)
    date = next((d.get("when") for d in div.iter(f"{_NS}date") if d.get("when")), None)
    sender = _FROM.search(head) or _ADDRESSED.match(head)
    signed = tuple(_plain(node) for node in div.iter(f"{_NS}signed")) or None
    header = parse(
        opening,
        text[: opening.body],
        text[-1500:],
        signers=signed,
        created=date,
        origin=sender[1] if sender else None,
    )
    drafts: list[Draft] = []
    kept: list[_Folded] = []
    offset = 0
    for block in folded:
        words = block.text()
        end = offset + len(words)
        if end > opening.body or not _is_opening(words):
            drafts.append(_draft(words.replace("\n", " "), len(drafts)))
            kept.append(block)
        offset = end + 2
    made: list[Paragraph] = []
    marks: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _MARKS.values()}
    for paragraph, draft, block in zip(paragraphs(drafts, cable_id), drafts, kept, strict=True):
        skip = draft.spans[0][0]
        pieces = [
            (max(o - skip, 0), s + max(skip - o, 0), n - max(skip - o, 0))
            for o, s, n in block.pieces
            if o + n > skip
        ]
        made.append(
            _paragraph(
                paragraph, through(SourceMap(tuple(pieces)), mapping) if mapping else SourceMap()
            )
        )
        for kind, start, end, ref in block.marks:
            if start >= skip:
                mark = {
                    "paragraph": paragraph.id,
                    "start": start - skip,
                    "end": end - skip,
                    "text": paragraph.text[start - skip : end - skip],
                    "ref": ref,
                }
                marks[kind].append({**mark, "name": known[ref]} if ref in known else mark)
    meta = {"head": head, "date": date, **marks}
    extra = () if mapping else ("the mark-up is damaged: paragraphs without a source map",)
    return Cable(
        cable_id,
        header,
        tuple(made),
        Source(path, "tei", sha, index),
        meta,
        (*notes, *extra),
        source,
    )


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


def _paragraph(paragraph: Paragraph, source_map: SourceMap) -> Paragraph:
    return Paragraph(
        paragraph.id,
        paragraph.text,
        paragraph.number,
        paragraph.marking,
        paragraph.section,
        paragraph.kind,
        source_map,
    )
