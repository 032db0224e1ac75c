"""Numbers on pages are rounded as people say them, in either language."""

from datetime import timedelta

import pytest
from django.utils import translation

from console.numbers import about, number, share


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [("en", 999, "999"), ("en", 10_000, "10,000"), ("en", 1_000_000, "1,000,000"), ("fr", 10_000, "10 000")],
)
def test_a_count_stands_in_groups_of_three(language: str, value: int, words: str) -> None:
    with translation.override(language):
        assert number(value).replace("\xa0", " ").replace("\u202f", " ") == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 %"),
        (0.00001, "under 1 %"),
        (1 / 3, "33 %"),
        (2 / 3, "67 %"),
        (0.99, "99 %"),
        (0.9999, "99.9 %"),
        (1, "100 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(value: float, words: str) -> None:
    assert share(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 s"),
        (0.35, "under 1 s"),
        (timedelta(milliseconds=4800), "5 s"),
        (59, "59 s"),
        (59.7, "1 min"),
        (123.4, "2 min"),
        (3 * 3600 + 200, "3 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=89, hours=20), "90 days"),
    ],
)
def test_a_length_of_time_has_one_unit(value: timedelta | float, words: str) -> None:
    assert about(value) == words
