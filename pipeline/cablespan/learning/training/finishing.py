"""What becomes of a training: which model is delivered, what its config and its meta.json say, its
scores and its card."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import spacy
from spacy.training.loop import create_evaluation_callback
from thinc.api import Config

from cablespan.formats.checks import Problem
from cablespan.labels import Scheme, scheme_of
from cablespan.learning.corpus import example_of
from cablespan.learning.evaluation import evaluate
from cablespan.learning.gold import Gold, training_doc
from cablespan.learning.training.card import card
from cablespan.learning.training.checkpoints import BEST, LAST, latest
from cablespan.learning.training.finetuning import Start, mix_weights
from cablespan.nlp import load

# Written after everything else: a model without it is not finished.
CARD = "README.md"


def check_no_model_lost(output: Path) -> None:
    """Raises ValueError where a training into a folder would take the place of a finished model."""
    if (output / BEST / CARD).is_file() and latest(output) is None:
        raise ValueError(
            f"{output / BEST}: a finished model is there: give another --output, or --overwrite"
        )


def finish_models(
    output: Path,
    start: Start | None,
    base_share: float,
    scheme: Scheme,
    dev: Sequence[Gold],
    *,
    is_chosen: bool,
    warn: Callable[[Problem], None],
) -> str:
    """Finishes `model-last` and `model-best`; returns how the best was chosen, for the card.

    Where fine-tuning had no dev set (`is_chosen` is false), it is the last: the document or two
    that were split off then are too few to choose by.
    """
    best, last = output / BEST, output / LAST
    if start is not None and not is_chosen:
        _finish(last, start, base_share, scheme, dev)
        _replace(best, last)
        return "the model is that of the last step"
    chosen = _best_on_dev(best, last, start, dev)
    if chosen == last:
        _replace(best, last)
    _finish(last, start, base_share, scheme, dev)
    if start is None or chosen != start.base:
        _finish(best, start, base_share, scheme, dev)
        return "the best model was chosen by dev too"
    _take_components(best, start.base)
    _finish(best, None, base_share, scheme, dev)
    what = "no step was better than the base on dev, so it is the base as it was"
    warn(Problem(str(best), what, "give more gold, or other values of the training"))
    return what


def _best_on_dev(best: Path, last: Path, start: Start | None, dev: Sequence[Gold]) -> Path:
    """The folder of the best of those there are to choose from.

    spaCy judges every so many steps: seldom the last one, and never the base, but after a step.
    """
    models = [last, best]  # of two as good, the later, as spaCy chooses
    if start is not None and not start.anew:
        models.insert(0, start.base)
    weights = Config().from_disk(best / "config.cfg").interpolate()["training"]["score_weights"]
    return max(models, key=lambda model: _score(model, dev, weights))


def _score(model: Path, dev: Sequence[Gold], weights: Mapping[str, float]) -> float:
    """What spaCy's training chooses by."""
    nlp = spacy.load(model)
    examples = [example_of(training_doc(nlp, known)) for known in dev]
    score, _ = create_evaluation_callback(nlp, lambda _: examples, dict(weights))()
    return score


def _take_components(model: Path, base: Path) -> None:
    """Puts the networks of another pipeline of the same components in the place of a model's."""
    for network in base.glob("*/model"):
        _replace(model / network.parent.name, network.parent)


def _replace(folder: Path, source: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(source, folder)


def _mix_with_base(model: Path, start: Start, base_share: float) -> None:
    """Moves a trained model's weights back to those of its base, where there is a share to mix."""
    if not base_share or start.anew:
        return
    nlp = spacy.load(model)
    mix_weights(nlp, spacy.load(start.base), base_share)
    nlp.to_disk(model)


def _finish(
    model: Path, start: Start | None, base_share: float, scheme: Scheme, dev: Sequence[Gold]
) -> None:
    """Mixes a model with its base, takes the temporary files out of its config, and writes what it
    is into its meta.json.

    That is its labels, if they are not ours, and the network's own scores on dev.
    """
    if start is not None:
        _mix_with_base(model, start, base_share)
    file = model / "config.cfg"
    config = Config().from_disk(file, interpolate=False)
    # An encoder is no file of the training: its name describes the network.
    config["paths"] |= dict.fromkeys(set(config["paths"]) - {"encoder"})
    # So have the checkpoints gone with it.
    config["training"]["logger"] = config["training"]["logger"]["logger"]
    config.to_disk(file)
    nlp = spacy.load(model)
    scores = nlp.evaluate(example_of(training_doc(nlp, known)) for known in dev)
    meta = orjson.loads((model / "meta.json").read_bytes()) | {"performance": scores}
    if scheme != scheme_of():
        meta["scheme"] = scheme.tables()
    (model / "meta.json").write_bytes(orjson.dumps(meta, option=orjson.OPT_INDENT_2))


def write_scores(
    model: Path, dev: Sequence[Gold], name: str, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Writes scores.json and the card into a model's folder; `facts` are those of `card`."""
    scores = evaluate(load(model), dev)
    del scores["errors"]
    (model / "scores.json").write_bytes(orjson.dumps(scores, option=orjson.OPT_INDENT_2))
    network = orjson.loads((model / "meta.json").read_bytes())["performance"]
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    text = card(name, **facts, scores=scores, network=network, size=size)
    (model / CARD).write_text(text, encoding="utf-8")
    return scores
