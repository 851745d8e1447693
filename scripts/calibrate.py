"""Temperature scaling (Guo et al. 2017): scores of confidence that mean what they say, fitted on
documents that were not trained on.

Each trained head gets the temperature that makes the gold of DEV likeliest; it is kept in the
model, as the attribute `softmax_temperature` of the head's last layer. No label changes, only the
scores.

python scripts/calibrate.py work/small-gold/model-last ../shared/gold/pages-dev.jsonl.gz --output
work/calibrated
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import numpy
import spacy
import typer
from spacy.training import Example
from thinc.types import Floats1d, Floats2d, Ints1d

from cablespan.components.network.training import TrainedPipe
from cablespan.learning.corpus import example_of
from cablespan.learning.gold import read_gold, training_doc

TEMPERATURES = numpy.geomspace(0.5, 4, 61)


def gold_rows(pipe: TrainedPipe, example: Example) -> Ints1d:
    """For each row of the head's output the number of the right column; -1 where nobody
    annotated."""
    numbers = {name: number for number, name in enumerate(pipe.classes)}
    return numpy.array([numbers.get(name, -1) for name in pipe.gold_classes(example)])


def rows_of(pipe: TrainedPipe, examples: Iterable[Example]) -> Iterator[tuple[Floats2d, Ints1d]]:
    """The head's probabilities with the right columns, only where there is gold."""
    for example in examples:
        (probabilities,) = pipe.model.predict([example.predicted])
        right = gold_rows(pipe, example)
        yield probabilities[right >= 0], right[right >= 0]


def log_likelihoods(probabilities: Floats2d, right: Ints1d) -> Floats1d:
    """The mean log likelihood of the right columns at each of TEMPERATURES."""
    logs = numpy.log(probabilities + 1e-8)
    rows = numpy.arange(len(right))
    found = []
    for temperature in TEMPERATURES:
        scaled = logs / temperature
        total = numpy.log(numpy.exp(scaled).sum(axis=1))
        found.append((scaled[rows, right] - total).mean())
    return numpy.array(found)


def main(
    model: Path,
    dev: list[Path],
    output: Annotated[
        Path | None, typer.Option(help="Folder for the result.", show_default="MODEL itself")
    ] = None,
) -> None:
    """Fits the temperatures and writes them into the model's folder, or a copy of it."""
    nlp = spacy.load(model)
    examples = [example_of(training_doc(nlp, gold)) for gold in read_gold(dev)]
    for example in examples:
        example.predicted = nlp(example.predicted)
    if output is not None:
        shutil.copytree(model, output, dirs_exist_ok=True)
    for name, pipe in nlp.pipeline:
        if not isinstance(pipe, TrainedPipe):
            continue
        probabilities, right = zip(*rows_of(pipe, examples), strict=True)
        found = log_likelihoods(numpy.concatenate(probabilities), numpy.concatenate(right))
        attributes = pipe.model.get_ref("output").attrs
        attributes["softmax_temperature"] *= float(TEMPERATURES[found.argmax()])
        print(f"{name}: temperature {attributes['softmax_temperature']:.2f}")
        pipe.to_disk((output or model) / name, exclude=["vocab"])


if __name__ == "__main__":
    typer.run(main)
