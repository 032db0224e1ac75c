"""What the API of a vehicle's cloud does not take, or our account there may not send, is refused before it is sent."""

from typing import Any

import pytest
from django.utils import timezone

from fleets.models import AccessToken
from fleets.vehicles.ability import why_unable
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import NotPossible, request_action
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard

TEMPERATURE = {"airConditioning": {"settings": {"temp": 21, "state": "Activated"}}}


def ask(yard: Yard, remote_type: str, payload: dict[str, Any]) -> RemoteAction:
    return request_action(yard.vehicle, Remote(REMOTE_TYPES[remote_type], payload))


def moved_to(yard: Yard, dialect: str) -> None:
    yard.gateway.dialect = dialect
    yard.gateway.save()
    yard.vehicle.gateway = yard.gateway


@pytest.mark.parametrize(
    ("dialect", "remote_type", "payload", "path"),
    [
        ("v1", "Lights", {"on": True, "duration": "PT10S"}, "lights.duration"),
        ("v1", "Locking", {"state": "Locked", "forced": True}, "door.forced"),
        ("v1", "State", {}, "state"),
        ("v3", "Preconditioning", TEMPERATURE, "preconditioning.airConditioning.settings"),
    ],
)
def test_a_field_that_can_not_travel_is_named(
    yard: Yard, dialect: str, remote_type: str, payload: dict[str, Any], path: str
) -> None:
    moved_to(yard, dialect)
    with pytest.raises(NotPossible, match="the API of its cloud") as told:
        ask(yard, remote_type, payload)
    assert f"does not take {path}" in str(told.value)
    assert yard.gateway.get_dialect_display() in str(told.value)
    assert not RemoteAction.objects.exists()


WEEK = {"slot": 1, "enabled": True, "start": "PT22H", "occurence": {"day": ["Mon"]}}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (
            {"schedule": {"programs": [WEEK]}},
            "needs charging.schedule.programs[0].minChargingLevel, which is not given",
        ),
        (
            {"preferences": {"level": "Level1", "type": "Full"}},
            "does not take charging.preferences as it is: needs exactly one of: level, type",
        ),
    ],
)
def test_what_is_missing_is_not_called_too_much(yard: Yard, payload: dict[str, Any], words: str) -> None:
    moved_to(yard, "v1")
    with pytest.raises(NotPossible) as told:
        ask(yard, "Charging", payload)
    assert words in str(told.value)


def test_a_field_beside_it_that_means_something_else_there_is_refused_at_once(yard: Yard) -> None:
    """Not only when it is sent, as if the cloud had refused it."""
    lock = Remote(REMOTE_TYPES["Locking"], {"state": "Locked"}, extra={"channelAttributes": {}})
    assert request_action(yard.vehicle, lock).state == "queued"
    moved_to(yard, "v1")
    with pytest.raises(NotPossible, match="channelAttributes as it is: means something else in Connected Car v1"):
        request_action(yard.vehicle, lock)


def test_the_other_api_takes_it(yard: Yard) -> None:
    assert ask(yard, "Lights", {"on": True, "duration": "PT10S"}).state == "queued"
    moved_to(yard, "v1")
    assert ask(yard, "Preconditioning", TEMPERATURE).state == "queued"


def test_it_is_asked_again_before_it_is_sent(yard: Yard, cloud: Cloud) -> None:
    """The account was moved to the other API meanwhile."""
    action = ask(yard, "Lights", {"on": True, "duration": "PT10S"})
    moved_to(yard, "v1")
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    assert (action.state, action.status, action.failure_cause) == ("done", "Failed", "WrongCommand")
    assert "lights.duration" in action.detail
    assert cloud.posted == []


def test_a_type_whose_scope_was_not_granted_is_refused(yard: Yard) -> None:
    moved_to(yard, "v1")
    horn = {"state": "Activated"}
    # While there was no token nobody knows, and upstream decides.
    assert ask(yard, "Horn", horn).state == "queued"
    token = AccessToken.objects.create(gateway=yard.gateway, value="x", scopes=["remote", "remote:wakeup:write"])
    assert why_unable(yard.vehicle, REMOTE_TYPES["Horn"], horn) is None
    token.obtained_at = timezone.now()
    token.save()
    with pytest.raises(NotPossible, match="was not granted the scope remote:horn:write"):
        ask(yard, "Horn", horn)
    # In whichever spelling; and one that nobody has published is the cloud's to judge.
    assert ask(yard, "WakeUp", {"action": "WakeUp"}).state == "queued"
    assert ask(yard, "Stolen", {"stolen": True}).state == "waiting-approval"
    # Scopes are a matter of v1.
    moved_to(yard, "v3")
    assert ask(yard, "Horn", horn).state == "queued"
