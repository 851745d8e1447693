"""The layers over neighbouring tokens, between what is seen of each and the heads."""

from spacy import registry
from thinc.api import Model, Relu, chain, clone, expand_window, residual, with_array
from thinc.types import Floats2d


@registry.architectures("cablespan.ReluWindowEncoder.v1")
def relu_window_encoder(
    width: int, window_size: int, depth: int
) -> Model[list[Floats2d], list[Floats2d]]:
    """spaCy's MaxoutWindowEncoder with rectified units (ReLU), one where a maxout has three pieces:
    twice as wide for the same time.

    Input and output: (tokens, width) for each Doc. Each of `depth` layers reads `window_size`
    tokens more on both sides.
    """
    layer: Model = chain(
        expand_window(window_size),
        Relu(nO=width, nI=width * (2 * window_size + 1), dropout=0.0, normalize=True),
    )
    layers: Model = clone(residual(layer), depth)
    layers.set_dim("nO", width)
    return with_array(layers, pad=window_size * depth)
