"""Batches that share a vehicle go one after the other, oldest first; all others pass by."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callbacks.delivery.line import Line

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=10)


def drain(line: Line, now: datetime = NOON) -> list[int]:
    """Take all that may go, without finishing any."""
    taken = []
    while (batch_id := line.take(now)) is not None:
        taken.append(batch_id)
    return taken


def test_batches_of_different_vehicles_go_side_by_side() -> None:
    line = Line()
    for batch_id, keys in [(1, [7]), (2, [8]), (3, [])]:
        line.add(batch_id, keys, NOON)
    assert drain(line) == [1, 2, 3]


def test_a_batch_waits_for_the_earlier_one_of_its_vehicle() -> None:
    line = Line()
    for batch_id, keys in [(1, [7]), (2, [7, 8]), (3, [8])]:
        line.add(batch_id, keys, NOON)
    assert drain(line) == [1]
    line.remove(1)
    assert drain(line) == [2]
    line.remove(2)
    assert drain(line) == [3]


def test_a_failed_one_keeps_its_place_until_it_is_due_again() -> None:
    line = Line()
    line.add(1, [7], NOON)
    line.add(2, [7], NOON)
    line.add(3, [8], NOON)
    assert drain(line) == [1, 3]
    line.back(1, LATER)
    assert drain(line) == []
    assert line.next_due() == LATER
    assert drain(line, LATER) == [1]


def test_a_parked_one_leaves_the_way_free() -> None:
    line = Line()
    line.add(1, [7], NOON)
    line.add(2, [7], NOON)
    assert drain(line) == [1]
    line.remove(1)
    assert drain(line) == [2]


def test_an_older_one_that_comes_back_goes_before_those_that_wait() -> None:
    line = Line()
    line.add(5, [7], LATER)
    line.add(2, [7], NOON)
    assert drain(line) == [2]
    assert drain(line, LATER) == []
    line.remove(2)
    assert drain(line, LATER) == [5]


def test_hurried_ones_go_oldest_first() -> None:
    line = Line()
    for batch_id in (1, 2, 3):
        line.add(batch_id, [batch_id], LATER)
    for batch_id in (3, 1, 2):
        line.hurry(batch_id, NOON)
    assert drain(line) == [1, 2, 3]


BATCHES = st.lists(st.sets(st.integers(1, 4), max_size=3), max_size=12)


@given(BATCHES, st.data())
def test_whatever_happens_no_vehicle_is_overtaken_and_nothing_is_forgotten(
    batches: list[set[int]], data: st.DataObject
) -> None:
    line = Line()
    for batch_id, keys in enumerate(batches):
        line.add(batch_id, keys, NOON)
    now, under_way, left = NOON, set[int](), set(range(len(batches)))
    for _ in range(200):
        if not left:
            break
        taken = drain(line, now)
        for batch_id in taken:
            assert not any(batches[other] & batches[batch_id] for other in left if other < batch_id)
        under_way |= set(taken)
        if not under_way:
            now = line.next_due() or now
            continue
        batch_id = data.draw(st.sampled_from(sorted(under_way)))
        under_way.remove(batch_id)
        if data.draw(st.integers(0, 3)):
            line.remove(batch_id)
            left.remove(batch_id)
        else:
            line.back(batch_id, now + timedelta(seconds=data.draw(st.integers(0, 5))))
    assert left == set(line)
    assert len(line) == len(left)
