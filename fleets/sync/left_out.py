"""Keeps what a sync has left out: since when, and why. What is left out no longer goes from the list."""

from collections import Counter
from collections.abc import Sequence

from fleets.models import LeftOut
from fleets.sync.plan import LONGEST_ID, Left, Places
from fleets.sync.reading import Reading

# Rows of a gateway: nobody reads more, and a cloud may list anything.
MOST = 10_000
LONGEST_VIN = 100

_Key = tuple[str, str, str]


def keep(found: Sequence[Left], reading: Reading, places: Places) -> None:
    """Bring the rows of the gateway to what this sync has left out: three statements, however much it is.

    What an unfinished list did not show stays.
    """
    times = Counter(map(_key, found))
    whys = {_key(left): left.why for left in found}
    listed = {(vehicle.fleet, vehicle.vin, vehicle.upstream_id) for vehicle in reading.vehicles}
    before = LeftOut.objects.filter(gateway=places.gateway_id).order_by()
    known = {row[1:]: row[0] for row in before.values_list("pk", "upstream_fleet", "vin", "upstream_id")}
    over = [pk for key, pk in known.items() if key not in whys and (key in listed or _is_settled(key[0], reading))]
    if over:
        LeftOut.objects.filter(pk__in=over).delete()
    rows = [
        LeftOut(
            gateway_id=places.gateway_id,
            fleet_id=places.fleets.get(key[0]),
            upstream_fleet=key[0],
            vin=key[1],
            upstream_id=key[2],
            why=why,
            times=times[key],
            since=places.since,
            seen_at=places.since,
        )
        for key, why in list(whys.items())[:MOST]
    ]
    LeftOut.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["gateway", "upstream_fleet", "vin", "upstream_id"],
        update_fields=["fleet", "why", "times", "seen_at"],
    )


def _key(left: Left) -> _Key:
    return left.fleet, left.vin[:LONGEST_VIN], left.upstream_id[:LONGEST_ID]


def _is_settled(fleet: str, reading: Reading) -> bool:
    """Whether all of the fleet is surely known now: read to its end, or surely not listed."""
    return fleet in reading.whole or (reading.fleets_are_whole and fleet not in reading.fleets)
