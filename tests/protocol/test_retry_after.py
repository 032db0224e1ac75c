"""What the header Retry-After asks for, however it is written."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.retry_after import LONGEST, seconds

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def in_a_minute(zone: str) -> str:
    return f"Mon, 30 Nov 2026 08:01:00 {zone}"


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("99999999", LONGEST),
        ("9" * 400, LONGEST),
        (format_datetime(NOW + timedelta(hours=1), usegmt=True), 3600.0),
        (in_a_minute("GMT"), 60.0),
        (in_a_minute("-0000"), 60.0),
        (in_a_minute("+0000"), 60.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
    ],
)
def test_what_it_asks_for(text: str, wait: float) -> None:
    assert seconds(text, NOW) == wait


@pytest.mark.parametrize(
    "text",
    [
        *("", "-5", "+5", "1e300", "1e5", "inf", "nan", "0x10", "soon", "1,5", "①", "٣", "7 s", "-1.0"),
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct 2015 07:28:00 +99999999999999999999",
        "Wed, 21 Oct 99999 07:28:00 GMT",
        "Mon, 30 Nov 0000 08:01:00 GMT",
    ],
)
def test_what_says_nothing(text: str) -> None:
    assert seconds(text, NOW) is None
    assert seconds(None, NOW) is None


@given(st.text(max_size=60) | st.from_regex(r"\A[+-]?[0-9]{1,20}([.e][0-9]{1,5})?\Z"))
def test_whatever_is_written_there_is_a_wait_or_nothing(text: str) -> None:
    wait = seconds(text, NOW)
    assert wait is None or 0 <= wait <= LONGEST
