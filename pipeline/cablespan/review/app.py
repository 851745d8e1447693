"""The review server: its pages, who may see them, and the routes. It holds no state of its own: all
of it is in the store."""

import asyncio
import hmac
import logging
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from jinja2 import Environment, PackageLoader, select_autoescape
from sqlalchemy.exc import DatabaseError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cablespan.review.api import Api, Arguments, Problem
from cablespan.review.guidelines import guidelines_html
from cablespan.review.safety import Guard
from cablespan.review.store import Annotator, AnnotatorRole, Store
from cablespan.review.store.annotators import sound_name
from cablespan.review.store.database import trouble

HERE = Path(__file__).parent
Work = Callable[[Annotator, Arguments], dict[str, Any]]
_log = logging.getLogger(__name__)
_OTHER_WORK = (
    "The server has another run or annotator now. Reload the page for theirs; what is not saved is "
    "kept in this browser until yours is open again."
)


class JSON(Response):
    """An answer to the page's script."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The content as UTF-8."""
        return orjson.dumps(content)


class Review:
    """The pages, and who may see them.

    `annotator` is who a visitor on this machine is without asking, whoever it was before this
    start; None: the page asks. `token` must be known to enter. `adjudicate`: the visitors
    decide between the annotators instead of being blind to them.
    """

    def __init__(
        self,
        store: Store,
        *,
        dataset: str,
        annotator: str | None,
        token: str | None,
        adjudicate: bool,
        cookie: str,
    ):
        self.store, self.dataset, self.default = store, dataset, annotator
        self.token, self.cookie = token, cookie
        self.started = time.time()
        self.role = AnnotatorRole.ADJUDICATOR if adjudicate else AnnotatorRole.ANNOTATOR
        self.templates = Environment(
            loader=PackageLoader("cablespan.review"), autoescape=select_autoescape()
        )

    async def page(self, request: Request) -> Response:
        """The review page, of the queue or of one paragraph (`/cable/07ASTANA454/7`)."""
        name = await self._name(request)
        here = quote(request.scope["path"]) + (f"?{request.url.query}" if request.url.query else "")
        if name is None and self.default and not self.token:
            return await self._enter_as(self.default, here)
        if name is None:
            return RedirectResponse("/enter" + (f"?to={quote(here)}" if here != "/" else ""), 303)
        adjudicate = self.role == AnnotatorRole.ADJUDICATOR
        return self._html("page.html", annotator=name, adjudicate=adjudicate)

    async def enter(self, request: Request) -> Response:
        """The door: asks for a name, and for the token where there is one."""
        to = request.query_params.get("to", "/")
        if request.method == "GET":
            return self._door(200, self.default or "", "")
        form = await request.form(max_files=0, max_fields=5)
        name = str(form.get("name", ""))
        try:
            await self._check_token(str(form.get("token", "")))
            name = sound_name(name)
        except ValueError as error:
            return self._door(403, name.strip(), str(error))
        return await self._enter_as(name, to)

    async def _check_token(self, token: str) -> None:
        if self.token and not hmac.compare_digest(token.encode(), self.token.encode()):
            await asyncio.sleep(0.5)  # makes guessing slow
            raise ValueError("That is not the token that this server was started with.")

    async def _enter_as(self, name: str, to: str) -> Response:
        cookie = secrets.token_urlsafe(32)
        await run_in_threadpool(self.store.open_session, self._key(cookie), name)
        response = RedirectResponse(_own_path(to), 303)
        response.set_cookie(
            self.cookie, cookie, httponly=True, samesite="strict", max_age=90 * 86400
        )
        return response

    def _door(self, status: int, name: str, error: str) -> Response:
        needs_token = bool(self.token)
        return self._html("enter.html", status, needs_token=needs_token, name=name, error=error)

    def _html(self, template: str, status: int = 200, **values: Any) -> Response:
        values["dataset"] = self.dataset
        return HTMLResponse(self.templates.get_template(template).render(**values), status)

    async def _name(self, request: Request) -> str | None:
        cookie = request.cookies.get(self.cookie)
        if not cookie:
            return None
        session = await run_in_threadpool(self.store.session, self._key(cookie))
        return self._valid_name(*session) if session else None

    def _key(self, cookie: str) -> str:
        """What a session is known by: under another token, or none, its cookie opens nothing."""
        if not self.token:
            return cookie
        return hmac.new(self.token.encode(), cookie.encode(), "sha256").hexdigest()

    def _valid_name(self, name: str, since: float) -> str | None:
        # Who starts the server under a name works under it; visitors with a token keep their own.
        outdated = self.default and not self.token and since < self.started
        return None if outdated and name != self.default else name

    async def guidelines(self, request: Request) -> Response:
        """The annotation guidelines."""
        await self._annotator(request)
        return HTMLResponse(guidelines_html())

    async def colours(self, _request: Request) -> Response:
        """The labels' colours as a style sheet: `[data-label="PLACE"]` has its `--colour`."""
        return Response(self.store.scheme.style_sheet(), media_type="text/css")

    async def _annotator(self, request: Request) -> Annotator:
        name = await self._name(request)
        if name is None:
            raise Problem(
                401, "Your session has ended. Reload the page to enter again; your work is kept."
            )
        return Annotator(name, self.role)

    def api(self, work: Work) -> Callable:
        """A route that calls `work` in a thread.

        Arguments are the query of a GET, the JSON body of a POST. A page that was opened in another
        run or by another annotator (this port's cookie is theirs all together) gets and sends
        nothing.
        """

        async def endpoint(request: Request) -> Response:
            try:
                annotator = await self._annotator(request)
                work_here = self.store.work_of(annotator)
                if request.headers.get("x-work", work_here) != work_here:
                    raise Problem(401, _OTHER_WORK)
                arguments = await _arguments(request)
                return JSON(await run_in_threadpool(work, annotator, arguments))
            except Problem as problem:
                return JSON(problem.body, problem.status)
            except (TypeError, ValueError, LookupError, OverflowError) as error:
                return JSON({"error": f"the request does not fit: {error}"}, 422)

        return endpoint

    async def trouble(self, request: Request, error: Exception) -> Response:
        """What the page, or its script, is told where the database fails."""
        if not isinstance(error, DatabaseError):
            raise error
        _log.error("%s: %s", self.store.path, error.orig)
        told = trouble(error, self.store.path)
        if request.url.path.startswith("/api/"):
            return JSON({"error": told}, 507)
        return PlainTextResponse(told, 507)


async def _arguments(request: Request) -> Arguments:
    if request.method != "POST":
        return dict(request.query_params)
    try:
        arguments = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"the request is no JSON: {error}") from error
    if not isinstance(arguments, dict):
        raise Problem(400, "the request is no JSON object")
    return arguments


def _own_path(to: str) -> str:
    """A path of this server's pages, whatever was asked for.

    >>> _own_path("/cable/07ASTANA454/7?label=ORG"), _own_path("//evil.example/")
    ('/cable/07ASTANA454/7?label=ORG', '/')
    """
    try:
        parts = urlsplit(to)
    except ValueError:  # "http://[" is no address
        return "/"
    foreign = parts.scheme or parts.netloc or "\\" in to
    fits = parts.path == "/" or parts.path.startswith("/cable/")
    return to if fits and not foreign else "/"


def create_app(
    store: Store,
    *,
    dataset: str = "cablespan",
    annotator: str | None = None,
    token: str | None = None,
    adjudicate: bool = False,
    any_host: bool = False,
    cookie: str = "cablespan",
) -> Starlette:
    """The ASGI application over a store; see `Review` for the arguments, `Guard` for `any_host`."""
    review = Review(
        store,
        dataset=dataset,
        annotator=annotator,
        token=token,
        adjudicate=adjudicate,
        cookie=cookie,
    )
    api = Api(store)
    asked = [api.session, api.next, api.task, api.overview, api.search, api.lexicon]
    asked.append(api.corrections)
    sent = (api.answer, api.undo, api.draft)
    routes = [
        Route("/", review.page),
        Route("/cable/{paragraph:path}", review.page),
        Route("/enter", review.enter, methods=["GET", "POST"]),
        Route("/guidelines", review.guidelines),
        Route("/labels.css", review.colours),
        *(Route(f"/api/{work.__name__}", review.api(work)) for work in asked),
        *(Route(f"/api/{work.__name__}", review.api(work), methods=["POST"]) for work in sent),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]

    async def problem(_request: Request, error: Exception) -> Response:
        if not isinstance(error, Problem):
            raise error
        return JSON(error.body, error.status)

    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, any_host=any_host)],
        exception_handlers={Problem: problem, DatabaseError: review.trouble},
    )
