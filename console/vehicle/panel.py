"""The command panel of a vehicle: its buttons in calm groups, the dangerous ones apart, and why there are no others."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from console.forms import REMOTE_FORMS
from console.forms.limits import refused_words
from fleets.models import Vehicle
from fleets.vehicles.ability import unscoped
from fleets.vehicles.capabilities import refusal
from protocol.catalogue import COMMANDS, REMOTE_TYPES, Command, RemoteType
from protocol.why import Why
from remotes.words.titles import title_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Title of each group and the remote types in it; what is in none goes to the last one.
_GROUPS: "tuple[tuple[StrOrPromise, tuple[str, ...]], ...]" = (
    (_("Doors"), ("Locking",)),
    (_("Be seen and heard"), ("Lights", "Horn")),
    (_("Climate"), ("Preconditioning",)),
    (_("Charging"), ("Charging",)),
    (_("Connection"), ("WakeUp", "VehicleFinder", "State")),
    (_("On the road"), ("Navigation",)),
)
_OTHER = _("More")
_SECURITY = _("Security")

# Stands in the state card, where its result shows.
REFRESH = "refresh"

_WARNINGS = {
    "immobilise": _("The vehicle will not start again until the immobiliser is released."),
    "release": _("Whoever has a key can start the vehicle again."),
    "mark-stolen": _("The vehicle counts as stolen from now on, and refuses other commands."),
    "clear-stolen": _("The vehicle no longer counts as stolen."),
    "wipe-personal-data": _(
        "Contacts, destinations and profiles in the vehicle are deleted. They can't be brought back."
    ),
    "suppress-alarm": _("While they are paused nobody is told when the vehicle is stolen."),
}

_NO_WORD = _("The manufacturer's cloud that this vehicle is connected to has no such command.")
_NO_FEATURE = _("The manufacturer says that this vehicle does not have it.")
_NOT_LIKE_THIS = _("The manufacturer says that this vehicle can't be told to do it at once.")


@dataclass(frozen=True)
class Group:
    """Remote types that belong together. `extra`: those that have no button, since they can't do without a form.

    `unable` are the names of commands that the vehicle can't do, though it has their type.
    """

    title: "StrOrPromise"
    types: list[RemoteType]
    unable: frozenset[str] = frozenset()

    @property
    def commands(self) -> list[Command]:
        hidden = {REFRESH, *self.unable}
        return [command for entry in self.types for command in entry.commands if command.name not in hidden]

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
class Unable:
    """What the vehicle can't do for the same reason, and that reason in a sentence."""

    titles: list[str]
    why: "StrOrPromise"


@dataclass(frozen=True)
class Panel:
    """`error_at` is the command that an error belongs to; an error that belongs to no button stands above them."""

    groups: list[Group]
    dangerous: Group
    refresh: Command | None
    unable: list[Unable]
    error: str = ""
    error_at: str = ""

    @property
    def unable_count(self) -> int:
        return sum(len(entry.titles) for entry in self.unable)

    @property
    def is_empty(self) -> bool:
        return not self.groups and self.dangerous.is_empty


def panel_of(vehicle: Vehicle, sends: frozenset[str], error: str = "", asked: str = "") -> Panel:
    """The panel with what the vehicle can do of the types that the person `sends`. `error` is about `asked`."""
    closed = unscoped(vehicle)
    groups = [group for title in _titles() if not (group := _group(vehicle, title, closed, sends)).is_empty]
    dangerous = _group(vehicle, _SECURITY, closed, sends)
    refresh_type, refresh = COMMANDS[REFRESH]
    is_refreshed = refresh_type.name in sends and _is_able(vehicle, refresh_type, closed)
    buttons = {command.name for group in (*groups, dangerous) for command in group.commands}
    return Panel(
        groups=groups,
        dangerous=dangerous,
        refresh=refresh if is_refreshed else None,
        unable=_unable(vehicle, closed),
        error=error,
        error_at=asked if asked in buttons else "",
    )


def neighbours_of(vehicle: Vehicle, remote_type: RemoteType, sends: frozenset[str]) -> list[RemoteType]:
    """The types whose forms open from the same options as this one; none where it has a button of its own."""
    forms = _group(vehicle, _group_of(remote_type), unscoped(vehicle), sends).forms
    return [entry for entry in forms if entry.commands] if remote_type.commands else []


def is_able(vehicle: Vehicle, remote_type: RemoteType) -> bool:
    """Whether the vehicle is there and has the type, its gateway a word for it, and our account there may send it."""
    return _is_able(vehicle, remote_type, unscoped(vehicle))


def warning_of(command: str) -> str:
    """What the dangerous command with this name brings about, in a sentence."""
    return str(_WARNINGS.get(command, ""))


def _is_able(vehicle: Vehicle, remote_type: RemoteType, closed: Mapping[str, Why]) -> bool:
    return vehicle.gone_at is None and _why_not(vehicle, remote_type, closed) is None


def _why_not(vehicle: Vehicle, remote_type: RemoteType, closed: Mapping[str, Why]) -> "StrOrPromise | None":
    """`closed`: the types that our account may not send, as all of these functions have it."""
    if getattr(remote_type, vehicle.gateway.dialect) is None:
        return _NO_WORD
    if not vehicle.can(remote_type.name):
        return _NO_FEATURE
    return refused_words(closed[remote_type.name]) if remote_type.name in closed else None


def _unable(vehicle: Vehicle, closed: Mapping[str, Why]) -> list[Unable]:
    """Whole types and single commands by their reason; nothing of a vehicle that is gone, which can't do anything."""
    if vehicle.gone_at is not None:
        return []
    found: defaultdict[StrOrPromise, list[str]] = defaultdict(list)
    for entry in REMOTE_TYPES.values():
        why = _why_not(vehicle, entry, closed)
        if why is not None:
            found[why].append(title_of(entry))
        else:
            unable = _unable_commands(vehicle, entry)
            found[_NOT_LIKE_THIS] += [title_of(command) for command in entry.commands if command.name in unable]
    return [Unable(titles, why) for why, titles in found.items() if titles]


def _unable_commands(vehicle: Vehicle, entry: RemoteType) -> frozenset[str]:
    document = vehicle.capability_document
    return frozenset(command.name for command in entry.commands if refusal(document, entry.name, command.payload))


def _group(vehicle: Vehicle, title: "StrOrPromise", closed: Mapping[str, Why], sends: frozenset[str]) -> Group:
    order = next((names for name, names in _GROUPS if name == title), ())
    theirs = [entry for name, entry in REMOTE_TYPES.items() if name in sends and _group_of(entry) == title]
    able = [entry for entry in theirs if _is_able(vehicle, entry, closed)]
    able.sort(key=lambda entry: order.index(entry.name) if entry.name in order else 0)
    unable = frozenset[str]().union(*(_unable_commands(vehicle, entry) for entry in able))
    return Group(title, able, unable)


def _titles() -> "list[StrOrPromise]":
    return [*(title for title, _names in _GROUPS), _OTHER]


def _group_of(entry: RemoteType) -> "StrOrPromise":
    if entry.dangerous:
        return _SECURITY
    return next((title for title, names in _GROUPS if entry.name in names), _OTHER)
