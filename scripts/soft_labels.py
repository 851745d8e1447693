"""What a large pipeline makes of gold, for `cablespan train --soft-labels` to teach a small one.

python scripts/soft_labels.py work/teacher/model-best work/soft.jsonl.zst work/pages-train.jsonl
annotations/modern
"""

from pathlib import Path
from typing import Annotated

import orjson
import spacy
import typer

from cablespan.components.network.encoder import tune_encoder
from cablespan.formats.files import written
from cablespan.learning.gold import read_gold
from cablespan.learning.soft_labels import soft_labels


def main(
    teacher: Path,
    output: Path,
    gold: Annotated[list[Path], typer.Argument(help="Gold of any format; a stretch is said once.")],
) -> None:
    """JSON Lines without the text, a line for each stretch of gold."""
    nlp = spacy.load(teacher)
    if "transformer" in nlp.pipe_names:
        tune_encoder(bfloat16=True)(nlp)
    lines = {line["words"]: line for line in soft_labels(nlp, read_gold(gold))}
    with written(output) as file:
        for line in lines.values():
            file.write(orjson.dumps(line) + b"\n")
    rows = sum(
        len(rows) for line in lines.values() for rows in line.values() if isinstance(rows, dict)
    )
    print(f"{output}: {len(lines)} stretches, {rows} rows in which the teacher is not sure")


if __name__ == "__main__":
    typer.run(main)
