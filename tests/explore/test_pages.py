"""The pages of an annotated collection, asked by HTTP as a browser asks them."""

import asyncio
import json
import re
import sqlite3
from urllib.parse import quote

import pytest
from lxml import html

from cablespan.explore.serving import create_datasette
from explore_sample import NASTY, build, named_record, nasty_record


@pytest.fixture(scope="module")
def datasette(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explore")
    other = named_record("07ASTANA460", subject="SULTANOV AGAIN", created="2007-03-01T00:00:00Z")
    return create_datasette(build(folder, named_record(), other, nasty_record()))


@pytest.fixture
def get(datasette):
    """The page of an address, parsed, its status checked."""

    def get(address, status=200):
        answer = asyncio.run(datasette.client.get(address))
        assert answer.status_code == status, answer.text
        return html.fromstring(answer.text)

    return get


def facts(page) -> dict[str, str]:
    return {plain(one.find("dt")): plain(one.find("dd")) for one in page.cssselect(".facts div")}


def texts(page, selector: str) -> list[str]:
    return [plain(one) for one in page.cssselect(selector)]


def places(page) -> list[str]:
    """The paragraphs that a page shows: cable and number."""
    return [passage.get("aria-label") for passage in page.cssselect(".passage")]


def lit(page) -> list[str]:
    return [match.text_content() for match in page.cssselect("mark.match")]


def plain(node) -> str:
    return " ".join(node.text_content().split())


@pytest.mark.parametrize(
    ("words", "found", "matches"),
    [
        ("raid", ["07ASTANA454 ¶ 2", "07ASTANA460 ¶ 2"], ["raids", "raids"]),
        ('"Justice Ministry"', ["07ASTANA454 ¶ 2", "07ASTANA460 ¶ 2"], ["Justice Ministry"] * 2),
        ('"Ministry Justice"', [], []),
        ("stalls AND charged", ["07ASTANA454 ¶ 3", "07ASTANA460 ¶ 3"], ["stalls", "charged"] * 2),
        ("stalls NOT charged", [], []),
        ("advise OR zzz", ["07ASTANA454 ¶ 4", "07ASTANA460 ¶ 4"], ["advise", "advise"]),
        ("shym*", ["07ASTANA454 ¶ 3", "07ASTANA460 ¶ 3"], ["Shymkent", "Shymkent"]),
        ("(stalls OR raids) AND almaty", ["07ASTANA454 ¶ 2", "07ASTANA460 ¶ 2"],
         ["raids", "Almaty"] * 2),
    ],
)  # fmt: skip
def test_words_phrases_and_boolean_searches_find_and_light(get, words, found, matches):
    page = get(f"/search?q={quote(words)}")
    assert places(page) == found
    assert lit(page) == matches


@pytest.mark.parametrize(
    ("narrowed", "number"),
    [
        ("q=raids&year=2007", 2),
        ("year=2008", 1),
        ("post=Embassy+Astana&statement=RECOMMENDATION", 2),
        ("tag=KIPR&q=Sultanov", 4),
        ("classification=CONFIDENTIAL&label=MONEY", 2),
        ("certainty=denied", 2),
        ("certainty=hedged", 0),
        ("label=LAW&label=DATE", 4),
        ("year=2008&year=2007", 0),
        ("colour=red", 9),
    ],
)
def test_a_search_is_narrowed_by_every_facet(get, narrowed, number):
    assert len(places(get(f"/search?{narrowed}"))) == number


def test_facets_lead_to_the_search_that_they_count(get):
    page = get("/search?q=Sultanov")
    groups = {group.findtext("h2"): group for group in page.cssselect(".facets .group")}
    assert list(groups) == ["Post", "Year", "Tag", "Classification", "Statement", "Speaker",
                            "Certainty", "Kind of entity", "Person, body, place"]  # fmt: skip
    for group in groups.values():
        for value in group.cssselect("li"):
            [link], [count] = value.cssselect("a"), value.cssselect(".count")
            assert len(places(get(link.get("href")))) == int(count.text), link.get("href")


def test_a_value_is_taken_away_again(get):
    page = get("/search?q=raids&year=2007")
    [away] = page.cssselect(".narrowed a")
    assert away.get("href") == "/search?q=raids"
    assert "Year: 2007" in plain(away)


@pytest.mark.parametrize("words", ["(raids", "NOT raids", "AND", "raids OR"])
def test_words_that_are_no_expression_get_a_sentence(get, words):
    page = get(f"/search?q={quote(words)}", 400)
    assert "close each bracket" in plain(page.cssselect("[role=alert]")[0])


@pytest.mark.parametrize(
    "words", ['"', "don't", "a:b", "^x", "x + y", "{}", "-", "*", "col : x", "\x00"]
)
def test_any_other_sign_is_text(get, words):
    get(f"/search?q={quote(words)}")


def test_a_cable_shows_its_header_its_layers_and_its_outline(get):
    page = get("/cable/07ASTANA454")
    assert places(page) == ["¶ 1", "¶ 2", "¶ 3", "¶ 4"]
    assert facts(page)["Tags"] == "ETRD, KIPR, KZ, PREL"
    assert facts(page)["To"] == "Secretary of State, Embassy Ankara"
    second = page.cssselect(".passage")[1]
    assert [mark.get("data-label") for mark in second.cssselect("mark.entity")][:3] == [
        "OFFICIAL", "PLACE", "MONEY"]  # fmt: skip
    assert texts(second, ".statement") == [
        "CLAIM", "CLAIM", "COMMITMENT", "COMMENT"]  # fmt: skip
    assert texts(second, ".role") == [
        "source 1", "cue 1", "content 1", "source 2", "cue 2", "content 2"]  # fmt: skip
    assert texts(second, ".claims li") == [
        "1 Sultanov asserted", "2 Sultanov denied"]  # fmt: skip
    assert texts(page, "nav[aria-labelledby=outline] li") == [
        "¶ 1 summary"]  # fmt: skip


def test_a_passage_holds_the_whole_text(get):
    record = named_record()
    page = get("/cable/07ASTANA454")
    for passage, paragraph in zip(page.cssselect(".passage"), record["paragraphs"], strict=True):
        for tag in passage.cssselect(".roles, .tag"):
            tag.drop_tree()
        texts = [sentence.text_content() for sentence in passage.cssselect(".sentence")]
        assert " ".join(texts) == paragraph["text"]


def test_references_lead_both_ways(get):
    assert texts(get("/cable/08OSLO1"), "[aria-labelledby=refers-to] li a") == ["07ASTANA454"]
    back = get("/cable/07ASTANA454").cssselect("[aria-labelledby=referred-to-by] li a")
    assert [one.get("href") for one in back] == ["/cable/08OSLO1"]


def test_cables_with_the_same_names_are_similar(get):
    links = get("/similar/07ASTANA454").cssselect("#part a")
    assert [link.get("href") for link in links] == ["/cable/07ASTANA460"]


def entity(get, name: str) -> str:
    """The address of the page of a name in the first cable."""
    page = get("/cable/07ASTANA454")
    return next(link.get("href") for link in page.cssselect("mark.entity a") if name in plain(link))


def test_a_person_is_known_by_roles_claims_and_company(get):
    page = get(entity(get, "Sultanov"))
    assert plain(page.find(".//h1")) == "Sultanov"
    assert facts(page)["Roles"] == "Deputy Chairman"
    said = page.cssselect("[aria-labelledby=said] li")
    assert [plain(one.cssselect(".said")[0])[:12] for one in said] == [
        "raids in Alm", "the Criminal"] * 2  # fmt: skip
    assert [plain(one.cssselect(".certainty")[0]) for one in said] == ["asserted", "denied"] * 2
    [year] = page.cssselect(".timeline a")
    assert len(places(get(year.get("href")))) == 4
    company = page.cssselect("[aria-labelledby=company] li bdi")
    assert "Almaty" in [plain(one) for one in company]


def test_what_others_say_of_a_place_names_them(get):
    page = get(entity(get, "Shymkent"))
    about = page.cssselect("[aria-labelledby=about] li")
    assert ["Marat Bekov" in plain(one) for one in about] == [True, True]
    assert texts(page, "[aria-labelledby=speakers] bdi") == ["Marat Bekov"]


@pytest.mark.parametrize(
    "address", ["/cable/nothing", "/entity/999999999999999", "/similar/nothing", "/nothing"]
)
def test_what_is_not_there_is_said(get, address):
    page = get(address, 404)
    assert page.cssselect("[role=alert]")


def test_all_that_a_cable_holds_is_shown_as_text(get):
    page = get("/cable/08OSLO1")
    assert plain(page.find(".//h1")) == " ".join(NASTY.split())
    assert not page.xpath("//main//b | //main//script | //main//i | //main//u | //main//em")
    hidden = page.cssselect(".sentence .hidden-character")
    assert [one.get("data-code") for one in hidden] == ["202E", "202C"]
    for found in (get("/search?q=evil"), get(page.cssselect("mark.entity a")[0].get("href"))):
        assert not found.xpath("//main//b | //main//script | //main//i | //main//u | //main//em")


@pytest.mark.parametrize(
    "address", ["/cables", "/cables/paragraphs", "/cables?sql=select+text+from+paragraphs"]
)
def test_tables_of_datasette_show_text_as_text(get, address):
    page = get(address)
    assert not page.xpath("//main//b | //main//script[contains(., 'alert')]")


def test_tables_are_searched_counted_and_given_as_json_and_csv(datasette):
    def ask(address):
        return asyncio.run(datasette.client.get(address))

    answer = ask("/cables/paragraphs.json?_search=raids&_facet=kind&_shape=objects").json()
    assert len(answer["rows"]) == 2
    assert answer["facet_results"]["kind"]["results"][0]["count"] == 2
    assert ask("/cables/cables.csv?_col=name").text.count("ASTANA") == 2


def test_labels_have_the_colours_of_the_review_page(datasette):
    sheet = asyncio.run(datasette.client.get("/labels.css")).text
    assert re.search(r'\[data-label="PLACE"\] { --colour: #4ea253; }', sheet)


def test_the_first_page_leads_to_searches(get):
    page = get("/")
    sizes = dict(reversed(plain(one).split()) for one in page.cssselect(".sizes li"))
    assert (sizes["cables"], sizes["paragraphs"], sizes["claims"]) == ("3", "9", "6")
    [year, other] = page.cssselect(".timeline a")
    assert (plain(year), plain(other)) == ("2 2007", "1 2008")
    astana = page.cssselect(".map a")[0]
    assert astana.get("aria-label") == "Embassy Astana: 2 cables"
    assert astana[0].get("cx").startswith("71.")
    for link in (year, astana):
        assert len(places(get(link.get("href")))) == 8
    classes = page.cssselect(".stacked li")[0].cssselect("svg a")
    assert [one.get("aria-label") for one in classes] == [
        "ADMIN: 10 %", "REQUEST: 10 %", "RECOMMENDATION: 10 %", "COMMITMENT: 10 %",
        "COMMENT: 10 %", "CLAIM: 30 %", "REPORT: 20 %"]  # fmt: skip
    assert len(places(get(classes[2].get("href")))) == 2
    assert "Sultanov" in texts(page, "[aria-labelledby=people] bdi")


def test_the_land_of_the_map_is_a_picture(datasette):
    answer = asyncio.run(datasette.client.get("/land.svg"))
    assert answer.headers["content-type"] == "image/svg+xml"
    [path] = html.fromstring(answer.text).xpath("//*[local-name()='path']")
    assert path.get("d").count("Z") > 100


def test_a_project_s_own_labels_bring_their_colours(tmp_path):
    record = named_record()
    database = build(tmp_path, record)
    with sqlite3.connect(database) as connection:
        tables = {"entities": {"VESSEL": {"colour": "#123456"}}}
        connection.execute("INSERT INTO meta VALUES ('labels', ?)", [json.dumps(tables)])
    sheet = asyncio.run(create_datasette(database).client.get("/labels.css")).text
    assert '[data-label="VESSEL"] { --colour: #123456; }' in sheet
