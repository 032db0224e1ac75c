"""Requests that come in together are stored together, and one bad apple does not spoil the barrel."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections

from callbacks.models import Notification
from remotes import ingest
from remotes.ingest_group import IngestGroup
from remotes.models import InboundRequest, RemoteEvent
from tests.callbacks.outbox_world import make_callback

from .conftest import NOON, Yard, event

pytestmark = pytest.mark.django_db(transaction=True)


def incoming(yard: Yard, second: int, upstream_fleet_id: int | None = None) -> ingest.Incoming:
    body = json.dumps({"events": [event("Accepted", at=NOON.replace(second=second))]}).encode()
    return ingest.read(upstream_fleet_id or yard.upstream.pk, yard.gateway.pk, NOON, body)


class Group:
    """A group that notes what it told, and closes its connection at the end."""

    def __init__(self) -> None:
        self.told: list[ingest.News] = []

    def store(self, *requests: ingest.Incoming) -> list[BaseException | None]:
        async def together() -> list[BaseException | None]:
            group = IngestGroup(self.told.append)
            results = await asyncio.gather(*map(group.store, requests), return_exceptions=True)
            while group._telling is not None:
                await asyncio.sleep(0)
            await asyncio.get_running_loop().run_in_executor(group._database_thread, connections.close_all)
            return results

        return asyncio.run(together())


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
        loop = asyncio.get_running_loop()

        def backend() -> int:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                return int(cursor.fetchone()[0])

        pid = await loop.run_in_executor(group._database_thread, backend)
        await loop.run_in_executor(None, terminate, pid)
        await group.store(incoming(yard, 1))
        await loop.run_in_executor(group._database_thread, connections.close_all)

    def terminate(pid: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connections.close_all()

    asyncio.run(cut_and_store())
    assert RemoteEvent.objects.count() == 2


def test_two_servers_that_get_the_same_at_the_same_time_store_and_tell_it_once(yard: Yard) -> None:
    action = yard.action(callback=make_callback(yard.fleet))
    requests = [incoming(yard, second) for second in range(30)]

    def one_server(order: list[ingest.Incoming]) -> list[BaseException | None]:
        return Group().store(*order)

    with ThreadPoolExecutor(2) as servers:
        results = list(servers.map(one_server, [requests, requests[::-1]]))
    assert results == [[None] * 30] * 2
    assert action.events.count() == 30
    assert Notification.objects.count() == 30
