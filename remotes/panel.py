"""The command panel of a vehicle: which buttons it has, in calm groups, the dangerous ones apart."""

from dataclasses import dataclass

from fleets.models import Vehicle
from protocol.catalogue import COMMANDS, REMOTE_TYPES, Command, RemoteType
from remotes.forms import REMOTE_FORMS

# Title of each group and the remote types in it; what is in none goes to the last one.
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Doors", ("Locking",)),
    ("Be seen and heard", ("Lights", "Horn")),
    ("Climate", ("Preconditioning",)),
    ("Charging", ("Charging",)),
    ("Connection", ("WakeUp", "VehicleFinder", "State")),
    ("On the road", ("Navigation", "Tan")),
)
_OTHER = "More"
_SECURITY = "Security"

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
    """Remote types that belong together. `extra`: those that have no button, since they can't do without a form."""

    title: str
    types: list[RemoteType]

    @property
    def commands(self) -> list[Command]:
        return [command for entry in self.types for command in entry.commands if command.name != REFRESH]

    @property
    def forms(self) -> list[RemoteType]:
        return [entry for entry in self.types if entry.name in REMOTE_FORMS]

    @property
    def extra(self) -> list[RemoteType]:
        return [entry for entry in self.forms if not entry.commands]

    @property
    def options(self) -> RemoteType | None:
        """The type whose form opens first, where there are buttons that a form can do more than."""
        return next((entry for entry in self.forms if entry.commands), None)

    @property
    def is_empty(self) -> bool:
        return not self.commands and not self.forms


@dataclass(frozen=True)
class Panel:
    """`error_at` is the command that an error belongs to; an error that belongs to no button stands above them."""

    groups: list[Group]
    dangerous: Group
    refresh: Command | None
    error: str = ""
    error_at: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.groups and self.dangerous.is_empty


def panel_of(vehicle: Vehicle, error: str = "", asked: str = "") -> Panel:
    """The panel with what the vehicle can do. `error` is about the command `asked`."""
    groups = [group for title in _titles() if not (group := _group(vehicle, title)).is_empty]
    dangerous = _group(vehicle, _SECURITY)
    refresh_type, refresh = COMMANDS[REFRESH]
    buttons = {command.name for group in (*groups, dangerous) for command in group.commands}
    return Panel(
        groups=groups,
        dangerous=dangerous,
        refresh=refresh if is_able(vehicle, refresh_type) else None,
        error=error,
        error_at=asked if asked in buttons else "",
    )


def neighbours_of(vehicle: Vehicle, remote_type: RemoteType) -> list[RemoteType]:
    """The types whose forms open from the same options as this one; none where it has a button of its own."""
    forms = _group(vehicle, _group_of(remote_type)).forms
    return [entry for entry in forms if entry.commands] if remote_type.commands else []


def is_able(vehicle: Vehicle, remote_type: RemoteType) -> bool:
    """Whether the vehicle has the type and its gateway has a word for it."""
    return getattr(remote_type, vehicle.gateway.dialect) is not None and vehicle.can(remote_type.name)


def warning_of(command: str) -> str:
    """What the dangerous command with this name brings about, in a sentence."""
    return _WARNINGS.get(command, "")


def _group(vehicle: Vehicle, title: str) -> Group:
    order = next((names for name, names in _GROUPS if name == title), ())
    able = [entry for entry in REMOTE_TYPES.values() if _group_of(entry) == title and is_able(vehicle, entry)]
    return Group(title, sorted(able, key=lambda entry: order.index(entry.name) if entry.name in order else 0))


def _titles() -> list[str]:
    return [*(title for title, _ in _GROUPS), _OTHER]


def _group_of(entry: RemoteType) -> str:
    if entry.dangerous:
        return _SECURITY
    return next((title for title, names in _GROUPS if entry.name in names), _OTHER)
