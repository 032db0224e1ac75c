"""A manager goes over to French, has a failure explained, and tries again, in a real Chromium."""

import re
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.browser.conftest import complaints_of, reach
from tests.running import Running

Turn = Callable[[str], None]


@pytest.fixture
def vehicle(running: Running) -> dict[str, str]:
    """One with an open door."""
    return running.vehicles("doors-open")[0]


@pytest.fixture
def turn(running: Running, vehicle: dict[str, str]) -> Iterator[Turn]:
    """Makes the simulated vehicle one of another profile; in the end its door is open again."""

    def turn_into(profile: str) -> None:
        url = f"{running.environment['SIMULATOR_URL']}/simulator/vehicles/{vehicle['vin']}"
        answer = requests.put(
            url, json={"profile": profile}, params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=10
        )
        assert answer.ok, answer.text

    yield turn_into
    turn_into("doors-open")


def choose(page: Page, language: str) -> None:
    page.locator(".menu summary").click()
    page.get_by_role("button", name=language, exact=True).click()


def open_in(language: str, page: Page, running: Running, vehicle: dict[str, str]) -> None:
    fleet = running.fleet_of(vehicle)
    choose(page, language)
    page.goto(f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}")
    expect(page.locator("#live-mark")).to_have_attribute("data-mark", "live")


def test_french_a_failure_explained_and_retried(
    manager: Page, running: Running, vehicle: dict[str, str], turn: Turn
) -> None:
    choose(manager, "Français")
    expect(manager.get_by_role("heading", level=1)).to_have_text("Vos flottes")
    expect(manager.locator("html")).to_have_attribute("lang", "fr")
    open_in("Français", manager, running, vehicle)
    expect(manager.locator("#live-mark")).to_have_text("En direct")

    reach(manager, "command-lock").click()
    failed = manager.locator("#history .entry").first
    expect(failed).to_have_attribute("data-status", "Failed")
    expect(failed).to_contain_text("Une porte était ouverte.")
    expect(failed).to_contain_text("Faites-la fermer, puis réessayez.")
    expect(manager.locator(".state time").first).to_have_text(re.compile("à l’instant|il y a"))

    # The state is read anew after a failure, and tells what was open.
    expect(manager.locator('[data-state="openings"]')).to_contain_text("porte conducteur", ignore_case=True)
    failed.get_by_role("link", name="Expliquer cet échec…").click()
    dialog = manager.get_by_role("dialog", name="Pourquoi « Verrouiller » a échoué")
    expect(dialog).to_contain_text("Le véhicule ne peut pas être verrouillé tant qu’une porte")
    expect(dialog).to_contain_text("ces ouvrants comme ouverts : porte conducteur")
    expect(dialog.locator("#confirm-title")).to_be_focused()

    # The news go on beneath the dialog, which stays; whoever shuts it is back where they were.
    dialog.get_by_role("link", name="Fermer").click()
    expect(dialog).to_be_hidden()
    turn("awake")
    failed.get_by_role("link", name="Expliquer cet échec…").click()
    dialog.get_by_role("link", name="Réessayer…").click()
    question = manager.get_by_role("dialog")
    expect(question).to_contain_text("Réessayer : Verrouiller")
    question.get_by_role("button", name="Réessayer", exact=True).click()
    newest = manager.locator("#history .entry").first
    expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    expect(newest).to_contain_text(re.compile("Réussite|Déjà fait"))
    assert complaints_of(manager) == []


def test_without_scripts_a_failure_is_explained_on_a_page_of_its_own(
    manager: Page, running: Running, vehicle: dict[str, str]
) -> None:
    path = running.send(vehicle, {"door": {"state": "Locked"}})
    assert running.final(path) == ("Failed", "DoorsOpen")
    context = manager.context.browser.new_context(  # type: ignore[union-attr]
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=manager.context.storage_state()
    )
    page = context.new_page()
    fleet = running.fleet_of(vehicle)
    page.goto(f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}/history")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", name="Historique des actions")).to_be_visible()
    page.get_by_role("link", name="Expliquer cet échec…").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pourquoi « Verrouiller » a échoué")
    page.get_by_role("link", name="Réessayer…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réessayer : Verrouiller")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Try again: Lock")
    context.close()
