"""The forms of remote features in a real Chromium, until the vehicle has done what was asked."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ZONE, complaints_of, in_shell, reach
from tests.running import Running
from tests.waiting import wait_until


def electric(running: Running) -> dict[str, str]:
    """An awake vehicle with climate and charging, behind the API that has all that the forms offer (v3)."""
    return next(vehicle for vehicle in running.vehicles("awake") if vehicle in running.fleet["vehicles"])


def of_its_own(running: Running) -> dict[str, str]:
    """An awake vehicle behind v1 that no other test asks for anything."""
    return next(vehicle for vehicle in running.vehicles("awake") if "DS 3 E-Tense" in vehicle["label"])


def open_vehicle(page: Page, running: Running, vehicle: dict[str, str]) -> None:
    fleet = next(fleet for fleet in running.demo["fleets"] if vehicle in fleet["vehicles"])
    page.goto(f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}")
    expect(page.locator("#live-mark")).to_have_attribute("data-mark", "live")


def expect_success(page: Page, words: str) -> None:
    newest = page.locator("#history .entry").first
    expect(newest.get_by_role("heading")).to_have_text(words)
    expect(newest).to_have_attribute("data-status", "Success")


def say(slot: Locator, word: str) -> None:
    # By key, since the form grows while it is filled in, and a click could miss.
    radio = slot.get_by_role("radio", name=word)
    radio.focus()
    radio.press("Space")
    expect(radio).to_be_checked()


@pytest.fixture
def vehicle(manager: Page, running: Running) -> Iterator[dict[str, str]]:
    """An awake vehicle of its own, its page open; the browser has nothing to complain about but refusals."""
    vehicle = electric(running)
    open_vehicle(manager, running, vehicle)
    yield vehicle
    assert [line for line in complaints_of(manager) if "422" not in line] == []


def test_a_program_of_the_week(manager: Page, running: Running) -> None:
    open_vehicle(manager, running, of_its_own(running))
    reach(manager, "form-Preconditioning").click()
    dialog = manager.get_by_role("dialog", name="Cabin climate")
    expect(dialog.get_by_role("heading", name="Cabin climate")).to_be_focused()
    slot = dialog.get_by_role("group", name="Program 2", exact=True)
    say(slot, "Set")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator(".error-summary")).to_be_focused()
    dialog.get_by_role("link", name="Program 2, start").click()
    start = slot.get_by_label("Start", exact=True)
    expect(start).to_be_focused()
    expect(start).to_have_accessible_description("Enter a time of day such as 07:30.")
    start.fill("07:30")
    for day in ("Mon", "Wed"):
        slot.get_by_role("checkbox", name=day).check(force=True)
    expect(dialog.locator(".changes")).to_contain_text("Program 2 07:30, Mon, Wed")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    # It lies in a menu, which is folded up by now.
    expect(manager.locator("#menu-climate summary")).to_be_focused()
    expect_success(manager, "Cabin climate: 1 program")

    def shows_what_is_stored() -> bool:
        reach(manager, "form-Preconditioning").click()
        expect(slot).to_be_visible()
        found = "07:30, Mon, Wed" in slot.inner_text()
        if not found:
            manager.keyboard.press("Escape")
            expect(dialog).to_be_hidden()
        return found

    # The state is read once the action has ended.
    wait_until(shows_what_is_stored, "the program in the vehicle's state")
    # What is changed in a slot is meant to be set.
    slot.get_by_role("checkbox", name="Wed").uncheck(force=True)
    expect(slot.get_by_role("radio", name="Set")).to_be_checked()
    expect(dialog.locator(".changes")).to_contain_text("07:30, Mon, Wed → 07:30, Mon")
    say(slot, "Delete")
    expect(dialog.locator(".changes")).to_contain_text("Deleted")
    manager.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(manager.locator("#menu-climate:focus-within")).to_have_count(1)
    assert [line for line in complaints_of(manager) if "422" not in line] == []


def test_a_route(manager: Page, vehicle: dict[str, str]) -> None:
    manager.get_by_role("link", name="Send a route").click()
    dialog = manager.get_by_role("dialog", name="Send a route")
    expect(dialog.get_by_label("Find a place")).to_be_visible()
    for place in dialog.get_by_text("Coordinates").all():
        place.click()
    dialog.get_by_label("Latitude of place 1").fill("45.76")
    dialog.get_by_label("Longitude of place 1").fill("4.83")
    dialog.get_by_label("Latitude of place 2").fill("45.52, 4.87")
    dialog.get_by_role("button", name="Add a place").click()
    third = dialog.get_by_label("Latitude of place 3")
    expect(third).to_be_focused()
    third.fill("95")
    dialog.get_by_label("Longitude of place 3").fill("4.9")
    dialog.get_by_role("button", name="Send").click()
    expect(third).to_have_accessible_description("95 is not allowed; must be a number from -90 to 90.")
    third.fill("45.1")
    dialog.get_by_label("Or paste places").fill("44.93, 4.89\n43.30, 5.37")
    dialog.get_by_label("Note").fill("Tour of the week")
    dialog.get_by_role("button", name="Send").click()
    expect_success(manager, "Route with 5 stops")
    expect(manager.locator("#history .entry").first).to_contain_text("“Tour of the week”")


@pytest.mark.usefixtures("one_is_enough")
def test_theft_alerts_are_paused(manager: Page, vehicle: dict[str, str]) -> None:
    reach(manager, "form-Tan").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_label("For", exact=True).select_option("12 hours")
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_label("Why").fill("It is on a ferry.")
    dialog.get_by_role("button", name="Send").click()
    expect_success(manager, "Theft alerts paused for 12 hours")


@pytest.mark.usefixtures("one_is_enough")
def test_a_dangerous_form_asks_and_can_be_changed(manager: Page, vehicle: dict[str, str]) -> None:
    reach(manager, "form-Immobilization").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_role("link", name="Stolen vehicle").click()
    dialog.get_by_role("radio", name="Track it").check()
    dialog.get_by_label("Seconds between reports, ignition on").fill("30")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("heading")).to_have_text(f"Track every 30 s, ignition on – {vehicle['label']}?")
    dialog.get_by_role("button", name="Change").click()
    dialog.get_by_label("Seconds between reports, ignition on").fill("45")
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_label("Why").fill("It was not returned.")
    dialog.get_by_role("button", name="Send").click()
    expect_success(manager, "Track every 45 s, ignition on")


def test_a_time_is_meant_in_the_zone_of_the_fleet(browser: Browser, running: Running, login: list[Any]) -> None:
    vehicle = electric(running)
    before = in_shell(running, ZONE % (running.fleet_of(vehicle)["id"], "Europe/Paris"))
    context = browser.new_context(base_url=running.demo["web"]["url"], timezone_id="America/New_York", locale="en-GB")
    context.add_cookies(login)
    page = context.new_page()
    open_vehicle(page, running, vehicle)
    reach(page, "form-Charging").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Time of Europe/Paris.")
    dialog.get_by_label("Start charging at").fill("2030-07-01T22:15")
    dialog.get_by_role("button", name="Send").click()
    expect_success(page, "Charge from 1 Jul 2030, 22:15 (CEST)")
    context.close()
    in_shell(running, ZONE % (running.fleet_of(vehicle)["id"], before))


def test_without_javascript_a_form_is_a_page(manager: Page, running: Running) -> None:
    context = manager.context.browser.new_context(  # type: ignore[union-attr]
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=manager.context.storage_state()
    )
    page = context.new_page()
    vehicle = electric(running)
    fleet = next(fleet for fleet in running.demo["fleets"] if vehicle in fleet["vehicles"])
    page.goto(f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}")
    reach(page, "form-Preconditioning").click()
    slot = page.get_by_role("group", name="Program 1", exact=True)
    say(slot, "Set")
    slot.get_by_label("Start", exact=True).fill("06:00")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator(".changes")).to_contain_text("Program 1 06:00, no day")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(vehicle["label"])
    expect(page.locator("#history .entry").first).to_contain_text("Cabin climate: 1 program")
    context.close()


def test_a_form_fits_a_phone(manager: Page, running: Running) -> None:
    manager.set_viewport_size({"width": 390, "height": 844})
    open_vehicle(manager, running, electric(running))
    for name in ("Preconditioning", "Navigation", "Immobilization"):
        reach(manager, f"form-{name}").click()
        dialog = manager.get_by_role("dialog")
        for slot in dialog.locator("[data-slot]").all():
            say(slot, "Set")
        assert dialog.evaluate("box => box.scrollWidth <= box.clientWidth")
        dialog.get_by_role("link", name="Don't send").click()
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    assert len(set(manager.evaluate(widths))) == 1


def test_what_a_bound_refuses_is_told_where_it_was_pressed(manager: Page, running: Running) -> None:
    """As the front says it, which has read nothing: to look at the history would be of no use."""
    refused = requests.post(f"{running.demo['web']['url']}/login", data="x" * 100_000, timeout=20)
    assert refused.status_code == 413
    manager.goto(f"/fleets/{running.fleet['id']}/vehicles/{electric(running)['id']}")
    manager.route("**/actions", lambda route: route.fulfill(status=503, content_type="text/html", body=refused.text))
    manager.get_by_role("button", name="Flash lights").click()
    expect(manager.locator("#notice")).to_contain_text("are taken here. Send less at a time.")
    expect(manager.locator("#notice")).not_to_contain_text("database")
