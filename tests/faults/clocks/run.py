"""Two workers' clocks are a minute off; they run alone, and then beside one that is right.

python -m tests.faults.clocks.run LIBRARY      prints a Report as JSON; what happens goes to stderr
"""

import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import requests

from benchmarks.asking import ask
from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from launcher.probes import free_port
from tests.faults.clocks.moved import off_by

RIGHT, AHEAD, BEHIND = range(3)
OFF = 60
"""Seconds."""
EACH = 6
"""Vehicles of each group."""
PATIENCE = 120.0
"""Seconds for each step, at the most."""
HORN: dict[str, Any] = {"horn": {"state": "Activated"}}

_HOLD = """
UPDATE remotes_remoteaction SET due_at = clock_timestamp(), not_before = clock_timestamp() + %s::interval
WHERE public_id = ANY(%s)
"""
_ROWS = """
SELECT public_id, state, created_at, not_before, expires_at, finished_at, why::text FROM remotes_remoteaction
WHERE public_id = ANY(%s)
"""


@dataclass(frozen=True)
class Row:
    """An action, and when it came in at the cloud. Times by the database's clock, which is also the cloud's."""

    id: str
    state: str
    not_before: datetime | None
    expires_at: datetime
    finished_at: datetime | None
    why: str
    came: list[float]

    @property
    def late(self) -> bool:
        return any(at > self.expires_at.timestamp() for at in self.came)

    @property
    def early(self) -> bool:
        """Sent before it was to be, or given up before its time to live was over."""
        gave_up = self.state == "expired" and self.finished_at is not None and self.finished_at < self.expires_at
        return gave_up or any(self.not_before is not None and at < self.not_before.timestamp() for at in self.came)


@dataclass(frozen=True)
class Report:
    """`alone`: what the wrong ones sent while they were alone; `expired`: of `EACH` that ended then with the word.

    `beside`: what waited and was sent once the right one was there, of `EACH`; `too_soon`: what was sent of those whose
    time had not come. `brief`: sent or expired, of `EACH` with a short time to live. `said_so`: workers whose log does.
    """

    alone: int
    expired: int
    beside: int
    too_soon: int
    brief: int
    late: int
    early: int
    sent_twice: int
    said_so: int


class Clocks:
    """The story over a running house and cloud."""

    def __init__(self, house: DispatchHouse, cloud: str) -> None:
        self._house, self._cloud = house, cloud
        vehicles = [(one["vin"], name) for name, one in self._record().items()]
        self._world: World = house.make_world(Wanted(f"{cloud}/connectedcar/v3", "f1ee7000", vehicles))
        self._free = [vin for vin, _ in vehicles]
        self._ids: list[str] = []

    def run(self) -> Report:
        soon, later = self._ask(3600), self._ask(7200)
        self._hold(later, "1 hour")
        self._house.start_workers(AHEAD, BEHIND)
        short = self._ask(5)
        self._wait("All that is short-lived to expire", short, lambda row: row.state == "expired")
        alone = sum(len(row.came) for row in self._rows(self._ids))
        self._hold(soon, "5 seconds")
        self._hold(later, "1 hour")
        self._house.start_workers(RIGHT)
        brief = self._ask(10)
        self._wait("All whose time has come to be sent", soon, lambda row: row.came)
        self._wait("All that is brief to be over", brief, lambda row: row.came or row.state == "expired")
        rows = self._rows(self._ids)
        return Report(
            alone=alone,
            expired=sum('"clock-off"' in row.why for row in self._rows(short)),
            beside=sum(len(row.came) for row in self._rows(soon)),
            too_soon=sum(len(row.came) for row in self._rows(later)),
            brief=len(brief),
            late=sum(row.late for row in rows),
            early=sum(row.early for row in rows),
            sent_twice=sum(len(row.came) > 1 for row in rows),
            said_so=sum("off the database's: nothing is sent" in self._log(number) for number in (AHEAD, BEHIND)),
        )

    def _ask(self, seconds: int) -> list[str]:
        """The ids of a group's actions, each of a vehicle of its own."""
        vins, self._free = self._free[:EACH], self._free[EACH:]
        body = {**HORN, "timeToLive": f"PT{seconds}S"}
        asked = ask(self._house.wishes.local_url, self._world, [(vin, body) for vin in vins])
        ids = [one.action_id for one in asked]
        self._ids += ids
        return ids

    def _hold(self, ids: Sequence[str], span: str) -> None:
        """Have them looked at now, and not sent before so long."""
        self._house.ask(_HOLD, span, list(ids))

    def _wait(self, title: str, ids: Sequence[str], done: Any) -> None:
        def probe() -> str | None:
            left = [row for row in self._rows(ids) if not done(row)]
            return f"{len(left)} are not, as {left[0]}" if left else None

        self._house.look_after(title, probe, PATIENCE)

    def _rows(self, ids: Sequence[str]) -> list[Row]:
        came: dict[str, list[float]] = {}
        for vehicle in self._record().values():
            for at, label, _ in vehicle["came"]:
                came.setdefault(label.removeprefix("fleetremote-"), []).append(at)
        found = self._house.ask(_ROWS, list(ids))
        return [
            Row(name, state, not_before, expires_at, finished_at, why or "", came.get(name, []))
            for name, state, _, not_before, expires_at, finished_at, why in found
        ]

    def _record(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self._cloud}/control/record", timeout=20).json()
        return found

    def _log(self, number: int) -> str:
        return self._house.log(f"commands-{number}")


def run(library: str) -> Report:
    """Only in the main thread: it obeys signals."""
    port = free_port(None)
    of_workers = [{}, off_by(OFF, library), off_by(-OFF, library)]
    with DispatchHouse(processes=3, web_workers=1, workers_at_once=False, of_workers=of_workers) as house:
        house.start_program("second-cloud", ["tests.clouds", str(port), str(4 * EACH)], port)
        return Clocks(house, f"http://127.0.0.1:{port}").run()


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        report = run(json.loads(sys.argv[1]))
    print(json.dumps(asdict(report)))
