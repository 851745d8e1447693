"""Fine-tuning: the config and the components that go on from a trained pipeline."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import numpy
from thinc.api import Config, Model
from thinc.types import Floats1d

from cablespan.components.network.training import TrainedPipe
from cablespan.labels import Scheme
from cablespan.learning.training.checks import trained_layers
from cablespan.nlp import computing_with, cpu_ops, model_folder

FINETUNE = "finetune.cfg"
# The pipeline to go on from, where it was given labels: beside the config that names it.
BASE = "base"


def bundled_config(name: str) -> Path:
    """A config of training that comes with the package, in a wheel or beside the sources.

    Raises FileNotFoundError where there is none of that name.

    >>> bundled_config("cable_sm.cfg").name
    'cable_sm.cfg'
    """
    package = Path(str(files("cablespan")))
    for folder in (package / "configs", package.parents[1] / "models" / "configs"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is no config of cablespan's, nor a file: name a config")


def finetuning_config(
    base: str | Path, values: Path | None = None, *, anew: Iterable[str] = ()
) -> Config:
    """The config of the pipeline `base` with its components sourced from it, but for those `anew`.

    `values`: a config file laid over it, else the bundled finetune.cfg. Raises FileNotFoundError
    where there is no such pipeline.

    >>> config = finetuning_config("en_cable_sm")
    >>> sorted(config["components"]["ner"])
    ['source']
    """
    folder = model_folder(base).resolve()
    config = Config().from_disk(folder / "config.cfg", interpolate=False)
    laid_over = Config().from_disk(values or bundled_config(FINETUNE), interpolate=False)
    config = config.merge(laid_over)
    for name in set(config["nlp"]["pipeline"]) - set(anew):
        config["components"][name] = {"source": str(folder)}
    config["initialize"]["components"] = {}
    config["paths"]["vectors"] = str(folder)
    config["initialize"]["vectors"] = "${paths.vectors}"
    return config


def write_finetuning(
    base: str | Path, values: Path | None, scheme: Scheme, output: Path
) -> tuple[Path, list[str]]:
    """Writes the config to go on from `base` into `output`; returns it, and what begins anew.

    A head that lacks labels of the scheme is given them, one whose labels the scheme lacks begins
    anew: what it knows are other labels. Raises FileNotFoundError where there is no such pipeline.
    """
    import spacy

    output.mkdir(parents=True, exist_ok=True)
    with computing_with(cpu_ops()):
        nlp = spacy.load(model_folder(base))
    heads = {
        name: (pipe, scheme.names(layer))
        for layer, name in trained_layers(nlp).items()
        if isinstance(pipe := nlp.get_pipe(name), TrainedPipe)
    }
    anew = [name for name, (pipe, labels) in heads.items() if not set(pipe.labels) <= set(labels)]
    grown = [
        name
        for name, (pipe, labels) in heads.items()
        if name not in anew and add_labels(pipe, labels)
    ]
    if grown:
        nlp.to_disk(output / BASE)
        base = output / BASE
    finetuning_config(base, values, anew=anew).to_disk(output / FINETUNE)
    return output / FINETUNE, anew


def add_labels(pipe: TrainedPipe, labels: Iterable[str]) -> list[str]:
    """Widens the output of a trained head by the labels that it lacks, and returns these.

    The classes of a new label have no weights yet, and the smallest bias of all: they are learned
    from the first step on, and are not guessed before.
    """
    new = [label for label in labels if label not in pipe.labels]
    before = len(pipe.classes)
    pipe.cfg["labels"] = [*pipe.labels, *new]
    count = len(pipe.classes) - before
    if weights := pipe.cfg.get("weights"):
        pipe.cfg["weights"] = [*weights, *[sum(weights) / len(weights)] * len(new)]
    output = pipe.model.get_ref("output")
    for node in pipe.model.walk() if new else ():
        if node is output or node.name == "sparse_linear":
            _widen(node, count)
        if output in node.walk() and node.has_dim("nO"):
            node.set_dim("nO", before + count, force=True)
    return new


def _widen(layer: Model, count: int) -> None:
    """Gives a layer `count` outputs more; a sparse layer has its rows of weights in one line."""
    weights, biases = layer.get_param("W"), layer.get_param("b")
    new = numpy.zeros((weights.size // biases.size * count), dtype="f")
    new_biases = numpy.full(count, biases.min(), dtype="f")
    size = biases.size + count
    for name in ("W", "b"):
        layer.set_param(name, None)  # thinc keeps the size of what has weights
    layer.set_dim("nO", size, force=True)
    wider: Any = numpy.concatenate([weights.ravel(), new])
    layer.set_param("W", wider.reshape(size, -1) if weights.ndim == 2 else wider)
    layer.set_param("b", cast(Floats1d, numpy.concatenate([biases, new_biases])))
