"""What a fleet manager finds, for `test_tasks.py`: run inside the server, and cleared away after it."""

import json
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fleets.models import Fleet, Membership, Vehicle
from remotes.asking.ask import Wishes, request_action
from remotes.models import FleetRules, RemoteAction
from tests.campaigns.bulk_world import remote_of
from tests.world import make_action

PEOPLE = ("nora", "alma")
SINCE = 30
"""So many commands the vehicle has had since it was unlocked: of one that is used every day."""
WAKE_UPS = 123


def plates() -> None:
    """Print the plate of each vehicle, by its public id."""
    print(json.dumps(dict(Vehicle.objects.exclude(plate="").values_list("public_id", "plate"))))


@transaction.atomic
def unlocked_last_week(vehicle_id: str) -> None:
    """By Nora, and honked at a few times a day since."""
    vehicle = Vehicle.objects.get(public_id=vehicle_id)
    nora = User.objects.create(username="nora", first_name="Nora", last_name="Petit")
    unlocked = make_action(vehicle, "unlock", state="done", status="Success", user=nora, upstream_id="scene")
    since = [
        make_action(vehicle, "honk", state="done", status="Success", user=nora, upstream_id=f"scene-{number}")
        for number in range(SINCE)
    ]
    for place, action in enumerate([unlocked, *since]):
        ago = timedelta(days=5) - place * timedelta(hours=3)
        RemoteAction.objects.filter(pk=action.pk).update(created_at=F("created_at") - ago)


@transaction.atomic
def asked_by_another(vehicle_id: str) -> None:
    """Alma, another manager, wants the vehicle immobilised."""
    vehicle = Vehicle.objects.get(public_id=vehicle_id)
    alma = User.objects.create(username="alma", first_name="Alma", last_name="Roux")
    Membership.objects.create(user=alma, fleet=vehicle.fleet, role="manager")
    wishes = Wishes(reason="Taken from the yard tonight.", origin=RemoteAction.Origin.PAGE)
    request_action(vehicle, remote_of("immobilise"), user=alma, wishes=wishes)


def with_wake_ups(fleet_id: str) -> None:
    """So many a month for each vehicle; the demo has no limit."""
    fleet = Fleet.objects.get(public_id=fleet_id)
    FleetRules.objects.update_or_create(fleet=fleet, defaults={"wake_ups_a_month": WAKE_UPS})


def clear() -> None:
    """Nothing waits any more, and who was made is gone."""
    waiting = RemoteAction.objects.filter(remote_type="Immobilization", finished_at=None)
    waiting.update(state="done", status="Failed", finished_at=timezone.now(), due_at=None)
    RemoteAction.objects.filter(upstream_id__startswith="scene").delete()
    FleetRules.objects.filter(wake_ups_a_month=WAKE_UPS).update(wake_ups_a_month=None)
    User.objects.filter(username__in=PEOPLE).delete()
