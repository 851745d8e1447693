"""What a model got right and wrong in each paragraph, counted so that any selection of paragraphs
can be scored.

Entities are right when offsets and label are. A gold sentence has the label of the predicted
sentence that overlaps it most. Claims are the same when their contents share at least half of the
longer one; sources, cues and contents of such pairs are compared.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cablespan.labels import ROLES
from cablespan.learning.agreement.matching import (
    match_claims,
    match_exactly,
    overlap,
    overlaps_by_half,
    same_part,
)
from cablespan.records import annotated_layers, by_paragraph

Annotations = Sequence[Mapping[str, Any]]
NOTHING = "none"


@dataclass(frozen=True)
class Judged:
    """A paragraph: gold and guesses by layer (only the layers that the gold has), and the facts
    that slices are made of."""

    document: str
    paragraph: str
    place: str
    text: str
    gold: Mapping[str, Annotations]
    guesses: Mapping[str, Annotations]
    facts: Mapping[str, str]

    def counts(self) -> Counter[tuple[str, ...]]:
        """Counts under `(layer, kind, ...)`; see the functions below."""
        total: Counter[tuple[str, ...]] = Counter()
        for layer, gold in self.gold.items():
            for key, count in _COUNTS[layer](gold, self.guesses[layer]).items():
                total[layer, *key] += count
        return total


def entity_counts(gold: Annotations, guesses: Annotations) -> Counter[tuple[str, str]]:
    """`(right|gold|guesses, label)`: spans with the same offsets and label, and how many there
    are.

    >>> mark = {"start": 0, "end": 4, "label": "PLACE"}
    >>> sorted(entity_counts([mark], [mark | {"end": 5}]).items())
    [(('gold', 'PLACE'), 1), (('guesses', 'PLACE'), 1)]
    """
    counts = Counter(("gold", entity["label"]) for entity in gold)
    counts.update(("guesses", entity["label"]) for entity in guesses)
    counts.update(("right", gold[i]["label"]) for i, _ in match_exactly(gold, guesses))
    return counts


def best_overlap(
    span: Mapping[str, Any], others: Iterable[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The one of `others` that shares most characters with the span; None where none shares any."""
    best = max(others, key=lambda other: overlap(span, other), default=None)
    return best if best is not None and overlap(span, best) else None


def statement_counts(gold: Annotations, guesses: Annotations) -> Counter[tuple[str, str]]:
    """`(gold label, guessed label)` of every gold sentence; NOTHING where no predicted sentence
    meets it.

    >>> statement_counts([{"start": 0, "end": 9, "label": "CLAIM"}], [])
    Counter({('CLAIM', 'none'): 1})
    """
    pairs = ((sentence["label"], best_overlap(sentence, guesses)) for sentence in gold)
    return Counter((label, guess["label"] if guess else NOTHING) for label, guess in pairs)


def claim_counts(gold: Annotations, guesses: Annotations) -> Counter[tuple[str, ...]]:
    """`gold`, `guesses`, `matched` by content, and of the matched: role by role `exact` and
    `overlap`, and `whole` triples."""
    counts: Counter[tuple[str, ...]] = Counter({("gold",): len(gold), ("guesses",): len(guesses)})
    for i, j in match_claims(gold, guesses):
        counts["matched",] += 1
        same = {role: same_part(gold[i], guesses[j], role) for role in ROLES}
        counts.update((role, "exact") for role, equal in same.items() if equal)
        counts.update(
            (role, "overlap")
            for role in same
            if _overlapping(gold[i].get(role), guesses[j].get(role))
        )
        counts["whole",] += all(same.values())
    return counts


_COUNTS: dict[str, Callable[[Annotations, Annotations], Counter]] = {
    "entities": entity_counts,
    "statements": statement_counts,
    "claims": claim_counts,
}


def _overlapping(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two parts share half of the longer, or are both missing."""
    return overlaps_by_half(one, other) if one and other else not one and not other


def judged(
    record: Mapping[str, Any],
    guessed: Mapping[str, Any],
    place: Callable[[str], str],
    facts: Mapping[str, str],
) -> Iterator[Judged]:
    """The paragraphs of a gold record beside the model's record of the same text.

    `place(paragraph id)` says where a paragraph was read; `facts` are those that all share.
    """
    layers = annotated_layers(record)
    gold = {layer: by_paragraph(record[layer]) for layer in layers}
    guesses = {layer: by_paragraph(guessed.get(layer) or ()) for layer in layers}
    for paragraph in record["paragraphs"]:
        name = paragraph["id"]
        annotated = [layer for layer in layers if layer not in paragraph.get("unannotated", ())]
        yield Judged(
            record["id"],
            name,
            place(name),
            paragraph["text"],
            {layer: gold[layer].get(name, []) for layer in annotated},
            {layer: guesses[layer].get(name, []) for layer in annotated},
            {**_own_facts(paragraph), **facts},
        )


def _own_facts(paragraph: Mapping[str, Any]) -> dict[str, str]:
    """What a paragraph is sliced by."""
    return {
        "letters": "capitals" if _is_in_capitals(paragraph["text"]) else "mixed case",
        "marking": paragraph.get("marking") or NOTHING,
        "section": paragraph.get("section") or NOTHING,
    }


def _is_in_capitals(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and sum(map(str.isupper, letters)) > 0.9 * len(letters)
