"""What waits for a gateway goes by its budget: urgent first, fleets by turns, none one too many."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from fleets import budgets
from fleets.models import Fleet, UpstreamFleet, Vehicle
from fleets.storage.redis import client
from gateways.rate_headers import Told
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking import kill_switch
from remotes.asking.ask import request_action
from remotes.gate import gate, gateway_health, line, pacing
from remotes.gate.line import InLine
from remotes.jobs import DISPATCH, PACE
from remotes.models import GatewayHealth, RemoteAction, SendingStop
from remotes.registration import registration
from remotes.sending import sweep
from remotes.sending.dispatch import dispatch_vehicle
from remotes.words import codes
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.waiting import wait_until
from tests.world import one_is_enough

pytestmark = pytest.mark.django_db(transaction=True)

BURST = 4


class StrictCloud(Cloud):
    """Takes BURST requests in any second, and tells so."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []
        self.refused = 0
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        with self._lock:
            now = time.monotonic()
            recent = sum(1 for at in self.times if at > now - 1)
            headers = {"X-RateLimit-Limit-2": str(BURST), "X-RateLimit-Remaining-2": str(max(BURST - recent - 1, 0))}
            if recent >= BURST:
                self.refused += 1
                return 429, {"message": "slow down"}, {**headers, "Retry-After": "1"}
            self.times.append(now)
        status, document, more = super().answer(method, path, body)
        return status, document, {**headers, **more}


@pytest.fixture
def cloud(yard: Yard) -> Iterator[StrictCloud]:
    cloud = StrictCloud()
    yard.gateway.base_url = cloud.base_url
    yard.gateway.save()
    yield cloud
    cloud.close()
    client().flushall()


class Workers:
    """Threads that do what is woken, as Celery's workers do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._queue: queue.Queue[tuple[str, int] | None] = queue.Queue()
        self._waiting: set[tuple[str, int]] = set()
        self._lock = threading.Lock()
        self._permits = threading.Semaphore(6)
        for module in (pacing, sweep, gate):
            monkeypatch.setattr(module, "wake", self.wake)
        self._threads = [threading.Thread(target=self._run) for _ in range(6)]
        for thread in self._threads:
            thread.start()

    def wake(self, task: str, ids: Any) -> None:
        for id in ids:
            with self._lock:
                is_new = (task, id) not in self._waiting
                self._waiting.add((task, id))
            if is_new:
                self._queue.put((task, id))

    def _run(self) -> None:
        tasks: dict[str, Callable[[int], None]] = {DISPATCH: dispatch_vehicle, PACE: pacing.lead}
        while (work := self._queue.get()) is not None:
            with self._lock:
                self._waiting.discard(work)
            with self._permits:
                if work[0] in tasks:
                    tasks[work[0]](work[1])
        connection.close()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """What is under way ends first; meanwhile nothing begins."""
        for _ in self._threads:
            self._permits.acquire()
        try:
            yield
        finally:
            self._permits.release(len(self._threads))

    def stop(self) -> None:
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    workers = Workers(monkeypatch)
    yield workers
    workers.stop()


def fleet_of(yard: Yard, name: str, vehicles: int) -> list[Vehicle]:
    fleet = Fleet.objects.create(name=name)
    upstream = UpstreamFleet.objects.create(fleet=fleet, gateway=yard.gateway, upstream_id=name)
    registration.check(upstream.pk)
    return [
        Vehicle.objects.create(
            vin=f"VF3{fleet.pk:010}{number:04}", fleet=fleet, gateway=yard.gateway, upstream_id=f"{name}{number}"
        )
        for number in range(vehicles)
    ]


def ask(vehicle: Vehicle, remote_type: str) -> RemoteAction:
    payload: dict[str, Any] = {"Horn": {"state": "Activated"}, "Immobilization": {"activate": True}}
    one_is_enough(vehicle.fleet)
    return request_action(vehicle, Remote(REMOTE_TYPES[remote_type], payload[remote_type]))


def in_order_of_sending() -> list[RemoteAction]:
    return list(RemoteAction.objects.filter(state="accepted").order_by("sent_at"))


def wait_until_sent(number: int) -> None:
    """Sweep as the clock has it done, until so many are sent."""

    def are_sent() -> bool:
        sweep.sweep()
        return len(in_order_of_sending()) == number

    wait_until(are_sent, "all to be sent", 60)


def test_urgent_ones_go_first_a_small_fleet_is_not_starved_and_none_is_one_too_many(
    yard: Yard, cloud: StrictCloud, workers: Workers
) -> None:
    many, one = fleet_of(yard, "many", 24), fleet_of(yard, "one", 1)
    for vehicle in [*many[:20], *one]:
        ask(vehicle, "Horn")
    urgent = {ask(vehicle, "Immobilization").pk for vehicle in many[20:]}
    sweep.sweep()
    wait_until_sent(25)
    order = in_order_of_sending()
    assert cloud.refused == 0
    # What has a slot already when the urgent ones are asked for goes before them.
    assert urgent <= {action.pk for action in order[:6]}
    assert one[0].pk in {action.vehicle_id for action in order[:9]}
    assert cloud.times[-1] - cloud.times[-25] >= 5, "24 requests after the first, four a second at the most"


def test_what_is_asked_for_meanwhile_does_not_overtake(yard: Yard, cloud: StrictCloud, workers: Workers) -> None:
    vehicles = fleet_of(yard, "lyon", 14)
    for vehicle in vehicles[:12]:
        ask(vehicle, "Horn")
    sweep.sweep()
    wait_until(lambda: len(in_order_of_sending()) >= BURST, "the first to be sent")
    with workers.at_rest():
        sent = len(in_order_of_sending())
        late, urgent = ask(vehicles[12], "Horn"), ask(vehicles[13], "Immobilization")
        # Held by hand, so that it does not depend on how long the lines above took.
        budgets.keep_line(yard.gateway.pk, 0, 12 - sent)
        dispatch_vehicle(late.vehicle_id)
        dispatch_vehicle(urgent.vehicle_id)
    late.refresh_from_db()
    assert late.detail.startswith("The manufacturer's cloud takes 4 requests a second; ")
    wait_until_sent(14)
    order = [action.pk for action in in_order_of_sending()]
    assert order.index(urgent.pk) <= sent + BURST
    assert order[-1] == late.pk
    assert cloud.refused == 0


def test_redis_emptied_in_the_middle_loses_nothing_and_refuses_nothing(
    yard: Yard, cloud: StrictCloud, workers: Workers
) -> None:
    for vehicle in fleet_of(yard, "lyon", 16):
        ask(vehicle, "Horn")
    sweep.sweep()
    wait_until(lambda: len(in_order_of_sending()) >= 6, "some to be sent")
    client().flushall()
    wait_until_sent(16)
    assert cloud.refused == 0
    assert GatewayHealth.objects.get().burst_limit == BURST


def test_a_sweep_leaves_to_the_line_who_waits_there_but_not_whose_time_is_over(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: dict[str, list[int]] = {}
    monkeypatch.setattr(sweep, "wake", lambda task, ids: woken.update({task: list(ids)}))
    GatewayHealth.objects.create(gateway=yard.gateway, state="down", probe_at=timezone.now())
    now = timezone.now()
    yard.action(None, due_at=now)
    sweep.sweep()
    assert (woken[DISPATCH], woken[PACE]) == ([], [yard.gateway.pk])
    RemoteAction.objects.update(expires_at=now)
    sweep.sweep()
    assert woken[DISPATCH] == [yard.vehicle.pk]


def test_a_fleet_that_somebody_has_stopped_does_not_wait_in_line(yard: Yard, admin_user: Any) -> None:
    action = yard.action(None, due_at=timezone.now())
    first = InLine(yard.vehicle.pk, yard.fleet.pk, True, action.expires_at)
    assert line.waiting(yard.gateway.pk) == line.Line([first], 1, 1)
    stop = kill_switch.stop(yard.fleet, admin_user, "Audit")
    assert line.waiting(yard.gateway.pk).total == 0
    assert SendingStop.objects.get() == stop


def test_those_in_line_are_looked_at_as_soon_as_a_pause_outlasts_them(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: dict[str, list[int]] = {}
    monkeypatch.setattr(pacing, "wake", lambda task, ids: woken.update({task: list(ids)}))
    action = yard.action(None, due_at=timezone.now())
    budgets.answered(yard.gateway.pk, 0.1, Told(burst=5, day=1000, pause=200), is_answer=True)
    pacing.lead(yard.gateway.pk)
    assert woken[DISPATCH] == []
    RemoteAction.objects.filter(pk=action.pk).update(expires_at=timezone.now() + timedelta(seconds=190))
    pacing.lead(yard.gateway.pk)
    assert woken[DISPATCH] == [yard.vehicle.pk]
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    assert (action.state, action.why.code if action.why else "") == ("expired", codes.EXPIRES_FIRST)


def test_after_a_failed_probe_it_is_the_next_ones_turn(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    monkeypatch.setattr(pacing, "wake", lambda task, ids: woken.extend(ids))
    monkeypatch.setattr(gateway_health, "FRESH", 0.0)
    other = Vehicle.objects.create(vin="VF3ABCDE0FG000009", fleet=yard.fleet, gateway=yard.gateway)
    now = timezone.now()
    yard.action(None, due_at=now)
    second = yard.action(None, due_at=now)
    RemoteAction.objects.filter(pk=second.pk).update(vehicle=other)
    GatewayHealth.objects.create(gateway=yard.gateway, state="refused", probe_at=now)
    for failures in range(3):
        GatewayHealth.objects.update(failures=failures)
        pacing.lead(yard.gateway.pk)
    assert woken == [yard.vehicle.pk, other.pk, yard.vehicle.pk]


def test_turns() -> None:
    waiting = [(0, 1, False), (1, 1, False), (2, 1, False), (3, 2, False), (4, 1, True), (5, 1, True), (6, 2, True)]
    places = [InLine(*place, expires_at=timezone.now()) for place in [*waiting, (7, 3, False)]]
    order = [place.vehicle_id for place in line.turns(places, {1: 50.0, 2: 40.0})]
    assert order == [6, 4, 5, 7, 3, 0, 1, 2]
