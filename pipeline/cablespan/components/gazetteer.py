"""Entities by lexicon and pattern: the baseline, and what a trained recogniser misses of names that leave no doubt.

Names come from the lexicon in whatever case a cable is written, patterns from `lexicon/patterns.jsonl`; titles take the names
behind them, and a person found once with a title or in full is found again by surname in the rest of the cable.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan import lexicon
from cablespan.document import text_of
from cablespan.labels import Entity
from cablespan.names import Match, common_words, find, surfaces

# One home for the hint to trained models and for the matches themselves: `gazetteer.classes(doc)` is `names.classes(doc)`.
from cablespan.names import classes as classes
from cablespan.people import word_list


class Found(NamedTuple):
    """A candidate: tokens `start` to `end`, its label, and whether it is beyond doubt (good enough to add to a trained model's)."""

    start: int
    end: int
    label: str
    sure: bool = False


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


class Pattern(NamedTuple):
    """A line of lexicon/patterns.jsonl: `near` are words of which one must stand near a match, `mixed` forbids capitals text."""

    label: str
    regex: re.Pattern
    near: frozenset[str]
    mixed: bool
    fills: bool


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    """The words behind the placeholders of patterns."""
    calendar, currencies, posts = lexicon.load("calendar"), lexicon.load("currencies"), lexicon.load("posts")
    cities = [entry for entry in lexicon.load("cities") if entry["kind"] == "capital"]
    offices = (alias for entry in lexicon.load("state_offices") for alias in entry["aliases"])
    origins = {name for entry in posts for name in (entry["origin"], entry["city"], *entry["aliases"]) if name}
    units = {unit for entry in currencies for unit in entry["units"]}
    return {
        "month": frozenset(name for e in calendar if e["kind"] == "month" for name in (e["name"], *e["aliases"])),
        "fullmonth": frozenset(e["name"] for e in calendar if e["kind"] == "month") - {"May"},
        "weekday": frozenset(name for e in calendar if e["kind"] == "weekday" for name in (e["name"], *e["aliases"])),
        "fullweekday": frozenset(e["name"] for e in calendar if e["kind"] == "weekday"),
        "number": word_list("number"),
        "code": frozenset(entry["code"] for entry in currencies),
        "unit": (units - common_words()) | word_list("currency"),
        "origin": frozenset(origins),
        "ORIGIN": frozenset(name.upper() for name in origins),
        "city": frozenset(origins | {name for entry in cities for name in (entry["name"], *entry["aliases"])}),
        "bureau": frozenset(name for name in offices if len(name) > 1 and name.isalpha() and name.isupper()),
    }


@cache
def _patterns() -> tuple[Pattern, ...]:
    """The patterns of the lexicon with their placeholders ("{month}") filled in."""
    words = _vocabulary()
    alternatives = {kind: _alternatives(values) for kind, values in words.items()}
    near = {kind: frozenset(value.lower().split()[0] for value in values) for kind, values in words.items()}
    compiled = []
    for entry in lexicon.load("patterns"):
        pattern = re.sub(r"\{([A-Za-z]+)\}", lambda name: alternatives[name[1]], entry["pattern"])
        regex = re.compile(pattern, 0 if entry.get("case") else re.IGNORECASE)
        compiled.append(
            Pattern(entry["label"], regex, near.get(entry.get("near"), frozenset()), entry.get("mixed", False), entry.get("fills", False))
        )
    return tuple(compiled)


# How far from the word that a pattern wants near (before, behind) a match can reach, in characters.
_BEFORE, _BEHIND = 60, 80
_BY_HEAD = frozenset({Entity.AGENCY, Entity.ORG, Entity.LAW})


class _View:
    """A Doc as plain lists, with the stretches that are written in capitals throughout."""

    def __init__(self, doc: Doc):
        self.doc = doc
        self.text = text_of(doc)
        self.words = [token.text for token in doc]
        self.lower = [word.lower() for word in self.words]
        self.capitals = [False] * len(doc)
        self._surroundings: dict[frozenset[str], list[tuple[int, int]]] = {}
        for block in re.finditer(r"(?:(?!\n[^\S\n]*\n).)+", self.text, re.DOTALL):
            letters = sum(map(str.isalpha, block[0]))
            small = sum(map(str.islower, block[0]))
            span = doc.char_span(block.start(), block.end(), alignment_mode="expand")
            if span is None:
                continue
            if letters > 3 and small < 0.3 * letters:
                self.capitals[span.start : span.end] = [True] * len(span)

    def word(self, index: int) -> str:
        """The lower-case word at an index, "" outside the Doc."""
        return self.lower[index] if 0 <= index < len(self.lower) else ""

    def before(self, index: int) -> str:
        """The word before an index, a "the" in between left out."""
        word = self.word(index - 1)
        return self.word(index - 2) if word == "the" else word

    def surroundings(self, words: frozenset[str]) -> list[tuple[int, int]]:
        """Stretches of the text around the tokens that are one of `words`, cut at blanks."""
        if words not in self._surroundings:
            self._surroundings[words] = self._find_surroundings(words)
        return self._surroundings[words]

    def _find_surroundings(self, words: frozenset[str]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for index in (i for i, word in enumerate(self.lower) if word in words or word.rstrip(".") in words):
            at = self.doc[index].idx
            begin = max(0, self.text.rfind(" ", 0, max(0, at - _BEFORE)))
            end = self.text.find(" ", at + _BEHIND)
            end = len(self.text) if end < 0 else end
            if found and begin <= found[-1][1]:
                found[-1] = found[-1][0], end
            else:
                found.append((begin, end))
        return found

    def in_compound(self, start: int, end: int) -> bool:
        """Whether a hyphen ties the tokens to another word ("ROK-Japan talks", "Rhodes-type")."""
        return any(0 < at < len(self.words) - 1 and self.words[at] in ("-", "–") and self._joined(at) for at in (start - 1, end))

    def is_name(self, index: int) -> bool:
        """Whether the token can be part of a person's name: a capital letter, no ordinary word."""
        if not 0 <= index < len(self.words):
            return False
        word = self.words[index]
        if not word[:1].isupper() or not word.strip(".'’").replace("'", "").replace("’", "").isalpha():
            return False
        lower = self.lower[index]
        if lower in word_list("no_name"):
            return False
        if self.capitals[index]:
            return lower not in common_words() and len(word) > 1
        return not (word.isupper() and len(word) > 3 and word.isalpha()) or lower not in common_words()

    def name_end(self, start: int, limit: int = 5) -> int:
        """Where the person's name that begins at `start` ends; `start` where there is none."""
        end = index = start
        while index < len(self.words) and end - start < limit + 2:
            word = self.lower[index]
            if self.is_name(index) and not (index > start and index in self.blocked):
                end = index = index + 1
            elif (
                end > start
                and word in ("-", "–")
                and self._joined(index)
                and index + 1 < len(self.words)
                and self.words[index + 1].isalpha()
            ):
                end = index = index + 2
            elif word in word_list("particle") and (self.is_name(index + 1) or self.word(index + 1) in word_list("particle")):
                index += 1
            elif word in ("al", "el", "ul") and self.word(index + 1) in ("-", "–") and self.is_name(index + 2):
                end = index = index + 3
            else:
                break
            if end - start >= (3 if self.capitals[start] else limit):
                break
        return end

    def _joined(self, index: int) -> bool:
        """Whether a hyphen stands between two words without blanks."""
        return not self.doc[index - 1].whitespace_ and not self.doc[index].whitespace_

    blocked: frozenset[int] = frozenset()


@Language.factory("cable_gazetteer", assigns=["doc.ents"], default_config={"mode": "only"})
class Gazetteer:
    """Writes `doc.ents` by lexicon and patterns.

    `mode`: "only" writes all it finds; "fill" keeps what a trained component found, adds what is sure between it, and knows
    the names of laws better.
    """

    def __init__(self, nlp: Language, name: str, mode: Literal["only", "fill"] = "only"):
        if mode not in ("only", "fill"):
            raise ValueError(f"cable_gazetteer: mode is {mode!r}; it must be 'only' or 'fill'")
        self.name = name
        self.mode = mode

    def process(self, doc: Doc) -> list[Found]:
        """Entities of a Doc, in order, none overlapping another."""
        view = _View(doc)
        named = [match for match in find(doc) if _accepted(view, match)]
        candidates = list(_named(view, named))
        if self.mode == "fill":
            return _longest([*candidates, *_by_pattern(view, [pattern for pattern in _patterns() if pattern.fills])])
        candidates += _by_pattern(view, _patterns())
        candidates += _bodies(view, candidates)
        view.blocked = frozenset(c.start for c in candidates if c.label not in (Entity.OFFICIAL, Entity.DATE))
        people = list(_titled(view, named, candidates)) + list(_in_full(view)) + list(_speaking(view))
        candidates += people
        chosen = _longest(candidates)
        return _longest(chosen + list(_by_surname(view, people, chosen)))

    def __call__(self, doc: Doc) -> Doc:
        found = self.process(doc)
        kept: list[Span] = []
        if self.mode == "fill":
            laws = {(f.start, f.end) for f in found if f.sure and f.label == Entity.LAW}
            kept = [Span(doc, e.start, e.end, label=Entity.LAW) if (e.start, e.end) in laws else e for e in doc.ents]
            taken = {index for ent in kept for index in range(ent.start, ent.end)}
            found = [f for f in found if f.sure and not taken.intersection(range(f.start, f.end))]
        doc.ents = kept + [Span(doc, f.start, f.end, label=f.label) for f in found]
        return doc


def _longest(candidates: Iterable[Found]) -> list[Found]:
    """The candidates that no longer one overlaps, in order; of equals the first named."""
    taken: set[int] = set()
    chosen = []
    for found in sorted(candidates, key=lambda f: (f.start - f.end, f.start)):
        if taken.isdisjoint(range(found.start, found.end)):
            taken.update(range(found.start, found.end))
            chosen.append(found)
    return sorted(chosen)


def _accepted(view: _View, match: Match) -> bool:
    """Whether the case in which a lexicon name stands in the text lets it be that name."""
    start, end, surface = match
    if surface.name_class in ("nationality", "calendar", "post") or surface.entry.get("match") is False:
        return False
    text, words = surface.text, view.words[start:end]
    lower = text.lower()
    if view.capitals[start]:
        if len(text) < 2 or text in surface.entry.get("ambiguous", ()):
            return False
        return not (lower in common_words() and (text.isupper() or surface.name_class not in ("title", "us_agency", "body", "law")))
    if text.isupper():
        return "".join(words) == text.replace(" ", "") and text not in surface.entry.get("ambiguous", ())
    if all(word.islower() for word in words):
        return text.islower() or surface.name_class == "title"
    if len(words) == 1:
        return words[0][0].isupper() and (not words[0].isupper() or len(text) > 3 or words[0] == text)
    return any(word[0].isupper() for word in words)


def _named(view: _View, named: list[Match]) -> Iterator[Found]:
    """Lexicon names other than titles that their context does not forbid."""
    for start, end, surface in named:
        label = surface.entry.get("label")
        if label == Entity.OFFICIAL and surface.name_class == "title":
            continue
        if surface.name_class == "country" and surface.text in ("US", "U.S.", "United States"):
            label = _united_states(view, start, end)
        elif surface.name_class == "country" and surface.text.isupper() and len(surface.text) < 5 and _is_adjective(view, start, end):
            continue
        if label and not view.in_compound(start, end):
            yield Found(start, end, label, sure=_is_sure(surface.text, surface.name_class, view.capitals[start]))


def _is_sure(text: str, name_class: str, capitals: bool) -> bool:
    """Whether a name needs no trained component to vouch for it: an acronym that is a word in lower case is sure outside capitals."""
    is_word = text.lower() in common_words() and (capitals or not text.isupper())
    return name_class not in ("person", "title") and not is_word and len(text) > 2


def _is_adjective(view: _View, start: int, end: int) -> bool:
    """Whether an acronym stands before a noun as its adjective ("US aid", "UK position")."""
    following = view.words[end] if end < len(view.words) else ""
    if view.capitals[start]:
        return following.isalpha() and view.lower[end] in common_words() and view.lower[end] not in word_list("after_actor")
    return (
        following[:1].isalpha() and following.islower() and view.lower[end] not in word_list("after_actor") or following in ("-", "–", "/")
    )


def _united_states(view: _View, start: int, end: int) -> str | None:
    """PLACE after a preposition of place, AGENCY where it acts or is acted on, nothing before a noun."""
    following = view.word(end)
    before = view.before(start)
    if view.word(end) in ("-", "–", "/") or view.word(start - 1) in ("-", "–", "/"):
        return None
    if view.words[start] == "US" and view.capitals[start] and "U.S." in view.words:
        return None
    if following and following[0].isalpha() and following not in word_list("after_actor"):
        return None
    return Entity.PLACE if before in word_list("before_place") else Entity.AGENCY


def _by_pattern(view: _View, patterns: Iterable[Pattern]) -> Iterator[Found]:
    """What patterns of the lexicon find."""
    for label, regex, near, mixed, fills in patterns:
        for begin, end in view.surroundings(near) if near else [(0, len(view.text))]:
            for match in regex.finditer(view.text, begin, end):
                found = _of_match(view, label, match, mixed)
                if found:
                    yield found._replace(sure=found.sure or fills)


def _of_match(view: _View, label: str, match: re.Match, mixed: bool) -> Found | None:
    """A pattern's match as whole tokens, without "the" and words that lead up to a name; None where it cannot stand here."""
    start, end = match.span()
    lead = 4 if match[0][:4].lower() == "the " else 0
    span = view.doc.char_span(start + lead, end)
    if span is None or not len(span) or (mixed and view.capitals[span.start]):
        return None
    begin = span.start
    if label in _BY_HEAD:
        if view.capitals[begin] and (len(span) > 3 or (len(span) == 1 and view.lower[begin] in common_words())):
            return None
        begin = _own_beginning(view, span)
    return Found(begin, span.end, label, sure=label in (Entity.DATE, Entity.MONEY, Entity.CABLE_REF))


def _own_beginning(view: _View, span: Span) -> int:
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
    return frozenset(entry["name"] for entry in lexicon.load("heads") if entry["label"] == Entity.AGENCY)


@cache
def _nationalities() -> frozenset[str]:
    return frozenset(word.lower() for c in lexicon.load("countries") for word in (*c["adjectives"], c["name"])) | word_list("nationality")


def _bodies(view: _View, candidates: list[Found]) -> Iterator[Found]:
    """Bodies named after their state: "Government of Iran", "Turkish Government", "Soviet Embassy", "Embassy in Cairo"."""
    places = {c.start: c.end for c in candidates if c.label == Entity.PLACE}
    agencies = {c.start: c.end for c in sorted(candidates) if c.label == Entity.AGENCY}
    for index, word in enumerate(view.lower):
        if word in ("government", "govt", "gov", "embassy", "ministry") and view.word(index + 1) == "of" and view.words[index][0].isupper():
            start = index + 2 + (view.word(index + 2) == "the")
            if start in places:
                yield Found(index, places[start], Entity.AGENCY, sure=True)
        if word not in word_list("body") or index == 0:
            continue
        for size in (3, 2, 1):
            adjective = " ".join(view.lower[max(0, index - size) : index])
            if index - size >= 0 and adjective in _nationalities() and view.words[index - size][0].isupper():
                end = index + 1
                while view.word(end) in word_list("body") and view.words[end][0].isupper():
                    end += 1
                if word in ("ministry",):
                    break
                yield Found(index - size, end, Entity.AGENCY, sure=word in ("government", "govt", "embassy", "army"))
                break
    for start, end in agencies.items():
        for size in (3, 2, 1):
            adjective = " ".join(view.lower[max(0, start - size) : start])
            if start - size >= 0 and adjective in _nationalities() and view.words[start - size][0].isupper():
                yield Found(start - size, end, Entity.AGENCY)
                break


def _titled(view: _View, named: list[Match], candidates: list[Found]) -> Iterator[Found]:
    """Titles with the names behind them, and titles that stand for their holder."""
    ends = {c.end: c for c in candidates if c.label in (Entity.AGENCY, Entity.ORG)}
    titles: dict[int, Match] = {}
    for match in named:
        if match.surface.name_class == "title" and (match.start not in titles or match.end > titles[match.start].end):
            titles[match.start] = match
    covered = 0
    for start, match in sorted(titles.items()):
        if start < covered:
            continue
        end = covered = match.end
        while end in titles and view.words[end][0].isupper():
            end = covered = titles[end].end
        if view.lower[end - 1] in word_list("head_of_portfolio") and view.word(end) in ("of", "for"):
            end = _portfolio(view, end)
        written = view.words[start][0].isupper()
        name_end = view.name_end(end) if written else end
        begin = start
        if view.word(start - 1) in word_list("acting") and view.words[start - 1][0].isupper():
            begin = start - 1
        if begin in ends and (name_end > end or ends[begin].end - ends[begin].start <= 2) and view.words[begin - 1].isupper():
            begin = ends[begin].start
        if name_end > end:
            yield Found(begin, name_end, Entity.OFFICIAL, sure=True)
        elif match.surface.entry.get("alone") and _stands_for_holder(view, begin, end, match):
            yield Found(begin, end, Entity.OFFICIAL)


def _portfolio(view: _View, end: int) -> int:
    """The end of "of Foreign Affairs", "for Political Affairs" behind a minister's or secretary's title."""
    index = end + 1 + (view.word(end + 1) == "the")
    last = end
    while index < len(view.words) and index - end < 8:
        if (
            view.words[index][:1].isupper()
            and view.words[index].isalpha()
            and (not view.capitals[index] or view.lower[index] in common_words())
        ):
            last = index = index + 1
        elif last > end and view.word(index) in ("and", "of", "the") and view.words[min(index + 1, len(view.words) - 1)][0].isupper():
            index += 1
        else:
            break
        if view.capitals[end] and last > end and view.lower[last - 1] in ("affairs", "defense", "interior", "finance", "state"):
            break
    return last


def _stands_for_holder(view: _View, start: int, end: int, match: Match) -> bool:
    """Whether a title without a name stands for the one who holds the office."""
    before, following = view.word(start - 1), view.word(end)
    if before in word_list("no_holder_before") or following in word_list("no_holder_after"):
        return False
    if before == "the" and view.word(start - 2) in ("as", "of") and view.word(start - 3) == "office":
        return False
    word = view.words[start]
    if word.islower():
        return before == "the" and match.surface.text in word_list("holder_in_lower_case")
    return True


def _in_full(view: _View) -> Iterator[Found]:
    """People named with a given name or after "Mr." and the like."""
    index = 0
    while index < len(view.words):
        word = view.lower[index]
        if word in word_list("form_of_address") and view.words[index][0].isupper():
            end = view.name_end(index + 1)
            if end > index + 1:
                yield Found(index, end, Entity.OFFICIAL if word in word_list("official_address") else Entity.PERSON)
                index = end
                continue
        elif word in _given_names() and index not in view.blocked and view.is_name(index):
            end = view.name_end(index)
            if end > index + 1:
                yield Found(index, end, Entity.PERSON)
                index = end
                continue
        index += 1


def _speaking(view: _View) -> Iterator[Found]:
    """Surnames that nothing but a verb of speech shows to be names ("Godber said"): in cables, those of officials."""
    for index in range(len(view.words)):
        if index in view.blocked or not view.is_name(index) or view.lower[index].rstrip("s") in common_words():
            continue
        if view.lower[index] in surfaces() or view.lower[index].rstrip("s") in surfaces():
            continue
        end = view.name_end(index)
        verb = end + 1 if view.word(end) in word_list("adverb") else end
        if view.word(verb) in _spoken() and not (view.words[index].isupper() and not view.capitals[index]):
            yield Found(index, end, Entity.OFFICIAL)


@cache
def _spoken() -> frozenset[str]:
    """Forms of verbs of speech that cannot be nouns: the past, and a few in the third person."""
    forms = (form for entry in lexicon.load("cues") if entry["use"] == "verb" for form in entry["forms"] if " " not in form)
    return frozenset(form for form in forms if form.endswith("ed") or form in word_list("finite_speech"))


@cache
def _given_names() -> frozenset[str]:
    return frozenset(entry["name"].lower() for entry in lexicon.load("given_names"))


def _by_surname(view: _View, people: list[Found], chosen: list[Found]) -> Iterator[Found]:
    """Surnames standing alone, of people who were named with a title or in full elsewhere in the Doc."""
    labels: dict[str, str] = {}
    for found in sorted(people, key=lambda f: f.label):
        words = [view.lower[index] for index in range(found.start, found.end) if view.is_name(index) or index == found.end - 1]
        if words and len(words[-1]) > 2 and words[-1].isalpha():
            labels.setdefault(words[-1], found.label)
    taken = {index for found in chosen for index in range(found.start, found.end)}
    for index, word in enumerate(view.lower):
        if word in labels and index not in taken and view.is_name(index):
            yield Found(index, index + 1, labels[word])
