"""What must not be shown, planted into a fleet wherever it can stand: another's vehicle, and where vehicles are."""

import json
from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.utils import timezone

from alerts.raising import raise_alert
from callbacks.models import Callback
from campaigns.saved_commands import save
from fleets.audit.entries import About, Actor, record
from fleets.models import AuditEntry, Fleet, SavedView, Vehicle
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.models import Alert
from tests.callbacks.outbox_world import make_batch
from tests.callbacks.outbox_world import make_event as sent_event
from tests.world import make_action, make_event, make_person, make_vehicle

from .world import Address, addresses

NORTH, EAST, STREET = 48.123456, 2.654321, "Rue Cachée"
# As documents have it, as pages word it, and what stands beside it.
PLACES = ("48.123", "48.1235", "2.654", STREET)
ROUTE = {
    "positions": [{"type": "Point", "coordinates": [EAST, NORTH]}],
    "driverApproval": True,
    "destination": {"name": STREET},
}
STATE = {
    "lastPosition": {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [EAST, NORTH]},
        "properties": {"address": STREET},
    },
    "energies": [{"type": "Electric", "level": 71}],
}
# Where an address says nothing without a query: the first ones are tried one by one.
QUERIES = {
    "new-action": ("?type=Navigation", "?type=Horn"),
    "new-saved-command": ("?type=Navigation", "?type=Preconditioning"),
    "new-bulk": ("?all=yes",),
}
# Of programs, which people don't ask, and what shows nothing of a fleet.
NOT_FOR_PEOPLE = ("v3:", "v1:", "admin:", "^")


def pages() -> list[Address]:
    """The addresses that are for people."""
    return [each for each in addresses() if each.has_name and not each.name.startswith(NOT_FOR_PEOPLE)]


def urls_of(address: Address, ids: Mapping[str, Any]) -> list[str]:
    return [address.of(dict(ids)) + query for query in QUERIES.get(address.name, ("",))]


def told(http: Client, url: str, **headers: str) -> tuple[int, str]:
    """The status, and all that the answer says."""
    answer: Any = http.get(url, headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, content.decode(errors="replace")


def told_of(vehicle: Vehicle) -> tuple[str, ...]:
    """What names a vehicle."""
    return vehicle.vin, vehicle.label, vehicle.plate, vehicle.public_id


def strange_vehicle(fleet: Fleet) -> Vehicle:
    """A vehicle of which a narrowed person learns nothing, with all that can be about one."""
    vehicle = make_vehicle(fleet, "Strange van", plate="ST-123-RA", state=STATE, state_read_at=timezone.now())
    somebody = make_person("somebody else", fleet)
    for command, values in {"honk": {}, "lock": {"state": "done", "status": "Failed"}}.items():
        make_event(action := make_action(vehicle, command, user=somebody, **values), "Failed")
        record(AuditEntry.Kind.ASKED, About(action.public_id, fleet.pk, vehicle.pk), document={"vin": vehicle.vin})
    SavedView.objects.create(fleet=fleet, name="The Strange van", query="q=Strange", owner=somebody, shared=True)
    raise_alert(Alert.Kind.DANGEROUS_ACTION, fleet.pk, "2", f"Of {vehicle} {vehicle.vin}.", vehicle=vehicle)
    make_batch(_callback(fleet), sent_event(vin=vehicle.vin))
    return vehicle


def plant_places(fleet: Fleet, vehicle: Vehicle) -> dict[str, Any]:
    """Where the vehicle is and was sent to, wherever that can stand; gives ids by the addresses' names."""
    Vehicle.objects.filter(pk=vehicle.pk).update(state=STATE, state_read_at=timezone.now())
    somebody = make_person(f"navigator of {vehicle.vin}", fleet)
    values = {"remote_type": "Navigation", "payload": ROUTE, "user": somebody}
    action = make_action(vehicle, "honk", **values, state="done", status="Failed", failure_cause="Timeout")
    make_action(vehicle, "honk", **values)
    waiting = make_action(vehicle, "immobilise", user=somebody, state="waiting-approval")
    event = make_event(action, "Failed")
    type(event).objects.filter(pk=event.pk).update(extra={"position": {"latitude": NORTH, "longitude": EAST}})
    about = About(action.public_id, fleet.pk, vehicle.pk)
    _plant_in_audit(about)
    batch = make_batch(_callback(fleet), sent_event(vin=vehicle.vin, place={"latitude": NORTH, "longitude": EAST}))
    route = Remote(REMOTE_TYPES["Navigation"], ROUTE)
    return {
        "action_id": action.public_id,
        "waiting_id": waiting.public_id,
        "batch_id": batch.pk,
        "callback_id": batch.callback.public_id,
        "command_id": save(fleet, "Home", route, somebody).public_id,
        "entry_id": AuditEntry.objects.filter(subject=action.public_id).latest("pk").pk,
    }


def _plant_in_audit(about: About) -> None:
    asked = {"remoteType": "Navigation", "payload": ROUTE}
    record(AuditEntry.Kind.ASKED, about, actor=Actor("Somebody"), document=asked)
    sent = {"purpose": "send", "request": "POST https://example.com/remotes", "headers": {}}
    record(AuditEntry.Kind.SENT, about, document=sent, body=json.dumps({"navigation": ROUTE}).encode())
    # What can't be read may hold a place.
    answered = {"purpose": "send", "status": 400, "milliseconds": 12, "headers": {}}
    record(AuditEntry.Kind.ANSWERED, about, document=answered, body=f'{{"coordinates": [{EAST}, {NORTH}'.encode())


def _callback(fleet: Fleet) -> Callback:
    """Of the fleet's, one that is told of actions."""
    return fleet.callbacks.filter(for_alerts=False, channel__isnull=True)[0]


def entries_of(action_id: str) -> list[int]:
    return list(AuditEntry.objects.filter(subject=action_id).order_by("pk").values_list("pk", flat=True))
