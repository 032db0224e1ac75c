"""Extensions of POST remotes: a time to live, waiting for the vehicle's waking, the reason, and taking it back."""

from datetime import timedelta
from typing import Any

import pytest

from fleets.models import AuditEntry
from remotes.models import FleetRules, RemoteAction

from .conftest import World

UNLOCK = {"door": {"state": "Unlocked"}}


def remotes(world: World, callback_id: str) -> str:
    return f"/fleets/{world.fleet.public_id}/vehicles/{world.vehicle.public_id}/callbacks/{callback_id}/remotes"


def send(world: World, callback_id: str, body: dict[str, Any], **headers: str) -> RemoteAction:
    world.caller.headers = headers
    answer = world.caller.post(remotes(world, callback_id), body)
    assert answer.status_code == 202, answer.content
    return RemoteAction.objects.get(public_id=answer.json()["remoteActionId"])


def life(action: RemoteAction) -> timedelta:
    return timedelta(seconds=round((action.expires_at - action.created_at).total_seconds()))


def test_a_request_says_how_long_it_may_wait(ours: World, callback_id: str) -> None:
    action = send(ours, callback_id, {**UNLOCK, "timeToLive": "PT90S"})
    assert life(action) == timedelta(seconds=90)
    assert action.extra == {}


def test_a_fleet_has_its_own_times_to_live(ours: World, callback_id: str) -> None:
    FleetRules.objects.create(fleet=ours.fleet, times_to_live={"Locking": 60})
    assert life(send(ours, callback_id, UNLOCK)) == timedelta(seconds=60)
    assert life(send(ours, callback_id, {"horn": {"state": "Activated"}})) == timedelta(minutes=5)


@pytest.mark.parametrize(
    "value", ["PT0S", "P2D", "P9999999999D", "P" + "9" * 400 + "D", "5 minutes", "00:05:00", 300, "PT"]
)
def test_another_time_to_live_is_refused(ours: World, callback_id: str, value: object) -> None:
    answer = ours.caller.post(remotes(ours, callback_id), {**UNLOCK, "timeToLive": value})
    assert answer.status_code == 400
    assert "timeToLive: must be an ISO 8601 duration" in answer.json()["message"]


def test_it_may_wait_for_the_vehicles_waking(ours: World, callback_id: str) -> None:
    assert send(ours, callback_id, {**UNLOCK, "whenAwake": True}).when_awake
    assert not send(ours, callback_id, UNLOCK).when_awake


def test_the_reason_is_kept_in_the_audit(ours: World, callback_id: str) -> None:
    action = send(ours, callback_id, UNLOCK, **{"X-Reason": "The driver has lost the key."})
    entry = AuditEntry.objects.get(kind="asked", subject=action.public_id)
    assert (entry.reason, entry.origin) == ("The driver has lost the key.", "api")
    assert action.reason == "The driver has lost the key."


@pytest.mark.parametrize("sent", ["Volé à Lyon, côté Saône".encode(), "Volé à Lyon, côté Saône".encode("latin-1")])
def test_a_reason_is_read_in_whichever_bytes_it_comes(ours: World, callback_id: str, sent: bytes) -> None:
    """Servers hand headers on as Latin-1, whatever they are."""
    assert send(ours, callback_id, UNLOCK, **{"X-Reason": sent.decode("latin-1")}).reason == "Volé à Lyon, côté Saône"


def test_without_a_reason_the_label_is_kept(ours: World, callback_id: str) -> None:
    action = send(ours, callback_id, {**UNLOCK, "label": "night shift"})
    assert AuditEntry.objects.get(kind="asked", subject=action.public_id).reason == "night shift"


def test_what_is_not_sent_can_be_taken_back(ours: World, callback_id: str) -> None:
    action = send(ours, callback_id, UNLOCK)
    path = f"{remotes(ours, callback_id)}/{action.public_id}"
    assert ours.caller.request("DELETE", path).status_code == 204
    shown = ours.caller.get(path).json()
    assert (shown["state"], shown["status"]) == ("cancelled", "Failed")
    again = ours.caller.request("DELETE", path)
    assert (again.status_code, again.json()["message"]) == (
        409,
        "It can't be cancelled any more. It has ended already.",
    )
