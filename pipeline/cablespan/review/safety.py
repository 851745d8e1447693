"""What the page lets in and what it sends along.

Hosts, origins, sizes, and the headers that keep foreign content out.
"""

import ipaddress

from starlette.responses import JSONResponse

MAX_BODY = 8 * 1024 * 1024  # the draft of a text of 20,000 words with its undo
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class BodyTooLarge(Exception):
    """A request that sends more than MAX_BODY bytes."""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hostname(value: str) -> str:
    """The name in a Host header, without port and brackets."""
    return value.partition("]")[0].lstrip("[") if value.startswith("[") else value.partition(":")[0]


class Guard:
    """ASGI middleware.

    Refuses foreign hosts (DNS rebinding), foreign origins on anything that writes, and bodies over
    MAX_BODY. `any_host` is for a server that is meant to be reached by other names; a token guards
    it.
    """

    def __init__(self, app, *, any_host: bool = False):
        self.app = app
        self.any_host = any_host

    async def __call__(self, scope, receive, send):
        """Answers a request, or refuses it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [
                    (n.encode(), v.encode())
                    for n, v in HEADERS.items()
                    if n.encode() not in present
                ]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        refusal = self._refusal(scope["method"], headers)
        if refusal:
            status, error = refusal
            return await JSONResponse({"error": error}, status)(scope, receive, send_with_headers)
        received = 0

        async def receive_some():
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise BodyTooLarge
            return message

        try:
            await self.app(scope, receive_some, send_with_headers)
        except BodyTooLarge:
            response = JSONResponse({"error": f"a request may hold {MAX_BODY} bytes at most"}, 413)
            await response(scope, receive, send_with_headers)

    def _refusal(self, method: str, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self.any_host and not is_loopback(_hostname(host)):
            return 421, f"this server does not answer for the host {host!r}"
        if method not in ("GET", "HEAD"):
            origin = headers.get("origin", "")
            if origin.removeprefix("http://").removeprefix("https://") != host or origin == host:
                return 403, f"a request from {origin or 'an unknown origin'} may not write here"
            if int(headers.get("content-length") or 0) > MAX_BODY:
                return 413, f"a request may hold {MAX_BODY} bytes at most"
        return None
