"""An action that is under way is late for its type, and the list of late ones is just those."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from remotes.counts.conditions import Standing, with_outcome
from remotes.life.lateness import late_at
from remotes.models import RemoteAction
from tests.world import make_action, make_fleet, make_vehicle


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "minutes", "values", "is_late"),
    [
        ("immobilise", 4, {"state": "accepted"}, False),
        ("immobilise", 6, {"state": "accepted"}, True),
        ("immobilise", 6, {"state": "queued"}, True),
        ("immobilise", 6, {"state": "queued", "when_awake": True}, False),
        ("immobilise", 60, {"state": "waiting-approval"}, False),
        ("immobilise", 60, {"state": "unknown"}, False),
        ("immobilise", 60, {"state": "done", "status": "Success"}, False),
        # Since it was approved.
        ("immobilise", 60, {"state": "accepted", "approved": 4}, False),
        ("immobilise", 60, {"state": "accepted", "approved": 6}, True),
        ("start-climate", 14, {"state": "accepted"}, False),
        ("start-climate", 16, {"state": "accepted", "status": "SentToVehicle"}, True),
    ],
)
def test_what_is_late(command: str, minutes: int, values: dict[str, Any], is_late: bool):
    now, given = timezone.now(), dict(values)
    approved = given.pop("approved", None)
    if approved:
        given["approved_at"] = now - timedelta(minutes=approved)
    if given["state"] == "done":
        given["finished_at"] = now
    action = make_action(make_vehicle(make_fleet()), command, **given)
    RemoteAction.objects.filter(pk=action.pk).update(created_at=now - timedelta(minutes=minutes))
    action.refresh_from_db()
    found = late_at(action)
    assert (found is not None and found <= now) is is_late
    assert with_outcome(RemoteAction.objects.all(), Standing.LATE).exists() is is_late
