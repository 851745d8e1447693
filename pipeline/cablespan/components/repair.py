"""Cables of 2004 to 2008 whose apostrophes and quotation marks a change of character sets turned
into other signs ("France,s", "&very clear8"): the components between the two of this module read
them as they were written.

`cable_repair` puts in the place of such a Doc one of the text as it was, each sign for one sign;
`cable_restore` gives it the cable's own signs back. What the components found stays, as does every
offset.
"""

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.keeping import Keeping
from cablespan.document import PARAGRAPHS, character_span, paragraph_span, text_of, tokenized
from cablespan.signs import repaired

_AS_IN_THE_CABLE = "cable_repair.text"


@Language.factory("cable_repair")
class Repair(Keeping):
    """Takes a damaged Doc's place: the same characters but for its signs, in tokens of its own."""

    def __init__(self, nlp: Language, name: str):
        self.nlp, self.name = nlp, name

    def annotate(self, doc: Doc) -> Doc:
        """The Doc itself where nothing is damaged, else another with its spans and facts."""
        written = text_of(doc)
        text = repaired(written)
        if text == written:
            return doc
        paragraphs = doc.spans.get(PARAGRAPHS, ())
        places = [(span.start_char, span.end_char) for span in paragraphs]
        other = tokenized(self.nlp, text, places)
        other.user_data.update(doc.user_data)
        other.user_data[_AS_IN_THE_CABLE] = written
        other._context = doc._context
        if doc.has_annotation("ENT_IOB"):  # nobody looked is not none
            other.set_ents([_moved(other, span) for span in doc.ents])
        for key, group in doc.spans.items():
            other.spans[key] = [_moved(other, span) for span in group]
            other.spans[key].attrs.update(group.attrs)
        return other


@Language.factory("cable_restore")
class Restore(Keeping):
    """Gives a repaired Doc the signs of the cable back; tokens and what was found stay."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def annotate(self, doc: Doc) -> Doc:
        """The Doc itself where nothing was repaired, else another of the same tokens."""
        written = doc.user_data.pop(_AS_IN_THE_CABLE, None)
        if written is None:
            return doc
        other = Doc(doc.vocab).from_dict(
            {**doc.to_dict(exclude=["user_data"]), "text": written}, exclude=["user_data"]
        )
        other.user_data.update(doc.user_data)
        other._context = doc._context
        return other


def _moved(doc: Doc, span: Span) -> Span:
    if not len(span):  # an empty paragraph
        return paragraph_span(doc, span.start_char, span.end_char, span.label_)
    return character_span(
        doc,
        span.start_char,
        span.end_char,
        span.label_,
        kb_id=span.kb_id_,
        span_id=span.id_,
    )
