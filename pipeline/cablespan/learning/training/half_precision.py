"""A transformer's matrix products in half the bits: faster training on CPUs that have bfloat16."""

from collections.abc import Callable

from spacy.language import Language
from spacy.util import registry


@registry.callbacks("cablespan.bfloat16.v1")
def bfloat16() -> Callable[[Language], Language]:
    """For `[initialize.after_init]`: the encoder computes in bfloat16, its weights stay in float32.

    torch.autocast does it on a CPU; spacy-transformers' own `mixed_precision` is for GPUs alone. What is
    trained so is saved, and loads, as any other pipeline. Does nothing where the pipeline has no
    transformer.
    """

    def wrap(nlp: Language) -> Language:
        if "transformer" in nlp.pipe_names:
            encoder = nlp.get_pipe("transformer").model.transformer
            encoder.forward = _in_bfloat16(encoder.forward)
        return nlp

    return wrap


def _in_bfloat16(forward: Callable) -> Callable:
    import torch

    def wrapped(*inputs, **named):
        with torch.autocast("cpu", torch.bfloat16):
            output = forward(*inputs, **named)
        # numpy, which the heads compute with, knows no bfloat16
        return type(output)({name: value.float() for name, value in output.items()})

    return wrapped
