"""Makes the changes of a file, all or none, where every vehicle is as it was when they were shown."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection, transaction

from fleets.audit.entries import SYSTEM, About, Actor, Origin, record_operation
from fleets.labels.lines import Change
from fleets.models import AuditEntry, Fleet, Vehicle
from fleets.narrowing import refresh_later


class ChangedMeanwhile(Exception):
    """A vehicle is not as it was, so nothing is changed."""


@transaction.atomic
def apply(
    changes: Sequence[Change], file_name: str, *, actor: Actor = SYSTEM, origin: AuditEntry.Origin = Origin.SYSTEM
) -> None:
    """Two statements for the vehicles, and for each fleet one entry of the audit. Raises ChangedMeanwhile."""
    keys = [change.vehicle_id for change in changes]
    # Locked in the order of their keys, so that two files at a time wait for each other.
    locked = Vehicle.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    present = {row[0]: row[1:] for row in locked.values_list("pk", "fleet_id", "label", "plate")}
    shown = {change.vehicle_id: (change.fleet_id, change.label_before, change.plate_before) for change in changes}
    if present != shown:
        raise ChangedMeanwhile
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [keys, [change.label for change in changes], [change.plate for change in changes]])
    _record(changes, file_name, actor, origin)
    refresh_later({change.fleet_id for change in changes})


def _record(changes: Sequence[Change], file_name: str, actor: Actor, origin: AuditEntry.Origin) -> None:
    by_fleet: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        by_fleet[change.fleet_id].append(change)
    public_ids = dict(Fleet.objects.filter(pk__in=by_fleet).values_list("pk", "public_id"))
    for fleet_id, of_fleet in by_fleet.items():
        document = {"file": file_name, "vehicles": len(of_fleet), "changes": [_told(change) for change in of_fleet]}
        about = About(public_ids[fleet_id], fleet_id)
        record_operation(about, "changed labels and plates", actor=actor, origin=origin, reason="", document=document)


def _told(change: Change) -> dict[str, object]:
    told: dict[str, object] = {"vin": change.vin}
    if change.label != change.label_before:
        told["label"] = [change.label_before, change.label]
    if change.plate != change.plate_before:
        told["plate"] = [change.plate_before, change.plate]
    return told


_UPDATE = """
UPDATE fleets_vehicle vehicle
SET label = given.label, plate = given.plate, updated_at = now()
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given (id, label, plate)
WHERE vehicle.id = given.id
"""
