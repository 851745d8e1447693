"""What a sentence does by its words: the decision list of the scheme over patterns of the lexicon and the attribution found by cue."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from cablespan import lexicon
from cablespan.components.claims.attribution import Part, assemble
from cablespan.components.claims.cues import function_words, lexicon_entries
from cablespan.labels import Statement

_LEAD = re.compile(
    r"\s*(?:\(?\w{1,2}[.)]\s+|--?\s+|—)?(?:\([A-Z/]{1,8}\)\s*)?[(“\"]?(?:comment|summary|note)?[:.]?\s*",
    re.IGNORECASE,
)
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
        patterns[entry["label"]].append(
            re.compile(entry["pattern"], 0 if entry.get("case") else re.IGNORECASE)
        )
    return patterns


def _matches(label: Statement, text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns()[label])


def attribution(parts: Iterable[Part], text: str) -> Attribution:
    """The first attribution of a sentence by rule, from its parts; `text` is that of the whole Doc."""
    triples = assemble(text, parts)
    if not triples:
        return Attribution("", "", False)
    triple = min(triples, key=lambda triple: triple.cue or triple.content)
    words = text[slice(*triple.cue)].lower().split() if triple.cue else []
    entry = next(iter(lexicon_entries(words)), {"kind": "asserts", "lemma": ""})
    source = text[slice(*triple.source)].lower().split() if triple.source else []
    past = bool(words) and (
        words[-1].endswith("ed") or words[0] in ("said", "told", "thought", "felt", "held", "made")
    )
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
    goes_on = (
        not found.voice
        and (previous.voice == "other" or previous.past)
        and bool(_REPORTED.search(text))
    )
    if (
        not goes_on
        and _matches(Statement.REQUEST, rest)
        or (_QUESTION.search(text) and not spoken and not goes_on)
    ):
        return Statement.REQUEST
    if (
        not spoken
        and not goes_on
        and (found.kind == "recommends" or _matches(Statement.RECOMMENDATION, rest))
    ):
        return Statement.RECOMMENDATION
    if _matches(Statement.COMMITMENT, rest) or found.kind == "promises":
        return Statement.COMMITMENT
    return Statement.CLAIM if spoken or goes_on else None


def fall_back(text: str, found: Attribution) -> Statement:
    """Whether the author only tells or judges as well."""
    return (
        Statement.COMMENT
        if found.voice == "author" or _matches(Statement.COMMENT, _rest(text))
        else Statement.REPORT
    )


def _rest(text: str) -> str:
    """A sentence without number, marking and the like before it."""
    return text[_LEAD.match(text).end() :] or text
