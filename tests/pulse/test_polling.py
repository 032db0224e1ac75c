"""A worker to which Celery hands nothing finds what is due in the rows, and does what is its own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fleetremote.celery import app
from fleetremote.pulse.polling import Polling
from fleets.storage import wake as wakes
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    """What is sent as messages."""
    found: list[tuple[str, list[Any]]] = []
    monkeypatch.setattr(app, "send_task", lambda task, args=(), **_: found.append((task, list(args))))
    monkeypatch.setattr(wakes, "_without_message", lambda task, ids, urgent=False: list(ids))
    return found


@pytest.fixture
def polling(request: pytest.FixtureRequest) -> Iterator[Polling]:
    polling = Polling(app, request.param, 2)
    yield polling
    polling.rest()


def is_idle(polling: Polling) -> bool:
    return not polling._under_way


@pytest.mark.parametrize("polling", ["commands"], indirect=True)
def test_a_command_is_sent_without_a_message(
    yard: Yard, cloud: Cloud, polling: Polling, sent: list[tuple[str, list[Any]]]
) -> None:
    action = yard.action(None, due_at=timezone.now() - timedelta(seconds=1), callback=None)
    polling.poll()

    def is_accepted() -> bool:
        action.refresh_from_db()
        return action.state == "accepted"

    wait_until(is_accepted, "the action to be accepted")
    assert [task for task, _ in sent if task == "remotes.tasks.dispatch"] == []


@pytest.mark.parametrize("polling", ["sweeps"], indirect=True)
def test_what_is_another_workers_is_sent_to_it(yard: Yard, polling: Polling, sent: list[tuple[str, list[Any]]]) -> None:
    yard.action(None, due_at=timezone.now() - timedelta(seconds=1))
    polling.poll()
    wait_until(lambda: ("remotes.tasks.dispatch", [yard.vehicle.pk]) in sent, "the vehicle's message")
    wait_until(lambda: is_idle(polling), "the rest to be done")


@pytest.mark.parametrize(
    ("polling", "does"),
    [
        ("commands", {"remotes.tasks.sweep"}),
        ("deliveries", {"callbacks.tasks.sweep_deliveries"}),
        ("sweeps", {entry["task"] for entry in app.conf.beat_schedule.values()}),
    ],
    indirect=["polling"],
)
def test_each_does_what_finds_its_work_as_often_as_the_clock_asks(
    polling: Polling, does: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for task in does:
        monkeypatch.setattr(app.tasks[task], "run", lambda task=task: done.append(task))
    polling.poll()
    wait_until(lambda: is_idle(polling) and set(done) == does, "all to be done")
    first = len(done)
    polling.poll()
    wait_until(lambda: is_idle(polling), "nothing to be left")
    assert first == len(does)
    assert set(done[first:]) <= {task for task in does if polling._finders()[task] <= 2}


@pytest.mark.parametrize("polling", ["commands"], indirect=True)
def test_one_that_fails_is_told_and_the_next_is_done(
    polling: Polling, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def dispatch(vehicle_id: int) -> None:
        if vehicle_id == 1:
            raise RuntimeError("no")
        done.append(vehicle_id)

    monkeypatch.setattr(app.tasks["remotes.tasks.dispatch"], "run", dispatch)
    monkeypatch.setattr(app.tasks["remotes.tasks.sweep"], "run", lambda: wakes.wake("remotes.tasks.dispatch", [1, 2]))
    polling.poll()
    wait_until(lambda: done == [2] and is_idle(polling), "the other to be done")
    assert "remotes.tasks.dispatch failed for [1]" in caplog.text
