"""A whole FleetRemote as `script/server` runs it, a client of its API, and handles to do it harm."""

import json
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
import redis
import requests

from launcher.environment import read_environment
from tests import migrated
from tests.server import Server
from tests.waiting import command_line, processes_with, wait_until

SPEED = "10"


@dataclass
class Running:
    """What a client sees of it, and the handles by which a test does it harm."""

    server: Server
    demo: dict[str, Any]
    environment: dict[str, str]
    callbacks: dict[str, str] = field(default_factory=dict)

    @property
    def fleet(self) -> dict[str, Any]:
        return self.demo["fleets"][0]

    def vehicles(self, profile: str) -> list[dict[str, Any]]:
        return [
            vehicle for fleet in self.demo["fleets"] for vehicle in fleet["vehicles"] if vehicle["profile"] == profile
        ]

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        api = self.demo["api"]
        return requests.request(
            method,
            api["v3"] + path,
            json=body,
            params={"client_id": api["client_id"]},
            auth=(api["user"], api["password"]),
            timeout=20,
        )

    def fleet_of(self, vehicle: dict[str, Any]) -> dict[str, Any]:
        return next(fleet for fleet in self.demo["fleets"] if vehicle in fleet["vehicles"])

    def remotes(self, vehicle: dict[str, Any], callback_id: str | None = None) -> str:
        """The path of a vehicle's remotes under a callback, else under one of its fleet that is made on first use."""
        fleet = self.fleet_of(vehicle)
        if callback_id is None and fleet["id"] not in self.callbacks:
            target = f"{self.environment['RECEIVER_URL']}/tests"
            self.callbacks[fleet["id"]], _ = self.subscribe(fleet, target)
        callback_id = callback_id or self.callbacks[fleet["id"]]
        return f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}/callbacks/{callback_id}/remotes"

    def subscribe(
        self, fleet: dict[str, Any], target: str, attributes: Sequence[dict[str, str]] = (), **body: Any
    ) -> tuple[str, str]:
        """Register a callback; gives its id and its secret."""
        webhook = {"target": target, "name": "tests", "attributes": list(attributes)}
        answer = self.call(
            "POST", f"/fleets/{fleet['id']}/remote/callbacks", {"callback": {"webhook": webhook}, **body}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["callbackId"], answer.json()["secret"]

    def send(self, vehicle: dict[str, Any], body: dict[str, Any], callback_id: str | None = None) -> str:
        """Post a remote action; gives the path to read it."""
        remotes = self.remotes(vehicle, callback_id)
        answer = self.call("POST", remotes, body)
        assert answer.status_code == 202, answer.text
        return f"{remotes}/{answer.json()['remoteActionId']}"

    def read(self, path: str) -> dict[str, Any]:
        """The action; empty while the server is away."""
        try:
            answer = self.call("GET", path)
        except requests.ConnectionError:
            return {}
        return answer.json() if answer.ok else {}

    def wait(self, path: str, done: Callable[[dict[str, Any]], object], seconds: float = 60) -> dict[str, Any]:
        """Read the action until `done` is true of it."""
        seen: dict[str, Any] = {}

        def look() -> object:
            seen.clear()
            seen.update(self.read(path))
            return seen and done(seen)

        wait_until(look, f"the wanted state of {path} (last seen: {seen})", seconds)
        return seen

    def final(self, path: str, seconds: float = 60) -> tuple[str, str | None]:
        seen = self.wait(path, lambda action: action.get("status") in ("Success", "AlreadyDone", "Failed"), seconds)
        return seen["status"], seen.get("failureCause")

    def events(self, path: str, least: int = 0) -> list[str]:
        """The statuses of the action's events as stored, oldest first, once there are so many at least.

        A notification that was answered late is posted again, and then comes after the final one.
        """
        wait_until(lambda: len(self._events(path)) >= least, f"{least} events of {path}")
        return self._events(path)

    def _events(self, path: str) -> list[str]:
        with psycopg.connect(database_uri(self.environment["DATABASE_URL"])) as connection:
            rows = connection.execute(
                "SELECT event.status FROM remotes_remoteevent event"
                " JOIN remotes_remoteaction action ON action.id = event.action_id"
                " WHERE action.public_id = %s ORDER BY event.effective_at, event.id",
                [path.rpartition("/")[2]],
            ).fetchall()
        return [status for (status,) in rows]

    def corrected(self, cause: str) -> list[str]:
        """The statuses of actions that had failed for the cause once, and have none any more."""
        with psycopg.connect(database_uri(self.environment["DATABASE_URL"])) as connection:
            rows = connection.execute(
                "SELECT action.status FROM remotes_remoteaction action"
                " WHERE action.failure_cause IS NULL AND EXISTS (SELECT FROM remotes_remoteevent event"
                " WHERE event.action_id = action.id AND event.failure_cause = %s)",
                [cause],
            ).fetchall()
        return [status for (status,) in rows]

    def executed(self, vehicle: dict[str, Any]) -> dict[str, int]:
        """How often the simulated vehicle really carried out each remote type."""
        from simulator.world import CLIENT_ID, PASSWORD, USER

        url = f"{self.environment['SIMULATOR_URL']}/simulator/vehicles/{vehicle['vin']}"
        answers: list[requests.Response] = []

        def ask() -> bool:
            with suppress(requests.ConnectionError):
                answers.append(requests.get(url, params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=10))
            return bool(answers)

        wait_until(ask, "the simulator to answer", 30)
        return answers[0].json()["executed"]

    def processes(self, words: str) -> list[int]:
        """Processes of this server with these words in their command line."""
        socket = self.environment["REDIS_URL"].removeprefix("unix://").partition("?")[0]
        ours = {*processes_with(str(self.server.home)), *processes_with(socket.rpartition("/")[0])}
        return [pid for pid in ours if words in command_line(pid)]

    def answers(self) -> bool:
        """Whether the web server and the simulator take requests."""
        simulator = f"{self.environment['SIMULATOR_URL']}/healthz"
        try:
            return self.call("GET", "/fleets").ok and requests.get(simulator, timeout=10).ok
        except requests.ConnectionError:
            return False

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.environment["REDIS_URL"])


def database_uri(url: str) -> str:
    """`DATABASE_URL` as libpq reads it."""
    return url.replace("postgres://", "postgresql://", 1)


@contextmanager
def running_server(server: Server) -> Iterator[Running]:
    """Start the server, and stop it with nothing left."""
    server.environment.setdefault("SIMULATOR_SPEED", SPEED)
    migrated.place(server.home)
    process = server.start()
    try:
        shown = server.run("-m", "launcher.manage", "demo", "--json")
        yield Running(server, json.loads(shown.stdout), read_environment(server.home))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert server.left() == []
