"""What each sentence does, by rule: the decision list of the scheme over patterns of the lexicon and the attribution found by cue."""

import re
from functools import cache
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.attribution import assemble
from cablespan.cues import function_words, lexicon_entries, rule_parts
from cablespan.document import PARAGRAPHS, STATEMENTS
from cablespan.labels import Statement
from cablespan.sentence import statement_spans

_LEAD = re.compile(r"\s*(?:\(?\w{1,2}[.)]\s+|--?\s+|—)?(?:\([A-Z/]{1,8}\)\s*)?[(“\"]?(?:comment|summary|note)?[:.]?\s*", re.IGNORECASE)
_REPORTED = re.compile(r"\b(?:would|had|could|he|she|his)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\?[\"”’)]*$")


FALLBACKS = frozenset({Statement.COMMENT, Statement.REPORT})


class Attribution(NamedTuple):
    """Whose words a sentence gives: `voice` is "author", "other" or "" for none; `kind` and `past` are those of the cue."""

    voice: str
    kind: str
    past: bool


@cache
def _patterns() -> dict[str, list[re.Pattern]]:
    patterns: dict[str, list[re.Pattern]] = {label: [] for label in Statement}
    for entry in lexicon.load("statements"):
        patterns[entry["label"]].append(re.compile(entry["pattern"], 0 if entry.get("case") else re.IGNORECASE))
    return patterns


def _matches(label: Statement, text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns()[label])


@Language.factory("cable_statements", assigns=["doc.spans"], default_config={"below": None})
class Statements:
    """Writes `doc.spans["statements"]`, a span with one label for every sentence; scores are those of a rule: 1.

    `below`: give a second opinion instead, on what a trained classifier wrote there with a lower score. Its label makes way for one
    that the words of the sentence show (all but COMMENT and REPORT, which rules only fall back on); the score stays the classifier's.
    """

    def __init__(self, nlp: Language, name: str, below: float | None = None):
        self.name = name
        self.below = below

    def process(self, doc: Doc) -> list[tuple[Span, Statement]]:
        """Every sentence with its label, in order."""
        kinds = {span.start: span.label_ for span in doc.spans[PARAGRAPHS]} if PARAGRAPHS in doc.spans else {}
        text = doc.text
        labelled, previous, kind = [], Attribution("", "", False), ""
        for sentence in statement_spans(doc):
            kind = kinds.get(sentence.start, kind)
            found = attribution(sentence, text)
            label = Statement.ADMIN if kind in ("heading", "header") else decide(sentence.text, found, previous)
            labelled.append((sentence, label))
            previous = found if found.voice or label != Statement.CLAIM else previous
        return labelled

    def __call__(self, doc: Doc) -> Doc:
        labelled = self.process(doc)
        if self.below is not None:
            group = doc.spans[STATEMENTS]
            scores = group.attrs["scores"]
            doc.spans[STATEMENTS] = [
                Span(doc, span.start, span.end, label=rule if score < self.below and rule not in FALLBACKS else span.label_)
                for span, (_, rule), score in zip(group, labelled, scores, strict=True)
            ]
            doc.spans[STATEMENTS].attrs["scores"] = scores
            return doc
        doc.spans[STATEMENTS] = [Span(doc, span.start, span.end, label=label) for span, label in labelled]
        doc.spans[STATEMENTS].attrs["scores"] = [1.0] * len(labelled)
        return doc


def attribution(sentence: Span, text: str) -> Attribution:
    """The first attribution of a sentence by rule; `text` is that of the whole Doc, which `Doc.text` builds anew each time."""
    triples = assemble(text, rule_parts(sentence))
    if not triples:
        return Attribution("", "", False)
    triple = min(triples, key=lambda triple: triple.cue or triple.content)
    words = text[slice(*triple.cue)].lower().split() if triple.cue else []
    entry = next(iter(lexicon_entries(words)), {"kind": "asserts", "lemma": ""})
    source = text[slice(*triple.source)].lower().split() if triple.source else []
    past = bool(words) and (words[-1].endswith("ed") or words[0] in ("said", "told", "thought", "felt", "held", "made"))
    if source:
        voice = "author" if source[0] in function_words("author") and len(source) == 1 else "other"
    else:
        voice = "author" if words[:1] == entry["lemma"].split()[:1] else "other"
    return Attribution(voice, entry["kind"], past)


def decide(text: str, found: Attribution, previous: Attribution) -> Statement:
    """The label of a sentence, by the scheme's order; `previous` is the attribution that a sentence without one may go on with."""
    rest = text[_LEAD.match(text).end() :] or text
    if _matches(Statement.ADMIN, rest) or _matches(Statement.ADMIN, text):
        return Statement.ADMIN
    spoken = found.voice == "other" or (found.voice == "author" and found.past)
    goes_on = not found.voice and (previous.voice == "other" or previous.past) and bool(_REPORTED.search(text))
    if not goes_on and _matches(Statement.REQUEST, rest) or (_QUESTION.search(text) and not spoken and not goes_on):
        return Statement.REQUEST
    if not spoken and not goes_on and (found.kind == "recommends" or _matches(Statement.RECOMMENDATION, rest)):
        return Statement.RECOMMENDATION
    if _matches(Statement.COMMITMENT, rest) or found.kind == "promises":
        return Statement.COMMITMENT
    if spoken or goes_on:
        return Statement.CLAIM
    if found.voice == "author" or _matches(Statement.COMMENT, rest):
        return Statement.COMMENT
    return Statement.REPORT
