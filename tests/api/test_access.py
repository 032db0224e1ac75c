"""Lists hold only what is the caller's, and wrong credentials are told so. Who may ask what: tests/rights/."""

import base64
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.request import Request

from api.rest.authentication import ApiClientAuthentication
from fleets.models import Membership
from fleets.programs.secrets import PRECISION

from .conftest import World


@pytest.fixture
def person(ours: World) -> Client:
    user = User.objects.create_user("ada", password="a-long-password")
    Membership.objects.create(user=user, fleet=ours.fleet, role="manager")
    client = Client()
    client.force_login(user)
    return client


def test_lists_hold_only_what_is_ours(ours: World, theirs: World, person: Client) -> None:
    fleets = ours.caller.get("/fleets").json()
    assert [fleet["id"] for fleet in fleets["_embedded"]["fleets"]] == [ours.fleet.public_id]
    page = person.get("/").content.decode()
    assert ours.fleet.public_id in page
    assert theirs.fleet.public_id not in page


@pytest.mark.parametrize("change", ["secret", "username", "client_id", "inactive", "garbage", "bearer", "nothing"])
def test_wrong_credentials_are_401(ours: World, theirs: World, change: str) -> None:
    caller = ours.caller
    if change == "secret":
        caller.secret = theirs.caller.secret
    elif change == "username":
        caller.row.username = "theirs"
    elif change == "client_id":
        caller.row.client_id = theirs.caller.row.client_id
    elif change == "inactive":
        caller.row.active = False
        caller.row.save()
    header = {"garbage": "Basic é", "bearer": "Bearer x", "nothing": ""}.get(change)
    if header is not None:
        answer = caller.http.get(
            f"/connectedcar/v3/fleets?client_id={caller.row.client_id}", headers={"Authorization": header}
        )
    else:
        answer = caller.get("/fleets")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert answer.json()["code"] == 40199
    assert set(answer.json()) == {"code", "uuid", "message", "timestamp"}


def test_a_password_is_refused_from_its_end_on_and_the_answer_says_so(ours: World) -> None:
    secrets, now = ours.caller.row.secrets, timezone.now()
    secrets.update(ends_at=now + timedelta(hours=1))
    assert ours.caller.get("/fleets").status_code == 200
    secrets.update(ends_at=now)
    answer = ours.caller.get("/fleets")
    assert answer.status_code == 401
    assert f"password ended on {now:%Y-%m-%d %H:%M} UTC" in answer.json()["message"]
    # Whoever has not proved to be the client is told nothing of it.
    ours.caller.secret = "wrong"
    assert "ended on" not in ours.caller.get("/fleets").json()["message"]


def test_a_password_costs_one_statement_and_one_more_each_few_minutes_for_its_last_use(
    ours: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = ours.caller.row
    row.secrets.update(ends_at=timezone.now() + timedelta(hours=1))
    basic = base64.b64encode(f"{row.username}:{ours.caller.secret}".encode()).decode()
    asked = RequestFactory().get("/", {"client_id": row.client_id}, headers={"Authorization": f"Basic {basic}"})
    for statements in (2, 1):
        with django_assert_num_queries(statements):
            assert ApiClientAuthentication().authenticate(Request(asked)) == (row, None)
    used = row.secrets.get().last_used_at
    assert used is not None
    row.secrets.update(last_used_at=used - PRECISION - timedelta(seconds=1))
    with django_assert_num_queries(2):
        ApiClientAuthentication().authenticate(Request(asked))
    assert row.secrets.filter(last_used_at__gte=used).exists()
