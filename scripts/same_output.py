"""Whether the pipeline still writes the same bytes: records, tasks and rejects of the sample, the
shared pages and a made-up dump.

    python scripts/same_output.py write DIR    # before a change
    python scripts/same_output.py compare DIR  # after it

The second names each file that differs, with its first different line; exit code 1.
"""

import argparse
import os
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path

from benchmark_batch import make_dump
from cablespan.cli import app

ROOT = Path(__file__).resolve().parents[1]
INPUTS = {"sample": "corpus/sample", "pages": "../shared/pages", "dump": "dump.csv"}
CABLES = 60  # of the dump


def write(folder: Path) -> None:
    """Annotates each input that is there into a folder of its name, one worker each."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)  # records hold the paths that they were read from
    make_dump(folder / INPUTS["dump"], CABLES)
    for name, place in INPUTS.items():
        path = folder / place if name == "dump" else Path(place)
        if path.exists():
            arguments = [
                "annotate",
                str(path),
                "--output",
                str(folder / name),
                "--overwrite",
                "--workers",
                "1",
            ]
            app(arguments, standalone_mode=False)


def differences(before: Path, after: Path) -> list[str]:
    """One line for each output file that is missing or differs; paths inside the outputs are those
    of the folder that was written."""
    found = []
    for old in sorted(path for path in before.glob("*/*.jsonl") if path.name != "manifest.jsonl"):
        new = after / old.relative_to(before)
        if not new.is_file():
            found.append(f"{old.relative_to(before)}: not written")
            continue
        lines = zip_longest(
            old.read_bytes().splitlines(),
            new.read_bytes().replace(bytes(after), bytes(before)).splitlines(),
        )
        unlike = [number for number, (a, b) in enumerate(lines, 1) if a != b]
        if unlike:
            found.append(
                f"{old.relative_to(before)}: {len(unlike)} lines differ, "
                f"the first is line {unlike[0]}"
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=["write", "compare"])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    if arguments.task == "write":
        write(arguments.folder.resolve())
        return
    with tempfile.TemporaryDirectory() as after:
        write(Path(after))
        found = differences(arguments.folder.resolve(), Path(after))
    print("\n".join(found) or "the same bytes")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
