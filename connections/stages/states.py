"""Reads the first states, which wakes no vehicle; the others follow by themselves."""

from connections import codes, names
from connections.stages.stage import End
from connections.steps import Notes
from fleets.models import Vehicle
from protocol.why import Why
from remotes.intake.vehicle_state import refresh

# Vehicles that are read here.
FIRST = 10


def read_states(notes: Notes) -> End:
    """Read some that were never read, or else some of the oldest. What can't be read keeps nobody from going on."""
    vehicles = Vehicle.objects.filter(gateway=notes.connection.gateway, gone_at__isnull=True)
    number = vehicles.count()
    notes.begin(names.STATES)
    if not number:
        notes.end(names.STATES, None, Why(codes.NO_VEHICLES))
        return End.DONE
    for pk in vehicles.filter(state_read_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:FIRST]:
        refresh(pk)
        notes.begin(names.STATES)
    read = vehicles.filter(state_read_at__isnull=False).count()
    if not read:
        failed = vehicles.filter(state_problem__isnull=False).order_by("pk").values_list("state_problem", flat=True)
        notes.end(names.STATES, False, Why(codes.NO_STATES, why=failed.first() or "-"))
    elif read == number:
        notes.end(names.STATES, True, Why(codes.STATES_ALL, all=number))
    else:
        notes.end(names.STATES, True, Why(codes.STATES_READ, read=read, all=number))
    return End.DONE
