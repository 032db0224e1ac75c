"""Sends a harmless command to a vehicle and waits for what comes back: it goes the way of every other command."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from connections import codes, names
from connections.models import Connection
from connections.stages.stage import End
from connections.steps import Notes
from fleets.models import Vehicle
from fleets.storage import clock
from protocol.canonical import Remote
from protocol.catalogue import COMMANDS, Command, RemoteType
from protocol.statuses import CARRIED_OUT
from protocol.why import Why
from remotes.asking.ask import NotPossible, Wishes, request_action
from remotes.models import RemoteAction
from remotes.words import codes as sending
from remotes.words.causes import cause_why
from remotes.words.statuses import standing

# It asks for the vehicle's state; a cloud that has no such command is asked to wake the vehicle instead.
HARMLESS = ("refresh", "wake-up")
LONGEST = timedelta(minutes=5)
# So many vehicles are tried, until one does it.
MOST = 3


def try_a_vehicle(notes: Notes) -> End:
    """Ask for the command, or look what became of it."""
    connection = notes.connection
    if not connection.sends:
        return End.DONE
    step = notes.find(names.SEND)
    action_id = step.document.get("action") if step else None
    if action_id is None:
        return _send(notes, HARMLESS[0], [])
    action = RemoteAction.objects.select_related("vehicle").get(public_id=action_id)
    tried = [*step.document.get("tried", []), action.vehicle_id] if step else []
    if action.is_open and clock.now() < action.created_at + LONGEST:
        notes.begin(names.SEND, _on_its_way(action))
        return End.WAITS
    if action.status in CARRIED_OUT:
        notes.end(names.SEND, True, _came_back(action), action=action_id)
        return End.DONE
    was_refused = action.why is not None and action.why.code == sending.REFUSED
    if was_refused and _command(action) == HARMLESS[0]:
        return _send(notes, HARMLESS[1], tried[:-1], Vehicle.objects.filter(pk=action.vehicle_id))
    if len(tried) < MOST and action.upstream_id is not None and _candidates(connection, tried).exists():
        return _send(notes, _command(action), tried)
    notes.end(names.SEND, False, _not_done(action), action=action_id)
    return End.DONE


def _send(notes: Notes, command: str, tried: list[int], vehicles: QuerySet[Vehicle] | None = None) -> End:
    connection = notes.connection
    vehicle = (_candidates(connection, tried) if vehicles is None else vehicles).first()
    if vehicle is None:
        notes.end(names.SEND, None, Why(codes.NOTHING_TO_SEND_TO))
        return End.DONE
    remote_type, entry = COMMANDS[command]
    try:
        # Both or neither: an action that no step knows would be followed by another one.
        with transaction.atomic():
            action = _ask(connection, vehicle, remote_type, entry)
            notes.forget(names.SEND)
            notes.begin(names.SEND, _on_its_way(action), action=action.public_id, tried=tried)
    except NotPossible as error:
        if command == HARMLESS[0]:
            return _send(notes, HARMLESS[1], tried, Vehicle.objects.filter(pk=vehicle.pk))
        if len(tried) + 1 < MOST:
            return _send(notes, command, [*tried, vehicle.pk])
        notes.end(names.SEND, False, error.why)
        return End.DONE
    return End.WAITS


def _ask(connection: Connection, vehicle: Vehicle, remote_type: RemoteType, entry: Command) -> RemoteAction:
    # FleetRemote asks, not the admin: who connects an account need not manage its fleets.
    who = connection.asked_by.get_username() if connection.asked_by else "connect"
    reason = f"Check of the connection {connection.name} ({who})"
    wishes = Wishes(time_to_live=LONGEST, origin=RemoteAction.Origin.CONNECTION, reason=reason)
    return request_action(vehicle, Remote(remote_type, entry.payload), wishes=wishes)


def _candidates(connection: Connection, tried: list[int]) -> QuerySet[Vehicle]:
    """The one that was chosen, else those that were heard of last: they are awake most likely."""
    rows = Vehicle.objects.filter(gateway=connection.gateway, gone_at__isnull=True).exclude(pk__in=tried)
    if connection.vehicle_id is not None and not tried:
        return rows.filter(pk=connection.vehicle_id)
    return rows.order_by(F("heard_at").desc(nulls_last=True), "pk")


def _command(action: RemoteAction) -> str:
    return next(name for name in HARMLESS if COMMANDS[name][0].name == action.remote_type)


def _on_its_way(action: RemoteAction) -> Why:
    title = COMMANDS[_command(action)][1].title
    return Why(codes.SENT, command=title, vehicle=str(action.vehicle), status=_stands(action))


def _came_back(action: RemoteAction) -> Why:
    ended = action.finished_at or clock.now()
    seconds = round((ended - action.created_at).total_seconds())
    return Why(codes.CAME_BACK, vehicle=str(action.vehicle), seconds=seconds, status=_stands(action))


def _not_done(action: RemoteAction) -> Why:
    if action.is_open:
        return Why(codes.NO_END, vehicle=str(action.vehicle), minutes=round(LONGEST.total_seconds() / 60))
    why = action.why or cause_why(action.failure_cause)
    return Why(codes.NOT_DONE, vehicle=str(action.vehicle), status=_stands(action), why=why)


def _stands(action: RemoteAction) -> Why | str:
    return standing(action.state, action.status)
