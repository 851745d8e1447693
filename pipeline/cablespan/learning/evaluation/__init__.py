"""How good a model is on gold: scores with intervals, slices, calibration, and its mistakes, worst
first."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language

from cablespan.formats.checks import GoldError, Problem
from cablespan.labels import scheme_of
from cablespan.learning.corpus import unannotated
from cablespan.learning.evaluation.counts import Judged, judged
from cablespan.learning.evaluation.errors import errors
from cablespan.learning.evaluation.scores import RESAMPLES, SEED, Measure, calibration, certain
from cablespan.learning.gold import Gold, decade, read_gold
from cablespan.records import annotated_layers, from_record, to_record

SLICES = ("collection", "letters", "decade", "marking", "section")
__all__ = ["evaluate", "evaluate_files", "judge", "report_scores"]


def evaluate_files(
    model: str | Path | None,
    gold: Iterable[str | Path],
    *,
    texts: Iterable[str | Path] = (),
    labels: Path | None = None,
    report: Callable[[Problem], None] = lambda problem: None,
) -> dict[str, Any]:
    """`evaluate` for files: `model` as `nlp.load` takes it (None: the bundled one), `gold` as
    `read_gold` does.

    `labels`: a file of the labels of the gold; without it they are those of the model.

    Raises GoldError where the gold is unusable, before the model is loaded.
    """
    from cablespan.nlp import load, model_scheme

    paths = list(map(str, gold))
    scheme = scheme_of(labels, model_scheme(model))
    annotated = read_gold(paths, texts=texts, report=report, scheme=scheme)
    if not any(annotated_layers(known.record) for known in annotated):
        raise GoldError(
            [Problem(", ".join(paths), "no annotated paragraph", "name a file of gold")]
        )
    result = evaluate(load(model), annotated)
    return {"model": str(model or "bundled"), "gold": paths} | result


def judge(nlp: Language, gold: Sequence[Gold]) -> list[Judged]:
    """The paragraphs of the gold with what the pipeline finds in the same text, its own sentences
    included."""
    docs = (unannotated(from_record(nlp, known.record)) for known in gold)
    paragraphs: list[Judged] = []
    for known, doc in zip(gold, nlp.pipe(docs), strict=True):
        facts = {"collection": collection(known.document), "decade": decade(known.record)}
        paragraphs += judged(known.record, to_record(doc), known.place, facts)
    return paragraphs


def collection(document: str) -> str:
    """Where a document of the gold comes from: the letters of the folder in its name; documents
    without a folder are cables.

    >>> collection("frus1969-76v28/d120"), collection("reports/2007-chad"), collection("07OSLO12")
    ('frus', 'reports', 'cables')
    """
    folder = re.match(r"[a-z]+(?=[^/]*/)", document)
    return folder[0] if folder else "cables"


def evaluate(
    nlp: Language, gold: Sequence[Gold], *, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Any]:
    """All scores as plain data.

    Every score is `{"value", "low", "high"}` with the 95 % interval of `resamples` bootstrap
    samples of the documents, or None.
    """
    return report_scores(judge(nlp, gold), resamples=resamples, seed=seed)


def report_scores(
    paragraphs: Sequence[Judged], *, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Any]:
    """The scores of `evaluate` for paragraphs that were judged already."""
    slices: dict[str, dict[str, Any]] = {}
    for name in SLICES:
        for value in sorted({paragraph.facts[name] for paragraph in paragraphs}):
            part = [paragraph for paragraph in paragraphs if paragraph.facts[name] == value]
            scores = Measure(part, resamples=resamples, seed=seed).headline()
            slices.setdefault(name, {})[value] = {"paragraphs": len(part), **scores}
    return {
        "documents": len({paragraph.document for paragraph in paragraphs}),
        "paragraphs": len(paragraphs),
        "words": sum(len(paragraph.text.split()) for paragraph in paragraphs),
        "resamples": resamples,
        **Measure(paragraphs, resamples=resamples, seed=seed).layers(),
        "slices": slices,
        "calibration": {
            layer: calibration(certain(paragraphs, layer)) for layer in ("entities", "statements")
        },
        "errors": errors(paragraphs),
    }
