"""What running text has and the lines of a header have not."""

import re
from functools import cache

from cablespan.lexicon import listed

_RUNNING = re.compile(r"\b[a-z]{5,}\b")


def is_running(text: str) -> bool:
    """Whether a text without labels is prose and no header.

    No tag or date has a word of five small letters.

    >>> is_running("All roads are open."), is_running("ECON KZ")
    (True, False)
    """
    return _RUNNING.search(text) is not None


def has_common_word(text: str) -> bool:
    """Whether a word of a text is an ordinary one of the language.

    >>> has_common_word("HARD ROE"), has_common_word("ROE")
    (True, False)
    """
    return not listed("common_words", "name").isdisjoint(text.lower().split())


@cache
def within_titles() -> frozenset[str]:
    """Words that no title ends with; one can end with an auxiliary: "elections in May".

    >>> "the" in within_titles(), "may" in within_titles()
    (True, False)
    """
    return listed("function_words", "form", "determiner", "preposition", "conjunction")


@cache
def within_sentences() -> frozenset[str]:
    """Words that no sentence ends with, some of them with a full stop of their own.

    >>> within_sentences().issuperset(["the", "may", "mr."])
    True
    """
    auxiliaries = listed("function_words", "form", "auxiliary")
    return within_titles().union(auxiliaries, listed("stops", "form", "bound"))
