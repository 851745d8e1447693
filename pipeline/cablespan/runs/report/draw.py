"""An even draw of what a run holds too much of to be listed: bounded, and the same whatever the
order of the records.
"""

import heapq
from collections.abc import Callable
from hashlib import blake2b
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Draw(Generic[Item]):
    """Keeps the `size` items of which the place has the smallest hash, and counts all.

    >>> draw = Draw(2)
    >>> for number in range(1000):
    ...     draw.offer(f"07OSLO{number}/1", lambda: number)
    >>> draw.offered, len(draw.items())
    (1000, 2)
    """

    def __init__(self, size: int):
        self.size, self.offered = size, 0
        self.heap: list[tuple[int, str, Item]] = []

    def offer(self, place: str, make: Callable[[], Item]) -> None:
        """Takes the item of a place that no other item has; it is made only where it is kept."""
        self.offered += 1
        rank = -int.from_bytes(blake2b(place.encode(), digest_size=8).digest())
        if len(self.heap) < self.size:
            heapq.heappush(self.heap, (rank, place, make()))
        elif rank > self.heap[0][0]:
            heapq.heapreplace(self.heap, (rank, place, make()))

    def items(self) -> list[Item]:
        """What was kept, by place."""
        return [item for _, _, item in sorted(self.heap, key=lambda entry: entry[1])]
