"""The project's simulator as the cloud of a trial."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from simulator.world import generated_fleet
from tests.faults.matrix.api import Api
from tests.faults.matrix.plan import FAULTS, OFF_LINE, TYPES, Plan, kinds
from tests.faults.matrix.trial import Car, Trial


class Simulated:
    """See tests.faults.matrix.trial.Cloud."""

    def __init__(self, house: DispatchHouse, plan: Plan) -> None:
        self._house = house
        self._cells = [cell for cell in plan.cells() if cell.dialect == "v3"]
        fleet = generated_fleet(len(self._cells))
        self._cars = [Car(vehicle.id, vehicle.vin) for vehicle in fleet.vehicles]
        vehicles = [(car.vin, car.id) for car in self._cars]
        self.wanted = Wanted(f"{house.simulator_url}/connectedcar/v3", fleet.id, vehicles, kinds(self._cells))
        self._vehicles: dict[str, Any] = {}
        self._sends: list[dict[str, Any]] = []

    def begin(self, world: World) -> list[Trial]:
        self.api = Api(self._house, world)
        return [Trial(cell, car, self) for cell, car in zip(self._cells, self._cars, strict=True)]

    def make_ready(self, trials: Sequence[Trial]) -> None:
        """Nothing is needed."""

    def prepare(self, trial: Trial) -> None:
        address = f"/simulator/vehicles/{trial.vehicle.vin}"
        if trial.cell.fault == OFF_LINE:
            self._house.ask_simulator("PUT", address, {"profile": "off-line-then-back"})
        else:
            self._house.ask_simulator("PUT", f"{address}/faults", FAULTS[trial.cell.fault])

    def look(self) -> None:
        found = self._house.ask_simulator("GET", "/simulator/vehicles")["vehicles"]
        self._vehicles = {vehicle["vin"]: vehicle for vehicle in found}
        self._sends = self._house.ask_simulator("GET", "/simulator/sends")["sends"]

    def is_under_way(self, trial: Trial) -> bool:
        return bool(self._vehicles[trial.vehicle.vin]["underWay"])

    def executed(self, trial: Trial) -> int:
        counted: dict[str, int] = self._vehicles[trial.vehicle.vin]["executed"]
        return counted.get(TYPES[trial.cell.type].counted_as, 0)

    def came_in(self, trial: Trial) -> list[datetime]:
        return [datetime.fromisoformat(send["at"]) for send in self._sends if send["vin"] == trial.vehicle.vin]
