"""Writes the golden records of the sample cables anew: read the difference before you commit it.

They hold what reading and the bundled pipeline make of each file, without scores, whose last digits
differ from machine to machine.
"""

import sys
from pathlib import Path

import orjson

import cablespan
from cablespan.reading import expand, scan

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "cables" / "sample"


def records(nlp, path: Path) -> list[dict]:
    """The records of one sample file, with its path as the sample names it."""
    found = []
    for cable in scan(str(path)):
        record = cablespan.to_record(nlp(cablespan.to_doc(nlp, cable)))
        record["source"]["path"] = path.name
        for span in (*record["entities"], *record["statements"]):
            del span["score"]
        found.append(record)
    return found


def main() -> None:
    nlp = cablespan.load(ops="numpy")
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for path in map(Path, expand([str(ROOT / "corpus" / "sample")])):
        lines = [
            orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records(nlp, path)
        ]
        (GOLDEN / f"{path.name}.jsonl").write_bytes(b"".join(lines))
        print(f"{path.name}: {len(lines)}", file=sys.stderr)


if __name__ == "__main__":
    main()
