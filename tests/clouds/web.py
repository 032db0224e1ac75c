"""A cloud over HTTP, with what its owner tells it and reads besides the published paths.

PUT /control/vehicles/{id} takes a vehicle's Manners, GET /control/record gives all records, by vehicle.
"""

import json
import re
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.clouds import actions
from tests.clouds.book import HTML, JSON, Answer, Book
from tests.clouds.lists import Wish, collection, entry, show

PATIENCE = 30.0
"""Seconds for which a client without an answer is waited for."""
FIRST = 5 * actions.BETWEEN
"""Seconds that an answer takes which is to come after what is notified."""

Handling = Callable[..., Answer | None]
Route = tuple[str, str, Handling]


class Server(ThreadingHTTPServer):
    """A thread a connection; many connect at once. `guard` says why a request under the API's base is refused."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, book: Book, routes: Sequence[Route], guard: Callable[["Handler"], Answer | None]
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.book, self.routes, self.guard = book, (*routes, *CONTROL), guard


class Connection(BaseHTTPRequestHandler):
    """One request a connection."""

    def do_GET(self) -> None:
        self.reply()

    def do_POST(self) -> None:
        self.reply()

    def do_PUT(self) -> None:
        self.reply()

    def do_DELETE(self) -> None:
        self.reply()

    def reply(self) -> None:
        raise NotImplementedError

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def send(self, answer: Answer) -> None:
        document = answer.document
        content = "" if document is None else document if answer.kind == HTML else json.dumps(document)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(content.encode())))
        self.end_headers()
        self.wfile.write(content.encode())

    def wait_for_hang_up(self) -> None:
        self.connection.settimeout(PATIENCE)
        with suppress(OSError):
            self.connection.recv(1)

    def cut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Handler(Connection):
    """Of the API. `granted`: what the guard let it in with."""

    server: Server
    granted: Any = None

    @property
    def book(self) -> Book:
        return self.server.book

    def error(self, status: int, message: str) -> Answer:
        return self.book.speech.error(status, message)

    def list(self, key: str, items: Sequence[Any]) -> Answer:
        """The page of a HAL collection that is asked for."""
        return Answer(200, collection(key, items, urlsplit(self.path).path, *self.span))

    @property
    def span(self) -> tuple[int, int]:
        """From which item on, and how many."""
        start, size = (int(self.query.get(name, ["0"])[0]) for name in ("pageToken", "pageSize"))
        return start, size or self.book.speech.size

    def reply(self) -> None:
        body = json.loads(self.read() or b"null")
        address = urlsplit(self.path)
        self.query = parse_qs(address.query)
        refusal = self.server.guard(self) if address.path.startswith(self.book.speech.base) else None
        if refusal is not None:
            self.send(refusal)
            return
        for method, pattern, handling in self.server.routes:
            found = re.fullmatch(pattern, address.path)
            if found and method == self.command:
                answer = handling(self, body, *found.groups())
                if answer is not None:
                    self.send(answer)
                return
        self.send(self.error(404, "Not found"))


def take(handler: Handler, remote: Any, vehicle: str, callback: str, links: Callable[[str], dict[str, Any]]) -> Any:
    """Take a remote action, and answer as the vehicle's manners are; `links` of the answer, by the action's id."""
    book = handler.book
    if before := book.once(vehicle, "before"):
        return LOST[before](handler)
    action = book.take(vehicle, callback, remote)
    actions.begin(book, action)
    if how := book.once(vehicle, "answer"):
        return LOST[how](handler)
    if book.manners(vehicle).told == "first":
        time.sleep(FIRST)
    return Answer(202, {"_links": links(action.id), "remoteActionId": action.id, "type": action.type_name})


def _cut(handler: Handler) -> None:
    handler.cut()


def _silent(handler: Handler) -> None:
    handler.wait_for_hang_up()


LOST: dict[str, Handling] = {
    "cut": _cut,
    "silent": _silent,
    "429": lambda handler: replace(handler.error(429, "Too many requests"), headers={"Retry-After": "1"}),
    "500": lambda handler: handler.error(500, "Internal error"),
    "501 page": lambda _handler: Answer(501, "<html>Not implemented</html>", HTML),
    "a web page": lambda _handler: Answer(502, "<html>Bad gateway</html>", HTML),
    "unreadable": lambda _handler: Answer(202, '{"remoteActionId": "', HTML),
}
"""What becomes of an action that is not taken, or of the answer to one that is."""


def list_remotes(handler: Handler, vehicle: str, callback: str) -> Answer:
    if vehicle not in handler.book.vehicles:
        return handler.error(404, "Vehicle not found")
    return show(handler.book, Wish(vehicle, callback, urlsplit(handler.path).path, *handler.span))


def read_remote(handler: Handler, vehicle: str, callback: str, name: str) -> Answer:
    found = [one for one in handler.book.taken(vehicle, callback) if one.id == name]
    if not found:
        return handler.error(404, "Remote action not found")
    return Answer(200, entry(found[0], urlsplit(handler.path).path.rpartition("/")[0]))


def treat(handler: Handler, body: Any, vehicle: str) -> Answer:
    handler.book.treat(vehicle, body)
    return Answer(200, {}, JSON)


def record(handler: Handler, _body: Any) -> Answer:
    return Answer(200, handler.book.all_records(), JSON)


CONTROL: tuple[Route, ...] = (
    ("PUT", r"/control/vehicles/([^/]+)", treat),
    ("GET", r"/control/record", record),
)
