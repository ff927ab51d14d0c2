"""Serves `/healthz` and `/readyz`, on an event loop of its own, so that a blocked activity never makes it silent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import stat
import threading

from algorithm_conduit.errors import UserError
from algorithm_conduit.settings import TcpAddress, UnixAddress
from algorithm_conduit.state import WorkerState

_REQUEST_SECONDS = 5.0
_PROBE_SECONDS = 1.0
_BACKLOG = 16
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


def serve_health(address: TcpAddress | UnixAddress, state: WorkerState) -> None:
    """Serve the worker's health from a background thread until the process ends.

    Call it before the researcher's code loads: making a Unix socket private sets the process's umask for a moment.

    Raises:
        UserError: The address cannot be listened on.
    """
    try:
        listener = _listen_unix(address.path) if isinstance(address, UnixAddress) else _listen_tcp(address)
    except OSError as error:
        raise UserError(f"The health address `{address}` cannot be listened on: {error.strerror or error}.") from error
    threading.Thread(target=lambda: asyncio.run(_serve(listener, state)), name="health", daemon=True).start()


def remove_socket(address: TcpAddress | UnixAddress | None) -> None:
    """Remove the file of a Unix socket, at the end of the process."""
    if isinstance(address, UnixAddress):
        with contextlib.suppress(OSError):
            os.unlink(address.path)  # noqa: PTH108


def respond(request_line: str, state: WorkerState) -> tuple[int, dict[str, object]]:
    """Answer one request by its first line: status code and JSON body."""
    method, _, rest = request_line.partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    if not rest:
        return 400, {"error": "Not an HTTP request."}
    if method not in ("GET", "HEAD"):
        return 405, {"error": "Only GET is answered."}
    if path == "/healthz":
        return 200, state.report()
    if path == "/readyz":
        return (200 if state.status == "ready" else 503), {"status": state.status}
    return 404, {"error": "Only /healthz and /readyz are served."}


def _listen_tcp(address: TcpAddress) -> socket.socket:
    family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    return socket.create_server((address.host, address.port), family=family, backlog=_BACKLOG)


def _listen_unix(path: str) -> socket.socket:
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(path)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(mask)
    return listener


def _remove_stale(path: str) -> None:
    """Remove the socket that a process which is gone left behind. One that answers, or another file, is kept."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):  # noqa: PTH116
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)  # noqa: PTH108


async def _serve(listener: socket.socket, state: WorkerState) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _REQUEST_SECONDS)
            line = head.decode("latin-1").partition("\r\n")[0]
            code, body = respond(line, state)
            writer.write(_response(code, body, with_body=not line.startswith("HEAD ")))
            await writer.drain()
        writer.close()

    listener.setblocking(False)
    server = await asyncio.start_server(answer, sock=listener)
    await server.serve_forever()


def _response(code: int, body: dict[str, object], *, with_body: bool) -> bytes:
    content = json.dumps(body, default=str).encode()
    head = (
        f"HTTP/1.1 {code} {_REASONS[code]}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (content if with_body else b"")
