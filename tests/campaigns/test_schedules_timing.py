"""When a schedule runs: for every zone and date, whatever the clocks do there."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.schedules.timing import Planned, Timing, is_moved, moment_of, next_run, next_runs
from remotes.zones import zone_names
from tests.long_form import examples

PARIS = ZoneInfo("Europe/Paris")
EVERY_DAY = frozenset(range(7))
SUNDAY = frozenset({6})
MINUTE = timedelta(minutes=1)

zones = st.sampled_from(zone_names()).map(ZoneInfo)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
days = st.dates(date(1980, 1, 1), date(2060, 1, 1))
moments = st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        # Clocks are set forward from 02:00 to 03:00.
        (date(2027, 3, 28), time(1, 59), utc(2027, 3, 28, 0, 59)),
        (date(2027, 3, 28), time(2, 0), utc(2027, 3, 28, 1, 0)),
        (date(2027, 3, 28), time(2, 30), utc(2027, 3, 28, 1, 0)),
        (date(2027, 3, 28), time(3, 0), utc(2027, 3, 28, 1, 0)),
        # And back from 03:00 to 02:00: the first 02:30 counts.
        (date(2026, 10, 25), time(1, 59), utc(2026, 10, 24, 23, 59)),
        (date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        (date(2026, 10, 25), time(3, 0), utc(2026, 10, 25, 2, 0)),
    ],
)
def test_the_two_nights_on_which_clocks_change_in_paris(day: date, at: time, expected: datetime) -> None:
    assert moment_of(day, at, PARIS) == expected


def test_clocks_that_are_set_by_half_an_hour_or_by_a_whole_day() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert moment_of(date(2026, 10, 4), time(2, 15), lord_howe).astimezone(lord_howe).time() == time(2, 30)
    # Samoa had no 30 December 2011: it went over the date line.
    apia = ZoneInfo("Pacific/Apia")
    assert moment_of(date(2011, 12, 30), time(10), apia) == datetime(2011, 12, 31, tzinfo=apia)


def test_a_weekly_time_goes_through_both_changes() -> None:
    timing = Timing(time(2, 30), days=SUNDAY)
    spring = next_runs(timing, utc(2027, 3, 20), PARIS, 3)
    assert [planned.at.astimezone(PARIS).strftime("%d.%m. %H:%M %Z") for planned in spring] == [
        "21.03. 02:30 CET",
        "28.03. 03:00 CEST",
        "04.04. 02:30 CEST",
    ]
    assert [is_moved(planned, timing.at, PARIS) for planned in spring] == [False, True, False]
    autumn = next_runs(timing, utc(2027, 10, 20), PARIS, 3)
    assert [planned.at.astimezone(PARIS).strftime("%d.%m. %H:%M %Z") for planned in autumn] == [
        "24.10. 02:30 CEST",
        "31.10. 02:30 CEST",
        "07.11. 02:30 CET",
    ]


def test_from_its_first_day_to_its_last() -> None:
    timing = Timing(time(7), days=frozenset({0, 2}), starts_on=date(2027, 1, 6), ends_on=date(2027, 1, 13))
    found = next_runs(timing, utc(2026, 11, 21), PARIS, 9)
    assert [planned.day for planned in found] == [date(2027, 1, 6), date(2027, 1, 11), date(2027, 1, 13)]
    assert next_run(timing, found[-1].at, PARIS) is None
    assert next_run(timing, found[-1].at - MINUTE, PARIS) == found[-1]


def test_once_is_once() -> None:
    timing = Timing(time(2, 30), on=date(2027, 3, 28))
    assert next_run(timing, utc(2026, 1, 1), PARIS) == Planned(utc(2027, 3, 28, 1), date(2027, 3, 28))
    assert next_run(timing, utc(2027, 3, 28, 1), PARIS) is None


def test_without_a_day_it_never_runs() -> None:
    assert next_run(Timing(time(7)), utc(2026, 1, 1), PARIS) is None


@given(zones, days, times)
@example(ZoneInfo("Pacific/Apia"), date(2011, 12, 30), time(10))
@example(ZoneInfo("Pacific/Kwajalein"), date(1993, 8, 21), time(12))
@example(ZoneInfo("Africa/Casablanca"), date(2027, 2, 7), time(2, 30))
@example(ZoneInfo("America/Nuuk"), date(2027, 3, 27), time(23, 30))
@settings(max_examples=examples(300))
def test_the_moment_is_the_first_at_which_clocks_show_the_time_or_a_later_one(
    zone: ZoneInfo, day: date, at: time
) -> None:
    moment = moment_of(day, at, zone)
    wanted = datetime.combine(day, at)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    earlier = [(moment - step * MINUTE).astimezone(zone).replace(tzinfo=None) for step in range(1, 26 * 60, 4)]
    assert shown >= wanted
    assert all(before < wanted for before in earlier)


@given(zones, moments, times, st.sets(st.integers(0, 6), min_size=1).map(frozenset))
@settings(max_examples=examples(200))
def test_each_day_has_one_run_and_none_is_left_out(
    zone: ZoneInfo, after: datetime, at: time, chosen: frozenset[int]
) -> None:
    found = next_runs(Timing(at, days=chosen), after, zone, 15)
    assert after < found[0].at
    assert all(first.at < second.at for first, second in pairwise(found))
    between = [found[0].day + timedelta(days=number) for number in range((found[-1].day - found[0].day).days + 1)]
    meant = [day for day in between if day.weekday() in chosen]
    # Only a day that does not exist at all falls on the moment of another one.
    assert {planned.at for planned in found} == {moment_of(day, at, zone) for day in meant}
    before = [found[0].day - timedelta(days=number) for number in range(1, 9)]
    assert all(moment_of(day, at, zone) <= after for day in before if day.weekday() in chosen)


@given(zones, moments, times, days, st.integers(0, 30))
@settings(max_examples=examples(200))
def test_nothing_runs_outside_of_its_days(zone: ZoneInfo, after: datetime, at: time, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    timing = Timing(at, days=EVERY_DAY, starts_on=start, ends_on=end)
    for planned in next_runs(timing, after, zone, 5):
        assert start <= planned.day <= end
        assert planned.at > after
    assert next_run(timing, moment_of(end, at, zone), zone) is None
