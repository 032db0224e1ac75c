"""A fleet manager at work, in a real Chromium against a whole running FleetRemote."""

import os
import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.running import Running
from tests.waiting import wait_until

from .conftest import complaints_of, reach


def open_vehicle(page: Page, running: Running, vehicle: dict[str, str]) -> None:
    fleet = next(fleet for fleet in running.demo["fleets"] if vehicle in fleet["vehicles"])
    page.get_by_role("link", name=re.compile(fleet["name"])).first.click()
    page.get_by_role("searchbox").fill(vehicle["vin"])
    page.get_by_role("link", name=re.compile(re.escape(vehicle["label"]))).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(vehicle["label"])


def test_unlock_an_asleep_vehicle_and_watch(manager: Page, running: Running) -> None:
    open_vehicle(manager, running, running.vehicles("asleep")[8])
    expect(manager.locator("#live-mark")).to_have_attribute("data-mark", "live")
    manager.evaluate("window.sameDocument = true")
    manager.get_by_role("button", name="Unlock", exact=True).click()
    newest = manager.locator("#history .entry").first
    steps = ("Waking up the vehicle", "Sent to the vehicle", "Success")
    for status in steps:
        expect(newest.get_by_text(status).first).to_be_visible()
    expect(newest).to_have_attribute("data-status", "Success")
    for status in ("Accepted", *steps):
        expect(newest.locator(".step", has_text=status)).to_have_count(1)
    # The protocol's own words are in the record.
    expect(newest.get_by_text("WakingUpVehicle")).to_be_hidden()
    newest.get_by_text("Request and answers").click()
    expect(newest.get_by_text("WakingUpVehicle")).to_be_visible()
    expect(manager.locator('[data-state="doors"]')).to_contain_text("Unlocked")
    assert manager.evaluate("window.sameDocument") is True
    assert complaints_of(manager) == []


@pytest.mark.usefixtures("one_is_enough")
def test_a_dangerous_command_names_the_vehicle_and_asks(manager: Page, running: Running) -> None:
    vehicle = running.vehicles("awake")[0]
    open_vehicle(manager, running, vehicle)
    reach(manager, "command-immobilise").click()
    dialog = manager.get_by_role("dialog")
    expect(dialog).to_contain_text(vehicle["label"])
    dialog.get_by_role("link", name="Don't send").click()
    expect(dialog).to_be_hidden()
    reach(manager, "command-immobilise").click()
    dialog.get_by_label("Why").fill("It was not returned.")
    dialog.get_by_role("button", name="Immobilise", exact=True).click()
    expect(manager.locator("#history .entry").first).to_have_attribute("data-status", "Success")


def test_when_the_stream_breaks_the_page_polls_and_comes_back(manager: Page, running: Running) -> None:
    vehicle = running.vehicles("awake")[0]
    open_vehicle(manager, running, vehicle)
    mark = manager.locator("#live-mark")
    expect(mark).to_have_attribute("data-mark", "live")
    victims = running.processes("valkey-server")
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    expect(mark).not_to_have_attribute("data-mark", "live")
    wait_until(lambda: set(running.processes("valkey-server")) - set(victims), "Valkey to be started again", 30)
    expect(mark).to_have_attribute("data-mark", "live")
    path = running.send(vehicle, {"horn": {"state": "Activated"}})
    assert running.final(path) == ("Success", None)
    expect(manager.locator("#history .entry").first).to_have_attribute("data-status", "Success")


def test_a_phone_shows_it_all_without_scrolling_sideways(manager: Page, running: Running) -> None:
    manager.set_viewport_size({"width": 390, "height": 844})
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    assert len(set(manager.evaluate(widths))) == 1
    open_vehicle(manager, running, running.vehicles("asleep")[0])
    assert len(set(manager.evaluate(widths))) == 1


def test_without_javascript_a_command_is_sent_too(manager: Page, running: Running) -> None:
    browser = manager.context.browser
    assert browser is not None
    context = browser.new_context(
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=manager.context.storage_state()
    )
    page = context.new_page()
    page.goto("/")
    vehicle = running.vehicles("awake")[1]
    fleet = next(fleet for fleet in running.demo["fleets"] if vehicle in fleet["vehicles"])
    page.goto(f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}")
    page.get_by_role("button", name="Honk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(vehicle["label"])
    expect(page.locator("#history .entry").first).to_contain_text("Honk")
    context.close()
