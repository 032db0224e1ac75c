"""Loses the last seconds of a PostgreSQL while commands are under way.

python -m tests.faults.restored.run '<Plan as JSON>'      prints a Report as JSON; what happens goes to stderr
"""

import json
import re
import sys
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import Any

import psycopg
import requests

from benchmarks.asking import Asked, ask
from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted
from simulator.world import generated_fleet
from tests.faults.restored.backup import Backup
from tests.faults.restored.plan import EARLIER, FLUSHED, KILLED, PROMOTED, TYPES, Plan
from tests.faults.restored.report import Outcome, Report

LONGEST = 60.0
"""Seconds that anything may take."""
LOOK_AGAIN = 0.2
"""Seconds."""
PROCESSES = ("web", "commands-0", "sweeps-0")

_STATES = "SELECT state, count(*) FROM remotes_remoteaction WHERE id > %s GROUP BY state"
_SHOWN = "SELECT public_id, state, status, coalesce(why ->> 'code', '') FROM remotes_remoteaction"


def run(plan: Plan) -> Report:
    """Only in the main thread: it obeys signals."""
    house = DispatchHouse(
        app="tests.faults.restored.victim",
        threads=16,
        web_workers=1,
        speed=plan.speed,
        simulator=["--vehicles", str(plan.vehicles)],
    )
    hold = house.home / "hold"
    house.variables |= {"RESTORED_HOLD": str(hold), "RESTORED_PACE": str(plan.pace)}
    with house:
        return Story(house, plan).tell()


class Story:
    def __init__(self, house: DispatchHouse, plan: Plan) -> None:
        self._house, self._plan = house, plan
        self._hold = house.home / "hold"
        self._fleet = generated_fleet(plan.vehicles)
        vehicles = [(vehicle.vin, vehicle.id) for vehicle in self._fleet.vehicles]
        base_url = f"{house.simulator_url}/connectedcar/v3"
        self._world = house.make_world(Wanted(base_url, self._fleet.id, vehicles))
        self._asked: list[Asked] = []
        self._looked = 0.0

    def tell(self) -> Report:
        plan, began = self._plan, time.monotonic()
        self._earlier()
        self._hold.touch()
        self._ask(0, plan.actions)
        self._until("All threads to stand still", lambda: self._states()["sending"] >= 2)
        backup = self._back_up()
        self._ask(plan.actions, plan.late)
        self._hold.unlink()
        killed_after = time.monotonic() + plan.seconds
        wanted = plan.share * plan.actions
        self._until("The moment", lambda: time.monotonic() > killed_after and len(self._sent()) >= wanted)
        under_way = self._states()["sending"]
        before = self._lose(backup)
        self._until("PostgreSQL to be back", self._is_back)
        self._ask(plan.actions + plan.late, plan.later)
        self._until("The end of all", self._has_ended)
        return Report(self._judge(before), under_way, self._flagged(), time.monotonic() - began)

    def _earlier(self) -> None:
        """Each vehicle has done something that the cloud lists."""
        self._asked = ask(self._url, self._world, [(vehicle.vin, EARLIER) for vehicle in self._fleet.vehicles])
        self._until("What was before", self._has_ended)
        self._last_id = self._house.ask("SELECT max(id) FROM remotes_remoteaction")[0][0]
        self._asked = []

    @property
    def _url(self) -> str:
        return self._house.wishes.local_url

    def _ask(self, start: int, number: int) -> None:
        bodies = self._plan.asked()
        wanted = [(self._fleet.vehicles[place].vin, bodies[place]) for place in range(start, start + number)]
        for one in ask(self._url, self._world, wanted):
            self._asked.append(Asked(start + one.place, one.action_id, one.at))

    def _back_up(self) -> Backup:
        postgres = self._house._stores._postgres
        assert postgres is not None
        backup = Backup(postgres)
        backup.take()
        return backup

    def _lose(self, backup: Backup) -> Counter[str]:
        """Kill PostgreSQL, and have the backup in its place if it is to lose something.

        Gives what had arrived at the cloud until then.
        """
        house, how = self._house, self._plan.how
        if how != KILLED:
            backup.put_back(house.postgres, new_timeline=how == PROMOTED)
        assert house.postgres.child is not None
        house.postgres.child.kill()
        before = self._sent()
        if how in (FLUSHED, PROMOTED):
            with house.redis() as client:
                client.flushall()
        if how == PROMOTED and house.workers[0].child is not None:
            house.workers[0].child.kill()
        return before

    def _is_back(self) -> bool:
        try:
            self._states()
            return requests.get(f"{self._url}/healthz", timeout=5).ok
        except (psycopg.OperationalError, requests.ConnectionError):
            return False

    def _has_ended(self) -> bool:
        """Every row that there is, and all vehicles at rest."""
        if time.monotonic() < self._looked + LOOK_AGAIN:
            return False
        self._looked = time.monotonic()
        query = "SELECT count(*) FROM remotes_remoteaction WHERE finished_at IS NULL"
        is_open = self._house.ask(query)[0][0]
        return not is_open and not any(vehicle["underWay"] for vehicle in self._vehicles().values())

    def _until(self, title: str, done: Any) -> None:
        self._house.look_after(title, lambda: None if done() else "not yet", LONGEST)

    def _states(self) -> Counter[str]:
        return Counter(dict(self._house.ask(_STATES, self._last_id)))

    def _sent(self) -> Counter[str]:
        """How often the cloud has taken each label, of those that are asked for."""
        ours = {one.label for one in self._asked}
        sends = self._house.ask_simulator("GET", "/simulator/sends")["sends"]
        labels = [json.loads(send["body"])["label"] for send in sends if send["status"] == 202]
        return Counter(label for label in labels if label in ours)

    def _vehicles(self) -> dict[str, Any]:
        return {one["vin"]: one for one in self._house.ask_simulator("GET", "/simulator/vehicles")["vehicles"]}

    def _judge(self, before: Counter[str]) -> list[Outcome]:
        shown = {row[0]: row[1:] for row in self._house.ask(_SHOWN)}
        sent, vehicles, bodies = self._sent(), self._vehicles(), self._plan.asked()
        names = {json.dumps(body): name for name, body in TYPES.items()}
        outcomes = []
        for one in self._asked:
            executed = vehicles[self._fleet.vehicles[one.place].vin]["executed"]
            done = sum(count for name, count in executed.items() if name != "Lights")
            row = shown.get(one.action_id)
            counts = (sent[one.label], before[one.label], done)
            outcomes.append(Outcome(names[json.dumps(bodies[one.place])], *counts, row is None, *(row or ())))
        return outcomes

    def _flagged(self) -> int:
        """As the log of the one who has noticed says."""
        logs = "".join((self._house.home / "log" / f"{name}.log").read_text() for name in PROCESSES)
        told = re.findall(r"has lost its last seconds: (\d+) actions", logs)
        assert len(told) == (self._plan.how != KILLED), f"noticed {len(told)} times"
        return sum(map(int, told))


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        report = run(Plan(**json.loads(sys.argv[1])))
    print(json.dumps(asdict(report)))
