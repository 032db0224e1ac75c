"""Who has posted is looked up together, however many wrong secrets come; a right new one is never refused."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import DatabaseError

from fleets.models import UpstreamFleet
from remotes.intake import look_ups, webhook
from remotes.intake.look_ups import LookUps
from remotes.intake.webhook import Sender, Shown, shown
from tests.remotes.conftest import Yard
from tests.world import make_fleet


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were looked up together, each time."""
    counted: list[int] = []
    authenticate = webhook.authenticate

    def count(asking: Sequence[Shown]) -> list[Sender | None]:
        counted.append(len(asking))
        return authenticate(asking)

    monkeypatch.setattr(webhook, "authenticate", count)
    monkeypatch.setattr("remotes.intake.refused._noted", {})
    return counted


def ask(*asking: Shown) -> list[Any]:
    async def asked() -> list[Any]:
        look = LookUps()
        return await asyncio.gather(*map(look.sender, asking), return_exceptions=True)

    return async_to_sync(asked)()


def right(yard: Yard) -> Shown:
    return shown(yard.upstream.webhook_id, f"Bearer {yard.upstream.webhook_secret}")


def test_a_thousand_wrong_ones_cost_a_handful_of_statements(
    yard: Yard, looks: list[int], django_assert_max_num_queries: Any
) -> None:
    wrong = [shown(f"{yard.upstream.webhook_id}/{number}", "") for number in range(500)]
    unknown = [shown(f"nobody-{number}/x", "") for number in range(500)]
    with django_assert_max_num_queries(6):
        found = ask(*wrong, *unknown, right(yard))
    assert found[:-1] == [None] * 1000
    assert found[-1].upstream_fleet_id == yard.upstream.pk
    assert looks == [look_ups.MAX_TOGETHER, look_ups.MAX_TOGETHER, 1]


def test_after_a_stranger_the_next_look_waits_and_after_others_it_does_not(yard: Yard, looks: list[int]) -> None:
    other = make_fleet("Paris").upstream_fleets.get()

    async def story() -> None:
        now = asyncio.get_running_loop().time
        look = LookUps()
        began = now()
        await look.sender(right(yard))
        await look.sender(shown(f"{other.webhook_id}/{other.path_secret}", ""))
        assert look._not_before == 0
        await look.sender(shown("nobody", ""))
        stranger = now()
        # Those who come meanwhile go together.
        assert await asyncio.gather(*[look.sender(shown("nobody", "")) for _ in range(100)]) == [None] * 100
        assert now() - stranger >= look_ups.PAUSE * 0.9
        assert now() - began < 30

    async_to_sync(story)()
    assert looks == [1, 1, 1, 100]


def test_a_secret_that_is_new_since_the_last_look_is_found_by_the_next(yard: Yard, looks: list[int]) -> None:
    async def story() -> None:
        look = LookUps()
        assert await look.sender(shown(f"{yard.upstream.webhook_id}/new", "")) is None
        await UpstreamFleet.objects.filter(pk=yard.upstream.pk).aupdate(path_secret="new")
        asked = [look.sender(shown(f"{yard.upstream.webhook_id}/{secret}", "")) for secret in ("x", "new", "y")]
        first, second, third = await asyncio.gather(*asked)
        assert (first, third) == (None, None)
        assert second is not None

    async_to_sync(story)()


def test_what_can_never_be_an_id_is_not_asked_for(yard: Yard, looks: list[int], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert ask(*[shown(text, "Bearer x") for text in ("\x00", "a\x00b/c", "\ud800", "\n")]) == [None] * 4


def test_what_goes_wrong_is_told_to_all_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(asking: Sequence[Shown]) -> list[Sender | None]:
        raise DatabaseError("no room")

    monkeypatch.setattr(webhook, "authenticate", fail)
    assert [type(error) for error in ask(shown("a", ""), shown("b", ""))] == [DatabaseError] * 2
