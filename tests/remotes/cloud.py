"""A manufacturer's cloud that answers as a test tells it, over real HTTP."""

import json
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from django.db import connections

from protocol.catalogue import BY_V3_KEY

# The method and the last part of the path, such as "POST remotes".
Request = str


class Cloud:
    """Keeps callbacks and remote actions; `next` holds what to do with the coming POSTs of remotes.

    Each entry is "accept", "cut-before" and "cut-after" (acceptance), or (status, body, headers). `asked` are all
    requests, as they came.
    """

    def __init__(self) -> None:
        self.next: deque[Any] = deque()
        self.actions: dict[str, dict[str, Any]] = {}
        self.callbacks: dict[str, dict[str, Any]] = {}
        # The types that a callback may name, when the cloud is strict about them.
        self.strict: set[str] = set()
        self.strict_status = 400
        # Whether an action's type must be among those of its callback, as the published API says.
        self.enforces_types = False
        # Requests that end with a 500, once each.
        self.broken: list[Request] = []
        # Whether a registration is refused with words that repeat it.
        self.echo = False
        # Of every vehicle.
        self.status: dict[str, Any] = {}
        # What is answered to who reads or replaces a callback that is not there.
        self.no_callback: Any = {"code": 40499, "message": "no such callback"}
        # What is answered to who lists the remote actions of a vehicle, if that is not the truth.
        self.listed: Any = None
        # What something in front of the cloud answers, by the method; such a request does not come to the cloud.
        self.in_front: dict[str, Any] = {}
        self.posted: list[dict[str, Any]] = []
        self.asked: list[Request] = []
        self._meanwhile: dict[Request, Callable[[], object]] = {}
        self._failed: list[BaseException] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/connectedcar/v3"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        """Stop listening: connections are refused from now on."""
        self._server.shutdown()
        self._server.server_close()

    def meanwhile(self, request: Request, do: Callable[[], object]) -> None:
        """Once the next such request has arrived and been decided on, `do` this before it is answered."""
        self._meanwhile[request] = do

    def check(self) -> None:
        """All that was to be done meanwhile was done; raises what went wrong in it."""
        for failed in self._failed:
            raise failed
        assert not self._meanwhile, f"never asked for: {', '.join(self._meanwhile)}"

    @staticmethod
    def list_of(actions: list[dict[str, Any]]) -> Any:
        """The answer with a whole list of these."""
        return 200, {"_embedded": {"remoteActions": actions}, "total": len(actions), "_links": {}}, {}

    def accept(self, body: dict[str, Any]) -> str:
        action_id = f"a{len(self.actions) + 1}"
        self.actions[action_id] = {"remoteActionId": action_id, "remote": body, "status": "Accepted"}
        return action_id

    def answer(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        if method in self.in_front:
            return self.in_front[method]
        parts = path.removeprefix("/connectedcar/v3/").split("/")
        if (request := f"{method} {parts[-1]}") in self.broken:
            self.broken.remove(request)
            return 500, {"message": "broken"}, {}
        if parts[-1] == "callbacks" and method == "POST":
            assert body is not None
            if refusal := self._refusal_of(body):
                return refusal
            callback_id = f"c{len(self.callbacks) + 1}"
            self.callbacks[callback_id] = {"id": callback_id, "status": "Running", "subscribe": body}
            return 200, {"callbackId": callback_id, "status": "Running"}, {}
        if parts[-1] == "callbacks":
            items = list(self.callbacks.values())
            return 200, {"_embedded": {"callbacks": items}, "total": len(items), "_links": {}}, {}
        if parts[-2] == "callbacks":
            known = self.callbacks.get(parts[-1])
            if known is not None and method == "PUT":
                assert body is not None
                if refusal := self._refusal_of(body):
                    return refusal
                known["subscribe"] = body
            return (200, known, {}) if known else (404, self.no_callback, {})
        if parts[-1] == "status" and method == "GET":
            return 200, self.status, {}
        if parts[-1] == "remotes":
            return self._remotes(method, parts[-2], body)
        found = self.actions.get(parts[-1])
        return (200, found, {}) if found else (404, {"code": 40499, "message": "no such action"}, {})

    def _refusal_of(self, subscribe: dict[str, Any]) -> Any:
        if self.echo:
            return (
                400,
                {"code": 40001, "message": f"can't be reached: {subscribe['callback']['webhook']['target']}"},
                {},
            )
        if self.strict and not set(subscribe["remoteTypes"]) <= self.strict:
            return self.strict_status, {"code": self.strict_status * 100 + 1, "message": "remoteTypes: unknown"}, {}
        return None

    def _do_meanwhile(self, request: Request) -> None:
        self.asked.append(request)
        do = self._meanwhile.pop(request, None)
        if do is None:
            return
        try:
            do()
        except BaseException as error:
            self._failed.append(error)
        finally:
            connections.close_all()

    def _remotes(self, method: str, callback_id: str, body: dict[str, Any] | None) -> Any:
        if method == "GET":
            return self.listed or self.list_of([*self.actions.values()])
        if callback_id not in self.callbacks:
            return 404, {"code": 40499, "message": "no such callback"}, {}
        assert body is not None
        self.posted.append(body)
        types = self.callbacks[callback_id].get("subscribe", {}).get("remoteTypes", [])
        if self.enforces_types and self._type_of(body) not in types:
            return (
                400,
                {"code": 40001, "message": f"{self._type_of(body)} is not among the remoteTypes of this callback"},
                {},
            )
        what = self.next.popleft() if self.next else "accept"
        if what == "cut-before":
            return None
        if what == "cut-after":
            self.accept(body)
            return None
        if what == "accept":
            return 202, {"remoteActionId": self.accept(body), "type": "Doors"}, {}
        return what

    @staticmethod
    def _type_of(body: dict[str, Any]) -> str:
        return next(BY_V3_KEY[key].v3.type_name for key in body if key in BY_V3_KEY)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                path = urlsplit(self.path).path
                answer = cloud.answer(self.command, path, body)
                cloud._do_meanwhile(f"{self.command} {path.rpartition('/')[2]}")
                if answer is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, document, headers = answer
                data = document.encode() if isinstance(document, str) else json.dumps(document).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
