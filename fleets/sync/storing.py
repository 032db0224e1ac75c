"""Writes what a sync has found: one transaction, and as many statements for ten vehicles as for ten thousand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from fleets.models import Fleet, Gateway, UpstreamFleet, Vehicle
from fleets.narrowing import refresh_later
from fleets.sync import left_out
from fleets.sync.plan import Known, Left, Listed, Places, Plan, plan
from fleets.sync.reading import Reading
from protocol.why import Why


@dataclass
class SyncResult:
    """What a sync of one gateway came to: numbers of fleets and vehicles, what was not read, what is left out."""

    fleets: int = 0
    vehicles: int = 0
    new_fleets: int = 0
    back_fleets: int = 0
    gone_fleets: int = 0
    new: int = 0
    back: int = 0
    gone: int = 0
    changed: int = 0
    problems: list[Why] = field(default_factory=list)
    left_out: list[Left] = field(default_factory=list)

    def told(self) -> list[Why]:
        """All that did not go as it should, in sentences."""
        return [*self.problems, *(left.told() for left in self.left_out)]

    def summary(self) -> str:
        """What was found, for a person, after the gateway's name."""
        parts = [
            f"lists {_count(self.fleets, 'fleet')} with {_count(self.vehicles, 'vehicle')}",
            f"vehicles: {self.new} new, {self.back} back, {self.gone} gone, {self.changed} changed",
        ]
        if self.new_fleets or self.back_fleets or self.gone_fleets:
            parts.append(f"fleets: {self.new_fleets} new, {self.back_fleets} back, {self.gone_fleets} gone")
        return "; ".join(parts) + "."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


@transaction.atomic
def store(gateway: Gateway, reading: Reading, since: datetime) -> SyncResult:
    """Bring our rows to what was read of the gateway, a reading that began at `since`.

    All or nothing; raises IntegrityError where somebody else has just made what is made here.
    """
    outcome = SyncResult(fleets=len(reading.fleets), vehicles=len(reading.vehicles), problems=[*reading.problems])
    known = {row.upstream_id: row for row in UpstreamFleet.objects.filter(gateway=gateway)}
    if reading.fleets_are_whole:
        _mark_fleets(known, reading, since, outcome)
    fleets = {row.upstream_id: row.fleet_id for row in known.values()}
    fleets |= _make_fleets(gateway, [id for id in reading.fleets if id not in known], reading, outcome)
    missing = fleets.keys() - reading.fleets.keys() if reading.fleets_are_whole else set()
    settled = frozenset(fleets[id] for id in {*reading.whole, *missing})
    places = Places(gateway.pk, fleets, settled, since)
    named = [item.vin for item in reading.left_out]
    wanted = plan(reading.vehicles, _known(gateway, reading), places, named)
    _write(wanted, places)
    outcome.left_out = [*reading.left_out, *wanted.left_out]
    left_out.keep(outcome.left_out, reading, places)
    outcome.new, outcome.changed = len(wanted.new), len(wanted.changed)
    outcome.back, outcome.gone = len(wanted.back), len(wanted.gone)
    if wanted.new or wanted.changed or wanted.back or wanted.gone:
        refresh_later(fleets.values())
    return outcome


def _mark_fleets(known: dict[str, UpstreamFleet], reading: Reading, since: datetime, outcome: SyncResult) -> None:
    gone = [row.pk for id, row in known.items() if id not in reading.fleets and row.gone_at is None]
    back = [row.pk for id, row in known.items() if id in reading.fleets and row.gone_at is not None]
    outcome.gone_fleets = UpstreamFleet.objects.filter(pk__in=gone).update(gone_at=since)
    outcome.back_fleets = UpstreamFleet.objects.filter(pk__in=back).update(gone_at=None)


def _make_fleets(gateway: Gateway, ids: Sequence[str], reading: Reading, outcome: SyncResult) -> dict[str, int]:
    """New fleets of ours for these upstream ones; gives our keys by their ids."""
    fleets = Fleet.objects.bulk_create([Fleet(name=reading.fleets[id]) for id in ids])
    places = [
        UpstreamFleet(fleet=fleet, gateway=gateway, upstream_id=id) for id, fleet in zip(ids, fleets, strict=True)
    ]
    UpstreamFleet.objects.bulk_create(places)
    outcome.new_fleets = len(places)
    return {place.upstream_id: place.fleet_id for place in places}


def _known(gateway: Gateway, reading: Reading) -> list[Known]:
    """The vehicles of this gateway, and those of other gateways that are listed here."""
    vins = [vehicle.vin for vehicle in reading.vehicles]
    rows = Vehicle.objects.filter(Q(gateway=gateway) | Q(vin__in=vins)).order_by("pk")
    values = rows.values_list(
        "pk",
        "vin",
        "gateway__name",
        "gateway_id",
        "fleet_id",
        "upstream_id",
        "motorization",
        "brand",
        "model",
        "created_at",
        "gone_at",
    )
    return [Known(*row[:10], gone=row[10] is not None) for row in values.iterator(2000)]


def _write(wanted: Plan, places: Places) -> None:
    Vehicle.objects.bulk_create([_made(vehicle, places) for vehicle in wanted.new])
    changed = [*wanted.changed, *wanted.back]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, _columns(changed))
    Vehicle.objects.filter(pk__in=wanted.gone).update(gone_at=places.since)


def _made(vehicle: Listed, places: Places) -> Vehicle:
    return Vehicle(
        vin=vehicle.vin,
        fleet_id=places.fleets[vehicle.fleet],
        gateway_id=places.gateway_id,
        upstream_id=vehicle.upstream_id,
        motorization=vehicle.motorization,
        brand=vehicle.brand,
        model=vehicle.model,
    )


def _columns(vehicles: Sequence[Known]) -> list[list[int] | list[str]]:
    return [
        [vehicle.id for vehicle in vehicles],
        [vehicle.gateway_id for vehicle in vehicles],
        [vehicle.fleet_id for vehicle in vehicles],
        [vehicle.upstream_id for vehicle in vehicles],
        [vehicle.motorization for vehicle in vehicles],
        [vehicle.brand for vehicle in vehicles],
        [vehicle.model for vehicle in vehicles],
    ]


# bulk_update would write a CASE with a branch a row for each of the columns.
_UPDATE = """
UPDATE fleets_vehicle vehicle
SET gateway_id = given.gateway_id, fleet_id = given.fleet_id, upstream_id = given.upstream_id,
    motorization = given.motorization, brand = given.brand, model = given.model, gone_at = NULL, updated_at = now()
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS given (id, gateway_id, fleet_id, upstream_id, motorization, brand, model)
WHERE vehicle.id = given.id
"""
