"""A cloud that answers as a test tells it, over real HTTP, and the client that asks it."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from gateways.interface import Account
from gateways.v3 import V3Client
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES

CLIENT_ID, PASSWORD = "3f1c-client", "correct horse"
UNLOCK = Remote(REMOTE_TYPES["Locking"], {"state": "Unlocked"}, "Lyon 2", {})


@dataclass
class Request:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    port: int

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Cloud:
    """Notes each request; answers with `status`, `headers` and `body`, or cuts the connection where status is 0.

    What stands in `first` is answered before.
    """

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"remoteActionId": "a1"}'
    first: deque[Answer] = field(default_factory=deque)
    got: list[Request] = field(default_factory=list)
    base_url: str = ""

    @property
    def root(self) -> str:
        """Its address without a path."""
        return self.base_url.removesuffix("/connectedcar/v3")

    def answer(self) -> Answer:
        return self.first.popleft() if self.first else (self.status, self.headers, self.body)


def _handler(cloud: Cloud) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            cloud.got.append(Request(self.command, self.path, list(self.headers.items()), sent, self.client_address[1]))
            status, headers, body = cloud.answer()
            if not status:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def running_cloud() -> Iterator[Cloud]:
    """A cloud that listens meanwhile."""
    cloud = Cloud()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(cloud))
    server.daemon_threads = True
    cloud.base_url = f"http://127.0.0.1:{server.server_port}/connectedcar/v3"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield cloud
    server.shutdown()
    server.server_close()


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running_cloud() as cloud:
        yield cloud


@pytest.fixture
def elsewhere() -> Iterator[Cloud]:
    """Another host, which is none of our account's."""
    with running_cloud() as cloud:
        yield cloud


def client_of(base_url: str, **values: Any) -> V3Client:
    """A client of an account there."""
    given = {"client_id": CLIENT_ID, "username": "fleetremote", "password": PASSWORD, **values}
    return V3Client(Account("v3", base_url, **given))


@pytest.fixture
def client(cloud: Cloud) -> V3Client:
    return client_of(cloud.base_url)
