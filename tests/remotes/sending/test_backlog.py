"""Where look-ups come in more quickly than they are done, the queue holds each a few times at the most."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from fleets.storage import wake as wakes
from fleets.storage.redis import client as redis_client
from fleets.storage.wake import backlog
from remotes.jobs import RECONCILE, SWEEPS
from remotes.models import RemoteAction
from remotes.sending import sweep as sweeps
from tests.remotes.conftest import Yard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    redis_client().flushdb()
    yield
    redis_client().flushdb()


def queued() -> list[tuple[str, object]]:
    found = []
    for key in redis_client().scan_iter(f"{SWEEPS}*"):
        for message in redis_client().lrange(key, 0, -1):
            headers = json.loads(message)["headers"]
            found.append((headers["task"], headers["argsrepr"]))
    return found


def test_messages_of_usual_priority_are_counted_and_urgent_ones_are_not() -> None:
    current_app.send_task(RECONCILE, [1], queue=SWEEPS, priority=wakes.USUAL)
    current_app.send_task(RECONCILE, [2], queue=SWEEPS, priority=wakes.URGENT)
    assert (backlog(SWEEPS), len(queued())) == (1, 2)


def test_a_sweeper_that_is_behind_is_not_told_again_and_again(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "LIMIT", 3)
    monkeypatch.setattr(wakes, "_key", lambda *_: f"lapsed:{timezone.now()}")
    due = timezone.now() - timedelta(seconds=20)
    for number in range(5):
        yard.action(f"a{number}", due_at=due)
    for _ in range(4):
        sweeps.sweep()
    told = [args for task, args in queued() if task == RECONCILE]
    assert len(told) == 3
    redis_client().flushdb()
    RemoteAction.objects.filter(upstream_id__in=["a0", "a1", "a2"]).update(due_at=None)
    sweeps.sweep()
    assert len([args for task, args in queued() if task == RECONCILE]) == 2
