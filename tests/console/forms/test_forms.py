"""The form of each remote feature: what is filled in is what is asked for, letter by letter."""

import re
from typing import Any

import pytest
from django.test import Client

from console.forms import REMOTE_FORMS
from fleets.models import Gateway, Vehicle
from protocol.catalogue import REMOTE_TYPES
from remotes.models import FleetRules
from tests.cases import case
from tests.console.conftest import World
from tests.console.forms.given import HTMX, Page, asked, error_of, form_url, send

STORIES: list[tuple[str, dict[str, Any], Any, str]] = [
    ("Locking", {"way": "lock"}, {"state": "Locked"}, "Lock"),
    ("Locking", {"way": "unlock"}, {"state": "Unlocked"}, "Unlock"),
    ("Lights", {"way": "on", "unit": "S"}, {"on": True}, "Flash lights"),
    ("Lights", {"way": "on", "duration": "20", "unit": "S"}, {"on": True, "duration": "PT20S"}, "Lights on for 20 s"),
    ("Lights", {"way": "on", "duration": "2", "unit": "M"}, {"on": True, "duration": "PT2M"}, "Lights on for 2 min"),
    ("Lights", {"way": "off", "duration": "20", "unit": "S"}, {"on": False}, "Lights off"),
    ("Horn", {"way": "sound"}, {"state": "Activated"}, "Honk"),
    ("Horn", {"way": "sound", "number": "3"}, {"state": "Activated", "number": 3}, "Honk 3 times"),
    ("Horn", {"way": "stop", "number": "3"}, {"state": "Unactivated"}, "Stop horn"),
    ("State", {}, {"action": "state"}, "Refresh state"),
    ("WakeUp", {}, {"action": "WakeUp"}, "Wake up"),
    ("VehicleFinder", {}, {"action": "GetPresentLocation"}, "Find vehicle"),
    ("Preconditioning", {"way": "start"}, {"airConditioning": {"immediate": True}}, "Start climate"),
    ("Preconditioning", {"way": "stop"}, {"airConditioning": {"immediate": False}}, "Stop climate"),
    ("Charging", {"way": "start"}, {"immediate": True}, "Start charging"),
    ("Charging", {"way": "stop"}, {"immediate": False}, "Stop charging"),
    (
        "Charging",
        {"way": "later", "at": "2026-11-21T22:30", "zone": "Europe/Paris"},
        {"schedule": {"nextDelayedTime": "2026-11-21T22:30:00+01:00"}},
        "Charge from 21 Nov 2026, 22:30 (CET)",
    ),
    (
        "Charging",
        {"way": "later", "at": "2026-03-29T02:30", "zone": "Europe/Paris"},
        {"schedule": {"nextDelayedTime": "2026-03-29T03:30:00+02:00"}},
        "Charge from 29 Mar 2026, 03:30 (CEST)",
    ),
    (
        "Charging",
        {"way": "later", "at": "2026-11-21T22:30"},
        {"schedule": {"nextDelayedTime": "2026-11-21T22:30:00+00:00"}},
        "Charge from 21 Nov 2026, 22:30 (UTC)",
    ),
    (
        "Charging",
        {"way": "preferences", "level": "Level3", "type": "Full"},
        {"preferences": {"level": "Level3", "type": "Full"}},
        "Charging: level 3, full",
    ),
    ("Charging", {"way": "preferences", "level": "Level1"}, {"preferences": {"level": "Level1"}}, "Charging: level 1"),
]
DANGEROUS: list[tuple[str, dict[str, Any], Any, str]] = [
    ("Immobilization", {"way": "immobilise"}, {"activate": True}, "Immobilise"),
    ("Immobilization", {"way": "release"}, {"activate": False}, "Release immobiliser"),
    ("Stolen", {"way": "mark"}, {"stolen": True}, "Mark as stolen"),
    ("Stolen", {"way": "clear"}, {"stolen": False}, "Clear stolen mark"),
    (
        "Stolen",
        {"way": "tracking", "running": "5", "shutdown": "60"},
        {"trackingPeriod": {"running": 5, "shutdown": 60}},
        "Track every 5 s, ignition on and every 1 min, ignition off",
    ),
    (
        "Stolen",
        {"way": "tracking", "shutdown": "60"},
        {"trackingPeriod": {"shutdown": 60}},
        "Track every 1 min, ignition off",
    ),
    ("Stolen", {"way": "immobilise"}, {"immobilization": {"activate": True}}, "Immobilise (stolen vehicle)"),
    ("Stolen", {"way": "release"}, {"immobilization": {"activate": False}}, "Release immobiliser (stolen vehicle)"),
    (
        "Tan",
        {"way": "suppress", "duration": "2"},
        {"suppress": {"state": True, "duration": 2}},
        "Theft alerts paused for 12 hours",
    ),
    ("Tan", {"way": "resume", "duration": "2"}, {"suppress": {"state": False}}, "Theft alerts back on"),
    ("Tan", {"way": "confirm"}, {"confirm": {"state": True}}, "Theft confirmed"),
    ("Tan", {"way": "deny"}, {"confirm": {"state": False}}, "Theft denied"),
    ("OnboardPersonalData", {}, {"action": "Delete"}, "Wipe personal data"),
]


@pytest.mark.parametrize(("remote_type", "fields", "payload", "words"), STORIES)
def test_a_form_asks_for_what_was_filled_in(
    camille: Client, world: World, remote_type: str, fields: dict[str, Any], payload: Any, words: str
):
    FleetRules.objects.create(fleet=world.lyon, time_zone=fields.get("zone", "UTC"))
    response = send(camille, world.van, remote_type, **fields)
    assert response.status_code == 303
    assert asked(world.van) == (remote_type, payload)
    assert f">{words}</a></h3>" in camille.get(world.page_of(world.van)).content.decode()


@pytest.mark.parametrize(("remote_type", "fields", "payload", "words"), DANGEROUS)
def test_a_dangerous_form_names_the_vehicle_and_asks_again(
    camille: Client, world: World, remote_type: str, fields: dict[str, Any], payload: Any, words: str
):
    response = send(camille, world.van, remote_type, label="Police report 7", **fields)
    assert response.status_code == 200
    text = response.content.decode()
    assert f"{words} – Van 1?" in text
    assert not world.van.remote_actions.exists()
    for name, value in {**fields, "label": "Police report 7"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in text
    changed = send(camille, world.van, remote_type, label="Police report 7", draft="yes", confirmed="yes", **fields)
    assert 'value="Police report 7"' in changed.content.decode()
    assert not world.van.remote_actions.exists()
    without = send(camille, world.van, remote_type, label="Police report 7", confirmed="yes", **fields)
    assert error_of(without, "reason") == "Say why."
    assert not world.van.remote_actions.exists()
    send(camille, world.van, remote_type, label="Police report 7", confirmed="yes", reason="Stolen.", **fields)
    assert asked(world.van) == (remote_type, payload)
    action = world.van.remote_actions.get()
    assert (action.reason, action.origin, action.label) == ("Stolen.", "page", "Police report 7")
    # What only takes such a thing back needs nobody else.
    alone = fields.get("way") in ("release", "clear", "resume", "confirm", "deny")
    assert action.state == ("queued" if alone else "waiting-approval")
    assert f">{words}</a></h3>" in camille.get(world.page_of(world.van)).content.decode()


def test_every_remote_type_can_be_sent_from_the_page():
    """By its form; one that is new in the catalogue by its ready-made buttons, until it gets a form."""
    assert set(REMOTE_FORMS) <= set(REMOTE_TYPES)
    assert len(REMOTE_FORMS) >= 13
    assert all(entry.commands for name, entry in REMOTE_TYPES.items() if name not in REMOTE_FORMS)


def test_no_story_was_forgotten():
    special = {"Navigation", "Preconditioning", "Charging"}  # in test_week_forms.py and test_route_form.py
    assert {story[0] for story in [*STORIES, *DANGEROUS]} | special == set(REMOTE_FORMS)


@pytest.mark.parametrize(
    ("remote_type", "fields", "field", "words"),
    [
        ("Locking", {}, "way", "Choose what to do."),
        ("Locking", {"way": "burn"}, "way", "Choose what to do."),
        ("Lights", {"way": "on", "duration": "soon", "unit": "S"}, "duration", "Enter a whole number, such as 20."),
        ("Lights", {"way": "on", "duration": "1.5", "unit": "M"}, "duration", "Enter a whole number, such as 20."),
        ("Horn", {"way": "sound", "number": "0"}, "number", "Must be a whole number, 1 or more."),
        ("Horn", {"way": "sound", "number": "loud"}, "number", "Must be a whole number, 1 or more."),
        ("Charging", {"way": "later", "at": ""}, "at", "Say on which day and at what time."),
        ("Charging", {"way": "later", "at": "tomorrow"}, "at", "Enter a day and a time."),
        ("Charging", {"way": "preferences"}, "level", "Choose at least one of the two."),
        ("Charging", {"way": "preferences", "type": "Half"}, "type", "Choose one of the list."),
        ("Stolen", {"way": "tracking"}, "running", "Fill in at least one of the two."),
        (
            "Stolen",
            {"way": "tracking", "running": "4"},
            "running",
            "4 is not allowed; must be a whole number, 5 or more.",
        ),
        (
            "Stolen",
            {"way": "tracking", "shutdown": "59"},
            "shutdown",
            "59 is not allowed; must be a whole number, 60 or more.",
        ),
        ("Tan", {"way": "suppress", "duration": "6"}, "duration", "Choose one of the list."),
        ("Tan", {"way": "suppress"}, "duration", "Choose one of the list."),
        ("WakeUp", {"label": "x" * 501}, "label", "Is too long; 500 characters at the most."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    camille: Client, world: World, remote_type: str, fields: dict[str, Any], field: str, words: str
):
    response = send(camille, world.van, remote_type, **fields)
    assert response.status_code == 422
    assert error_of(response, field) == words
    assert f'<a href="#id_{field}">' in response.content.decode()
    assert "Nothing was sent yet." in response.content.decode()
    assert not world.van.remote_actions.exists()


def test_what_was_filled_in_stays_after_an_error(camille: Client, world: World):
    response = send(camille, world.van, "Stolen", way="tracking", running="4", shutdown="90", label="Case 3")
    page = Page(response.content)
    assert page.attributes["id_running"]["value"] == "4"
    assert page.attributes["id_shutdown"]["value"] == "90"
    assert page.attributes["id_label"]["value"] == "Case 3"
    assert "checked" in page.attributes["way-tracking"]


def test_a_note_is_kept_and_shown(camille: Client, world: World):
    send(camille, world.van, "Horn", way="sound", label=" To find it <fast> ")
    assert world.van.remote_actions.get().label == "To find it <fast>"
    assert "“To find it &lt;fast&gt;”" in camille.get(world.page_of(world.van)).content.decode()


def test_without_a_note_there_is_no_label(camille: Client, world: World):
    send(camille, world.van, "WakeUp", label="  ")
    assert world.van.remote_actions.get().label is None


@pytest.mark.parametrize("remote_type", REMOTE_FORMS)
def test_each_form_is_a_page_and_a_dialog(camille: Client, world: World, remote_type: str):
    url = form_url(world.van, remote_type)
    page = camille.get(url)
    assert (page.status_code, page.content.decode().count("<h1")) == (200, 1)
    assert f'action="{url}"' in page.content.decode()
    dialog = camille.get(url, headers=HTMX)
    assert dialog.headers["HX-Retarget"] == "#confirm"
    assert "<html" not in dialog.content.decode()
    assert f'hx-post="{url}"' in dialog.content.decode()


def test_htmx_gets_the_news_after_sending_and_the_form_after_an_error(camille: Client, world: World):
    url = form_url(world.van, "Horn")
    refused = camille.post(url, {"way": "sound", "number": "0"}, headers=HTMX)
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#confirm")
    sent = camille.post(url, {"way": "sound", "number": "2"}, headers=HTMX)
    assert sent.status_code == 200
    assert 'id="news"' in sent.content.decode()
    assert "Honk 2 times" in sent.content.decode()


def test_the_panel_offers_the_forms(camille: Client, world: World):
    page = camille.get(world.page_of(world.van)).content.decode()
    for remote_type in ("Locking", "Lights", "Preconditioning", "Charging", "WakeUp", "Navigation", "Tan"):
        assert f'id="form-{remote_type}"' in page
    # In the menus: what has a button too.
    assert page.count('class="more"') == 10
    lights = camille.get(form_url(world.van, "Lights")).content.decode()
    assert "type=Horn" in lights


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_only_what_the_vehicle_can_do_has_a_form(camille: Client, world: World, headers: dict[str, str]):
    world.van.capabilities = ["Lights"]
    world.van.save()
    page = camille.get(world.page_of(world.van)).content.decode()
    assert 'id="form-Lights"' in page
    assert "form-Navigation" not in page
    assert "type=Horn" not in camille.get(form_url(world.van, "Lights")).content.decode()
    for response in (
        camille.get(form_url(world.van, "Horn"), headers=headers),
        camille.post(form_url(world.van, "Horn"), {"way": "sound"}, headers=headers),
    ):
        assert response.status_code == 422
        assert "Van 1 can&#x27;t do this: Horn." in response.content.decode()
    assert not world.van.remote_actions.exists()


def test_a_value_that_the_vehicle_does_not_support_is_told_beside_its_field(camille: Client, world: World):
    parameters = {"schedule": {"preferences": {"level": False}}}
    world.van.capability_document = {"remote": {"charging": {"supported": True, "parameters": parameters}}}
    world.van.save()
    response = send(camille, world.van, "Charging", way="preferences", level="Level2")
    assert error_of(response, "level") == "This vehicle does not support it."
    assert not world.van.remote_actions.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_viewer_gets_no_form(viktor: Client, world: World, headers: dict[str, str]):
    url = form_url(world.van, "Horn")
    for response in (viktor.get(url, headers=headers), viktor.post(url, {"way": "sound"}, headers=headers)):
        assert response.status_code == 403
        assert "not send commands" in response.content.decode()
    assert not world.van.remote_actions.exists()


def test_an_unknown_type_is_not_there(camille: Client, world: World):
    assert camille.get(form_url(world.van, "Teleport")).status_code == 404


def test_a_stranger_is_sent_to_the_login_and_back_to_the_form(client: Client, world: World):
    assert client.get(form_url(world.van, "Horn")).headers["Location"].startswith("/login?next=")
    assert client.get(form_url(world.van, "Horn"), headers=HTMX).status_code == 401


def test_a_vehicle_that_is_gone_is_told_above_the_form(camille: Client, world: World):
    world.van.gone_at = world.van.created_at
    world.van.save()
    response = send(camille, world.van, "Horn", way="sound")
    assert response.status_code == 422
    assert "Van 1 is gone" in response.content.decode()


def test_a_form_offers_only_what_the_vehicle_takes(camille: Client, world: World):
    world.van.capability_document = {
        "remote": {
            "horn": {"supported": True, "parameters": {"state": ["Activated"], "number": {"min": 1, "max": 3}}},
            "charging": {"parameters": {"preferences": {"level": ["Level1", "Level2"], "type": False}}},
        }
    }
    world.van.save()
    horn = camille.get(form_url(world.van, "Horn")).content.decode()
    assert 'id="way-stop" disabled' in " ".join(horn.split())
    assert "This vehicle takes 1 to 3." in horn
    assert error_of(send(camille, world.van, "Horn", way="sound", number="4"), "number") == "This vehicle takes 1 to 3."
    assert "This vehicle takes only: Activated." in send(camille, world.van, "Horn", way="stop").content.decode()
    charging = camille.get(form_url(world.van, "Charging")).content.decode()
    assert 'value="Level2"' in charging
    assert 'value="Level3"' not in charging
    assert 'name="type"' not in charging
    panel = camille.get(world.page_of(world.van)).content.decode()
    assert 'value="honk"' in panel
    assert 'value="stop-horn"' not in panel
    assert not world.van.remote_actions.exists()


def test_a_form_does_not_offer_what_the_vehicles_cloud_has_no_word_for(camille: Client, world: World):
    assert 'name="duration"' in camille.get(form_url(world.van, "Lights")).content.decode()
    Gateway.objects.filter(pk=world.van.gateway_id).update(dialect="v1", token_url="https://cloud.example/token")
    for remote_type, field in (("Lights", "duration"), ("Horn", "number")):
        assert f'name="{field}"' not in camille.get(form_url(world.van, remote_type)).content.decode()
    response = send(camille, world.van, "Lights", way="on", duration="20", unit="S")
    assert error_of(response, "duration") == "The API of this vehicle's cloud does not take it."
    assert not world.van.remote_actions.exists()


def test_the_charge_that_is_planned_is_told_and_can_be_changed(camille: Client, world: World):
    FleetRules.objects.update_or_create(fleet=world.van.fleet, defaults={"time_zone": "Europe/Paris"})
    state = case("status-delayed-charge")["status"]
    Vehicle.objects.filter(pk=world.van.pk).update(state=state)
    page = camille.get(form_url(world.van, "Charging")).text
    assert "Next charge at 01:02 (Europe/Paris)" in page
    assert "Time of Europe/Paris." in page
    assert re.search(r'name="at" value="\d{4}-\d\d-\d\dT01:02"', page)
    # By the fleet's clocks, whatever those of the browser are.
    assert "data-zone=" not in page
    state["energies"][0]["extension"]["electric"]["charging"]["nextDelayedTime"] = "PT0S"
    Vehicle.objects.filter(pk=world.van.pk).update(state=state)
    assert "Next charge" not in camille.get(form_url(world.van, "Charging")).text
