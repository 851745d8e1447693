"""The documents of a TEI volume: what their heads say, which of their elements are text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

from cablespan.cable import Header
from cablespan.header.dates import time_of
from cablespan.header.labels import label_of
from cablespan.header.opening import Opening, read_opening
from cablespan.header.parsing import parse
from cablespan.header.prose import is_running
from cablespan.header.signature import Signature, signature
from cablespan.header.transmission import addressed, correspondents, is_precedence, opens_list
from cablespan.lexicon import listed
from cablespan.reading.assembly import TAIL
from cablespan.reading.elements import (
    APART,
    BLOCKS,
    ID,
    NS,
    WHOLE,
    Folded,
    has_own_words,
    joined,
    on_one_line,
    plain_text,
    tag,
    with_offsets,
)

_TELEGRAM = re.compile(
    r"""
    \W{0,3} \d{0,4} \.? \s*         # the document's number
    (?:\[ [^\]]{0,80} \] \s*)?      # "[Extract]"
    (?:[A-Z][a-z]+[ ])?              # "Intelligence", "Circular"
    (?:Tele(?:gram|type) | Backchannel[ ]Message)
    """,
    re.VERBOSE,
)
_HOLDERS = WHOLE | {"div"}  # all their words are in the elements within them
_LONGEST_OPENING = 300  # a labelled paragraph that is longer carries text
_LONGEST_LINE = 7  # words in capitals up to a full stop that are no sentence
# A sentence's end before another one, but no "Mr. Roe", no "U.S. ships".
_STOP = re.compile(r"(?:(?<=\w{3})|(?<=[\d)]))[.?!]\s(?=[A-Z])")
# "2393. NATUS. Ref: State 70962. Subj: Roads.": facts of a telegram after its number.
_SUBJECT_AFTER_NUMBER = re.compile(r"\d{1,6}\. (?:[^.\n]{1,60}\. ){0,4}?Subj(?:ect)?: (?=\S)")
# The source note of the volumes of 1948-54: "711.61/1-2048: Telegram".
_TELEGRAM_NOTE = re.compile(r"\bTelegram\W{0,3}$|^[^.]{0,60}: Telegram\b")
_ADDRESSED = re.compile(r"The (.{3,80}?)(?: \([^()]*\))? to the ")


class Document(NamedTuple):
    """A document of a volume: its element, and its number among them, counted from 1."""

    div: Any
    number: int

    @property
    def name(self) -> str:
        """Its id in the volume."""
        return self.div.get(ID) or f"d{self.number}"

    @property
    def head(self) -> str:
        """Its title: number, kind, from whom, to whom."""
        return plain_text(self.div.find(f"{NS}head"))

    @property
    def date(self) -> str | None:
        """The first date that the editors give it, in ISO 8601."""
        dates = (date.get("when") or "" for date in self.div.iter(f"{NS}date"))
        return next(filter(time_of, dates), None)

    @property
    def is_telegram(self) -> bool:
        """Whether the document's head, or the note of its source, calls it a telegram."""
        if _TELEGRAM.match(self.head):
            return True
        sources = filter(_tells_source, self.div.iter(f"{NS}note"))
        return any(_TELEGRAM_NOTE.search(on_one_line(note.itertext())) for note in sources)

    def blocks(self) -> Iterator[Any]:
        """The elements that are its paragraphs, and the lists of its header."""
        title = self.div.find(f"{NS}head")
        return (block for block in _blocks_in(self.div) if block is not title)

    def signature(self, blocks: list[Folded], body: int) -> Signature:
        """Who signed it, and where in its blocks' text, whose body begins at offset `body`; nowhere
        if the editors marked the names apart. Who stands at the end of other papers stays text, and
        an item of a list signs nothing."""
        signed = list(map(plain_text, self.div.iter(f"{NS}signed")))
        found = Signature(signed, None) if signed else signature(joined(blocks), body)
        if found.span is not None and _is_item(_block_at(found.span[0], blocks)):
            return Signature([], None)
        return found if self.is_telegram else found._replace(span=None)

    def header(
        self, text: str, opening: Opening, above: list[Folded], signers: list[str]
    ) -> Header:
        """The header that its text and the editors' mark-up make; `above`: the blocks of its
        opening."""
        lists = list(filter(_is_list, above))
        first, _, _ = text[opening.body :].partition("\n\n")
        fields = {**_subject_in(first), **opening.fields, **_listed_fields(lists)}
        return parse(
            replace(opening, fields=fields),
            text[: opening.body],
            text[-TAIL:],
            signers=tuple(signers),
            created=self.date,
            origin=sender_in(self.head),
            **_correspondents(lists),
        )


def _blocks_in(node: Any, within: bool = False) -> Iterator[Any]:
    """The blocks within an element, those within blocks among them; `within`: whether it is one, or
    part of one."""
    for child in node:
        name = tag(child)
        if name in APART:
            continue
        is_whole = name == "table" or _is_header_list(child)
        is_block = is_whole or name in BLOCKS or (not within and _stands_alone(child))
        if is_block:
            yield child
        if not is_whole:
            yield from _blocks_in(child, within or is_block)


def _stands_alone(node: Any) -> bool:
    """Whether an element outside of paragraphs has words of its own: a quote, a closing, a
    label."""
    return tag(node) not in _HOLDERS and has_own_words(node)


def _is_header_list(node: Any) -> bool:
    """Whether an element is a list that the editors made of a header's line: its head is FM, TO,
    INFO, SUBJECT, REF or the like, or they say that it names addressees."""
    if tag(node) != "list":
        return False
    head, item = (plain_text(node.find(f"{NS}{name}")) for name in ("head", "item"))
    if not head:
        return False
    opens = opens_list(head.upper()) or _names_addressees(node)
    return opens or label_of(f"{head} {item}") is not None


def _names_addressees(node: Any) -> bool:
    return node.get("type") == "to"


def _is_list(block: Folded) -> bool:
    return tag(block.element) == "list"


def _subject_in(words: str) -> dict[str, str]:
    """The subject that a first paragraph states after the telegram's number. It stays text: mostly
    the paragraph goes on.

    >>> _subject_in("966. NATUS. Subj: Roads to Oslo. Roe called.")
    {'subject': 'Roads to Oslo'}
    """
    label = _SUBJECT_AFTER_NUMBER.match(words)
    if label is None:
        return {}
    stop = _STOP.search(words, label.end())
    subject = words[label.end() : stop.start() if stop else None]
    return {"subject": subject.removesuffix(".")}


def _listed_fields(lists: Iterable[Folded]) -> dict[str, str]:
    """Subject, references and the like, as the lists of a header hold them."""
    fields: dict[str, str] = {}
    for block in lists:
        fields |= read_opening(block.text()).fields
    return fields


def _correspondents(lists: Iterable[Folded]) -> dict[str, Any]:
    """Sender and addressees that the lists of a header name; they are all that it has."""
    sender, to, info = correspondents("\n".join(filter(None, map(_with_keyword, lists))))
    if not (sender or to or info):
        return {}
    excluded = tuple(name for addressee in (*to, *info) for name in addressee.excluded)
    return {"from_": sender, "to": tuple(to), "info": tuple(info), "excluded": excluded}


def _with_keyword(block: Folded) -> str:
    """The text of a header's list, its head in capitals as transmission headers have it.

    A precedence heads addressees; "" for other words, who is to read it there ("ATTN:").
    """
    head, text = _head_of(block), block.text()
    items = text[len(head) :]
    if not _names_addressees(block.element) or opens_list(head.upper()):
        return head.upper() + items
    return addressed(items.strip().splitlines(), head) if is_precedence(head) else ""


def _head_of(block: Folded) -> str:
    return plain_text(block.element.find(f"{NS}head"))


def before_attachment(blocks: list[Folded]) -> int:
    """How many blocks are the document's own: up to the first list of a header that is headed as
    one above it is, which is an attachment's; a precedence can head several."""
    heads: set[str] = set()
    for index, block in enumerate(blocks):
        head = _head_of(block) if _is_list(block) else ""
        if head in heads:
            return index
        if head and not is_precedence(head):
            heads.add(head)
    return len(blocks)


def parted(blocks: list[Folded], body: int) -> tuple[list[Folded], list[Folded]]:
    """The blocks that are the opening, and those that are text: those after offset `body` of the
    blocks' text and after the lists of the header, and others that are no opening."""
    opening: list[Folded] = []
    text: list[Folded] = []
    last = _last_of_lists(blocks)
    for index, (at, block) in enumerate(with_offsets(blocks)):
        is_above = at + block.length <= body or index <= last
        (opening if is_above and _is_opening(block) else text).append(block)
    return opening, text


def _last_of_lists(blocks: list[Folded]) -> int:
    """The index of the last of the header's lists that no text stands above; -1 for none."""
    above = takewhile(lambda block: _is_opening(block) or _is_item(block), blocks)
    return max((index for index, block in enumerate(above) if _is_list(block)), default=-1)


def _is_item(block: Folded) -> bool:
    """Whether a block belongs to a list or is a heading, as that of the participants."""
    return tag(block.element) in ("item", "head")


def _block_at(offset: int, blocks: list[Folded]) -> Folded:
    """The block in which an offset of the blocks' text lies."""
    *_, last = (block for at, block in with_offsets(blocks) if at <= offset)
    return last


def _is_opening(block: Folded) -> bool:
    """Whether a block before a late SUBJECT or REF is part of the opening, and no text: a list of
    the header, or a paragraph that is short, labelled or no sentence."""
    words = block.text()
    if _is_list(block):
        return True
    if _is_item(block) or tag(block.element) == "table" or len(words) > _LONGEST_OPENING:
        return False
    if not _is_sentence(words):
        return True
    return label_of(words) is not None and not _goes_on_in_prose(words)


def _is_sentence(words: str) -> bool:
    is_ended = words.rstrip(")\"'”’")[-1:] in tuple(".?!]")
    return is_ended and (is_running(words) or len(words.split()) > _LONGEST_LINE)


def _goes_on_in_prose(words: str) -> bool:
    """Whether sentences follow a label and a stop: "Ref: Deptel 15. He said"."""
    stop = _STOP.search(words)
    return stop is not None and is_running(words[stop.end() :])


def sender_in(head: str) -> str | None:
    """The sender whom the head of a document names.

    >>> sender_in("7. Telegram From the Mission to the United Nations to the Department of State")
    'Mission to the United Nations'
    """
    match = _from().search(head) or _ADDRESSED.match(head)
    return match[1] if match else None


@cache
def _from() -> re.Pattern[str]:
    """The words of a head that name the sender; "to" belongs to a Mission's name."""
    accredited = "|".join(sorted(listed("header_words", "word", "accredited")))
    return re.compile(
        rf"""
        (?:Telegram | Message)\s (?:\S+\s){{0,2}} From\s (?:the\s)?
        (
            (?:(?!\sto\s).){{0,60}}? \b(?:{accredited})\sto\s .{{3,120}}?
            | .{{3,80}}?
        )
        ,? \sto\s
        """,
        re.VERBOSE,
    )


def documents_of(root: Any) -> list[Document]:
    """The documents of a volume, in order."""
    divs = [] if root is None else root.iter(f"{NS}div")
    documents = (div for div in divs if div.get("type") == "document")
    return [Document(div, number) for number, div in enumerate(documents, 1)]


def _tells_source(note: Any) -> bool:
    return note.get("type") == "source" or note.get("rend") == "inline"
