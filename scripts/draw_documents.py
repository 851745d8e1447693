"""The same share of the documents of some gold each time: those whose names have the right hash.

python scripts/draw_documents.py work/extended.jsonl work/extended-quarter.jsonl --one-in 4
"""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import orjson
import typer


def is_drawn(name: str, one_in: int) -> bool:
    return int(sha256(name.encode()).hexdigest(), 16) % one_in == 0


def main(
    gold: Path,
    output: Path,
    one_in: Annotated[int, typer.Option(help="One document in so many is drawn.")] = 4,
) -> None:
    """Gold of the documents that are drawn, a line a paragraph as it stands."""
    lines = gold.read_bytes().splitlines(keepends=True)
    drawn = [line for line in lines if is_drawn(orjson.loads(line)["doc"], one_in)]
    output.write_bytes(b"".join(drawn))
    print(f"{output}: {len(drawn)} of {len(lines)} paragraphs")


if __name__ == "__main__":
    typer.run(main)
