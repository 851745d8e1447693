"""Soft labels: how likely a teacher takes each class of a gold row to be, for a smaller network to
learn beside the gold (knowledge distillation, Hinton et al. 2015).

They are kept as JSON Lines without the text, a stretch of gold a line, found again by the hash of
its words, and hold the rows alone in which the teacher is not sure of what the gold says.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch
from thinc.types import Floats2d

from cablespan.cable import text_hash
from cablespan.components.network.training import TrainedPipe
from cablespan.document import SOFT_LABELS
from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.files import placed_objects
from cablespan.learning.corpus import example_of
from cablespan.learning.gold import Gold, training_doc

SCHEMA = "cablespan.soft-labels/1"
SURE = 0.9
LEAST = 0.02  # a class that is less likely is left out
_BATCH = 16


def soft_labels(teacher: Language, gold: Iterable[Gold]) -> Iterator[dict[str, Any]]:
    """What a trained pipeline makes of some gold, a line for each stretch: by component and first
    token of the row the probabilities of the classes."""
    for batch in minibatch(gold, _BATCH):
        examples = [example_of(training_doc(teacher, known)) for known in batch]
        docs = list(teacher.pipe(example.predicted for example in examples))
        lines: list[dict[str, Any]] = [
            {"schema": SCHEMA, "words": _hash_of_words(doc)} for doc in docs
        ]
        for name, pipe in teacher.pipeline:
            if isinstance(pipe, TrainedPipe):
                guesses = pipe.model.predict(docs)
                for line, example, guess in zip(lines, examples, guesses, strict=True):
                    line[name] = _unsure_rows(pipe, example, guess)
        yield from lines


def _hash_of_words(doc: Doc) -> str:
    return text_hash(" ".join(token.text for token in doc))


def _unsure_rows(
    pipe: TrainedPipe, example: Example, guess: Floats2d
) -> dict[str, dict[str, float]]:
    columns = {name: column for column, name in enumerate(pipe.classes)}
    rows = {}
    for start, gold, probabilities in zip(
        pipe.row_starts(example.predicted), pipe.gold_classes(example), guess, strict=True
    ):
        if gold in columns and _stored(probabilities[columns[gold]]) < SURE:
            rows[str(start)] = {
                name: _stored(probabilities[column])
                for name, column in columns.items()
                if probabilities[column] >= LEAST
            }
    return rows


def _stored(probability: float) -> float:
    """As it stands in the file: what is sure there is sure."""
    return round(float(probability), 2)


class SoftLabels:
    """The soft labels of a file, which count `share` beside the gold's one minus that.

    Raises GoldError where a line is none of them.
    """

    def __init__(self, path: Path, share: float):
        self.path = path
        self.share = share
        self.lines: dict[str, Mapping[str, Any]] = {}
        for place, line in placed_objects(path):
            if line.get("schema") != SCHEMA or "words" not in line:
                remedy = "make it with scripts/soft_labels.py"
                raise GoldError([Problem(place, f"no line of {SCHEMA}", remedy)])
            self.lines[line["words"]] = line

    def add_to(self, docs: Iterable[Doc]) -> Iterator[Doc]:
        """The gold Docs, with what the teacher makes of them where it is known."""
        for doc in docs:
            line = self.lines.get(_hash_of_words(doc))
            if line:
                doc.user_data[SOFT_LABELS] = {**line, "share": self.share}
            yield doc
