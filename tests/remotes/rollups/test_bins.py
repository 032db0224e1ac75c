"""Days and hours by a fleet's clocks, and times in buckets: plain values."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotes.rollups.bins import HOUR, day_bin, days, hour_bin, hours, place, runs, weeks
from remotes.rollups.histogram import ERROR, FIRST, add, bucket_of, percentile

ZONES = ["Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]


@pytest.mark.parametrize(
    ("day", "length"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)], ids=["short", "long", "usual"]
)
def test_a_day_of_a_change_of_clocks_has_its_hours(day: tuple[int, int, int], length: int) -> None:
    paris = ZoneInfo("Europe/Paris")
    found = day_bin(datetime(*day, 12, tzinfo=paris), paris)
    assert found.end - found.start == length * HOUR
    assert found.start.astimezone(paris).hour == 0
    assert len(hours(found.start, found.end, paris)) == length


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), st.sampled_from(ZONES))
def test_each_moment_is_in_one_hour_of_one_day(naive: datetime, name: str) -> None:
    at, zone = naive.replace(tzinfo=UTC), ZoneInfo(name)
    day, hour = day_bin(at, zone), hour_bin(at, zone)
    assert day.start <= hour.start <= at < hour.end <= day.end
    of_day = hours(day.start, day.end, zone)
    assert [one.start for one in of_day[1:]] == [one.end for one in of_day[:-1]]
    assert of_day.count(hour) == 1
    assert of_day[place(at, of_day) or 0] == hour


def test_weeks_begin_on_monday_and_nothing_is_left_out() -> None:
    paris = ZoneInfo("Europe/Paris")
    some = days(datetime(2026, 10, 15, tzinfo=paris), datetime(2026, 11, 5, tzinfo=paris), paris)
    found = weeks(some, paris)
    assert [one.start.astimezone(paris).weekday() for one in found] == [3, 0, 0, 0]
    assert (found[0].start, found[-1].end) == (some[0].start, some[-1].end)
    assert [list(map(len, runs([*some[:3], some[5], *some[1:3]])))] == [[3, 1]]


# Up to a month, which no action lasts longer than.
SECONDS = st.lists(st.floats(FIRST, 2_600_000), min_size=1, max_size=200)


@given(SECONDS, SECONDS, st.sampled_from([0.5, 0.95]))
def test_percentiles_of_buckets_are_within_the_error_that_is_told(
    some: list[float], others: list[float], share: float
) -> None:
    buckets = add({str(bucket_of(one)): 1} for one in [*some, *others])
    exact = sorted([*some, *others])[math.ceil(share * len([*some, *others])) - 1]
    found = percentile(buckets, share)
    assert found is not None
    assert abs(found / exact - 1) <= ERROR + 1e-9


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None
    assert timedelta(seconds=ERROR * 100).seconds == 4, "5 % at the most"
