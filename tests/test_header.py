"""Header facts, by a table of invented headers: `cables/header.jsonl` has one case a line."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablespan import header
from cablespan.reading.assembly import assemble

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cables" / "header.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def found(case):
    function = getattr(header, case["function"])
    if case["function"] == "references":
        return [
            r.value for r in function(case["text"], case["year"], case["id"]) if r.kind == "cable"
        ]
    result = function(case["text"])
    if case["function"].endswith("recipients"):
        return [[r.route, r.name, r.precedence, r.mcn, r.excluded] for r in result]
    return result.isoformat() if isinstance(result, date) else result


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['function']}: {case['text'][:40]!r}"
)
def test_what_a_header_says(case):
    assert found(case) == case["expected"]


def test_messages_that_are_no_cables_are_typed():
    kinds = [
        (r.kind, r.letter)
        for r in header.references(
            "REF: A. ROE-DOE E-MAIL 2/3/06 B. OSLO 5 C. ROE/DOE TELCON OF MAY 1", 2006
        )
    ]
    assert kinds == [("email", "A"), ("cable", "B"), ("telcon", "C")]


def test_a_reference_without_year_takes_that_of_the_cable():
    head = "{}UNCLAS OSLO 000012\n\nSUBJECT: ROADS\nREF: STATE 91188\n\n1. (U) All is well."
    for dated, value in [
        ("R 210941Z FEB 07\nFM AMEMBASSY OSLO\n", "07STATE91188"),
        ("", "STATE91188"),
    ]:
        text = head.format(dated)
        (reference,) = assemble(text, path="-", format="text").header.references
        assert reference.value == value
    assert (
        header.references("REF: STATE 91188 (2006)", reference_id="07OSLO12")[0].value
        == "06STATE91188"
    )


@given(st.text(alphabet=st.sampled_from("REFTAGSUBJ:.()[]¶0123456789 \nABCabc/-,'"), max_size=200))
def test_no_text_makes_a_parser_fail(text):
    for name in header.__all__:
        getattr(header, name)(text)
