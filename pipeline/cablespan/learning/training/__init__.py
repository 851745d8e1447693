"""Models of one's own: gold in any format is checked, split, and handed to spaCy's training with a
config of spaCy's."""

import hashlib
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import spacy
from spacy.cli.train import train as spacy_train
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.vectors import Vectors
from thinc.api import Config, set_current_ops

from cablespan.formats.checks import GoldError, Problem
from cablespan.labels import Scheme, scheme_of
from cablespan.learning import BASE_SHARE, DEV_SHARE
from cablespan.learning.gold import Gold, read_gold, training_doc
from cablespan.learning.training.checkpoints import (
    BEST,
    Checkpoint,
    checkpoint_values,
    latest,
    remove_checkpoints,
    resumed_config,
    take_best,
)
from cablespan.learning.training.checks import (
    checked_config,
    empty_labels,
    label_counts,
    leaks,
    trained_layers,
)
from cablespan.learning.training.finetuning import Start, bundled_config, write_finetuning
from cablespan.learning.training.finishing import (
    check_no_model_lost,
    finish_models,
    write_scores,
)
from cablespan.nlp import bundled_model, cpu_ops, model_scheme
from cablespan.records import annotated_layers

__all__ = ["split", "train", "write_docs"]

Warn = Callable[[Problem], None]


class Sets(NamedTuple):
    """The gold to learn from, and that to choose and judge by."""

    train: list[Gold]
    dev: list[Gold]


def train(
    config: Path | None,
    train: Sequence[str | Path],
    dev: Sequence[str | Path],
    output: Path,
    *,
    base: str | Path | None = None,
    base_share: float = BASE_SHARE,
    labels: Path | None = None,
    texts: Iterable[str | Path] = (),
    dev_share: float = DEV_SHARE,
    allow_empty: bool = False,
    overrides: Mapping[str, Any] | None = None,
    gpu: int = -1,
    overwrite: bool = False,
    warn: Warn = lambda problem: None,
) -> dict[str, Any]:
    """Trains a pipeline into `output` (`model-best`, `model-last`); returns its scores on dev.

    `config`: spaCy's, a file or one of ours by name ("cable_sm.cfg"). `train`, `dev`: gold as
    `read_gold` takes it; without `dev`, a share of the training documents is split off by the
    config's seed. A layer that nobody annotated is not learned: its component is left out.

    `base`: a pipeline to go on from; `config`, if any, is then laid over its own, and the whole is
    written to `output`/finetune.cfg. In the end the weights go back to those of the base by
    `base_share` of the way, so that little is forgotten (but not where a head began anew).

    `labels`: a file of labels (`scheme_of`); without it they are those of `base`, or ours.
    `overrides`: of the config ("training.max_steps").

    A training that was stopped goes on from its last evaluation when it is called again; it begins
    anew with `overwrite`, without which no finished model in `output` is replaced.

    `model-best` gets scores.json (without the mistakes) and README.md, a model card. Raises
    GoldError and ValueError for anything wrong with gold or config, before any training.
    """
    if not overwrite:
        check_no_model_lost(output)
    scheme = scheme_of(labels, model_scheme(base) if base is not None else None)
    overrides, texts = dict(overrides or {}), list(texts)

    def read(paths: Sequence[str | Path]) -> list[Gold]:
        return read_gold(paths, texts=texts, report=warn, scheme=scheme)

    start = None
    if base is None:
        config = _config_file(config)
        nlp = checked_config(config, overrides)  # before gold, which may take minutes, is read
        training = read(train)
    else:
        training = read(train)
        start = _start(base, config, scheme, output, training, overrides, warn)
        config = start.config
        nlp = checked_config(config, overrides)
    settings = nlp.config.interpolate()
    seed = settings["training"]["seed"] or 0
    overrides |= _default_vectors(settings, config, warn)
    gold = Sets(training, read(dev)) if dev else split(training, dev_share, seed)
    layers = trained_layers(nlp)
    # A pipeline that is trained on keeps the labels that the gold does not show.
    learned = [layer for layer, name in layers.items() if not start or name in start.anew]
    wanted = {layer: scheme.names(layer) for layer in learned}
    place = ", ".join(map(str, train))
    _check(gold, wanted, place, allow_empty, warn)
    for problem in empty_labels(gold.train, start.added if start else {}, place):
        warn(problem._replace(remedy="add some: the model will hardly ever give the label"))
    new = {layer: layers[layer] for layer in learned}
    overrides |= _without_missing_layers(nlp, gold.train, new, warn)
    whole = Config().from_disk(config, interpolate=False, overrides=overrides)
    begun_with = _digest(whole, gold)
    stopped = None if overwrite else _stopped(output, begun_with, warn)
    if stopped:
        whole = resumed_config(stopped)
    else:
        remove_checkpoints(output)
        whole["training"]["logger"] = checkpoint_values(settings["training"]["logger"], begun_with)
    _run(whole, gold, output, gpu)
    take_best(output)
    chosen = finish_models(
        output, start, base_share, scheme, gold.dev, is_chosen=bool(dev), warn=warn
    )
    facts = {
        "config": config,
        "seed": seed,
        "overrides": overrides,
        "train": (train, gold.train),
        "dev": (dev, gold.dev),
        "chosen": chosen,
        "split": "" if dev else f"Split off by document: {dev_share:.0%}, seed {seed}.",
    }
    scores = write_scores(output / BEST, gold.dev, output.name, facts)
    remove_checkpoints(output)
    return scores


def _stopped(output: Path, begun_with: str, warn: Warn) -> Checkpoint | None:
    """The checkpoint to go on from; raises ValueError where it is of another training."""
    checkpoint = latest(output)
    if checkpoint is None:
        return None
    what = f"a training was stopped after {checkpoint.step} steps"
    if checkpoint.begun_with != begun_with:
        other = "that had other gold, config or values"
        raise ValueError(
            f"{output}: {what} {other}: give the same, another --output, or --overwrite"
        )
    warn(Problem(str(output), what, "it goes on; --overwrite begins anew"))
    return checkpoint


def _digest(config: Config, gold: Sets) -> str:
    """What a training is told apart by: its config and its gold."""
    records = [[known.record for known in golds] for golds in gold]
    return hashlib.sha256(config.to_bytes() + orjson.dumps(records)).hexdigest()


def _config_file(config: Path | None) -> Path:
    """The file of the config to train with: one of a path, or one of ours by its name."""
    if config is None:
        raise ValueError("no config: name one (--config), or a pipeline to go on from (--base)")
    is_name = not config.is_file() and config.parent == Path()
    return bundled_config(config.name) if is_name else config


def _start(
    base: str | Path,
    config: Path | None,
    scheme: Scheme,
    output: Path,
    gold: Sequence[Gold],
    overrides: Mapping[str, Any],
    warn: Warn,
) -> Start:
    values = config and _config_file(config)
    start = write_finetuning(base, values, scheme, output, gold, overrides)
    for name in start.anew:
        what = f"{name} has labels that yours lack, and begins anew"
        remedy = "to keep it, name its labels too (extend = true in the file of labels)"
        warn(Problem(str(base), what, remedy))
    return start


def _without_missing_layers(
    nlp: Language, train: Sequence[Gold], layers: Mapping[str, str], warn: Warn
) -> dict[str, Any]:
    """Overrides that leave the components out whose layer nobody annotated."""
    annotated = label_counts(train)
    missing = {name: layer for layer, name in layers.items() if layer not in annotated}
    for name, layer in missing.items():
        problem = f"no {layer} in the gold: the pipeline is trained without {name}"
        warn(Problem("train", problem, f"annotate {layer} to have it"))
    if not missing or not annotated:
        return {}
    annotating = nlp.config.interpolate()["training"]["annotating_components"]
    return {
        "nlp.pipeline": [name for name in nlp.pipe_names if name not in missing],
        "training.annotating_components": [name for name in annotating if name not in missing],
    }


def _run(config: Config, gold: Sets, output: Path, gpu: int) -> None:
    """Runs spaCy's training, on files that are gone afterwards."""
    if gpu < 0:
        set_current_ops(cpu_ops())
    with tempfile.TemporaryDirectory(prefix="cablespan-train-") as folder:
        file, train, dev = (Path(folder, name) for name in ("cfg", "train.spacy", "dev.spacy"))
        config.to_disk(file)
        write_docs(gold.train, train)
        write_docs(gold.dev, dev)
        paths = {"paths.train": str(train), "paths.dev": str(dev)}
        spacy_train(file, output, use_gpu=gpu, overrides=paths)


def _default_vectors(settings: Config, place: Path, warn: Warn) -> dict[str, Any]:
    """Overrides for a config that takes word vectors and names none.

    They are those of the bundled model, or none where there is no such model.
    """
    takers = [
        f"{path}.include_static_vectors"
        for path, taken in _values(settings["components"], "include_static_vectors")
        if taken
    ]
    if not takers or settings["initialize"]["vectors"]:
        return {}
    bundled = bundled_model()
    what, name_others = "no word vectors named", "with --paths.vectors"
    if bundled is not None and Vectors(name="bundled").from_disk(bundled / "vocab").size:
        remedy = f"those of {bundled} are taken; name others {name_others}"
        warn(Problem(str(place), what, remedy))
        return {"initialize.vectors": str(bundled)}
    warn(Problem(str(place), what, f"trained without; name some {name_others}"))
    return {f"components.{taker}": False for taker in takers}


def _values(section: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    """Each value under `key` in nested sections, with the dotted path of its section."""
    for name, value in section.items():
        if isinstance(value, Mapping):
            if key in value:
                yield name, value[key]
            yield from ((f"{name}.{path}", inner) for path, inner in _values(value, key))


def _check(
    gold: Sets,
    wanted: Mapping[str, Sequence[str]],
    place: str,
    allow_empty: bool,
    warn: Warn,
) -> None:
    """Raises GoldError for sets that are empty or share documents, and for labels without example
    (`wanted`: by layer)."""
    problems = [*_empty_sets(gold, wanted, place), *leaks(gold.train, gold.dev, warn)]
    empty = list(empty_labels(gold.train, wanted, place))
    if allow_empty:
        for problem in empty:
            warn(problem)
    else:
        problems += empty
    if problems:
        raise GoldError(problems)
    for problem in empty_labels(gold.dev, wanted, "dev"):
        warn(problem._replace(remedy="the scores say nothing about it"))


def _empty_sets(gold: Sets, wanted: Mapping[str, Sequence[str]], place: str) -> Iterator[Problem]:
    documents = {known.document for known in gold.train}
    # That nothing is marked teaches a trained component something, and a new one nothing.
    taught = label_counts(gold.train) if wanted else _annotated_layers(gold.train)
    if not documents:
        yield Problem(place, "no paragraph to train on", "give more gold")
    elif not taught:
        remedy = "give gold with entities, statements or claims"
        yield Problem(place, "nothing in it is annotated", remedy)
    elif not gold.dev and len(documents) == 1:
        what = f"all paragraphs are of one document, {min(documents)}: none is left to judge on"
        yield Problem(place, what, "name gold of another one with --dev")
    elif not gold.dev:
        yield Problem("dev", "no paragraph to judge on", "give more gold")


def _annotated_layers(golds: Iterable[Gold]) -> set[str]:
    return {layer for known in golds for layer in annotated_layers(known.record)}


def split(gold: Sequence[Gold], share: float, seed: int) -> Sets:
    """Training and dev documents.

    At least one of each where there are two, always the same for the same seed and documents. Where
    one is enough it is the smallest: of few documents each is much of what there is to learn from.

    >>> gold = [Gold({"id": name, "paragraphs": []}, {}) for name in "abcde"]
    >>> sets = split(gold, 0.4, seed=0)
    >>> len(sets.train), len(sets.dev)
    (3, 2)
    """
    sizes = Counter[str]()
    for known in gold:
        sizes[known.document] += len(known.record["paragraphs"])
    documents = sorted(sizes)
    count = min(max(1, round(share * len(documents))), max(0, len(documents) - 1))
    chosen = random.Random(seed).sample(documents, count)
    if count == 1:
        chosen = [min(documents, key=lambda document: (sizes[document], document))]
    sets = Sets([], [])
    for known in gold:
        sets[known.document in chosen].append(known)
    return sets


def write_docs(gold: Iterable[Gold], path: Path) -> None:
    """The gold as a DocBin that `cablespan.Corpus.v1` reads."""
    nlp = spacy.blank("en")
    docs = (training_doc(nlp, known) for known in gold)
    DocBin(docs=docs, store_user_data=True).to_disk(path)
