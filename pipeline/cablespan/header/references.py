"""The REF line: other cables in every way of writing them, and the messages that are no cables."""

import re
from collections.abc import Iterator

from cablespan.cable import Reference
from cablespan.header.dates import full_year
from cablespan.header.furniture import without_marks
from cablespan.header.items import DTG, Item, kind_of
from cablespan.header.opening import read_opening
from cablespan.header.posts import id_of

# "A.", "(B)", "C) (C)", "D -"
_ENUMERATOR = re.compile(
    r"""(?:^|(?<=[\s,;:.)\]])(?<!\b[A-Z]\.))
      [(\[]?(?P<letter>[A-Z]|[a-z])(?:\ ?[.):\]]{1,2}|-(?=\s))
      (?:\s{0,2}[(\[][A-Za-z][)\]])?(?![A-Za-z]\.)(?=\s|\d|[A-Z(])""",
    re.VERBOSE | re.MULTILINE,
)
# "STATE 41, (B) 57": the post is that of the item before.
_LETTER_OF_NUMBER = re.compile(
    r"""(?:(?<=\d\s)|(?<=\d[,;]\s))[(\[]?[B-Z][.)\]]\s?
    (?!(?:19|20)\d\d\b)(?=\d{2,7}\s*(?:[,;(\[]|\Z|[A-Z][.)]))""",
    re.VERBOSE,
)
_CUT_SERIAL = re.compile(r"\d+\.{3}")  # "OSLO 2..."
_PIVOT = 45  # 44 is 2044, 45 is 1945


def _block(text: str) -> str:
    """The content of the REF lines; the text itself where it is a piece without labels."""
    fields = read_opening(text).fields
    return fields.get("ref", "") if fields else text


def canonical_id(text: str) -> str | None:
    """The canonical reference id in a text, from any spelling or garbled form.

    Letters, marks and words may stand around it.

    >>> canonical_id("07 ASTANA 000454"), canonical_id("REF: B. (C) 2007 SECSTATE 00012 (NOTAL)")
    ('07ASTANA454', '07STATE12')
    >>> canonical_id("no id") is None
    True
    """
    return id_of(text) or _first_cited(text)


def _first_cited(text: str) -> str | None:
    """The id of the first cable that a text cites with its year."""
    cited = (reference for reference in references(text) if reference.kind == "cable")
    return next((cable.value for cable in cited if cable.value[:2].isdigit()), None)


def references(
    text: str, year: int | None = None, reference_id: str | None = None
) -> list[Reference]:
    """The references of a header or of the REF line of one, each once, the cable's own id left out.

    `year` (four digits) is that of the cable, for references without one; else that of its
    `reference_id`. A reference's `kind` is "cable", with a canonical id as value; else "email",
    "telcon", "dtg" or another of the lexicon, with its text as value.

    >>> [r.value for r in references("REF: A. 06 ASTANA 009, B. STATE 7944 AND 7950", 2007)]
    ['06ASTANA9', '07STATE7944', '07STATE7950']
    """
    return references_of(_block(text), year, reference_id)


def references_of(
    field: str, year: int | None = None, reference_id: str | None = None
) -> list[Reference]:
    """The references of a REF line's content, as `references` has them.

    >>> [r.value for r in references_of("STATE 12, OSLO 41 AND 57", reference_id="07ROME1")]
    ['07STATE12', '07OSLO41', '07OSLO57']
    """
    own = id_of(reference_id or "")
    if own and not year:
        year = full_year(own[:2], _PIVOT)
    first: dict[str, Reference] = {}
    text = _CUT_SERIAL.sub("", without_marks(field).replace("¶", " "))
    for reference in _all_references(_LETTER_OF_NUMBER.sub(", ", text), year):
        first.setdefault(reference.value, reference)
    return [reference for value, reference in first.items() if value != own]


def _all_references(block: str, year: int | None) -> list[Reference]:
    """The references of all items, in order, the same one as often as it stands there."""
    cited: list[Reference] = []
    for letter, item in _items(block):
        cited += Item(item, year).references(letter) or _message_in(item, letter)
    return cited


def _items(block: str) -> Iterator[tuple[str | None, str]]:
    """The enumerated items of a block with their letters; what stands before the first has none."""
    letter: str | None = None
    begin = 0
    for mark in _ENUMERATOR.finditer(block):
        if mark.start() > begin:
            yield letter, block[begin : mark.start()]
        letter, begin = mark["letter"].upper(), mark.end()
    if block[begin:]:
        yield letter, block[begin:]


def _message_in(item: str, letter: str | None) -> list[Reference]:
    """The e-mail, telephone call, report or message with a date-time group that an item names."""
    text = " ".join(item.split()).strip(" ,;.")
    kind = kind_of(item)
    if kind:
        return [Reference(text, kind, text, letter)]
    dtg = DTG.search(item)
    return [Reference(" ".join(dtg[0].upper().split()), "dtg", text, letter)] if dtg else []
