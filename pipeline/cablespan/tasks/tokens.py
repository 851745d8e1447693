"""The tokens of tasks, and spans laid on them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc


@cache
def blank_pipeline() -> Language:
    """spaCy's blank English pipeline, whose tokens are those of every task."""
    return spacy.blank("en")


def token_records(doc: Doc) -> list[dict[str, Any]]:
    """The `tokens` of a task: text, offsets, id, and whether a blank follows (`ws`)."""
    return [
        {"text": token.text, "start": token.idx, "end": token.idx + len(token), "id": token.i, "ws": bool(token.whitespace_)}
        for token in doc
    ]


class Snap:
    """Character offsets to token numbers; a span that cuts a token is widened to it."""

    def __init__(self, tokens: Sequence[Mapping[str, Any]]):
        self.tokens = tokens
        self.by_start = {token["start"]: token["id"] for token in tokens}
        self.by_end = {token["end"]: token["id"] for token in tokens}

    def __call__(self, start: int, end: int, label: str) -> dict[str, Any]:
        first, last = self.by_start.get(start), self.by_end.get(end)
        if first is None:
            first = next((t["id"] for t in self.tokens if t["end"] > start), len(self.tokens) - 1)
        if last is None:
            last = next((t["id"] for t in reversed(self.tokens) if t["start"] < end), 0)
        return self.tokens_span(first, last, label)

    def tokens_span(self, first: int, last: int, label: str) -> dict[str, Any]:
        start, end = self.tokens[first]["start"], self.tokens[last]["end"]
        return {"start": start, "end": end, "token_start": first, "token_end": last, "label": str(label)}


def position(span: Mapping[str, Any]) -> tuple[int, int, str]:
    """What spans are sorted by."""
    return span["start"], span["end"], span["label"]
