"""The review server: one page, and the JSON that it talks. It holds no state of its own.

All of it is in the store.
"""

import asyncio
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Mapping
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
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cablespan.labels import LAYERS, ROLE_KEYS, Certainty, Role, colour_variables
from cablespan.review.guidelines import guidelines_html
from cablespan.review.lexicon_search import candidates
from cablespan.review.payload import task_payload
from cablespan.review.safety import Guard
from cablespan.review.store import Action, Annotator, AnnotatorRole, Queue, Stale, Store
from cablespan.review.store.annotators import sound_name
from cablespan.review.store.database import trouble

HERE = Path(__file__).parent
Arguments = Mapping[str, Any]
Work = Callable[[Annotator, Arguments], dict[str, Any]]
_log = logging.getLogger(__name__)
_OUTDATED = (
    "A new run changed or dropped the paragraph that you answered. The answer is kept with the "
    "text that you saw; a new text waits in the queue."
)
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


class Problem(Exception):
    """An answer to the page that something is not possible."""

    def __init__(self, status: int, error: str, **more: Any):
        super().__init__(error)
        self.status, self.body = status, {"error": error, **more}


class Api:
    """What the page's script asks for, answered from a store.

    Each method takes the annotator and the arguments of a request.
    """

    def __init__(self, store: Store):
        self.store = store

    def session(self, annotator: Annotator, _arguments: Arguments) -> dict[str, Any]:
        """Who is here, the labels with their definitions, and where things stand."""
        scheme = self.store.scheme
        labels = {layer: [one._asdict() for one in getattr(scheme, layer)] for layer in LAYERS[:2]}
        labels["claims"] = [
            {"name": role, "definition": role.definition, "key": key}
            for role, key in zip(Role, ROLE_KEYS, strict=True)
        ]
        return {
            "annotator": annotator.name,
            "mode": annotator.role,
            "work": self.store.work_of(annotator),
            "overlap": self.store.overlap,
            "layers": self.store.layers,
            "labels": labels,
            "certainties": [{"name": one, "definition": one.definition} for one in Certainty],
            "progress": self.store.progress(annotator),
            "problems": self.store.problems(),
        }

    def next(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """The next task of a queue, None where it is empty."""
        after = int(arguments.get("after") or 0)
        return {
            "task": self._next(annotator, self._queue(arguments), after),
            "progress": self.store.progress(annotator),
        }

    def _next(self, annotator: Annotator, queue: Queue, after: int) -> dict[str, Any] | None:
        task = self.store.next_task(annotator, queue, after=after)
        return self._payload(annotator, task) if task else None

    def _queue(self, arguments: Arguments) -> Queue:
        """What a request asks to see. Raises LookupError for a label of another scheme."""
        label, search = (str(arguments.get(name) or "") or None for name in ("label", "search"))
        if label:
            self.store.bits.bit(label)
        return Queue(order=arguments.get("order") or "order", label=label, search=search)

    def task(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """One task by its `id` or its `paragraph`; `step` -1 or 1.

        The one before or after it that passes the filters. Raises Problem where there is none.
        """
        if arguments.get("paragraph"):
            wanted = self.store.find(arguments["paragraph"])
            if wanted is None:
                raise Problem(404, f"There is no paragraph {arguments['paragraph']}.")
        else:
            wanted = int(arguments["id"])
        if arguments.get("step"):
            step = int(arguments["step"])
            wanted = self.store.step(annotator, wanted, step, self._queue(arguments))
            if wanted is None:
                raise Problem(404, "There is no paragraph further on in this direction.")
        return {"task": self._payload(annotator, wanted)}

    def overview(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """A cable's paragraphs with their states; the first ones of the cables beside it.

        Raises Problem where there is no such cable.
        """
        cable = arguments["cable"]
        paragraphs = self.store.overview(annotator, cable)
        if not paragraphs:
            raise Problem(404, f"There is no cable {cable}.")
        before, after = self.store.neighbouring_cables(cable)
        return {"cable": cable, "paragraphs": paragraphs, "before": before, "after": after}

    def search(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Cables by id and paragraphs by whole words, answered ones as well."""
        words = str(arguments.get("words") or "").strip()
        cables, paragraphs = self.store.search(annotator, words) if words else ([], [])
        return {"cables": cables, "paragraphs": paragraphs}

    def lexicon(self, _annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Things of the lexicon that an entity can be linked to, by the beginning of a name."""
        fitting = candidates(str(arguments.get("words") or ""))
        return {"candidates": [candidate._asdict() for candidate in fitting]}

    def corrections(self, annotator: Annotator, _arguments: Arguments) -> dict[str, Any]:
        """The annotator's half-done work that the queue does not lead to."""
        return {"paragraphs": self.store.corrections(annotator)}

    def answer(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Saves an answer; when this returns it is on the disk.

        Returns the next task of the queue along. Raises Problem where another window was first.
        """
        task = int(arguments["task"])
        queue = self._queue(dict(arguments.get("queue") or {}))  # before anything is stored
        try:
            version = self.store.answer(
                annotator,
                task,
                Action(arguments["action"]),
                arguments["layers"],
                uuid=str(arguments["uuid"]),
                version=int(arguments["version"]),
                draft_version=int(arguments.get("draft_version") or 0),
                comment=str(arguments.get("comment") or ""),
                flagged=bool(arguments.get("flagged")),
                edits=arguments.get("edits"),
            )
        except Stale as error:
            raise self._stale(annotator, task) from error
        return {
            "version": version,
            "notice": "" if self.store.is_current(task) else _OUTDATED,
            "next": self._next(annotator, queue, task),
            "progress": self.store.progress(annotator),
        }

    def undo(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Takes the annotator's last answer back. Raises Problem where there is none."""
        task = self.store.undo(annotator, uuid=str(arguments["uuid"]))
        if task is None:
            raise Problem(404, "Nothing is left to undo.")
        return {"task": self._payload(annotator, task), "progress": self.store.progress(annotator)}

    def draft(self, annotator: Annotator, arguments: Arguments) -> dict[str, Any]:
        """Keeps half-done work. Raises Problem where another window was first."""
        task = int(arguments["task"])
        try:
            version = self.store.save_draft(
                annotator,
                task,
                arguments["state"],
                version=int(arguments["version"]),
                draft_version=int(arguments["draft_version"]),
            )
        except Stale as error:
            raise self._stale(annotator, task) from error
        return {"draft_version": version}

    def _payload(self, annotator: Annotator, task: int) -> dict[str, Any]:
        payload = task_payload(self.store, annotator, task)
        if payload is None:
            raise Problem(404, f"There is no task {task}.")
        return payload

    def _stale(self, annotator: Annotator, task: int) -> Problem:
        error = "This paragraph was changed in another tab meanwhile."
        return Problem(409, error, current=self._payload(annotator, task))


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
        here = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
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
        key = secrets.token_urlsafe(32)
        await run_in_threadpool(self.store.open_session, key, name)
        response = RedirectResponse(_own_path(to), 303)
        response.set_cookie(self.cookie, key, httponly=True, samesite="strict", max_age=90 * 86400)
        return response

    def _door(self, status: int, name: str, error: str) -> Response:
        needs_token = bool(self.token)
        return self._html("enter.html", status, needs_token=needs_token, name=name, error=error)

    def _html(self, template: str, status: int = 200, **values: Any) -> Response:
        values["dataset"] = self.dataset
        return HTMLResponse(self.templates.get_template(template).render(**values), status)

    async def _name(self, request: Request) -> str | None:
        key = request.cookies.get(self.cookie)
        session = await run_in_threadpool(self.store.session, key) if key else None
        return self._valid_name(*session) if session else None

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
        scheme = self.store.scheme
        rules = [
            f'[data-label="{label.name}"] {{ --colour: {label.colour}; }}'
            for label in (*scheme.entities, *scheme.statements)
        ]
        text = "\n".join([f":root {{ {colour_variables()} }}", *rules])
        return Response(text, media_type="text/css")

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
            except DatabaseError as error:
                _log.error("%s: %s", self.store.path, error.orig)
                return JSON({"error": trouble(error, self.store.path)}, 507)

        return endpoint


async def _arguments(request: Request) -> Arguments:
    if request.method != "POST":
        return dict(request.query_params)
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"the request is no JSON: {error}") from error


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
        exception_handlers={Problem: problem},
    )
