"""`load()`: the only place that knows which components a pipeline has and in what order."""

import os
import warnings
from importlib.resources import files
from pathlib import Path
from time import perf_counter

import numpy
import spacy
from spacy.language import Language
from thinc.api import NumpyOps, set_current_ops

BUNDLED = "en_cable_sm"

# Name in the pipeline -> factory. Trained components (tok2vec or transformer, ner, statements, claim_tagger) come with a model;
# the others are added around them, or make the rule baseline where there is no model.
RULES = {
    "sentences": "cable_sentences",
    "gazetteer": "cable_gazetteer",
    "statements": "cable_statements",
    "aliases": "cable_aliases",
    "linker": "cable_linker",
    "claims": "cable_claims",
}
ORDER = [
    "sentences",
    "tok2vec",
    "transformer",
    "ner",
    "gazetteer",
    "statements",
    "promises",
    "claim_tagger",
    "aliases",
    "linker",
    "claims",
]
# What a rule component does beside a trained one that takes its place.
BESIDE_TRAINED = {"gazetteer": {"mode": "fill"}}
OPS = {"blis": True, "numpy": False}


def bundled_model() -> Path | None:
    """The folder of the model that comes with the package, in a wheel or beside the sources; None where there is none."""
    package = Path(str(files("cablespan")))
    for folder in (package / BUNDLED, package.parents[1] / "models" / BUNDLED):
        if (folder / "meta.json").is_file():
            return folder
    return None


def fastest_ops() -> str:
    """Which matrix multiplication is faster here, thinc's BLIS ("blis") or numpy's ("numpy"): a measurement of some milliseconds.

    `CABLESPAN_OPS` in the environment decides without measuring, so that the workers of a run all compute alike.
    """
    chosen = os.environ.get("CABLESPAN_OPS")
    if chosen:
        if chosen not in OPS:
            raise ValueError(f"CABLESPAN_OPS is {chosen!r}: it must be one of {', '.join(OPS)}")
        return chosen
    left = numpy.ones((512, 288), dtype="f")
    right = numpy.ones((288, 288), dtype="f")

    def seconds(ops: NumpyOps) -> float:
        ops.gemm(left, right)
        start = perf_counter()
        for _ in range(5):
            ops.gemm(left, right)
        return perf_counter() - start

    return min(OPS, key=lambda name: seconds(NumpyOps(use_blis=OPS[name])))


def load(
    model: str | Path | None = None, *, kb: str | Path | None = None, ops: str | None = None
) -> Language:
    """A whole cablespan pipeline: a trained model with the rule components around it.

    `model`: a folder or package; None takes the bundled one; "rules" the baseline of rules and lexicon alone. `kb`: a knowledge base
    of one's own (JSON Lines) for the linker. `ops`: "blis" or "numpy", measured where not given.
    Raises OSError where the model is not found.
    """
    set_current_ops(NumpyOps(use_blis=OPS[ops or fastest_ops()]))
    path = bundled_model() if model is None else model
    if model is None and path is None:
        warnings.warn(
            "no trained model is bundled here: annotating with rules and lexicon alone",
            stacklevel=2,
        )
    nlp = spacy.blank("en") if path in (None, "rules") else spacy.load(path)
    assemble(nlp)
    if kb is not None:
        nlp.get_pipe("linker").add_knowledge(kb)
    return nlp


def assemble(nlp: Language) -> None:
    """Adds the rule components that a pipeline lacks, each in its place."""
    beside = BESIDE_TRAINED if "ner" in nlp.pipe_names else {}
    judged = {"promises": "cable_promises"} if beside and "statements" in nlp.pipe_names else {}
    for name, factory in {**RULES, **judged}.items():
        if name in nlp.pipe_names:
            continue
        config = beside.get(name, {})
        later = [other for other in ORDER[ORDER.index(name) + 1 :] if other in nlp.pipe_names]
        nlp.add_pipe(factory, name=name, config=config, before=later[0] if later else None)
