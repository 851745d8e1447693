"""Header facts that no table of cases holds."""

from hypothesis import given
from hypothesis import strategies as st

from cablespan import header
from cablespan.reading.assembly import assemble


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
