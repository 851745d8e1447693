"""What we write, read by the tools themselves. Each test needs the tool:

- INCEpTION's library is installed with `[dev]`;
- `DOCCANO_PYTHON` names a Python that has doccano, an environment of its own:
  `pip install doccano "numpy<2" "marshmallow<4" "setuptools<80"`;
- `LABEL_STUDIO_URL` and `LABEL_STUDIO_TOKEN` name a running Label Studio with a legacy token
  (`label-studio start --username ... --password ... --user-token ...`).
"""

import json
import os
import subprocess

import httpx
import pytest
from test_exchange import full_record, write

from cablespan.formats import GoldError, convert, read_records

MARK = "webanno.custom.Cable"


def uimas_cas(folder):
    cassis = pytest.importorskip("cassis")
    (file,) = folder.glob("*.json")
    return cassis.load_cas_from_json(file.read_text())


def test_uimas_library_finds_marks_relations_and_tokens_in_inceptions_documents(tmp_path):
    record = full_record()
    convert(write(tmp_path / "in.jsonl", record), tmp_path / "out", "inception")
    cas = uimas_cas(tmp_path / "out")
    entities = [(one.get_covered_text(), one.label) for one in cas.select(f"{MARK}Entity")]
    assert entities[0] == ("IPR Committee", "AGENCY")
    links = [
        (one.label, one.Governor.get_covered_text(), one.Dependent.get_covered_text())
        for one in cas.select(f"{MARK}ClaimLink")
    ]
    assert ("source", "told", "The IPR Committee") in links
    tokens = cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token")
    assert [one.get_covered_text() for one in tokens][:3] == ["The", "IPR", "Committee"]


def test_inceptions_xmi_comes_back_with_what_was_changed_there(tmp_path):
    pytest.importorskip("cassis")
    record = full_record()
    convert(write(tmp_path / "in.jsonl", record), tmp_path / "out", "inception")
    cas = uimas_cas(tmp_path / "out")
    cas.select(f"{MARK}Entity")[0].label = "ORG"
    (tmp_path / "export").mkdir()
    cas.to_xmi(tmp_path / "export" / "07ASTANA454.xmi")
    cas.typesystem.to_xml(tmp_path / "export" / "TypeSystem.xml")
    (back,) = read_records(tmp_path / "export")
    assert [e["label"] for e in back["entities"]].count("ORG") == 1
    assert back["claims"] == record["claims"]


def test_a_document_of_inceptions_own_has_paragraphs_at_blank_lines(tmp_path):
    cassis = pytest.importorskip("cassis")
    from cablespan.formats.inception import layers

    cas = cassis.Cas(layers(), sofa_string="Rusk came.\n\nHe left.", sofa_mime="text/plain")
    cas.add(cas.typesystem.get_type(f"{MARK}Entity")(begin=0, end=4, label="OFFICIAL"))
    cas.to_json(tmp_path / "memo.json")
    (record,) = read_records(tmp_path / "memo.json")
    assert [p["id"] for p in record["paragraphs"]] == ["memo/0", "memo/1"]
    assert [e["text"] for e in record["entities"]] == ["Rusk"]
    cas.add(cas.typesystem.get_type(f"{MARK}ClaimPart")(begin=12, end=14, label="SOURCE"))
    cas.to_json(tmp_path / "memo.json")
    with pytest.raises(GoldError, match=r"memo.json: SOURCE at 0-2 of memo/1 belongs to no claim"):
        list(read_records(tmp_path / "memo.json"))


def _with_another_label(cas):
    next(part for part in cas.select(f"{MARK}ClaimPart") if part.label == "SOURCE").label = "PLACE"


def _without_governor(cas):
    cas.select(f"{MARK}ClaimLink")[0].Governor = None


def _with_an_end_in_words(cas):
    cas.select(f"{MARK}Entity")[0].end = "x"


def _with_a_number_in_words(cas):
    cas.select(f"{MARK}Entity")[0].score = "much"


def _with_notes_of_another_shape(cas):
    (ours,) = cas.select(f"{MARK}Record")
    ours.content = json.dumps(json.loads(ours.content) | {"notes": 5})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_with_another_label, "a relation of CUE at 18-22 points at no part of a claim: link CUE"),
        (_without_governor, "a relation has no Governor or no Dependent: draw it from a CUE"),
        (_with_an_end_in_words, "AGENCY has the `start` 4 and the `end` 'x'"),
        (_with_a_number_in_words, "`score` is no number"),
        (_with_notes_of_another_shape, "`notes` is no list"),
    ],
)
def test_what_was_torn_in_inception_is_named(tmp_path, change, told):
    convert(write(tmp_path / "in.jsonl", full_record()), tmp_path / "out", "inception")
    (file,) = (tmp_path / "out").glob("*.json")
    cas = uimas_cas(tmp_path / "out")
    change(cas)
    cas.to_json(file)
    with pytest.raises(GoldError, match=f"{file.name}: {told}"):
        list(read_records(tmp_path / "out"))


def test_a_damaged_document_is_named(tmp_path):
    pytest.importorskip("cassis")
    (tmp_path / "x.json").write_text('{"%TYPES": {}, "%FEATURE_STRUCTURES": [')
    with pytest.raises(GoldError, match=r"x.json: no UIMA CAS .*export the documents as UIMA"):
        list(read_records(tmp_path / "x.json"))


DOCCANO = """
import json, os, sys, uuid, backend
sys.path.insert(0, backend.__path__[0])
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
import django
django.setup()
from data_import.pipeline.label import RelationLabel, SpanLabel
from data_import.pipeline.parsers import JSONLParser
parser = JSONLParser("utf-8")
rows = [
    {
        "text": row["text"],
        "spans": [SpanLabel.parse(uuid.uuid4(), span).dict() for span in row["entities"]],
        "relations": [RelationLabel.parse(uuid.uuid4(), one).dict() for one in row["relations"]],
    }
    for row in parser.parse(sys.argv[1])
]
print(json.dumps({"rows": rows, "errors": [str(e) for e in parser.errors]}, default=str))
"""


def test_doccanos_own_parser_finds_spans_and_relations(tmp_path):
    python = os.environ.get("DOCCANO_PYTHON") or pytest.skip("DOCCANO_PYTHON is not set")
    record = full_record()
    convert(write(tmp_path / "in.jsonl", record), tmp_path / "x.jsonl", "doccano")
    command = [python, "-c", DOCCANO, tmp_path / "x.jsonl"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert said["errors"] == []
    assert [row["text"] for row in said["rows"]] == [p["text"] for p in record["paragraphs"]]
    spans = [span for row in said["rows"] for span in row["spans"]]
    assert len(spans) == len(record["entities"]) + len(record["statements"]) + 3
    assert [one["type"] for row in said["rows"] for one in row["relations"]] == [
        "source",
        "content",
    ]


class LabelStudio:
    """Label Studio's own API."""

    def __init__(self, url: str, token: str):
        headers = {"Authorization": f"Token {token}"}
        self.client = httpx.Client(base_url=url, headers=headers, timeout=120)

    def ask(self, method: str, path: str, **arguments) -> httpx.Response:
        response = self.client.request(method, f"/api/{path}", **arguments)
        return response.raise_for_status()

    def project(self, configuration: str) -> int:
        project = {"title": "cables", "label_config": configuration}
        return self.ask("POST", "projects", json=project).json()["id"]

    def submit_predictions(self, project: int) -> None:
        """As an annotator who submits each prediction as it is."""
        asked = {"project": project, "fields": "all", "page_size": 100}
        for task in self.ask("GET", "tasks", params=asked).json()["tasks"]:
            assert not task["is_labeled"]
            (prediction,) = self.ask("GET", "predictions", params={"task": task["id"]}).json()
            answer = {"result": prediction["result"]}
            self.ask("POST", f"tasks/{task['id']}/annotations", json=answer)


def test_label_studio_imports_our_tasks_and_its_export_comes_back_whole(tmp_path):
    url = os.environ.get("LABEL_STUDIO_URL") or pytest.skip("LABEL_STUDIO_URL is not set")
    source = write(tmp_path / "in.jsonl", full_record())
    convert(source, tmp_path / "x.json", "labelstudio")
    studio = LabelStudio(url, os.environ["LABEL_STUDIO_TOKEN"])
    project = studio.project((tmp_path / "x.config.xml").read_text())
    tasks = json.loads((tmp_path / "x.json").read_text())
    studio.ask("POST", f"projects/{project}/import", json=tasks)
    studio.submit_predictions(project)
    export = studio.ask("GET", f"projects/{project}/export", params={"exportType": "JSON"})
    (tmp_path / "export.json").write_bytes(export.content)
    (record,) = read_records(source)
    (back,) = read_records(tmp_path / "export.json")
    assert back == record
