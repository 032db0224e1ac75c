"""The cloud over HTTP, with the published paths, and two of its own for whoever tries it out.

PUT /control/vehicles/{id} takes a vehicle's Manners, GET /control/record gives all records, by vehicle.
"""

import json
import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.second_cloud import actions
from tests.faults.second_cloud.book import Book
from tests.faults.second_cloud.lists import HTML, JSON, SIZE, Answer, Wish, entry, error, show

BASE = "/connectedcar/v3"
PATIENCE = 30.0
"""Seconds for which a client without an answer is waited for."""


class Server(ThreadingHTTPServer):
    """A thread a connection; many connect at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, book: Book) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.book = book


class Handler(BaseHTTPRequestHandler):
    """One request a connection."""

    server: Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _handle(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        address = urlsplit(self.path)
        self.query = parse_qs(address.query)
        if address.path.startswith(BASE) and not (self.headers.get("Authorization") and "client_id" in self.query):
            self.send(error(401, "Unauthorized"))
            return
        for method, pattern, answer in ROUTES:
            found = re.fullmatch(pattern, address.path)
            if found and method == self.command:
                self._answer(answer(self, body, *found.groups()))
                return
        self.send(error(404, "Not found"))

    def _answer(self, answer: Answer | None) -> None:
        if answer is not None:
            self.send(answer)

    def send(self, answer: Answer) -> None:
        content = answer.document if answer.kind == HTML else json.dumps(answer.document)
        self.send_response(answer.status)
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


def post_remote(handler: Handler, body: Any, _fleet: str, vehicle: str, callback: str) -> Answer | None:
    """Take it, and answer as the vehicle's manners are."""
    book = handler.server.book
    if vehicle not in book.vehicles or callback not in book.callbacks:
        return error(404, "Vehicle or callback not found")
    if not isinstance(body, dict) or sum(name != "label" for name in body) != 1:
        return error(400, "Exactly one action is needed")
    action = book.take(vehicle, callback, body)
    how = book.next_answer(vehicle)
    actions.begin(book, action)
    path = f"{BASE}/fleets/{book.fleet}/vehicles/{vehicle}/callbacks/{callback}/remotes/{action.id}"
    taken = {"_links": {"remote": {"href": path}}, "remoteActionId": action.id, "type": action.type_name}
    return LOST[how](handler) if how else Answer(202, taken)


def _cut(handler: Handler) -> None:
    handler.cut()


def _silent(handler: Handler) -> None:
    handler.wait_for_hang_up()


LOST: dict[str, Callable[[Handler], Answer | None]] = {
    "cut": _cut,
    "silent": _silent,
    "500": lambda _handler: error(500, "Internal error"),
    "a web page": lambda _handler: Answer(502, "<html>Bad gateway</html>", HTML),
    "unreadable": lambda _handler: Answer(202, '{"remoteActionId": "', HTML),
}
"""What becomes of the answer to an action that is taken."""


def list_remotes(handler: Handler, _body: Any, _fleet: str, vehicle: str, callback: str) -> Answer:
    if vehicle not in handler.server.book.vehicles:
        return error(404, "Vehicle not found")
    start, size = (int(handler.query.get(name, ["0"])[0]) for name in ("pageToken", "pageSize"))
    address = urlsplit(handler.path).path
    return show(handler.server.book, Wish(vehicle, callback, address, start, size or SIZE))


def read_remote(handler: Handler, _body: Any, _fleet: str, vehicle: str, callback: str, name: str) -> Answer:
    found = [one for one in handler.server.book.taken(vehicle, callback) if one.id == name]
    if not found:
        return error(404, "Remote action not found")
    return Answer(200, entry(found[0], urlsplit(handler.path).path.rpartition("/")[0]))


def subscribe(handler: Handler, body: Any, _fleet: str, callback: str | None = None) -> Answer:
    name = handler.server.book.subscribe(body, callback)
    return Answer(200 if callback is None else 202, {"callbackId": name, "status": "Running"})


def list_callbacks(handler: Handler, _body: Any, fleet: str) -> Answer:
    found = [_callback(handler, fleet, name) for name in handler.server.book.callbacks]
    return Answer(200, _collection(handler, "callbacks", found))


def read_callback(handler: Handler, _body: Any, fleet: str, name: str) -> Answer:
    if name not in handler.server.book.callbacks:
        return error(404, "Callback not found")
    return Answer(200, _callback(handler, fleet, name))


def _callback(handler: Handler, fleet: str, name: str) -> dict[str, Any]:
    links = {"self": {"href": f"{BASE}/fleets/{fleet}/remote/callbacks/{name}"}}
    return {"_links": links, "id": name, "status": "Running", "subscribe": handler.server.book.callbacks[name]}


def list_fleets(handler: Handler, _body: Any) -> Answer:
    return Answer(200, _collection(handler, "fleets", [{"id": handler.server.book.fleet, "name": "Second"}]))


def list_vehicles(handler: Handler, _body: Any, _fleet: str) -> Answer:
    vehicles = [{"id": name, "vin": vin} for name, vin in handler.server.book.vehicles.items()]
    return Answer(200, _collection(handler, "vehicles", vehicles))


def _collection(handler: Handler, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    start, path = int(handler.query.get("pageToken", ["0"])[0]), urlsplit(handler.path).path
    links = {"self": {"href": path}, "first": {"href": path}}
    if start + SIZE < len(items):
        links["next"] = {"href": f"{path}?pageToken={start + SIZE}"}
    counts = {"total": len(items), "totalPage": max(-(-len(items) // SIZE), 1), "currentPage": start // SIZE + 1}
    return {"_links": links, **counts, "_embedded": {key: items[start : start + SIZE]}}


def read_vehicle(handler: Handler, _body: Any, _fleet: str, name: str) -> Answer:
    vin = handler.server.book.vehicles.get(name)
    return Answer(200, {"id": name, "vin": vin}) if vin else error(404, "Vehicle not found")


def read_status(handler: Handler, _body: Any, _fleet: str, name: str) -> Answer:
    vin = handler.server.book.vehicles.get(name)
    if vin is None:
        return error(404, "Vehicle not found")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Answer(200, {"_links": {"self": {"href": urlsplit(handler.path).path}}, "vin": vin, "createdAt": now})


def treat(handler: Handler, body: Any, vehicle: str) -> Answer:
    handler.server.book.treat(vehicle, body)
    return Answer(200, {}, JSON)


def record(handler: Handler, _body: Any) -> Answer:
    return Answer(200, handler.server.book.all_records(), JSON)


_FLEETS = rf"{BASE}/fleets"
_CALLBACKS = rf"{_FLEETS}/([^/]+)/remote/callbacks"
_VEHICLE = rf"{_FLEETS}/([^/]+)/vehicles/([^/]+)"
_REMOTES = rf"{_VEHICLE}/callbacks/([^/]+)/remotes"

ROUTES: tuple[tuple[str, str, Callable[..., Answer | None]], ...] = (
    ("POST", _REMOTES, post_remote),
    ("GET", _REMOTES, list_remotes),
    ("GET", rf"{_REMOTES}/([^/]+)", read_remote),
    ("POST", _CALLBACKS, subscribe),
    ("GET", _CALLBACKS, list_callbacks),
    ("GET", rf"{_CALLBACKS}/([^/]+)", read_callback),
    ("PUT", rf"{_CALLBACKS}/([^/]+)", subscribe),
    ("GET", _FLEETS, list_fleets),
    ("GET", rf"{_FLEETS}/([^/]+)/vehicles", list_vehicles),
    ("GET", _VEHICLE, read_vehicle),
    ("GET", rf"{_VEHICLE}/status", read_status),
    ("PUT", r"/control/vehicles/([^/]+)", treat),
    ("GET", r"/control/record", record),
)


def serve(port: int, book: Book) -> None:
    Server(port, book).serve_forever()
