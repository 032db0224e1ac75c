"""Several passwords of an API client at once: each has its own end, and with it end the tokens that it was given."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fleets.models import ApiSecret, ApiToken
from fleets.programs import secrets
from tests.api.conftest import Caller, World

from .v1.conftest import BASE, V1Caller, ask_for_token

FLEETS = "/fleets"


def second(world: World, **values: Any) -> Caller:
    """The same client, with a further password."""
    row = world.caller.row
    return Caller(row, row.new_secret("second", **values), world.caller.http)


def test_a_new_password_takes_over_while_the_old_one_is_good_and_each_is_ended_alone(ours: World) -> None:
    new = second(ours)
    assert [caller.get(FLEETS).status_code for caller in (ours.caller, new)] == [200, 200]
    old, newer = ours.caller.row.secrets.order_by("pk")
    secrets.end(old)
    assert [caller.get(FLEETS).status_code for caller in (ours.caller, new)] == [401, 200]
    assert "password ended on" in ours.caller.get(FLEETS).json()["message"]
    secrets.end(newer)
    assert new.get(FLEETS).status_code == 401


def test_a_token_ends_with_its_own_password_and_no_other(ours: World, client: Client) -> None:
    row, tokens = ours.caller.row, {}
    for caller in (ours.caller, second(ours)):
        told = ask_for_token(client, client_id=row.client_id, client_secret=caller.secret).json()
        tokens[caller.secret] = V1Caller(row, caller.secret, client, token=told["access_token"])
    first, other = row.secrets.order_by("pk")
    assert [token.secret_id for token in ApiToken.objects.order_by("pk")] == [first.pk, other.pk]
    secrets.end(first)
    assert [caller.get("/accounts/vehicles").status_code for caller in tokens.values()] == [401, 200]
    refused = ask_for_token(client, client_id=row.client_id, client_secret=ours.caller.secret)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_an_end_that_has_come_is_the_end_though_somebody_ends_it_later(ours: World) -> None:
    secret, now = ours.caller.row.secrets.get(), timezone.now()
    secret.ends_at = now - timedelta(days=2)
    secrets.end(secret)
    assert secret.over_at == now - timedelta(days=2)
    assert secret.is_over(now)
    assert not ApiSecret(ends_at=now + timedelta(days=1)).is_over(now)
    assert not ApiSecret().is_over(now)


def test_the_password_of_one_client_is_none_of_another_though_both_are_good(ours: World, theirs: World) -> None:
    assert secrets.find(ours.caller.row.client_id, theirs.caller.secret) is None
    assert secrets.find("nobody", ours.caller.secret) is None
    assert secrets.find("a\0b", ours.caller.secret) is None


@pytest.mark.parametrize("way", ["v3", "token", "v1"])
def test_each_door_notes_when_a_password_was_last_used(ours: World, us: V1Caller, client: Client, way: str) -> None:
    ours.caller.row.secrets.update(last_used_at=None)
    before = timezone.now()
    if way == "v3":
        ours.caller.get(FLEETS)
    elif way == "v1":
        client.get(f"{BASE}/accounts/vehicles", headers={"Authorization": f"Bearer {us.token}"})
    else:
        ask_for_token(client, client_id=us.row.client_id, client_secret=us.secret)
    used = ours.caller.row.secrets.get().last_used_at
    assert used is not None
    assert used >= before


def test_a_wrong_try_is_no_use_of_a_password(ours: World, theirs: World) -> None:
    ours.caller.secret = theirs.caller.secret
    ours.caller.get(FLEETS)
    assert set(ApiSecret.objects.values_list("last_used_at", flat=True)) == {None}


@pytest.fixture
def us(ours: World) -> V1Caller:
    return V1Caller(ours.caller.row, ours.caller.secret, Client()).sign_in()
