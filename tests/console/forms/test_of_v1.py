"""The forms of a vehicle that Connected Car v1 reaches: nothing is offered that its API has no place for."""

import pytest
from django.test import Client
from django.utils import timezone

from fleets.models import AccessToken
from tests.console.conftest import World
from tests.console.forms.given import asked, error_of, form_url, send


@pytest.fixture
def of_v1(world: World) -> World:
    gateway = world.van.gateway
    gateway.dialect = "v1"
    gateway.save()
    return world


@pytest.mark.parametrize(
    ("remote_type", "field"),
    [
        ("Lights", 'name="duration"'),
        ("Horn", 'name="number"'),
        ("Stolen", 'name="running"'),
        ("Navigation", 'name="approval"'),
        ("Preconditioning", 'name="slot1-recurrence"'),
        ("Charging", 'name="slot1-end"'),
        ("Charging", 'name="at"'),
    ],
)
def test_what_has_no_place_there_is_not_offered(camille: Client, of_v1: World, remote_type: str, field: str) -> None:
    assert field not in camille.get(form_url(of_v1.van, remote_type)).text
    of_v1.van.gateway.__class__.objects.update(dialect="v3")
    assert field in camille.get(form_url(of_v1.van, remote_type)).text


def test_a_way_that_its_api_does_not_take_says_so(camille: Client, of_v1: World) -> None:
    page = camille.get(form_url(of_v1.van, "Stolen")).text
    assert "The API of this vehicle&#x27;s cloud does not take it." in page.split('id="way-tracking-unable"')[1]


def test_a_charging_program_is_given_its_levels(camille: Client, of_v1: World) -> None:
    """v1's file requires both of each program; v3 has none."""
    program = {"slot1_action": "Set", "slot1_start": "07:00", "slot1_days": ["Mon"], "slot1_enabled": "on"}
    least, most = "slot1-minChargingLevel", "slot1-maxChargingLevel"
    refused = send(camille, of_v1.van, "Charging", way="programs", **program, slot1_minChargingLevel="51")
    assert error_of(refused, least) == "Ensure this value is less than or equal to 50."
    assert error_of(refused, most) == "Enter a whole number."
    assert not of_v1.van.remote_actions.exists()

    levels = {"slot1_minChargingLevel": "20", "slot1_maxChargingLevel": "80"}
    assert send(camille, of_v1.van, "Charging", way="programs", **program, **levels).status_code == 303
    _type, payload = asked(of_v1.van)
    (sent,) = payload["schedule"]["programs"]
    assert (sent["minChargingLevel"], sent["maxChargingLevel"], "end" in sent) == (20, 80, False)


def test_what_was_filled_in_before_the_vehicle_came_there_is_not_cut(camille: Client, of_v1: World) -> None:
    program = {"slot1_action": "Set", "slot1_start": "07:00", "slot1_days": ["Mon"], "slot1_recurrence": "None"}
    refused = send(camille, of_v1.van, "Preconditioning", way="programs", **program)
    assert error_of(refused, "slot1-recurrence") == "The API of this vehicle's cloud does not take it."
    assert not of_v1.van.remote_actions.exists()


def test_a_command_whose_scope_was_not_granted_has_no_button(camille: Client, of_v1: World) -> None:
    token = AccessToken.objects.create(gateway=of_v1.van.gateway, scopes=["remote:door:write"])
    page = of_v1.page_of(of_v1.van)
    assert 'id="form-Lights"' in camille.get(page).text  # nobody knows yet
    token.obtained_at = timezone.now()
    token.save()
    text = camille.get(page).text
    assert 'id="form-Lights"' not in text
    assert 'id="form-Locking"' in text
    assert "was not granted the scope remote:lights:write." in text
    refused = camille.get(form_url(of_v1.van, "Lights"))
    assert refused.status_code == 422
    assert "was not granted the scope remote:lights:write." in refused.text
