"""The rules of a fleet: what a manager fills in is what holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fleets.models import AuditEntry, Proposal
from fleets.proposals import approve
from protocol.catalogue import REMOTE_TYPES, TWO_PEOPLE
from remotes.models import FleetRules
from tests.console.conftest import World
from tests.console.forms.given import Page, error_of
from tests.world import make_person

FILLED: dict[str, Any] = {
    "approval_minutes": "15",
    "moving_minutes": "10",
    "wake_ups_a_month": "",
    "wake_reserve": "5",
    **{f"approval-{name}": "on" for name in TWO_PEOPLE},
}


def url_of(world: World) -> str:
    return f"/fleets/{world.lyon.public_id}/sending/rules"


def test_the_form_shows_what_holds_and_what_is_usual(camille: Client, world: World):
    FleetRules.objects.create(
        fleet=world.lyon, times_to_live={"Locking": 180}, approval_types=["Immobilization"], wake_ups_a_month=30
    )
    page = Page(camille.get(url_of(world)).content)
    locking = page.attributes["id_minutes-Locking"]
    assert (locking["value"], locking["placeholder"]) == ("3", "5")
    assert "value" not in page.attributes["id_minutes-Horn"]
    assert "checked" in page.attributes["id_approval-Immobilization"]
    assert "checked" not in page.attributes["id_approval-Locking"]
    assert page.attributes["id_wake_ups_a_month"]["value"] == "30"
    assert sum(name.startswith("id_minutes-") for name in page.attributes) == len(REMOTE_TYPES)


def test_what_is_filled_in_holds(camille: Client, world: World):
    given = {
        **FILLED,
        "minutes-Locking": "3",
        "minutes-Immobilization": "2",
        "approval-Locking": "on",
        "moving_minutes": "15",
        "wake_ups_a_month": "30",
        "wake_reserve": "8",
    }
    saved = camille.post(url_of(world), given, follow=True)
    rules = FleetRules.objects.get(fleet=world.lyon)
    assert rules.times_to_live == {"Locking": 180}, "two minutes are usual for immobilising"
    assert rules.time_to_live(REMOTE_TYPES["Locking"]) == timedelta(minutes=3)
    assert sorted(rules.approval_types) == sorted([*TWO_PEOPLE, "Locking"])
    assert (rules.moving_minutes, rules.wake_ups_a_month, rules.wake_reserve) == (15, 30, 8)
    page = " ".join(saved.content.decode().split())
    for words in (
        "The rules are saved.",
        'Lock or unlock: after 3 min <span class="muted">(usually 5)</span>',
        "Lock or unlock, Immobilise, Stolen vehicle",
        "15 min",
        "30, of which 8 in reserve",
    ):
        assert words in page


def test_what_makes_them_weaker_waits_for_a_second_person(camille: Client, world: World):
    """One manager switches the rule off, acts, and switches it on again: not alone."""
    given = {name: value for name, value in FILLED.items() if name != "approval-Immobilization"}
    saved = camille.post(url_of(world), {**given, "wake_reserve": "7", "reason": "We are two only."}, follow=True)
    assert "What makes the rules weaker waits for a second person." in saved.content.decode()
    rules = FleetRules.objects.get(fleet=world.lyon)
    assert (sorted(rules.approval_types), rules.wake_reserve) == (sorted(TWO_PEOPLE), 7)
    proposal = Proposal.objects.get()
    assert (proposal.asked_by, proposal.reason) == (world.camille, "We are two only.")
    asked = {"command": "immobilise", "confirmed": "yes", "reason": "Not returned."}
    camille.post(world.page_of(world.van, "/actions"), asked)
    assert world.van.remote_actions.get().state == "waiting-approval"

    approve(proposal, make_person("lea", world.lyon))
    assert "Immobilization" not in FleetRules.objects.get(fleet=world.lyon).approval_types
    camille.post(url_of(world), FILLED)
    assert "Immobilization" in FleetRules.objects.get(fleet=world.lyon).approval_types, "stricter at once"


def test_a_change_is_on_record_and_nothing_else(camille: Client, world: World):
    camille.post(url_of(world), FILLED)
    assert not AuditEntry.objects.filter(kind="operated").exists()
    camille.post(url_of(world), {**FILLED, "moving_minutes": "20"})
    entry = AuditEntry.objects.get(subject=world.lyon.public_id)
    assert (entry.who, entry.origin, entry.document["what"]) == ("camille", "page", "changed the rules")
    assert entry.document["before"]["moving_minutes"] == 10
    assert entry.document["after"]["moving_minutes"] == 20


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("minutes-Locking", "0", "Ensure this value is greater than or equal to 1."),
        ("minutes-Locking", "1441", "Ensure this value is less than or equal to 1440."),
        ("minutes-Locking", "soon", "Enter a whole number."),
        ("moving_minutes", "", "This field is required."),
        ("moving_minutes", "0", "Ensure this value is greater than or equal to 1."),
        ("wake_ups_a_month", "0", "Ensure this value is greater than or equal to 1."),
        ("wake_reserve", "31", "The reserve can&#x27;t be greater than the 30 wake-ups of a month."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(camille: Client, world: World, field: str, value: str, words: str):
    response = camille.post(url_of(world), {**FILLED, "wake_ups_a_month": "30", field: value})
    assert response.status_code == 422
    assert error_of(response, field) == words.replace("&#x27;", "'")
    assert "Nothing was saved yet." in response.content.decode()
    assert not FleetRules.objects.exists()


def test_a_single_manager_is_warned(camille: Client, world: World):
    words = "This fleet has one manager, so nobody could approve"
    assert words in camille.get(url_of(world)).content.decode()
    make_person("diane", world.lyon)
    assert words not in camille.get(url_of(world)).content.decode()
