"""Nobody knows what became of an action: it is looked up, and lists lie. Absence is proved, or it is not known."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from fleets.models import AuditEntry, UpstreamFleet
from gateways.codes import CUT
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes import audit
from remotes.asking.ask import request_action
from remotes.asking.decide import decide
from remotes.models import GatewayHealth, RemoteAction
from remotes.sending.absence import LEAST_LAG
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.reconcile import reconcile
from remotes.words import codes
from tests.long_form import LONG
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import NOON, Notify, Yard, event
from tests.world import make_person, one_is_enough

PAYLOADS: dict[str, dict[str, Any]] = {
    "Locking": {"state": "Unlocked"},
    "Horn": {"state": "Activated"},
    "Immobilization": {"activate": True},
    "State": {"action": "state"},
    "WakeUp": {"action": "WakeUp"},
    "Preconditioning": {"airConditioning": {"immediate": True}},
    "Charging": {"immediate": True},
}
HARMLESS = [name for name in PAYLOADS if REMOTE_TYPES[name].resend]


def unknown(yard: Yard, cloud: Cloud, remote_type: str = "Locking", how: str = "cut-after") -> RemoteAction:
    """An action whose answer was lost ten minutes ago, after the cloud has accepted it, or before."""
    cloud.next.append(how)
    one_is_enough(yard.fleet)
    action = request_action(yard.vehicle, Remote(REMOTE_TYPES[remote_type], PAYLOADS[remote_type]))
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    assert (action.state, action.why) == ("unknown", Why(CUT))
    sent_before(action, minutes=10)
    return action


def sent_before(action: RemoteAction, **ago: float) -> None:
    now = timezone.now()
    values = {"sent_at": now - timedelta(**ago), "expires_at": now + timedelta(minutes=5)}
    RemoteAction.objects.filter(pk=action.pk).update(**values)


def known_there(yard: Yard, cloud: Cloud, **ago: float) -> RemoteAction:
    """Another action of the vehicle that has ended, and that the cloud lists."""
    upstream_id = cloud.accept({"label": "fleetremote-earlier", "horn": {}})
    at = timezone.now() - timedelta(**(ago or {"minutes": 30}))
    ended = {"state": "done", "status": "Success", "finished_at": at, "accepted_at": at}
    return yard.action(upstream_id, upstream_callback_id="c1", **ended)


def looked_up(action: RemoteAction, times: int = 1) -> RemoteAction:
    """Let it be due and look, a minute apart."""
    for _ in range(times):
        seen = RemoteAction.objects.get(pk=action.pk).absent_since
        earlier = seen - timedelta(seconds=61) if seen else None
        RemoteAction.objects.filter(pk=action.pk).update(due_at=timezone.now(), absent_since=earlier)
        reconcile(action.pk)
    action.refresh_from_db()
    return action


# What lies: each has accepted the action, and does not show it.

LIES: dict[str, Any] = {
    "nothing": (200, {}, {}),
    "no list": (200, {"total": 1, "_links": {}}, {}),
    "an empty list of more": (200, {"_embedded": {"remoteActions": []}, "total": 2}, {}),
    "an empty list without a number": (200, {"_embedded": {"remoteActions": []}}, {}),
    "fewer than it says": (
        200,
        {"_embedded": {"remoteActions": [{"remoteActionId": "a1", "remote": {"label": "x"}}]}, "total": 4},
        {},
    ),
    "no labels": (
        200,
        {"_embedded": {"remoteActions": [{"remoteActionId": "a1"}, {"remoteActionId": "a2"}]}, "total": 2},
        {},
    ),
    "labels cut short": (
        200,
        {
            "_embedded": {
                "remoteActions": [
                    {"remoteActionId": "a1", "remote": {"label": "fleetremote-earl"}},
                    {"remoteActionId": "a2", "remote": {"label": "fleetremote-0192"}},
                ]
            },
            "total": 2,
        },
        {},
    ),
    "no ids": (200, {"_embedded": {"remoteActions": [{"remote": {"label": "x"}}]}, "total": 1}, {}),
    "the same twice": (
        200,
        {"_embedded": {"remoteActions": [{"remoteActionId": "a1", "remote": {"label": "x"}}] * 2}, "total": 2},
        {},
    ),
    "no object": (200, {"_embedded": {"remoteActions": ["a1"]}, "total": 1}, {}),
    "a number that is none": (200, {"_embedded": {"remoteActions": []}, "total": "0"}, {}),
    "an old list": (200, {"_embedded": {"remoteActions": []}, "total": 0}, {}),
    "an error": (500, {}, {}),
    "HTML": (200, "<html>", {}),
}


# Each lie with one type in turn; every type with each in the long form.
_TOLD = [(lie, name) for place, lie in enumerate(LIES) for name in ([*PAYLOADS] if LONG else [[*PAYLOADS][place % 7]])]


@pytest.mark.parametrize(("lie", "remote_type"), _TOLD)
def test_a_list_that_lies_has_nothing_sent_again_and_says_nothing_untrue(
    yard: Yard, cloud: Cloud, lie: str, remote_type: str
) -> None:
    known_there(yard, cloud)
    action = unknown(yard, cloud, remote_type)
    cloud.listed = LIES[lie]
    looked_up(action, times=6)
    assert (action.state, len(cloud.posted)) == ("unknown", 1)
    cloud.listed = None
    looked_up(action)
    assert (action.state, action.upstream_id, action.status) == ("accepted", "a2", "Accepted")


def test_a_list_that_lags_has_its_time(yard: Yard, cloud: Cloud) -> None:
    """Whole, and without what was accepted in the last minutes."""
    known_there(yard, cloud)
    action = unknown(yard, cloud, "State")
    cloud.listed = cloud.list_of([cloud.actions["a1"]])
    sent_before(action, seconds=LEAST_LAG.total_seconds() - 10)
    looked_up(action, times=3)
    assert (action.state, action.absent_since, len(cloud.posted)) == ("unknown", None, 1)
    assert action.due_at is not None
    assert action.due_at - timezone.now() <= timedelta(seconds=10)


def test_how_far_a_gateways_lists_lag_is_learnt_from_what_is_known_to_be_there(
    yard: Yard, cloud: Cloud, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    known_there(yard, cloud)
    late = known_there(yard, cloud, minutes=8)
    action = unknown(yard, cloud, "State")
    cloud.listed = cloud.list_of([cloud.actions["a1"]])
    with django_capture_on_commit_callbacks(execute=True):
        looked_up(action, times=3)
    assert (action.state, len(cloud.posted)) == ("unknown", 1)
    assert 470 < GatewayHealth.objects.get().list_lag < 600
    # All is there now but the action; twice the lag is not over yet.
    cloud.listed = cloud.list_of([cloud.actions["a1"], cloud.actions[str(late.upstream_id)]])
    looked_up(action, times=3)
    assert (action.state, action.absent_since) == ("unknown", None)
    sent_before(action, minutes=20)
    assert looked_up(action, times=2).state == "queued"


def test_a_lag_that_is_over_is_forgotten_step_by_step(
    yard: Yard, cloud: Cloud, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    GatewayHealth.objects.create(gateway=yard.gateway, list_lag=3600)
    known_there(yard, cloud)
    action = unknown(yard, cloud, how="cut-before")
    kept = []
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            looked_up(action)
        kept.append(GatewayHealth.objects.get().list_lag)
    # Shown was what is half an hour old: a lag of that or less is not disproved.
    assert kept == [1800, 1800, 1800]


# What is proved.


@pytest.mark.parametrize("remote_type", HARMLESS)
def test_a_harmless_type_that_is_proved_absent_is_sent_again_once(yard: Yard, cloud: Cloud, remote_type: str) -> None:
    known_there(yard, cloud)
    action = unknown(yard, cloud, remote_type, "cut-before")
    assert looked_up(action).state == "unknown"
    assert looked_up(action).state == "queued"
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    assert (action.state, len(cloud.posted)) == ("accepted", 2)


@pytest.mark.parametrize("remote_type", ["Locking", "Horn", "Immobilization"])
def test_any_other_ends_then_and_a_person_decides(yard: Yard, cloud: Cloud, remote_type: str) -> None:
    known_there(yard, cloud)
    action = unknown(yard, cloud, remote_type, "cut-before")
    looked_up(action, times=2)
    assert (action.state, action.status, action.why) == ("done", "Failed", Why(codes.NO_TRACE))
    assert len(cloud.posted) == 1


def test_two_looks_lie_a_minute_apart(yard: Yard, cloud: Cloud) -> None:
    known_there(yard, cloud)
    action = unknown(yard, cloud, how="cut-before")
    looked_up(action)
    for _ in range(3):
        RemoteAction.objects.filter(pk=action.pk).update(due_at=timezone.now())
        reconcile(action.pk)
    action.refresh_from_db()
    assert action.state == "unknown"
    assert looked_up(action).state == "done"


@pytest.mark.parametrize("remote_type", ["Locking", "State"])
def test_a_vehicle_of_which_nothing_else_is_listed_proves_nothing(yard: Yard, cloud: Cloud, remote_type: str) -> None:
    action = unknown(yard, cloud, remote_type, "cut-before")
    looked_up(action, times=3)
    assert (action.state, action.why, len(cloud.posted)) == ("done", Why(codes.NOT_LISTED), 1)
    assert "was not carried out" not in action.detail


# What speaks for it.


@pytest.mark.parametrize(("status", "code"), [("Success", codes.PROBABLY_DONE), ("Failed", codes.PROBABLY_TAKEN)])
def test_a_notification_that_belongs_to_nothing_else_is_evidence(
    yard: Yard, cloud: Cloud, notify: Notify, status: str, code: str
) -> None:
    known_there(yard, cloud)
    action = unknown(yard, cloud)
    notify(event(status, done=True, action="a2"))
    cloud.listed = cloud.list_of([cloud.actions["a1"]])
    looked_up(action, times=4)
    assert (action.state, action.why, len(cloud.posted)) == ("unknown", Why(code), 1)
    cloud.listed = None
    looked_up(action)
    assert (action.state, action.status) == ("done", status)


@pytest.mark.parametrize("other", [{"vin": "VF3ABCDE0FG999999"}, {"remoteType": "Horn"}])
def test_one_of_another_vehicle_or_type_is_none(
    yard: Yard, cloud: Cloud, notify: Notify, other: dict[str, Any]
) -> None:
    known_there(yard, cloud)
    action = unknown(yard, cloud, how="cut-before")
    notify({**event("Success", done=True, action="a9"), **other})
    assert looked_up(action, times=2).why == Why(codes.NO_TRACE)


def test_a_message_that_names_no_vehicle_may_be_of_this_one_but_says_nothing_of_it(
    yard: Yard, cloud: Cloud, notify: Notify
) -> None:
    """v1's messages don't: such a one is never a proof of absence, nor a reason to say that it was probably done."""
    known_there(yard, cloud)
    action = unknown(yard, cloud, how="cut-before")
    before = action.why
    told = {"remoteActionId": "a9", "remoteType": "Doors", "eventStatus": {"type": "Done", "status": "Success"}}
    body = {"channelId": "c1", "type": "Remote", "date": NOON.isoformat(), "remoteEvent": told}
    notify(body=json.dumps(body).encode())
    looked_up(action, times=3)
    assert (action.state, action.why, len(cloud.posted)) == ("unknown", before, 1)


# The truth may come late.


@pytest.mark.parametrize("ended_by", ["the machine", "a person"])
def test_what_ended_without_its_id_is_looked_for_and_corrected(yard: Yard, cloud: Cloud, ended_by: str) -> None:
    known_there(yard, cloud)
    action = unknown(yard, cloud)
    cloud.listed = cloud.list_of([cloud.actions["a1"]])
    if ended_by == "the machine":
        looked_up(action, times=2)
    else:
        decide(action, make_person("camille", yard.fleet), happened=False, reason="It stands as it stood.")
        action.refresh_from_db()
    assert (action.state, action.status, action.upstream_id) == ("done", "Failed", None)
    assert action.due_at is not None
    looked_up(action)
    assert action.status == "Failed"
    cloud.listed, cloud.actions["a2"]["status"] = None, "Success"
    looked_up(action)
    assert (action.state, action.status, action.upstream_id) == ("done", "Success", "a2")
    assert not action.why
    assert not action.due_at


def test_nothing_is_looked_for_after_three_days(yard: Yard, cloud: Cloud) -> None:
    action = unknown(yard, cloud)
    cloud.listed = LIES["nothing"]
    sent_before(action, days=3, minutes=1)
    looked_up(action)
    assert (action.state, action.why, action.due_at) == ("done", Why(codes.NEVER_KNOWN), None)
    ended = AuditEntry.objects.get(subject=action.public_id, kind="ended")
    assert ended.document["askedAgain"] == action.asked_again > 0


def test_look_ups_come_more_and_more_seldom(yard: Yard, cloud: Cloud) -> None:
    """Some hundred in 3 days, whether the list lies or fails."""
    action = unknown(yard, cloud)
    cloud.listed = LIES["an error"]
    age, waits = 1, list[int]()
    while age < timedelta(days=3).total_seconds():
        sent_before(action, seconds=age)
        looked_up(action)
        assert action.due_at is not None
        waits.append(round((action.due_at - timezone.now()).total_seconds()))
        age += waits[-1]
    assert waits[0] == 5
    assert waits == sorted(waits)
    assert waits[-1] == 3600
    assert len(waits) < 120
    assert action.asked_again == len(waits)
    assert len(on_record(action, audit.LOOK_UP)) == 1, "each look-up says the same"


def on_record(action: RemoteAction, purpose: str) -> list[Any]:
    """What the answers to look-ups or polls are on record with: the status, or how there was none."""
    answers = AuditEntry.objects.filter(subject=action.public_id, kind="answered", document__purpose=purpose)
    return [document["status"] for document in answers.order_by("pk").values_list("document", flat=True)]


def test_a_look_up_is_on_record_where_it_tells_something_else(yard: Yard, cloud: Cloud) -> None:
    action = unknown(yard, cloud)
    for lie in ("an error", "an error", "nothing", "no list", "an error"):
        cloud.listed = LIES[lie]
        looked_up(action)
    cloud.listed = None
    looked_up(action)
    assert action.state == "accepted"
    assert on_record(action, audit.LOOK_UP) == [500, 200, 500, 200]
    assert action.asked_again == 6


def test_polls_are_on_record_where_they_tell_something_else(yard: Yard, cloud: Cloud) -> None:
    action = request_action(yard.vehicle, Remote(REMOTE_TYPES["Locking"], PAYLOADS["Locking"]))
    dispatch_vehicle(yard.vehicle.pk)
    for _ in range(3):
        RemoteAction.objects.update(due_at=timezone.now())
        reconcile(action.pk)
    action.refresh_from_db()
    assert (action.asked_again, len(on_record(action, audit.POLL))) == (3, 1)
    assert action.upstream_id is not None
    cloud.actions[action.upstream_id]["status"] = "Success"
    RemoteAction.objects.update(due_at=timezone.now())
    reconcile(action.pk)
    action.refresh_from_db()
    assert (action.asked_again, len(on_record(action, audit.POLL))) == (4, 2)


# It was surely not sent.


@pytest.mark.parametrize("registered", [False, True], ids=["never registered", "registered elsewhere"])
def test_a_worker_that_stopped_before_it_had_a_callback_has_sent_nothing(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, registered: bool
) -> None:
    if registered:
        UpstreamFleet.objects.update(callback_id="c9", callback_target="https://old.example.com/webhook")
    action = request_action(yard.vehicle, Remote(REMOTE_TYPES["Locking"], PAYLOADS["Locking"]))
    with monkeypatch.context() as killed:
        killed.setattr("remotes.registration.registration.check", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            dispatch_vehicle(yard.vehicle.pk)
    now = timezone.now()
    assert RemoteAction.objects.filter(state="sending").update(lease_until=now, due_at=now) == 1
    reconcile(action.pk)
    action.refresh_from_db()
    assert (action.state, cloud.asked) == ("queued", [])
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    assert (action.state, len(cloud.posted)) == ("accepted", 1)
