"""Where a server of pages listens, and what it asks of those who come from elsewhere."""

import socket
from typing import TYPE_CHECKING

from cablespan.review.safety import is_loopback

if TYPE_CHECKING:
    import uvicorn


def require_token(host: str, token: str | None) -> None:
    """Raises ValueError for an address that others reach, where nothing keeps them out."""
    if not is_loopback(host) and not token:
        raise ValueError(
            f"--host {host} lets other machines in: give a --token that they must know"
        )


def server_config(host: str, port: int) -> "uvicorn.Config":
    """What uvicorn is told but for the application, which may need to know the port."""
    import uvicorn

    return uvicorn.Config(
        "", host=host, port=port, log_level="warning", access_log=False, server_header=False
    )


def listen(config: "uvicorn.Config") -> socket.socket:
    """A socket that listens as `config` says; port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    try:
        listening = config.bind_socket()
    except SystemExit:
        raise OSError(
            f"port {config.port} of {config.host} is taken: choose another with --port, "
            "or --port 0 for any"
        ) from None
    # asyncio does not for a socket of uvicorn's: 40 ms a request
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.listen()
    return listening


def address(host: str, listening: socket.socket) -> str:
    """The URL of the pages: `http://127.0.0.1:8321/`."""
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{listening.getsockname()[1]}/"
