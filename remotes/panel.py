"""The command panel of a vehicle: which buttons it has, in calm groups, the dangerous ones apart."""

from dataclasses import dataclass

from fleets.models import Vehicle
from protocol.catalogue import COMMANDS, REMOTE_TYPES, Command, RemoteType

# Title of each group and the remote types in it; what is in none goes to the last one.
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Doors", ("Locking",)),
    ("Be seen and heard", ("Lights", "Horn")),
    ("Climate", ("Preconditioning",)),
    ("Charging", ("Charging",)),
    ("Connection", ("WakeUp", "VehicleFinder")),
)
_OTHER = "More"

# Stands in the state card, where its result shows.
REFRESH = "refresh"

_WARNINGS = {
    "immobilise": "The vehicle will not start again until the immobiliser is released.",
    "release": "Whoever has a key can start the vehicle again.",
    "mark-stolen": "The vehicle counts as stolen from now on, and refuses other commands.",
    "clear-stolen": "The vehicle no longer counts as stolen.",
    "wipe-personal-data": "Contacts, destinations and profiles in the vehicle are deleted. They can't be brought back.",
}


@dataclass(frozen=True)
class Group:
    title: str
    commands: list[Command]


@dataclass(frozen=True)
class Panel:
    """`error_at` is the command that an error belongs to; an error that belongs to no button stands above them."""

    groups: list[Group]
    dangerous: list[Command]
    refresh: Command | None
    error: str = ""
    error_at: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.dangerous


def panel_of(vehicle: Vehicle, error: str = "", asked: str = "") -> Panel:
    """The panel with what the vehicle can do. `error` is about the command `asked`."""
    able = [entry for entry in REMOTE_TYPES.values() if entry.commands and is_able(vehicle, entry)]
    calm = [entry for entry in able if not entry.dangerous and REFRESH not in _names(entry)]
    groups = [Group(title, _commands([entry for entry in calm if _group_of(entry) == title])) for title in _titles()]
    shown = [group for group in groups if group.commands]
    dangerous = _commands([entry for entry in able if entry.dangerous])
    refresh_type, refresh = COMMANDS[REFRESH]
    buttons = {command.name for group in shown for command in group.commands} | {item.name for item in dangerous}
    return Panel(
        groups=shown,
        dangerous=dangerous,
        refresh=refresh if refresh_type in able else None,
        error=error,
        error_at=asked if asked in buttons else "",
    )


def is_able(vehicle: Vehicle, remote_type: RemoteType) -> bool:
    """Whether the vehicle has the type and its gateway has a word for it."""
    return getattr(remote_type, vehicle.gateway.dialect) is not None and vehicle.can(remote_type.name)


def warning_of(command: Command) -> str:
    """What a dangerous command brings about, in a sentence."""
    return _WARNINGS.get(command.name, "")


def _names(entry: RemoteType) -> set[str]:
    return {command.name for command in entry.commands}


def _commands(entries: list[RemoteType]) -> list[Command]:
    return [command for entry in entries for command in entry.commands]


def _titles() -> list[str]:
    return [*(title for title, _ in _GROUPS), _OTHER]


def _group_of(entry: RemoteType) -> str:
    return next((title for title, names in _GROUPS if entry.name in names), _OTHER)
