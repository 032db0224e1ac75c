"""A simulator process to drive over HTTP, and a webhook that notes what it is sent."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from simulator.world import CLIENT_ID, PASSWORD, USER, WorldVehicle, demo_world, generated_fleet
from tests.waiting import growing_pauses

REPOSITORY = Path(__file__).resolve().parents[2]
FLEET = demo_world()[0]
# A second, ordinary fleet of v3, which a simulator with OTHER_OPTIONS has; the demo's second one is v1's.
OTHER = generated_fleet(30)
OTHER_OPTIONS = ("--vehicles", str(len(OTHER.vehicles)))
# What v3 lists then.
V3_WORLD = [FLEET, OTHER]


def until(ask: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """The first true answer of `ask`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    pauses = growing_pauses(0.01)
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"not in {seconds:g} s: {what}"
        time.sleep(next(pauses))
    return answer


def vehicle_of(profile: str) -> WorldVehicle:
    return next(vehicle for vehicle in FLEET.vehicles if vehicle.profile == profile)


class Simulator:
    """`python -m simulator` on a database, started, killed and started again."""

    def __init__(self, database: Path, *options: str) -> None:
        self.database = database
        self.options = options
        self.url = ""
        # Which CAs we trust, and the files of our own certificate and its key.
        self.verify: str | bool = True
        self.cert: tuple[str, str] | None = None
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Simulator":
        command = [sys.executable, "-m", "simulator", "--port", "0", "--database", str(self.database), *self.options]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "is ready at http" in line, line
        self.url = line.split()[-1]
        return self

    def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._wait()

    def stop(self) -> int:
        if self._process is None:
            return 0
        self._process.terminate()
        return self._wait()

    def _wait(self) -> int:
        assert self._process is not None
        code = self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return code

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        url = path if path.startswith("http") else self.url + path
        if path.startswith("/fleets"):
            url = f"{self.url}/connectedcar/v3{path}"
        return requests.request(
            method,
            url,
            json=body,
            params={"client_id": CLIENT_ID, **params},
            auth=(USER, PASSWORD),
            timeout=15,
            verify=self.verify,
            cert=self.cert,
        )

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def subscribe(self, target: str, **body: Any) -> str:
        """Register a callback of the first fleet; its id."""
        attributes = body.pop("attributes", [])
        webhook = {"target": target, "name": "test", "attributes": attributes}
        answer = self.call("POST", f"/fleets/{FLEET.id}/remote/callbacks", {"callback": {"webhook": webhook}, **body})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["callbackId"])

    def send(self, vehicle: WorldVehicle, callback_id: str, body: Any) -> "Sent":
        path = f"/fleets/{FLEET.id}/vehicles/{vehicle.id}/callbacks/{callback_id}/remotes"
        answer = self.call("POST", path, body)
        assert answer.status_code == 202, answer.text
        return Sent(self, f"{path}/{answer.json()['remoteActionId']}", answer.json()["remoteActionId"])

    def truth(self, vehicle: WorldVehicle) -> Any:
        return self.get(f"/simulator/vehicles/{vehicle.vin}")


@dataclass
class Sent:
    """A remote action that was answered 202."""

    simulator: Simulator
    path: str
    id: str

    def read(self) -> Any:
        return self.simulator.get(self.path)

    def end(self) -> tuple[str, str | None]:
        """Its final status and cause."""
        done = ("Success", "AlreadyDone", "Failed")
        until(lambda: self.read().get("status") in done, f"remote action {self.id} ends")
        document = self.read()
        return document["status"], document.get("failureCause")


@dataclass
class Received:
    """A request that the webhook got."""

    path: str
    query: str
    headers: dict[str, str]
    body: Any
    at: float


class Webhook:
    """A receiver in a thread; `answers` are the codes of the next requests, then 200. `hang` seconds before each."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = []
        self.otherwise = 200
        self.hang = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _handler(webhook) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                url = urlsplit(self.path)
                headers = {key.lower(): value for key, value in self.headers.items()}
                webhook.received.append(Received(url.path, url.query, headers, body, time.monotonic()))
                time.sleep(webhook.hang)
                self.send_response(webhook.answers.pop(0) if webhook.answers else webhook.otherwise)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        return Handler

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self, action: Sent | None = None) -> list[Any]:
        """All events received, those of one action when it is given, in the order of their arrival."""
        found = [event for request in list(self.received) for event in request.body["events"]]
        return [event for event in found if action is None or event["remoteActionId"] == action.id]

    def statuses(self, action: Sent) -> list[str]:
        return [event["eventStatus"]["status"] for event in self.events(action)]

    def wait_done(self, action: Sent, seconds: float = 60.0) -> list[str]:
        """The statuses of an action, once its Done is there."""

        def done() -> bool:
            return any(event["eventStatus"]["type"] == "Done" for event in self.events(action))

        until(done, f"Done of {action.id} arrives", seconds)
        return self.statuses(action)
