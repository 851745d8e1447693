import gzip
import io
from html.parser import HTMLParser

import orjson
import pytest
from rich.console import Console

from cablespan.runs.batch.results import Results
from cablespan.runs.show import show
from cablespan.runs.show.layout import actors, passages, speaker_name
from cablespan.runs.show.page import to_html
from cablespan.runs.show.source import record_of, scheme_of_record
from cablespan.runs.show.terminal import to_terminal

TEXT = "Minister Poe said <b>the [bold]dam[/] & more</b> may burst."


def place(words: str) -> dict:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words}


@pytest.fixture
def record() -> dict:
    """A cable of two paragraphs whose text would break a page that trusts it."""
    return {
        "schema": "cablespan.record/1",
        "id": "08STRELSAU7",
        "meta": {},
        "source": {},
        "header": {
            "subject": 'Dams & "rivers" <script>alert(1)</script>',
            "tags": ["PREL", "RU"],
            "to": [{"route": None, "name": "SECSTATE"}],
        },
        "paragraphs": [
            {
                "id": "a/1",
                "number": 1,
                "marking": "C",
                "section": "summary",
                "kind": "numbered",
                "text": TEXT,
                "source_map": [],
            },
            {
                "id": "a/2",
                "number": None,
                "marking": None,
                "section": None,
                "kind": "heading",
                "text": "The\x1b[31m end",
                "source_map": [],
            },
        ],
        "entities": [
            {
                "paragraph": "a/1",
                **place("Minister Poe"),
                "label": "OFFICIAL",
                "kb_id": None,
                "cluster": 0,
                "score": 0.9,
            },
            {
                "paragraph": "a/1",
                **place("dam"),
                "label": "PLACE",
                "kb_id": "x<y",
                "cluster": None,
                "score": 0.9,
            },
        ],
        "statements": [
            {"paragraph": "a/1", "start": 0, "end": len(TEXT), "label": "CLAIM", "score": 0.8}
        ],
        "claims": [
            {
                "paragraph": "a/1",
                "source": place("Minister Poe"),
                "cue": place("said"),
                "content": place(TEXT[18:-1]),
                "speaker": 0,
                "certainty": "hedged",
            }
        ],
        "clusters": [
            {
                "cluster": 0,
                "label": "OFFICIAL",
                "name": "Minister Poe",
                "kb_id": None,
                "mentions": 1,
            }
        ],
    }


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.tags, self.links, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.text += data


def test_a_page_is_self_contained_and_escapes_the_cable(record):
    page = Page(to_html(record, scheme_of_record(record)))
    assert (
        "script" not in page.tags
        and "b" not in page.tags
        and "link" not in page.tags
        and "img" not in page.tags
    )
    assert all(link.startswith("#") for link in page.links)
    assert (
        "<script>alert(1)</script>" in page.text and "<b>the [bold]dam[/] & more</b>" in page.text
    )


def test_links_of_a_page_lead_somewhere(record):
    html = to_html(record, scheme_of_record(record))
    assert all(f'id="{link[1:]}"' in html for link in Page(html).links)


def test_the_terminal_shows_text_as_it_is(record):
    out = io.StringIO()
    to_terminal(
        record, scheme_of_record(record), Console(file=out, width=120, force_terminal=False)
    )
    shown = out.getvalue()
    assert TEXT in shown and "CLAIM" in shown and "SECSTATE" in shown
    assert "said (hedged)" in shown and "\x1b" not in shown


def test_pieces_of_a_paragraph_are_its_text(record):
    first = next(passages(record))
    assert "".join(piece.text for sentence in first.sentences for piece in sentence.pieces) == TEXT
    assert [piece.entity["label"] for piece in first.sentences[0].pieces if piece.entity] == [
        "OFFICIAL",
        "PLACE",
    ]


def test_actors_count_mentions_and_speakers_have_names(record):
    assert [(actor.name, actor.mentions) for actor in actors(record)] == [
        ("Minister Poe", 1),
        ("dam", 1),
    ]
    claim = record["claims"][0]
    assert speaker_name(claim, record) == "Minister Poe"
    assert speaker_name({**claim, "speaker": None}, record) == "Minister Poe"
    assert speaker_name({**claim, "speaker": "post/STRELSAU"}, record) == "post/STRELSAU"
    assert speaker_name({**claim, "speaker": None, "source": None}, record) == "—"


@pytest.mark.parametrize("name", ["cables.jsonl", "cables-00000.jsonl.gz"])
def test_a_cable_of_a_run_is_found_by_its_id(record, tmp_path, name):
    lines = b"".join(orjson.dumps({**record, "id": id_}) + b"\n" for id_ in ("A", "B"))
    (tmp_path / name).write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    assert record_of(tmp_path)["id"] == "A"
    assert record_of(tmp_path / name, "B")["id"] == "B"
    with pytest.raises(ValueError, match="no cable C in it; it holds A, B"):
        record_of(tmp_path / name, "C")


def test_a_cable_of_any_shard_is_found_in_the_folder(record, tmp_path):
    for number, id_ in enumerate(("A", "B")):
        line = orjson.dumps({**record, "id": id_}) + b"\n"
        (tmp_path / f"cables-0000{number}.jsonl.gz").write_bytes(gzip.compress(line))
    assert record_of(tmp_path, "B")["id"] == "B"
    with pytest.raises(ValueError, match="no cable C in it; it holds A, B"):
        record_of(tmp_path, "C")


def test_a_torn_file_is_a_sentence(record, tmp_path):
    path = tmp_path / "cables.jsonl.gz"
    lines = (orjson.dumps({**record, "id": f"07OSLO{7**n}"}) + b"\n" for n in range(900))
    path.write_bytes(gzip.compress(b"".join(lines))[:-100])
    assert record_of(path)["id"] == "07OSLO1"
    for read in (lambda: record_of(path, "Z"), lambda: list(Results(str(path)).lines())):
        with pytest.raises(ValueError, match=r"cables.jsonl.gz: torn after line \d+ .*; write it"):
            read()
    path.write_bytes(gzip.compress(b"1. (U) All is well.")[:-9])
    with pytest.raises(ValueError, match="cannot be read: .* whether the file is whole"):
        record_of(path)


def test_a_damaged_line_is_named(record, tmp_path):
    path = tmp_path / "cables.jsonl"
    path.write_bytes(orjson.dumps(record) + b"\n{\n")
    with pytest.raises(ValueError, match="line 2: not JSON"):
        record_of(path, "Z")


def test_a_record_of_another_shape_is_named(record, tmp_path):
    path = tmp_path / "cables.jsonl"
    path.write_bytes(orjson.dumps(record | {"clusters": [1]}))
    with pytest.raises(ValueError, match=r"object 1: `clusters\[0\]` is no object; write"):
        record_of(path)


def test_a_record_may_leave_out_what_it_does_not_know(record, tmp_path, capsys):
    claim = {"paragraph": "a/1", "content": {"start": 18, "end": 22}}
    entity = {"paragraph": "a/1", **place("Minister Poe"), "label": "OFFICIAL", "text": None}
    short = {"claims": [claim], "entities": [entity], "statements": None, "header": {}}
    paragraphs = [{"id": "a/1", "text": TEXT}]
    path = tmp_path / "cables.jsonl"
    path.write_bytes(orjson.dumps(record | {"paragraphs": paragraphs, "clusters": None} | short))
    show(path, html=tmp_path / "cable.html")
    show(path)
    assert "Minister Poe" in (tmp_path / "cable.html").read_text()
    assert "<b>t" in capsys.readouterr().out


def test_labels_of_ones_own_are_shown_in_the_colours_of_the_run(record, tmp_path, capsys):
    record["entities"][0]["label"] = "VESSEL"
    record["statements"][0]["label"] = "WARNING"
    (tmp_path / "cables.jsonl").write_text(orjson.dumps(record).decode() + "\n")
    (tmp_path / "labels.json").write_text(
        '{"extend": true, "entities": {"VESSEL": {"definition": "a ship", "colour": "#0b7285"}}}'
    )
    show(tmp_path, html=tmp_path / "cable.html")
    html = (tmp_path / "cable.html").read_text()
    assert '<mark style="--colour: #0b7285" title="a ship">VESSEL</mark>' in html
    show(tmp_path)
    printed = capsys.readouterr().out
    assert "VESSEL" in printed and "WARNING" in printed
