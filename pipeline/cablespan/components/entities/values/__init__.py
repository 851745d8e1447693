"""What dates, sums and references stand for, as plain strings in standard notations."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from math import inf

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.entities.bodies import home_country, sending_post
from cablespan.components.entities.values.dates import Anchor, read_date
from cablespan.components.entities.values.money import Surroundings, money_value
from cablespan.components.entities.values.periods import Period
from cablespan.components.entities.values.references import ReferenceResolver
from cablespan.components.keeping import Keeping
from cablespan.document import PARAGRAPHS, text_of
from cablespan.labels import Entity

_LIST_GAP = 8  # characters between the members of a list at most
_NEARBY = 100  # characters of the sentence around a mention that may say more of it
_TOLD = 300  # characters after a date or a sum in which another may be told by it
_OPENING = 15  # paragraphs at the beginning among which a list of references may stand


@Language.factory("cable_values", requires=["doc.ents"], assigns=["doc._.entity_values"])
class Values(Keeping):
    """Writes `doc._.entity_values`: the values of dates, sums and references by "start-end" in
    characters.

    A DATE is an ISO 8601 date of reduced precision ("2008", "2008-01", "2008-01-31") or an interval
    of two of them, both inclusive ("2008-01/2008-04"). A MONEY is an amount, or two with "/"
    between, and an ISO 4217 code ("72000000 KZT"). A CABLE_REF is a canonical id ("06ASTANA9").
    What the cable does not tell is left out.
    """

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def process(self, doc: Doc) -> dict[str, str]:
        """The values of a Doc's entities, by their place.

        >>> import spacy
        >>> nlp = spacy.blank("en")
        >>> doc = nlp("Last week it paid 72 million tenge.")
        >>> doc._.cable = {"header": {"created": "2007-02-22"}}
        >>> doc.ents = [Span(doc, 0, 2, "DATE"), Span(doc, 4, 7, "MONEY")]
        >>> Values(nlp, "values").process(doc)
        {'0-9': '2007-02-12/2007-02-18', '18-34': '72000000 KZT'}
        """
        ents: dict[str, list[Span]] = defaultdict(list)
        for ent in doc.ents:
            ents[ent.label_].append(ent)
        values = (
            *_dates(doc, ents[Entity.DATE]),
            *_sums(doc, ents[Entity.MONEY]),
            *_references(doc, ents[Entity.CABLE_REF]),
        )
        return {f"{ent.start_char}-{ent.end_char}": value for ent, value in values if value}

    def annotate(self, doc: Doc) -> Doc:
        """Writes what `process` returns into the Doc."""
        doc._.entity_values = self.process(doc)
        return doc


def _with_previous(ents: list[Span]) -> Iterator[tuple[Span, Span | None]]:
    """Each entity with the one before it."""
    yield from zip(ents, [None, *ents], strict=False)


def _gap(before: Span | None, ent: Span) -> float:
    """Characters between two entities."""
    return ent.start_char - before.end_char if before is not None else inf


def _dates(doc: Doc, ents: list[Span]) -> Iterator[tuple[Span, str | None]]:
    anchor = Anchor.of(doc._.cable or {})
    period: Period | None = None
    for ent, before in _with_previous(ents):
        told = period if _gap(before, ent) < _TOLD else None
        period = read_date(ent.text, anchor, *_around(ent), told)
        yield ent, period.iso() if period else None


def _sums(doc: Doc, ents: list[Span]) -> Iterator[tuple[Span, str | None]]:
    home = home_country(sending_post(doc))
    value: str | None = None
    for ent, before in _with_previous(ents):
        previous = value if _gap(before, ent) < _TOLD else None
        value = money_value(ent.text, home, Surroundings(*_around(ent), previous))
        yield ent, value


def _references(doc: Doc, ents: list[Span]) -> Iterator[tuple[Span, str | None]]:
    text = text_of(doc)
    opening = [
        text[paragraph.start_char : paragraph.end_char]
        for paragraph in islice(doc.spans.get(PARAGRAPHS, ()), _OPENING)
    ]
    resolver = ReferenceResolver(doc._.cable or {}, opening)
    value: str | None = None
    for ent, before in _with_previous(ents):
        value = resolver.resolve(ent.text, value if _gap(before, ent) < _LIST_GAP else None)
        yield ent, value


def _around(ent: Span) -> tuple[str, str]:
    text = text_of(ent.doc)
    before = text[max(0, ent.start_char - _NEARBY) : ent.start_char]
    return before, text[ent.end_char : ent.end_char + _NEARBY]
