"""What needs a second person needs a reason for them to read; a trusted service acts alone and needs none."""

from typing import Any

import pytest

from fleets.models import ApiClient
from fleets.programs import trust
from remotes.models import RemoteAction

from .conftest import SUBSCRIBE, World
from .test_wishes import remotes, send

IMMOBILISE = {"immobilization": {"activate": True}}
HARM: list[dict[str, Any]] = [
    IMMOBILISE,
    {"stolen": {"stolen": True}},
    {"tan": {"suppress": {"state": True, "duration": 1}}},
    {"onboardPersonalData": {"action": "Delete"}},
]
RELEASE: list[dict[str, Any]] = [
    {"immobilization": {"activate": False}},
    {"stolen": {"stolen": False}},
    {"tan": {"confirm": {"state": False}}},
]


@pytest.fixture
def callback_id(ours: World) -> str:
    """Of a callback that takes every type."""
    subscribed = {name: value for name, value in SUBSCRIBE.items() if name != "remoteTypes"}
    answer = ours.caller.post(f"/fleets/{ours.fleet.public_id}/remote/callbacks", subscribed)
    return str(answer.json()["callbackId"])


@pytest.mark.parametrize("body", HARM, ids=lambda body: next(iter(body)))
def test_it_is_refused_without_and_waits_with_one(ours: World, callback_id: str, body: dict[str, Any]) -> None:
    for blank in ({}, {"X-Reason": "  "}):
        ours.caller.headers = blank
        answer = ours.caller.post(remotes(ours, callback_id), body)
        assert (answer.status_code, answer.json()["code"] // 100) == (400, 400)
        assert answer.json()["message"].startswith("X-Reason: is required for this: say why")
    assert not RemoteAction.objects.exists()
    action = send(ours, callback_id, body, **{"X-Reason": "Not returned."})
    assert (action.state, action.reason) == ("waiting-approval", "Not returned.")


@pytest.mark.parametrize("body", RELEASE, ids=lambda body: next(iter(body)))
def test_taking_it_back_needs_none_and_is_sent(ours: World, callback_id: str, body: dict[str, Any]) -> None:
    assert send(ours, callback_id, body).state == "queued"


@pytest.mark.parametrize("body", RELEASE, ids=lambda body: next(iter(body)))
def test_what_stands_beside_it_makes_it_more_than_that(ours: World, callback_id: str, body: dict[str, Any]) -> None:
    """A cloud may know fields that we don't; attributes are for who is notified."""
    assert send(ours, callback_id, body | {"attributes": []}).state == "queued"
    more = body | {"trackingPeriod": {"running": 60}}
    assert ours.caller.post(remotes(ours, callback_id), more).status_code == 400
    assert send(ours, callback_id, more, **{"X-Reason": "Not returned."}).state == "waiting-approval"


def test_a_repeat_under_the_same_key_is_no_second_asking(ours: World, callback_id: str) -> None:
    first = send(ours, callback_id, IMMOBILISE, **{"X-Reason": "Not returned.", "Idempotency-Key": "k"})
    assert send(ours, callback_id, IMMOBILISE, **{"X-Reason": "Not returned.", "Idempotency-Key": "k"}) == first


def test_a_trusted_service_works_unchanged(ours: World, callback_id: str) -> None:
    trust.set_up(ours.caller.row, ours.fleet, ["Immobilization"])
    assert send(ours, callback_id, IMMOBILISE).state == "queued"
    answer = ours.caller.post(remotes(ours, callback_id), {"stolen": {"stolen": True}})
    assert answer.status_code == 400, "for this type it is not"


def test_a_password_that_came_later_is_not_trusted(ours: World, callback_id: str) -> None:
    """Whoever makes one would else act alone with it."""
    trust.set_up(ours.caller.row, ours.fleet, ["Immobilization"])
    ours.caller.secret = ApiClient.objects.get(pk=ours.caller.row.pk).new_secret("later")
    assert ours.caller.post(remotes(ours, callback_id), IMMOBILISE).status_code == 400
    assert send(ours, callback_id, IMMOBILISE, **{"X-Reason": "Not returned."}).state == "waiting-approval"


@pytest.mark.parametrize("beside", ["Immobilization", "IMMOBILIZATION", "Stolen", "locking"])
def test_another_remote_under_a_name_that_is_nearly_one_is_refused(ours: World, callback_id: str, beside: str) -> None:
    answer = ours.caller.post(remotes(ours, callback_id), {"door": {"state": "Locked"}, beside: {"activate": True}})
    assert answer.status_code == 400
    assert f"{beside}: stands beside door" in answer.json()["message"]
