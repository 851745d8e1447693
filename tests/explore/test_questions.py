"""The questions that are asked at once: what each answers, as page and as JSON."""

import asyncio
from urllib.parse import urlencode

import pytest
from lxml import html

from cablespan.explore.questions import questions
from cablespan.explore.serving import create_datasette
from explore_sample import build, named_record, nasty_record


@pytest.fixture(scope="module")
def datasette(tmp_path_factory):
    folder = tmp_path_factory.mktemp("questions")
    other = named_record("07ANKARA12", origin="Embassy Ankara", created="2007-02-25T00:00:00Z")
    return create_datasette(build(folder, named_record(), other, nasty_record()))


@pytest.fixture
def ask(datasette):
    """The rows of an answer."""

    def ask(name, **parameters):
        address = f"/cables/{name}.json?{urlencode(parameters)}&_shape=objects"
        answer = asyncio.run(datasette.client.get(address)).json()
        assert answer["ok"], answer
        return answer["rows"]

    return ask


def columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_what_a_post_recommended(ask):
    rows = ask("recommended", post="Embassy Ankara")
    assert columns(rows, "cable", "number", "recommendation") == [
        ("07ANKARA12", 4, "Post recommends keeping Kazakhstan off the Special 301 Watchlist.")
    ]
    assert ask("recommended", post="Embassy Ankara", about="oil") == []


def test_what_someone_said_about_something(ask):
    rows = ask("said-about", speaker="sultan", about="criminal code")
    assert columns(rows, "cable", "speaker", "certainty", "content") == [
        (cable, "Sultanov", "denied", "the Criminal Code would deter the trade before 2008")
        for cable in ("07ASTANA454", "07ANKARA12")
    ]


def test_who_is_quoted_most(ask):
    rows = ask("quoted-most", about="almaty OR stalls")
    assert columns(rows, "year", "rank", "speaker", "claims") == [
        (2007, 1, "Sultanov", 4),
        (2007, 2, "Marat Bekov", 2),
    ]


def test_which_commitments_were_made_to_whom(ask):
    rows = ask("commitments", about="decree", whom="maj")
    assert columns(rows, "cable", "whom") == [("07ASTANA454", "Majlis"), ("07ANKARA12", "Majlis")]
    assert rows[0]["commitment"].startswith("The Justice Ministry will send")
    assert ask("commitments", about="decree", whom="Almaty") == []


def test_where_two_posts_report_the_same_claim(ask):
    rows = ask("same-claim", about="raids")
    assert columns(rows, "alike", "cable", "cable_2") == [(1.0, "07ANKARA12", "07ASTANA454")] * 2


def test_how_certain_it_is(ask):
    assert ask("how-certain", about="Majlis") == []  # nobody speaks of it
    rows = ask("how-certain", about="almaty")
    assert columns(rows, "name", "year", "claims", "asserted", "denied") == [
        ("Almaty", 2007, 2, 2, 0)
    ]


@pytest.mark.parametrize("name", questions())
def test_every_question_has_a_form_shows_its_sql_and_takes_any_words(datasette, name):
    question = questions()[name]
    said = urlencode(dict.fromkeys(question.parameters, "it's \"<b>"))
    for address in ("/questions", f"/cables/{name}", f"/cables/{name}?{said}"):
        answer = asyncio.run(datasette.client.get(address))
        assert answer.status_code == 200, address
        page = html.fromstring(answer.text)
        assert not page.xpath("//main//b")
        [form] = page.cssselect(f"form[action='/cables/{name}']")
        assert [one.get("name") for one in form.cssselect("input")] == list(question.parameters)
    assert page.cssselect("details pre")[0].text_content() == question.sql
    [change] = page.cssselect("details a")
    changed = html.fromstring(asyncio.run(datasette.client.get(change.get("href"))).text)
    assert changed.cssselect("textarea")[0].text_content().strip() == question.sql.strip()


def test_a_row_leads_to_its_paragraph(datasette):
    answer = asyncio.run(datasette.client.get("/cables/said-about?speaker=Sultanov&about=raids"))
    link = html.fromstring(answer.text).cssselect("td a")[0].get("href")
    page = html.fromstring(asyncio.run(datasette.client.get(link)).text)
    assert "raids" in page.get_element_by_id(link.partition("#")[2]).text_content()
