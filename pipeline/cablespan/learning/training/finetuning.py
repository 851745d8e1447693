"""Fine-tuning: the config that goes on from a trained pipeline, all of whose components it sources."""

from importlib.resources import files
from pathlib import Path

from thinc.api import Config

from cablespan.nlp import model_folder

FINETUNE = "finetune.cfg"


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


def finetuning_config(base: str | Path, values: Path | None = None) -> Config:
    """The config of the pipeline `base` with all its components sourced from it.

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
    config["components"] = {name: {"source": str(folder)} for name in config["nlp"]["pipeline"]}
    config["initialize"]["components"] = {}
    config["paths"]["vectors"] = str(folder)
    config["initialize"]["vectors"] = "${paths.vectors}"
    return config
