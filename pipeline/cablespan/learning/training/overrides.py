"""Values that are laid over a config, `--section.key value` on the command line: read, and none
that the config would pass over."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from spacy.cli._util import parse_config_overrides
from spacy.language import DEFAULT_CONFIG
from spacy.util import load_config
from thinc.api import Config

# Sections from which spaCy drops keys that it does not know, or that nothing refers to; the
# arguments of a registered function it refuses by itself.
SECTIONS = ("paths", "system", "nlp", "training", "initialize")


def config_overrides(arguments: Sequence[str], options: Iterable[str]) -> dict[str, Any]:
    """The values among the arguments that a command has no option for.

    Raises ValueError for others, naming those of its `options` and of a config that are near.

    >>> config_overrides(["--training.max_steps", "3", "--nlp.lang=de"], [])
    {'training.max_steps': 3, 'nlp.lang': 'de'}
    >>> config_overrides(["--training.dropout", "0"], [])
    {'training.dropout': 0.0}
    >>> config_overrides(["--max-steps", "3"], ["--labels"])
    Traceback (most recent call last):
        ...
    ValueError: no option --max-steps: is --training.max_steps meant?
    """
    for before, argument in pairwise(["", *arguments]):
        name = argument.partition("=")[0]
        if name.startswith("--") and "." not in name:
            values = [
                f"--{section}.{key}" for section in SECTIONS for key in DEFAULT_CONFIG[section]
            ]
            raise ValueError(f"no option {name}: {_remedy(name, [*options, *values])}")
        if not name.startswith("--") and ("=" in before or not before.startswith("--")):
            raise ValueError(f"{argument} belongs to no option: take it out, or put one before it")
    given: dict[str, Any] = dict(parse_config_overrides(list(arguments)))
    if type(rate := given.get("training.dropout")) is int:
        given["training.dropout"] = float(rate)  # spaCy takes an integer for a schedule
    return given


def read_config(file: Path) -> Config:
    """The config in a file, its variables as they stand. Raises ValueError where it is none."""
    try:
        return load_config(file, interpolate=False)
    except ValueError as error:
        what = " ".join(str(error).split())
        raise ValueError(
            f"{file}: no config ({what}): write one as cable_sm.cfg, in UTF-8"
        ) from error


def check_known(overrides: Mapping[str, Any], file: Path) -> None:
    """Raises ValueError for a value that neither a config nor spaCy's defaults have."""
    config = read_config(file)
    known = {
        f"{section}.{key}"
        for section in SECTIONS
        for key in (*DEFAULT_CONFIG[section], *config.get(section, ()))
    }
    for key in overrides:
        if key.rpartition(".")[0] in SECTIONS and key not in known:
            raise ValueError(f"{file}: no value {key}: {_remedy(key, sorted(known))}")


def _remedy(name: str, known: Iterable[str]) -> str:
    """Which of those there are may be meant, of the same section first.

    >>> _remedy("training.dropuot", ["training.dropout", "training.patience"])
    'is training.dropout meant?'
    """
    keys: dict[str, list[str]] = {}
    for key in known:
        keys.setdefault(_bare(key), []).append(key)
    near = [key for close in get_close_matches(_bare(name), keys, 2, 0.75) for key in keys[close]]
    section = name.rpartition(".")[0]
    if near := [key for key in near if section and key.startswith(f"{section}.")] or near:
        return f"is {' or '.join(near)} meant?"
    return "correct it (a value of the config is --section.key value)"


def _bare(name: str) -> str:
    return name.rpartition(".")[2].lstrip("-").replace("-", "_")
