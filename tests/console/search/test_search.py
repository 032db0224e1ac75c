"""Whoever looks for a vehicle finds it among those that they may see, in whichever fleet, and no other."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from console.search.listing import PAGE_SIZE, found
from fleets.audit.searching import Wanted
from fleets.audit.searching import found as audited
from fleets.models import AuditEntry, Fleet, Membership, MembershipVehicle, Vehicle
from remotes.finding.vehicles import VehicleFilter
from tests.cases import case
from tests.console.conftest import LogIn, World
from tests.world import make_action, make_fleet, make_person, make_vehicle

TYPING = {"HX-Request": "true"}
MANY = 10_000


def page_of(client: Client, query: str) -> str:
    answer = client.get(f"/search?{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def led_to(client: Client, words: str) -> str:
    """Where a search leads that has found one vehicle."""
    answer = client.get("/search", {"q": words})
    assert answer.status_code == 302
    return answer.headers["Location"]


def labels_of(user: User, words: str) -> list[str]:
    return [vehicle.label for vehicle in found(user, words).vehicles]


def test_each_page_has_the_box_and_who_has_not_logged_in_has_none(camille: Client, world: World):
    for path in ("/", f"/fleets/{world.lyon.public_id}", world.page_of(world.van), "/account"):
        assert 'action="/search"' in camille.get(path).content.decode(), path
    assert 'action="/search"' not in Client().get("/login").content.decode()
    assert led_to(Client(), "van") == "/login?next=/search%3Fq%3Dvan"
    assert Client().get("/search?q=van", headers=TYPING).status_code == 401


def test_one_that_is_found_is_opened_at_once(camille: Client, world: World):
    for words in ("van", "ab123cd", world.van.vin[-6:], "1 VAN"):
        assert led_to(camille, words) == world.page_of(world.van)
    # While one types, it is only shown.
    assert world.page_of(world.van) in camille.get("/search?q=van", headers=TYPING).content.decode()


def test_all_fleets_that_one_sees_and_no_other(camille: Client, world: World, log_in: LogIn):
    nantes = make_fleet("Nantes")
    Membership.objects.create(user=world.camille, fleet=nantes)
    make_vehicle(nantes, "Van 1", gone_at=timezone.now())
    make_vehicle(world.paris, "Van 1")
    html = page_of(camille, "q=van")
    assert html.count('<th scope="row">') == 2
    assert "2 vehicles found" in html
    assert "Nantes" in html
    assert "Paris" not in html
    assert html.count("No longer listed") == 1
    assert page_of(log_in(make_person("root", is_superuser=True)), "q=van").count('<th scope="row">') == 3
    assert "No vehicle found for “rental”" in page_of(camille, "q=rental")
    Membership.objects.filter(fleet=nantes).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert led_to(camille, "van") == world.page_of(world.van)


def test_who_sees_some_vehicles_finds_those(world: World):
    other = make_vehicle(world.lyon, "Van 2")
    guest = make_person("guest", world.lyon)
    Membership.objects.filter(user=guest).update(narrowed=True)
    assert labels_of(guest, "van") == []
    MembershipVehicle.objects.create(membership=guest.memberships.get(), vehicle=other)
    assert labels_of(guest, "van") == ["Van 2"]
    assert labels_of(world.camille, "van") == ["Van 1", "Van 2"]


def test_two_that_look_the_same_are_told_apart(camille: Client, world: World):
    for label in case("labels")["labels"]:
        make_vehicle(world.lyon, label)
    for headers in ({}, TYPING):
        html = camille.get("/search?q=zurich", headers=headers).content.decode()
        for vehicle in world.lyon.vehicles.exclude(pk=world.van.pk)[:2]:
            assert vehicle.vin in html


@pytest.mark.parametrize("words", ["zurich", "ZÜRICH depot", "7 depot", "ef456gh", "ef 456 gh"])
def test_every_door_finds_by_the_same_rule(world: World, log_in: LogIn, words: str):
    depot = make_vehicle(world.lyon, "Dépôt Zürich 7 🚐", plate="EF-456-GH")
    make_action(depot, "honk", user=world.camille)
    root, fleet = log_in(make_person("root", is_superuser=True, is_staff=True)), f"/fleets/{world.lyon.public_id}"
    for path in (fleet, f"{fleet}/vehicles.csv", f"{fleet}/actions", f"{fleet}/actions.csv", "/admin/fleets/vehicle/"):
        html = root.get(path, {"q": words}).getvalue().decode()
        assert depot.vin in html, path
        assert world.van.vin not in html, path
    assert list(audited(Wanted(vehicle=words))) == list(AuditEntry.objects.filter(vehicle=depot.pk).order_by("-pk"))
    assert list(VehicleFilter(q=words).of(world.lyon)) == [depot]
    assert led_to(root, words) == world.page_of(depot)


def test_nothing_found_says_what_was_searched(camille: Client):
    assert "Labels, plates and VINs of all vehicles that you may see were searched" in page_of(camille, "q=<b>%25")
    assert "No vehicle found for “&lt;b&gt;%”" in page_of(camille, "q=<b>%25")
    assert "No vehicle found" not in page_of(camille, "")
    assert "Search for at most 100 characters." in page_of(camille, "q=" + "a" * 101)
    assert 'id="search_q_error"' in page_of(camille, "q=%00")


def test_page_by_page(camille: Client, world: World):
    for number in range(PAGE_SIZE * 2):
        make_vehicle(world.lyon, f"Pool {number}")
    seen: list[str] = []
    after = ""
    while True:
        page = found(world.camille, "pool", after)
        seen += [vehicle.label for vehicle in page.vehicles]
        after = page.next_after
        if not after:
            break
        assert len(page.vehicles) == PAGE_SIZE
    assert seen == [f"Pool {number}" for number in range(PAGE_SIZE * 2)]
    assert "The first 50 vehicles, by fleet and name" in page_of(camille, "q=pool")
    assert "More than 8 vehicles found" in camille.get("/search?q=pool", headers=TYPING).content.decode()
    assert "Pool 0" in page_of(camille, "q=pool&after=x")


def test_it_takes_one_statement_however_many_fleets(
    camille: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for number in range(10):
        fleet = make_fleet(f"Fleet {number}")
        Membership.objects.create(user=world.camille, fleet=fleet)
        make_vehicle(fleet, "Van")
    page_of(camille, "q=van")
    # The session, the person, and the vehicles.
    for headers in ({}, TYPING):
        with django_assert_max_num_queries(3):
            assert camille.get("/search?q=van", headers=headers).status_code == 200


@pytest.fixture
def many(world: World) -> Fleet:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO fleets_vehicle (public_id, vin, label, plate, brand, model, motorization, fleet_id,
                gateway_id, upstream_id, capability_document, state, created_at, updated_at)
            SELECT lpad(to_hex(n), 24, '0'), 'VF3ABCDE0ZZ' || lpad(n::text, 6, '0'), 'Dépôt ' || n, 'AB-' || n, '', '',
                '', CASE WHEN n %% 2 = 0 THEN %s ELSE %s END, %s, 'many' || n, '{}', '{}', now(), now()
            FROM generate_series(1, %s) AS n""",
            [world.lyon.pk, world.paris.pk, world.van.gateway_id, MANY],
        )
        # As autovacuum leaves them: the index without what waits for it, and figures of each table that a search reads.
        cursor.execute("SELECT gin_clean_pending_list('vehicle_search')")
        cursor.execute("ANALYZE fleets_vehicle, fleets_fleet, fleets_gateway, fleets_membership")
    return world.lyon


def test_an_index_serves_each_search(many: Fleet, world: World):
    root = make_person("root", is_superuser=True)
    for user in (world.camille, root):
        for words in ("ab7777", "009998", "q", "depot q", "1 7777"):
            with CapturedPlan() as plan:
                found(user, words)
            assert "vehicle_search" in plan.text, (words, plan.text)
        # What many have is read along an order.
        for words in ("depot", "7", "depot 77"):
            with CapturedPlan() as plan:
                found(user, words)
            assert "Seq Scan on fleets_vehicle" not in plan.text, (words, plan.text)
    assert Vehicle.objects.count() > MANY


class CapturedPlan:
    """The plan of the one statement on vehicles that runs meanwhile."""

    text = ""

    def __enter__(self) -> "CapturedPlan":
        self._wrapper = connection.execute_wrapper(self._explained)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._wrapper.__exit__(None, None, None)

    def _explained(self, execute, sql, params, is_many, context):
        context["cursor"].cursor.execute(f"EXPLAIN {sql}", params)
        self.text = "\n".join(line for (line,) in context["cursor"].cursor.fetchall())
        return execute(sql, params, is_many, context)
