"""Lines of JSON as runs write them: plain or packed, on the disk or at a URL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from cablespan.reading.decode import TORN, open_input


def json_lines(path: str | Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises ValueError, with the place and the remedy, where a line is no JSON or the file is torn;
    OSError where it cannot be opened.
    """
    number = 0
    try:
        with open_input(str(path)) as lines:
            for line in lines:
                number += 1
                if line.strip():
                    yield orjson.loads(line)
    except orjson.JSONDecodeError as error:
        remedy = "cut the line out or write the file again"
        raise ValueError(f"{path}, line {number}: not JSON ({error}); {remedy}") from error
    except TORN as error:
        raise ValueError(f"{path}: torn after line {number} ({error}); write it again") from error
