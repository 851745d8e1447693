"""How a transformer under the heads reads a cable, and how it is tuned on a CPU.

torch is imported where it is needed alone: the small pipeline does without.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import SimpleFrozenDict, registry
from thinc.api import Model

EMPTY: dict[str, Any] = SimpleFrozenDict()


def windows(length: int, longest: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Start and end of the fewest windows of equal size that cover `length` tokens.

    Equal ones need no padding: with windows of one size and a short last one, a third of what an
    encoder reads of our gold is padding and overlap, with these an eighth.

    >>> list(windows(500, longest=288, overlap=32))
    [(0, 266), (234, 500)]
    """
    if not length:
        return
    count = 1 if length <= longest else -(-(length - overlap) // (longest - overlap))
    size = -(-(length + (count - 1) * overlap) // count)
    for number in range(count):
        start = max(0, min(number * (size - overlap), length - size))
        yield start, min(start + size, length)


def even_windows(longest: int, overlap: int) -> Callable[[list[Doc]], list[list[Span]]]:
    """Span getter "cablespan.even_windows.v1": each Doc in windows of equal size, see `windows`.

    Registered by its entry point alone: the registry is spacy-transformers' own.
    """
    return partial(_spans_of_windows, longest=longest, overlap=overlap)


def packed_transformer(
    name: str,
    get_spans: Callable[[list[Doc]], list[list[Span]]],
    tokenizer_config: dict[str, Any] = EMPTY,
    transformer_config: dict[str, Any] = EMPTY,
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = EMPTY,
) -> Model:
    """Architecture "cablespan.PackedTransformer.v1": spacy-transformers' TransformerModel.v3, whose
    matrices, where they are rounded, are stored in four bits a weight, see `rounding`."""
    from spacy_transformers import TransformerModel

    from cablespan.components.network.rounding import PackingShim

    model = TransformerModel(name, get_spans, tokenizer_config, transformer_config)
    (shim,) = model.layers[0].shims
    model.layers[0].shims[0] = PackingShim(
        shim._hfmodel,
        mixed_precision=mixed_precision,
        grad_scaler_config=dict(grad_scaler_config),
    )
    return model


# A function of the module: a pipeline that holds it can be pickled.
def _spans_of_windows(docs: list[Doc], *, longest: int, overlap: int) -> list[list[Span]]:
    return [[doc[start:end] for start, end in windows(len(doc), longest, overlap)] for doc in docs]


@registry.callbacks("cablespan.tune_encoder.v1")
def tune_encoder(
    bfloat16: bool, frozen_layers: int = 0, rounded: bool = False
) -> Callable[[Language], Language]:
    """For `[initialize.after_init]`: makes the training of a pipeline's transformer cheaper.

    `bfloat16`: matrix products in half the bits, for CPUs that have them (spacy-transformers' own
    `mixed_precision` is for GPUs alone); weights stay in float32, and what is saved loads as any
    other pipeline. `frozen_layers`: so many layers from below, and the embeddings of words and
    positions, stay as they are. `rounded`: learns to do with four bits a weight, see `rounding`.
    """

    def tune(nlp: Language) -> Language:
        transformer: Any = nlp.get_pipe("transformer")
        encoder = transformer.model.transformer
        if bfloat16:
            encoder.forward = _in_bfloat16(encoder.forward)
        if frozen_layers:
            _freeze(encoder, frozen_layers)
        if rounded:
            from cablespan.components.network.rounding import round_encoder

            round_encoder(encoder, learns=True)
        return nlp

    return tune


def _freeze(encoder, count: int) -> None:
    layers = encoder.encoder.layer
    if count >= len(layers):
        raise ValueError(
            f"frozen_layers is {count}, all that the encoder has: leave some to learn, "
            "or name the transformer in training.frozen_components"
        )
    encoder.requires_grad_(False)
    for layer in layers[count:]:
        layer.requires_grad_(True)


def _in_bfloat16(forward: Callable) -> Callable:
    import torch

    def wrapped(*inputs, **named):
        with torch.autocast("cpu", torch.bfloat16):
            return _in_float32(forward(*inputs, **named))

    return wrapped


def _in_float32(output: Any) -> Any:
    """The same for numpy, which the heads compute with and which knows no bfloat16."""
    return type(output)({name: value.float() for name, value in output.items()})


def predict_in_bfloat16(nlp: Language) -> None:
    """Lets a pipeline's transformer predict by a copy of its weights in half the bits: twice as
    fast on a CPU that has such products. It is trained and saved as before."""
    transformer: Any = nlp.get_pipe("transformer")
    encoder = transformer.model.transformer
    encoder.forward = _Halved(encoder)


class _Halved:
    """An encoder's forward: predictions by a copy of it, which is made anew after training."""

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.forward = encoder, encoder.forward
        self.copy: Any = None

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        import torch

        if self.encoder.training:
            self.copy = None
            return self.forward(*inputs, **named)
        if self.copy is None:
            del self.encoder.forward
            self.copy = deepcopy(self.encoder).to(torch.bfloat16)
            self.encoder.forward = self
        return _in_float32(self.copy(*inputs, **named))
