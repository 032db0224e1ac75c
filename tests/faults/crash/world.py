"""The rows that a crash test's events are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from callbacks.models import Callback
from fleets.models import UpstreamFleet, Vehicle
from protocol.v3 import decode_subscribe
from remotes.models import RemoteAction
from tests.faults.crash.plan import Event, Plan
from tests.world import make_fleet, make_vehicle


@dataclass(frozen=True)
class World:
    """The plan's callbacks, the vehicles of each, and what upstream posts with."""

    callbacks: Sequence[Callback]
    vehicles: Sequence[Sequence[Vehicle]]
    upstream: UpstreamFleet

    def vehicle(self, event: Event) -> Vehicle:
        return self.vehicles[event.callback][event.vehicle]


def make_world(plan: Plan, subscribers: str) -> World:
    """All in one fleet, with an action of each vehicle that upstream can tell of, and the table of promises."""
    fleet = make_fleet()
    callbacks, vehicles = [], []
    for number in range(plan.callbacks):
        callback = Callback(fleet=fleet)
        callback.register(decode_subscribe(plan.subscribe(number, f"{subscribers}/{number}")))
        callback.batch_window = min(callback.batch_window, plan.window)
        callback.save()
        callbacks.append(callback)
        vehicles.append([make_vehicle(fleet) for _ in range(plan.vehicles)])
        for vehicle in vehicles[-1]:
            _make_action(callback, vehicle)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE crash_promise (number bigint PRIMARY KEY)")
    return World(callbacks, vehicles, fleet.upstream_fleets.get())


def upstream_id(vehicle: Vehicle) -> str:
    return f"action-of-{vehicle.vin}"


def _make_action(callback: Callback, vehicle: Vehicle) -> None:
    now = datetime.now(UTC)
    RemoteAction.objects.create(
        fleet=callback.fleet,
        vehicle=vehicle,
        gateway=vehicle.gateway,
        callback=callback,
        remote_type="Locking",
        payload={"state": "Unlocked"},
        state=RemoteAction.State.ACCEPTED,
        upstream_id=upstream_id(vehicle),
        accepted_at=now,
        due_at=now + timedelta(days=1),
        expires_at=now + timedelta(days=1),
    )
