"""Every vehicle's state is read, as a list or one by one, soon and again; what can't be read says why."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fleets import budgets
from fleets.models import Vehicle
from fleets.room import ROOM
from fleets.storage.redis import client
from fleets.sync.run import sync
from remotes.finding.vehicles import VehicleFilter
from remotes.gate import gateway_health
from remotes.models import GatewayHealth
from remotes.reading import due, run, slowed, watched
from remotes.reading.keeping import Answer, keep
from remotes.reading.run import read_gateway
from tests.fleets.cloud import Cloud, listed
from tests.remotes.conftest import Yard

LIST = "/fleets/f1/status"


@pytest.fixture(autouse=True)
def emptied(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(run, "BETWEEN", 0.0)
    yield
    client().flushall()
    gateway_health._readings.clear()


@pytest.fixture
def health_is_known(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read once a second, else."""
    monkeypatch.setattr(gateway_health, "FRESH", 3600.0)
    gateway_health.reading(yard.gateway.pk)


@pytest.fixture
def cloud(yard: Yard) -> Iterator[Cloud]:
    """A cloud with 26 vehicles, all of which a sync has just found."""
    cloud = Cloud()
    cloud.fleets = {"f1": [listed(number) for number in range(26)]}
    cloud.lists_states, cloud.page_size = True, 12
    yard.gateway.base_url = cloud.base_url
    yard.gateway.save()
    yard.vehicle.delete()
    assert sync(yard.gateway).new == 26
    cloud.asked.clear()
    yield cloud
    cloud.close()


def vehicle(number: int) -> Vehicle:
    return Vehicle.objects.get(upstream_id=f"v{number}")


def status(number: int) -> str:
    return f"/fleets/f1/vehicles/v{number}/status"


def later(**since: float) -> None:
    """All that was done lies so much further back."""
    ago = timedelta(**since)
    for row in Vehicle.objects.all():
        for name in ("state_due_at", "state_tried_at", "state_read_at"):
            at = getattr(row, name)
            setattr(row, name, at and at - ago)
        row.save()
    for place in Vehicle.objects.first().gateway.upstream_fleets.exclude(states_from=None):  # type: ignore[union-attr]
        place.states_from -= ago  # type: ignore[operator]
        place.save()


def test_after_a_sync_every_vehicle_is_read_by_a_few_requests_and_again_after_half_an_hour(
    yard: Yard, cloud: Cloud
) -> None:
    assert due.gateways() == {yard.gateway.pk}
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [LIST] * 3
    assert not Vehicle.objects.exclude(state__odometer__mileage=12).exists()
    assert due.gateways() == set()
    later(minutes=29)
    assert due.gateways() == set()
    later(minutes=1)
    assert due.gateways() == {yard.gateway.pk}
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [LIST] * 6


@pytest.mark.usefixtures("health_is_known")
def test_a_page_of_a_list_takes_as_many_statements_however_many_vehicles_are_on_it(
    yard: Yard, cloud: Cloud, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # 8 whatever there is: the gateway, its lock, its health, who is due, and the list's place. A page: who is on it,
    # what is known of them, what comes of it, and the beginning and the end of that.
    cloud.page_size = 26
    read_gateway(yard.gateway.pk)
    later(minutes=31)
    with django_assert_num_queries(8 + 5):
        read_gateway(yard.gateway.pk)
    later(minutes=31)
    cloud.page_size = 6
    with django_assert_num_queries(8 + 5 * 5):
        read_gateway(yard.gateway.pk)


@pytest.mark.usefixtures("health_is_known")
def test_where_there_is_no_list_each_vehicle_is_asked_for_and_the_list_once_a_day(
    yard: Yard, cloud: Cloud, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cloud.lists_states = False
    read_gateway(yard.gateway.pk)
    assert sorted(cloud.asked) == sorted([LIST, *(status(number) for number in range(26))])
    assert not Vehicle.objects.exclude(state__odometer__mileage=12).exists()
    later(minutes=31)
    cloud.asked.clear()
    # A statement for 25 that are due, and four that write what came: twice.
    with django_assert_num_queries(6 + 2 * 5):
        read_gateway(yard.gateway.pk)
    assert LIST not in cloud.asked
    assert len(cloud.asked) == 26


def test_a_few_are_asked_for_one_by_one(yard: Yard, cloud: Cloud) -> None:
    read_gateway(yard.gateway.pk)
    Vehicle.objects.filter(upstream_id__in=["v1", "v2", "v3"]).update(state_due_at=timezone.now())
    cloud.asked.clear()
    read_gateway(yard.gateway.pk)
    assert sorted(cloud.asked) == [status(1), status(2), status(3)]


def test_who_is_not_in_the_list_is_asked_for_alone_and_the_clouds_words_are_kept(yard: Yard, cloud: Cloud) -> None:
    cloud.states["v7"] = None
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [LIST, LIST, LIST, status(7)]
    found = vehicle(7)
    assert found.state_read_at is None
    assert found.state_tried_at is not None
    assert found.state_failures == 1
    words = "The manufacturer's cloud gave no state of this vehicle: Not Found: Position not found."
    assert str(found.state_problem) == words
    cloud.states["v7"] = {"odometer": {"mileage": 7}}
    later(minutes=5)
    read_gateway(yard.gateway.pk)
    found = vehicle(7)
    assert (found.state["odometer"], found.state_problem, found.state_failures) == ({"mileage": 7}, None, 0)


@pytest.mark.parametrize("body", [[{"odometer": {"mileage": 99}}], 7, "<html>Welcome</html>", None])
def test_an_answer_of_another_form_is_no_state_and_the_list_finds_who_has_one(
    yard: Yard, cloud: Cloud, body: Any
) -> None:
    read_gateway(yard.gateway.pk)
    assert not VehicleFilter(reading="failed").of(yard.fleet).exists()
    Vehicle.objects.filter(upstream_id="v7").update(state_due_at=timezone.now())
    cloud.refused[status(7)] = (200, body)
    read_gateway(yard.gateway.pk)
    found = vehicle(7)
    assert found.state["odometer"] == {"mileage": 12}
    assert "The state could not be read" in str(found.state_problem)
    assert list(VehicleFilter(reading="failed").of(yard.fleet)) == [found]
    assert VehicleFilter(reading="ok").of(yard.fleet).count() == 25


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": 40400, "message": "Not Found: Position not found."}, "Not Found: Position not found"),
        ({"code": 404, "message": "Sorry."}, "Sorry"),
        ({"httpCode": "500", "httpMessage": "Oh", "moreInformation": "backend is away"}, "backend is away"),
    ],
)
def test_an_error_that_comes_with_a_200_is_no_state_and_its_words_are_kept(
    yard: Yard, cloud: Cloud, error: Any, words: str
) -> None:
    # In the list and alone.
    cloud.states["v7"] = error
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [LIST, LIST, LIST, status(7)]
    found = vehicle(7)
    assert (found.state, found.state_read_at) == ({}, None)
    assert words in str(found.state_problem)


def test_of_two_states_of_one_vehicle_in_a_list_the_later_counts_and_unknown_vins_do_not(
    yard: Yard, cloud: Cloud
) -> None:
    cloud.page_size = 60
    cloud.fleets["f1"] += [{**listed(7), "id": "again"}, {**listed(1), "id": "other", "vin": "VF3ZZZZZZZZ000001"}]
    cloud.states["v7"] = {"updatedAt": "2026-11-21T08:00:00Z", "odometer": {"mileage": 70}}
    cloud.states["again"] = {"updatedAt": "2026-11-20T08:00:00Z", "odometer": {"mileage": 60}}
    read_gateway(yard.gateway.pk)
    assert vehicle(7).state["odometer"] == {"mileage": 70}
    assert Vehicle.objects.count() == 26


def test_what_fails_is_asked_for_more_and_more_seldom_and_what_was_read_stays(yard: Yard, cloud: Cloud) -> None:
    read_gateway(yard.gateway.pk)
    cloud.refused[status(7)] = (403, {"code": 40300, "message": "Privacy."})
    waits = []
    for _ in range(12):
        Vehicle.objects.filter(upstream_id="v7").update(state_due_at=timezone.now())
        read_gateway(yard.gateway.pk)
        found = vehicle(7)
        assert found.state_due_at is not None
        assert found.state_tried_at is not None
        waits.append(round((found.state_due_at - found.state_tried_at) / timedelta(minutes=1)))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]
    assert found.state["odometer"] == {"mileage": 12}
    assert str(found.state_problem).endswith("does not let us read the state of this vehicle: Privacy.")


def test_a_list_that_is_cut_short_is_gone_on_with_where_it_was_left(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_after(requests: int) -> None:
        left = iter([False] * requests)
        monkeypatch.setattr(ROOM, "is_wanted", lambda gateway_id: next(left, True))

    stop_after(1)
    read_gateway(yard.gateway.pk)
    assert Vehicle.objects.filter(state_read_at__isnull=False).count() == 12
    stop_after(9)
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [LIST, f"{LIST}?12-", f"{LIST}?12-"]
    assert not Vehicle.objects.filter(state_read_at__isnull=True).exists()
    yard.upstream.refresh_from_db()
    assert yard.upstream.states_next is None


def test_a_worker_that_is_gone_leaves_the_list_to_the_next(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(answers: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(run, "keep", die)
        with pytest.raises(MemoryError):
            read_gateway(yard.gateway.pk)
    cloud.asked.clear()
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [LIST] * 3


def test_while_actions_wait_nothing_is_read(yard: Yard, cloud: Cloud) -> None:
    client().hset(f"budget:{yard.gateway.pk}:told", "burst", 10)
    budgets.keep_line(yard.gateway.pk, 0, 1)
    read_gateway(yard.gateway.pk)
    assert cloud.asked == []
    budgets.end_line(yard.gateway.pk)
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [LIST] * 3


@pytest.mark.parametrize("state", [GatewayHealth.State.DOWN, GatewayHealth.State.REFUSED])
def test_a_gateway_that_does_not_work_is_left_alone(yard: Yard, cloud: Cloud, state: GatewayHealth.State) -> None:
    GatewayHealth.objects.create(gateway=yard.gateway, state=state)
    gateway_health.forget_reading(yard.gateway.pk)
    assert due.gateways() == set()
    read_gateway(yard.gateway.pk)
    assert cloud.asked == []
    assert not Vehicle.objects.filter(state_tried_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_credentials_that_are_refused_mark_the_gateway_and_no_vehicle_is_blamed_twice(yard: Yard, cloud: Cloud) -> None:
    cloud.refused = {LIST: (401, {"message": "who are you?"}), **{status(n): (401, {}) for n in range(26)}}
    for _ in range(5):
        read_gateway(yard.gateway.pk)
    assert GatewayHealth.objects.get().state == GatewayHealth.State.REFUSED
    assert len(cloud.asked) == 2
    assert due.gateways() == set()


@pytest.mark.django_db(transaction=True)
def test_vehicles_that_the_api_forbids_to_read_close_nothing(yard: Yard, cloud: Cloud) -> None:
    read_gateway(yard.gateway.pk)
    cloud.refused = {status(number): (403, {"code": 40300, "message": "Privacy."}) for number in range(4)}
    Vehicle.objects.filter(upstream_id__in=["v0", "v1", "v2", "v3"]).update(state_due_at=timezone.now())
    cloud.asked.clear()
    read_gateway(yard.gateway.pk)
    assert len(cloud.asked) == 4
    assert not GatewayHealth.objects.exclude(state=GatewayHealth.State.UP).exists()


NO_LISTS: list[tuple[int, dict[str, Any]]] = [
    (403, {"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Not in your plan."}),
    (404, {"httpCode": "404", "httpMessage": "Not Found", "moreInformation": "No such resource."}),
    (405, {"message": "Method not allowed"}),
    (501, {"message": "Not implemented"}),
]


@pytest.mark.drawn("no lists of states", 1, of="tests")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer", NO_LISTS, ids=[str(status) for status, _ in NO_LISTS])
def test_a_plan_without_lists_of_states_closes_nothing_and_is_asked_again_after_a_day(
    yard: Yard, cloud: Cloud, answer: tuple[int, dict[str, Any]]
) -> None:
    cloud.refused[LIST] = answer
    for times in (1, 2, 3):
        yard.upstream.states_singly_until = None
        yard.upstream.save()
        read_gateway(yard.gateway.pk)
        assert cloud.asked.count(LIST) == times
        later(minutes=31)
    assert not GatewayHealth.objects.exclude(state=GatewayHealth.State.UP).exists()
    assert not Vehicle.objects.filter(state_read_at=None).exists()
    yard.upstream.refresh_from_db()
    assert yard.upstream.states_singly_until is not None
    assert yard.upstream.states_singly_until > timezone.now() + timedelta(hours=23)


def test_a_cloud_that_tells_no_limits_is_asked_a_few_times_a_second(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_gateway(yard.gateway.pk)
    Vehicle.objects.filter(upstream_id__in=["v0", "v1", "v2"]).update(state_due_at=timezone.now())
    cloud.asked.clear()
    monkeypatch.setattr(run, "BETWEEN", 0.5)
    began = time.monotonic()
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [status(number) for number in range(3)]
    assert time.monotonic() - began >= 2 * 0.5
    # A gateway whose limit is known has its budget.
    Vehicle.objects.filter(upstream_id__in=["v0", "v1", "v2"]).update(state_due_at=timezone.now())
    GatewayHealth.objects.create(gateway=yard.gateway, burst_limit=100)
    gateway_health.forget_reading(yard.gateway.pk)
    monkeypatch.setattr(run, "BETWEEN", 60.0)
    read_gateway(yard.gateway.pk)
    assert len(cloud.asked) == 6


def test_a_429_to_a_reading_keeps_readings_away_a_minute_and_longer_each_time(yard: Yard, cloud: Cloud) -> None:
    key = f"reading:{yard.gateway.pk}:slowed"

    def let_time_pass() -> None:
        client().delete(key)
        client().hset(f"budget:{yard.gateway.pk}:told", "paused", 0)

    cloud.lists_states = False
    waits = []
    for at in [LIST, *[status(0)] * 7]:
        cloud.refused = {at: (429, {"message": "slow down"})}
        cloud.asked.clear()
        let_time_pass()
        Vehicle.objects.update(state_due_at=timezone.now())
        read_gateway(yard.gateway.pk)
        assert cloud.asked[-1] == at
        waits.append(client().ttl(key))
        cloud.asked.clear()
        assert due.gateways() == set()
        read_gateway(yard.gateway.pk)
        assert cloud.asked == []
    assert waits == pytest.approx([60, 120, 240, 480, 960, 1920, 3600, 3600], abs=2)
    # Once all could be read the next one is the first again.
    cloud.refused = {}
    let_time_pass()
    assert due.gateways() == {yard.gateway.pk}
    read_gateway(yard.gateway.pk)
    assert due.gateways() == set()
    slowed.step_back(yard.gateway.pk)
    assert client().ttl(key) == pytest.approx(60, abs=2)


def test_a_cloud_that_fails_is_not_asked_for_all_of_them(yard: Yard, cloud: Cloud) -> None:
    cloud.broken = {LIST, *(status(number) for number in range(26))}
    read_gateway(yard.gateway.pk)
    assert len(cloud.asked) == 1 + run.PATIENCE
    assert Vehicle.objects.filter(state_failures=1).count() == run.PATIENCE


def test_an_open_page_is_read_each_minute(yard: Yard, cloud: Cloud) -> None:
    read_gateway(yard.gateway.pk)
    cloud.asked.clear()
    watched.mark(vehicle(3).pk)
    assert due.gateways() == set()
    later(seconds=61)
    assert due.gateways() == {yard.gateway.pk}
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [status(3)]
    assert due.gateways() == set()


def test_a_mark_of_an_open_page_does_not_last(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.mark(yard.vehicle.pk)
    assert watched.watched() == [yard.vehicle.pk]
    monkeypatch.setattr(watched, "HOLDS", -1)
    assert watched.watched() == []


def test_a_stolen_vehicle_is_read_each_minute_and_before_all_others(yard: Yard, cloud: Cloud) -> None:
    cloud.states["v5"] = {"stolen": {"state": True}}
    read_gateway(yard.gateway.pk)
    later(minutes=1)
    assert due.gateways() == {yard.gateway.pk}
    later(minutes=30)
    cloud.asked.clear()
    read_gateway(yard.gateway.pk)
    assert cloud.asked == [status(5), LIST, LIST, LIST]


def test_without_regular_reading_a_vehicle_is_read_once(yard: Yard, cloud: Cloud, settings: Any) -> None:
    settings.STATE_READ_MINUTES = 0
    read_gateway(yard.gateway.pk)
    assert not Vehicle.objects.filter(state_due_at__isnull=False).exists()
    assert not Vehicle.objects.filter(state_read_at__isnull=True).exists()


def test_vehicles_that_are_gone_or_in_a_fleet_that_is_are_not_asked_for(yard: Yard, cloud: Cloud) -> None:
    yard.upstream.gone_at = timezone.now()
    yard.upstream.save()
    assert due.gateways() == set()
    read_gateway(yard.gateway.pk)
    assert cloud.asked == []


State = dict[str, Any]


@pytest.mark.parametrize(
    ("known", "comes", "stays"),
    [
        ({"updatedAt": "2026-11-29T10:00:00Z", "n": 1}, {"updatedAt": "2026-11-29T09:59:59Z", "n": 2}, True),
        ({"updatedAt": "2026-11-29T10:00:00Z", "n": 1}, {"createdAt": "2026-11-29T09:00:00Z", "n": 2}, True),
        ({"updatedAt": "2026-11-29T10:00:00Z", "n": 1}, {"updatedAt": "2026-11-29T10:00:00Z", "n": 2}, False),
        ({"updatedAt": "2026-11-29T10:00:00Z", "n": 1}, {"n": 2}, False),
        ({"updatedAt": "2999-11-29T10:00:00Z", "n": 1}, {"updatedAt": "2026-11-29T10:00:00Z", "n": 2}, False),
    ],
)
def test_what_is_known_of_later_stays(yard: Yard, known: State, comes: State, stays: bool) -> None:
    yard.vehicle.state = known
    yard.vehicle.save()
    asked_at = timezone.now()
    changed = keep([Answer(yard.vehicle.pk, asked_at, comes)])
    yard.vehicle.refresh_from_db()
    assert yard.vehicle.state == (known if stays else comes)
    assert yard.vehicle.state_read_at == asked_at
    assert changed == (set() if stays else {yard.vehicle.pk})


def test_pages_are_told_only_of_what_has_changed(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[set[int]] = []
    tell: Callable[[set[int]], None] = told.append
    monkeypatch.setattr("remotes.reading.keeping.announce", tell)
    for _ in range(2):
        keep([Answer(yard.vehicle.pk, timezone.now(), {"n": 1})])
    assert told == [{yard.vehicle.pk}, set()]
