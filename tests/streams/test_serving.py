"""Streams cost no thread and no body, are so many at most, and tell their readers what they told before."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import override_settings

from campaigns.bulk.live import announce_bulk
from console.overview import live as overview
from fleetremote.streams import hub, serving
from fleetremote.streams.threads import LOOKING, OPENING, THREADS, in_thread
from fleets.models import Fleet, Membership, Vehicle
from fleets.storage.redis import client as redis_client
from remotes.live import announce
from tests.campaigns.bulk_world import make_bulk
from tests.world import make_fleet, make_person, make_vehicle

from .watching import END, NEWS, SOON, START, Browser

pytestmark = pytest.mark.django_db(transaction=True)


def live(vehicle: Vehicle) -> str:
    return f"{fleet_of(vehicle.fleet)}/vehicles/{vehicle.public_id}/live"


def fleet_of(fleet: Fleet) -> str:
    return f"/fleets/{fleet.public_id}"


async def nobody_listens() -> None:
    """The last stream takes the connection to Redis with it."""
    async with asyncio.timeout(SOON):
        while redis_client().client_list(_type="pubsub"):
            await asyncio.sleep(0.02)


def test_each_kind_of_page_hears_its_own_over_one_connection_to_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "PACE", 0.2)
    fleet = make_fleet()
    vehicles = [make_vehicle(fleet) for _ in range(3)]
    bulk = make_bulk(fleet, make_person("asks"))
    elsewhere = make_vehicle(make_fleet("Paris"))
    browser = Browser(make_person("viewer", fleet, role="viewer"))
    paths = [*map(live, vehicles), f"{fleet_of(fleet)}/live", f"{fleet_of(fleet)}/bulk/{bulk.public_id}/live"]

    async def story() -> None:
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(browser.watching(path)) for path in paths]
            for page in pages:
                await page.has_begun()
            assert len(redis_client().client_list(_type="pubsub")) == 1
            announce([elsewhere.pk, vehicles[1].pk])
            announce_bulk(bulk.pk)
            assert [await page.part() for page in (pages[1], pages[4])] == [NEWS, NEWS]
            # The numbers of a fleet are told once in a while only.
            assert await pages[3].part() == NEWS
            announce([vehicles[0].pk])
            assert await pages[0].part() == NEWS
        await nobody_listens()

    asyncio.run(story())


def test_a_hundred_streams_are_no_thread_more() -> None:
    vehicle = make_vehicle(fleet := make_fleet())
    browser = Browser(make_person("viewer", fleet))

    async def story() -> None:
        before = threading.active_count()
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(browser.watching(live(vehicle))) for _ in range(100)]
            for page in pages:
                await page.has_begun()
            assert threading.active_count() <= before + THREADS

    with override_settings(STREAMS_PER_PERSON=100):
        asyncio.run(story())


def test_a_person_has_so_many_and_the_process_so_many_and_the_next_are_told_so() -> None:
    vehicle = make_vehicle(fleet := make_fleet())
    person = make_person("first", fleet)
    first, first_elsewhere, second = Browser(person), Browser(person), Browser(make_person("second", fleet))

    async def refused(browser: Browser) -> tuple[int, str, bytes]:
        async with browser.watching(live(vehicle)) as page:
            status, headers = await page.start()
            assert not page.asked_for_body
            assert headers["x-content-type-options"] == "nosniff"
            return status, headers["retry-after"], await page.part()

    async def story() -> None:
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(browser.watching(live(vehicle))) for browser in (first, first)]
            for page in pages:
                await page.has_begun()
            for browser in (first, first_elsewhere):
                status, retry_after, words = await refused(browser)
                assert (status, retry_after) == (429, "15")
                assert b"You have 2 live pages open" in words
            async with second.watching(live(vehicle)) as others:
                await others.has_begun()
                status, retry_after, words = await refused(second)
                assert (status, retry_after) == (503, "15")
                assert b"As many live pages are open as this server takes" in words
            pages[0].leave()
            assert await pages[0].part() == END
            async with first.watching(live(vehicle)) as again:
                await again.has_begun()

    with override_settings(STREAMS=3, STREAMS_PER_PERSON=2):
        asyncio.run(story())


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"content_length": "400000000"}),
        ("GET", {"transfer_encoding": "chunked"}),
        ("POST", {"content_length": "400000000"}),
    ],
)
def test_no_body_is_read(method: str, headers: dict[str, str]) -> None:
    vehicle = make_vehicle(fleet := make_fleet())
    browser = Browser(make_person("viewer", fleet))

    async def story() -> None:
        async with browser.watching(live(vehicle), method=method, **headers) as page:
            assert await page.status() == 400
            assert not page.asked_for_body

    asyncio.run(story())


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "DELETE"])
def test_streams_are_only_got(method: str) -> None:
    vehicle = make_vehicle(fleet := make_fleet())
    browser = Browser(make_person("viewer", fleet))

    async def story() -> None:
        async with browser.watching(live(vehicle), method=method) as page:
            assert await page.status() in (403, 405)

    asyncio.run(story())


def test_who_may_not_see_gets_none_and_a_strange_host_neither() -> None:
    vehicle, elsewhere = make_vehicle(fleet := make_fleet()), make_vehicle(make_fleet("Nice"))
    asked: list[tuple[Browser, str, dict[str, Any], int]] = [
        (Browser(), live(vehicle), {}, 401),
        (Browser(make_person("stranger", make_fleet("Paris"))), live(vehicle), {}, 404),
        (Browser(make_person("viewer", fleet)), live(vehicle), {"host": "evil.example"}, 400),
        (Browser(make_person("other", fleet)), f"{fleet_of(fleet)}/vehicles/{elsewhere.public_id}/live", {}, 404),
    ]

    async def story() -> None:
        for browser, path, headers, status in asked:
            async with browser.watching(path, **headers) as page:
                assert await page.status() == status

    asyncio.run(story())


@pytest.mark.parametrize("path", ["/live", "/x/live", "/connectedcar/v3/live", "/fleets/x/y/live", "/live\x00/live"])
def test_what_only_ends_like_a_stream_is_a_page_like_any_other(path: str) -> None:
    assert not serving.is_stream(path)


def test_who_takes_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.2)
    vehicle = make_vehicle(fleet := make_fleet())
    browser = Browser(make_person("viewer", fleet))

    async def story() -> None:
        async with browser.watching(live(vehicle)) as page:
            await page.has_begun()
            page.takes.clear()
            announce([vehicle.pk])
            # Its place is free again, though it never left.
            await nobody_listens()

    asyncio.run(story())


def test_a_crowd_that_all_asks_at_once_is_not_let_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes on top is told to come later, by no thread, and who is in is looked after all the while."""
    monkeypatch.setattr(serving, "WAITING", 1)
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.2)
    vehicle = make_vehicle(fleet := make_fleet())
    browser, other = (Browser(make_person(name, fleet)) for name in ("viewer", "other"))
    go_on = threading.Event()

    async def story() -> None:
        async with AsyncExitStack() as stack:
            inside = await stack.enter_async_context(other.watching(live(vehicle)))
            await inside.has_begun()
            held = [asyncio.create_task(in_thread(OPENING, go_on.wait)) for _ in range(THREADS)]
            first, second = [await stack.enter_async_context(browser.watching(live(vehicle))) for _ in range(2)]
            status, headers = await second.start()
            assert (status, headers["retry-after"]) == (503, "15")
            await in_thread(LOOKING, lambda: Membership.objects.filter(user__username="other").delete())
            assert await inside.part() == END
            go_on.set()
            await asyncio.gather(*held)
            await first.has_begun()

    asyncio.run(story())


def test_without_redis_there_is_no_stream_and_when_it_is_lost_all_end() -> None:
    vehicle = make_vehicle(fleet := make_fleet())
    browser = Browser(make_person("viewer", fleet))

    async def away() -> None:
        async with browser.watching(live(vehicle)) as page:
            status, headers = await page.start()
            assert (status, headers["retry-after"]) == (503, "15")

    async def lost() -> None:
        async with browser.watching(live(vehicle)) as page, browser.watching(f"{fleet_of(fleet)}/live") as other:
            await page.has_begun()
            await other.has_begun()
            redis_client().client_kill_filter(_type="pubsub")
            assert [await page.part(), await other.part()] == [END, END]
            async with browser.watching(live(vehicle)) as again:
                await again.has_begun()

    with override_settings(REDIS_URL="unix:///nowhere?db=0"):
        asyncio.run(away())
    asyncio.run(lost())


@asynccontextmanager
async def heard_late(folder: Path, seconds: float) -> AsyncIterator[str]:
    """The address of a Redis each of whose answers is heard so late, as in a process whose threads are all at work."""

    socket = urlsplit(settings.REDIS_URL).path

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: float) -> None:
        while part := await reader.read(65536):
            await asyncio.sleep(late)
            writer.write(part)
        writer.close()

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        redis_reader, redis_writer = await asyncio.open_unix_connection(socket)
        async with asyncio.TaskGroup() as group:
            group.create_task(hand_on(reader, redis_writer, 0))
            group.create_task(hand_on(redis_reader, writer, seconds))

    async with await asyncio.start_unix_server(between, folder / "late") as server:
        yield f"unix://{folder / 'late'}?db=0"
        server.close()


def test_a_process_with_much_to_do_has_streams_all_the_same(tmp_path: Path) -> None:
    vehicle = make_vehicle(fleet := make_fleet())
    browser = Browser(make_person("viewer", fleet))

    async def story() -> None:
        async with heard_late(tmp_path, 1.2) as url:
            with override_settings(REDIS_URL=url):
                async with browser.watching(live(vehicle)) as page:
                    await page.has_begun()
            await nobody_listens()

    asyncio.run(story())


def test_another_server_gives_the_beginning_which_is_a_poll() -> None:
    vehicle = make_vehicle(fleet := make_fleet())
    answer = Browser(make_person("viewer", fleet)).posts.get(live(vehicle))
    assert (answer.status_code, answer.content) == (200, START)
    assert answer["Content-Type"] == "text/event-stream"
