"""Streams of people who see some vehicles only, until a moment, or without positions: they follow what may be seen."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from console.overview import live as of_fleet
from fleetremote.streams import hub
from fleetremote.streams.threads import OPENING, in_thread
from fleets.models import Fleet, Membership, Vehicle
from fleets.narrowing import narrow
from remotes.live import announce
from tests.world import make_fleet, make_person, make_vehicle

from .watching import END, NEWS, Browser, Watched

SECONDS_TO_THE_NEXT = hub.LOOK_EVERY

pytestmark = pytest.mark.django_db(transaction=True)


class World:
    """A garage sees one vehicle of two."""

    def __init__(self, **person: Any) -> None:
        self.fleet = make_fleet()
        self.own, self.strange = make_vehicle(self.fleet, "Own"), make_vehicle(self.fleet, "Strange")
        self.person = make_person("garage", self.fleet, role="operator", **person)
        narrow(self.membership, vehicles=[self.own.pk])

    @property
    def membership(self) -> Membership:
        return Membership.objects.get(user=self.person)

    def path(self, vehicle: Vehicle | None = None) -> str:
        place = f"/vehicles/{vehicle.public_id}" if vehicle else ""
        return f"/fleets/{self.fleet.public_id}{place}/live"

    def set(self, **values: Any) -> None:
        """As a page would, with what it announces."""
        membership = self.membership
        for name, value in values.items():
            setattr(membership, name, value)
        membership.save()


def watch(world: World, path: str, *acts: tuple[Callable[[], Any], bytes]) -> None:
    """After each act comes this part."""
    browser = Browser(world.person)

    async def told() -> None:
        async with browser.watching(path) as page:
            await page.has_begun()
            for act, part in acts:
                await in_thread(OPENING, act)
                assert await page.part() == part

    asyncio.run(told())


@pytest.fixture(autouse=True)
def nobody_looks_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 1_000.0)
    monkeypatch.setattr(of_fleet, "PACE", 0.0)


def test_who_sees_it_no_more_hears_no_more_of_it_at_once() -> None:
    world = World()
    watch(world, world.path(world.own), (lambda: narrow(world.membership, vehicles=[world.strange.pk]), END))


def test_a_vehicle_that_leaves_what_a_filter_means_is_seen_no_more_at_once() -> None:
    """Somebody gives it another label."""
    world = World()
    narrow(world.membership, filter={"version": 1, "q": "Own"})

    def relabel() -> None:
        world.own.label = "Sold"
        world.own.save()

    watch(world, world.path(world.own), (relabel, END))


@pytest.mark.parametrize("change", [{"positions": "no"}, {"remote_types": ["Horn"]}, {"role": "viewer"}])
def test_whose_page_shows_less_now_is_told_at_once(change: dict[str, Any]) -> None:
    world = World()
    watch(world, world.path(world.own), (lambda: world.set(**change), NEWS))


def test_the_end_of_ones_time_ends_it_at_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.2)
    world = World()
    over = timezone.now() - timedelta(seconds=1)
    watch(world, world.path(world.own), (lambda: Membership.objects.update(ends_at=over), END))


def test_the_next_look_is_within_five_seconds() -> None:
    assert SECONDS_TO_THE_NEXT <= 5


def test_the_fleets_stream_tells_of_ones_own_vehicles_alone() -> None:
    world = World()
    browser, path = Browser(world.person), world.path()

    async def told() -> None:
        async with browser.watching(path) as page:
            await page.has_begun()
            await in_thread(OPENING, lambda: announce([world.strange.pk]))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await page.part()
            await in_thread(OPENING, lambda: announce([world.own.pk]))
            assert await page.part() == NEWS

    asyncio.run(told())


def test_who_sees_others_than_before_begins_anew() -> None:
    """The stream ends, and the browser, which comes back by itself, then hears of these."""
    world = World()
    seen = [world.own.pk, world.strange.pk]
    watch(world, world.path(), (lambda: narrow(world.membership, vehicles=seen), END))
    watch(world, world.path(), (lambda: announce([world.strange.pk]), NEWS))


def test_who_saw_the_whole_fleet_and_is_narrowed_begins_anew() -> None:
    fleet = make_fleet()
    vehicle = make_vehicle(fleet)
    person = make_person("viewer", fleet, role="viewer")
    browser = Browser(person)

    async def told() -> None:
        async with browser.watching(f"/fleets/{fleet.public_id}/live") as page:
            await page.has_begun()
            await in_thread(OPENING, lambda: narrow(Membership.objects.get(user=person), vehicles=[vehicle.pk]))
            assert await page.part() == END

    asyncio.run(told())


def test_what_is_strange_has_no_stream() -> None:
    world = World()
    browser, path = Browser(world.person), world.path(world.strange)

    async def told() -> int:
        async with browser.watching(path) as page:
            return await page.status()

    assert asyncio.run(told()) == 404


def test_an_admin_watches_every_fleet_until_they_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.1)
    fleet: Fleet = make_fleet()
    vehicle = make_vehicle(fleet)
    admin = make_person("root", is_superuser=True)

    def demote() -> None:
        User.objects.filter(pk=admin.pk).update(is_superuser=False)

    async def watched(page: Watched) -> None:
        await page.has_begun()
        # By now they were looked for several times.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await page.part()

    browser, path = Browser(admin), f"/fleets/{fleet.public_id}"
    of_one = f"{path}/vehicles/{vehicle.public_id}/live"

    async def told() -> None:
        async with browser.watching(f"{path}/live") as whole, browser.watching(of_one) as one:
            await watched(whole)
            await watched(one)
            await in_thread(OPENING, demote)
            assert await whole.part() == END
            assert await one.part() == END

    asyncio.run(told())
