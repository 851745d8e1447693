"""What dates, sums and references stand for, as plain strings in standard notations."""

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.entities.bodies import sending_post
from cablespan.components.entities.values.dates import Anchor, read_date
from cablespan.components.entities.values.money import money_value
from cablespan.components.entities.values.periods import Period
from cablespan.components.entities.values.references import ReferenceResolver
from cablespan.document import text_of
from cablespan.labels import Entity

_LIST_GAP = 8  # characters between the members of a list at most
_NEARBY = 100  # characters of the sentence around a mention that may say more of it
_TOLD = 300  # characters after a date in which another may be counted from it


@Language.factory("cable_values", requires=["doc.ents"], assigns=["doc._.entity_values"])
class Values:
    """Writes `doc._.entity_values`: the values of dates, sums and references by "start-end" in characters.

    A DATE is an ISO 8601 date of reduced precision ("2008", "2008-01", "2008-01-31") or an interval of
    two of them, both inclusive ("2008-01/2008-04"). A MONEY is an amount, or two with "/" between, and
    an ISO 4217 code ("72000000 KZT"). A CABLE_REF is a canonical id ("06ASTANA9"). What the cable does
    not tell is left out.
    """

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def process(self, doc: Doc) -> dict[str, str]:
        """The values of a Doc's entities, by their place."""
        cable = doc._.cable or {}
        anchor = Anchor.of(cable)
        references = ReferenceResolver(cable)
        sender = sending_post(doc)
        home = sender["country"] if sender else None
        values: dict[str, str | None] = {}
        end, previous = 0, None  # of the last reference
        told: Period | None = None
        told_at = 0
        for ent in doc.ents:
            place = f"{ent.start_char}-{ent.end_char}"
            if ent.label_ == Entity.DATE:
                known = told if ent.start_char - told_at < _TOLD else None
                told = read_date(ent.text, anchor, *_around(ent), known)
                told_at = ent.end_char
                values[place] = told.iso() if told else None
            elif ent.label_ == Entity.MONEY:
                values[place] = money_value(ent.text, home)
            elif ent.label_ == Entity.CABLE_REF:
                is_next = ent.start_char - end < _LIST_GAP
                previous = references.resolve(ent.text, previous if is_next else None)
                values[place], end = previous, ent.end_char
        return {place: value for place, value in values.items() if value is not None}

    def __call__(self, doc: Doc) -> Doc:
        doc._.entity_values = self.process(doc)
        return doc


def _around(ent: Span) -> tuple[str, str]:
    text = text_of(ent.doc)
    before = text[max(0, ent.start_char - _NEARBY) : ent.start_char]
    return before, text[ent.end_char : ent.end_char + _NEARBY]
