"""Weights in four bits each, unpacked without torch; see `rounding`, which packs them."""

from functools import cache
from typing import Any

import numpy
import srsly
from numpy import ndarray

GROUP = 64
# Quantiles of a normal distribution and a zero: Dettmers et al. 2023, appendix E.
BELOW = (-1.0, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500, 0.0)
ABOVE = (0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0)
LEVELS = BELOW + ABOVE


def unpacked(kept: ndarray | list[ndarray]) -> ndarray:
    """A matrix as it is computed with: codes and scales of `rounding.pack`, or the matrix itself.

    >>> codes, scales = numpy.full((1, 32), 0xF0, "uint8"), numpy.full((1, 1), 2, "float16")
    >>> unpacked([codes, scales])[0, :3].tolist()
    [2.0, -2.0, 2.0]
    """
    if isinstance(kept, ndarray):
        return kept
    codes, scales = kept
    groups = _pairs()[codes].reshape(*scales.shape, GROUP)
    groups *= scales.astype("float32")[..., None]
    return groups.reshape(len(codes), -1)


@cache
def _pairs() -> ndarray:
    """The two levels of each byte, (256, 2)."""
    levels = numpy.array(LEVELS, "float32")
    return numpy.stack([levels.repeat(len(levels)), numpy.tile(levels, len(levels))], axis=1)


def transformer_message(model: bytes) -> dict[str, Any]:
    """What spacy-transformers' shim has stored in the bytes of a transformer's model: `config`,
    `state` (weights by name) and `tokenizer` (files by name)."""
    (shim,) = filter(None, srsly.msgpack_loads(model)["shims"])
    message: dict[str, Any] = srsly.msgpack_loads(shim[0])
    return message
