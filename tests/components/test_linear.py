"""Time in proportion to the text, whatever stands in it: each step on n characters of a pattern and
on four times as many."""

from collections.abc import Callable
from time import process_time

import pytest
from spacy.tokens import Doc, Span

import cablespan
from cablespan.document import CLAIM_PARTS, tokenized
from cablespan.labels import Entity, Role
from cablespan.runs.batch.shard import warm_up

SHORT, FACTOR = 1500, 4
# In proportion would be 4, quadratic 16; below the floor (seconds) a clock tells nothing.
ALLOWED, FLOOR = 8, 0.15

PATTERNS = [
    *".-—–…?!,;:'\"(“”)[]/\\|*#$%&@_=+~^<>0a😀é中",
    *(f"{sign} " for sign in ".-—?!\"'(:$*1aI"),
    *("..", "-- ", "?!", ".)", ".\"", "''", "a.", "a-", "a/b", "1.", "1,", "1.1 ", "U.S.", "U.S. "),
    *("a.B", "dam.It", "Mr. ", "XXXXXXXXXXXX ", "\n", "\t", "a\n", "\n\n1. ", "http://a.b/c"),
    *("dam ", "DAM ", "Dam ", "; said ", "he said ", "He said, ", "Poe said it held. "),
    *("that ", "of ", "the ", "Ministry of Foreign ", "President ", "Poe, Roe ", "Poe's "),
    *("(GOK) ", "Kazakhstan ", "May 5, "),
    *("$1 million ", "Ref A ", "07OSLO1 ", "Poe: ", "as follows: ", "said Poe, ", "not ", "and "),
]  # fmt: skip


# Through the whole shipped pipeline: tokens of one sign, sentences of one word, names, claims.
OF_THE_NETWORK = ["(", "1? ", "\n\n1. ", "Ministry of Foreign ", "Poe said it held. ", "said Poe, "]


def by_parts(doc: Doc) -> None:
    """Every word a part of a claim or a mention: more than any tagger finds."""
    words = [token.i for token in doc if not token.is_space]
    roles, labels = list(Role), [Entity.OFFICIAL, Entity.AGENCY]
    doc.spans[CLAIM_PARTS] = [Span(doc, i, i + 1, label=roles[i % 3]) for i in words]
    mentions = [
        Span(doc, i, i + 1, label=labels[i // 3 % 2], span_id="1") for i in words if not i % 3
    ]
    doc.set_ents(mentions)


@pytest.fixture(scope="module")
def rules():
    return cablespan.load("rules")


def seconds(step: Callable[[], object]) -> float:
    begun = process_time()
    step()
    return process_time() - begun


def spent(nlp, pattern: str, characters: int) -> dict[str, float]:
    """Processor time of the tokenizer and of each component on so many characters of the
    pattern."""
    text = (pattern * (characters // len(pattern) + 1))[:characters]
    times = {"tokenizer": seconds(lambda: tokenized(nlp, text))}
    doc = tokenized(nlp, text)
    for name, component in nlp.pipeline:
        if name == "claims":
            by_parts(doc)
        times[name] = seconds(lambda run=component, doc=doc: run(doc))
    return times


def disproportionate(nlp, pattern: str) -> list[str]:
    """What took more than its share on FACTOR times the text."""
    few, many = (spent(nlp, pattern, n) for n in (SHORT, FACTOR * SHORT))
    return [
        f"{name} on {pattern!r}: {few[name]:.2f} s, then {many[name]:.2f} s"
        for name in many
        if many[name] > FLOOR + ALLOWED * few[name]
    ]


def growing_too_fast(nlp, patterns: list[str]) -> list[str]:
    """A clock on a busy machine can be wrong once; what grows too fast does so each time."""
    slow = [pattern for pattern in patterns if disproportionate(nlp, pattern)]
    slow = [pattern for pattern in slow if disproportionate(nlp, pattern)]
    return [line for pattern in slow for line in disproportionate(nlp, pattern)]


@pytest.mark.no_cover  # tracing lines makes some steps slower than others
def test_time_grows_with_the_text(rules):
    grown = growing_too_fast(rules, PATTERNS)
    assert not grown, "\n".join(grown)


@pytest.mark.no_cover
def test_time_grows_with_the_text_in_the_shipped_pipeline():
    grown = growing_too_fast(warm_up(cablespan.load()), OF_THE_NETWORK)
    assert not grown, "\n".join(grown)
