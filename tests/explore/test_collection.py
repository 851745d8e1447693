"""Questions to a database from Python, and what a search finds as files for other tools."""

import csv

import networkx
import orjson
import polars
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

import cablespan
from cablespan.cli import app
from cablespan.explore.hits import records_of
from cablespan.explore.index import index
from marked_cables import marked_cable

BRIBES = (
    "<CLAIM><SOURCE><OFFICIAL>Minister Bekov</OFFICIAL></SOURCE> <CUE>said</CUE> that <CONTENT>the "
    "<AGENCY>Customs Office</AGENCY> took bribes</CONTENT>.</CLAIM>"
)
ADVICE = (
    "<RECOMMENDATION>Post recommends a visit to the <AGENCY>Customs Office</AGENCY>."
    "</RECOMMENDATION>"
)
DENIAL = (
    "<CLAIM><SOURCE>The <AGENCY>Customs Office</AGENCY></SOURCE> <CUE>denied</CUE> that <CONTENT>"
    "<OFFICIAL>Minister Bekov</OFFICIAL> was bribed</CONTENT>.</CLAIM>"
)
HERRING = "<REPORT>The herring fleet sailed.</REPORT>"
ASTANA = {"origin": "Embassy Astana", "created": "2007-02-21T09:41:00", "tags": ["ECON"]}
OSLO = {"origin": "Embassy Oslo", "created": "2006-05-01T10:00:00", "tags": ["EFIS"]}


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collection")
    cables = (
        marked_cable("07ASTANA454", BRIBES, ADVICE, **ASTANA, subject="BRIBES"),
        marked_cable("07ASTANA455", DENIAL, **ASTANA, references=("07ASTANA454",)),
        marked_cable("06OSLO7", HERRING, "Herring and bribes.", **OSLO),
    )
    (folder / "run.jsonl").write_bytes(b"".join(orjson.dumps(cable) + b"\n" for cable in cables))
    index([str(folder / "run.jsonl")], folder / "cables.db")
    return folder / "cables.db"


@pytest.fixture
def cables(database):
    with cablespan.open(database) as collection:
        yield collection


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"words": "bribe"}, ["06OSLO7/2", "07ASTANA454/1", "07ASTANA455/1"]),
        ({"words": "bribe", "post": "ASTANA", "year": 2007}, ["07ASTANA454/1", "07ASTANA455/1"]),
        ({"words": "bribe", "post": "Embassy Oslo"}, ["06OSLO7/2"]),
        ({"words": '"took bribes" OR fleet'}, ["06OSLO7/1", "07ASTANA454/1"]),
        ({"tag": "EFIS"}, ["06OSLO7/1", "06OSLO7/2"]),
        ({"statement": "RECOMMENDATION"}, ["07ASTANA454/2"]),
        ({"speaker": "Bekov"}, ["07ASTANA454/1"]),
        ({"entity": "customs office", "label": "OFFICIAL"}, ["07ASTANA454/1", "07ASTANA455/1"]),
        ({"words": "caviar"}, []),
    ],
)
def test_a_search_is_narrowed_by_facets(cables, asked, found):
    assert sorted(cables.search(**asked).paragraph) == found
    assert len(cables.paragraph_ids(**asked)) == len(found)


def test_claims_are_found_by_who_speaks_and_about_whom(cables):
    (claim,) = cables.claims(speaker="Bekov", about="Customs Office").to_dict("records")
    assert (claim["speaker"], claim["cue"], claim["content"], claim["cable"]) == (
        "Minister Bekov", "said", "the Customs Office took bribes", "07ASTANA454",
    )  # fmt: skip
    assert list(cables.claims(about="Bekov").speaker) == ["Customs Office"]
    assert len(cables.claims(post="OSLO")) == 0 and len(cables.claims(certainty="asserted")) == 2


def test_statements_are_found_by_label_and_post(cables):
    (advice,) = cables.statements(label="RECOMMENDATION", post="ASTANA").to_dict("records")
    assert (
        advice["words"] == "Post recommends a visit to the Customs Office."
        and advice["score"] == 80
    )
    assert list(cables.statements(tag="EFIS", year=2006).label) == ["REPORT"]


def test_tables_come_from_polars_as_well(database):
    with cablespan.open(database, library="polars") as cables:
        assert cables.search("fleet").select("cable", "number").rows() == [("06OSLO7", 1)]
        assert isinstance(cables.sql("SELECT * FROM cable_tags"), polars.DataFrame)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda cables: cables.search("(bribe"), r"'\(bribe' is no search .*: close each bracket"),
        (
            lambda cables: cables.search("bribe", posts="OSLO"),
            "posts is no facet: use one of post, ",
        ),
        (lambda cables: cables.claims(label="CLAIM"), "label narrows no claims: use one of post"),
        (lambda cables: cables.claims(speaker="Beko"), "'Beko': the collection names nobody so"),
    ],
)
def test_what_cannot_be_asked_is_said(cables, ask, told):
    with pytest.raises(ValueError, match=told):
        ask(cables)


def test_nothing_is_written_to_a_collection(cables):
    with pytest.raises(Exception, match="readonly"):
        cables.sql("DELETE FROM cables")


def test_paragraphs_are_records_again(cables):
    (record,) = records_of(cables.connection, cables.paragraph_ids("bribes", speaker="Bekov"))
    assert record["id"] == "07ASTANA454" and record["header"]["tags"] == ["ECON"]
    assert [paragraph["id"] for paragraph in record["paragraphs"]] == ["07ASTANA454/1"]
    (claim,) = record["claims"]
    names = {cluster["cluster"]: cluster["name"] for cluster in record["clusters"]}
    assert names[claim["speaker"]] == "Minister Bekov"
    assert claim["content"]["text"] == "the Customs Office took bribes"
    assert [(entity["text"], entity["score"]) for entity in record["entities"]] == [
        ("Minister Bekov", 0.9),
        ("Customs Office", 0.9),
    ]


def test_all_records_are_again_what_they_were(cables):
    records = list(records_of(cables.connection, cables.paragraph_ids()))
    assert [len(record["paragraphs"]) for record in records] == [2, 1, 2]
    assert records[1]["header"]["references"][0]["value"] == "07ASTANA454"


def run(*arguments):
    return CliRunner().invoke(app, ["export", *map(str, arguments)])


def test_what_a_search_finds_becomes_tasks(database, tmp_path):
    result = run(
        database, tmp_path / "tasks", "--to", "prodigy", "--search", "bribes", "--post", "ASTANA"
    )
    assert result.exit_code == 0 and "2 paragraphs" in result.output
    tasks = [orjson.loads(line) for line in (tmp_path / "tasks" / "claims.jsonl").open("rb")]
    assert [task["meta"]["paragraph"] for task in tasks] == ["07ASTANA454/1", "07ASTANA455/1"]
    assert {span["label"] for span in tasks[0]["spans"]} == {"SOURCE", "CUE", "CONTENT"}


def test_what_a_search_finds_becomes_tables(database, tmp_path):
    assert run(database, tmp_path / "found", "--tag", "EFIS").exit_code == 0
    assert parquet.read_table(tmp_path / "found" / "paragraphs.parquet").num_rows == 2
    assert run(database, tmp_path / "found", "--to", "csv", "--year", 2007).exit_code == 0
    assert "took bribes" in (tmp_path / "found" / "claims.csv").read_text()


@pytest.mark.parametrize("to", ["graphml", "gexf"])
def test_who_speaks_about_whom_becomes_a_graph(database, tmp_path, to):
    assert run(database, tmp_path, "--to", to).exit_code == 0
    read = {"graphml": networkx.read_graphml, "gexf": networkx.read_gexf}[to]
    graph = read(tmp_path / f"speakers.{to}")
    names = {node: data["label"] for node, data in graph.nodes(data=True)}
    edges = {(names[a], names[b]): data["weight"] for a, b, data in graph.edges(data=True)}
    assert edges == {
        ("Minister Bekov", "Customs Office"): 1,
        ("Customs Office", "Minister Bekov"): 1,
    }
    with (tmp_path / "speakers.csv").open() as file:
        edge = next(csv.DictReader(file))
    assert [edge[fact] for fact in ("speaker", "about", "asserted", "first")] == [
        "Minister Bekov",
        "Customs Office",
        "1",
        "2007-02-21T09:41:00",
    ]


@pytest.mark.parametrize(
    ("asked", "told"),
    [(["--search", "caviar"], "nothing is found"), (["--speaker", "Nobody"], "names nobody so")],
)
def test_what_finds_nothing_writes_nothing(database, tmp_path, asked, told):
    result = run(database, tmp_path / "out", *asked)
    assert result.exit_code == 2 and told in result.output
    assert not (tmp_path / "out").exists()


def test_a_run_is_not_searched(database, tmp_path):
    result = run(database.parent / "run.jsonl", tmp_path / "out", "--search", "bribes")
    assert result.exit_code == 2 and "cablespan index" in result.output
