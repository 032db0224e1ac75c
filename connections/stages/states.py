"""Reads the first states, which wakes no vehicle; the others follow by themselves."""

from django.db.models import F, Q

from connections import codes, names
from connections.stages.stage import End
from connections.steps import Notes
from fleets.models import Vehicle
from protocol.why import Why
from remotes.intake.vehicle_state import refresh

# Vehicles that are read here.
FIRST = 10


def read_states(notes: Notes) -> End:
    """Read those that were asked for longest ago, never before all others; these say whether states can be read."""
    vehicles = Vehicle.objects.filter(gateway=notes.connection.gateway, gone_at__isnull=True)
    number = vehicles.count()
    notes.begin(names.STATES)
    if not number:
        notes.end(names.STATES, None, Why(codes.NO_VEHICLES))
        return End.DONE
    oldest = vehicles.order_by(F("state_tried_at").asc(nulls_first=True), "pk")
    asked = list(oldest.values_list("pk", flat=True)[:FIRST])
    for pk in asked:
        refresh(pk)
        notes.begin(names.STATES)
    failed = vehicles.filter(pk__in=asked).filter(Q(state_problem__isnull=False) | Q(state_read_at__isnull=True))
    if failed.count() == len(asked):
        said = failed.filter(state_problem__isnull=False).order_by("pk").values_list("state_problem", flat=True)
        notes.end(names.STATES, False, Why(codes.NO_STATES, why=said.first() or "-"))
        return End.DONE
    read = vehicles.filter(state_read_at__isnull=False).count()
    if read == number:
        notes.end(names.STATES, True, Why(codes.STATES_ALL, all=number))
    else:
        notes.end(names.STATES, True, Why(codes.STATES_READ, read=read, all=number))
    return End.DONE
