"""`load()`: the only place that knows which components a pipeline has and in what order."""

import os
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import numpy
import spacy
from spacy.language import Language
from spacy.util import get_package_path, is_package, load_config
from thinc.api import NumpyOps, set_current_ops

BUNDLED = "en_cable_sm"

# Name in the pipeline -> factory. Trained components (tok2vec or transformer, ner, statements, claim_tagger) come with a model;
# the others are added around them, or find entities by the lexicon alone where there is no model.
RULES = {
    "sentences": "cable_sentences",
    "gazetteer": "cable_gazetteer",
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
    "claim_tagger",
    "aliases",
    "linker",
    "claims",
]
# What a rule component does beside a trained one that takes its place.
BESIDE_TRAINED = {"gazetteer": {"mode": "fill"}}
OPS = {"blis": True, "numpy": False}


def bundled_model(name: str = BUNDLED) -> Path | None:
    """The folder of a pipeline that comes with the package, in a wheel or beside the sources.

    None where there is none of that name.
    """
    package = Path(str(files("cablespan")))
    for folder in (package / name, package.parents[1] / "models" / name):
        if (folder / "meta.json").is_file():
            return folder
    return None


def model_folder(model: str | Path) -> Path:
    """The folder of a pipeline that is named by its folder, its package, or as one of ours.

    Raises FileNotFoundError where there is no such pipeline.
    """
    if is_package(str(model)):
        return get_package_path(str(model))
    folder = Path(model) if Path(model, "meta.json").is_file() else bundled_model(str(model))
    if folder is None:
        raise FileNotFoundError(
            f"{model}: no trained pipeline there; name a folder with a meta.json, a package, or rules"
        )
    return folder


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

    `model`: a folder, a package, or the name of one that comes with cablespan ("en_cable_trf"); None
    takes `en_cable_sm`; "rules" the lexicon alone, without statements and claims. `kb`: a knowledge base of
    one's own (JSON Lines) for the linker. `ops`: "blis" or "numpy", measured where not given. Raises
    OSError where the model is not found, ValueError where it needs what is not installed.
    """
    set_current_ops(NumpyOps(use_blis=OPS[ops or fastest_ops()]))
    nlp = spacy.blank("en") if model == "rules" else _trained(model_folder(model or BUNDLED))
    add_rules(nlp)
    if kb is not None:
        nlp.get_pipe("linker").add_knowledge(kb)
    return nlp


def _trained(folder: Path) -> Language:
    components = load_config(folder / "config.cfg")["components"].values()
    has_transformer = any(component.get("factory") == "transformer" for component in components)
    if has_transformer and find_spec("spacy_transformers") is None:
        raise ValueError(
            f"{folder} is a transformer pipeline: "
            "pip install 'cablespan[trf]', in an environment of its own"
        )
    return spacy.load(folder)


def add_rules(nlp: Language) -> None:
    """Adds the rule components that a pipeline lacks, each in its place."""
    beside = BESIDE_TRAINED if "ner" in nlp.pipe_names else {}
    for name, factory in RULES.items():
        if name not in nlp.pipe_names:
            later = [other for other in ORDER[ORDER.index(name) + 1 :] if other in nlp.pipe_names]
            config = beside.get(name, {})
            nlp.add_pipe(factory, name=name, config=config, before=later[0] if later else None)
