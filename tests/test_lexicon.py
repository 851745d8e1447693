"""Every lexicon file parses, names nothing twice, and keeps to the scheme."""

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

import cablespan
from cablespan import lexicon
from cablespan.labels import Entity

PACKAGE = Path(cablespan.__file__).parent
NAMES = sorted(
    path.name.removesuffix(".jsonl")
    for path in files("cablespan.lexicon").iterdir()
    if path.name.endswith(".jsonl")
)
NAMED = [
    "countries",
    "cities",
    "regions",
    "governments",
    "us_agencies",
    "state_offices",
    "bodies",
    "military",
    "orgs",
    "laws",
    "titles",
    "people",
]


@pytest.mark.parametrize("name", NAMES)
def test_file_has_entries(name):
    assert lexicon.load(name)
    assert all(isinstance(entry, dict) for entry in lexicon.load(name))


def test_no_key_is_dead():
    keys = {key for name in NAMES for entry in lexicon.load(name) for key in entry}
    code = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    assert {key for key in keys if f'"{key}"' not in code} == {"former"}, "this file reads it"


@pytest.mark.parametrize("name", NAMED)
def test_names_are_unique_and_labelled(name):
    entries = lexicon.load(name)
    doubled = [
        entry for entry, count in Counter(entry["name"] for entry in entries).items() if count > 1
    ]
    assert not doubled
    assert {entry["label"] for entry in entries} <= {label.value for label in Entity}
    kinds = {entry["kind"]: entry["label"] for entry in lexicon.load("kinds")}
    assert not [entry["name"] for entry in entries if kinds.get(entry["kind"]) != entry["label"]]


@pytest.mark.parametrize("name", [name for name in NAMED if name not in ("governments",)])
def test_ids_are_unique(name):
    ids = Counter(entry["kb_id"] for entry in lexicon.load(name))
    assert not [kb_id for kb_id, count in ids.items() if count > 1]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"name": "Roe Oil", "kb_id": "org:ROE", "kind": "company"}', "'Roe Oil' .* \"label\""),
        ('{"name": "Roe Oil", ', "not JSON"),
    ],
)
def test_a_line_that_nothing_would_be_linked_to_is_named(tmp_path, monkeypatch, line, problem):
    right = '{"name": "Doe Oil", "label": "ORG", "kb_id": "org:DOE", "kind": "company"}'
    (tmp_path / "companies.jsonl").write_text(f"{right}\n\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(lexicon, "files", lambda _: tmp_path)
    with pytest.raises(lexicon.LexiconError, match=rf"companies\.jsonl:3: .*{problem}"):
        lexicon.load("companies")


def test_size_is_real():
    assert len(lexicon.load("countries")) > 250
    assert len(lexicon.load("cities")) > 2500
    assert (
        sum(
            len(lexicon.load(name))
            for name in ("us_agencies", "state_offices", "bodies", "military")
        )
        > 400
    )
    assert {entry["kb_id"] for entry in lexicon.load("countries")} >= {
        "iso:KZ",
        "iso:SUHH",
        "iso:ZRCD",
        "iso:DDDE",
        "iso:VDVNS",
    }


def test_states_own_codes_are_unique_among_countries_of_today():
    codes = Counter(
        entry["tags"]
        for entry in lexicon.load("countries")
        if entry.get("tags") and not entry.get("former")
    )
    assert not [code for code, count in codes.items() if count > 1]
    assert (
        next(entry["tags"] for entry in lexicon.load("countries") if entry["name"] == "Russia")
        == "RS"
    )
