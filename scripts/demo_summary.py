"""What `make demo` prints at its end: counts of the run, and where to look next."""

import sys
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

folder = Path(sys.argv[1])
counts = orjson.loads((folder / "run.json").read_bytes())["counts"]
table = Table(
    title=f"{counts['cables']} cables, {counts['paragraphs']} paragraphs, "
    f"{counts['words']:,} words in {folder}/",
    title_justify="left",
)
table.add_column("layer")
table.add_column("found", justify="right")
table.add_column("by label")
for layer in ("entities", "statements"):
    labels = counts[layer]
    table.add_row(
        layer,
        f"{sum(labels.values()):,}",
        ", ".join(f"{label} {n}" for label, n in sorted(labels.items(), key=lambda item: -item[1])),
    )
table.add_row("claims", f"{counts['claims']:,}", "source, cue, content")
console = Console(width=110)
console.print(table)
console.print(
    f"""Look next:
  search and browse all of it
    .venv/bin/cablespan explore {folder}.db
  one cable, its layers in colour
    .venv/bin/cablespan show {folder}/cables.jsonl --cable 08COTONOU3612
  correct labels in the browser
    .venv/bin/cablespan review {folder} --as ANNA
  your own cables
    .venv/bin/cablespan annotate YOUR_CABLES --output annotations/yours""",
    highlight=False,
    markup=False,
)
