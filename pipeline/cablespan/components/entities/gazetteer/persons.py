"""People by title, by given name or form of address, by a verb of speech, and by surname once they have been named."""

from collections.abc import Iterator
from functools import cache

from cablespan import lexicon
from cablespan.components.entities.gazetteer.view import Candidate, View
from cablespan.components.entities.lexicon_names import Match, common_words, surfaces
from cablespan.components.entities.person_names import word_list
from cablespan.labels import Entity


def titled(view: View, named: list[Match], candidates: list[Candidate]) -> Iterator[Candidate]:
    """Titles with the names behind them, and titles that stand for their holder."""
    ends = {c.end: c for c in candidates if c.label in (Entity.AGENCY, Entity.ORG)}
    titles: dict[int, Match] = {}
    for match in named:
        if match.surface.name_class == "title" and (
            match.start not in titles or match.end > titles[match.start].end
        ):
            titles[match.start] = match
    covered = 0
    for start, match in sorted(titles.items()):
        if start < covered:
            continue
        end = covered = match.end
        while end in titles and view.words[end][0].isupper():
            end = covered = titles[end].end
        if view.lower[end - 1] in word_list("head_of_portfolio") and view.word(end) in (
            "of",
            "for",
        ):
            end = _portfolio(view, end)
        written = view.words[start][0].isupper()
        name_end = view.name_end(end) if written else end
        begin = start
        if view.word(start - 1) in word_list("acting") and view.words[start - 1][0].isupper():
            begin = start - 1
        if (
            begin in ends
            and (name_end > end or ends[begin].end - ends[begin].start <= 2)
            and view.words[begin - 1].isupper()
        ):
            begin = ends[begin].start
        if name_end > end:
            yield Candidate(begin, name_end, Entity.OFFICIAL, sure=True)
        elif match.surface.entry.get("alone") and _stands_for_holder(view, begin, end, match):
            yield Candidate(begin, end, Entity.OFFICIAL)


def _portfolio(view: View, end: int) -> int:
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
        elif (
            last > end
            and view.word(index) in ("and", "of", "the")
            and view.words[min(index + 1, len(view.words) - 1)][0].isupper()
        ):
            index += 1
        else:
            break
        if (
            view.capitals[end]
            and last > end
            and view.lower[last - 1] in ("affairs", "defense", "interior", "finance", "state")
        ):
            break
    return last


def _stands_for_holder(view: View, start: int, end: int, match: Match) -> bool:
    """Whether a title without a name stands for the one who holds the office."""
    before, following = view.word(start - 1), view.word(end)
    if before in word_list("no_holder_before") or following in word_list("no_holder_after"):
        return False
    if (
        before == "the"
        and view.word(start - 2) in ("as", "of")
        and view.word(start - 3) == "office"
    ):
        return False
    word = view.words[start]
    if word.islower():
        return before == "the" and match.surface.text in word_list("holder_in_lower_case")
    return True


def in_full(view: View) -> Iterator[Candidate]:
    """People named with a given name or after "Mr." and the like."""
    index = 0
    while index < len(view.words):
        word = view.lower[index]
        if word in word_list("form_of_address") and view.words[index][0].isupper():
            end = view.name_end(index + 1)
            if end > index + 1:
                yield Candidate(
                    index,
                    end,
                    Entity.OFFICIAL if word in word_list("official_address") else Entity.PERSON,
                )
                index = end
                continue
        elif word in _given_names() and index not in view.blocked and view.is_name(index):
            end = view.name_end(index)
            if end > index + 1:
                yield Candidate(index, end, Entity.PERSON)
                index = end
                continue
        index += 1


def speaking(view: View) -> Iterator[Candidate]:
    """Surnames that nothing but a verb of speech shows to be names ("Godber said"): in cables, those of officials."""
    for index in range(len(view.words)):
        if (
            index in view.blocked
            or not view.is_name(index)
            or view.lower[index].rstrip("s") in common_words()
        ):
            continue
        if view.lower[index] in surfaces() or view.lower[index].rstrip("s") in surfaces():
            continue
        end = view.name_end(index)
        verb = end + 1 if view.word(end) in word_list("adverb") else end
        if view.word(verb) in _spoken() and not (
            view.words[index].isupper() and not view.capitals[index]
        ):
            yield Candidate(index, end, Entity.OFFICIAL)


@cache
def _spoken() -> frozenset[str]:
    """Forms of verbs of speech that cannot be nouns: the past, and a few in the third person."""
    forms = (
        form
        for entry in lexicon.load("cues")
        if entry["use"] == "verb"
        for form in entry["forms"]
        if " " not in form
    )
    return frozenset(
        form for form in forms if form.endswith("ed") or form in word_list("finite_speech")
    )


@cache
def _given_names() -> frozenset[str]:
    return frozenset(entry["name"].lower() for entry in lexicon.load("given_names"))


def by_surname(view: View, people: list[Candidate], chosen: list[Candidate]) -> Iterator[Candidate]:
    """Surnames standing alone, of people who were named with a title or in full elsewhere in the Doc."""
    labels: dict[str, str] = {}
    for found in sorted(people, key=lambda f: f.label):
        words = [
            view.lower[index]
            for index in range(found.start, found.end)
            if view.is_name(index) or index == found.end - 1
        ]
        if words and len(words[-1]) > 2 and words[-1].isalpha():
            labels.setdefault(words[-1], found.label)
    taken = {index for found in chosen for index in range(found.start, found.end)}
    for index, word in enumerate(view.lower):
        if word in labels and index not in taken and view.is_name(index):
            yield Candidate(index, index + 1, labels[word])
