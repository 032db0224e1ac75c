"""Each thing that a person must know raises one alert, and an all-clear when it is over."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from callbacks import status
from callbacks.delivery.recovery import gone
from protocol import statuses
from protocol.why import Why
from remotes.gate import gateway_health
from remotes.life.adoption import adopt_orphans
from remotes.life.endings import end_by_us
from remotes.models import Alert, FleetRules, GatewayHealth, RemoteAction, WakeUp
from remotes.words import codes
from tests.callbacks.outbox_world import make_callback
from tests.remotes.conftest import NOON, Notify, Yard, event
from tests.world import written

from .conftest import WHY, Clock, open_alerts, subjects

pytestmark = pytest.mark.usefixtures("looked")

IMMOBILISE = {"remote_type": "Immobilization", "payload": {"activate": True}}
State = GatewayHealth.State


def immobilise(yard: Yard, upstream_id: str | None = "a1", **values: object) -> RemoteAction:
    return yard.action(upstream_id, **IMMOBILISE, **values)


def test_a_dangerous_action_that_we_end_is_told_once(yard: Yard, camille: User, clock: Clock) -> None:
    end_by_us(immobilise(yard, None), WHY)
    for _ in range(10):
        clock.sweep_after(minutes=30)
    assert subjects() == ["Lyon: Dangerous action failed (e-208 · VF3ABCDE0FG123456)"]
    message = mail.outbox[0]
    assert "“Immobilise” for e-208 failed. It was refused." in message.body
    assert f"http://127.0.0.1:8000/fleets/{yard.fleet.public_id}/vehicles/{yard.vehicle.public_id}" in message.body


def test_so_is_one_that_a_notification_ends(yard: Yard, camille: User, clock: Clock, notify: Notify) -> None:
    immobilise(yard)
    notify(event("Failed", done=True, cause="VehicleInUse"))
    clock.sweep_after(seconds=15)
    clock.sweep_after(seconds=15)
    assert subjects() == ["Lyon: Dangerous action failed (e-208 · VF3ABCDE0FG123456)"]
    assert "Someone was using the vehicle." in mail.outbox[0].body
    assert Alert.objects.get().count == 1


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (None, "failed. It failed, and the manufacturer's cloud gave no cause. Try again."),
        ("NewFangled", "The manufacturer's cloud gave a cause that is not known here: “NewFangled”. Try again."),
    ],
)
def test_it_says_that_no_cause_was_given_or_which_one(
    yard: Yard, camille: User, clock: Clock, notify: Notify, cause: str | None, words: str
) -> None:
    immobilise(yard)
    notify(event("Failed", done=True, cause=cause))
    clock.sweep_after(seconds=15)
    assert words in " ".join(mail.outbox[0].body.split())


def test_so_is_one_whose_end_came_before_its_id(yard: Yard, clock: Clock, notify: Notify) -> None:
    action = immobilise(yard, None)
    notify(event("Failed", done=True, cause="VehicleError"))
    for _ in range(3):
        clock.sweep_after(minutes=1)
    assert open_alerts() == []
    action.set(state="accepted", upstream_id="a1", accepted_at=timezone.now())
    adopt_orphans(action)
    assert open_alerts() == ["dangerous-action"]


@pytest.mark.parametrize("outcome", ["harmless", "cancelled", "carried out"])
def test_nobody_is_told_of_what_needs_nobody(yard: Yard, camille: User, clock: Clock, outcome: str) -> None:
    if outcome == "harmless":
        end_by_us(yard.action(None), WHY)
    elif outcome == "cancelled":
        end_by_us(immobilise(yard, None), WHY, state=RemoteAction.State.CANCELLED)
    else:
        end_by_us(immobilise(yard, None), written("Seen by a person."), None, status=statuses.SUCCESS)
    clock.sweep_after(seconds=15)
    assert not Alert.objects.exists()
    assert subjects() == []


def test_the_truth_that_comes_later_is_the_all_clear(yard: Yard, camille: User, clock: Clock, notify: Notify) -> None:
    immobilise(yard)
    notify(event("Failed", done=True, cause="VehicleConnectionTimeout", at=NOON))
    clock.sweep_after(minutes=1)
    notify(event("Success", done=True, at=NOON + timedelta(minutes=5)))
    clock.sweep_after(minutes=2)
    clock.sweep_after(minutes=2)
    assert subjects()[1:] == ["Lyon: Over: Dangerous action failed (e-208 · VF3ABCDE0FG123456)"]
    assert "“Immobilise” for e-208 was carried out." in mail.outbox[1].body
    assert open_alerts() == []


def test_so_is_a_later_try_that_works_but_not_its_opposite(yard: Yard, clock: Clock) -> None:
    end_by_us(immobilise(yard, None), WHY)
    done = {"state": "done", "finished_at": timezone.now(), "status": "Success"}
    yard.action("a2", remote_type="Immobilization", payload={"activate": False}, **done)
    clock.sweep_after(seconds=15)
    assert open_alerts() == ["dangerous-action"]
    immobilise(yard, "a3", **done)
    clock.sweep_after(seconds=15)
    assert open_alerts() == []
    assert Alert.objects.get().cleared_words == "“Immobilise” for e-208 was carried out at a later try."


def test_an_outcome_that_stays_unknown_for_a_minute(yard: Yard, camille: User, clock: Clock) -> None:
    now = clock.at
    action = immobilise(yard, None, state="unknown", sent_at=now, due_at=now, why=written("No answer came."))
    clock.sweep_after(seconds=59)
    assert open_alerts() == []
    clock.sweep_after(seconds=1)
    clock.sweep_after(seconds=15)
    assert subjects() == ["Lyon: Outcome of a dangerous action unknown (e-208 · VF3ABCDE0FG123456)"]
    action.set(state="accepted", upstream_id="a1", accepted_at=now)
    clock.sweep_after(minutes=1)
    assert subjects()[1:] == ["Lyon: Over: Outcome of a dangerous action unknown (e-208 · VF3ABCDE0FG123456)"]
    assert "has reached the manufacturer's cloud" in mail.outbox[1].body


@pytest.mark.parametrize(
    ("state", "kind"), [(State.DOWN, "Manufacturer's cloud down"), (State.REFUSED, "Credentials refused")]
)
def test_a_gateway_that_is_down_or_refuses_us(
    yard: Yard, camille: User, clock: Clock, state: GatewayHealth.State, kind: str
) -> None:
    health = GatewayHealth.objects.create(gateway=yard.gateway, state=state, why=written("Half of it."))
    clock.sweep_after(seconds=15)
    clock.sweep_after(seconds=15)
    assert subjects() == [f"Lyon: {kind}"]
    assert "Half of it." in mail.outbox[0].body
    health.state = State.UP
    health.save()
    clock.sweep_after(minutes=1)
    assert subjects()[1:] == [f"Lyon: Over: {kind}"]
    assert "takes remote actions again" in mail.outbox[1].body


def test_what_refuses_in_front_of_a_gateway_is_not_told_as_our_credentials(
    yard: Yard, camille: User, clock: Clock
) -> None:
    met = Why(codes.IN_FRONT_SAYING, status=403, words="Forbidden: Not subscribed.")
    GatewayHealth.objects.create(gateway=yard.gateway, state=State.REFUSED, why=met)
    clock.sweep_after(seconds=15)
    clock.sweep_after(seconds=15)
    body = " ".join(mail.outbox[0].body.split())
    assert "Something in front of the manufacturer's cloud (sandbox) refuses us, so nothing is sent." in body
    assert "“Forbidden: Not subscribed.”" in body
    assert "credentials, so" not in body


def test_a_gateway_that_is_back_but_refuses_us_is_no_all_clear_alone(yard: Yard, camille: User, clock: Clock) -> None:
    health = GatewayHealth.objects.create(gateway=yard.gateway, state=State.DOWN)
    clock.sweep_after(seconds=15)
    health.state = State.REFUSED
    health.save()
    clock.sweep_after(minutes=1)
    assert open_alerts() == ["gateway-refused"]
    assert subjects()[1:] == ["2 alerts: Lyon"]
    assert "answers again, but refuses our credentials" in mail.outbox[1].body


def test_a_change_of_health_is_noted_at_once(
    yard: Yard, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        gateway_health.change(yard.gateway, State.DOWN, written("No connection."))
    assert open_alerts() == ["gateway-down"]
    with django_capture_on_commit_callbacks(execute=True):
        gateway_health.change(yard.gateway, State.UP)
    assert open_alerts() == []


def test_a_callback_that_has_failed_and_runs_again(yard: Yard, camille: User, clock: Clock) -> None:
    callback = make_callback(yard.fleet, label="Booking")
    status.fail(callback, "5 notifications in a row did not arrive.")
    clock.sweep_after(seconds=15)
    assert subjects() == ["Lyon: Callback failed"]
    assert "“Booking”. 5 notifications in a row did not arrive." in mail.outbox[0].body
    assert f"/fleets/{yard.fleet.public_id}/callbacks/{callback.public_id}" in mail.outbox[0].body
    status.resume(callback)
    clock.sweep_after(minutes=1)
    assert subjects()[1:] == ["Lyon: Over: Callback failed"]


def test_a_callback_whose_address_is_gone_or_that_is_deleted(yard: Yard, clock: Clock) -> None:
    callback = make_callback(yard.fleet)
    gone(callback)
    assert open_alerts() == ["callback-failed"]
    callback.deleted_at = clock.at
    callback.save()
    clock.sweep_after(seconds=15)
    assert open_alerts() == []


def test_a_callback_that_a_person_pauses_is_none(yard: Yard) -> None:
    status.pause(make_callback(yard.fleet), "Camille has paused it.")
    assert open_alerts() == []


def wake_up(yard: Yard, number: int) -> None:
    action = yard.action(f"w{number}", state="done", finished_at=timezone.now())
    WakeUp.objects.create(action=action, vehicle=yard.vehicle, at=timezone.now())


def test_wake_ups_that_are_nearly_spent(yard: Yard, camille: User, clock: Clock) -> None:
    FleetRules.objects.create(fleet=yard.fleet, wake_ups_a_month=4, wake_reserve=2)
    wake_up(yard, 1)
    clock.sweep_after(seconds=1)
    assert open_alerts() == []
    wake_up(yard, 2)
    for number in range(3, 6):
        clock.sweep_after(seconds=1)
        wake_up(yard, number)
    assert subjects() == ["Lyon: Wake-ups nearly spent (e-208 · VF3ABCDE0FG123456)"]
    assert "2 of the 4 wake-ups that e-208 has in this month are spent." in mail.outbox[0].body
    FleetRules.objects.update(wake_ups_a_month=100)
    clock.sweep_after(minutes=1)
    assert subjects()[1:] == ["Lyon: Over: Wake-ups nearly spent (e-208 · VF3ABCDE0FG123456)"]


def test_a_new_month_is_the_all_clear_too(yard: Yard, clock: Clock) -> None:
    FleetRules.objects.create(fleet=yard.fleet, wake_ups_a_month=3, wake_reserve=2)
    wake_up(yard, 1)
    clock.sweep_after(seconds=1)
    assert open_alerts() == ["wake-ups"]
    clock.sweep_after(days=31)
    assert open_alerts() == []


def test_wake_ups_of_a_fleet_that_has_set_no_limit(yard: Yard, clock: Clock) -> None:
    for number in range(20):
        wake_up(yard, number)
    clock.sweep_after(seconds=15)
    assert open_alerts() == []
