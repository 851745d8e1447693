"""What each sentence does, by rule: the decision list of the scheme over patterns of the lexicon and the attribution found by cue."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.attribution import Part, assemble
from cablespan.cues import function_words, lexicon_entries, rule_parts
from cablespan.document import PARAGRAPHS, STATEMENTS, text_of
from cablespan.labels import Statement
from cablespan.sentence import statement_spans

_LEAD = re.compile(r"\s*(?:\(?\w{1,2}[.)]\s+|--?\s+|—)?(?:\([A-Z/]{1,8}\)\s*)?[(“\"]?(?:comment|summary|note)?[:.]?\s*", re.IGNORECASE)
_REPORTED = re.compile(r"\b(?:would|had|could|he|she|his)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\?[\"”’)]*$")


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


@Language.factory("cable_statements", assigns=["doc.spans"])
class Statements:
    """Writes `doc.spans["statements"]`, a span with one label for every sentence; scores are those of a rule: 1."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def process(self, doc: Doc) -> list[tuple[Span, Statement]]:
        """Every sentence with its label, in order."""
        kinds = {span.start: span.label_ for span in doc.spans[PARAGRAPHS]} if PARAGRAPHS in doc.spans else {}
        sentences, text = statement_spans(doc), text_of(doc)
        previous, kind = Attribution("", "", False), ""
        labelled = []
        for sentence, parts in zip(sentences, rule_parts(doc, sentences), strict=True):
            kind = kinds.get(sentence.start, kind)
            said, found = text[sentence.start_char : sentence.end_char], attribution(parts, text)
            label = Statement.ADMIN if kind in ("heading", "header") else decide(said, found, previous)
            labelled.append((sentence, label or fall_back(said, found)))
            goes_on = label == Statement.CLAIM and not found.voice and (previous.voice == "other" or previous.past)
            previous = previous if goes_on else found
        return labelled

    def __call__(self, doc: Doc) -> Doc:
        labelled = self.process(doc)
        doc.spans[STATEMENTS] = [Span(doc, span.start, span.end, label=label) for span, label in labelled]
        doc.spans[STATEMENTS].attrs["scores"] = [1.0] * len(labelled)
        return doc


def attribution(parts: Iterable[Part], text: str) -> Attribution:
    """The first attribution of a sentence by rule, from its parts; `text` is that of the whole Doc."""
    triples = assemble(text, parts)
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


def decide(text: str, found: Attribution, previous: Attribution) -> Statement | None:
    """The label that the words of a sentence show, by the scheme's order; None leaves COMMENT and REPORT, between which `fall_back` is.

    `previous` is the attribution that a sentence without one may go on with.
    """
    rest = _rest(text)
    if _matches(Statement.ADMIN, rest) or (rest != text and _matches(Statement.ADMIN, text)):
        return Statement.ADMIN
    spoken = found.voice == "other" or (found.voice == "author" and found.past)
    goes_on = not found.voice and (previous.voice == "other" or previous.past) and bool(_REPORTED.search(text))
    if not goes_on and _matches(Statement.REQUEST, rest) or (_QUESTION.search(text) and not spoken and not goes_on):
        return Statement.REQUEST
    if not spoken and not goes_on and (found.kind == "recommends" or _matches(Statement.RECOMMENDATION, rest)):
        return Statement.RECOMMENDATION
    if _matches(Statement.COMMITMENT, rest) or found.kind == "promises":
        return Statement.COMMITMENT
    return Statement.CLAIM if spoken or goes_on else None


def fall_back(text: str, found: Attribution) -> Statement:
    """Whether the author only tells or judges as well."""
    return Statement.COMMENT if found.voice == "author" or _matches(Statement.COMMENT, _rest(text)) else Statement.REPORT


def _rest(text: str) -> str:
    """A sentence without number, marking and the like before it."""
    return text[_LEAD.match(text).end() :] or text
