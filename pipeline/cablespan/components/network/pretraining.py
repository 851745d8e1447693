"""Pretraining of a small pipeline's tok2vec: it learns what a transformer makes of each token."""

from collections.abc import Callable
from typing import Any

import numpy
from spacy.ml.models.multi_task import list2array
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Linear, Model, chain
from thinc.types import Floats2d

from cablespan.document import STATES


@registry.architectures("cablespan.PretrainStates.v1")
def pretrain_states(width: int) -> Callable[[Vocab, Model], Model]:
    """Objective for `spacy pretrain`: a linear layer on the tok2vec tells, of each token, the
    `width` numbers that `doc.user_data["transformer_states"]` holds, shape (tokens, width).

    Hidden states as what a small network learns from a large one: TinyBERT (Jiao et al. 2020,
    https://aclanthology.org/2020.findings-emnlp.372). scripts/transformer_states.py makes them.
    """

    def objective(_vocab: Vocab, tok2vec: Model[list[Doc], list[Floats2d]]) -> Model:
        output: Model = chain(list2array(), Linear(width, tok2vec.get_dim("nO")))
        model: Model = chain(tok2vec, output)
        model.set_ref("tok2vec", tok2vec)
        model.attrs["loss"] = states_loss
        return model

    return objective


def states_loss(_ops: Any, docs: list[Doc], predicted: Floats2d) -> tuple[float, Floats2d]:
    """The mean squared error of a token's state, and its gradient; raises ValueError where a Doc
    has no states."""
    if not all(STATES in doc.user_data for doc in docs):
        raise ValueError(
            f"a text to pretrain on has no {STATES!r} in its user data: "
            "make the corpus with scripts/transformer_states.py"
        )
    states = numpy.concatenate([doc.user_data[STATES] for doc in docs])
    difference = predicted - states.astype("f")
    return float((difference**2).mean()), difference / len(difference)
