"""Taggers that mark neither too much nor too little, and scores of confidence that mean what they
say, fitted on documents that were not trained on.

The outside tag of each span tagger is made likelier or less likely until the tagger marks as many
spans as the gold of DEV and --also: a shift of the bias of its last layer. Then each trained head
gets the temperature that makes the gold of DEV likeliest (temperature scaling, Guo et al. 2017),
kept as the attribute `softmax_temperature` of its last layer, which changes scores and no label. A
second run changes next to nothing.

python scripts/calibrate.py work/small-gold/model-best ../shared/gold/pages-dev.jsonl.gz --output
work/calibrated
"""

import shutil
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy
import spacy
import typer
from spacy.training import Example
from thinc.types import Floats1d, Floats2d, Ints1d

from cablespan.components.network.span_tagger import OUTSIDE, SpanTagger, decode
from cablespan.components.network.spans import sentence_lengths
from cablespan.components.network.training import TrainedPipe
from cablespan.learning.corpus import example_of
from cablespan.learning.gold import read_gold, training_doc

TEMPERATURES = numpy.geomspace(0.25, 4, 81)
# Added to the log probability of the outside tag.
OUTSIDE_SHIFTS = numpy.linspace(-2, 2, 81, dtype="f").tolist()


def gold_rows(pipe: TrainedPipe, example: Example) -> Ints1d:
    """For each row of the head's output the number of the right column; -1 where nobody
    annotated."""
    numbers = {name: number for number, name in enumerate(pipe.classes)}
    return numpy.array([numbers.get(name, -1) for name in pipe.gold_classes(example)])


def outside_column(tagger: SpanTagger) -> Floats1d:
    """One in the column of the outside tag, zero in all others."""
    return numpy.array([tag == OUTSIDE for tag in tagger.tags], dtype="f")


def log_likelihoods(logs: Floats2d, right: Ints1d) -> Floats1d:
    """The mean log likelihood of the right columns, where there is gold, at each of
    TEMPERATURES."""
    annotated = right >= 0
    logs, right = logs[annotated], right[annotated]
    rows = numpy.arange(len(right))
    found = []
    for temperature in TEMPERATURES:
        scaled = logs / temperature
        total = numpy.log(numpy.exp(scaled).sum(axis=1))
        found.append((scaled[rows, right] - total).mean())
    return numpy.array(found)


def balancing_shift(tagger: SpanTagger, logs: Floats2d, right: Ints1d, lengths: list[int]) -> float:
    """The first of OUTSIDE_SHIFTS at which the tagger marks no more spans than the gold, where
    there is gold."""
    begins = numpy.array([tag[0] in "BU" for tag in tagger.tags])
    annotated = right >= 0
    outside = outside_column(tagger)
    gold = begins[right[annotated]].sum()

    def missing(shift: float) -> int:
        tags = decode(logs + shift * outside, lengths, *tagger.transitions())
        return gold - begins[tags[annotated]].sum()

    place = bisect_left(OUTSIDE_SHIFTS, 0, key=missing)
    return OUTSIDE_SHIFTS[min(place, len(OUTSIDE_SHIFTS) - 1)]


def log_probabilities(pipe: TrainedPipe, examples: Sequence[Example]) -> tuple[Floats2d, Ints1d]:
    """Of all rows of the head's output, and the numbers of the right columns."""
    probabilities = pipe.model.predict([example.predicted for example in examples])
    right = [gold_rows(pipe, example) for example in examples]
    return numpy.log(numpy.concatenate(probabilities) + 1e-8), numpy.concatenate(right)


def balance(tagger: SpanTagger, examples: Sequence[Example]) -> None:
    """Fits the bias of the outside tag."""
    logs, right = log_probabilities(tagger, examples)
    lengths = [length for example in examples for length in sentence_lengths(example.predicted)]
    shift = balancing_shift(tagger, logs, right, lengths)
    output = tagger.model.get_ref("output")
    change = shift * output.attrs["softmax_temperature"] * outside_column(tagger)
    output.set_param("b", output.get_param("b") + change)
    print(f"{tagger.name}: outside tag {shift:+.2f}")


def scale(pipe: TrainedPipe, examples: Sequence[Example]) -> None:
    """Fits the temperature."""
    found = log_likelihoods(*log_probabilities(pipe, examples))
    attributes = pipe.model.get_ref("output").attrs
    attributes["softmax_temperature"] *= float(TEMPERATURES[found.argmax()])
    print(f"{pipe.name}: temperature {attributes['softmax_temperature']:.2f}")


def main(
    model: Path,
    dev: list[Path],
    also: Annotated[
        list[Path] | None, typer.Option(help="More gold to mark as many spans as.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the result.", show_default="MODEL itself")
    ] = None,
) -> None:
    """Fits biases and temperatures and writes them into the model's folder, or a copy of it."""
    nlp = spacy.load(model)
    examples, more = (
        [example_of(training_doc(nlp, gold)) for gold in read_gold(files)]
        for files in (dev, also or ())
    )
    if output is not None:
        shutil.copytree(model, output, dirs_exist_ok=True)
    for name, pipe in nlp.pipeline:
        if isinstance(pipe, SpanTagger):
            balance(pipe, examples + more)
        if isinstance(pipe, TrainedPipe):
            scale(pipe, examples)
            pipe.to_disk((output or model) / name, exclude=["vocab"])
        # What comes after sees what the calibrated head says.
        for example in examples + more:
            example.predicted = pipe(example.predicted)


if __name__ == "__main__":
    typer.run(main)
