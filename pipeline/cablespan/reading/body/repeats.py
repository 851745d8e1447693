"""Lines that the transmission sent twice: the sign "Q", then the rest of the line once more."""

import re
from collections.abc import Iterator

from cablespan.reading.body.draft import Draft

_SIGN = re.compile(r"Q(?<=\sQ)(?=[\w(,.])")
_FIRST = 20  # characters of a copy by which its original is looked for
_LEAST = 30  # characters of a copy
_LONGEST = 200


def leave_out_copies(drafts: list[Draft], source: str, start: int, end: int) -> None:
    """Takes the copies out of the drafts of `source[start:end]`: they are in no paragraph.

    >>> text = "A road to the new harbor is open for all Qto the new harbor is open for all again"
    >>> draft = Draft("text", text, spans=[(0, len(text))])
    >>> leave_out_copies([draft], text, 0, len(text))
    >>> draft.text()
    'A road to the new harbor is open for all again'
    """
    if _SIGN.search(source, start, end) is None:
        return
    for draft in drafts:
        copies = [copy for span in draft.spans for copy in _copies(source, *span)]
        for begin, stop in copies:
            draft.leave_out(begin, stop)


def _copies(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The offsets of every sign with the copy after it."""
    for sign in _SIGN.finditer(source, start, end):
        copy = sign.end()
        before = sign.start() - 1
        original = source.rfind(source[copy : copy + _FIRST], max(start, before - _LONGEST), before)
        length = before - original
        if original >= 0 and length >= _LEAST and source.startswith(source[original:before], copy):
            yield sign.start(), copy + length
