"""What the server of the pages refuses: writes, endless queries, other sites, who has no token."""

import asyncio
import hashlib
import time

import httpx
import pytest
from typer.testing import CliRunner

from cablespan.cli import app
from cablespan.explore.serving import SETTINGS, create_app, create_datasette, explore
from explore_sample import build, named_record

HOME = "http://127.0.0.1:8322"


@pytest.fixture
def database(tmp_path):
    return build(tmp_path, named_record())


@pytest.fixture
def visit(database):
    """Sends one request to the application, or several one after the other."""

    def visit(*requests, headers=None, **options):
        async def send():
            transport = httpx.ASGITransport(create_app(create_datasette(database), **options))
            async with httpx.AsyncClient(
                transport=transport, base_url=HOME, headers=headers
            ) as client:
                return [await client.request(method, url, **more) for method, url, more in requests]

        return asyncio.run(send())

    return visit


def get(address, **more):
    return "GET", address, more


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8322", "127.0.0.1.evil.example", ""]
)
def test_the_host_of_another_site_is_refused(visit, host):
    [answer] = visit(get("/search", headers={"host": host}))
    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8322", "localhost", "[::1]:8322"])
def test_this_machine_is_answered(visit, host):
    [answer] = visit(get("/search", headers={"host": host}))
    assert answer.status_code == 200


def test_pages_run_no_script_but_their_own_and_stand_in_no_frame(visit):
    for answer in visit(get("/search"), get("/cable/07ASTANA454"), get("/cables?sql=select+1")):
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] in ("no-store", "private, no-store")


@pytest.mark.parametrize(
    "sql",
    [
        "delete from cables",
        "insert into meta values ('a', 'b')",
        "update cables set name = 'x'",
        "drop table cables",
        "create table t(a)",
        "with x as (select 1) delete from cables",
        "with x as (select 1) insert into meta select 'a', 'b'",
        "attach database '/tmp/evil.db' as evil",
        "vacuum into '/tmp/evil.db'",
        "pragma writable_schema = 1",
        "select load_extension('evil')",
        "select writefile('/tmp/evil', 'x')",
        "select 1; delete from cables",
        "insert into paragraphs_fts(paragraphs_fts) values ('delete-all')",
    ],
)
def test_no_write_gets_through(visit, database, sql):
    before = hashlib.sha256(database.read_bytes()).digest()
    for address in ("/cables", "/cables.json"):
        [answer] = visit(get(address, params={"sql": sql}))
        assert answer.status_code in (400, 403), answer.text
    assert hashlib.sha256(database.read_bytes()).digest() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_tables_take_no_other_method(visit, database, method):
    before = database.read_bytes()
    headers = {"origin": HOME}
    for answer in visit(
        (method, "/cables/cables", {"headers": headers}), (method, "/cables", {"headers": headers})
    ):
        assert answer.status_code >= 400
    assert database.read_bytes() == before


def test_a_write_from_another_site_is_refused(visit):
    [answer] = visit(("POST", "/search", {"headers": {"origin": "http://evil.example"}}))
    assert answer.status_code == 403


def test_the_file_itself_is_not_given_away(visit):
    [answer] = visit(get("/cables.db"))
    assert answer.status_code in (403, 404)


def test_an_endless_query_is_stopped(visit, monkeypatch):
    monkeypatch.setitem(SETTINGS, "sql_time_limit_ms", 200)
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    )
    begun = time.monotonic()
    [answer] = visit(get("/cables.json", params={"sql": endless}))
    assert answer.status_code == 400
    assert "interrupted" in answer.text.lower() or "time limit" in answer.text.lower()
    assert time.monotonic() - begun < 10


def test_who_has_no_token_sees_the_door_only(visit):
    pages = (
        "/search",
        "/cable/07ASTANA454",
        "/cables.json?sql=select+1",
        "/labels.css",
        "/-/versions",
    )
    for answer in visit(*map(get, pages), token="secret"):
        assert answer.status_code == 401
        assert "ASTANA" not in answer.text
    [style] = visit(get("/static/review/review.css"), token="secret")
    assert style.status_code == 200


def test_the_token_opens_the_door_and_leads_on(visit):
    wrong, right, page = visit(
        ("POST", "/cable/07ASTANA454?x=1", {"data": {"token": "guess"}}),
        ("POST", "/cable/07ASTANA454?x=1", {"data": {"token": "secret"}}),
        get("/cable/07ASTANA454"),
        token="secret",
        headers={"origin": HOME},
    )
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    assert (right.status_code, right.headers["location"]) == (303, "/cable/07ASTANA454?x=1")
    assert {"HttpOnly", "SameSite=strict"} <= set(right.headers["set-cookie"].split("; "))
    assert page.status_code == 200


def test_the_door_leads_to_no_other_site(visit):
    [answer] = visit(
        ("POST", f"{HOME}//evil.example/", {"data": {"token": "secret"}}),
        token="secret",
        headers={"origin": HOME},
    )
    assert answer.headers["location"] == "/evil.example/"


def test_a_script_sends_the_token_in_a_header(visit):
    bearer = {"authorization": "Bearer secret"}
    [answer] = visit(get("/cables.json?sql=select+1"), token="secret", headers=bearer)
    assert answer.status_code == 200
    [other] = visit(get("/search"), token="other", headers=bearer)
    assert other.status_code == 401


def test_an_address_that_others_reach_needs_a_token(database):
    with pytest.raises(ValueError, match="give a --token"):
        explore(database, host="0.0.0.0", browser=False)


def test_what_is_no_database_is_said_with_the_remedy(tmp_path):
    result = CliRunner().invoke(app, ["explore", str(tmp_path / "none.db"), "--no-browser"])
    assert result.exit_code == 2
    assert "cablespan index" in result.output
    (tmp_path / "text.db").write_text("no database at all, but a text of some length")
    result = CliRunner().invoke(app, ["explore", str(tmp_path / "text.db"), "--no-browser"])
    assert result.exit_code == 2
    assert "no database of cablespan" in result.output
