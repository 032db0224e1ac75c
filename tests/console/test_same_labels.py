"""Two vehicles with one label: wherever a page or a table names one of them, its VIN says which one."""

import pytest
from django.test import Client

from fleets.models import Vehicle
from fleets.rights import Right
from remotes.models import RemoteAction
from tests.world import make_action, make_fleet, make_person, make_vehicle

from .conftest import LogIn, World
from .test_two_fleets import House

LABEL = "Zwilling 7"


@pytest.fixture
def house(db: None) -> House:
    house = House(make_fleet("Lyon"))
    Vehicle.objects.update(label=LABEL)
    return house


@pytest.fixture
def client(house: House, log_in: LogIn) -> Client:
    return log_in(make_person("mona", house.fleet))


def test_a_page_that_names_a_vehicle_says_its_vin(house: House, client: Client) -> None:
    vin = Vehicle.objects.get().vin
    audit = [f"/fleets/{house.fleet.public_id}/{page}" for page in ("audit", "audit.csv", "people")]
    more = ["/approvals", "/waiting", "/search?q=zwilling+nothing", "/"]
    named = 0
    for address in [*house.addresses(), *audit, *more]:
        html = client.get(address).getvalue().decode(errors="replace")
        named += LABEL in html
        assert LABEL not in html or vin in html, address
    assert named > 30


def test_the_rows_of_a_list_are_told_apart(camille: Client, world: World) -> None:
    """Each by itself, whatever columns are shown."""
    twins = [make_vehicle(world.lyon, label) for label in ("Dépôt 7", "De\u0301po\u0302t 7")]
    for twin in twins:
        make_action(twin, "honk")
    fleet = f"/fleets/{world.lyon.public_id}"
    for address in (
        f"{fleet}?q=depot&col=doors",
        f"{fleet}/actions?q=depot",
        f"{fleet}/vehicles.csv?q=depot&col=doors",
    ):
        html = camille.get(address).getvalue().decode()
        assert world.van.vin not in html
        for twin in twins:
            assert twin.vin in html, address
    assert RemoteAction.objects.count() == 2


def test_a_dangerous_command_is_confirmed_with_the_vin_in_sight(camille: Client, world: World) -> None:
    for label in ("Van 1", "\u200b", "\u202e1 naV"):
        Vehicle.objects.filter(pk=world.van.pk).update(label=label)
        answer = camille.get(world.page_of(world.van, "/actions?command=immobilise"))
        html = answer.content.decode()
        assert f'<span class="vin">{world.van.vin}</span>' in html
        assert "\u202e" not in html
    assert Right.SEND in world.camille.memberships.get().rights
