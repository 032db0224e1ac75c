"""An action is sent once, in order, and whatever the cloud does its state stays true."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.reconcile import reconcile
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Notify, Yard, event

PAST, FAR = "Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"


def ask(yard: Yard, remote_type: str = "Locking", **payload: object) -> RemoteAction:
    payloads = {"Locking": {"state": "Unlocked"}, "State": {"action": "state"}, "Horn": {"state": "Activated"}}
    return request_action(yard.vehicle, Remote(REMOTE_TYPES[remote_type], dict(payload or payloads[remote_type])))


def dispatched(yard: Yard, action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    return action


def reconciled(action: RemoteAction) -> RemoteAction:
    """Let its due time come, and look."""
    RemoteAction.objects.filter(pk=action.pk).update(due_at=timezone.now())
    reconcile(action.pk)
    action.refresh_from_db()
    return action


def test_an_action_is_sent_under_our_label_and_callback(yard: Yard, cloud: Cloud) -> None:
    action = dispatched(yard, ask(yard))
    assert (action.state, action.upstream_id, action.claim_id) == ("accepted", "a1", None)
    assert cloud.posted == [{"label": f"fleetremote-{action.public_id}", "door": {"state": "Unlocked"}}]
    yard.upstream.refresh_from_db()
    webhook = cloud.callbacks[yard.upstream.callback_id]["subscribe"]["callback"]["webhook"]
    assert webhook["target"] == f"http://127.0.0.1:8000/webhook/{yard.upstream.webhook_id}/{yard.upstream.path_secret}"
    assert webhook["attributes"][0]["value"] == f"Bearer {yard.upstream.webhook_secret}"
    assert action.upstream_callback_id == yard.upstream.callback_id


def test_a_sending_takes_few_statements(yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    # A slow machine asks once more whether a person has stopped it.
    monkeypatch.setattr("remotes.sending.last_look.FRESH", 60)
    dispatched(yard, ask(yard))
    RemoteAction.objects.update(accepted_at=timezone.now() - timedelta(minutes=5))
    ask(yard, "Horn")
    with CaptureQueriesContext(connection) as queries:
        dispatch_vehicle(yard.vehicle.pk)
    # Vehicle, cases, checks, claim, request; answer, outcome, what is left. The gateway's health is read once a second.
    aside = ("SAVEPOINT", "gatewayhealth")
    counted = [query["sql"] for query in queries if not any(word in query["sql"] for word in aside)]
    assert len(counted) == 8


def test_a_cloud_that_knows_only_the_published_types_is_registered_with_those(yard: Yard, cloud: Cloud) -> None:
    cloud.strict = {entry.v3.type_name for entry in REMOTE_TYPES.values() if not entry.v3.extension}
    assert dispatched(yard, ask(yard)).state == "accepted"
    yard.upstream.refresh_from_db()
    assert set(cloud.callbacks[yard.upstream.callback_id]["subscribe"]["remoteTypes"]) == cloud.strict


def test_a_refusal_ends_it_with_upstreams_words(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append((400, {"code": 40001, "message": "This vehicle has been sold."}, {}))
    action = dispatched(yard, ask(yard))
    assert (action.state, action.status, action.failure_cause) == ("done", "Failed", "GeneralError")
    assert "This vehicle has been sold." in action.detail
    assert action.events.get().source == "fleetremote"


def test_a_refusal_whose_words_are_no_text_ends_it_too(yard: Yard, cloud: Cloud) -> None:
    """Half of a surrogate pair fits into JSON, and into no database."""
    cloud.next.append((400, {"message": "Sold \ud83d."}, {}))
    action = dispatched(yard, ask(yard))
    assert (action.state, action.detail) == ("done", "The manufacturer's cloud refused it: Sold .")


def test_a_refusal_of_rights_has_its_cause(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append((403, {"code": 40399, "message": "no"}, {}))
    assert dispatched(yard, ask(yard)).failure_cause == "MissingRights"


def test_too_many_requests_waits_as_told(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append((429, {"message": "slow"}, {"Retry-After": "40"}))
    action = dispatched(yard, ask(yard))
    assert action.state == "queued"
    assert action.not_before is not None
    wait = (action.not_before - timezone.now()).total_seconds()
    assert 38 < wait < 49
    dispatched(yard, action)
    assert len(cloud.posted) == 1


@pytest.mark.parametrize("told", ["inf", "-inf", "nan", "1e999", "1e300", "-5", "0", "soon", PAST])
def test_a_wait_that_can_not_be_meant_is_short_and_loses_nothing(yard: Yard, cloud: Cloud, told: str) -> None:
    cloud.next.append((429, {"message": "slow"}, {"Retry-After": told}))
    action = dispatched(yard, ask(yard))
    assert (action.state, action.claim_id) == ("queued", None)
    assert action.not_before is not None
    assert timedelta(seconds=0) < action.not_before - timezone.now() < timedelta(seconds=2)


@pytest.mark.parametrize("told", ["9" * 400, "99999999", "400", FAR])
def test_a_wait_beyond_its_time_to_live_ends_it_at_once(yard: Yard, cloud: Cloud, told: str) -> None:
    """Whoever asked for it learns so while there is time for something else."""
    cloud.next.append((429, {"message": "slow"}, {"Retry-After": told}))
    action = dispatched(yard, ask(yard))
    assert (action.state, action.status, action.claim_id) == ("expired", "Failed", None)
    assert action.detail == (
        "Not sent: its 5 minutes will be over by then. The manufacturer's cloud asks us to slow down: slow"
    )
    second = dispatched(yard, ask(yard))
    assert (second.state, len(cloud.posted)) == ("expired", 1)
    assert second.detail == (
        "Not sent: its 5 minutes will be over by then. The manufacturer's cloud has asked us to slow down."
    )


def test_a_cloud_that_is_down_is_tried_again(yard: Yard, cloud: Cloud) -> None:
    cloud.close()
    action = dispatched(yard, ask(yard))
    assert (action.state, action.upstream_id, action.attempts) == ("queued", None, 1)
    assert action.due_at is not None
    assert "can't be reached" in action.detail


@pytest.mark.parametrize("how", ["cut-after", "cut-before"])
def test_a_cut_connection_is_unknown_and_looked_up_by_label(yard: Yard, cloud: Cloud, how: str) -> None:
    cloud.next.append(how)
    action = dispatched(yard, ask(yard))
    assert (action.state, action.upstream_id) == ("unknown", None)
    reconciled(action)
    if how == "cut-after":
        assert (action.state, action.upstream_id, action.status) == ("accepted", "a1", "Accepted")
    else:
        assert action.state == "unknown"
    assert len(cloud.posted) == 1


@pytest.mark.parametrize(
    "answer", [(500, {}, {}), (502, "<html>Bad gateway</html>", {}), (202, "<html>", {}), (202, {}, {})]
)
def test_an_answer_that_tells_nothing_is_unknown(yard: Yard, cloud: Cloud, answer: object) -> None:
    cloud.next.append(answer)
    assert dispatched(yard, ask(yard)).state == "unknown"


def test_the_truth_that_comes_after_our_own_end_wins(yard: Yard, cloud: Cloud, notify: Notify) -> None:
    cloud.next.append((400, {"message": "no"}, {}))
    action = dispatched(yard, ask(yard))
    RemoteAction.objects.filter(pk=action.pk).update(upstream_id="a1")
    notify(event("Success", done=True))
    action.refresh_from_db()
    assert (action.status, action.failure_cause, action.detail) == ("Success", None, "")


def test_a_worker_that_died_while_sending_leaves_an_unknown_outcome(yard: Yard, cloud: Cloud) -> None:
    action = ask(yard)
    yard.upstream.callback_id = "c1"
    cloud.accept({"label": action.upstream_label, "door": {"state": "Unlocked"}})
    past = timezone.now() - timedelta(seconds=1)
    RemoteAction.objects.filter(pk=action.pk).update(
        state="sending", claim_id=uuid.uuid4(), lease_until=past, sent_at=past, upstream_callback_id="c1"
    )
    assert dispatched(yard, action).state == "sending"
    assert reconciled(action).state == "accepted"
    assert cloud.posted == []


def test_a_lease_that_runs_is_left_alone(yard: Yard, cloud: Cloud) -> None:
    action = ask(yard)
    soon = timezone.now() + timedelta(seconds=20)
    RemoteAction.objects.filter(pk=action.pk).update(state="sending", claim_id=uuid.uuid4(), lease_until=soon)
    assert reconciled(action).state == "sending"


def test_our_callback_is_registered_anew_when_upstream_lost_it(yard: Yard, cloud: Cloud) -> None:
    dispatched(yard, ask(yard))
    cloud.callbacks.clear()
    action = dispatched(yard, ask(yard, "Horn"))
    RemoteAction.objects.update(not_before=None, accepted_at=timezone.now() - timedelta(minutes=4))
    assert dispatched(yard, action).state == "accepted"
    assert len(cloud.callbacks) == 1


def test_after_its_time_to_live_it_is_never_sent(yard: Yard, cloud: Cloud) -> None:
    action = ask(yard)
    RemoteAction.objects.update(expires_at=timezone.now())
    dispatched(yard, action)
    assert (action.state, action.status, action.failure_cause) == ("expired", "Failed", "GeneralError")
    assert cloud.posted == []


def test_an_action_without_its_final_event_is_asked_for(yard: Yard, cloud: Cloud) -> None:
    action = dispatched(yard, ask(yard))
    cloud.actions["a1"]["status"] = "SentToVehicle"
    assert reconciled(action).status == "SentToVehicle"
    cloud.actions["a1"] |= {"status": "Failed", "failureCause": "DoorsOpen"}
    reconciled(action)
    assert (action.state, action.status, action.failure_cause) == ("done", "Failed", "DoorsOpen")
    assert {e.source for e in action.events.all()} == {"poll"}


def test_after_three_days_without_an_answer_it_is_said_plainly(yard: Yard, cloud: Cloud) -> None:
    action = dispatched(yard, ask(yard))
    cloud.actions.clear()
    RemoteAction.objects.update(accepted_at=timezone.now() - timedelta(days=3, minutes=1))
    reconciled(action)
    assert (action.state, action.status) == ("done", "Failed")
    assert "three days" in action.detail


def test_a_vehicles_actions_go_in_order_and_urgent_ones_first(yard: Yard, cloud: Cloud, notify: Notify) -> None:
    first, second, third = ask(yard, "Horn"), ask(yard, "State"), ask(yard, "Locking")
    dispatch_vehicle(yard.vehicle.pk)
    sent = [next(key for key in body if key != "label") for body in cloud.posted]
    # The urgent one overtakes; the first comfort one waits for its end, and the second behind it.
    assert sent == ["door"]
    notify(event("Success", done=True, action="a1"))
    dispatch_vehicle(yard.vehicle.pk)
    notify(event("Success", done=True, action="a2"))
    dispatch_vehicle(yard.vehicle.pk)
    sent = [next(key for key in body if key != "label") for body in cloud.posted]
    assert sent == ["door", "horn", "state"]
    assert {first.pk, second.pk, third.pk} == set(RemoteAction.objects.values_list("pk", flat=True))
