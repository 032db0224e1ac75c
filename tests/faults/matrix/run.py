"""Runs the cells of a fault matrix.

python -m tests.faults.matrix.run '<Plan as JSON>'      prints the outcomes as JSON; what happens goes to stderr
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import requests

from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from launcher.errors import LaunchError
from simulator.world import WorldVehicle, generated_fleet
from tests.faults.matrix.plan import CRASHES, FAULTS, FLUSH, KILL, NOTHING, OFF_LINE, POSTGRES, TYPES, WEB, Cell, Plan
from tests.faults.matrix.report import Outcome

THREADS = 48
"""As many sendings stand still at once."""
AT_ONCE = 39
"""Cells of one harm at the most."""
PATIENCE = 30.0
"""Seconds until all workers must have come to their moments."""
LONGEST = 90.0
"""Seconds until all actions must have come to their ends."""
LOOK_AGAIN = 0.25
"""Seconds."""

CRASH = {crash.name: crash for crash in CRASHES}
ENDS = ("Success", "AlreadyDone", "Failed")


@dataclass
class Trial:
    """A cell, its vehicle and its action. `harmed`: the worker stood at the moment when the harm was done."""

    cell: Cell
    vehicle: WorldVehicle
    path: str = ""
    harmed: bool = False
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def harm(self) -> str:
        return CRASH[self.cell.crash].harm

    @property
    def action_id(self) -> str:
        return self.path.rpartition("/")[2]


def run(plan: Plan) -> list[Outcome]:
    """Only in the main thread: it obeys signals."""
    cells = plan.cells()
    settings = {
        "GATEWAY_CONNECT_TIMEOUT": plan.read_timeout / 2,
        "GATEWAY_READ_TIMEOUT": plan.read_timeout,
        "GATEWAY_TIMEOUT": plan.read_timeout * 1.5,
        "DISPATCH_LEASE": plan.lease,
    }
    house = DispatchHouse(
        app="tests.faults.matrix.victim",
        threads=THREADS,
        web_workers=1,
        speed=plan.speed,
        simulator=["--vehicles", str(len(cells))],
        variables={"MATRIX_SETTINGS": json.dumps(settings)},
    )
    orders = house.home / "orders"
    orders.mkdir()
    house.variables["MATRIX_ORDERS"] = str(orders)
    with house:
        return Matrix(house, plan).outcomes(cells)


class Matrix:
    """The cells over a running house."""

    def __init__(self, house: DispatchHouse, plan: Plan) -> None:
        self._house, self._plan = house, plan
        self._orders = house.home / "orders"
        self._world = World({}, "", "", "")

    def outcomes(self, cells: Sequence[Cell]) -> list[Outcome]:
        """Try them all, the cells of one harm at once."""
        fleet = generated_fleet(len(cells))
        vehicles = [(vehicle.vin, vehicle.id) for vehicle in fleet.vehicles]
        base_url = f"{self._house.simulator_url}/connectedcar/v3"
        self._world = self._house.make_world(Wanted(base_url, fleet.id, vehicles, self._plan.gateways))
        trials = [Trial(cell, vehicle) for cell, vehicle in zip(cells, fleet.vehicles, strict=True)]
        for harm, group in _rounds(trials):
            self._try(harm, group)
            if self._plan.apart or harm == NOTHING:
                self._settle(group)
        self._settle(trials)
        return self._judge(trials)

    def _try(self, harm: str, trials: Sequence[Trial]) -> None:
        for trial in trials:
            self._prepare(trial)
        # What the round before has killed would let the time to live pass.
        self._house.look_after("All to be there again", self._who_is_away, LONGEST)
        for trial in trials:
            self._house.look_after("Asking", partial(self._send, trial), PATIENCE)
        if harm == NOTHING:
            return
        self._look_after("The moment of harm", lambda: self._who_is_not_there(trials), PATIENCE)
        for trial in trials:
            trial.harmed = self._order(trial, ".here").exists()
        self._harm(harm)
        for trial in trials:
            self._order(trial, ".go").touch()

    def _who_is_away(self) -> str | None:
        services = (self._house.workers[0], self._house.postgres, self._house.web)
        away = [one.title for one in services if not one.ready or one.child is None or one.child.poll() is not None]
        return f"{', '.join(away)} starts again" if away else None

    def _prepare(self, trial: Trial) -> None:
        address = f"/simulator/vehicles/{trial.vehicle.vin}"
        if trial.cell.fault == OFF_LINE:
            self._house.ask_simulator("PUT", address, {"profile": "off-line-then-back"})
        else:
            self._house.ask_simulator("PUT", f"{address}/faults", FAULTS[trial.cell.fault])
        crash = CRASH[trial.cell.crash]
        if crash.harm == NOTHING:
            trial.harmed = True
        else:
            self._order(trial).write_text(crash.moment)

    def _order(self, trial: Trial, suffix: str = "") -> Any:
        return self._orders / f"{trial.vehicle.id}{suffix}"

    def _send(self, trial: Trial) -> str | None:
        """Why it is not sent: what the round before has harmed may still be away. A repeat is known by its key."""
        remotes = self._world.paths[trial.vehicle.vin]
        body = {**TYPES[trial.cell.type].body, "timeToLive": f"PT{self._plan.time_to_live}S"}
        answer = self._call("POST", remotes, body, {"Idempotency-Key": trial.vehicle.vin})
        if answer is None or answer.status_code == 503:
            return "the web server or its database is away"
        assert answer.status_code == 202, answer.text
        trial.path = f"{remotes}/{answer.json()['remoteActionId']}"
        return None

    def _call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response | None:
        """None while the web server is away."""
        world = self._world
        url = f"{self._house.wishes.local_url}{path}?{world.query}"
        account = (world.user, world.password)
        try:
            return requests.request(method, url, json=body, headers=headers, auth=account, timeout=10)
        except requests.ConnectionError:
            return None

    def _who_is_not_there(self, trials: Sequence[Trial]) -> str | None:
        missing = [trial for trial in trials if not self._order(trial, ".here").exists()]
        return f"{len(missing)} of {len(trials)} are not there, as {missing[0].cell}" if missing else None

    def _harm(self, harm: str) -> None:
        """SIGKILL it with all in its group; the supervisor starts it again."""
        if harm == FLUSH:
            with self._house.redis() as client:
                client.flushall()
            return
        victims = {KILL: self._house.workers[0], POSTGRES: self._house.postgres, WEB: self._house.web}
        child = victims[harm].child
        assert child is not None
        child.kill()

    def _settle(self, trials: Sequence[Trial]) -> None:
        """Return when every action has its end and every vehicle is at rest; late on, whatever it is."""
        looked = 0.0

        def probe() -> str | None:
            nonlocal looked
            if time.monotonic() < looked + LOOK_AGAIN:
                return "looked a moment ago"
            looked = time.monotonic()
            return self._what_is_open(trials)

        try:
            self._house.look_after("The end of all", probe, LONGEST)
        except LaunchError as error:
            print(error, file=sys.stderr)

    def _what_is_open(self, trials: Sequence[Trial]) -> str | None:
        vehicles = self._vehicles()
        under_way = [trial for trial in trials if vehicles[trial.vehicle.vin]["underWay"]]
        if under_way:
            return f"{len(under_way)} under way at the vehicles"
        for trial in trials:
            self._read(trial)
        untrue = [trial for trial in trials if not self._outcome(trial, vehicles, []).is_true]
        return f"{len(untrue)} are not shown as they are, as {untrue[0]}" if untrue else None

    def _read(self, trial: Trial) -> None:
        answer = self._call("GET", trial.path)
        trial.shown = answer.json() if answer is not None and answer.ok else {}

    def _vehicles(self) -> dict[str, Any]:
        found = self._house.ask_simulator("GET", "/simulator/vehicles")["vehicles"]
        return {vehicle["vin"]: vehicle for vehicle in found}

    def _judge(self, trials: Sequence[Trial]) -> list[Outcome]:
        vehicles = self._vehicles()
        sends = self._house.ask_simulator("GET", "/simulator/sends")["sends"]
        return [self._outcome(trial, vehicles, sends) for trial in trials]

    def _outcome(self, trial: Trial, vehicles: dict[str, Any], sends: Sequence[dict[str, Any]]) -> Outcome:
        shown = trial.shown
        expires_at = shown.get("expiresAt", "")
        came_in = [send["at"] for send in sends if send["vin"] == trial.vehicle.vin]
        return Outcome(
            cell=trial.cell,
            executed=vehicles[trial.vehicle.vin]["executed"].get(TYPES[trial.cell.type].counted_as, 0),
            late=sum(datetime.fromisoformat(at) > datetime.fromisoformat(expires_at) for at in came_in),
            state=shown.get("state", ""),
            status=shown.get("status", ""),
            cause=shown.get("failureCause", ""),
            detail=shown.get("detail", ""),
            harmed=trial.harmed,
        )

    def _look_after(self, title: str, probe: Callable[[], str | None], seconds: float) -> None:
        """As the house does; who is late is told, and the harm is done all the same."""
        try:
            self._house.look_after(title, probe, seconds)
        except LaunchError as error:
            print(error, file=sys.stderr)


def _rounds(trials: Sequence[Trial]) -> list[tuple[str, list[Trial]]]:
    """The trials by their harm, cut so that all of a round can stand still at once."""
    rounds = []
    for harm in (NOTHING, KILL, FLUSH, WEB, POSTGRES):
        found = [trial for trial in trials if trial.harm == harm]
        rounds += [(harm, found[start : start + AT_ONCE]) for start in range(0, len(found), AT_ONCE)]
    return rounds


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        began = time.monotonic()
        outcomes = run(Plan(**json.loads(sys.argv[1])))
        seconds = time.monotonic() - began
    print(json.dumps({"outcomes": [asdict(outcome) for outcome in outcomes], "seconds": seconds}))
