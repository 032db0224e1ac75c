"""An action under way says until when it is waited for and what then: in the history and beside its record."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.console.conftest import World
from tests.world import make_action

NOW = timezone.now()
IN_3_DAYS = f'<time datetime="{(NOW + timedelta(days=3)).isoformat(timespec="milliseconds")}" data-moment="full">'
SOON = NOW + timedelta(minutes=2)
NEXT = f'<time role="timer" datetime="{SOON.isoformat(timespec="milliseconds")}" data-deadline>'

ASKED = f"Without news FleetRemote asks the manufacturer's cloud {NEXT}"
THEN = "then it ends as failed, and somebody must look at the vehicle."


def text_of(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "queued", "expires_at": SOON}, [f"Expires {NEXT}", "then it is never sent."]),
        ({"state": "waiting-approval", "expires_at": SOON}, [f"Expires {NEXT}", "then it is never sent."]),
        (
            {"state": "accepted", "upstream_id": "u1", "accepted_at": NOW, "due_at": SOON, "status": "WakingUpVehicle"},
            [ASKED, f"An end is waited for until {IN_3_DAYS}", THEN],
        ),
        # A word that we don't know is no end either.
        (
            {"state": "accepted", "upstream_id": "u1", "accepted_at": NOW, "due_at": SOON, "status": "NewFangled"},
            [ASKED, f"An end is waited for until {IN_3_DAYS}", THEN],
        ),
        ({"state": "unknown", "sent_at": NOW, "due_at": SOON}, [ASKED, f"It is looked for until {IN_3_DAYS}", THEN]),
    ],
)
def test_it_is_said_in_the_history_and_beside_the_record(
    camille: Client, world: World, values: dict[str, Any], words: list[str]
):
    action = make_action(world.van, **values)
    for path in (world.page_of(world.van), world.page_of(world.van, f"/actions/{action.public_id}/record")):
        page = text_of(camille, path)
        assert [part for part in words if part not in page] == []


def test_what_has_ended_waits_for_nothing(camille: Client, world: World):
    vehicle = world.van
    action = make_action(vehicle, state="done", status="Success")
    for path in (world.page_of(vehicle), world.page_of(vehicle, f"/actions/{action.public_id}/record")):
        page = text_of(camille, path)
        assert THEN not in page
        assert "data-deadline" not in page
