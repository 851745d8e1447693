"""Invented cables of which tests build a database to explore: who is named, who says what."""

from pathlib import Path

import orjson

from cablespan.explore.index import index
from marked import parse_marked
from review_sample import make_record

# What a page must show as text: HTML, a sign that turns the direction of what follows, an emoji.
NASTY = 'Bekov <b>said</b> "x" \u202eevil\u202c 🙂 <script>alert(1)</script> &amp;.'

PEOPLE = ("OFFICIAL", "PERSON")


def named_record(cable: str = "07ASTANA454", **header) -> dict:
    """The cable of the review page's tests, with its clusters: Sultanov and what he speaks of."""
    record = make_record(cable)
    record["header"] |= header
    numbers: dict[tuple[str, str], int] = {}
    for entity in record["entities"]:
        name = entity["text"].removeprefix("Deputy Chairman ")
        entity["cluster"] = numbers.setdefault((entity["label"], name), len(numbers))
    record["clusters"] = [
        {"cluster": number, "label": label, "name": name, "mentions": 1, "named": True,
         "kb_id": f"person:{name}" if label in PEOPLE else "",
         "office": "Deputy Chairman" if name == "Sultanov" else None, "country": None,
         "given_name": None, "family_name": name if label in PEOPLE else None}
        for (label, name), number in numbers.items()
    ]  # fmt: skip
    clusters = {name: number for (_, name), number in numbers.items()}
    speakers = {"Sultanov": "Sultanov", "He": "Sultanov", "Marat Bekov": "Marat Bekov"}
    for claim in record["claims"]:
        claim["speaker"] = clusters[speakers[claim["source"]["text"]]]
    record["claims"][1]["certainty"] = "denied"
    return record


def nasty_record(cable: str = "08OSLO1") -> dict:
    """A cable whose text and header are full of what a page could take for more than text."""
    text, spans = parse_marked(f"<PERSON>Bekov</PERSON> left. {NASTY}".replace("<b>", "‹b›"))
    text = text.replace("‹b›", "<b>")
    place = {"paragraph": f"{cable}/1"}
    start, end, label = spans[0]
    return {
        "id": cable,
        "meta": {},
        "source": {},
        "header": {
            "subject": NASTY,
            "origin": "Embassy <i>Oslo</i>",
            "created": "2008-03-04",
            "tags": ["<u>PREL"],
            "references": [
                {"value": "07ASTANA454", "kind": "cable", "text": "07 ASTANA 454", "letter": "A"}
            ],
        },
        "paragraphs": [{"id": f"{cable}/1", "number": None, "kind": "text", "text": text}],
        "entities": [place | {"start": start, "end": end, "label": label, "cluster": 0}],
        "clusters": [
            {"cluster": 0, "label": label, "name": "<em>Bekov", "kb_id": "", "mentions": 1,
             "named": True, "office": None, "country": None, "given_name": None,
             "family_name": "Bekov"}
        ],
        "statements": [place | {"start": 0, "end": len(text), "label": "REPORT"}],
        "claims": [],
    }  # fmt: skip


def build(folder: Path, *records: dict) -> Path:
    """A database of records, in a folder."""
    lines = b"".join(orjson.dumps(record) + b"\n" for record in records)
    (folder / "cables.jsonl").write_bytes(lines)
    index([str(folder / "cables.jsonl")], folder / "cables.db")
    return folder / "cables.db"
