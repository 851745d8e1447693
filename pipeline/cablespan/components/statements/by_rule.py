"""What each sentence does, by rule: the baseline where there is no trained classifier."""

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.claims.cues import rule_parts
from cablespan.components.sentences import statement_spans
from cablespan.components.statements.decisions import Attribution, attribution, decide, fall_back
from cablespan.document import PARAGRAPHS, STATEMENTS, text_of
from cablespan.labels import Statement


@Language.factory("cable_statements", assigns=["doc.spans"])
class Statements:
    """Writes `doc.spans["statements"]`, a span with one label for every sentence; scores are those of a rule: 1."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def process(self, doc: Doc) -> list[tuple[Span, Statement]]:
        """Every sentence with its label, in order."""
        kinds = (
            {span.start: span.label_ for span in doc.spans[PARAGRAPHS]}
            if PARAGRAPHS in doc.spans
            else {}
        )
        sentences, text = statement_spans(doc), text_of(doc)
        previous, kind = Attribution("", "", False), ""
        labelled = []
        for sentence, parts in zip(sentences, rule_parts(doc, sentences), strict=True):
            kind = kinds.get(sentence.start, kind)
            said, found = text[sentence.start_char : sentence.end_char], attribution(parts, text)
            label = (
                Statement.ADMIN if kind in ("heading", "header") else decide(said, found, previous)
            )
            labelled.append((sentence, label or fall_back(said, found)))
            goes_on = (
                label == Statement.CLAIM
                and not found.voice
                and (previous.voice == "other" or previous.past)
            )
            previous = previous if goes_on else found
        return labelled

    def __call__(self, doc: Doc) -> Doc:
        labelled = self.process(doc)
        doc.spans[STATEMENTS] = [
            Span(doc, span.start, span.end, label=label) for span, label in labelled
        ]
        doc.spans[STATEMENTS].attrs["scores"] = [1.0] * len(labelled)
        return doc
