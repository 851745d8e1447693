"""Weights that may lie on disk in half precision; those of an encoder in less, see `rounding`."""

from typing import Any, Self

from spacy.language import Language
from spacy.pipeline import Tok2Vec
from spacy.pipeline.tok2vec import DEFAULT_TOK2VEC_MODEL
from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats2d

from cablespan.components.keeping import KeepingBatches


def change_precision(model: Model, kind: str) -> None:
    """Turns all weights of a model's layers into float16 ("e") or float32 ("f")."""
    for node in model.walk():
        for name in filter(node.has_param, node.param_names):
            weights: Any = node.get_param(name)
            node.set_param(name, weights.astype(kind, copy=False))


class StoredInHalf:
    """For a trainable pipe: what was stored in half precision is computed with in full."""

    model: Model

    def from_bytes(self, *args: Any, **options: Any) -> Self:
        """As spaCy's."""
        super().from_bytes(*args, **options)  # type: ignore[misc]
        change_precision(self.model, "f")
        return self

    def from_disk(self, *args: Any, **options: Any) -> Self:
        """As spaCy's."""
        super().from_disk(*args, **options)  # type: ignore[misc]
        change_precision(self.model, "f")
        return self


class CableTok2Vec(KeepingBatches, StoredInHalf, Tok2Vec):
    """spaCy's tok2vec, which may lie on disk in half precision."""


@Language.factory(
    "cable_tok2vec", assigns=["doc.tensor"], default_config={"model": DEFAULT_TOK2VEC_MODEL}
)
def make_tok2vec(nlp: Language, name: str, model: Model[list[Doc], list[Floats2d]]) -> CableTok2Vec:
    """`model`: from Docs to a vector a token, see spaCy's `tok2vec`."""
    return CableTok2Vec(nlp.vocab, model, name)
