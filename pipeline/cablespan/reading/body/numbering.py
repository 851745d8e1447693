"""How far the paragraph numbers and the items of a body have come."""

from dataclasses import dataclass, field

from cablespan.reading.body.starts import Start

_FARTHEST_BACK = 2  # paragraph numbers that one can come too late
_FARTHEST_ITEM = 3  # letters or numbers from one item to the next
_FARTHEST_JUMP = 20  # paragraph numbers that may be missing in a row
_BEFORE_ROMAN = tuple("huwHUW")  # letters before those that are Roman numbers too


@dataclass(slots=True)
class Numbering:
    """How far the numbers and items of a body have come.

    `style`: the sign after its numbers, None where none came yet; `last_items`: letter or number of
    the last item since the last number, in each series: "A", "a", "1", "ii".
    """

    last: int = 0
    style: str | None = None
    last_items: dict[str, str] = field(default_factory=dict)

    def lists(self, start: Start) -> bool:
        """Whether a number is that of a list within a paragraph: "1) (S/NF)" or "- 1. (C)" where
        paragraphs have "1."."""
        if start.kind != "numbered" or self.style in (None, start.style):
            return False
        if start.marking is None:
            return True
        return start.number != self.last + 1 or self.follows(str(start.number))

    def is_far(self, start: Start, alone: bool) -> bool:
        """Whether a number is out of the sequence, so that it is none.

        Marked ones are trusted farther; `alone`: a blank line stands above it.
        """
        if start.marking is not None:
            return (start.number or 0) > self.last + 5 * _FARTHEST_JUMP
        if start.number == 1 or start.number is None:
            return False
        least = self.last - (_FARTHEST_BACK if alone else 0)
        return not least <= start.number <= self.last + _FARTHEST_JUMP

    def follows(self, sign: str) -> bool:
        """Whether an item's letter or number comes after the last one's of its series.

        >>> numbering = Numbering(last_items={"A": "A", "1": "3"})
        >>> numbering.follows("B"), numbering.follows("4"), numbering.follows("H")
        (True, True, False)
        """
        if not self.last_items:
            return False
        series = self._series(sign)
        if series in ("ii", "II"):
            return True
        last = self.last_items.get(series)
        return last is not None and 0 < _position(sign) - _position(last) <= _FARTHEST_ITEM

    def _series(self, sign: str) -> str:
        """The series that an item belongs to, by its letter or number; "i" comes after "h" too."""
        if sign.isdecimal():
            return "1"
        series, roman = ("A", "II") if sign.isupper() else ("a", "ii")
        if len(sign) > 1:
            return roman
        is_letter = sign not in "ivxIVX" or self.last_items.get(series) in _BEFORE_ROMAN
        return series if is_letter else roman

    def take(self, start: Start) -> None:
        """Counts a start in."""
        if self.lists(start):
            self.take_item(str(start.number))
        elif start.number is not None:
            self.style = self.style or start.style.replace("-", ".")
            self.last, self.last_items = start.number, {}
        elif start.kind == "item" and start.style != "-":
            self.take_item(start.style)

    def take_item(self, sign: str) -> None:
        """Counts an item in by its letter or number."""
        self.last_items[self._series(sign)] = sign


def _position(sign: str) -> int:
    """Where a letter or a number stands in its series."""
    return int(sign) if sign.isdecimal() else ord(sign)
