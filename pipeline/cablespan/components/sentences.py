"""Sentence boundaries by rule."""

from spacy.language import Language
from spacy.tokens import Doc

from cablespan.sentence import sentence_starts


@Language.factory("cable_sentences", assigns=["token.is_sent_start", "doc.sents"])
class Sentences:
    """Writes `token.is_sent_start` for every token, as `sentence_starts` finds them."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        starts = set(sentence_starts(doc))
        for token in doc:
            token.is_sent_start = token.i in starts
        return doc
