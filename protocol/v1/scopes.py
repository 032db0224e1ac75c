"""The scopes of v1: what a token lets its bearer do.

From the security schemes and tables of connected-car-v1.yaml; navigation and vehicleFinder from the published pages.
There is no published one for stolen, immobilization and tan: those are FleetRemote's own.
"""

from collections.abc import Iterable

CHANNEL = "channel"
CHANNEL_WRITE = "channel:write"
VEHICLE = "data:vehicle"
TELEMETRY = "data:telemetry"
REMOTE = "remote"

READ = {
    "Locking": "remote:locking",
    "Horn": "remote:horn",
    "Lights": "remote:lights",
    "Preconditioning": "remote:preconditioning",
    "OnboardPersonalData": "remote:onboardPersonalData",
    "Charging": "remote:charging",
    "WakeUp": "remote:wakeUp",
    "Navigation": "remote:navigation",
    "VehicleFinder": "remote:vehicleFinder",
    "Stolen": "remote:stolen",
    "Immobilization": "remote:immobilization",
    "Tan": "remote:tan",
}
WRITE = {name: f"{scope}:write" for name, scope in READ.items()}
# Types for which the manufacturer names no scope.
OURS = ("Stolen", "Immobilization", "Tan")

_GENERAL = (CHANNEL, CHANNEL_WRITE, VEHICLE, TELEMETRY, REMOTE)
# All that FleetRemote's own API knows.
ALL = (*_GENERAL, *READ.values(), *WRITE.values())
# What is published, which a token endpoint of the manufacturer's knows.
PUBLISHED = tuple(scope for scope in ALL if scope not in {map_[name] for map_ in (READ, WRITE) for name in OURS})

# One table says door where another says locking.
_SPELLINGS = {"remote:door": "remote:locking", "remote:door:write": "remote:locking:write"}


def canonical(scope: str) -> str:
    """A scope by which its spellings are the same."""
    small = scope.casefold()
    return _SPELLINGS.get(small, small)


def has(granted: Iterable[str], *wanted: str) -> bool:
    """Whether one of the wanted scopes is granted, in whichever spelling."""
    return not {canonical(scope) for scope in wanted}.isdisjoint(map(canonical, granted))


def may_send(granted: Iterable[str], name: str) -> bool:
    """Whether remote actions of this type of the catalogue may be sent; a type that v1 lacks never."""
    return name in WRITE and has(granted, WRITE[name])


def may_send_upstream(granted: Iterable[str], name: str) -> bool:
    """The same of the manufacturer's API: a type without a published scope is for its cloud to judge."""
    return name in OURS or may_send(granted, name)


def may_read(granted: Iterable[str], name: str) -> bool:
    """Whether remote actions of this type may be read: with `remote`, or what reads or sends this type."""
    return has(granted, REMOTE) or (name in READ and has(granted, READ[name], WRITE[name]))
