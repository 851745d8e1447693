"""A trained classifier of statements: one label for each sentence, from its tokens, its place in
the cable and its neighbours."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from spacy.language import Language
from spacy.scorer import PRFScore
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Model
from thinc.types import Floats2d

from cablespan.components.network.training import TrainedPipe, check_upstream, default_model
from cablespan.components.sentences import statement_spans
from cablespan.document import STATEMENTS, text_of

DEFAULT_MODEL = default_model("cablespan.SentenceClassifier.v3", width=96, hidden=96, depth=2)


@Language.factory(
    "cable_sentence_classifier",
    requires=["token.is_sent_start"],
    assigns=["doc.spans", "span._.statement"],
    default_config={
        "model": DEFAULT_MODEL,
        "label_weight": 0.0,
        "loss_weight": 1.0,
        "scorer": {"@scorers": "cablespan.statement_scorer.v1"},
    },
    default_score_weights={"statements_macro_f": 0.5, "statements_acc": 0.5},
)
def make_sentence_classifier(
    nlp: Language,
    name: str,
    model: Model,
    label_weight: float,
    loss_weight: float,
    scorer: Callable | None,
) -> "SentenceClassifier":
    """`label_weight` w weighs a label of frequency f by (1/f)**w in training: 0 all sentences
    alike, 1 all labels alike.

    `loss_weight` multiplies all of it: sentences are few beside the tokens that taggers on the same
    tok2vec learn from.
    """
    return SentenceClassifier(
        nlp.vocab, model, name, label_weight=label_weight, loss_weight=loss_weight, scorer=scorer
    )


def overlapping_label(span: Span, others: Iterable[Span]) -> str | None:
    """The label of the one of `others` that shares most characters with the span; None without.

    >>> import spacy
    >>> doc = spacy.blank("en")("Post agreed. He left.")
    >>> overlapping_label(doc[0:3], [Span(doc, 0, 1, "ADMIN"), Span(doc, 1, 6, "REPORT")])
    'REPORT'
    """
    best, label = 0, None
    for other in others:
        shared = min(span.end_char, other.end_char) - max(span.start_char, other.start_char)
        if shared > best:
            best, label = shared, other.label_
    return label


def statement_score(examples: Iterable[Example], **config: Any) -> dict[str, Any]:
    """Accuracy and F1 over the gold sentences, each judged by the guess that overlaps it most."""
    pairs = Counter(pair for example in examples for pair in _gold_and_guess(example))
    if not pairs:
        return {"statements_acc": None, "statements_macro_f": None, "statements_per_type": None}
    scores = {label: _label_score(pairs, label) for label in sorted(set(chain(*pairs)) - {""})}
    return {
        "statements_acc": sum(score.tp for score in scores.values()) / pairs.total(),
        "statements_macro_f": sum(score.fscore for score in scores.values()) / len(scores),
        "statements_per_type": {label: score.to_dict() for label, score in scores.items()},
    }


def _gold_and_guess(example: Example) -> Iterator[tuple[str, str]]:
    """The label of each gold sentence and the one guessed, "" where none overlaps it."""
    guesses = list(example.predicted.spans.get(STATEMENTS, []))
    for gold in example.reference.spans.get(STATEMENTS, []):
        yield gold.label_, overlapping_label(gold, guesses) or ""


def _label_score(pairs: Counter[tuple[str, str]], label: str) -> PRFScore:
    right = pairs[label, label]
    gold = sum(count for (gold, _), count in pairs.items() if gold == label)
    guessed = sum(count for (_, guess), count in pairs.items() if guess == label)
    return PRFScore(tp=right, fp=guessed - right, fn=gold - right)


@registry.scorers("cablespan.statement_scorer.v1")
def make_statement_scorer() -> Callable:
    """The scorer that a config names; its function is `statement_score`."""
    return statement_score


class SentenceClassifier(TrainedPipe):
    """Writes `doc.spans["statements"]` with `attrs["scores"]`."""

    def __init__(
        self,
        vocab: Vocab,
        model: Model,
        name: str,
        *,
        label_weight: float,
        loss_weight: float = 1.0,
        scorer: Callable | None,
    ):
        super().__init__(
            vocab,
            model,
            name,
            {"label_weight": label_weight, "loss_weight": loss_weight, "weights": []},
            scorer,
        )

    def predict(self, docs: Iterable[Doc]) -> list[Floats2d]:
        """For each doc the probabilities (statements, labels)."""
        docs = list(docs)
        if not any(text_of(doc).strip() for doc in docs):  # no sentence in any
            return [self.model.ops.alloc2f(0, len(self.labels)) for _ in docs]
        check_upstream(self.name, self.model, docs)
        return self.model.predict(docs)

    def set_annotations(self, docs: Iterable[Doc], predictions: list[Floats2d]) -> None:
        """Writes each sentence's likeliest label into the Docs, with its probability."""
        for doc, probabilities in zip(docs, predictions, strict=True):
            best = probabilities.argmax(axis=1) if len(probabilities) else []
            spans = statement_spans(doc)
            doc.spans[STATEMENTS] = [
                Span(doc, span.start, span.end, label=self.labels[label])
                for span, label in zip(spans, best, strict=True)
            ]
            doc.spans[STATEMENTS].attrs["scores"] = [
                float(row[label]) for row, label in zip(probabilities, best, strict=True)
            ]

    @property
    def class_weights(self) -> Sequence[float]:
        """The weight of each label in the loss: those of the config, else of the examples."""
        return self.cfg["weights"] or super().class_weights

    def gold_classes(self, example: Example) -> list[str | None]:
        """The label of the gold sentence that overlaps each predicted one most; None without."""
        gold = self.gold_spans(example.reference)
        return [overlapping_label(span, gold) for span in statement_spans(example.predicted)]

    def gold_spans(self, reference: Doc) -> Sequence[Span]:
        """The annotated statements of a gold Doc."""
        return list(reference.spans.get(STATEMENTS, []))

    def row_count(self, doc: Doc) -> int:
        """A row for each sentence."""
        return len(statement_spans(doc))

    def set_labels(self, counts: Counter[str], labels: Iterable[str] | None) -> None:
        """Adds the labels, and weighs them by how often the gold has each."""
        super().set_labels(counts, labels)
        self.cfg["weights"] = self._weights(counts)

    def _weights(self, counts: Counter[str]) -> list[float]:
        """A weight for each label, by how many sentences have it; `loss_weight` in the mean."""
        raw = [(1 / max(counts[label], 1)) ** self.cfg["label_weight"] for label in self.labels]
        weighted = zip(raw, self.labels, strict=True)
        total = sum(weight * counts[label] for weight, label in weighted)
        mean = total / max(counts.total(), 1)
        return [self.cfg["loss_weight"] * weight / (mean or 1) for weight in raw]
