"""Bulk commands and schedules are what they are now, not what an old page shows, whoever else is at them."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.contrib.auth.models import User

from campaigns import tasks
from campaigns.bulk import acting
from campaigns.bulk.planning import plan_again
from campaigns.bulk.rules import Care
from campaigns.schedules import changes, running
from fleets.models import AuditEntry, Fleet
from remotes.models import BulkCommand, RemoteAction, Schedule
from remotes.tasks import dispatch
from tests.campaigns.bulk_world import begin, end_actions, make_bulk, make_vehicles, stands, step
from tests.campaigns.schedule_world import Clock, clock_at, live_in, make_schedule, told
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.workers import HoldUp, Worker
from tests.world import make_fleet, make_person, make_vehicle


@pytest.fixture
def fleet(db: None) -> Fleet:
    fleet = make_fleet("Lyon")
    live_in(fleet, "Europe/Paris")
    return fleet


@pytest.fixture
def camille(fleet: Fleet) -> User:
    return make_person("camille", fleet)


# Bulk commands.


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_a_bulk_command_to_the_first(
    fleet: Fleet, camille: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vehicles(fleet, 3)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    hold_up = HoldUp(monkeypatch, "campaigns.bulk.running.request_action")
    first = Worker(tasks.run_bulks)
    hold_up.until_reached()
    Worker(tasks.run_bulks).until_it_waits()
    hold_up.let_go()
    first.result()
    assert stands(bulk) == {"asked": 3}
    assert RemoteAction.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_being_sent_when_a_bulk_command_is_stopped_goes_on_and_the_others_are_cancelled(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = make_person("camille", yard.fleet)
    other = make_vehicle(yard.fleet, "Car 2")
    bulk = make_bulk(yard.fleet, manager)
    begin(bulk, manager)
    step(bulk)
    hold_up = HoldUp(monkeypatch, "remotes.gate.gate.hold")
    sending = Worker(lambda: dispatch(yard.vehicle.pk))
    hold_up.until_reached()
    stopping = Worker(lambda: acting.stop(bulk, manager)).until_it_waits()
    hold_up.let_go()
    sending.result()
    stopping.result()
    states = dict(RemoteAction.objects.values_list("vehicle", "state"))
    assert states == {yard.vehicle.pk: "accepted", other.pk: "cancelled"}


def test_a_page_that_is_old_starts_nothing_twice(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 2)
    bulk = make_bulk(fleet, camille)
    for page in [BulkCommand.objects.get(), BulkCommand.objects.get()]:
        acting.start(page, camille)
    assert AuditEntry.objects.filter(document__what="started a bulk command").count() == 1
    assert step(bulk) == {"asked": 2}


def test_a_page_that_is_old_stops_nothing_that_has_ended(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 1)
    bulk = make_bulk(fleet, camille)
    begin(bulk, camille)
    page = BulkCommand.objects.get()
    step(bulk)
    end_actions(bulk, "Success")
    step(bulk)
    acting.stop(page, camille)
    bulk.refresh_from_db()
    assert (bulk.state, bulk.halt) == ("done", "")


def test_a_page_that_is_old_looks_at_no_vehicle_again_that_was_asked(fleet: Fleet, camille: User) -> None:
    make_vehicles(fleet, 2)
    bulk = make_bulk(fleet, camille, care=Care(60_000_000, canary_size=1))
    page = BulkCommand.objects.get()
    begin(bulk, camille)
    step(bulk)
    plan_again(page, camille)
    assert stands(bulk) == {"asked": 1, "waiting": 1}


# Schedules.


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A Monday in winter, 07:00 in Paris."""
    with clock_at(2027, 1, 4, 6, 0) as clock:
        yield clock


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_a_schedule_to_the_first(
    clock: Clock, fleet: Fleet, camille: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = make_schedule(fleet, camille, vehicle=make_vehicle(fleet, "Van 1"))
    clock.set(2027, 1, 4, 6, 30)
    hold_up = HoldUp(monkeypatch, "campaigns.schedules.running.request_action")
    first = Worker(tasks.run_schedules)
    hold_up.until_reached()
    second = Worker(tasks.run_schedules).until_it_waits()
    hold_up.let_go()
    first.result()
    second.result()
    assert told(schedule) == [(date(2027, 1, 4), "sent", "")]
    assert RemoteAction.objects.count() == 1
    # The database would refuse a second run of one time; it is not left to that.
    assert "could not be run" not in caplog.text


def test_a_time_that_another_worker_has_run_is_not_run_again(clock: Clock, fleet: Fleet, camille: User) -> None:
    schedule = make_schedule(fleet, camille, vehicle=make_vehicle(fleet, "Van 1"))
    clock.set(2027, 1, 4, 6, 30)
    assert [running.run_once(schedule.pk) for _ in range(2)] == [True, False]
    assert RemoteAction.objects.count() == 1


Act = Callable[[Schedule, User], object]
ACTS: dict[str, Act] = {
    "pause": changes.pause,
    "resume": changes.resume,
    "end": changes.end,
    "change": lambda schedule, user: changes.change(schedule, {"name": "Evening"}, user),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ["active", "paused"])
def test_a_page_that_is_old_changes_nothing_of_a_schedule_that_has_ended(
    clock: Clock, fleet: Fleet, camille: User, act: str, state: str
) -> None:
    schedule = make_schedule(fleet, camille, vehicle=make_vehicle(fleet, "Van 1"))
    if state == "paused":
        changes.pause(schedule, camille)
    page = Schedule.objects.get()
    changes.end(Schedule.objects.get(), camille)
    left, told_before = Schedule.objects.values().get(), AuditEntry.objects.count()
    ACTS[act](page, camille)
    assert Schedule.objects.values().get() == left
    assert AuditEntry.objects.count() == told_before
