"""What people do to saved commands: they make, rename, delete and send them. Each is on record."""

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from fleets.audit.entries import About, Origin, person, record_operation
from fleets.models import Fleet, Vehicle
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes.asking.ask import NotPossible, Wishes, request_action
from remotes.models import RemoteAction, SavedCommand
from remotes.words import codes


class NameTaken(Exception):
    """Somebody else was quicker with this name."""


def save(fleet: Fleet, name: str, remote: Remote, user: User) -> SavedCommand:
    """Keep what is asked under a name. Raises NameTaken."""
    command = SavedCommand(
        fleet=fleet,
        name=name,
        remote_type=remote.remote_type.name,
        payload=remote.payload,
        extra=remote.extra,
        user=user,
    )
    _write(command, "saved a command", user)
    return command


def rename(command: SavedCommand, name: str, user: User) -> None:
    """Raises NameTaken."""
    before, command.name = command.name, name
    _write(command, f"renamed the command “{before}”", user)


@transaction.atomic
def delete(command: SavedCommand, user: User) -> None:
    """Schedules that were made of it keep what it asks for."""
    _record(command, "deleted a command", user)
    command.delete()


def send(command: SavedCommand, vehicle: Vehicle, user: User) -> RemoteAction:
    """Ask for it; its name is the note in the history. Raises NotPossible."""
    entry = REMOTE_TYPES.get(command.remote_type)
    if entry is None or entry.dangerous:
        raise NotPossible(Why(codes.NO_ONE_CLICK, name=command.name))
    remote = replace(command.remote, label=command.name)
    saver = frozenset({command.user_id}) if command.user_id else frozenset()
    wishes = Wishes(origin=RemoteAction.Origin.PAGE, touched=saver)
    return request_action(vehicle, remote, user=user, wishes=wishes)


def _write(command: SavedCommand, what: str, user: User) -> None:
    try:
        with transaction.atomic():
            command.save()
            _record(command, what, user)
    except IntegrityError as error:
        raise NameTaken from error


def _record(command: SavedCommand, what: str, user: User) -> None:
    document = {"name": command.name, "remoteType": command.remote_type, "payload": command.payload}
    about = About(command.public_id, command.fleet_id)
    record_operation(about, what, actor=person(user), origin=Origin.PAGE, reason="", document=document)
