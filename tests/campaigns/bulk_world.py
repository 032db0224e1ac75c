"""Bulk commands for tests: made, started, and brought on as a vehicle's actions end."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from campaigns.bulk import acting, running
from campaigns.bulk.planning import plan
from campaigns.bulk.rules import Care
from fleets.models import Fleet, Vehicle
from protocol.canonical import Remote
from protocol.catalogue import COMMANDS
from remotes.models import BulkCommand, BulkItem, RemoteAction
from tests.world import make_vehicle

# One that asks as many as there are at once.
AT_ONCE = Care(pace=60_000_000)


def remote_of(command: str) -> Remote:
    remote_type, entry = COMMANDS[command]
    return Remote(remote_type, entry.payload)


def make_vehicles(fleet: Fleet, count: int) -> list[Vehicle]:
    return [make_vehicle(fleet, f"Car {number + 1}") for number in range(count)]


def make_bulk(fleet: Fleet, user: User, command: str = "honk", care: Care = AT_ONCE, **more: Any) -> BulkCommand:
    """For all vehicles of the fleet, looked at and not started."""
    return plan(fleet, Vehicle.objects.filter(fleet=fleet), remote_of(command), care, user=user, **more)


def begin(bulk: BulkCommand, user: User) -> None:
    acting.start(bulk, user)
    bulk.refresh_from_db()


def step(bulk: BulkCommand) -> dict[str, int]:
    """Bring it on by one step; gives how many vehicles stand how."""
    running.run(bulk.pk)
    bulk.refresh_from_db()
    return stands(bulk)


def stands(bulk: BulkCommand) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in bulk.items.all():
        found[item.state] = found.get(item.state, 0) + 1
    return found


def end_actions(bulk: BulkCommand, *outcomes: str, **values: Any) -> None:
    """End its oldest open actions, each with a status."""
    open_items = bulk.items.filter(state=BulkItem.State.ASKED, action__finished_at__isnull=True).order_by("place")
    for item, status in zip(open_items, outcomes, strict=False):
        given = {"state": "done", "status": status, "finished_at": timezone.now(), "due_at": None, **values}
        RemoteAction.objects.filter(bulk_item=item).update(**given)


def pretend_a_minute_has_passed(bulk: BulkCommand) -> None:
    earlier: datetime = timezone.now() - timedelta(seconds=61)
    bulk.items.filter(asked_at__isnull=False).update(asked_at=earlier)
