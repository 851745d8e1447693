"""Long documents through a tok2vec window by window: its layers hold 20 kB for each token until the
last of them is done, 2 GB for 100,000 characters without words.
"""

from collections.abc import Callable, Iterable
from functools import partial

import numpy
from spacy.pipeline import Tok2Vec
from spacy.tokens import Doc

# Tokens that are read at once, far more than a cable has; and those on both sides that a token is
# read with: the encoder sees four, a name of the lexicon is not longer.
WINDOW, MARGIN = 8192, 16


def bound_memory(tok2vec: Tok2Vec) -> None:
    """Makes the component read long documents window by window, with the same vectors."""
    # On the object: which class a pipeline's tok2vec has, the config of its model says.
    bounded = partial(predict_in_windows, tok2vec.predict)
    tok2vec.predict = bounded  # type: ignore[method-assign]


def predict_in_windows(
    predict: Callable[[list[Doc]], list[numpy.ndarray]], docs: Iterable[Doc], window: int = WINDOW
) -> list[numpy.ndarray]:
    """The vectors (tokens, width) of each Doc, where `predict` need not see more than a window."""
    docs = list(docs)
    if all(len(doc) <= window for doc in docs):
        return predict(docs)
    return [_vectors(predict, doc, window) for doc in docs]


def _vectors(
    predict: Callable[[list[Doc]], list[numpy.ndarray]], doc: Doc, window: int
) -> numpy.ndarray:
    if len(doc) <= window:
        return predict([doc])[0]
    parts = []
    for start in range(0, len(doc), window):
        first, end = max(0, start - MARGIN), start + window
        [vectors] = predict([doc[first : end + MARGIN].as_doc()])
        parts.append(vectors[start - first : end - first])
    return numpy.concatenate(parts)
