"""Models of one's own: gold in any format is checked, split, and handed to spaCy's training with a config of spaCy's."""

import logging
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import spacy
from spacy.cli.train import train as spacy_train
from spacy.tokens import DocBin
from spacy.util import import_file, logger
from spacy.vectors import Vectors
from thinc.api import Config, set_current_ops

from cablespan.formats.checks import GoldError, Problem
from cablespan.learning.evaluation import evaluate
from cablespan.learning.gold import Gold, read_gold, training_doc
from cablespan.learning.training.card import card
from cablespan.learning.training.checks import (
    checked_config,
    empty_classes,
    leaks,
    silver_leaks,
    trained_layers,
)
from cablespan.learning.training.finetuning import FINETUNE, bundled_config, finetuning_config
from cablespan.nlp import bundled_model, cpu_ops, load

__all__ = ["split", "train", "write_docs"]


def train(
    config: Path | None,
    train: Sequence[str | Path],
    dev: Sequence[str | Path],
    output: Path,
    *,
    base: str | Path | None = None,
    silver: Sequence[Path] = (),
    gold_copies: int = 1,
    texts: Iterable[str | Path] = (),
    dev_share: float = 0.1,
    allow_empty: bool = False,
    overrides: Mapping[str, Any] | None = None,
    gpu: int = -1,
    code: Path | None = None,
    verbose: bool = False,
    warn: Callable[[Problem], None] = lambda problem: None,
) -> dict[str, Any]:
    """Trains a pipeline into `output` (`model-best`, `model-last`); returns its scores on dev.

    `config`: spaCy's, a file or one of ours by name ("cable_sm.cfg"). `train`, `dev`: gold as
    `read_gold` takes it; without `dev`, a share of the training documents is split off by the
    config's seed. `base`: a pipeline to go on from; `config`, if any, is then laid over its own, and
    the whole is written to `output`/finetune.cfg. `silver`: DocBins of examples that a machine
    labelled, learned beside the gold as they are (scripts/distil.py writes them); each gold example
    is read `gold_copies` times to hold its own against them. `overrides`: of the config
    ("training.max_steps"); `code`: a Python file with registered functions.

    `model-best` gets scores.json (without the mistakes) and README.md, a model card. Raises GoldError
    and ValueError for anything wrong with gold or config, before any training.
    """
    if verbose:
        logger.setLevel(logging.DEBUG)
    if code is not None:
        import_file("python_code", code)
    config = _config_file(config, base, output)
    overrides = dict(overrides or {})
    _, nlp = checked_config(config, overrides)
    overrides |= _default_vectors(nlp.config.interpolate(), config, warn)
    seed = nlp.config.interpolate()["training"]["seed"] or 0
    texts = list(texts)
    training, judging = (
        read_gold(train, texts=texts, report=warn),
        read_gold(dev, texts=texts, report=warn),
    )
    how = ""
    if not dev:
        training, judging = split(training, dev_share, seed)
        how = f"Split off by document: {dev_share:.0%}, seed {seed}."
    # A pipeline that is trained on keeps the labels that the gold does not show.
    learned = {} if base else trained_layers(nlp)
    _check(training, judging, learned, ", ".join(map(str, train)), allow_empty, warn)
    if found := list(silver_leaks(silver, judging)):
        raise GoldError(found)
    if gpu < 0:
        set_current_ops(cpu_ops())
    with tempfile.TemporaryDirectory(prefix="cablespan-train-") as folder:
        examples, dev_file = Path(folder, "train"), Path(folder, "dev.spacy")
        examples.mkdir()
        write_docs(training, Path(folder, "gold.spacy"))
        for number in range(gold_copies):
            (examples / f"gold-{number}.spacy").symlink_to(Path(folder, "gold.spacy"))
        write_docs(judging, dev_file)
        for number, file in enumerate(silver):
            (examples / f"silver-{number}.spacy").symlink_to(file.resolve())
        paths = {"paths.train": str(examples), "paths.dev": str(dev_file)}
        spacy_train(config, output, use_gpu=gpu, overrides=overrides | paths)
    for model in (output / "model-best", output / "model-last"):
        _forget_paths(model)
    best = output / "model-best"
    scores = evaluate(load(best), judging)
    del scores["errors"]
    (best / "scores.json").write_bytes(orjson.dumps(scores, option=orjson.OPT_INDENT_2))
    size = sum(file.stat().st_size for file in best.rglob("*") if file.is_file())
    text = card(
        output.name,
        config=config,
        seed=seed,
        overrides=overrides,
        train=([*train, *silver], training),
        dev=(dev, judging),
        split=how,
        scores=scores,
        size=size,
    )
    (best / "README.md").write_text(text, encoding="utf-8")
    return scores


def _config_file(config: Path | None, base: str | Path | None, output: Path) -> Path:
    """The file of the config to train with."""
    if config is not None and not config.is_file() and config.parent == Path():
        config = bundled_config(config.name)
    if base is not None:
        output.mkdir(parents=True, exist_ok=True)
        finetuning_config(base, config).to_disk(output / FINETUNE)
        return output / FINETUNE
    if config is None:
        raise ValueError("no config: name one (--config), or a pipeline to go on from (--base)")
    return config


def _default_vectors(
    settings: Config, place: Path, warn: Callable[[Problem], None]
) -> dict[str, Any]:
    """Overrides for a config that takes word vectors and names none: those of the bundled model, or none where there is no such model."""
    takers = [
        f"{path}.include_static_vectors"
        for path, taken in _values(settings["components"], "include_static_vectors")
        if taken
    ]
    if not takers or settings["initialize"]["vectors"]:
        return {}
    bundled = bundled_model()
    if bundled is not None and Vectors(name="bundled").from_disk(bundled / "vocab").size:
        warn(
            Problem(
                str(place),
                "no word vectors named",
                f"those of {bundled} are taken; name others with --paths.vectors",
            )
        )
        return {"initialize.vectors": str(bundled)}
    warn(
        Problem(
            str(place), "no word vectors named", "trained without; name some with --paths.vectors"
        )
    )
    return {f"components.{taker}": False for taker in takers}


def _values(section: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    """Each value under `key` in nested sections, with the dotted path of its section."""
    for name, value in section.items():
        if isinstance(value, Mapping):
            if key in value:
                yield name, value[key]
            yield from ((f"{name}.{path}", found) for path, found in _values(value, key))


def _check(
    train: Sequence[Gold],
    dev: Sequence[Gold],
    trained: Mapping[str, str],
    place: str,
    allow_empty: bool,
    warn: Callable[[Problem], None],
) -> None:
    sets = {"train": train, "judge": dev}
    problems = [
        Problem(place, f"no paragraph to {aim} on", "give more gold")
        for aim, gold in sets.items()
        if not gold
    ]
    problems += leaks(train, dev, warn)
    empty = list(empty_classes(train, trained, place)) if train else []
    if allow_empty:
        for problem in empty:
            warn(problem)
    else:
        problems += empty
    if problems:
        raise GoldError(problems)
    for problem in empty_classes(dev, trained, "dev"):
        warn(problem._replace(remedy="the scores say nothing about it"))


def split(gold: Sequence[Gold], share: float, seed: int) -> tuple[list[Gold], list[Gold]]:
    """Training and dev documents: at least one of each where there are two, always the same for the same seed and documents."""
    documents = sorted({known.document for known in gold})
    chosen = set(
        random.Random(seed).sample(
            documents, min(max(1, round(share * len(documents))), max(0, len(documents) - 1))
        )
    )
    return [known for known in gold if known.document not in chosen], [
        known for known in gold if known.document in chosen
    ]


def write_docs(gold: Iterable[Gold], path: Path) -> None:
    """The gold as a DocBin that `cablespan.Corpus.v1` reads."""
    nlp = spacy.blank("en")
    DocBin(docs=(training_doc(nlp, known) for known in gold), store_user_data=True).to_disk(path)


def _forget_paths(model: Path) -> None:
    """Takes the temporary files out of a model's config: where the gold was says nothing to those who load it."""
    file = model / "config.cfg"
    config = Config().from_disk(file, interpolate=False)
    # An encoder is no file of the training: its name describes the network.
    config["paths"] |= dict.fromkeys(set(config["paths"]) - {"encoder"})
    config.to_disk(file)
