"""Where a model is wrong, paragraph by paragraph, the worst first."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cablespan.learning.agreement.matching import (
    match_claims,
    match_exactly,
    overlap,
    same_part,
    unmatched,
)
from cablespan.learning.evaluation.counts import NOTHING, Judged, best_overlap

# A guess without a score counts as sure, a gold span that was missed as half of a sure mistake.
SURE, MISSED = 1.0, 0.5


def errors(paragraphs: Iterable[Judged]) -> list[dict[str, Any]]:
    """The paragraphs with mistakes, each with `errors` and their `weight`: how sure the model was
    of what is wrong, summed."""
    wrong = []
    for paragraph in paragraphs:
        mistakes = [
            *entity_errors(paragraph),
            *statement_errors(paragraph),
            *claim_errors(paragraph),
        ]
        if mistakes:
            weight = sum(mistake.pop("weight") for mistake in mistakes)
            wrong.append(
                {
                    "document": paragraph.document,
                    "paragraph": paragraph.paragraph,
                    "place": paragraph.place,
                    "text": paragraph.text,
                    "weight": round(weight, 3),
                    "errors": sorted(mistakes, key=lambda mistake: mistake["start"]),
                }
            )
    return sorted(wrong, key=lambda entry: (-entry["weight"], entry["paragraph"]))


def _error(
    layer: str, span: Mapping[str, Any], gold: str, guess: str, weight: float
) -> dict[str, Any]:
    return {
        "layer": layer,
        "start": span["start"],
        "end": span["end"],
        "gold": gold,
        "guess": guess,
        "weight": weight,
    }


def _weight(guess: Mapping[str, Any]) -> float:
    score = guess.get("score")
    return SURE if score is None else score


def entity_errors(paragraph: Judged) -> Iterator[dict[str, Any]]:
    """Missed and wrong entities; a guess that overlaps a missed one is told with it."""
    gold, guesses = paragraph.gold.get("entities", ()), paragraph.guesses.get("entities", ())
    missed, wrong = unmatched(gold, guesses, match_exactly(gold, guesses))
    for entity in missed:
        over = [guess for guess in wrong if overlap(entity, guess)]
        told = "; ".join(_quoted(paragraph, guess["label"], guess) for guess in over)
        weight = max(map(_weight, over), default=MISSED)
        yield _error("entities", entity, entity["label"], told or NOTHING, weight)
    for guess in wrong:
        if not any(overlap(entity, guess) for entity in missed):
            yield _error("entities", guess, NOTHING, guess["label"], _weight(guess))


def _quoted(paragraph: Judged, name: str, span: Mapping[str, Any] | None) -> str:
    return f"{name} “{paragraph.text[span['start'] : span['end']] if span else NOTHING}”"


def statement_errors(paragraph: Judged) -> Iterator[dict[str, Any]]:
    """Gold sentences whose predicted sentence has another label, or that none meets."""
    for sentence in paragraph.gold.get("statements", ()):
        guess = best_overlap(sentence, paragraph.guesses["statements"])
        label = guess["label"] if guess else NOTHING
        if label != sentence["label"]:
            yield _error(
                "statements",
                sentence,
                sentence["label"],
                label,
                _weight(guess) if guess else MISSED,
            )


def claim_errors(paragraph: Judged) -> Iterator[dict[str, Any]]:
    """Claims that one side has alone, and claims of both with another source or cue."""
    gold, guesses = paragraph.gold.get("claims", ()), paragraph.guesses.get("claims", ())
    pairs = match_claims(gold, guesses)

    def told(claim: Mapping[str, Any], *roles: str) -> str:
        return "; ".join(_quoted(paragraph, role, claim.get(role)) for role in roles)

    for i, j in pairs:
        claim, guess = gold[i], guesses[j]
        other = [role for role in ("source", "cue") if not same_part(claim, guess, role)]
        if other:
            parts = told(claim, *other), told(guess, *other)
            yield _error("claims", claim["content"], *parts, MISSED)
    missed, wrong = unmatched(gold, guesses, pairs)
    for claim in missed:
        yield _error("claims", claim["content"], told(claim, "source", "cue"), NOTHING, MISSED)
    for claim in wrong:
        yield _error("claims", claim["content"], NOTHING, told(claim, "source", "cue"), SURE)
