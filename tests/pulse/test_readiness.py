"""GET /health/ready says whether all works, and what does not, in words that tell an outsider nothing else."""

from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.test import Client
from django.utils import timezone

from fleetremote.pulse import readiness
from fleets.models import Fleet, Pulse
from fleets.storage import pulse
from launcher.supervisor import STILL_SECONDS
from remotes.models import RemoteAction
from tests.callbacks.outbox_world import make_batch, make_callback, make_notification
from tests.remotes.conftest import Yard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_live(db: None) -> None:
    for kind in pulse.KINDS:
        pulse.write(f"{kind}@here", kind, 0)


def ask() -> tuple[int, list[str]]:
    answer = Client().get("/health/ready")
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json().get("reasons", [])


def test_ready_is_said_in_few_statements(django_assert_num_queries: pytest.FixtureRequest) -> None:
    assert ask() == (200, [])
    with django_assert_num_queries(7):  # type: ignore[operator]
        readiness.reasons()


@pytest.mark.parametrize("kind", pulse.KINDS)
def test_each_kind_has_to_live_and_to_be_given_work(kind: str) -> None:
    pulse.write(f"{kind}@here", kind, 30)
    assert ask() == (503, [f"{kind}: nothing handed out by Celery for 30 s."])
    Pulse.objects.filter(kind=kind).update(at=timezone.now() - timedelta(seconds=40))
    assert ask() == (503, [f"{kind}: no sign of life for 40 s."])
    Pulse.objects.filter(kind=kind).delete()
    assert ask() == (503, [f"{kind}: there was no sign of life yet."])
    pulse.write(f"{kind}@another", kind, 0)
    assert ask() == (200, [])


@pytest.mark.parametrize(
    ("error", "words"),
    [(redis.ResponseError("OOM command not allowed"), "may be full"), (redis.TimeoutError("late"), "does not answer")],
)
def test_redis_that_takes_nothing(monkeypatch: pytest.MonkeyPatch, error: Exception, words: str) -> None:
    class Full:
        def set(self, *_: object, **__: object) -> None:
            raise error

    monkeypatch.setattr(readiness, "client", Full)
    status, (reason,) = ask()
    assert status == 503
    assert words in reason


def test_a_database_that_takes_no_changes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    assert ask() == (503, ["The database takes no changes."])


def test_commands_and_look_ups_that_nobody_looks_at(yard: Yard) -> None:
    yard.action(None, due_at=timezone.now() - timedelta(seconds=50))
    assert ask() == (200, [])
    RemoteAction.objects.update(due_at=timezone.now() - timedelta(seconds=70))
    assert ask() == (503, ["There are remote actions that wait to be sent, due for more than a minute."])
    RemoteAction.objects.update(state="unknown")
    assert ask() == (503, ["There are remote actions to be looked up, due for more than a minute."])


def test_events_that_nobody_delivers(fleet: Fleet) -> None:
    callback = make_callback(fleet)
    make_notification(callback, created_at=timezone.now() - timedelta(seconds=70))
    assert ask() == (503, ["There are callbacks with something to deliver, due for more than a minute."])
    # A subscriber that does not answer holds up what comes after: that is its own business.
    make_batch(callback, due_at=timezone.now() + timedelta(seconds=70))
    assert ask() == (200, [])


@pytest.fixture
def fleet(db: None) -> Fleet:
    return Fleet.objects.create(name="Lyon")


def test_what_counts_as_no_sign_of_life_is_the_same_for_readiness_and_for_whoever_kills() -> None:
    """The launcher can't import the room, so the promise of 15 seconds stands twice."""
    assert pulse.SIGN == STILL_SECONDS
