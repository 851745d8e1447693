"""What the trained components share: a default model, labels, the loss and a step of training."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import Any

import numpy
from spacy.errors import Errors
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Span
from spacy.training import Example, validate_examples, validate_get_examples
from spacy.vocab import Vocab
from thinc.api import Config, Model, Optimizer, set_dropout_rate
from thinc.types import Floats2d

from cablespan.components.keeping import KeepingBatches, MissingVectors
from cablespan.components.network.storage import StoredInHalf

TOK2VEC = """
[tok2vec]
@architectures = "spacy.Tok2Vec.v2"

[tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 96
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
rows = [5000, 1000, 2500, 2500]
include_static_vectors = false

[tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3
"""
_SAMPLE = 10  # examples from which the network takes its shapes


def default_model(architecture: str, **head: int) -> dict[str, Any]:
    """The model in a component's default config: its head, on a tok2vec of its own."""
    return {"@architectures": architecture, **head, **Config().from_str(TOK2VEC)}


def check_upstream(name: str, model: Model, docs: Iterable[Doc]) -> None:
    """Raises MissingVectors where a component listens to a tok2vec that has not run on the docs.

    spaCy's listener would take zeros for what it has not got, and nothing would be found.
    """
    listens = any(layer.name == "tok2vec-listener" for layer in model.walk())
    if listens and any(len(doc) and not doc.tensor.size for doc in docs):
        raise MissingVectors(
            f"{name} reads the vectors of tok2vec, which did not run before it: add it first, "
            "nlp.add_pipe('tok2vec', source=source), or give the component a copy of its own, "
            f"source.replace_listeners('tok2vec', '{name}', ['model.tok2vec'])"
        )


class TrainedPipe(KeepingBatches, StoredInHalf, TrainablePipe):
    """A component with labels and a model of one softmax; `cfg` is saved beside the model."""

    def __init__(
        self, vocab: Vocab, model: Model, name: str, cfg: dict[str, Any], scorer: Callable | None
    ):
        self.vocab = vocab
        self.model = model
        self.name = name
        self.cfg = {"labels": [], **cfg}
        self.scorer = scorer

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of the network's output."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> tuple[str, ...]:
        """What `spacy init labels` saves."""
        return self.labels

    def add_label(self, label: str) -> int:
        """1 where the label is new, else 0; labels cannot grow once the model has its size:
        ValueError."""
        if label in self.labels:
            return 0
        output = self.model.get_ref("output")
        if output.has_dim("nO"):
            raise ValueError(Errors.E922.format(name=self.name, nO=output.get_dim("nO")))
        self.cfg["labels"].append(label)
        return 1

    @property
    def classes(self) -> Sequence[str]:
        """What the columns of the model's output stand for."""
        return self.labels

    @property
    def class_weights(self) -> Sequence[float]:
        """How much a row of each class counts in training."""
        return [1.0] * len(self.classes)

    def gold_spans(self, reference: Doc) -> Sequence[Span]:
        """The annotated spans of a gold Doc, from which the labels are taken."""
        raise NotImplementedError

    def row_count(self, doc: Doc) -> int:
        """How many rows the model's output has for a Doc."""
        raise NotImplementedError

    def gold_classes(self, example: Example) -> list[str | None]:
        """The right class for each row of the model's output; None where nobody annotated."""
        raise NotImplementedError

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Sets the labels, from the examples if none come in, and the network's shapes."""
        validate_get_examples(get_examples, f"{type(self).__name__}.initialize")
        spans = (self.gold_spans(example.reference) for example in get_examples())
        self.set_labels(Counter(span.label_ for span in chain.from_iterable(spans)), labels)
        sample = [example.x for example in islice(get_examples(), _SAMPLE)]
        shapes = [(self.row_count(doc), len(self.classes)) for doc in sample]
        self.model.initialize(X=sample, Y=[numpy.zeros(shape, dtype="f") for shape in shapes])

    def set_labels(self, counts: Counter[str], labels: Iterable[str] | None) -> None:
        """Adds the labels; where none come in, those that are counted in the gold."""
        for label in sorted(counts) if labels is None else labels:
            self.add_label(label)

    def get_loss(
        self, examples: Iterable[Example], scores: list[Floats2d]
    ) -> tuple[float, list[Floats2d]]:
        """The loss, and its gradient for each doc's scores (rows, classes): weighted guess less
        truth.

        A row that nobody annotated has none, nor one whose class the model does not know.
        """
        columns = {name: column for column, name in enumerate(self.classes)}
        loss, gradients = 0.0, []
        for example, guess in zip(examples, scores, strict=True):
            truth = numpy.zeros_like(guess)
            weights = numpy.zeros((len(guess), 1), dtype="f")
            for row, name in enumerate(self.gold_classes(example)):
                if name in columns:
                    column = columns[name]
                    truth[row, column] = 1
                    weights[row] = self.class_weights[column]
            gradients.append((guess - truth) * weights)
            loss += float((gradients[-1] ** 2).sum())
        return loss, gradients

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict | None = None,
    ) -> dict:
        """One step on the examples that have words; without `sgd` the gradients only add up."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = [example for example in examples if len(example.predicted)]
        validate_examples(examples, f"{type(self).__name__}.update")
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update([example.predicted for example in examples])
        loss, gradients = self.get_loss(examples, scores)
        backprop(gradients)
        if sgd is not None:
            self.finish_update(sgd)
        losses[self.name] += loss
        return losses
