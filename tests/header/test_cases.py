"""Header facts of invented headers, `cases.jsonl`: a score for each function."""

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import orjson
import pytest

from cablespan import header

CASES = Path(__file__).with_name("cases.jsonl")
# Share of the cases of a function that come out right, at least. The rest are known misses.
FLOORS = dict.fromkeys(header.__all__, 1.0)
# Share of blanks that can be doubled, a common damage, without changing the answer, at least.
DOUBLED_FLOORS = dict.fromkeys(header.__all__, 0.99) | {"signers": 0.98}
EVERY = 7  # blank is doubled, in turn


def answer(case: dict) -> object:
    """What the package says to a case, in the form in which the case expects it."""
    name, function = case["function"], getattr(header, case["function"])
    if name == "references":
        found = function(case["text"], case["year"], case["id"])
        return [reference.value for reference in found if reference.kind == "cable"]
    result = function(case["text"])
    if name in ("recipients", "info_recipients"):
        return [[r.route, r.name, r.precedence, r.mcn, r.excluded] for r in result]
    if name == "summary" and result:
        return " ".join(result.split())  # the cases have one line; paragraphs are lines
    return result.isoformat() if isinstance(result, date) else result


@pytest.fixture(scope="module")
def cases() -> dict[str, list[dict]]:
    by_function = defaultdict(list)
    for case in map(orjson.loads, CASES.read_bytes().splitlines()):
        by_function[case["function"]].append(case)
    return by_function


@pytest.mark.parametrize("function", header.__all__)
def test_what_headers_say(cases, function):
    asked = cases[function]
    wrong = [case for case in asked if answer(case) != case["expected"]]
    for case in wrong:
        print(f"{case['text']}\n  expected {case['expected']}\n  answered {answer(case)}\n")
    score = 1 - len(wrong) / len(asked)
    print(f"{function}: {len(asked) - len(wrong)} of {len(asked)}")
    assert score >= FLOORS[function], f"{len(wrong)} of {len(asked)} are wrong: {score:.4f}"


def _on_one_line(answered: object) -> str:
    """An answer as JSON, runs of blanks and line ends as one blank."""
    return " ".join(orjson.dumps(answered).decode().replace("\\n", " ").split())


@pytest.mark.parametrize("function", header.__all__)
def test_a_doubled_blank_changes_no_fact(cases, function):
    right, wrong = 0, []
    for case in cases[function]:
        for gap in list(re.finditer(r"(?<=\S) (?=\S)", case["text"]))[::EVERY]:
            text = f"{case['text'][: gap.start()]} {case['text'][gap.start() :]}"
            if _on_one_line(answer(case | {"text": text})) == _on_one_line(case["expected"]):
                right += 1
            else:
                wrong.append(text)
    print(*wrong, sep="\n\n")
    score = right / (right + len(wrong))
    assert score >= DOUBLED_FLOORS[function], f"{len(wrong)} change: {score:.4f}"
