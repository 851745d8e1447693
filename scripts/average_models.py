"""The mean of the weights of a pipeline and of what went on from it (WiSE-FT, Wortsman et al. 2022).

Half of the way back costs nothing on the real pages that the later one was trained on, and keeps what the earlier one knew of telegrams.

python scripts/average_models.py work/student/model-best work/small-pages/model-best work/small-mean --keep statements
"""

from pathlib import Path
from typing import Annotated

import spacy
import typer

from cablespan.components.network.training import TrainedPipe


def main(
    earlier: Path,
    later: Path,
    output: Path,
    keep: Annotated[
        list[str] | None, typer.Option(help="Components that are taken from LATER as they are.")
    ] = None,
) -> None:
    """Writes LATER with the mean of both pipelines' weights in every component that has some."""
    nlp, before = spacy.load(later), spacy.load(earlier)
    for name, pipe in nlp.pipeline:
        has_weights = isinstance(pipe, TrainedPipe) or name == "tok2vec"
        if not has_weights or name in (keep or ()):
            continue
        nodes = zip(pipe.model.walk(), before.get_pipe(name).model.walk(), strict=True)
        for node, other in nodes:
            for key in node.param_names:
                if node.has_param(key):
                    node.set_param(key, (node.get_param(key) + other.get_param(key)) / 2)
    nlp.to_disk(output)


if __name__ == "__main__":
    typer.run(main)
