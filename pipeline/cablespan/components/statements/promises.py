"""Promises that are reported: what a trained classifier is unsure to call a claim."""

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.claims.cues import rule_parts
from cablespan.components.statements.decisions import Attribution, attribution, decide
from cablespan.document import STATEMENTS, text_of
from cablespan.labels import Statement


@Language.factory("cable_promises", assigns=["doc.spans"], default_config={"below": 0.65})
class Promises:
    """Makes commitments of the claims in `doc.spans["statements"]` whose words promise something and whose score is lower than `below`.

    "A promise and an assertion in one sentence: COMMITMENT": the scheme's list has the promise first.
    """

    def __init__(self, nlp: Language, name: str, below: float = 0.65):
        self.name = name
        self.below = below

    def process(self, doc: Doc) -> list[tuple[Span, str]]:
        """Every statement with its label, in order."""
        given, scores, text = (
            list(doc.spans[STATEMENTS]),
            doc.spans[STATEMENTS].attrs["scores"],
            text_of(doc),
        )
        unsure = [
            span
            for span, score in zip(given, scores, strict=True)
            if span.label_ == Statement.CLAIM and score < self.below
        ]
        alone = Attribution("", "", False)
        promises = {
            span.start
            for span, parts in zip(unsure, rule_parts(doc, unsure), strict=True)
            if decide(text[span.start_char : span.end_char], attribution(parts, text), alone)
            == Statement.COMMITMENT
        }
        return [
            (span, Statement.COMMITMENT if span.start in promises else span.label_)
            for span in given
        ]

    def __call__(self, doc: Doc) -> Doc:
        labelled, scores = self.process(doc), doc.spans[STATEMENTS].attrs["scores"]
        doc.spans[STATEMENTS] = [
            Span(doc, span.start, span.end, label=label) for span, label in labelled
        ]
        doc.spans[STATEMENTS].attrs["scores"] = scores
        return doc
