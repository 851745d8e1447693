"""No exception of a component costs a Doc: what failed is left out, and the Doc says so in
`doc._.failed`."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FunctionType
from typing import Any

from spacy.lang.en import English
from spacy.tokens import Doc
from spacy.util import minibatch, raise_error

ErrorHandler = Callable[[str, Any, Sequence[Doc], Exception], Any]


class MissingVectors(ValueError):
    """A component has not got the vectors that it reads: the pipeline is put together wrongly,
    unless what makes them failed on the Doc."""


def leave_out(name: str, component: Any, docs: Sequence[Doc], error: Exception) -> None:
    """An error handler for `nlp.set_error_handler`: the Docs are kept without the component's work.

    Whether there is memory is the machine's matter: MemoryError is raised. So is MissingVectors of
    a pipeline that lacks a part, and the error of a component that knows of no handler but spaCy's,
    which would drop the Docs.
    """
    lacks_part = isinstance(error, MissingVectors) and not any(doc._.failed for doc in docs)
    if lacks_part or isinstance(error, MemoryError) or not isinstance(component, Keeping):
        raise error
    for doc in docs:
        note_failure(doc, name, error)


def note_failure(doc: Doc, name: str, error: Exception) -> None:
    """Writes into `doc._.failed` that a component failed, and why; warns of it.

    >>> import spacy, warnings
    >>> doc = spacy.blank("en")("Post agreed.")
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     note_failure(doc, "values", KeyError("sixth"))
    >>> doc._.failed
    {'values': "KeyError: 'sixth'"}
    """
    reason = f"{type(error).__name__}: {error}"
    doc._.failed = {**(doc._.failed or {}), name: reason}
    cable = (doc._.cable or {}).get("id", "a text")
    warnings.warn(f"{cable}: {name} failed and is left out: {reason}", stacklevel=2)


class Keeping:
    """A component that asks its error handler what becomes of an exception, and goes on with the
    Doc as it is where the handler returns."""

    name: str
    error_handler: ErrorHandler = staticmethod(raise_error)

    def set_error_handler(self, error_handler: ErrorHandler) -> None:
        """As spaCy's."""
        self.error_handler = error_handler

    def get_error_handler(self) -> ErrorHandler:
        """As spaCy's."""
        return self.error_handler

    def annotate(self, doc: Doc) -> Doc:
        """Does the component's work on a Doc."""
        raise NotImplementedError

    def __call__(self, doc: Doc) -> Doc:
        """The annotated Doc, or the Doc without what failed."""
        try:
            return self.annotate(doc)
        except Exception as error:
            self.get_error_handler()(self.name, self, [doc], error)
            return doc


class KeepingBatches(Keeping):
    """The same for a trainable pipe: a batch that fails is done again Doc by Doc."""

    predict: Callable[[Iterable[Doc]], Any]
    set_annotations: Callable[[Sequence[Doc], Any], None]

    def annotate(self, doc: Doc) -> Doc:
        """Predicts on one Doc."""
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """The annotated Docs in order, in batches, as spaCy's."""
        for docs in minibatch(stream, size=batch_size):
            try:
                self.set_annotations(docs, self.predict(docs))
            except Exception:
                yield from map(self, docs)
            else:
                yield from docs


class KeepingPipeline(English):
    """A pipeline that gives a plain function, once added, a place for an error handler: spaCy has
    none, and its `nlp.pipe` would drop the Doc or end the stream."""

    def create_pipe(self, factory_name: str, name: str | None = None, **options: Any) -> Any:
        """As spaCy's."""
        made = super().create_pipe(factory_name, name, **options)
        if isinstance(made, FunctionType):
            made = _KeptFunction(name or factory_name, made)
        if isinstance(made, Keeping):
            made.set_error_handler(self.default_error_handler)
        return made


class _KeptFunction(Keeping):
    def __init__(self, name: str, annotate: Callable[[Doc], Doc]):
        self.name = name
        self.annotate = annotate  # type: ignore[assignment, method-assign]
