"""The catalogue of remote types: one entry each, from which pages, API, docs and both dialects take their facts."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from protocol import payloads
from protocol.schema import Schema


class Urgency(StrEnum):
    """Urgent types overtake comfort types and wait only until the action before them is accepted."""

    COMFORT = "comfort"
    URGENT = "urgent"


@dataclass(frozen=True)
class Wire:
    """How a dialect writes a remote type: the key in the body of a remote, and the RemoteType in a notification.

    `by_part`: the RemoteType depends on the key that stands in the payload, as v1's Tan.suppress and Tan.confirm.
    `extension`: the dialect's published file does not list it as a RemoteType of a callback.
    """

    key: str
    type_name: str
    by_part: Mapping[str, str] = field(default_factory=dict)
    extension: bool = False


@dataclass(frozen=True)
class Command:
    """A ready-made payload that a page offers as a button."""

    name: str
    title: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class RemoteType:
    """One remote type.

    `schema` is the JSON Schema of the v3 payload, which is the canonical one. `time_to_live`: after it the action is
    never sent. `resend`: a machine may send it again once it is certain that upstream has no trace of the first try;
    never so for what is dangerous or does harm when it happens twice. `two_people`: a second person must agree, unless
    a fleet's people have laid down otherwise; `releases` are the payloads that only take such a thing back.
    `aliases` are misspelt keys that the published examples print, taken on input only. `features`: the payloads that
    show what the type does, one for each of its features; the first command where none is given.
    """

    name: str
    title: str
    v3: Wire
    v1: Wire | None
    schema: Schema
    time_to_live: timedelta
    urgency: Urgency = Urgency.COMFORT
    resend: bool = False
    dangerous: bool = False
    two_people: bool = False
    releases: tuple[Mapping[str, Any], ...] = ()
    aliases: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    features: tuple[Command, ...] = ()

    def __post_init__(self) -> None:
        if not self.features:
            object.__setattr__(self, "features", self.commands[:1])

    @property
    def urgent(self) -> bool:
        return self.urgency is Urgency.URGENT

    def is_release(self, payload: Mapping[str, Any], beside: Iterable[str] = ()) -> bool:
        """Whether the payload does nothing but take back what needs two people; all that stands in it counts.

        So does what stands `beside` it (names), but for what says nothing of the vehicle: a cloud may know more fields
        than we do.
        """
        return SAYS_NOTHING.issuperset(beside) and any(_is_same(release, payload) for release in self.releases)

    def describe(self, payload: Mapping[str, Any]) -> str:
        """The action in a few words for a person: the title of the matching command, else of the type."""
        for command in self.commands:
            if command.payload == payload:
                return command.title
        return self.title


SAYS_NOTHING = frozenset({"attributes", "extendedEventParam"})
"""What may stand beside a remote action and is for who is notified of it."""


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """As JSON, where true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


_ENTRIES = (
    RemoteType(
        name="Locking",
        title="Lock or unlock",
        v3=Wire("door", "Doors"),
        v1=Wire("locking", "Locking"),
        schema=payloads.LOCKING,
        time_to_live=_minutes(5),
        urgency=Urgency.URGENT,
        commands=(
            Command("lock", "Lock", {"state": "Locked"}),
            Command("unlock", "Unlock", {"state": "Unlocked"}),
        ),
        features=(Command("unlock", "Unlock", {"state": "Unlocked"}),),
    ),
    RemoteType(
        name="Lights",
        title="Lights",
        v3=Wire("lights", "Lights"),
        v1=Wire("lights", "Lights"),
        schema=payloads.LIGHTS,
        time_to_live=_minutes(5),
        aliases=("ligths",),
        commands=(
            Command("lights-on", "Flash lights", {"on": True}),
            Command("lights-off", "Lights off", {"on": False}),
        ),
    ),
    RemoteType(
        name="Horn",
        title="Horn",
        v3=Wire("horn", "Horn"),
        v1=Wire("horn", "Horn"),
        schema=payloads.HORN,
        time_to_live=_minutes(5),
        commands=(
            Command("honk", "Honk", {"state": "Activated"}),
            Command("stop-horn", "Stop horn", {"state": "Unactivated"}),
        ),
    ),
    RemoteType(
        name="State",
        title="Refresh state",
        v3=Wire("state", "VehicleState", extension=True),
        v1=None,
        schema=payloads.STATE,
        time_to_live=_minutes(30),
        resend=True,
        commands=(Command("refresh", "Refresh state", {"action": "state"}),),
    ),
    RemoteType(
        name="WakeUp",
        title="Wake up",
        v3=Wire("wakeUp", "WakeUp"),
        v1=Wire("wakeup", "Wakeup"),
        schema=payloads.WAKE_UP,
        time_to_live=_minutes(30),
        resend=True,
        commands=(Command("wake-up", "Wake up", {"action": "WakeUp"}),),
    ),
    RemoteType(
        name="Preconditioning",
        title="Cabin climate",
        v3=Wire("preconditioning", "ThermalPreconditioning"),
        v1=Wire("preconditioning", "Preconditioning"),
        schema=payloads.PRECONDITIONING,
        time_to_live=_minutes(30),
        resend=True,
        aliases=("preonditionning",),
        commands=(
            Command("start-climate", "Start climate", {"airConditioning": {"immediate": True}}),
            Command("stop-climate", "Stop climate", {"airConditioning": {"immediate": False}}),
        ),
    ),
    RemoteType(
        name="Charging",
        title="Charging",
        v3=Wire("charging", "ElectricBatteryChargingRequest"),
        v1=Wire("charging", "Charging"),
        schema=payloads.CHARGING,
        time_to_live=_minutes(30),
        resend=True,
        commands=(
            Command("start-charging", "Start charging", {"immediate": True}),
            Command("stop-charging", "Stop charging", {"immediate": False}),
        ),
    ),
    RemoteType(
        name="Immobilization",
        title="Immobilise",
        v3=Wire("immobilization", "Immobilization"),
        v1=Wire("immobilization", "Immobilization"),
        schema=payloads.IMMOBILIZATION,
        time_to_live=_minutes(2),
        urgency=Urgency.URGENT,
        dangerous=True,
        two_people=True,
        releases=({"activate": False},),
        commands=(
            Command("immobilise", "Immobilise", {"activate": True}),
            Command("release", "Release immobiliser", {"activate": False}),
        ),
    ),
    RemoteType(
        name="Stolen",
        title="Stolen vehicle",
        v3=Wire("stolen", "Stolen"),
        v1=Wire("stolen", "Stolen"),
        schema=payloads.STOLEN,
        time_to_live=_minutes(10),
        urgency=Urgency.URGENT,
        dangerous=True,
        two_people=True,
        releases=({"stolen": False}, {"immobilization": {"activate": False}}),
        commands=(
            Command("mark-stolen", "Mark as stolen", {"stolen": True}),
            Command("clear-stolen", "Clear stolen mark", {"stolen": False}),
        ),
    ),
    RemoteType(
        name="Navigation",
        title="Send a route",
        v3=Wire("navigation", "Navigation"),
        v1=Wire("navigation", "Navigation"),
        schema=payloads.NAVIGATION,
        time_to_live=_minutes(30),
        features=(
            Command(
                "send-route",
                "Send a route",
                {"positions": [{"type": "Point", "coordinates": [place, 45.76]} for place in (4.83, 4.86)]},
            ),
        ),
    ),
    RemoteType(
        name="VehicleFinder",
        title="Find vehicle",
        v3=Wire("vehicleFinder", "VehicleFinder", extension=True),
        v1=Wire("vehicleFinder", "VehicleFinder"),
        schema=payloads.VEHICLE_FINDER,
        time_to_live=_minutes(10),
        urgency=Urgency.URGENT,
        resend=True,
        commands=(Command("find", "Find vehicle", {"action": "GetPresentLocation"}),),
    ),
    RemoteType(
        name="Tan",
        title="Theft alarm",
        v3=Wire("tan", "Tan", extension=True),
        v1=Wire("tan", "Tan", {"suppress": "Tan.suppress", "confirm": "Tan.confirm"}),
        schema=payloads.TAN,
        time_to_live=_minutes(10),
        dangerous=True,
        two_people=True,
        releases=(
            *({"confirm": {"state": state}} for state in (True, False)),
            {"suppress": {"state": False}},
            *({"suppress": {"state": False, "duration": minutes}} for minutes in range(6)),
        ),
        features=(
            Command("suppress-alarm", "Suppress the theft alarm", {"suppress": {"state": True, "duration": 0}}),
            Command("deny-theft", "Deny a theft", {"confirm": {"state": False}}),
        ),
    ),
    RemoteType(
        name="OnboardPersonalData",
        title="Wipe personal data",
        v3=Wire("onboardPersonalData", "OnboardPersonalData", extension=True),
        v1=Wire("onboardPersonalData", "OnboardPersonalData"),
        schema=payloads.ONBOARD_PERSONAL_DATA,
        time_to_live=_minutes(30),
        dangerous=True,
        two_people=True,
        commands=(Command("wipe-personal-data", "Wipe personal data", {"action": "Delete"}),),
    ),
)

TWO_PEOPLE: tuple[str, ...] = tuple(entry.name for entry in _ENTRIES if entry.two_people)
KEY_ALIASES: dict[str, str] = {alias: entry.v3.key for entry in _ENTRIES for alias in entry.aliases}
REMOTE_TYPES: dict[str, RemoteType] = {entry.name: entry for entry in _ENTRIES}
BY_V3_KEY: dict[str, RemoteType] = {key: entry for entry in _ENTRIES for key in (entry.v3.key, *entry.aliases)}
BY_V1_KEY: dict[str, RemoteType] = {entry.v1.key: entry for entry in _ENTRIES if entry.v1}
NAMES = frozenset(name.casefold() for name in (*BY_V3_KEY, *BY_V1_KEY, *REMOTE_TYPES))
"""What a remote action is called in any dialect, in small letters: whoever reads a body more kindly than we do must not
find another one in it."""
BY_V3_TYPE_NAME: dict[str, RemoteType] = {entry.v3.type_name: entry for entry in _ENTRIES}
COMMANDS: dict[str, tuple[RemoteType, Command]] = {
    command.name: (entry, command) for entry in _ENTRIES for command in entry.commands
}

# The two files of v1 name the types differently, and one of them as v3 does.
_TYPE_NAMES: dict[str, str] = {
    name.casefold(): entry.v3.type_name
    for entry in _ENTRIES
    for wire in (entry.v3, entry.v1)
    if wire
    for name in (wire.type_name, *wire.by_part.values())
}


def canonical_type_name(name: str) -> str:
    """The RemoteType of v3 for a RemoteType in any published spelling; one that is not known is kept."""
    return _TYPE_NAMES.get(name.casefold(), name)
