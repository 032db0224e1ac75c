"""Saved commands as pages show them."""

from dataclasses import dataclass

from console.forms import REMOTE_FORMS
from console.schedules.words import command_title
from console.vehicle.history import name_of
from fleets.models import Fleet, Vehicle
from protocol.catalogue import REMOTE_TYPES, RemoteType
from remotes.checks.checks import why_unable
from remotes.models import SavedCommand


@dataclass(frozen=True)
class CommandRow:
    """A saved command, what it does in a few words, and who has saved it; empty where they are gone."""

    command: SavedCommand
    title: str
    who: str


def rows_of(fleet: Fleet) -> list[CommandRow]:
    """The fleet's commands by their names: one statement."""
    commands = fleet.saved_commands.select_related("user").order_by("name")
    return [
        CommandRow(command, command_title(command), name_of(command.user) if command.user else "")
        for command in commands
    ]


def commands_for(vehicle: Vehicle) -> list[SavedCommand]:
    """Those that the vehicle can do, by their names: one statement. Its gateway and fleet are at hand."""
    commands = vehicle.fleet.saved_commands.order_by("name")
    return [command for command in commands if _is_able(vehicle, command)]


def types_to_save(sends: frozenset[str]) -> list[RemoteType]:
    """Those whose form a command can be made of, of the types in `sends`."""
    theirs = [entry for name, entry in REMOTE_TYPES.items() if name in REMOTE_FORMS and name in sends]
    return [entry for entry in theirs if not entry.dangerous]


def _is_able(vehicle: Vehicle, command: SavedCommand) -> bool:
    entry = REMOTE_TYPES.get(command.remote_type)
    if entry is None or entry.dangerous or getattr(entry, vehicle.gateway.dialect) is None:
        return False
    return why_unable(vehicle, entry, command.payload) is None
