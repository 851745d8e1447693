"""Exchange: every format gives back what it can hold, says what it cannot, and names what is wrong
by file and line."""

import gzip
import itertools
import json
import re
from importlib.util import find_spec

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin, Span
from spacy.training.converters import conll_ner_to_docs
from test_tasks import TOLD, record_of
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.formats import GoldError, convert, find_format, read_docs, read_records, tasks
from cablespan.formats.completion import bare_record, completed
from cablespan.labels import Certainty, Entity, Statement
from cablespan.learning.agreement import read_versions

NAMES = {
    "records": "cables.jsonl",
    "prodigy": "tasks",
    "gold": "gold.jsonl",
    "standoff": "standoff.jsonl",
    "docbin": "gold.spacy",
    "conll": "gold.conll",
    "labelstudio": "export.json",
    "brat": "brat",
    "doccano": "doccano.jsonl",
}
if find_spec("cassis"):
    NAMES["inception"] = "inception"
LAYERS = ("entities", "statements", "claims")
RUSK = {"start": 0, "end": 4, "label": "OFFICIAL"}


def full_record() -> dict:
    """A record with every fact that a record can hold."""
    record = completed(record_of(TOLD, "<REPORT>It rained in <PLACE>Astana</PLACE>.</REPORT>"))
    record["header"] |= {"subject": "IPR", "tags": ["ECON", "KIPR"], "reference_id": "07ASTANA454"}
    record["paragraphs"][0]["source_map"] = [[0, 731, 65]]
    record["entities"][0] |= {"kb_id": "KZ-IPR", "cluster": 3, "score": 0.98}
    record["statements"][1]["score"] = 0.5
    record["clusters"] = [
        {"cluster": 3, "label": "AGENCY", "name": "IPR Committee", "kb_id": "KZ-IPR", "mentions": 1}
    ]
    record["notes"] = ["line 3 was cp1252"]
    return record


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def by_position(annotations):
    return sorted(annotations, key=lambda a: json.dumps(a, sort_keys=True))


def accept_predictions(export, annotators=(None,)):
    """What Label Studio's JSON says after each annotator has submitted the predictions as they
    are."""
    project = json.loads(export.read_text())
    for task in project:
        (prediction,) = task["predictions"]
        task["annotations"] = [
            {"result": prediction["result"]} | ({"completed_by": one} if one else {})
            for one in annotators
        ]
    export.write_text(json.dumps(project))


@pytest.mark.parametrize("format", NAMES)
def test_round_trip(tmp_path, format):
    source = write(tmp_path / "in.jsonl", full_record())
    (record,) = read_records(source)
    messages = convert(source, tmp_path / NAMES[format], format)
    assert find_format(tmp_path / NAMES[format]) == format
    if format == "labelstudio":
        accept_predictions(tmp_path / NAMES[format])
    convert(tmp_path / NAMES[format], tmp_path / "back.jsonl", "records")
    (back,) = read_records(tmp_path / "back.jsonl")
    left_out = messages[-1]
    assert [p["text"] for p in back["paragraphs"]] == [p["text"] for p in record["paragraphs"]]
    assert [p["id"] for p in back["paragraphs"]] == [p["id"] for p in record["paragraphs"]]
    for layer in LAYERS:
        if f"{len(record[layer])} {layer}" not in left_out:
            facts = {"score", "kb_id", "cluster"} if "scores" in left_out else set()
            facts |= {"certainty", "speaker"} if "certainties" in left_out else set()
            expected = [
                {key: None if key in facts else value for key, value in a.items()}
                for a in record[layer]
            ]
            assert by_position(back[layer]) == by_position(expected)
    if left_out.endswith("holds all that was read"):
        assert back == record | {"source": back["source"]}
    else:
        assert ("3 header facts" in left_out) == (back["header"] != record["header"])


@pytest.mark.parametrize("format", NAMES)
def test_a_dates_value_is_kept_or_said_to_be_left_out(tmp_path, format):
    date = {"start": 3, "end": 9, "label": "DATE", "value": "2007-05-22"}
    source = write(tmp_path / "in.jsonl", gold_line(text="On May 22 he came.", entities=[date]))
    left_out = convert(source, tmp_path / NAMES[format], format)[-1]
    (record,) = read_records(tmp_path / NAMES[format])
    kept = record["entities"][0].get("value") == "2007-05-22"
    assert kept != ("1 values of entities" in left_out)


@pytest.mark.parametrize("format", NAMES)
def test_what_is_known_of_a_cable_is_kept_or_said_to_be_left_out(tmp_path, format):
    meta = {"url": "https://example.org", "head": "IPR"}
    record = completed(record_of("It rained.")) | {"meta": meta, "extra": {"topics": ["IPR"]}}
    record["header"] = {"created": "2007-02-21T09:41:00", "origin": "Embassy Astana"}
    record["paragraphs"].append(record["paragraphs"][0] | {"id": "07ASTANA454/2", "text": ""})
    source = write(tmp_path / "in.jsonl", record)
    left_out = convert(source, tmp_path / NAMES[format], format)[-1]
    (back,) = read_records(tmp_path / NAMES[format])
    kept = {
        "1 facts of meta": back["meta"].get("url") == meta["url"],
        "1 heads": back["meta"].get("head") == meta["head"],
        "1 times of day": back["header"]["created"] == record["header"]["created"],
        "1 facts of other components": back.get("extra") == record["extra"],
        "1 empty paragraphs": len(back["paragraphs"]) == 2,
    }
    assert [fact for fact in kept if fact in left_out] == [
        f for f, is_kept in kept.items() if not is_kept
    ]
    assert back["header"]["created"].startswith("2007-02-21")
    assert back["header"]["origin"] == "Embassy Astana"
    assert "header facts" not in left_out


def test_what_conll_leaves_out(tmp_path):
    source = write(tmp_path / "in.jsonl", full_record())
    counts, left_out = convert(source, tmp_path / "x.conll", "conll")
    assert counts == "1 cables, 2 paragraphs, 4 entities, 2 statements, 1 claims"
    assert left_out == (
        "left out, as conll cannot hold it: 1 claims, 2 scores, "
        "1 links and clusters of entities, 3 header facts, 1 source maps, "
        "1 cluster tables, 1 notes"
    )

    def rows(name):
        lines = (tmp_path / name).read_text().split("\n")
        return [tuple(line.split("\t")) for line in lines if line]

    assert rows("x.conll")[:3] == [("The", "O"), ("IPR", "B-AGENCY"), ("Committee", "I-AGENCY")]
    assert rows("x.statements.conll")[:2] == [("The", "B-CLAIM"), ("IPR", "I-CLAIM")]
    assert len(rows("x.conll")) == len(rows("x.statements.conll"))


def test_spacy_convert_opens_conll(tmp_path):
    source = write(tmp_path / "in.jsonl", full_record())
    convert(source, tmp_path / "x.conll", "conll")
    (doc, *_) = conll_ner_to_docs((tmp_path / "x.conll").read_text(), no_print=True)
    assert ("Committee", "AGENCY") in [(ent.text.split()[-1], ent.label_) for ent in doc.ents]
    assert len(list(doc.sents)) >= 2


def test_conll_without_the_file_beside_it_is_read_as_anybody_elses(tmp_path):
    source = write(tmp_path / "in.jsonl", full_record())
    convert(source, tmp_path / "x.conll", "conll")
    for file in tmp_path.glob("x.*"):
        if file.name != "x.conll":
            file.unlink()
    (record,) = read_records(tmp_path / "x.conll")
    assert "statements" not in record and "IPR Committee" in [e["text"] for e in record["entities"]]


def test_doccano_from_elsewhere(tmp_path):
    lines = [
        {"id": 3, "text": "Rusk came.", "label": [[0, 4, "OFFICIAL"]], "Comments": []},
        {"id": 4, "text": "To Ankara.", "label": [[3, 9, "PLACE"]], "Comments": []},
    ]
    path = write(tmp_path / "all.jsonl", *lines)
    assert find_format(path) == "doccano"
    one, other = read_records(path)
    assert [(e["text"], e["label"]) for e in one["entities"]] == [("Rusk", "OFFICIAL")]
    assert other["entities"][0]["text"] == "Ankara"
    write(path, *[line | {"paragraph": 3, "layers": "x", "cable": 7, "meta": 1} for line in lines])
    one, other = read_records(path)
    assert one["id"] == "all-3" and other["entities"][0]["text"] == "Ankara"
    write(path, {"text": "Rusk", "label": ["OFFICIAL"]})
    with pytest.raises(GoldError, match=r"all.jsonl:1: .*export .* sequence labelling"):
        list(read_records(path, format="doccano"))


@pytest.mark.parametrize(
    "format", [name for name in NAMES if name in ("brat", "inception", "doccano")]
)
def test_from_elsewhere_a_layer_that_nobody_marked_is_unannotated(tmp_path, format):
    """What another document of the same folder or file has marks of was annotated in all."""
    person, claim = RUSK, {"source": {"start": 0, "end": 4}, "content": {"start": 10, "end": 16}}
    lines = [gold_line(doc="07OSLO1", entities=[person]), gold_line(doc="07OSLO2")]
    for claims, layers in ([], ["entities"]), ([claim], ["entities", "claims"]):
        out = tmp_path / f"{len(claims)}" / NAMES[format]
        lines[1]["claims"] = claims
        convert(write(tmp_path / "in.jsonl", *lines), out, format)
        as_from_elsewhere(out)
        for record in read_records(out):
            assert [layer for layer in LAYERS if layer in record] == layers


def as_from_elsewhere(out):
    """Takes out of a file or the files of a folder what only this package writes."""
    for file in [out] if out.is_file() else out.iterdir():
        lines = file.read_text().splitlines()
        if file.suffix == ".ann":
            lines = [line for line in lines if not line.startswith("#")]
        elif file.suffix == ".jsonl":
            lines = [
                json.dumps(
                    {key: json.loads(line)[key] for key in ("text", "entities", "relations")}
                )
                for line in lines
            ]
        elif file.suffix == ".json":
            cas = json.loads(file.read_text())
            (note,) = (one for one in cas["%FEATURE_STRUCTURES"] if "CableRecord" in one["%TYPE"])
            cas["%FEATURE_STRUCTURES"].remove(note)
            for view in cas["%VIEWS"].values():
                view["%MEMBERS"].remove(note["%ID"])
            lines = [json.dumps(cas)]
        file.write_text("\n".join(lines))


def spans_in_a_group(blank, label, *, entity=None):
    """A DocBin as spaCy's users make one, with a span in doc.spans and perhaps an entity."""
    doc = blank("Rusk came.")
    doc.spans["sc"] = [Span(doc, 0, 3, label)]
    if entity:
        doc.ents = [Span(doc, 0, 1, entity)]
    return DocBin(docs=[doc]).to_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jsonl", {"text": "Rusk came.", "labels": [[0, 4, "OFFICIAL"]]}),
        ("x.jsonl", {"text": "Rusk came.", "label": [], "Comments": []}),
        ("x.json", [{"data": {"text": "Rusk came."}, "annotations": [{"result": []}]}]),
        ("x.ann", ""),
        ("x.spacy", "OFFICIAL"),
    ],
)
def test_a_file_from_elsewhere_in_which_no_mark_is_found_is_refused(tmp_path, blank, name, content):
    (tmp_path / "x.txt").write_text("Rusk came.")
    path = tmp_path / name
    if name == "x.spacy":
        path.write_bytes(spans_in_a_group(blank, content))
    else:
        path.write_text(json.dumps(content) if content else "")
    format = "doccano" if name == "x.jsonl" else None
    with pytest.raises(GoldError, match="nothing in the annotations is marked: export them"):
        convert(path, tmp_path / "out" / "gold.jsonl", "gold", format=format)
    assert not (tmp_path / "out").exists()


def test_spans_of_a_docbin_that_are_no_statements_are_counted(tmp_path, blank):
    path = tmp_path / "x.spacy"
    path.write_bytes(spans_in_a_group(blank, "CONTENT", entity="OFFICIAL"))
    _, told, _ = convert(path, tmp_path / "gold.jsonl", "gold")
    assert told.startswith(f"{path}: 1 spans in groups are of no statement's label: they are left")


def test_layers_that_a_file_has_not_got_stay_unannotated(tmp_path, blank):
    record = full_record()
    layers = tasks.record_tasks(record)
    answered = [{**task, "answer": "accept"} for task in layers["statements"]]
    write(tmp_path / "answers.jsonl", *answered)
    (doc,) = read_docs(tmp_path / "answers.jsonl", blank)
    assert not doc.has_annotation("ENT_IOB") and "claims" not in doc.spans
    assert [span.label_ for span in doc.spans["statements"]] == ["CLAIM", "REPORT"]
    convert(tmp_path / "answers.jsonl", tmp_path / "x.spacy", "docbin")
    (back,) = read_records(tmp_path / "x.spacy")
    assert "entities" not in back and "claims" not in back and len(back["statements"]) == 2


def test_tasks_that_were_not_accepted_are_counted(tmp_path):
    tasks_of = tasks.record_tasks(full_record())["statements"]
    answers = [{**task, "answer": "reject" if n else "accept"} for n, task in enumerate(tasks_of)]
    path = write(tmp_path / "answers.jsonl", *answers)
    _, refused, left_out = convert(path, tmp_path / "gold.jsonl", "gold")
    assert refused.startswith(f"{path}: {len(answers) - 1} of {len(answers)} tasks are rejected")
    assert left_out == "gold holds all else that was read"


def test_tasks_of_layers_that_were_not_asked_for_are_counted(tmp_path):
    convert(write(tmp_path / "in.jsonl", full_record()), tmp_path / "tasks", "prodigy")
    told = convert(tmp_path / "tasks", tmp_path / "out.jsonl", "gold", layers=["entities"])
    assert "4 of 6 tasks are of statements and claims: give --layer for these" in told[1]
    told = convert(tmp_path / "tasks", tmp_path / "out.jsonl", "gold", layers=LAYERS)
    assert not any("tasks" in line for line in told)
    with pytest.raises(GoldError, match="no layer 'entity': use one of entities, "):
        convert(tmp_path / "tasks", tmp_path / "out.jsonl", "gold", layers=["entity"])


def test_paragraphs_without_tasks_of_all_layers_asked_for_are_counted(tmp_path):
    layers = tasks.record_tasks(full_record())
    source = write(tmp_path / "some.jsonl", *layers["entities"], layers["statements"][0])
    _, told, _ = convert(source, tmp_path / "x.jsonl", "gold", layers=["entities", "statements"])
    assert told.startswith(f"{source}: 1 paragraphs have tasks of some of entities, statements ")


def test_what_other_projects_keep_in_the_meta_of_tasks_is_said_to_be_left_out(tmp_path):
    task, *_ = tasks.record_tasks(full_record())["entities"]
    source = write(tmp_path / "x.jsonl", task | {"meta": task["meta"] | {"url": "example.org"}})
    _, told, _ = convert(source, tmp_path / "gold.jsonl", "gold")
    assert told == f"{source}: the `meta` of tasks has url besides: that is left out"


def test_gold_lines_of_a_document_make_one_doc(tmp_path, blank):
    lines = [
        {
            "doc": "frus1961/d1",
            "paragraph": 4,
            "date": "1961-01-31",
            "text": "Rusk came.",
            "entities": [RUSK],
        },
        {"doc": "frus1961/d2", "paragraph": 0, "text": "Other."},
        {"doc": "frus1961/d1", "paragraph": 5, "text": "He left.", "entities": []},
    ]
    one, two = read_docs(write(tmp_path / "gold.jsonl", *lines), blank)
    assert one.text == "Rusk came.\n\nHe left." and [
        p["id"] for p in one._.cable["paragraphs"]
    ] == ["frus1961/d1/4", "frus1961/d1/5"]
    assert one._.cable["header"]["created"] == "1961-01-31" and [e.text for e in one.ents] == [
        "Rusk"
    ]
    assert two.text == "Other."


def gold_line(**changes):
    return {
        "doc": "d",
        "paragraph": 0,
        "text": "Rusk told Poloff.",
        "entities": [],
        "statements": [],
        "claims": [],
    } | changes


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            gold_line(entities=[RUSK | {"label": "PERS"}]),
            r"gold.jsonl:2: unknown label 'PERS' among the entities: use one of AGENCY",
        ),
        (
            gold_line(statements=[{"start": 0, "end": 4, "label": "PLACE"}]),
            r"gold.jsonl:2: unknown label 'PLACE' among the statements",
        ),
        (
            gold_line(
                entities=[
                    {"start": 0, "end": 9, "label": "OFFICIAL"},
                    {"start": 5, "end": 16, "label": "AGENCY"},
                ]
            ),
            r"gold.jsonl:2: OFFICIAL 'Rusk told' \(0-9\) and AGENCY 'told Poloff' \(5-16\) "
            "overlap: .*keep the longest",
        ),
        (
            gold_line(entities=[RUSK | {"start": 10, "end": 40}]),
            r"gold.jsonl:2: OFFICIAL at 10-40 lies outside the text of 17",
        ),
        (
            gold_line(entities=[RUSK | {"start": 4, "end": 5}]),
            r"gold.jsonl:2: OFFICIAL at 4-5 is white space alone: mark the words",
        ),
        (
            gold_line(entities=[RUSK | {"start": "0"}]),
            r"gold.jsonl:2: OFFICIAL has the `start` '0' and the `end` 4: write whole numbers",
        ),
        (
            gold_line(claims=[{"source": {"start": 0, "end": 4}, "cue": None, "content": None}]),
            r"gold.jsonl:2: a claim without content",
        ),
        (
            gold_line(scheme="cablespan.scheme/0"),
            r"gold.jsonl:2: scheme 'cablespan.scheme/0' is not 'cablespan.scheme/1': convert it",
        ),
        (
            gold_line(entities=[RUSK | {"text": "told"}]),
            r"gold.jsonl:2: .*is 'Rusk' in the text, not 'told'",
        ),
        ({"paragraph": 0}, r"gold.jsonl:2: no `doc` and `text`"),
    ],
)
def test_bad_gold_is_named_by_line(tmp_path, blank, line, message):
    path = write(tmp_path / "gold.jsonl", gold_line(doc="ok"), line)
    with pytest.raises(GoldError, match=message):
        list(read_docs(path, blank, format="gold"))


def test_all_problems_are_named_in_one_run(tmp_path):
    bad = [
        gold_line(doc=f"d{n}", entities=[{"start": 0, "end": 4, "label": "X"}]) for n in range(3)
    ]
    with pytest.raises(GoldError) as error:
        list(read_records(write(tmp_path / "gold.jsonl", *bad)))
    assert [str(p).partition(": ")[0].rpartition(":")[2] for p in error.value.problems] == [
        "1",
        "2",
        "3",
    ]
    assert str(error.value).count("unknown label 'X'") == 1, "said once, of three places"
    assert "gold.jsonl:1 and 2 more: unknown label 'X'" in str(error.value)


def test_a_folder_is_read_file_by_file(tmp_path):
    """What stands beside the annotations, texts and notes, is passed over."""
    folder, out = tmp_path / "mine", tmp_path / "all.jsonl"
    folder.mkdir()
    record = full_record()
    convert(write(tmp_path / "cables.jsonl", record), folder / "a.jsonl", "standoff")
    convert(write(tmp_path / "cables.jsonl", record | {"id": "B"}), folder / "b.jsonl", "gold")
    (folder / "README.md").write_text("Notes.")
    assert find_format(folder) == "standoff"
    convert(folder, out, "records")
    assert [record["id"] for record in read_records(out)] == [full_record()["id"], "B"]


@pytest.mark.parametrize(
    ("format", "name"),
    [
        *(pair for pair in NAMES.items() if pair[0] not in ("records", "prodigy")),
        ("conll", "cables.conll"),
        ("labelstudio", "x.json.gz"),
    ],
)
def test_a_file_is_found_in_a_folder_with_others(tmp_path, format, name):
    """Also those of brat and INCEpTION, and of CoNLL, which has files beside it."""
    folder, whole = tmp_path / "mine", format in ("brat", "inception")
    source = write(tmp_path / "in.jsonl", gold_line(doc="07OSLO1", entities=[RUSK]))
    convert(source, folder if whole else folder / name, format)
    write(folder / "another.jsonl", gold_line(doc="07OSLO2"))
    (folder / "labels.json").write_text("{}")
    (folder / "TypeSystem.xml").unlink(missing_ok=True)
    assert {record["id"] for record in read_records(folder)} == {"07OSLO1", "07OSLO2"}
    (folder / "another.jsonl").unlink()
    (record,) = read_records(folder)
    assert record["entities"][0]["text"] == "Rusk"


@pytest.mark.parametrize(
    ("name", "pack"), [("gold.jsonl.gz", gzip.compress), ("gold.jsonl.zst", zstandard.compress)]
)
def test_a_packed_file_is_unpacked(tmp_path, name, pack):
    path, packed = tmp_path / name, pack(json.dumps(gold_line(entities=[RUSK])).encode())
    path.write_bytes(packed)
    (record,) = read_records(path)
    assert [entity["text"] for entity in record["entities"]] == ["Rusk"]
    path.write_bytes(packed[:-5])
    with pytest.raises(GoldError, match="torn"):
        list(read_records(path))


@pytest.mark.parametrize("packing", [".gz", ".zst"])
@pytest.mark.parametrize("format", [format for format, name in NAMES.items() if "." in name])
def test_a_file_is_packed_as_its_name_says(tmp_path, format, packing):
    source, plain = write(tmp_path / "in.jsonl", full_record()), tmp_path / NAMES[format]
    packed = tmp_path / f"{NAMES[format]}{packing}"
    convert(source, packed, format)
    assert packed.read_bytes().startswith({".gz": b"\x1f\x8b", ".zst": b"\x28\xb5"}[packing])
    assert find_format(packed) == format
    found = [*read_records(packed)]
    convert(source, plain, format)
    assert [one | {"source": 0} for one in found] == [
        one | {"source": 0} for one in read_records(plain)
    ]


def test_all_files_of_a_folder_are_checked_in_one_run(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"doc": "A", "text": "It rained.", "entities": [{"start": 0, "end": 2, "label": "X"}]}'
    )
    (tmp_path / "b.jsonl").write_text('{"doc": "A", "text": ')
    with pytest.raises(GoldError, match="(?s)a.jsonl:1: unknown label.*b.jsonl:1: no JSON"):
        list(read_records(tmp_path, format="gold"))


def test_another_record_version(tmp_path):
    path = write(tmp_path / "cables.jsonl", full_record() | {"schema": "cablespan.record/2"})
    with pytest.raises(
        GoldError, match=r"cables.jsonl:1: schema 'cablespan.record/2' is not 'cablespan.record/1'"
    ):
        list(read_records(path))


LINE = {"doc": "A", "text": "Rusk said no."}
RECORD = {"id": "A", "paragraphs": [{"id": "A/1", "text": "Rusk said no."}]}
TASK = {"text": "Rusk said no.", "_view_id": "ner_manual", "spans": []}
BAD_FILES = {
    "torn.jsonl.gz": (gzip.compress(b"{" * 500)[:20], "torn"),
    "latin.jsonl": ('{"doc": "É"}'.encode("latin-1"), "first line is no UTF-8"),
    "empty.jsonl": (b"\n", "the file is empty"),
    "layer.jsonl": (LINE | {"entities": 1}, ":1: `entities` is no list of objects"),
    "marks.jsonl": (LINE | {"entities": ["Rusk"]}, ":1: `entities` is no list of objects"),
    "doc.jsonl": (LINE | {"doc": ["A"]}, ":1: no `doc` and `text`"),
    "claim.jsonl": (LINE | {"claims": [{"content": "no"}]}, ":1: CONTENT is 'no': give its"),
    "long.jsonl": (LINE | {"text": "a" * 1_000_001}, ":1: a paragraph of 1,000,001 characters"),
    "paragraphs.jsonl": (
        RECORD | {"paragraphs": ["Rusk"]},
        ":1: `paragraphs[0]` is no object: write {...}",
    ),
    "header.jsonl": (RECORD | {"header": [1]}, ":1: `header` is no object"),
    "empty_meta.jsonl": (RECORD | {"meta": []}, ":1: `meta` is no object: write {...}, or leave"),
    "notes.jsonl": (RECORD | {"notes": 1}, ":1: `notes` is no list"),
    "to.jsonl": (
        RECORD | {"header": {"to": [{"name": 1}]}},
        ":1: `header.to[0].name` is no text: write it in quotation marks",
    ),
    "score.jsonl": (
        LINE | {"entities": [RUSK | {"score": "x"}]},
        ":1: `score` is no number: write it without quotation marks, or leave it out",
    ),
    "number.jsonl": (LINE | {"number": "1"}, ":1: `number` is no whole number"),
    "dict.jsonl": (RECORD | {"claims": {"a": 1}}, ":1: `claims` is no list"),
    "meta.jsonl": (TASK | {"meta": [1]}, ":1: `meta` is no object"),
    "time.jsonl": (TASK | {"_timestamp": None}, ":1: `_timestamp` is no number: write one"),
    "spans.jsonl": (TASK | {"spans": "x"}, ":1: spans or relations of another shape"),
    "answer.jsonl": (TASK | {"answer": "Accept"}, ":1: `answer` is 'Accept': write one of accept,"),
    "teach.jsonl": (
        TASK | {"_view_id": "ner", "spans": [RUSK]},
        ":1: a yes to one span says nothing of the others: have whole texts annotated",
    ),
    "places.jsonl": (
        TASK | {"spans": [RUSK, RUSK | {"start": "0"}]},
        ":1: spans or relations of another shape ('<' not supported",
    ),
    "begun.jsonl": (b'{"doc": "A", "te\n', ":1: no JSON ("),
    "task.json": ([1], "the list of tasks is no list of objects"),
    "data.json": ([{"data": "x"}], "task 1: no data.text"),
    "result.json": (
        [{"data": LINE, "annotations": [{"result": ["x"]}]}],
        "task 1: `result` is no list of objects",
    ),
    "labels.json": (
        [{"data": LINE, "annotations": [{"result": [{"value": {"labels": ["LAW", "ORG"]}}]}]}],
        "task 1: a region has the labels LAW and ORG: give it one",
    ),
    "region.json": (
        [{"data": LINE, "annotations": [{"result": [{"value": {"labels": ["LAW"]}}]}]}],
        "task 1: a region or relation lacks 'start'",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_of_the_wrong_shape_is_named(tmp_path, name):
    content, message = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(GoldError, match=re.escape(message)) as caught:
        list(read_records(path))
    assert str(caught.value).startswith(str(path))


def places_in(value, place=()):
    """Where the values lie in nested objects and lists, of a list's items the first."""
    if place:
        yield place
    items = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value[:1]) if isinstance(value, list) else items:
        yield from places_in(item, (*place, key))


def with_value(value, place, new):
    key, *rest = place
    changed = value.copy()
    changed[key] = with_value(value[key], rest, new) if rest else new
    return changed


OF_EVERY_TYPE = (None, True, 3, -1, 1.5, "x", [], [1], ["x"], [[1, 2]], {}, {"a": 1})


TASK_FILES = [f"tasks/{layer}.jsonl" for layer in LAYERS]


@pytest.mark.parametrize(
    "file", ["cables.jsonl", "gold.jsonl", "doccano.jsonl", "export.json", *TASK_FILES]
)
def test_a_value_of_any_type_is_taken_or_named(tmp_path, file):
    """Every value in turn by one of every type: no other error than GoldError."""
    source, path = write(tmp_path / "in.jsonl", full_record()), tmp_path / "bad" / file
    format = next(format for format, name in NAMES.items() if name == file.partition("/")[0])
    convert(source, tmp_path / NAMES[format], format)
    if file == "export.json":
        accept_predictions(tmp_path / file)
    content = (tmp_path / file).read_text()
    whole = json.loads(content if file == "export.json" else content.partition("\n")[0])
    path.parent.mkdir(parents=True)
    assert refusals(path, whole, lambda changed: path.write_text(json.dumps(changed))) > 50


def refusals(path, whole, write):
    """How often a file is refused of which every value is written anew by one of every type."""
    refused = 0
    for place, new in itertools.product(places_in(whole), OF_EVERY_TYPE):
        write(with_value(whole, place, new))
        try:
            list(read_records(path))
        except GoldError:
            refused += 1
    return refused


@pytest.mark.parametrize("name", ["gold.cables.jsonl", "standoff.texts.jsonl"])
def test_a_value_of_any_type_in_the_file_beside_is_taken_or_named(tmp_path, name):
    format = "conll" if name.startswith("gold") else "standoff"
    source, path = write(tmp_path / "in.jsonl", full_record()), tmp_path / NAMES[format]
    convert(source, path, format)
    beside = tmp_path / name
    whole = json.loads(beside.read_text())
    assert refusals(path, whole, lambda changed: beside.write_text(json.dumps(changed))) > 50


@pytest.mark.parametrize("kind", ["Cable", "Paragraph", "Facts"])
def test_a_value_of_any_type_in_our_notes_of_brat_is_taken_or_named(tmp_path, kind):
    convert(write(tmp_path / "in.jsonl", full_record()), tmp_path / "brat", "brat")
    (file,) = (tmp_path / "brat").glob("*.ann")
    content = file.read_text()
    note = next(line for line in content.split("\n") if f"\t{kind} " in line)
    begins, _, said = note.rpartition("\t")

    def put(changed):
        file.write_text(content.replace(note, f"{begins}\t{json.dumps(changed)}"))

    assert refusals(tmp_path / "brat", json.loads(said), put) > 20


def test_a_date_that_is_a_number_makes_a_record_that_can_be_read_again(tmp_path):
    convert(write(tmp_path / "in.jsonl", gold_line(date=1961)), tmp_path / "r.jsonl", "records")
    (record,) = read_records(tmp_path / "r.jsonl")
    assert (record["header"]["created"], record["meta"]["date"]) == ("1961", 1961)


@pytest.mark.parametrize("key", ["meta", "header", "source", "clusters", "notes", "extra"])
def test_what_is_null_in_a_record_is_as_if_it_were_missing(tmp_path, key):
    path = write(tmp_path / "null.jsonl", RECORD | {key: None})
    without = write(tmp_path / "without.jsonl", RECORD)
    assert list(read_records(path)) == list(read_records(without))


def test_a_broken_line(tmp_path):
    path = write(tmp_path / "gold.jsonl", gold_line())
    path.write_text(path.read_text() + '{"doc": \n')
    with pytest.raises(GoldError, match=r"gold.jsonl:2: no JSON"):
        list(read_records(path))


def test_spans_that_cut_a_token_are_widened_and_told(tmp_path, blank):
    line = gold_line(text="See Ref B.", entities=[{"start": 4, "end": 9, "label": "CABLE_REF"}])
    told = []
    (record,) = read_records(
        write(tmp_path / "gold.jsonl", line), tokenize=blank.tokenizer, report=told.append
    )
    assert [e["text"] for e in record["entities"]] == ["Ref B."]
    assert (
        str(*told)
        == f"{tmp_path}/gold.jsonl:1: CABLE_REF 'Ref B' (4-9) cuts a token: taken as 'Ref B.'"
    )


def test_what_was_changed_is_not_said_to_be_held(tmp_path):
    line = gold_line(text="See Ref B.", entities=[{"start": 4, "end": 9, "label": "CABLE_REF"}])
    source = write(tmp_path / "gold.jsonl", line)
    *_, widened, held = convert(source, tmp_path / "tasks", "prodigy")
    assert "cuts a token" in widened and held == "prodigy holds all else that was read"


def test_of_two_entities_in_one_token_the_first_stays(tmp_path, blank):
    line = gold_line(
        text="OJUKWU.NOTED it",
        entities=[RUSK | {"end": 6}, {"start": 7, "end": 12, "label": "ORG"}],
    )
    told = []
    (record,) = read_records(
        write(tmp_path / "gold.jsonl", line), tokenize=blank.tokenizer, report=told.append
    )
    assert [e["label"] for e in record["entities"]] == ["OFFICIAL"] and "left out" in str(told[-1])


def test_label_studio_offsets_in_utf16_units(tmp_path):
    source = write(
        tmp_path / "gold.jsonl",
        gold_line(text="😀😀 Rusk came.", entities=[{"start": 3, "end": 7, "label": "OFFICIAL"}]),
    )
    convert(source, tmp_path / "x.json", "labelstudio")
    export = json.loads((tmp_path / "x.json").read_text())
    value = export[0]["annotations"][0]["result"][0]["value"]
    assert (value["start"], value["end"]) == (3, 7)
    value |= {"start": 5, "end": 9}  # as a page in JavaScript counts
    (tmp_path / "x.json").write_text(json.dumps(export))
    (record,) = read_records(tmp_path / "x.json")
    assert record["entities"][0]["text"] == "Rusk"


def test_an_arrow_that_was_turned_round_in_label_studio_points_back(tmp_path):
    source = write(tmp_path / "in.jsonl", full_record())
    convert(source, tmp_path / "x.json", "labelstudio")
    accept_predictions(tmp_path / "x.json")
    (expected,) = read_records(tmp_path / "x.json")
    project = json.loads((tmp_path / "x.json").read_text())
    for item in (item for task in project for item in task["annotations"][0]["result"]):
        if item["type"] == "relation":
            item |= {"from_id": item["to_id"], "to_id": item["from_id"], "direction": "left"}
    (tmp_path / "x.json").write_text(json.dumps(project))
    assert list(read_records(tmp_path / "x.json")) == [expected]


def test_label_studio_with_two_annotations(tmp_path):
    write(
        tmp_path / "x.json",
        [{"data": {"text": "Rusk"}, "annotations": [{"result": []}, {"result": []}]}],
    )
    with pytest.raises(GoldError, match=r"x.json: task 1: 2 annotations"):
        list(read_records(tmp_path / "x.json"))


def test_what_a_model_marked_leaves_label_studios_tasks_open(tmp_path):
    source = write(tmp_path / "in.jsonl", full_record())
    convert(source, tmp_path / "x.json", "labelstudio")
    for task in json.loads((tmp_path / "x.json").read_text()):
        assert "annotations" not in task and task["predictions"][0]["model_version"]
    assert list(read_records(tmp_path / "x.json")) == []  # nobody has annotated anything
    out = tmp_path / "back.jsonl"
    outcome = CliRunner().invoke(
        app, ["convert", f"{tmp_path / 'x.json'}", f"{out}", "--to", "gold"]
    )
    assert outcome.exit_code == 2 and not out.exists()
    assert "2 of 2 tasks have no submitted annotation" in outcome.stderr
    assert "nothing in it is annotated" in outcome.stderr and "holds all" not in outcome.stderr


@pytest.mark.parametrize("name", ["", "cables.jsonl"])
def test_what_a_run_wrote_is_a_models_without_scores_too(tmp_path, name):
    record = completed(record_of(TOLD))  # as rules mark it
    (tmp_path / "run").mkdir()
    write(tmp_path / "run" / "cables.jsonl", record)
    write(tmp_path / "run" / "manifest.jsonl", {"schema": "cablespan.manifest/1"})
    convert(tmp_path / "run" / name, tmp_path / "x.json", "labelstudio")
    (task,) = json.loads((tmp_path / "x.json").read_text())
    assert "annotations" not in task and task["predictions"][0]["result"]
    # What somebody put beside it is not the run's.
    convert(write(tmp_path / "run" / "gold.jsonl", record), tmp_path / "x.json", "labelstudio")
    (task,) = json.loads((tmp_path / "x.json").read_text())
    assert task["annotations"][0]["result"] and "predictions" not in task


def test_what_people_accepted_goes_to_label_studio_as_annotations(tmp_path):
    convert(write(tmp_path / "in.jsonl", full_record()), tmp_path / "tasks", "prodigy")
    for file in (tmp_path / "tasks").iterdir():
        answered = [json.loads(task) | {"answer": "accept"} for task in file.open()]
        write(file, *answered)
    (gold,) = read_records(tmp_path / "tasks")
    assert not any(mark["score"] for mark in gold["entities"] + gold["statements"])
    convert(tmp_path / "tasks", tmp_path / "x.json", "labelstudio")
    (back,) = read_records(tmp_path / "x.json")
    assert all(by_position(back[layer]) == by_position(gold[layer]) for layer in LAYERS)


def test_label_studios_open_tasks_are_told_and_take_no_header_with_them(tmp_path):
    convert(write(tmp_path / "in.jsonl", full_record()), tmp_path / "x.json", "labelstudio")
    accept_predictions(tmp_path / "x.json")
    first, second = json.loads((tmp_path / "x.json").read_text())
    (tmp_path / "x.json").write_text(json.dumps([first | {"annotations": []}, second]))
    told = convert(tmp_path / "x.json", tmp_path / "back.jsonl", "records")
    assert any("x.json: 1 of 2 tasks have no submitted annotation: their" in line for line in told)
    (back,) = read_records(tmp_path / "back.jsonl")
    assert len(back["paragraphs"]) == 1
    assert all(back[key] == full_record()[key] for key in ("header", "clusters", "notes"))
    # Label Studio's export may be of the annotated tasks alone.
    (tmp_path / "x.json").write_text(json.dumps([second]))
    told = convert(tmp_path / "x.json", tmp_path / "back.jsonl", "records")
    assert any("x.json: the first task of 1 of 1 cables is not in it" in line for line in told)


def region(label, start, end):
    value = {"start": start, "end": end, "labels": [label]}
    return {"id": f"{label}{start}", "type": "labels", "value": value}


def task_of(text, *regions, **columns):
    return {"data": {"text": text, **columns}, "annotations": [{"result": [*regions]}]}


def test_label_studio_from_elsewhere_has_the_layers_that_it_has_marks_of(tmp_path):
    project = [task_of("Rusk came.", region("OFFICIAL", 0, 4)), task_of("It rained.")]
    (tmp_path / "x.json").write_text(json.dumps(project))
    for record in read_records(tmp_path / "x.json"):
        assert "entities" in record and not record.keys() & {"statements", "claims"}


def test_a_mark_in_label_studio_makes_its_paragraphs_layer_annotated(tmp_path):
    lines = [gold_line(paragraph=number, statements=[]) for number in (1, 2)]
    for line in lines:
        del line["entities"], line["claims"]
    convert(write(tmp_path / "in.jsonl", *lines), tmp_path / "x.json", "labelstudio")
    project = json.loads((tmp_path / "x.json").read_text())
    project[1]["annotations"][0]["result"].append(region("OFFICIAL", 0, 4))
    (tmp_path / "x.json").write_text(json.dumps(project))
    (record,) = read_records(tmp_path / "x.json")
    assert [p.get("unannotated") for p in record["paragraphs"]] == [["entities"], None]
    assert len(record["entities"]) == 1 and "claims" not in record


@pytest.mark.parametrize("name", ["d.ann", "x.jsonl", "x.json"])
def test_a_source_or_cue_without_a_content_is_named(tmp_path, name):
    text, parts = "Rusk said no.", {"SOURCE": (0, 4), "CUE": (5, 9)}
    (tmp_path / "d.txt").write_text(text)
    brat = [
        f"T{n}\t{part} {a} {b}\t{text[a:b]}\n" for n, (part, (a, b)) in enumerate(parts.items())
    ]
    (tmp_path / "d.ann").write_text("".join(brat))
    write(tmp_path / "x.jsonl", {"text": text, "label": [[a, b, c] for c, (a, b) in parts.items()]})
    write(tmp_path / "x.json", [task_of(text, *(region(c, *at) for c, at in parts.items()))])
    with pytest.raises(GoldError, match=r"CUE at 5-9 of \S+/0 belongs to no claim: link it") as all:
        list(read_records(tmp_path / name))
    assert len(all.value.problems) == 2 and str(tmp_path / name) in str(all.value)


@pytest.mark.parametrize(
    "columns",
    [
        {"paragraph": 3, "cable": 12},
        {"paragraph": {"page": 3}, "layers": ["top"]},
        {"record": "7 inch", "layers": "two"},
    ],
)
def test_another_projects_columns_in_label_studio_are_passed_over(tmp_path, columns):
    task = task_of("Rusk came.", region("OFFICIAL", 0, 4), **columns)
    (tmp_path / "x.json").write_text(json.dumps([task]))
    (record,) = read_records(tmp_path / "x.json")
    assert record["paragraphs"][0]["id"] == f"{record['id']}/0" and len(record["entities"]) == 1


def test_annotations_of_a_task_in_label_studio_are_of_several_annotators(tmp_path):
    source = write(tmp_path / "in.jsonl", full_record())
    convert(source, tmp_path / "x.json", "labelstudio")
    accept_predictions(tmp_path / "x.json", [{"id": 1, "email": "anna@example.org"}, 2])
    versions = read_versions([tmp_path / "x.json"])
    assert versions.annotators() == ["anna@example.org", "annotator 2"]
    for unit, said in versions.units():
        assert len(said) == 2 and said["annotator 2"] == said["anna@example.org"], unit
    accept_predictions(tmp_path / "x.json", [{"id": 1, "email": "anna@example.org"}])
    assert read_versions([tmp_path / "x.json"]).annotators() == ["x"]


def test_brat_fragments_at_line_breaks(tmp_path):
    source = write(
        tmp_path / "gold.jsonl",
        gold_line(text="FM STATE\nTO ALL", statements=[{"start": 0, "end": 15, "label": "ADMIN"}]),
    )
    convert(source, tmp_path / "brat", "brat")
    (line,) = [
        line
        for line in (tmp_path / "brat" / "d.ann").read_text().split("\n")
        if line.startswith("T")
    ]
    assert line == "T1\tADMIN 0 8;9 15\tFM STATE TO ALL"


def test_brat_from_elsewhere(tmp_path):
    (tmp_path / "doc.txt").write_text("Rusk came.\n\nHe said no.")
    spans = (
        "T1\tOFFICIAL 0 4\tRusk\nT2\tSOURCE 12 14\tHe\nT3\tCUE 15 19\tsaid\nT4\tCONTENT 20 22\tno\n"
    )
    (tmp_path / "doc.ann").write_text(
        spans + "R1\tsource Arg1:T3 Arg2:T2\nR2\tcontent Arg1:T3 Arg2:T4\n"
    )
    (record,) = read_records(tmp_path)
    assert [p["text"] for p in record["paragraphs"]] == ["Rusk came.", "He said no."]
    (claim,) = record["claims"]
    assert [claim[role]["text"] for role in ("source", "cue", "content")] == ["He", "said", "no"]
    (tmp_path / "doc.txt").write_text("The Rusk came.")
    with pytest.raises(GoldError, match=r"doc.ann:1: T1 is not 'Rusk' in the text"):
        list(read_records(tmp_path))


@pytest.mark.parametrize("blank_line", ["\n\n", "\r\n\r\n", "\n \t\n", "\r\n \r\n"])
def test_blank_lines_of_any_kind_part_brats_paragraphs(tmp_path, blank_line):
    end = blank_line[: blank_line.index("\n") + 1]
    text = f"Rusk came.{end}He left.{blank_line}NATO met.{end}"
    (tmp_path / "doc.txt").write_bytes(text.encode())
    start = text.index("NATO")
    (tmp_path / "doc.ann").write_text(f"T1\tORG {start} {start + 4}\tNATO\n")
    (record,) = read_records(tmp_path)
    assert [p["text"] for p in record["paragraphs"]] == [f"Rusk came.{end}He left.", "NATO met."]
    assert record["entities"][0]["text"] == "NATO"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("#2\tFacts T1\t[]", "d.ann:3: no JSON object"),
        ("R1\tsource Arg1:T2 Arg2:T1", "d.ann:3: the source of a claim joins CUE and OFFICIAL"),
        ("R1\tsource Arg1:T2 Arg2:T9", "d.ann:3: T2 or T9 is no span of the file"),
        ("T3\tREPORT 0 9\tRusk said", "d.ann:3: REPORT is of the statements, which"),
        ("T3\tCONTENT 0 4;10 12\tRusk no", "d.ann:3: T3 leaves out words between its fragments"),
        ("T2\tCONTENT 10 12\tno", "d.ann:3: T2 stands twice: give each span its own number"),
    ],
)
def test_a_wrong_line_of_brat_is_named(tmp_path, line, message):
    (tmp_path / "d.txt").write_text("Rusk said no.")
    note = '#1\tCable -\t{"layers": ["entities", "claims"]}'
    spans = "T1\tOFFICIAL 0 4\tRusk\nT2\tCUE 5 9\tsaid"
    (tmp_path / "d.ann").write_text(f"{spans}\n{line}\n{note}\n")
    with pytest.raises(GoldError, match=message):
        list(read_records(tmp_path))


def test_a_claim_over_two_paragraphs_of_brat_is_named(tmp_path):
    (tmp_path / "d.txt").write_text("Rusk came back.\n\nHe said no.")
    spans = "T1\tSOURCE 0 4\tRusk\nT2\tCUE 20 24\tsaid\nT3\tCONTENT 25 27\tno\n"
    links = "R1\tsource Arg1:T2 Arg2:T1\nR2\tcontent Arg1:T2 Arg2:T3\n"
    (tmp_path / "d.ann").write_text(spans + links)
    with pytest.raises(GoldError, match=r"d.ann:1: SOURCE of the claim .* stands in d/0, not d/1"):
        list(read_records(tmp_path))


def test_conll_from_elsewhere(tmp_path):
    foreign = (
        "-DOCSTART- -X- O O\n\nRusk NNP B-NP B-OFFICIAL\ncame VBD B-VP O\n\n"
        "To TO O O\nAnkara NNP O B-PLACE\n"
    )
    (tmp_path / "x.conll").write_text(foreign)
    (record,) = read_records(tmp_path / "x.conll")
    assert [p["text"] for p in record["paragraphs"]] == ["Rusk came", "To Ankara"]
    assert [(e["text"], e["label"]) for e in record["entities"]] == [
        ("Rusk", "OFFICIAL"),
        ("Ankara", "PLACE"),
    ]
    assert "statements" not in record
    (tmp_path / "x.conll").write_text("Rusk\tB-OFFICIAL\ncame\tI-PLACE\n")
    with pytest.raises(GoldError, match=r"x.conll:2: tag 'I-PLACE' is no IOB2 here"):
        list(read_records(tmp_path / "x.conll"))


def test_prodigy_export_with_stale_hashes_rejects_and_other_order(tmp_path):
    layers = tasks.record_tasks(full_record())
    answered = [
        {**task, "answer": "accept", "_session_id": "x-anna", "_task_hash": 1}
        for task in layers["entities"]
    ]
    answered[1]["answer"] = "reject"
    answered[0]["spans"] = answered[0]["spans"][:1]
    (record,) = read_records(write(tmp_path / "export.jsonl", *reversed(answered)))
    assert [e["text"] for e in record["entities"]] == ["IPR Committee"] and len(
        record["paragraphs"]
    ) == 1


@pytest.mark.parametrize("times", [(None, None), (1, 2), (2, 1)])
def test_of_two_texts_of_a_paragraph_the_last_answered_is_read_and_the_other_named(tmp_path, times):
    task, _ = tasks.record_tasks(full_record())["entities"]
    texts = "Astana met NATO.", "Astana met the UN."
    answered = [
        task
        | {"text": text, "spans": [], "answer": "accept", "_view_id": "ner_manual"}
        | ({"_timestamp": time} if time else {})
        for text, time in zip(texts, times, strict=True)
    ]
    source = write(tmp_path / "entities.jsonl", *answered)
    told = convert(source, tmp_path / "gold.jsonl", "gold")
    kept = 0 if times == (2, 1) else 1
    (record,) = read_records(tmp_path / "gold.jsonl")
    assert [paragraph["text"] for paragraph in record["paragraphs"]] == [texts[kept]]
    name = task["meta"]["paragraph"]
    assert any(
        line.startswith(f"{source}:{2 - kept}: paragraph {name} has another text") for line in told
    )


def test_prodigy_claims_that_make_no_claim_are_named_by_line(tmp_path):
    (task, _) = tasks.record_tasks(full_record())["claims"]
    del task["claims"]
    task["relations"] = []
    with pytest.raises(
        GoldError, match=r"claims.jsonl:1: SOURCE at 0-17 belongs to no claim: link it"
    ):
        list(read_records(write(tmp_path / "claims.jsonl", task)))


def test_what_is_wrong_in_tasks_without_a_paragraph_is_named_by_line(tmp_path):
    lines = [
        {"text": text, "spans": spans, "_view_id": "ner_manual", "answer": "accept"}
        for text, spans in (("Astana.", []), ("Rusk.", [RUSK | {"label": "GPE"}]))
    ]
    source = write(tmp_path / "export.jsonl", *lines)
    for use in (lambda: list(read_records(source)), lambda: read_versions([source])):
        with pytest.raises(GoldError, match=re.escape(f"{source}:2: unknown label 'GPE'")):
            use()


def test_nothing_stays_of_a_conversion_that_fails(tmp_path):
    source = write(
        tmp_path / "gold.jsonl",
        gold_line(),
        gold_line(doc="x", entities=[{"start": 0, "end": 99, "label": "ORG"}]),
    )
    with pytest.raises(GoldError):
        convert(source, tmp_path / "out.jsonl", "records")
    assert [path.name for path in tmp_path.iterdir()] == ["gold.jsonl"]


@pytest.mark.parametrize("format", ["brat", "inception", "prodigy"])
def test_a_folder_that_holds_annotations_keeps_them_and_gets_no_others(tmp_path, format):
    for cable in ("07OSLO1", "07OSLO2"):
        write(tmp_path / f"{cable}.jsonl", gold_line(doc=cable))
    (tmp_path / "out").mkdir()
    convert(tmp_path / "07OSLO1.jsonl", tmp_path / "out", format)
    with pytest.raises(FileExistsError, match=f"holds annotations in {format}; take another"):
        convert(tmp_path / "07OSLO2.jsonl", tmp_path / "out", format)
    (record,) = read_records(tmp_path / "out")
    assert record["id"] == "07OSLO1"


@pytest.mark.parametrize(
    ("format", "name", "beside"),
    [
        ("labelstudio", "x.json", "x.config.xml"),
        ("standoff", "x.jsonl", "x.texts.jsonl"),
        ("conll", "x.conll", "x.cables.jsonl"),
        ("brat", ".", "d.txt"),
    ],
)
def test_what_is_written_beside_replaces_nothing_of_ones_own(tmp_path, format, name, beside):
    source, out = write(tmp_path / "in.jsonl", gold_line()), tmp_path / "out"
    out.mkdir()
    (out / beside).write_text("mine")
    with pytest.raises(FileExistsError, match=re.escape(f"{out / beside}: stands there already")):
        convert(source, out / name, format)
    assert [path.name for path in out.iterdir()] == [beside]
    assert (out / beside).read_text() == "mine"
    if name != ".":
        (out / beside).unlink()
        for _ in range(2):  # one's own of before is replaced with OUT
            convert(source, out / name, format)


@pytest.mark.parametrize("given", ["in/cables.jsonl", "in"])
def test_what_is_read_is_not_written_over(tmp_path, given):
    (tmp_path / "in").mkdir()
    source = write(tmp_path / "in" / "cables.jsonl", full_record())
    gold, before = write(tmp_path / "gold.jsonl", gold_line()), source.read_bytes()
    for convert_into_itself in (
        lambda: convert(tmp_path / given, source, "gold"),
        lambda: convert(gold, source, "records", cables=tmp_path / given),
    ):
        with pytest.raises(FileExistsError, match=re.escape(f"{source}: is read itself; name")):
            convert_into_itself()
    assert source.read_bytes() == before


@pytest.mark.parametrize("format", NAMES)
def test_cables_of_one_id_are_kept_apart_or_refused(tmp_path, format):
    source = write(tmp_path / "in.jsonl", *[full_record()] * 2)
    try:
        convert(source, tmp_path / NAMES[format], format)
    except GoldError as error:
        name = full_record()["paragraphs"][0]["id"]
        assert str(error).startswith(f"{source}:2: paragraph {name} stands at {source}:1 already")
        assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
    else:
        ids = [record["id"] for record in read_records(tmp_path / NAMES[format])]
        assert ids == [full_record()["id"]] * 2


@pytest.mark.parametrize("format", [name for name in NAMES if name != "standoff"])
def test_two_parts_of_a_cable_lose_no_paragraph(tmp_path, format):
    (tmp_path / "gold").mkdir()
    for day in (1, 2):
        write(tmp_path / "gold" / f"{day}.jsonl", gold_line(paragraph=day, text=f"Day {day}."))
    convert(tmp_path / "gold", tmp_path / NAMES[format], format)
    records = read_records(tmp_path / NAMES[format])
    found = [(record["id"], p["text"]) for record in records for p in record["paragraphs"]]
    assert found == [("d", "Day 1."), ("d", "Day 2.")]


def test_the_folder_where_one_stands_is_a_place_to_write_to(tmp_path, monkeypatch):
    source = write(tmp_path / "in.jsonl", gold_line())
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    convert(source, ".", "brat")
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [
        "annotation.conf",
        "d.ann",
        "d.txt",
    ]
    with pytest.raises(IsADirectoryError, match=r"^\.: is a folder; name a file in it"):
        convert(source, ".", "gold")


def test_unknown_file(tmp_path):
    (tmp_path / "x.bin").write_text("Rusk said no.")
    with pytest.raises(GoldError, match=r"x.bin: no annotations in a known format: say which"):
        list(read_records(tmp_path / "x.bin"))


@pytest.mark.parametrize("format", ["docbin", "labelstudio"])
def test_a_file_of_any_name_is_known_by_its_content(tmp_path, format):
    source = write(tmp_path / "in.jsonl", full_record())
    convert(source, tmp_path / "gold.mine", format)
    assert find_format(tmp_path / "gold.mine") == format


@pytest.mark.parametrize("which", ["to", "format"])
def test_a_format_that_there_is_not_is_named_with_those_that_there_are(tmp_path, which):
    source = write(tmp_path / "in.jsonl", full_record())
    with pytest.raises(ValueError, match="unknown format 'xml': use one of records, prodigy"):
        convert(source, tmp_path / "out", **{"to": "gold", which: "xml"})


def test_command(tmp_path):
    source = write(tmp_path / "in.jsonl", full_record())
    result = CliRunner().invoke(
        app, ["convert", str(source), str(tmp_path / "x.spacy"), "--to", "docbin"]
    )
    assert result.exit_code == 0 and "4 entities" in result.stderr and not result.stdout
    result = CliRunner().invoke(
        app, ["convert", str(tmp_path / "missing"), str(tmp_path / "y"), "--to", "brat"]
    )
    assert result.exit_code == 2 and "does not exist" in result.stderr


WORDS = [
    "Post",
    "said",
    "GOK",
    "é",
    "😀",
    "U.S.",
    "(C)",
    "don't",
    "a\u0301",
    "\u202eabc",
    "#",
    "T1",
    "\t",
    "\n",
    "\x85",
    "<b>",
    '"',
    "B.",
]


@st.composite
def any_record(draw):
    record = bare_record(draw(st.sampled_from(["07ASTANA454", "frus1961/d1", "a b%2F"])))
    record |= {"entities": [], "statements": [], "claims": []}
    for number in range(draw(st.integers(1, 3))):
        text = (
            " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=10))).strip() or "x"
        )
        text = re.sub(r"\n\s*\n", "\n", text)
        paragraph = {
            "id": f"{record['id']}/{number}",
            "text": text,
            "number": number or None,
            "section": draw(st.sampled_from([None, "summary", "text"])),
            "kind": "numbered" if number else "text",
        }
        record["paragraphs"].append(paragraph)
        solid = [token for token in tasks.tokenize(text) if not token.is_space]
        cuts = (
            draw(st.lists(st.sampled_from(range(len(solid) + 1)), max_size=6, unique=True))
            if solid
            else []
        )

        def place(first, last, solid=solid):
            return {"start": solid[first].idx, "end": solid[last].idx + len(solid[last])}

        for layer, labels in (("entities", Entity), ("statements", Statement)):
            bounds = sorted(cuts)
            for first, last in list(itertools.pairwise(bounds))[:: draw(st.sampled_from([1, 2]))]:
                label = str(draw(st.sampled_from(list(labels))))
                mark = {"paragraph": paragraph["id"], "label": label}
                record[layer].append(mark | place(first, last - 1))
        for _ in range(draw(st.integers(0, 2)) if solid else 0):
            roles = [
                sorted(draw(st.tuples(*[st.integers(0, len(solid) - 1)] * 2))) for _ in range(3)
            ]
            source, cue, content = (place(*pair) for pair in roles)
            claim = {
                "source": draw(st.sampled_from([source, None])),
                "cue": draw(st.sampled_from([cue, None])),
                "content": content,
            }
            certainty = draw(st.sampled_from([None, *map(str, Certainty)]))
            record["claims"].append({"paragraph": paragraph["id"], **claim, "certainty": certainty})
    return completed(record)


@settings(max_examples=25, deadline=None)
@given(record=any_record())
@pytest.mark.parametrize("format", NAMES)
def test_any_record_comes_back(tmp_path_factory, format, record):
    folder = tmp_path_factory.mktemp("x")
    convert(write(folder / "in.jsonl", record), folder / NAMES[format], format)
    (back,) = read_records(folder / NAMES[format])
    assert [
        (p["id"], p["text"], p["number"], p["section"], p["kind"]) for p in back["paragraphs"]
    ] == [(p["id"], p["text"], p["number"], p["section"], p["kind"]) for p in record["paragraphs"]]
    if format == "doccano":
        record["claims"] = [claim | {"certainty": None} for claim in record["claims"]]
    for layer in LAYERS[: 2 if format == "conll" else 3]:
        assert by_position(back[layer]) == by_position(record[layer])
