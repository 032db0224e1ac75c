"""What a process shows of itself, and what it makes of the silence of Celery."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from fleetremote.celery import app
from fleetremote.pulse import heart as hearts
from fleetremote.pulse import worker
from fleetremote.pulse.heart import BETWEEN, DEAF, SILENT, STUCK, Heart
from fleets.models import Pulse
from fleets.storage import pulse, redis

pytestmark = pytest.mark.django_db


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    return clock


class Polls:
    def __init__(self) -> None:
        self.did: list[str] = []

    def poll(self) -> None:
        self.did.append("poll")

    def rest(self) -> None:
        self.did.append("rest")


class Desk:
    """A worker's look, with what it asked of Redis, and whether it ended."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: Clock) -> None:
        self.heart, self.polls, self.clock = Heart("commands@here", "commands"), Polls(), clock
        self.asked: list[dict[str, Any]] = []
        self.ended: list[str] = []
        self.takes = True
        self._look: Callable[[], None] = worker.looking(app, self.heart, self.polls)  # type: ignore[arg-type]
        patch.setattr(Celery, "send_task", self._send)
        patch.setattr(worker, "end", self.ended.append)
        patch.setattr(redis, "PAUSE", 0.0)
        # The test's own, in whose transaction it runs.
        patch.setattr(hearts, "close_old_connections", lambda: None)

    def _send(self, task: str, **options: Any) -> None:
        if not self.takes:
            raise OperationalError("OOM command not allowed")
        self.asked.append({"task": task, **options})

    def look(self, seconds: float) -> None:
        """Look again and again for so long."""
        for _ in range(round(seconds / BETWEEN)):
            self.clock.now += BETWEEN
            self._look()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Desk:
    return Desk(monkeypatch, clock)


def test_it_asks_itself_through_its_own_queue_before_all_else_that_waits(desk: Desk) -> None:
    desk.look(BETWEEN)
    assert desk.asked == [{"task": worker.ASK, "queue": "commands", "priority": 0, "expires": 10}]
    assert worker.ASK in app.tasks
    assert desk.polls.did == ["rest"]


def test_one_that_hears_nothing_polls_until_it_does(desk: Desk) -> None:
    desk.look(SILENT)
    assert "poll" not in desk.polls.did
    desk.look(BETWEEN)
    assert desk.polls.did[-1] == "poll"
    desk.heart.hear()
    desk.look(BETWEEN)
    assert desk.polls.did[-1] == "rest"


def test_one_that_does_not_hear_what_redis_takes_ends(desk: Desk) -> None:
    desk.look(DEAF)
    assert desk.ended == []
    desk.look(2 * BETWEEN)
    assert desk.ended[0] == "commands@here"


def test_one_of_which_all_threads_are_busy_has_more_time(desk: Desk) -> None:
    """A sync of thousands of vehicles may take minutes; threads that hang take for ever."""
    desk.heart.hear(1)
    desk.look(STUCK)
    assert (desk.ended, desk.polls.did[-1]) == ([], "poll")
    desk.look(2 * BETWEEN)
    assert desk.ended[0] == "commands@here"
    desk.heart.hear(-1)
    desk.ended.clear()
    desk.look(DEAF + 2 * BETWEEN)
    assert desk.ended[0] == "commands@here"


def test_one_that_hears_now_and_then_goes_on(desk: Desk) -> None:
    for _ in range(10):
        desk.look(DEAF - BETWEEN)
        desk.heart.hear()
    assert desk.ended == []


def test_while_redis_takes_nothing_it_polls_and_does_not_end(desk: Desk) -> None:
    """Starting again would help nobody, and end what is under way."""
    desk.takes = False
    desk.look(10 * DEAF)
    assert (desk.ended, desk.polls.did[-1]) == ([], "poll")
    desk.takes = True
    desk.look(DEAF)
    assert desk.ended == []


def test_the_row_tells_that_it_lives_and_when_it_heard_something(desk: Desk) -> None:
    desk.look(6)
    life = pulse.read()["commands"]
    assert 0 <= life.sign < 5
    assert 6 <= life.heard < 11
    desk.heart.hear()
    desk.look(BETWEEN)
    assert pulse.read()["commands"].heard < 7


def test_of_a_kind_the_liveliest_counts_and_what_is_long_gone_is_forgotten() -> None:
    pulse.write("commands@gone", "commands", 500)
    pulse.write("commands@here", "commands", 1)
    assert pulse.read()["commands"].heard < 5
    Pulse.objects.filter(name="commands@gone").update(at="2020-01-01T00:00Z")
    pulse.forget_old()
    assert list(Pulse.objects.values_list("name", flat=True)) == ["commands@here"]


def test_a_file_is_touched_where_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heart = Heart("commands@here", "commands")
    heart.beat()
    file = tmp_path / "pulse"
    monkeypatch.setenv("PULSE_FILE", str(file))
    heart.beat()
    os.utime(file, (0, 0))
    heart.beat()
    assert file.stat().st_mtime > 0


def test_celerys_clock_shows_with_each_look_that_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fleetremote.pulse.scheduler import Scheduler

    monkeypatch.setenv("PULSE_FILE", str(tmp_path / "pulse"))
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
    scheduler.setup_schedule()
    scheduler.heart._heard = 0.0
    assert not (tmp_path / "pulse").exists()
    scheduler.tick()
    assert (tmp_path / "pulse").exists()
    assert not scheduler.heart.is_silent
    assert app.conf.beat_scheduler == "fleetremote.pulse.scheduler:Scheduler"
