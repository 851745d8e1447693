"""Volumes of Foreign Relations: what the editors' mark-up says of a telegram."""

import pytest

from cablespan.cable import Cable
from cablespan.reading import parse


def telegram(
    body: str,
    head: str = "1. Telegram 416 From the Embassy in Norway to the Department of State",
) -> Cable:
    """The telegram that the body of a document makes."""
    return parse(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>'
        f'<div type="document" xml:id="d1"><head>{head}</head>{body}</div></body></text></TEI>'
    )


@pytest.mark.parametrize(
    ("head", "origin"),
    [
        ("1. Telegram From the Embassy in Norway to the Mission to the Union", "Embassy in Norway"),
        ("2. Telegram 9 From the Mission to Bern to the Department of State", "Mission to Bern"),
        (
            "3. Telegram From the Delegation to the Talks in Oslo, Norway, to the Embassy in Bern",
            "Delegation to the Talks in Oslo, Norway",
        ),
        ("4. Telegram From the Ambassador to the Department of State", "Ambassador"),
        ("5. Telegram 9/Tosec 3 From the Department of State to All Posts", "Department of State"),
        ("6. Telegram From Secretary of State Roe to the White House", "Secretary of State Roe"),
        (
            "7. Backchannel Message From the Ambassador in Oslo to the President",
            "Ambassador in Oslo",
        ),
    ],
)
def test_the_origin_is_the_whole_name_of_the_sender_in_the_head(head, origin):
    assert telegram("<p>1. All is well.</p>", head).header.origin == origin
