"""What the lexicon knows of cues, and the certainty that a cue and its content show."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cablespan import lexicon
from cablespan.labels import Certainty

_OPENING_WORDS = 12  # of a content, among which a hedge makes the claim hedged


class CueEntry(NamedTuple):
    """A cue of the lexicon: `kind` is what it does ("asserts", "denies" ...), `use` its grammar."""

    lemma: str
    kind: str
    use: str


def function_words(kind: str) -> frozenset[str]:
    """The function words of a kind, in small letters: "auxiliary", "preposition", "author" ...

    >>> "am" in function_words("auxiliary")
    True
    """
    return lexicon.listed("function_words", "form", kind)


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], CueEntry]]]:
    """Cue phrases by first word, longest first."""
    by_first: dict[str, list[tuple[tuple[str, ...], CueEntry]]] = {}
    for row in lexicon.load("cues"):
        entry = CueEntry(row["lemma"], row["kind"], row["use"])
        for form in row["forms"]:
            words = tuple(form.split())
            by_first.setdefault(words[0], []).append((words, entry))
    for phrases in by_first.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return by_first


def cue_entry(words: Sequence[str]) -> CueEntry | None:
    """The lexicon entry of the longest cue phrase in `words` (small letters).

    >>> cue_entry(["strongly", "doubted"])
    CueEntry(lemma='doubt', kind='denies', use='verb')
    """
    matches = [
        (len(phrase), entry)
        for i, word in enumerate(words)
        for phrase, entry in _phrases().get(word, ())
        if tuple(words[i : i + len(phrase)]) == phrase
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def certainty(cue: str, content: str) -> Certainty:
    """How the source stands to the content: by the cue's kind, its negation, the content's hedges.

    >>> certainty("do not believe", "the law will pass").value
    'denied'
    >>> certainty("said", "the law may pass").value
    'hedged'
    """
    words = cue.lower().replace("’", "'").replace("n't", " not").split()
    entry = cue_entry(words)
    kind = entry.kind if entry else "asserts"
    if not function_words("negation").isdisjoint(words):
        return _negated(kind, words)
    if kind == "asserts":
        return _of_content(content)
    return _BY_KIND.get(kind, Certainty.ASSERTED)


_BY_KIND = {
    "denies": Certainty.DENIED,
    "hedges": Certainty.HEDGED,
    "asks": Certainty.ASKED,
    "orders": Certainty.ASKED,
}


def _negated(kind: str, words: Sequence[str]) -> Certainty:
    if kind == "denies":
        return Certainty.ASSERTED
    if kind not in ("asserts", "hedges"):
        return _BY_KIND.get(kind, Certainty.ASSERTED)
    unsure = not function_words("knowledge").isdisjoint(words)
    return Certainty.HEDGED if unsure else Certainty.DENIED


def _of_content(content: str) -> Certainty:
    words = content.lower().split()
    opening = {word.strip(",.;") for word in words[:_OPENING_WORDS]}
    if words[:1] == ["whether"] or content.rstrip("”\"’'").endswith("?"):
        return Certainty.ASKED
    return Certainty.ASSERTED if opening.isdisjoint(function_words("hedge")) else Certainty.HEDGED
