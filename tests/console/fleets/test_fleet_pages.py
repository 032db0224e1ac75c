"""Fleets, and the search in a fleet's vehicles."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fleets.models import Fleet, Membership, Vehicle
from fleets.vehicles.search import matching
from tests.console.conftest import LogIn, World
from tests.world import make_action, make_fleet, make_person, make_vehicle


def found(client: Client, fleet: Fleet, query: str = "", **headers: str) -> str:
    return str(client.get(f"/fleets/{fleet.public_id}{query}", headers=headers).content.decode())


def test_only_own_fleets_are_listed(camille: Client):
    page = camille.get("/").content.decode()
    assert "Lyon" in page
    assert "Paris" not in page


def test_an_admin_sees_every_fleet_without_being_a_member(world: World, log_in: LogIn):
    client = log_in(make_person("root", is_superuser=True, is_staff=True))
    page = client.get("/").content.decode()
    assert "Lyon" in page
    assert "Paris" in page
    assert world.van.vin in client.get(f"/fleets/{world.lyon.public_id}").content.decode()
    assert not Membership.objects.filter(user__username="root").exists()


def test_who_is_a_member_no_more_is_in_no_fleet(world: World, camille: Client):
    Membership.objects.filter(user=world.camille).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert "You are in no fleet yet" in camille.get("/").content.decode()
    assert camille.get(f"/fleets/{world.lyon.public_id}").status_code == 404


def test_an_admin_is_told_that_there_is_none_and_where_they_come_from(db: None, log_in: LogIn):
    page = log_in(make_person("root", is_superuser=True)).get("/").content.decode()
    assert "There is no fleet yet" in page
    assert "You are in no fleet yet" not in page


def test_a_fleet_says_what_is_under_way_and_what_failed(camille: Client, world: World):
    make_action(world.van)
    make_action(world.van, state="done", status="Failed", failure_cause="VehicleInUse")
    make_action(world.van, state="done", status="Success")
    page = " ".join(camille.get("/").content.decode().split())
    actions = f"/fleets/{world.lyon.public_id}/actions"
    # Each number leads to what it counts.
    assert f'<div class="busy"><dt>Under way</dt><dd><a href="{actions}?outcome=under-way">1<' in page
    assert f'<div class="bad"><dt>Failed in 24 h</dt><dd><a href="{actions}?outcome=failed&amp;span=24h">1<' in page


def test_fleets_take_the_same_queries_however_many(
    camille: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for number in range(10):
        Membership.objects.create(user=world.camille, fleet=make_fleet(f"Fleet {number}"))
    with django_assert_max_num_queries(6):
        camille.get("/")


@pytest.mark.parametrize("words", ["van 1", "ab-123", "VA", "%20van%201%20"])
def test_search_by_part_of_label_or_plate(camille: Client, world: World, words: str):
    make_vehicle(world.lyon, "Pool car 2", plate="ZZ-999-ZZ")
    page = found(camille, world.lyon, f"?q={words}")
    assert "Van 1" in page
    assert "Pool car 2" not in page


def test_search_by_vin(camille: Client, world: World):
    other = make_vehicle(world.lyon, "Pool car 2")
    assert "Van 1" not in found(camille, world.lyon, f"?q={other.vin[-6:]}")


def test_search_marks_are_not_wildcards_and_are_escaped(camille: Client, world: World):
    page = found(camille, world.lyon, "?q=%25<script>")
    assert "No vehicle found for “%&lt;script&gt;”" in page


def test_search_does_not_leave_the_fleet(camille: Client, world: World):
    assert "Rental 1" not in found(camille, world.lyon, "?q=Rental")


@pytest.mark.parametrize("query", ["?q=%00", "?q=" + "a" * 101])
def test_a_bad_search_is_told_beside_the_field(camille: Client, world: World, query: str):
    assert 'id="list_q_error"' in found(camille, world.lyon, query)


@pytest.mark.parametrize("after", ["x", "-1", "%00", "a:b:c"])
def test_a_broken_key_leads_to_the_first_page(camille: Client, world: World, after: str):
    assert "Van 1" in found(camille, world.lyon, f"?after={after}")


def test_the_search_can_use_its_index(world: World):
    rows = matching(Vehicle.objects.all(), "zz-9").order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "vehicle_search" in rows.explain()


def test_while_typing_htmx_gets_the_list_only(camille: Client, world: World):
    page = found(camille, world.lyon, "?q=van", **{"HX-Request": "true"})
    assert page.strip().startswith('<section id="vehicle-list"')


def test_a_fleet_without_vehicles_says_so(camille: Client, world: World):
    world.van.delete()
    assert "No vehicles in Lyon yet" in found(camille, world.lyon)
