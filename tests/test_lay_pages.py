"""Gold of a page laid on the cable as it is read."""

from paragraph_alignment import ParagraphAlignment, Place


def test_a_cable_without_a_paragraph_holds_nothing_of_the_gold():
    """A page may end in its opening lines."""
    laid = ParagraphAlignment(["UNCLAS SECTION 01 OF 02 ASTANA 000575"], [])
    assert list(laid.to_theirs(0, 0, 6)) == []


def test_another_wrap_and_an_opening_are_no_hindrance():
    text = "The Ministry of Justice said that the market was open on Monday."
    laid = ParagraphAlignment([text], [f"3. (SBU) {text}"])
    assert list(laid.to_theirs(0, 4, 23)) == [Place(0, 9 + 4, 9 + 23)]
    assert laid.share_found(0) > 0.8
