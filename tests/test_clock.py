"""One clock for all that tests start, whether it is moved (`script/test --at`) or not."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_has_our_clock() -> None:
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
    # A thousandth, since the two round.
    assert before - timedelta(milliseconds=1) <= at <= datetime.now(UTC) + timedelta(milliseconds=1)


def test_a_sleep_lasts_as_long_as_it_should() -> None:
    began = time.monotonic()
    time.sleep(0.05)
    assert time.monotonic() - began >= 0.05
