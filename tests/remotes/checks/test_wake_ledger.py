"""Wake-ups are counted a vehicle and month; the last ones are kept for what matters."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from protocol.catalogue import REMOTE_TYPES
from remotes.checks import wake_ledger
from remotes.models import FleetRules, RemoteAction, WakeUp
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Notify, Yard, event
from tests.world import make_event

MID_MONTH = datetime(2026, 11, 16, tzinfo=UTC)
HORN = {"remote_type": "Horn", "payload": {"state": "Activated"}}


def spend(yard: Yard, count: int, at: datetime | None = None) -> None:
    for number in range(count):
        action = yard.action(f"spent{number}", state="done", finished_at=timezone.now())
        WakeUp.objects.create(action=action, vehicle=yard.vehicle, at=at or timezone.now())


def dispatched(action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def test_a_waking_is_counted_once_however_often_it_is_told(yard: Yard, notify: Notify) -> None:
    action = yard.action()
    for _ in range(2):
        notify(event("Accepted"), event("WakingUpVehicle"))
    wake_up = WakeUp.objects.get()
    assert (wake_up.action, wake_up.vehicle) == (action, yard.vehicle)


def test_a_waking_that_overtakes_the_answer_is_counted_too(yard: Yard, cloud: Cloud, notify: Notify) -> None:
    notify(event("WakingUpVehicle"))
    assert not WakeUp.objects.exists()
    action = dispatched(yard.action(None))
    assert WakeUp.objects.get().action == action


def test_a_month_has_its_own_budget(yard: Yard) -> None:
    spend(yard, 2, MID_MONTH)
    spend_before = MID_MONTH - timedelta(days=20)
    WakeUp.objects.create(action=yard.action("october"), vehicle=yard.vehicle, at=spend_before)
    FleetRules.objects.create(fleet=yard.fleet, wake_ups_a_month=10, wake_reserve=3)
    found = wake_ledger.budget(yard.vehicle, MID_MONTH)
    assert (found.limit, found.spent, found.left, found.reserve_reached) == (10, 2, 8, False)
    assert found.forecast == 4
    assert not found.runs_out


def test_the_first_days_tell_nothing_of_the_month() -> None:
    assert wake_ledger.forecast(2, datetime(2026, 11, 2, tzinfo=UTC)) is None


def test_a_comfort_action_may_not_spend_the_reserve(yard: Yard, cloud: Cloud) -> None:
    FleetRules.objects.create(fleet=yard.fleet, wake_ups_a_month=5, wake_reserve=3)
    spend(yard, 2)
    action = dispatched(yard.action(None, **HORN))
    assert (action.state, action.failure_cause) == ("done", "TooManyWakeUpsOverMonth")
    assert action.detail == (
        "Not sent: 2 of the vehicle's 5 wake-ups of this month are spent, and a reserve of 3 is kept for locking, "
        "immobilising, finding and theft."
    )
    assert cloud.posted == []


def test_an_urgent_one_may(yard: Yard, cloud: Cloud) -> None:
    FleetRules.objects.create(fleet=yard.fleet, wake_ups_a_month=5, wake_reserve=3)
    spend(yard, 2)
    assert dispatched(yard.action(None)).state == "accepted"


def test_an_awake_vehicle_needs_no_wake_up(yard: Yard, cloud: Cloud) -> None:
    FleetRules.objects.create(fleet=yard.fleet, wake_ups_a_month=5, wake_reserve=3)
    spend(yard, 2)
    make_event(yard.action("a9", state="done", finished_at=timezone.now()), "SentToVehicle")
    assert dispatched(yard.action(None, **HORN)).state == "accepted"


@pytest.mark.parametrize("name", REMOTE_TYPES)
def test_without_a_limit_nothing_is_refused(yard: Yard, name: str) -> None:
    spend(yard, 2)
    assert wake_ledger.refusal(yard.vehicle, REMOTE_TYPES[name], FleetRules(fleet=yard.fleet), timezone.now()) is None


def test_send_when_awake_waits_and_lets_the_others_pass(yard: Yard, cloud: Cloud) -> None:
    patient = dispatched(yard.action(None, when_awake=True, **HORN))
    assert patient.state == "queued"
    lock = dispatched(yard.action(None))
    assert lock.state == "accepted"
    make_event(lock, "SentToVehicle")
    RemoteAction.objects.filter(pk=lock.pk).update(state="done", finished_at=timezone.now())
    assert dispatched(patient).state == "accepted"


def test_send_when_awake_ends_with_its_time_to_live(yard: Yard, cloud: Cloud) -> None:
    action = yard.action(None, when_awake=True, expires_at=timezone.now(), **HORN)
    assert dispatched(action).state == "expired"
    assert cloud.posted == []
