"""A gateway that fails is left alone but for one probe at a time, and refused credentials are not hammered."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from fleets import budgets
from fleets.models import UpstreamFleet, Vehicle
from fleets.storage.redis import client
from gateways.interface import Exchange, GatewayError, NotAccepted
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes.asking.ask import request_action
from remotes.gate import gate, gateway_health, pacing
from remotes.intake.vehicle_state import refresh
from remotes.models import GatewayHealth, RemoteAction
from remotes.registration import registration
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.sweep import check_registrations
from remotes.words import codes
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_fleet, one_is_enough

pytestmark = pytest.mark.django_db(transaction=True)

State = GatewayHealth.State
BAD_GATEWAY: tuple[int, str, dict[str, str]] = (502, "<html>Bad gateway</html>", {})
MET = Why(codes.IN_FRONT_SAYING, status=502, words="Bad gateway")


@pytest.fixture(autouse=True)
def empty_redis() -> Iterator[None]:
    yield
    client().flushall()


@pytest.fixture
def vehicles(yard: Yard) -> list[Vehicle]:
    return [
        Vehicle.objects.create(vin=f"VF3ABCDE0FG00000{n}", fleet=yard.fleet, gateway=yard.gateway, upstream_id=f"w{n}")
        for n in range(8)
    ]


_changes: list[tuple[str, str]] = []
# Once and for good, as production's listeners.
gate.on_change(lambda row, before: _changes.append((str(before), str(row.state))))


@pytest.fixture
def told() -> list[tuple[str, str]]:
    """The changes that listeners are told of: the state before, and the new one."""
    _changes.clear()
    return _changes


def sent(vehicle: Vehicle, remote_type: str = "Locking", **payload: object) -> RemoteAction:
    """An action that has had its dispatch."""
    remote = Remote(REMOTE_TYPES[remote_type], dict(payload) or {"state": "Locked"})
    action = request_action(vehicle, remote)
    dispatch_vehicle(vehicle.pk)
    action.refresh_from_db()
    return action


def dispatched(action: RemoteAction) -> str:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action.state


def health(yard: Yard) -> GatewayHealth:
    return gate.health(yard.gateway)


def let_the_probe_be_due(yard: Yard, since: timedelta = timedelta(0)) -> None:
    GatewayHealth.objects.update(probe_at=timezone.now() - since)
    gateway_health.forget_reading(yard.gateway.pk)


def in_threads(work: Callable[[], Any], number: int = 4) -> list[Any]:
    def run(_: int) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


def go_down(yard: Yard, cloud: Cloud, vehicles: list[Vehicle]) -> None:
    cloud.next.extend([BAD_GATEWAY] * 5)
    assert [sent(vehicle).state for vehicle in vehicles[:5]] == ["unknown"] * 5
    assert health(yard).state == State.DOWN


def test_a_gateway_that_fails_for_several_vehicles_is_down_and_what_comes_waits(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle], told: list[tuple[str, str]]
) -> None:
    cloud.next.extend([BAD_GATEWAY] * 4)
    for vehicle in vehicles[:4]:
        sent(vehicle)
    assert health(yard).state == State.UP
    cloud.next.append(BAD_GATEWAY)
    sent(vehicles[4])
    found = health(yard)
    assert (found.state, found.failures, found.why) == (State.DOWN, 5, MET)
    assert told == [("up", "down")]
    action = sent(vehicles[5])
    assert (action.state, len(cloud.posted)) == ("queued", 5)
    assert action.detail == (
        "The manufacturer's cloud is down. Something in front of it answers HTTP 502: “Bad gateway”. This is sent once "
        "it works again."
    )


def test_one_vehicle_that_fails_closes_nothing(yard: Yard, cloud: Cloud) -> None:
    for _ in range(6):
        cloud.next.append(BAD_GATEWAY)
        action = sent(yard.vehicle, "State", action="state")
        RemoteAction.objects.filter(pk=action.pk).delete()
    assert health(yard).state == State.UP


def test_one_probe_at_a_time_finds_out_and_an_acceptance_opens_it_at_once(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle], told: list[tuple[str, str]]
) -> None:
    go_down(yard, cloud, vehicles)
    action = sent(vehicles[5])
    assert action.state == "queued"
    let_the_probe_be_due(yard)
    holds = in_threads(lambda: gate.hold(yard.gateway, yard.fleet.pk, True, timezone.now()))
    assert sum(hold is None for hold in holds) == 1
    let_the_probe_be_due(yard)
    assert dispatched(action) == "accepted"
    assert health(yard).state == State.UP
    assert told == [("up", "down"), ("down", "up")]


def test_a_failed_probe_has_the_next_wait_longer(yard: Yard, cloud: Cloud, vehicles: list[Vehicle]) -> None:
    go_down(yard, cloud, vehicles)
    waiting = sent(vehicles[5])
    GatewayHealth.objects.update(since=timezone.now() - timedelta(seconds=40))
    let_the_probe_be_due(yard)
    cloud.next.append(BAD_GATEWAY)
    assert dispatched(waiting) == "unknown"
    found = health(yard)
    assert found.probe_at is not None
    assert timedelta(seconds=35) < found.probe_at - timezone.now() < timedelta(seconds=50)
    assert (found.state, found.failures) == (State.DOWN, 6)


def test_an_urgent_action_is_preferred_as_probe(yard: Yard, cloud: Cloud, vehicles: list[Vehicle]) -> None:
    go_down(yard, cloud, vehicles)
    comfort, urgent = sent(vehicles[5], "Horn", state="Activated"), sent(vehicles[6])
    let_the_probe_be_due(yard)
    assert dispatched(comfort) == "queued"
    assert dispatched(urgent) == "accepted"


def test_the_time_to_live_goes_on_meanwhile(yard: Yard, cloud: Cloud, vehicles: list[Vehicle]) -> None:
    go_down(yard, cloud, vehicles)
    action = sent(vehicles[5])
    RemoteAction.objects.filter(pk=action.pk).update(expires_at=timezone.now())
    assert dispatched(action) == "expired"
    assert "is down" in action.detail


def test_what_comes_back_is_not_stampeded(yard: Yard, cloud: Cloud, vehicles: list[Vehicle]) -> None:
    go_down(yard, cloud, vehicles)
    let_the_probe_be_due(yard)
    assert sent(vehicles[5]).state == "accepted"
    holds = in_threads(lambda: gate.hold(yard.gateway, yard.fleet.pk, True, timezone.now()), 8)
    assert sum(hold is None for hold in holds) <= 4


def test_other_requests_are_held_too_and_find_out_where_nothing_is_to_be_sent(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    go_down(yard, cloud, vehicles)
    with pytest.raises(NotAccepted, match="is down"):
        gate.client(yard.gateway).read_callback("f1", "c1")
    let_the_probe_be_due(yard, timedelta(seconds=6))
    check_registrations(yard.gateway.pk)
    assert health(yard).state == State.UP


@pytest.mark.parametrize(("fleets", "hours"), [(1, 4.8), (3, 14.4)])
def test_checks_of_our_callbacks_use_a_twentieth_of_the_day(
    yard: Yard, cloud: Cloud, fleets: int, hours: float
) -> None:
    """Of 100 requests a day 5 are for them, shared among the gateway's fleets."""
    GatewayHealth.objects.create(gateway=yard.gateway, day_limit=100)
    for number in range(1, fleets):
        make_fleet().upstream_fleets.update(gateway=yard.gateway, upstream_id=f"g{number}")
    rows = UpstreamFleet.objects.filter(gateway=yard.gateway)
    for since, is_due in ((hours - 0.2, False), (hours + 0.2, True)):
        at = timezone.now() - timedelta(hours=since)
        rows.update(callback_checked_at=at)
        check_registrations(yard.gateway.pk)
        assert (rows.filter(callback_checked_at=at).count() < fleets) == is_due


def test_a_look_up_that_is_answered_lets_an_action_try_at_once(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    go_down(yard, cloud, vehicles)
    action = sent(vehicles[5])
    let_the_probe_be_due(yard, timedelta(seconds=6))
    refresh(vehicles[6].pk)
    assert health(yard).state == State.DOWN
    assert dispatched(action) == "accepted"


def test_a_cloud_that_can_not_be_reached_is_down_without_an_action_being_lost(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    assert sent(yard.vehicle).state == "accepted"
    yard.gateway.base_url = "http://127.0.0.1:9/connectedcar/v3"
    yard.gateway.save()
    for vehicle in vehicles[:5]:
        refresh(vehicle.pk)
    found = health(yard)
    assert (found.state, found.why) == (State.DOWN, Why(codes.IS_SILENT))
    assert sent(vehicles[5]).state == "queued"


REFUSAL: tuple[int, dict[str, str], dict[str, str]] = (401, {"message": "Who are you?"}, {})


def test_one_single_refusal_is_asked_again_at_once_and_closes_nothing(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle], told: list[tuple[str, str]]
) -> None:
    one_is_enough(yard.fleet)
    for remote_type, payload in (("Locking", {"state": "Locked"}), ("Immobilization", {"activate": True})):
        cloud.next.append(REFUSAL)
        action = sent(vehicles[0], remote_type, **payload)
        assert (action.state, action.attempts) == ("accepted", 2)
    assert (told, len(cloud.posted)) == ([], 4)


def test_a_vehicle_that_alone_is_refused_is_not_asked_for_without_end(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    cloud.next.append(REFUSAL)
    action = request_action(vehicles[0], Remote(REMOTE_TYPES["Locking"], {"state": "Locked"}))
    RemoteAction.objects.update(attempts=1)
    assert dispatched(action) == "queued"
    assert action.not_before is not None
    assert action.not_before > timezone.now() + timedelta(seconds=1)


def test_refused_credentials_are_not_hammered_until_they_are_changed(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle], told: list[tuple[str, str]]
) -> None:
    sent(yard.vehicle)
    cloud.next.extend([REFUSAL] * 2)
    sent(vehicles[0])
    assert gate.refuses_us(yard.gateway, 401)
    assert told == [("up", "refused")]
    action = sent(vehicles[1])
    assert (action.state, len(cloud.posted)) == ("queued", 3)
    assert "refuses our credentials" in action.detail
    found = health(yard)
    assert found.probe_at is not None
    assert timedelta(seconds=2) < found.probe_at - timezone.now() <= timedelta(seconds=5)
    # Somebody sets another password: tried at once, once.
    yard.gateway.password = "better"
    yard.gateway.save()
    gateway_health.forget_reading(yard.gateway.pk)
    cloud.next.append(REFUSAL)
    RemoteAction.objects.filter(pk=action.pk).update(not_before=None, attempts=1)
    dispatched(action)
    assert len(cloud.posted) == 4
    assert sent(vehicles[2]).state == "queued"
    assert len(cloud.posted) == 4


def test_while_a_gateway_is_closed_an_urgent_action_need_not_wait_for_the_next_probe(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    """It would not live that long."""
    sent(yard.vehicle)
    now = timezone.now()
    type(yard.gateway).objects.update(updated_at=now - timedelta(hours=1))
    times = {"since": now - timedelta(hours=1), "probed_at": now, "probe_at": now + timedelta(minutes=9)}
    row, _ = GatewayHealth.objects.update_or_create(gateway=yard.gateway, defaults={"state": "refused", **times})
    gateway_health.forget_reading(yard.gateway.pk)
    urgent, comfort = sent(vehicles[0]), sent(vehicles[1], "Horn", state="Activated")
    assert (urgent.state, comfort.state, len(cloud.posted)) == ("queued", "queued", 1)
    row.probed_at = now - timedelta(seconds=15)
    row.save()
    gateway_health.forget_reading(yard.gateway.pk)
    assert (dispatched(comfort), len(cloud.posted)) == ("queued", 1)
    cloud.next.append(REFUSAL)
    RemoteAction.objects.update(attempts=1)
    assert (dispatched(urgent), len(cloud.posted)) == ("queued", 2)
    # It has had its turn.
    RemoteAction.objects.update(not_before=None)
    assert (dispatched(urgent), len(cloud.posted)) == ("queued", 2)
    row.refresh_from_db()
    row.probed_at = now - timedelta(seconds=15)
    row.save()
    gateway_health.forget_reading(yard.gateway.pk)
    pacing.lead(yard.gateway.pk)
    assert (dispatched(urgent), len(cloud.posted)) == ("accepted", 3)
    assert health(yard).state == State.UP


def test_refusals_of_credentials_that_are_others_by_now_say_nothing(yard: Yard) -> None:
    old = yard.gateway
    yard.gateway = type(old).objects.get(pk=old.pk)
    yard.gateway.save()
    late = Exchange("GET", f"{old.base_url}/fleets", [], b"", duration=0.1, status=401)
    gate.observe(old, late)
    gate.observe(old, late)
    assert health(yard).state == State.UP
    gate.observe(yard.gateway, late)
    assert health(yard).state == State.REFUSED


def test_a_vehicle_that_is_forbidden_is_not_our_credentials(yard: Yard, cloud: Cloud, vehicles: list[Vehicle]) -> None:
    for vehicle in vehicles[:2]:
        cloud.next.append((403, {"code": 40399, "message": "no"}, {}))
        sent(vehicle)
    assert (health(yard).state, gate.refuses_us(yard.gateway, 403)) == (State.UP, False)
    cloud.next.append((403, {"code": 40399, "message": "no"}, {}))
    sent(vehicles[2])
    assert (health(yard).state, gate.refuses_us(yard.gateway, 403)) == (State.REFUSED, True)


def test_words_of_a_burst(yard: Yard, cloud: Cloud, vehicles: list[Vehicle]) -> None:
    GatewayHealth.objects.create(gateway=yard.gateway, burst_limit=1)
    dispatch_vehicle(yard.vehicle.pk)
    action = sent(vehicles[0])
    assert action.detail == "The manufacturer's cloud has asked us to slow down."


def test_learnt_limits_are_kept(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append((202, {"remoteActionId": "a9"}, {"X-RateLimit-Limit-1": "1000", "X-RateLimit-Limit-2": "1"}))
    assert sent(yard.vehicle).state == "accepted"
    found = health(yard)
    assert (found.burst_limit, found.day_limit) == (1, 1000)
    hold = gate.hold(yard.gateway, yard.fleet.pk, False, timezone.now())
    assert hold is not None
    assert str(hold.why) == "The manufacturer's cloud takes 1 request a second; others go before this one."


def test_a_look_up_without_room_is_not_made(yard: Yard) -> None:
    GatewayHealth.objects.create(gateway=yard.gateway, burst_limit=2, day_limit=100)
    exhausted = [("X-RateLimit-Limit-1", "100"), ("X-RateLimit-Remaining-1", "5")]
    gate.observe(yard.gateway, Exchange("GET", yard.gateway.base_url, [], b"", 0.1, 200, exhausted))
    with pytest.raises(GatewayError, match="5 of 100 requests a day are left"):
        gate.client(yard.gateway).read_callback("f1", "c1")


def test_while_redis_is_lost_each_process_sends_its_share(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    # So many that the next turn of this one is not near.
    settings.DISPATCH_PROCESSES = 1000
    GatewayHealth.objects.create(gateway=yard.gateway, burst_limit=1, day_limit=100)
    registration.check(yard.upstream.pk)
    monkeypatch.setattr("fleets.budgets.best_effort", lambda work: False)
    assert sent(vehicles[0]).state == "accepted"
    assert not budgets.in_hand(yard.gateway.pk)
    assert sent(vehicles[1]).state == "queued"
