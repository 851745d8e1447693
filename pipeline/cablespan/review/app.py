"""The review server: one page, and the JSON that it talks. It holds no state of its own; all of it is in the store."""

import asyncio
import hmac
import logging
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, select_autoescape
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cablespan.labels import Certainty, Entity, Role, Statement
from cablespan.review.guidelines import guidelines_html
from cablespan.review.safety import Guard
from cablespan.review.store import Action, Annotator, AnnotatorRole, Stale, Store

HERE = Path(__file__).parent
_HEADER_FIELDS = (
    "reference_id",
    "created",
    "classification",
    "from",
    "to",
    "info",
    "subject",
    "tags",
    "references",
    "origin",
)
_log = logging.getLogger(__name__)


class JSON(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


class Problem(Exception):
    """An answer to the page that something is not possible."""

    def __init__(self, status: int, error: str, **more: Any):
        super().__init__(error)
        self.status, self.body = status, {"error": error, **more}


@lru_cache(1)
def tokenizer():
    """The tokenizer of every task."""
    import spacy

    return spacy.blank("en").tokenizer


class Review:
    """The page's requests, answered from a store.

    `annotator` is who a visitor on this machine is without asking; None: the page asks. `token` must be known to enter.
    `adjudicate`: the visitors decide between the annotators instead of being blind to them.
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
        self.store, self.dataset, self.default, self.token, self.cookie = (
            store,
            dataset,
            annotator,
            token,
            cookie,
        )
        self.role = AnnotatorRole.ADJUDICATOR if adjudicate else AnnotatorRole.ANNOTATOR
        self.templates = Environment(
            loader=PackageLoader("cablespan.review"), autoescape=select_autoescape()
        )

    # Pages ------------------------------------------------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        name = await self._name(request)
        if name is None and self.default and not self.token:
            return await self._enter_as(self.default)
        if name is None:
            return RedirectResponse("/enter", 303)
        return self._html(
            "page.html",
            dataset=self.dataset,
            annotator=name,
            adjudicate=self.role == AnnotatorRole.ADJUDICATOR,
        )

    async def enter(self, request: Request) -> Response:
        if request.method == "GET":
            return self._html(
                "enter.html",
                dataset=self.dataset,
                needs_token=bool(self.token),
                name=self.default or "",
                error="",
            )
        form = await request.form(max_files=0, max_fields=5)
        name = str(form.get("name", "")).strip()
        error = ""
        if self.token and not hmac.compare_digest(
            str(form.get("token", "")).encode(), self.token.encode()
        ):
            await asyncio.sleep(0.5)  # makes guessing slow
            error = "That is not the token that this server was started with."
        elif not name or len(name) > 60 or not name.isprintable():
            error = "A name of 1 to 60 printable characters, please."
        if error:
            return self._html(
                "enter.html",
                403,
                dataset=self.dataset,
                needs_token=bool(self.token),
                name=name,
                error=error,
            )
        return await self._enter_as(name)

    async def _enter_as(self, name: str) -> Response:
        key = secrets.token_urlsafe(32)
        await run_in_threadpool(self.store.open_session, key, name)
        response = RedirectResponse("/", 303)
        response.set_cookie(self.cookie, key, httponly=True, samesite="strict", max_age=90 * 86400)
        return response

    def _html(self, template: str, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(self.templates.get_template(template).render(**values), status)

    async def _name(self, request: Request) -> str | None:
        key = request.cookies.get(self.cookie)
        return await run_in_threadpool(self.store.session, key) if key else None

    async def guidelines(self, request: Request) -> Response:
        await self._annotator(request)
        return HTMLResponse(guidelines_html())

    # Data -------------------------------------------------------------------------------------------------------------------------

    async def _annotator(self, request: Request) -> Annotator:
        name = await self._name(request)
        if name is None:
            raise Problem(
                401, "Your session has ended. Reload the page to enter again; your work is kept."
            )
        return Annotator(name, self.role)

    def api(self, work):
        """A route that calls `work(annotator, arguments)` in a thread: arguments are the query of a GET, the JSON body of a POST."""

        async def endpoint(request: Request) -> Response:
            try:
                annotator = await self._annotator(request)
                if request.method == "POST":
                    try:
                        arguments = orjson.loads(await request.body())
                    except orjson.JSONDecodeError as error:
                        raise Problem(400, f"the request is no JSON: {error}") from error
                else:
                    arguments = dict(request.query_params)
                return JSON(await run_in_threadpool(work, annotator, arguments))
            except Problem as problem:
                return JSON(problem.body, problem.status)
            except (KeyError, TypeError, ValueError, LookupError) as error:
                return JSON({"error": f"the request does not fit: {error}"}, 422)
            except OperationalError as error:
                _log.error("%s: %s", self.store.path, error.orig)
                return JSON({"error": _disk_trouble(error, self.store.path)}, 507)

        return endpoint

    def session(self, annotator: Annotator, _arguments: dict) -> dict[str, Any]:
        """Who is here, the labels with their definitions, and where things stand."""
        schemes = {
            "entities": Entity,
            "statements": Statement,
            "claims": Role,
            "certainty": Certainty,
        }
        return {
            "annotator": annotator.name,
            "mode": annotator.role,
            "overlap": self.store.overlap,
            "labels": {
                name: [{"label": label, "definition": label.definition} for label in scheme]
                for name, scheme in schemes.items()
            },
            "progress": self.store.progress(annotator),
            "problems": self.store.problems(),
        }

    def next(self, annotator: Annotator, arguments: dict) -> dict[str, Any]:
        return {
            "task": self._next(annotator, arguments),
            "progress": self.store.progress(annotator),
        }

    def _next(self, annotator: Annotator, queue: dict) -> dict[str, Any] | None:
        after = queue.get("after")
        found = self.store.next_task(
            annotator,
            order=queue.get("order") or "order",
            label=queue.get("label") or None,
            search=queue.get("search") or None,
            after=int(after) if after else None,
        )
        return self._payload(annotator, found) if found else None

    def task(self, annotator: Annotator, arguments: dict) -> dict[str, Any]:
        """One task; `step` -1 or 1: the one before or behind it."""
        wanted: int | None = int(arguments["id"])
        if arguments.get("step"):
            wanted = self.store.step(annotator, wanted, int(arguments["step"]))
            if wanted is None:
                raise Problem(404, "There is no paragraph further on in this direction.")
        return {"task": self._payload(annotator, wanted)}

    def answer(self, annotator: Annotator, arguments: dict) -> dict[str, Any]:
        """Saves an answer; when this returns it is on the disk. Gives the next task of the queue along."""
        task = int(arguments["task"])
        try:
            version = self.store.answer(
                annotator,
                task,
                Action(arguments["action"]),
                arguments["layers"],
                uuid=str(arguments["uuid"]),
                version=int(arguments["version"]),
                comment=str(arguments.get("comment") or ""),
                flagged=bool(arguments.get("flagged")),
                edits=arguments.get("edits"),
            )
        except Stale as error:
            raise self._conflict(annotator, task) from error
        queue = {**(arguments.get("queue") or {}), "after": task}
        return {
            "version": version,
            "next": self._next(annotator, queue),
            "progress": self.store.progress(annotator),
        }

    def undo(self, annotator: Annotator, arguments: dict) -> dict[str, Any]:
        task = self.store.undo(annotator, uuid=str(arguments["uuid"]))
        if task is None:
            raise Problem(404, "Nothing is left to undo.")
        return {"task": self._payload(annotator, task), "progress": self.store.progress(annotator)}

    def draft(self, annotator: Annotator, arguments: dict) -> dict[str, Any]:
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
            raise self._conflict(annotator, task) from error
        return {"draft_version": version}

    def _conflict(self, annotator: Annotator, task: int) -> Problem:
        return Problem(
            409,
            "This paragraph was changed in another tab meanwhile.",
            current=self._payload(annotator, task),
        )

    def _payload(self, annotator: Annotator, number: int) -> dict[str, Any]:
        """A task as the page needs it. Offsets are code points; `tokens` are `[start, end, text, blank follows]`."""
        task = self.store.task(number)
        if task is None:
            raise Problem(404, f"There is no task {number}.")
        doc = tokenizer()(task["text"])
        around = self.store.neighbours(task)
        payload = {
            "id": number,
            "cable": task["cable"],
            "paragraph": task["paragraph"],
            **task["fields"],
            "uncertainty": task["uncertainty"],
            "header": {key: (task["header"] or {}).get(key) for key in _HEADER_FIELDS},
            "tokens": [
                [token.idx, token.idx + len(token), token.text, bool(token.whitespace_)]
                for token in doc
            ],
            "suggested": task["layers"],
            "before": [_context(n) for n in around if n["position"] < task["position"]],
            "after": [_context(n) for n in around if n["position"] > task["position"]],
            **self.store.view(annotator, number),
        }
        if annotator.role == AnnotatorRole.ADJUDICATOR:
            payload["versions"] = self.store.versions(number)
            payload["disputed"] = task["disputed"]
        return payload


def _context(neighbour: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": neighbour["id"],
        "text": neighbour["text"],
        **{key: neighbour["fields"].get(key) for key in ("number", "marking", "kind")},
    }


def _disk_trouble(error: OperationalError, path: Path) -> str:
    reason = str(error.orig)
    if "full" in reason:
        return f"Not saved: the disk of {path} is full. Free some space and press Retry; nothing of your work is lost."
    return f"Not saved: {path}: {reason}. Mend it and press Retry; nothing of your work is lost."


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
    routes = [
        Route("/", review.page),
        Route("/enter", review.enter, methods=["GET", "POST"]),
        Route("/guidelines", review.guidelines),
        Route("/api/session", review.api(review.session)),
        Route("/api/next", review.api(review.next)),
        Route("/api/task", review.api(review.task)),
        Route("/api/answer", review.api(review.answer), methods=["POST"]),
        Route("/api/undo", review.api(review.undo), methods=["POST"]),
        Route("/api/draft", review.api(review.draft), methods=["POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]

    async def problem(_request: Request, error: Problem) -> Response:
        return JSON(error.body, error.status)

    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, any_host=any_host)],
        exception_handlers={Problem: problem},
    )
