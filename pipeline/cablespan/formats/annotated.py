"""Annotated records out of any format, checked."""

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from cablespan.document import tokenized
from cablespan.formats.checks import GoldError, Problem, Report, check, fitted
from cablespan.formats.completion import Placed, completed
from cablespan.formats.detection import FORMATS, annotations_in
from cablespan.formats.docbin import gold_doc
from cablespan.labels import Scheme, scheme_of

# What a format's `read` is told beside the file; `scheme` where labels tell the layers.
_OPTIONS = {
    "prodigy": ("scheme", "layers", "report"),
    "docbin": ("scheme", "report"),
    "labelstudio": ("scheme", "report"),
    "brat": ("scheme",),
    "doccano": ("scheme",),
    "inception": ("scheme",),
    "standoff": ("texts", "report"),
}
logger = logging.getLogger(__name__)


def read_placed(
    path: str | Path,
    *,
    format: str | None = None,
    layers: Iterable[str] | None = None,
    texts: Iterable[str | Path] = (),
    tokenize: Callable[[str], Doc] | None = None,
    report: Report = lambda problem: logger.warning("%s", problem),
    scheme: Scheme | None = None,
) -> Iterator[Placed]:
    """Annotated records from any format, one a cable, in the file's order, with their places.

    `path`: a file, or a folder of them. `format`: a key of FORMATS, else found by looking.
    `layers`: those that a paragraph of Prodigy tasks must have. `texts`: where the texts of
    stand-off annotations are. `tokenize`: spans that cut its tokens are widened, and told to
    `report`. `scheme`: the labels that may occur, ours if none is given. Raises GoldError at the
    end with all that is wrong; records before the first error have been yielded by then.
    """
    scheme = scheme or scheme_of()
    given = {
        "scheme": scheme,
        "layers": tuple(layers or ()),
        "texts": tuple(map(Path, texts)),
        "report": report,
    }
    errors: list[Problem] = []
    for file, known in annotations_in(Path(path), format):
        options: dict[str, Any] = {name: given[name] for name in _OPTIONS.get(known, ())}
        try:
            for placed in import_module(FORMATS[known]).read(file, **options):
                errors += check(placed.record, placed.places, scheme)
                if not errors:
                    yield _ready(placed, tokenize, report)
        except GoldError as error:
            errors += error.problems
    if errors:
        raise GoldError(errors)


def _ready(placed: Placed, tokenize: Callable[[str], Doc] | None, report: Report) -> Placed:
    """A sound record in the shape that all formats share, on whole tokens where one asks for it."""
    whole = completed(placed.record)
    if tokenize is not None:
        whole, widened = fitted(whole, placed.places, tokenize)
        for problem in widened:
            report(problem)
    return placed._replace(record=whole)


def read_records(path: str | Path, **options: Any) -> Iterator[dict[str, Any]]:
    """The records of `read_placed`, which says what `options` there are, without their places."""
    return (placed.record for placed in read_placed(path, **options))


def read_docs(path: str | Path, nlp: Language, **options: Any) -> Iterator[Doc]:
    """Gold Docs from any format: one a cable, as document.py lays them out; layers that the file
    has not got are unannotated.

    `options` are those of `read_placed`. Everything is checked before the first Doc is yielded.
    Raises GoldError with file, line and remedy of all that is wrong.
    """
    for record in list(read_records(path, tokenize=partial(tokenized, nlp), **options)):
        if any(paragraph["text"] for paragraph in record["paragraphs"]):
            yield gold_doc(nlp, record)
