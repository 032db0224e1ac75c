"""A bulk command on its way: canary, pace, stop, abort, retry, and what holds when workers die."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from campaigns.bulk import acting, running
from campaigns.bulk.planning import KEPT, WORTH, NotPlanned, plan_again, plan_retry, prune
from campaigns.bulk.rules import Care
from campaigns.tasks import run_bulks
from fleets.audit.entries import person
from fleets.models import AuditEntry, Fleet, Membership, Vehicle
from protocol.why import Why
from remotes.asking.ask import request_action
from remotes.asking.cancel import cancel
from remotes.models import BulkCommand, BulkItem, FleetRules, RemoteAction
from remotes.words import codes
from tests.campaigns.bulk_world import (
    AT_ONCE,
    begin,
    end_actions,
    make_bulk,
    make_vehicles,
    pretend_a_minute_has_passed,
    stands,
    step,
)
from tests.world import make_action, make_fleet, make_person, make_vehicle

State = BulkCommand.State
Item = BulkItem.State


@pytest.fixture
def fleet(db: None) -> Fleet:
    return make_fleet("Lyon")


@pytest.fixture
def camille(fleet: Fleet) -> User:
    return make_person("camille", fleet)


def test_nothing_is_asked_before_it_is_started(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 3)
    bulk = make_bulk(fleet, camille)
    assert step(bulk) == {"waiting": 3}
    assert not RemoteAction.objects.exists()


def test_each_vehicle_is_asked_in_the_name_and_with_the_wishes_of_who_asks(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 2)
    bulk = make_bulk(fleet, camille, reason="Parade", time_to_live=timedelta(minutes=15))
    begin(bulk, camille)
    assert step(bulk) == {"asked": 2}
    for action in RemoteAction.objects.all():
        assert (action.remote_type, action.payload) == ("Horn", {"state": "Activated"})
        assert (action.origin, action.user, action.reason) == ("bulk", camille, "Parade")
        assert abs(action.expires_at - timezone.now() - timedelta(minutes=15)) < timedelta(minutes=1)
    asked = AuditEntry.objects.filter(kind="asked")
    assert {(entry.origin, entry.who, entry.reason) for entry in asked} == {("bulk", "camille", "Parade")}


def test_the_first_vehicles_go_first_and_the_others_follow(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 10)
    bulk = make_bulk(fleet, camille, care=Care(60_000_000, canary_size=4, canary_share=75))
    begin(bulk, camille)
    assert (bulk.state, step(bulk)) == (State.CANARY, {"asked": 4, "waiting": 6})
    end_actions(bulk, "Success", "Failed", "AlreadyDone")
    assert step(bulk) == {"succeeded": 2, "failed": 1, "asked": 1, "waiting": 6}
    assert bulk.state == State.CANARY
    end_actions(bulk, "Success")
    assert step(bulk) == {"succeeded": 3, "failed": 1, "asked": 6}
    assert bulk.state == State.RUNNING
    end_actions(bulk, *["Success"] * 6)
    assert step(bulk) == {"succeeded": 9, "failed": 1}
    assert bulk.state == State.DONE
    assert bulk.finished_at is not None


def test_when_the_first_fail_the_others_are_left_alone(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 10)
    bulk = make_bulk(fleet, camille, care=Care(60_000_000, canary_size=4, canary_share=75))
    begin(bulk, camille)
    step(bulk)
    end_actions(bulk, "Failed", "Failed")
    step(bulk)
    assert bulk.state == State.ABORTED
    assert (bulk.halt, bulk.halt_number, bulk.halt_of) == ("canary", 0, 4)
    # What was not sent yet is cancelled, and then it is finished.
    assert step(bulk) == {"failed": 2, "cancelled": 8}
    assert bulk.finished_at is not None
    assert set(RemoteAction.objects.values_list("state", flat=True)) == {"done", "cancelled"}


@pytest.mark.parametrize("share", [1, 75, 100])
def test_when_the_first_are_all_cancelled_the_others_are_left_alone(fleet: Fleet, camille: User, share: int) -> None:
    """Nobody knows then whether it works."""
    make_vehicles(fleet, 10)
    bulk = make_bulk(fleet, camille, care=Care(60_000_000, canary_size=4, canary_share=share))
    begin(bulk, camille)
    assert step(bulk) == {"asked": 4, "waiting": 6}
    for action in RemoteAction.objects.all():
        cancel(action, person(camille))
    assert step(bulk) == {"cancelled": 10}
    assert (bulk.state, bulk.halt, bulk.halt_number, bulk.halt_of) == (State.ABORTED, "canary", 0, 4)
    step(bulk)
    assert bulk.finished_at is not None
    assert RemoteAction.objects.count() == 4


def test_a_cancelled_one_of_the_first_is_no_success(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 10)
    bulk = make_bulk(fleet, camille, care=Care(60_000_000, canary_size=4, canary_share=50))
    begin(bulk, camille)
    step(bulk)
    cancel(RemoteAction.objects.earliest("pk"), person(camille))
    end_actions(bulk, "Success")
    # One may still succeed, and nobody else is asked in place of the one that was cancelled.
    assert step(bulk) == {"cancelled": 1, "succeeded": 1, "asked": 2, "waiting": 6}
    assert bulk.state == State.CANARY
    end_actions(bulk, "Failed", "Failed")
    step(bulk)
    assert (bulk.state, bulk.halt_number) == (State.ABORTED, 1)


def test_it_ends_by_itself_when_too_many_fail(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 30)
    bulk = make_bulk(fleet, camille, care=Care(600, abort_share=30))
    begin(bulk, camille)
    assert step(bulk) == {"asked": 20, "waiting": 10}
    end_actions(bulk, *["Failed"] * 3, *["Success"] * 7)
    step(bulk)
    assert (bulk.state, bulk.halt, bulk.halt_number, bulk.halt_of) == (State.ABORTED, "failures", 3, 10)
    assert step(bulk) == {"succeeded": 7, "failed": 3, "cancelled": 20}


def test_the_pace_is_kept(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 6)
    bulk = make_bulk(fleet, camille, care=Care(2))
    begin(bulk, camille)
    seen = [step(bulk)["asked"]]
    for _ in range(3):
        pretend_a_minute_has_passed(bulk)
        seen.append(step(bulk)["asked"])
        assert step(bulk)["asked"] == seen[-1]
    assert seen == [1, 3, 5, 6]


def test_stop_asks_nobody_more_and_cancels_what_is_unsent(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 8)
    bulk = make_bulk(fleet, camille, care=Care(60_000_000, canary_size=3))
    begin(bulk, camille)
    step(bulk)
    first = bulk.items.order_by("place")[0]
    RemoteAction.objects.filter(bulk_item=first).update(state="accepted", upstream_id="a1")
    acting.stop(bulk, camille)
    assert step(bulk) == {"asked": 1, "cancelled": 7}
    assert (bulk.state, bulk.stopped_by, bulk.finished_at) == (State.STOPPED, camille, None)
    # What was sent already is followed to its end.
    end_actions(bulk, "Success")
    assert step(bulk) == {"succeeded": 1, "cancelled": 7}
    assert bulk.finished_at is not None
    entries = AuditEntry.objects.filter(kind="operated", origin="bulk")
    told = {(entry.document["what"], entry.who) for entry in entries}
    assert told == {
        ("started a bulk command", "camille"),
        ("stopped a bulk command", "camille"),
        ("cancelled", "camille"),
    }


def test_stopping_twice_or_after_the_end_changes_nothing(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 1)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    step(bulk)
    end_actions(bulk, "Success")
    step(bulk)
    acting.stop(bulk, camille)
    bulk.refresh_from_db()
    assert bulk.state == State.DONE


def test_what_has_changed_since_is_skipped_and_said(fleet: Fleet, camille: User) -> None:
    gone, busy, left, fit = make_vehicles(fleet, 4)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    Vehicle.objects.filter(pk=gone.pk).update(gone_at=timezone.now())
    make_action(busy, "honk", state="accepted")
    Vehicle.objects.filter(pk=left.pk).update(fleet=make_fleet("Paris"))
    assert step(bulk) == {"skipped": 3, "asked": 1}
    why = dict(bulk.items.values_list("vehicle__label", "why"))
    assert str(why["Car 1"]).startswith("Car 1 is gone")
    assert why["Car 2"] == Why(codes.IN_PROGRESS)
    assert why["Car 3"] == Why(codes.HAS_LEFT, vehicle="Car 3")
    assert not fit.remote_actions.get().bulk_item.why


def test_an_action_that_expires_or_is_cancelled_is_followed(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 2)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    step(bulk)
    end_actions(bulk, "Failed", state="expired")
    end_actions(bulk, "Failed", state="cancelled")
    assert step(bulk) == {"failed": 1, "cancelled": 1}


def test_who_manages_the_fleet_no_longer_asks_nobody(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 3)
    bulk = make_bulk(fleet, camille, care=Care(1))
    begin(bulk, camille)
    step(bulk)
    pretend_a_minute_has_passed(bulk)
    Membership.objects.update(role="viewer")
    step(bulk)
    assert (bulk.state, bulk.halt) == (State.STOPPED, "rights")
    assert step(bulk) == {"cancelled": 3}


def test_a_type_that_needs_approval_waits_for_it(fleet: Fleet, camille: User) -> None:
    FleetRules.objects.create(fleet=fleet, approval_types=["Horn"])
    make_vehicles(fleet, 2)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    assert step(bulk) == {"asked": 2}
    assert set(RemoteAction.objects.values_list("state", flat=True)) == {"waiting-approval"}


def test_a_worker_that_dies_has_asked_nobody(fleet: Fleet, camille: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make_vehicles(fleet, 5)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    calls = iter(range(3))

    def dies(*args: object, **more: object) -> RemoteAction:
        if next(calls) == 2:
            raise SystemExit
        return request_action(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("campaigns.bulk.running.request_action", dies)
    with pytest.raises(SystemExit):
        running.run(bulk.pk)
    assert stands(bulk) == {"waiting": 5}
    assert not RemoteAction.objects.exists()
    monkeypatch.undo()
    assert step(bulk) == {"asked": 5}
    assert RemoteAction.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_each_vehicle_once() -> None:
    fleet = make_fleet("Lyon")
    camille = make_person("camille", fleet)
    make_vehicles(fleet, 30)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)

    def work() -> None:
        running.run(bulk.pk)
        connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert stands(bulk) == {"asked": 30}
    assert RemoteAction.objects.count() == RemoteAction.objects.values("vehicle").distinct().count() == 30


def test_one_that_can_not_be_brought_on_does_not_hold_back_the_others(
    fleet: Fleet, camille: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vehicles(fleet, 2)
    bulks = [make_bulk(fleet, camille, command) for command in ("honk", "lock")]
    for bulk in bulks:
        begin(bulk, camille)
    real: Callable[[int], None] = running.run

    def run(pk: int) -> None:
        if pk == bulks[0].pk:
            raise RuntimeError("broken")
        real(pk)

    monkeypatch.setattr(running, "run", run)
    run_bulks()
    assert [stands(bulk) for bulk in bulks] == [{"waiting": 2}, {"asked": 2}]


def test_dispatch_is_woken_for_each_vehicle(
    fleet: Fleet,
    camille: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    vehicles = make_vehicles(fleet, 3)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    woken: list[int] = []
    monkeypatch.setattr("remotes.asking.ask.wake", lambda task, ids, **_: woken.extend(ids))
    with django_capture_on_commit_callbacks(execute=True):
        running.run(bulk.pk)
    assert sorted(woken) == [vehicle.pk for vehicle in vehicles]


def test_those_that_failed_are_tried_again_by_a_new_one(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 5)
    bulk = make_bulk(fleet, camille, care=Care(60_000_000, 2, 50, 90), reason="Parade")
    begin(bulk, camille)
    step(bulk)
    end_actions(bulk, "Success", "Success")
    step(bulk)
    end_actions(bulk, "Failed", "Success", "Failed")
    step(bulk)
    again = plan_retry(bulk, [Item.FAILED], camille)
    assert (again.retry_of, again.state, again.remote, again.reason) == (bulk, State.PREFLIGHT, bulk.remote, "Parade")
    assert list(again.items.values_list("vehicle__label", flat=True)) == ["Car 3", "Car 5"]
    with pytest.raises(NotPlanned):
        plan_retry(bulk, [Item.CANCELLED], camille)


def test_a_correction_of_upstream_is_followed_after_the_end(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 2)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    step(bulk)
    end_actions(bulk, "Failed", "Success")
    step(bulk)
    RemoteAction.objects.filter(status="Failed").update(status="Success")
    run_bulks()
    assert stands(bulk) == {"succeeded": 2}
    RemoteAction.objects.update(status="Failed")
    running.follow_corrections()
    assert stands(bulk) == {"failed": 2}


def test_vehicles_can_be_looked_at_again_until_it_starts(fleet: Fleet, camille: User) -> None:
    vehicle, _ = make_vehicles(fleet, 2)
    bulk = make_bulk(fleet, camille)
    Vehicle.objects.filter(pk=vehicle.pk).update(gone_at=timezone.now())
    plan_again(bulk, camille)
    assert stands(bulk) == {"skipped": 1, "waiting": 1}
    begin(bulk, camille)
    step(bulk)
    plan_again(bulk, camille)
    assert stands(bulk) == {"skipped": 1, "asked": 1}


def test_what_was_looked_at_long_ago_does_not_start(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 1)
    bulk = make_bulk(fleet, camille)
    BulkCommand.objects.update(checked_at=timezone.now() - WORTH - timedelta(seconds=1))
    with pytest.raises(acting.Outdated):
        acting.start(bulk, camille)
    BulkCommand.objects.update(created_at=timezone.now() - KEPT - timedelta(seconds=1))
    prune()
    assert not BulkCommand.objects.exists()


def test_a_bulk_command_of_nobody_is_none(fleet: Fleet, camille: User) -> None:
    with pytest.raises(NotPlanned):
        make_bulk(fleet, camille)


def test_all_skipped_is_done_at_once(fleet: Fleet, camille: User) -> None:
    make_vehicle(fleet, "gone", gone_at=timezone.now())
    bulk = make_bulk(fleet, camille, care=Care(60, canary_size=5))
    begin(bulk, camille)
    assert (step(bulk), bulk.state) == ({"skipped": 1}, State.DONE)


def test_looking_at_many_takes_no_statement_a_vehicle(fleet: Fleet, camille: User) -> None:
    def statements(count: int) -> int:
        make_vehicles(fleet, count)
        with CaptureQueriesContext(connection) as captured:
            bulk = make_bulk(fleet, camille)
            begin(bulk, camille)
        return len(captured)

    few, many = statements(3), statements(300)
    assert many == few <= 17


def test_a_step_without_news_takes_few_statements(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 50)
    bulk = make_bulk(fleet, camille, care=AT_ONCE)
    begin(bulk, camille)
    step(bulk)
    with CaptureQueriesContext(connection) as captured:
        running.run(bulk.pk)
    assert len(captured) <= 6
