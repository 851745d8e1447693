"""The tokens of tasks, and spans laid on them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy
import spacy
from spacy.attrs import IDX, LENGTH, ORTH, SPACY
from spacy.language import Language
from spacy.tokens import Doc

from cablespan.document import PARAGRAPHS, tokenized


@cache
def blank_pipeline() -> Language:
    """spaCy's blank English pipeline, whose tokens are those of every task."""
    return spacy.blank("en")


def tokenize(text: str) -> Doc:
    """The tokens of a text, as those of every task."""
    return tokenized(blank_pipeline(), text)


def token_records(doc: Doc) -> list[dict[str, Any]]:
    """The `tokens` of a task: text, offsets, id, and whether a blank follows (`ws`).

    >>> token_records(tokenize("Mr. Rusk"))[1]
    {'text': 'Rusk', 'start': 4, 'end': 8, 'id': 1, 'ws': False}
    """
    return _records(doc, _facts(doc))


def tokens_of_paragraphs(doc: Doc) -> dict[str, list[dict[str, Any]]]:
    """The `tokens` of paragraphs by their text, as they stand in their Doc, so that nobody need cut
    them anew.

    White space at the edge of a paragraph can be cut otherwise beside a blank line: such a
    paragraph is left out.
    """
    facts = _facts(doc)
    whole = (
        span
        for span in doc.spans[PARAGRAPHS]
        if len(span) and not (span[0].is_space or span[-1].is_space)
    )
    return {span.text: _records(doc, facts[span.start : span.end]) for span in whole}


def _facts(doc: Doc) -> numpy.ndarray:
    return doc.to_array([ORTH, IDX, LENGTH, SPACY])


def _records(doc: Doc, facts: numpy.ndarray) -> list[dict[str, Any]]:
    words, starts, lengths, blanks = facts.T.tolist()
    strings, first = doc.vocab.strings, starts[0] if starts else 0
    return [
        {
            "text": strings[word],
            "start": start - first,
            "end": start - first + length,
            "id": number,
            "ws": blank == 1,
        }
        for number, (word, start, length, blank) in enumerate(
            zip(words, starts, lengths, blanks, strict=True)
        )
    ]


class TokenAligner:
    """Character offsets to token numbers; a span that cuts a token is widened to it.

    >>> aligner = TokenAligner(token_records(tokenize("Mr. Rusk")))
    >>> aligner(4, 6, "PERSON")
    {'start': 4, 'end': 8, 'token_start': 1, 'token_end': 1, 'label': 'PERSON'}
    """

    def __init__(self, tokens: Sequence[Mapping[str, Any]]):
        self.tokens = tokens
        self.by_start = {token["start"]: token["id"] for token in tokens}
        self.by_end = {token["end"]: token["id"] for token in tokens}

    def __call__(self, start: int, end: int, label: str) -> dict[str, Any]:
        """The span of a task between two character offsets."""
        first, last = self.by_start.get(start), self.by_end.get(end)
        if first is None:
            first = next((t["id"] for t in self.tokens if t["end"] > start), len(self.tokens) - 1)
        if last is None:
            last = next((t["id"] for t in reversed(self.tokens) if t["start"] < end), 0)
        return self.tokens_span(first, last, label)

    def tokens_span(self, first: int, last: int, label: str) -> dict[str, Any]:
        """The span of a task from its first to its last token, both included."""
        start, end = self.tokens[first]["start"], self.tokens[last]["end"]
        return {
            "start": start,
            "end": end,
            "token_start": first,
            "token_end": last,
            "label": str(label),
        }


def position(span: Mapping[str, Any]) -> tuple[int, int, str]:
    """What spans are sorted by."""
    return span["start"], span["end"], span["label"]
