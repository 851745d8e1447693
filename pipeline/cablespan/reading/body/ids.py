"""The ids of paragraphs: the number, `3.1` for an item under number 3, `p1` for others, `~2` after
what comes again."""

from collections import defaultdict

from cablespan.reading.body.draft import Draft


class DistinctNames:
    """The names so far: one that came before gets a number after it.

    >>> names = DistinctNames()
    >>> [names.take(name) for name in ("07OSLO1", "07OSLO1", "07OSLO1~2")]
    ['07OSLO1', '07OSLO1~2', '07OSLO1~2~2']
    """

    def __init__(self) -> None:
        self._seen: defaultdict[str, int] = defaultdict(int)

    def take(self, name: str) -> str:
        """Counts a name, and returns it as none was yet."""
        self._seen[name] += 1
        count = self._seen[name]
        return name if count == 1 else self.take(f"{name}~{count}")


class ParagraphIds:
    """Names the paragraphs of a cable one after the other.

    >>> ids = ParagraphIds("07OSLO1")
    >>> ids.take(Draft("numbered", "", 3)), ids.take(Draft("item", "")), ids.take(Draft("text", ""))
    ('07OSLO1/3', '07OSLO1/3.1', '07OSLO1/p1')
    """

    def __init__(self, cable_id: str) -> None:
        self._cable_id = cable_id
        self._names = DistinctNames()
        self._lead: str | None = None  # the name of the last paragraph with a number
        self._items = 0  # after it
        self._unnumbered = 0

    def take(self, draft: Draft) -> str:
        """The id of the next paragraph."""
        name = self._names.take(self._name(draft))
        if draft.number is not None:
            self._lead, self._items = name, 0
        return f"{self._cable_id}/{name}"

    def _name(self, draft: Draft) -> str:
        if draft.number is not None:
            return str(draft.number)
        if draft.kind == "item" and self._lead is not None:
            self._items += 1
            return f"{self._lead}.{self._items}"
        self._unnumbered += 1
        return f"p{self._unnumbered}"
