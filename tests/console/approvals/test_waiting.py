"""What every page asks for every few seconds: what waits for this person's decision, and nothing else."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from fleets import proposals
from fleets.models import Approver
from remotes.asking import break_glass
from remotes.asking.ask import request_action
from remotes.checks.approvals import approve
from remotes.models import RemoteAction
from tests.console.conftest import LogIn, World
from tests.world import make_fleet, make_person, make_vehicle

from .conftest import IMMOBILISE

# Of the session and the person; fleets; what waits of each kind.
STATEMENTS = 6


def waiting(client: Client) -> dict[str, Any]:
    response = client.get(reverse("waiting"))
    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    found: dict[str, Any] = json.loads(response.content)
    return found


def titles(client: Client) -> list[str]:
    return [item["title"] for item in waiting(client)["items"]]


def test_who_can_decide_is_told_and_the_asker_is_not(
    world: World, camille: Client, diane: Client, asked: RemoteAction
) -> None:
    (item,) = waiting(diane)["items"]
    assert item["title"] == f"Immobilise – Van 1 · {world.van.vin}"
    assert item["ends"] == asked.expires_at.isoformat()
    assert item["url"] == world.page_of(world.van, f"/actions/{asked.public_id}/approve")
    assert waiting(camille) == {"decides": True, "count": 0, "items": []}


def test_what_is_decided_waits_for_nobody(diane: Client, diane_herself: User, asked: RemoteAction) -> None:
    approve(asked, diane_herself)
    assert waiting(diane)["count"] == 0


def test_who_may_decide_nowhere_is_told_so(viktor: Client, asked: RemoteAction) -> None:
    """Their pages stop asking."""
    assert waiting(viktor) == {"decides": False, "count": 0, "items": []}


def test_whose_role_nobody_has_confirmed_is_told_nothing(
    diane: Client, diane_herself: User, asked: RemoteAction
) -> None:
    Approver.objects.filter(user=diane_herself).update(confirmed_at=None)
    assert waiting(diane) == {"decides": False, "count": 0, "items": []}


def test_a_manager_of_another_fleet_hears_nothing(world: World, log_in: LogIn, asked: RemoteAction) -> None:
    assert titles(log_in(make_person("pierre", world.paris))) == []


def test_an_admin_decides_in_every_fleet(world: World, log_in: LogIn, asked: RemoteAction) -> None:
    root = make_person("root", is_superuser=True)
    assert titles(log_in(root)) == [f"Immobilise – Van 1 · {world.van.vin}"]


def test_changes_and_what_was_sent_alone_wait_too(
    world: World, camille: Client, diane: Client, asked: RemoteAction
) -> None:
    break_glass.break_glass(asked, world.camille, "The thief is at the gate.")
    proposals.propose(world.lyon, "rules", {"approval_types": ["Stolen"]}, by=world.camille)
    change, review = titles(diane)
    assert "stolen" in change.lower()
    assert review == f"Sent without a second person: Immobilise – Van 1 · {world.van.vin}"
    assert titles(camille) == []


def test_without_a_login_it_is_no_page(client: Client) -> None:
    assert client.get(reverse("waiting")).status_code == 401


def test_it_costs_the_same_however_much_waits(
    world: World,
    diane: Client,
    diane_herself: User,
    asked: RemoteAction,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    waiting(diane)
    with django_assert_num_queries(STATEMENTS):
        waiting(diane)
    for number in range(3):
        fleet = make_fleet(f"Fleet {number}")
        world.camille.memberships.create(fleet=fleet, role="manager")
        diane_herself.memberships.create(fleet=fleet, role="manager")
        request_action(make_vehicle(fleet), IMMOBILISE, user=world.camille)
    with django_assert_num_queries(STATEMENTS):
        assert waiting(diane)["count"] == 4


def test_what_waits_is_found_by_an_index(world: World, asked: RemoteAction) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = RemoteAction.objects.filter(state=RemoteAction.State.WAITING_APPROVAL, fleet=world.lyon)
        plan = rows.order_by("expires_at").explain()
    assert "action_waiting" in plan
