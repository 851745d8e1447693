"""Fine-tuning: the config and the components that go on from a trained pipeline."""

from collections.abc import Container, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy
import spacy
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.training import Example
from thinc.api import Config, Model
from thinc.types import Floats1d

from cablespan.components.network.training import TrainedPipe
from cablespan.labels import Scheme
from cablespan.learning import BASE_SHARE
from cablespan.learning.corpus import example_of
from cablespan.learning.gold import Gold, training_doc
from cablespan.learning.training.checks import trained_layers
from cablespan.learning.training.overrides import read_config
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
    laid_over = read_config(values or bundled_config(FINETUNE))
    return sourced(config.merge(laid_over), folder, anew=anew)


def sourced(config: Config, folder: Path, *, anew: Iterable[str] = ()) -> Config:
    """The config with its components, but for those `anew`, and word vectors of a pipeline in a
    folder."""
    for name in set(config["nlp"]["pipeline"]) - set(anew):
        config["components"][name] = {"source": str(folder)}
    config["initialize"]["components"] = {}
    has_vectors = spacy.util.load_meta(folder / "meta.json")["vectors"]["vectors"]
    config["paths"]["vectors"] = str(folder) if has_vectors else None
    config["initialize"]["vectors"] = "${paths.vectors}"
    return config


class Start(NamedTuple):
    """Where fine-tuning begins: the config, the pipeline that it sources, what begins anew, and the
    labels that heads were given, by layer."""

    config: Path
    base: Path
    anew: list[str]
    added: dict[str, list[str]]


def write_finetuning(
    base: str | Path,
    values: Path | None,
    scheme: Scheme,
    output: Path,
    gold: Sequence[Gold],
    overrides: Mapping[str, Any],
) -> Start:
    """Writes the config to go on from `base` with the gold and some overrides into `output`.

    A head that lacks labels of the scheme is given them, one whose labels the scheme lacks begins
    anew: what it knows are other labels. Raises FileNotFoundError where there is no such pipeline.
    """
    output.mkdir(parents=True, exist_ok=True)
    folder = model_folder(base)
    with computing_with(cpu_ops()):
        nlp = spacy.load(folder)
    anew: list[str] = []
    added: dict[str, list[str]] = {}
    growing: dict[TrainedPipe, Iterable[str]] = {}
    for layer, name in trained_layers(nlp).items():
        pipe, labels = nlp.get_pipe(name), scheme.names(layer)
        if not isinstance(pipe, TrainedPipe):
            continue
        if not set(pipe.labels) <= set(labels):
            anew.append(name)
        elif set(pipe.labels) != set(labels):
            growing[pipe] = labels
            added[layer] = [label for label in labels if label not in pipe.labels]
    if growing:
        _widen_heads(nlp, growing, gold)
        folder = output / BASE
        nlp.to_disk(folder)
    config = finetuning_config(folder, values, anew=anew)
    # spaCy's `resume_training` and `debug data` read the optimizer's section by itself, in which no
    # variable of another can be resolved.
    resolved = Config().from_str(config.to_str(), overrides=dict(overrides))
    config["training"]["optimizer"] = resolved["training"]["optimizer"]
    config.to_disk(output / FINETUNE)
    return Start(output / FINETUNE, folder, anew, added)


def _widen_heads(
    nlp: Language, growing: Mapping[TrainedPipe, Iterable[str]], gold: Sequence[Gold]
) -> None:
    examples = [example_of(training_doc(nlp, known)) for known in gold]
    for example in examples:
        example.predicted = nlp(example.predicted)
    for pipe, labels in growing.items():
        add_labels(pipe, labels, examples)


def mix_weights(
    later: Language, earlier: Language, share: float = BASE_SHARE, keep: Container[str] = ()
) -> None:
    """Moves the weights of a pipeline back to those it began with, by `share` of the way.

    It keeps most of what it learned, and most of what it knew (WiSE-FT, Wortsman et al. 2022).
    Components in `keep` stay as they are.
    """
    for name, pipe in later.pipeline:
        if name not in keep and isinstance(pipe, TrainablePipe):
            before: Any = earlier.get_pipe(name)
            _mix(pipe.model, before.model, share)


def _mix(later: Model, earlier: Model, share: float) -> None:
    for node, other in zip(later.walk(), earlier.walk(), strict=True):
        for key in filter(node.has_param, node.param_names):
            mean = (1 - share) * node.get_param(key) + share * other.get_param(key)
            node.set_param(key, mean)
        for shim, before in zip(node.shims, other.shims, strict=True):
            _mix_tensors(shim, before, share)


def _mix_tensors(later: Any, earlier: Any, share: float) -> None:
    """The same for the weights of a PyTorch module, a transformer's encoder."""
    before = earlier._model.state_dict()
    for name, weights in later._model.state_dict().items():
        if weights.is_floating_point():
            weights.lerp_(before[name], share)


def add_labels(
    pipe: TrainedPipe, labels: Iterable[str], examples: Iterable[Example] = ()
) -> list[str]:
    """Widens the output of a trained head by the labels that it lacks, and returns these.

    A class of a new label begins with the weights of the class that the head takes it for in the
    examples (annotated by the pipeline already): some steps tell the two apart. One that no example
    shows begins without weights, and with the smallest bias of all.
    """
    new = [label for label in labels if label not in pipe.labels]
    similar = _mistaken_for(pipe, examples) if new else {}
    before = len(pipe.classes)
    pipe.cfg["labels"] = [*pipe.labels, *new]
    sources = [similar.get(name) for name in pipe.classes[before:]]
    if weights := pipe.cfg.get("weights"):
        pipe.cfg["weights"] = [*weights, *[sum(weights) / len(weights)] * len(new)]
    output = pipe.model.get_ref("output")
    for node in pipe.model.walk() if new else ():
        if node is output or node.name == "sparse_linear":
            _widen(node, sources)
        if output in node.walk() and node.has_dim("nO"):
            node.set_dim("nO", before + len(sources), force=True)
    return new


def _mistaken_for(pipe: TrainedPipe, examples: Iterable[Example]) -> dict[str, int]:
    """For each gold class that a head does not know the number of the one that it predicts most."""
    known = set(pipe.classes)
    totals: dict[str, Any] = {}
    for example in examples:
        (probabilities,) = pipe.model.predict([example.predicted])
        for row, name in zip(probabilities, pipe.gold_classes(example), strict=True):
            if name is not None and name not in known:
                totals[name] = totals.get(name, 0) + row
    return {name: int(total.argmax()) for name, total in totals.items()}


def _widen(layer: Model, sources: Sequence[int | None]) -> None:
    """Gives a layer more outputs, each a copy of one that it has, or (None) one without weights.

    A sparse layer has its rows of weights in one line.
    """
    weights, biases = layer.get_param("W"), layer.get_param("b")
    flat = weights.ndim == 1
    rows: Any = weights.reshape((biases.size, weights.size // biases.size))
    nothing = numpy.zeros(rows.shape[1], dtype="f")
    wider: Any = numpy.stack([*rows, *(nothing if n is None else rows[n] for n in sources)])
    more = [biases.min() if n is None else biases[n] for n in sources]
    for name in ("W", "b"):
        layer.set_param(name, None)  # thinc keeps the size of what has weights
    layer.set_dim("nO", len(wider), force=True)
    layer.set_param("W", wider.ravel() if flat else wider)
    layer.set_param("b", cast(Floats1d, numpy.array([*biases, *more], dtype="f")))
