"""Makes the encoder of a trained pipeline smaller: fewer layers, or four bits a weight.

python scripts/shrink_encoder.py work/transformer/model-last work/transformer-ten --layers 10
python scripts/shrink_encoder.py work/transformer-through/model-last work/transformer-rounded
--rounded
"""

from pathlib import Path
from typing import Annotated

import spacy
import typer

from cablespan.components.network.rounding import round_encoder


def main(
    model: Path,
    output: Path,
    layers: Annotated[int | None, typer.Option(help="So many from below stay.")] = None,
    rounded: Annotated[bool, typer.Option("--rounded", help="Round all matrices.")] = False,
) -> None:
    """Writes MODEL, whose heads stay as they are, as OUTPUT."""
    nlp = spacy.load(model)
    encoder = nlp.get_pipe("transformer").model.transformer
    if layers:
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = len(encoder.encoder.layer)
    if rounded:
        round_encoder(encoder)
    nlp.to_disk(output)
    count = sum(weights.numel() for weights in encoder.parameters())
    print(f"{output}: {encoder.config.num_hidden_layers} layers, {count / 1e6:.1f} million weights")


if __name__ == "__main__":
    typer.run(main)
