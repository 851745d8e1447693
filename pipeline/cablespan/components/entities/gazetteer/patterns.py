"""The patterns of `lexicon/patterns.jsonl`: dates, sums, references, and names known by their head noun."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from spacy.tokens import Span

from cablespan import lexicon
from cablespan.components.entities.gazetteer.view import Candidate, View
from cablespan.components.entities.lexicon_names import common_words
from cablespan.components.entities.person_names import word_list
from cablespan.labels import Entity

_BY_HEAD = frozenset({Entity.AGENCY, Entity.ORG, Entity.LAW})


class Pattern(NamedTuple):
    """A line of lexicon/patterns.jsonl: `near` are words of which one must stand near a match, `mixed` forbids capitals text."""

    label: str
    regex: re.Pattern
    near: frozenset[str]
    mixed: bool


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    """The words behind the placeholders of patterns."""
    calendar, currencies, posts = (
        lexicon.load("calendar"),
        lexicon.load("currencies"),
        lexicon.load("posts"),
    )
    cities = [entry for entry in lexicon.load("cities") if entry["kind"] == "capital"]
    offices = (alias for entry in lexicon.load("state_offices") for alias in entry["aliases"])
    origins = {
        name
        for entry in posts
        for name in (entry["origin"], entry["city"], *entry["aliases"])
        if name
    }
    units = {unit for entry in currencies for unit in entry["units"]}
    return {
        "month": frozenset(
            name for e in calendar if e["kind"] == "month" for name in (e["name"], *e["aliases"])
        ),
        "fullmonth": frozenset(e["name"] for e in calendar if e["kind"] == "month") - {"May"},
        "weekday": frozenset(
            name for e in calendar if e["kind"] == "weekday" for name in (e["name"], *e["aliases"])
        ),
        "fullweekday": frozenset(e["name"] for e in calendar if e["kind"] == "weekday"),
        "number": word_list("number"),
        "code": frozenset(entry["code"] for entry in currencies),
        "unit": (units - common_words()) | word_list("currency"),
        "origin": frozenset(origins),
        "ORIGIN": frozenset(name.upper() for name in origins),
        "city": frozenset(
            origins | {name for entry in cities for name in (entry["name"], *entry["aliases"])}
        ),
        "bureau": frozenset(
            name for name in offices if len(name) > 1 and name.isalpha() and name.isupper()
        ),
    }


@cache
def load_patterns() -> tuple[Pattern, ...]:
    """The patterns of the lexicon with their placeholders ("{month}") filled in."""
    words = _vocabulary()
    alternatives = {kind: _alternatives(values) for kind, values in words.items()}
    near = {
        kind: frozenset(value.lower().split()[0] for value in values)
        for kind, values in words.items()
    }
    compiled = []
    for entry in lexicon.load("patterns"):
        pattern = re.sub(r"\{([A-Za-z]+)\}", lambda name: alternatives[name[1]], entry["pattern"])
        regex = re.compile(pattern, 0 if entry.get("case") else re.IGNORECASE)
        compiled.append(
            Pattern(
                entry["label"],
                regex,
                near.get(entry.get("near"), frozenset()),
                entry.get("mixed", False),
            )
        )
    return tuple(compiled)


def by_pattern(view: View, patterns: Iterable[Pattern]) -> Iterator[Candidate]:
    """What patterns of the lexicon find."""
    for label, regex, near, mixed in patterns:
        for begin, end in view.surroundings(near) if near else [(0, len(view.text))]:
            for match in regex.finditer(view.text, begin, end):
                found = _of_match(view, label, match, mixed)
                if found:
                    yield found


def _of_match(view: View, label: str, match: re.Match, mixed: bool) -> Candidate | None:
    """A pattern's match as whole tokens, without "the" and words that lead up to a name; None where it cannot stand here."""
    start, end = match.span()
    lead = 4 if match[0][:4].lower() == "the " else 0
    span = view.doc.char_span(start + lead, end)
    if span is None or not len(span) or (mixed and view.capitals[span.start]):
        return None
    begin = span.start
    if label in _BY_HEAD:
        if view.capitals[begin] and (
            len(span) > 3 or (len(span) == 1 and view.lower[begin] in common_words())
        ):
            return None
        begin = _own_beginning(view, span)
    return Candidate(
        begin, span.end, label, sure=label in (Entity.DATE, Entity.MONEY, Entity.CABLE_REF)
    )


def _own_beginning(view: View, span: Span) -> int:
    """Where a name found by its head noun begins: behind words that lead up to it and behind the body that it belongs to."""
    begin = span.start
    for index in range(span.start + 1, span.end - 1):
        if view.words[index] in ("'s", "’s") and view.words[index - 1] in _heads_of_bodies():
            begin = index + 1
    while begin < span.end - 1 and view.lower[begin] in word_list("leading"):
        begin += 1
    return begin


@cache
def _heads_of_bodies() -> frozenset[str]:
    return frozenset(
        entry["name"] for entry in lexicon.load("heads") if entry["label"] == Entity.AGENCY
    )
