"""Which scopes there are, and which one opens what. Written from connected-car-v1.yaml and the published pages."""

from collections.abc import Collection

# By the catalogue's name: the words between `remote:` and `:write`. The published documents spell two of them in two
# ways, and have none for Immobilization, Stolen and Tan: any client may send and read those.
_WORDS: dict[str, tuple[str, ...]] = {
    "Locking": ("locking", "door"),
    "Lights": ("lights",),
    "Horn": ("horn",),
    "WakeUp": ("wakeUp", "wakeup"),
    "Preconditioning": ("preconditioning",),
    "Charging": ("charging",),
    "Immobilization": (),
    "Stolen": (),
    "Navigation": ("navigation",),
    "VehicleFinder": ("vehicleFinder",),
    "Tan": (),
    "OnboardPersonalData": ("onboardPersonalData",),
}

_VEHICLE_PARTS = (
    *("adas", "alarm", "alert", "battery", "braking", "doorsState", "drivingBehavior", "energies", "engines"),
    *("ignition", "kinetic", "lightingSystem", "location", "maintenance", "odometer", "preconditioning"),
    *("propulsion", "safety", "transmission", "tyreState", "wipingBlades"),
)

TELEMETRY = "data:telemetry"
VEHICLE = "data:vehicle"
CHANNEL = "channel"
CHANNEL_WRITE = "channel:write"
_PLAIN = (
    *(CHANNEL, CHANNEL_WRITE, VEHICLE, "data:collision", "data:trip", "monitor", "monitor:write", "remote"),
    *(TELEMETRY, f"{TELEMETRY}:environment", f"{TELEMETRY}:privacy", f"{TELEMETRY}:vehicle"),
)

KNOWN: frozenset[str] = frozenset(
    [
        *_PLAIN,
        *(f"{TELEMETRY}:vehicle:{part}" for part in _VEHICLE_PARTS),
        *(f"remote:{word}{end}" for words in _WORDS.values() for word in words for end in ("", ":write")),
    ]
)


def to_send(name: str) -> frozenset[str]:
    """The scopes of which one lets a client send a remote type, by the catalogue's name; none: it needs none."""
    return frozenset(f"remote:{word}:write" for word in _WORDS.get(name, ()))


def to_read(name: str) -> frozenset[str]:
    """The scopes of which one lets a client read the remote actions of a type; none: it needs none."""
    if not _WORDS[name]:
        return frozenset()
    return to_send(name) | {"remote", *(f"remote:{word}" for word in _WORDS.get(name, ()))}


def readable_types(granted: Collection[str]) -> list[str]:
    """The catalogue's names of the types whose remote actions may be read."""
    return [name for name in _WORDS if not to_read(name) or not to_read(name).isdisjoint(granted)]


def telemetry_parts(granted: Collection[str]) -> tuple[str, ...]:
    """What of the telemetry may be read, as dotted paths (`vehicle.doorsState`); "" is all of it."""
    own = (scope for scope in granted if scope == TELEMETRY or scope.startswith(f"{TELEMETRY}:"))
    return tuple(scope.removeprefix(TELEMETRY).removeprefix(":").replace(":", ".") for scope in own)
