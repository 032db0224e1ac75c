"""The database's clock decides, whatever this host's says."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone

from fleets.storage import clock

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def true_time() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_reading", None)


@pytest.mark.parametrize("by", [MINUTE, -MINUTE, timedelta(days=400), timedelta(seconds=1)])
def test_the_time_is_the_databases(host_is_off: Callable[[timedelta], None], by: timedelta) -> None:
    host_is_off(by)
    clock.look()
    assert abs(clock.now() - true_time()) < clock.TOLERANCE
    off_by = clock.off_by()
    assert (off_by is not None) == (abs(by) > clock.LARGEST)
    assert off_by is None or abs(off_by + by) < clock.TOLERANCE


def test_a_clock_that_is_right_is_not_moved_by_readings(host_is_off: Callable[[timedelta], None]) -> None:
    moment = true_time()
    for by in (timedelta(0), timedelta(milliseconds=100), timedelta(milliseconds=-100)):
        host_is_off(by)
        clock.look()
        assert clock.off_by() is None
        host = timezone.now()
        assert timedelta(0) <= clock.now() - host < timedelta(milliseconds=100)
    assert clock.now() > moment - timedelta(seconds=1)


def test_a_clock_that_is_set_while_we_run_is_read_again_at_once(host_is_off: Callable[[timedelta], None]) -> None:
    """Or a host that has slept."""
    clock.look()
    host_is_off(-MINUTE)
    clock.look_if_set()
    assert clock.off_by() is not None
    assert abs(clock.now() - true_time()) < clock.TOLERANCE
    host_is_off(timedelta(0))
    clock.look_if_set()
    assert clock.off_by() is None


def test_as_long_as_nothing_was_set_nothing_is_read(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        clock.look_if_set()
    clock.look()
    with django_assert_num_queries(0):
        clock.look_if_set()


def test_while_the_database_is_away_what_was_read_last_holds(
    host_is_off: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    host_is_off(MINUTE)
    clock.look()

    def gone() -> None:
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", gone)
        clock.look()
    assert abs(clock.now() - true_time()) < clock.TOLERANCE


def test_an_answer_that_took_long_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, clock.PROMPT + 0.1])
    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: next(times))
        clock.look()
    assert clock._reading is None


def test_it_is_said_once_and_that_it_is_over(
    host_is_off: Callable[[timedelta], None], caplog: pytest.LogCaptureFixture
) -> None:
    host_is_off(MINUTE)
    clock.look()
    clock.look()
    host_is_off(timedelta(0))
    clock.look()
    clock.look()
    said = [record.getMessage() for record in caplog.records if record.name == clock.logger.name]
    assert len(said) == 2
    assert "+60.0 s off the database's: nothing is sent from here" in said[0]
    assert "right again" in said[1]
