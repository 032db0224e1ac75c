"""Schedules by the clock: on time, late, skipped, over, and once each, whatever dies."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from campaigns.schedules import changes, running
from campaigns.tasks import run_schedules
from fleets.models import AuditEntry, Fleet, Membership, Vehicle
from remotes.asking.ask import request_action
from remotes.checks.cases import open_cases
from remotes.checks.checks import CHECKS, Checked
from remotes.finding.vehicles import VehicleFilter
from remotes.models import BulkCommand, RemoteAction, Schedule, ScheduleRun
from tests.campaigns.bulk_world import step
from tests.campaigns.schedule_world import Clock, clock_at, live_in, make_schedule, told
from tests.world import NOON, make_fleet, make_person, make_vehicle


@pytest.fixture
def fleet(db: None) -> Fleet:
    fleet = make_fleet("Lyon")
    live_in(fleet, "Europe/Paris")
    return fleet


@pytest.fixture
def camille(fleet: Fleet) -> User:
    return make_person("camille", fleet)


@pytest.fixture
def van(fleet: Fleet) -> Vehicle:
    return make_vehicle(fleet, "Van 1")


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A Monday in winter, 07:00 in Paris."""
    with clock_at(2027, 1, 4, 6, 0) as clock:
        yield clock


def test_it_is_sent_on_time_in_the_name_of_who_made_it(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van, reason="Cold seats")
    clock.sweep(2027, 1, 4, 6, 29, 59)
    assert not RemoteAction.objects.exists()
    clock.sweep(2027, 1, 4, 6, 30, 4)
    action = RemoteAction.objects.get()
    assert (action.vehicle, action.remote_type, action.user) == (van, "Preconditioning", camille)
    assert (action.origin, action.reason) == ("schedule", "Schedule: Morning. Cold seats")
    run = schedule.runs.get()
    assert (run.state, run.asked, run.action, run.bulk) == ("sent", 1, action, None)
    assert (run.local_date, run.local_time, run.zone) == (date(2027, 1, 4), time(7, 30), "Europe/Paris")
    entry = AuditEntry.objects.get(kind="asked")
    assert (entry.origin, entry.who) == ("schedule", "camille")
    clock.sweep(2027, 1, 4, 6, 30, 14)
    assert RemoteAction.objects.count() == 1


def test_a_year_with_both_changes_of_the_clocks(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van, days=[6], local_time=time(2, 30))
    while clock.now < datetime(2028, 1, 1, tzinfo=UTC):
        assert schedule.next_run_at is not None
        for seconds in (-5, 5):
            clock.now = schedule.next_run_at + timedelta(seconds=seconds)
            running.run_due()
        schedule.refresh_from_db()
    runs = list(schedule.runs.order_by("pk"))
    assert [run.local_date for run in runs] == [date(2027, 1, 10) + timedelta(weeks=week) for week in range(52)]
    assert {run.state for run in runs} == {"sent"}
    by_day = {run.local_date: f"{run.planned_at:%H:%M}" for run in runs}
    # 28 March has no 02:30, so that it runs when clocks are set to 03:00; 31 October has two, and it runs at the first.
    assert [by_day[day] for day in (date(2027, 3, 21), date(2027, 3, 28), date(2027, 4, 4))] == [
        "01:30",
        "01:00",
        "00:30",
    ]
    assert [by_day[day] for day in (date(2027, 10, 24), date(2027, 10, 31), date(2027, 11, 7))] == [
        "00:30",
        "00:30",
        "01:30",
    ]


def test_a_time_that_exists_twice_in_a_night_runs_once(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    clock.set(2027, 10, 30, 12)
    schedule = make_schedule(fleet, camille, vehicle=van, local_date=date(2027, 10, 31), local_time=time(2, 30))
    clock.sweep_until(2027, 10, 31, 6)
    assert told(schedule) == [(date(2027, 10, 31), "sent", "")]


def test_many_vehicles_are_asked_by_a_bulk_command(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    make_vehicle(fleet, "Van 2")
    make_vehicle(fleet, "Car")
    make_vehicle(make_fleet("Paris"), "Van 3")
    schedule = make_schedule(fleet, camille, filter=VehicleFilter(q="van").stored)
    clock.sweep(2027, 1, 4, 6, 30)
    run = schedule.runs.get()
    assert (run.state, run.asked, run.left_out, run.action) == ("sent", 2, 0, None)
    assert run.bulk is not None
    assert (run.bulk.user, run.bulk.reason) == (camille, "Schedule: Morning")
    assert step(run.bulk) == {"asked": 2}
    assert {action.vehicle.label for action in RemoteAction.objects.all()} == {"Van 1", "Van 2"}


def test_vehicles_that_can_not_do_it_are_told(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    make_vehicle(fleet, "Old", capabilities=["Horn"])
    schedule = make_schedule(fleet, camille)
    clock.sweep(2027, 1, 4, 6, 30)
    run = schedule.runs.get()
    assert (run.state, run.asked, run.left_out) == ("part", 1, 1)
    Vehicle.objects.update(capabilities=["Horn"])
    clock.sweep(2027, 1, 5, 6, 30)
    assert told(schedule)[1] == (date(2027, 1, 5), "skipped", "unable")


def test_one_that_can_not_do_it_is_told_in_words(clock: Clock, fleet: Fleet, camille: User) -> None:
    old = make_vehicle(fleet, "Old", capabilities=["Horn"])
    schedule = make_schedule(fleet, camille, vehicle=old)
    clock.sweep(2027, 1, 4, 6, 30)
    run = schedule.runs.get()
    assert (run.state, run.why, str(run.detail)) == ("skipped", "unable", "Old can't do this: Cabin climate.")


def test_a_filter_that_means_nobody_is_told(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, filter=VehicleFilter(q="lorry").stored)
    clock.sweep(2027, 1, 4, 6, 30)
    assert told(schedule) == [(date(2027, 1, 4), "skipped", "nobody")]
    assert not BulkCommand.objects.exists()


@pytest.mark.parametrize(
    ("stored", "detail"),
    [
        ({"version": 0, "query": "colour=red"}, "it is not of a version that is known"),
        ({"version": 1, "q": "van", "colour": "red"}, "colour is not known"),
        ({"version": 1, "energy": "Steam"}, "energy is 'Steam'"),
    ],
)
def test_a_filter_that_is_not_understood_means_neither_all_nor_none(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle, stored: dict[str, object], detail: str
) -> None:
    schedule = make_schedule(fleet, camille, filter=stored)
    clock.sweep(2027, 1, 4, 6, 30)
    assert told(schedule) == [(date(2027, 1, 4), "skipped", "unclear")]
    assert str(schedule.runs.get().detail) == detail
    assert not BulkCommand.objects.exists()


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        # Three mornings without FleetRemote: they are left out, or the last one is made up for.
        ("skip", [("missed", "down"), ("missed", "down"), ("missed", "down")]),
        ("send", [("missed", "replaced"), ("missed", "replaced"), ("sent", "late")]),
    ],
)
def test_what_was_missed_is_left_out_or_sent_once(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle, missed: str, expected: list[tuple[str, str]]
) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van, missed=missed)
    clock.sweep(2027, 1, 6, 9, 0)
    days = [date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6)]
    assert told(schedule) == [(day, *outcome) for day, outcome in zip(days, expected, strict=True)]
    assert RemoteAction.objects.count() == (missed == "send")
    clock.sweep(2027, 1, 7, 6, 30)
    assert told(schedule)[3] == (date(2027, 1, 7), "sent", "")


@pytest.mark.parametrize(("minutes", "state"), [(5, "sent"), (6, "missed")])
def test_a_few_minutes_are_no_miss(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle, minutes: int, state: str
) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    clock.sweep(2027, 1, 4, 6, 30 + minutes)
    assert schedule.runs.get().state == state


def test_it_ends_after_its_last_day(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van, ends_on=date(2027, 1, 5))
    clock.sweep_until(2027, 1, 8, 0)
    assert [run.local_date for run in schedule.runs.order_by("pk")] == [date(2027, 1, 4), date(2027, 1, 5)]
    schedule.refresh_from_db()
    assert (schedule.state, schedule.next_run_at) == ("ended", None)


def test_once_is_over_after_its_time_sent_or_not(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van, local_date=date(2027, 1, 4))
    clock.sweep(2027, 1, 4, 12)
    assert told(schedule) == [(date(2027, 1, 4), "missed", "down")]
    schedule.refresh_from_db()
    assert schedule.state == "ended"


def test_what_would_never_run_is_not_made(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    cases: list[dict[str, Any]] = [
        {"local_date": date(2027, 1, 3)},
        {"ends_on": date(2027, 1, 3)},
        {"local_date": date(2027, 1, 4)},
    ]
    for values in cases:
        with pytest.raises(changes.NeverRuns):
            make_schedule(fleet, camille, vehicle=van, **{"local_time": time(6, 59), **values})
    assert not Schedule.objects.exists()


def test_a_pause_misses_nothing(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van, missed="send")
    changes.pause(schedule, camille)
    clock.sweep(2027, 1, 6, 12)
    assert told(schedule) == []
    changes.resume(schedule, camille)
    clock.sweep(2027, 1, 6, 12, 0, 10)
    clock.sweep(2027, 1, 7, 6, 30)
    assert told(schedule) == [(date(2027, 1, 7), "sent", "")]
    changes.end(schedule, camille)
    clock.sweep(2027, 1, 8, 6, 30)
    assert schedule.runs.count() == 1
    what = AuditEntry.objects.filter(kind="operated").order_by("pk").values_list("document__what", flat=True)
    assert list(what) == ["made a schedule", "paused a schedule", "resumed a schedule", "ended a schedule"]


def test_the_rights_of_who_made_it_are_asked_each_time(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    clock.sweep(2027, 1, 4, 6, 30)
    Membership.objects.update(role="viewer")
    # What was asked for, and not sent yet, isn't sent any more either.
    (case,) = open_cases(van)
    refusal = CHECKS["rights"](Checked(case.action, case.rules, [], clock.now, case.asker))
    assert refusal is not None
    assert refusal.cause == "MissingRights"
    clock.sweep(2027, 1, 5, 6, 30)
    assert told(schedule)[1] == (date(2027, 1, 5), "skipped", "rights")
    # Another manager takes it over by changing it.
    diane = make_person("diane", fleet)
    assert changes.change(schedule, {"name": "Evening"}, diane)
    clock.sweep(2027, 1, 6, 6, 30)
    assert RemoteAction.objects.latest("pk").user == diane


@pytest.mark.parametrize(
    "less",
    [{"role": "support"}, {"remote_types": ["Locking"]}, {"ends_at": NOON}, {"narrowed": True}],
    ids=["makes no schedules", "other types", "until a moment", "some vehicles"],
)
def test_who_may_less_than_it_asks_has_nothing_sent(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle, less: dict[str, Any]
) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    Membership.objects.update(**less)
    clock.sweep(2027, 1, 4, 6, 30)
    assert told(schedule)[-1] == (date(2027, 1, 4), "skipped", "rights")
    assert not RemoteAction.objects.exists()


def test_an_admin_needs_no_membership(clock: Clock, fleet: Fleet, van: Vehicle) -> None:
    schedule = make_schedule(fleet, make_person("root", is_superuser=True), vehicle=van)
    clock.sweep(2027, 1, 4, 6, 30)
    assert told(schedule)[-1] == (date(2027, 1, 4), "sent", "")
    (case,) = open_cases(van)
    assert case.asker.may_send


def test_nobody_speaks_for_an_account_that_is_gone(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    camille.delete()
    clock.sweep(2027, 1, 4, 6, 30)
    assert told(schedule) == [(date(2027, 1, 4), "skipped", "rights")]


def test_a_vehicle_that_went_to_another_fleet_is_left_alone(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle
) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    Vehicle.objects.update(fleet=make_fleet("Paris"))
    clock.sweep(2027, 1, 4, 6, 30)
    assert told(schedule) == [(date(2027, 1, 4), "skipped", "left")]
    assert not RemoteAction.objects.exists()


def test_it_follows_the_time_zone_of_its_fleet(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    live_in(fleet, "America/New_York")
    clock.sweep_until(2027, 1, 4, 14, 0)
    run = schedule.runs.get()
    assert (f"{run.planned_at:%H:%M}", run.zone) == ("12:30", "America/New_York")


def test_a_change_of_its_name_loses_no_time_that_is_due(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle
) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    clock.set(2027, 1, 4, 6, 30, 5)
    changes.change(schedule, {"name": "Dawn"}, camille)
    clock.sweep(2027, 1, 4, 6, 30, 10)
    assert told(schedule) == [(date(2027, 1, 4), "sent", "")]
    changes.change(schedule, {"local_time": time(8)}, camille)
    clock.sweep(2027, 1, 4, 7, 0)
    assert len(told(schedule)) == 2


def test_a_clock_that_is_set_back_sends_nothing_twice(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    clock.sweep(2027, 1, 4, 6, 30)
    clock.set(2027, 1, 4, 6, 0)
    changes.change(schedule, {"local_time": time(7, 45)}, camille)
    changes.change(schedule, {"local_time": time(7, 30)}, camille)
    clock.sweep(2027, 1, 4, 6, 30)
    assert len(told(schedule)) == 1
    schedule.refresh_from_db()
    assert schedule.next_day == date(2027, 1, 5)


def test_a_time_is_once_in_the_database_too(clock: Clock, fleet: Fleet, camille: User, van: Vehicle) -> None:
    schedule = make_schedule(fleet, camille, vehicle=van)
    clock.sweep(2027, 1, 4, 6, 30)
    run = schedule.runs.get()
    run.pk, run.action = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save()


def test_one_that_fails_keeps_no_other_from_running(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_schedule(fleet, camille, vehicle=van, local_time=time(7, 29))
    second = make_schedule(fleet, camille, "honk", vehicle=van)

    def broken(vehicle: Vehicle, remote: Any, **more: Any) -> RemoteAction:
        if remote.remote_type.name == "Preconditioning":
            raise RuntimeError("broken")
        return request_action(vehicle, remote, **more)

    monkeypatch.setattr(running, "request_action", broken)
    clock.sweep(2027, 1, 4, 6, 30)
    assert (told(first), len(told(second))) == ([], 1)
    monkeypatch.undo()
    with clock_at(2027, 1, 4, 6, 31):
        run_schedules()
    assert len(told(first)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_on_the_way_has_asked_nobody(
    clock: Clock, fleet: Fleet, camille: User, van: Vehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vehicle(fleet, "Van 2")
    one = make_schedule(fleet, camille, vehicle=van)
    many = make_schedule(fleet, camille)

    def die(*_: Any) -> None:
        """Lose the connection, as when the process is killed, after all was written and before it is committed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def one_sweep() -> None:
        clock.sweep(2027, 1, 4, 6, 30)
        connection.close()

    monkeypatch.setattr(running, "go_on", die)
    for _ in range(2):
        thread = Thread(target=one_sweep)
        thread.start()
        thread.join()
    assert not RemoteAction.objects.exists()
    assert not BulkCommand.objects.exists()
    assert not ScheduleRun.objects.exists()
    monkeypatch.undo()
    with clock_at(2027, 1, 4, 6, 30, 10) as clock:
        running.run_due()
    assert told(one) == told(many) == [(date(2027, 1, 4), "sent", "")]
    assert (RemoteAction.objects.count(), BulkCommand.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(clock: Clock, fleet: Fleet, camille: User) -> None:
    schedules = [
        make_schedule(fleet, camille, vehicle=make_vehicle(fleet, f"Van {number}"), name=f"Van {number}")
        for number in range(8)
    ]
    clock.set(2027, 1, 4, 6, 30)
    barrier = Barrier(4)

    def work() -> None:
        barrier.wait()
        running.run_due()
        connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    running.run_due()
    assert RemoteAction.objects.count() == 8
    assert all(told(schedule) == [(date(2027, 1, 4), "sent", "")] for schedule in schedules)
