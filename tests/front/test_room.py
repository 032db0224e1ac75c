"""Room for bytes: whoever holds most makes place, and never because of being new."""

from functools import partial

import pytest

from fleetremote.front.room import NoRoom, Room, WaitingRoom


def test_the_largest_makes_place_for_a_small_one() -> None:
    room, ended = Room(100), list[str]()
    small = room.share("a", partial(ended.append, "a"))
    large = room.share("b", partial(ended.append, "b"))
    newcomer = room.share("c", partial(ended.append, "c"))
    small.take(20)
    large.take(70)
    newcomer.take(30)
    assert ended == ["b"]
    assert large.is_over
    assert room.held == 50


def test_who_asks_for_much_in_many_requests_goes_before_one_large_one_of_another() -> None:
    room, ended = Room(100), list[str]()
    many = [room.share("greedy", partial(ended.append, f"greedy {number}")) for number in range(8)]
    for share in many:
        share.take(8)
    room.share("modest", partial(ended.append, "modest")).take(40)
    assert ended == ["greedy 0"]


def test_the_one_that_is_largest_itself_is_told_so() -> None:
    room = Room(100)
    room.share("a", lambda: pytest.fail("it is the smaller one")).take(40)
    share = room.share("b", lambda: pytest.fail("it is told by NoRoom"))
    share.take(55)
    with pytest.raises(NoRoom):
        share.take(10)
    with pytest.raises(NoRoom):
        share.take(1)
    assert room.held == 40


def test_what_is_in_use_stays_and_the_newcomer_waits_outside() -> None:
    room = Room(100)
    used = room.share("a", lambda: pytest.fail("it is in use"))
    used.take(95)
    used.is_settled = True
    with pytest.raises(NoRoom):
        room.share("b", lambda: None).take(10)
    assert room.held == 95


def test_what_is_left_and_moved_is_counted_once() -> None:
    strangers, known = Room(100), Room(100)
    with strangers.share(None, lambda: None) as share:
        share.take(60)
        share.move(known, "client")
        assert (strangers.held, known.held) == (0, 60)
        share.take(10)
        share.give_back(30)
        share.give_back(1000)
        assert known.held == 0
        share.take(5)
    assert (strangers.held, known.held) == (0, 0)


def test_in_a_waiting_room_the_one_goes_that_has_given_nothing_back_for_longest() -> None:
    room, ended = WaitingRoom(100), list[str]()
    shares = {name: room.share(name, partial(ended.append, name)) for name in "abc"}
    for share in shares.values():
        share.take(30)
    shares["a"].give_back(5)
    newcomer = room.share("d", partial(ended.append, "d"))
    newcomer.take(40)
    assert ended == ["b"]
    newcomer.take(10)
    assert ended == ["b", "c"]
