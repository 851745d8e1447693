"""How many header cases of a public parser come out as it expects, and which do not.

    python scripts/peer_score.py                        # score of each function
    python scripts/peer_score.py --failures             # and every failure
    python scripts/peer_score.py --failures references  # those of one function

The cases stand in ../shared/peer and are measured only; CONTRACT.md wins where they differ.
"""

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import orjson

from cablespan import header
from cablespan.cable import Recipient

CASES = Path(__file__).resolve().parents[2] / "shared" / "peer" / "header-cases.jsonl"


def answer(case: dict) -> object:
    """What our function answers to a case, in the form in which the case expects it."""
    function = getattr(header, case["function"])
    if case["function"] != "references":
        return plain(function(case["input"]))
    found = function(case["input"], case["year"], case["reference_id"])
    return [reference.value for reference in found if reference.kind == "cable"]


def plain(result: object) -> object:
    """A result of a header function as JSON has it."""
    if isinstance(result, Recipient):
        return {name: getattr(result, name) for name in Recipient.__slots__}
    if isinstance(result, date):
        return result.isoformat()
    return [plain(item) for item in result] if isinstance(result, list) else result


def expected(case: dict) -> object:
    """What a case expects; an empty text is None with us."""
    return case["expected"] or (None if isinstance(case["expected"], str) else case["expected"])


def score(path: Path, failures: list[dict] | None = None) -> tuple[Counter[str], Counter[str]]:
    """Cases right and cases asked of each function; those that are wrong go into `failures`."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for case in map(orjson.loads, path.read_bytes().splitlines()):
        asked[case["function"]] += 1
        if answer(case) == expected(case):
            right[case["function"]] += 1
        elif failures is not None:
            failures.append(case)
    return right, asked


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--failures", nargs="?", const="", help="print them, of one function")
    arguments = parser.parse_args()
    if not arguments.cases.exists():
        sys.exit(f"{arguments.cases}: no such file; give the cases as --cases")
    failures: list[dict] = []
    right, asked = score(arguments.cases, failures)
    for case in failures:
        if arguments.failures in ("", case["function"]):
            print(f"{case['function']}: {case['input']}")
            print(f"  expected {expected(case)}\n  answered {answer(case)}\n")
    for name in asked:
        print(f"{name:<16}{right[name]:>4} of {asked[name]:>3}  {right[name] / asked[name]:6.1%}")


if __name__ == "__main__":
    main()
