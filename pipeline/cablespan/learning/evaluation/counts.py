"""What a model got right and wrong in each paragraph, counted so that any selection of paragraphs can be scored.

Entities are right when offsets and label are. A gold sentence has the label of the predicted sentence that overlaps it most.
Claims are the same when their contents share at least half of the longer one; sources, cues and contents of such pairs are compared.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cablespan.formats.tasks import VIEWS
from cablespan.learning.agreement.matching import (
    match_claims,
    match_exactly,
    overlap,
    overlaps_by_half,
    same_part,
)

Annotations = Sequence[Mapping[str, Any]]
NOTHING = "none"


@dataclass(frozen=True)
class Judged:
    """A paragraph: gold and guesses by layer (only the layers that the gold has), and the facts that slices are made of."""

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
        for layer, count in (
            ("entities", entity_counts),
            ("statements", statement_counts),
            ("claims", claim_counts),
        ):
            if layer in self.gold:
                total.update(
                    {
                        (layer, *key): n
                        for key, n in count(self.gold[layer], self.guesses[layer]).items()
                    }
                )
        return total


def entity_counts(gold: Annotations, guesses: Annotations) -> Counter[tuple[str, str]]:
    """`(right|gold|guesses, label)`: spans with the same offsets and label, and how many there are."""
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
    """`(gold label, guessed label)` of every gold sentence; NOTHING where no predicted sentence meets it."""
    pairs = ((sentence["label"], best_overlap(sentence, guesses)) for sentence in gold)
    return Counter((label, guess["label"] if guess else NOTHING) for label, guess in pairs)


def claim_counts(gold: Annotations, guesses: Annotations) -> Counter[tuple[str, ...]]:
    """`gold`, `guesses`, `matched` by content, and of the matched: role by role `exact` and `overlap`, and `whole` triples."""
    counts: Counter[tuple[str, ...]] = Counter({("gold",): len(gold), ("guesses",): len(guesses)})
    for i, j in match_claims(gold, guesses):
        counts["matched",] += 1
        same = {role: same_part(gold[i], guesses[j], role) for role in ("source", "cue", "content")}
        counts.update((role, "exact") for role, equal in same.items() if equal)
        counts.update(
            (role, "overlap")
            for role in same
            if _overlapping(gold[i].get(role), guesses[j].get(role))
        )
        counts["whole",] += all(same.values())
    return counts


def _overlapping(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two parts share half of the longer, or are both missing."""
    return overlaps_by_half(one, other) if one and other else not one and not other


def _without(layers: Mapping[str, Annotations], missing: Iterable[str]) -> dict[str, Annotations]:
    return {layer: annotations for layer, annotations in layers.items() if layer not in missing}


def judged(
    record: Mapping[str, Any], guessed: Mapping[str, Any], place, facts: Mapping[str, str]
) -> Iterator[Judged]:
    """The paragraphs of a gold record beside the record of the model for the same text. `place(paragraph id)` says where it was read."""
    layers = [layer for layer in VIEWS if record.get(layer) is not None]
    sorted_out: dict[str, tuple[dict, dict]] = {
        paragraph["id"]: tuple({layer: [] for layer in layers} for _ in range(2))
        for paragraph in record["paragraphs"]
    }
    for side, annotated in enumerate((record, guessed)):
        for layer in layers:
            for annotation in annotated.get(layer) or ():
                sorted_out[annotation["paragraph"]][side][layer].append(annotation)
    for paragraph in record["paragraphs"]:
        text = paragraph["text"]
        letters = [letter for letter in text if letter.isalpha()]
        capitals = sum(letter.isupper() for letter in letters) > 0.9 * len(letters)
        own = {
            "letters": "capitals" if letters and capitals else "mixed case",
            "marking": paragraph.get("marking") or NOTHING,
            "section": paragraph.get("section") or NOTHING,
        }
        gold, guesses = (
            _without(side, paragraph.get("unannotated", ())) for side in sorted_out[paragraph["id"]]
        )
        yield Judged(
            record["id"],
            paragraph["id"],
            place(paragraph["id"]),
            text,
            gold,
            guesses,
            own | dict(facts),
        )
