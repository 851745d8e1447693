"""The server of the pages: Datasette with our plugin, behind the guard of the review page."""

import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from cablespan.explore import plugin
from cablespan.explore.door import Door
from cablespan.explore.index import check
from cablespan.explore.pages import DATABASE
from cablespan.explore.questions import canned_queries
from cablespan.review.listening import address, listen, require_token, server_config
from cablespan.review.safety import Guard, is_loopback

HERE = Path(__file__).parent
SETTINGS = {
    "sql_time_limit_ms": 5000,
    "allow_download": False,
    "suggest_facets": False,  # one query a column: nothing that millions of rows answer in time
    "facet_time_limit_ms": 1000,
    "default_facet_size": 20,
    "num_sql_threads": 4,
}


def create_datasette(path: Path) -> Datasette:
    """Datasette with our plugin over a database that `cablespan index` built, for reading only.

    Raises FileNotFoundError where there is no such file, ValueError where it is no such database.
    """
    check(path)
    if not pm.is_registered(plugin):
        pm.register(plugin)
    # Datasette prints a traceback with all variables for every page that is not there.
    pm.get_plugin("datasette.handle_exception").rich = None
    datasette = Datasette(
        template_dir=str(HERE / "templates"),
        static_mounts=[
            ("static/explore", str(HERE / "static")),
            ("static/review", str(HERE.parent / "review" / "static")),
        ],
        settings=SETTINGS,
        metadata={"databases": {DATABASE: {"queries": canned_queries()}}},
        cache_headers=False,
    )
    datasette.remove_database("_memory")
    datasette.add_database(Database(datasette, path=str(path), is_mutable=True), name=DATABASE)
    return datasette


def create_app(
    datasette: Datasette,
    *,
    token: str | None = None,
    any_host: bool = False,
    cookie: str = "cablespan_explore",
) -> Any:
    """The ASGI application: the pages, for those who know the token; see `Guard` for `any_host`."""
    app = datasette.app()
    if token:
        app = Door(app, token=token, cookie=cookie)
    return Guard(app, any_host=any_host)


def explore(
    path: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8322,
    token: str | None = None,
    browser: bool = True,
) -> None:
    """Serves the pages of a database until it is interrupted. `port` 0 takes a free one.

    Raises ValueError for a host that others reach without a token and for what is no database of
    `cablespan index`, FileNotFoundError where there is none, OSError where the port is taken.
    """
    import uvicorn

    require_token(host, token)
    datasette = create_datasette(path)
    config = server_config(host, port)
    listening = listen(config)
    home = address(host, listening)
    config.app = create_app(
        datasette,
        token=token,
        any_host=not is_loopback(host),
        # Cookies do not tell ports apart, and two servers must not share one.
        cookie=f"cablespan_explore_{listening.getsockname()[1]}",
    )
    print(f"Explore {path} at {home}  (Ctrl+C stops)", file=sys.stderr, flush=True)
    if browser:
        threading.Thread(target=webbrowser.open, args=(home,), daemon=True).start()
    uvicorn.Server(config).run(sockets=[listening])
