"""Lines that just go on after the one above them: most lines do, and are taken together with it."""

import re
from functools import cache

from cablespan.header.furniture import beginnings

# They begin with a small letter and have not the form of an item ("a. ", "o ").
_SMALL = r"\n[a-z][^.)\s][^.)\n]"
_GOING_ON = re.compile(rf"(?:{_SMALL}[^\n]*)+")
_FULL = 50  # characters of a line that was not ended early
# Between columns; three blanks at the end of a line, or between two sentences, are none.
_GAP = re.compile(r"   (?<! {4})(?! {0,2}\n)(?:(?<![.?!] {3})|(?! *[A-Z(]))")
_COLUMN_SIGN = re.compile(r"[\t|]")


@cache
def _going_on_wrapped() -> re.Pattern[str]:
    """`_GOING_ON` where lines are wrapped and blank lines separate the paragraphs: a full line goes
    on with a full one as well."""
    archive = beginnings("archive").pattern
    end_of_full = rf"(?<=[^\n]{{{_FULL}}})(?<![;:])(?<![;:] )\n"
    full = rf"{end_of_full}(?!{archive})[A-Z][a-z][^.)\n][^\n]{{{_FULL - 3},}}"
    return re.compile(rf"(?:{_SMALL}[^\n]*|{full}(?!\n *[-=*]{{3}}))+")


class NextMatch:
    """Where a pattern occurs next in `source[start:end]`, asked in order: the text is searched
    once, and not at all where it has none of the `signs` of which each match has one."""

    def __init__(
        self, pattern: re.Pattern[str], signs: tuple[str, ...], source: str, start: int, end: int
    ):
        self._pattern = pattern
        self._source = source
        self._end = end
        occurs = any(source.find(sign, start, end) >= 0 for sign in signs)
        self._next = start - 1 if occurs else end

    def after(self, at: int) -> int:
        """The first offset from `at` on, or the end of the stretch."""
        if self._next < at:
            match = self._pattern.search(self._source, at, self._end)
            self._next = match.start() if match else self._end
        return self._next


class Continuation:
    """Where the lines end that just go on after another: before the first that is `marked` within
    or has columns. `wrapped`: full lines go on, too."""

    def __init__(self, source: str, start: int, end: int, marked: NextMatch, wrapped: bool):
        columns = NextMatch(_COLUMN_SIGN, ("\t", "|"), source, start, end)
        gaps = NextMatch(_GAP, ("   ",), source, start, end)
        self._source = source
        self._end = end
        self._unusual = [ahead for ahead in (marked, columns, gaps) if ahead.after(start) < end]
        self._plain = not any(source.find(sign, start, end) >= 0 for sign in "\r\f\v")
        self._wrapped = wrapped

    def end(self, stop: int, text: str, begun: bool) -> int:
        """Where the lines end that go on after the line `text`, which ends at `stop`; `begun`: it
        has a line of its block above it."""
        if not self._plain:
            return stop
        wrapped = self._wrapped and (begun or not text[0].isalpha())
        more = (_going_on_wrapped() if wrapped else _GOING_ON).match(self._source, stop, self._end)
        if more is None:
            return stop
        end = more.end()
        for ahead in self._unusual:
            unusual = ahead.after(stop)
            if unusual < end:
                end = self._source.rfind("\n", stop, unusual + 1)
        return end
