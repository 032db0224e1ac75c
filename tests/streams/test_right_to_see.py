"""A stream ends with the right to see: at once where that is announced, and soon where it is not."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone

from fleetremote.streams import hub
from fleetremote.streams.threads import OPENING, in_thread
from fleets.models import Fleet, Membership, Vehicle
from fleets.sight.looking import Sight, holding
from fleets.storage.redis import client as redis_client
from tests.world import make_fleet, make_person, make_vehicle

from .watching import END, NEWS, Browser, Watched

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[Browser, User], Any]


def password_changed(browser: Browser, person: User) -> None:
    person.set_password("another-long-password")
    person.save()


def made_inactive(browser: Browser, person: User) -> None:
    person.is_active = False
    person.save()


ANNOUNCED: dict[str, Act] = {
    "logged out": lambda browser, person: browser.posts.post("/logout"),
    "password changed": password_changed,
    "made inactive": made_inactive,
    "deleted": lambda browser, person: person.delete(),
    "membership removed": lambda browser, person: Membership.objects.get(user=person).delete(),
    "memberships removed": lambda browser, person: Membership.objects.filter(user=person).delete(),
}

PAST = timedelta(days=-1)
NOT_ANNOUNCED: dict[str, Act] = {
    "made inactive by an update": lambda browser, person: User.objects.filter(pk=person.pk).update(is_active=False),
    "membership moved by an update": lambda browser, person: Membership.objects.filter(user=person).update(
        fleet=make_fleet("Paris")
    ),
    "session deleted": lambda browser, person: Session.objects.all().delete(),
    "session over": lambda browser, person: Session.objects.update(expire_date=timezone.now() + PAST),
    "vehicle moved": lambda browser, person: Vehicle.objects.update(fleet=make_fleet("Paris")),
}


def watch(story: Callable[[Browser, User, Watched], Any]) -> None:
    """What happens while a viewer watches a vehicle."""
    vehicle = make_vehicle(fleet := make_fleet())
    person = make_person("viewer", fleet, role="viewer")
    browser = Browser(person)
    path = f"/fleets/{fleet.public_id}/vehicles/{vehicle.public_id}/live"

    async def told() -> None:
        async with browser.watching(path) as page:
            await page.has_begun()
            await story(browser, person, page)

    asyncio.run(told())


@pytest.mark.parametrize("name", ANNOUNCED)
def test_what_is_announced_ends_it_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody looks by themselves here.
    monkeypatch.setattr(hub, "LOOK_EVERY", 1_000.0)

    async def story(browser: Browser, person: User, page: Watched) -> None:
        await in_thread(OPENING, lambda: ANNOUNCED[name](browser, person))
        assert await page.part() == END

    watch(story)


@pytest.mark.parametrize("name", NOT_ANNOUNCED)
def test_what_is_not_announced_ends_it_at_the_next_look(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.2)

    async def story(browser: Browser, person: User, page: Watched) -> None:
        await in_thread(OPENING, lambda: NOT_ANNOUNCED[name](browser, person))
        assert await page.part() == END

    watch(story)


@pytest.mark.parametrize("name", ANNOUNCED)
def test_a_lost_announcement_costs_no_more_than_one_that_was_never_made(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.2)
    monkeypatch.setattr("fleets.sight.announcing.best_effort", lambda work: False)

    async def story(browser: Browser, person: User, page: Watched) -> None:
        await in_thread(OPENING, lambda: ANNOUNCED[name](browser, person))
        assert await page.part() == END

    watch(story)


def test_looks_are_seconds_apart() -> None:
    """What is lost on the way costs 15 seconds at most."""
    assert hub.LOOK_EVERY <= hub.LOOK_COUNTS <= 15


def promoted(person: User) -> None:
    membership = Membership.objects.get(user=person)
    membership.role = "manager"
    membership.save()


def test_whose_rights_are_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page then shows what may be done now."""
    monkeypatch.setattr(hub, "LOOK_EVERY", 1_000.0)

    async def story(browser: Browser, person: User, page: Watched) -> None:
        await in_thread(OPENING, lambda: promoted(person))
        assert await page.part() == NEWS

    watch(story)


def test_what_ends_for_others_ends_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another person, and another session of the same one."""
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.1)

    def others(person: User) -> None:
        made_inactive(Browser(), make_person("another", Fleet.objects.get()))
        Browser(person).posts.post("/logout")

    async def story(browser: Browser, person: User, page: Watched) -> None:
        await in_thread(OPENING, lambda: others(person))
        # It comes after whatever the log-out may have led to.
        await in_thread(OPENING, lambda: promoted(person))
        assert await page.part() == NEWS

    watch(story)


def test_while_nobody_can_be_asked_a_look_counts_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[float]()

    async def story(browser: Browser, person: User, page: Watched) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()

        def away(sights: Any) -> None:
            asked.append(clock())
            raise OperationalError("away")

        monkeypatch.setattr(hub, "holding", away)
        assert await page.part() == END
        assert clock() - began >= 0.5
        assert len(asked) >= 2

    monkeypatch.setattr(hub, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(hub, "LOOK_COUNTS", 1.0)
    watch(story)


def test_the_message_of_a_log_out_lets_nobody_in() -> None:
    """Whoever reads what Redis is told must not be able to take the session."""
    browser = Browser(make_person("viewer"))
    key = str(browser.posts.session.session_key)
    listener = redis_client().pubsub()
    listener.subscribe("live:sight")
    listener.get_message(timeout=5)
    browser.posts.post("/logout")
    message = listener.get_message(timeout=5)
    listener.close()
    assert message is not None
    assert message["data"].startswith(b"session ")
    assert key.encode() not in message["data"]


def test_a_look_at_many_is_few_statements(django_assert_num_queries: Any) -> None:
    fleet = make_fleet()
    vehicles = [make_vehicle(fleet) for _ in range(5)]
    people = [make_person(f"person {number}", fleet) for number in range(3)]
    keys = {person.pk: str(Browser(person).posts.session.session_key) for person in people}
    sights = [Sight(keys[person.pk], person.pk, fleet.pk, each.pk) for person in people for each in vehicles]
    with django_assert_num_queries(len(people) + 3):
        assert holding(sights) == set(sights)
