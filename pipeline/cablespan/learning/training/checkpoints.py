"""Training that goes on where it was stopped: what each evaluation leaves behind, and the config to
go on from it.

A checkpoint holds the weights; their moving average, which spaCy judges and saves, begins anew at
them. Adam's moments are lost: its rate warms up anew, for as many steps.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from spacy.language import Language
from spacy.training.loop import DIR_MODEL_BEST as BEST
from spacy.training.loop import DIR_MODEL_LAST as LAST
from spacy.util import registry
from thinc.api import Config

from cablespan.formats.checks import Problem
from cablespan.learning.training.finetuning import sourced

# Written after everything else: a folder without it is a torn checkpoint.
PROGRESS = "progress.json"


class Checkpoint(NamedTuple):
    """A folder with `model-last` and `model-best`, and how far the training had come there."""

    folder: Path
    begun_with: str
    step: int
    epoch: int
    best_score: float


def latest(output: Path) -> Checkpoint | None:
    """The latest whole checkpoint in the folder of a training, if there is one."""
    found = [
        Checkpoint(file.parent, **orjson.loads(file.read_bytes()))
        for file in output.glob(f"checkpoint-[0-9]*/{PROGRESS}")
    ]
    return max(found, key=lambda checkpoint: checkpoint.step, default=None)


@contextmanager
def saying_what_is_kept(output: Path, warn: Callable[[Problem], None]) -> Iterator[None]:
    """Tells where a training that is interrupted goes on, or that it does not."""
    try:
        yield
    except KeyboardInterrupt:
        kept = latest(output)
        what, remedy = "there was no checkpoint yet", "the same command begins anew"
        if kept:
            what = f"the checkpoint of step {kept.step} is kept"
            remedy = "the same command without --overwrite goes on from there"
        warn(Problem(str(output), f"interrupted; {what}", remedy))
        raise


def remove_checkpoints(output: Path, *, but: Path | None = None) -> None:
    """Removes the checkpoints in the folder of a training, but for one."""
    for folder in set(output.glob("checkpoint-[0-9]*")) - {but}:
        shutil.rmtree(folder)


@registry.loggers("cablespan.CheckpointLogger.v1")
def checkpoint_logger(
    logger: Callable,
    begun_with: str,
    step: int = 0,
    epoch: int = 0,
    best_score: float = 0.0,
) -> Callable:
    """Any logger of spaCy's, after whose every evaluation a checkpoint lies in the output folder.

    `begun_with`: what tells this training from others. The rest: how far it had come before.
    """

    def set_up(nlp, *streams):
        log, finish = logger(nlp, *streams)

        def log_step(info: dict[str, Any] | None) -> None:
            log(info)
            if info is None or "output_path" not in info:
                return
            best, _ = max(info["checkpoints"])
            progress = {
                "begun_with": begun_with,
                "step": step + info["step"] + 1,
                "epoch": epoch + info["epoch"],
                "best_score": max(best, best_score),
            }
            output = Path(info["output_path"]).parent
            _keep(output, progress, nlp=nlp, is_best=best >= best_score)

        return log_step, finish

    return set_up


def checkpoint_values(logger: Mapping[str, Any], begun_with: str) -> dict[str, Any]:
    """The config of a logger that leaves checkpoints, around that of another: of the one within,
    where the pipeline to go on from is of a training that was stopped.

    >>> stopped = checkpoint_values({"@loggers": "spacy.ConsoleLogger.v1"}, "5c2ba84")
    >>> checkpoint_values(stopped, "64dfd86")["logger"]
    {'@loggers': 'spacy.ConsoleLogger.v1'}
    """
    name = "cablespan.CheckpointLogger.v1"
    within = logger["logger"] if logger["@loggers"] == name else logger
    return {"@loggers": name, "begun_with": begun_with, "logger": dict(within)}


def _keep(output: Path, progress: dict[str, Any], *, nlp: Language, is_best: bool) -> None:
    """Writes the weights and the best model of `output` into a new checkpoint, and removes the one
    before.

    Where the best model is of before the training was stopped, the checkpoint before has it.
    """
    before = latest(output)
    folder = output / f"checkpoint-{progress['step']}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    nlp.to_disk(folder / LAST)
    shutil.copytree((output if is_best or not before else before.folder) / BEST, folder / BEST)
    (folder / PROGRESS).write_bytes(orjson.dumps(progress))
    remove_checkpoints(output, but=folder)


def resumed_config(checkpoint: Checkpoint) -> Config:
    """The config that goes on from a checkpoint for the steps or epochs that are left.

    Examples come in another order than at the beginning. A rate that falls to nothing
    (`warmup_linear.v1`) falls on from where it was, other schedules begin anew.
    """
    last = checkpoint.folder / LAST
    config = sourced(Config().from_disk(last / "config.cfg", interpolate=False), last)
    training, begun, done = config["training"], config.interpolate(), checkpoint.step
    values = begun["training"]
    if values["max_steps"]:
        training["max_steps"] = max(1, values["max_steps"] - done)
    if values["max_epochs"] > 0:
        training["max_epochs"] = max(1, values["max_epochs"] - checkpoint.epoch)
    training["seed"] = (values["seed"] or 0) + done
    if (seed := begun["corpora"].get("train", {}).get("shuffle_seed")) is not None:
        config["corpora"]["train"]["shuffle_seed"] = seed + done
    training["optimizer"]["learn_rate"] = _rest_of_rate(values["optimizer"]["learn_rate"], done)
    training["logger"] |= {
        "step": done,
        "epoch": checkpoint.epoch,
        "best_score": checkpoint.best_score,
    }
    return config


def _rest_of_rate(rate: Any, done: int) -> Any:
    """The rest of a schedule that falls to nothing, with a warm-up; other rates as they are."""
    if not isinstance(rate, dict) or rate.get("@schedules") != "warmup_linear.v1":
        return rate
    left = max(1, rate["total_steps"] - done)
    falling = max(1, rate["total_steps"] - rate["warmup_steps"])
    return rate | {
        "initial_rate": rate["initial_rate"] * min(1, left / falling),
        "total_steps": left,
        "warmup_steps": min(rate["warmup_steps"], left // 2),
    }


def take_best(output: Path) -> None:
    """Puts the best model of the last checkpoint in the place of `model-best`."""
    checkpoint = latest(output)
    if checkpoint is not None:
        shutil.rmtree(output / BEST, ignore_errors=True)
        shutil.copytree(checkpoint.folder / BEST, output / BEST)
