"""A gateway has at most half of a worker's threads, and what finds no room waits without one."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleets import room as rooms
from fleets.room import Job, Room, within
from tests.waiting import wait_until

A, B, C = 1, 2, 3


class Slow:
    """Jobs that stand still until they are let go. `begun` in the order in which they were."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self._go = threading.Event()
        self._threads: list[threading.Thread] = []

    def __call__(self, id: int) -> None:
        self.begun.append(id)
        self._go.wait()

    def start(self, room: Room, gateway_id: int, id: int, *, urgent: bool = False) -> None:
        job = Job("task", id, self, urgent)
        self._threads.append(threading.Thread(target=lambda: within(gateway_id, job, room)))
        self._threads[-1].start()

    def let_go(self) -> None:
        self._go.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.let_go()


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, bool]]:
    found: list[tuple[str, int, bool]] = []
    monkeypatch.setattr(rooms, "woken", lambda task, id: None)
    monkeypatch.setattr(rooms, "wake", lambda task, ids, urgent: found.extend((task, id, urgent) for id in ids))
    return found


def test_one_that_hangs_has_half_and_another_goes_at_once(slow: Slow) -> None:
    room, done = Room(8), list[int]()
    for id in range(20):
        slow.start(room, A, id)
    wait_until(lambda: len(slow.begun) == 4, "four to begin")
    within(B, Job("task", 99, done.append), room)
    assert (done, len(slow.begun)) == ([99], 4)


def test_several_that_hang_leave_room_for_the_next(slow: Slow) -> None:
    room = Room(16)
    for gateway_id in (A, B, C):
        for id in range(20):
            slow.start(room, gateway_id, 100 * gateway_id + id)
    wait_until(lambda: len(slow.begun) >= 11, "some to begin")
    of = Counter(id // 100 for id in slow.begun)
    done: list[int] = []
    within(4, Job("task", 99, done.append), room)
    assert done == [99]
    assert all(1 <= of[gateway_id] <= 8 for gateway_id in (A, B, C))


def test_what_waits_is_done_by_whoever_is_done_urgent_first_and_once(slow: Slow) -> None:
    room, done = Room(2), list[int]()
    slow.start(room, A, 0)
    wait_until(lambda: slow.begun == [0], "it to begin")
    for id in (1, 2, 2, 1):
        within(A, Job("task", id, done.append), room)
    within(A, Job("task", 3, done.append, urgent=True), room)
    assert done == []
    slow.let_go()
    assert done == [3, 1, 2]


def test_one_that_fails_is_told_and_holds_up_nobody(slow: Slow, caplog: pytest.LogCaptureFixture) -> None:
    def fail(id: int) -> None:
        raise RuntimeError(f"no {id}")

    room, done = Room(2), list[int]()
    slow.start(room, A, 0)
    wait_until(lambda: slow.begun == [0], "it to begin")
    within(A, Job("remotes.tasks.dispatch", 1, fail), room)
    within(A, Job("task", 2, done.append), room)
    slow.let_go()
    assert done == [2]
    assert "remotes.tasks.dispatch failed for 1" in caplog.text
    with pytest.raises(RuntimeError, match="no 5"):
        within(A, Job("task", 5, fail), room)
    within(A, Job("task", 6, done.append), room)
    assert done == [2, 6]


def test_what_would_take_too_long_goes_back_to_the_queue(
    slow: Slow, woken: list[tuple[str, int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is asked to stop waits for its threads."""
    monkeypatch.setattr(rooms, "STRETCH", 0)
    room, done = Room(2), list[int]()
    slow.start(room, A, 0)
    wait_until(lambda: slow.begun == [0], "it to begin")
    within(A, Job("task", 1, done.append), room)
    within(A, Job("task", 2, done.append, urgent=True), room)
    slow.let_go()
    assert (done, woken) == ([], [("task", 2, True)])


def test_what_is_spare_leaves_a_thread_free_and_does_not_wait(slow: Slow) -> None:
    room, done = Room(4), list[int]()
    reading = Job("task", 9, done.append, spare=True)
    slow.start(room, A, 0)
    slow.start(room, B, 1)
    wait_until(lambda: len(slow.begun) == 2, "two to begin")
    within(C, reading, room)
    assert done == [9]
    slow.start(room, C, 2)
    wait_until(lambda: len(slow.begun) == 3, "a third to begin")
    # Anything else of a gateway that has none yet would get the fourth.
    for gateway_id in (A, C, 4):
        within(gateway_id, reading, room)
    assert done == [9]
    assert not room.is_wanted(A)
    slow.let_go()
    assert done == [9]


def test_what_is_spare_goes_where_there_is_one_thread_or_no_bound(slow: Slow) -> None:
    done: list[int] = []
    for threads in (0, 1, 2):
        within(A, Job("task", threads, done.append, spare=True), Room(threads))
    assert done == [0, 1, 2]


def test_who_has_the_room_is_told_that_others_want_it(slow: Slow) -> None:
    room = Room(4)
    for id in range(3):
        slow.start(room, A, id)
    wait_until(lambda: len(slow.begun) == 2, "two to begin")
    wait_until(lambda: room.is_wanted(A), "a third to wait")
    assert not room.is_wanted(B)
    for id in range(2):
        slow.start(room, B, 10 + id)
    wait_until(lambda: len(slow.begun) >= 3, "another to begin")


def test_outside_of_a_worker_there_are_no_bounds(slow: Slow) -> None:
    for id in range(20):
        slow.start(Room(), A, id)
    wait_until(lambda: len(slow.begun) == 20, "all to begin")


@given(st.integers(1, 16), st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=60))
def test_no_gateway_gets_more_than_half_and_a_new_one_always_gets_in(
    threads: int, steps: list[tuple[int, bool]]
) -> None:
    room, busy = Room(threads), Counter[int]()
    for number, (gateway_id, enters) in enumerate(steps):
        if not enters and busy[gateway_id]:
            room.leave(gateway_id)
            busy[gateway_id] -= 1
        elif enters and busy.total() < threads:
            is_first = not busy[gateway_id]
            if room.enter(gateway_id, Job("task", number, print)):
                busy[gateway_id] += 1
            else:
                assert not is_first
        assert busy[gateway_id] <= max(1, (threads + 1) // 2)
