"""The documents of a TEI volume: what their heads say, which of their elements are text."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from cablespan.cable import Header
from cablespan.header.opening import Opening
from cablespan.header.parsing import parse
from cablespan.lexicon import listed
from cablespan.reading.assembly import TAIL
from cablespan.reading.elements import BLOCKS, ID, NS, on_one_line, plain_text, tag

_TELEGRAM = re.compile(
    r"""
    \W{0,3} \d{0,4} \.? \s*         # the document's number
    (?:\[ [^\]]{0,80} \] \s*)?      # "[Extract]"
    (?:[A-Z][a-z]+[ ])?              # "Intelligence", "Circular"
    (?:Tele(?:gram|type) | Backchannel[ ]Message)
    """,
    re.VERBOSE,
)
_APART = frozenset({"note", "head", "dateline", "del"})  # blocks within them are no paragraphs
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
        dates = (date.get("when") for date in self.div.iter(f"{NS}date"))
        return next(filter(None, dates), None)

    @property
    def is_telegram(self) -> bool:
        """Whether the document's head, or the note of its source, calls it a telegram."""
        if _TELEGRAM.match(self.head):
            return True
        sources = filter(_tells_source, self.div.iter(f"{NS}note"))
        return any(_TELEGRAM_NOTE.search(on_one_line(note.itertext())) for note in sources)

    def blocks(self) -> Iterator[Any]:
        """The elements that are its paragraphs."""
        for node in self.div.iter():
            if tag(node) in BLOCKS and _APART.isdisjoint(map(tag, node.iterancestors())):
                yield node

    def header(self, text: str, opening: Opening) -> Header:
        """The header that its text and the editors' mark-up make."""
        return parse(
            opening,
            text[: opening.body],
            text[-TAIL:],
            signers=tuple(map(plain_text, self.div.iter(f"{NS}signed"))) or None,
            created=self.date,
            origin=sender_in(self.head),
        )


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
