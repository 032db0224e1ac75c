"""Small worlds for tests: fleets, vehicles, people and actions, each with sensible values."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.utils import timezone

from fleets.models import Fleet, Gateway, Membership, UpstreamFleet, Vehicle
from protocol import statuses
from protocol.catalogue import COMMANDS
from protocol.why import AS_WRITTEN, Why
from remotes.life.lifecycle import fact
from remotes.models import FleetRules, RemoteAction, RemoteEvent

PASSWORD = "a-long-password"
# An hour before the run: the noon of these stories. From now, since the product compares it with its own clock.
NOON = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)
_numbers = count(1)


def make_fleet(name: str = "Lyon", **values: Any) -> Fleet:
    """A fleet with its place at a gateway of its own."""
    number = next(_numbers)
    fleet = Fleet.objects.create(name=name, **values)
    gateway = Gateway.objects.create(
        name=f"Gateway {number}", base_url="http://127.0.0.1:9/connectedcar/v3", password="secret"
    )
    UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=f"f{number}")
    return fleet


def make_vehicle(fleet: Fleet, label: str = "", **values: Any) -> Vehicle:
    number = next(_numbers)
    given = {"vin": f"VF3ABCDE0FG{number:06}", "upstream_id": f"v{number}", "label": label, **values}
    if "gateway" not in given:
        given["gateway"] = fleet.upstream_fleets.get().gateway
    return Vehicle.objects.create(fleet=fleet, **given)


def make_person(name: str, *fleets: Fleet, role: str = "manager", **values: Any) -> User:
    """A person who is a member of the fleets, with PASSWORD."""
    person = User.objects.create(username=name, password=_password_hash(), **values)
    for fleet in fleets:
        Membership.objects.create(user=person, fleet=fleet, role=role)
    return person


def one_is_enough(fleet: Fleet, **rules: Any) -> FleetRules:
    """Rules of the fleet by which nothing needs a second person."""
    given = {"approval_types": [], **rules}
    return FleetRules.objects.update_or_create(fleet=fleet, defaults=given)[0]


@cache
def _password_hash() -> str:
    """Made once, since a good hash is slow."""
    return make_password(PASSWORD)


def make_action(vehicle: Vehicle, command: str = "unlock", **values: Any) -> RemoteAction:
    """A queued action; give `state` and others for one that has come further."""
    remote_type, entry = COMMANDS[command]
    now = timezone.now()
    given: dict[str, Any] = {
        "remote_type": remote_type.name,
        "payload": entry.payload,
        "expires_at": now + remote_type.time_to_live,
        **values,
    }
    state = given.get("state", "queued")
    if state in ("accepted", "done"):
        given.setdefault("upstream_id", f"a{next(_numbers)}")
        given.setdefault("accepted_at", now)
    if state in ("done", "expired"):
        given.setdefault("finished_at", now)
    return RemoteAction.objects.create(fleet=vehicle.fleet, vehicle=vehicle, gateway=vehicle.gateway, **given)


def written(text: str) -> Why:
    """Why, as it was written down before there were codes."""
    return Why(AS_WRITTEN, text=text)


def make_event(action: RemoteAction, status: str, *, after: float = 0, cause: str | None = None) -> RemoteEvent:
    """An event as notified, `after` seconds from the action's creation. It does not move the action on."""
    event_type = statuses.DONE if status in statuses.DONE_STATUSES else statuses.PENDING
    at = action.created_at + timedelta(seconds=after)
    known = fact(event_type, status, at, cause)
    return RemoteEvent.objects.create(
        action=action,
        gateway=action.gateway,
        source=RemoteEvent.Source.WEBHOOK,
        upstream_action_id=action.upstream_id or f"fleetremote-{action.public_id}",
        vin=action.vehicle.vin,
        remote_type=action.type.v3.type_name,
        type=event_type,
        status=status,
        failure_cause=cause,
        event_date=at,
        received_at=at,
        stage=known.stage,
        effective_at=at,
        rank=known.rank,
    )
