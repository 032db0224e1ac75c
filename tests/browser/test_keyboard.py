"""A fleet manager who uses no mouse, and one who wants no single keys."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.running import Running

from .conftest import complaints_of

FOCUSED = "document.activeElement"


@pytest.fixture
def vehicle(running: Running) -> dict[str, Any]:
    return [each for each in running.demo["fleets"][1]["vehicles"] if each["profile"] == "awake"][1]


def tab_to(page: Page, place: Locator) -> None:
    """Press Tab until the place has the focus, as somebody does who sees where it is."""
    for _ in range(80):
        if place.evaluate(f"element => element === {FOCUSED}"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{place} can't be reached by Tab")


def help_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keyboard shortcuts")


def test_from_the_login_to_an_unlocked_vehicle(page: Page, running: Running, vehicle: dict[str, Any]) -> None:
    web = running.demo["web"]
    keys = page.keyboard
    page.goto("/")
    tab_to(page, page.get_by_label("User name").or_(page.get_by_label("Username")))
    keys.type(web["user"])
    tab_to(page, page.get_by_label("Password"))
    keys.type(web["password"])
    keys.press("Enter")
    page.wait_for_url("**/")
    fleet = running.fleet_of(vehicle)
    tab_to(page, page.get_by_role("link", name=fleet["name"], exact=True))
    keys.press("Enter")
    # The keys work from the load event on.
    page.wait_for_url("**/fleets/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vehicles")
    keys.press("f")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keys.type(vehicle["vin"])
    expect(page.locator("#vehicle-list tbody tr")).to_have_count(1)
    keys.press("Tab")
    keys.press("j")
    expect(page.get_by_role("link", name=vehicle["label"], exact=True)).to_be_focused()
    keys.press("Enter")
    page.wait_for_url("**/vehicles/*")
    expect(page.get_by_role("heading", level=1)).to_have_text(vehicle["label"])
    tab_to(page, page.get_by_role("button", name="Unlock", exact=True))
    keys.press("Enter")
    newest = page.locator("#history .entry").first
    expect(newest).to_contain_text("Unlock")
    expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    # The doors are open by then, so that it lies in the menu beside them: that has the focus.
    expect(page.locator("#menu-doors summary")).to_be_focused()
    assert complaints_of(page) == []


def test_rows_one_after_another(manager: Page, running: Running) -> None:
    manager.goto(f"/fleets/{running.fleet['id']}")
    links = manager.locator("#vehicle-list tbody th a.stretched")
    for key, row in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        manager.keyboard.press(key)
        expect(links.nth(row)).to_be_focused()
    name = links.nth(0).inner_text()
    manager.keyboard.press("Enter")
    expect(manager.get_by_role("heading", level=1)).to_have_text(name)


def test_entries_of_a_history(manager: Page, running: Running, vehicle: dict[str, Any]) -> None:
    for _ in range(2):
        running.final(running.send(vehicle, {"horn": {"state": "Activated"}}))
    manager.goto(f"/fleets/{running.fleet_of(vehicle)['id']}/vehicles/{vehicle['id']}")
    entries = manager.locator("#history .entry")
    for key, number in (("j", 0), ("j", 1), ("k", 0)):
        manager.keyboard.press(key)
        expect(entries.nth(number).locator(":focus")).to_be_visible()
        expect(entries.nth(number)).to_be_in_viewport()
    fold = entries.nth(0).locator("details").first
    was_open = fold.evaluate("fold => fold.open")
    manager.keyboard.press("Enter")
    assert fold.evaluate("fold => fold.open") is not was_open


def test_any_vehicle_from_any_page(manager: Page, running: Running) -> None:
    """What is found is read out, the arrows go through it, and Enter opens what is marked, or else the one there is."""
    vehicle, keys = running.fleet["vehicles"][1], manager.keyboard
    manager.goto(f"/fleets/{running.fleet['id']}/callbacks")
    box, found = manager.get_by_role("combobox", name="Search all vehicles"), manager.locator("#find-found")
    keys.press("/")
    expect(box).to_be_focused()
    keys.type(running.fleet["name"][:4].lower())
    expect(manager.locator("#find-status")).to_contain_text("found")
    expect(box).to_have_attribute("aria-expanded", "true")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        keys.press(key)
    expect(box).to_have_attribute("aria-activedescendant", "found-1")
    expect(found.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    # Who goes on typing does not open what was marked before.
    assert (
        box.evaluate(
            "box => { box.dispatchEvent(new Event('input')); return box.getAttribute('aria-activedescendant'); }"
        )
        is None
    )
    keys.press("Escape")
    expect(found).to_be_hidden()
    expect(box).not_to_have_value("")
    box.fill(f"{vehicle['vin'][9:]} {vehicle['vin'][:9].lower()}")
    expect(found.get_by_role("option")).to_have_count(1)
    expect(found).to_contain_text(vehicle["vin"])
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(manager.get_by_role("heading", level=1)).to_have_text(vehicle["label"])
    manager.goto(f"/fleets/{running.fleet['id']}")
    keys.press("/")
    keys.type("nobody")
    expect(manager.locator("#find-none")).to_have_text("No vehicle found")
    expect(manager.locator("#find-none")).to_be_visible()
    keys.press("Escape")
    expect(manager.locator("#find-none")).to_be_hidden()
    box.fill("")
    keys.type(vehicle["vin"])
    keys.press("Enter")
    expect(manager.get_by_role("heading", level=1)).to_have_text(vehicle["label"])
    assert complaints_of(manager) == []


def test_help_and_how_to_switch_the_keys_off(manager: Page, running: Running) -> None:
    manager.goto(f"/fleets/{running.fleet['id']}")
    field, keys = manager.get_by_role("searchbox"), manager.keyboard
    field.press_sequentially("j?k/")
    expect(field).to_have_value("j?k/")
    expect(help_of(manager)).to_be_hidden()
    field.fill("")
    field.blur()
    keys.press("?")
    expect(help_of(manager)).to_contain_text("Search")
    keys.press("j")
    expect(help_of(manager)).to_be_visible()
    help_of(manager).get_by_role("checkbox").uncheck()
    keys.press("Escape")
    expect(help_of(manager)).to_be_hidden()
    manager.reload()
    for key in ("/", "j", "?"):
        keys.press(key)
    expect(help_of(manager)).to_be_hidden()
    assert manager.evaluate(f"{FOCUSED} === document.body")
    # The button is the way back.
    manager.get_by_role("button", name="Keyboard shortcuts").click()
    help_of(manager).get_by_role("checkbox").check()
    help_of(manager).get_by_role("button", name="Close").click()
    expect(help_of(manager)).to_be_hidden()
    keys.press("f")
    expect(field).to_be_focused()


def test_past_the_navigation_at_once(manager: Page, running: Running) -> None:
    manager.goto(f"/fleets/{running.fleet['id']}")
    manager.keyboard.press("Tab")
    skip = manager.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    manager.keyboard.press("Enter")
    expect(manager.locator("main")).to_be_focused()


def test_where_the_focus_is_can_be_seen(manager: Page, running: Running) -> None:
    manager.goto(f"/fleets/{running.fleet['id']}")
    for _ in range(25):
        manager.keyboard.press("Tab")
        style = manager.evaluate(
            f"[getComputedStyle({FOCUSED}).outlineStyle, getComputedStyle({FOCUSED}, '::after').outlineStyle]"
        )
        assert "solid" in style or "auto" in style, manager.evaluate(f"{FOCUSED}.outerHTML")


def test_a_dialog_that_was_closed_stays_so_though_a_part_is_swapped_just_then(
    manager: Page, running: Running, vehicle: dict[str, Any]
) -> None:
    manager.goto(f"/fleets/{running.demo['fleets'][1]['id']}/vehicles/{vehicle['id']}")
    is_open = manager.locator("#confirm").evaluate(
        """async dialog => {
            const told = new Promise(done => dialog.addEventListener("toggle", done, { once: true }));
            dialog.showModal();
            await told;
            dialog.close();
            htmx.trigger(document.body, "htmx:load", { elt: document.body });
            return dialog.open;
        }"""
    )
    assert is_open is False
