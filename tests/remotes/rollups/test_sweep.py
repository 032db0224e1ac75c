"""What is counted ahead is what is there: in whatever order it comes, whatever is corrected, and not twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fleets.models import Fleet
from remotes.counts.conditions import Standing
from remotes.models import ActionCount, CountDue, CountState, FleetRules, RemoteAction, WakeUp
from remotes.rollups import sweep
from remotes.rollups.bins import day_bin, days, hours
from remotes.rollups.counting import WOKEN, Selection
from remotes.rollups.reading import counted
from tests.world import make_action, make_fleet, make_vehicle

PARIS = ZoneInfo("Europe/Paris")
# A day of 25 hours is among those before it.
NOW = datetime(2026, 10, 27, 14, 20, tzinfo=UTC)
ENDS: dict[str, dict[str, Any]] = {
    "succeeded": {"state": "done", "status": "Success", "status_stage": 3},
    "failed": {"state": "done", "status": "Failed", "status_stage": 3, "failure_cause": "DoorsOpen"},
    "silent": {"state": "expired", "status": "Failed", "status_stage": 2},
    "cancelled": {"state": "cancelled", "status": "", "status_stage": 0},
}


def sweep_at(at: datetime) -> None:
    fleet = Fleet.objects.get()
    sweep.count_fleet(fleet.pk, at)


def ended(fleet: Fleet, how: str, at: datetime, *, command: str = "unlock", model: str = "") -> RemoteAction:
    vehicle = fleet.vehicles.filter(model=model).first() or make_vehicle(fleet, model=model)
    action = make_action(vehicle, command, finished_at=at, **ENDS[how])
    RemoteAction.objects.filter(pk=action.pk).update(created_at=at - timedelta(seconds=20))
    return action


def numbers(fleet: Fleet, now: datetime, span: timedelta = timedelta(days=12), **what: Any) -> dict[str, int]:
    """By outcome, as a plot reads it."""
    found: Counter[str] = Counter()
    bins = days(now - span, now, PARIS)
    for cell in counted(Selection(fleet.pk, **what), bins, PARIS).cells:
        found[cell.outcome] += cell.number
    return dict(found)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(ENDS)),
        st.sampled_from(["unlock", "honk"]),
        st.sampled_from(["", "e-208", "ë-C3"]),
        st.integers(0, 11 * 24 * 60),
        st.booleans(),
    ),
    max_size=12,
)


class RandomHistories(TestCase):
    """Each example is rolled back."""

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(STEPS, st.data())
    def test_counts_are_those_of_the_rows(self, steps: list[Any], data: st.DataObject) -> None:
        fleet = make_fleet()
        FleetRules.objects.create(fleet=fleet, time_zone=PARIS.key)
        for how, command, model, minutes, sweeps in steps:
            at = NOW - timedelta(minutes=minutes)
            action = ended(fleet, how, at, command=command, model=model)
            if sweeps:
                sweep_at(NOW)
            if data.draw(st.booleans()):
                correct_to = data.draw(st.sampled_from(sorted(ENDS)))
                RemoteAction.objects.filter(pk=action.pk).update(**{"failure_cause": None, **ENDS[correct_to]})
        for _ in range(3):
            sweep_at(NOW)
        everything = RemoteAction.objects.filter(fleet=fleet)
        bins = days(NOW - timedelta(days=12), NOW, PARIS)
        for remote_type in (None, "Locking", "Horn"):
            for model in (None, "", "e-208"):
                what = {"remote_type": remote_type, "vehicle__model": model}
                rows = everything.filter(**{name: value for name, value in what.items() if value is not None})
                found = counted(Selection(fleet.pk, remote_type=remote_type, model=model), bins, PARIS)
                total: Counter[str] = Counter()
                for cell in found.cells:
                    total[cell.outcome] += cell.number
                assert total == Counter(map(_how, rows))
                assert found.since is None


def _how(action: RemoteAction) -> str:
    if action.state == "cancelled":
        return Standing.CANCELLED
    return Standing.SUCCEEDED if action.status == "Success" else Standing.FAILED


@pytest.fixture
def fleet(db: None) -> Fleet:
    found = make_fleet()
    FleetRules.objects.create(fleet=found, time_zone=PARIS.key)
    return found


@pytest.mark.usefixtures("at_now")
def test_a_correction_after_the_fact_moves_the_count(fleet: Fleet) -> None:
    action = ended(fleet, "failed", NOW - timedelta(days=3))
    sweep_at(NOW)
    assert numbers(fleet, NOW) == {"failed": 1}
    RemoteAction.objects.filter(pk=action.pk).update(status="Success", failure_cause=None)
    sweep_at(NOW)
    sweep_at(NOW)
    assert numbers(fleet, NOW) == {"succeeded": 1}
    # What does not change how it ended, is not counted anew.
    RemoteAction.objects.filter(pk=action.pk).update(label="x", polls=F("polls") + 1)
    assert not CountDue.objects.exists()


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleets.storage.clock.now", lambda: NOW)


@pytest.mark.usefixtures("at_now")
def test_the_day_of_25_hours_is_one_day_and_each_of_its_hours_one(fleet: Fleet) -> None:
    sunday = day_bin(datetime(2026, 10, 25, 12, tzinfo=UTC), PARIS)
    for hour in hours(sunday.start, sunday.end, PARIS):
        ended(fleet, "succeeded", hour.start + timedelta(minutes=59))
    for _ in range(3):
        sweep_at(NOW)
    of_days = ActionCount.objects.filter(length="day", model=None, remote_type=None)
    assert list(of_days.values_list("start", "number")) == [(sunday.start, 25)]
    of_hours = ActionCount.objects.filter(length="hour", model=None, remote_type=None)
    assert sorted(of_hours.values_list("number", flat=True)) == [1] * 25


@pytest.mark.usefixtures("at_now")
def test_what_was_there_before_is_counted_a_piece_a_sweep_and_until_then_it_is_said(fleet: Fleet) -> None:
    for ago in (1, 9, 30):
        ended(fleet, "succeeded", NOW - timedelta(days=ago))
    CountDue.objects.all().delete()
    bins = days(NOW - timedelta(days=40), NOW, PARIS)
    sweep_at(NOW)
    first = counted(Selection(fleet.pk), bins, PARIS)
    assert (sum(cell.number for cell in first.cells), first.since is None) == (1, False)
    for _ in range(5):
        sweep_at(NOW)
    whole = counted(Selection(fleet.pk), bins, PARIS)
    assert (sum(cell.number for cell in whole.cells), whole.since) == (3, None)


@pytest.mark.usefixtures("at_now")
def test_another_time_zone_has_all_counted_anew(fleet: Fleet) -> None:
    ended(fleet, "succeeded", NOW - timedelta(days=1))
    sweep_at(NOW)
    FleetRules.objects.update(time_zone="Asia/Tokyo")
    sweep_at(NOW)
    tokyo = ZoneInfo("Asia/Tokyo")
    assert CountState.objects.get().zone == tokyo.key
    found = ActionCount.objects.filter(length="day", model=None, remote_type=None).get()
    assert found.start == day_bin(NOW - timedelta(days=1), tokyo).start


@pytest.mark.usefixtures("at_now")
def test_wake_ups_are_counted_by_when_they_were(fleet: Fleet) -> None:
    action = ended(fleet, "succeeded", NOW - timedelta(days=1))
    sweep_at(NOW)
    WakeUp.objects.create(action=action, vehicle=action.vehicle, at=NOW - timedelta(days=2))
    sweep_at(NOW)
    cells = counted(Selection(fleet.pk), days(NOW - timedelta(days=5), NOW, PARIS), PARIS, woken=True).cells
    assert [(cell.outcome, cell.start) for cell in cells] == [(WOKEN, day_bin(NOW - timedelta(days=2), PARIS).start)]
    assert numbers(fleet, NOW) == {"succeeded": 1}


def test_a_sweep_finds_each_fleet_with_something_to_count(fleet: Fleet) -> None:
    other = make_fleet("Paris")
    sweep.sweep()
    assert set(CountState.objects.values_list("fleet", flat=True)) == {fleet.pk, other.pk}
    vehicle = make_vehicle(other)
    make_action(vehicle, finished_at=CountState.objects.get(fleet=other).until - timedelta(days=2), **ENDS["failed"])
    sweep.sweep()
    sweep.sweep()
    assert ActionCount.objects.filter(fleet=other, length="day", model=None, remote_type=None).get().number == 1
