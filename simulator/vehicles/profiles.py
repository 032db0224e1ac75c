"""What kinds of vehicle there are: a row of facts each, from which the rules of a vehicle's life follow."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Profile:
    """How the vehicles of one kind behave.

    `sleeps`: falls asleep when nobody talks to it. `wakes`: answers a wake-up. `returns`: an off-line vehicle
    comes back some time after the time-out and then does what it was told. `subscribed`: its owner allows remote
    actions. `wake_ups_per_month` takes the place of the simulator's limit. `state` are the fields of
    simulator.vehicles.state.State that differ from a parked, locked, healthy vehicle. `ends_with` is the cause that
    most actions end with, for the docs.
    """

    name: str
    summary: str
    sleeps: bool = True
    wakes: bool = True
    returns: bool = False
    subscribed: bool = True
    wake_ups_per_month: int | None = None
    state: dict[str, Any] = field(default_factory=dict)
    ends_with: str = ""


_ENTRIES = (
    Profile("awake", "never falls asleep and has every capability", sleeps=False),
    Profile("asleep", "sleeps 3 minutes after the last message, and wakes when it is called"),
    Profile(
        "unreachable",
        "sleeps where no network is; a wake-up gets no answer",
        wakes=False,
        ends_with="VehicleConnectionTimeout",
    ),
    Profile(
        "deep-sleep",
        "stood for weeks and only its driver can wake it",
        wakes=False,
        state={"parked_days": 30},
        ends_with="VehicleConnectionTimeout",
    ),
    Profile(
        "privacy-full",
        "its driver chose full privacy",
        sleeps=False,
        state={"privacy": "Full"},
        ends_with="NotPossibleDueToVehiclePrivacyLevel",
    ),
    Profile(
        "in-use",
        "somebody drives it",
        sleeps=False,
        state={"ignition": "Start"},
        ends_with="VehicleInUse",
    ),
    Profile(
        "doors-open",
        "a door stands open",
        sleeps=False,
        state={"doors_open": True},
        ends_with="DoorsOpen",
    ),
    Profile(
        "low-battery",
        "its 12 V battery is nearly flat",
        sleeps=False,
        state={"auxiliary_battery": 12.0},
        ends_with="NotPossibleDueToVehicleBatteryLevel",
    ),
    Profile(
        "unsubscribed",
        "its owner has not signed up for remote actions",
        subscribed=False,
        ends_with="MissingRights",
    ),
    Profile(
        "stolen",
        "reported as stolen until somebody clears it",
        sleeps=False,
        state={"stolen": True},
        ends_with="NotPossibleDueToVehicleStolenState",
    ),
    Profile(
        "quota-spent",
        "asleep, and all its wake-ups of this month are used up",
        wake_ups_per_month=0,
        ends_with="TooManyWakeUpsOverMonth",
    ),
    Profile(
        "off-line-then-back",
        "off line when it is called; comes back a minute after the time-out and then acts",
        wakes=False,
        returns=True,
        ends_with="VehicleConnectionTimeout, then the truth",
    ),
)

PROFILES: dict[str, Profile] = {entry.name: entry for entry in _ENTRIES}
