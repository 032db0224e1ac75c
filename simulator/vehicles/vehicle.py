"""A vehicle as the cloud knows it: who it is, whether it is awake, what it has executed."""

import msgspec
from msgspec.structs import replace

from simulator.clock import month_of
from simulator.vehicles.profiles import PROFILES, Profile
from simulator.vehicles.state import JsonObject, State, settle

AWAKE_SECONDS = 180.0

THERMIC_LACKS = frozenset({"Charging", "Preconditioning"})


class Vehicle(msgspec.Struct, frozen=True, kw_only=True):
    """A vehicle. Times are seconds since 1970.

    `wakes_at`: it was called and will be awake then. `reported_at`: when it last told its state.
    `wake_ups` counts those of `wake_month`. `executed` counts what it really did, by the v3 type name.
    """

    id: str
    fleet_id: str
    vin: str
    label: str
    plate: str
    brand: str
    model: str
    motorization: str
    profile: str
    state: State
    created_at: float
    awake_until: float = 0.0
    wakes_at: float = 0.0
    reported_at: float = 0.0
    wake_month: str = ""
    wake_ups: int = 0
    executed: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def kind(self) -> Profile:
        """Its profile's row in the table."""
        return PROFILES[self.profile]


def with_profile(vehicle: Vehicle, profile: str, now: float) -> Vehicle:
    """The vehicle as one of another profile (a name of PROFILES) from now on, in the state that goes with it."""
    usual = {name: getattr(State(), name) for name in vehicle.kind.state}
    state = replace(vehicle.state, **{**usual, **PROFILES[profile].state})
    if state.stolen != vehicle.state.stolen:
        state = replace(state, stolen_at=now)
    return replace(vehicle, profile=profile, state=state)


def is_awake(vehicle: Vehicle, now: float) -> bool:
    """True when a message would reach the vehicle without a wake-up."""
    return not vehicle.kind.sleeps or vehicle.awake_until > now


def is_waking(vehicle: Vehicle, now: float) -> bool:
    """True when a wake-up is under way already."""
    return vehicle.wakes_at > now


def wake_ups_this_month(vehicle: Vehicle, now: float) -> int:
    """How many wake-ups count against the limit now."""
    return vehicle.wake_ups if vehicle.wake_month == month_of(now) else 0


def call(vehicle: Vehicle, now: float, wakes_at: float) -> Vehicle:
    """The vehicle after a wake-up was sent to it; it counts, whether or not the vehicle answers."""
    count = wake_ups_this_month(vehicle, now) + 1
    return replace(vehicle, wakes_at=wakes_at, wake_month=month_of(now), wake_ups=count)


def touch(vehicle: Vehicle, now: float, speed: float) -> Vehicle:
    """The vehicle after a message reached it: awake for 3 minutes more, its state reported."""
    return replace(
        vehicle,
        state=settle(vehicle.state, now, speed),
        awake_until=now + AWAKE_SECONDS / speed,
        reported_at=now,
    )


def execute(vehicle: Vehicle, state: State, type_name: str) -> Vehicle:
    """The vehicle after it has done what it was told."""
    count = vehicle.executed.get(type_name, 0) + 1
    return replace(vehicle, state=state, executed={**vehicle.executed, type_name: count})


def can(vehicle: Vehicle, remote_type: str) -> bool:
    """Whether the vehicle has the feature (a name of protocol.catalogue)."""
    return vehicle.motorization != "Thermic" or remote_type not in THERMIC_LACKS


def describe(vehicle: Vehicle, now: float, speed: float) -> JsonObject:
    """The vehicle for the simulator's own pages: what it is really like now, which the published API can't tell."""
    return {
        "id": vehicle.id,
        "fleet": vehicle.fleet_id,
        "vin": vehicle.vin,
        "label": vehicle.label,
        "profile": vehicle.profile,
        "awake": is_awake(vehicle, now),
        "wakeUps": wake_ups_this_month(vehicle, now),
        "executed": vehicle.executed,
        "state": {
            field: getattr(state, field)
            for state in [settle(vehicle.state, now, speed)]
            for field in State.__struct_fields__
        },
    }
