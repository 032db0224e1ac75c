"""A small cloud (tests/clouds/) as the cloud of a trial: its lists lie, or it does wrong in another way."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import requests

from benchmarks.asking import ask
from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from launcher.probes import free_port
from tests.clouds import tokens, v1, v3
from tests.faults.matrix.api import Api
from tests.faults.matrix.lies import ANSWERS, LIES, another_type
from tests.faults.matrix.plan import MANNERS, Cell, Plan
from tests.faults.matrix.trial import Car, Trial

PATIENCE = 60.0
"""Seconds until what is asked for before the lies must be done."""
APART = 0.25
"""A proof would be two look-ups so far apart, after the time that lists may lag, in parts of that."""


class Second:
    """See tests.faults.matrix.trial.Cloud. It speaks the dialect of its cells, which are many or none.

    `gateways`: no cloud is at one gateway with so many vehicles that it counts as down.
    """

    def __init__(self, house: DispatchHouse, plan: Plan, cells: Sequence[Cell], gateways: int) -> None:
        self._house, self._plan, self._cells = house, plan, cells
        self._lying: dict[str, tuple[Trial, float]] = {}
        self._record: dict[str, Any] = {}
        self._answers = cycle(ANSWERS)
        port, token_port = free_port(None), free_port(None)
        self._url = f"http://127.0.0.1:{port}"
        dialect = cells[0].dialect
        is_v1 = dialect == "v1"
        words = ["tests.clouds", str(port), str(len(cells)), *([str(token_port)] if is_v1 else [])]
        house.start_program(f"cloud-{port}", words, port)
        self.look()
        self._cars = [Car(name, vehicle["vin"]) for name, vehicle in self._record.items()]
        vehicles = [(car.vin, car.id) for car in self._cars]
        name = f"At {port}"
        if is_v1:
            secrets = {"client_id": tokens.CLIENT, "client_secret": tokens.SECRET}
            token_url = f"http://127.0.0.1:{token_port}{tokens.PATH}"
            self.wanted = Wanted(f"{self._url}{v1.BASE}", "account", vehicles, gateways, name, token_url, **secrets)
        else:
            self.wanted = Wanted(f"{self._url}{v3.BASE}", "f1ee7000", vehicles, gateways, name)

    def begin(self, world: World) -> list[Trial]:
        # To check as many callbacks as these again and again would keep the one sweeper busy.
        self._house.ask("UPDATE fleets_upstreamfleet SET callback_checked_at = now() + interval '1 day'")
        self.api = Api(self._house, world)
        return [Trial(cell, car, self) for cell, car in zip(self._cells, self._cars, strict=True)]

    def make_ready(self, trials: Sequence[Trial]) -> None:
        """Have something else carried out where that is to be known."""
        known = [trial for trial in trials if trial.cell.is_lie and LIES[trial.cell.fault].known]
        bodies = [(trial.vehicle.vin, another_type(trial.cell.type)) for trial in known]
        ids = [asked.action_id for asked in ask(self._house.wishes.local_url, self.api.world, bodies)]

        def open_ones() -> str | None:
            query = "SELECT count(*) FROM remotes_remoteaction WHERE status <> 'Success' AND public_id = ANY(%s)"
            ((count,),) = self._house.ask(query, ids)
            return f"{count} of {len(ids)} are not done" if count else None

        self._house.look_after("What is known to be in the lists", open_ones, PATIENCE)

    def prepare(self, trial: Trial) -> None:
        if not trial.cell.is_lie:
            self._treat(trial, MANNERS[trial.cell.fault])
            return
        lie = LIES[trial.cell.fault]
        floor = self._plan.floor
        manners = {"answer": next(self._answers), "lie": lie.name, "mute": not lie.notified}
        self._treat(trial, {**manners, "seconds": lie.lag * floor, "late": lie.late * floor})
        self._lying[trial.vehicle.id] = trial, time.time()

    def look(self) -> None:
        """Also have those lists tell the truth that have lied often enough."""
        self._record = requests.get(f"{self._url}/control/record", timeout=20).json()
        for name, (trial, since) in [*self._lying.items()]:
            if self._has_lied(trial, since):
                del self._lying[name]
                self._treat(trial, {})

    def is_under_way(self, trial: Trial) -> bool:
        return bool(self._record[trial.vehicle.id]["under_way"])

    def executed(self, trial: Trial) -> int:
        return sum(done == trial.cell.key for _, done in self._record[trial.vehicle.id]["executed"])

    def came_in(self, trial: Trial) -> list[datetime]:
        return [datetime.fromtimestamp(at, UTC) for at in self._came(trial)]

    def _came(self, trial: Trial) -> list[float]:
        return [at for at, _, asked in self._record[trial.vehicle.id]["came"] if asked == trial.cell.key]

    def _has_lied(self, trial: Trial, since: float) -> bool:
        """Whether whoever believed its list would have done harm by now."""
        floor = self._plan.floor
        begin = max([since, *self._came(trial)])
        lists = [at for at in self._record[trial.vehicle.id]["lists"] if at > begin + floor]
        return bool(lists) and lists[-1] - lists[0] > APART * floor

    def _treat(self, trial: Trial, manners: dict[str, Any]) -> None:
        requests.put(f"{self._url}/control/vehicles/{trial.vehicle.id}", json=manners, timeout=20).raise_for_status()
