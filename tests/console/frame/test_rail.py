"""The ways beside every page: for each role what its rights allow, the same kind of page in another fleet, no more."""

import json
from itertools import chain

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from console.frame.choosing import SHOWN, choices_of
from console.frame.ways import OF_ALL, OF_FLEET, ways_for
from fleets.rights import OF_NARROWED, ROLES
from tests.console.conftest import LogIn, World
from tests.world import make_fleet, make_person

DAILY = ["overview", "fleet-map", "vehicles", "actions", "bulks", "schedules", "plots"]
LOOKING_ON = ["overview", "vehicles", "actions", "bulks", "schedules", "plots"]
SET_UP = ["sending", "callbacks", "saved-commands", "places", "fleet-rights", "api-docs"]
ALL_SET_UP = ["sending", "callbacks", "clients", "saved-commands", "places", "labels", "fleet-rights", "api-docs"]

OF_ROLES = {
    "viewer": [*LOOKING_ON, "alerts", "approvals", *SET_UP],
    "support": [*DAILY, "alerts", "approvals", *SET_UP],
    "operator": [*DAILY, "alerts", "approvals", *SET_UP],
    "manager": [*DAILY, "alerts", "approvals", "people", "audit", *ALL_SET_UP],
    "auditor": [*DAILY, "alerts", "approvals", "audit", *SET_UP],
}


def names(role: str, *, narrowed: bool = False) -> list[str]:
    rights = ROLES[role].rights & OF_NARROWED if narrowed else ROLES[role].rights
    groups = ways_for(OF_FLEET, rights, is_admin=False)
    return [way.name for way in chain.from_iterable(group.ways for group in groups)]


@pytest.mark.parametrize("role", OF_ROLES)
def test_each_role_has_its_ways(role: str) -> None:
    assert names(role) == OF_ROLES[role]


def test_who_sees_some_vehicles_has_what_is_theirs() -> None:
    ours = ["fleet-map", "vehicles", "actions", "bulks", "plots", "alerts", "saved-commands", "places", "api-docs"]
    assert names("manager", narrowed=True) == ours


def test_what_is_of_all_fleets_is_the_admins() -> None:
    groups = ways_for(OF_ALL, ROLES["viewer"].rights, is_admin=False)
    found = [way.name for way in chain.from_iterable(group.ways for group in groups)]
    assert found == ["fleets", "map-of-all", "search", "approvals-of-all", "rights", "api-docs"]


def text_of(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_a_page_says_which_way_it_is_and_a_page_below_it_belongs_to_it(camille: Client, world: World) -> None:
    fleet = f"/fleets/{world.lyon.public_id}"
    assert f'href="{fleet}/schedules" aria-current="page"' in text_of(camille, f"{fleet}/schedules")
    assert f'href="{fleet}/schedules" aria-current="true"' in text_of(camille, f"{fleet}/schedules/new")
    vehicle = text_of(camille, world.page_of(world.van))
    assert f'href="{fleet}" aria-current="true"' in vehicle
    assert 'class="bottom"' in vehicle


def test_who_has_not_logged_in_has_none(world: World, client: Client) -> None:
    page = text_of(client, "/login")
    assert 'class="rail"' not in page
    assert 'class="bottom"' not in page


def test_another_fleet_opens_at_the_same_kind_of_page(world: World) -> None:
    world.camille.memberships.create(fleet=world.paris, role="viewer")
    assert [choice.path for choice in choices_of(world.camille, "schedules").choices] == [
        f"/fleets/{world.lyon.public_id}/schedules",
        f"/fleets/{world.paris.public_id}/schedules",
    ]
    # In Paris she may look only.
    audits = [choice.path for choice in choices_of(world.camille, "audit").choices]
    assert audits == [f"/fleets/{world.lyon.public_id}/audit", f"/fleets/{world.paris.public_id}"]
    assert [choice.path for choice in choices_of(world.viktor, "<no way>").choices] == [
        f"/fleets/{world.lyon.public_id}"
    ]


def test_many_fleets_are_searched_by_name(
    world: World, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    root = make_person("root", is_superuser=True)
    for number in range(SHOWN):
        make_fleet(f"Depot {number:02}")
    with django_assert_num_queries(1):
        found = choices_of(root, "vehicles")
    assert found.is_cut
    assert len(found.choices) == SHOWN
    browser = log_in(root)
    assert 'type="search"' in text_of(browser, "/fleets/choices?way=vehicles")
    page = text_of(browser, "/fleets/choices?way=vehicles&q=depot+07")
    assert page.count("<li>") == 1
    assert "Depot 07" in page


def test_fleets_of_others_are_not_offered(camille: Client) -> None:
    assert "Paris" not in text_of(camille, "/fleets/choices?q=")


def test_rows_are_as_dense_as_the_browser_keeps_it(camille: Client, world: World) -> None:
    page = f"/fleets/{world.lyon.public_id}"
    assert 'data-density="compact"' in text_of(camille, page)
    answer = camille.post("/density", {"density": "comfortable", "next": page})
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert answer.cookies["fleetremote_density"]["httponly"]
    assert 'data-density="comfortable"' in text_of(camille, page)
    answer = camille.post("/density", {"density": "<b>", "next": "//elsewhere.example"})
    assert answer["Location"] == "/"
    assert 'data-density="comfortable"' in text_of(camille, page)


def test_it_can_be_installed_and_says_nothing_of_anybody(world: World, client: Client) -> None:
    answer = client.get("/manifest.webmanifest", headers={"Accept-Language": "fr"})
    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["display"], manifest["start_url"], manifest["lang"]) == ("standalone", "/", "fr")
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    assert "manifest-src 'self'" in client.get("/login")["Content-Security-Policy"]
    assert "nothing was sent" in text_of(client, "/offline")


def test_the_app_keeps_one_page_and_answers_no_form(client: Client) -> None:
    script = text_of(client, "/service-worker.js")
    assert 'if (request.method !== "GET") return;' in script
    assert "/fleets" not in script
