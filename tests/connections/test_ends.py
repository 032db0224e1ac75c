"""When an end is near, which of several ends counts, and what is news: plain rules."""

from datetime import UTC, datetime, timedelta

import pytest

from connections.calendar.ends import Entry, What, first_end, in_order, is_news, step_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("left", "step"),
    [
        (30 * DAY + SECOND, None),
        (30 * DAY, 30),
        (7 * DAY + SECOND, 30),
        (7 * DAY, 7),
        (DAY + SECOND, 7),
        (DAY, 1),
        (SECOND, 1),
        (timedelta(0), 0),
        (-400 * DAY, 0),
    ],
)
def test_each_step_is_reached_to_the_second(left: timedelta, step: int | None) -> None:
    assert step_of(left) == step


def test_a_step_is_news_once_and_those_that_were_missed_are_left_out() -> None:
    assert [is_news(None, 30), is_news(30, 30), is_news(30, 1), is_news(1, 0), is_news(0, 0)] == [
        *(True, False, True, True),
        False,
    ]


def test_of_a_bundle_what_ends_next_counts_and_not_what_was_replaced() -> None:
    over, near, far = ("CN=Old", NOW - DAY), ("CN=Now", NOW + 20 * DAY), ("CN=Next", NOW + 900 * DAY)
    assert first_end([far, over, near], NOW) == near
    assert first_end([over, ("CN=Older", NOW - 3 * DAY)], NOW) == over


def test_days_are_whole_ones_and_negative_once_it_is_over() -> None:
    ends = [Entry(What.SITE, 0, "site", ends_at=NOW + left) for left in (DAY + SECOND, SECOND, -SECOND)]
    assert [entry.days(NOW) for entry in ends] == [1, 0, -1]
    assert Entry(What.REFUSED, 1, "Cloud").days(NOW) is None


def test_what_fails_already_comes_first_and_what_is_not_in_use_last() -> None:
    draft = Entry(What.DRAFT, 1, "Draft", ends_at=NOW - DAY)
    near = Entry(What.CA_BUNDLE, 1, "Cloud", ends_at=NOW + DAY)
    over = Entry(What.API_SECRET, 1, "ERP", ends_at=NOW - DAY)
    refused = Entry(What.REFUSED, 1, "Cloud")
    assert in_order([draft, near, over, refused]) == [refused, over, near, draft]
    assert in_order([refused]) == [refused]
