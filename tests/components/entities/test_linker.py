"""What mentions are linked to, and knowledge bases of users' own."""

import json

import pytest
import spacy

from cablespan.components.entities.candidates import Clues, ranked
from cablespan.components.entities.clusters import EntityClusters
from cablespan.components.entities.knowledge_base import KnowledgeBase, KnowledgeError
from cablespan.components.entities.linker import Linker
from marked import parse_marked


def linked(nlp, marked, origin=None, linker=None):
    """Mentions of a marked text with their ids, and the Doc."""
    text, spans = parse_marked(marked)
    doc = nlp.make_doc(text)
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    if origin:
        doc._.cable = {"id": "", "meta": {}, "header": {"origin": origin}, "paragraphs": []}
    (linker or Linker(nlp, "linker"))(EntityClusters(nlp, "aliases")(doc))
    return [ent.kb_id_ for ent in doc.ents], doc


@pytest.mark.parametrize(
    ("marked", "origin", "kb_id"),
    [
        ("<PLACE>Kazakhstan</PLACE>", None, "iso:KZ"),
        ("<PLACE>USSR</PLACE>", None, "iso:SUHH"),
        ("<PLACE>Singapore</PLACE>", None, "iso:SG"),
        ("<PLACE>Astana</PLACE>", None, "geonames:1526273"),
        ("<PLACE>Nowhereville</PLACE>", None, ""),
        ("<AGENCY>GOK</AGENCY>", "Embassy Astana", "gov:KZ"),
        ("<AGENCY>GOK</AGENCY>", "Embassy Nairobi", "gov:KE"),
        ("<AGENCY>GOK</AGENCY>", "Embassy Paris", ""),
        ("<AGENCY>GOK</AGENCY>", None, ""),
        ("<AGENCY>GVN</AGENCY>", None, "gov:VDVNS"),
        ("<AGENCY>USG</AGENCY>", None, "us:USG"),
        ("<AGENCY>Turkish Government</AGENCY>", None, "gov:TR"),
        ("<AGENCY>Post</AGENCY>", "Embassy Astana", "post:ASTANA"),
        ("<AGENCY>Embassy London</AGENCY>", "Embassy Astana", "post:LONDON"),
        ("<AGENCY>Department</AGENCY>", None, "us:STATE"),
        ("<AGENCY>NEA/IRN</AGENCY>", None, "us:STATE/NEA/IRN"),
        ("<AGENCY>Turkish Foreign Ministry</AGENCY>", "Embassy Athens", "body:MFA/TR"),
        ("<AGENCY>Parliament</AGENCY>", "Embassy Astana", "body:PARLIAMENT/KZ"),
        ("<AGENCY>Parliament</AGENCY>", None, ""),
        ("<AGENCY>Knesset</AGENCY>", "Embassy Paris", "body:KNESSET/IL"),
        ("<AGENCY>Senate</AGENCY>", "Embassy Paris", ""),
        ("<AGENCY>Senate</AGENCY>", "SECSTATE WASHDC", "us:SENATE"),
        ("<AGENCY>U.S. Senate</AGENCY>", "Embassy Paris", "us:SENATE"),
        ("<ORG>North Atlantic Treaty Organization</ORG>", None, "org:NATO"),
        ("<LAW>TRIPS</LAW>", None, "law:TRIPS"),
        ("<OFFICIAL>President Nazarbayev</OFFICIAL>", None, "person:Nursultan_Nazarbayev"),
        ("<OFFICIAL>Chou En-lai</OFFICIAL>", None, "person:Chou_En-lai"),
        ("<OFFICIAL>Foreign Minister Vedrine</OFFICIAL>", None, "person:Hubert_Vedrine"),
        ("<OFFICIAL>Foreign Minister</OFFICIAL>", None, "office:FOREIGN_MINISTER"),
        ("<PERSON>Mrs. Gromyko</PERSON>", None, ""),
    ],
)
def test_ids(blank, marked, origin, kb_id):
    assert linked(blank, marked, origin)[0] == [kb_id]


def test_text_says_whose_government_it_is(blank):
    ids, _ = linked(
        blank,
        "<AGENCY>Government of Kuwait</AGENCY> (<AGENCY>GOK</AGENCY>); <AGENCY>GOK</AGENCY>",
        "Embassy Astana",
    )
    assert ids == ["gov:KW"] * 3


@pytest.mark.parametrize(
    ("marked", "origin", "best"),
    [
        ("<AGENCY>GOK</AGENCY>", None, {"gov:KE", "gov:KW", "gov:KZ"}),
        ("<OFFICIAL>Nursultan Nazarbayiev</OFFICIAL>", None, {"person:Nursultan_Nazarbayev"}),
        ("<ORG>North Atlantic Organization</ORG>", None, {"org:NATO"}),
        ("<AGENCY>Parliament</AGENCY>", None, set()),
        ("<PLACE>Nowhereville</PLACE>", None, set()),
        ("<PLACE>Kazakhstan</PLACE>", None, set()),
    ],
)
def test_candidates_where_there_is_no_link(blank, marked, origin, best):
    _, doc = linked(blank, marked, origin)
    candidates = doc._.clusters[0].get("candidates", [])
    assert best <= {candidate["kb_id"] for candidate in candidates} and bool(best) == bool(
        candidates
    )
    assert len(candidates) <= 5
    scores = [candidate["score"] for candidate in candidates]
    assert scores == sorted(scores, reverse=True) and all(0 < score <= 1 for score in scores)


def test_country_and_office_rank_people_of_one_name():
    names = ["nursultan nazarbayev"]
    kazakh, other = (
        ranked(names, "OFFICIAL", Clues(country, frozenset({title})))[0]["score"]
        for country, title in (("KZ", "president"), ("FR", "sergeant"))
    )
    assert kazakh == 1.0 and other == 0.33


def test_officials_fields(blank):
    _, doc = linked(
        blank,
        "Turkish <OFFICIAL>Prime Minister Bulent Ecevit</OFFICIAL> and later "
        "<OFFICIAL>Ecevit</OFFICIAL>",
    )
    (cluster,) = doc._.clusters
    assert cluster["mentions"] == 2 and cluster["kb_id"] == "person:Bulent_Ecevit"
    fields = {name: cluster[name] for name in ("office", "country", "given_name", "family_name")}
    assert fields == {
        "office": "Prime Minister",
        "country": "TR",
        "given_name": "Bulent",
        "family_name": "Ecevit",
    }


def test_an_office_is_no_id_of_somebody_named(blank):
    """A report lent the one "office:AMBASSADOR" of a cable to all others: 1,872 mentions of one
    person."""
    ids, doc = linked(
        blank,
        "<OFFICIAL>Ambassador Marla Quib</OFFICIAL> spoke. "
        "The <OFFICIAL>Ambassador</OFFICIAL> left.",
    )
    (cluster,) = doc._.clusters
    assert (ids, cluster["kb_id"], cluster["named"]) == (["", ""], "", True)
    ids, doc = linked(blank, "The <OFFICIAL>Ambassador</OFFICIAL> left.")
    assert ids == ["office:AMBASSADOR"] and not doc._.clusters[0]["named"]


def test_title_that_contradicts_leaves_null(blank):
    assert linked(blank, "<OFFICIAL>Sergeant Nasser</OFFICIAL>")[0] == [""]


ACME = {"id": "acme:1", "kind": "company", "name": "Acme Oil", "aliases": ["Acme"]}


@pytest.fixture
def write(tmp_path):
    def write(*entries):
        path = tmp_path / "kb.jsonl"
        path.write_text(
            "".join((e if isinstance(e, str) else json.dumps(e)) + "\n" for e in entries),
            encoding="utf-8",
        )
        return path

    return write


def test_knowledge_of_ones_own(blank, write, tmp_path):
    path = write(
        ACME,
        {"id": "x:nato", "kind": "intergovernmental", "name": "NATO"},
        {**ACME, "id": "acme:2", "name": "ACO", "same_as": "acme:1"},
    )
    linker = Linker(blank, "linker", kb=str(path))
    assert linked(blank, "<ORG>acme</ORG>, <ORG>ACO</ORG>, <ORG>NATO</ORG>", linker=linker)[0] == [
        "acme:1",
        "acme:1",
        "x:nato",
    ]
    linker.to_disk(tmp_path / "saved")
    again = Linker(blank, "linker").from_disk(tmp_path / "saved")
    assert again.knowledge.lookup("Acme Oil", "ORG") == "acme:1"
    again = Linker(blank, "linker").from_bytes(linker.to_bytes())
    assert again.knowledge.lookup("Acme Oil", "ORG") == "acme:1"
    assert Linker(blank, "linker").from_bytes(Linker(blank, "linker").to_bytes()).knowledge is None


def test_a_pipeline_saved_with_knowledge_needs_its_file_no_longer(write, tmp_path):
    path = write(ACME)
    nlp = spacy.blank("en")
    nlp.add_pipe("cable_linker", config={"kb": str(path)})
    nlp.to_disk(tmp_path / "saved")
    path.unlink()
    linker = spacy.load(tmp_path / "saved").get_pipe("cable_linker")
    assert linker.knowledge.lookup("Acme Oil", "ORG") == "acme:1"


def test_entries_of_one_name_in_a_base_of_ones_own_are_candidates(blank, write):
    path = write(ACME, {**ACME, "id": "acme:2", "name": "Acme Bank"})
    linker = Linker(blank, "linker", kb=str(path))
    ids, doc = linked(blank, "<ORG>Acme</ORG>", linker=linker)
    ranks = [candidate["kb_id"] for candidate in doc._.clusters[0]["candidates"]]
    assert ids == [""] and ranks[:2] == ["acme:1", "acme:2"]


def test_name_of_two_entries_is_ambiguous(write):
    assert (
        KnowledgeBase.read(write(ACME, {**ACME, "id": "acme:2", "name": "Acme Bank"})).lookup(
            "Acme", "ORG"
        )
        is None
    )


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ((ACME, ACME), r"kb.jsonl:2: id 'acme:1' stands in line 1 already"),
        (
            (ACME, {**ACME, "id": "b", "kind": "ship"}),
            r"kb.jsonl:2: unknown kind 'ship'; known are .*company",
        ),
        (
            ({**ACME, "same_as": "b"}, {**ACME, "id": "b", "same_as": "acme:1"}),
            r"kb.jsonl:1: same_as goes in a circle",
        ),
        (({**ACME, "same_as": "acme:1"},), r"goes in a circle"),
        (({**ACME, "same_as": "c"},), r"kb.jsonl:1: same_as names 'c'"),
        (({**ACME, "same_as": None},), r"kb.jsonl:1: same_as must be the id of another entry"),
        (("{",), r"kb.jsonl:1: not JSON"),
        (("[]",), r"kb.jsonl:1: no id, name, kind"),
        (({"id": "a", "kind": "company"},), r"kb.jsonl:1: no name"),
        (({**ACME, "aliases": "Acme"},), r"kb.jsonl:1: aliases must be a list"),
    ],
)
def test_faulty_knowledge(write, entries, message):
    with pytest.raises(KnowledgeError, match=message):
        KnowledgeBase.read(write(*entries))


def test_empty_knowledge(write):
    assert KnowledgeBase.read(write()).lookup("Acme", "ORG") is None


def test_knowledge_on_the_command_line(write, tmp_path):
    from typer.testing import CliRunner

    from cablespan.cli import app

    cable = tmp_path / "cable.jsonl"
    cable.write_text(
        json.dumps({"text": "The company Acme Oil told NATO so.", "meta": {"id": "07ASTANA1"}})
        + "\n",
        encoding="utf-8",
    )
    path = write({"id": "mine:nato", "kind": "intergovernmental", "name": "NATO"})
    arguments = [
        "annotate",
        str(cable),
        "--model",
        "rules",
        "--workers",
        "1",
        "--kb",
        str(path),
        "--output",
        str(tmp_path / "out"),
    ]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert '"kb_id":"mine:nato"' in (tmp_path / "out" / "cables.jsonl").read_text(
        encoding="utf-8"
    ).replace('": "', '":"')
    write("{")
    faulty = CliRunner().invoke(app, [*arguments, "--overwrite"])
    assert faulty.exit_code == 2 and "kb.jsonl:1" in faulty.output
