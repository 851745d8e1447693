"""The counter of faults on pages: invented pages with one fault each."""

from pathlib import Path

import pytest

from count_faults import faults_of

FACTS = """<table class='cable'><tr><th>Reference ID</th></tr><tr><td>07OSLO12</td></tr></table>
<code><pre>SUBJECT: ROADS

{body}
</pre></code>"""
OPEN = "1. (U) The road is open, and all who came by it said so."


@pytest.mark.parametrize(
    ("body", "kind", "place"),
    [
        (f"{OPEN}\n\n3. (U) The river is high.\n\nROE", "number", "07OSLO12/3"),
        (
            f'{OPEN}\n\n2. (U) No ""road"", no "bridge," no "ship," no "way."\n\nROE',
            "doubled_quotes",
            "07OSLO12/2",
        ),
        (f"{OPEN}\n\n2. (U) {'It rains. ' * 201}\n\nROE", "long_paragraph", "07OSLO12/2"),
        (f"{OPEN}\n\n2. (U) See https://roads.example for more.\n\nROE", None, None),
    ],
)
def test_a_fault_is_found_with_its_place(
    tmp_path: Path, body: str, kind: str | None, place: str | None
) -> None:
    page = tmp_path / "07OSLO12.html"
    page.write_text(FACTS.format(body=body))
    found = [(fault.kind, fault.place) for fault in faults_of(page)]
    assert found == ([(kind, place)] if kind else [])
