"""Numbers of deliveries in words, and the list's figures beside those of a callback's own page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.health import health
from callbacks.models import Batch
from console.callbacks.glance import NOTHING, glances
from console.callbacks.words import span_words
from tests.callbacks.outbox_world import make_attempt, make_batch, make_callback, make_notification
from tests.console.conftest import World


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(microseconds=400), "0 s"),
        (timedelta(milliseconds=350), "350 ms"),
        (timedelta(milliseconds=1200), "1 s 200 ms"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(hours=1, seconds=5), "1 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3, hours=2, minutes=5), "3 days 2 h"),
    ],
)
def test_a_span_is_told_in_its_two_greatest_units(span: timedelta, words: str):
    assert span_words(span) == words


def test_the_list_tells_the_same_as_the_page(world: World):
    now = timezone.now()
    busy, failing, idle = (make_callback(world.lyon) for _ in range(3))
    delivered = make_batch(busy, state=Batch.State.DELIVERED)
    for age in (1, 2, 30):
        make_attempt(delivered, at=now - timedelta(hours=age))
    make_notification(busy, created_at=now - timedelta(minutes=5))
    make_attempt(make_batch(failing, oldest_at=now - timedelta(hours=3)), status=500)
    make_notification(failing)
    seen = glances([busy, failing, idle])
    for callback in (busy, failing):
        told = health(callback)
        assert told.success_rate is not None
        assert seen[callback.pk].success_rate == told.success_rate
        assert seen[callback.pk].oldest_waiting_at == told.oldest_waiting_at
    assert seen[idle.pk] == NOTHING
