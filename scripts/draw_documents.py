"""Some documents of some gold, the same each time: those whose names have the right hash, or
all but the twins of pages that are held out (a twin's file has its page's name).

python scripts/draw_documents.py work/extended.jsonl work/extended-quarter.jsonl --one-in 4
python scripts/draw_documents.py annotations/modern-twins-second work/twins-kept.jsonl --without
work/pages-kept.jsonl.held-out
"""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import orjson
import typer


def is_drawn(name: str, one_in: int) -> bool:
    return int(sha256(name.encode()).hexdigest(), 16) % one_in == 0


def main(
    gold: Annotated[Path, typer.Argument(help="JSON Lines, or a folder of them.")],
    output: Path,
    one_in: Annotated[int, typer.Option(help="One document in so many is drawn.")] = 1,
    without: Annotated[
        Path | None, typer.Option(help="Names of pages; a folder's files of such a name are not.")
    ] = None,
) -> None:
    """Gold of the documents that are drawn, a line a paragraph as it stands."""
    left_out = {Path(name).name for name in without.read_text().split()} if without else set()
    files = sorted(gold.glob("*.jsonl")) if gold.is_dir() else [gold]
    lines = [(file, line) for file in files for line in file.read_bytes().splitlines(keepends=True)]
    drawn = [
        line
        for file, line in lines
        if file.stem not in left_out and is_drawn(orjson.loads(line)["doc"], one_in)
    ]
    output.write_bytes(b"".join(drawn))
    print(f"{output}: {len(drawn)} of {len(lines)} paragraphs")


if __name__ == "__main__":
    typer.run(main)
