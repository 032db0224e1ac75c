"""Programs of the week: what is stored is shown, what is set and deleted is sent, and the difference is told."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.forms.programs import Program, changes, clock, read_programs
from fleets.models import Gateway
from tests.console.conftest import World
from tests.console.forms.given import HTMX, Page, asked, error_of, form_url, send

WORKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]
STORED = [
    {"slot": 1, "enabled": True, "recurrence": "Daily", "start": "PT7H30M", "occurence": {"day": WORKDAYS}},
    {"slot": 3, "enabled": False, "recurrence": "None", "start": "PT0M", "occurence": {"day": ["Sun"]}},
]


@pytest.fixture
def stored(world: World) -> World:
    world.van.state = {"preconditioning": {"airConditioning": {"programs": STORED}}}
    world.van.state_read_at = timezone.now()
    world.van.save()
    return world


def test_programs_are_set_and_deleted(camille: Client, world: World):
    response = send(
        camille,
        world.van,
        "Preconditioning",
        way="programs",
        slot1_action="Set",
        slot1_days=WORKDAYS,
        slot1_start="14:30",
        slot1_enabled="on",
        slot1_recurrence="Daily",
        slot2_action="leave",
        slot2_start="09:00",
        slot3_action="Delete",
        slot4_action="Set",
        slot4_days=["Sun"],
        slot4_start="06:05",
        slot4_recurrence="None",
    )
    assert response.status_code == 303
    workday: dict[str, Any] = {"slot": 1, "enabled": True, "recurrence": "Daily", "start": "PT14H30M"}
    sunday: dict[str, Any] = {"slot": 4, "enabled": False, "recurrence": "None", "start": "PT6H5M"}
    assert asked(world.van) == (
        "Preconditioning",
        {
            "airConditioning": {
                "programs": [
                    {**workday, "occurence": {"day": WORKDAYS}, "actionsType": "Set"},
                    {"slot": 3, "actionsType": "Delete"},
                    {**sunday, "occurence": {"day": ["Sun"]}, "actionsType": "Set"},
                ]
            }
        },
    )
    assert "Cabin climate: 2 programs set, 1 deleted" in camille.get(world.page_of(world.van)).content.decode()


def test_charging_programs_are_set(camille: Client, world: World):
    send(
        camille,
        world.van,
        "Charging",
        way="programs",
        slot2_action="Set",
        slot2_days=["Sat", "Sun"],
        slot2_start="00:00",
        slot2_end="06:45",
        slot2_enabled="on",
    )
    program = {"slot": 2, "enabled": True, "start": "PT0M", "end": "PT6H45M", "occurence": {"day": ["Sat", "Sun"]}}
    assert asked(world.van) == ("Charging", {"schedule": {"programs": [program]}})
    assert "Charging: 1 program" in camille.get(world.page_of(world.van)).content.decode()


@pytest.mark.parametrize(
    ("remote_type", "fields", "field", "words"),
    [
        ("Preconditioning", {}, "slot1-action", "Set or delete at least one program."),
        ("Charging", {}, "slot1-action", "Set at least one program."),
        (
            "Preconditioning",
            {"slot2_action": "Set", "slot2_recurrence": "Daily"},
            "slot2-start",
            "Enter a time of day such as 07:30.",
        ),
        (
            "Preconditioning",
            {"slot1_action": "Delete", "slot3_action": "Set", "slot3_start": "25:00", "slot3_recurrence": "Daily"},
            "slot3-start",
            "Enter a time of day such as 07:30.",
        ),
        (
            "Preconditioning",
            {"slot3_action": "Set", "slot3_start": "07:00", "slot3_recurrence": "Daily", "slot3_days": "Caturday"},
            "slot3-days",
            "Choose days of the week.",
        ),
        (
            "Preconditioning",
            {"slot4_action": "Set", "slot4_start": "07:00", "slot4_recurrence": "Yearly"},
            "slot4-recurrence",
            "Choose one of the list.",
        ),
        (
            "Preconditioning",
            {"slot4_action": "Explode", "slot4_start": "07:00", "slot4_recurrence": "Daily"},
            "slot4-action",
            "'Explode' is not allowed; use one of Set, Delete.",
        ),
        ("Charging", {"slot1_action": "Set"}, "slot1-start", "Enter a time of day such as 07:30."),
        (
            "Charging",
            {"slot1_action": "Set", "slot1_start": "22:00", "slot1_end": "24:00"},
            "slot1-end",
            "Enter a time of day such as 09:00.",
        ),
    ],
)
def test_an_error_stands_in_its_program(
    camille: Client, world: World, remote_type: str, fields: dict[str, Any], field: str, words: str
):
    response = send(camille, world.van, remote_type, way="programs", **fields)
    assert response.status_code == 422
    assert error_of(response, field) == words
    assert not world.van.remote_actions.exists()


def test_more_programs_than_the_vehicle_has_room_for(camille: Client, world: World):
    world.van.capability_document = {
        "remote": {"preconditioning": {"supported": True, "parameters": {"programs": {"size": 1}}}}
    }
    world.van.save()
    slots = {f"slot{slot}_action": "Set" for slot in (1, 2)} | {f"slot{slot}_start": "07:00" for slot in (1, 2)}
    repeat = {f"slot{slot}_recurrence": "Daily" for slot in (1, 2)}
    response = send(camille, world.van, "Preconditioning", way="programs", **slots, **repeat)
    assert error_of(response, "slot1-action") == "Has 2 programs; 1 at the most."


def test_the_grid_shows_what_is_stored(camille: Client, stored: World):
    response = camille.get(form_url(stored.van, "Preconditioning"))
    text, page = response.content.decode(), Page(response.content)
    assert "07:30, Mon–Fri" in text
    assert "00:00, Sun, once, switched off" in text
    assert text.count("Nothing stored") == 2
    assert page.attributes["id_slot1-start"]["value"] == "07:30"
    assert "checked" in page.attributes["id_slot1-days_4"]
    assert "checked" not in page.attributes["id_slot1-days_5"]
    assert "checked" not in page.attributes["id_slot3-enabled"]
    assert all("checked" in page.attributes[f"id_slot{slot}-action_0"] for slot in (1, 2, 3, 4))


def test_a_state_that_was_never_read_says_so(camille: Client, world: World):
    text = camille.get(form_url(world.van, "Charging")).content.decode()
    assert "is not known: refresh its state" in text
    assert "Nothing stored" not in text


def test_charging_programs_are_read_from_the_energy_that_has_them(camille: Client, world: World):
    program = {"slot": 2, "enabled": True, "start": "PT22H", "end": "PT6H", "occurence": {"day": ["Sat", "Sun"]}}
    charging = {"schedule": {"programs": [program]}}
    world.van.state = {"energies": [{"type": "Fuel"}, {"extension": {"electric": {"charging": charging}}}]}
    world.van.save()
    assert "22:00–06:00, Sat, Sun" in camille.get(form_url(world.van, "Charging")).content.decode()


@pytest.mark.parametrize("headers", [{}, {**HTMX, "HX-Target": "changes"}])
def test_what_changes_is_told_before_it_is_sent(camille: Client, stored: World, headers: dict[str, str]):
    fields = {
        "draft": "yes",
        "way": "programs",
        "slot1-action": "Set",
        "slot1-days": ["Mon", "Tue", "Wed", "Thu"],
        "slot1-start": "07:45",
        "slot1-enabled": "on",
        "slot1-recurrence": "Daily",
        "slot2-action": "Set",
        "slot2-enabled": "on",
        "slot3-action": "Delete",
        "slot4-action": "Delete",
    }
    text = camille.post(form_url(stored.van, "Preconditioning"), fields, headers=headers).content.decode()
    assert "<del>07:30, Mon–Fri</del> → <ins>07:45, Mon–Thu</ins>" in text
    assert "<ins>no time, no day</ins>" in text
    assert "<del>00:00, Sun, once, switched off</del>" in text
    assert "is empty already" in text
    assert "field-error" not in text
    assert ("<html" in text) == (not headers)
    assert not stored.van.remote_actions.exists()


@pytest.mark.parametrize("state", [None, [], {"x": 1}, [None, {"slot": "1"}, {"slot": [1]}, {"slot": 9}]])
def test_a_state_of_another_form_stores_nothing(state: Any):
    assert read_programs(state) == {}


def test_a_program_of_another_form_is_read_as_far_as_it_goes():
    odd = {"slot": 1, "start": "P1D", "end": 7, "occurence": ["Mon"], "recurrence": 3, "enabled": "yes"}
    assert read_programs([odd]) == {1: Program(start="P1D", end="", days=(), enabled=True, recurrence="")}


@pytest.mark.parametrize(
    ("duration", "time"),
    [("PT14H30M", "14:30"), ("PT0S", "00:00"), ("PT450M", "07:30"), ("PT7H30M5S", "07:30:05"), ("PT", "PT"), (4, "")],
)
def test_a_duration_from_midnight_is_a_time_of_day(duration: Any, time: str):
    assert clock(duration) == time


def test_the_same_time_written_otherwise_is_no_change():
    wanted = {**STORED[0], "start": "PT450M", "actionsType": "Set"}
    assert [change.kind for change in changes(read_programs(STORED), [wanted])] == ["same"]


def test_the_week_is_a_grid_with_what_is_stored_and_what_becomes_of_it(camille: Client, stored: World):
    page = camille.get(form_url(stored.van, "Preconditioning")).content.decode()
    assert page.count('<td class="cell same"><span>07:30</span></td>') == 5
    assert page.count('<td class="cell same"><span>00:00</span></td>') == 1
    assert page.count('class="cell ') == 4 * 7
    answer = camille.post(
        form_url(stored.van, "Preconditioning"),
        {
            "way": "programs",
            "draft": "yes",
            "slot1-action": "Set",
            "slot1-days": ["Mon", "Sat"],
            "slot1-start": "08:00",
            "slot1-enabled": "on",
            "slot3-action": "Delete",
        },
        headers={**HTMX, "HX-Target": "changes"},
    )
    text = answer.content.decode()
    assert '<div class="week-grid" id="week-grid" hx-swap-oob="true">' in text
    assert text.count('<td class="cell changed"><del>07:30</del><ins>08:00</ins></td>') == 1
    assert text.count('<td class="cell new"><ins>08:00</ins></td>') == 1
    assert text.count('<td class="cell deleted"><del>07:30</del></td>') == 4
    assert text.count('<td class="cell deleted"><del>00:00</del></td>') == 1


def test_a_vehicle_has_so_many_programs_as_it_says(camille: Client, stored: World):
    """Those that are stored beyond them stay in sight, and can be deleted."""
    stored.van.capability_document = {"remote": {"preconditioning": {"parameters": {"programs": {"size": 1}}}}}
    stored.van.save()
    page = camille.get(form_url(stored.van, "Preconditioning")).content.decode()
    assert 'name="slot1-action"' in page
    assert [slot for slot in (2, 3, 4) if f'name="slot{slot}-action"' in page] == [3]
    fourth = {"slot4_action": "Set", "slot4_start": "07:00", "slot4_recurrence": "Daily"}
    response = send(camille, stored.van, "Preconditioning", way="programs", **fourth)
    assert error_of(response, "slot4-action") == "This vehicle has the programs 1 to 1 only."


def test_charging_programs_of_a_vehicle_behind_v1_have_levels_and_no_end(camille: Client, world: World):
    """v1 requires both levels of a program and has no end: the page asks for what its API takes."""
    Gateway.objects.filter(pk=world.van.gateway_id).update(dialect="v1", token_url="https://cloud.example/token")
    kept = {"slot": 1, "enabled": True, "start": "PT22H", "occurence": {"day": ["Mon"]}}
    levels = {"minChargingLevel": 20, "maxChargingLevel": 80}
    charging = {"status": "Stopped", "schedule": {"programs": [{**kept, **levels}]}}
    world.van.state = {"energies": [{"type": "Electric", "extension": {"electric": {"charging": charging}}}]}
    world.van.state_read_at = timezone.now()
    world.van.save()
    shown = Page(camille.get(form_url(world.van, "Charging")).content)
    assert "id_slot1-end" not in shown.attributes
    assert shown.attributes["id_slot1-minChargingLevel"]["value"] == "20"
    assert "id_slot2-maxChargingLevel" in shown.attributes

    given = {"way": "programs", "slot1_action": "Set", "slot1_days": ["Mon"], "slot1_start": "22:00"}
    given |= {"slot1_enabled": "on", "slot1_minChargingLevel": "60", "slot1_maxChargingLevel": "90"}
    refused = send(camille, world.van, "Charging", **given)
    assert "less than or equal to 50" in error_of(refused, "slot1-minChargingLevel")
    done = send(camille, world.van, "Charging", **(given | {"slot1_minChargingLevel": "30"}))
    assert done.status_code == 303
    week = {**kept, "minChargingLevel": 30, "maxChargingLevel": 90}
    assert asked(world.van) == ("Charging", {"schedule": {"programs": [week]}})
    assert str(read_programs([week])[1]) == "22:00, Mon, 30–90 %"
