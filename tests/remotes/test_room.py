"""One gateway takes at most half of a worker's threads, so that one that hangs leaves some to the others."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection

from fleets.models import Gateway, UpstreamFleet, Vehicle
from fleets.redis import client
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import Remote
from remotes import room
from remotes.dispatch import dispatch_vehicle
from remotes.models import RemoteAction
from remotes.requests import request_action
from tests.waiting import wait_until

from .cloud import Cloud
from .conftest import Yard

HORN = Remote(REMOTE_TYPES["Horn"], {"state": "Activated"})


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[int], bool]]:
    """This process is a worker with four threads; gives the vehicles that it wakes, and whether urgently."""
    found: list[tuple[list[int], bool]] = []
    monkeypatch.setattr(room, "_most", None)
    monkeypatch.setattr(room, "wake", lambda task, ids, *, urgent: found.append((ids, urgent)))
    room.share(4)
    return found


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool
    client().flushall()


def vehicle(gateway: Gateway, yard: Yard, number: int) -> Vehicle:
    return Vehicle.objects.create(
        vin=f"VF3ABCDE0FG00000{number}", fleet=yard.fleet, gateway=gateway, upstream_id=f"w{number}"
    )


def send(threads: ThreadPoolExecutor, action: RemoteAction) -> Future[None]:
    def work() -> None:
        dispatch_vehicle(action.vehicle_id)
        connection.close()

    return threads.submit(work)


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_hangs_leaves_half_of_the_threads_to_others(
    yard: Yard, cloud: Cloud, woken: list[tuple[list[int], bool]], threads: ThreadPoolExecutor
) -> None:
    other = Cloud()
    quick = Gateway.objects.create(name="quick", base_url=other.base_url, password="secret")
    UpstreamFleet.objects.create(fleet=yard.fleet, gateway=quick, upstream_id="f2")
    first, second, third = (request_action(vehicle(yard.gateway, yard, number), HORN) for number in range(3))
    # Until it has answered once, a gateway gets one request at a time.
    send(threads, request_action(yard.vehicle, HORN)).result(20)
    answers = threading.Event()
    cloud.next.extend([answers, answers])
    hanging = [send(threads, first), send(threads, second)]
    wait_until(lambda: len(cloud.posted) == 3, "two requests under way")

    send(threads, third).result(20)
    third.refresh_from_db()
    assert third.state == "queued"
    assert third.detail == (
        "The manufacturer's cloud is slow to answer others; this one goes as soon as there is room."
    )
    elsewhere = request_action(vehicle(quick, yard, 3), HORN)
    send(threads, elsewhere).result(20)
    elsewhere.refresh_from_db()
    assert elsewhere.state == "accepted"

    answers.set()
    for each in hanging:
        each.result(20)
    assert woken == [([third.vehicle_id], False)]
    send(threads, third).result(20)
    third.refresh_from_db()
    assert (third.state, third.detail, len(cloud.posted)) == ("accepted", "", 4)
    other.close()


def test_urgent_ones_get_the_next_room(woken: list[tuple[list[int], bool]], threads: ThreadPoolExecutor) -> None:
    assert threads.submit(room.enter, 1, 10, False).result()
    assert room.enter(1, 11, False)
    for vehicle_id, urgent in ((12, False), (13, True), (14, True)):
        with ThreadPoolExecutor(1) as another:
            assert not another.submit(room.enter, 1, vehicle_id, urgent).result()
    for _ in range(2):
        room.leave()
        assert room.enter(1, 11, False)
    room.leave()
    room.leave()
    assert woken == [([13], True), ([14], True), ([12], False)]


def test_a_thread_that_sends_on_needs_no_more_room(woken: list[tuple[list[int], bool]]) -> None:
    assert all(room.enter(1, 10, False) for _ in range(5))
    room.leave()
    room.leave()
    assert room.enter(1, 11, False)
    room.leave()
    assert woken == []


def test_all_who_want_room_get_it_in_the_end(woken: list[tuple[list[int], bool]]) -> None:
    lock, most, inside, sent = threading.Lock(), [0], [0], []
    turn = threading.Condition()

    def work(vehicle_id: int) -> None:
        while not room.enter(1, vehicle_id, False):
            with turn:
                turn.wait(0.05)
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        with lock:
            inside[0] -= 1
            sent.append(vehicle_id)
        room.leave()
        with turn:
            turn.notify_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert sorted(sent) == list(range(200))
    assert most[0] <= 2
