"""Training examples: gold Docs as spaCy's training reads them, and their variants in capitals (half
of the material is)."""

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import registry
from thinc.api import Optimizer
from thinc.types import Generator

from cablespan.components.claims.attribution import set_claim_parts
from cablespan.document import CLAIM_PARTS, CLAIMS, PARAGRAPHS, STATES

# `token.ent_iob` where nobody said whether the token belongs to an entity.
NO_ENTITY_KNOWN = 0


@registry.readers("cablespan.Corpus.v1")
def cable_corpus(
    path: Path | None,
    limit: int = 0,
    shuffle_seed: int | None = None,
    augmenter: Callable | None = None,
) -> Callable[[Language], Iterable[Example]]:
    """Examples of a DocBin, or of all DocBins of a folder; what is predicted keeps the paragraphs
    and the cable's header.

    `limit`: at most so many docs. `shuffle_seed`: another order each time, the same in each run.

    Raises ValueError where `path` is None, once the examples are asked for.
    """
    chance = None if shuffle_seed is None else random.Random(shuffle_seed)
    known: list[Doc] = []  # initialization asks for the examples once a component

    def read(nlp: Language) -> Iterator[Example]:
        if path is None:
            raise ValueError(
                "this corpus has no path: give it in the config or as --paths.train / --paths.dev"
            )
        if not known or known[0].vocab is not nlp.vocab:
            known[:] = list(_docs(Path(path), nlp))[: limit or None]
        docs = known.copy()
        if chance is not None:
            chance.shuffle(docs)
        for reference in docs:
            example = example_of(reference)
            yield from augmenter(nlp, example) if augmenter else [example]

    return read


def example_of(reference: Doc) -> Example:
    """A gold Doc beside itself without its layers; the parts of its claims become spans to
    learn."""
    if CLAIMS in reference.spans and CLAIM_PARTS not in reference.spans:
        set_claim_parts(reference)
    return Example(unannotated(reference), reference)


def _docs(path: Path, nlp: Language) -> Iterator[Doc]:
    """The docs that have words."""
    for file in _files(path):
        yield from filter(len, DocBin().from_disk(file).get_docs(nlp.vocab))


def _files(path: Path) -> list[Path]:
    files = sorted(path.glob("**/*.spacy")) if path.is_dir() else [path]
    if not files:
        raise ValueError(
            f"{path} has no .spacy file: cablespan convert GOLD gold.spacy --to docbin makes one"
        )
    return files


def unannotated(
    reference: Doc,
    words: list[str] | None = None,
    sent_starts: list[bool | int | None] | None = None,
) -> Doc:
    """The Doc without its layers: tokens, paragraphs and header only."""
    doc = Doc(
        reference.vocab,
        words=words or [token.text for token in reference],
        spaces=[bool(token.whitespace_) for token in reference],
        sent_starts=sent_starts,
    )
    doc._.cable = reference._.cable
    if PARAGRAPHS in reference.spans:
        doc.spans[PARAGRAPHS] = [_moved(doc, span) for span in reference.spans[PARAGRAPHS]]
    return doc


def _moved(doc: Doc, span: Span) -> Span:
    return Span(doc, span.start, span.end, label=span.label, span_id=span.id, kb_id=span.kb_id)


@registry.augmenters("cablespan.case.v1")
def case_augmenter(
    upper: float, lower: float, unsigned: float = 0.0, seed: int = 0
) -> Callable[[Language, Example], Iterator[Example]]:
    """Gives each example as it is, or all in capitals (`upper` of the time), or all in small
    letters (`lower` of the time).

    `unsigned` of the time nothing tells who sent it, as with a cable that comes without its header.
    """
    chance = random.Random(seed)

    def augment(_nlp: Language, example: Example) -> Iterator[Example]:
        if chance.random() < unsigned:
            example.predicted._.cable = {
                "paragraphs": (example.predicted._.cable or {}).get("paragraphs", [])
            }
        draw = chance.random()
        if draw < upper + lower:
            yield recased(example, str.upper if draw < upper else str.lower)
        else:
            yield example

    return augment


def recased(example: Example, change: Callable[[str], str]) -> Example:
    """The same example with other letters; words whose length would change (ß) stay as they are."""
    original = example.reference
    words = [
        change(token.text) if len(change(token.text)) == len(token.text) else token.text
        for token in original
    ]
    # Token.is_sent_start looks the whole Doc through each time that it is set.
    reference = unannotated(original, words, [token.is_sent_start for token in original])
    missing = [
        Span(reference, token.i, token.i + 1)
        for token in original
        if token.ent_iob == NO_ENTITY_KNOWN
    ]
    reference.set_ents([_moved(reference, span) for span in original.ents], missing=missing)
    for key, group in original.spans.items():
        reference.spans[key] = [_moved(reference, span) for span in group]
    if STATES in original.user_data:
        reference.user_data[STATES] = original.user_data[STATES]
    predicted = unannotated(original, words)
    predicted._.cable = example.predicted._.cable
    return Example(predicted, reference)


class _Adam(Optimizer):
    """An optimizer that trains the parameters of a PyTorch encoder (whose names have dots) slower
    than the heads on it, and whose averages begin at the weights.

    thinc's begin at zero: after one step they are 9/11 of the weights, and no pipeline.
    """

    encoder_scale: float = 1.0

    def __call__(self, key, weights, gradient, *, lr_scale: float = 1.0):
        if self.averages is not None and key not in self.averages:
            self.averages[key] = weights.copy()
        scale = self.encoder_scale if "." in key[1] else 1.0
        return super().__call__(key, weights, gradient, lr_scale=lr_scale * scale)


@registry.optimizers("cablespan.Adam.v1")
def two_rate_adam(
    learn_rate: float | list[float] | Generator,
    L2: float,
    grad_clip: float,
    encoder_scale: float = 1.0,
    use_averages: bool = False,
) -> Optimizer:
    """Adam with weight decay; an encoder learns at `encoder_scale` times the rate of the heads
    (ULMFiT's discriminative rates).

    `use_averages`: what is judged and saved is the moving average of the weights.
    """
    optimizer = _Adam(
        learn_rate,
        L2=L2,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        grad_clip=grad_clip,
        use_averages=use_averages,
        L2_is_weight_decay=True,
    )
    optimizer.encoder_scale = encoder_scale
    return optimizer
