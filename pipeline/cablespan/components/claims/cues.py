"""Attribution by rule: the parts of claims that the cue lexicon and the words around a cue show, without a parser."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.components.claims.attribution import Part
from cablespan.labels import Role

_LONGEST_SOURCE = 14
_LONGEST_HEARER = 8
_CLOSING = frozenset('.?!"”’)]')
_OPENING = frozenset('"“‘([')
_PAUSES = frozenset(',;:-–—()[]"“”') | {"--"}
_LINKS = ("of", "in", "for", "from", "and", "the", "a", "an", "'s")
_BE = ("is", "are", "was", "were", "been", "be", "being", "am")
_FORE = ("do", "does", "did", "could", "can", "would", "will", "should", "must", "may", "might")


class Cue(NamedTuple):
    """A cue found: tokens `start:end` and its lexicon entry."""

    start: int
    end: int
    entry: dict[str, Any]


@cache
def function_words(kind: str) -> frozenset[str]:
    """The function words of a kind: "auxiliary", "preposition", "pronoun", "author" ..., in small letters."""
    return frozenset(
        entry["form"] for entry in lexicon.load("function_words") if entry["kind"] == kind
    )


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], dict[str, Any]]]]:
    """Cue phrases by first word, longest first."""
    by_first: dict[str, list[tuple[tuple[str, ...], dict[str, Any]]]] = {}
    for entry in lexicon.load("cues"):
        for form in entry["forms"]:
            words = tuple(form.split())
            by_first.setdefault(words[0], []).append((words, entry))
    for phrases in by_first.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return by_first


def lexicon_entries(words: Sequence[str]) -> list[dict[str, Any]]:
    """The lexicon entries of the cue phrases in `words` (small letters), the longest phrase first.

    >>> [entry["kind"] for entry in lexicon_entries(["strongly", "doubted"])]
    ['denies']
    """
    found = []
    for i, word in enumerate(words):
        found += [
            (len(phrase), entry)
            for phrase, entry in _phrases().get(word, ())
            if tuple(words[i : i + len(phrase)]) == phrase
        ]
    return [entry for _, entry in sorted(found, key=lambda pair: -pair[0])]


def is_sure(cue: str) -> bool:
    """Whether a cue hardly ever means anything else: three of four times and more in the gold, where the rules find it."""
    return any(entry.get("sure") for entry in lexicon_entries(cue.lower().split())[:1])


def rule_parts(doc: Doc, sentences: Sequence[Span]) -> list[list[Part]]:
    """SOURCE, CUE and CONTENT parts of each sentence, in order; none where no cue of the lexicon governs anything.

    `sentences` are in the Doc's order, so that one walk over its entities serves them all.
    """
    return [_Sentence(*pair).parts() for pair in _with_entities(sentences, list(doc.ents))]


def _with_entities(
    sentences: Iterable[Span], entities: Sequence[Span]
) -> Iterator[tuple[Span, Sequence[Span]]]:
    """Each sentence with the entities within it."""
    first = 0
    for sentence in sentences:
        while first < len(entities) and entities[first].start < sentence.start:
            first += 1
        behind = first
        while behind < len(entities) and entities[behind].end <= sentence.end:
            behind += 1
        yield sentence, entities[first:behind]


class _Sentence:
    """The words of a sentence and the rules over them; places are token indices within the sentence."""

    def __init__(self, sentence: Span, entities: Iterable[Span]):
        self.tokens = [token for token in sentence if not token.is_space]
        self.words = [token.lower_.replace("’", "'") for token in self.tokens]
        for i, token in enumerate(self.tokens):  # a hyphen within a word is no pause
            if (
                token.text in "-–—"
                and i
                and not self.tokens[i - 1].whitespace_
                and not token.whitespace_
            ):
                self.words[i] = "hyphen"
        self.end = len(self.words)
        while self.end and self.words[self.end - 1] in _CLOSING:
            opened = self.words[: self.end].count("(") - (
                self.words[0] == "("
            )  # a bracket around the sentence is no part of a content
            if self.words[self.end - 1] == ")" and opened >= self.words[: self.end].count(")"):
                break
            self.end -= 1
        index = {token.i: i for i, token in enumerate(self.tokens)}
        self.entity_starts = {
            index[ent.end - 1] + 1: index[ent.start]
            for ent in entities
            if ent.start in index and ent.end - 1 in index
        }

    def parts(self) -> list[Part]:
        parts: list[Part] = []
        position = 0
        open_content: int | None = None
        loose = False  # the open content belongs to "Recalling ..." or "to imply ...", which the subject's own verb may end
        for start in (i for i, word in enumerate(self.words[: self.end]) if word in _phrases()):
            if start < position:
                continue
            inside = open_content is not None
            readings = (
                self._governed(cue, inside=inside, loose=loose) for cue in self._cues_at(start)
            )
            found = next(filter(None, readings), None)
            if not found:
                continue
            source, cue_place, content = found
            if open_content is not None:
                close = self._left_edge(min(cue_place[0], source[0] if source else cue_place[0]))
                if close > open_content:
                    parts.append(self._part(open_content, close, Role.CONTENT))
                open_content = None
            loose = source is None and not any(part.role == Role.SOURCE for part in parts)
            if source is None and not any(part.role == Role.SOURCE for part in parts):
                source = self._subject(cue_place[0])
            if source:
                parts.append(self._part(*source, Role.SOURCE))
            parts.append(self._part(*cue_place, Role.CUE))
            if content is None:  # what is said stands before: "It pays, he said."
                before = min(cue_place[0], source[0] if source else cue_place[0])
                if not any(part.role == Role.CONTENT for part in parts):
                    begin = self._after_number()
                    close = self._left_edge(before)
                    if close > begin:
                        parts.append(self._part(begin, close, Role.CONTENT))
                rest = self._right_edge(max(cue_place[1], source[1] if source else 0))
                if rest < self.end:
                    open_content = rest
                position = max(cue_place[1], source[1] if source else 0)
            else:
                open_content = position = content
        if open_content is not None and open_content < self.end:
            parts.append(self._part(open_content, self.end, Role.CONTENT))
        return sorted(set(parts))

    def _part(self, start: int, end: int, role: Role) -> Part:
        last = self.tokens[end - 1]
        return Part(self.tokens[start].idx, last.idx + len(last), role)

    def _after_number(self) -> int:
        """Behind a paragraph number and a portion mark."""
        return (
            2
            if self.end > 2 and self.words[0].rstrip(".").isdigit() and self.words[1] == "."
            else int(self.words[0][:-1].isdigit())
        )

    def _left_edge(self, i: int) -> int:
        """Back over what separates a content from the words behind it."""
        while i and (self.words[i - 1] in _PAUSES or self.words[i - 1] in ("and", "but")):
            i -= 1
        return i

    def _right_edge(self, i: int) -> int:
        while i < self.end and self.words[i] in _PAUSES:
            i += 1
        return i

    def _cues_at(self, i: int) -> Iterator[Cue]:
        """What the words at `i` can be: the same form may be a verb, a noun, part of "in our view"."""
        for phrase, entry in _phrases().get(self.words[i], ()):
            if tuple(self.words[i : i + len(phrase)]) == phrase:
                yield Cue(i, i + len(phrase), entry)

    def _governed(self, cue: Cue, *, inside: bool, loose: bool):
        """(source, cue, begin of content or None where it stands before) or nothing, if the cue puts nothing in a mouth here."""
        if inside and not self._resumes(cue, loose=loose):
            return None
        use = cue.entry["use"]
        return getattr(self, f"_{use}")(cue)

    def _resumes(self, cue: Cue, *, loose: bool) -> bool:
        """Whether a cue inside a content ends it: ", adding that", ", and said"."""
        before = self.words[cue.start - 1] if cue.start else ""
        if self.words[cue.start].endswith("ing"):
            return before == "," or (before in ("and", "but") and self.words[cue.start - 2] == ",")
        source = self._source(cue.start)
        left = source[0] if source else cue.start
        edge = self.words[left - 1] if left else ""
        pause = self.words[left - 2] if left > 1 else ""
        if cue.entry["use"] == "verb" and edge == "," and source:  # "X, he said, Y"
            behind = self.words[cue.end] if cue.end < self.end else "."
            return loose or behind in _PAUSES or behind == "."
        if edge in ("and", "but"):
            return bool(source and pause == ",") or (not source and self._that(cue.end) is not None)
        return False

    # One rule for each use of a cue.

    def _verb(self, cue: Cue):
        words = self.words
        before = words[cue.start - 1] if cue.start else ""
        if before in function_words("determiner") or before == "'s":
            return self._noun(cue)
        start = cue.start
        source = self._source(start)
        passive = self._passive(cue)
        if start >= 2 and words[start - 1] in ("not", "n't") and words[start - 2] in _FORE:
            start -= 2
        that = self._that(cue.end)
        if that is not None:
            return (None if passive else source), (start, cue.end), that
        behind = words[cue.end] if cue.end < self.end else "."
        if (cue.end >= self.end or behind in ',.;"”') and before not in function_words("auxiliary"):
            if (
                source
                and source[0] > 0
                and words[source[0] - 1] in ',"”—'
                or (source and words[source[0] - 1] == "which")
            ):
                return source, (start, cue.end), None
            if cue.end >= self.end:
                return None
        by_pronoun = source and words[source[0]] in function_words("pronoun")
        clause = behind in function_words("determiner") or behind in function_words("pronoun")
        if passive or (
            cue.entry["takes"] == "that"
            and not (by_pronoun and (clause or words[cue.start] == cue.entry["lemma"]))
        ):
            return None
        if behind in function_words("preposition") and words[cue.end - 1] not in (
            "for",
            "on",
            "as",
        ):
            return None
        if cue.start and not source and (before == "to" or not self._leads(cue.start)):
            return None
        begin = self._content(cue.end)
        return (source, (start, cue.end), begin) if begin < self.end else None

    def _adjective(self, cue: Cue):
        """`is convinced that`, `was concerned by`: the auxiliary belongs to the cue."""
        start = cue.start
        while start and (self._is_adverb(start - 1) or self.words[start - 1] == "not"):
            start -= 1
        if not start or self.words[start - 1] not in function_words("auxiliary"):
            return None
        that = self._that(cue.end, hearer=False)
        source = self._source(start - 1)
        if that is None or not source:
            return None
        return source, (start - 1, cue.end), that

    def _noun(self, cue: Cue):
        """`his view that`, `the argument is that`: what is said follows `that`; a possessive is the source."""
        end = cue.end
        if (
            end + 1 < self.end
            and self.words[end] in ("is", "was")
            and self.words[end + 1] == "that"
        ):
            end += 1
        if end >= self.end or self.words[end] != "that":
            return None
        before = self.words[cue.start - 1] if cue.start else ""
        source = None
        if before in ("his", "her", "its", "their", "our", "my"):
            source = (cue.start - 1, cue.start)
        elif before in ("'s", "'"):
            source = self._source(cue.start - 1)
        elif before and before not in function_words("determiner"):
            source = self._entity_before(cue.start)
        if source is None and before not in ("the", "this", ""):
            return None
        return source, (cue.start, end), end + 1

    def _preposition(self, cue: Cue):
        """`according to X, Y` and `Y, according to X`."""
        source = self._phrase_behind(cue.end)
        if not source:
            return None
        initial = all(
            word in function_words("conjunction") or not word.isalpha()
            for word in self.words[: cue.start]
        )
        initial = initial or cue.start <= self._after_number()
        begin = self._right_edge(source[1])
        if begin < self.end and self.words[begin] == "that":
            begin += 1
        return source, (cue.start, cue.end), (begin if initial and begin < self.end else None)

    def _possessive(self, cue: Cue):
        """`in our view`, `in post's view`: the source stands inside the cue."""
        for start in range(max(0, cue.start - 6), cue.start):
            if self.words[start] in ("in", "to", "from"):
                inner = (start + 1, cue.start - (self.words[cue.start - 1] in ("'s", "'")))
                owner = self.words[inner[0] : inner[1]]
                if not owner or (
                    inner[1] == cue.start
                    and owner[0] not in ("his", "her", "their", "our", "my", "its")
                ):
                    continue
                if len(owner) > 1 and owner[0] in ("our", "my", "his", "their"):
                    inner = (inner[0], inner[0] + 1)
                begin = self._right_edge(cue.end)
                return (
                    inner,
                    (start, cue.end),
                    (begin if start <= self._after_number() + 1 and begin < self.end else None),
                )
        return self._noun(cue)

    def _adverb(self, cue: Cue):
        if cue.start and self.words[cue.start - 1] == "(":
            return None, (cue.start, cue.end), cue.end
        return None if cue.start == 0 else (None, (cue.start, cue.end), None)

    def _passive(self, cue: Cue):
        """As a rule: `is said to`; as a question about a verb: whether a form of "to be" stands before it."""
        if cue.entry["use"] == "passive":
            return None, (cue.start, cue.end), None
        i = cue.start
        while i and self._is_adverb(i - 1):
            i -= 1
        return bool(i and self.words[i - 1] in _BE and not self.words[cue.start].endswith("ing"))

    # Where the neighbours of a cue begin and end.

    def _is_adverb(self, i: int) -> bool:
        return self.words[i] in function_words("adverb") or self.words[i].endswith("ly")

    def _that(self, i: int, *, hearer: bool = True) -> int | None:
        """Behind the `that` which opens the content, an addressee in between ("told Econoff that"); None if there is none."""
        for j in range(i, min(i + (_LONGEST_HEARER if hearer else 2), self.end)):
            word = self.words[j]
            if word == "that":
                if j > i and self.words[j - 1] in function_words("preposition"):
                    return None
                begin = self._right_edge(j + 1)
                return begin if begin < self.end else None
            if (
                word in _PAUSES
                and word != ","
                or word in function_words("auxiliary")
                or word in ("and", "but")
            ):
                return None
        return None

    def _content(self, i: int) -> int:
        if i < self.end and self.words[i] in (":", ","):
            i += 1
        while i < self.end and self.words[i] in _OPENING:
            i += 1
        return i

    def _leads(self, start: int) -> bool:
        """Whether nothing but a number, an adverb or a pause stands before a cue that has no subject ("Said that ...")."""
        before = self.words[start - 1]
        return (
            before in _PAUSES
            or before in ("and", "but", "to", "by", ".")
            or start <= self._after_number()
            or self._is_adverb(start - 1)
        )

    def _source(self, i: int) -> tuple[int, int] | None:
        """The noun phrase before a verb, its adverbs and auxiliaries passed over."""
        words = self.words
        light = function_words("auxiliary") | function_words("negation")
        while i and (words[i - 1] in light or self._is_adverb(i - 1)):
            i -= 1
        if (
            i > 1
            and words[i - 1] == "to"
            and words[i - 2] in ("continued", "wish", "wished", "want", "wanted", "continue")
        ):
            return self._source(i - 2)
        if not i or words[i - 1] in ("and", "but"):
            return None
        if words[i - 1] in function_words("pronoun"):
            return (
                (i - 1, i)
                if words[i - 1] not in function_words("relative")
                else self._source_of_relative(i - 1)
            )
        return self._noun_phrase(i)

    def _subject(self, cue: int) -> tuple[int, int] | None:
        """What a sentence begins with, for a cue further on that has no subject of its own: "He left, noting that ..."."""
        words = self.words
        start = self._after_number()
        while start < cue and (self._is_adverb(start) or words[start] in _PAUSES):
            start += 1
        if (
            start >= cue - 1
            or words[cue - 1] == "to"
            or words[cue - 1] in _BE
            or words[cue].endswith("edly")
        ):
            return None
        if words[start] in function_words("pronoun") and words[start] not in function_words(
            "relative"
        ):
            return start, start + 1
        end = next(
            (end for end, first in self.entity_starts.items() if start <= first <= start + 1), None
        )
        return (start, end) if end and end < cue else None

    def _source_of_relative(self, i: int) -> tuple[int, int] | None:
        while i and self.words[i - 1] in _PAUSES:
            i -= 1
        return self._noun_phrase(i) if i else None

    def _noun_phrase(self, end: int) -> tuple[int, int] | None:
        """Back from its last word: to a pause, a verb-like word, a conjunction, or over an entity and its determiner."""
        words = self.words
        stops = (
            function_words("auxiliary")
            | (function_words("conjunction") - {"and"})
            | _PAUSES
            | function_words("pronoun")
        )
        start = end
        while start and end - start < _LONGEST_SOURCE:
            if start in self.entity_starts:
                start = self.entity_starts[start]
                if start and words[start - 1] not in _LINKS and not self.tokens[start - 1].is_title:
                    break
                continue
            word = words[start - 1]
            determines = word in function_words("determiner") and word not in (
                "that",
                "his",
                "her",
                "its",
                "their",
                "our",
                "my",
            )
            if (word in stops and not determines) or (
                word in function_words("preposition") and word not in ("of", "in", "for", "from")
            ):
                break
            if (
                word in function_words("determiner")
                and start - 2 >= 0
                and words[start - 2] not in ("of", "in", "for", "and", "from")
            ):
                start -= 1
                break
            if self.tokens[start - 1].like_num and words[start - 1].isdigit():
                break
            start -= 1
        while start < end and (
            words[start] in ("of", "in", "for", "and", "from", ".", "'s", "'")
            or not words[start][:1].isalpha()
        ):
            start += 1
        while end > start and words[end - 1] in function_words("preposition"):
            return None
        return (start, end) if start < end else None

    def _entity_before(self, i: int) -> tuple[int, int] | None:
        return (self.entity_starts[i], i) if i in self.entity_starts else None

    def _phrase_behind(self, i: int) -> tuple[int, int] | None:
        """The noun phrase that begins at `i`: to the next pause, or the end of an entity that begins it."""
        if i < self.end and self.words[i] in function_words("pronoun"):
            return i, i + 1
        ends = [end for end, start in self.entity_starts.items() if i <= start <= i + 1]
        stop = next(
            (
                j
                for j in range(i, min(i + _LONGEST_SOURCE + 6, self.end))
                if self.words[j] in _PAUSES
            ),
            None,
        )
        if stop is None:
            stop = max(ends) if ends else (self.end if self.end - i <= _LONGEST_SOURCE else None)
        return (i, stop) if stop and stop > i else None
