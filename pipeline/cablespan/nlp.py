"""`load()`: the only place that knows which components a pipeline has and in what order."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablespan.labels import Scheme, scheme_of, scheme_of_tables

# spaCy is imported where a pipeline is made: who only asks for its folder need not wait for it.
if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab
    from thinc.api import NumpyOps

BUNDLED = "en_cable_sm"

# Name in the pipeline -> factory. Trained components (tok2vec or transformer, ner, statements,
# claim_tagger) come with a model; these are added around them, or find entities by the lexicon
# alone where there is no model.
RULES = {
    "repair": "cable_repair",
    "sentences": "cable_sentences",
    "gazetteer": "cable_gazetteer",
    "aliases": "cable_aliases",
    "linker": "cable_linker",
    "values": "cable_values",
    "claims": "cable_claims",
    "restore": "cable_restore",
}
ORDER = [
    "repair",
    "sentences",
    "tok2vec",
    "transformer",
    "ner",
    "gazetteer",
    "claim_tagger",
    "statements",
    "aliases",
    "linker",
    "values",
    "claims",
    "restore",
]
# A rule component that a trained one makes needless -> that one.
REPLACED_BY = {"gazetteer": "ner"}
UPSTREAM = {"tok2vec-listener": "tok2vec", "transformer-listener": "transformer"}
USES_BLIS = {"numpy": False, "blis": True}


class MissingExtra(ValueError):
    """A pipeline needs an extra of the package that is not installed; the message names it."""


def bundled_model(name: str = BUNDLED) -> Path | None:
    """The folder of a pipeline that comes with the package, in a wheel or beside the sources.

    None where there is none of that name.
    """
    package = Path(str(files("cablespan")))
    for folder in (package.parent / name, package.parents[1] / "models" / name):
        if (folder / "meta.json").is_file():
            return folder
    return None


def model_folder(model: str | Path) -> Path:
    """The folder of a pipeline that is named by its folder, its package, or as one of ours.

    Raises FileNotFoundError where there is no such pipeline.

    >>> model_folder("en_cable_sm").name
    'en_cable_sm'
    """
    if Path(model, "meta.json").is_file():
        return Path(model)
    return bundled_model(str(model)) or _packaged(str(model))


def _packaged(name: str) -> Path:
    """The folder of an installed pipeline: `spacy package` puts it into one with the version."""
    from spacy.util import get_package_path, is_package

    if not is_package(name):
        raise FileNotFoundError(
            f"{name}: no trained pipeline there; "
            "name a folder with a meta.json, a package, or rules"
        )
    package = get_package_path(name)
    meta = _meta(package)
    versioned = package / f"{meta['lang']}_{meta['name']}-{meta['version']}"
    return versioned if versioned.is_dir() else package


def _meta(folder: Path) -> dict[str, Any]:
    """What a pipeline's meta.json says. Raises ValueError where it is torn."""
    file = folder / "meta.json"
    try:
        meta: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{file}: no JSON ({error}); copy or train the pipeline again, or give another"
        ) from error
    return meta


def model_scheme(model: str | Path | None = None) -> Scheme:
    """The labels that a pipeline was trained with, named as for `load`: its own, or ours.

    Raises FileNotFoundError where there is no such pipeline, ValueError where it is damaged.

    >>> model_scheme("en_cable_sm") == scheme_of()
    True
    """
    if model == "rules":
        return scheme_of()
    folder = model_folder(model or BUNDLED)
    meta = _meta(folder)
    return scheme_of_tables(meta["scheme"], f"{folder}") if "scheme" in meta else scheme_of()


def cpu_ops(name: str | None = None) -> NumpyOps:
    """The matrix operations to compute with on a CPU: "numpy" or "blis" (thinc's own).

    Where none is named `CABLESPAN_OPS` in the environment decides, else numpy: one choice for runs
    and for `load`, as they round differently; which is faster depends on the machine. Raises
    ValueError for another name.
    """
    from thinc.api import NumpyOps

    name = name or os.environ.get("CABLESPAN_OPS") or "numpy"
    if name not in USES_BLIS:
        raise ValueError(f"CABLESPAN_OPS is {name!r}: it must be one of {', '.join(USES_BLIS)}")
    return NumpyOps(use_blis=USES_BLIS[name])


@contextmanager
def computing_with(ops: NumpyOps) -> Iterator[None]:
    """Layers that are made in this block keep `ops`; the rest of the process keeps its own.

    Where the process computes on a GPU (`spacy.prefer_gpu`), so do the layers.
    """
    from thinc.api import get_current_ops, set_current_ops

    before = get_current_ops()
    if before.device_type == "gpu":
        yield
        return
    set_current_ops(ops)
    try:
        yield
    finally:
        set_current_ops(before)


def load(
    model: str | Path | None = None,
    *,
    vocab: Vocab | bool = True,
    kb: str | Path | None = None,
    ops: str | None = None,
    bfloat16: bool = False,
    torch: bool = False,
    disable: str | Iterable[str] = (),
    enable: str | Iterable[str] = (),
    exclude: str | Iterable[str] = (),
    config: Mapping[str, Any] | None = None,
) -> Language:
    """A whole cablespan pipeline: a trained model with the rule components around it.

    `model`: a folder, a package, or the name of one that comes with cablespan ("en_cable_trf");
    None takes `en_cable_sm`; "rules" the lexicon alone, without statements and claims. `kb`: a
    knowledge base of one's own (JSON Lines) for the linker. `ops`: "numpy" or "blis", see
    `cpu_ops`; other pipelines of the process keep theirs. `bfloat16`: a transformer predicts in
    half the bits, twice as fast on a CPU that has such products; a pipeline without one is as it
    is. `torch`: a transformer that onnxruntime could run is spacy-transformers' own, to train it
    further. `vocab`, `disable`, `enable`, `exclude` and `config` are those of `spacy.load`, for the
    rule components too (`config` for the trained ones).

    A component that fails on a Doc is left out there, with a warning and a note in its record;
    `nlp.set_error_handler(spacy.util.raise_error)` raises the error instead.

    Raises FileNotFoundError where the model is not found, ValueError where it needs what is not
    installed, where a component is unknown, or where one that is on needs one that is off.

    >>> load(exclude=["claim_tagger", "claims"], ops="numpy").pipe_names[-2:]
    ['values', 'restore']
    """
    import spacy

    from cablespan.components.keeping import KeepingPipeline, leave_out
    from cablespan.components.network.encoder import predict_in_bfloat16
    from cablespan.components.network.onnx_encoder import has_graph
    from cablespan.components.network.prediction import speed_up

    disable, enable, exclude = map(_names, (disable, enable, exclude))
    with computing_with(cpu_ops(ops)):
        if model == "rules":
            nlp = spacy.blank("en", vocab=vocab)
        else:
            folder = model_folder(model or BUNDLED)
            without_torch = has_graph(folder) and not (torch or bfloat16)
            _check_installed(folder, without_torch)
            read = _load_without_torch if without_torch else spacy.load
            nlp = read(folder, vocab=vocab, exclude=exclude, config=dict(config or {}))
        add_rules(nlp, exclude)
    if type(nlp) is KeepingPipeline.__base__:  # spacy.load makes it of its language's class
        nlp.__class__ = KeepingPipeline
    nlp.set_error_handler(leave_out)  # type: ignore[arg-type]
    speed_up(nlp)
    if bfloat16 and "transformer" in nlp.pipe_names:
        predict_in_bfloat16(nlp)
    _switch_off(nlp, disable, enable)
    if kb is not None:
        _add_knowledge(nlp, kb)
    return nlp


def _add_knowledge(nlp: Language, kb: str | Path) -> None:
    if "linker" not in nlp.component_names:
        raise ValueError(f"{kb} is for the linker, which is excluded: leave it in, or give no kb")
    linker: Any = nlp.get_pipe("linker")
    linker.add_knowledge(kb)


def _names(given: str | Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _check_installed(folder: Path, without_torch: bool) -> None:
    from spacy.util import load_config

    from cablespan.components.network.onnx_encoder import can_run

    components = load_config(folder / "config.cfg")["components"].values()
    factories = {component.get("factory") for component in components}
    if without_torch or "cable_encoder" in factories:
        if not can_run():
            raise MissingExtra(f"{folder} needs onnxruntime: pip install 'cablespan[onnx]'")
    elif "transformer" in factories and find_spec("spacy_transformers") is None:
        raise MissingExtra(
            f"{folder} is a transformer pipeline: "
            "pip install 'cablespan[trf]', in an environment of its own"
        )


def _load_without_torch(
    folder: Path, *, vocab: Vocab | bool, exclude: Iterable[str], config: dict[str, Any]
) -> Language:
    """As `spacy.load`, with onnxruntime in the transformer's place."""
    from spacy.util import dict_to_dot, load_config, load_model_from_config

    from cablespan.components.network.onnx_encoder import without_torch

    overrides = dict_to_dot(config)
    read = without_torch(load_config(folder / "config.cfg", overrides=overrides))
    nlp = load_model_from_config(read, vocab=vocab, exclude=exclude, meta=_meta(folder))
    return nlp.from_disk(folder, exclude=exclude, overrides=overrides)


def add_rules(nlp: Language, exclude: Iterable[str] = ()) -> None:
    """Adds the rule components that a pipeline lacks, but for `exclude`, each in its place."""
    needless = {name for name, trained in REPLACED_BY.items() if trained in nlp.component_names}
    without = {*nlp.component_names, *exclude, *needless}
    for name in (name for name in RULES if name not in without):
        after = [other for other in ORDER[ORDER.index(name) + 1 :] if other in nlp.pipe_names]
        nlp.add_pipe(RULES[name], name=name, before=after[0] if after else None)


def _switch_off(nlp: Language, disable: list[str], enable: list[str]) -> None:
    """Disables components as `spacy.load` does, and says what a listener lacks without them."""
    unknown = {*disable, *enable} - set(nlp.component_names)
    if unknown:
        raise ValueError(
            f"no component {', '.join(sorted(unknown))}; there are {', '.join(nlp.component_names)}"
        )
    for name in nlp.pipe_names:
        if name in disable or (enable and name not in enable):
            nlp.disable_pipe(name)
    on = set(nlp.pipe_names)
    lacking = {name: _upstream(pipe) - on for name, pipe in nlp.pipeline}
    deaf = [name for name, upstream in lacking.items() if upstream]
    if deaf:
        off = " and ".join(sorted(set().union(*lacking.values())))
        raise ValueError(f"{', '.join(deaf)} read the vectors of {off}: switch it on, or them off")


def _upstream(pipe: Any) -> set[str]:
    """The components whose vectors a component reads."""
    layers = pipe.model.walk() if hasattr(pipe, "model") else ()
    return {UPSTREAM[layer.name] for layer in layers if layer.name in UPSTREAM}
