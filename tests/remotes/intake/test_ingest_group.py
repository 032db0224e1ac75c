"""Requests that come in together are stored together, and one bad apple does not spoil the barrel."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import DatabaseError, connection, connections

from callbacks.models import Notification
from remotes.intake import ingest
from remotes.intake.ingest_group import IngestGroup
from remotes.models import InboundRequest, RemoteEvent
from tests.callbacks.outbox_world import make_callback
from tests.remotes.conftest import NOON, Yard, event

pytestmark = pytest.mark.django_db(transaction=True)


def incoming(yard: Yard, second: int, upstream_fleet_id: int | None = None) -> ingest.Incoming:
    body = json.dumps({"events": [event("Accepted", at=NOON.replace(second=second))]}).encode()
    return ingest.read(upstream_fleet_id or yard.upstream.pk, yard.gateway.pk, NOON, body)


class Group:
    """A group that notes what it told. Its statements run on the thread that stores."""

    def __init__(self) -> None:
        self.told: list[ingest.News] = []

    def store(self, *requests: ingest.Incoming) -> list[BaseException | None]:
        async def together() -> list[BaseException | None]:
            group = IngestGroup(self.told.append)
            results = await asyncio.gather(*map(group.store, requests), return_exceptions=True)
            await group.told()
            return results

        return async_to_sync(together)()


def test_all_are_stored_and_told_once(yard: Yard) -> None:
    callback = make_callback(yard.fleet)
    action = yard.action(callback=callback)
    group = Group()
    assert group.store(*(incoming(yard, second) for second in range(20))) == [None] * 20
    assert action.events.count() == 20
    assert InboundRequest.objects.count() == 20
    assert {vehicle for news in group.told for vehicle in news.vehicle_ids} == {yard.vehicle.pk}
    assert {told for news in group.told for told in news.callback_ids} == {callback.pk}
    assert len(group.told) < 20


def test_one_that_the_database_refuses_fails_alone(yard: Yard) -> None:
    action = yard.action()
    stranger = incoming(yard, 1, upstream_fleet_id=999_999)
    results = Group().store(incoming(yard, 0), incoming(yard, 2), stranger, incoming(yard, 3))
    assert [type(result).__name__ for result in results] == ["NoneType", "NoneType", "IntegrityError", "NoneType"]
    assert isinstance(results[2], DatabaseError)
    assert action.events.count() == 3


def test_a_connection_that_was_cut_is_made_anew(yard: Yard) -> None:
    yard.action()

    async def cut_and_store() -> None:
        group = IngestGroup(lambda news: None)
        await group.store(incoming(yard, 0))
        await asyncio.to_thread(terminate, await sync_to_async(backend)())
        await group.store(incoming(yard, 1))

    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def terminate(pid: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connections.close_all()

    async_to_sync(cut_and_store)()
    assert RemoteEvent.objects.count() == 2


def test_two_servers_that_get_the_same_at_the_same_time_store_and_tell_it_once(yard: Yard) -> None:
    action = yard.action(callback=make_callback(yard.fleet))
    requests = [incoming(yard, second) for second in range(30)]

    def one_server(order: list[ingest.Incoming]) -> list[BaseException | None]:
        try:
            return Group().store(*order)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as servers:
        results = list(servers.map(one_server, [requests, requests[::-1]]))
    assert results == [[None] * 30] * 2
    assert action.events.count() == 30
    assert Notification.objects.count() == 30


def test_an_error_that_nobody_has_thought_of_holds_up_nobody(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    action, store = yard.action(), ingest.store
    culprit = incoming(yard, 1)

    def stumble(requests: Sequence[ingest.Incoming]) -> ingest.News:
        if culprit in requests:
            raise ValueError("nobody has thought of this")
        return store(requests)

    monkeypatch.setattr(ingest, "store", stumble)
    results = Group().store(incoming(yard, 0), culprit, incoming(yard, 2))
    assert [type(result).__name__ for result in results] == ["NoneType", "ValueError", "NoneType"]
    assert action.events.count() == 2
