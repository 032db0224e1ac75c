"""Notifications that could not be read, wholly or in part: of which fleet, and which vehicles they are about.

What could be read of one was taken in. The rest stands in its body, which names the vehicle, or the action, or neither.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import BinaryField, Case, F, Func, IntegerField, OuterRef, QuerySet, Value, When

from fleets.models import Fleet, Vehicle
from fleets.storage import clock
from protocol.dialects import decode_notification
from protocol.errors import Invalid
from remotes.models import InboundRequest, RemoteAction
from remotes.timeouts import GIVE_UP

# For as long as news of an action may come they are shown.
SHOWN = GIVE_UP
# Of longer bodies nothing is looked for; those of a vehicle are looked for among so many of its fleet's newest.
LONGEST = 16 * 1024
NEWEST = 20

_VIN = re.compile(r"(?<![0-9A-Za-z])[A-HJ-NPR-Z0-9]{17}(?![0-9A-Za-z])")
_ID = re.compile(r'"remoteActionId"\s*:\s*"([!#-\[\]-~]{1,200})"')


@dataclass(frozen=True)
class Names:
    """The VINs and the ids of actions, as upstream gives them, in what could not be read."""

    vins: frozenset[str] = frozenset()
    action_ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Unread:
    """A notification that could not be read. `reason` is why, in English; `event_count` events of it were taken in.

    `vehicles` are those of the fleet that it is about, none where it does not say so.
    """

    pk: str
    received_at: datetime
    reason: str
    event_count: int
    vehicles: Sequence[Vehicle]


class _Row(NamedTuple):
    pk: UUID
    received_at: datetime
    reason: str
    event_count: int
    body: bytes


def unread(fleet: Fleet | OuterRef) -> QuerySet[InboundRequest]:
    """The fleet's, of the last three days: along an index of those alone."""
    found = InboundRequest.objects.filter(outcome=InboundRequest.Outcome.QUARANTINED, upstream_fleet__fleet=fleet)
    return found.filter(received_at__gte=clock.now() - SHOWN)


def unread_page(fleet: Fleet, start: int, size: int) -> list[Unread]:
    """So many of the fleet's, the newest first: one statement, and up to two more where they name something."""
    return _told(fleet, _rows(unread(fleet).order_by("-pk")[start : start + size]))


def unread_about(vehicle: Vehicle) -> list[Unread]:
    """Those of the vehicle among the newest of its fleet: a statement, and up to two where these name something."""
    newest = _rows(unread(vehicle.fleet).order_by("-pk")[:NEWEST])
    return [row for row in _told(vehicle.fleet, newest) if vehicle in row.vehicles]


def _rows(found: QuerySet[InboundRequest]) -> list[_Row]:
    """With the bodies of those that are not long: the others stay in the database."""
    length = Func(F("body"), function="octet_length", output_field=IntegerField())
    short = Case(When(length__lte=LONGEST, then=F("body")), default=Value(b""), output_field=BinaryField())
    columns = ("pk", "received_at", "reason", "event_count", "short")
    return [_Row(*values) for values in found.annotate(length=length, short=short).values_list(*columns)]


def names_in(body: bytes) -> Names:
    """What those parts of a body name that can't be read; all of it, where it is no notification at all."""
    try:
        _, parts = decode_notification(json.loads(body))
    except (Invalid, ValueError, RecursionError):
        return _names([body.decode("utf-8", "replace")])
    return _names(json.dumps(part.event) for part in parts)


def _names(texts: Iterable[str]) -> Names:
    whole = "\n".join(texts)
    return Names(frozenset(_VIN.findall(whole.upper())), frozenset(_ID.findall(whole)))


def _told(fleet: Fleet, rows: Sequence[_Row]) -> list[Unread]:
    names = [names_in(bytes(row.body)) for row in rows]
    by_name = dict(_named(fleet, names)) if any(found.vins or found.action_ids for found in names) else {}
    return [
        Unread(
            pk=str(row.pk),
            received_at=row.received_at,
            reason=row.reason,
            event_count=row.event_count,
            vehicles=_vehicles(by_name, found),
        )
        for row, found in zip(rows, names, strict=True)
    ]


def _named(fleet: Fleet, names: Sequence[Names]) -> Iterator[tuple[str, Vehicle]]:
    """Each VIN and each action's id with the vehicle of the fleet that it is of."""
    vins = frozenset().union(*(found.vins for found in names))
    ids = frozenset().union(*(found.action_ids for found in names))
    gateways = fleet.upstream_fleets.values("gateway")
    actions = RemoteAction.objects.filter(gateway__in=gateways, upstream_id__in=ids, vehicle__fleet=fleet)
    keys = dict(actions.order_by().values_list("upstream_id", "vehicle_id")) if ids else {}
    known = fleet.vehicles.defer("state", "capability_document", "capabilities")
    by_key = {vehicle.pk: vehicle for vehicle in (known.filter(vin__in=vins) | known.filter(pk__in=keys.values()))}
    yield from ((vehicle.vin, vehicle) for vehicle in by_key.values())
    yield from ((str(name), by_key[key]) for name, key in keys.items() if key in by_key)


def _vehicles(by_name: Mapping[str, Vehicle], names: Names) -> list[Vehicle]:
    """Each once, though both its VIN and its action are named."""
    found = (by_name[name] for name in sorted(names.vins | names.action_ids) if name in by_name)
    return list({vehicle.pk: vehicle for vehicle in found}.values())
