"""Whether a database has lost commits: what it says of itself, against what is remembered of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fleets.storage.history import Mark, Noted, Place, has_lost, since_now

SINCE = datetime(2026, 11, 30, tzinfo=UTC)
LATER = SINCE + timedelta(hours=1)
NOTED = Noted(system=7, timeline=1, since=SINCE)
HERE = Place(system=7, timeline=1, wal=1_000)


def seen(wal: int = 900, since: datetime = SINCE, system: int = 7) -> Mark:
    return Mark(system, since, wal)


@pytest.mark.parametrize("marks", [[], [seen()], [seen(1_000)], [seen(5_000, system=8)]])
def test_nothing_is_lost(marks: list[Mark]) -> None:
    assert not has_lost(HERE, NOTED, marks)


def test_a_promoted_standby_may_lack_something() -> None:
    promoted = Place(system=7, timeline=2, wal=2_000)
    assert has_lost(promoted, NOTED, [])
    assert has_lost(promoted, NOTED, [seen()])


def test_one_that_is_promoted_with_all_commits_lacks_nothing() -> None:
    promoted = Place(system=7, timeline=2, wal=2_000)
    assert not has_lost(promoted, NOTED, [seen()], keeps_commits=True)
    # Unless it turns out otherwise.
    assert has_lost(promoted, NOTED, [seen(2_001)], keeps_commits=True)


def test_an_older_timeline_is_another_past() -> None:
    after = Noted(system=7, timeline=2, since=SINCE)
    assert has_lost(HERE, after, [], keeps_commits=True)


def test_a_dump_that_is_loaded_elsewhere_may_be_old() -> None:
    assert has_lost(Place(system=8, timeline=1, wal=1_000), NOTED, [])
    assert has_lost(Place(system=8, timeline=1, wal=1_000), NOTED, [], keeps_commits=True)


def test_a_log_that_is_shorter_than_it_was_lacks_something() -> None:
    assert has_lost(HERE, NOTED, [seen(1_001)])
    assert has_lost(HERE, NOTED, [seen(900), seen(1_001)])


def test_what_was_seen_before_the_last_loss_says_nothing() -> None:
    assert not has_lost(HERE, Noted(7, 1, LATER), [seen(9_999)])


def test_a_database_that_has_forgotten_a_loss_has_lost_again() -> None:
    assert has_lost(HERE, NOTED, [seen(10, since=LATER)])


def test_a_database_that_was_never_noted_is_new_unless_somebody_remembers_it() -> None:
    assert not has_lost(HERE, None, [])
    assert not has_lost(HERE, None, [seen(system=8)])
    assert has_lost(HERE, None, [seen()])


_moments = some.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=some.just(UTC))
_marks = some.lists(some.builds(Mark, some.integers(1, 3), _moments, some.integers(0, 2**60)), max_size=4)


@given(_moments, _moments, _marks, some.integers(0, 2**60))
def test_once_a_loss_is_noted_what_was_seen_before_is_no_loss_any_more(
    now: datetime, since: datetime, marks: list[Mark], wal: int
) -> None:
    place, noted = Place(1, 4, wal), Noted(1, 3, since)
    moment = since_now(now, noted, marks)
    assert moment >= now
    assert not has_lost(place, Noted(1, 4, moment), marks)
