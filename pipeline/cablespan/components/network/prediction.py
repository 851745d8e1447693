"""Layers that predict without what only training needs: the same numbers in less time and memory.

thinc's layers hold all that their gradients need, 20 kB for each token, until the last of them is
done, and find out which of a maxout's pieces was the largest.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, cast

import numpy
from spacy.language import Language
from thinc.api import Model, NumpyOps
from thinc.layers.with_array import forward as forward_with_array

# Rows that are computed at once: what a layer makes of them stays in the processor's cache.
BLOCK = 512

Predict = Callable[[Model, Any], Any]


def speed_up(nlp: Language) -> None:
    """Lets the trained components of a pipeline predict by the layers here, on a CPU."""
    for _, component in nlp.pipeline:
        for layer in component.model.walk() if hasattr(component, "model") else ():
            predict = _in_blocks if layer.attrs.get("pad") else _PREDICT.get(layer.name)
            if predict and isinstance(layer.ops, NumpyOps):
                predict_by(layer, predict)


def predict_by(layer: Model, predict: Predict) -> Model:
    """Lets a layer predict by a function of its own; it is trained as before."""
    layer._func = partial(_forward, layer._func, predict)
    return layer


def _forward(
    train: Callable, predict: Predict, model: Model, X: Any, is_train: bool
) -> tuple[Any, Callable]:
    return train(model, X, is_train) if is_train else (predict(model, X), no_backprop)


def no_backprop(gradient: Any) -> Any:
    """In place of a layer's backpropagation, for which a prediction keeps nothing: always a
    RuntimeError."""
    raise RuntimeError("a prediction has no gradient: call the model with is_train=True")


def _maxout(model: Model, X: numpy.ndarray) -> numpy.ndarray:
    ops: Any = model.ops
    W, b = cast(Any, model.get_param("W")), cast(Any, model.get_param("b"))
    Y = ops.affine(X, W[:, 0], b[:, 0])
    for piece in range(1, model.get_dim("nP")):
        numpy.maximum(Y, ops.affine(X, W[:, piece], b[:, piece]), out=Y)
    return Y


def _relu(model: Model, X: numpy.ndarray) -> numpy.ndarray:
    ops: Any = model.ops
    Y = ops.affine(X, model.get_param("W"), model.get_param("b"))
    return numpy.maximum(Y, 0, out=Y)


def _layernorm(model: Model, X: numpy.ndarray) -> numpy.ndarray:
    Y = X - X.mean(axis=1, keepdims=True)
    variance = (Y * Y).mean(axis=1, keepdims=True) + 1e-08
    Y *= variance ** (-1.0 / 2.0)
    Y *= model.get_param("G")
    Y += model.get_param("b")
    return Y


def _in_blocks(model: Model, Xs: Any) -> Any:
    """`with_array` over lists, a block of rows after the other.

    Its `pad` is how far a row of its layer sees, so that rows with as many more on both sides are
    computed as among all.
    """
    if not isinstance(Xs, list):
        return forward_with_array(model, Xs, is_train=False)[0]
    layer, margin = model.layers[0], model.attrs["pad"]
    ops: Any = layer.ops
    X = ops.flatten(Xs, pad=margin)
    # Blocks of equal size: matrix products of a few rows alone are rounded in another way.
    bounds = numpy.linspace(0, len(X), -(-len(X) // BLOCK) + 1, dtype=int).tolist()
    parts = []
    for start, end in pairwise(bounds):
        first = max(0, start - margin)
        part = layer.predict(X[first : end + margin])
        parts.append(part[start - first : end - first])
    lengths = numpy.array([len(X) for X in Xs], dtype="i")
    return ops.unflatten(numpy.concatenate(parts), lengths, pad=margin)


_PREDICT: dict[str, Predict] = {"maxout": _maxout, "relu": _relu, "layernorm": _layernorm}
