"""Every page of a fleet of the simulator says that it is one, and no other page does."""

import re

import pytest
from django.test import Client

from fleets.models import Fleet, Gateway
from tests.rights.table import LOGIN, QUERIES, TABLE
from tests.rights.world import addresses, populated
from tests.world import make_action, make_person

# What somebody with a right in a fleet reads, and is no part of a page.
KINDS = {name: kind for name, kind in TABLE.items() if kind.right and "GET" in kind.methods and kind.unknown == LOGIN}
# A service may use several fleets, and its pages lie outside them; the one that lists them marks each.
OUTSIDE = ("client",)
PAGES = [one for one in addresses() if one.name in KINDS and ("fleet_id" in one.keys or one.name in OUTSIDE)]
MARK = '<span class="badge simulated"'


def pages_of(fleet: Fleet, ids: dict[str, object]) -> dict[str, str]:
    """The whole pages, by the names of their addresses; tables and what leads on are none."""
    client = Client()
    client.force_login(make_person(f"manager of {fleet}", fleet))
    found = {}
    for address in PAGES:
        page = client.get(address.of(ids) + QUERIES.get(address.name, ""))
        if page.status_code == 200 and page.headers["Content-Type"].startswith("text/html"):
            found[address.name] = page.content.decode()
    return found


@pytest.mark.django_db
def test_each_page_has_the_mark_of_its_fleet() -> None:
    pages = {}
    for name in ("Toys", "Real"):
        fleet, ids = populated(name)
        Gateway.objects.filter(upstream_fleets__fleet=fleet).update(is_simulated=name == "Toys")
        pages[name] = pages_of(fleet, ids)
    assert len(pages["Toys"]) > 35
    assert {name for name, page in pages["Toys"].items() if MARK not in page} == set()
    assert {name for name, page in pages["Real"].items() if MARK in page} == set()


@pytest.mark.django_db
def test_where_fleets_stand_side_by_side_each_has_its_own() -> None:
    (toys, _), (real, _) = populated("Toys"), populated("Real")
    Gateway.objects.filter(upstream_fleets__fleet=toys).update(is_simulated=True)
    root = make_person("root", toys, real, is_superuser=True, is_staff=True)
    for fleet in (toys, real):
        make_action(fleet.vehicles.get())
    client = Client()
    client.force_login(root)
    cards = client.get("/").content.decode().split('<li class="card fleet">')[1:]
    assert {card for card in cards if MARK in card} == {card for card in cards if ">Toys<" in card}
    client.post("/sending/stop", {"reason": "The workshop moves the vehicles."})
    rows = client.get("/sending").content.decode().split("<tr>")
    assert {row for row in rows if MARK in row} == {row for row in rows if ", Toys<" in row} != set()
    for model in ("fleet", "vehicle"):
        page = client.get(f"/admin/fleets/{model}/").content.decode()
        rows = re.findall("<tr>.*?</tr>", page, re.DOTALL)
        marks = {"Toys" in row: "icon-yes" in row for row in rows if "icon-yes" in row or "icon-no" in row}
        assert marks == {True: True, False: False}
