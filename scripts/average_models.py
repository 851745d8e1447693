"""The mean of the weights of a pipeline and of what went on from it (WiSE-FT, Wortsman et al.
2022).

Half of the way back costs nothing on the real pages that the later one was trained on, and keeps
what the earlier one knew of telegrams.

python scripts/average_models.py work/small-gold/model-last work/small-pages/model-last
work/small-mean --keep statements
"""

from pathlib import Path
from typing import Annotated

import spacy
import typer

from cablespan.learning.training.finetuning import mix_weights


def main(
    earlier: Path,
    later: Path,
    output: Path,
    keep: Annotated[
        list[str] | None, typer.Option(help="Components that are taken from LATER as they are.")
    ] = None,
) -> None:
    """Writes LATER with the mean of both pipelines' weights in every component that has some."""
    nlp = spacy.load(later)
    mix_weights(nlp, spacy.load(earlier), keep=keep or ())
    nlp.to_disk(output)


if __name__ == "__main__":
    typer.run(main)
