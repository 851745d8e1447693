"""Knowledge as data: names, posts, offices, cues, headings as JSON Lines beside this file, and one loader."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@cache
def load(name: str) -> tuple[dict[str, Any], ...]:
    """The entries of the lexicon file `NAME.jsonl`, in file order.

    Raises FileNotFoundError for a lexicon that does not exist.
    """
    lines = files(__name__).joinpath(f"{name}.jsonl").read_bytes().splitlines()
    return tuple(orjson.loads(line) for line in lines if line.strip())
