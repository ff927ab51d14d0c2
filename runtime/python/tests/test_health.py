from __future__ import annotations

import http.client
import json
import socket
import stat
from pathlib import Path

import pytest

from algorithm_conduit.errors import UserError
from algorithm_conduit.health import remove_socket, respond, serve_health
from algorithm_conduit.running import Running
from algorithm_conduit.settings import TcpAddress, UnixAddress
from algorithm_conduit.state import WorkerState
from support import free_port


def state() -> WorkerState:
    return WorkerState("a", "v", "c", "i", Running(None))


def ask_unix(path: str, request: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("GET /healthz HTTP/1.1", 200),
        ("GET /healthz?verbose HTTP/1.1", 200),
        ("HEAD /readyz HTTP/1.1", 503),
        ("GET /readyz HTTP/1.1", 503),
        ("GET / HTTP/1.1", 404),
        ("POST /healthz HTTP/1.1", 405),
        ("nonsense", 400),
    ],
)
def test_requests_are_answered(line: str, code: int) -> None:
    assert respond(line, state())[0] == code


def test_the_worker_is_ready_only_while_it_polls() -> None:
    worker = state()
    codes = []
    for status in ("starting", "ready", "draining"):
        worker.status = status
        codes.append(respond("GET /readyz HTTP/1.1", worker)[0])
    assert codes == [503, 200, 503]


def test_a_unix_socket_is_private_and_answers(tmp_path: Path) -> None:
    path = tmp_path / "w.sock"
    serve_health(UnixAddress(str(path)), state())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    head, _, body = ask_unix(str(path), b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert json.loads(body) == {
        "status": "starting",
        "algorithm": "a",
        "version": "v",
        "commit": "c",
        "identity": "i",
        "inFlight": 0,
        "taken": 0,
        "activities": [],
    }
    assert ask_unix(str(path), b"HEAD /healthz HTTP/1.1\r\n\r\n").endswith(b"\r\n\r\n")
    remove_socket(UnixAddress(str(path)))
    assert not path.exists()


def test_a_socket_left_behind_is_replaced_and_one_that_answers_is_not(tmp_path: Path) -> None:
    path = str(tmp_path / "w.sock")
    left = socket.socket(socket.AF_UNIX)
    left.bind(path)
    left.close()
    serve_health(UnixAddress(path), state())
    with pytest.raises(UserError) as caught:
        serve_health(UnixAddress(path), state())
    assert str(caught.value) == f"The health address `unix:{path}` cannot be listened on: Address already in use."


def test_a_file_in_the_place_of_the_socket_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "w.sock"
    path.write_text("precious")
    with pytest.raises(UserError, match="Address already in use"):
        serve_health(UnixAddress(str(path)), state())
    assert path.read_text() == "precious"


def test_a_path_too_long_for_a_socket_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be listened on: AF_UNIX path too long"):
        serve_health(UnixAddress(str(tmp_path / ("a" * 200))), state())


def test_a_port_answers_and_one_in_use_is_an_error() -> None:
    address = TcpAddress("127.0.0.1", free_port())
    serve_health(address, state())
    connection = http.client.HTTPConnection(address.host, address.port, timeout=5)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (503, {"status": "starting"})
    connection.close()
    with pytest.raises(
        UserError, match=f"The health address `{address}` cannot be listened on: Address already in use"
    ):
        serve_health(address, state())


def test_a_host_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UserError, match="cannot be listened on: "):
        serve_health(TcpAddress("nowhere.invalid", 1), state())
