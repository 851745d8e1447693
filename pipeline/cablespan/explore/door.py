"""The door of a server with a token: who does not know it sees a form that asks for it."""

import asyncio
import hmac
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

_OPEN = "/static/"  # the form's own style
_DAYS = 90


class Door:
    """ASGI middleware that lets in who has sent the token.

    By the form, which leaves a cookie that another token makes void, or by a script in a header:
    `Authorization: Bearer TOKEN`.
    """

    def __init__(self, app: Any, *, token: str, cookie: str):
        self.app, self.token, self.cookie = app, token, cookie
        self.passport = hmac.new(token.encode(), cookie.encode(), "sha256").hexdigest()
        self.form = Environment(
            loader=PackageLoader("cablespan.explore"), autoescape=select_autoescape()
        ).get_template("enter.html")

    async def __call__(self, scope, receive, send):
        """Answers with the form, or hands the request on."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        if self._is_known(request):
            return await self.app(scope, receive, send)
        response = await self._answer(request)
        return await response(scope, receive, send)

    def _is_known(self, request: Request) -> bool:
        authorization = request.headers.get("authorization", "")
        return _same(request.cookies.get(self.cookie, ""), self.passport) or _same(
            authorization.removeprefix("Bearer "), self.token
        )

    async def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            return HTMLResponse(self.form.render(error=""), 401)
        form = await request.form(max_files=0, max_fields=5)
        if not _same(str(form.get("token", "")), self.token):
            await asyncio.sleep(0.5)  # makes guessing slow
            error = "That is not the token that this server was started with."
            return HTMLResponse(self.form.render(error=error), 403)
        # One slash: "//evil.example" would lead to another server.
        here = "/" + quote(request.scope["path"].lstrip("/"))
        query = f"?{request.url.query}" if request.url.query else ""
        response = RedirectResponse(here + query, 303)
        response.set_cookie(
            self.cookie, self.passport, httponly=True, samesite="strict", max_age=_DAYS * 86400
        )
        return response


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
