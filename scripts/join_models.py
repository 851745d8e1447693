"""Joins the taggers of a small pipeline to those of a transformer: a product of experts (Hinton
2002), the weighted mean of their scores.

The transformer knows what words mean, the small pipeline how they are spelled and what the lexicon
has of them: they err in different places. The heads of both are laid side by side into one network,
so that an ordinary pipeline comes out, which can be trained on. Statements stay the transformer's.

python scripts/join_models.py work/transformer/model-last work/small-mean work/joined
"""

from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

import numpy
import spacy
import typer
from spacy.language import Language
from spacy.util import load_model_from_config
from thinc.api import Config, Model

TAGGERS = ("ner", "claim_tagger")
VECTORS = "static_vectors"


def joined_config(transformer: Language, small: Language, source: Path) -> Config:
    """The config of the pipeline at SOURCE, whose taggers read the small one's tok2vec as well."""
    config = transformer.config.copy()
    parts = config["components"]
    for name in set(transformer.pipe_names) - {*TAGGERS}:
        parts[name] = {"source": str(source)}
    pipeline: list[str] = config["nlp"]["pipeline"]
    pipeline.insert(pipeline.index("transformer"), "tok2vec")
    tok2vec = small.config["components"]["tok2vec"]["model"]
    # The encoder knows what words mean: without word vectors the joined scores were as good.
    tok2vec["embed"]["include_static_vectors"] = False
    parts["tok2vec"] = {"factory": "cable_tok2vec", "model": tok2vec}
    for name in TAGGERS:
        model, other = parts[name]["model"], small.config["components"][name]["model"]
        model["tok2vec"] = {
            "@architectures": "cablespan.WithFeatures.v1",
            "tok2vec": model["tok2vec"],
            "features": other["tok2vec"],
        }
        for size in ("hidden", "context"):
            model[size] += other[size]
    return config


def copy_without_vectors(source: Model, target: Model) -> None:
    """Copies a tok2vec's weights to one that is like it but for word vectors."""
    tables = next(node for node in source.walk() if VECTORS in (n.name for n in node.layers))
    names = [table.name for table in tables.layers]
    starts = numpy.cumsum([0, *(table.get_dim("nO") for table in tables.layers)])
    dropped = numpy.arange(*starts[names.index(VECTORS) :][:2])
    left = [node for node in source.walk() if node.name != VECTORS]
    for node, other in zip(left, target.walk(), strict=True):
        for name in filter(node.has_param, node.param_names):
            weights: Any = node.get_param(name)
            if name == "W" and weights.shape[-1] == tables.get_dim("nO"):
                weights = numpy.delete(weights, dropped, axis=-1)
            other.set_param(name, weights)


class Head(NamedTuple):
    """The layers of a span tagger's head that have weights."""

    context: Model
    hidden: Model
    output: Model

    @classmethod
    def of(cls, tagger: Model) -> Self:
        layers = {node.name: node for node in tagger.walk() if node.name in ("mish", "softmax")}
        (hidden,) = [node for node in tagger.layers[1].walk() if node.name == "maxout"]
        return cls(layers["mish"], hidden, layers["softmax"])


def lay_side_by_side(joined: Model, experts: list[tuple[Model, float]]) -> None:
    """Sets a tagger's head to one whose scores are the weighted mean of the experts' scores.

    Each expert sees its own token vectors, its own running maxima of the sentence, its own hidden
    numbers; only the last layer adds up what they say.
    """
    whole = Head.of(joined)
    for layer in whole:
        for name in ("W", "b"):
            layer.set_param(name, numpy.zeros_like(layer.get_param(name)))
    contexts, words = whole.context.get_param("W").shape
    word = context = row = 0
    for tagger, weight in experts:
        head = Head.of(tagger)
        size, width = head.context.get_param("W").shape
        rows = numpy.arange(row, row + head.hidden.get_dim("nO"))
        columns = numpy.arange(word, word + width)
        seen = numpy.arange(context, context + size)
        inputs = numpy.concatenate([columns, words + seen, words + contexts + seen])
        pieces = numpy.arange(head.hidden.get_dim("nP"))
        whole.context.get_param("W")[numpy.ix_(seen, columns)] = head.context.get_param("W")
        whole.context.get_param("b")[seen] = head.context.get_param("b")
        whole.hidden.get_param("W")[numpy.ix_(rows, pieces, inputs)] = head.hidden.get_param("W")
        whole.hidden.get_param("b")[rows] = head.hidden.get_param("b")
        scale = weight / head.output.attrs["softmax_temperature"]
        whole.output.get_param("W")[:, rows] = scale * head.output.get_param("W")
        whole.output.get_param("b")[:] += scale * head.output.get_param("b")
        word, context, row = word + width, context + size, row + len(rows)


def joined(transformer: Path, small: Path, shares: dict[str, float]) -> Language:
    """The pipeline TRANSFORMER with SMALL's taggers in its own, by `shares` of their scores."""
    large, light = spacy.load(transformer), spacy.load(small)
    nlp = load_model_from_config(joined_config(large, light, transformer), auto_fill=True)
    (doc,) = nlp.pipe(["Post agreed."], disable=["ner", "claim_tagger", "statements", "tok2vec"])
    tok2vec = nlp.get_pipe("tok2vec")
    tok2vec.model.initialize(X=[doc])
    copy_without_vectors(light.get_pipe("tok2vec").model, tok2vec.model)
    for name, share in shares.items():
        pipe, first, second = (pipeline.get_pipe(name) for pipeline in (nlp, large, light))
        if first.labels != second.labels:
            raise ValueError(f"{name}: the labels of {transformer} and {small} differ")
        pipe.cfg |= first.cfg
        pipe.model.initialize(X=[doc], Y=[numpy.zeros((len(doc), len(pipe.classes)), dtype="f")])
        pipe.model.layers[0].layers[0].from_bytes(first.model.layers[0].to_bytes())
        lay_side_by_side(pipe.model, [(first.model, 1 - share), (second.model, share)])
    return nlp


def main(
    transformer: Path,
    small: Path,
    output: Path,
    ner: Annotated[float, typer.Option(help="The small pipeline's share in entities.")] = 0.6,
    claims: Annotated[float, typer.Option(help="... and in the parts of claims.")] = 0.3,
) -> None:
    """Writes TRANSFORMER, joined with SMALL in its taggers, as OUTPUT."""
    joined(transformer, small, dict(zip(TAGGERS, (ner, claims), strict=True))).to_disk(output)


if __name__ == "__main__":
    typer.run(main)
